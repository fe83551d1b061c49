//! Much evidence, most of it worthless or forged.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod case;

use case::{Case, current, hours, now, revoked_since};
use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, tag};
use chancery_chain::{
    ChainFailure, ChainFault, ChainVerifier, Evidence, EvidenceFault, Limits, ProofsOfExistence, Purpose,
    RevocationPolicy, RevocationReason, RevocationStatus, TrustAnchors, VerifiedChain,
};
use chancery_key::{KeyKind, ToBeSigned};
use chancery_testkit::{
    CrlProfile, OcspAnswer, OcspStatus, Profile, Revocation, RevocationReason as TestReason, TestExtension,
};
use const_oid::ObjectIdentifier as Oid;

/// No more signature checks than this.
fn checks(allowed: u64) -> Limits {
    let mut limits = Limits::default();
    limits.signature_checks = allowed;
    limits
}

/// The same bytes with another signature, another one for each number.
fn forged(mut der: Vec<u8>, number: u16) -> Vec<u8> {
    // Never by nothing: overwritten, the signature would now and then be what it was.
    let end = der.len() - 2;
    der[end..].iter_mut().zip((number + 1).to_be_bytes()).for_each(|(byte, change)| *byte ^= change);
    der
}

fn with_limits(case: &Case, evidence: &Evidence, limits: Limits) -> Result<VerifiedChain, ChainFailure> {
    case.verify_with(evidence, now(), move |verifier| verifier.limits(limits))
}

#[test]
fn what_does_not_matter_costs_nothing() {
    let case = Case::new();
    let stranger = Case::new();
    let bob = case.pki.issue(Profile::signer("Bob", KeyKind::P256));
    let good = case.list(&current());
    // Two certificates, two lists.
    assert!(with_limits(&case, &good, checks(4)).is_ok());
    assert!(with_limits(&case, &good, checks(3)).is_err());
    let mut evidence = Evidence::new();
    let other = stranger.pki.root_authority().sign_crl(&current());
    let about_bob = OcspAnswer::about(bob.certificate(), case.pki.issuing(), hours(-1)).sign();
    let outdated = case.sign(&CrlProfile::new(hours(-9)).next_update(hours(-2)));
    let older = case.sign(&CrlProfile::new(hours(-9)).next_update(hours(9)));
    let idp = TestExtension::critical(Oid::new_unwrap("2.5.29.28"), asn1::sequence(&[&[0x82, 1, 0xff]]));
    let of_authorities = case.sign(&current().extension(idp));
    for number in 0..2_000 {
        for junk in [&other, &about_bob, &outdated, &older, &of_authorities] {
            evidence.add_crl(forged(junk.clone(), number));
        }
        evidence.add_ocsp(forged(about_bob.clone(), number));
        evidence.add_ocsp(vec![0x30, 2, 5, 0]);
    }
    evidence.extend(good);
    let chain = with_limits(&case, &evidence, checks(4)).unwrap();
    assert!(matches!(&chain.revocation()[0], RevocationStatus::Good(good) if good.this_update == hours(-1)));
}

#[test]
fn reasons_are_told_once_and_not_without_end() {
    let case = Case::new();
    let mut evidence = case.above();
    let outdated = case.sign(&CrlProfile::new(hours(-9)).next_update(hours(-2)));
    for number in 0..1_000 {
        evidence.add_crl(forged(outdated.clone(), number));
    }
    let faults = case::because(case.require(&evidence));
    assert!(matches!(faults[..], [EvidenceFault::Outdated { .. }]), "{faults:?}");
    for minutes in 0..200 {
        let list =
            CrlProfile::new(hours(-9)).next_update(hours(-2) - jiff::SignedDuration::from_mins(minutes));
        evidence.add_crl(case.sign(&list));
    }
    assert_eq!(case::because(case.require(&evidence)).len(), 64);
}

#[test]
fn forged_evidence_hides_no_revocation() {
    let case = Case::new();
    let mut evidence = case.above().with_ocsp(case.about(hours(-20)).sign());
    for number in 0..300 {
        evidence.add_ocsp(forged(case.about(hours(0)).sign(), number));
        evidence.add_crl(forged(case.sign(&CrlProfile::new(hours(0)).next_update(hours(9))), number));
    }
    let list = case.revoked(current(), -2, TestReason::KeyCompromise);
    let evidence = evidence.with_crl(case.sign(&list));
    // The anchor is the issuer, or a path is to be found first.
    for anchor in [case.pki.intermediate(), case.pki.root()] {
        let anchors = TrustAnchors::new([anchor.clone()]);
        for policy in [RevocationPolicy::Require, RevocationPolicy::WhenKnown] {
            let others = [case.pki.intermediate().clone()];
            let answer = ChainVerifier::new(&anchors, Purpose::DocumentSigning, policy)
                .intermediates(&others)
                .evidence(&evidence)
                .verify_at(case.alice.certificate(), now());
            assert_eq!(revoked_since(&answer), Some((hours(-2), RevocationReason::KeyCompromise)));
        }
    }
}

