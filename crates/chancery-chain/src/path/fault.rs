//! Why a path does not hold.

use chancery_certificate::{Certificate, Irregularity};
use const_oid::ObjectIdentifier;
use jiff::Timestamp;

use crate::past::control::{ControlTime, Unproven};
use crate::revocation::evidence_fault::EvidenceFault;
use crate::revocation::reason::RevocationReason;
use crate::rules::purpose::Purpose;

/// One rule that one candidate path breaks, with both sides of the comparison.
///
/// Each prints a sentence that a person can act on. `certificate` is always the certificate that breaks the
/// rule, so that a caller can tell the signer's own certificate from one of an authority above it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChainFault {
    /// No known certificate could have issued this one (RFC 5280 §6.1.3 (a)(4): issuer and subject must match).
    #[error(
        "no certificate of \"{issuer}\", which issued \"{}\", leads to a trust anchor; add the missing intermediate certificate or the trust anchor",
        .certificate.display_name()
    )]
    NoPath {
        /// The topmost certificate that was reached.
        certificate: Certificate,
        /// The issuer that it names (RFC 4514).
        issuer: String,
    },
    /// The signature on the certificate was not made with the key of the issuer's certificate.
    #[error("the signature on \"{}\" was not made with the key of \"{}\"", .certificate.display_name(), .issuer.display_name())]
    BadSignature {
        /// The certificate whose signature does not verify.
        certificate: Certificate,
        /// The certificate of the same name as its issuer that was tried.
        issuer: Certificate,
    },
    /// The moment lies after the end of the certificate's validity.
    #[error("\"{}\" expired at {not_after}, before {at}", .certificate.display_name())]
    Expired {
        /// The expired certificate.
        certificate: Certificate,
        /// The moment in question.
        at: Timestamp,
        /// The last moment of its validity.
        not_after: Timestamp,
    },
    /// The moment lies before the beginning of the certificate's validity.
    #[error("\"{}\" is valid only from {not_before}, after {at}", .certificate.display_name())]
    NotYetValid {
        /// The certificate that was not yet valid.
        certificate: Certificate,
        /// The moment in question.
        at: Timestamp,
        /// The first moment of its validity.
        not_before: Timestamp,
    },
    /// The certificate was revoked, or on hold, at the moment.
    #[error("\"{}\" was revoked at {since} ({reason}), not after {at}", .certificate.display_name())]
    Revoked {
        /// The revoked certificate.
        certificate: Certificate,
        /// The moment in question.
        at: Timestamp,
        /// When the revocation took effect: the earlier of revocation date and invalidity date.
        since: Timestamp,
        /// The reason that the issuer gave.
        reason: RevocationReason,
    },
    /// Revocation must be checked and no evidence answers for this certificate at this moment.
    #[error(
        "whether \"{}\" was revoked at {at} is not known: {}", .certificate.display_name(), because_text(.because)
    )]
    RevocationUnknown {
        /// The certificate without an answer.
        certificate: Certificate,
        /// The moment in question.
        at: Timestamp,
        /// Why the evidence at hand was not used; empty when there was none.
        because: Vec<EvidenceFault>,
    },
    /// The certificate, or the evidence about it, is not proven to have existed while what stands above it could be
    /// relied on (ETSI EN 319 102-1, 5.6.2.2). Only where a verifier was given
    /// [`ProofsOfExistence`](crate::ProofsOfExistence).
    #[error(
        "{} is proven to have existed only since {proven}, too late: {}; a timestamp over it from before then would help",
        .what.of(.certificate), .needed_by.limit
    )]
    NoProof {
        /// The certificate that lacks the proof, or that the evidence is about.
        certificate: Certificate,
        /// What lacks the proof.
        what: Unproven,
        /// Since when it is proven to have existed.
        proven: Timestamp,
        /// By when it had to exist, and why.
        needed_by: Box<ControlTime>,
    },
    /// A critical extension that this crate does not know (RFC 5280 §4.2: such a certificate must be refused).
    #[error("\"{}\" has the critical extension {oid}, which is not known here, so it must be refused", .certificate.display_name())]
    UnknownCriticalExtension {
        /// The certificate.
        certificate: Certificate,
        /// The extension.
        oid: ObjectIdentifier,
    },
    /// An extension is known by name but what it demands is not processed here.
    #[error("\"{}\" demands by extension {oid} what is not supported here ({what})", .certificate.display_name())]
    UnsupportedConstraint {
        /// The certificate.
        certificate: Certificate,
        /// The extension.
        oid: ObjectIdentifier,
        /// What is not supported.
        what: &'static str,
    },
    /// A field or extension that must be read to judge the path cannot be read.
    #[error("\"{}\" cannot be judged: {reason}", .certificate.display_name())]
    Malformed {
        /// The certificate.
        certificate: Certificate,
        /// What is wrong, and where.
        reason: String,
    },
    /// The certificate issued another one but is no certification authority (RFC 5280 §6.1.4 (k)).
    #[error("\"{}\" issued a certificate but is not marked as a certification authority", .certificate.display_name())]
    NotAnAuthority {
        /// The certificate.
        certificate: Certificate,
    },
    /// More authorities stand below this one than it allows (RFC 5280 §4.2.1.9, `pathLenConstraint`).
    #[error("\"{}\" allows {allowed} authorities below it, but {found} stand in the path", .certificate.display_name())]
    PathLength {
        /// The authority with the constraint.
        certificate: Certificate,
        /// Authorities allowed below it, self-issued ones not counted.
        allowed: u64,
        /// Authorities found below it, self-issued ones not counted.
        found: u64,
    },
    /// The key usage extension forbids the use (RFC 5280 §4.2.1.3).
    #[error("the key usage of \"{}\" does not allow {needed}", .certificate.display_name())]
    KeyUsage {
        /// The certificate.
        certificate: Certificate,
        /// The use that is missing, as `keyCertSign`, `cRLSign` or `digitalSignature or nonRepudiation`.
        needed: &'static str,
    },
    /// The extended key usage extension forbids the purpose (RFC 5280 §4.2.1.12).
    #[error("\"{}\" is not meant for {purpose}{} (its extended key usages: {})", .certificate.display_name(), alone(*.purpose), list(.found))]
    Purpose {
        /// The certificate.
        certificate: Certificate,
        /// The purpose that was asked for.
        purpose: Purpose,
        /// The usages that the certificate names; empty when it has no such extension.
        found: Vec<ObjectIdentifier>,
    },
    /// The certificate names an extended key usage that the verifier was told to exclude (RFC 9336 §4).
    #[error("\"{}\" is also meant for the usage {usage}, which is excluded here", .certificate.display_name())]
    ExcludedUsage {
        /// The certificate.
        certificate: Certificate,
        /// The usage.
        usage: ObjectIdentifier,
    },
    /// A name of the certificate is outside what an authority above it may certify (RFC 5280 §4.2.1.10).
    #[error("the name {name} in \"{}\" is outside what \"{}\" may certify", .certificate.display_name(), .authority.display_name())]
    NameConstraints {
        /// The certificate with the name.
        certificate: Certificate,
        /// The authority whose constraint it breaks.
        authority: Certificate,
        /// The name, for people.
        name: String,
    },
    /// No acceptable certificate policy holds along the whole path although one is required (RFC 5280 §6.1.5).
    #[error("no acceptable certificate policy holds from \"{}\" up to the trust anchor, and one is required", .certificate.display_name())]
    Policy {
        /// The certificate at which the set of valid policies became empty.
        certificate: Certificate,
    },
    /// The trust anchor is trusted for other purposes than the one that was asked for
    /// ([`AnchorConstraints::only_for`](crate::AnchorConstraints::only_for)).
    #[error(
        "\"{}\" is trusted for {}, not for {purpose}; trust it for that too, or use a certificate of another authority",
        .anchor.display_name(), purposes(.trusted_for)
    )]
    AnchorPurpose {
        /// The trust anchor.
        anchor: Certificate,
        /// The purpose that was asked for.
        purpose: Purpose,
        /// The purposes that it is trusted for.
        trusted_for: Vec<Purpose>,
    },
    /// Trust in the anchor began only after the moment
    /// ([`AnchorConstraints::trusted_from`](crate::AnchorConstraints::trusted_from)).
    #[error(
        "\"{}\" is trusted only from {from} on, after {at}; ask about a moment from then on, or trust it for longer",
        .anchor.display_name()
    )]
    AnchorNotYetTrusted {
        /// The trust anchor.
        anchor: Certificate,
        /// The moment in question.
        at: Timestamp,
        /// The first moment of trust.
        from: Timestamp,
    },
    /// Trust in the anchor had ended at the moment
    /// ([`AnchorConstraints::trusted_until`](crate::AnchorConstraints::trusted_until)).
    #[error(
        "trust in \"{}\" ended at {until}, not after {at}; a proof that what is judged existed before then would help, as a timestamp is",
        .anchor.display_name()
    )]
    AnchorNoLongerTrusted {
        /// The trust anchor.
        anchor: Certificate,
        /// The moment in question.
        at: Timestamp,
        /// The first moment without trust.
        until: Timestamp,
    },
    /// The certificate was issued after what the anchor issues ceased to be trusted
    /// ([`AnchorConstraints::distrusted_after`](crate::AnchorConstraints::distrusted_after)).
    #[error(
        "\"{}\" was issued at {not_before}; of \"{}\" only what was issued until {distrusted_after} is trusted; use a certificate from before then, or of another authority",
        .certificate.display_name(), .anchor.display_name()
    )]
    IssuedAfterDistrust {
        /// The judged certificate.
        certificate: Certificate,
        /// The trust anchor.
        anchor: Certificate,
        /// When the certificate was issued, as it says.
        not_before: Timestamp,
        /// The last moment of issue that is trusted.
        distrusted_after: Timestamp,
    },
    /// A name of the certificate is outside what the anchor is trusted for
    /// ([`AnchorConstraints::within_names`](crate::AnchorConstraints::within_names)).
    #[error(
        "the name {name} in \"{}\" is outside what \"{}\" is trusted for; permit it for this trust anchor, or use a certificate of another authority",
        .certificate.display_name(), .anchor.display_name()
    )]
    AnchorNames {
        /// The certificate with the name.
        certificate: Certificate,
        /// The trust anchor.
        anchor: Certificate,
        /// The name, for people.
        name: String,
    },
    /// No certificate policy holds along the whole path that the anchor is trusted under, and one is required
    /// ([`AnchorConstraints::under_policies`](crate::AnchorConstraints::under_policies)).
    #[error(
        "\"{}\" is trusted under certain certificate policies only, and none of them holds from \"{}\" up to it; use a certificate that names one of them",
        .anchor.display_name(), .certificate.display_name()
    )]
    AnchorPolicies {
        /// The certificate at which the set of valid policies became empty.
        certificate: Certificate,
        /// The trust anchor.
        anchor: Certificate,
    },
    /// The algorithm of the signature on the certificate, or the key behind it, was too weak at the moment.
    #[error("\"{}\" is signed with {algorithm}, which was not acceptable at {at} ({})", .certificate.display_name(), until_text(.acceptable_until))]
    WeakAlgorithm {
        /// The certificate whose signature is weak.
        certificate: Certificate,
        /// The algorithm and key, for people.
        algorithm: String,
        /// The moment in question.
        at: Timestamp,
        /// Until when it was acceptable; `None`: never.
        acceptable_until: Option<Timestamp>,
    },
    /// The key of the judged certificate was too weak at the moment, whatever it signs with.
    #[error("the key of \"{}\" ({key}) was not acceptable at {at} ({})", .certificate.display_name(), until_text(.acceptable_until))]
    WeakKey {
        /// The certificate with the weak key.
        certificate: Certificate,
        /// Kind and length of the key, for people.
        key: String,
        /// The moment in question.
        at: Timestamp,
        /// Until when it was acceptable; `None`: never.
        acceptable_until: Option<Timestamp>,
    },
    /// The algorithm of the signature on the certificate is not supported: nothing is said about its truth.
    #[error("\"{}\" is signed with {algorithm}, which is not supported here", .certificate.display_name())]
    UnsupportedAlgorithm {
        /// The certificate whose signature cannot be checked.
        certificate: Certificate,
        /// OID or name of the algorithm or key type.
        algorithm: String,
    },
    /// The two statements of the signature algorithm in the certificate differ (RFC 5280 §4.1.1.2).
    #[error("\"{}\" names one signature algorithm inside what is signed and another outside", .certificate.display_name())]
    AlgorithmMismatch {
        /// The certificate.
        certificate: Certificate,
    },
    /// The certificate breaks a rule for issuers, and the verifier was told to insist on them.
    #[error("\"{}\" is not as RFC 5280 {clause} asks: {rule}", .certificate.display_name())]
    Profile {
        /// The certificate.
        certificate: Certificate,
        /// What is wrong with it.
        rule: &'static str,
        /// The clause of RFC 5280.
        clause: &'static str,
    },
    /// The certificate is written as it must not be, and the verifier was told to insist on that.
    #[error("\"{}\" is not as RFC 5280 asks: {irregularity}", .certificate.display_name())]
    Irregular {
        /// The certificate.
        certificate: Certificate,
        /// What is odd about it, and where.
        irregularity: Irregularity,
    },
    /// The path is longer than allowed.
    #[error("the path from \"{}\" has more than {allowed} certificates between it and the trust anchor", .certificate.display_name())]
    TooDeep {
        /// The certificate at which the search turned back.
        certificate: Certificate,
        /// Intermediate certificates allowed.
        allowed: usize,
    },
    /// The search was ended because the certificates at hand would make it too long.
    #[error("the search for a path was given up: more than {allowed} {what} were needed")]
    BudgetExceeded {
        /// What was counted.
        what: &'static str,
        /// How many were allowed.
        allowed: u64,
    },
}

