//! Turns of parties: real signatures in real documents, pinned, verified, kept, and recorded.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod office;

use std::path::{Path, PathBuf};

use chancery_ades::{Indication, Report, SignatureAttribute};
use chancery_digest::{BlobError, BlobId, DirectoryBlobStore, Source};
use chancery_http::Address;
use chancery_key::{KeyKind, Password, SignatureValue, Signer, SoftwareSigner};
use chancery_pades::{ChangesAllowed, FieldLock, PadesError, PdfSigner, PdfVerifier, SignatureMeaning};
use chancery_session::{Desk, PreparedTurn, SessionError, begin_signing};
use chancery_testkit::{Profile, TestExtension, TestPki};
use chancery_timestamp::TimestampAuthority;
use chancery_workflow::*;
use jiff::SignedDuration;
use office::*;
use proptest::prelude::*;

fn report(office: &Office, envelope: EnvelopeId) -> Report {
    PdfVerifier::new(&office.policy).verify_at(&office.document(envelope), office.now.get()).unwrap()
}

#[track_caller]
fn assert_passed(office: &Office, envelope: EnvelopeId, signatures: usize) {
    let report = report(office, envelope);
    assert_eq!(report.signatures().len(), signatures, "{report}");
    assert_eq!(report.indication(), Some(Indication::TotalPassed), "{report}");
}

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
    let written = BlobId::of(&bob.pdf().to_vec().unwrap());
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

/// G5: reason, name, role and time are the same in the dictionary, before people's eyes, and in the record.
#[test]
fn the_record_says_what_the_signature_says() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 1);
    let turn = office.turn(envelope, ALICE);
    let prepared = office.prepare(&turn, 0);
    office.later(90); // the key takes its time; what was pinned stays
    office.begin(envelope, &prepared, 0).accepted().unwrap();
    let session = office.state(envelope).slot(ALICE).unwrap().session().cloned().unwrap();
    let statement = prepared.statement();
    assert_eq!(session.signed_at, "2026-11-22T12:00:00Z".parse().unwrap(), "a PDF date has no fractions");
    assert_eq!(session.meaning, Some(text("I agree to the lease")));
    assert_eq!(statement.reason(), Some("I agree to the lease"));
    assert!(statement.to_string().ends_with("2026-11-22 12:00:00 +00:00"), "{statement}");
    office.later(60);
    let passed = office.pass(envelope, &office.finish(prepared, 0)).unwrap();
    assert_eq!((passed.signed_at(), passed.meaning()), (session.signed_at, session.meaning.clone()));
    assert_eq!(passed.field(), "Alice");
    assert_eq!(passed.algorithm(), text("ECDSA P-256 with SHA-256"));
    assert_eq!((passed.level(), passed.signer()), (SignatureLevel::Advanced, SignerKind::Natural));
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
    let pdf = office.document(envelope);
    let has = |words: &[u8]| pdf.windows(words.len()).any(|window| window == words);
    assert!(has(b"/M(D:20261122120000Z)") || has(b"/M (D:20261122120000Z)"));
    assert_passed(&office, envelope, 1);
}

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
    // What is no PDF at all.
    assert!(!refused(b"not a PDF", 1).is_empty());
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

