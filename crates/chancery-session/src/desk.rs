//! Where parties sign: a store of revisions, and by what signatures are judged.

use std::io::Read;

use chancery_ades::Policy;
use chancery_digest::{BlobStore, Source};
use chancery_key::Password;
use chancery_workflow::{ContentDigest, DocumentId, Envelope, PartyId, SignaturePlace};
use jiff::Timestamp;

use crate::base::{Base, blob};
use crate::error::SessionError;
use crate::turn::{self, Turn};
use crate::verification::Judge;

/// Where parties sign: the store that keeps the revisions of documents, and the policy by which signatures are judged
/// before the workflow hears of them.
///
/// See the [crate](crate) for a turn from its beginning to its end.
#[derive(Clone, Copy)]
pub struct Desk<'d> {
    pub(crate) store: &'d dyn BlobStore,
    policy: &'d Policy,
    pub(crate) password: Option<&'d Password>,
}

impl<'d> Desk<'d> {
    /// With this store and this policy.
    #[must_use]
    pub const fn new(store: &'d dyn BlobStore, policy: &'d Policy) -> Self {
        Self { store, policy, password: None }
    }

    /// The password of an encrypted document.
    #[must_use]
    pub const fn password(mut self, password: &'d Password) -> Self {
        self.password = Some(password);
        self
    }

    /// Keeps a document durably, at most so many bytes of it: what a draft names by the digest that comes back.
    ///
    /// # Errors
    /// If it is longer, or the store fails.
    pub fn keep(&self, bytes: &mut dyn Read, most: u64) -> Result<ContentDigest, SessionError> {
        let kept = self.store.put(bytes, most)?;
        Ok(ContentDigest::from_bytes(*kept.id().as_bytes()))
    }

    /// Opens a revision.
    ///
    /// # Errors
    /// If the store has not got it, or other bytes in its place.
    pub fn open(&self, revision: ContentDigest) -> Result<Box<dyn Source>, SessionError> {
        Ok(self.store.open(&blob(revision))?)
    }

    /// Opens a party's turn to sign a document, on its current revision.
    ///
    /// # Errors
    /// [`SessionError::NotToSign`] if it does not sign it; or the store has not got the revision.
    pub fn turn(
        &self,
        envelope: &Envelope,
        party: PartyId,
        document: DocumentId,
    ) -> Result<Turn, SessionError> {
        if !envelope.signs(party).contains(&document) {
            return Err(SessionError::NotToSign { party, document });
        }
        let place = SignaturePlace { envelope: envelope.id(), party, document };
        let base = Base::open(self.store, envelope, document)?;
        Ok(Turn::new(place, base, turn::field(envelope, place), self.password))
    }

    /// Opens a party's turn to sign all its documents, in their order.
    ///
    /// # Errors
    /// As [`turn`](Self::turn).
    pub fn turns(&self, envelope: &Envelope, party: PartyId) -> Result<Vec<Turn>, SessionError> {
        envelope.signs(party).into_iter().map(|document| self.turn(envelope, party, document)).collect()
    }

    pub(crate) const fn judge(&self, now: Timestamp) -> Judge<'_> {
        Judge { policy: self.policy, password: self.password, now }
    }
}
