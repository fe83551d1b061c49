//! What all decisions of an organisation share, and those of the service desk.

use chancery_auth::UserId;
use chancery_ledger::Actor;
use jiff::Timestamp;

use super::command::DeskAct;
use super::event::OrganisationFact as Fact;
use super::refusal::ActRefusal;
use super::reply::Reply;
use super::state::{OrganisationState, Person};
use crate::mailbox::Mailbox;
use crate::position::{Act, Demanded, Position, Standing};
use crate::window::Window;

/// What happens, and what is answered; or everything that stands against it.
pub(super) type Decided = Result<(Fact, Reply), Vec<ActRefusal>>;

/// Done, if nothing stands against it.
pub(super) fn unless(found: Vec<ActRefusal>, fact: impl FnOnce() -> Fact) -> Decided {
    if found.is_empty() { Ok((fact(), Reply::Done)) } else { Err(found) }
}

/// Who asks, in whose name, for what, and when.
#[derive(Copy, Clone)]
pub(super) struct Asker<'a> {
    /// Who made the call, as it will be recorded.
    pub(super) actor: &'a Actor,
    /// Whose command it is.
    pub(super) user: UserId,
    pub(super) act: Act,
    pub(super) at: Timestamp,
}

impl OrganisationState {
    /// Everything that keeps whoever asks from asking.
    pub(super) fn may(&self, asker: Asker<'_>, position: Position) -> Result<(), Vec<ActRefusal>> {
        let Asker { actor, user, act, at } = asker;
        if actor.as_str() != user.to_string() {
            return Err(vec![ActRefusal::OtherActor]);
        }
        if self.name.is_none() {
            return Err(vec![ActRefusal::NotFounded]);
        }
        self.holds(user, position, act).map_err(|refusal| vec![refusal])?;
        let against: Vec<_> = Standing::ALL
            .into_iter()
            .filter(|standing| match act.demands(*standing) {
                Demanded::Yes => true,
                Demanded::No => false,
            })
            .filter_map(|standing| self.lacks(user, standing, at))
            .collect();
        if against.is_empty() { Ok(()) } else { Err(against) }
    }

    /// What a person lacks of a standing.
    fn lacks(&self, user: UserId, standing: Standing, at: Timestamp) -> Option<ActRefusal> {
        let person = self.members.get(&user);
        match standing {
            Standing::Member => person.is_none().then_some(ActRefusal::NoMember { user }),
            Standing::ValidatedEmployee => {
                let window = person.and_then(|person| person.validated);
                let holds = window.is_some_and(|window| window.holds_at(at));
                (!holds).then_some(ActRefusal::EmployeeNotValidated { user })
            }
            Standing::DomainOfMailbox => {
                let domain = person?.mailbox.domain();
                let domain = (!self.is_validated_domain(domain, at)).then(|| domain.clone())?;
                Some(ActRefusal::DomainNotValidated { domain })
            }
            Standing::Enabled => {
                let since = person.and_then(|person| person.disabled_at);
                since.map(|since| ActRefusal::UserDisabled { user, since })
            }
            Standing::DomainOfLetter => {
                let domain = self.seal_office.as_ref()?.mailbox.domain();
                let domain = (!self.is_validated_domain(domain, at)).then(|| domain.clone())?;
                Some(ActRefusal::DomainNotValidated { domain })
            }
        }
    }

    pub(super) fn known(&self, user: UserId, found: &mut Vec<ActRefusal>) -> Option<&Person> {
        let person = self.members.get(&user);
        if person.is_none() {
            found.push(ActRefusal::NoMember { user });
        }
        person
    }

    /// A mailbox is one person's.
    pub(super) fn not_of_another(&self, mailbox: &Mailbox, user: UserId, found: &mut Vec<ActRefusal>) {
        if self.mailboxes.get(&mailbox.folded()).is_some_and(|owner| *owner != user) {
            found.push(ActRefusal::MailboxTaken { mailbox: mailbox.clone() });
        }
    }

    /// Nor is it that of the seal administrator's letter, which goes on to the next one.
    pub(super) fn not_of_the_office(&self, mailbox: &Mailbox, user: UserId, found: &mut Vec<ActRefusal>) {
        let folded = mailbox.folded();
        let held = self.seal_office.as_ref().filter(|office| office.mailbox.folded() == folded);
        if held.is_some_and(|office| office.user != user) {
            found.push(ActRefusal::MailboxTaken { mailbox: mailbox.clone() });
        }
    }

    pub(super) fn in_validated_domain(&self, mailbox: &Mailbox, at: Timestamp, found: &mut Vec<ActRefusal>) {
        let domain = mailbox.domain();
        if !self.is_validated_domain(domain, at) {
            found.push(ActRefusal::DomainNotValidated { domain: domain.clone() });
        }
    }

    pub(super) fn decide_desk(&self, act: &DeskAct, at: Timestamp) -> Decided {
        let mut found = Vec::new();
        match act {
            DeskAct::Found { name, register_number, administrator, mailbox } => {
                if self.name.is_some() {
                    found.push(ActRefusal::Founded);
                }
                unless(found, || Fact::Founded {
                    name: name.clone(),
                    register_number: register_number.clone(),
                    administrator: *administrator,
                    mailbox: mailbox.clone(),
                })
            }
            DeskAct::AppointSealAdministrator { user, mailbox, letter } => {
                if self.name.is_none() {
                    return Err(vec![ActRefusal::NotFounded]);
                }
                if letter.algorithm() != chancery_digest::DigestAlgorithm::Sha256 {
                    found.push(ActRefusal::LetterDigest);
                }
                let letter = (*letter).into();
                self.not_of_another(mailbox, *user, &mut found);
                if self.known(*user, &mut found).is_some() {
                    // Whoever could not act with the position does not get it.
                    let standings = [Standing::ValidatedEmployee, Standing::Enabled];
                    found.extend(standings.iter().filter_map(|of| self.lacks(*user, *of, at)));
                }
                self.in_validated_domain(mailbox, at, &mut found);
                if self.letters.contains(&crate::KeptDigest::to_string(&letter)) {
                    found.push(ActRefusal::LetterUsed);
                }
                unless(found, || Fact::SealAdministratorAppointed {
                    user: *user,
                    mailbox: mailbox.clone(),
                    letter,
                })
            }
            DeskAct::ValidateAdministrator { user, window } => {
                let present = self.known(*user, &mut found).and_then(|person| person.validated);
                if !self.administrators.contains(user) {
                    found.push(ActRefusal::NoAdministrator { user: *user });
                }
                lies_ahead(*window, at, &mut found);
                let window = renewed(present, *window, at, &mut found);
                unless(found, || Fact::EmployeeValidated { user: *user, window })
            }
        }
    }
}

/// A time that has ended already says nothing.
pub(super) fn lies_ahead(window: Window, at: Timestamp, found: &mut Vec<ActRefusal>) {
    if let Some(until) = window.until().filter(|until| *until <= at) {
        found.push(ActRefusal::Over { until });
    }
}

/// What counts from now on when something is validated again: a window that follows on the present one goes on with it.
pub(super) fn renewed(
    present: Option<Window>,
    new: Window,
    at: Timestamp,
    found: &mut Vec<ActRefusal>,
) -> Window {
    let Some(present) = present.filter(|present| present.holds_at(at) && at < new.from()) else { return new };
    match (present.until(), Window::new(present.from(), new.until())) {
        (Some(until), Ok(joined)) if new.from() <= until => joined,
        (None, Ok(joined)) => joined,
        (Some(_) | None, _) => {
            found.push(ActRefusal::Gap { from: new.from() });
            new
        }
    }
}
