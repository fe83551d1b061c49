//! Signatures beside documents that are no PDF.

use std::path::PathBuf;
use std::process::Command as Program;

use chancery_ades::{Indication, Report};
use chancery_cades::{CadesVerifier, Level};
use chancery_certificate::asn1::{self, tag};
use chancery_cms::statements::{CommitmentType, Statement};
use chancery_cms::{SignedMessage, SignerInfo};
use chancery_digest::BlobId;
use chancery_http::Address;
use chancery_key::{KeyKind, SignatureValue, Signer};
use chancery_pades::SignatureMeaning;
use chancery_session::{DocumentForm, FileSigner, PreparedTurn, SessionError, Turn};
use chancery_testkit::TestPki;
use chancery_timestamp::TimestampAuthority;
use chancery_workflow::*;
use proptest::prelude::*;

use crate::office::*;

pub(crate) const PRICES: &[u8] = b"article;price\nchair;120.00\ntable;340.00\n";

/// An envelope over a price list that the first so many people sign at the same time.
pub(crate) fn sent(office: &Office, bytes: &[u8], signers: usize) -> EnvelopeId {
    let mut draft = office.draft(bytes, signers);
    draft.documents[0] = Document { media_type: Some(text("text/csv")), ..draft.documents[0].clone() };
    draft.documents[0].name = text("prices.csv");
    sent_draft(office, draft, signers)
}

pub(crate) fn sent_draft(office: &Office, draft: Draft, signers: usize) -> EnvelopeId {
    let envelope = office.create(draft);
    office.send(envelope).accepted().unwrap();
    for person in 0..signers {
        office.agrees(envelope, PartyId::new(u32::try_from(person).unwrap()), person);
    }
    envelope
}

pub(crate) fn prepare<'t>(office: &Office, turn: &'t Turn, person: usize) -> PreparedTurn<'t> {
    turn.prepare_file(&FileSigner::new(office.key(person), office.now.get()), meaning(person)).unwrap()
}

pub(crate) fn signs(office: &Office, envelope: EnvelopeId, party: PartyId, person: usize) {
    let turn = office.turn(envelope, party);
    let prepared = prepare(office, &turn, person);
    office.begin(envelope, &prepared, person).accepted().unwrap();
    let passed = office.pass(envelope, &office.finish(prepared, person)).unwrap();
    assert_eq!(passed.field(), None);
    office.complete(envelope, party, person, vec![passed]).accepted().unwrap();
}

fn message(office: &Office, envelope: EnvelopeId) -> SignedMessage {
    SignedMessage::from_ber(&office.document(envelope)).unwrap()
}

fn report(office: &Office, envelope: EnvelopeId, file: &[u8]) -> Report {
    let verifier = CadesVerifier::new(&office.policy);
    verifier.verify_detached_at(&office.document(envelope), file, office.now.get()).unwrap()
}

#[track_caller]
pub(crate) fn assert_passed(office: &Office, envelope: EnvelopeId, file: &[u8], signers: usize) {
    let report = report(office, envelope, file);
    assert_eq!(report.signatures().len(), signers, "{report}");
    assert_eq!(report.indication(), Some(Indication::TotalPassed), "{report}");
}

fn statements(signer: &SignerInfo) -> Vec<Statement> {
    signer.signed_attributes().unwrap().statements().map(|(_, statement)| statement.unwrap()).collect()
}

#[test]
fn two_who_sign_at_once_stand_beside_each_other_in_one_message() {
    let office = Office::new();
    let envelope = sent(&office, PRICES, 2);
    let (first, second) = (office.turn(envelope, ALICE), office.turn(envelope, BOB));
    assert_eq!(first.form(), DocumentForm::File);
    let (alice, bob) = (prepare(&office, &first, 0), prepare(&office, &second, 1));
    let pinned = bob.pinned();
    office.begin(envelope, &alice, 0).accepted().unwrap();
    office.begin(envelope, &bob, 1).accepted().unwrap();
    let (alice, bob) = (office.finish(alice, 0), office.finish(bob, 1));
    let passed = office.pass(envelope, &alice).unwrap();
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
    let after_alice = message(&office, envelope);

    // The base of Bob's is not current any more: it is written nowhere, and recorded.
    let written = BlobId::of(bob.message().to_bytes());
    let stale = office.pass(envelope, &bob).unwrap_err();
    assert!(matches!(stale, SessionError::Stale { document: DOCUMENT, .. }), "{stale}");
    assert!(office.blobs.open(&written).is_err());
    let command = office.desk().complete_signing(&[bob], &office.state(envelope), noon()).unwrap();
    let refusal = office.run(envelope, Acting::User(office.user(1)), command).refusal().cloned().unwrap();
    assert!(matches!(refusal, Refusal::StaleBase { .. }), "{refusal}");

    // He joins those who signed. What his key signs is the file, so it is the same as before; only the session is new.
    let turn = office.turn(envelope, BOB);
    let again = prepare(&office, &turn, 1).pinned();
    assert_eq!(again.to_be_signed, pinned.to_be_signed);
    assert_ne!(again.base, pinned.base);
    signs(&office, envelope, BOB, 1);
    assert_passed(&office, envelope, PRICES, 2);
    let both = message(&office, envelope);
    let alice = after_alice.signers()[0].to_bytes();
    assert!(both.signers().iter().any(|signer| signer.to_bytes() == alice), "byte for byte");
    let state = office.state(envelope);
    assert_eq!(state.status().name(), StatusName::Finalizing);
    let file = office.desk().open(state.unsigned(DOCUMENT).unwrap()).unwrap();
    assert_eq!(file.read_range(0..file.len()).unwrap(), PRICES, "the file is what it was");
}

