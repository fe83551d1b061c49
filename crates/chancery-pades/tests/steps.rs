//! Signing in steps: the key elsewhere, storage between, timestamps after.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use std::time::Duration;

use chancery_ades::Existence;
use chancery_cades::CadesError;
use chancery_digest::{AnyDigest, DigestAlgorithm, Digests, Source};
use chancery_http::{Address, AddressRule, BlockingClient};
use chancery_key::{KeyKind, SignatureValue, Signer, SoftwareSigner};
use chancery_pades::{PadesError, PdfSigner, SignedPdf, StoredPdf};
use chancery_testkit::pdf::SamplePdf;
use chancery_testkit::{Misbehaviour, TestPki, TestService};
use chancery_timestamp::{MatchingToken, TimestampAuthority, TimestampError, TokenFault};
use jiff::SignedDuration;
use support::{assert_passed, authority, contains, contract, now, pki, rng, verify};

/// Prepares, stores, joins and finishes with a value that `sign` makes.
fn finish_stored<'s>(
    stored: &[u8],
    pdf: &'s dyn Source,
    value: Vec<u8>,
) -> Result<SignedPdf<'s>, PadesError> {
    StoredPdf::from_bytes(stored)?.with(pdf)?.finish(SignatureValue::from_bytes(value))
}

fn prepared(signer: &SoftwareSigner, pdf: &dyn Source, room: usize) -> (Vec<u8>, Vec<u8>) {
    let pdf_signer = PdfSigner::without_key(signer.chain(), signer.algorithm(), now()).timestamp_room(room);
    let prepared = pdf_signer.prepare(pdf).unwrap();
    (prepared.to_bytes(), signer.sign(prepared.to_be_signed()).unwrap().as_bytes().to_vec())
}

#[test]
fn two_steps_come_to_the_same_as_one() {
    let pki = pki();
    // Deterministic, so that whole files can be compared.
    let eddy = pki.signer("Eddy", KeyKind::Ed25519);
    for (shape, pdf) in support::shapes() {
        let at_once = PdfSigner::new(&eddy, now()).reason("yes").sign(&pdf).unwrap().to_vec().unwrap();
        let signer = PdfSigner::without_key(eddy.chain(), eddy.algorithm(), now()).reason("yes");
        let prepared = signer.prepare(&pdf).unwrap();
        let (stored, value) = (prepared.to_bytes(), eddy.sign(prepared.to_be_signed()).unwrap());
        let later = finish_stored(&stored, &pdf, value.as_bytes().to_vec()).unwrap();
        assert_eq!(later.to_vec().unwrap(), at_once, "{shape}");
        // A day in storage does not change what comes back out of it.
        assert_eq!(StoredPdf::from_bytes(&stored).unwrap().with(&pdf).unwrap().to_bytes(), stored, "{shape}");
    }
}

#[test]
fn every_kind_of_key_can_be_elsewhere() {
    let pki = pki();
    for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Ed25519, KeyKind::Rsa { bits: 2048 }] {
        let signer = pki.signer("Alice", kind);
        let pdf = contract();
        let (stored, value) = prepared(&signer, &pdf, 0);
        let signed = finish_stored(&stored, &pdf, value).unwrap();
        assert_passed(&verify(&pki, &signed), 1);
    }
}

#[test]
fn only_a_digest_leaves_and_nothing_of_the_document_is_stored() {
    // M16
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let secret = "The tenant pays 1000 euro a month";
    let pdf = contract();
    let prepared = PdfSigner::without_key(alice.chain(), alice.algorithm(), now()).prepare(&pdf).unwrap();
    assert!(contains(&pdf, secret.as_bytes()), "or the test would prove nothing");
    for what in [prepared.to_bytes(), prepared.to_be_signed().bytes().to_vec()] {
        for word in ["tenant", "landlord", "1000 euro", "Lease"] {
            assert!(!contains(&what, word.as_bytes()), "{word}");
        }
    }
    assert_eq!(prepared.to_be_signed().digest().as_bytes().len(), 32, "this is what leaves");

    // A document of noise: eight bytes of it in a row would be no coincidence.
    let noise = SamplePdf::new().padding_megabytes(1).to_bytes();
    let start = noise.len() / 2;
    let small = SamplePdf::new().to_bytes();
    let of = |pdf: &Vec<u8>| {
        PdfSigner::without_key(alice.chain(), alice.algorithm(), now()).prepare(pdf).unwrap().to_bytes()
    };
    let stored = of(&noise);
    let windows: std::collections::HashSet<&[u8]> = noise[start..start + 400_000].windows(8).collect();
    assert!(!stored.windows(8).any(|window| windows.contains(window)));
    assert!(stored.len() < of(&small).len() + 100, "what is stored does not grow with the document");
}

