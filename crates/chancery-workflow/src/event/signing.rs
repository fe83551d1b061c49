//! Sessions, signatures, and what became of them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::facts::facts;
use crate::factor_rule::FactorName;
use crate::id::{ContentDigest, Fingerprint, PartyId, Revision};
use crate::proof::SignerKind;
use crate::role::SignatureLevel;
use crate::series::InSeries;
use crate::slot::Pinned;
use crate::text::Text;

/// A signature that was applied to one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliedSignature {
    /// What was signed.
    pub pinned: Pinned,
    /// SHA-256 of the document with the signature in it.
    pub revision: ContentDigest,
    /// SHA-256 of the certificate.
    pub certificate: Fingerprint,
    /// Whom it names.
    pub signer: SignerKind,
    /// The algorithm.
    pub algorithm: Text,
    /// The level that verification found.
    pub level: SignatureLevel,
    /// SHA-256 of the timestamp token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<ContentDigest>,
}

/// Why a signing session ended without a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionEndWhy {
    /// The party ended it.
    Aborted,
    /// Its lease ended.
    Lapsed,
    /// The party took its consent back.
    ConsentWithdrawn,
    /// A document was corrected.
    Corrected,
    /// The factor that opened it was set anew (G24).
    FactorReset,
}

facts! {
    /// A party begins to sign: everything that the signature is about is pinned.
    "envelope.signing-began" SigningBegan {
        /// Who.
        party: PartyId,
        /// The head.
        base: Revision,
        /// What is signed.
        documents: Vec<Pinned>,
        /// With which certificate.
        certificate: Fingerprint,
        /// What it means.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        meaning: Option<Text>,
        /// The time that stands in the signature (G5).
        signed_at: Timestamp,
        /// Until when a result is taken.
        until: Timestamp,
        /// Proving what (G23).
        factors: Vec<FactorName>,
        /// In which series, if in one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        series: Option<Box<InSeries>>,
        /// When.
        at: Timestamp,
    }
    /// A remote service was authorised to sign.
    "envelope.signing-authorized" SigningAuthorized {
        /// Who.
        party: PartyId,
        /// The digest of the authorisation's reference; the authorisation itself is in no record.
        reference: ContentDigest,
        /// When.
        at: Timestamp,
    }
    /// A signature is part of the documents.
    "envelope.signature-applied" SignatureApplied {
        /// Whose.
        party: PartyId,
        /// The revision that it made.
        revision: Revision,
        /// In each document.
        signatures: Vec<AppliedSignature>,
        /// What it means.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        meaning: Option<Text>,
        /// The time that stands in it.
        signed_at: Timestamp,
        /// When.
        at: Timestamp,
    }
    /// Whom the certificates of a signature name. Can be erased.
    "envelope.signer-named" SignerNamed {
        /// Whose signature.
        party: PartyId,
        /// The subject of the certificate, for each document.
        subjects: Vec<Text>,
        /// When.
        at: Timestamp,
    }
    /// A signing session ended without a signature.
    "envelope.session-ended" SessionEnded {
        /// Whose.
        party: PartyId,
        /// Why.
        why: SessionEndWhy,
        /// When.
        at: Timestamp,
    }
    /// Somebody else signed first: what was prepared is for an older revision.
    "envelope.session-stale" SessionStale {
        /// Whose.
        party: PartyId,
        /// For which revision.
        base: Revision,
        /// The head.
        head: Revision,
        /// When.
        at: Timestamp,
    }
    /// A signature came when the envelope had ended.
    "envelope.signature-discarded" SignatureDiscarded {
        /// Whose.
        party: PartyId,
        /// The revisions that nobody will use.
        revisions: Vec<ContentDigest>,
        /// When.
        at: Timestamp,
    }
}
