//! Bad input: every error names the thing and says what to do, and no file is left half written.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use chancery_ades::Indication;
use chancery_chain::RevocationPolicy;
use chancery_digest::{FileSource, Source};
use chancery_key::{
    KeyError, KeyKind, Password, SignatureValue, Signer, SignerError, SoftwareSigner, ToBeSigned,
};
use chancery_pades::{OutsideValidity, PadesError, PdfSigner, PdfVerifier};
use chancery_pdf::PdfError;
use chancery_testkit::pdf::{CrossReference, SamplePdf};
use chancery_testkit::{Profile, test_key};
use jiff::SignedDuration;
use support::{contract, indications, now, pki, verify};

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../chancery-pdf/tests/fixtures");
    fs::read(folder.join(name)).unwrap()
}

fn refusal(pdf: &dyn Source) -> PadesError {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    PdfSigner::new(&alice, now()).sign(pdf).err().unwrap_or_else(|| panic!("it was signed"))
}

#[test]
fn what_is_no_pdf_is_called_that() {
    for bytes in [Vec::new(), b"hello".to_vec(), b"PK\x03\x04 a Word document".to_vec(), vec![0; 100_000]] {
        let error = refusal(&bytes);
        assert!(matches!(error, PadesError::Pdf(PdfError::NotPdf { .. })), "{error:?}");
        assert!(error.to_string().starts_with("this is not a PDF"), "{error}");
    }
}

