//! Whether a certificate may sign evidence.

use jiff::Timestamp;

use crate::path::failure::ChainFailure;
use crate::path::fault::ChainFault;
use crate::revocation::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::revocation::foundation::{Foundation, Piece};

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
    Expired { not_after: Timestamp, at: Timestamp },
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
    pub(crate) fn expired(foundation: Foundation, not_after: Timestamp, at: Timestamp) -> Self {
        Self { foundation, doubt: Some(Doubt::Expired { not_after, at }) }
    }

    /// Why the silence of a piece that it signed says nothing.
    pub(crate) fn fault(&self, kind: EvidenceKind, this_update: Timestamp) -> Option<EvidenceFault> {
        Some(match self.doubt.clone()? {
            Doubt::Told(reason) => EvidenceFault::SignerNotAllowed { kind, this_update, reason },
            Doubt::Expired { not_after, at } => {
                EvidenceFault::SignerExpired { kind, this_update, at, not_after }
            }
        })
    }
}

/// The standing of a signer with a path that has no other fault than that its revocation is not known, or that it ended
/// after the signature: what was said while it held stays said.
pub(crate) fn undecided(failure: &ChainFailure, signed: Signed) -> Option<Standing> {
    let undecided = |fault: &ChainFault| match fault {
        ChainFault::RevocationUnknown { .. } => true,
        // What a thief may have written is nothing that is left open.
        ChainFault::NoProof { needed_by, .. } => !needed_by.limit.is_dispute(),
        ChainFault::Expired { not_after, .. } => *not_after >= signed.at,
        _ => false,
    };
    let path = failure.paths().find(|path| path.faults().all(undecided))?;
    let foundation = path.certificates().iter().fold(Foundation::default(), |foundation, certificate| {
        foundation.with(Piece::Certificate(certificate.clone()))
    });
    let ended = path.faults().find_map(|fault| match fault {
        ChainFault::Expired { not_after, .. } if signed.proven > *not_after => Some(*not_after),
        _ => None,
    });
    Some(match ended {
        Some(not_after) => Standing::expired(foundation, not_after, signed.proven),
        None => Standing::doubtful(foundation, path.to_string()),
    })
}
