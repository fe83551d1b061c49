//! Names, times and shortcuts of the suite.

use jiff::{SignedDuration, Timestamp};
use rand_core::{TryCryptoRng, TryRng};

use crate::commit::Commit;
use crate::committed::{Appended, Committed};
use crate::delivery::Claim;
use crate::error::{CommitError, Refusal};
use crate::event::NewEvent;
use crate::lease::Lease;
use crate::name::{Actor, Destination, IdempotencyKey, Kind, StreamId, Tenant};
use crate::number::Version;
use crate::store::Store;

/// Numbers that look random and are the same in every run, so that every store gets the same salts. Not random at all.
pub(super) struct Counter(pub(super) u64);

impl TryRng for Counter {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(u32::try_from(self.try_next_u64()? >> 32).unwrap_or_default())
    }

    /// SplitMix64.
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(mixed ^ (mixed >> 31))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in bytes.chunks_mut(8) {
            let number = self.try_next_u64()?.to_le_bytes();
            chunk.iter_mut().zip(number).for_each(|(byte, new)| *byte = new);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counter {}

pub(super) fn tenant(name: &str) -> Tenant {
    Tenant::new(name).expect("a name")
}

pub(super) fn acme() -> Tenant {
    tenant("acme")
}

pub(super) fn stream(name: &str) -> StreamId {
    StreamId::new(name).expect("a name")
}

pub(super) fn kind(name: &str) -> Kind {
    Kind::new(name).expect("a name")
}

pub(super) fn destination(name: &str) -> Destination {
    Destination::new(name).expect("a name")
}

pub(super) fn key(name: &str) -> IdempotencyKey {
    IdempotencyKey::new(name).expect("a name")
}

/// So many seconds after the suite's beginning.
pub(super) fn second(seconds: i64) -> Timestamp {
    Timestamp::new(1_800_000_000 + seconds, 123_456_000).expect("a time")
}

pub(super) fn claim(now: Timestamp, seconds: i64, most: usize) -> Claim {
    Claim { now, lease: Lease::new(SignedDuration::from_secs(seconds)).expect("a lease"), most }
}

/// What Alice does at a time, with salts of its own.
pub(super) fn commit_at(tenant: &Tenant, now: Timestamp) -> Commit {
    let mut seed = Counter(now.as_microsecond().unsigned_abs());
    Commit::new(tenant, &Actor::new("alice").expect("a name"), now, &mut seed)
}

pub(super) fn commit() -> Commit {
    commit_at(&acme(), second(0))
}

pub(super) fn event(payload: &str) -> NewEvent {
    NewEvent::new(kind("noted"), 1, payload).evidence("seen")
}

/// An event that sends something to each of these.
pub(super) fn sending(payload: &str, destinations: &[&str]) -> NewEvent {
    destinations.iter().fold(event(payload), |event, name| {
        event.send(destination(name), kind("tell"), format!("{payload} to {name}"))
    })
}

pub(super) fn version(store: &dyn Store, stream: &StreamId) -> Version {
    store.head(&acme(), stream).expect("a head").version
}

pub(super) fn appended(result: Result<Committed, CommitError>) -> Appended {
    match result {
        Ok(Committed::Appended(appended)) => appended,
        other => panic!("the commit was to be made: {other:?}"),
    }
}

pub(super) fn refused(result: Result<Committed, CommitError>) -> Refusal {
    match result {
        Err(CommitError::Refused(refusal)) => refusal,
        other => panic!("the commit was to be refused: {other:?}"),
    }
}
