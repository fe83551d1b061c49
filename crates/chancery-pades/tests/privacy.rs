//! What leaves the house, and what is stored: row M16 for PDF.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

#[path = "support/office.rs"]
mod office;
mod support;

use std::collections::HashSet;
use std::sync::Mutex;

use chancery_digest::DigestAlgorithm;
use chancery_http::{Address, Request, Response, Transport, TransportError};
use chancery_key::{KeyKind, SignatureValue, Signer, ToBeSigned};
use chancery_pades::{LastingPdf, PdfSigner, StoredPdf};
use chancery_testkit::TestPki;
use chancery_testkit::pdf::contract_pdf;
use chancery_timestamp::TimestampAuthority;
use office::Office;
use proptest::prelude::*;
use support::{assert_passed, contains, now, pki, rng, verify};

/// A transport that keeps what was sent.
struct Recording<'a> {
    pki: &'a TestPki,
    sent: Mutex<Vec<Vec<u8>>>,
}

impl Transport for Recording<'_> {
    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let mut all = request.address().to_string().into_bytes();
        for (name, value) in request.headers() {
            all.extend_from_slice(name.as_str().as_bytes());
            all.extend_from_slice(value.as_bytes());
        }
        all.extend_from_slice(request.body());
        self.sent.lock().unwrap().push(all);
        self.pki.send(request)
    }
}

/// Whether 16 bytes in a row of the document stand in the other.
fn shares_16_bytes(document: &[u8], other: &[u8]) -> bool {
    let windows: HashSet<&[u8]> = document.windows(16).collect();
    other.windows(16).any(|window| windows.contains(window))
}

#[test]
fn through_all_levels_only_digests_and_names_of_certificates_are_sent() {
    // M16
    let office = Office::open();
    let transport = Recording { pki: &office.pki, sent: Mutex::default() };
    let tsa = TimestampAuthority::new(Address::parse(&office.pki.tsa_url()).unwrap(), &transport);
    let secret = "The tenant pays 1000 euro a month.";
    let pdf = contract_pdf("Lease of a flat by the sea", &[secret]);
    assert!(contains(&pdf, secret.as_bytes()), "or the test would prove nothing");

    let mut signed = office.signed(&pdf);
    office.wait();
    signed.timestamp(&tsa, &mut rng()).unwrap();
    let stamped = signed.lasting();
    office.wait();
    let verifier = office.verifier();
    let collector = stamped.collector(&verifier, &verifier, office.pki.now()).unwrap();
    let preserved = stamped.preserve(&collector.collect(&transport).unwrap()).unwrap();
    office.wait();
    let prepared = preserved.prepare_archive(DigestAlgorithm::Sha256).unwrap();
    let archive_digest = *prepared.digest();
    let archived = preserved.archive(&tsa, &mut rng()).unwrap();

    let sent = transport.sent.into_inner().unwrap();
    assert!(sent.len() > 4, "{}", sent.len());
    for (number, request) in sent.iter().enumerate() {
        assert!(!shares_16_bytes(&pdf, request), "request {number}");
        assert!(request.len() < 500, "request {number} has {} bytes", request.len());
    }
    let signature = signed.signature().timestamp_digest(DigestAlgorithm::Sha256);
    for digest in [signature, archive_digest] {
        assert!(sent.iter().any(|request| contains(request, digest.as_bytes())), "the digest is sent");
    }
    assert_passed(&office.judge(&archived), 2);
}

#[test]
fn neither_the_key_nor_the_storage_sees_the_document_which_is_needed_again_in_the_end() {
    // M16
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let pdf = contract_pdf("Lease of a flat by the sea", &["The tenant pays 1000 euro a month."]);
    // Where the document is: the key is elsewhere.
    let signer = PdfSigner::without_key(alice.chain(), alice.algorithm(), now()).reason("agreed");
    let prepared = signer.prepare(&pdf).unwrap();
    let (stored, asked) = (prepared.to_bytes(), prepared.to_be_signed().bytes().to_vec());
    drop(prepared);
    assert!(!shares_16_bytes(&pdf, &stored) && !shares_16_bytes(&pdf, &asked));
    // Where the key is: nothing but the signed attributes arrived.
    let value = alice.sign(&ToBeSigned::new(alice.algorithm(), asked)).unwrap().as_bytes().to_vec();
    // Days later, where the document is; with another one, nothing is written.
    let other = contract_pdf("Lease of a flat by the sea", &["The tenant pays 9000 euro a month."]);
    assert!(StoredPdf::from_bytes(&stored).unwrap().with(&other).is_err());
    let prepared = StoredPdf::from_bytes(&stored).unwrap().with(&pdf).unwrap();
    let signed = prepared.finish(SignatureValue::from_bytes(value)).unwrap();
    assert_passed(&verify(&pki, &signed), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// No 16 bytes of any document, whatever it says.
    #[test]
    fn what_is_stored_holds_nothing_of_the_document(
        title in "[ -~]{0,60}",
        lines in prop::collection::vec("[ -~]{0,80}", 0..40),
    ) {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let pdf = contract_pdf(&title, &lines);
        let prepared = PdfSigner::new(&office().alice, now()).prepare(&pdf).unwrap();
        prop_assert!(!shares_16_bytes(&pdf, &prepared.to_bytes()));
        prop_assert!(!shares_16_bytes(&pdf, prepared.to_be_signed().bytes()));
        let prepared = LastingPdf::new(&pdf).prepare_timestamp(DigestAlgorithm::Sha256).unwrap();
        prop_assert!(!shares_16_bytes(&pdf, &prepared.to_bytes()));
    }
}

fn office() -> &'static Office {
    static OFFICE: std::sync::LazyLock<Office> = std::sync::LazyLock::new(Office::open);
    &OFFICE
}
