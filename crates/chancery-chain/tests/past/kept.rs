//! What a well kept signature needs, and what happens when one piece is taken away.

use chancery_chain::{
    ChainFault, ControlLimit, Evidence, EvidenceFault, EvidenceKind, ProofsOfExistence, RevocationPolicy,
    RevocationStatus, Unproven,
};
use chancery_key::KeyKind;
use chancery_testkit::{Profile, RevocationReason};

use crate::timeline::{
    ABOVE_UNTIL, ALICE_ENDS, ARCHIVED, AUTHORITY_ENDS, PRESENT, SIGNED, Timeline, day, list, revoke,
};

#[test]
fn what_was_kept_well_holds_after_everything_has_expired() {
    for present in [103, PRESENT, AUTHORITY_ENDS + 100, 15_000] {
        let line = Timeline::kept().at_present(present);
        let chain = line.verify().unwrap();
        assert_eq!(chain.at(), day(SIGNED));
        let control = chain.control_time().unwrap();
        assert_eq!(control.time, day(present.min(108)), "{control}");
        assert!(matches!(chain.revocation()[0], RevocationStatus::Good(_)));
    }
}

#[test]
fn without_proofs_the_moment_is_judged_as_ever() {
    let mut line = Timeline::kept();
    line.proofs = ProofsOfExistence::new(day(PRESENT));
    assert!(line.verify().is_err());
    let anchors = chancery_chain::TrustAnchors::new([line.anchor.clone()]);
    let purpose = chancery_chain::Purpose::DocumentSigning;
    let plain = chancery_chain::ChainVerifier::new(&anchors, purpose, RevocationPolicy::Require)
        .evidence(&line.evidence);
    let chain = plain.verify_at(line.alice.certificate(), day(SIGNED)).unwrap();
    assert_eq!(chain.control_time(), None);
}

#[test]
fn the_certificate_must_be_proven_while_its_authority_was_known_to_be_good() {
    let mut line = Timeline::kept();
    let crls: Vec<_> = line.evidence.crls().to_vec();
    line.proofs = ProofsOfExistence::new(day(PRESENT));
    crls.iter().for_each(|crl| line.proofs.prove(crl, day(ARCHIVED)));
    let (what, certificate, limit) = line.lacks();
    assert_eq!((what, &certificate), (Unproven::Certificate, line.alice.certificate()));
    let outdated = ControlLimit::Outdated {
        certificate: line.authority.certificate().clone(),
        kind: EvidenceKind::Crl,
        this_update: day(90),
    };
    assert_eq!(limit, outdated);
    // The last day will do, the next one will not.
    line.certificate_existed(ABOVE_UNTIL + 1);
    assert!(line.verify().is_err());
    line.certificate_existed(ABOVE_UNTIL);
    line.verify().unwrap();
}

#[test]
fn the_evidence_must_be_proven_while_its_authority_was_known_to_be_good() {
    for (proven, good) in [(ABOVE_UNTIL, true), (ABOVE_UNTIL + 1, false), (PRESENT, false)] {
        let mut line = Timeline::bare();
        line.certificate_existed(ARCHIVED);
        line.above(list(90, ABOVE_UNTIL), PRESENT);
        line.about_alice(list(101, 108), proven);
        assert_eq!(line.verify().is_ok(), good, "{proven}");
        if !good {
            let (what, certificate, _) = line.lacks();
            assert_eq!(what, Unproven::Evidence { kind: EvidenceKind::Crl, this_update: day(101) });
            assert_eq!(&certificate, line.alice.certificate());
        }
    }
}

#[test]
fn evidence_that_was_issued_too_late_does_not_help_however_well_it_is_proven() {
    let mut line = Timeline::bare();
    line.certificate_existed(ARCHIVED);
    line.above(list(90, ABOVE_UNTIL), ARCHIVED);
    // It claims to be of a later time than its proof: whichever is true, it is not of the time when it was needed.
    line.about_alice(list(250, 260), ABOVE_UNTIL - 1);
    let (what, ..) = line.lacks();
    assert_eq!(what, Unproven::Evidence { kind: EvidenceKind::Crl, this_update: day(250) });
    // Newer evidence about the authority lets it count.
    line.above(list(300, 2000), PRESENT);
    line.verify().unwrap();
}

#[test]
fn the_signature_must_be_proven_while_the_certificate_was_known_to_be_good() {
    let line = Timeline::kept();
    assert!(line.verify_with(day(108), |verifier| verifier).is_ok());
    let failure = line.verify_with(day(109), |verifier| verifier).unwrap_err();
    let ChainFault::RevocationUnknown { certificate, because, .. } = failure.reason() else {
        panic!("{failure}");
    };
    assert_eq!(certificate, line.alice.certificate());
    assert!(matches!(because[..], [EvidenceFault::Outdated { .. }]), "{because:?}");
}

