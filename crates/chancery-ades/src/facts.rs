//! The facts behind a verdict: what stood in the signature, and what the validation learned. Nothing here decides
//! anything; reports name it.

use std::sync::Arc;

use chancery_certificate::{Certificate, Octets};
use chancery_chain::{
    Anchored, ChainFailure, ChainFault, PathFailure, ProofsOfExistence, RevocationPolicy, RevocationReason,
    RevocationStatus, VerifiedChain,
};
use chancery_cms::{CertificateBinding, CheckedSigner};
use chancery_digest::{Digest, KnownDigest};
use chancery_key::lifetime::{AlgorithmConstraints, Lifetime};
use chancery_key::{ClaimedAlgorithm, PublicKey};
use chancery_timestamp::MatchingToken;
use jiff::Timestamp;

use crate::coverage::Coverage;
use crate::level::SignatureLevel;
use crate::timestamp_kind::TimestampKind;
use crate::verdict::{Existence, Verdict};

/// What stands in a signature, as its format presents it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Particulars {
    /// The octets that were signed, where they are not the content itself: the signed attributes in DER.
    pub to_be_signed: Vec<u8>,
    /// The digest of the content, as it was computed from what is there.
    pub content: Option<Digest<KnownDigest>>,
    /// What the signer states.
    pub attributes: Vec<SignatureAttribute>,
}

/// What a signer states beside the content (ETSI TS 119 102-2, annex A).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SignatureAttribute {
    /// The type of the content, an object identifier in dots.
    ContentType(String),
    /// The digest of the content, as the signer wrote it.
    MessageDigest(Vec<u8>),
    /// The MIME type of the content.
    MimeType(String),
    /// What the signer commits to, an object identifier in dots.
    CommitmentType(String),
    /// The policy that the signer names, an object identifier in dots.
    SignaturePolicy(String),
    /// A role that the signer claims to have.
    ClaimedRole(String),
    /// When, as a PDF says.
    SigningTime(Timestamp),
    /// Where the signer says that it signed, line by line.
    Place(Vec<String>),
    /// Why, as a PDF says.
    Reason(String),
    /// The signer's name, as a PDF says.
    Name(String),
    /// How to reach the signer, as a PDF says.
    ContactInfo(String),
    /// The filter of a PDF signature.
    Filter(String),
    /// The form of a PDF signature.
    SubFilter(String),
    /// The bytes that a PDF signature covers: first byte and length, alternating.
    ByteRange(Vec<u64>),
    /// The value of another signature, which signs this one (EN 319 122-1, 5.2.7). It has a report of its own.
    Countersignature(Vec<u8>),
    /// Certificates that the signature carries for its own validation (certificate-values, EN 319 122-1, A.1.1.2).
    CertificateValues(Vec<Certificate>),
    /// What the signature carries about revocation (revocation-values, EN 319 122-1, A.1.2.2), each in DER.
    RevocationValues {
        /// The CRLs.
        crls: Vec<Octets>,
        /// The OCSP answers.
        ocsp: Vec<Octets>,
    },
}

/// What the validation learned about a signature or a timestamp. As much as it got to: after a fault that ends the
/// validation, the rest is missing.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub(crate) value: Option<Octets>,
    pub(crate) level: Option<SignatureLevel>,
    pub(crate) particulars: Particulars,
    pub(crate) claimed_signer: Option<Certificate>,
    pub(crate) signer: Option<Certificate>,
    pub(crate) binding: Option<CertificateBinding>,
    pub(crate) claimed_time: Option<Timestamp>,
    pub(crate) algorithm: Option<(ClaimedAlgorithm, Lifetime)>,
    pub(crate) path: Option<Path>,
    pub(crate) existence: Option<Existence>,
    pub(crate) timestamps: Vec<TimestampFacts>,
    pub(crate) policy: Option<RevocationPolicy>,
    /// Since when everything that was validated together is proven to exist.
    pub(crate) proofs: Option<Arc<ProofsOfExistence>>,
    /// The token, if this is about a timestamp.
    pub(crate) token: Option<Octets>,
    /// The time that it says then.
    pub(crate) stamped_at: Option<Timestamp>,
    /// What it covers then.
    pub(crate) covers: Coverage,
}

/// A path from a certificate upwards: the one that holds, or the candidate that came closest.
#[derive(Clone, Debug)]
pub struct Path {
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) anchored: Anchored,
    pub(crate) revocation: Vec<RevocationStatus>,
    pub(crate) revoked: Option<Revoked>,
}

/// A certificate of a path that was revoked at the moment in question.
#[derive(Clone, Debug)]
pub struct Revoked {
    /// The certificate.
    pub certificate: Certificate,
    /// When the revocation took effect.
    pub since: Timestamp,
    /// The reason that the issuer gave.
    pub reason: RevocationReason,
}

/// One timestamp of a signature, and what came of it.
#[derive(Clone, Debug)]
pub struct TimestampFacts {
    pub(crate) kind: TimestampKind,
    pub(crate) name: String,
    /// The time that it says, where it could be read.
    pub(crate) time: Option<Timestamp>,
    pub(crate) verdict: Verdict,
    pub(crate) facts: Facts,
}

impl Facts {
    /// Notes who signed, and by which algorithm, judged by this table.
    pub(crate) fn note_signer(&mut self, signer: &CheckedSigner, algorithms: AlgorithmConstraints) {
        let algorithm = signer.algorithm();
        let key = PublicKey::of(signer.certificate()).map(|key| key.kind());
        self.signer = Some(signer.certificate().clone());
        self.binding = Some(signer.binding());
        self.claimed_time = signer.signing_time();
        self.algorithm = key.ok().map(|key| (algorithm, algorithms.acceptable_until(&algorithm, key)));
    }

