//! Every level, step by step, on our own signatures and on others'.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod common;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use chancery_ades::{SignatureLevel, TimestampKind};
use chancery_cades::{
    CadesError, CadesSignature, CadesSigner, Holder, Level, LongTermCollector, LongTermEvidence, attributes,
};
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors};
use chancery_cms::Attribute;
use chancery_cms::attributes::SIGNATURE_TIMESTAMP;
use chancery_digest::{AnyDigest, DigestAlgorithm, Digests};
use chancery_key::{KeyKind, SignatureAlgorithm};
use chancery_testkit::{Misbehaviour, Profile, RevocationReason, TestService};
use chancery_timestamp::MatchingToken;
use common::{CONTENT, Office, archives, presented, presented_with, read};

#[test]
fn each_step_makes_its_level_and_changes_nothing_of_before() {
    let office = Office::open();
    let basic = office.basic();
    let stamped = office.stamped(&basic);
    let preserved = office.preserved(&stamped);
    let archived = office.archived(&preserved);
    let steps = [&basic, &stamped, &preserved, &archived];
    let levels = steps.map(|step| step.level().to_string());
    assert_eq!(levels, ["CAdES-BASELINE-B", "CAdES-BASELINE-T", "CAdES-BASELINE-LT", "CAdES-BASELINE-LTA"]);
    let [one, .., last] = steps.map(|step| &step.message().signers()[0]);
    assert_eq!(one.signature(), last.signature());
    assert_eq!(one.signed_attributes_der(), last.signed_attributes_der());
    for (before, after) in steps.iter().zip(&steps[1..]) {
        let (before, after) = (before.message(), after.message());
        assert!(before.certificates().iter().all(|one| after.certificates().contains(one)));
        assert!(before.other_revocations().iter().all(|one| after.other_revocations().contains(one)));
        let values = |message: &chancery_cms::SignedMessage| {
            let unsigned = message.signers()[0].unsigned_attributes().clone();
            unsigned.iter().map(Attribute::to_der).collect::<Vec<_>>()
        };
        assert!(values(before).iter().all(|one| values(after).contains(one)));
    }
    assert_eq!(presented(archived.message(), 0).level, SignatureLevel::Archive);
}

#[test]
fn an_archive_timestamp_covers_what_it_lists_and_the_signature() {
    let office = Office::open();
    let archived = office.archive();
    let subject = presented(archived.message(), 0);
    let [stamp] = archives(&subject)[..] else { panic!("not one archive timestamp") };
    assert!(stamp.token.is_ok());
    let signature = archived.message().signers()[0].signature();
    assert_eq!(stamp.covers.signatures().collect::<Vec<_>>(), [signature]);
    let unsigned = archived.message().signers()[0].unsigned_attributes();
    let token = unsigned.single(SIGNATURE_TIMESTAMP).unwrap();
    assert_eq!(stamp.covers.tokens().collect::<Vec<_>>(), [token]);
    let covered = stamp.covers.covered_evidence();
    // The signer's and the timestamp's chains, and what says that they are not revoked.
    for certificate in
        [office.pki.root(), office.pki.intermediate(), office.pki.timestamp_authority().certificate()]
    {
        assert!(covered.certificates().contains(certificate), "{}", certificate.display_name());
    }
    let answers = archived.message().other_revocations();
    assert_eq!(
        (covered.ocsp().len(), answers.len()),
        (3, 3),
        "signer, timestamp authority, issuing authority"
    );
    assert!(answers.iter().all(|one| covered.ocsp().iter().any(|other| **other == *one.value)));
}

