//! Who may use which seal now.

use chancery_auth::UserId;
use jiff::Timestamp;

use super::state::OrganisationState;
use crate::class::ClassSet;
use crate::grant::{Grant, GrantState};
use crate::id::{GrantId, SealId};
use crate::seal::SealState;

/// A right that counts now: a person may use a seal for some classes of documents, under the grant's conditions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Right {
    /// With which seal.
    pub seal: SealId,
    /// For which documents.
    pub classes: ClassSet,
    /// By which grant.
    pub grant: GrantId,
}

impl OrganisationState {
    /// What "my seals" shows: every right of a person that counts at this moment, as far as the organisation goes. The
    /// person's factors, the certificate and the prepaid times are asked at each use.
    #[must_use]
    pub fn seals_for(&self, user: UserId, at: Timestamp) -> Vec<Right> {
        if !self.stands(user, at) {
            return Vec::new();
        }
        let seals = self.seals_of.get(&user).into_iter().flatten();
        let rights = seals.flat_map(|seal| {
            let counts =
                |grant: &&Grant| self.classes_of(grant, at).is_some_and(|classes| !classes.is_empty());
            self.open_grants(user, *seal).filter(counts).map(|grant| Right {
                seal: *seal,
                classes: self.classes_of(grant, at).unwrap_or_default(),
                grant: grant.id,
            })
        });
        rights.collect()
    }

    /// Whether organisation and person stand as every use demands.
    pub(crate) fn stands(&self, user: UserId, at: Timestamp) -> bool {
        let validated = |window: Option<crate::Window>| window.is_some_and(|window| window.holds_at(at));
        let person = self.members.get(&user);
        self.seal_office.is_some()
            && validated(self.validated)
            && person.is_some_and(|person| {
                person.disabled_at.is_none()
                    && validated(person.validated)
                    && self.is_validated_domain(person.mailbox.domain(), at)
            })
    }

    /// The classes for which a grant counts; none if it does not.
    fn classes_of(&self, grant: &Grant, at: Timestamp) -> Option<ClassSet> {
        let seal = self.seals.get(&grant.terms.seal)?;
        let in_use =
            seal.state == SealState::InUse && seal.terms.owner.is_none_or(|owner| owner == grant.terms.user);
        (grant.state == GrantState::Active && in_use && grant.terms.window.holds_at(at))
            .then(|| grant.terms.classes.and(seal.terms.classes))
    }
}
