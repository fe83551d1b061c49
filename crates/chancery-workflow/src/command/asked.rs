//! What some commands ask for, in more than a word.

use chancery_auth::{ProvedFactor, UserId};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::event::Handover;
use crate::id::{Fingerprint, PartyId};
use crate::person::Person;
use crate::proof::ModificationPermission;
use crate::slot::Pinned;
use crate::text::Text;
use crate::user;

/// What documents permit, as found in each of them.
pub type Permissions = Vec<Box<dyn ModificationPermission>>;

/// What a party pins when it begins to sign.
#[derive(Debug, Serialize)]
pub struct BeginSigning {
    /// Who.
    pub party: PartyId,
    /// For how long a result is taken.
    pub lease: SignedDuration,
    /// What is signed: every document that [`Envelope::signs`](crate::Envelope::signs) names, in that order.
    pub documents: Vec<Pinned>,
    /// SHA-256 of the certificate.
    pub certificate: Fingerprint,
    /// The time that will stand in the signature; not in the future, and at most ten minutes ago.
    pub signed_at: Timestamp,
    /// What it means.
    pub meaning: Option<Text>,
    /// What the documents permit, each in its present revision.
    #[serde(skip)]
    pub permissions: Permissions,
    /// For [`Envelope::signing_occasion`](crate::Envelope::signing_occasion).
    #[serde(skip)]
    pub factors: Vec<ProvedFactor>,
}

/// Why a session is ended by its party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AbortWhy {
    /// The party thought better of it.
    Aborted,
    /// A factor of the party was set anew (G24).
    FactorReset,
}

/// Who takes a party's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Successor {
    /// Their identity.
    #[serde(with = "user")]
    pub user: UserId,
    /// Name and addresses.
    pub person: Person,
}

/// What a party says that names another in its place.
#[derive(Debug, Serialize)]
pub struct ChangeSigner {
    /// Who.
    pub party: PartyId,
    /// In which way.
    pub how: Handover,
    /// Whom.
    pub to: Successor,
    /// A word to sender and successor.
    pub note: Option<Text>,
    /// For [`Envelope::access_occasion`](crate::Envelope::access_occasion).
    #[serde(skip)]
    pub access: Vec<ProvedFactor>,
    /// For [`Envelope::act_occasion`](crate::Envelope::act_occasion).
    #[serde(skip)]
    pub act: Vec<ProvedFactor>,
}

/// A person named for a party that waited for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Nominee {
    /// For which party.
    pub party: PartyId,
    /// Their identity.
    #[serde(with = "user")]
    pub user: UserId,
    /// Name and addresses.
    pub person: Person,
}
