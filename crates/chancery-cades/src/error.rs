//! Why a CAdES signature could not be made or read.

use chancery_cms::CmsError;
use chancery_key::SignerError;
use chancery_timestamp::TimestampError;

/// A signature that could not be made, or a message that could not be read.
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
    #[error("the timestamp does not cover this signature: ask for one over its `timestamp_digest`")]
    TimestampOfOtherSignature,
    /// A message that encloses its content was to be judged against other content.
    #[error("the message encloses its content: judge it by `verify_at`, without other content")]
    ContentEnclosed,
    /// The content could not be read.
    #[error("the signed content cannot be read: {0}")]
    Content(#[from] std::io::Error),
}
