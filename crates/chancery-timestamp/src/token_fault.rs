//! What can be wrong with a timestamp token.

use chancery_certificate::asn1::Asn1Error;
use chancery_cms::{CmsError, FaultKind, SignerFault};
use const_oid::ObjectIdentifier as Oid;

/// Why a token is not a [`MatchingToken`](crate::MatchingToken).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenFault {
    /// The bytes are not a signed message.
    #[error("it is not a signed message: {0}")]
    Message(#[from] CmsError),
    /// The message signs something else than a time.
    #[error("it signs content of type {content_type}, not a TSTInfo")]
    ContentType {
        /// What it signs.
        content_type: Oid,
    },
    /// The message does not hold what it signs.
    #[error("it does not hold its TSTInfo")]
    Detached,
    /// What it signs cannot be read.
    #[error("its TSTInfo cannot be read: {0}")]
    Info(#[from] Asn1Error),
    /// A later version of the format.
    #[error("its TSTInfo is of version {found}; RFC 3161 knows version 1")]
    Version {
        /// The version.
        found: u64,
    },
    /// An extension that must be understood and is not.
    #[error("its TSTInfo has the critical extension {oid}, which is not known")]
    CriticalExtension {
        /// The extension.
        oid: Oid,
    },
    /// A token has exactly one signer (RFC 3161, 2.4.2).
    #[error("it has {count} signers instead of one")]
    Signers {
        /// How many there are.
        count: usize,
    },
    /// The digest in the token is that of other bytes.
    #[error("it stamps other bytes: its {algorithm} digest differs")]
    ImprintMismatch {
        /// The algorithm of the digest.
        algorithm: &'static str,
    },
    /// The covered bytes were not digested with the algorithm of the token.
    #[error("the covered bytes were not digested with {algorithm}, which the token uses")]
    DigestMissing {
        /// The algorithm of the token's digest.
        algorithm: &'static str,
    },
    /// The token does not cover what it stands for, for a reason of the format that holds it.
    #[error("it does not cover the signature: {reason}")]
    NotCovering {
        /// The reason.
        reason: String,
    },
    /// What the token covers could not be computed.
    #[error("whether it covers the signature could not be judged: {reason}")]
    NotComputed {
        /// The reason.
        reason: String,
    },
    /// The digest algorithm of the token is not one that we compute.
    #[error("its digest algorithm {oid} is not supported")]
    Unsupported {
        /// The algorithm.
        oid: Oid,
    },
    /// The signature of the token is not sound, or could not be judged.
    #[error("its signer is not sound: {}", list(.0))]
    Signer(Vec<SignerFault>),
    /// The signature does not say which certificate it was made with (RFC 3161, 2.4.2; RFC 5816).
    #[error("it is not bound to the certificate of its signer: the attribute signing-certificate is missing")]
    NotBound,
    /// The certificate of the signer is not one for timestamps (RFC 3161, 2.3).
    #[error("the certificate of its signer is not one for timestamps: {reason}")]
    NotForTimestamps {
        /// What is wrong with its extended key usage.
        reason: &'static str,
    },
}

impl TokenFault {
    /// What the fault means for a verdict.
    #[must_use]
    pub fn kind(&self) -> FaultKind {
        match self {
            Self::ImprintMismatch { .. } | Self::NotCovering { .. } => FaultKind::Mathematics,
            Self::Signer(faults) => {
                faults.iter().map(SignerFault::kind).min().unwrap_or(FaultKind::CannotTell)
            }
            Self::NotBound | Self::NotForTimestamps { .. } => FaultKind::Certificate,
            Self::DigestMissing { .. } | Self::NotComputed { .. } | Self::Unsupported { .. } => {
                FaultKind::CannotTell
            }
            Self::Message(_)
            | Self::ContentType { .. }
            | Self::Detached
            | Self::Info(_)
            | Self::Version { .. }
            | Self::CriticalExtension { .. }
            | Self::Signers { .. } => FaultKind::Form,
        }
    }
}

fn list(faults: &[SignerFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
