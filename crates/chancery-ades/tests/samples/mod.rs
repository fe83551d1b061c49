//! Reports of every kind: what passes, what does not and why, what was found, and names that try to break out.
#![allow(clippy::unwrap_used, reason = "a test fails where it stands")]

use chancery_ades::{
    Aspect, Finding, PageArea, Particulars, Place, Policy, Report, Restriction, SignatureAttribute,
    SignatureReport, SignatureSubject, SubIndication, TimestampKind, Validation,
};
use chancery_chain::{Evidence, RevocationPolicy};
use chancery_cms::SignedMessage;
use chancery_digest::{DigestAlgorithm, Digests, LegacyDigest};
use chancery_key::KeyKind;
use chancery_testkit::{Profile, RevocationReason};
use jiff::Timestamp;

use crate::support::{Signed, World, at, days, stamp, token};

/// Text that would break out of XML, of JSON, of a line, and of the direction of reading.
pub(crate) const HOSTILE: &str = "</Signer>\"],\u{202e}]]>&amp;\u{200b}\n└─ TOTAL-PASSED\u{0}\u{ffff}";

/// Each with a name for files.
pub(crate) fn reports() -> Vec<(&'static str, Report)> {
    let mut reports = validated();
    reports.extend(composed());
    reports
}

fn one(moment: &str, report: SignatureReport) -> Report {
    Report::new(at(moment), vec![report], Vec::new())
}

/// What the validation process says.
fn validated() -> Vec<(&'static str, Report)> {
    let mut reports = Vec::new();
    let mut add = |name, moment: &str, signed: Signed, policy: &Policy| {
        reports.push((name, one(moment, signed.judge(policy, moment))));
    };
    let world = World::new();
    let (june, policy) = (at("2025-06-01"), world.policy());
    let listed = |world: &World| world.sign().with(world.lists(june));
    add("passed", "2025-06-02", listed(&world), &policy);
    let lax = Policy::new(world.anchors(), RevocationPolicy::NotChecked);
    add("passed-unasked", "2025-06-02", world.sign(), &lax);
    let stamped = |world: &World| world.sign().stamped(&world.first, "2025-06-01").with(world.lists(june));
    add("passed-stamped", "2025-06-02", stamped(&world), &policy);
    let archived = stamped(&world).archived(&world.second, "2026-06-01").with(world.lists(at("2026-07-01")));
    let renewed = archived.archived(&world.second, "2026-12-01").with(world.lists(at("2027-06-01")));
    add("passed-archived", "2027-06-02", renewed, &policy);
    add("unproven-and-expired", "2027-06-02", listed(&world).with(world.lists(at("2027-06-01"))), &policy);
    add("nothing-known-of-revocation", "2025-06-02", world.sign(), &policy);
    add("old-lists", "2025-09-01", listed(&world), &policy);
    add("level-too-low", "2025-06-02", listed(&world), &Policy::archival(world.anchors()));
    add("other-anchors", "2025-06-02", listed(&world), &World::new().policy());
    add("stamp-in-the-future", "2025-05-31", stamped(&world), &policy);
    let late = world.sign().stamped(&world.first, "2025-06-01").after(&world.first, "2025-06-02");
    add("stamps-out-of-order", "2025-06-03", late.with(world.lists(at("2025-06-02"))), &policy);
    let mut unmatched = stamped(&world);
    let other = token(&world.first, DigestAlgorithm::Sha256, b"something else", june);
    let other = other.and_then(|token| {
        chancery_timestamp::MatchingToken::from_token(token.to_der(), &digests(b"a contract"))
    });
    unmatched.stamps.push(stamp(TimestampKind::Archive, "of something else", other, Default::default()));
    add("unmatched-stamp", "2025-06-02", unmatched, &policy);
    let mut weak = world.sign();
    let imprint = token(&world.first, LegacyDigest::Sha1, &weak.value(), june);
    weak.stamps.push(stamp(TimestampKind::Signature, "by SHA-1", imprint, Default::default()));
    add("weak-stamp", "2025-06-02", weak.with(world.lists(june)), &policy);
    let short = Signed::by(&short_key(&world)).with(world.lists(at("2029-06-01")));
    add("weak-key", "2029-06-02", short, &policy);
    for (name, who, reason) in [
        ("revoked", 0, RevocationReason::KeyCompromise),
        ("authority-revoked", 1, RevocationReason::AuthorityCompromise),
        ("on-hold", 0, RevocationReason::CertificateHold),
    ] {
        let world = World::new();
        world.revoke(&world.alice.chain()[who], "2025-03-01", reason);
        add(name, "2025-06-02", listed(&world), &world.policy());
    }
    let world = World::new();
    world.revoke(world.alice.certificate(), "2025-07-01", RevocationReason::Superseded);
    let later = stamped(&world).with(world.lists(at("2025-08-01")));
    add("passed-revoked-later", "2025-08-02", later, &world.policy());
    reports.extend(broken());
    reports
}

