//! Why a piece of revocation evidence was not used.

use const_oid::ObjectIdentifier;
use jiff::Timestamp;

/// Why a CRL or an OCSP answer was not used for a certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceFault {
    /// The bytes cannot be read.
    #[error("one {kind} cannot be read: {reason}")]
    Malformed {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// What is wrong, and where.
        reason: String,
    },
    /// No certificate at hand made the signature.
    #[error("the {kind} of {this_update} is not signed by the issuer of the certificate")]
    BadSignature {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When it was issued.
        this_update: Timestamp,
    },
    /// The certificate that signed the evidence may not do so, or does not lead to the same trust anchor.
    #[error("the {kind} of {this_update} is signed by a certificate that may not sign it: {reason}")]
    SignerNotAllowed {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When it was issued.
        this_update: Timestamp,
        /// What forbids it.
        reason: String,
    },
    /// Its signer's certificate expired before the moment for which it counts: nobody vouches for a key after that. That
    /// is the moment in question, or where proofs of existence are asked for
    /// ([`ChainVerifier::proofs`](crate::ChainVerifier::proofs)), since when it is proven to have existed.
    #[error(
        "the certificate of the signer of the {kind} of {this_update} expired at {not_after}, and the {kind} counts from {at} on; a timestamp over it from before then would help, or a newer one"
    )]
    SignerExpired {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When it was issued.
        this_update: Timestamp,
        /// The moment in question, or since when it is proven to have existed.
        at: Timestamp,
        /// The end of validity of the certificate of its signer, or of an authority above that.
        not_after: Timestamp,
    },
    /// It says itself that newer information must exist at the moment.
    #[error("the {kind} was to be replaced by {next_update}, before {at}; fetch a newer one")]
    Outdated {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When newer information was promised.
        next_update: Timestamp,
        /// The moment in question.
        at: Timestamp,
    },
    /// It was issued before the moment and does not say for how long it holds.
    #[error(
        "the {kind} of {this_update} does not say until when it holds and is older than {at}; fetch a newer one"
    )]
    OpenEnded {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When it was issued.
        this_update: Timestamp,
        /// The moment in question.
        at: Timestamp,
    },
    /// It claims to come from a time after the present that the caller named.
    #[error("the {kind} claims to be of {this_update}, after {known_by}")]
    FromTheFuture {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When it claims to be issued.
        this_update: Timestamp,
        /// The caller's present.
        known_by: Timestamp,
    },
    /// It was issued too long before the moment, by the [`Freshness`](crate::Freshness) that was asked for.
    #[error("the {kind} of {this_update} is too old: one of {earliest} or later is asked for")]
    NotFresh {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When it was issued.
        this_update: Timestamp,
        /// From when on it would have been recent enough.
        earliest: Timestamp,
    },
    /// It was issued after the certificate had expired, when issuers no longer list it.
    #[error(
        "the {kind} of {this_update} was issued after the certificate expired at {not_after} and no longer speaks of it"
    )]
    AfterExpiry {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When it was issued.
        this_update: Timestamp,
        /// The end of the certificate's validity.
        not_after: Timestamp,
    },
    /// The certificate was on hold after it was issued. The hold was lifted, but this does not know what became of the
    /// certificate since.
    #[error(
        "the {kind} of {this_update} is older than a hold of the certificate, which lasted until {held} at least; fetch a newer one"
    )]
    BeforeHold {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When it was issued.
        this_update: Timestamp,
        /// The last moment of which it is known that the certificate was on hold.
        held: Timestamp,
    },
    /// It is not proven to have existed while what stands above it could be relied on (ETSI EN 319 102-1, 5.6.2.2), or
    /// was issued later.
    #[error(
        "the {kind} of {this_update} is proven to have existed only since {proven}, and would have to be of {needed_by} or before"
    )]
    NotProven {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When it was issued, as it says.
        this_update: Timestamp,
        /// Since when it is proven to have existed.
        proven: Timestamp,
        /// By when it had to exist, and to be issued.
        needed_by: Timestamp,
    },
    /// It has a critical extension that is not known here (RFC 5280 §5.2, §5.3: it must not be used).
    #[error("the {kind} has the critical extension {oid}, which is not known here, so it must not be used")]
    UnknownCriticalExtension {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// The extension.
        oid: ObjectIdentifier,
    },
    /// It covers other certificates (RFC 5280 §5.2.5, RFC 6960 §4.1.1).
    #[error("the {kind} of {this_update} does not cover this certificate: {what}")]
    OutOfScope {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When it was issued.
        this_update: Timestamp,
        /// Why.
        what: &'static str,
    },
    /// A feature that is not supported.
    #[error("the {kind} of {this_update} cannot be used: {what} is not supported")]
    Unsupported {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When it was issued.
        this_update: Timestamp,
        /// The feature or algorithm.
        what: String,
    },
    /// Its signature algorithm was too weak at the moment, or when it was issued, whichever is later.
    #[error("the {kind} of {this_update} is signed with {algorithm}, which was not acceptable at {at}")]
    WeakAlgorithm {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When it was issued.
        this_update: Timestamp,
        /// The algorithm and key, for people.
        algorithm: String,
        /// The moment in question, or of the issue.
        at: Timestamp,
    },
    /// The responder does not know the certificate, or answered that it cannot tell.
    #[error("the OCSP responder answered: {answer}")]
    NoAnswer {
        /// `unknown`, or the error status of the response.
        answer: &'static str,
    },
    /// Only some reasons for revocation are covered (RFC 5280 §6.3.3: all must be).
    #[error("the evidence covers only some reasons for revocation")]
    ReasonsMissing,
    /// The budget was exhausted before this evidence could be judged.
    #[error("the evidence was not judged: more than {allowed} {what} were needed")]
    BudgetExceeded {
        /// What was counted.
        what: &'static str,
        /// How many were allowed.
        allowed: u64,
    },
}

/// The kinds of revocation evidence.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EvidenceKind {
    /// A certificate revocation list (RFC 5280 §5).
    Crl,
    /// An answer of an online status responder (RFC 6960).
    Ocsp,
}

impl std::fmt::Display for EvidenceKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Crl => "CRL",
            Self::Ocsp => "OCSP answer",
        })
    }
}
