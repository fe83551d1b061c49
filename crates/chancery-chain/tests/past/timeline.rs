//! A signature that was kept as it should be, counted in days from one day on.

use chancery_certificate::Certificate;
use chancery_chain::{
    AnchorScope, ChainFailure, ChainFault, ChainVerifier, ControlLimit, Evidence, EvidenceFault,
    ProofsOfExistence, Purpose, RevocationPolicy, TrustAnchor, TrustAnchors, Unproven, VerifiedChain,
};
use chancery_key::KeyKind;
use chancery_testkit::{
    CrlProfile, Locations, Profile, Revocation, RevocationReason, TestAuthority, TestIdentity,
};
use jiff::{SignedDuration, Timestamp};

/// Alice's certificate began on day 0. She signed on day 100.
pub(crate) fn day(count: i64) -> Timestamp {
    let start: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
    start + SignedDuration::from_hours(24 * count)
}

pub(crate) const SIGNED: i64 = 100;
/// When a timestamp covered the signature and all that it needs.
pub(crate) const ARCHIVED: i64 = 102;
/// Until when the CRL of the root is current that says that the authority is good.
pub(crate) const ABOVE_UNTIL: i64 = 200;
pub(crate) const ALICE_ENDS: i64 = 365;
pub(crate) const AUTHORITY_ENDS: i64 = 1500;
pub(crate) const PRESENT: i64 = 1000;

pub(crate) fn locations() -> Locations {
    Locations::under("http://pki.test", "past")
}

pub(crate) fn list(this_update: i64, next_update: i64) -> CrlProfile {
    CrlProfile::new(day(this_update)).next_update(day(next_update)).number(1)
}

pub(crate) fn revoke(
    list: CrlProfile,
    certificate: &Certificate,
    since: i64,
    reason: RevocationReason,
) -> CrlProfile {
    list.revoke(certificate.serial().to_vec(), Revocation::new(day(since), reason))
}

/// Root, authority and Alice, what is at hand, and what is proven.
pub(crate) struct Timeline {
    pub(crate) root: TestAuthority,
    pub(crate) authority: TestAuthority,
    pub(crate) alice: TestIdentity,
    pub(crate) anchor: TrustAnchor,
    pub(crate) evidence: Evidence,
    pub(crate) proofs: ProofsOfExistence,
}

impl Timeline {
    /// Nothing is at hand but the certificate of the authority, and nothing is proven.
    pub(crate) fn bare() -> Self {
        Self::with(Profile::signer("Alice", KeyKind::P256))
    }

    pub(crate) fn with(alice: Profile) -> Self {
        let root = Profile::authority("Root", KeyKind::P256).valid(day(-1000), day(20_000));
        let root = TestAuthority::root(root, day(0), locations());
        let authority = Profile::authority("Authority", KeyKind::P256).valid(day(-500), day(AUTHORITY_ENDS));
        let authority = root.subordinate(authority, locations());
        let alice = authority.issue(alice.valid(day(0), day(ALICE_ENDS)));
        let anchor = TrustAnchor::new(root.certificate().clone()).with_scope(AnchorScope::Certificate);
        let evidence = Evidence::new().with_certificate(authority.certificate().clone());
        let proofs = ProofsOfExistence::new(day(PRESENT));
        Self { root, authority, alice, anchor, evidence, proofs }
    }

    /// A CRL about each certificate from the days of the signature, and a timestamp soon after over all of it. Since
    /// then Alice's certificate has expired.
    pub(crate) fn kept() -> Self {
        let mut line = Self::bare();
        line.certificate_existed(ARCHIVED);
        line.above(list(90, ABOVE_UNTIL), ARCHIVED);
        line.about_alice(list(101, 108), ARCHIVED);
        line
    }

    pub(crate) fn at_present(self, present: i64) -> Self {
        let mut proofs = ProofsOfExistence::new(day(present));
        // Tests prove what they need before they move the present, so that nothing is lost.
        let certificates = [self.alice.certificate().to_der(), self.authority.certificate().to_der()];
        let evidence = self.evidence.crls().iter().chain(self.evidence.ocsp()).map(|one| &one[..]);
        for object in certificates.into_iter().chain(evidence) {
            let earliest = self.proofs.earliest(object);
            if earliest < self.proofs.present() {
                proofs.prove(object, earliest);
            }
        }
        Self { proofs, ..self }
    }

    pub(crate) fn certificate_existed(&mut self, at: i64) {
        self.proofs.prove(self.alice.certificate().to_der(), day(at));
    }

    /// Adds a CRL that is proven to have existed on that day.
    pub(crate) fn crl(&mut self, crl: Vec<u8>, proven: i64) {
        self.proofs.prove(&crl, day(proven));
        self.evidence.add_crl(crl);
    }

    pub(crate) fn ocsp(&mut self, answer: Vec<u8>, proven: i64) {
        self.proofs.prove(&answer, day(proven));
        self.evidence.add_ocsp(answer);
    }

    /// Adds a CRL of the root, which speaks of the authority.
    pub(crate) fn above(&mut self, list: CrlProfile, proven: i64) {
        self.crl(self.root.sign_crl(&list), proven);
    }

    /// Adds a CRL of the authority, which speaks of Alice.
    pub(crate) fn about_alice(&mut self, list: CrlProfile, proven: i64) {
        self.crl(self.authority.sign_crl(&list), proven);
    }

    pub(crate) fn verify_with(
        &self,
        signed: Timestamp,
        settings: impl FnOnce(ChainVerifier<'_>) -> ChainVerifier<'_>,
    ) -> Result<VerifiedChain, ChainFailure> {
        let anchors = TrustAnchors::new([self.anchor.clone()]);
        let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
            .evidence(&self.evidence)
            .proofs(&self.proofs);
        settings(verifier).verify_at(self.alice.certificate(), signed)
    }

    pub(crate) fn verify(&self) -> Result<VerifiedChain, ChainFailure> {
        self.verify_with(day(SIGNED), |verifier| verifier)
    }

    pub(crate) fn fault(&self) -> ChainFault {
        self.verify().unwrap_err().reason().clone()
    }

    /// What lacks a proof, whose it is or whom it is about, and why.
    pub(crate) fn lacks(&self) -> (Unproven, Certificate, ControlLimit) {
        match self.fault() {
            ChainFault::NoProof { what, certificate, needed_by, .. } => (what, certificate, needed_by.limit),
            other => panic!("{other}"),
        }
    }

    /// Why the evidence about a certificate was not used.
    pub(crate) fn because(&self) -> Vec<EvidenceFault> {
        match self.fault() {
            ChainFault::RevocationUnknown { because, .. } => because,
            other => panic!("{other}"),
        }
    }

    /// The last day for which the chain can be relied on.
    pub(crate) fn control(&self) -> Timestamp {
        self.verify().unwrap().control_time().unwrap().time
    }
}

/// The last moment before that day.
pub(crate) fn just_before(count: i64) -> Timestamp {
    day(count) - SignedDuration::from_nanos(1)
}
