//! Signatures that are judged years later, by what they carry alone.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod common;

use base64ct::{Base64, Encoding};
use chancery_ades::{Existence, Indication, Policy, Report, SignatureAttribute, SignatureReport};
use chancery_cades::{CadesError, CadesSignature, CadesVerifier};
use chancery_certificate::asn1::{self, tag};
use chancery_chain::{Evidence, RevocationPolicy, TrustAnchors};
use chancery_cms::{CountersignaturePreparation, Enclosures};
use chancery_digest::{AnyDigest, DigestAlgorithm, Digests};
use chancery_key::{KeyKind, Signer};
use chancery_testkit::{Profile, RevocationReason, oid};
use chancery_timestamp::respond::Responder;
use chancery_timestamp::{CertificateRequest, MatchingToken, TimestampInfo};
use common::{Office, begin, replace};
use const_oid::ObjectIdentifier as Oid;
use jiff::{SignedDuration, Timestamp};

/// Nothing is known but the root and what the message holds.
fn judged(office: &Office, message: &[u8], at: Timestamp) -> Report {
    let anchors = TrustAnchors::new([office.pki.root().clone()]);
    let policy = Policy::new(anchors, RevocationPolicy::Require);
    CadesVerifier::new(&policy).verify_at(message, at).unwrap()
}

fn indications(report: &Report) -> Vec<Indication> {
    report.signatures().iter().map(|signature| signature.verdict().indication()).collect()
}

fn later(office: &Office, days: i64) -> Timestamp {
    office.pki.now() + SignedDuration::from_hours(24 * days)
}

#[test]
fn what_is_preserved_is_judged_without_a_network() {
    let office = Office::open();
    let stamped = office.stamped(&office.basic());
    let preserved = office.preserved(&stamped);
    let archived = office.archived(&preserved);
    let at = office.pki.now();
    assert_eq!(indications(&judged(&office, stamped.message().to_bytes(), at)), [Indication::Indeterminate]);
    for signed in [&preserved, &archived] {
        let report = judged(&office, signed.message().to_bytes(), at);
        assert_eq!(indications(&report), [Indication::TotalPassed], "{report}");
        let proof = report.signatures()[0].verdict().proof().unwrap();
        assert!(matches!(proof.existence(), Existence::Proven { .. }), "{report}");
    }
}

#[test]
fn an_archived_signature_outlives_the_certificate_of_its_signer() {
    let office = Office::with_signer_for(SignedDuration::from_hours(24 * 365));
    let preserved = office.long_term();
    let archived = office.archived(&preserved);
    let expired = later(&office, 500);
    office.pki.set_now(expired);
    // What is new is what the authorities say of the timestamp authority today; nothing is said of the signer.
    let lists = office.pki.crls().into_iter().fold(Evidence::new(), Evidence::with_crl);
    let verdict = |signed: &CadesSignature| {
        let anchors = TrustAnchors::new([office.pki.root().clone()]);
        let policy = Policy::new(anchors, RevocationPolicy::Require).evidence(lists.clone());
        let report = CadesVerifier::new(&policy).verify_at(signed.message().to_bytes(), expired).unwrap();
        (indications(&report)[0], report)
    };
    let (word, report) = verdict(&archived);
    assert_eq!(word, Indication::TotalPassed, "{report}");
    let (word, report) = verdict(&office.basic_at(begin()));
    assert_eq!(word, Indication::Indeterminate, "{report}");
    // Its renewal needs evidence for the timestamp authority only.
    let renewed = office.archived(&office.preserved(&archived));
    office.wait();
    let report = judged(&office, renewed.message().to_bytes(), office.pki.now());
    assert_eq!(indications(&report), [Indication::TotalPassed], "{report}");
}

#[test]
fn a_signer_revoked_after_the_archive_timestamp_stays_good() {
    let office = Office::open();
    let archived = office.archive();
    let alice = archived.message().certificates();
    let alice = alice.iter().find(|one| one.display_name().contains("Alice")).unwrap().clone();
    office.wait();
    office.pki.revoke(&alice, office.pki.now(), RevocationReason::KeyCompromise);
    let list = Enclosures::new().crl(&office.pki.crl()).unwrap();
    let informed = archived.message().with_enclosures(&list).unwrap();
    let report = judged(&office, informed.to_bytes(), office.pki.now());
    assert_eq!(indications(&report), [Indication::TotalPassed], "{report}");
    // Without the timestamps nothing says that it was signed before.
    let bare = office.basic().message().with_enclosures(&list).unwrap();
    let report = judged(&office, bare.to_bytes(), office.pki.now());
    assert_ne!(indications(&report), [Indication::TotalPassed]);
}

