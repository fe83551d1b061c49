//! Until when what stands above could be relied on, and why not longer.

use std::fmt;

use chancery_certificate::Certificate;
use jiff::Timestamp;

use crate::revocation::evidence_fault::EvidenceKind;
use crate::revocation::reason::RevocationReason;

/// The last moment for which a chain can be relied on down to one of its certificates (the *control time* of
/// ETSI EN 319 102-1, 5.6.2.2), and what set it.
///
/// What that certificate's key signed counts as long as it is proven to have existed by then.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ControlTime {
    /// The last moment itself: something that is proven to have existed at this very moment did so in time.
    pub time: Timestamp,
    /// Why not longer.
    pub limit: ControlLimit,
}

/// Why a chain can be relied on no longer than until its [`ControlTime`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ControlLimit {
    /// Nothing limits it: it holds at the present.
    Present,
    /// Trust in the anchor ended
    /// ([`AnchorConstraints::trusted_until`](crate::AnchorConstraints::trusted_until)).
    AnchorNoLongerTrusted {
        /// The trust anchor.
        anchor: Certificate,
        /// The first moment without trust.
        until: Timestamp,
    },
    /// A certificate was revoked, or put on hold.
    Revoked {
        /// The revoked certificate.
        certificate: Certificate,
        /// When the revocation took effect: the earlier of revocation date and invalidity date.
        since: Timestamp,
        /// The reason that the issuer gave.
        reason: RevocationReason,
    },
    /// Of a certificate nobody says that it was good for longer: no more recent CRL or OCSP answer is at hand.
    Outdated {
        /// The certificate.
        certificate: Certificate,
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When the most lasting of those at hand was issued.
        this_update: Timestamp,
    },
    /// The certificate of an authority expired: nobody vouches for its key since.
    Expired {
        /// The expired certificate.
        certificate: Certificate,
        /// The last moment of its validity.
        not_after: Timestamp,
    },
    /// The signature on a certificate, or the key that made it, became too weak.
    WeakAlgorithm {
        /// The certificate whose signature is weak.
        certificate: Certificate,
        /// The algorithm and key, for people.
        algorithm: String,
        /// The first moment at which it was not acceptable any more.
        until: Timestamp,
    },
    /// The signature on the CRL or OCSP answer about a certificate, or the key that made it, became too weak.
    WeakEvidence {
        /// The certificate that the evidence is about.
        certificate: Certificate,
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When it was issued.
        this_update: Timestamp,
        /// The first moment at which its algorithm or key was not acceptable any more.
        until: Timestamp,
    },
}

/// What is not proven to have existed in time.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unproven {
    /// The certificate itself.
    Certificate,
    /// The CRL or OCSP answer about the certificate.
    Evidence {
        /// CRL or OCSP answer.
        kind: EvidenceKind,
        /// When it was issued, as it says.
        this_update: Timestamp,
    },
    /// What was signed with the key of the certificate, whose moment the verifier was given.
    Signature,
}

impl ControlLimit {
    /// Whether what was signed later may be by somebody else: a key or an algorithm was in wrong hands, or nobody answers
    /// for it any more. Otherwise it is only not known to be good.
    pub(crate) fn is_dispute(&self) -> bool {
        match self {
            Self::AnchorNoLongerTrusted { .. }
            | Self::Revoked { .. }
            | Self::WeakAlgorithm { .. }
            | Self::WeakEvidence { .. } => true,
            Self::Present | Self::Outdated { .. } | Self::Expired { .. } => false,
        }
    }
}

impl fmt::Display for ControlLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present => write!(f, "the present"),
            Self::AnchorNoLongerTrusted { anchor, until } => {
                write!(f, "trust in \"{}\" ended at {until}", anchor.display_name())
            }
            Self::Revoked { certificate, since, reason } => {
                write!(f, "\"{}\" was revoked at {since} ({reason})", certificate.display_name())
            }
            Self::Outdated { certificate, kind, this_update } => write!(
                f,
                "the {kind} of {this_update} was outdated, the last that says that \"{}\" was good",
                certificate.display_name()
            ),
            Self::Expired { certificate, not_after } => {
                write!(f, "\"{}\" expired at {not_after}", certificate.display_name())
            }
            Self::WeakAlgorithm { certificate, algorithm, until } => write!(
                f,
                "{algorithm} was no longer acceptable from {until} on, with which \"{}\" is signed",
                certificate.display_name()
            ),
            Self::WeakEvidence { certificate, kind, this_update, until } => write!(
                f,
                "the signature on the {kind} of {this_update} about \"{}\" was no longer acceptable from {until} on",
                certificate.display_name()
            ),
        }
    }
}

impl fmt::Display for ControlTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.time, self.limit)
    }
}

impl Unproven {
    /// What it is, of whose certificate.
    pub(crate) fn of(self, certificate: &Certificate) -> String {
        let name = certificate.display_name();
        match self {
            Self::Certificate => format!("\"{name}\""),
            Self::Signature => format!("what \"{name}\" signed"),
            Self::Evidence { kind, this_update } => format!("the {kind} of {this_update} about \"{name}\""),
        }
    }
}
