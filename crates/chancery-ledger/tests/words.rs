//! The three words of the verifier.
#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails where it stands")]

mod desk;

use chancery_ledger::{
    Anchor, AnchorJudge, Attestation, Checkpoint, Flaw, LedgerVerifier, MemoryStore, Part, Place,
    SqliteStore, Store, Verification, Version, Weakness, Witness,
};
use desk::{Desk, anchor, commit, event, fill, made, second, stream, tenant};

fn verify(verifier: &LedgerVerifier<'_>, store: &SqliteStore) -> Verification {
    verifier.verify(&mut store.records().unwrap(), &tenant()).unwrap()
}

/// Believes what is said of every token.
struct Believes(Attestation);

impl AnchorJudge for Believes {
    fn judge(&self, anchor: &Anchor) -> Attestation {
        assert_eq!(anchor.token, b"token");
        self.0.clone()
    }
}

fn notes(store: &dyn Store, payloads: &[&str]) -> Vec<Checkpoint> {
    let stream = stream("envelope/1");
    let start = store.head(&tenant(), &stream).unwrap().version.0;
    let append =
        |(n, payload): (u64, &&str)| made(store, &commit().append(&stream, Version(n), [event(payload)]));
    (start..).zip(payloads).map(append).collect()
}

#[test]
fn without_a_witness_a_log_is_consistent_only() {
    let desk = Desk::new();
    let store = desk.open();
    fill(&store);
    let log = store.log(&tenant()).unwrap().checkpoint();
    let nobody = Weakness::NoneAccepted { anchors: 1, last: Some("nobody was asked to judge it".to_owned()) };
    let found = verify(&LedgerVerifier::new(), &store);
    assert_eq!(found, Verification::ConsistentOnly { why: nobody, log });
    // The memory store says the same of itself.
    let memory = MemoryStore::new();
    fill(&memory);
    let found = LedgerVerifier::new().verify(&mut memory.records(), &tenant()).unwrap();
    assert!(matches!(found, Verification::ConsistentOnly { .. }), "{found}");
    let unseen = Desk::new();
    let store = unseen.open();
    notes(&store, &["a"]);
    let found = verify(&LedgerVerifier::new(), &store);
    assert!(matches!(found, Verification::ConsistentOnly { why: Weakness::NoWitness, .. }), "{found}");
}

#[test]
fn a_checkpoint_that_was_kept_anchors_what_it_saw() {
    let desk = Desk::new();
    let store = desk.open();
    let kept = notes(&store, &["a", "b", "c", "d", "e"]);
    let log = kept[4];
    for checkpoint in &kept {
        let found = verify(&LedgerVerifier::new().checkpoint(*checkpoint), &store);
        let (by, size) = (Witness::Checkpoint, checkpoint.size);
        assert_eq!(found, Verification::Anchored { by, size, log });
    }
    let several = LedgerVerifier::new().checkpoint(kept[1]).checkpoint(kept[3]).checkpoint(kept[0]);
    assert!(matches!(verify(&several, &store), Verification::Anchored { size: 4, .. }));
    // Everybody knows what nothing is.
    let empty = Desk::new().open().log(&tenant()).unwrap().checkpoint();
    let found = verify(&LedgerVerifier::new().checkpoint(empty), &store);
    assert!(matches!(found, Verification::ConsistentOnly { .. }));
}

#[test]
fn a_third_party_anchors_and_the_own_seal_does_not() {
    let desk = Desk::new();
    let store = desk.open();
    let kept = notes(&store, &["a", "b"])[0];
    made(&store, &commit().anchor(anchor(kept)));
    let third = Believes(Attestation::ThirdParty { by: "an authority".to_owned(), at: second(3) });
    let found = verify(&LedgerVerifier::new().judge(&third), &store);
    let by = Witness::ThirdParty { by: "an authority".to_owned(), since: second(3) };
    let log = store.log(&tenant()).unwrap().checkpoint();
    assert_eq!(found, Verification::Anchored { by, size: 1, log });

    let found = verify(&LedgerVerifier::new().judge(&Believes(Attestation::Own)), &store);
    let why = Weakness::NoneAccepted { anchors: 1, last: None };
    assert_eq!(found, Verification::ConsistentOnly { why, log });

    let nothing = Believes(Attestation::Nothing { why: "expired".to_owned() });
    let found = verify(&LedgerVerifier::new().judge(&nothing), &store);
    assert!(found.to_string().contains("expired"), "{found}");

    // One that is kept outside counts as well, and the longest part is told.
    let outside = anchor(log);
    let found = verify(&LedgerVerifier::new().judge(&third).anchor(outside), &store);
    assert!(matches!(found, Verification::Anchored { size: 3, .. }), "{found}");
}