#[test]
fn renewals_ask_only_for_the_newest_timestamp_and_cover_everything_before() {
    let office = Office::open();
    let mut signed = office.archive();
    for renewal in 1..=3 {
        let needed = signed.needed_chains().unwrap();
        let holders: Vec<_> = needed.iter().map(|needed| needed.holder.clone()).collect();
        assert_eq!(holders, [Holder::Timestamp(format!("archive timestamp {renewal}"))]);
        signed = office.archived(&office.preserved(&signed));
        assert_eq!(signed.level(), Level::BaselineLta);
    }
    let subject = presented(signed.message(), 0);
    let mut stamps = archives(&subject);
    assert!(stamps.iter().all(|stamp| stamp.token.is_ok()));
    stamps.sort_by_key(|stamp| stamp.token.as_ref().unwrap().time());
    for (earlier, later) in stamps.iter().zip(&stamps[1..]) {
        let earlier = earlier.token.as_ref().unwrap().to_der();
        assert_eq!(later.covers.tokens().collect::<Vec<_>>(), [earlier], "the rest is covered with it");
    }
}

#[test]
fn detached_content_is_archived_by_its_digests_alone() {
    // M16
    let office = Office::open();
    let preserved = office.preserved(&office.stamped(&office.detached()));
    let digests = Digests::over_bytes([DigestAlgorithm::Sha256.into()], CONTENT);
    office.wait();
    let prepared = preserved.prepare_archive(&digests, DigestAlgorithm::Sha256).unwrap();
    let token = office.token(prepared.digest());
    let archived = prepared.finish(&token).unwrap();
    assert!(archived.message().is_detached());
    assert_eq!(archived.level(), Level::BaselineLta);
    let matches = |content| archives(&presented_with(archived.message(), 0, content))[0].token.is_ok();
    assert!(matches(CONTENT));
    assert!(!matches(b"The tenant pays 9000 euro a month."));
}

#[test]
fn every_digest_that_is_needed_is_asked_for() {
    let office = Office::open();
    let alice = office.pki.signer("Alice", KeyKind::P256);
    let alice = alice.with_algorithm(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384)).unwrap();
    let digest = DigestAlgorithm::Sha384.digest(CONTENT);
    let signed = CadesSigner::new(&alice, office.pki.now()).sign_detached(digest).unwrap();
    let preserved = office.preserved(&office.stamped(&signed));
    for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384] {
        let one = Digests::over_bytes([algorithm.into()], CONTENT);
        let error = preserved.prepare_archive(&one, DigestAlgorithm::Sha256).unwrap_err();
        assert!(matches!(error, CadesError::ContentDigestMissing { .. }), "{error}");
    }
    let both = Digests::over_bytes(preserved.content_algorithms(), CONTENT);
    assert!(preserved.prepare_archive(&both, DigestAlgorithm::Sha256).is_ok());
    let other = Digests::over_bytes(preserved.content_algorithms(), b"something else");
    let error = preserved.prepare_archive(&other, DigestAlgorithm::Sha256).unwrap_err();
    assert!(matches!(error, CadesError::NotSound(_)), "{error}");

    // The archive timestamp with another algorithm than the signature's and the usual one.
    let all = Digests::over_bytes([DigestAlgorithm::Sha384.into(), DigestAlgorithm::Sha512.into()], CONTENT);
    office.wait();
    let prepared = preserved.prepare_archive(&all, DigestAlgorithm::Sha512).unwrap();
    assert_eq!(prepared.digest().algorithm(), DigestAlgorithm::Sha512);
    let token = office.token(prepared.digest());
    let archived = prepared.finish(&token).unwrap();
    let subject = presented_with(archived.message(), 0, CONTENT);
    assert!(archives(&subject)[0].token.is_ok(), "{:?}", archives(&subject)[0].token);
}

