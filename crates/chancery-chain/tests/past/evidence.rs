//! What evidence says in retrospect: without an end, after the end of the certificate, against other evidence.

use std::time::{Duration, Instant};

use chancery_certificate::asn1;
use chancery_chain::{
    ChainFault, EvidenceFault, EvidenceKind, FaultGroup, Freshness, Limits, RevocationStatus, Unproven,
};
use chancery_testkit::{CrlProfile, OcspAnswer, OcspStatus, Revocation, RevocationReason, TestExtension};
use jiff::SignedDuration;

use crate::timeline::{ABOVE_UNTIL, ALICE_ENDS, ARCHIVED, PRESENT, SIGNED, Timeline, day, list, revoke};

/// The authority is known to be good until the present and beyond.
fn good_above() -> Timeline {
    let mut line = Timeline::bare();
    line.certificate_existed(ARCHIVED);
    line.above(list(900, 2000), PRESENT);
    line
}

/// ExpiredCertsOnCRL (X.509 §9.5.2.8).
fn keeps_since(count: i64) -> TestExtension {
    TestExtension::plain("2.5.29.60".parse().unwrap(), asn1::generalized_time(day(count)))
}

/// id-pkix-ocsp-archive-cutoff (RFC 6960 §4.4.4).
fn cutoff(count: i64) -> TestExtension {
    TestExtension::plain("1.3.6.1.5.5.7.48.1.6".parse().unwrap(), asn1::generalized_time(day(count)))
}

fn answer(line: &Timeline, at: i64) -> OcspAnswer<'_> {
    OcspAnswer::about(line.alice.certificate(), &line.authority, day(at))
}

#[test]
fn evidence_without_next_update_speaks_of_what_was_before() {
    let mut line = good_above();
    line.about_alice(CrlProfile::new(day(101)), ARCHIVED);
    assert_eq!(line.control(), day(101));
    let signed_later = day(101) + SignedDuration::from_hours(1);
    let failure = line.verify_with(signed_later, |verifier| verifier).unwrap_err();
    let ChainFault::RevocationUnknown { because, .. } = failure.reason() else { panic!("{failure}") };
    assert!(matches!(because[..], [EvidenceFault::OpenEnded { .. }]), "{because:?}");
    let week = SignedDuration::from_hours(7 * 24);
    line.verify_with(signed_later, |verifier| verifier.believe_open_ended_for(week)).unwrap();
}

#[test]
fn a_list_from_after_the_end_of_the_certificate_need_not_name_it() {
    let after = ALICE_ENDS + 10;
    for (extension, good) in
        [(None, false), (Some(keeps_since(ALICE_ENDS)), true), (Some(keeps_since(ALICE_ENDS + 1)), false)]
    {
        let mut line = good_above();
        line.about_alice(extension.into_iter().fold(list(after, after + 10), CrlProfile::extension), after);
        assert_eq!(line.verify().is_ok(), good);
        if !good {
            assert!(matches!(line.because()[..], [EvidenceFault::AfterExpiry { .. }]));
        }
    }
}

#[test]
fn an_answer_from_after_the_end_of_the_certificate_needs_an_archive() {
    let after = ALICE_ENDS + 10;
    for (extension, good) in
        [(None, false), (Some(cutoff(ALICE_ENDS)), true), (Some(cutoff(ALICE_ENDS + 1)), false)]
    {
        let mut line = good_above();
        let der = {
            let answer = answer(&line, after);
            extension.into_iter().fold(answer, OcspAnswer::single_extension).sign()
        };
        line.ocsp(der, after);
        assert_eq!(line.verify().is_ok(), good);
        if !good {
            assert!(matches!(line.because()[..], [EvidenceFault::AfterExpiry { .. }]));
        }
    }
}