/// What a fault is about, so that a caller can map it without knowing every variant.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultGroup {
    /// A signature is wrong, or cannot be read or checked.
    Signature,
    /// A certificate cannot be read.
    Malformed,
    /// Something is not supported; nothing is said about the truth.
    Unsupported,
    /// A constraint on the path is broken: authority, length, usage, purpose, names, policies, critical extensions.
    Constraints,
    /// An algorithm or key size was no longer acceptable at the moment.
    Cryptography,
    /// A certificate was revoked at the moment.
    Revoked,
    /// The moment is outside the validity of a certificate, or of the trust in the anchor.
    OutOfBounds,
    /// Something is not proven to have existed in time.
    NoProof,
    /// Revocation is required and unknown.
    RevocationUnknown,
    /// The search was ended by its budget.
    Budget,
    /// There is no path to a trust anchor.
    NoChain,
}

impl ChainFault {
    /// The group that the fault belongs to.
    pub fn group(&self) -> FaultGroup {
        match self {
            Self::NoPath { .. } | Self::TooDeep { .. } => FaultGroup::NoChain,
            Self::BadSignature { .. } => FaultGroup::Signature,
            Self::Expired { .. }
            | Self::NotYetValid { .. }
            | Self::AnchorNotYetTrusted { .. }
            | Self::AnchorNoLongerTrusted { .. } => FaultGroup::OutOfBounds,
            Self::Revoked { .. } => FaultGroup::Revoked,
            Self::NoProof { .. } => FaultGroup::NoProof,
            Self::RevocationUnknown { .. } => FaultGroup::RevocationUnknown,
            Self::UnknownCriticalExtension { .. }
            | Self::NotAnAuthority { .. }
            | Self::PathLength { .. }
            | Self::KeyUsage { .. }
            | Self::Purpose { .. }
            | Self::ExcludedUsage { .. }
            | Self::NameConstraints { .. }
            | Self::Policy { .. }
            | Self::AnchorPurpose { .. }
            | Self::IssuedAfterDistrust { .. }
            | Self::AnchorNames { .. }
            | Self::AnchorPolicies { .. }
            | Self::Profile { .. }
            | Self::Irregular { .. } => FaultGroup::Constraints,
            Self::UnsupportedConstraint { .. } | Self::UnsupportedAlgorithm { .. } => FaultGroup::Unsupported,
            Self::Malformed { .. } | Self::AlgorithmMismatch { .. } => FaultGroup::Malformed,
            Self::WeakAlgorithm { .. } | Self::WeakKey { .. } => FaultGroup::Cryptography,
            Self::BudgetExceeded { .. } => FaultGroup::Budget,
        }
    }