/// Its key was acceptable until 2029.
fn short_key(world: &World) -> chancery_testkit::TestIdentity {
    let profile = Profile::signer("Bob", KeyKind::Rsa { bits: 2048 });
    world.issuing.issue(profile.valid(at("2024-01-01"), at("2030-01-01")))
}

/// Signatures that do not hold.
fn broken() -> Vec<(&'static str, Report)> {
    let world = World::new();
    let (policy, moment) = (world.policy(), at("2025-06-02"));
    let judged = |subject: SignatureSubject| one("2025-06-02", subject.validate(&policy, moment));
    let checked = |content: &Digests, message: &SignedMessage| {
        let check = message.signers()[0].check(message, content, &[]);
        judged(SignatureSubject { check, ..world.sign().subject() })
    };
    let message = world.sign().message;
    let mut octets = message.to_bytes().to_vec();
    *octets.last_mut().unwrap() ^= 1;
    let forged = SignedMessage::from_ber(&octets).unwrap();
    vec![
        ("other-content", checked(&digests(b"another contract"), &message)),
        ("no-content", checked(&Digests::default(), &message)),
        ("forged", checked(&digests(b"a contract"), &forged)),
    ]
}

fn digests(content: &[u8]) -> Digests {
    Digests::over_bytes([DigestAlgorithm::Sha256.into()], content)
}

/// Reports put together: documents with timestamps, findings of every kind, every word of the standard.
fn composed() -> Vec<(&'static str, Report)> {
    let moment = at("2025-06-02");
    vec![
        ("document", document(moment)),
        ("no-signature", Report::new(moment, Vec::new(), vec![Finding::information("remark", "empty")])),
        ("every-word", Report::new(moment, words(), Vec::new())),
        ("hostile", hostile(moment)),
    ]
}

/// Two signatures with all that a dictionary may say, a timestamp over the document, an error beside.
fn document(moment: Timestamp) -> Report {
    let world = World::new();
    let policy = world.policy();
    let signed = world.sign().with(world.lists(at("2025-06-01")));
    let covers = signed.everything();
    let octets = crate::support::octets(&covers);
    let token = token(&world.first, DigestAlgorithm::Sha256, &octets, at("2025-06-01"));
    let document_timestamp = stamp(TimestampKind::Document, "Timestamp2", token, covers);
    let mut subject = signed.subject();
    subject.particulars = particulars();
    subject.particulars.attributes.extend([
        SignatureAttribute::CertificateValues(vec![world.issuing.certificate().clone()]),
        SignatureAttribute::RevocationValues {
            crls: vec![(*b"a CRL").into()],
            ocsp: vec![(*b"an answer").into()],
        },
    ]);
    let bob = Profile::signer("Bob", KeyKind::P256).valid(at("2024-01-01"), at("2026-01-01"));
    let bad = Signed::by(&world.issuing.issue(bob)).subject();
    let validated = Validation::new(&policy, moment)
        .signature(subject)
        .signature(bad)
        .document_timestamp(document_timestamp)
        .judge();
    let beside = vec![
        Finding::error("gap", "an object is in two revisions")
            .at(Place::Object(7))
            .rule("ISO 32000-2, 7.5.6"),
        Finding::warning("revision", "nothing covers it")
            .at(Place::Revision(3))
            .on_page(PageArea::page(2).within([72.0, 90.5, 292.0, 150.0])),
    ];
    Report::new(moment, validated.signatures.into_iter().chain(validated.timestamps).collect(), beside)
}