#[test]
fn the_same_evidence_comes_over_both_kinds_of_transport() {
    let office = Office::open();
    let stamped = office.stamped(&office.basic());
    let verifier = office.verifier();
    let collector = || LongTermCollector::new(&stamped, &verifier, &verifier, office.pki.now()).unwrap();
    let sync = collector().collect(&office.pki).unwrap();
    // The transport answers at once, so one look is enough.
    let Poll::Ready(evidence) =
        pin!(collector().collect_async(&office.pki)).poll(&mut Context::from_waker(Waker::noop()))
    else {
        panic!("waits for something")
    };
    let subjects = |evidence: &LongTermEvidence| -> Vec<_> {
        evidence.chains().iter().map(|chain| chain.certificate().clone()).collect()
    };
    assert_eq!(subjects(&sync), subjects(&evidence.unwrap()));
    assert_eq!(subjects(&sync).len(), 2);
}

#[test]
fn without_a_timestamp_nothing_is_preserved() {
    let office = Office::open();
    let basic = office.basic();
    let error = basic.preserve(&LongTermEvidence::default()).unwrap_err();
    assert!(matches!(error, CadesError::NoSignatureTimestamp { .. }), "{error}");
    // One over something else does not help, and is named.
    let other = office.token(&DigestAlgorithm::Sha256.digest(b"something else"));
    let attribute = Attribute::new(SIGNATURE_TIMESTAMP, other.to_der());
    let message = basic.message().with_unsigned_attribute(0, &attribute).unwrap();
    let error = CadesSignature::first_of(message).unwrap().needed_chains().unwrap_err();
    assert!(error.to_string().contains("it stamps other bytes"), "{error}");
}

#[test]
fn evidence_that_lacks_something_is_refused_by_name() {
    let office = Office::open();
    let stamped = office.stamped(&office.basic());
    let refused = |evidence: &LongTermEvidence| match stamped.preserve(evidence).unwrap_err() {
        CadesError::EvidenceIncomplete(missing) => {
            missing.iter().map(|one| (one.of.clone(), one.lacks.len())).collect::<Vec<_>>()
        }
        other => panic!("{other}"),
    };
    let nothing = refused(&LongTermEvidence::default());
    assert_eq!(nothing, [("signer".into(), 0), ("signature timestamp 1".into(), 0)]);

    // A chain for which nobody asked about revocation is no evidence.
    let anchors = TrustAnchors::new([office.pki.root().clone()]);
    let unasked = |purpose, certificate: &chancery_certificate::Certificate| {
        let verifier = ChainVerifier::new(&anchors, purpose, RevocationPolicy::NotChecked);
        let intermediates = [office.pki.intermediate().clone()];
        verifier.intermediates(&intermediates).verify_at(certificate, office.pki.now()).unwrap()
    };
    let alice = &stamped.needed_chains().unwrap()[0].certificate;
    let authority = office.pki.timestamp_authority().certificate();
    let chains = vec![unasked(Purpose::DocumentSigning, alice), unasked(Purpose::Timestamping, authority)];
    let unasked = refused(&LongTermEvidence::new(chains));
    assert_eq!(unasked, [("signer".into(), 2), ("signature timestamp 1".into(), 2)]);

    // That of the timestamp alone.
    let mut chains = office.collected(&stamped).unwrap().chains().to_vec();
    let timestamp = chains.pop().unwrap();
    assert_eq!(refused(&LongTermEvidence::new(vec![timestamp])), [("signer".into(), 0)]);
    assert_eq!(refused(&LongTermEvidence::new(chains)), [("signature timestamp 1".into(), 0)]);
}

