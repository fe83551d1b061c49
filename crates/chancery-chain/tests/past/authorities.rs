//! Authorities that were revoked, or ended.

use chancery_chain::{
    ChainFault, ControlLimit, EvidenceKind, ProofsOfExistence, RevocationPolicy, RevocationReason as Reason,
    Unproven,
};
use chancery_key::KeyKind;
use chancery_testkit::{Profile, Revocation, RevocationReason};

use crate::timeline::{ARCHIVED, AUTHORITY_ENDS, PRESENT, SIGNED, Timeline, day, just_before, list, revoke};

/// The authority is on a list of the root, since that day.
fn revoked(since: i64, reason: RevocationReason) -> Timeline {
    let mut line = Timeline::kept();
    let list = revoke(list(400, 2000), line.authority.certificate(), since, reason);
    line.above(list, PRESENT);
    line
}

#[test]
fn what_is_proven_from_before_the_authority_was_revoked_holds() {
    let reasons = [
        RevocationReason::KeyCompromise,
        RevocationReason::AuthorityCompromise,
        RevocationReason::CessationOfOperation,
        RevocationReason::AffiliationChanged,
        RevocationReason::Superseded,
        RevocationReason::Unspecified,
    ];
    for reason in reasons {
        revoked(ARCHIVED + 1, reason).verify().unwrap();
        // Whatever the reason, the time counts.
        let line = revoked(SIGNED, reason);
        let failure = line.verify().unwrap_err();
        let is_revoked = |fault: &ChainFault| matches!(fault, ChainFault::Revoked { certificate, .. } if certificate == line.authority.certificate());
        assert!(failure.faults().any(is_revoked), "{failure}");
    }
}

/// Who names a revocation of later says that there was none before.
#[test]
fn until_it_was_revoked_the_authority_was_good() {
    let mut line = Timeline::bare();
    line.certificate_existed(240);
    line.above(list(90, 200), ARCHIVED);
    line.about_alice(list(101, 300), 240);
    assert!(line.verify().is_err());
    let named = revoke(list(400, 2000), line.authority.certificate(), 250, RevocationReason::Superseded);
    line.above(named, PRESENT);
    assert_eq!(line.control(), just_before(250));
}

#[test]
fn evidence_that_is_proven_only_after_the_authority_was_revoked_may_be_anybodys() {
    // Signed on day 100, revoked on day 102, and only then was everything stamped.
    let line = revoked(ARCHIVED, RevocationReason::KeyCompromise);
    let failure = line.verify().unwrap_err();
    let lacking: Vec<_> = failure
        .faults()
        .map(|fault| match fault {
            ChainFault::NoProof { what, needed_by, .. } => (*what, needed_by.time, needed_by.limit.clone()),
            other => panic!("{other}"),
        })
        .collect();
    let limit = ControlLimit::Revoked {
        certificate: line.authority.certificate().clone(),
        since: day(ARCHIVED),
        reason: Reason::KeyCompromise,
    };
    let evidence = Unproven::Evidence { kind: EvidenceKind::Crl, this_update: day(101) };
    let needed = just_before(ARCHIVED);
    assert_eq!(lacking, [(Unproven::Certificate, needed, limit.clone()), (evidence, needed, limit)]);
}

#[test]
fn a_compromise_counts_from_the_invalidity_date_on() {
    for (invalid, good) in [(ARCHIVED + 1, true), (101, false), (SIGNED - 5, false)] {
        let mut line = Timeline::kept();
        let revocation =
            Revocation::new(day(300), RevocationReason::KeyCompromise).invalid_since(day(invalid));
        let serial = line.authority.certificate().serial().to_vec();
        line.above(list(400, 2000).revoke(serial, revocation), PRESENT);
        assert_eq!(line.verify().is_ok(), good, "{invalid}");
    }
}

/// Whoever stole the key of the authority writes a certificate and a list of an earlier time.
#[test]
fn a_certificate_that_a_thief_dated_back_is_refused() {
    let mut line = revoked(300, RevocationReason::KeyCompromise);
    let mallory = Profile::signer("Mallory", KeyKind::P256).valid(day(0), day(365));
    line.alice = line.authority.issue(mallory);
    // There is even a good list from before the theft, which of course does not name the certificate.
    let (what, certificate, limit) = line.lacks();
    assert_eq!((what, &certificate), (Unproven::Certificate, line.alice.certificate()));
    assert!(matches!(limit, ControlLimit::Outdated { .. } | ControlLimit::Revoked { .. }), "{limit}");
    // The thief's timestamp is of after the theft.
    line.certificate_existed(301);
    assert_eq!(line.lacks().0, Unproven::Certificate);
}

