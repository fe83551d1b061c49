//! Any sequence of commits, claims and settlements: every store answers the same, and verifies.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails where it stands")]

mod desk;

use chancery_ledger::{
    Claim, Commit, CommitError, Committed, Delivery, Due, Grouped, Hash, IdempotencyKey, Lease,
    LedgerVerifier, MemoryStore, Part, Refusal, Retry, Sequence, Settlement, Store, Verification, Version,
};
use desk::{Desk, anchor, commit_of, second, sending, stream, tenant};
use jiff::SignedDuration;
use proptest::prelude::*;

/// One thing that is asked of a store.
#[derive(Clone, Debug)]
enum Act {
    Commit { steps: Vec<Step>, key: Option<(u8, u8)>, back: i64 },
    Deliver { fail: bool, wait: i64 },
    Due { wait: i64 },
    Replay,
}

#[derive(Clone, Debug)]
enum Step {
    /// Behind the present version by so many.
    Append {
        stream: u8,
        behind: u8,
        events: u8,
        effects: u8,
        due: Option<u8>,
    },
    Erase {
        stream: u8,
        version: u64,
        part: bool,
    },
    Hold {
        stream: u8,
    },
    /// The n-th hold in force, or one that is not.
    Release {
        stream: u8,
        n: u8,
    },
    Anchor {
        back: u8,
        right: bool,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3_u8, prop_oneof![9 => Just(0_u8), 1 => 1..3_u8], 0..4_u8, 0..3_u8, prop::option::of(0..100_u8))
            .prop_map(|(stream, behind, events, effects, due)| Step::Append { stream, behind, events, effects, due }),
        2 => (0..3_u8, 0..8_u64, any::<bool>())
            .prop_map(|(stream, version, part)| Step::Erase { stream, version, part }),
        1 => (0..3_u8).prop_map(|stream| Step::Hold { stream }),
        1 => (0..3_u8, 0..3_u8).prop_map(|(stream, n)| Step::Release { stream, n }),
        1 => (0..5_u8, prop_oneof![4 => Just(true), 1 => Just(false)])
            .prop_map(|(back, right)| Step::Anchor { back, right }),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        5 => (prop::collection::vec(step(), 1..4), prop::option::weighted(0.3, (0..4_u8, 0..2_u8)), 0..3_i64)
            .prop_map(|(steps, key, back)| Act::Commit { steps, key, back }),
        2 => (any::<bool>(), 0..40_i64).prop_map(|(fail, wait)| Act::Deliver { fail, wait }),
        1 => (0..40_i64).prop_map(|wait| Act::Due { wait }),
        1 => Just(Act::Replay),
    ]
}

fn name(n: u8) -> chancery_ledger::StreamId {
    stream(&format!("stream/{n}"))
}

/// The commit, as somebody would build it who looked at this store.
fn build(
    store: &dyn Store,
    steps: &[Step],
    key: Option<(u8, u8)>,
    now: i64,
    kept: &[chancery_ledger::Checkpoint],
) -> Commit {
    let mut commit = commit_of(&tenant(), now);
    let mut written = [0, 1, 2].map(|n| store.head(&tenant(), &name(n)).unwrap().version.0);
    for step in steps {
        commit = match step {
            Step::Append { stream, behind, events, effects, due } => {
                let at = &mut written[usize::from(*stream)];
                let expected = Version(at.saturating_sub(u64::from(*behind)));
                *at += u64::from(*events);
                let to = &["mail", "hook"][..usize::from(*effects).min(2)];
                let commit = commit.append(
                    &name(*stream),
                    expected,
                    (0..*events).map(|n| sending(&n.to_string(), to)),
                );
                match due {
                    Some(due) => {
                        commit.due(&name(*stream), (*due > 5).then(|| second(now + i64::from(*due))))
                    }
                    None => commit,
                }
            }
            Step::Erase { stream, version, part } => commit.erase(
                &name(*stream),
                Version(*version),
                if *part { Part::Payload } else { Part::Evidence },
            ),
            Step::Hold { stream } => commit.hold(&name(*stream), "case"),
            Step::Release { stream, n } => {
                let holds = store.head(&tenant(), &name(*stream)).unwrap().holds;
                let hold = holds.iter().nth(usize::from(*n)).unwrap_or(Version(u64::from(*n)));
                commit.release(&name(*stream), hold, "over")
            }
            Step::Anchor { back, right } => {
                let mut checkpoint = kept[kept.len().saturating_sub(1 + usize::from(*back))];
                checkpoint.root.0[0] ^= u8::from(!*right);
                commit.anchor(anchor(checkpoint))
            }
        };
    }
    match key {
        Some((key, command)) => {
            let key = IdempotencyKey::new(&format!("key/{key}")).unwrap();
            commit.key(key, Hash::of(&[command]), vec![command])
        }
        None => commit,
    }
}

