//! Two who sign at the same time.

use chancery_digest::BlobId;
use chancery_session::SessionError;
use chancery_workflow::*;

use crate::office::*;

#[test]
fn two_who_sign_at_once_both_sign_and_both_signatures_stand() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 2);
    let (first, second) = (office.turn(envelope, ALICE), office.turn(envelope, BOB));
    let (alice, bob) = (office.prepare(&first, 0), office.prepare(&second, 1));
    office.begin(envelope, &alice, 0).accepted().unwrap();
    office.begin(envelope, &bob, 1).accepted().unwrap();
    let (alice, bob) = (office.finish(alice, 0), office.finish(bob, 1));
    let passed = office.pass(envelope, &alice).unwrap();
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();

    // Bob's is for a revision that is not current any more: it is written nowhere, and the record says so.
    let written = BlobId::of(&bob.pdf().unwrap().to_vec().unwrap());
    let stale = office.pass(envelope, &bob).unwrap_err();
    assert!(matches!(stale, SessionError::Stale { document: DOCUMENT, .. }), "{stale}");
    assert!(office.blobs.open(&written).is_err());
    let command = office.desk().complete_signing(&[bob], &office.state(envelope), noon()).unwrap();
    let refusal = office.run(envelope, Acting::User(office.user(1)), command).refusal().cloned().unwrap();
    assert!(matches!(refusal, Refusal::StaleBase { .. }), "{refusal}");
    assert!(office.kinds(envelope).contains(&"envelope.session-stale".to_owned()));
    assert!(office.blobs.open(&written).is_err());
    assert_eq!(office.state(envelope).slot(BOB).unwrap().standing(), Standing::Active);

    office.signs(envelope, BOB, 1);
    assert_passed(&office, envelope, 2);
    assert_eq!(office.state(envelope).status().name(), StatusName::Finalizing);
}

/// What would have happened without the check: the workflow refuses it too, whoever asks.
#[test]
fn a_signature_for_an_old_revision_is_refused_by_the_workflow_as_well() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 2);
    let (first, second) = (office.turn(envelope, ALICE), office.turn(envelope, BOB));
    let (alice, bob) = (office.prepare(&first, 0), office.prepare(&second, 1));
    office.begin(envelope, &alice, 0).accepted().unwrap();
    office.begin(envelope, &bob, 1).accepted().unwrap();
    let (alice, bob) = (office.finish(alice, 0), office.finish(bob, 1));
    // Both were verified before either was recorded.
    let (alice, bob) = (office.pass(envelope, &alice).unwrap(), office.pass(envelope, &bob).unwrap());
    office.complete(envelope, ALICE, 0, vec![alice]).accepted().unwrap();
    let refusal = office.complete(envelope, BOB, 1, vec![bob]).refusal().cloned().unwrap();
    assert!(matches!(refusal, Refusal::StaleBase { .. }), "{refusal}");
    assert_passed(&office, envelope, 1);
}