/// G5: time, meaning, name, role and place stand in what is signed, and the record says the same.
#[test]
fn what_the_signature_says_is_signed() {
    let office = Office::new();
    let envelope = sent(&office, PRICES, 1);
    let turn = office.turn(envelope, ALICE);
    let signer = FileSigner::new(office.key(0), office.now.get()).location("Osaka");
    let prepared = turn.prepare_file(&signer, meaning(0)).unwrap();
    let shown = "Alice\nTenant\nI agree to the lease\nOsaka\n2026-11-22 12:00:00 +00:00";
    assert_eq!(prepared.statement().to_string(), shown);
    office.begin(envelope, &prepared, 0).accepted().unwrap();
    let session = office.state(envelope).slot(ALICE).unwrap().session().cloned().unwrap();
    let passed = office.pass(envelope, &office.finish(prepared, 0)).unwrap();
    assert_eq!(
        (passed.signed_at(), passed.meaning()),
        (session.signed_at, Some(text("I agree to the lease")))
    );
    assert_eq!((passed.level(), passed.signer()), (SignatureLevel::Advanced, SignerKind::Natural));
    assert_eq!(passed.algorithm(), text("ECDSA P-256 with SHA-256"));
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
    let message = message(&office, envelope);
    assert!(message.is_detached());
    let signer = &message.signers()[0];
    assert_eq!(signer.signing_time(), Some(session.signed_at));
    assert_eq!(Level::of(&message, signer), Level::BaselineB);
    let said = statements(signer);
    let utf8 = |text: &str| asn1::encode(tag::UTF8_STRING, text.as_bytes());
    assert!(said.iter().any(|said| matches!(said, Statement::Commitment(made)
        if made.commitment == CommitmentType::ProofOfApproval
            && made.qualifiers.iter().map(|one| one.value.clone().unwrap()).collect::<Vec<_>>()
                == [utf8("I agree to the lease"), utf8("Alice")])));
    assert!(said.iter().any(|said| matches!(said, Statement::SignerAttributes(claimed)
        if claimed.claimed[0].values()[0].as_ref() == utf8("Tenant"))));
    assert!(said.iter().any(|said| matches!(said, Statement::SignerLocation(location)
        if location.locality.as_deref() == Some("Osaka"))));
    assert!(said.iter().any(|said| matches!(said, Statement::MimeType(mime) if mime.0 == "text/csv")));
}

/// Who has only reviewed has approved nothing.
#[test]
fn what_is_committed_to_is_never_more_than_the_words_say() {
    let office = Office::new();
    for (words, commitment) in [
        (Meaning::Review.words(), CommitmentType::ProofOfReceipt),
        (Meaning::Approval.words(), CommitmentType::ProofOfApproval),
        (Meaning::Responsibility.words(), CommitmentType::ProofOfApproval),
        (Meaning::Authorship.words(), CommitmentType::ProofOfCreation),
        ("I sign", CommitmentType::ProofOfApproval),
    ] {
        let envelope = sent(&office, PRICES, 1);
        let turn = office.turn(envelope, ALICE);
        let signer = FileSigner::new(office.key(0), office.now.get());
        let made = |signer: &FileSigner| {
            let prepared = turn.prepare_file(signer, SignatureMeaning::new("Alice", words)).unwrap();
            let signed = office.finish(prepared, 0);
            let said = statements(&signed.message().signers()[0]);
            said.into_iter().find_map(|said| match said {
                Statement::Commitment(made) => Some(made.commitment),
                _ => None,
            })
        };
        assert_eq!(made(&signer), Some(commitment), "{words}");
        let sent = signer.commitment(CommitmentType::ProofOfSender);
        assert_eq!(made(&sent), Some(CommitmentType::ProofOfSender));
    }
}