/// 21 CFR 11.70: a signature counts for one envelope, one party, one document, in one of its revisions.
#[test]
fn a_signature_is_transplanted_nowhere() {
    let office = Office::new();
    let (envelope, twin) = (office.sent(&contract(), 2), office.sent(&contract(), 2));
    let other_document = office.sent(&contract_of("Another lease"), 2);
    let begun = |envelope, party, person| {
        let turn = office.turn(envelope, party);
        let prepared = office.prepare(&turn, person);
        office.begin(envelope, &prepared, person).accepted().unwrap();
        (prepared.pinned(), prepared.to_bytes())
    };
    let (pinned, stored) = begun(envelope, ALICE, 0);
    // The same person begins to sign the same bytes at the same second elsewhere: even the digest is the same.
    let (pinned_twin, stored_twin) = begun(twin, ALICE, 0);
    assert_eq!(pinned, pinned_twin);
    begun(other_document, ALICE, 0);
    begun(envelope, BOB, 1);

    let turn = office.turn(envelope, ALICE);
    assert!(matches!(turn.resume(&stored_twin), Err(SessionError::Stored { .. })), "another envelope's");
    let turn_of_other = office.turn(other_document, ALICE);
    assert!(matches!(turn_of_other.resume(&stored), Err(SessionError::Stored { .. })), "another document's");
    let turn_of_bob = office.turn(envelope, BOB);
    assert!(matches!(turn_of_bob.resume(&stored), Err(SessionError::Stored { .. })), "another party's");

    let signed = office.finish(turn.resume(&stored).unwrap(), 0);
    for elsewhere in [twin, other_document] {
        let refused = office.desk().pass(&signed, &office.state(elsewhere), office.now.get()).unwrap_err();
        assert!(matches!(refused, SessionError::NotBegun { .. }), "{refused}");
    }
    // And whoever carries a good proof elsewhere is refused by the workflow.
    let passed = office.pass(envelope, &signed).unwrap();
    for (elsewhere, party, person) in [(twin, ALICE, 0), (other_document, ALICE, 0), (envelope, BOB, 1)] {
        let refusal =
            office.complete(elsewhere, party, person, vec![passed.clone()]).refusal().cloned().unwrap();
        assert!(matches!(refusal, Refusal::ProofDiffers { .. }), "{refusal}");
        assert_eq!(office.state(elsewhere).head(), Revision::FIRST);
    }
    office.complete(envelope, ALICE, 0, vec![passed.clone()]).accepted().unwrap();
    let again = office.complete(envelope, ALICE, 0, vec![passed]).refusal().cloned().unwrap();
    assert!(matches!(again, Refusal::WrongStanding { .. }), "{again}");
    assert_passed(&office, envelope, 1);
}

fn contract_of(title: &str) -> Vec<u8> {
    chancery_testkit::pdf::contract_pdf(title, &["The landlord lets the flat to the tenant."])
}

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

#[test]
fn a_wrong_signature_value_is_written_nowhere() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 1);
    let turn = office.turn(envelope, ALICE);
    let prepared = office.prepare(&turn, 0);
    office.begin(envelope, &prepared, 0).accepted().unwrap();
    let stored = prepared.to_bytes();
    let by_bob = office.key(1).sign(prepared.to_be_signed()).unwrap().as_bytes().to_vec();
    assert!(prepared.finish(SignatureValue::from_bytes(by_bob)).is_err(), "another's key");
    let prepared = turn.resume(&stored).unwrap();
    assert!(prepared.finish(SignatureValue::from_bytes(vec![0x30, 0])).is_err());
    // The right one still counts.
    let passed = office.pass(envelope, &office.finish(turn.resume(&stored).unwrap(), 0)).unwrap();
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
}

/// The certificate ends between the beginning and the end of the session.
#[test]
fn a_certificate_that_expires_meanwhile_signs_nothing_unless_a_timestamp_was_quicker() {
    let mut office = Office::new();
    let end = noon() + SignedDuration::from_secs(60);
    let profile = Profile::signer("Alice", KeyKind::P256).valid(noon() - SignedDuration::from_hours(24), end);
    office.people[0].1 = office.pki.issue(profile).signer();
    for stamped in [false, true] {
        office.now.set(noon());
        let envelope = office.sent(&contract(), 1);
        let turn = office.turn(envelope, ALICE);
        let prepared = office.prepare(&turn, 0);
        office.begin(envelope, &prepared, 0).accepted().unwrap();
        let mut signed = office.finish(prepared, 0);
        if stamped {
            let address = Address::parse(&office.pki.tsa_url()).unwrap();
            signed.timestamp(&TimestampAuthority::new(address, &office.pki), &mut rng()).unwrap();
        }
        office.later(120);
        match (office.pass(envelope, &signed), stamped) {
            (Err(SessionError::NotPassed { why, .. }), false) => {
                assert!(why.contains("expired"), "{why}");
                assert_eq!(office.state(envelope).head(), Revision::FIRST);
            }
            (Ok(passed), true) => {
                assert!(passed.timestamp().is_some());
                office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
                assert_passed(&office, envelope, 1);
            }
            (other, _) => panic!("stamped: {stamped}: {other:?}"),
        }
    }
}

