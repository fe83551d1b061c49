//! Those who sign evidence in another's name, and what became of them.

use chancery_certificate::asn1::{self, Element, tag};
use chancery_chain::{ChainFault, EvidenceFault, ProofsOfExistence};
use chancery_key::{KeyKind, ToBeSigned};
use chancery_testkit::{OcspAnswer, OcspStatus, Profile, Revocation, RevocationReason, TestIdentity, oid};

use crate::timeline::{ARCHIVED, PRESENT, Timeline, day, just_before, list, locations, revoke};

fn responder(line: &Timeline, from: i64, until: i64) -> TestIdentity {
    line.authority.issue(Profile::ocsp_responder("Responder", KeyKind::P256).valid(day(from), day(until)))
}

fn good_above() -> Timeline {
    let mut line = Timeline::bare();
    line.certificate_existed(ARCHIVED);
    line.above(list(900, 2000), PRESENT);
    line
}

fn answer(line: &Timeline, responder: &TestIdentity) -> Vec<u8> {
    let answer = OcspAnswer::about(line.alice.certificate(), &line.authority, day(101));
    answer.current(day(101), Some(day(108))).delegated(responder).sign()
}

#[test]
fn an_answer_is_proven_before_its_responder_expired() {
    for (proven, good) in [(ARCHIVED, true), (110, true), (111, false), (PRESENT, false)] {
        let mut line = good_above();
        let responder = responder(&line, 50, 110);
        let der = answer(&line, &responder);
        line.ocsp(der, proven);
        assert_eq!(line.verify().is_ok(), good, "{proven}");
        if !good {
            assert!(
                matches!(line.because()[..], [EvidenceFault::SignerExpired { not_after, .. }] if not_after == day(110))
            );
        }
    }
}

#[test]
fn a_responder_answers_while_it_is_valid() {
    for (from, until) in [(102, 500), (10, 100)] {
        let mut line = good_above();
        let responder = responder(&line, from, until);
        let der = answer(&line, &responder);
        line.ocsp(der, ARCHIVED + 1);
        assert!(line.verify().is_err());
    }
}

/// A responder without id-pkix-ocsp-nocheck, and lists that speak of it.
fn checked(line: &Timeline) -> TestIdentity {
    let profile = Profile::ocsp_responder("Responder", KeyKind::P256).without_extension(oid::OCSP_NO_CHECK);
    line.authority.issue(profile.valid(day(50), day(500)))
}

#[test]
fn an_answer_is_proven_before_its_responder_was_revoked() {
    for (since, good) in [(ARCHIVED + 1, true), (ARCHIVED, false), (60, false)] {
        let mut line = good_above();
        let responder = checked(&line);
        let der = answer(&line, &responder);
        line.ocsp(der, ARCHIVED);
        // Nobody speaks of the responder yet.
        assert!(matches!(line.because()[..], [EvidenceFault::SignerNotAllowed { .. }]));
        // A list from after Alice's end says nothing of her, but names the responder.
        let after = revoke(list(400, 410), responder.certificate(), since, RevocationReason::KeyCompromise);
        line.about_alice(after, 401);
        assert_eq!(
            line.verify().is_ok(),
            good,
            "{since}: {:?}",
            line.verify().err().map(|it| it.to_string())
        );
    }
}

#[test]
fn the_status_of_a_responder_must_be_known_when_its_answer_is_proven() {
    for (until, good) in [(103, true), (ARCHIVED, true), (101, false)] {
        let mut line = good_above();
        let profile =
            Profile::ocsp_responder("Responder", KeyKind::P256).without_extension(oid::OCSP_NO_CHECK);
        let responder = line.authority.issue(profile.valid(day(-100), day(500)));
        let der = answer(&line, &responder);
        line.ocsp(der, ARCHIVED);
        // Of before Alice's certificate was valid: it speaks of the responder only.
        line.about_alice(list(-50, until), ARCHIVED);
        assert_eq!(line.verify().is_ok(), good, "{until}");
    }
}

/// The certificate of the responder is at hand only, so it could be written by whoever has the authority's key later.
#[test]
fn a_responder_exists_before_its_authority_was_revoked() {
    for (proven, good) in [(ARCHIVED, true), (301, false)] {
        let mut line = Timeline::bare();
        line.certificate_existed(ARCHIVED);
        let stolen =
            revoke(list(400, 2000), line.authority.certificate(), 300, RevocationReason::KeyCompromise);
        line.above(stolen, PRESENT);
        let responder = responder(&line, 50, 500);
        let signed = OcspAnswer::about(line.alice.certificate(), &line.authority, day(101))
            .current(day(101), Some(day(108)))
            .delegated(&responder)
            .sign();
        let der = by_name_only(&signed, &responder);
        line.ocsp(der, ARCHIVED);
        line.evidence.add_certificate(responder.certificate().clone());
        line.proofs.prove(responder.certificate().to_der(), day(proven));
        assert_eq!(
            line.verify().is_ok(),
            good,
            "{proven}: {:?}",
            line.verify().err().map(|it| it.to_string())
        );
    }
}