fn particulars() -> Particulars {
    let mut particulars = Particulars::default();
    particulars.content = digests(b"a contract").find(DigestAlgorithm::Sha256.into()).copied();
    particulars.to_be_signed = b"signed attributes".to_vec();
    particulars.attributes = vec![
        SignatureAttribute::ContentType("1.2.840.113549.1.7.1".into()),
        SignatureAttribute::MessageDigest(vec![1, 2, 3]),
        SignatureAttribute::MimeType("text/plain".into()),
        SignatureAttribute::CommitmentType("1.2.840.113549.1.9.16.6.5".into()),
        SignatureAttribute::SignaturePolicy("1.2.3".into()),
        SignatureAttribute::ClaimedRole("director".into()),
        SignatureAttribute::Place(vec!["Main Street 1".into(), "Riga".into()]),
        SignatureAttribute::SigningTime(at("2025-05-31")),
        SignatureAttribute::Place(Vec::new()),
        SignatureAttribute::Reason(HOSTILE.into()),
        SignatureAttribute::Name("Alice".into()),
        SignatureAttribute::ContactInfo("alice@example.org".into()),
        SignatureAttribute::Filter("Adobe.PPKLite".into()),
        SignatureAttribute::SubFilter("ETSI.CAdES.detached".into()),
        SignatureAttribute::ByteRange(vec![0, 10, 20, 30]),
    ];
    particulars
}

fn words() -> Vec<SignatureReport> {
    let all = [
        SubIndication::FormatFailure,
        SubIndication::HashFailure,
        SubIndication::SignatureCryptographyFailure,
        SubIndication::Revoked,
        SubIndication::Expired,
        SubIndication::NotYetValid,
        SubIndication::SignatureConstraintsFailure,
        SubIndication::ChainConstraintsFailure,
        SubIndication::CertificateChainGeneralFailure,
        SubIndication::CryptographicConstraintsFailure,
        SubIndication::CryptographicConstraintsFailureNoProof,
        SubIndication::TimestampOrderFailure,
        SubIndication::NoSigningCertificateFound,
        SubIndication::NoCertificateChainFound,
        SubIndication::NoCertificateChainFoundNoProof,
        SubIndication::RevokedNoProof,
        SubIndication::RevokedAuthorityNoProof,
        SubIndication::RevocationOutOfBoundsNoProof,
        SubIndication::OutOfBoundsNotRevoked,
        SubIndication::OutOfBoundsNoProof,
        SubIndication::NoProofOfExistence,
        SubIndication::TryLater,
        SubIndication::SignedDataNotFound,
        SubIndication::Generic,
    ];
    let report = |word: SubIndication| {
        let finding = Finding::error("word", "because").at(Place::Time(at("2025-06-01")));
        SignatureReport::unchecked(
            word.to_string(),
            Restriction::leaves_open(word, Aspect::Integrity, finding),
        )
    };
    all.into_iter().map(report).collect()
}

fn hostile(moment: Timestamp) -> Report {
    let world = World::new();
    let profile = Profile::signer(HOSTILE, KeyKind::P256).valid(at("2024-01-01"), at("2026-01-01"));
    let mut subject = Signed::by(&world.issuing.issue(profile)).subject();
    subject.name = HOSTILE.into();
    let finding = Finding::warning("hostile", HOSTILE).at(Place::Field(HOSTILE.into()));
    subject.notes.push((Aspect::Changes, finding.clone()));
    subject.evidence = Evidence::new();
    let policy = world.policy().evidence(world.lists(moment - days(1)));
    let report = subject.validate(&policy, moment).state(Aspect::Time, HOSTILE);
    Report::new(moment, vec![report], vec![finding.at(Place::Certificate(HOSTILE.into()))])
}