fn answer(result: Result<Committed, CommitError>) -> Result<Committed, Refusal> {
    result.map_err(|error| match error {
        CommitError::Refused(refusal) => refusal,
        CommitError::Failed(error) => panic!("{error}: {:?}", error.source),
        _ => panic!("{error}"),
    })
}

fn claim(now: i64) -> Claim {
    Claim { now: second(now), lease: Lease::new(SignedDuration::from_secs(30)).unwrap(), most: 1000 }
}

fn deliveries(store: &dyn Store, now: i64) -> Vec<Delivery> {
    let mut claimed = store.claim_deliveries(claim(now)).unwrap();
    claimed.sort_by_key(|delivery| delivery.id);
    claimed
}

fn dues(store: &dyn Store, now: i64) -> Vec<Due> {
    let mut claimed = store.claim_due(claim(now)).unwrap();
    claimed.sort_by(|left, right| left.stream.cmp(&right.stream));
    claimed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_store_answers_the_same(acts in prop::collection::vec(act(), 1..40)) {
        let desk = Desk::new();
        let (memory, file) = (MemoryStore::new(), Grouped::new(desk.open()));
        let stores: [&dyn Store; 2] = [&memory, &file];
        let mut now = 0;
        let mut kept = vec![memory.log(&tenant()).unwrap().checkpoint()];
        for act in &acts {
            now += 1;
            match act {
                Act::Commit { steps, key, back } => {
                    let commit = build(&memory, steps, *key, now - back, &kept);
                    let [one, two] = stores.map(|store| answer(store.commit(&commit)));
                    prop_assert_eq!(&one, &two);
                    if let Ok(Committed::Appended(appended)) = one {
                        kept.push(appended.checkpoint);
                    }
                }
                Act::Deliver { fail, wait } => {
                    let [one, two] = stores.map(|store| deliveries(store, now));
                    prop_assert_eq!(&one, &two);
                    now += wait;
                    for (n, delivery) in one.iter().enumerate() {
                        let retry = Retry { first: SignedDuration::from_secs(7), attempts: 3, ..Retry::default() };
                        let settlement = match n % 3 {
                            0 if *fail => retry.after(delivery, second(now)),
                            1 => Settlement::Delivered,
                            _ if *fail => Settlement::Dead,
                            _ => continue,
                        };
                        let [one, two] = stores.map(|store| store.settle(delivery, settlement, second(now)).is_ok());
                        prop_assert_eq!(one, two);
                    }
                }
                Act::Due { wait } => {
                    let [one, two] = stores.map(|store| dues(store, now));
                    prop_assert_eq!(one, two);
                    now += wait;
                }
                Act::Replay => {
                    let dead = stores.map(|store| store.dead_letters(&tenant(), None, 1000).unwrap());
                    let ids = dead.map(|letters| letters.iter().map(|letter| letter.id).collect::<Vec<_>>());
                    prop_assert_eq!(&ids[0], &ids[1]);
                    if let Some(id) = ids[0].first() {
                        stores.iter().for_each(|store| store.replay(&tenant(), *id, second(now)).unwrap());
                    }
                }
            }
        }
        let [one, two] = stores.map(|store| store.since(&tenant(), Sequence(0), 1000).unwrap());
        prop_assert_eq!(&one, &two);
        prop_assert!(one.iter().all(chancery_ledger::Event::hash_holds));
        let [one, two] = stores.map(|store| store.log(&tenant()).unwrap());
        prop_assert_eq!(&one, &two);
        let verifier = kept.iter().fold(LedgerVerifier::new(), |verifier, kept| verifier.checkpoint(*kept));
        let in_file = verifier.verify(&mut file.store().records().unwrap(), &tenant()).unwrap();
        let in_memory = verifier.verify(&mut memory.records(), &tenant()).unwrap();
        prop_assert_eq!(&in_file, &in_memory);
        let is_anchored = matches!(in_file, Verification::Anchored { size, .. } if size == one.size());
        prop_assert!(is_anchored || one.size() == 0, "{}", in_file);
        let last = kept.last().unwrap();
        for older in &kept {
            let proof = file.prove_consistency(&tenant(), older.size, last.size).unwrap();
            prop_assert!(proof.holds(older, last));
        }
    }
}
