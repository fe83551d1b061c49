//! How far a signature goes to last, as its form says.

use std::fmt;

use chancery_ades::{SignatureLevel, TimestampKind};
use chancery_certificate::Certificate;
use chancery_chain::Evidence;
use chancery_cms::attributes::{
    CONTENT_TYPE, DATA, MESSAGE_DIGEST, SIGNATURE_POLICY, SIGNATURE_TIMESTAMP, SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2, SIGNING_TIME, object_identifier, signing_certificate_v2,
};
use chancery_cms::{SignedMessage, SignerInfo};
use chancery_digest::{KnownDigest, LegacyDigest};
use const_oid::ObjectIdentifier as Oid;

use crate::attributes::{
    ARCHIVE_TIMESTAMP_V1, ARCHIVE_TIMESTAMP_V2, ARCHIVE_TIMESTAMP_V3, CERTIFICATE_REFERENCES,
    CERTIFICATE_VALUES, LONG_TERM_VALIDATION, REFERENCES_AND_SIGNATURE_TIMESTAMP, REFERENCES_TIMESTAMP,
    REVOCATION_REFERENCES, REVOCATION_VALUES,
};
use crate::enclosed;
use crate::needed::{self, Holder};
use crate::stamps::{self, Archived, Stamp, Stamps, UnderArchive};

/// The level of a signature: what its form has, whatever the parts are worth.
///
/// The baseline levels of EN 319 122-1, 6 are what is made today. The others are the extended levels of EN 319 122-2 and
/// of TS 101 733 and RFC 5126 before it, for signatures that lack something that the baseline asks for, or have what it
/// does not allow.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Level {
    /// CMS: nothing that was signed names the certificate of the signer.
    Plain,
    /// CAdES-BES: the certificate is named.
    Bes,
    /// CAdES-EPES: and a signature policy.
    Epes,
    /// CAdES-T: with a timestamp over the signature.
    T,
    /// CAdES-C: and references to certificates and revocation information.
    C,
    /// CAdES-X: and a timestamp over these.
    X,
    /// CAdES-X Long: and the certificates and revocation information.
    XLong,
    /// CAdES-A: and an archive timestamp, of whatever version.
    A,
    /// B-B.
    BaselineB,
    /// B-T: with a timestamp over the signature.
    BaselineT,
    /// B-LT: and the certificates, CRLs and OCSP answers of signer and timestamps.
    BaselineLt,
    /// B-LTA: and all that under an archive timestamp of version 3.
    BaselineLta,
}

impl Level {
    /// The level of a signer of a message.
    #[must_use]
    pub fn of(message: &SignedMessage, signer: &SignerInfo) -> Self {
        let stamps = stamps::of_signer(message, signer, &message.content_digests()).unwrap_or_default();
        Self::with_stamps(message, signer, &stamps, || enclosed::beside_timestamps(message, signer))
    }

    /// The same with timestamps that were read already, and what the signature carries beside them.
    pub(crate) fn with_stamps(
        message: &SignedMessage,
        signer: &SignerInfo,
        stamps: &Stamps,
        beside: impl FnOnce() -> Evidence,
    ) -> Self {
        let has = |oid: Oid| signer.unsigned_attributes().contains(oid);
        let any = |oids: &[Oid]| oids.iter().any(|oid| has(*oid));
        let stamped = has(SIGNATURE_TIMESTAMP);
        let archived =
            any(&[ARCHIVE_TIMESTAMP_V3, ARCHIVE_TIMESTAMP_V2, ARCHIVE_TIMESTAMP_V1, LONG_TERM_VALIDATION]);
        let referenced = has(CERTIFICATE_REFERENCES) && has(REVOCATION_REFERENCES);
        let older = any(&[
            CERTIFICATE_REFERENCES,
            REVOCATION_REFERENCES,
            CERTIFICATE_VALUES,
            REVOCATION_VALUES,
            REFERENCES_TIMESTAMP,
        ]);
        if !is_bound(signer) {
            return Self::Plain;
        }
        let baseline = is_baseline(message, signer);
        if baseline && stamped && !older {
            let needed = needed::but_for_newest_archive(message, signer, &stamps.all);
            if needed::not_enclosed(beside(), signer, &stamps.all, &needed).is_empty() {
                // An archive timestamp of an older version is more than B-LT asks for, and not what B-LTA asks for.
                let archived = is_under_archive(stamps, &needed);
                return if archived { Self::BaselineLta } else { Self::BaselineLt };
            }
        }
        match () {
            () if archived => Self::A,
            () if stamped && has(CERTIFICATE_VALUES) && has(REVOCATION_VALUES) => Self::XLong,
            () if stamped && any(&[REFERENCES_AND_SIGNATURE_TIMESTAMP, REFERENCES_TIMESTAMP]) => Self::X,
            () if stamped && referenced => Self::C,
            () if stamped && baseline => Self::BaselineT,
            () if stamped => Self::T,
            () if baseline => Self::BaselineB,
            () if signer.signed_attributes().is_some_and(|signed| signed.contains(SIGNATURE_POLICY)) => {
                Self::Epes
            }
            () => Self::Bes,
        }
    }

