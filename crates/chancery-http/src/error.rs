//! What can go wrong before an answer is there.
//!
//! An HTTP status such as 404 or 500 is an answer, not an error: it comes back as a
//! [`Response`](crate::Response), and the protocol above decides what it means.

use std::net::IpAddr;
use std::time::Duration;

use crate::AddressKind;

/// Why a text is not an address that a request may be sent to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// The text is no absolute URL.
    #[error("`{text}` is not an absolute http or https URL: {reason}")]
    NotAUrl {
        /// The text as given, shortened and with control characters escaped.
        text: String,
        /// What the parser said.
        reason: String,
    },
    /// The scheme is another one than http or https (`ldap`, `file`, `ftp`, …).
    #[error("`{url}` uses the scheme `{scheme}`; only http and https are sent")]
    Scheme {
        /// The URL as given.
        url: String,
        /// Its scheme.
        scheme: String,
    },
    /// The URL carries a user name or password before the host. The text is not repeated here, because it
    /// may hold a secret.
    #[error(
        "the URL for host `{host}` has a user name or password in it; put credentials into a header instead"
    )]
    UserInfo {
        /// The host of the URL.
        host: String,
    },
    /// The URL is longer than any that we send.
    #[error("the URL has {length} bytes, more than the {limit} that are accepted")]
    TooLong {
        /// Its length in bytes.
        length: usize,
        /// The greatest length accepted, in bytes.
        limit: usize,
    },
}

/// Why a request brought no answer. Each is a sentence that names the host or URL and both sides of the matter.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The host name leads to an address that the client may not talk to. Nothing was sent.
    #[error(
        "`{host}` leads to {address} ({kind}), which this client may not contact; allow it explicitly if it is meant"
    )]
    AddressRefused {
        /// The host as the URL names it.
        host: String,
        /// The address that it resolved to.
        address: IpAddr,
        /// What kind of address that is.
        kind: AddressKind,
    },
    /// The URL, or the URL that a redirect leads to, may not be requested.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The URL is https, and the crate was built without TLS.
    #[error("`{url}` needs https, but chancery-http was built without its feature `tls`")]
    HttpsUnavailable {
        /// The URL.
        url: String,
    },
    /// The name server knows no such host.
    #[error("no address was found for host `{host}`")]
    HostNotFound {
        /// The host as the URL names it.
        host: String,
    },
    /// No connection could be made (refused, unreachable, …).
    #[error("could not connect to `{host}`: {source}")]
    Connect {
        /// Host and port as the URL names them.
        host: String,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The TLS handshake failed, for instance because the server's certificate is not trusted.
    #[error("no secure connection to `{host}`: {reason}")]
    Tls {
        /// Host and port as the URL names them.
        host: String,
        /// What the TLS implementation said.
        reason: String,
    },
    /// The answer was not complete within the time allowed, however lively the server was in between.
    #[error("`{url}` did not answer completely within {limit:?} (cut while {phase})")]
    TimedOut {
        /// The URL.
        url: String,
        /// The time allowed: of the connection, or of the whole exchange.
        limit: Duration,
        /// What was going on.
        phase: Phase,
    },
    /// The answer is larger than the request allows. Reading stopped there.
    #[error("the answer of `{url}` is larger than the {limit} bytes allowed")]
    TooLarge {
        /// The URL.
        url: String,
        /// Bytes allowed, of the head or of the body.
        limit: usize,
    },
    /// The server answered with a redirect, which this client does not follow (or not this one).
    #[error("`{url}` redirects (status {status}) to `{location}`; {reason}")]
    Redirect {
        /// The URL that was asked.
        url: String,
        /// The status of the answer: 301, 302, 303, 307 or 308.
        status: u16,
        /// Where it leads; control characters escaped.
        location: String,
        /// Why it was not followed.
        reason: RedirectRefusal,
    },
    /// The connection broke off before the answer was complete.
    #[error("the connection to `{url}` broke off before the answer was complete: {source}")]
    Interrupted {
        /// The URL.
        url: String,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// What came back is not HTTP.
    #[error("`{url}` did not answer in valid HTTP: {reason}")]
    Protocol {
        /// The URL.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// A transport of another make failed in its own way. For implementations outside this crate.
    #[error("the transport failed: {0}")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What a client was doing when its time ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Opening the connection, within [`Limits::connect_timeout`](crate::Limits::connect_timeout).
    Connecting,
    /// Anything within [`Limits::timeout`](crate::Limits::timeout): looking the host up, sending, waiting, reading.
    Exchanging,
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Connecting => "connecting",
            Self::Exchanging => "asking and waiting for the answer",
        })
    }
}

/// Why a redirect was not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedirectRefusal {
    /// The client follows none: the default.
    NotFollowed,
    /// The client follows some, but not as many.
    TooMany,
    /// The request has a body or a method other than GET, and is not sent to somebody else.
    NotAGet,
    /// It leads from https to http.
    Downgrade,
    /// The answer names no place to go to, or not a readable one.
    NoLocation,
}

impl std::fmt::Display for RedirectRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotFollowed => "redirects are not followed",
            Self::TooMany => "too many redirects one after another",
            Self::NotAGet => "only a GET is sent on",
            Self::Downgrade => "it would leave https for http",
            Self::NoLocation => "it names no place that could be read",
        })
    }
}