    /// Whether a timestamp over the signature value that proves this time was told already.
    pub(crate) fn says_signature_timestamp(&self, time: Timestamp) -> bool {
        let of_time = |stamp: &TimestampFacts| {
            stamp.kind == TimestampKind::Signature
                && stamp.verdict.proof().is_some_and(|proof| proof.time() == time)
        };
        self.timestamps.iter().any(of_time)
    }

    /// The signature value, as it stands in the signature.
    #[must_use]
    pub fn value(&self) -> Option<&[u8]> {
        self.value.as_deref()
    }

    /// The level that the form of the signature has, whatever its parts are worth.
    #[must_use]
    pub const fn level(&self) -> Option<SignatureLevel> {
        self.level
    }

    /// What stands in the signature.
    #[must_use]
    pub const fn particulars(&self) -> &Particulars {
        &self.particulars
    }

    /// Whose key made the signature; nothing if it does not hold.
    #[must_use]
    pub const fn signer(&self) -> Option<&Certificate> {
        self.signer.as_ref()
    }

    /// The certificate that the signature names, or that the signature was made with if it holds.
    #[must_use]
    pub fn claimed_signer(&self) -> Option<&Certificate> {
        self.signer.as_ref().or(self.claimed_signer.as_ref())
    }

    /// When the signer says that it signed: a claim, no proof.
    #[must_use]
    pub const fn claimed_time(&self) -> Option<Timestamp> {
        self.claimed_time
    }

    /// The algorithm of the signature with the key that made it, and until when it was acceptable.
    #[must_use]
    pub const fn algorithm(&self) -> Option<(ClaimedAlgorithm, Lifetime)> {
        self.algorithm
    }

    /// The path of the signer's certificate.
    #[must_use]
    pub const fn path(&self) -> Option<&Path> {
        self.path.as_ref()
    }

    /// Since when the signature is known to exist (the best-signature-time of ETSI EN 319 102-1).
    #[must_use]
    pub const fn existence(&self) -> Option<&Existence> {
        self.existence.as_ref()
    }

    /// The timestamps of the signature.
    #[must_use]
    pub fn timestamps(&self) -> &[TimestampFacts] {
        &self.timestamps
    }
}

impl Path {
    /// The certificates, the judged one first.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The trust anchor, if the path ends at one.
    #[must_use]
    pub fn anchor(&self) -> Option<&Certificate> {
        match self.anchored {
            Anchored::Yes => self.certificates.last(),
            Anchored::No => None,
        }
    }

    /// What is known about the revocation of each certificate, in the order of the certificates; empty if the path
    /// does not hold.
    #[must_use]
    pub fn revocation(&self) -> &[RevocationStatus] {
        &self.revocation
    }

    /// The certificate whose revocation keeps the path from holding.
    #[must_use]
    pub const fn revoked(&self) -> Option<&Revoked> {
        self.revoked.as_ref()
    }

    /// The path that came closest.
    pub(crate) fn of_failure(failure: &ChainFailure) -> Self {
        let closest = failure.paths().next();
        let revoked = failure.faults().find_map(|fault| match fault {
            ChainFault::Revoked { certificate, since, reason, .. } => {
                Some(Revoked { certificate: certificate.clone(), since: *since, reason: *reason })
            }
            _ => None,
        });
        Self {
            certificates: closest.map_or_else(Vec::new, |path| path.certificates().to_vec()),
            anchored: closest.map_or(Anchored::No, PathFailure::anchored),
            revocation: Vec::new(),
            revoked,
        }
    }
}

impl From<&VerifiedChain> for Path {
    fn from(chain: &VerifiedChain) -> Self {
        Self {
            certificates: chain.certificates().to_vec(),
            anchored: Anchored::Yes,
            revocation: chain.revocation().to_vec(),
            revoked: None,
        }
    }
}

impl TimestampFacts {
    /// What can be said of a token before anybody asks whether its authority is trusted.
    pub(crate) fn of(
        kind: TimestampKind,
        name: String,
        token: &MatchingToken,
        algorithms: AlgorithmConstraints,
        verdict: Verdict,
    ) -> Self {
        let mut facts = Facts { token: Some(token.message().octets().clone()), ..Facts::default() };
        facts.note_signer(token.signer(), algorithms);
        Self { kind, name, time: Some(token.time()), verdict, facts }
    }

    /// What can be said where no token matches what is covered.
    pub(crate) fn unmatched(kind: TimestampKind, name: String, verdict: Verdict) -> Self {
        Self { kind, name, time: None, verdict, facts: Facts::default() }
    }

    /// Says what it covers.
    pub(crate) fn covering(mut self, covers: Coverage) -> Self {
        self.facts.covers = covers;
        self
    }

    /// What the report calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is over.
    #[must_use]
    pub const fn kind(&self) -> TimestampKind {
        self.kind
    }

    /// The time that it says, where it could be read. It proves something only if the verdict is
    /// [`Verdict::Passed`].
    #[must_use]
    pub const fn time(&self) -> Option<Timestamp> {
        self.time
    }

    /// What it covers, as its format lays down.
    #[must_use]
    pub const fn covers(&self) -> &Coverage {
        &self.facts.covers
    }

    /// Whether it proves anything.
    #[must_use]
    pub const fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// Who made it, and how that was judged.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }
}