    /// The certificate that breaks the rule, unless the fault is about the whole search.
    pub fn certificate(&self) -> Option<&Certificate> {
        match self {
            Self::NoPath { certificate, .. }
            | Self::BadSignature { certificate, .. }
            | Self::Expired { certificate, .. }
            | Self::NotYetValid { certificate, .. }
            | Self::Revoked { certificate, .. }
            | Self::RevocationUnknown { certificate, .. }
            | Self::NoProof { certificate, .. }
            | Self::UnknownCriticalExtension { certificate, .. }
            | Self::UnsupportedConstraint { certificate, .. }
            | Self::Malformed { certificate, .. }
            | Self::NotAnAuthority { certificate }
            | Self::PathLength { certificate, .. }
            | Self::KeyUsage { certificate, .. }
            | Self::Purpose { certificate, .. }
            | Self::ExcludedUsage { certificate, .. }
            | Self::NameConstraints { certificate, .. }
            | Self::Policy { certificate }
            | Self::AnchorPurpose { anchor: certificate, .. }
            | Self::AnchorNotYetTrusted { anchor: certificate, .. }
            | Self::AnchorNoLongerTrusted { anchor: certificate, .. }
            | Self::IssuedAfterDistrust { certificate, .. }
            | Self::AnchorNames { certificate, .. }
            | Self::AnchorPolicies { certificate, .. }
            | Self::WeakAlgorithm { certificate, .. }
            | Self::WeakKey { certificate, .. }
            | Self::UnsupportedAlgorithm { certificate, .. }
            | Self::AlgorithmMismatch { certificate }
            | Self::Profile { certificate, .. }
            | Self::Irregular { certificate, .. }
            | Self::TooDeep { certificate, .. } => Some(certificate),
            Self::BudgetExceeded { .. } => None,
        }
    }
}

fn because_text(because: &[EvidenceFault]) -> String {
    if because.is_empty() {
        return "there is no CRL or OCSP answer of its issuer".into();
    }
    because.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// What a purpose asks beyond the usage itself.
fn alone(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Timestamping => " alone, by a critical extension",
        _ => "",
    }
}

fn list(oids: &[ObjectIdentifier]) -> String {
    if oids.is_empty() {
        return "none".into();
    }
    oids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn purposes(purposes: &[Purpose]) -> String {
    if purposes.is_empty() {
        return "nothing".into();
    }
    purposes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ")
}

fn until_text(until: &Option<Timestamp>) -> String {
    until.map_or_else(|| "it never was".into(), |until| format!("it was until {until}"))
}