#[test]
fn another_document_is_refused() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let (stored, value) = prepared(&alice, &pdf, 0);
    let mut same_length = pdf.clone();
    let place = pdf.windows(4).position(|window| window == b"1000").unwrap();
    same_length[place] = b'9';
    for other in [same_length, SamplePdf::new().to_bytes(), [pdf.as_slice(), b"\n"].concat(), Vec::new()] {
        let error = finish_stored(&stored, &other, value.clone()).err().unwrap();
        assert!(matches!(error, PadesError::OtherDocument), "{error}");
        assert!(error.to_string().contains("not the document that was prepared"), "{error}");
    }
}

#[test]
fn a_value_that_was_not_made_here_is_verified_before_anything_is_written() {
    let pki = pki();
    let (alice, mallory) = (pki.signer("Alice", KeyKind::P256), pki.signer("Mallory", KeyKind::P256));
    let pdf = contract();
    let prepare = |pdf| {
        PdfSigner::without_key(alice.chain(), alice.algorithm(), now())
            .timestamp_room(0)
            .prepare(pdf)
            .unwrap()
    };
    let right = alice.sign(prepare(&pdf).to_be_signed()).unwrap().as_bytes().to_vec();
    assert!(prepare(&pdf).finish(SignatureValue::from_bytes(right.clone())).is_ok());

    let of_mallory = mallory.sign(prepare(&pdf).to_be_signed()).unwrap().as_bytes().to_vec();
    let other_document = SamplePdf::new().to_bytes();
    let over_other = alice.sign(prepare(&other_document).to_be_signed()).unwrap().as_bytes().to_vec();
    let mut flipped = right.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let wrong = [
        of_mallory,
        over_other,
        flipped,
        right[..right.len() - 1].to_vec(),
        Vec::new(),
        vec![0; 64],
        vec![1; 5000],
    ];
    for value in wrong {
        let told = format!("{value:02x?}");
        assert!(prepare(&pdf).finish(SignatureValue::from_bytes(value)).is_err(), "{told}");
    }
    // A signature of our own over something else does not slip through as checked.
    let ours_over_other = alice.sign(prepare(&other_document).to_be_signed()).unwrap();
    assert!(prepare(&pdf).finish(ours_over_other).is_err());
}

#[test]
fn a_stored_form_that_was_changed_never_makes_a_bad_file() {
    let pki = pki();
    let eddy = pki.signer("Eddy", KeyKind::Ed25519);
    let pdf = SamplePdf::new().to_bytes();
    let (stored, value) = prepared(&eddy, &pdf, 0);
    assert!(finish_stored(&stored, &pdf, value.clone()).is_ok(), "unchanged, it finishes");
    for index in 0..stored.len() {
        let mut changed = stored.clone();
        changed[index] ^= 1 << (index % 8);
        if let Ok(signed) = finish_stored(&changed, &pdf, value.clone()) {
            let report = verify(&pki, &signed);
            panic!("byte {index} of {} was changed and nobody noticed: {report}", stored.len());
        }
    }
    for length in 0..stored.len() {
        assert!(StoredPdf::from_bytes(&stored[..length]).is_err(), "cut at {length}");
    }
    let longer = [stored.as_slice(), &[0]].concat();
    let error = StoredPdf::from_bytes(&longer).err().unwrap();
    assert!(matches!(error, PadesError::Stored { .. }), "{error}");
    assert!(error.to_string().starts_with("this is not a stored prepared PDF: "), "{error}");
}