#[test]
fn a_signer_whom_nobody_trusts_does_not_pass() {
    let mut office = Office::new();
    let stranger: SoftwareSigner = TestPki::at(noon()).signer("Alice", KeyKind::P256);
    office.people[0].1 = stranger;
    let envelope = office.sent(&contract(), 1);
    let turn = office.turn(envelope, ALICE);
    let prepared = office.prepare(&turn, 0);
    office.begin(envelope, &prepared, 0).accepted().unwrap();
    let refused = office.pass(envelope, &office.finish(prepared, 0)).unwrap_err();
    assert!(matches!(refused, SessionError::NotPassed { .. }), "{refused}");
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

#[test]
fn nothing_passes_without_a_live_session_for_it() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 2);
    let turn = office.turn(envelope, ALICE);
    let stored = office.prepare(&turn, 0).to_bytes();
    let signed = office.finish(turn.resume(&stored).unwrap(), 0);
    let refused = office.pass(envelope, &signed).unwrap_err();
    assert!(matches!(refused, SessionError::NotBegun { party: ALICE, .. }), "{refused}");
    // Begun with another meaning, though everything else is the same.
    let meaning = SignatureMeaning::new("Alice", "I have read it");
    let other = turn.prepare(office.signer(0), meaning).unwrap();
    office.begin(envelope, &other, 0).accepted().unwrap();
    assert!(matches!(office.pass(envelope, &signed), Err(SessionError::NotBegun { .. })));
    let signed = office.finish(other, 0);
    office.later(301);
    assert!(matches!(office.pass(envelope, &signed), Err(SessionError::LeaseExpired { .. })));
    // Somebody who does not sign.
    let nobody = office.desk().turn(&office.state(envelope), PartyId::new(7), DOCUMENT).map(|_| ());
    assert!(matches!(nobody, Err(SessionError::NotToSign { .. })));
}

#[test]
fn signatures_of_one_session_go_together() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 2);
    let (alice, bob) = (office.turn(envelope, ALICE), office.turn(envelope, BOB));
    let lease = SignedDuration::from_mins(5);
    let apart =
        |turns: &[_]| matches!(begin_signing(turns, lease, Vec::new()), Err(SessionError::Apart { .. }));
    assert!(apart(&[]));
    assert!(apart(&[office.prepare(&alice, 0), office.prepare(&bob, 1)]));
    assert!(apart(&[office.prepare(&alice, 0), office.prepare(&alice, 1)]), "two certificates");
    assert!(!apart(&[office.prepare(&alice, 0)]));
    let lines = SignatureMeaning::new("Alice", "I agree\nto nothing");
    let refused = alice.prepare(office.signer(0), lines).unwrap_err();
    assert!(matches!(refused, SessionError::Words { what: "meaning", .. }), "{refused}");
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

/// All documents of a party are signed in one session, or none.
#[test]
fn several_documents_are_signed_together() {
    let office = Office::new();
    let mut draft = office.draft(&contract(), 1);
    let annex = office.desk().keep(&mut &contract_of("Annex")[..], 1 << 20).unwrap();
    let annex = draft.document("annex.pdf", annex).unwrap();
    draft.signature_field(annex, ALICE, "Alice").unwrap();
    let envelope = office.create(draft);
    office.send(envelope).accepted().unwrap();
    office.agrees(envelope, ALICE, 0);
    let turns = office.desk().turns(&office.state(envelope), ALICE).unwrap();
    let prepared: Vec<_> = turns.iter().map(|turn| office.prepare(turn, 0)).collect();
    let begin = begin_signing(&prepared, SignedDuration::from_mins(5), Vec::new()).unwrap();
    let alice = Acting::User(office.user(0));
    office.run(envelope, alice, begin).accepted().unwrap();
    let mut signed: Vec<_> = prepared.into_iter().map(|prepared| office.finish(prepared, 0)).collect();
    let state = office.state(envelope);
    let command = office.desk().complete_signing(&signed[..1], &state, noon()).unwrap();
    assert!(office.run(envelope, alice, command).refusal().is_some(), "one is not all");
    signed.swap(0, 1);
    let command = office.desk().complete_signing(&signed, &state, noon()).unwrap();
    assert!(office.run(envelope, alice, command).refusal().is_some(), "in another order");
    signed.swap(0, 1);
    let command = office.desk().complete_signing(&signed, &state, noon()).unwrap();
    office.run(envelope, alice, command).accepted().unwrap();
    for document in [DOCUMENT, annex] {
        let pdf = office.desk().open(office.state(envelope).content(document).unwrap()).unwrap();
        let report = PdfVerifier::new(&office.policy).verify_at(&*pdf, noon()).unwrap();
        assert_eq!((report.signatures().len(), report.indication()), (1, Some(Indication::TotalPassed)));
    }
}

