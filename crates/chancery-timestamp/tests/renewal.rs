//! Rows of timestamps, each of which keeps the one before alive; and until when one lasts.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use chancery_certificate::{Certificate, asn1};
use chancery_chain::{
    AnchorConstraints, ChainFault, ChainVerifier, ControlLimit, Evidence, ProofsOfExistence, Purpose,
    RevocationPolicy, TrustAnchor, TrustAnchors, Unproven,
};
use chancery_cms::{Preparation, attributes};
use chancery_digest::{AnyDigest, DigestAlgorithm, Digests, KnownDigest, LegacyDigest};
use chancery_key::lifetime::AlgorithmConstraints;
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use chancery_testkit::{
    CrlProfile, Locations, Profile, Revocation, RevocationReason, TestAuthority, TestIdentity,
};
use chancery_timestamp::respond::Responder;
use chancery_timestamp::{
    CertificateRequest, MatchingToken, StatedAuthority, TimestampEnd, TimestampInfo, TrustedTimestamp,
};
use const_oid::ObjectIdentifier as Oid;
use jiff::{SignedDuration, Timestamp};

const CONTRACT: &[u8] = b"I owe you ten";
const POLICY: Oid = Oid::new_unwrap("1.2.3.4.5");

fn day(count: i64) -> Timestamp {
    let start: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_hours(24 * count)
}

/// A root and the authorities that it certified, one for each age.
struct Row {
    root: TestAuthority,
    stamps: Vec<Stamp>,
}

/// A token with what its authority needs to be trusted.
struct Stamp {
    token: MatchingToken,
    crl: Vec<u8>,
}

const AGE: i64 = 300;

/// The token of age n is of day 300 n + 100; its certificate ends at day 300 n + 400, so that they overlap.
fn stamped(age: i64) -> Timestamp {
    day(AGE * age + 100)
}

fn tsa(root: &TestAuthority, age: i64) -> TestIdentity {
    let profile = Profile::timestamp_authority(&format!("TSA {age}"), KeyKind::P256);
    root.issue(profile.valid(day(AGE * age), day(AGE * age + 400)))
}

fn token(signer: SoftwareSigner, covered: &[u8], at: Timestamp) -> MatchingToken {
    let info = TimestampInfo::new(POLICY, DigestAlgorithm::Sha256.digest(covered), &[1], at);
    let der = Responder::new(signer, POLICY).sign(&info, CertificateRequest::Include).unwrap();
    matching(&der, covered)
}

fn matching(der: &[u8], covered: &[u8]) -> MatchingToken {
    let digests = Digests::over_bytes([KnownDigest::from(DigestAlgorithm::Sha256)], covered);
    MatchingToken::from_token(der, &digests).unwrap()
}

impl Row {
    fn new(ages: i64) -> Self {
        let profile = Profile::authority("Root", KeyKind::P256).valid(day(-1000), day(30_000));
        let root = TestAuthority::root(profile, day(0), Locations::under("http://pki.test", "row"));
        let mut row = Self { root, stamps: Vec::new() };
        for age in 0..ages {
            let covered = row.covered(row.stamps.len());
            let crl = CrlProfile::new(stamped(age))
                .next_update(stamped(age) + SignedDuration::from_hours(24 * 310));
            let crl = row.root.sign_crl(&crl.number(1));
            let token = token(tsa(&row.root, age).signer(), &covered, stamped(age));
            row.stamps.push(Stamp { token, crl });
        }
        row
    }

    /// What the token at this place covers: the contract, the tokens before it, and their evidence.
    fn covered(&self, place: usize) -> Vec<u8> {
        let pieces = self.stamps.iter().take(place).flat_map(|one| [one.token.to_der(), &one.crl[..]]);
        std::iter::once(CONTRACT).chain(pieces).collect::<Vec<_>>().concat()
    }

    fn evidence(&self) -> Evidence {
        self.stamps.iter().fold(Evidence::new(), |evidence, one| evidence.with_crl(one.crl.clone()))
    }

