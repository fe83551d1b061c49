//! A signature without a message around it.

use chancery_certificate::Certificate;
use chancery_digest::{Digest, DigestAlgorithm, Digests, KnownDigest, LegacyDigest};
use chancery_key::{ClaimedAlgorithm, PublicKey, VerifyError};

use crate::check::{CertificateBinding, CheckedSigner, SignerCheck};
use crate::examination::verify_fault;
use crate::fault::{Reading, Remark};

/// An RSA signature and nothing else (RSASSA-PKCS1-v1_5; RFC 8017, 8.2), as old PDF files hold it
/// (`adbe.x509.rsa_sha1`; ISO 32000-2, 12.8.3.2). The certificate stands elsewhere, and nothing says by which digest it
/// was made but the block that comes out of the signature itself.
///
/// ```text
/// Signature ::= OCTET STRING
/// ```
#[derive(Clone, Debug)]
pub struct BareSignature {
    value: Vec<u8>,
}

impl BareSignature {
    /// A signature value.
    #[must_use]
    pub const fn new(value: Vec<u8>) -> Self {
        Self { value }
    }

    /// The signature value.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// The digests by which such signatures are made (ISO 32000-2, table 260; RIPEMD-160 is not supported).
    #[must_use]
    pub fn digest_algorithms() -> [KnownDigest; 4] {
        [
            LegacyDigest::Sha1.into(),
            DigestAlgorithm::Sha256.into(),
            DigestAlgorithm::Sha384.into(),
            DigestAlgorithm::Sha512.into(),
        ]
    }

    /// Judges whether content with these digests, which are those of [`digest_algorithms`](Self::digest_algorithms),
    /// was signed with the key of this certificate.
    ///
    /// The signature does not say whose it is, so a sound one is bound to no certificate
    /// ([`CertificateBinding::None`]). Whether the content is itself a set of signed attributes was not looked at
    /// ([`resembles_signed_attributes`](crate::resembles_signed_attributes)).
    #[must_use]
    pub fn check(&self, certificate: &Certificate, content: &Digests) -> SignerCheck {
        let verified = PublicKey::of(certificate).map_err(VerifyError::Key);
        match verified.and_then(|key| self.verify(&key, content)) {
            Ok(algorithm) => SignerCheck::Sound(CheckedSigner {
                certificate: certificate.clone(),
                binding: CertificateBinding::None,
                algorithm,
                reading: Reading::Content,
                signing_time: None,
                remarks: vec![Remark::CertificateNotBound],
            }),
            Err(error) => SignerCheck::Faulty(vec![verify_fault(error)]),
        }
    }

    fn verify(&self, key: &PublicKey, content: &Digests) -> Result<ClaimedAlgorithm, VerifyError> {
        let digests = Self::digest_algorithms().into_iter().filter_map(|algorithm| content.find(algorithm));
        let mut verified = Err(VerifyError::SignatureMismatch);
        for digest in digests {
            verified = self.verify_by(key, digest);
            if verified != Err(VerifyError::SignatureMismatch) {
                break;
            }
        }
        verified
    }

    fn verify_by(
        &self,
        key: &PublicKey,
        digest: &Digest<KnownDigest>,
    ) -> Result<ClaimedAlgorithm, VerifyError> {
        let algorithm = ClaimedAlgorithm::RsaPkcs1v15(digest.algorithm());
        key.verify_digest(&algorithm, digest, &self.value).map(|()| algorithm)
    }
}
