//! A world with a fixed clock: authorities, a signer, timestamp authorities, lists of any time, and signatures with
//! timestamps put together by hand.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands, and not every test file uses all of this"
)]

use chancery_ades::{
    Coverage, CoveringTimestamp, Particulars, Policy, RequiredBinding, SignatureLevel, SignatureReport,
    SignatureSubject, SubIndication, TimestampKind, Verdict,
};
use chancery_certificate::{Certificate, Octets};
use chancery_chain::{Evidence, TrustAnchors};
use chancery_cms::{Preparation, SignedMessage};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, Digests, KnownDigest, LegacyDigest};
use chancery_key::{KeyKind, Signer};
use chancery_testkit::{
    CrlProfile, Locations, Profile, Revocation, RevocationReason, TestAuthority, TestIdentity, oid,
};
use chancery_timestamp::respond::Responder;
use chancery_timestamp::{CertificateRequest, Imprint, MatchingToken, TimestampInfo, TokenFault};
use jiff::{SignedDuration, Timestamp};

/// A moment: "2025-06-01" is its first second, "2025-06-01T02" that hour.
pub fn at(text: &str) -> Timestamp {
    let rest = &"T00:00:00Z"[text.len().min(13).saturating_sub(10)..];
    format!("{text}{rest}").parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub const DAY: SignedDuration = SignedDuration::from_hours(24);

pub fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

/// Authorities and people, with the validities that the tests are about.
///
/// | | from | to |
/// | --- | --- | --- |
/// | root | 2010 | 2050 |
/// | issuing authority | 2020 | 2030 |
/// | Alice | 2024 | 2026 |
/// | authority of the timestamp authorities | 2020 | 2045 |
/// | first timestamp authority | 2023 | 2027 |
/// | second timestamp authority | 2026 | 2036 |
pub struct World {
    pub root: TestAuthority,
    pub issuing: TestAuthority,
    pub stamping: TestAuthority,
    pub alice: TestIdentity,
    pub first: TestIdentity,
    pub second: TestIdentity,
}

impl World {
    pub fn new() -> Self {
        Self::with_alice(KeyKind::P256)
    }

    pub fn with_alice(kind: KeyKind) -> Self {
        let now = at("2025-01-01");
        let profile = Profile::authority("Root", KeyKind::P256).valid(at("2010-01-01"), at("2050-01-01"));
        let root = TestAuthority::root(profile, now, Locations::under("http://pki.test", "root"));
        let issuing = Profile::authority("Issuing", KeyKind::P256).valid(at("2020-01-01"), at("2030-01-01"));
        let issuing = root.subordinate(issuing, Locations::under("http://pki.test", "issuing"));
        let stamping =
            Profile::authority("Stamping", KeyKind::P256).valid(at("2020-01-01"), at("2045-01-01"));
        let stamping = root.subordinate(stamping, Locations::under("http://pki.test", "stamping"));
        let alice = Profile::signer("Alice", kind).valid(at("2024-01-01"), at("2026-01-01"));
        let tsa = |name, from, to| {
            stamping.issue(Profile::timestamp_authority(name, KeyKind::P256).valid(at(from), at(to)))
        };
        let first = tsa("First Stamps", "2023-01-01", "2027-01-01");
        let second = tsa("Second Stamps", "2026-01-01", "2036-01-01");
        Self { alice: issuing.issue(alice), root, issuing, stamping, first, second }
    }

    pub fn anchors(&self) -> TrustAnchors {
        TrustAnchors::new([self.root.certificate().clone()])
    }

    pub fn policy(&self) -> Policy {
        Policy::baseline(self.anchors())
    }

    /// The lists of all authorities of one time, good for a month.
    pub fn lists(&self, time: Timestamp) -> Evidence {
        [&self.root, &self.issuing, &self.stamping].iter().fold(Evidence::new(), |evidence, authority| {
            evidence.with_crl(authority.crl(time, time + days(30)))
        })
    }

    /// Revokes from a time on; the lists of that time or later say so.
    pub fn revoke(&self, certificate: &Certificate, since: &str, reason: RevocationReason) {
        let issuer = [&self.root, &self.issuing, &self.stamping]
            .into_iter()
            .find(|authority| authority.certificate().subject() == certificate.issuer());
        issuer.unwrap().revoke(certificate, Revocation::new(at(since), reason));
    }

    pub fn sign(&self) -> Signed {
        Signed::by(&self.alice)
    }
}

/// A list that revokes nobody.
pub fn empty_list(authority: &TestAuthority, time: Timestamp, until: Timestamp) -> Vec<u8> {
    authority.sign_crl(&CrlProfile::new(time).next_update(until))
}

/// A signature over some bytes with what was put on it since.
pub struct Signed {
    pub message: SignedMessage,
    pub chain: Vec<Certificate>,
    pub stamps: Vec<CoveringTimestamp>,
    pub evidence: Evidence,
    pub level: SignatureLevel,
}

const CONTENT: &[u8] = b"a contract";

impl Signed {
    pub fn by(signer: &TestIdentity) -> Self {
        let key = signer.signer();
        let digest = DigestAlgorithm::Sha256.digest(CONTENT);
        let prepared = Preparation::new(key.chain(), key.algorithm(), digest).prepare().unwrap();
        let message = prepared.finish(key.sign(prepared.to_be_signed()).unwrap()).unwrap();
        let (chain, stamps, evidence) = (signer.chain().to_vec(), Vec::new(), Evidence::new());
        Self { message, chain, stamps, evidence, level: SignatureLevel::Basic }
    }

    pub fn value(&self) -> Octets {
        self.message.signers()[0].signature().into()
    }

    /// A signature timestamp.
    pub fn stamped(mut self, tsa: &TestIdentity, time: &str) -> Self {
        let value = self.value();
        let covers = Coverage::new().signature(&value);
        let token = token(tsa, DigestAlgorithm::Sha256, &value, at(time));
        self.stamps.push(stamp(TimestampKind::Signature, &format!("timestamp of {time}"), token, covers));
        self.level = self.level.max(SignatureLevel::Time);
        self
    }

    /// A timestamp over the content, which the signature covers.
    pub fn after(mut self, tsa: &TestIdentity, time: &str) -> Self {
        let token = token(tsa, DigestAlgorithm::Sha256, CONTENT, at(time));
        self.stamps.push(stamp(TimestampKind::Content, "content timestamp", token, Coverage::new()));
        self
    }

    /// What is kept with the signature.
    pub fn with(mut self, evidence: Evidence) -> Self {
        self.evidence.extend(evidence);
        self.level = self.level.max(SignatureLevel::LongTerm);
        self
    }

    /// An archive timestamp over everything so far.
    pub fn archived(self, tsa: &TestIdentity, time: &str) -> Self {
        self.archived_with(tsa, DigestAlgorithm::Sha256, time)
    }

    pub fn archived_with<D: AnyDigest + Into<KnownDigest> + Copy>(
        mut self,
        tsa: &TestIdentity,
        algorithm: D,
        time: &str,
    ) -> Self
    where
        Imprint: From<Digest<D>>,
    {
        let covers = self.everything();
        let token = token(tsa, algorithm, &octets(&covers), at(time));
        self.stamps.push(stamp(
            TimestampKind::Archive,
            &format!("archive timestamp of {time}"),
            token,
            covers,
        ));
        self.level = SignatureLevel::Archive;
        self
    }

    /// What an archive timestamp covers now.
    pub fn everything(&self) -> Coverage {
        let covers = Coverage::new().signature(self.value()).evidence(self.evidence.clone());
        let covers = self.chain.iter().cloned().fold(covers, Coverage::certificate);
        self.stamps.iter().filter_map(|one| one.token.as_ref().ok()).fold(covers, |covers, token| {
            let covers = covers.token(token.to_der());
            token.certificates().iter().cloned().fold(covers, Coverage::certificate)
        })
    }

    pub fn subject(self) -> SignatureSubject {
        let info = &self.message.signers()[0];
        let digests = Digests::over_bytes([DigestAlgorithm::Sha256.into()], CONTENT);
        SignatureSubject {
            name: "signature 1".into(),
            claimed_signer: self.chain.first().cloned(),
            value: self.value(),
            level: self.level,
            particulars: Particulars::default(),
            check: info.check(&self.message, &digests, &self.chain),
            binding: RequiredBinding::Signed,
            evidence: self.evidence.with_certificates(self.chain),
            timestamps: self.stamps,
            restrictions: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub fn judge(self, policy: &Policy, moment: &str) -> SignatureReport {
        self.subject().validate(policy, at(moment))
    }
}

/// The octets that stand for what is covered: all of it, one after another.
pub fn octets(covers: &Coverage) -> Vec<u8> {
    let evidence = covers.covered_evidence();
    let mut octets: Vec<u8> = covers.signatures().chain(covers.tokens()).flatten().copied().collect();
    evidence.certificates().iter().for_each(|one| octets.extend(one.to_der()));
    evidence.crls().iter().for_each(|one| octets.extend(one.iter()));
    evidence.ocsp().iter().for_each(|one| octets.extend(one.iter()));
    octets
}

pub fn stamp(
    kind: TimestampKind,
    name: &str,
    token: Result<MatchingToken, TokenFault>,
    covers: Coverage,
) -> CoveringTimestamp {
    CoveringTimestamp { kind, name: name.into(), token, covers, evidence: Evidence::new() }
}

/// A token over octets, made at any time that the authority says, matched with the octets.
pub fn token<D: AnyDigest + Into<KnownDigest> + Copy>(
    tsa: &TestIdentity,
    algorithm: D,
    octets: &[u8],
    time: Timestamp,
) -> Result<MatchingToken, TokenFault>
where
    Imprint: From<Digest<D>>,
{
    MatchingToken::from_token(&raw_token(tsa, algorithm.digest(octets), time), &digests(octets))
}

pub fn raw_token(tsa: &TestIdentity, imprint: impl Into<Imprint>, time: Timestamp) -> Vec<u8> {
    let info = TimestampInfo::new(oid::TIMESTAMP_POLICY, imprint, &[7], time);
    Responder::new(tsa.signer(), oid::TIMESTAMP_POLICY).sign(&info, CertificateRequest::Include).unwrap()
}

pub fn digests(octets: &[u8]) -> Digests {
    let known =
        [KnownDigest::from(DigestAlgorithm::Sha256), LegacyDigest::Sha1.into(), LegacyDigest::Md5.into()];
    Digests::over_bytes(known, octets)
}

/// The word and, if it did not pass, the sub-indication.
pub fn word(report: &SignatureReport) -> Option<SubIndication> {
    report.verdict().reason().map(chancery_ades::Reason::sub_indication)
}

#[track_caller]
pub fn assert_passed(report: &SignatureReport) {
    assert!(matches!(report.verdict(), Verdict::Passed(_)), "{report}");
}

#[track_caller]
pub fn assert_open(report: &SignatureReport, expected: SubIndication) {
    assert!(matches!(report.verdict(), Verdict::Indeterminate(_)), "{report}");
    assert_eq!(word(report), Some(expected), "{report}");
}

#[track_caller]
pub fn assert_failed(report: &SignatureReport, expected: SubIndication) {
    assert!(matches!(report.verdict(), Verdict::Failed(_)), "{report}");
    assert_eq!(word(report), Some(expected), "{report}");
}

pub fn kinds(report: &SignatureReport) -> Vec<&'static str> {
    report.findings().map(|finding| finding.kind).collect()
}