#[test]
fn the_signature_must_be_proven_while_the_certificate_was_valid() {
    let mut line = Timeline::kept();
    line.about_alice(list(ALICE_ENDS - 1, ALICE_ENDS + 100), ALICE_ENDS);
    line.above(list(900, 2000), PRESENT);
    assert!(line.verify_with(day(ALICE_ENDS), |verifier| verifier).is_ok());
    let failure = line.verify_with(day(ALICE_ENDS + 1), |verifier| verifier).unwrap_err();
    assert!(matches!(failure.reason(), ChainFault::Expired { .. }), "{failure}");
    let failure = line.verify_with(day(-1), |verifier| verifier).unwrap_err();
    assert!(matches!(failure.reason(), ChainFault::NotYetValid { .. }), "{failure}");
}

#[test]
fn nothing_is_signed_after_the_present() {
    let mut line = Timeline::kept();
    line.about_alice(list(103, 300), 103);
    line.above(list(103, 300), 103);
    let line = line.at_present(150);
    assert!(line.verify_with(day(150), |verifier| verifier).is_ok());
    let failure = line.verify_with(day(151), |verifier| verifier).unwrap_err();
    let ChainFault::NoProof { what: Unproven::Signature, needed_by, .. } = failure.reason() else {
        panic!("{failure}");
    };
    assert_eq!(needed_by.limit, ControlLimit::Present);
}

#[test]
fn evidence_from_beyond_the_present_is_not_believed() {
    let mut line = Timeline::kept();
    line.above(list(PRESENT + 1, PRESENT + 300), ARCHIVED);
    line.about_alice(list(250, 300), 250);
    // The last CRL of the root would vouch for the authority on day 250, but does not exist yet.
    assert_eq!(line.control(), day(108));
    // Nor what it says against somebody.
    let revoked =
        revoke(list(PRESENT + 1, PRESENT + 9), line.alice.certificate(), 99, RevocationReason::KeyCompromise);
    line.about_alice(revoked, ARCHIVED);
    assert_eq!(line.control(), day(108));
}

#[test]
fn a_missing_answer_stays_missing() {
    let mut line = Timeline::kept();
    line.evidence = Evidence::new().with_certificate(line.authority.certificate().clone());
    let failure = line.verify().unwrap_err();
    let unknown = |fault: &ChainFault| matches!(fault, ChainFault::RevocationUnknown { because, .. } if because.is_empty());
    assert!(failure.faults().all(unknown), "{failure}");
    assert_eq!(failure.missing().len(), 2);
    // Who asks only for what is known hears that it is not.
    let chain = line
        .verify_with(day(SIGNED), |verifier| verifier.with_revocation(RevocationPolicy::WhenKnown))
        .unwrap();
    assert!(matches!(chain.revocation()[0], RevocationStatus::Unknown { .. }));
}

/// Who asks only for what is known loses nothing by evidence that is old: only what is known to be wrong limits.
#[test]
fn where_not_all_must_be_known_old_evidence_limits_nothing() {
    let when_known = |line: &Timeline, signed| {
        line.verify_with(day(signed), |verifier| verifier.with_revocation(RevocationPolicy::WhenKnown))
    };
    let mut line = Timeline::bare();
    line.certificate_existed(900);
    line.above(list(90, ABOVE_UNTIL), ARCHIVED);
    line.about_alice(list(101, 108), ARCHIVED);
    assert!(when_known(&line, 300).is_ok());
    let revoked = revoke(list(400, 500), line.authority.certificate(), 350, RevocationReason::Superseded);
    line.above(revoked, PRESENT);
    assert!(when_known(&line, 300).is_err());
    line.certificate_existed(349);
    assert!(when_known(&line, 300).is_ok());
    assert!(when_known(&line, 350).is_err());
}

#[test]
fn where_nothing_is_published_the_end_of_the_authority_counts() {
    let plain = chancery_testkit::TestExtension::plain("2.5.29.56".parse().unwrap(), vec![5, 0]);
    let profile = Profile::signer("Alice", KeyKind::P256)
        .without_extension("2.5.29.31".parse().unwrap())
        .without_extension("1.3.6.1.5.5.7.1.1".parse().unwrap())
        .extension(plain);
    let mut line = Timeline::with(profile);
    line.above(list(90, ABOVE_UNTIL), ARCHIVED);
    assert_eq!(line.lacks().0, Unproven::Certificate);
    line.certificate_existed(ARCHIVED);
    assert!(matches!(line.verify().unwrap().revocation()[0], RevocationStatus::NotAvailable(_)));
}

#[test]
fn the_same_pieces_give_the_same_answer_again() {
    let mut line = Timeline::kept();
    line.about_alice(list(99, 104), ARCHIVED);
    line.above(list(80, 150), ARCHIVED);
    let chain = line.verify().unwrap();
    line.evidence = chain.evidence();
    assert_eq!(line.evidence.crls().len(), 2);
    assert_eq!(line.verify().unwrap(), chain);
    assert_eq!(chain.holds_until(), Some(day(108)));
}
