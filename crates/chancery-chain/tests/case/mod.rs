//! A signer under two authorities, and what may be known of them.

// Each test file uses some of it.
#![allow(dead_code)]

use chancery_certificate::asn1;
use chancery_chain::{
    ChainFailure, ChainFault, ChainVerifier, Evidence, EvidenceFault, Purpose, RevocationPolicy,
    RevocationReason, TrustAnchors, VerifiedChain,
};
use chancery_key::{KeyKind, ToBeSigned};
use chancery_testkit::{
    CrlProfile, OcspAnswer, Profile, Revocation, RevocationReason as TestReason, TestAuthority,
    TestExtension, TestIdentity, TestPki,
};
use const_oid::ObjectIdentifier as Oid;
use jiff::{Timestamp, ToSpan};

pub(crate) fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

pub(crate) fn hours(count: i64) -> Timestamp {
    now() + count.hours()
}

/// A list of one hour ago, to be replaced tomorrow.
pub(crate) fn current() -> CrlProfile {
    CrlProfile::new(hours(-1)).next_update(hours(24)).number(7)
}

pub(crate) struct Case {
    pub(crate) pki: TestPki,
    pub(crate) alice: TestIdentity,
}

impl Case {
    pub(crate) fn new() -> Self {
        Self::with(Profile::signer("Alice", KeyKind::P256))
    }

    pub(crate) fn with(profile: Profile) -> Self {
        let pki = TestPki::at(now());
        let alice = pki.issue(profile);
        Self { pki, alice }
    }

    /// The root's list, which says that the intermediate is good, for a month around.
    pub(crate) fn above(&self) -> Evidence {
        let list = CrlProfile::new(hours(24 * 30)).next_update(hours(24 * 60)).number(1);
        Evidence::new().with_crl(self.pki.root_authority().sign_crl(&list))
    }

    /// The same, and this list of the issuer of the signer.
    pub(crate) fn list(&self, profile: &CrlProfile) -> Evidence {
        self.above().with_crl(self.sign(profile))
    }

    pub(crate) fn sign(&self, profile: &CrlProfile) -> Vec<u8> {
        self.pki.issuing().sign_crl(profile)
    }

    pub(crate) fn about(&self, at: Timestamp) -> OcspAnswer<'_> {
        OcspAnswer::about(self.alice.certificate(), self.pki.issuing(), at)
    }

    pub(crate) fn verify_with(
        &self,
        evidence: &Evidence,
        at: Timestamp,
        settings: impl FnOnce(ChainVerifier<'_>) -> ChainVerifier<'_>,
    ) -> Result<VerifiedChain, ChainFailure> {
        let anchors = TrustAnchors::new([self.pki.root().clone()]);
        let others = [self.pki.intermediate().clone()];
        let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
            .intermediates(&others)
            .evidence(evidence);
        settings(verifier).verify_at(self.alice.certificate(), at)
    }

    pub(crate) fn verify(&self, evidence: &Evidence, at: Timestamp) -> Result<VerifiedChain, ChainFailure> {
        self.verify_with(evidence, at, |verifier| verifier)
    }

    pub(crate) fn require(&self, evidence: &Evidence) -> Result<VerifiedChain, ChainFailure> {
        self.verify(evidence, now())
    }

    pub(crate) fn serial(&self) -> Vec<u8> {
        self.alice.certificate().serial().to_vec()
    }

    /// The list with the signer on it.
    pub(crate) fn revoked(&self, list: CrlProfile, since: i64, reason: TestReason) -> CrlProfile {
        list.revoke(self.serial(), Revocation::new(hours(since), reason))
    }
}

/// Why the evidence for the signer was not used.
pub(crate) fn because(answer: Result<VerifiedChain, ChainFailure>) -> Vec<EvidenceFault> {
    match answer.unwrap_err().reason() {
        ChainFault::RevocationUnknown { because, .. } => because.clone(),
        other => panic!("{other}"),
    }
}

pub(crate) fn revoked_since(
    answer: &Result<VerifiedChain, ChainFailure>,
) -> Option<(Timestamp, RevocationReason)> {
    match answer.as_ref().err().map(ChainFailure::reason) {
        Some(ChainFault::Revoked { since, reason, .. }) => Some((*since, *reason)),
        _ => None,
    }
}

/// A list of the authority with these fields after the name of its issuer.
pub(crate) fn hand_made(authority: &TestAuthority, version: Option<u8>, fields: &[&[u8]]) -> Vec<u8> {
    let key = authority.identity().key();
    let algorithm = key.default_algorithm();
    let identifier = algorithm.to_algorithm_identifier().unwrap();
    let version = version.map(|version| asn1::integer(&[version])).unwrap_or_default();
    let issuer = authority.certificate().subject().to_der();
    let to_be_signed = asn1::sequence(&[&version, &identifier, issuer, &fields.concat()]);
    let signature = key.sign(&ToBeSigned::new(algorithm, to_be_signed.clone())).unwrap();
    asn1::sequence(&[&to_be_signed, &identifier, &asn1::bit_string(signature.as_bytes())])
}

/// An entry of a list, with these extensions.
pub(crate) fn entry(serial: &[u8], at: Timestamp, extensions: &[&[u8]]) -> Vec<u8> {
    let extensions = if extensions.is_empty() { Vec::new() } else { asn1::sequence(extensions) };
    asn1::sequence(&[&asn1::integer(serial), &asn1::time(at), &extensions])
}

/// An extension as it stands in a list or an entry.
pub(crate) fn extension(oid: &str, critical: &[u8], value: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(&Oid::new_unwrap(oid)), critical, &asn1::octet_string(value)])
}

/// `critical TRUE`.
pub(crate) const CRITICAL: [u8; 3] = [1, 1, 0xff];

/// The issuing distribution point with this content.
pub(crate) fn scope(content: &[u8]) -> TestExtension {
    TestExtension::critical(Oid::new_unwrap("2.5.29.28"), asn1::sequence(&[content]))
}

/// A delta of the list with this number.
pub(crate) fn delta_of(number: u8) -> TestExtension {
    TestExtension::critical(Oid::new_unwrap("2.5.29.27"), asn1::integer(&[number]))
}