/// 21 CFR 11.70, as for PDFs: one envelope, one party, one document, one session.
#[test]
fn a_signature_beside_a_file_is_transplanted_nowhere() {
    let office = Office::new();
    let other = b"article;price\nchair;1.00\n";
    let (envelope, twin, elsewhere) =
        (sent(&office, PRICES, 2), sent(&office, PRICES, 2), sent(&office, other, 2));
    let begun = |envelope, party, person| {
        let turn = office.turn(envelope, party);
        let prepared = prepare(&office, &turn, person);
        office.begin(envelope, &prepared, person).accepted().unwrap();
        (prepared.pinned(), prepared.to_bytes())
    };
    let (pinned, stored) = begun(envelope, ALICE, 0);
    let (pinned_twin, stored_twin) = begun(twin, ALICE, 0);
    // The same person, the same bytes, the same second: and yet something else is signed.
    assert_eq!(pinned.base, pinned_twin.base);
    assert_ne!(pinned.to_be_signed, pinned_twin.to_be_signed);
    begun(elsewhere, ALICE, 0);
    begun(envelope, BOB, 1);
    let turn = office.turn(envelope, ALICE);
    assert!(matches!(turn.resume(&stored_twin), Err(SessionError::Stored { .. })), "another envelope's");
    for strange in [office.turn(elsewhere, ALICE), office.turn(envelope, BOB)] {
        assert!(matches!(strange.resume(&stored), Err(SessionError::Stored { .. })));
    }
    let value = office.key(0).sign(turn.resume(&stored).unwrap().to_be_signed()).unwrap().as_bytes().to_vec();
    let turn_of_twin = office.turn(twin, ALICE);
    let again = turn_of_twin.resume(&stored_twin).unwrap();
    assert!(
        again.finish(SignatureValue::from_bytes(value)).is_err(),
        "the value of one is not that of the other"
    );
    let signed = office.finish(turn.resume(&stored).unwrap(), 0);
    for wrong in [twin, elsewhere] {
        let refused = office.desk().pass(&signed, &office.state(wrong), office.now.get()).unwrap_err();
        assert!(matches!(refused, SessionError::NotBegun { .. }), "{refused}");
    }
    let passed = office.pass(envelope, &signed).unwrap();
    for (wrong, party, person) in [(twin, ALICE, 0), (elsewhere, ALICE, 0), (envelope, BOB, 1)] {
        let refusal = office.complete(wrong, party, person, vec![passed.clone()]).refusal().cloned().unwrap();
        assert!(matches!(refusal, Refusal::ProofDiffers { .. }), "{refusal}");
    }
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
    // Over the other file the message is worth nothing.
    assert_passed(&office, envelope, PRICES, 1);
    assert_eq!(report(&office, envelope, other).indication(), Some(Indication::TotalFailed));
}

#[test]
fn what_was_stored_is_prepared_anew_and_compared() {
    let office = Office::new();
    let envelope = sent(&office, PRICES, 1);
    let turn = office.turn(envelope, ALICE);
    let signer =
        FileSigner::new(office.key(0), noon()).location("Osaka").commitment(CommitmentType::ProofOfOrigin);
    let prepared = turn.prepare_file(&signer, meaning(0)).unwrap();
    office.begin(envelope, &prepared, 0).accepted().unwrap();
    let (stored, pinned) = (prepared.to_bytes(), prepared.pinned());
    let value = office.key(0).sign(prepared.to_be_signed()).unwrap().as_bytes().to_vec();
    drop(prepared);
    assert!(!stored.windows(5).any(|window| window == b"chair"), "nothing of the file is in it");
    for end in 0..stored.len() {
        assert!(turn.resume(&stored[..end]).is_err(), "{end}");
    }
    // Whoever keeps it changes the meaning, or any other bit.
    let agree = stored.windows(7).position(|window| window == b"I agree").unwrap();
    let mut other = stored.clone();
    other[agree] = b'U';
    assert!(matches!(turn.resume(&other), Err(SessionError::Stored { .. })));
    for place in 0..stored.len() {
        let mut other = stored.clone();
        other[place] ^= 1;
        if let Ok(again) = turn.resume(&other) {
            assert_eq!(again.pinned(), pinned, "{place}: it would sign something else");
        }
    }
    let again = turn.resume(&stored).unwrap();
    assert_eq!(again.pinned(), pinned);
    // Another's value, and one that is none.
    let by_bob = office.key(1).sign(again.to_be_signed()).unwrap().as_bytes().to_vec();
    assert!(again.finish(SignatureValue::from_bytes(by_bob)).is_err());
    let signed = turn.resume(&stored).unwrap().finish(SignatureValue::from_bytes(value)).unwrap();
    let passed = office.pass(envelope, &signed).unwrap();
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
    assert_passed(&office, envelope, PRICES, 1);
}

