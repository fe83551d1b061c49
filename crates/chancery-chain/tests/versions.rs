//! Certificates from before version 3, which could not say what they are for.

#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, Reader, tag};
use chancery_chain::{ChainFault, ChainVerifier, Purpose, RevocationPolicy, TrustAnchors};
use chancery_key::{KeyKind, SoftwareKey, ToBeSigned};
use chancery_testkit::{Profile, TestPki};
use jiff::Timestamp;

/// Whether the extensions stay.
#[derive(Copy, Clone, PartialEq)]
enum Extensions {
    Kept,
    Dropped,
}

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// The same certificate as version 1, signed again.
fn of_version_1(certificate: &Certificate, extensions: Extensions, issuer: &SoftwareKey) -> Certificate {
    let mut fields = Reader::new(certificate.to_be_signed()).expect(tag::SEQUENCE).unwrap().reader();
    fields.expect(tag::constructed(0)).unwrap();
    let mut parts = Vec::new();
    while !fields.is_empty() {
        let field = fields.element().unwrap();
        if field.tag != tag::constructed(3) || extensions == Extensions::Kept {
            parts.push(field.raw);
        }
    }
    let what = ToBeSigned::new(issuer.default_algorithm(), asn1::sequence(&parts));
    let signature = issuer.sign(&what).unwrap();
    let algorithm = issuer.default_algorithm().to_algorithm_identifier().unwrap();
    let der = asn1::sequence(&[what.bytes(), &algorithm, &asn1::bit_string(signature.as_bytes())]);
    Certificate::from_der(&der).unwrap()
}

fn judge(anchor: &Certificate, others: &[Certificate], target: &Certificate) -> Result<(), ChainFault> {
    let anchors = TrustAnchors::new([anchor.clone()]);
    let verifier =
        ChainVerifier::new(&anchors, Purpose::Any, RevocationPolicy::NotChecked).intermediates(others);
    verifier.verify_at(target, now()).map(|_| ()).map_err(|failure| failure.reason().clone())
}

#[test]
fn a_trust_anchor_of_version_1_is_an_authority_because_somebody_made_it_an_anchor() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let old = of_version_1(pki.root(), Extensions::Dropped, pki.root_authority().identity().key());
    assert_eq!(old.version(), 1);
    assert_eq!(judge(&old, &[pki.intermediate().clone()], alice.certificate()), Ok(()));
}

#[test]
fn below_the_anchor_nobody_of_version_1_is_an_authority() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let old = of_version_1(pki.intermediate(), Extensions::Dropped, pki.root_authority().identity().key());
    let fault = judge(pki.root(), std::slice::from_ref(&old), alice.certificate()).unwrap_err();
    assert_eq!(fault, ChainFault::NotAnAuthority { certificate: old });
}

#[test]
fn extensions_before_version_3_are_refused_wherever_they_stand() {
    let pki = TestPki::at(now());
    let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
    let [root, issuing] = [pki.root_authority(), pki.issuing()].map(|authority| authority.identity().key());
    let others = [pki.intermediate().clone()];
    let odd = |certificate, key| of_version_1(certificate, Extensions::Kept, key);
    let refused = |answer: Result<(), ChainFault>| matches!(answer, Err(ChainFault::Malformed { reason, .. }) if reason.contains("version 1"));
    assert!(refused(judge(pki.root(), &others, &odd(alice.certificate(), issuing))));
    assert!(refused(judge(pki.root(), &[odd(pki.intermediate(), root)], alice.certificate())));
    assert!(refused(judge(&odd(pki.root(), root), &others, alice.certificate())));
    assert_eq!(judge(pki.root(), &others, alice.certificate()), Ok(()), "the same certificates as they were");
}
