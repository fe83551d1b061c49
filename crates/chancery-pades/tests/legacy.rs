//! Signatures as PDF had them before: over a SHA-1 digest in the message (`adbe.pkcs7.sha1`), and without a message
//! (`adbe.x509.rsa_sha1`). They are read, never made.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ades::{Indication, Policy, Report};
use chancery_certificate::asn1::{self, tag};
use chancery_chain::RevocationPolicy;
use chancery_cms::Preparation;
use chancery_digest::{AnyDigest, LegacyDigest, Source};
use chancery_key::{KeyKind, Signer, SoftwareSigner, ToBeSigned};
use chancery_pades::PdfVerifier;
use chancery_pdf::Reference;
use chancery_testkit::TestPki;
use support::{
    assert_noticed, assert_passed, by_hand, contract, edit_page, indications, kinds, lists, message_by, pki,
    policy, revised, signed_by_hand, verify,
};

const RSA: KeyKind = KeyKind::Rsa { bits: 2048 };
const OVER_DIGEST: &str = "/Type/Sig/SubFilter/adbe.pkcs7.sha1";

/// A policy for files from before, where SHA-1 is only told.
fn lenient(pki: &TestPki, pdf: &dyn Source) -> Report {
    let anchors = chancery_chain::TrustAnchors::new([pki.root().clone()]);
    let policy = Policy::legacy(anchors).evidence(lists(pki));
    PdfVerifier::new(&policy).verify_at(pdf, pki.now()).unwrap()
}

/// A message that encloses these bytes.
fn enclosing(signer: &SoftwareSigner, content: &[u8]) -> Vec<u8> {
    let preparation = Preparation::enclosing(signer.chain(), signer.algorithm(), content.to_vec());
    let prepared = preparation.prepare().unwrap();
    let value = signer.sign(prepared.to_be_signed()).unwrap();
    prepared.finish(value).unwrap().into_bytes()
}

fn over_digest(signer: &SoftwareSigner) -> Vec<u8> {
    signed_by_hand(&contract(), "Old", OVER_DIGEST, |covered| {
        enclosing(signer, LegacyDigest::Sha1.digest(covered).as_bytes())
    })
}

#[test]
fn a_message_over_the_digest_of_the_document_holds_it() {
    let pki = pki();
    let file = over_digest(&pki.signer("Alice", KeyKind::P256));
    let report = lenient(&pki, &file);
    assert_passed(&report, 1);
    assert!(kinds(&report).contains(&"weak-algorithm"), "SHA-1 is told: {report}");
    // However strong the message is, the document hangs on SHA-1.
    assert_noticed(&pki, &file, "weak-algorithm");
    let at = |moment: &str| {
        let policy = policy(&pki, RevocationPolicy::NotChecked);
        PdfVerifier::new(&policy).verify_at(&file, moment.parse().unwrap()).unwrap()
    };
    assert!(kinds(&at("2026-11-21T12:00:00Z")).contains(&"weak-algorithm"));
    assert!(!kinds(&at("2009-01-01T00:00:00Z")).contains(&"weak-algorithm"), "then it was none");
}

#[test]
fn the_digest_of_another_document_is_refused() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let made = |content: &dyn Fn(&[u8]) -> Vec<u8>| {
        signed_by_hand(&contract(), "Old", OVER_DIGEST, |covered| enclosing(&alice, &content(covered)))
    };
    let other = made(&|_| LegacyDigest::Sha1.digest(b"another document").as_bytes().to_vec());
    let whole = made(&|_| b"the document itself".to_vec());
    let longer = made(&|covered| [LegacyDigest::Sha1.digest(covered).as_bytes(), b"\0"].concat());
    // Nothing is enclosed: a detached signature is none of this form.
    let none = signed_by_hand(&contract(), "Old", OVER_DIGEST, message_by(&alice));
    for file in [other, whole, longer, none] {
        let report = lenient(&pki, &file);
        assert_eq!(indications(&report), [Indication::TotalFailed], "{report}");
        assert!(kinds(&report).contains(&"digest-mismatch"), "{report}");
    }
    let changed = revised(&over_digest(&alice), |document, increment| {
        edit_page(document, increment, |page| page.set("Rotate", 90_i64));
    });
    assert_noticed(&pki, &changed, "page-changed");
}

/// A signature value alone, in its OCTET STRING.
fn bare(signer: &SoftwareSigner, covered: &[u8]) -> Vec<u8> {
    let value = signer.sign(&ToBeSigned::new(signer.algorithm(), covered.to_vec())).unwrap();
    asn1::encode(tag::OCTET_STRING, value.as_bytes())
}

fn entries(certificates: &str) -> String {
    format!("/Type/Sig/SubFilter/adbe.x509.rsa_sha1{certificates}")
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("<{digits}>")
}

fn certificates(signer: &SoftwareSigner) -> String {
    let chain: Vec<String> = signer.chain().iter().map(|one| hexadecimal(one.to_der())).collect();
    format!("/Cert[{}]", chain.join(""))
}

#[test]
fn a_signature_without_a_message_is_judged_by_the_certificates_beside_it() {
    let pki = pki();
    let alice = pki.signer("Alice", RSA);
    let in_a_list = certificates(&alice);
    let alone = format!("/Cert{}", hexadecimal(alice.chain()[0].to_der()));
    for (stated, passes) in [(in_a_list.as_str(), true), (alone.as_str(), false)] {
        let file = signed_by_hand(&contract(), "Old", &entries(stated), |covered| bare(&alice, covered));
        let report = verify(&pki, &file);
        assert!(kinds(&report).contains(&"certificate-not-bound"), "{report}");
        assert_eq!(report.signatures()[0].claimed_signer(), Some("Alice"));
        if passes {
            assert_passed(&report, 1);
        } else {
            // The path is not complete, but whose signature it is can be said.
            assert_ne!(indications(&report), [Indication::TotalFailed], "{report}");
        }
    }
}

