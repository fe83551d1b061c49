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
use crate::position::{Act, Position};
use crate::window::Window;

/// What happens, and what is answered; or everything that stands against it.
pub(super) type Decided = Result<(Fact, Reply), Vec<ActRefusal>>;

/// Done, if nothing stands against it.
pub(super) fn unless(found: Vec<ActRefusal>, fact: impl FnOnce() -> Fact) -> Decided {
    if found.is_empty() { Ok((fact(), Reply::Done)) } else { Err(found) }
}

impl OrganisationState {
    /// Everything that keeps whoever asks from asking.
    pub(super) fn may(
        &self,
        actor: &Actor,
        user: UserId,
        position: Position,
        act: Act,
    ) -> Result<(), Vec<ActRefusal>> {
        if actor.as_str() != user.to_string() {
            return Err(vec![ActRefusal::OtherActor]);
        }
        if self.name.is_none() {
            return Err(vec![ActRefusal::NotFounded]);
        }
        self.holds(user, position, act).map_err(|refusal| vec![refusal])
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
                self.known(*user, &mut found);
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
