//! Why what came back from the network is not the answer to a question about a certificate.

/// Why an HTTP response does not answer a question about a certificate.
///
/// That the response answers the question says nothing about its truth: signatures and times are judged by
/// [`ChainVerifier`](crate::ChainVerifier).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The server answered, but not with success.
    #[error("it answered with HTTP status {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// The server points elsewhere, and the transport did not follow.
    #[error("it redirects (HTTP status {status}) to `{location}`, which was not followed")]
    Redirected {
        /// The status: 300 to 399.
        status: u16,
        /// Where it points, safe to show; empty when it does not say.
        location: String,
    },
    /// The response has no content.
    #[error("its answer is empty")]
    Empty,
    /// The response is larger than any honest answer, or than what is left of the budget.
    #[error("its answer has {length} bytes, more than the {limit} that are accepted")]
    TooLarge {
        /// How long it is, in bytes.
        length: usize,
        /// How long it may be, in bytes.
        limit: usize,
    },
    /// The response is something else: often a web page, or the login page of a network.
    #[error("its answer (of type \"{content_type}\") is not {expected}: {reason}")]
    NotRecognised {
        /// What was expected.
        expected: &'static str,
        /// What the response calls itself, safe to show; empty when it does not say.
        content_type: String,
        /// What is wrong with it, and where.
        reason: String,
    },
    /// The OCSP responder answered that it does not answer (RFC 6960 §2.3).
    #[error("the OCSP responder answered: {status}")]
    Refused {
        /// Its status, as `tryLater` or `unauthorized`.
        status: &'static str,
    },
    /// The OCSP answer speaks of other certificates.
    #[error("its OCSP answer is about other certificates than the one asked about")]
    AboutOthers,
    /// The OCSP answer does not repeat the nonce of the question: it may be an old one.
    #[error("its OCSP answer does not repeat the nonce of the question, so it may be an old one")]
    Nonce,
    /// The CRL is that of an issuer that neither issued the certificate nor is named by it for its CRLs.
    #[error("its CRL is that of \"{found}\", which the certificate does not name")]
    OtherIssuer {
        /// The issuer of the CRL (RFC 4514).
        found: String,
    },
    /// None of the certificates that came issued the certificate.
    #[error("it sent {found} certificates, of which none issued the certificate")]
    NoIssuer {
        /// How many certificates came that can be read.
        found: usize,
    },
}
