//! A store that fails on purpose.

use std::io::{Error, ErrorKind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jiff::Timestamp;

use crate::commit::Commit;
use crate::committed::Committed;
use crate::delivery::{Claim, Delivery, Due, Settlement};
use crate::delivery_id::DeliveryId;
use crate::error::{CommitError, Failure, SettleError, StoreError};
use crate::event::Event;
use crate::hash::Hash;
use crate::head::Head;
use crate::log::Log;
use crate::merkle::NodeId;
use crate::name::{IdempotencyKey, StreamId, Tenant};
use crate::number::{Sequence, Version};
use crate::request::Request;
use crate::store::Store;

/// A store that fails at chosen calls, before or after they took effect: for tests of what a crash or a torn
/// connection may leave behind. Run a test once without faults, ask for [`calls`](Self::calls), and then once for each
/// call and each [`FaultKind`].
///
/// ```
/// use chancery_ledger::{Fault, FaultKind, FaultyStore, MemoryStore, Store, Tenant};
///
/// let store = MemoryStore::new();
/// let acme = Tenant::new("acme")?;
/// let faulty = FaultyStore::new(&store, [Fault { call: 1, kind: FaultKind::Before }]);
/// assert!(faulty.log(&acme).is_ok());
/// assert!(faulty.log(&acme).is_err());
/// assert!(faulty.log(&acme).is_ok());
/// assert_eq!(faulty.calls(), 3);
/// # Ok::<(), chancery_ledger::NameError>(())
/// ```
#[derive(Debug)]
pub struct FaultyStore<'s, S: ?Sized> {
    store: &'s S,
    faults: Vec<Fault>,
    calls: AtomicU64,
    dead: AtomicBool,
}

/// One call that fails.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Fault {
    /// Which, from 0.
    pub call: u64,
    /// How, and when.
    pub kind: FaultKind,
}

/// How a call fails: before or after it took effect, and what can be known of it.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum FaultKind {
    /// Before it took effect, and the store says so.
    Before,
    /// Before it took effect, but the store cannot tell: the connection was lost on the way there.
    LostBefore,
    /// After it took effect, but the store cannot tell: the connection was lost on the way back.
    LostAfter,
    /// The process dies before the call takes effect: all later calls fail as well.
    DeadBefore,
    /// The process dies after the call took effect: all later calls fail as well.
    DeadAfter,
}

impl FaultKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Before, Self::LostBefore, Self::LostAfter, Self::DeadBefore, Self::DeadAfter];
}

impl<'s, S: Store + ?Sized> FaultyStore<'s, S> {
    /// Wraps a store. Calls are counted from 0.
    #[must_use]
    pub fn new(store: &'s S, faults: impl IntoIterator<Item = Fault>) -> Self {
        let faults = faults.into_iter().collect();
        Self { store, faults, calls: AtomicU64::new(0), dead: AtomicBool::new(false) }
    }

    /// How many calls there were.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    fn call<T, E: From<StoreError>>(&self, work: impl FnOnce(&S) -> Result<T, E>) -> Result<T, E> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        if self.dead.load(Ordering::SeqCst) {
            return Err(failure().of_unknown_outcome().into());
        }
        let fault = self.faults.iter().find(|fault| fault.call == call);
        let Some(Fault { kind, .. }) = fault else { return work(self.store) };
        if matches!(kind, FaultKind::LostAfter | FaultKind::DeadAfter) {
            let _ = work(self.store); // nobody hears what it said
        }
        self.dead.fetch_or(matches!(kind, FaultKind::DeadBefore | FaultKind::DeadAfter), Ordering::SeqCst);
        Err(match kind {
            FaultKind::Before => failure(),
            _ => failure().of_unknown_outcome(),
        }
        .into())
    }
}

fn failure() -> StoreError {
    StoreError::new(Failure::Unavailable, Error::new(ErrorKind::ConnectionReset, "a fault on purpose"))
}

impl<S: Store + ?Sized> Store for FaultyStore<'_, S> {
    fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
        self.call(|store| store.commit(commit))
    }

    fn head(&self, tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError> {
        self.call(|store| store.head(tenant, stream))
    }

    fn log(&self, tenant: &Tenant) -> Result<Log, StoreError> {
        self.call(|store| store.log(tenant))
    }

    fn events(
        &self,
        tenant: &Tenant,
        stream: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.call(|store| store.events(tenant, stream, after, most))
    }

    fn since(&self, tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError> {
        self.call(|store| store.since(tenant, from, most))
    }

    fn request(&self, tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        self.call(|store| store.request(tenant, key))
    }

    fn nodes(&self, tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError> {
        self.call(|store| store.nodes(tenant, ids))
    }

    fn claim_deliveries(&self, claim: Claim) -> Result<Vec<Delivery>, StoreError> {
        self.call(|store| store.claim_deliveries(claim))
    }

    fn settle(&self, delivery: &Delivery, settlement: Settlement, now: Timestamp) -> Result<(), SettleError> {
        self.call(|store| store.settle(delivery, settlement, now))
    }

    fn dead_letters(
        &self,
        tenant: &Tenant,
        after: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.call(|store| store.dead_letters(tenant, after, most))
    }

    fn replay(&self, tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError> {
        self.call(|store| store.replay(tenant, letter, now))
    }

    fn claim_due(&self, claim: Claim) -> Result<Vec<Due>, StoreError> {
        self.call(|store| store.claim_due(claim))
    }
}