/// A signer whom nobody trusts.
#[test]
fn what_does_not_pass_is_not_recorded() {
    let mut office = Office::new();
    office.people[0].1 = TestPki::at(noon()).signer("Alice", KeyKind::P256);
    let envelope = sent(&office, PRICES, 1);
    let turn = office.turn(envelope, ALICE);
    let prepared = prepare(&office, &turn, 0);
    office.begin(envelope, &prepared, 0).accepted().unwrap();
    let refused = office.pass(envelope, &office.finish(prepared, 0)).unwrap_err();
    assert!(matches!(refused, SessionError::NotPassed { .. }), "{refused}");
    assert!(refused.to_string().contains("signature 1"), "{refused}");
    assert_eq!(office.state(envelope).head(), Revision::FIRST);
}

#[test]
fn a_timestamp_goes_to_its_own_signer() {
    let office = Office::new();
    let envelope = sent(&office, PRICES, 2);
    signs(&office, envelope, BOB, 1);
    let turn = office.turn(envelope, ALICE);
    let prepared = prepare(&office, &turn, 0);
    office.begin(envelope, &prepared, 0).accepted().unwrap();
    let mut signed = office.finish(prepared, 0);
    let address = Address::parse(&office.pki.tsa_url()).unwrap();
    signed.timestamp(&TimestampAuthority::new(address, &office.pki), &mut rng()).unwrap();
    let passed = office.pass(envelope, &signed).unwrap();
    assert!(passed.timestamp().is_some());
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
    let message = message(&office, envelope);
    let levels = |person: usize| {
        let own = |signer: &&SignerInfo| signer.identifier().names(office.key(person).certificate());
        Level::of(&message, message.signers().iter().find(own).unwrap())
    };
    assert_eq!((levels(0), levels(1)), (Level::BaselineT, Level::BaselineB));
    assert_passed(&office, envelope, PRICES, 2);
}

/// The message is what OpenSSL takes, too: all signers over the file, and none over another.
#[test]
#[ignore = "needs OpenSSL: .ci/judges session runs it"]
fn openssl_agrees() {
    let office = Office::new();
    let envelope = sent(&office, PRICES, 2);
    signs(&office, envelope, ALICE, 0);
    signs(&office, envelope, BOB, 1);
    let own = tempfile::tempdir().unwrap();
    // `.ci/judges session` shows them to others, too.
    let folder = std::env::var_os("CHANCERY_JUDGED").map_or_else(|| own.path().to_owned(), PathBuf::from);
    let path = |name: &str| folder.join(name);
    std::fs::write(path("prices.csv"), PRICES).unwrap();
    std::fs::write(path("other.csv"), b"article;price\n").unwrap();
    std::fs::write(path("prices.csv.p7s"), office.document(envelope)).unwrap();
    std::fs::write(path("root.pem"), office.pki.anchors_pem()).unwrap();
    let verified = |content: &str| {
        let mut openssl = Program::new("openssl");
        openssl.args(["cms", "-verify", "-binary", "-inform", "DER", "-cades", "-purpose", "any"]);
        openssl.arg("-attime").arg(noon().as_second().to_string());
        openssl.arg("-in").arg(path("prices.csv.p7s")).arg("-content").arg(path(content));
        openssl.arg("-CAfile").arg(path("root.pem")).arg("-out").arg(path("out"));
        openssl.output().unwrap()
    };
    let good = verified("prices.csv");
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stderr));
    assert!(!verified("other.csv").status.success());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// ∀ files: it is signed as it is, by its bytes alone, and by nothing else.
    #[test]
    fn any_file_is_signed(bytes in prop::collection::vec(any::<u8>(), 0..2000), at in any::<prop::sample::Index>()) {
        let office = Office::new();
        let envelope = sent(&office, &bytes, 1);
        signs(&office, envelope, ALICE, 0);
        assert_passed(&office, envelope, &bytes, 1);
        let mut other = bytes;
        if other.is_empty() {
            other.push(0);
        } else {
            let place = at.index(other.len());
            other[place] ^= 1;
        }
        prop_assert_eq!(report(&office, envelope, &other).indication(), Some(Indication::TotalFailed));
    }
}
