//! Whether a certificate may sign evidence.

use jiff::Timestamp;

use crate::revocation::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::revocation::foundation::Foundation;

/// That a certificate may sign a piece of evidence.
///
/// Where a doubt is left, its silence about a revocation is worth nothing; but the revocation that it names is not
/// dropped (see [`doubt`](crate::revocation::doubt)).
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// What shows it.
    pub(crate) foundation: Foundation,
    /// What is not known of the signer, although the policy asks for it.
    pub(crate) doubt: Option<Doubt>,
}

/// What is not known of a signer.
#[derive(Clone, Debug)]
pub(crate) enum Doubt {
    /// In words.
    Told(String),
    /// Whether it was still in charge of its key: its certificate had expired before what it signed is proven to have
    /// existed.
    Expired { not_after: Timestamp, proven: Timestamp },
}

/// When a piece was signed, and since when it is proven to have existed.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) at: Timestamp,
    pub(crate) proven: Timestamp,
}

impl Standing {
    /// There is nothing to ask any more.
    pub(crate) fn certain(foundation: Foundation) -> Self {
        Self { foundation, doubt: None }
    }

    /// Entitled, but nobody knows whether it was revoked since, or the like.
    pub(crate) fn doubtful(foundation: Foundation, doubt: String) -> Self {
        Self { foundation, doubt: Some(Doubt::Told(doubt)) }
    }

    /// Entitled once, but perhaps no longer when the piece came into the world.
    pub(crate) fn expired(foundation: Foundation, not_after: Timestamp, proven: Timestamp) -> Self {
        Self { foundation, doubt: Some(Doubt::Expired { not_after, proven }) }
    }

    /// Why the silence of a piece that it signed says nothing.
    pub(crate) fn fault(&self, kind: EvidenceKind, this_update: Timestamp) -> Option<EvidenceFault> {
        Some(match self.doubt.clone()? {
            Doubt::Told(reason) => EvidenceFault::SignerNotAllowed { kind, this_update, reason },
            Doubt::Expired { not_after, proven } => {
                EvidenceFault::SignerExpired { kind, this_update, proven, not_after }
            }
        })
    }
}