#[test]
fn a_list_from_before_the_certificate_was_valid_does_not_speak_of_it() {
    let mut line = good_above();
    line.about_alice(list(-1, 300), ARCHIVED);
    assert!(matches!(line.because()[..], [EvidenceFault::OutOfScope { .. }]));
    // That it names the certificate would count all the same: nobody does that by accident.
    line.about_alice(
        revoke(list(-1, 300), line.alice.certificate(), -1, RevocationReason::Unspecified),
        ARCHIVED,
    );
    assert!(matches!(line.fault(), ChainFault::Revoked { .. }));
}

#[test]
fn of_contradictory_evidence_the_revocation_wins_for_what_it_is_about() {
    for (since, good) in [(99, false), (SIGNED, false), (SIGNED + 1, true), (300, true)] {
        // One says good and is the newer, the other names a revocation.
        let mut line = good_above();
        line.about_alice(
            revoke(list(310, 320), line.alice.certificate(), since, RevocationReason::Superseded),
            311,
        );
        let der = answer(&line, 350).status(OcspStatus::Good).sign();
        line.ocsp(der, 350);
        assert_eq!(line.verify().is_ok(), good, "{since}");
        match line.verify() {
            Ok(chain) => {
                let found = &chain.revocation()[0];
                assert!(
                    matches!(found, RevocationStatus::RevokedLater { since: found, .. } if *found == day(since)),
                    "{found:?}"
                );
                assert!(chain.control_time().unwrap().time < day(since));
            }
            Err(failure) => assert!(matches!(failure.reason(), ChainFault::Revoked { .. }), "{failure}"),
        }
    }
}

#[test]
fn the_earliest_of_several_revocations_counts() {
    for extra in [false, true] {
        let mut line = good_above();
        let alice = line.alice.certificate().clone();
        line.about_alice(revoke(list(310, 320), &alice, 300, RevocationReason::Superseded), 311);
        if extra {
            line.about_alice(revoke(list(330, 340), &alice, 90, RevocationReason::KeyCompromise), 331);
        }
        assert_eq!(line.verify().is_ok(), !extra);
    }
}

#[test]
fn a_list_for_some_reasons_is_not_enough_before_a_revocation() {
    // keyCompromise only: [3] onlySomeReasons, bit 1.
    let scope = asn1::sequence(&[&[0x83, 2, 6, 0x40]]);
    let some = |list: CrlProfile| {
        list.extension(TestExtension::critical("2.5.29.28".parse().unwrap(), scope.clone()))
    };
    let mut line = good_above();
    let alice = line.alice.certificate().clone();
    line.about_alice(some(revoke(list(310, 320), &alice, 300, RevocationReason::KeyCompromise)), 311);
    assert!(matches!(line.because()[..], [EvidenceFault::ReasonsMissing, ..]), "{:?}", line.because());
    line.about_alice(list(101, 108), ARCHIVED);
    line.verify().unwrap();
}

#[test]
fn what_holds_longest_is_taken() {
    let mut line = good_above();
    line.about_alice(list(101, 150), ARCHIVED);
    line.about_alice(list(102, 105), ARCHIVED);
    let der = answer(&line, 103).sign();
    line.ocsp(der, 103);
    assert_eq!(line.control(), day(150));
}

/// The letter of the standard: what is not fresh counts for the time of its issue.
#[test]
fn who_asks_for_evidence_of_later_goes_back_to_its_issue() {
    let mut line = Timeline::bare();
    line.certificate_existed(ARCHIVED);
    line.about_alice(list(101, 108), ARCHIVED);
    line.above(list(90, ABOVE_UNTIL), ARCHIVED);
    let strict = |line: &Timeline| {
        line.verify_with(day(SIGNED), |verifier| verifier.freshness(Freshness::issued_after()))
    };
    assert!(matches!(
        strict(&line).unwrap_err().reason(),
        ChainFault::NoProof { .. } | ChainFault::RevocationUnknown { .. }
    ));
    // With a list about the authority from after the timestamp it goes.
    line.above(list(103, ABOVE_UNTIL), PRESENT);
    let chain = strict(&line).unwrap();
    assert_eq!(chain.control_time().unwrap().time, day(101));
    // And with a day of grace, evidence from two days after the signature is needed.
    let grace = Freshness::issued_after().grace(SignedDuration::from_hours(48));
    assert!(line.verify_with(day(SIGNED), |verifier| verifier.freshness(grace)).is_err());
}

