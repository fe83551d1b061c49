//! What the faults of the crates below mean in the standard's words.

use chancery_certificate::Certificate;
use chancery_chain::ChainFault;
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

    pub(crate) const fn conclusion(self) -> Conclusion {
        match self.indication {
            Indication::TotalFailed => Conclusion::Broken,
            _ => Conclusion::Unknown,
        }
    }
}

const fn failed(sub_indication: SubIndication, kind: &'static str) -> Meaning {
    Meaning { indication: Indication::TotalFailed, sub_indication, kind }
}

const fn open(sub_indication: SubIndication, kind: &'static str) -> Meaning {
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
        TokenFault::Signer(faults) => {
            let worst = faults.iter().min_by_key(|fault| fault.kind());
            worst.map_or_else(|| open(SubIndication::Generic, "unsupported"), of_signer)
        }
        TokenFault::NotForTimestamps { .. } | TokenFault::NotBound => {
            failed(SubIndication::SignatureConstraintsFailure, "not-a-timestamp-certificate")
        }
        TokenFault::Unsupported { .. }
        | TokenFault::DigestMissing { .. }
        | TokenFault::CriticalExtension { .. } => open(SubIndication::Generic, "unsupported"),
        _ => failed(SubIndication::FormatFailure, "malformed-timestamp"),
    }
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
        ChainFault::Revoked { certificate, .. } if certificate == signer => {
            open(SubIndication::RevokedNoProof, "certificate-revoked")
        }
        ChainFault::Revoked { .. } => open(SubIndication::RevokedAuthorityNoProof, "authority-revoked"),
        ChainFault::RevocationUnknown { .. } => open(SubIndication::TryLater, "revocation-unknown"),
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
        // At that moment there was no trust anchor; a proof of another moment may find one.
        ChainFault::AnchorNotYetTrusted { .. } | ChainFault::AnchorNoLongerTrusted { .. } => {
            open(SubIndication::NoCertificateChainFound, "anchor-not-trusted-at-this-moment")
        }
        ChainFault::UnsupportedConstraint { .. } | ChainFault::UnsupportedAlgorithm { .. } => {
            open(SubIndication::CertificateChainGeneralFailure, "unsupported")
        }
        _ => open(SubIndication::CertificateChainGeneralFailure, "path-broken"),
    }
}
