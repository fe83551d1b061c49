//! The room that is reserved for a signature is never too small, whatever the key, the algorithm and the chain.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use std::sync::LazyLock;

use chancery_certificate::Certificate;
use chancery_digest::DigestAlgorithm;
use chancery_key::{KeyKind, PublicKey, SignatureAlgorithm, SignatureValue, Signer, SoftwareSigner};
use chancery_pades::{PadesError, PdfSigner};
use chancery_pdf::Object;
use chancery_testkit::pdf::SamplePdf;
use chancery_testkit::{Profile, TestPki};
use proptest::prelude::*;
use support::{now, pki};

const KINDS: [KeyKind; 9] = [
    KeyKind::Rsa { bits: 2048 },
    KeyKind::Rsa { bits: 3072 },
    KeyKind::Rsa { bits: 4096 },
    KeyKind::P256,
    KeyKind::P384,
    KeyKind::P521,
    KeyKind::BrainpoolP256r1,
    KeyKind::BrainpoolP384r1,
    KeyKind::Ed25519,
];

/// Each kind of key with each algorithm that it does.
static SIGNERS: LazyLock<(TestPki, Vec<SoftwareSigner>)> = LazyLock::new(|| {
    let pki = pki();
    let signers = KINDS.into_iter().flat_map(|kind| {
        let identity = pki.issue(Profile::signer("Somebody with a rather long name", kind));
        let able = move |algorithm: &SignatureAlgorithm| identity.signer().with_algorithm(*algorithm).ok();
        algorithms().into_iter().filter_map(move |algorithm| able(&algorithm)).collect::<Vec<_>>()
    });
    let signers = signers.collect();
    (pki, signers)
});

fn algorithms() -> Vec<SignatureAlgorithm> {
    let of_digest = |digest| {
        [
            SignatureAlgorithm::RsaPkcs1v15(digest),
            SignatureAlgorithm::rsa_pss(digest),
            SignatureAlgorithm::Ecdsa(digest),
        ]
    };
    let digests = [
        DigestAlgorithm::Sha256,
        DigestAlgorithm::Sha384,
        DigestAlgorithm::Sha512,
        DigestAlgorithm::Sha3_256,
        DigestAlgorithm::Sha3_512,
    ];
    digests.into_iter().flat_map(of_digest).chain([SignatureAlgorithm::Ed25519]).collect()
}

/// The bytes of `/Contents`, and how many of them are zeros at the end.
fn reserved_and_unused(pdf: &[u8]) -> (usize, usize) {
    let signatures = support::signatures(&pdf.to_vec());
    let contents =
        signatures.first().unwrap().2.get("Contents").and_then(Object::as_string).unwrap().as_bytes();
    let used = contents.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    (contents.len(), contents.len() - used)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_signature_fits_whatever_the_key_the_algorithm_and_the_chain(
        which in any::<prop::sample::Index>(),
        issuers in 0_usize..6,
        reason in "\\PC{0,40}",
    ) {
        let (pki, signers) = &*SIGNERS;
        let signer = which.get(signers);
        let mut chain: Vec<Certificate> = signer.chain().to_vec();
        chain.extend((1..issuers).map(|_| pki.intermediate().clone()));
        chain.truncate(issuers + 1);
        let pdf = SamplePdf::new().to_bytes();
        let pdf_signer = PdfSigner::without_key(&chain, signer.algorithm(), now());
        let prepared = pdf_signer.reason(reason).timestamp_room(0).prepare(&pdf).unwrap();
        let value = signer.sign(prepared.to_be_signed()).unwrap().as_bytes().to_vec();
        let maximal = PublicKey::of(&chain[0]).unwrap().kind().maximal_signature_len();
        prop_assert!(value.len() <= maximal, "{} > {maximal}", value.len());
        let shorter = maximal - value.len();
        let signed = prepared.finish(SignatureValue::from_bytes(value)).unwrap().to_vec().unwrap();
        let (reserved, unused) = reserved_and_unused(&signed);
        // Not too small, and no larger than it may have to be: a length may take octets less where the value is shorter.
        prop_assert!(unused >= shorter.saturating_sub(1) && unused <= shorter + 6, "{unused} of {reserved} for {shorter}");
    }
}

#[test]
fn all_kinds_and_algorithms_are_among_them() {
    let (_, signers) = &*SIGNERS;
    // RSA in three lengths with two paddings and five digests, five curves with five, and Ed25519.
    assert_eq!(signers.len(), 3 * 10 + 5 * 5 + 1);
}

/// A value that is too long for its place is told with both numbers, and nothing is written.
#[test]
fn what_does_not_fit_says_how_much_it_needs() {
    let (pki, signers) = &*SIGNERS;
    let signer = signers.iter().find(|signer| signer.key().public_key().kind() == KeyKind::P384).unwrap();
    let pdf = SamplePdf::new().to_bytes();
    let mut signed = PdfSigner::new(signer, now()).timestamp_room(1).sign(&pdf).unwrap();
    let before = signed.to_vec().unwrap();
    let error = signed.timestamp(&support::authority(pki), &mut support::rng()).unwrap_err();
    assert!(matches!(error, PadesError::NoRoom { need, have, room: 1 } if need > have), "{error}");
    assert_eq!(signed.to_vec().unwrap(), before);
}
