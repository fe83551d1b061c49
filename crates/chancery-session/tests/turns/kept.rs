//! What is kept: prepared turns, revisions, and what a crash leaves.

use std::path::{Path, PathBuf};

use chancery_digest::{BlobError, DirectoryBlobStore};
use chancery_key::{SignatureValue, Signer};
use chancery_session::SessionError;
use chancery_workflow::*;

use crate::office::*;

#[test]
fn a_turn_is_taken_up_days_later_as_it_was_prepared() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 2);
    let (stored, pinned, message) = {
        let turn = office.turn(envelope, ALICE);
        let prepared = office.prepare(&turn, 0);
        (prepared.to_bytes(), prepared.pinned(), prepared.to_be_signed().clone())
    };
    // Elsewhere, by somebody with a phone.
    let value = office.key(0).sign(&message).unwrap().as_bytes().to_vec();
    let turn = office.turn(envelope, ALICE);
    let again = turn.resume(&stored).unwrap();
    assert_eq!(again.pinned(), pinned);
    office.begin(envelope, &again, 0).accepted().unwrap();
    let signed = again.finish(SignatureValue::from_bytes(value)).unwrap();
    let passed = office.pass(envelope, &signed).unwrap();
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
    // What was stored is of no use for the next revision.
    let bob = office.turn(envelope, BOB);
    let stored_bob = office.prepare(&bob, 1).to_bytes();
    office.signs(envelope, BOB, 1);
    assert_passed(&office, envelope, 2);
    for end in 0..stored_bob.len() {
        assert!(turn.resume(&stored_bob[..end]).is_err());
    }
}

/// The process ends after the revision was kept and before the commit that names it.
#[test]
fn a_crash_between_keeping_and_recording_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut office = Office::new();
    office.blobs = Box::new(DirectoryBlobStore::create(folder.path().join("blobs")).unwrap());
    let envelope = office.sent(&contract(), 1);
    let stored = {
        let turn = office.turn(envelope, ALICE);
        let prepared = office.prepare(&turn, 0);
        office.begin(envelope, &prepared, 0).accepted().unwrap();
        let stored = prepared.to_bytes();
        office.pass(envelope, &office.finish(prepared, 0)).unwrap();
        stored
    };
    // A new process, which knows the ledger, the store, and what was stored of the turn.
    office.blobs = Box::new(DirectoryBlobStore::open_existing(folder.path().join("blobs")).unwrap());
    let state = office.state(envelope);
    assert_eq!(state.head(), Revision::FIRST, "nothing names what was kept");
    let turn = office.turn(envelope, ALICE);
    let passed = office.pass(envelope, &office.finish(turn.resume(&stored).unwrap(), 0)).unwrap();
    let revision = passed.revision();
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
    assert_eq!(office.state(envelope).content(DOCUMENT), Some(revision));
    assert_passed(&office, envelope, 1);
}

/// Somebody who may write to the store replaces a revision, or takes it away.
#[test]
fn a_revision_that_is_not_that_of_its_digest_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let mut office = Office::new();
    office.blobs = Box::new(DirectoryBlobStore::create(folder.path().join("blobs")).unwrap());
    let envelope = office.sent(&contract(), 1);
    let opened = || office.desk().turn(&office.state(envelope), ALICE, DOCUMENT).map(|_| ());
    opened().unwrap();
    let digest = office.state(envelope).content(DOCUMENT).unwrap();
    let file = file_of(folder.path(), &digest.to_string()).unwrap();
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, contract_of("Another lease")).unwrap();
    assert!(matches!(opened(), Err(SessionError::Blob(BlobError::Damaged { .. }))));
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(opened(), Err(SessionError::Blob(BlobError::Missing { .. }))));
}

fn file_of(folder: &Path, digest: &str) -> Option<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).find_map(|path| {
        if path.is_dir() { file_of(&path, digest) } else { path.to_str()?.ends_with(digest).then_some(path) }
    })
}
