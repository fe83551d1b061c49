//! Our Merkle log and proofs, checked by another implementation of RFC 6962, and its proofs by ours.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails where it stands")]

use chancery_ledger::{
    Actor, Checkpoint, Commit, ConsistencyProof, Hash, InclusionProof, Kind, MemoryStore, NewEvent, Sequence,
    Store, StreamId, Tenant, Version,
};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof as TheirConsistency, InclusionProof as TheirInclusion, RootHash};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;
use sha2::Sha256;

const SIZE: u64 = 70;

fn theirs(checkpoint: &Checkpoint) -> RootHash<Sha256> {
    RootHash::new(checkpoint.root.0.into(), checkpoint.size)
}

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes.chunks(32).map(|chunk| Hash(chunk.try_into().unwrap())).collect()
}

#[test]
fn another_implementation_agrees_on_roots_and_proofs_both_ways() {
    let (store, tenant) = (MemoryStore::new(), Tenant::new("acme").unwrap());
    let (actor, stream) = (Actor::new("alice").unwrap(), StreamId::new("s").unwrap());
    let mut kept = vec![store.log(&tenant).unwrap().checkpoint()];
    let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for n in 0..SIZE {
        let event = NewEvent::new(Kind::new("noted").unwrap(), 1, n.to_be_bytes());
        let commit = Commit::new(&tenant, &actor, Timestamp::UNIX_EPOCH, &mut UnwrapErr(SysRng));
        store.commit(&commit.append(&stream, Version(n), [event])).unwrap();
        let event = store.since(&tenant, Sequence(n), 1).unwrap().remove(0);
        tree.push(event.record.hash.0.to_vec());
        let checkpoint = store.log(&tenant).unwrap().checkpoint();
        assert_eq!(tree.root().as_bytes()[..], checkpoint.root.0, "after {n}");
        kept.push(checkpoint);
    }
    let last = kept.last().unwrap();
    for n in 0..SIZE {
        let leaf = tree.get(usize::try_from(n).unwrap()).unwrap().clone();
        let event = Hash(leaf.clone().try_into().unwrap());
        for checkpoint in kept.iter().filter(|checkpoint| checkpoint.size > n) {
            let ours = store.prove_inclusion(&tenant, Sequence(n), checkpoint.size).unwrap();
            let proof = TheirInclusion::<Sha256>::try_from_bytes(ours.to_bytes()).unwrap();
            theirs(checkpoint).verify_inclusion(&leaf, n, &proof).unwrap();
        }
        let proof = tree.prove_inclusion(usize::try_from(n).unwrap());
        let proof = InclusionProof { sequence: Sequence(n), size: SIZE, hashes: hashes(proof.as_bytes()) };
        assert!(proof.holds(&event, last));
    }
    for (from, older) in kept.iter().enumerate().skip(1) {
        for newer in &kept[from..] {
            let ours = store.prove_consistency(&tenant, older.size, newer.size).unwrap();
            let proof = TheirConsistency::<Sha256>::try_from_bytes(ours.to_bytes()).unwrap();
            theirs(newer).verify_consistency(&theirs(older), &proof).unwrap();
        }
        let proof = tree.prove_consistency(usize::try_from(SIZE).unwrap() - from);
        let proof = ConsistencyProof { from: older.size, to: SIZE, hashes: hashes(proof.as_bytes()) };
        assert!(proof.holds(older, last), "from {from}");
    }
}