/// The same answer, which names its responder and brings no certificate.
fn by_name_only(answer: &[u8], responder: &TestIdentity) -> Vec<u8> {
    let mut whole = Element::only(answer, tag::SEQUENCE).unwrap().reader();
    whole.element().unwrap();
    let bytes = whole.element().unwrap();
    let mut fields = bytes.reader().element().unwrap().reader();
    fields.element().unwrap();
    let basic = fields.element().unwrap();
    let data = Element::only(basic.content, tag::SEQUENCE).unwrap().reader().element().unwrap();
    let mut rest = data.reader();
    rest.element().unwrap();
    let mut parts = vec![asn1::encode(tag::constructed(1), responder.certificate().subject().to_der())];
    while !rest.is_empty() {
        let part = rest.element().unwrap();
        parts.push(asn1::encode(part.tag, part.content));
    }
    let data = asn1::sequence(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let algorithm = responder.key().default_algorithm();
    let signature = responder.key().sign(&ToBeSigned::new(algorithm, data.clone())).unwrap();
    let identifier = algorithm.to_algorithm_identifier().unwrap();
    asn1::sequence(&[&data, &identifier, &asn1::bit_string(signature.as_bytes())])
}

#[test]
fn a_revocation_that_an_expired_responder_named_is_not_dropped() {
    let mut line = good_above();
    line.about_alice(list(101, 108), ARCHIVED);
    let responder = responder(&line, 50, 110);
    let revoked = OcspStatus::Revoked(Revocation::new(day(99), RevocationReason::KeyCompromise));
    let der = OcspAnswer::about(line.alice.certificate(), &line.authority, day(105))
        .status(revoked)
        .delegated(&responder)
        .sign();
    // Proven in time it revokes; proven later nobody knows.
    line.ocsp(der, 106);
    assert!(matches!(line.fault(), ChainFault::Revoked { .. }));
    line.proofs = ProofsOfExistence::new(day(PRESENT));
    line.certificate_existed(ARCHIVED);
    let crls = line.evidence.crls().to_vec();
    crls.iter().for_each(|crl| line.proofs.prove(crl, day(ARCHIVED)));
    let because = line.because();
    assert!(matches!(because[..], [EvidenceFault::SignerExpired { .. }, ..]), "{because:?}");
}

/// Even where nobody knows whether the responder was still in charge of its key: after the revocation that it names the
/// certificate is not relied on any more.
#[test]
fn a_doubtful_revocation_of_later_bounds_what_is_relied_on() {
    let mut line = good_above();
    line.about_alice(list(101, 308), ARCHIVED);
    assert_eq!(line.control(), day(308));
    let responder = responder(&line, 50, 110);
    let revoked = OcspStatus::Revoked(Revocation::new(day(103), RevocationReason::KeyCompromise));
    let answer = OcspAnswer::about(line.alice.certificate(), &line.authority, day(105)).status(revoked);
    let der = answer.delegated(&responder).sign();
    line.ocsp(der, 500);
    assert_eq!(line.control(), just_before(103));
}

#[test]
fn a_list_by_the_new_key_of_the_authority_is_judged_with_that_key() {
    for (from, proven, good) in [(80, ARCHIVED, true), (80, 600, true), (80, 601, false), (103, 104, false)] {
        let mut line = Timeline::bare();
        line.certificate_existed(ARCHIVED);
        line.above(list(104, 900), 104);
        let name = line.authority.certificate().subject().to_der().to_vec();
        let profile = Profile::authority("Authority", KeyKind::P256).subject(name).valid(day(from), day(600));
        let new = line.root.subordinate(profile, locations());
        line.evidence.add_certificate(new.certificate().clone());
        line.proofs.prove(new.certificate().to_der(), day(ARCHIVED));
        let crl = new.sign_crl(&list(101, 108));
        line.crl(crl, proven);
        assert_eq!(
            line.verify().is_ok(),
            good,
            "{from} {proven}: {:?}",
            line.verify().err().map(|it| it.to_string())
        );
    }
}

/// A new key of the authority that the old one certified. Whether it is one is not proven in time.
#[test]
fn a_revocation_by_a_signer_without_proof_is_not_dropped_unless_it_may_be_a_thiefs() {
    for (stolen, proven, refused) in [(None, 104, true), (None, 300, true), (Some(250), 300, false)] {
        let mut line = Timeline::kept();
        if let Some(since) = stolen {
            let reason = RevocationReason::KeyCompromise;
            line.above(revoke(list(400, 2000), line.authority.certificate(), since, reason), PRESENT);
        }
        let name = line.authority.certificate().subject().to_der().to_vec();
        let profile = Profile::authority("Authority", KeyKind::P256).subject(name).valid(day(80), day(900));
        let new = line.authority.subordinate(profile, locations());
        line.evidence.add_certificate(new.certificate().clone());
        line.proofs.prove(new.certificate().to_der(), day(proven));
        let claim = revoke(list(103, 107), line.alice.certificate(), 99, RevocationReason::KeyCompromise);
        line.crl(new.sign_crl(&claim), 104);
        assert_eq!(
            line.verify().is_err(),
            refused,
            "{stolen:?} {proven}: {:?}",
            line.verify().err().map(|it| it.to_string())
        );
    }
}

#[test]
fn what_a_responder_said_while_it_was_valid_stays_said() {
    let mut line = good_above();
    let responder = responder(&line, 50, 110);
    let answer = OcspAnswer::about(line.alice.certificate(), &line.authority, day(101));
    let der = answer.current(day(101), Some(day(150))).delegated(&responder).sign();
    line.ocsp(der, ARCHIVED);
    assert_eq!(line.control(), day(150));
}