/// A digital signature takes a PIN, proved for exactly these digests in this session (G23).
#[test]
fn an_advanced_signature_takes_a_pin_for_what_is_signed() {
    let office = Office::new();
    let mut draft = office.draft(&contract(), 1);
    draft.parties[0].role = Role::Sign { level: SignatureLevel::Advanced };
    draft.parties[0].factors =
        PartyFactors::new(None, Some(FactorRule::Kind(FactorName::SigningPin))).unwrap();
    let envelope = office.create(draft);
    office.send(envelope).accepted().unwrap();
    office.agrees(envelope, ALICE, 0);
    let turn = office.turn(envelope, ALICE);
    let prepared = [office.prepare(&turn, 0)];
    let other = [turn.prepare(office.signer(0), SignatureMeaning::new("Alice", "I have read it")).unwrap()];
    let begin = |turns: &[PreparedTurn<'_>; 1], proved_for: &[PreparedTurn<'_>; 1]| {
        let occasion = office.state(envelope).signing_occasion(ALICE, &[proved_for[0].pinned()]).unwrap();
        let begin = begin_signing(turns, SignedDuration::from_mins(5), vec![office.pin(occasion)]).unwrap();
        office.run(envelope, Acting::User(office.user(0)), begin)
    };
    assert!(matches!(office.begin(envelope, &prepared[0], 0).refusal(), Some(Refusal::Factors { .. })));
    assert!(
        matches!(begin(&prepared, &other).refusal(), Some(Refusal::Factors { .. })),
        "for something else"
    );
    begin(&prepared, &prepared).accepted().unwrap();
    let [prepared] = prepared;
    let passed = office.pass(envelope, &office.finish(prepared, 0)).unwrap();
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
    assert_passed(&office, envelope, 1);
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// G5 ∀: whatever words and whenever, the file says what was pinned, and the record what the file says.
    #[test]
    fn file_and_record_agree(name in "\\PC{1,30}", reason in "\\PC{1,60}", role in "\\PC{1,30}", before in 0_i64..600_000) {
        prop_assume!([&name, &reason, &role].into_iter().all(|words| Text::new(words).is_ok()));
        let office = Office::new();
        let mut draft = office.draft(&contract(), 1);
        draft.parties[0].placement = Placement::Invisible;
        draft.fields.clear();
        let envelope = office.create(draft);
        office.send(envelope).accepted().unwrap();
        office.agrees(envelope, ALICE, 0);
        let turn = office.turn(envelope, ALICE);
        let at = noon() - SignedDuration::from_millis(before);
        let meaning = SignatureMeaning::new(&name, &reason).role(&role);
        let prepared = turn.prepare(PdfSigner::new(office.key(0), at), meaning).unwrap();
        let reply = office.begin(envelope, &prepared, 0);
        // What is truncated to whole seconds may fall out of the ten minutes.
        prop_assume!(!matches!(reply.refusal(), Some(Refusal::SignedAt { .. })));
        reply.accepted().unwrap();
        let passed = office.pass(envelope, &office.finish(prepared, 0)).unwrap();
        office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
        let applied = office.applied(envelope);
        let report = report(&office, envelope);
        let stated = &report.signatures()[0].facts().particulars().attributes;
        prop_assert!(stated.contains(&SignatureAttribute::Reason(applied.meaning.clone().unwrap().to_string())));
        prop_assert!(stated.contains(&SignatureAttribute::SigningTime(applied.signed_at)));
        prop_assert!(stated.contains(&SignatureAttribute::Name(name)));
        prop_assert_eq!(applied.meaning, Some(text(&reason)));
        prop_assert_eq!(applied.signed_at.as_second(), at.as_second());
    }
}

#[test]
fn a_changed_signer_signs_in_the_same_field() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 2);
    let to = Successor { user: office.user(2), person: Person::named(text("Carol")) };
    let change = ChangeSigner {
        party: ALICE,
        how: event::Handover::ChangeSigner,
        to,
        note: None,
        access: Vec::new(),
        act: Vec::new(),
    };
    let reply = office.run(envelope, Acting::User(office.user(0)), Command::ChangeSigner(Box::new(change)));
    let Some(Made::Party(carol)) = reply.accepted().unwrap().made else { panic!("no party was made") };
    office.agrees(envelope, carol, 2);
    let passed = office.signs(envelope, carol, 2);
    assert_eq!(passed.field(), "Alice", "the field belongs to the seat");
    let turn = office.turn(envelope, ALICE);
    let refused = turn.prepare(office.signer(0), meaning(0));
    assert!(matches!(refused, Err(SessionError::Pades(PadesError::FieldSigned { .. }))), "{refused:?}");
    office.signs(envelope, BOB, 1);
    assert_passed(&office, envelope, 2);
}

