//! Damaged files: refused, unless the caller asks for one reading to be fixed for all readers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::Policy;
use chancery_chain::{RevocationPolicy, TrustAnchors};
use chancery_key::{KeyKind, Signer};
use chancery_pades::{AmbiguousFile, PadesError, PdfSigner, PdfVerifier, StoredPdf};
use chancery_pdf::{Document, PdfError, Repaired};
use chancery_testkit::TestPki;
use jiff::Timestamp;

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// One page, whose cross-reference is lost.
const DAMAGED: &[u8] = b"%PDF-1.7\n1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n\
    2 0 obj\n<</Type /Pages /Kids [3 0 R] /Count 1>>\nendobj\n\
    3 0 obj\n<</Type /Page /Parent 2 0 R /MediaBox [0 0 200 200]>>\nendobj\n\
    trailer\n<</Root 1 0 R /Size 4>>\nstartxref\n4711\n%%EOF\n";

#[test]
fn damaged_files_are_signed_only_by_choice() {
    let pki = TestPki::at(now());
    let alice = pki.signer("Alice", KeyKind::P256);
    for choice in [AmbiguousFile::Refuse, AmbiguousFile::Sign] {
        let error = PdfSigner::new(&alice, now()).ambiguous_file(choice).sign(&DAMAGED).err().unwrap();
        assert!(matches!(error, PadesError::Pdf(PdfError::CrossReference { .. })), "{choice:?}: {error}");
    }
    let signed = PdfSigner::new(&alice, now()).ambiguous_file(AmbiguousFile::Repair).sign(&DAMAGED).unwrap();
    assert_eq!(signed.repairs()[0], Repaired::CrossReference { objects: 3, in_streams: 0 });
    let bytes = signed.to_vec().unwrap();
    assert!(bytes.starts_with(DAMAGED));
    let document = Document::open(&bytes).unwrap();
    assert_eq!((document.revisions().len(), document.ambiguities()), (1, Vec::new()));
    let policy = Policy::new(TrustAnchors::new([pki.root().clone()]), RevocationPolicy::NotChecked);
    let report = PdfVerifier::new(&policy).verify_at(&bytes, now()).unwrap();
    assert!(report.signatures()[0].verdict().proof().is_some(), "{}", report.signatures()[0].verdict());
    // Signed once, it is an ordinary file for the next signer, and whatever is damaged later stays as it is.
    let twice = PdfSigner::new(&alice, now()).sign(&bytes).unwrap().to_vec().unwrap();
    let report = PdfVerifier::new(&policy).verify_at(&twice, now()).unwrap();
    assert!(report.signatures().iter().all(|one| one.verdict().proof().is_some()));
    let cut = &twice[..twice.len() - 12];
    let error = PdfSigner::new(&alice, now()).ambiguous_file(AmbiguousFile::Repair).sign(&cut).err().unwrap();
    assert!(matches!(error, PadesError::Pdf(PdfError::NotRepairable { .. })), "{error}");
}

#[test]
fn a_sound_file_is_not_repaired() {
    let pki = TestPki::at(now());
    let alice = pki.signer("Alice", KeyKind::P256);
    let sound = support::contract();
    let signer = PdfSigner::new(&alice, now());
    let with = signer.clone().ambiguous_file(AmbiguousFile::Repair).prepare(&sound).unwrap();
    assert!(with.repairs().is_empty());
    assert_eq!(with.to_be_signed().bytes(), signer.prepare(&sound).unwrap().to_be_signed().bytes());
}

#[test]
fn the_choice_survives_storage() {
    let pki = TestPki::at(now());
    let alice = pki.signer("Alice", KeyKind::P256);
    let signer = PdfSigner::new(&alice, now()).ambiguous_file(AmbiguousFile::Repair);
    let stored = signer.prepare(&DAMAGED).unwrap().to_bytes();
    let prepared = StoredPdf::from_bytes(&stored).unwrap().with(&DAMAGED).unwrap();
    assert!(!prepared.repairs().is_empty());
    let value = alice.sign(prepared.to_be_signed()).unwrap();
    assert!(prepared.finish(value).is_ok());
}