    /// Judges them, the newest first, with what the newer ones prove, without what is taken away.
    fn judge(
        &self,
        now: Timestamp,
        taken: Option<&[u8]>,
    ) -> Result<TrustedTimestamp, chancery_chain::ChainFailure> {
        let anchors = TrustAnchors::new([self.root.certificate().clone()]);
        let evidence = self.evidence();
        let mut proofs = ProofsOfExistence::new(now);
        let mut last = None;
        for (place, stamp) in self.stamps.iter().enumerate().rev() {
            let verifier = ChainVerifier::new(&anchors, Purpose::Timestamping, RevocationPolicy::Require)
                .evidence(&evidence)
                .proofs(&proofs);
            let trusted = stamp.token.clone().trust(&verifier, now)?;
            for older in &self.stamps[..place] {
                let certificates = older.token.certificates().iter().map(Certificate::to_der);
                for piece in [older.token.to_der(), &older.crl[..]].into_iter().chain(certificates) {
                    if taken != Some(piece) {
                        proofs.prove(piece, trusted.time());
                    }
                }
            }
            last = Some(trusted);
        }
        Ok(last.unwrap())
    }
}

#[test]
fn a_row_of_timestamps_keeps_the_first_alive() {
    let row = Row::new(4);
    let now = stamped(3) + SignedDuration::from_hours(24 * 10);
    let first = row.judge(now, None).unwrap();
    assert_eq!(first.time(), stamped(0));
    // It was judged when the second one was made.
    assert_eq!(first.chain().at(), stamped(1));
    assert!(first.chain().control_time().is_some());
    // By itself it is worth nothing any more.
    let anchors = TrustAnchors::new([row.root.certificate().clone()]);
    let evidence = row.evidence();
    let plain =
        ChainVerifier::new(&anchors, Purpose::Timestamping, RevocationPolicy::Require).evidence(&evidence);
    let alone = row.stamps[0].token.clone().trust(&plain, now).unwrap_err();
    assert!(matches!(alone.reason(), ChainFault::Expired { .. }), "{alone}");
}

#[test]
fn every_token_of_a_row_is_needed() {
    let row = Row::new(3);
    let now = stamped(2) + SignedDuration::from_hours(24 * 10);
    row.judge(now, None).unwrap();
    for stamp in &row.stamps[..2] {
        let failure = row.judge(now, Some(stamp.token.to_der())).unwrap_err();
        let expired = |fault: &ChainFault| matches!(fault, ChainFault::Expired { .. });
        assert!(failure.faults().any(expired), "{failure}");
    }
}

#[test]
fn a_timestamp_that_came_too_late_keeps_nothing_alive() {
    // The second token is of after the end of the first authority.
    let mut row = Row::new(1);
    let covered = row.covered(1);
    let late = day(420);
    let crl = CrlProfile::new(late).next_update(late + SignedDuration::from_hours(24 * 30)).number(2);
    let crl = row.root.sign_crl(&crl);
    row.stamps.push(Stamp { token: token(tsa(&row.root, 1).signer(), &covered, late), crl });
    let failure = row.judge(late, None).unwrap_err();
    assert!(matches!(failure.reason(), ChainFault::Expired { .. }), "{failure}");
}

#[test]
fn an_authority_that_was_revoked_later_counts_until_then() {
    for (since, good) in
        [(stamped(1) + SignedDuration::from_secs(1), true), (stamped(1), false), (stamped(0), false)]
    {
        let mut row = Row::new(2);
        let now = stamped(1) + SignedDuration::from_hours(24 * 10);
        let serial = row.stamps[0].token.signer().certificate().serial().to_vec();
        let revoked = CrlProfile::new(now)
            .next_update(now + SignedDuration::from_hours(24))
            .number(3)
            .revoke(serial, Revocation::new(since, RevocationReason::KeyCompromise));
        // The newer list is at hand too, and says nothing against the second authority.
        let crl = row.root.sign_crl(&revoked);
        row.stamps[1].crl = crl;
        assert_eq!(row.judge(now, None).is_ok(), good, "{since}");
    }
}

#[test]
fn where_trust_in_the_anchor_ended_everything_is_proven_from_before() {
    let row = Row::new(2);
    let now = stamped(1) + SignedDuration::from_hours(24 * 10);
    let until = stamped(1) + SignedDuration::from_hours(1);
    let anchor = TrustAnchor::new(row.root.certificate().clone())
        .constrained(AnchorConstraints::new().trusted_until(until));
    let anchors = TrustAnchors::new([anchor]);
    let evidence = row.evidence();
    let first = &row.stamps[0];
    let pieces: Vec<_> =
        [first.token.to_der(), &first.crl[..], first.token.signer().certificate().to_der()].into();
    for taken in [None, Some(0), Some(1), Some(2)] {
        let mut proofs = ProofsOfExistence::new(now);
        for (place, piece) in pieces.iter().enumerate() {
            if Some(place) != taken {
                proofs.prove(piece, stamped(1));
            }
        }
        let verifier = ChainVerifier::new(&anchors, Purpose::Timestamping, RevocationPolicy::Require)
            .evidence(&evidence)
            .proofs(&proofs);
        let found = first.token.clone().trust(&verifier, now);
        assert_eq!(found.is_ok(), taken.is_none(), "{taken:?}");
        let Err(failure) = found else { continue };
        match (taken, failure.reason()) {
            (Some(0), ChainFault::AnchorNoLongerTrusted { .. } | ChainFault::Expired { .. }) => {}
            (Some(1), ChainFault::NoProof { what: Unproven::Evidence { .. }, needed_by, .. })
            | (Some(2), ChainFault::NoProof { what: Unproven::Certificate, needed_by, .. }) => {
                assert!(matches!(needed_by.limit, ControlLimit::AnchorNoLongerTrusted { .. }));
            }
            (_, other) => panic!("{taken:?}: {other}"),
        }
    }
}