/// The seal of the final document, and what is none.
#[test]
fn the_final_document_is_what_was_signed_with_something_appended_that_passes() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 1);
    office.signs(envelope, ALICE, 0);
    let state = office.state(envelope);
    let pdf = office.document(envelope);
    let (desk, now) = (office.desk(), office.now.get());
    // As it is.
    let plain = desk.artifact(&state, DOCUMENT, &pdf, now).unwrap();
    assert_eq!(Some(plain.digest), state.content(DOCUMENT));
    // Sealed.
    let seal = office.pki.signer("Acme Seal", KeyKind::P256);
    let sealed = PdfSigner::new(&seal, now).sign(&pdf).unwrap().to_vec().unwrap();
    let artifact = desk.artifact(&state, DOCUMENT, &sealed, now).unwrap();
    assert_eq!(artifact.digest, ContentDigest::from_bytes(*BlobId::of(&sealed).as_bytes()));
    assert_eq!(artifact.name, text("lease.pdf"));
    assert!(desk.open(artifact.digest).is_ok());
    // By a stranger; over another document; the original without the signature.
    let stranger = TestPki::at(noon()).signer("Mallory", KeyKind::P256);
    let strange = PdfSigner::new(&stranger, now).sign(&pdf).unwrap().to_vec().unwrap();
    assert!(matches!(desk.artifact(&state, DOCUMENT, &strange, now), Err(SessionError::NotPassed { .. })));
    for other in [contract(), contract_of("Another lease")] {
        let other = PdfSigner::new(&seal, now).sign(&other).unwrap().to_vec().unwrap();
        let refused = desk.artifact(&state, DOCUMENT, &other, now);
        assert!(matches!(refused, Err(SessionError::NotItsSuccessor { .. })), "{refused:?}");
    }
    // Something appended that nobody signed, and that changes what was.
    let tampered = tampered(&pdf);
    let refused = desk.artifact(&state, DOCUMENT, &tampered, now).unwrap_err();
    assert!(matches!(refused, SessionError::EarlierHarmed { .. }), "{refused}");
    // The signature taken out, and bytes behind the end.
    let taken_out = revised(&pdf, |document, increment| {
        let (root, mut catalog) = document.latest().catalog().unwrap();
        catalog.remove("AcroForm");
        increment.put(root, &catalog.into()).unwrap();
    });
    let followed = [&pdf[..], b"% and so on\n"].concat();
    for harmed in [taken_out, followed] {
        let refused = desk.artifact(&state, DOCUMENT, &harmed, now).unwrap_err();
        assert!(matches!(refused, SessionError::EarlierHarmed { .. }), "{refused}");
    }
    // The key of the seal is the same for every attempt at the same content.
    assert_eq!(state.seal_key(), office.state(envelope).seal_key());
}

