//! Erasing, and legal holds.

use super::setting::{acme, appended, commit, event, refused, stream};
use crate::error::Refusal;
use crate::event::Content;
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

/// Under a legal hold nothing is erased; holds add up.
pub fn a_hold_prevents_erasing(store: &dyn Store) {
    let stream = stream("envelope/1");
    appended(store.commit(&commit().append(&stream, Version(0), [event("a")])));
    let erase = || commit().erase(&stream, Version(1), Part::Payload);
    let held = |holds| Refusal::UnderLegalHold { stream: stream.clone(), version: Version(1), holds };
    let release = || commit().release(&stream, "settled");
    assert_eq!(refused(store.commit(&release())), Refusal::NotHeld { stream: stream.clone() });
    appended(store.commit(&commit().hold(&stream, "case 1").hold(&stream, "case 2")));
    assert_eq!(refused(store.commit(&erase())), held(2));
    appended(store.commit(&release()));
    assert_eq!(refused(store.commit(&erase())), held(1));
    assert_eq!(store.head(&acme(), &stream).expect("a head").holds, 1);
    // The order within a commit counts.
    assert_eq!(refused(store.commit(&erase().release(&stream, "late"))), held(1));
    let both = release().erase(&stream, Version(1), Part::Payload).hold(&stream, "case 3");
    appended(store.commit(&both));
    let kinds: Vec<_> =
        super::reading::all(store).iter().map(|event| event.record.kind.to_string()).collect();
    let own =
        ["held", "held", "released", "released", "erased", "held"].map(|kind| format!("chancery.{kind}"));
    assert_eq!(kinds[1..], own);
    assert_eq!(store.head(&acme(), &stream).expect("a head").holds, 1);
}
