//! What a proof bears that was given in a controlled session.

use jiff::Timestamp;

use crate::kind::KindSet;

/// One controlled session among all: SHA-256 over its person, its device, its first act and when that was. It tells
/// nothing of them, and may stand in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionMark(pub(crate) [u8; 32]);

impl SessionMark {
    /// Its bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }
}

/// Whether an act opened its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionPlace {
    /// It did, with all components.
    First,
    /// It came after that.
    Later,
}

/// An act within a controlled session: what the proofs bear that were given for it. Made by
/// [`ControlledSession`](crate::ControlledSession) only.
///
/// ```compile_fail
/// # fn f(proof: &mut chancery_auth::ProvedFactor, act: chancery_auth::SessionAct) {
/// proof.session = Some(act);
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionAct {
    pub(crate) mark: SessionMark,
    pub(crate) place: SessionPlace,
    pub(crate) opened_with: KindSet,
    pub(crate) since: Timestamp,
    pub(crate) before: Timestamp,
    pub(crate) at: Timestamp,
}

impl SessionAct {
    /// Which session.
    #[must_use]
    pub fn mark(&self) -> SessionMark {
        self.mark
    }

    /// Whether it opened the session.
    #[must_use]
    pub fn place(&self) -> SessionPlace {
        self.place
    }

    /// With which kinds the session was opened.
    #[must_use]
    pub fn opened_with(&self) -> KindSet {
        self.opened_with
    }

    /// When the session was opened.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.since
    }

    /// When the session was used before this act; of the first, when that was.
    #[must_use]
    pub fn before(&self) -> Timestamp {
        self.before
    }

    /// When the session judged it.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }
}
