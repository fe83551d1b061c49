//! What the people responsible must hear of at once.

use jiff::Timestamp;

use crate::attempts::Lock;
use crate::kind::FactorKind;
use crate::user::UserId;

/// Something about a factor that its owner or the security desk must hear of, "in an immediate and urgent manner"
/// (21 CFR 11.300(d)). A value: put it into the same commit as the state, for the outbox to deliver. Holds no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecurityAlert {
    /// Whose factor.
    pub user: UserId,
    /// Which one.
    pub factor: FactorKind,
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub event: AlertEvent,
}

/// What happened to a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AlertEvent {
    /// An attempt used up the tries.
    Locked(Lock),
    /// Somebody tried a factor that is locked, withdrawn or another person's, or for what it is not for.
    RefusedAttempt,
    /// It was reset with another factor: the owner must hear of it.
    Reset,
    /// It was withdrawn.
    Withdrawn,
    /// It was reinstated after two people identified its owner.
    Reinstated,
}

impl SecurityAlert {
    /// Whether it goes first in the outbox: an attack may be under way.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        match self.event {
            AlertEvent::Locked(_) | AlertEvent::RefusedAttempt | AlertEvent::Withdrawn => true,
            AlertEvent::Reset | AlertEvent::Reinstated => false,
        }
    }
}