#[test]
fn many_pieces_cost_what_they_weigh() {
    let mut line = good_above();
    for count in 0..600 {
        // All of the authority, none proven in time, some of another key.
        line.evidence.add_crl(line.authority.sign_crl(&list(901, 950 + count)));
    }
    let before = Instant::now();
    let because = line.because();
    assert!(matches!(because[0], EvidenceFault::AfterExpiry { .. }), "{because:?}");
    let unfit = before.elapsed();
    line.about_alice(list(101, 108), ARCHIVED);
    let limits = || {
        let mut limits = Limits::default();
        limits.signature_checks = 12;
        limits
    };
    let before = Instant::now();
    line.verify_with(day(SIGNED), |verifier| verifier.limits(limits())).unwrap();
    // Reading and hashing 600 lists takes milliseconds; checking them against each other would take minutes.
    assert!(unfit + before.elapsed() < Duration::from_secs(20));
}

/// Nobody can hide a revocation behind so many lists that it is not looked at.
#[test]
fn a_revocation_is_not_lost_among_many_pieces() {
    let mut line = good_above();
    line.about_alice(list(101, 108), ARCHIVED);
    for count in 0..40 {
        line.about_alice(list(101, 200 + count), ARCHIVED);
    }
    let forger = line.authority.impostor();
    for count in 0..30 {
        let forged = revoke(list(102, 110), line.alice.certificate(), count, RevocationReason::KeyCompromise);
        line.crl(forger.sign_crl(&forged), ARCHIVED);
    }
    line.verify().unwrap();
    line.about_alice(
        revoke(list(102, 110), line.alice.certificate(), 99, RevocationReason::KeyCompromise),
        ARCHIVED,
    );
    assert!(matches!(line.fault(), ChainFault::Revoked { .. }));
    let mut limits = Limits::default();
    limits.signature_checks = 5;
    let failure = line.verify_with(day(SIGNED), |verifier| verifier.limits(limits)).unwrap_err();
    assert!(failure.faults().any(|fault| matches!(fault, ChainFault::BudgetExceeded { .. })), "{failure}");
}

/// One answer that names thousands of holds of one certificate is looked at in no more time than it deserves.
#[test]
fn many_holds_in_one_answer_end() {
    let mut line = good_above();
    let hold = |at: i64| {
        OcspStatus::Revoked(Revocation::new(
            day(200) + SignedDuration::from_mins(at),
            RevocationReason::CertificateHold,
        ))
    };
    let der = {
        let first = answer(&line, 203).status(hold(0));
        (1..600).fold(first, |all, at| all.and(&answer(&line, 203).status(hold(at)))).sign()
    };
    line.ocsp(der, 203);
    line.about_alice(list(101, 108), ARCHIVED);
    let before = Instant::now();
    line.verify().unwrap();
    let took = before.elapsed();
    assert!(took < Duration::from_secs(20));
}

#[test]
fn what_was_not_used_for_want_of_a_proof_is_named() {
    let mut line = Timeline::bare();
    line.certificate_existed(ARCHIVED);
    line.above(list(90, ABOVE_UNTIL), ARCHIVED);
    line.about_alice(list(101, 108), 500);
    line.about_alice(list(104, 109), 400);
    let fault = line.fault();
    let ChainFault::NoProof { what, proven, needed_by, .. } = &fault else { panic!("{fault}") };
    // The one that came closest.
    assert_eq!(
        (*what, *proven),
        (Unproven::Evidence { kind: EvidenceKind::Crl, this_update: day(104) }, day(400))
    );
    assert_eq!(needed_by.time, day(ABOVE_UNTIL));
    assert_eq!(fault.group(), FaultGroup::NoProof);
    let text = fault.to_string();
    for word in ["CRL", "Alice", "Authority", "timestamp", "2021-02-04"] {
        assert!(text.contains(word), "{text}");
    }
}
