//! What comes out when a signer is judged.

use chancery_certificate::Certificate;
use chancery_key::ClaimedAlgorithm;
use jiff::Timestamp;

use crate::fault::{FaultKind, Reading, Remark, SignerFault};

/// What [`SignerInfo::check`](crate::SignerInfo::check) found.
#[derive(Clone, Debug)]
pub enum SignerCheck {
    /// Everything holds: this content was signed with the key of this certificate. Whether the certificate can
    /// be trusted is another question.
    Sound(CheckedSigner),
    /// Something does not hold, or could not be told. The worst is first; never empty.
    Faulty(Vec<SignerFault>),
}

impl SignerCheck {
    /// The signer, if it is sound.
    #[must_use]
    pub const fn sound(&self) -> Option<&CheckedSigner> {
        match self {
            Self::Sound(signer) => Some(signer),
            Self::Faulty(_) => None,
        }
    }

    /// What does not hold. Empty if the signer is sound.
    #[must_use]
    pub fn faults(&self) -> &[SignerFault] {
        match self {
            Self::Sound(_) => &[],
            Self::Faulty(faults) => faults,
        }
    }

    /// What the worst fault means. None if the signer is sound.
    #[must_use]
    pub fn worst(&self) -> Option<FaultKind> {
        self.faults().iter().map(SignerFault::kind).min()
    }
}

/// How firmly a signature says which certificate it was made with.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum CertificateBinding {
    /// By the signed attribute signing-certificate-v2 (RFC 5035).
    EssV2,
    /// By SHA-1 only: the signed attribute signing-certificate (RFC 2634), or signing-certificate-v2 with SHA-1,
    /// which then comes with a [remark](Remark::WeakReference).
    EssV1,
    /// Not at all: any certificate with the same key, issuer and serial number would do. Also where the only
    /// reference is by MD5, whose collisions let two certificates have one digest. CAdES, PAdES and timestamps
    /// refuse this.
    None,
}

/// A signer whose signature holds. Only [`SignerInfo::check`](crate::SignerInfo::check) and
/// [`BareSignature::check`](crate::BareSignature::check) make one.
#[derive(Clone, Debug)]
pub struct CheckedSigner {
    pub(crate) certificate: Certificate,
    pub(crate) binding: CertificateBinding,
    pub(crate) algorithm: ClaimedAlgorithm,
    pub(crate) reading: Reading,
    pub(crate) signing_time: Option<Timestamp>,
    pub(crate) remarks: Vec<Remark>,
}

impl CheckedSigner {
    /// The certificate with whose key the signature was made. Not yet validated.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Whether the signature itself names that certificate.
    #[must_use]
    pub const fn binding(&self) -> CertificateBinding {
        self.binding
    }

    /// The algorithm of the signature, which may be one that is no longer acceptable.
    #[must_use]
    pub const fn algorithm(&self) -> ClaimedAlgorithm {
        self.algorithm
    }

    /// Over which encoding of the signed attributes the signature holds.
    #[must_use]
    pub const fn reading(&self) -> Reading {
        self.reading
    }

    /// When the signer says that it signed: a claim, no proof.
    #[must_use]
    pub const fn signing_time(&self) -> Option<Timestamp> {
        self.signing_time
    }

    /// What the standard asks for and was not kept, though nothing depends on it.
    #[must_use]
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }
}
