//! Trust that ended.

use chancery_chain::{
    AnchorConstraints, AnchorScope, ChainFault, ChainVerifier, ControlLimit, ProofsOfExistence, Purpose,
    RevocationPolicy, TrustAnchor, TrustAnchors, Unproven,
};

use chancery_key::KeyKind;
use chancery_testkit::{Profile, RevocationReason, TestAuthority};

use crate::timeline::{ARCHIVED, PRESENT, SIGNED, Timeline, day, just_before, list, locations, revoke};

fn trusted_until(line: &mut Timeline, until: i64) {
    let constraints = AnchorConstraints::new().trusted_until(day(until));
    line.anchor = TrustAnchor::new(line.root.certificate().clone()).constrained(constraints);
}

/// Everything is proven, the certificate of the authority too.
fn all_proven(at: i64) -> Timeline {
    let mut line = Timeline::bare();
    line.certificate_existed(at);
    line.proofs.prove(line.authority.certificate().to_der(), day(at));
    line.above(list(90, 200), at);
    line.about_alice(list(101, 108), at);
    line
}

#[test]
fn what_is_proven_from_before_the_end_of_trust_holds() {
    let mut line = all_proven(ARCHIVED);
    trusted_until(&mut line, ARCHIVED + 1);
    let chain = line.verify().unwrap();
    let control = chain.control_time().unwrap();
    assert_eq!(control.time, just_before(ARCHIVED + 1));
    assert!(matches!(control.limit, ControlLimit::AnchorNoLongerTrusted { .. }));
    trusted_until(&mut line, SIGNED);
    let failure = line.verify().unwrap_err();
    let ended = |fault: &ChainFault| matches!(fault, ChainFault::AnchorNoLongerTrusted { .. });
    assert!(failure.faults().any(ended), "{failure}");
}

#[test]
fn every_piece_below_must_be_from_before_the_end_of_trust() {
    let objects = |line: &Timeline| -> Vec<Vec<u8>> {
        let crls = line.evidence.crls().iter().map(|crl| crl.to_vec());
        let certificates = [line.alice.certificate(), line.authority.certificate()];
        crls.chain(certificates.into_iter().map(|one| one.to_der().to_vec())).collect()
    };
    let mut line = all_proven(ARCHIVED);
    trusted_until(&mut line, 150);
    let all = objects(&line);
    assert_eq!(all.len(), 4);
    line.verify().unwrap();
    for missing in 0..all.len() {
        line.proofs = ProofsOfExistence::new(day(PRESENT));
        for (index, object) in all.iter().enumerate() {
            let at = if index == missing { 150 } else { ARCHIVED };
            line.proofs.prove(object, day(at));
        }
        let (what, _, limit) = line.lacks();
        assert!(matches!(what, Unproven::Certificate | Unproven::Evidence { .. }));
        assert!(matches!(limit, ControlLimit::AnchorNoLongerTrusted { .. }), "{limit}");
    }
}

#[test]
fn the_end_of_an_anchor_counts_where_its_validity_binds() {
    for (scope, good) in [
        (AnchorScope::Certificate, false),
        (AnchorScope::Validity, false),
        (AnchorScope::Constraints, true),
        (AnchorScope::NameAndKey, true),
    ] {
        // Long after the root's certificate ended, nothing but Alice's and her list is proven from before.
        let mut line = Timeline::kept().at_present(21_000);
        line.anchor = TrustAnchor::new(line.root.certificate().clone()).with_scope(scope);
        assert_eq!(line.verify().is_ok(), good, "{scope:?}");
        if !good {
            let (_, certificate, limit) = line.lacks();
            assert_eq!(&certificate, line.authority.certificate());
            assert!(matches!(limit, ControlLimit::Expired { .. }), "{limit}");
        }
    }
}

#[test]
fn a_pinned_certificate_needs_no_proof() {
    let mut line = Timeline::bare();
    line.anchor = TrustAnchor::new(line.alice.certificate().clone());
    line.verify().unwrap();
}

/// Another root certified the same authority. Trust in the first one ended before anything was proven.
#[test]
fn a_cross_certificate_leads_past_an_anchor_that_ended() {
    let mut line = Timeline::bare();
    line.certificate_existed(ARCHIVED);
    line.above(list(90, 200), ARCHIVED);
    line.about_alice(list(101, 108), ARCHIVED);
    trusted_until(&mut line, 101);
    assert!(line.verify().is_err());

    let other = Profile::authority("Other Root", KeyKind::P256).valid(day(-1000), day(20_000));
    let other = TestAuthority::root(other, day(0), locations());
    let name = line.authority.certificate().subject().to_der().to_vec();
    let cross = Profile::authority("Authority", KeyKind::P256).subject(name);
    let cross = other.issue(cross.with_key(line.authority.identity().key()).valid(day(-100), day(1500)));
    line.evidence.add_certificate(cross.certificate().clone());
    line.crl(other.sign_crl(&list(95, 300)), ARCHIVED);
    let anchors = TrustAnchors::new([line.anchor.clone(), other.certificate().clone().into()]);
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
        .evidence(&line.evidence)
        .proofs(&line.proofs);
    let chain = verifier.verify_at(line.alice.certificate(), day(SIGNED)).unwrap();
    assert_eq!(chain.anchor().certificate(), other.certificate());
    assert_eq!(chain.control_time().unwrap().time, day(108));

    // Each path has a control time of its own: what the other root says of its certificate does not help the first.
    let revoked =
        revoke(list(400, 2000), cross.certificate(), SIGNED, RevocationReason::CessationOfOperation);
    line.crl(other.sign_crl(&revoked), PRESENT);
    let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
        .evidence(&line.evidence)
        .proofs(&line.proofs);
    let failure = verifier.verify_at(line.alice.certificate(), day(SIGNED)).unwrap_err();
    assert_eq!(failure.paths().count(), 2, "{failure}");
}