/// Whoever only finishes a document fills in nothing, though a signer might; and what nobody signed comes back as it is.
#[test]
fn finishing_a_document_changes_nothing_in_it() {
    let office = Office::new();
    let (now, seal) = (noon(), office.pki.signer("Acme Seal", KeyKind::P256));
    let sealed = |pdf: &Vec<u8>| PdfSigner::new(&seal, now).sign(pdf).unwrap().to_vec().unwrap();
    let form = revised(&contract(), |document, increment| {
        let place = increment.allocate();
        increment.put(place, &dictionary("<</FT/Tx/T(Price)/V(1000)>>").into()).unwrap();
        let (root, mut catalog) = document.latest().catalog().unwrap();
        let mut form = dictionary("<</DA(/Helv 0 Tf 0 g)>>");
        form.set("Fields", chancery_pdf::Object::Array(vec![place.into()]));
        catalog.set("AcroForm", form);
        increment.put(root, &catalog.into()).unwrap();
    });
    let envelope = office.sent(&form, 1);
    office.signs(envelope, ALICE, 0);
    let (state, pdf) = (office.state(envelope), office.document(envelope));
    let artifact = |pdf: &Vec<u8>| office.desk().artifact(&state, DOCUMENT, pdf, now);
    artifact(&sealed(&pdf)).unwrap();
    let filled = revised(&pdf, |document, increment| {
        let view = document.latest();
        let (_, catalog) = view.catalog().unwrap();
        let form = view.value(&catalog, "AcroForm").unwrap().as_dictionary().unwrap().clone();
        let place = form.get("Fields").unwrap().as_array().unwrap()[0].as_reference().unwrap();
        increment.put(place, &dictionary("<</FT/Tx/T(Price)/V(9000)>>").into()).unwrap();
    });
    let filled = sealed(&filled);
    let report = PdfVerifier::new(&office.policy).verify_at(&filled, now).unwrap();
    assert_eq!(report.indication(), Some(Indication::TotalPassed), "a signer may do it: {report}");
    let refused = artifact(&filled).unwrap_err();
    assert!(matches!(refused, SessionError::EarlierHarmed { .. }), "{refused}");

    let mut draft = office.draft(&contract(), 1);
    draft.parties[0].role = Role::Acknowledge;
    draft.fields.clear();
    let unsigned = office.state(office.create(draft));
    let artifact = |pdf: &Vec<u8>| office.desk().artifact(&unsigned, DOCUMENT, pdf, now);
    artifact(&contract()).unwrap();
    for changed in [tampered(&contract()), sealed(&tampered(&contract())), sealed(&contract())] {
        assert!(matches!(artifact(&changed), Err(SessionError::NobodySigned { .. })));
    }
}

fn revised(
    pdf: &dyn Source,
    change: impl FnOnce(&chancery_pdf::Document<'_>, &mut chancery_pdf::Increment<'_>),
) -> Vec<u8> {
    let document = chancery_pdf::Document::open(pdf).unwrap();
    let mut increment = chancery_pdf::Increment::new(&document);
    change(&document, &mut increment);
    [pdf.as_slice().unwrap(), &increment.finish().unwrap().bytes].concat()
}

fn dictionary(text: &str) -> chancery_pdf::Dictionary {
    match chancery_pdf::Object::parse(text.as_bytes()).unwrap().0 {
        chancery_pdf::Object::Dictionary(dictionary) => dictionary,
        other => panic!("{other:?}"),
    }
}

/// The first page shows something else.
fn tampered(pdf: &dyn Source) -> Vec<u8> {
    revised(pdf, |document, increment| {
        let (place, mut page) = document.latest().page(0).unwrap();
        page.remove("Contents");
        increment.put(place, &page.into()).unwrap();
    })
}

/// What a certificate is worth is not for it to say.
#[test]
fn no_certificate_makes_itself_qualified_and_one_that_names_nobody_is_simple() {
    let mut office = Office::new();
    let subject = |text: &str| chancery_certificate::Name::from_text(text).unwrap().to_der().to_vec();
    // QcCompliance and QcSSCD (ETSI EN 319 412-5, 4.2.1 and 4.2.2): the claim to be qualified, in a qualified device.
    let claims = [
        &[0x30, 20][..],
        &[0x30, 8, 0x06, 6, 0x04, 0x00, 0x8e, 0x46, 0x01, 0x01],
        &[0x30, 8, 0x06, 6, 0x04, 0x00, 0x8e, 0x46, 0x01, 0x04],
    ];
    let claims = TestExtension::plain(QC_STATEMENTS, claims.concat());
    for (name, level) in [
        ("CN=Alice,C=JP", SignatureLevel::Advanced),
        ("2.5.4.65=Queen of Hearts", SignatureLevel::Advanced),
        ("O=Acme", SignatureLevel::Advanced),
        ("C=JP", SignatureLevel::Simple),
        ("2.5.4.5=4711", SignatureLevel::Simple),
    ] {
        let profile =
            Profile::signer("Alice", KeyKind::P256).subject(subject(name)).extension(claims.clone());
        office.people[0].1 = office.pki.issue(profile).signer();
        assert!(office.key(0).certificate().claims().unwrap().unwrap().claims_to_be_qualified());
        let envelope = office.sent(&contract(), 1);
        assert_eq!(office.signs(envelope, ALICE, 0).level(), level, "{name}");
    }
}

/// id-pe-qcStatements (RFC 3739, 3.2.6).
const QC_STATEMENTS: const_oid::ObjectIdentifier =
    const_oid::ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.3");
