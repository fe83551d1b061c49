//! Evidence that is read once answers as evidence that is read each time, and no signature is checked twice.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

use chancery_chain::{
    ChainFault, ChainVerifier, Evidence, Limits, PreparedEvidence, ProofsOfExistence, Purpose,
    RevocationPolicy, TrustAnchors,
};
use chancery_key::KeyKind;
use chancery_testkit::{Profile, RevocationReason, TestPki};
use jiff::{SignedDuration, Timestamp};

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

#[test]
fn prepared_evidence_answers_as_the_evidence_itself() {
    let pki = TestPki::at(now());
    let people: Vec<_> =
        ["Alice", "Bob", "Carol"].map(|name| pki.issue(Profile::signer(name, KeyKind::P256))).into();
    pki.revoke(people[1].certificate(), now(), RevocationReason::KeyCompromise);
    let mut evidence = Evidence::new().with_certificate(pki.intermediate().clone());
    pki.crls().into_iter().for_each(|list| evidence.add_crl(list));
    people.iter().for_each(|one| evidence.add_ocsp(pki.ocsp(one.certificate())));
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let prepared = PreparedEvidence::new(&evidence);
    let mut proofs = ProofsOfExistence::new(now() + hours(24));
    proofs.prove(people[0].certificate().to_der(), now() + hours(2));
    for policy in [RevocationPolicy::Require, RevocationPolicy::WhenKnown, RevocationPolicy::NotChecked] {
        let plain = ChainVerifier::new(&anchors, Purpose::DocumentSigning, policy).evidence(&evidence);
        let remembering = plain.clone().prepared(&prepared);
        for verifiers in [
            (plain.clone(), remembering.clone()),
            (plain.clone().proofs(&proofs), remembering.clone().proofs(&proofs)),
            (
                plain.clone().intermediates(people[2].chain()),
                remembering.clone().intermediates(people[2].chain()),
            ),
            (
                plain.clone().for_purpose(Purpose::Timestamping),
                remembering.for_purpose(Purpose::Timestamping),
            ),
        ] {
            for offset in [-24 * 365, -1, 0, 1, 24 * 30, 24 * 365 * 3] {
                for person in &people {
                    let at = now() + hours(offset);
                    let (one, other) = (&verifiers.0, &verifiers.1);
                    let certificate = person.certificate();
                    assert_eq!(
                        one.verify_at(certificate, at),
                        other.verify_at(certificate, at),
                        "{policy:?} {offset}"
                    );
                }
            }
        }
    }
}

/// The second time, not one public-key operation is left to do; another certificate still costs its own.
#[test]
fn what_was_found_out_about_signatures_is_remembered() {
    let pki = TestPki::at(now());
    let (alice, bob) = (
        pki.issue(Profile::signer("Alice", KeyKind::P256)),
        pki.issue(Profile::signer("Bob", KeyKind::P256)),
    );
    let mut evidence = Evidence::new().with_certificate(pki.intermediate().clone());
    pki.crls().into_iter().for_each(|list| evidence.add_crl(list));
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let prepared = PreparedEvidence::new(&evidence);
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    let none = |signature_checks| {
        let mut limits = Limits::default();
        limits.signature_checks = signature_checks;
        limits
    };
    let judge = |certificate, checks| {
        verifier.clone().prepared(&prepared).limits(none(checks)).verify_at(certificate, now())
    };
    // Two certificates and two lists.
    assert!(judge(alice.certificate(), 4).is_ok());
    assert!(judge(alice.certificate(), 0).is_ok());
    let refused = judge(bob.certificate(), 0).unwrap_err();
    assert!(matches!(refused.reason(), ChainFault::BudgetExceeded { .. }), "{refused}");
    assert!(judge(bob.certificate(), 1).is_ok(), "the authority and its list are known");
    let without = verifier.evidence(&evidence).limits(none(3)).verify_at(alice.certificate(), now());
    assert!(without.is_err(), "nothing is remembered without");
}