#[test]
fn a_revoked_signer_and_a_silent_responder_are_told_apart() {
    let office = Office::open();
    let stamped = office.stamped(&office.basic());
    office.pki.misbehave(TestService::Ocsp, Misbehaviour::Reject);
    office.pki.misbehave(TestService::Crl, Misbehaviour::Reject);
    match office.collected(&stamped).unwrap_err() {
        CadesError::ChainNotValid { of, missing, .. } => {
            assert_eq!((of.as_str(), missing.len()), ("signer", 2));
        }
        other => panic!("{other}"),
    }
    office.pki.behave();
    let alice = stamped.needed_chains().unwrap().remove(0).certificate;
    office.pki.revoke(&alice, common::begin(), RevocationReason::KeyCompromise);
    match office.collected(&stamped).unwrap_err() {
        CadesError::ChainNotValid { of, missing, failure } => {
            assert_eq!((of.as_str(), missing.len()), ("signer", 0));
            assert!(failure.to_string().contains("revoked"), "{failure}");
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_certificate_revoked_after_the_timestamp_is_preserved_as_good_then() {
    let office = Office::open();
    let stamped = office.stamped(&office.basic());
    office.wait();
    let alice = stamped.needed_chains().unwrap().remove(0).certificate;
    office.pki.revoke(&alice, office.pki.now(), RevocationReason::Superseded);
    office.wait();
    assert_eq!(office.preserved(&stamped).level(), Level::BaselineLt);
}

#[test]
fn what_is_not_preserved_is_not_archived() {
    let office = Office::open();
    let stamped = office.stamped(&office.basic());
    match stamped.prepare_archive(&Digests::default(), DigestAlgorithm::Sha256).unwrap_err() {
        CadesError::NotPreserved(missing) => {
            let of: Vec<_> = missing.iter().map(|one| one.of.as_str()).collect();
            assert_eq!(of, ["signer", "signature timestamp 1"]);
        }
        other => panic!("{other}"),
    }
    let error = office.basic().prepare_archive(&Digests::default(), DigestAlgorithm::Sha256).unwrap_err();
    assert!(matches!(error, CadesError::NoSignatureTimestamp { .. }), "{error}");
}

#[test]
fn a_timestamp_over_something_else_or_out_of_order_is_not_put_in() {
    let office = Office::open();
    let preserved = office.long_term();
    let prepare = || preserved.prepare_archive(&Digests::default(), DigestAlgorithm::Sha256).unwrap();
    let other = office.token(&DigestAlgorithm::Sha256.digest(b"something else"));
    let error = prepare().finish(&other).unwrap_err();
    assert!(matches!(error, CadesError::TimestampOfOtherSignature), "{error}");
    office.pki.set_now(common::begin());
    let early = office.token(prepare().digest());
    let error = prepare().finish(&early).unwrap_err();
    assert!(matches!(error, CadesError::TimestampOutOfOrder { .. }), "{error}");
}

#[test]
fn preparing_again_gives_the_same_digest() {
    let office = Office::open();
    let preserved = office.long_term();
    let stored = CadesSignature::first_of(read(preserved.message().to_bytes())).unwrap();
    let digest = |signed: &CadesSignature| {
        *signed.prepare_archive(&Digests::default(), DigestAlgorithm::Sha256).unwrap().digest()
    };
    assert_eq!(digest(&preserved), digest(&stored));
}

#[test]
fn levels_of_the_older_forms_are_recognised() {
    let office = Office::open();
    let level = |signed: &CadesSignature, added: &[const_oid::ObjectIdentifier]| {
        let message = added.iter().fold(signed.message().clone(), |message, oid| {
            // What they hold does not matter for the form.
            message.with_unsigned_attribute(0, &Attribute::new(*oid, [0x30, 0])).unwrap()
        });
        Level::of(&message, &message.signers()[0])
    };
    let (basic, stamped) = (office.basic(), office.stamped(&office.basic()));
    let references = [attributes::CERTIFICATE_REFERENCES, attributes::REVOCATION_REFERENCES];
    let values = [attributes::CERTIFICATE_VALUES, attributes::REVOCATION_VALUES];
    assert_eq!(level(&basic, &[]), Level::BaselineB);
    assert_eq!(level(&stamped, &[]), Level::BaselineT);
    assert_eq!(level(&stamped, &references), Level::C);
    for kind in [attributes::REFERENCES_TIMESTAMP, attributes::REFERENCES_AND_SIGNATURE_TIMESTAMP] {
        assert_eq!(level(&stamped, &[references[0], references[1], kind]), Level::X);
    }
    assert_eq!(level(&stamped, &[references, values].concat()), Level::XLong);
    for kind in [
        attributes::ARCHIVE_TIMESTAMP_V1,
        attributes::ARCHIVE_TIMESTAMP_V2,
        attributes::ARCHIVE_TIMESTAMP_V3,
        attributes::LONG_TERM_VALIDATION,
    ] {
        assert_eq!(level(&stamped, &[kind]), Level::A, "its evidence is not there");
        assert_eq!(Level::A.baseline(), SignatureLevel::BelowBaseline);
    }
    assert_eq!(level(&office.long_term(), &references), Level::C, "not allowed in the baseline");
}

#[test]
fn evidence_records_are_told_and_prove_nothing() {
    let office = Office::open();
    let record = Attribute::new(attributes::INTERNAL_EVIDENCE_RECORD, [0x30, 0]);
    let message = office.basic().message().with_unsigned_attribute(0, &record).unwrap();
    let subject = presented(&message, 0);
    assert!(subject.timestamps.is_empty());
    let told = subject.notes.iter().find(|(_, finding)| finding.kind == "evidence-record");
    assert!(told.is_some_and(|(_, finding)| finding.text.contains("RFC 4998")));
}

#[test]
fn a_second_authority_is_preserved_with_its_own_chain() {
    let office = Office::open();
    let stamped = office.stamped(&office.basic());
    let other = office.pki.issue(Profile::timestamp_authority("Second Authority", KeyKind::P256));
    let digest = stamped.timestamp_digest(DigestAlgorithm::Sha256);
    let responder =
        chancery_timestamp::respond::Responder::new(other.signer(), chancery_testkit::oid::TIMESTAMP_POLICY);
    let info = chancery_timestamp::TimestampInfo::new(
        chancery_testkit::oid::TIMESTAMP_POLICY,
        digest,
        &[7],
        office.pki.now(),
    );
    let token = responder.sign(&info, chancery_timestamp::CertificateRequest::Include).unwrap();
    let token = MatchingToken::from_token(&token, &Digests::of([digest.into()])).unwrap();
    let twice = stamped.with_timestamp(&token).unwrap();
    let preserved = office.preserved(&twice);
    assert!(preserved.message().certificates().contains(other.certificate()));
    assert_eq!(preserved.level(), Level::BaselineLt);
    let subject = presented(office.archived(&preserved).message(), 0);
    let kinds: Vec<_> = subject.timestamps.iter().map(|stamp| stamp.kind).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == TimestampKind::Signature).count(), 2);
    assert_eq!(archives(&subject)[0].covers.tokens().count(), 2);
}

#[test]
fn fresh_evidence_is_fetched_and_older_evidence_is_told() {
    let office = Office::open();
    // A responder was asked before the timestamp was made, and is silent since.
    let early = office.stamped(&office.basic());
    let before = office.preserved(&early);
    let archived = office.archived(&before);
    let answers = |signed: &CadesSignature| signed.message().other_revocations().len();
    // What the first archive timestamp rests on was all asked before it: it is asked again.
    let preserved = office.preserved(&archived);
    assert_eq!(
        (answers(&archived), answers(&preserved)),
        (3, 5),
        "of the authority and of its issuer, newer"
    );

    office.pki.misbehave(TestService::Ocsp, Misbehaviour::Reject);
    office.pki.misbehave(TestService::Crl, Misbehaviour::Reject);
    let evidence = office.collected(&archived).unwrap();
    assert_eq!(evidence.older().count(), 2, "what is enclosed already is not outdated");
    let strict = office.verifier().freshness(chancery_chain::Freshness::issued_after());
    let collector = LongTermCollector::new(&archived, &strict, &strict, office.pki.now()).unwrap();
    assert!(matches!(collector.collect(&office.pki), Err(CadesError::ChainNotValid { .. })));
}
