//! What can go wrong between a digest and its timestamp.

use chancery_http::{AddressError, TransportError};
use const_oid::ObjectIdentifier as Oid;

use crate::rejection::Rejection;
use crate::token_fault::TokenFault;

/// Why a timestamp authority gave no timestamp that could be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// The address of the authority cannot be asked.
    #[error("the address of the timestamp authority: {0}")]
    Address(#[from] AddressError),
    /// No answer came.
    #[error("the timestamp authority did not answer: {0}")]
    Transport(#[from] TransportError),
    /// The server answered, but not with success.
    #[error("the timestamp authority answered with HTTP status {status}: {advice}")]
    Status {
        /// The status.
        status: u16,
        /// What to do.
        advice: &'static str,
    },
    /// The answer is something else than a timestamp, often a web page.
    #[error(
        "the answer is of type {found}, not application/timestamp-reply: check that the address is the one for \
         requests, not the authority's web site, and that no proxy or login page stands between"
    )]
    ContentType {
        /// What the answer says it is; empty if it says nothing.
        found: String,
    },
    /// The answer is larger than any timestamp.
    #[error("the answer has {length} bytes, more than the {limit} of any timestamp: refused")]
    TooLarge {
        /// How long it is.
        length: usize,
        /// How long it may be.
        limit: usize,
    },
    /// The answer cannot be read.
    #[error("the answer is not a timestamp response: {reason}")]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// The authority refused.
    #[error("the timestamp authority refused: {0}")]
    Rejected(Rejection),
    /// The token answers another question: an old answer sent again, or one for somebody else.
    #[error("the timestamp does not carry the nonce of this question: it may be an old answer; ask again")]
    NonceMismatch,
    /// The token was made under another policy than the one asked for.
    #[error("the timestamp was made under policy {found} instead of {asked}")]
    PolicyMismatch {
        /// The policy that was asked for.
        asked: Oid,
        /// The policy of the token.
        found: Oid,
    },
    /// The token itself is not sound.
    #[error("the timestamp token is not sound: {0}")]
    Token(#[from] TokenFault),
}

/// Why a responder could not answer. A question that is refused is an answer, not an error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RespondError {
    /// The key did not sign.
    #[error("the key of the timestamp authority did not sign: {0}")]
    Signer(#[from] chancery_key::SignerError),
    /// The token could not be assembled.
    #[error("the token could not be assembled: {0}")]
    Cms(#[from] chancery_cms::CmsError),
}