#[test]
fn a_timestamp_proves_the_time() {
    // I11
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let mut signed = PdfSigner::new(&alice, now()).sign(&pdf).unwrap();
    let before = signed.to_vec().unwrap();
    let stamped_at = now() + SignedDuration::from_secs(3);
    pki.set_now(stamped_at);
    signed.timestamp(&authority(&pki), &mut rng()).unwrap();
    let after = signed.to_vec().unwrap();
    assert_eq!(before.len(), after.len(), "the room was there");
    assert!(after.starts_with(&pdf));
    let report = verify(&pki, &signed);
    assert_passed(&report, 1);
    let proof = report.signatures()[0].verdict().proof().unwrap();
    let by = "Test Timestamp Authority".to_owned();
    assert!(
        matches!(proof.existence(), Existence::Proven { before, by: who } if *before == stamped_at && who.contains(&by)),
        "{report}"
    );
}

#[test]
fn a_timestamp_comes_over_the_network_too() {
    let pki = TestPki::on_loopback(now());
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let address = Address::parse(&pki.tsa_url()).unwrap();
    let mut signed = PdfSigner::new(&alice, now()).sign(&pdf).unwrap();

    let careful = TimestampAuthority::new(address.clone(), BlockingClient::new());
    let error = signed.timestamp(&careful, &mut rng()).unwrap_err();
    assert!(
        matches!(timestamp_error(&error), TimestampError::Transport(_)),
        "this machine is not asked: {error}"
    );

    let allowed = TimestampAuthority::new(address, BlockingClient::new().allow(AddressRule::Loopback));
    pki.misbehave(TestService::Timestamp, Misbehaviour::Down);
    let error = signed.timestamp(&allowed, &mut rng()).unwrap_err();
    assert!(matches!(timestamp_error(&error), TimestampError::Transport(_)), "{error}");
    pki.misbehave(TestService::Timestamp, Misbehaviour::Html);
    let error = signed.timestamp(&allowed, &mut rng()).unwrap_err();
    assert!(matches!(timestamp_error(&error), TimestampError::ContentType { .. }), "{error}");
    pki.behave();
    signed.timestamp(&allowed, &mut rng()).unwrap();
    assert_passed(&verify(&pki, &signed), 1);
}

#[track_caller]
fn timestamp_error(error: &PadesError) -> &TimestampError {
    match error {
        PadesError::Signature(CadesError::Timestamp(error)) => error,
        other => panic!("not about the timestamp: {other}"),
    }
}

/// What a service does, what it must come to, and what the text must say.
type BadAnswer = (Misbehaviour, fn(&TimestampError) -> bool, &'static str);

#[test]
fn a_bad_authority_is_told_and_costs_nothing() {
    // I11
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let mut signed = PdfSigner::new(&alice, now()).sign(&pdf).unwrap();
    let before = signed.to_vec().unwrap();
    let hour = Misbehaviour::Slow(Duration::from_secs(3600));
    let bad: [BadAnswer; 8] = [
        (Misbehaviour::Down, |error| matches!(error, TimestampError::Transport(_)), "did not answer"),
        (hour, |error| matches!(error, TimestampError::Transport(_)), "did not answer"),
        (
            Misbehaviour::Html,
            |error| matches!(error, TimestampError::ContentType { .. }),
            "check that the address",
        ),
        (
            Misbehaviour::ServerError,
            |error| matches!(error, TimestampError::Status { status: 503, .. }),
            "503",
        ),
        (
            Misbehaviour::Garbage,
            |error| matches!(error, TimestampError::Malformed { .. }),
            "not a timestamp response",
        ),
        (Misbehaviour::Reject, |error| matches!(error, TimestampError::Rejected(_)), "refused"),
        (Misbehaviour::WrongNonce, |error| matches!(error, TimestampError::NonceMismatch), "ask again"),
        (
            Misbehaviour::WrongSubject,
            |error| matches!(error, TimestampError::Token(TokenFault::ImprintMismatch { .. })),
            "not sound",
        ),
    ];
    for (misbehaviour, is_it, says) in bad {
        pki.misbehave(TestService::Timestamp, misbehaviour);
        let error = signed.timestamp(&authority(&pki), &mut rng()).unwrap_err();
        assert!(is_it(timestamp_error(&error)), "{misbehaviour:?}: {error:?}");
        assert!(error.to_string().contains(says), "{misbehaviour:?}: {error}");
        assert_eq!(signed.to_vec().unwrap(), before, "{misbehaviour:?}: the signature is as it was");
    }
    assert_passed(&verify(&pki, &signed), 1);
    pki.behave();
    signed.timestamp(&authority(&pki), &mut rng()).unwrap();
    assert_passed(&verify(&pki, &signed), 1);
}

#[test]
fn without_room_there_is_no_timestamp_and_the_error_says_how_much() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let mut signed = PdfSigner::new(&alice, now()).timestamp_room(0).sign(&pdf).unwrap();
    let before = signed.to_vec().unwrap();
    let error = signed.timestamp(&authority(&pki), &mut rng()).unwrap_err();
    let PadesError::NoRoom { need, have, room } = error else { panic!("{error}") };
    assert!(need > have && room == 0);
    assert_eq!(signed.to_vec().unwrap(), before, "nothing is half written");
    assert_passed(&verify(&pki, &signed), 1);

    // What the text advises is enough, but for the length of a signature, which may differ by some bytes.
    let advised = need - have + room;
    assert!(error.to_string().contains(&format!("timestamp_room({advised})")), "{error}");
    let mut again = PdfSigner::new(&alice, now()).timestamp_room(advised + 16).sign(&pdf).unwrap();
    again.timestamp(&authority(&pki), &mut rng()).unwrap();
    assert_passed(&verify(&pki, &again), 1);
}

