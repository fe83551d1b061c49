//! Drives commands to their answers.

use std::num::NonZeroU32;

use rand_core::CryptoRng;

use crate::async_store::{AsyncStore, Blocking, run_blocking};
use crate::call::{Answer, Call};
use crate::decider::Decider;
use crate::limits;
use crate::name::{StreamId, Tenant};
use crate::replay::{Loaded, is_full};
use crate::run::{Step, while_reading};
use crate::runner_error::RunError;
use crate::store::Store;

/// How often a command is committed when others are faster.
const ATTEMPTS: NonZeroU32 = NonZeroU32::new(32).unwrap();

/// Takes a command to its answer: reads the stream, lets the decider decide, commits, and answers only then. When
/// somebody else wrote to the stream meanwhile, it reads on and decides again.
///
/// Any number of runners, in any number of processes, may work on one store. A call with an idempotency key acts once,
/// however often it is made and wherever it broke off: call again with the same key.
///
/// A commit of which the connection did not say whether it was made is looked for by its place and its salted hash;
/// so an answer, once given, is certain, and nothing is recorded twice, without a key too.
#[derive(Debug)]
pub struct Runner<'r, D, S: ?Sized> {
    decider: &'r D,
    store: &'r S,
    most: NonZeroU32,
}

impl<'r, D: Decider, S: ?Sized> Runner<'r, D, S> {
    /// Runs this decider on this store, either a [`Store`] or an [`AsyncStore`].
    #[must_use]
    pub const fn new(decider: &'r D, store: &'r S) -> Self {
        Self { decider, store, most: ATTEMPTS }
    }

    /// Commits at most so many times before it gives up as [`RunError::Contended`]; 32 unless this is called.
    #[must_use]
    pub const fn most_attempts(mut self, most: NonZeroU32) -> Self {
        self.most = most;
        self
    }

    /// The same on another view of the store: the steps are written once, for a store that is waited for.
    const fn over<'b, B: ?Sized>(&'b self, store: &'b B) -> Runner<'b, D, B> {
        Runner { decider: self.decider, store, most: self.most }
    }
}

impl<D: Decider, S: Store + ?Sized> Runner<'_, D, S> {
    /// Takes a command to its answer. From `rng` come the salts that let an event be erased later.
    ///
    /// # Errors
    /// If the ledger refuses what was decided, the store fails, or others are faster each time. Whether the command
    /// may have been recorded nevertheless says [`RunError::outcome`].
    pub fn run(
        &self,
        call: &Call<D::Command>,
        rng: &mut impl CryptoRng,
    ) -> Result<Answer<D::Reply>, RunError> {
        run_blocking(self.over(&Blocking(self.store)).run_async(call, rng))
    }

    /// The state of a stream, for those who only look.
    ///
    /// # Errors
    /// If the store fails, or an event cannot be read.
    pub fn load(&self, tenant: &Tenant, stream: &StreamId) -> Result<Loaded<D::State>, RunError> {
        run_blocking(self.over(&Blocking(self.store)).load_async(tenant, stream))
    }
}

impl<D: Decider, S: AsyncStore + ?Sized> Runner<'_, D, S> {
    /// As [`run`](Self::run), on a store that is waited for. If the future is dropped, the command was recorded wholly
    /// or not at all.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn run_async(
        &self,
        call: &Call<D::Command>,
        rng: &mut impl CryptoRng,
    ) -> Result<Answer<D::Reply>, RunError> {
        let (store, tenant) = (self.store, &call.tenant);
        let mut step = Step::begin(self.decider, call, self.most);
        loop {
            step = match step {
                Step::Find(find) => {
                    let found = store.request(tenant, find.key()).await.map_err(while_reading)?;
                    find.found(found)?
                }
                Step::Read(read) => {
                    let page = store
                        .events(tenant, &call.stream, read.after(), limits::PAGE)
                        .await
                        .map_err(while_reading)?;
                    read.page(&page, rng)?
                }
                Step::Aside(aside) => {
                    let head = store.head(tenant, aside.stream()).await.map_err(while_reading)?;
                    aside.head(&head, rng)?
                }
                Step::Commit(committing) => {
                    let came = store.commit(committing.commit()).await;
                    committing.came(came)?
                }
                Step::Look(look) => {
                    let page = store.events(tenant, look.stream(), look.after(), 1).await;
                    look.looked(page)?
                }
                Step::Done(answer) => return Ok(answer),
            }
        }
    }

    /// As [`load`](Self::load), on a store that is waited for.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub async fn load_async(&self, tenant: &Tenant, stream: &StreamId) -> Result<Loaded<D::State>, RunError> {
        let mut loaded = Loaded::empty(self.decider);
        loop {
            let page = self
                .store
                .events(tenant, stream, loaded.version, limits::PAGE)
                .await
                .map_err(while_reading)?;
            loaded = loaded.replay(self.decider, stream, &page)?;
            if !is_full(&page) {
                return Ok(loaded);
            }
        }
    }
}
