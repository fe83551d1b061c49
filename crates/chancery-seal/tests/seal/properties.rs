//! ∀ rows: random sequences of commands, approvals and uses by several people, with a moving clock, on two offices over
//! one store, against rules that are written down a second time from the words of the rows.
//!
//! | ∀ of row | how it is shown |
//! | --- | --- |
//! | M1, M12, M13 | `rules::Rules::permits` agrees with every review and use: grant, window, class, conditions |
//! | M2 | `record`: "my seals" against `allowed_classes`, at the end |
//! | M3 | `token_counts` in every use by a token; `token_step`: no scope beyond grants; rotated ones stay in the list |
//! | M4, G19 | `record`: no number and no identity twice |
//! | M5 | `is_paid` and `balance` at every use; `record`: the account from the events, never below zero |
//! | M6 | `record`: one administrator, one letter; `administers`: without standing nothing is administered |
//! | M7, M9, M10, M15 | `stands` at every use, with changes between review and use |
//! | M8, G18 | `record`: who held which position when each event was recorded; never without an administrator |
//! | M11 | `record`: only the right owner's certificate is bound; `certificate_counts`: bound, not ended, verified just now |
//! | M17 | `is_proved`: code and another factor for this use, minutes ago; a token after the code was set |
//! | M19, M20, M21 | `record`: a line for each refusal and each key, each in a grant's time; own lines only |
//! | four eyes | `may_approve_now` and `is_approved`: another person, the same wish, a day, one use |

mod record;
mod rules;
mod steps;
mod world;

use chancery_ledger::{LedgerVerifier, Verification};
use proptest::prelude::*;

use self::steps::step;
use self::world::World;
use crate::desk::*;

fn cases() -> u32 {
    std::env::var("CHANCERY_SEAL_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(48)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 2000, ..ProptestConfig::default() })]

    /// ∀ of the rows in the table above.
    #[test]
    fn every_sequence_keeps_the_rules(steps in prop::collection::vec(step(), 1..60)) {
        let store = memory();
        let mut world = World::new(&store);
        for step in &steps {
            world.take(step);
        }
        world.holds();
        let verification = LedgerVerifier::new().verify(&mut store.records(), &tenant()).unwrap();
        let consistent = matches!(verification, Verification::ConsistentOnly { .. });
        prop_assert!(consistent, "{}", verification);
    }
}
