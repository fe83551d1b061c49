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
    pub(crate) doubt: Option<String>,
}

impl Standing {
    /// There is nothing to ask any more.
    pub(crate) fn certain(foundation: Foundation) -> Self {
        Self { foundation, doubt: None }
    }

    /// Entitled, but nobody knows whether it was revoked since, or the like.
    pub(crate) fn doubtful(foundation: Foundation, doubt: String) -> Self {
        Self { foundation, doubt: Some(doubt) }
    }

    /// Why the silence of a piece that it signed says nothing.
    pub(crate) fn fault(&self, kind: EvidenceKind, this_update: Timestamp) -> Option<EvidenceFault> {
        let reason = self.doubt.clone()?;
        Some(EvidenceFault::SignerNotAllowed { kind, this_update, reason })
    }
}