#[test]
fn a_tail_that_was_cut_off_is_seen_only_by_who_kept_something() {
    let (whole, cut) = (Desk::new(), Desk::new());
    let kept = notes(&whole.open(), &["a", "b", "c"]);
    // What the owner is left with who takes the last event back, with all that belongs to it.
    notes(&cut.open(), &["a", "b"]);
    let store = cut.open();
    let found = verify(&LedgerVerifier::new(), &store);
    assert!(matches!(found, Verification::ConsistentOnly { .. }), "{found}");
    let found = verify(&LedgerVerifier::new().checkpoint(kept[2]), &store);
    assert_eq!(found.damages().len(), 1);
    assert_eq!(found.damages()[0].at, Place::Log);
    assert_eq!(found.damages()[0].flaw, Flaw::CutOff { kept: kept[2], size: 2 });
    let third = Believes(Attestation::ThirdParty { by: "an authority".to_owned(), at: second(3) });
    let found = verify(&LedgerVerifier::new().judge(&third).anchor(anchor(kept[2])), &store);
    assert!(matches!(found, Verification::Broken { .. }), "{found}");
}

#[test]
fn a_log_that_was_rebuilt_is_seen_only_by_who_kept_something() {
    let (first, rebuilt) = (Desk::new(), Desk::new());
    let kept = notes(&first.open(), &["a", "b", "c"]);
    let store = rebuilt.open();
    let other = notes(&store, &["a", "B", "c"]);
    assert!(matches!(verify(&LedgerVerifier::new(), &store), Verification::ConsistentOnly { .. }));
    for size in 0..3 {
        let found = verify(&LedgerVerifier::new().checkpoint(kept[size]), &store);
        let flaw = Flaw::Rebuilt { kept: kept[size], found: other[size].root };
        assert_eq!(found.damages()[0].flaw, flaw, "the salts alone make it another log");
    }
    // Also by an own seal: it cannot prove the log, but it can prove that this is another.
    let own = Believes(Attestation::Own);
    let found = verify(&LedgerVerifier::new().judge(&own).anchor(anchor(kept[1])), &store);
    assert!(matches!(found.damages()[0].flaw, Flaw::Rebuilt { .. }), "{found}");
    // A token that proves nothing proves nothing against it either.
    let nothing = Believes(Attestation::Nothing { why: "forged".to_owned() });
    let found = verify(&LedgerVerifier::new().judge(&nothing).anchor(anchor(kept[1])), &store);
    assert!(matches!(found, Verification::ConsistentOnly { .. }), "{found}");
}

#[test]
fn bytes_that_are_missing_without_an_erasure_are_named() {
    let desk = Desk::new();
    let store = desk.open();
    notes(&store, &["a", "b"]);
    made(&store, &commit().erase(&stream("envelope/1"), Version(1), Part::Payload));
    assert!(matches!(verify(&LedgerVerifier::new(), &store), Verification::ConsistentOnly { .. }));
    let raw = desk.raw();
    for edit in [
        "payload_salt = NULL",
        "payload = NULL, payload_salt = NULL",
        "payload_erased = 2",
        "payload_erased = 99",
        "evidence = NULL, evidence_salt = NULL, evidence_erased = 3",
    ] {
        raw.execute(&format!("UPDATE events SET {edit} WHERE sequence = 1"), []).unwrap();
        let found = verify(&LedgerVerifier::new(), &store);
        let flaws: Vec<_> = found.damages().iter().map(|damage| damage.flaw.clone()).collect();
        let part = if edit.starts_with('e') { Part::Evidence } else { Part::Payload };
        assert!(flaws.contains(&Flaw::NotErased(part)), "{edit}: {found}");
        assert!(found.to_string().contains("events 1"), "{found}");
    }
}

#[test]
fn an_erasure_that_was_not_carried_out_is_found() {
    let desk = Desk::new();
    let store = desk.open();
    notes(&store, &["a", "b"]);
    let raw = desk.raw();
    let read = "SELECT payload, payload_salt FROM events WHERE sequence = 0";
    let (payload, salt): (Vec<u8>, Vec<u8>) =
        raw.query_row(read, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    made(&store, &commit().erase(&stream("envelope/1"), Version(1), Part::Payload));
    let restore =
        "UPDATE events SET payload = ?1, payload_salt = ?2, payload_erased = NULL WHERE sequence = 0";
    raw.execute(restore, (payload, salt)).unwrap();
    let found = verify(&LedgerVerifier::new(), &store);
    assert_eq!(found.damages()[0].flaw, Flaw::NotGone, "{found}");
}