/// Somebody else's certificate for the same key, or another range, put where a reference leads to.
#[test]
fn what_was_signed_says_whose_it_is_and_what_it_covers() {
    let pki = pki();
    let (alice, mallory) = (pki.signer("Alice", RSA), pki.signer("Mallory", RSA));
    let place = Reference::new(900, 0);
    let naming = |signer: &SoftwareSigner| hexadecimal(signer.chain()[0].to_der()).into_bytes();
    let original = revised(&contract(), |_, increment| increment.put_raw(place, naming(&alice)));
    let file = signed_by_hand(&original, "Old", &entries("/Cert 900 0 R"), |covered| bare(&alice, covered));
    let renamed = revised(&file, |_, increment| increment.put_raw(place, naming(&mallory)));
    for (file, changed) in [(&file, false), (&renamed, true)] {
        let report = verify(&pki, file);
        assert_eq!(report.signatures()[0].claimed_signer(), Some("Alice"), "{report}");
        assert!(!kinds(&report).contains(&"signature-mismatch"), "{report}");
        assert_eq!(kinds(&report).contains(&"object-changed"), changed, "{report}");
    }
    // The range as an object of its own, which the signed bytes hold.
    let direct =
        signed_by_hand(&contract(), "New", &entries(&certificates(&alice)), |covered| bare(&alice, covered));
    assert_passed(&verify(&pki, &direct), 1);
    let at = direct.windows(12).position(|window| window == b"/ByteRange[0").unwrap() + 10;
    let range = direct[at..].split_inclusive(|byte| *byte == b']').next().unwrap().to_vec();
    let mut indirect = direct.clone();
    indirect[at..at + range.len()].fill(b' ');
    indirect[at + 1..at + 8].copy_from_slice(b"900 0 R");
    let indirect = revised(&indirect, |_, increment| increment.put_raw(place, range));
    assert_noticed(&pki, &indirect, "byte-range");
}

#[test]
fn a_signature_without_a_message_that_is_none_is_refused() {
    let pki = pki();
    let (alice, mallory) = (pki.signer("Alice", RSA), pki.signer("Mallory", RSA));
    let (curve, stated) = (pki.signer("Curve", KeyKind::P256), certificates(&alice));
    type Message<'m> = Box<dyn Fn(&[u8]) -> Vec<u8> + 'm>;
    let cases: Vec<(&str, String, Message<'_>)> = vec![
        ("signature-mismatch", stated.clone(), Box::new(|_| bare(&alice, b"another document"))),
        ("signature-mismatch", stated.clone(), Box::new(|covered| bare(&mallory, covered))),
        ("signature-mismatch", certificates(&curve), Box::new(|covered| bare(&alice, covered))),
        ("message-unreadable", stated.clone(), Box::new(message_by(&alice))),
        (
            "contents-padding",
            stated.clone(),
            Box::new(|covered| [bare(&alice, covered), vec![0, 7]].concat()),
        ),
        ("certificate-unreadable", String::new(), Box::new(|covered| bare(&alice, covered))),
        ("certificate-unreadable", "/Cert(none)".into(), Box::new(|covered| bare(&alice, covered))),
    ];
    for (kind, stated, message) in cases {
        let file = signed_by_hand(&contract(), "Old", &entries(&stated), message);
        let report = lenient(&pki, &file);
        assert_eq!(indications(&report), [Indication::TotalFailed], "{kind}: {report}");
        assert!(kinds(&report).contains(&kind), "{kind}: {:?} {report}", kinds(&report));
    }
}

/// Brazil's own name for the form of PAdES: it must bind its certificate as that one does.
#[test]
fn the_form_of_brazil_is_that_of_pades() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let file = signed_by_hand(&contract(), "AD-RB", "/Type/Sig/SubFilter/PBAD.PAdES", message_by(&alice));
    assert_passed(&verify(&pki, &file), 1);
}

/// A usage rights signature is told, with what it covers and whether it holds, and never stands for a signature of the
/// document.
#[test]
fn usage_rights_are_told_and_sign_nothing() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let unlocked = |message: &dyn Fn(&[u8]) -> Vec<u8>| {
        let entries = "/Type/Sig/SubFilter/adbe.pkcs7.detached/Reference[<</TransformMethod/UR3/TransformParams<</V/2.2>>>>]";
        by_hand(&contract(), entries, message, |document, increment, value| {
            support::edit_catalog(document, increment, |catalog| {
                catalog.set("Perms", support::dictionary(&format!("<</UR3 {} 0 R>>", value.number)));
            });
        })
    };
    let report = verify(&pki, &unlocked(&message_by(&alice)));
    assert!(!report.is_signed() && report.indication().is_none(), "{report}");
    assert!(kinds(&report).contains(&"usage-rights-signature"), "{report}");
    assert!(report.to_string().contains("covers revision 2 of 2"), "{report}");

    let other = message_by(&alice);
    let report = verify(&pki, &unlocked(&|_| other(b"another document")));
    assert!(kinds(&report).contains(&"usage-rights-broken"), "{report}");
}
