//! Why a CAdES signature could not be made, extended or read.

use std::fmt;

use chancery_certificate::Certificate;
use chancery_chain::{ChainFailure, EvidenceFileError, Missing};
use chancery_cms::{CmsError, SignerFault};
use chancery_key::SignerError;
use chancery_timestamp::TimestampError;
use jiff::Timestamp;

/// A signature that could not be made or extended, or a message that could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CadesError {
    /// The message cannot be made or read.
    #[error(transparent)]
    Message(#[from] CmsError),
    /// The signer did not sign.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// There is no timestamp.
    #[error(transparent)]
    Timestamp(#[from] TimestampError),
    /// The timestamp is over something else than this signature.
    #[error("the timestamp does not cover this signature: ask for one over the digest that it gives")]
    TimestampOfOtherSignature,
    /// The new timestamp claims to be older than one that it covers.
    #[error("the new timestamp is of {time}, before the one of {earlier} that it covers: a clock is wrong")]
    TimestampOutOfOrder {
        /// The time of the new one.
        time: Timestamp,
        /// The time of the one it covers.
        earlier: Timestamp,
    },
    /// The signature has no timestamp over its value: what is enclosed for the long term would prove nothing.
    #[error("the signature has no timestamp that covers it (level B-T): add one first{}", because(.faults))]
    NoSignatureTimestamp {
        /// What is wrong with those that it has.
        faults: Vec<String>,
    },
    /// The signature itself does not hold, so that nothing would be gained by preserving it.
    #[error("the signature does not hold: {}", list(.0))]
    NotSound(Vec<SignerFault>),
    /// Chains are missing that the evidence must prove, or are proven without revocation.
    #[error("the evidence is incomplete: {}", list(.0))]
    EvidenceIncomplete(Vec<MissingEvidence>),
    /// A certificate that the signature rests on has no valid chain.
    #[error("the certificate of the {of} is not valid: {failure}")]
    ChainNotValid {
        /// Whose certificate: `signer`, or which timestamp.
        of: String,
        /// Why there is no chain.
        failure: Box<ChainFailure>,
        /// What would help; empty if nothing does.
        missing: Vec<Missing>,
    },
    /// The message does not hold the evidence that an archive timestamp is to cover.
    #[error(
        "the evidence is not in the signature yet (level B-LT), preserve it first: no CRL or OCSP answer for {}",
        list(.0)
    )]
    NotPreserved(Vec<MissingEvidence>),
    /// An archive timestamp of an older version, at another signer, is over all certificates and revocation information of
    /// the message: nothing can be added without breaking it.
    #[error(
        "an older archive timestamp of another signer covers the evidence of the message as it is: nothing can be added \
         before this signature has an archive timestamp of its own"
    )]
    ClosedByOlderTimestamp,
    /// The evidence cannot be written into a message.
    #[error("the evidence cannot be enclosed: {0}")]
    Evidence(#[from] EvidenceFileError),
    /// The content is elsewhere, and its digest by this algorithm was not given.
    #[error("the content is detached: give its {algorithm} digest too")]
    ContentDigestMissing {
        /// The algorithm.
        algorithm: &'static str,
    },
    /// A message that encloses its content was to be judged against other content.
    #[error("the message encloses its content: judge it by `verify_at`, without other content")]
    ContentEnclosed,
    /// The content could not be read.
    #[error("the signed content cannot be read: {0}")]
    Content(#[from] std::io::Error),
}

/// What evidence lacks for one of the certificates that a signature rests on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MissingEvidence {
    /// Whose certificate: `signer`, or which timestamp.
    pub of: String,
    /// The certificate that the evidence must be about.
    pub certificate: Certificate,
    /// What its chain lacks. Empty if there is no chain at all.
    pub lacks: Vec<Missing>,
}

impl fmt::Display for MissingEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" ({})", self.certificate.display_name(), self.of)?;
        self.lacks.iter().enumerate().try_for_each(|(index, missing)| {
            write!(f, "{}{missing}", if index == 0 { " lacks " } else { ", " })
        })
    }
}

fn list(faults: &[impl ToString]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn because(faults: &[String]) -> String {
    if faults.is_empty() { String::new() } else { format!(" ({})", faults.join("; ")) }
}
