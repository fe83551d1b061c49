//! Ten documents of ours, damaged in every way that comes to mind: what passes shows, octet for octet, what was signed.
//!
//! In `cargo test` a small sample. `CHANCERY_MUTATIONS=N` makes N edits of each document by two seeds, one fixed and one
//! fresh; `CHANCERY_MUTATIONS=all` flips every byte of each as well. `CHANCERY_SEED` gives the fresh seed of a run back.
//!
//! `CHANCERY_MUTATIONS=all cargo test --release -p chancery-pades --test mutations -- --nocapture`
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails where it stands")]

#[path = "../support/office.rs"]
mod office;
#[path = "../support/mod.rs"]
mod support;

mod bases;
mod edits;
mod found;
mod ledger;
mod message;
mod random;
mod regions;
mod revisions;

use std::num::NonZeroUsize;
use std::thread;

use bases::{Base, all};
use edits::Edit;
use ledger::Ledger;
use random::Random;

/// Of the run that is the same every time.
const FIXED: u64 = 0x5eed_0008;

/// How much is done.
#[derive(Copy, Clone)]
struct Extent {
    /// Random edits of each document by each seed.
    edits: usize,
    /// Of how many bytes one is flipped.
    every: usize,
}

impl Extent {
    fn asked() -> Self {
        match std::env::var("CHANCERY_MUTATIONS").as_deref() {
            Ok("all") => Self { edits: 1_000, every: 1 },
            Ok(number) => {
                Self { edits: number.parse().expect("CHANCERY_MUTATIONS is a number or all"), every: 200 }
            }
            Err(_) => Self { edits: 12, every: 4_000 },
        }
    }
}

#[test]
fn what_passes_is_what_was_signed() {
    let extent = Extent::asked();
    let fresh = random::fresh();
    println!("seeds: {FIXED:#x}, and of this run {fresh:#x} (CHANCERY_SEED)");
    let bases = all();
    let mut ledger = Ledger::new();
    for (number, base) in bases.iter().enumerate() {
        controls(base);
        let mut edits: Vec<Edit> = (number % extent.every..base.file.len())
            .step_by(extent.every)
            .map(|place| Edit::flip(base, place))
            .collect();
        for seed in [FIXED, fresh] {
            let mut random = Random::new(seed.wrapping_add(u64::try_from(number).unwrap()));
            edits.extend((0..extent.edits).map(|_| Edit::random(base, &mut random)));
        }
        ledger.merge(tried(base, &edits));
    }
    println!("{ledger}");
    assert!(ledger.faults().is_empty(), "{} edits pass and must not", ledger.faults().len());
}

/// The document passes, with all its signatures, also when nothing is changed or what nobody signed and nobody reads.
fn controls(base: &Base) {
    let report = base.judge(&base.file).unwrap();
    support::assert_passed(&report, base.signatures.len());
    let spaces = [&base.file[..], b"\n \n"].concat();
    let report = base.judge(&spaces).unwrap();
    support::assert_passed(&report, base.signatures.len());
    let last = base.signatures.last().unwrap();
    let mut capitals = base.file.clone();
    capitals[last.gap.clone()].make_ascii_uppercase();
    assert_ne!(capitals, base.file);
    support::assert_passed(&base.judge(&capitals).unwrap(), base.signatures.len());
}

fn tried(base: &Base, edits: &[Edit]) -> Ledger {
    let workers = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let part = edits.len().div_ceil(workers).max(1);
    thread::scope(|scope| {
        let parts: Vec<_> = edits
            .chunks(part)
            .map(|edits| {
                scope.spawn(move || {
                    let mut ledger = Ledger::new();
                    edits.iter().for_each(|edit| ledger.enter(base, edit));
                    ledger
                })
            })
            .collect();
        let mut ledger = Ledger::new();
        parts.into_iter().for_each(|part| ledger.merge(part.join().unwrap()));
        ledger
    })
}
