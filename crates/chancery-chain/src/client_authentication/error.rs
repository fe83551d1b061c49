//! Why a client may not enter.

use chancery_certificate::{Certificate, CertificateError};

use super::hash::KeyHash;
use crate::path::failure::ChainFailure;

/// A client that is refused. Each prints a sentence for the log of the server; what a stranger is told is less, the
/// alert of TLS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientRefused {
    /// The client sent no certificate.
    #[error("the client sent no certificate")]
    NoCertificate,
    /// The client sent more certificates than are looked at.
    #[error("the client sent {found} certificates; no more than {allowed} are looked at")]
    TooMany {
        /// How many it sent.
        found: usize,
        /// How many are looked at.
        allowed: usize,
    },
    /// A certificate that the client sent cannot be read.
    #[error("certificate {number} that the client sent cannot be read: {error}")]
    Malformed {
        /// Which, the client's own being 1.
        number: usize,
        /// What is wrong with it.
        #[source]
        error: CertificateError,
    },
    /// Neither the key nor the certificate is on the list.
    #[error(
        "\"{}\" is not on the list of clients; to admit it, list its key {key}", .certificate.display_name()
    )]
    Unlisted {
        /// The client's certificate, of which nothing is proven: its name can be anybody's.
        certificate: Certificate,
        /// The hash of its key.
        key: KeyHash,
    },
    /// The certificate was issued by another authority than those that may issue for clients.
    #[error(
        "\"{}\" was issued by \"{}\", which is none of the accepted issuers of clients", .certificate.display_name(), .issuer.display_name()
    )]
    Issuer {
        /// The client's certificate.
        certificate: Certificate,
        /// Who issued it.
        issuer: Certificate,
    },
    /// No path from the certificate to a trust anchor holds.
    #[error(transparent)]
    Chain(#[from] ChainFailure),
}