    /// The same in the words common to all formats. Extended levels are below the baseline: it asks for more than they
    /// have.
    #[must_use]
    pub const fn baseline(self) -> SignatureLevel {
        match self {
            Self::BaselineB => SignatureLevel::Basic,
            Self::BaselineT => SignatureLevel::Time,
            Self::BaselineLt => SignatureLevel::LongTerm,
            Self::BaselineLta => SignatureLevel::Archive,
            Self::Plain | Self::Bes | Self::Epes | Self::T | Self::C | Self::X | Self::XLong | Self::A => {
                SignatureLevel::BelowBaseline
            }
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "CMS",
            Self::Bes => "CAdES-BES",
            Self::Epes => "CAdES-EPES",
            Self::T => "CAdES-T",
            Self::C => "CAdES-C",
            Self::X => "CAdES-X",
            Self::XLong => "CAdES-XL",
            Self::A => "CAdES-A",
            Self::BaselineB => "CAdES-BASELINE-B",
            Self::BaselineT => "CAdES-BASELINE-T",
            Self::BaselineLt => "CAdES-BASELINE-LT",
            Self::BaselineLta => "CAdES-BASELINE-LTA",
        })
    }
}

fn is_bound(signer: &SignerInfo) -> bool {
    let names = |oid| signer.signed_attributes().is_some_and(|signed| signed.contains(oid));
    names(SIGNING_CERTIFICATE) || names(SIGNING_CERTIFICATE_V2)
}

/// What the baseline asks of every signature (EN 319 122-1, 6.3, table 1 with its additional requirements).
fn is_baseline(message: &SignedMessage, signer: &SignerInfo) -> bool {
    let Some(signed) = signer.signed_attributes() else { return false };
    let certificate = message.certificates().iter().any(|one| signer.identifier().names(one));
    let content = signed.single(CONTENT_TYPE).and_then(|value| object_identifier(value).ok()) == Some(DATA);
    // One reference: version 1 with SHA-1, version 2 with anything else.
    let named = match (signed.single(SIGNING_CERTIFICATE), signed.single(SIGNING_CERTIFICATE_V2)) {
        (Some(_), None) => !signed.contains(SIGNING_CERTIFICATE_V2),
        (None, Some(value)) => {
            let sha1 = KnownDigest::from(LegacyDigest::Sha1).oid();
            let references = signing_certificate_v2(value);
            !signed.contains(SIGNING_CERTIFICATE)
                && references
                    .is_ok_and(|all| all.first().is_some_and(|first| first.digest_algorithm() != sha1))
        }
        _ => false,
    };
    certificate
        && content
        && named
        && signed.single(MESSAGE_DIGEST).is_some()
        && signed.single(SIGNING_TIME).is_some()
}

/// Whether the timestamp over the signature, and the evidence for the signer and for every timestamp but the newest archive
/// timestamp, lie under archive timestamps, as far as these list them. One over the signature alone would not help the evidence to outlive those who
/// signed it. Nothing is verified here: that is for the verdict.
fn is_under_archive(stamps: &Stamps, needed: &[(Holder, Certificate)]) -> bool {
    let of_signature =
        |stamp: &Stamp| stamp.kind == TimestampKind::Signature && stamp.archived == Archived::Yes;
    if !stamps.all.iter().any(of_signature) {
        return false;
    }
    match &stamps.under_archive {
        UnderArchive::Nothing => false,
        UnderArchive::Evidence(evidence) => needed::lacking(evidence, needed).is_empty(),
        UnderArchive::Everything => true,
    }
}
