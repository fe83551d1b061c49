//! The judgement of a whole message.

use std::sync::OnceLock;

use chancery_certificate::Certificate;
use chancery_digest::Digests;

use crate::check::SignerCheck;
use crate::examination::{Examination, Subject};
use crate::fault::{FaultKind, SignerFault};
use crate::message::SignedMessage;
use crate::shelf::Shelf;

/// The verdicts of all signers of a message, in its order.
#[derive(Clone, Debug)]
pub struct MessageCheck {
    signers: Vec<SignerCheck>,
}

impl MessageCheck {
    /// The verdict of each signer, in the order of [`SignedMessage::signers`].
    #[must_use]
    pub fn signers(&self) -> &[SignerCheck] {
        &self.signers
    }

    /// Whether there is a signer, and all are sound: one good signer never passes a message.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        !self.signers.is_empty() && self.signers.iter().all(|signer| signer.sound().is_some())
    }

    /// What the worst fault of the worst signer means. None if all signers are sound, and also if there is none.
    #[must_use]
    pub fn worst(&self) -> Option<FaultKind> {
        self.signers.iter().flat_map(SignerCheck::faults).map(SignerFault::kind).min()
    }
}

impl SignedMessage {
    /// Judges every signer, as [`SignerInfo::check`](crate::SignerInfo::check) judges one.
    ///
    /// `content` are [`content_digests`](Self::content_digests) for a message that holds its content, digests of the
    /// file for a detached one; `candidates` are certificates beside those in the message.
    #[must_use]
    pub fn check(&self, content: &Digests, candidates: &[Certificate]) -> MessageCheck {
        let index = OnceLock::new();
        let shelf = Shelf::indexed(candidates, self.signers().len(), &index);
        let check = |signer| Examination::new(signer, self, Subject::Content(content)).conclude(shelf);
        MessageCheck { signers: self.signers().iter().map(check).collect() }
    }
}
