//! A worker of the outbox.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::delivery::{Claim, Delivery, Settlement};
use crate::error::SettleError;
use crate::lease::Lease;
use crate::store::Store;

/// Delivers what is to be delivered, of all tenants, until nothing is left for now, and says how much arrived.
///
/// `deliver` does it and says what came of it: [`Settlement::Delivered`], or what [`Retry::after`](crate::Retry::after)
/// says of one that failed. `clock` is asked before each claim and after each delivery.
///
/// They are claimed one by one, so that each has the whole lease, and none is counted as tried because the one before it
/// took long. Any number of workers may run at once; for a backlog of many, run several.
///
/// ```
/// use chancery_ledger::{Lease, Settlement, deliver_due};
/// # use chancery_ledger::{Actor, Commit, Destination, Kind, MemoryStore, NewEvent, StreamId, Tenant, Version};
/// # let (store, now) = (MemoryStore::new(), jiff::Timestamp::from_second(1_780_000_000)?);
/// # let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
/// # let event = NewEvent::new(Kind::new("a.b")?, 1, b"").send(Destination::new("mail")?, Kind::new("hello")?, b"");
/// # let commit = Commit::new(&Tenant::new("acme")?, &Actor::new("alice")?, now, &mut rng);
/// # chancery_ledger::Store::commit(&store, &commit.append(&StreamId::new("s")?, Version::EMPTY, [event]))?;
/// let arrived = deliver_due(&store, Lease::new(jiff::SignedDuration::from_secs(60))?, || now, |delivery| {
///     println!("{} for {}", delivery.effect.kind, delivery.effect.destination);
///     Settlement::Delivered
/// })?;
/// assert_eq!(arrived, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the store fails, or a next attempt is more than a day ahead. [`SettleError::Void`] if a delivery took longer than the
/// lease: it may have arrived, and whoever claims it next does it once more, as after a crash; give it a longer lease.
pub fn deliver_due<S: Store + ?Sized>(
    store: &S,
    lease: Lease,
    mut clock: impl FnMut() -> Timestamp,
    mut deliver: impl FnMut(&Delivery) -> Settlement,
) -> Result<u64, SettleError> {
    let (mut arrived, mut failed) = (0, BTreeSet::new());
    loop {
        let claimed = store.claim_deliveries(Claim { now: clock(), lease, most: 1 })?;
        let Some(delivery) = claimed.first() else { return Ok(arrived) };
        let settlement = deliver(delivery);
        store.settle(delivery, settlement, clock())?;
        if settlement == Settlement::Delivered {
            arrived += 1;
        } else if !failed.insert((delivery.tenant.clone(), delivery.id)) {
            return Ok(arrived); // it failed a second time: what is left is for the next call
        }
    }
}