#[test]
fn a_timestamp_over_another_signature_is_refused() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let (pdf, other_pdf) = (contract(), SamplePdf::new().to_bytes());
    let mut signed = PdfSigner::new(&alice, now()).sign(&pdf).unwrap();
    let other = PdfSigner::new(&alice, now()).sign(&other_pdf).unwrap();
    let value = other.signature().message().signers()[0].signature();
    let digest = DigestAlgorithm::Sha256.digest(value);
    assert_eq!(digest, other.signature().timestamp_digest(DigestAlgorithm::Sha256));
    let covered = Digests::over_bytes([DigestAlgorithm::Sha256.into()], value);
    let token = MatchingToken::from_token(&pki.timestamp_token(&digest), &covered).unwrap();
    let before = signed.to_vec().unwrap();
    let error = signed.with_timestamp(&token).unwrap_err();
    assert!(matches!(error, PadesError::Signature(CadesError::TimestampOfOtherSignature)), "{error}");
    assert!(error.to_string().contains("the digest that it gives"), "says what to ask for: {error}");
    assert_eq!(signed.to_vec().unwrap(), before);
}

#[test]
fn of_two_timestamps_the_earlier_counts() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract();
    let mut signed = PdfSigner::new(&alice, now()).sign(&pdf).unwrap();
    pki.set_now(now() + SignedDuration::from_hours(2));
    signed.timestamp(&authority(&pki), &mut rng()).unwrap();
    pki.set_now(now() + SignedDuration::from_hours(1));
    signed.timestamp(&authority(&pki), &mut rng()).unwrap();
    pki.set_now(now() + SignedDuration::from_hours(3));
    let report = verify(&pki, &signed);
    assert_passed(&report, 1);
    let proof = report.signatures()[0].verdict().proof().unwrap();
    assert_eq!(proof.time(), now() + SignedDuration::from_hours(1));
}

#[test]
fn each_of_two_signers_has_a_timestamp() {
    let pki = pki();
    let (alice, bob) = (pki.signer("Alice", KeyKind::P256), pki.signer("Bob", KeyKind::Rsa { bits: 2048 }));
    let pdf = contract();
    let mut once = PdfSigner::new(&alice, now()).sign(&pdf).unwrap();
    once.timestamp(&authority(&pki), &mut rng()).unwrap();
    let mut twice = PdfSigner::new(&bob, now()).sign(&once).unwrap();
    twice.timestamp(&authority(&pki), &mut rng()).unwrap();
    let report = verify(&pki, &twice);
    assert_passed(&report, 2);
    for signature in report.signatures() {
        let proof = signature.verdict().proof().unwrap();
        assert!(matches!(proof.existence(), Existence::Proven { .. }), "{report}");
    }
}