#[test]
fn countersignatures_have_verdicts_of_their_own() {
    let office = Office::open();
    let preserved = office.long_term();
    let notary = office.pki.signer("Notary", KeyKind::P256);
    let target = &preserved.message().signers()[0];
    let prepared = CountersignaturePreparation::new(notary.chain(), notary.algorithm(), target)
        .signing_time(office.pki.now())
        .prepare()
        .unwrap();
    let finished = prepared.finish(notary.sign(prepared.to_be_signed()).unwrap()).unwrap();
    let message = preserved.message().with_countersignature(&finished).unwrap();
    let chain =
        Enclosures::new().certificates(notary.chain().iter().cloned()).crl(&office.pki.crl()).unwrap();
    let message = message.with_enclosures(&chain.crl(&office.pki.crls()[0]).unwrap()).unwrap();
    let report = judged(&office, message.to_bytes(), office.pki.now());
    let names: Vec<_> = report.signatures().iter().map(|signature| signature.name().to_owned()).collect();
    assert_eq!(names, ["signature 1", "signature 1, counter-signature 1"]);
    assert_eq!(indications(&report), [Indication::TotalPassed; 2], "{report}");

    // A counter-signature that is broken is told beside the signature, which stays what it is.
    let value = finished.to_signer_info();
    let mut broken = value.clone();
    *broken.last_mut().unwrap() ^= 1;
    let report = judged(&office, &replace(message.to_bytes(), &value, &broken), office.pki.now());
    assert_eq!(indications(&report), [Indication::TotalPassed, Indication::TotalFailed], "{report}");
}

/// Who may be half a day off proves nothing for the morning: if the signer was revoked within it, there is nothing to
/// preserve, as there is nothing that would pass.
#[test]
fn evidence_is_collected_for_the_last_moment_that_a_rough_clock_leaves_open() {
    let (hour, half_a_day) = (SignedDuration::from_hours(1), std::time::Duration::from_secs(12 * 3600));
    for (revoked, good) in [(6, false), (13, true)] {
        let office = Office::open();
        let basic = office.basic();
        let digest = basic.timestamp_digest(DigestAlgorithm::Sha256);
        let info = TimestampInfo::new(oid::TIMESTAMP_POLICY, digest, &[7], begin());
        let authority = office.pki.timestamp_authority().signer();
        let token = Responder::new(authority, oid::TIMESTAMP_POLICY)
            .sign(&info.with_accuracy(half_a_day), CertificateRequest::Include)
            .unwrap();
        let token = MatchingToken::from_token(&token, &Digests::of([digest.into()])).unwrap();
        let stamped = basic.with_timestamp(&token).unwrap();
        // At once the rest of the half day is still to come.
        assert!(office.collected(&stamped).is_ok());
        let needed = stamped.needed_chains().unwrap();
        assert!(needed.iter().all(|one| one.since == begin() + hour * 12), "{needed:?}");
        let alice = needed[0].certificate.clone();
        office.pki.set_now(begin() + hour * revoked);
        office.pki.revoke(&alice, office.pki.now(), RevocationReason::KeyCompromise);
        office.pki.set_now(begin() + hour * 24);
        let collected = office.collected(&stamped);
        assert_eq!(collected.is_ok(), good, "{revoked}");
        assert!(good || matches!(collected, Err(CadesError::ChainNotValid { .. })));
    }
}

/// The report on a signature names the other one that signs it by its value, and says who signs under a pseudonym.
#[test]
fn a_report_says_which_signature_signs_which() {
    let office = Office::open();
    let signed = office.basic();
    let pseudonym =
        asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("2.5.4.65")), &asn1::encode(0x0c, b"B. O. B.")]);
    let name = asn1::sequence(&[&asn1::encode(tag::SET, &pseudonym)]);
    let bob = office.pki.issue(Profile::signer("Bob", KeyKind::P256).subject(name)).signer();
    let target = &signed.message().signers()[0];
    let prepared = CountersignaturePreparation::new(bob.chain(), bob.algorithm(), target).prepare().unwrap();
    let finished = prepared.finish(bob.sign(prepared.to_be_signed()).unwrap()).unwrap();
    let message = signed.message().with_countersignature(&finished).unwrap();
    let chain = Enclosures::new().certificates(bob.chain().iter().cloned());
    let message = message.with_enclosures(&chain).unwrap();
    let report = judged(&office, message.to_bytes(), office.pki.now());
    let [first, second] = report.signatures() else { panic!("{report}") };
    let value = second.facts().value().unwrap();
    let stated = |one: &SignatureReport| one.facts().particulars().attributes.clone();
    assert!(stated(first).contains(&SignatureAttribute::Countersignature(value.to_vec())));
    let is_type = |one: &SignatureAttribute| matches!(one, SignatureAttribute::ContentType(_));
    assert!(stated(first).iter().any(is_type) && !stated(second).iter().any(is_type));
    assert!(stated(second).iter().any(|one| matches!(one, SignatureAttribute::MessageDigest(_))));

    let xml = report.to_etsi_xml();
    let digest = Base64::encode_string(DigestAlgorithm::Sha256.digest(value).as_bytes());
    let place = xml.find("<CounterSignature Signed=\"false\">").unwrap();
    assert!(xml[place..].contains(&format!("<DigestValue>{digest}</DigestValue>")), "{xml}");
    assert_eq!(xml.matches("<SignerInformation Pseudonym=\"true\">").count(), 1, "{xml}");
    assert_eq!(xml.matches("<SignerInformation>").count(), 1, "{xml}");
    let hexadecimal: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(
        report.to_json().contains(&format!("\"countersignature\": \"{hexadecimal}\"")),
        "{}",
        report.to_json()
    );
}