/// The thief cannot write a better past for a certificate that was revoked, either.
#[test]
fn evidence_that_a_thief_dated_back_is_refused() {
    let mut line = Timeline::bare();
    line.certificate_existed(ARCHIVED);
    let stolen = revoke(list(400, 2000), line.authority.certificate(), 300, RevocationReason::KeyCompromise);
    line.above(stolen, PRESENT);
    line.about_alice(
        revoke(list(150, 160), line.alice.certificate(), 99, RevocationReason::KeyCompromise),
        151,
    );
    line.about_alice(list(101, 290), 301);
    let failure = line.verify().unwrap_err();
    assert!(matches!(failure.reason(), ChainFault::Revoked { since, .. } if *since == day(99)), "{failure}");
}

/// Nor can the thief revoke what was good: what is of after the theft is not heard.
#[test]
fn a_revocation_by_a_thief_is_not_heard() {
    let mut line = revoked(300, RevocationReason::KeyCompromise);
    let forged = revoke(list(150, 160), line.alice.certificate(), 50, RevocationReason::KeyCompromise);
    line.about_alice(forged, PRESENT);
    line.verify().unwrap();
}

#[test]
fn an_authority_that_only_went_out_of_date_is_still_heard_about_revocations() {
    let mut line = Timeline::kept();
    let late = revoke(list(600, 700), line.alice.certificate(), 99, RevocationReason::KeyCompromise);
    line.about_alice(late, 601);
    assert!(matches!(line.fault(), ChainFault::Revoked { .. }));
    // From after the signature: that is told, and no more.
    let mut line = Timeline::kept();
    let late = revoke(list(600, 700), line.alice.certificate(), 300, RevocationReason::KeyCompromise);
    line.about_alice(late, 601);
    line.verify().unwrap();
}

#[test]
fn an_expired_authority_vouches_for_nothing_new() {
    // Nothing is asked of revocation, so that only the end of the authority counts.
    for (proven, good) in [(AUTHORITY_ENDS, true), (AUTHORITY_ENDS + 1, false)] {
        let mut line = Timeline::bare();
        line.proofs = ProofsOfExistence::new(day(AUTHORITY_ENDS + 500));
        line.certificate_existed(proven);
        let found =
            line.verify_with(day(SIGNED), |verifier| verifier.with_revocation(RevocationPolicy::NotChecked));
        assert_eq!(found.is_ok(), good);
        if let Err(failure) = found {
            let ChainFault::NoProof { needed_by, .. } = failure.reason() else { panic!("{failure}") };
            assert!(matches!(needed_by.limit, ControlLimit::Expired { .. }), "{failure}");
        }
    }
}

#[test]
fn a_certificate_that_was_on_hold_when_it_signed_signed_nothing() {
    let hold = |line: &Timeline, since| {
        revoke(list(101, 103), line.alice.certificate(), since, RevocationReason::CertificateHold)
    };
    let mut line = Timeline::kept();
    line.about_alice(hold(&line, 95), ARCHIVED);
    line.about_alice(list(104, 120), 104);
    assert!(matches!(line.fault(), ChainFault::Revoked { reason: Reason::CertificateHold, .. }));
    // A hold of later is told, and lifted.
    let mut line = Timeline::kept();
    let later = revoke(list(110, 112), line.alice.certificate(), 109, RevocationReason::CertificateHold);
    line.about_alice(later, 111);
    line.about_alice(list(113, 130), 114);
    line.verify().unwrap();
}

#[test]
fn of_several_paths_the_one_that_holds_is_found() {
    // The authority was certified twice, under one key; one of the certificates was revoked early.
    let mut line = revoked(SIGNED - 10, RevocationReason::CessationOfOperation);
    assert!(line.verify().is_err());
    let again = Profile::authority("Authority", KeyKind::P256)
        .subject(line.authority.certificate().subject().to_der().to_vec())
        .with_key(line.authority.identity().key())
        .valid(day(-100), day(AUTHORITY_ENDS));
    let again = line.root.issue(again);
    line.evidence.add_certificate(again.certificate().clone());
    let chain = line.verify().unwrap();
    assert_eq!(&chain.certificates()[1], again.certificate());
    // And the other way round: a certificate from after the moment is none for it.
    let mut line = revoked(SIGNED - 10, RevocationReason::CessationOfOperation);
    let late = Profile::authority("Authority", KeyKind::P256)
        .subject(line.authority.certificate().subject().to_der().to_vec())
        .with_key(line.authority.identity().key())
        .valid(day(SIGNED + 50), day(AUTHORITY_ENDS));
    line.evidence.add_certificate(line.root.issue(late).certificate().clone());
    assert!(line.verify().is_err());
}
