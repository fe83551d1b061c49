//! What a document permits: certifications, locks, encryption.

use std::path::Path;

use chancery_key::{KeyKind, Password};
use chancery_pades::{ChangesAllowed, FieldLock, PdfSigner};
use chancery_session::{Desk, SessionError};
use chancery_workflow::*;

use crate::office::*;

#[test]
fn a_certification_that_forbids_signatures_is_refused_when_the_envelope_is_sent() {
    let office = Office::new();
    let author = office.pki.signer("Author", KeyKind::P256);
    let certified =
        |level| PdfSigner::new(&author, noon()).certify(level).sign(&contract()).unwrap().to_vec().unwrap();
    let refused = |pdf: &[u8], signers| {
        let envelope = office.create(office.draft(pdf, signers));
        match office.send(envelope) {
            Reply::Refused(Refusal::SignaturesForbidden {
                allowance: Allowance::Nothing { why }, ..
            }) => why.to_string(),
            other => panic!("{other:?}"),
        }
    };
    let why = refused(&certified(ChangesAllowed::None), 2);
    assert!(why.contains("DocMDP, P = 1"), "{why}");
    // Forms may be filled and signed, but there is no field yet, and one that people see would be new.
    let why = refused(&certified(ChangesAllowed::FormFilling), 1);
    assert!(why.contains("sign one that is there, or invisibly"), "{why}");
    // Whoever closes a document closes it for everybody.
    let plain = contract();
    let closed = PdfSigner::new(&author, noon()).lock(FieldLock::All).sign(&plain).unwrap();
    assert!(refused(&closed.to_vec().unwrap(), 1).contains("locked"));
    // What says that it is a PDF, and is none.
    assert!(!refused(b"%PDF-1.7 and no more", 1).is_empty());
    // With comments allowed, people may sign.
    let envelope = office.sent(&certified(ChangesAllowed::Annotations), 1);
    office.signs(envelope, ALICE, 0);
    assert_passed(&office, envelope, 2);
}

/// Whoever locks the document while others have yet to sign would leave an envelope that nobody can complete.
#[test]
fn a_signature_that_shuts_others_out_is_not_taken() {
    let office = Office::new();
    for (lock, shut) in [
        (FieldLock::All, true),
        (FieldLock::Only(vec!["Bob".into()]), true),
        (FieldLock::AllExcept(vec!["Bob".into()]), false),
        (FieldLock::Only(vec!["Alice".into()]), false),
    ] {
        let envelope = office.sent(&contract(), 2);
        let turn = office.turn(envelope, ALICE);
        let prepared = turn.prepare(office.signer(0).lock(lock.clone()), meaning(0));
        // A lock of a field that is not there yet is refused by itself.
        let Ok(prepared) = prepared else { continue };
        office.begin(envelope, &prepared, 0).accepted().unwrap();
        let passed = office.pass(envelope, &office.finish(prepared, 0));
        match (passed, shut) {
            (Err(SessionError::ShutsOut { .. }), true) => {}
            (Ok(passed), false) => {
                office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
                office.signs(envelope, BOB, 1);
                assert_passed(&office, envelope, 2);
            }
            (other, _) => panic!("{lock:?}: {other:?}"),
        }
    }
    // The last one may close it.
    let envelope = office.sent(&contract(), 2);
    office.signs(envelope, BOB, 1);
    let turn = office.turn(envelope, ALICE);
    let prepared = turn.prepare(office.signer(0).lock(FieldLock::All), meaning(0)).unwrap();
    office.begin(envelope, &prepared, 0).accepted().unwrap();
    let passed = office.pass(envelope, &office.finish(prepared, 0)).unwrap();
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
    assert_passed(&office, envelope, 2);
}

/// A file of the tests of `chancery-pdf`, encrypted by qpdf: its users may read, its owner may do everything.
#[test]
fn an_encrypted_document_is_signed_by_whom_its_encryption_permits() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../chancery-pdf/tests/fixtures");
    let pdf = std::fs::read(folder.join("read-only-256.pdf")).unwrap();
    let office = Office::new();
    let mut draft = office.draft(&pdf, 1);
    draft.parties[0].placement = Placement::Invisible;
    draft.fields.clear();
    let envelope = office.create(draft);
    let sent = |desk: Desk<'_>| {
        let permissions = desk.permissions(&office.state(envelope)).unwrap();
        office.run(envelope, Acting::User(office.sender), Command::Send { permissions })
    };
    let why = |reply: Reply| match reply {
        Reply::Refused(Refusal::SignaturesForbidden { allowance: Allowance::Nothing { why }, .. }) => {
            why.to_string()
        }
        other => panic!("{other:?}"),
    };
    let (user, owner) = (Password::from("user"), Password::from("owner"));
    assert!(why(sent(office.desk())).contains("password"));
    assert!(why(sent(office.desk().password(&user))).contains("does not permit"));
    let desk = office.desk().password(&owner);
    sent(desk).accepted().unwrap();
    office.agrees(envelope, ALICE, 0);
    let turn = desk.turn(&office.state(envelope), ALICE, DOCUMENT).unwrap();
    let signer = PdfSigner::new(office.key(0), noon()).password(owner.clone(), [7; 32]);
    let prepared = turn.prepare(signer, meaning(0)).unwrap();
    office.begin(envelope, &prepared, 0).accepted().unwrap();
    let again = turn.resume(&prepared.to_bytes()).unwrap();
    let command = desk.complete_signing(&[office.finish(again, 0)], &office.state(envelope), noon()).unwrap();
    office.run(envelope, Acting::User(office.user(0)), command).accepted().unwrap();
}