#[test]
fn revocations_that_cannot_all_be_judged_are_no_pass() {
    let case = Case::new();
    let claim = case.revoked(current(), -2, TestReason::KeyCompromise);
    let revoked = OcspStatus::Revoked(Revocation::new(hours(-2), TestReason::KeyCompromise));
    let claims = [case.sign(&claim), case.about(hours(-1)).status(revoked).sign()];
    for (kind, der) in claims.iter().enumerate() {
        let mut evidence = case.list(&current());
        for number in 0..300 {
            let junk = forged(der.clone(), number);
            if kind == 0 { evidence.add_crl(junk) } else { evidence.add_ocsp(junk) }
        }
        for policy in [RevocationPolicy::Require, RevocationPolicy::WhenKnown] {
            let anchors = TrustAnchors::new([case.pki.root().clone()]);
            let others = [case.pki.intermediate().clone()];
            let failure = ChainVerifier::new(&anchors, Purpose::DocumentSigning, policy)
                .intermediates(&others)
                .evidence(&evidence)
                .verify_at(case.alice.certificate(), now())
                .unwrap_err();
            assert!(matches!(failure.reason(), ChainFault::BudgetExceeded { .. }), "{failure}");
        }
    }
}

#[test]
fn so_much_forged_silence_that_nothing_is_found_is_said() {
    let case = Case::new();
    let mut evidence = case.list(&current());
    for number in 0..300 {
        evidence.add_crl(forged(case.sign(&CrlProfile::new(hours(0)).next_update(hours(9))), number));
    }
    let failure = case.require(&evidence).unwrap_err();
    assert!(matches!(failure.reason(), ChainFault::BudgetExceeded { .. }), "{failure}");
    // Fewer than the budget stand in nobody's way.
    let mut evidence = case.list(&current());
    for number in 0..100 {
        evidence.add_crl(forged(case.sign(&CrlProfile::new(hours(0)).next_update(hours(9))), number));
    }
    assert!(case.require(&evidence).is_ok());
    // Nor do those that name another key, however many they are.
    let impostor = case.pki.issuing().impostor();
    let other_key = impostor.sign_crl(&CrlProfile::new(hours(0)).next_update(hours(9)));
    for number in 0..2_000 {
        evidence.add_crl(forged(other_key.clone(), number));
    }
    assert!(case.require(&evidence).is_ok());
}

#[test]
fn a_crowd_of_responders_stands_in_nobodys_way() {
    let case = Case::new();
    let responder = case.pki.issue(Profile::ocsp_responder("Responder", KeyKind::P256));
    // Certificates of the responder's own key that others made, for an answer that is forged but newer.
    let impostor = case.pki.issuing().impostor();
    let crowd: Vec<_> = (0..300)
        .map(|number| {
            let name = format!("Responder {number}");
            let profile = Profile::ocsp_responder(&name, KeyKind::P256).with_key(responder.key());
            impostor.issue(profile).certificate().clone()
        })
        .collect();
    let hostile = case.about(hours(0)).delegated(&responder).bringing(crowd);
    let evidence = case.list(&current()).with_ocsp(forged(hostile.sign(), 7));
    let limits = checks(20);
    assert!(with_limits(&case, &evidence, limits).is_ok());
    // Who was not delegated by the issuer is not even asked whether it signed.
    let answer = case.about(hours(-1)).delegated(&responder);
    let crowd = case.above().with_ocsp(answer.sign());
    assert!(with_limits(&case, &crowd, checks(5)).is_ok());
}

/// An answer that nobody signed, names the signer as revoked, and brings these certificates.
fn poison(case: &Case, certificates: Vec<Certificate>) -> Vec<u8> {
    let revocation = Revocation::new(hours(-5), TestReason::KeyCompromise);
    let answer = case.about(hours(-1)).status(OcspStatus::Revoked(revocation)).bringing(certificates);
    let mut der = answer.sign();
    let time = der.windows(2).position(|window| window == [0x18, 0x0f]).unwrap();
    // The last digit of the seconds.
    der[time + 15] ^= 1;
    der
}

