//! Erasing, and legal holds.

use super::setting::{acme, appended, commit, event, refused, stream};
use crate::error::Refusal;
use crate::event::Content;
use crate::limits;
use crate::number::{Sequence, Version};
use crate::part::Part;
use crate::store::Store;

/// Bytes and salt go, an event says so, and every hash and proof stays.
pub fn what_is_erased_is_gone_and_still_proven(store: &dyn Store) {
    let stream = stream("envelope/1");
    appended(store.commit(&commit().append(&stream, Version(0), [event("a"), event("secret"), event("c")])));
    let before = store.since(&acme(), Sequence(1), 1).expect("events").remove(0);
    let erase = |version, part| store.commit(&commit().erase(&stream, Version(version), part));
    let done = appended(erase(2, Part::Payload));
    let after = store.since(&acme(), Sequence(1), 1).expect("events").remove(0);
    assert_eq!(after.payload, Content::Erased { by: Version(4) });
    assert_eq!(after.record, before.record);
    assert_eq!(after.evidence(), Some(&b"seen"[..]), "the other part stays");
    assert!(after.hash_holds());
    let proof = store.prove_inclusion(&acme(), Sequence(1), 4).expect("a proof");
    assert!(proof.holds(&before.record.hash, &done.checkpoint));
    let told = store.since(&acme(), Sequence(3), 1).expect("events").remove(0);
    assert_eq!((told.record.kind.as_str(), told.payload()), ("chancery.erased", Some(&b"2 payload"[..])));

    let again = Refusal::AlreadyErased { stream: stream.clone(), version: Version(2), part: Part::Payload };
    assert_eq!(refused(erase(2, Part::Payload)), again);
    appended(erase(2, Part::Evidence));
    let nothing = |version| Refusal::NoSuchEvent { stream: stream.clone(), version: Version(version) };
    assert_eq!(refused(erase(0, Part::Payload)), nothing(0));
    assert_eq!(refused(erase(99, Part::Payload)), nothing(99));
    assert_eq!(refused(erase(u64::MAX, Part::Payload)), nothing(u64::MAX));
    assert!(matches!(refused(erase(4, Part::Payload)), Refusal::NotErasable { .. }));
    appended(erase(4, Part::Evidence));
    let twice = commit().erase(&stream, Version(1), Part::Payload).erase(&stream, Version(1), Part::Payload);
    assert!(matches!(refused(store.commit(&twice)), Refusal::AlreadyErased { .. }));
    assert!(store.since(&acme(), Sequence(0), 1).expect("events")[0].payload().is_some());
    super::reading::assert_chained(&super::reading::all(store));
}

/// Under a legal hold nothing is erased; holds add up, and each is ended by its own name.
pub fn a_hold_prevents_erasing(store: &dyn Store) {
    let stream = stream("envelope/1");
    appended(store.commit(&commit().append(&stream, Version(0), [event("a")])));
    let erase = || commit().erase(&stream, Version(1), Part::Payload);
    let head = || store.head(&acme(), &stream).expect("a head");
    let is_held = || match refused(store.commit(&erase())) {
        Refusal::UnderLegalHold { holds, version: Version(1), .. } => holds.to_string(),
        other => panic!("it is held: {other:?}"),
    };
    let release = |hold| commit().release(&stream, Version(hold), "settled");
    let not_held = |hold| Refusal::NotHeld { stream: stream.clone(), hold: Version(hold) };
    assert_eq!(refused(store.commit(&release(1))), not_held(1), "that event is no hold");
    assert!(head().holds.is_empty());
    appended(store.commit(&commit().hold(&stream, "case 1").hold(&stream, "case 2")));
    assert_eq!(is_held(), "2 3");
    assert!(head().holds.iter().eq([Version(2), Version(3)]));
    appended(store.commit(&release(2)));
    assert_eq!(is_held(), "3");
    assert_eq!(refused(store.commit(&release(2))), not_held(2), "a second release ends nobody else's");
    assert_eq!(refused(store.commit(&release(4))), not_held(4));
    assert_eq!(refused(store.commit(&release(u64::MAX))), not_held(u64::MAX));
    // The order within a commit counts.
    let late = erase().release(&stream, Version(3), "late");
    assert!(matches!(refused(store.commit(&late)), Refusal::UnderLegalHold { .. }));
    // Between the end of a hold and an erasure anybody can object.
    let at_once = release(3).erase(&stream, Version(1), Part::Payload);
    let too_soon = Refusal::ReleasedAtOnce { stream: stream.clone(), version: Version(1) };
    assert_eq!(refused(store.commit(&at_once)), too_soon);
    assert_eq!(is_held(), "3", "nothing of it was done");
    appended(store.commit(&release(3)));
    appended(store.commit(&erase().hold(&stream, "case 3")));
    // One that begins and ends in one commit leaves no gap either.
    let both = commit().hold(&stream, "case 4").release(&stream, Version(8), "an error");
    assert!(matches!(
        refused(store.commit(&both.clone().erase(&stream, Version(1), Part::Evidence))),
        Refusal::UnderLegalHold { .. }
    ));
    appended(store.commit(&both));
    let events = super::reading::all(store);
    let kinds: Vec<_> = events.iter().map(|event| event.record.kind.to_string()).collect();
    let own = ["held", "held", "released", "released", "erased", "held", "held", "released"];
    assert_eq!(kinds[1..], own.map(|kind| format!("chancery.{kind}")));
    let told: Vec<_> = events.iter().map(|event| event.record.holds.to_string()).collect();
    assert_eq!(told, ["", "2", "2 3", "3", "", "", "7", "7 8", "7"]);
    assert_eq!(events[3].payload(), Some(&b"2 3\nsettled"[..]));
    assert_eq!(head().holds.to_string(), "7");

    let many = (0..limits::HOLDS).fold(commit(), |commit, _| commit.hold(&stream, "one more"));
    assert!(matches!(refused(store.commit(&many)), Refusal::TooLarge { most: limits::HOLDS, .. }));
}
