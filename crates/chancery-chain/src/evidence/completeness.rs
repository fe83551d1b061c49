//! Whether evidence suffices to judge a certificate at a moment, without a network.

use chancery_certificate::Certificate;
use jiff::Timestamp;

use crate::evidence::missing::Missing;
use crate::path::failure::ChainFailure;
use crate::settings::RevocationPolicy;
use crate::verified::VerifiedChain;
use crate::verifier::ChainVerifier;

/// Whether the evidence at hand suffices to judge a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Completeness {
    /// A chain holds, and the revocation of every certificate in it is known: [`VerifiedChain::evidence`] is what
    /// has to be kept.
    Complete(VerifiedChain),
    /// No chain holds, or revocation is not known.
    Incomplete {
        /// What is missing; empty when more evidence would not help, as for a revoked certificate.
        missing: Vec<Missing>,
        /// Why no chain holds.
        failure: ChainFailure,
    },
}

impl Completeness {
    /// The chain, if the evidence is complete.
    pub fn chain(&self) -> Option<&VerifiedChain> {
        match self {
            Self::Complete(chain) => Some(chain),
            Self::Incomplete { .. } => None,
        }
    }

    /// What is missing; nothing if the evidence is complete.
    pub fn missing(&self) -> &[Missing] {
        match self {
            Self::Complete(_) => &[],
            Self::Incomplete { missing, .. } => missing,
        }
    }
}

impl ChainVerifier<'_> {
    /// Whether the evidence suffices to judge the certificate at the moment without asking anybody, revocation
    /// included, whatever the revocation policy of this verifier is.
    ///
    /// Certificates given as [`intermediates`](Self::intermediates) count as known. Whoever wants to keep the
    /// evidence keeps [`VerifiedChain::evidence`], which has them where they were used.
    pub fn completeness_at(&self, certificate: &Certificate, at: Timestamp) -> Completeness {
        match self.clone().with_revocation(RevocationPolicy::Require).verify_at(certificate, at) {
            Ok(chain) => Completeness::Complete(chain),
            Err(failure) => Completeness::Incomplete { missing: failure.missing(), failure },
        }
    }
}