#[test]
fn what_an_answer_brings_spoils_only_itself() {
    let case = Case::new();
    let subject = case.pki.intermediate().subject().to_der().to_vec();
    // Of the issuer's name, with other keys: not even by the issuer, and as if by the issuer.
    let strangers = || case.pki.issuing().impostor().certificate().clone();
    let impostor = case.pki.issuing().impostor();
    let of_its_name = || {
        let profile = Profile::ocsp_responder("Responder", KeyKind::P256).subject(subject.clone());
        impostor.issue(profile).certificate().clone()
    };
    for crowd in [(0..12).map(|_| strangers()).collect(), (0..12).map(|_| of_its_name()).collect::<Vec<_>>()]
    {
        let evidence = case.list(&current()).with_ocsp(poison(&case, crowd));
        assert!(case.require(&evidence).is_ok());
        assert!(with_limits(&case, &evidence, checks(14)).is_ok());
    }
}

#[test]
fn a_crowd_at_hand_hides_no_responder() {
    let case = Case::new();
    let responder = case.pki.issue(Profile::ocsp_responder("Responder", KeyKind::P256));
    let subject = responder.certificate().subject().to_der().to_vec();
    let impostor = case.pki.issuing().impostor();
    let crowd: Vec<_> = (0..20)
        .map(|_| {
            let profile = Profile::ocsp_responder("Responder", KeyKind::P256).subject(subject.clone());
            impostor.issue(profile).certificate().clone()
        })
        .collect();
    let revocation = Revocation::new(hours(-5), TestReason::KeyCompromise);
    let revoked = case.about(hours(-2)).status(OcspStatus::Revoked(revocation)).delegated(&responder);
    // By name, and without the certificate of the responder, which is at hand behind the crowd.
    let whole = revoked.sign();
    let answer = chancery_chain::OcspAnswer::from_der(&whole).unwrap();
    let mut fields = asn1::Element::only(answer.to_be_signed(), tag::SEQUENCE).unwrap().reader();
    fields.element().unwrap();
    let mut data = asn1::encode(tag::constructed(1), &subject);
    while !fields.is_empty() {
        data.extend_from_slice(fields.element().unwrap().raw);
    }
    let (data, algorithm) = (asn1::sequence(&[&data]), responder.key().default_algorithm());
    let signature = responder.key().sign(&ToBeSigned::new(algorithm, data.clone())).unwrap();
    let signature = asn1::bit_string(signature.as_bytes());
    let answer = asn1::sequence(&[&data, &algorithm.to_algorithm_identifier().unwrap(), &signature]);
    let evidence = case
        .list(&current())
        .with_certificates(crowd)
        .with_certificate(responder.certificate().clone())
        .with_ocsp(answer);
    let found = revoked_since(&case.require(&evidence));
    assert_eq!(found, Some((hours(-5), RevocationReason::KeyCompromise)));
}

/// If each statement meant another look at the whole answer, that would be 3 GB to look at.
#[test]
fn thousands_of_statements_in_one_answer_cost_time_by_their_number() {
    let case = Case::new();
    let hold = |minutes: i64| {
        let since = hours(-2) - jiff::SignedDuration::from_mins(minutes);
        OcspStatus::Revoked(Revocation::new(since, TestReason::CertificateHold))
    };
    let many = (1..6_000).fold(case.about(hours(-1)).status(hold(0)), |answer, minutes| {
        answer.and(&case.about(hours(-1)).status(hold(minutes)))
    });
    let signed = many.sign();
    let held = case.list(&current()).with_ocsp(signed.clone());
    let started = std::time::Instant::now();
    let (anchors, proofs) =
        (TrustAnchors::new([case.pki.intermediate().clone()]), ProofsOfExistence::new(now()));
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require);
    let in_retrospect = verifier.evidence(&held).proofs(&proofs).verify_at(case.alice.certificate(), now());
    for answer in [case.require(&held), in_retrospect] {
        assert_eq!(revoked_since(&answer).map(|(_, reason)| reason), Some(RevocationReason::CertificateHold));
    }
    // Nobody needs a key to send as many.
    assert!(case.require(&case.list(&current()).with_ocsp(forged(signed, 0))).is_ok());
    assert!(started.elapsed().as_secs() < 15, "{:?}", started.elapsed());
}
