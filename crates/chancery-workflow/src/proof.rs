//! What was proven elsewhere: about signatures, and about what a document still permits.

use std::fmt::Debug;

use chancery_digest::Digest;
use jiff::Timestamp;

use crate::document::Allowance;
use crate::id::{ContentDigest, DocumentId, EnvelopeId, Fingerprint, PartyId};
use crate::role::SignatureLevel;
use crate::text::Text;

/// What kind of person a certificate names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignerKind {
    /// A human being: signatures.
    Natural,
    /// An organisation: seals.
    Legal,
}

/// Whose signature it is, and of what: a signature counts nowhere else, not even where the same bytes are signed (21 CFR
/// 11.70).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SignaturePlace {
    /// In which envelope.
    pub envelope: EnvelopeId,
    /// By which party.
    pub party: PartyId,
    /// Of which document.
    pub document: DocumentId,
}

/// A signature that was verified: mathematically, over these very bytes, and with a certificate that was valid when it was
/// made. Whoever implements this says so; the implementation that we ship is a type of `chancery-session` that only a
/// passed verdict makes. The workflow compares what it says with what was pinned when signing began.
pub trait SignatureProof: Debug + Send + Sync {
    /// The envelope, party and document that it was made for.
    fn place(&self) -> SignaturePlace;

    /// SHA-256 of the revision that it was added to.
    fn base(&self) -> ContentDigest;

    /// The digest of the bytes that the key signed.
    fn to_be_signed(&self) -> Digest;

    /// SHA-256 of the revision that holds it.
    fn revision(&self) -> ContentDigest;

    /// SHA-256 of the signer's certificate.
    fn certificate(&self) -> Fingerprint;

    /// Whom the certificate names: a human being or an organisation.
    fn signer(&self) -> SignerKind;

    /// The subject of the certificate, as people read it.
    fn subject(&self) -> Text;

    /// The algorithm, as people write it: `ECDSA P-256 with SHA-256`.
    fn algorithm(&self) -> Text;

    /// The level that verification found, never what a certificate or a sender claims.
    fn level(&self) -> SignatureLevel;

    /// The time that stands in the signature, and is shown where it is seen.
    fn signed_at(&self) -> Timestamp;

    /// The meaning that stands in the signature (21 CFR 11.50(a)(3)).
    fn meaning(&self) -> Option<Text>;

    /// SHA-256 of its timestamp token, if it has one.
    fn timestamp(&self) -> Option<ContentDigest>;
}

/// What a document, in one of its revisions, still permits: certification levels and locks, as found in it.
pub trait ModificationPermission: Debug + Send + Sync {
    /// SHA-256 of the revision that was looked at.
    fn document(&self) -> ContentDigest;

    /// How many more signatures it may get.
    fn signatures(&self) -> Allowance;

    /// Whether a signature may be seen in the field of this name, one that is there or a new one; if not, why.
    ///
    /// # Errors
    /// Why not.
    fn may_show(&self, field: &str) -> Result<(), Text>;

    /// Whether the field of this name may still be filled; if not, why.
    ///
    /// # Errors
    /// Why not.
    fn may_fill(&self, field: &str) -> Result<(), Text>;
}
