//! What every store does.

use jiff::Timestamp;

use crate::commit::Commit;
use crate::committed::Committed;
use crate::delivery::{Claim, Delivery, Due, Settlement};
use crate::delivery_id::DeliveryId;
use crate::error::{CommitError, ProofError, SettleError, StoreError};
use crate::event::Event;
use crate::hash::Hash;
use crate::head::Head;
use crate::log::Log;
use crate::merkle::{self, ConsistencyProof, InclusionProof, NodeId, Recipe};
use crate::name::{IdempotencyKey, StreamId, Tenant};
use crate::number::{Sequence, Version};
use crate::request::Request;

/// Where events are kept. [`AsyncStore`](crate::AsyncStore) has the same verbs for stores that are waited for.
///
/// What a commit writes is worked out by a [`Plan`](crate::plan::Plan); a store reads and writes rows. Whether it
/// does so rightly, `store_conformance!` tells.
pub trait Store: Send + Sync {
    /// Makes a commit: all of it, and so that it lasts when this returns, or nothing.
    ///
    /// # Errors
    /// If it is refused, or the store fails; see [`CommitError`].
    fn commit(&self, commit: &Commit) -> Result<Committed, CommitError>;

    /// Makes several commits in one go, so that they share the wait for the disk. Each is made or refused by itself,
    /// in this order; a failure of the store is a failure of all.
    fn commit_all(&self, commits: &[&Commit]) -> Vec<Result<Committed, CommitError>> {
        commits.iter().map(|commit| self.commit(commit)).collect()
    }

    /// Where a stream stands; the default for one without events.
    ///
    /// # Errors
    /// If the store fails.
    fn head(&self, tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError>;

    /// Where a tenant's log stands; the default for one without events.
    ///
    /// # Errors
    /// If the store fails.
    fn log(&self, tenant: &Tenant) -> Result<Log, StoreError>;

    /// The events of a stream after a version, in order: at least one if there is one, at most `most`, fewer when they
    /// are large ([`limits`](crate::limits)). Ask again after the last of them until none comes.
    ///
    /// # Errors
    /// If the store fails.
    fn events(
        &self,
        tenant: &Tenant,
        stream: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Event>, StoreError>;

    /// The events of a tenant's log from a place on, in order and without a gap, as [`events`](Self::events) does.
    ///
    /// # Errors
    /// If the store fails.
    fn since(&self, tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError>;

    /// What is kept under an idempotency key.
    ///
    /// # Errors
    /// If the store fails.
    fn request(&self, tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError>;

    /// The hashes of some nodes of a tenant's tree. Those of level 0 are made of the events' hashes.
    ///
    /// # Errors
    /// If the store fails.
    fn nodes(&self, tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError>;

    /// Claims what is to be delivered, of all tenants. Of one stream and destination, the next is not claimed before
    /// the one before it is delivered or dead.
    ///
    /// # Errors
    /// If the store fails.
    fn claim_deliveries(&self, claim: Claim) -> Result<Vec<Delivery>, StoreError>;

    /// Says what came of a claimed delivery. How it ended stands beside it with a
    /// [hash](Delivery::settlement_hash), for the verifier.
    ///
    /// # Errors
    /// If the lease has ended, the next attempt would be more than a day ahead ([`Settlement::checked`]), or the store
    /// fails.
    fn settle(&self, delivery: &Delivery, settlement: Settlement, now: Timestamp) -> Result<(), SettleError>;

    /// The dead letters of a tenant after one of them, in the order of its log.
    ///
    /// # Errors
    /// If the store fails.
    fn dead_letters(
        &self,
        tenant: &Tenant,
        after: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// Lets a dead letter be delivered after all, with all its attempts anew. What came after it may have overtaken it.
    ///
    /// # Errors
    /// If it is none, or the store fails.
    fn replay(&self, tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError>;

    /// Claims streams whose deadline has come, of all tenants.
    ///
    /// # Errors
    /// If the store fails.
    fn claim_due(&self, claim: Claim) -> Result<Vec<Due>, StoreError>;

    /// Proves that an event is in the log of this size.
    ///
    /// # Errors
    /// If the log does not reach that far, or the store fails.
    fn prove_inclusion(
        &self,
        tenant: &Tenant,
        event: Sequence,
        size: u64,
    ) -> Result<InclusionProof, ProofError> {
        let known = self.log(tenant)?.size();
        if event.0 >= size || size > known {
            return Err(ProofError::Beyond { from: event.0, to: size, size: known });
        }
        let (recipe, proof) = merkle::inclusion(event, size);
        let nodes = self.nodes(tenant, &recipe.nodes())?;
        Ok(proof(made(&recipe, &nodes)?))
    }

    /// Proves that the log of one size is the beginning of the log of another.
    ///
    /// # Errors
    /// If the log does not reach that far, or the store fails.
    fn prove_consistency(&self, tenant: &Tenant, from: u64, to: u64) -> Result<ConsistencyProof, ProofError> {
        let known = self.log(tenant)?.size();
        if from > to || to > known {
            return Err(ProofError::Beyond { from, to, size: known });
        }
        let (recipe, proof) = merkle::consistency(from, to);
        let nodes = self.nodes(tenant, &recipe.nodes())?;
        Ok(proof(made(&recipe, &nodes)?))
    }
}

/// A store that is lent is one.
impl<S: Store + ?Sized> Store for &S {
    fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
        (**self).commit(commit)
    }

    fn commit_all(&self, commits: &[&Commit]) -> Vec<Result<Committed, CommitError>> {
        (**self).commit_all(commits)
    }

    fn head(&self, tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError> {
        (**self).head(tenant, stream)
    }

    fn log(&self, tenant: &Tenant) -> Result<Log, StoreError> {
        (**self).log(tenant)
    }

    fn events(
        &self,
        tenant: &Tenant,
        stream: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        (**self).events(tenant, stream, after, most)
    }

    fn since(&self, tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError> {
        (**self).since(tenant, from, most)
    }

    fn request(&self, tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        (**self).request(tenant, key)
    }

    fn nodes(&self, tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError> {
        (**self).nodes(tenant, ids)
    }

    fn claim_deliveries(&self, claim: Claim) -> Result<Vec<Delivery>, StoreError> {
        (**self).claim_deliveries(claim)
    }

    fn settle(&self, delivery: &Delivery, settlement: Settlement, now: Timestamp) -> Result<(), SettleError> {
        (**self).settle(delivery, settlement, now)
    }

    fn dead_letters(
        &self,
        tenant: &Tenant,
        after: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        (**self).dead_letters(tenant, after, most)
    }

    fn replay(&self, tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError> {
        (**self).replay(tenant, letter, now)
    }

    fn claim_due(&self, claim: Claim) -> Result<Vec<Due>, StoreError> {
        (**self).claim_due(claim)
    }

    fn prove_inclusion(
        &self,
        tenant: &Tenant,
        event: Sequence,
        size: u64,
    ) -> Result<InclusionProof, ProofError> {
        (**self).prove_inclusion(tenant, event, size)
    }

    fn prove_consistency(&self, tenant: &Tenant, from: u64, to: u64) -> Result<ConsistencyProof, ProofError> {
        (**self).prove_consistency(tenant, from, to)
    }
}

pub(crate) fn made(recipe: &Recipe, nodes: &[Option<Hash>]) -> Result<Vec<Hash>, StoreError> {
    recipe.make(nodes).ok_or_else(|| StoreError::corrupt("a node of the Merkle tree is missing"))
}
