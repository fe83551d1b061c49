//! What can be wrong with the trust anchors of the operating system.

use chancery_certificate::CertificateError;

/// A part of the system's store that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SystemTrustProblem {
    /// A file or folder of it.
    #[error("{reason}")]
    Store {
        /// Which, and why.
        reason: String,
    },
    /// A certificate in it.
    #[error("a certificate of the store cannot be read: {error}")]
    Certificate {
        /// What is wrong with it.
        #[source]
        error: CertificateError,
    },
}

/// The system has no trust anchors that could be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SystemTrustError {
    /// Nothing was found.
    #[error(
        "the system's store has no trust anchor{}; install the package with the system's certificates (ca-certificates, for example), or read the anchors from a file",
        because(.problems)
    )]
    Empty {
        /// What could not be read.
        problems: Vec<SystemTrustProblem>,
    },
}

fn because(problems: &[SystemTrustProblem]) -> String {
    problems.iter().map(|problem| format!("; {problem}")).collect()
}
