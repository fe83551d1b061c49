//! What account administrators decide.

use chancery_auth::UserId;
use jiff::Timestamp;

use super::command::AccountAct;
use super::decide::{Asker, Decided, lies_ahead, renewed, unless};
use super::event::OrganisationFact as Fact;
use super::refusal::ActRefusal;
use super::state::OrganisationState;
use crate::mailbox::Domain;
use crate::position::Position;
use crate::window::Window;

impl OrganisationState {
    pub(super) fn decide_account(&self, asker: Asker<'_>, asked: &AccountAct) -> Decided {
        self.may(asker, Position::AccountAdministrator)?;
        let Asker { user: by, at, .. } = asker;
        let mut found = Vec::new();
        match asked {
            AccountAct::Admit { user, mailbox } => {
                if self.members.contains_key(user) || self.former.contains(user) {
                    found.push(ActRefusal::IdentityTaken { user: *user });
                }
                self.in_validated_domain(mailbox, at, &mut found);
                self.not_of_another(mailbox, *user, &mut found);
                self.not_of_the_office(mailbox, *user, &mut found);
                unless(found, || Fact::Admitted { user: *user, mailbox: mailbox.clone() })
            }
            AccountAct::ChangeMailbox { user, mailbox } => {
                self.known(*user, &mut found);
                self.in_validated_domain(mailbox, at, &mut found);
                self.not_of_another(mailbox, *user, &mut found);
                self.not_of_the_office(mailbox, *user, &mut found);
                unless(found, || Fact::MailboxChanged { user: *user, mailbox: mailbox.clone() })
            }
            AccountAct::Remove { user } => {
                self.known(*user, &mut found);
                self.not_the_last(*user, &mut found);
                unless(found, || self.removal(*user))
            }
            AccountAct::Appoint { user } => {
                self.known(*user, &mut found);
                if self.administrators.contains(user) {
                    found.push(ActRefusal::AdministratorAlready { user: *user });
                }
                unless(found, || Fact::AccountAdministratorAppointed { user: *user })
            }
            AccountAct::Dismiss { user } => {
                if !self.administrators.contains(user) {
                    found.push(ActRefusal::NoAdministrator { user: *user });
                }
                self.not_the_last(*user, &mut found);
                unless(found, || Fact::AccountAdministratorDismissed { user: *user })
            }
            AccountAct::Transfer { to } => {
                self.known(*to, &mut found);
                if self.administrators.contains(to) {
                    found.push(ActRefusal::AdministratorAlready { user: *to });
                }
                unless(found, || Fact::AccountTransferred { from: by, to: *to })
            }
            AccountAct::ValidateOrganisation { window } => {
                lies_ahead(*window, at, &mut found);
                let window = renewed(self.validated, *window, at, &mut found);
                unless(found, || Fact::OrganisationValidated { window })
            }
            AccountAct::EndOrganisationValidation => {
                if self.validated.is_none() {
                    found.push(ActRefusal::NothingToEnd);
                }
                unless(found, || Fact::OrganisationValidationEnded)
            }
            AccountAct::ValidateDomain { domain, window } => {
                lies_ahead(*window, at, &mut found);
                self.looks_like_no_other(domain, at, &mut found);
                let window = renewed(self.domains.get(domain).copied(), *window, at, &mut found);
                unless(found, || Fact::DomainValidated { domain: domain.clone(), window })
            }
            AccountAct::EndDomainValidation { domain } => {
                if !self.domains.contains_key(domain) {
                    found.push(ActRefusal::NothingToEnd);
                }
                unless(found, || Fact::DomainValidationEnded { domain: domain.clone() })
            }
            AccountAct::ValidateEmployee { user, window } => {
                if *user == by {
                    found.push(ActRefusal::Oneself);
                }
                let present = self.known(*user, &mut found).and_then(|person| person.validated);
                lies_ahead(*window, at, &mut found);
                let window = renewed(present, *window, at, &mut found);
                unless(found, || Fact::EmployeeValidated { user: *user, window })
            }
            AccountAct::EndEmployeeValidation { user } => {
                if self.known(*user, &mut found).is_some_and(|person| person.validated.is_none()) {
                    found.push(ActRefusal::NothingToEnd);
                }
                unless(found, || Fact::EmployeeValidationEnded { user: *user })
            }
        }
    }

    /// No two domains of one organisation look alike while both count, or will.
    fn looks_like_no_other(&self, domain: &Domain, at: Timestamp, found: &mut Vec<ActRefusal>) {
        let counts = |window: &Window| window.until().is_none_or(|until| at < until);
        let mut others = self.domains.iter().filter(|(other, window)| *other != domain && counts(window));
        if let Some((other, _)) = others.find(|(other, _)| other.looks_like(domain)) {
            found.push(ActRefusal::DomainLooksAlike { domain: domain.clone(), other: other.clone() });
        }
    }

    fn not_the_last(&self, user: UserId, found: &mut Vec<ActRefusal>) {
        if self.administrators.len() == 1 && self.administrators.contains(&user) {
            found.push(ActRefusal::LastAdministrator { user });
        }
    }

    /// The person's own seals have certificates in the person's name.
    fn removal(&self, user: UserId) -> Fact {
        let own = self.seals.values().filter(|seal| seal.terms.owner == Some(user));
        let mut certificates: Vec<_> =
            own.flat_map(|seal| &seal.certificates).map(|certificate| certificate.fingerprint).collect();
        certificates.sort_by_key(ToString::to_string);
        Fact::Removed { user, certificates }
    }
}
