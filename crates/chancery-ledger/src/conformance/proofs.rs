//! The Merkle log.

use super::setting::{
    acme, appended, commit, commit_at, event, key, refused, second, sending, stream, version,
};
use crate::anchor::Anchor;
use crate::checkpoint::Checkpoint;
use crate::error::{ProofError, Refusal};
use crate::hash::Hash;
use crate::memory::MemoryStore;
use crate::name::Actor;
use crate::number::{Sequence, Version};
use crate::part::Part;
use crate::store::Store;

/// Every event is proven in every size of the log, and every size continues every smaller one.
pub fn the_log_proves_what_it_holds(store: &dyn Store) {
    let stream = stream("envelope/1");
    let mut kept = vec![store.log(&acme()).expect("a log").checkpoint()];
    for n in 0..13 {
        let commit = commit().append(&stream, Version(n), [event(&n.to_string())]);
        kept.push(appended(store.commit(&commit)).checkpoint);
    }
    let events = super::reading::all(store);
    for checkpoint in &kept {
        for event in &events {
            let sequence = event.record.sequence;
            match store.prove_inclusion(&acme(), sequence, checkpoint.size) {
                Ok(proof) => assert!(proof.holds(&event.record.hash, checkpoint), "{sequence}, {checkpoint}"),
                Err(ProofError::Beyond { .. }) => assert!(sequence.0 >= checkpoint.size),
                Err(error) => panic!("{error}"),
            }
        }
        for older in kept.iter().filter(|older| older.size <= checkpoint.size) {
            let proof = store.prove_consistency(&acme(), older.size, checkpoint.size).expect("a proof");
            assert!(proof.holds(older, checkpoint), "{older} in {checkpoint}");
        }
    }
    assert!(matches!(
        store.prove_inclusion(&acme(), Sequence(0), 14),
        Err(ProofError::Beyond { size: 13, .. })
    ));
    assert!(store.prove_consistency(&acme(), 3, 14).is_err());
    assert!(store.prove_consistency(&acme(), 4, 3).is_err());
}

/// An anchor over something that the log never was is refused.
pub fn anchors_must_fit(store: &dyn Store) {
    let stream = stream("envelope/1");
    let mut kept = vec![store.log(&acme()).expect("a log").checkpoint()];
    for n in 0..7 {
        let commit = commit().append(&stream, Version(n), [event("a")]);
        kept.push(appended(store.commit(&commit)).checkpoint);
    }
    let by = Actor::new("an authority").expect("a name");
    let anchor = |checkpoint| Anchor { checkpoint, by: by.clone(), token: b"token".to_vec() };
    for checkpoint in &kept {
        appended(store.commit(&commit().anchor(anchor(*checkpoint))));
    }
    let both =
        commit().anchor(anchor(kept[5])).append(&stream, Version(7), [event("b")]).anchor(anchor(kept[3]));
    appended(store.commit(&both));
    for (size, root) in [(3, kept[4].root), (u64::MAX, kept[4].root), (19, Hash::of(b"?"))] {
        let refusal = refused(store.commit(&commit().anchor(anchor(Checkpoint { size, root }))));
        assert!(matches!(refusal, Refusal::AnchorDiffers { anchored, .. } if anchored == root), "{refusal}");
    }
    let read = store.events(&acme(), &crate::StreamId::anchors(), Version(0), 99).expect("events");
    assert_eq!(read.len(), kept.len() + 2);
    assert_eq!(Anchor::from_payload(read[3].payload().expect("a payload")), Some(anchor(kept[3])));
}

/// The same commits give the same hashes in every store: none has rules of its own.
pub fn the_log_is_the_same_in_every_store(store: &dyn Store) {
    let memory = MemoryStore::new();
    for each in [store, &memory] {
        let stream = stream("envelope/1");
        let append = |payload| {
            let version = version(each, &stream);
            commit_at(&acme(), second(version.0.try_into().expect("small"))).append(
                &stream,
                version,
                [event(payload), sending(payload, &["mail", "hook"])],
            )
        };
        appended(each.commit(&append("a").due(&stream, Some(second(60)))));
        appended(each.commit(&append("b").key(key("k"), Hash::of(b"c"), "r")));
        appended(each.commit(&append("c").hold(&stream, "case").release(&stream, Version(7), "settled")));
        appended(each.commit(&append("d").erase(&stream, Version(2), Part::Evidence)));
        let checkpoint = each.log(&acme()).expect("a log").checkpoint();
        let anchor = Anchor { checkpoint, by: Actor::new("x").expect("a name"), token: vec![] };
        appended(each.commit(&append("e").anchor(anchor)));
    }
    assert_eq!(super::reading::all(store), super::reading::all(&memory));
    assert_eq!(store.log(&acme()).expect("a log"), memory.log(&acme()).expect("a log"));
}