#[test]
fn a_file_cut_anywhere_is_refused_and_never_panics() {
    let pki = pki();
    let eddy = pki.signer("Eddy", KeyKind::Ed25519);
    for kind in
        [CrossReference::Table, CrossReference::Stream, CrossReference::ObjectStreams, CrossReference::Hybrid]
    {
        let whole = SamplePdf::new().extra_objects(2).cross_reference(kind).to_bytes();
        // Nothing is missing as long as the offset after `startxref` is whole.
        let readable_from = whole.len() - "\n%%EOF\n".len();
        for length in 0..whole.len() {
            let cut = whole[..length].to_vec();
            match PdfSigner::new(&eddy, now()).timestamp_room(0).prepare(&cut) {
                Ok(_) => assert!(length >= readable_from, "{kind:?}, cut at {length} of {}", whole.len()),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    }
    let cut = chancery_testkit::pdf::truncated(&contract());
    let error = refusal(&cut);
    assert!(matches!(error, PadesError::Pdf(PdfError::StartMissing { .. })), "{error:?}");
    assert!(error.to_string().contains("get a complete copy"), "{error}");
}

#[test]
fn a_signed_file_cut_anywhere_never_passes() {
    let pki = pki();
    let eddy = pki.signer("Eddy", KeyKind::Ed25519);
    let original = SamplePdf::new().to_bytes();
    let signed = PdfSigner::new(&eddy, now()).timestamp_room(0).sign(&original).unwrap().to_vec().unwrap();
    let policy = support::policy(&pki, RevocationPolicy::NotChecked);
    for length in 0..signed.len() {
        let cut = signed[..length].to_vec();
        // What is left of it may be the original, which has no signature; bytes after it are told.
        if let Ok(report) = PdfVerifier::new(&policy).verify_at(&cut, now()) {
            assert_ne!(report.indication(), Some(Indication::TotalPassed), "cut at {length}: {report}");
            let told = support::kinds(&report).contains(&"bytes-after-end");
            assert!(
                report.indication().is_some() || told || length <= original.len(),
                "cut at {length}: {report}"
            );
        }
    }
}

#[test]
fn an_encrypted_document_needs_its_password() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    for name in ["rc4-128.pdf", "aes-128.pdf", "aes-256-r6.pdf"] {
        let pdf = fixture(name);
        let error = refusal(&pdf);
        assert!(matches!(error, PadesError::Pdf(PdfError::Encrypted)), "{name}: {error:?}");
        assert!(error.to_string().contains("open it with its password"), "{error}");
        let with = |password: &str| PdfSigner::new(&alice, now()).password(Password::from(password), [1; 32]);
        let error = with("wrong").sign(&pdf).err().unwrap();
        assert!(matches!(error, PadesError::Pdf(PdfError::WrongPassword)), "{name}: {error:?}");
        assert_eq!(error.to_string(), "the password is wrong");

        let policy = support::policy(&pki, RevocationPolicy::NotChecked);
        let verifier = PdfVerifier::new(&policy);
        assert!(
            matches!(verifier.verify_at(&pdf, now()), Err(PadesError::Pdf(PdfError::Encrypted))),
            "{name}"
        );
        let wrong = Password::from("wrong");
        let refused = verifier.password(&wrong).verify_at(&pdf, now());
        assert!(matches!(refused, Err(PadesError::Pdf(PdfError::WrongPassword))), "{name}");
    }
}

#[test]
fn a_document_without_pages_is_told() {
    let error = refusal(&SamplePdf::new().pages(0).to_bytes());
    assert!(matches!(error, PadesError::Pdf(_)), "{error:?}");
    assert!(error.to_string().contains("page"), "names the thing: {error}");
}

#[test]
fn a_damaged_table_is_told_with_its_place() {
    let whole = contract();
    let table = whole.windows(5).position(|window| window == b"\nxref").unwrap() + 1;
    let mut told = 0;
    // One digit after another of the offset of the catalog, the first object.
    for digit in 0..10 {
        let mut damaged = whole.clone();
        let entry = table + "xref\n0 ".len();
        let line = entry + damaged[entry..].iter().position(|byte| *byte == b'\n').unwrap() + 1 + 20;
        let place = line + digit;
        damaged[place] = if damaged[place] == b'9' { b'8' } else { damaged[place] + 1 };
        let error = refusal(&damaged);
        assert!(matches!(error, PadesError::Pdf(_) | PadesError::Ambiguous(_)), "{error:?}");
        told += usize::from(error.to_string().contains("byte") || error.to_string().contains("object"));
    }
    assert_eq!(told, 10, "every error says where");

    let mut damaged = whole.clone();
    damaged[table..table + 4].copy_from_slice(b"yref");
    let error = refusal(&damaged);
    assert!(error.to_string().contains(&table.to_string()), "{error}");
}

#[test]
fn a_certificate_that_does_not_match_its_key_is_refused() {
    let pki = pki();
    let (alice, bob) = (
        pki.issue(Profile::signer("Alice", KeyKind::P256)),
        pki.issue(Profile::signer("Bob", KeyKind::P256)),
    );
    let error = SoftwareSigner::new(test_key(KeyKind::P256, 0), alice.chain().to_vec()).err().unwrap();
    assert!(
        matches!(&error, KeyError::NotThePair { certificate } if certificate.contains("Alice")),
        "{error}"
    );

    // The key is elsewhere, and the wrong one: found when its value comes.
    let pdf = contract();
    let signer = alice.signer();
    let prepared = PdfSigner::without_key(bob.chain(), signer.algorithm(), now()).prepare(&pdf).unwrap();
    let value = signer.sign(prepared.to_be_signed()).unwrap();
    let error = prepared.finish(SignatureValue::from_bytes(value.as_bytes().to_vec())).err().unwrap();
    assert!(matches!(error, PadesError::Message(_)), "{error:?}");

    // A signer of one's own that lies about its certificate is found out as well.
    let liar = Liar { chain: bob.chain().to_vec(), key: alice.signer() };
    assert!(PdfSigner::new(&liar, now()).sign(&pdf).is_err());
}

/// Shows one certificate and signs with the key of another.
struct Liar {
    chain: Vec<chancery_certificate::Certificate>,
    key: SoftwareSigner,
}

impl Signer for Liar {
    fn chain(&self) -> &[chancery_certificate::Certificate] {
        &self.chain
    }

    fn algorithm(&self) -> chancery_key::SignatureAlgorithm {
        self.key.algorithm()
    }

    fn sign(&self, to_be_signed: &ToBeSigned) -> Result<SignatureValue, SignerError> {
        self.key.sign(to_be_signed)
    }
}

/// Somebody who says no.
struct Unwilling(SoftwareSigner);

impl Signer for Unwilling {
    fn chain(&self) -> &[chancery_certificate::Certificate] {
        self.0.chain()
    }

    fn algorithm(&self) -> chancery_key::SignatureAlgorithm {
        self.0.algorithm()
    }

    fn sign(&self, _: &ToBeSigned) -> Result<SignatureValue, SignerError> {
        Err(SignerError::Refused { reason: "wrong PIN, two tries left".into() })
    }
}

#[test]
fn a_signer_that_refuses_is_heard() {
    let unwilling = Unwilling(pki().signer("Alice", KeyKind::P256));
    let error = PdfSigner::new(&unwilling, now()).sign(&contract()).err().unwrap();
    assert!(matches!(error, PadesError::Signer(SignerError::Refused { .. })), "{error:?}");
    assert!(error.to_string().contains("wrong PIN, two tries left"), "{error}");
}

#[test]
fn without_a_certificate_nothing_is_signed() {
    let pdf = contract();
    let algorithm = chancery_key::SignatureAlgorithm::Ed25519;
    let error = PdfSigner::without_key(&[], algorithm, now()).prepare(&pdf).err().unwrap();
    assert!(matches!(error, PadesError::NoCertificate), "{error:?}");
    assert!(error.to_string().contains("its first certificate must be the signer's"), "{error}");
}

#[test]
fn outside_its_validity_a_certificate_signs_only_when_told() {
    let pki = pki();
    let pdf = contract();
    let (day, year) = (SignedDuration::from_hours(24), SignedDuration::from_hours(24 * 365));
    let expired =
        pki.issue(Profile::signer("Late Larry", KeyKind::P256).valid(now() - year, now() - day)).signer();
    let error = PdfSigner::new(&expired, now()).sign(&pdf).err().unwrap();
    assert!(
        matches!(&error, PadesError::CertificateExpired { subject, .. } if subject == "Late Larry"),
        "{error:?}"
    );
    assert!(error.to_string().contains("renew it, or say `OutsideValidity::Sign`"), "{error}");

    let early =
        pki.issue(Profile::signer("Early Eve", KeyKind::P256).valid(now() + day, now() + year)).signer();
    let error = PdfSigner::new(&early, now()).sign(&pdf).err().unwrap();
    assert!(
        matches!(&error, PadesError::CertificateNotYetValid { subject, .. } if subject == "Early Eve"),
        "{error:?}"
    );
    assert!(error.to_string().contains("valid only from"), "{error}");

    // Who signs before the certificate is valid has signed for nothing (EN 319 102-1, 5.5.4 step 4 b).
    for (signer, expected, word) in [
        (expired, Indication::Indeterminate, "OUT_OF_BOUNDS"),
        (early, Indication::TotalFailed, "NOT_YET_VALID"),
    ] {
        let told = PdfSigner::new(&signer, now()).outside_validity(OutsideValidity::Sign);
        let signed = told.sign(&pdf).unwrap();
        let report = verify(&pki, &signed);
        assert_eq!(indications(&report), [expected], "{report}");
        assert!(report.to_string().contains(word), "{report}");
    }
    // The last second counts, the next does not.
    let brief = pki.issue(Profile::signer("Brief", KeyKind::P256).valid(now() - day, now())).signer();
    assert!(PdfSigner::new(&brief, now()).sign(&pdf).is_ok());
    let second = SignedDuration::from_secs(1);
    assert!(PdfSigner::new(&brief, now() + second).sign(&pdf).is_err());
    assert!(PdfSigner::new(&brief, now() - day - second).sign(&pdf).is_err());
}

/// A document on a medium that breaks when told.
struct Breaking {
    bytes: Vec<u8>,
    broken: AtomicBool,
}

impl Source for Breaking {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if self.broken.load(Ordering::Relaxed) && offset > 300_000 {
            return Err(io::Error::other("the disk is gone"));
        }
        self.bytes.read_at(offset, buffer)
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn saving_leaves_a_whole_file_or_none() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let folder = tempfile::tempdir().unwrap();
    let source =
        Breaking { bytes: SamplePdf::new().padding_megabytes(1).to_bytes(), broken: AtomicBool::new(false) };
    let signed = PdfSigner::new(&alice, now()).sign(&source).unwrap();
    let out = folder.path().join("signed.pdf");

    source.broken.store(true, Ordering::Relaxed);
    let error = signed.save(&out).unwrap_err();
    assert_eq!(error.to_string(), "the disk is gone");
    assert_eq!(names_in(folder.path()), Vec::<String>::new(), "no partial output");

    fs::write(&out, b"what was there").unwrap();
    signed.save(&out).unwrap_err();
    assert_eq!(fs::read(&out).unwrap(), b"what was there");
    assert_eq!(names_in(folder.path()), ["signed.pdf"]);

    source.broken.store(false, Ordering::Relaxed);
    signed.save(&out).unwrap();
    assert_eq!(fs::read(&out).unwrap(), signed.to_vec().unwrap());
    assert_eq!(names_in(folder.path()), ["signed.pdf"]);

    // A folder has the name, a folder is missing, there is no name.
    let taken = folder.path().join("taken");
    fs::create_dir(&taken).unwrap();
    fs::write(taken.join("inside"), b"").unwrap();
    signed.save(&taken).unwrap_err();
    assert_eq!(names_in(folder.path()), ["signed.pdf", "taken"]);
    assert_eq!(
        signed.save(folder.path().join("missing/signed.pdf")).unwrap_err().kind(),
        io::ErrorKind::NotFound
    );
    assert_eq!(signed.save("/").unwrap_err().kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn the_input_file_is_untouched() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("in.pdf"), folder.path().join("out.pdf"));
    fs::write(&input, contract()).unwrap();
    let modified = fs::metadata(&input).unwrap().modified().unwrap();
    let source = FileSource::open(&input).unwrap();
    PdfSigner::new(&alice, now()).sign(&source).unwrap().save(&output).unwrap();
    assert_eq!(fs::read(&input).unwrap(), contract());
    assert_eq!(fs::metadata(&input).unwrap().modified().unwrap(), modified);
    let from_file = FileSource::open(&output).unwrap();
    support::assert_passed(&verify(&pki, &from_file), 1);
}

#[test]
fn a_source_that_cannot_be_read_is_an_error_of_its_own() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let bytes = SamplePdf::new().padding_megabytes(1).to_bytes();
    let source = Breaking { bytes, broken: AtomicBool::new(true) };
    let error = PdfSigner::new(&alice, now()).sign(&source).err().unwrap();
    assert!(matches!(error, PadesError::Pdf(PdfError::Read(_)) | PadesError::Io(_)), "{error:?}");
    assert!(error.to_string().contains("the disk is gone"), "{error}");

    let source = Breaking { bytes: source.bytes, broken: AtomicBool::new(false) };
    let signed = PdfSigner::new(&alice, now()).sign(&source).unwrap();
    source.broken.store(true, Ordering::Relaxed);
    let policy = support::policy(&pki, RevocationPolicy::NotChecked);
    let error = PdfVerifier::new(&policy).verify_at(&signed, now()).err().unwrap();
    assert!(error.to_string().contains("the disk is gone"), "not a verdict: {error}");
}
