//! What the faults of the crates below mean in the standard's words.

use chancery_certificate::Certificate;
use chancery_chain::{
    ChainFailure, ChainFault, EvidenceFault, FaultGroup, RevocationPolicy, RevocationReason,
};
use chancery_cms::{FaultKind, SignerFault};
use chancery_timestamp::TokenFault;

use crate::report::Conclusion;
use crate::verdict::Reason;
use crate::{Indication, SubIndication, Verdict};

/// What a fault means: the best verdict that is still possible, the standard's word, and the stable name.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Meaning {
    indication: Indication,
    sub_indication: SubIndication,
    pub(crate) kind: &'static str,
}

impl Meaning {
    pub(crate) fn verdict(self, text: String) -> Verdict {
        let reason = Reason::new(self.sub_indication, text);
        match self.indication {
            Indication::TotalFailed => Verdict::Failed(reason),
            _ => Verdict::Indeterminate(reason),
        }
    }

    pub(crate) const fn sub_indication(self) -> SubIndication {
        self.sub_indication
    }

    pub(crate) const fn conclusion(self) -> Conclusion {
        match self.indication {
            Indication::TotalFailed => Conclusion::Broken,
            _ => Conclusion::Unknown,
        }
    }
}

pub(crate) const fn failed(sub_indication: SubIndication, kind: &'static str) -> Meaning {
    Meaning { indication: Indication::TotalFailed, sub_indication, kind }
}

pub(crate) const fn open(sub_indication: SubIndication, kind: &'static str) -> Meaning {
    Meaning { indication: Indication::Indeterminate, sub_indication, kind }
}

/// ETSI EN 319 102-1, 5.2.2 (format), 5.2.3 (certificate) and 5.2.7 (cryptography).
pub(crate) const fn of_signer(fault: &SignerFault) -> Meaning {
    match fault {
        SignerFault::DigestMismatch { .. } => failed(SubIndication::HashFailure, "digest-mismatch"),
        SignerFault::CertificateMissing { .. } => {
            open(SubIndication::NoSigningCertificateFound, "signer-certificate-missing")
        }
        SignerFault::ContentMissing { .. } => open(SubIndication::SignedDataNotFound, "content-missing"),
        other => match other.kind() {
            FaultKind::Mathematics => {
                failed(SubIndication::SignatureCryptographyFailure, "signature-mismatch")
            }
            FaultKind::Form => failed(SubIndication::FormatFailure, "malformed-signature"),
            FaultKind::Certificate => {
                open(SubIndication::NoSigningCertificateFound, "wrong-certificate-reference")
            }
            FaultKind::CannotTell => open(SubIndication::Generic, "unsupported"),
        },
    }
}

/// ETSI EN 319 102-1, 5.4: the validation of a timestamp.
pub(crate) fn of_token(fault: &TokenFault) -> Meaning {
    match fault {
        TokenFault::ImprintMismatch { .. } => failed(SubIndication::HashFailure, "digest-mismatch"),
        TokenFault::NotCovering { .. } => failed(SubIndication::HashFailure, "not-covering"),
        TokenFault::Signer(faults) => {
            let worst = faults.iter().min_by_key(|fault| fault.kind());
            worst.map_or_else(|| open(SubIndication::Generic, "unsupported"), of_signer)
        }
        TokenFault::NotForTimestamps { .. } | TokenFault::NotBound => {
            failed(SubIndication::SignatureConstraintsFailure, "not-a-timestamp-certificate")
        }
        TokenFault::Unsupported { .. }
        | TokenFault::DigestMissing { .. }
        | TokenFault::NotComputed { .. }
        | TokenFault::CriticalExtension { .. } => open(SubIndication::Generic, "unsupported"),
        _ => failed(SubIndication::FormatFailure, "malformed-timestamp"),
    }
}

/// The fault of the path that came closest by which the standard names the whole, and what it means (ETSI EN 319
/// 102-1, 5.2.6.4).
///
/// What makes path validation itself fail comes first: the form and the constraints of any certificate, a revocation,
/// revocation information that is missing (step 4). The later steps ask whether that information is recent (4 a),
/// whether the algorithms were acceptable (6), whether the certificate is valid (7), and whether that of whoever told
/// about its revocation is (8). They are walked certificate by certificate from the signer up, as EU DSS does: that
/// the list of an authority is outdated helps nobody whose own certificate has expired.
pub(crate) fn of_failure<'a>(
    failure: &'a ChainFailure,
    signer: &Certificate,
    revocation: RevocationPolicy,
) -> (&'a ChainFault, Meaning) {
    let path: &[Certificate] = failure.paths().next().map_or(&[], |path| path.certificates());
    let place = |fault: &ChainFault| {
        let above = path.iter().position(|one| Some(one) == fault.certificate()).unwrap_or(path.len());
        let step = step(fault);
        (step > Step::Path, above, step)
    };
    let decisive = failure.faults().min_by_key(|fault| place(fault)).unwrap_or_else(|| failure.reason());
    let meaning = match decisive {
        ChainFault::Expired { certificate, .. } | ChainFault::NotYetValid { certificate, .. }
            if revocation == RevocationPolicy::Require && is_known_good(failure, certificate) =>
        {
            open(SubIndication::OutOfBoundsNotRevoked, of_chain(decisive, signer).kind)
        }
        _ => of_chain(decisive, signer),
    };
    (decisive, meaning)
}

