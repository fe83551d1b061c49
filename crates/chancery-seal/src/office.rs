//! The office: reads what was recorded, lets the rules decide, records, and only then acts.
//!
//! Its steps are written once, for a store that is waited for ([`Work`]). The verbs that block do the same steps over a
//! [`Blocking`](chancery_ledger::Blocking) store, which never lets anybody wait.

mod administering;
mod attempt;
mod commit;
mod forgetting;
mod reading;
mod recovering;
mod reporting;
mod reviewing;
mod sealed;
mod sealing;
mod verbs;
mod verbs_async;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chancery_ledger::{NameError, StreamId, Tenant};

use crate::policy::SealPolicy;

pub(crate) use attempt::CommittedAttempt;
pub use sealed::{Repetition, Sealed};

use reading::Read;

/// The office of one organisation's seals, on a store of the ledger: a [`Store`](chancery_ledger::Store), or an
/// [`AsyncStore`](chancery_ledger::AsyncStore) with the verbs that end in `_async`. Any number of offices, in any number
/// of processes, may work on one organisation, and any number of threads and tasks with one office.
///
/// It keeps what it has read, so that a decision costs only what is new. Its streams are
/// `seal/NAME/organisation`, `seal/NAME/usage`, `seal/NAME/refused` (acts) and `seal/NAME/strangers` (tokens
/// that nobody knows, and, after the thousandth refusal, dead ones and persons who are no
/// members).
pub struct Office<'s, S: ?Sized> {
    store: &'s S,
    books: Books,
}

/// What an office knows without its store.
struct Books {
    tenant: Tenant,
    organisation: StreamId,
    usage: StreamId,
    refused: StreamId,
    strangers: StreamId,
    policy: SealPolicy,
    read: Mutex<Read>,
}

/// An office at work on a store that is waited for. Nobody holds what was read while waiting.
struct Work<'o, A: ?Sized> {
    store: &'o A,
    books: &'o Books,
}

impl<'s, S: ?Sized> Office<'s, S> {
    /// The office of this organisation of a tenant.
    ///
    /// # Errors
    /// If the name is none for a stream: empty, longer than 100 bytes, or with control characters.
    pub fn new(store: &'s S, tenant: &Tenant, name: &str, policy: SealPolicy) -> Result<Self, NameError> {
        if name.len() > 100 {
            return Err(NameError::TooLong { what: "office", length: name.len(), most: 100 });
        }
        let stream = |what: &str| StreamId::new(&format!("seal/{name}/{what}"));
        let books = Books {
            tenant: tenant.clone(),
            organisation: stream("organisation")?,
            usage: stream("usage")?,
            refused: stream("refused")?,
            strangers: stream("strangers")?,
            policy,
            read: Mutex::default(),
        };
        Ok(Self { store, books })
    }

    /// The stream that holds the usage log.
    #[must_use]
    pub const fn usage_stream(&self) -> &StreamId {
        &self.books.usage
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &SealPolicy {
        &self.books.policy
    }

    const fn on<'o, A: ?Sized>(&'o self, store: &'o A) -> Work<'o, A> {
        Work { store, books: &self.books }
    }
}

impl Books {
    /// What was read is only ever replaced as a whole, so a thread that died leaves nothing half done.
    fn read(&self) -> MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: ?Sized> fmt::Debug for Office<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Office")
            .field("tenant", &self.books.tenant)
            .field("usage", &self.books.usage)
            .finish_non_exhaustive()
    }
}
