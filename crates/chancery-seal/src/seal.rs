//! Seals.

use chancery_auth::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::class::ClassSet;
use crate::id::SealId;
use crate::kept_digest::KeptDigest;
use crate::kind::SealKind;
use crate::text::Label;
use crate::wire;

/// A seal to be created.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewSeal {
    /// Its name, as it is shown and recorded with every use.
    pub name: Label,
    /// What kind of seal it is.
    pub kind: SealKind,
    /// What it may be set on: at least one class, each one that the kind admits.
    pub classes: ClassSet,
    /// Whose it is: a member for a personal seal, nobody for the others.
    #[serde(with = "wire::maybe_user")]
    pub owner: Option<UserId>,
}

/// A certificate that is bound to a seal.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BoundCertificate {
    /// SHA-256 of the certificate.
    pub fingerprint: KeptDigest,
    /// Its subject, made safe to show.
    pub subject: String,
    /// When it ends.
    pub not_after: Timestamp,
}

/// Whether a seal is in use.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum SealState {
    /// It is.
    InUse,
    /// It was retired, for ever. Its number stays taken.
    Retired,
}

/// A seal of an organisation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Seal {
    pub(crate) id: SealId,
    pub(crate) terms: NewSeal,
    pub(crate) state: SealState,
    /// All certificates that were ever bound; the last one counts.
    pub(crate) certificates: Vec<BoundCertificate>,
}

impl Seal {
    /// Its number.
    #[must_use]
    pub const fn id(&self) -> SealId {
        self.id
    }

    /// Name, kind, classes, owner.
    #[must_use]
    pub const fn terms(&self) -> &NewSeal {
        &self.terms
    }

    /// Whether it is in use.
    #[must_use]
    pub const fn state(&self) -> SealState {
        self.state
    }

    /// The certificate that counts now.
    #[must_use]
    pub fn certificate(&self) -> Option<&BoundCertificate> {
        self.certificates.last()
    }

    /// All certificates that were ever bound, in their order.
    #[must_use]
    pub fn certificates(&self) -> &[BoundCertificate] {
        &self.certificates
    }
}