/// The steps of X.509 certificate validation, in their order (ETSI EN 319 102-1, 5.2.6.4).
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Step {
    /// 4: the path itself, revocation included; and 5, its constraints.
    Path,
    /// 4 a: how recent revocation information is.
    Freshness,
    /// 6.
    Algorithms,
    /// 7.
    Validity,
    /// 8: the validity of whoever signed revocation information.
    ValidityOfEvidence,
}

/// At which step a fault is found.
fn step(fault: &ChainFault) -> Step {
    match fault {
        ChainFault::RevocationUnknown { because, .. } => furthest(because),
        _ => match fault.group() {
            FaultGroup::Cryptography => Step::Algorithms,
            FaultGroup::OutOfBounds => Step::Validity,
            _ => Step::Path,
        },
    }
}

/// How far the piece of evidence came that came furthest.
fn furthest(because: &[EvidenceFault]) -> Step {
    let step = |fault: &EvidenceFault| match fault {
        fault if is_outdated(fault) => Step::Freshness,
        EvidenceFault::WeakAlgorithm { .. } => Step::Algorithms,
        EvidenceFault::SignerExpired { .. } => Step::ValidityOfEvidence,
        _ => Step::Path,
    };
    because.iter().map(step).max().unwrap_or(Step::Path)
}

/// Whether revocation was asked about, and the answer was good. It is asked only where nothing but time and algorithms
/// stand against the path.
fn is_known_good(failure: &ChainFailure, certificate: &Certificate) -> bool {
    failure.faults().all(|fault| match fault {
        ChainFault::RevocationUnknown { certificate: unknown, .. }
        | ChainFault::Revoked { certificate: unknown, .. } => unknown != certificate,
        _ => matches!(fault.group(), FaultGroup::Cryptography | FaultGroup::OutOfBounds),
    })
}

/// Whether there is evidence, and newer evidence would do.
pub(crate) fn is_outdated(fault: &EvidenceFault) -> bool {
    matches!(
        fault,
        EvidenceFault::Outdated { .. }
            | EvidenceFault::OpenEnded { .. }
            | EvidenceFault::NotFresh { .. }
            | EvidenceFault::BeforeHold { .. }
    )
}

/// ETSI EN 319 102-1, 5.2.6. Nothing about a path makes a signature fail for good: a proof of an earlier time, a
/// newer CRL or another anchor could still help.
pub(crate) fn of_chain(fault: &ChainFault, signer: &Certificate) -> Meaning {
    match fault {
        ChainFault::NoPath { .. } | ChainFault::TooDeep { .. } => {
            open(SubIndication::NoCertificateChainFound, "no-trusted-path")
        }
        ChainFault::Expired { .. } => open(SubIndication::OutOfBoundsNoProof, "certificate-expired"),
        ChainFault::NotYetValid { .. } => {
            open(SubIndication::OutOfBoundsNoProof, "certificate-not-yet-valid")
        }
        // Suspended, not revoked: it may become good again (5.2.6.4).
        ChainFault::Revoked { reason: RevocationReason::CertificateHold, .. } => {
            open(SubIndication::TryLater, "certificate-on-hold")
        }
        ChainFault::Revoked { certificate, .. } if certificate == signer => {
            open(SubIndication::RevokedNoProof, "certificate-revoked")
        }
        ChainFault::Revoked { .. } => open(SubIndication::RevokedAuthorityNoProof, "authority-revoked"),
        ChainFault::RevocationUnknown { because, .. } => {
            let word = match furthest(because) {
                Step::Freshness => SubIndication::TryLater,
                Step::Algorithms => SubIndication::CryptographicConstraintsFailureNoProof,
                Step::ValidityOfEvidence => SubIndication::RevocationOutOfBoundsNoProof,
                Step::Path | Step::Validity => SubIndication::CertificateChainGeneralFailure,
            };
            open(word, "revocation-unknown")
        }
        ChainFault::NoProof { .. } => open(SubIndication::NoProofOfExistence, "proof-of-existence-missing"),
        ChainFault::WeakAlgorithm { .. } | ChainFault::WeakKey { .. } => {
            open(SubIndication::CryptographicConstraintsFailureNoProof, "weak-algorithm")
        }
        ChainFault::UnknownCriticalExtension { .. }
        | ChainFault::NotAnAuthority { .. }
        | ChainFault::PathLength { .. }
        | ChainFault::KeyUsage { .. }
        | ChainFault::Purpose { .. }
        | ChainFault::ExcludedUsage { .. }
        | ChainFault::NameConstraints { .. }
        | ChainFault::Policy { .. } => open(SubIndication::ChainConstraintsFailure, "path-not-allowed"),
        ChainFault::AnchorPurpose { .. }
        | ChainFault::IssuedAfterDistrust { .. }
        | ChainFault::AnchorNames { .. }
        | ChainFault::AnchorPolicies { .. } => {
            open(SubIndication::ChainConstraintsFailure, "anchor-not-trusted-for-this")
        }
        ChainFault::AnchorNotYetTrusted { .. } => {
            open(SubIndication::NoCertificateChainFound, "anchor-not-trusted-at-this-moment")
        }
        ChainFault::AnchorNoLongerTrusted { .. } => {
            open(SubIndication::NoCertificateChainFoundNoProof, "anchor-not-trusted-at-this-moment")
        }
        ChainFault::UnsupportedConstraint { .. } | ChainFault::UnsupportedAlgorithm { .. } => {
            open(SubIndication::CertificateChainGeneralFailure, "unsupported")
        }
        _ => open(SubIndication::CertificateChainGeneralFailure, "path-broken"),
    }
}