fn trusted(row: &Row, anchor: TrustAnchor) -> TrustedTimestamp {
    let anchors = TrustAnchors::new([anchor]);
    let verifier = ChainVerifier::new(&anchors, Purpose::Timestamping, RevocationPolicy::NotChecked);
    row.stamps[0].token.clone().trust(&verifier, stamped(0)).unwrap()
}

#[test]
fn a_timestamp_says_until_when_it_holds() {
    let row = Row::new(1);
    let anchor = TrustAnchor::new(row.root.certificate().clone());
    let end = trusted(&row, anchor.clone()).holds_until().unwrap();
    assert_eq!(end.time, day(400));
    let signer = row.stamps[0].token.signer().certificate();
    assert_eq!(end.because, TimestampEnd::CertificateExpires(signer.clone()));
    assert!(end.to_string().contains("TSA 0"), "{end}");

    let until = AnchorConstraints::new().trusted_until(day(200));
    let end = trusted(&row, anchor.constrained(until)).holds_until().unwrap();
    assert_eq!(end.because, TimestampEnd::AnchorNoLongerTrusted(row.root.certificate().clone()));
    assert!(end.time < day(200) && end.time > day(199));

    // A newer timestamp at the last moment comes in time, one a second later does not.
    let end = trusted(&row, TrustAnchor::new(row.root.certificate().clone())).holds_until().unwrap().time;
    for (at, good) in [(end, true), (end + SignedDuration::from_secs(1), false)] {
        let mut proofs = ProofsOfExistence::new(day(1000));
        proofs.prove(row.stamps[0].token.to_der(), at);
        let anchors = TrustAnchors::new([row.root.certificate().clone()]);
        let verifier =
            ChainVerifier::new(&anchors, Purpose::Timestamping, RevocationPolicy::NotChecked).proofs(&proofs);
        assert_eq!(row.stamps[0].token.clone().trust(&verifier, day(1000)).is_ok(), good);
    }
}

/// By the table of `chancery_key::lifetime`, SHA-224 and RSA with PKCS #1 v1.5 end with the year 2028.
#[test]
fn digests_and_algorithms_end_a_timestamp_too() {
    let profile = Profile::authority("Root", KeyKind::P256).valid(day(-1000), day(30_000));
    let root = TestAuthority::root(profile, day(0), Locations::under("http://pki.test", "row"));
    let anchors = TrustAnchors::new([root.certificate().clone()]);
    let verifier = ChainVerifier::new(&anchors, Purpose::Timestamping, RevocationPolicy::NotChecked);
    let end = |kind, digest: DigestAlgorithm| {
        let signer =
            root.issue(Profile::timestamp_authority("TSA", kind).valid(day(0), day(20_000))).signer();
        let info = TimestampInfo::new(POLICY, digest.digest(CONTRACT), &[1], day(1));
        let der = Responder::new(signer, POLICY).sign(&info, CertificateRequest::Include).unwrap();
        let digests = Digests::over_bytes([KnownDigest::from(digest)], CONTRACT);
        let token = MatchingToken::from_token(&der, &digests).unwrap();
        token.trust(&verifier, day(1)).unwrap().holds_until().unwrap()
    };
    let last = "2028-12-31T23:59:59.999999999Z".parse().unwrap();
    let weak = end(KeyKind::P256, DigestAlgorithm::Sha224);
    assert_eq!(
        (weak.time, &weak.because),
        (last, &TimestampEnd::WeakImprint(DigestAlgorithm::Sha224.into()))
    );
    let rsa = end(KeyKind::Rsa { bits: 2048 }, DigestAlgorithm::Sha256);
    assert_eq!(rsa.time, last);
    assert!(matches!(rsa.because, TimestampEnd::WeakSignature(_)), "{rsa}");
    assert!(matches!(
        end(KeyKind::P256, DigestAlgorithm::Sha256).because,
        TimestampEnd::CertificateExpires(_)
    ));
}

