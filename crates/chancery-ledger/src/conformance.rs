//! What every store must do, as tests that any store can run.
//!
//! ```
//! mod my_store {
//!     use chancery_ledger::MemoryStore;
//!
//!     chancery_ledger::store_conformance!(|case| case(&MemoryStore::new()));
//! }
//! ```
//!
//! The closure makes a fresh, empty store for each case, and cleans up behind it. What a suite cannot see from outside,
//! that a commit survives the loss of power, remains yours to show.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a suite of tests: it panics where a store fails"
)]

mod appending;
mod deadlines;
mod deliveries;
mod erasing;
mod proofs;
mod reading;
mod setting;

pub use appending::{
    a_commit_is_atomic_over_its_streams, a_key_acts_once, a_stale_version_is_refused, a_wrong_clock_is_told,
    commits_together_are_made_or_refused_each, many_threads_lose_nothing, sizes_are_limited,
    what_nobody_may_write_is_refused, without_events_a_version_is_only_looked_at,
};
pub use deadlines::{a_deadline_is_claimed_by_one, a_deadline_stays_until_it_is_changed};
pub use deliveries::{
    a_dead_letter_can_be_sent_again, a_lease_that_ended_is_void, a_wait_beyond_a_day_is_refused,
    a_wrong_clock_stops_no_delivery, deliveries_keep_their_order,
};
pub use erasing::{a_hold_prevents_erasing, what_is_erased_is_gone_and_still_proven};
pub use proofs::{anchors_must_fit, the_log_is_the_same_in_every_store, the_log_proves_what_it_holds};
pub use reading::{
    an_empty_store_knows_nothing, pages_are_bounded, tenants_are_apart, what_was_committed_is_read_back,
};

/// Tests that a store does what every store must: see [`conformance`](crate::conformance).
#[macro_export]
macro_rules! store_conformance {
    ($run:expr) => {
        $crate::store_conformance!(@each $run;
            a_commit_is_atomic_over_its_streams
            a_dead_letter_can_be_sent_again
            a_deadline_is_claimed_by_one
            a_deadline_stays_until_it_is_changed
            a_hold_prevents_erasing
            a_key_acts_once
            a_lease_that_ended_is_void
            a_stale_version_is_refused
            a_wait_beyond_a_day_is_refused
            a_wrong_clock_is_told
            a_wrong_clock_stops_no_delivery
            an_empty_store_knows_nothing
            anchors_must_fit
            commits_together_are_made_or_refused_each
            deliveries_keep_their_order
            many_threads_lose_nothing
            pages_are_bounded
            sizes_are_limited
            tenants_are_apart
            the_log_is_the_same_in_every_store
            the_log_proves_what_it_holds
            what_is_erased_is_gone_and_still_proven
            what_nobody_may_write_is_refused
            what_was_committed_is_read_back
            without_events_a_version_is_only_looked_at
        );
    };
    (@each $run:expr; $($case:ident)*) => {$(
        #[test]
        fn $case() {
            let run: fn(fn(&dyn $crate::Store)) = $run;
            run($crate::conformance::$case);
        }
    )*};
}
