//! Why a question to the network brought nothing.

use chancery_http::{AddressError, AddressKind, TransportError};

use crate::collector::answer_error::AnswerError;

/// Why a question brought nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchFault {
    /// It is no URL that is asked: `ldap:` directories, for example, are not.
    #[error("it was not asked: {0}")]
    Address(#[from] AddressError),
    /// The URL names an address that was not allowed, such as one of a private network. Nothing was sent.
    #[error("it was not asked: {host} is {kind}, which was not allowed")]
    AddressRefused {
        /// The host, as the URL names it.
        host: String,
        /// What kind of address it is.
        kind: AddressKind,
    },
    /// The URL names its host by a number in a form that only some programs understand: a way around address rules.
    #[error("it was not asked: the host \"{host}\" is a number, but no address in the usual form")]
    NumericHost {
        /// The host, as the URL names it.
        host: String,
    },
    /// The limits did not allow to ask it any more. Nothing was sent.
    #[error("it was not asked: more than {allowed} {what} were needed")]
    LimitReached {
        /// What was counted.
        what: &'static str,
        /// How many were allowed.
        allowed: u64,
    },
    /// No answer came.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// What came is not the answer.
    #[error(transparent)]
    Answer(#[from] AnswerError),
}