#[test]
fn a_token_over_a_broken_digest_ended_before_it_was_made() {
    let row = Row::new(1);
    let signer = tsa(&row.root, 0).signer();
    let info = TimestampInfo::new(POLICY, LegacyDigest::Sha1.digest(CONTRACT), &[1], day(1));
    let der = Responder::new(signer, POLICY).sign(&info, CertificateRequest::Include).unwrap();
    let digests = Digests::over_bytes([KnownDigest::from(LegacyDigest::Sha1)], CONTRACT);
    let token = MatchingToken::from_token(&der, &digests).unwrap();
    let anchors = TrustAnchors::new([row.root.certificate().clone()]);
    let verifier = ChainVerifier::new(&anchors, Purpose::Timestamping, RevocationPolicy::NotChecked);
    let end = token.trust(&verifier, day(1)).unwrap().holds_until().unwrap();
    assert_eq!(end.because, TimestampEnd::WeakImprint(LegacyDigest::Sha1.into()));
    assert!(end.time < day(1));
}

#[test]
fn the_table_of_the_verifier_ends_a_timestamp() {
    let profile = Profile::authority("Root", KeyKind::P256).valid(day(-1000), day(30_000));
    let root = TestAuthority::root(profile, day(0), Locations::under("http://pki.test", "row"));
    let anchors = TrustAnchors::new([root.certificate().clone()]);
    let kind = KeyKind::Rsa { bits: 2048 };
    let signer = root.issue(Profile::timestamp_authority("TSA", kind).valid(day(0), day(20_000))).signer();
    let token = token(signer, CONTRACT, day(1));
    let end = |table| {
        let verifier = ChainVerifier::new(&anchors, Purpose::Timestamping, RevocationPolicy::NotChecked);
        token.clone().trust(&verifier.algorithms(table), day(1)).unwrap().holds_until().unwrap().time
    };
    let (default, strict) = (AlgorithmConstraints::dss_6_4(), AlgorithmConstraints::ts_119_312_v2_1_1());
    assert!(end(strict) < end(default), "{} {}", end(strict), end(default));
}

/// TSTInfo with the name of an authority in it, which our responder leaves out.
fn naming(signer: &SoftwareSigner, name: &[u8]) -> MatchingToken {
    let info = TimestampInfo::new(POLICY, DigestAlgorithm::Sha256.digest(CONTRACT), &[1], day(1)).to_der();
    let fields = asn1::Element::only(&info, asn1::tag::SEQUENCE).unwrap().content.to_vec();
    let tsa = asn1::encode(asn1::tag::constructed(0), name);
    let info = asn1::sequence(&[&fields, &tsa]);
    let preparation = Preparation::enclosing(signer.chain(), signer.algorithm(), info)
        .content_type(attributes::TIMESTAMP_INFO);
    let prepared = preparation.prepare().unwrap();
    let message = prepared.finish(signer.sign(prepared.to_be_signed()).unwrap()).unwrap();
    matching(message.to_bytes(), CONTRACT)
}

#[test]
fn the_name_in_a_token_is_compared_with_its_certificate() {
    let profile = Profile::authority("Root", KeyKind::P256).valid(day(-1000), day(30_000));
    let root = TestAuthority::root(profile, day(0), Locations::under("http://pki.test", "row"));
    let host = asn1::sequence(&[&asn1::encode(asn1::tag::primitive(2), b"tsa.example")]);
    let profile = Profile::timestamp_authority("TSA", KeyKind::P256)
        .extension(chancery_testkit::TestExtension::plain("2.5.29.17".parse().unwrap(), host));
    let signer = root.issue(profile.valid(day(0), day(400))).signer();
    let directory = |name: &[u8]| asn1::encode(asn1::tag::constructed(4), name);
    let own = directory(signer.chain()[0].subject().to_der());
    let other = directory(root.certificate().subject().to_der());
    let dns = |name: &[u8]| asn1::encode(asn1::tag::primitive(2), name);
    for (name, same) in
        [(own, true), (other, false), (dns(b"TSA.example"), true), (dns(b"tsa.example.com"), false)]
    {
        let token = naming(&signer, &name);
        match token.stated_authority() {
            StatedAuthority::Signer(_) => assert!(same),
            StatedAuthority::Another(_) => assert!(!same),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(token(signer, CONTRACT, day(1)).stated_authority(), StatedAuthority::Nobody);
}
