//! Signature algorithms, as values.

use std::fmt;

use chancery_digest::{DigestAlgorithm, KnownDigest};

/// How a signature is computed: the scheme and the digest in it.
///
/// The type parameter says whom we believe. `SignatureAlgorithm` alone is what we sign with, and knows
/// current digests only. [`ClaimedAlgorithm`] is what somebody's file says it was signed with, and may name
/// SHA-1 or MD5. There is no way from the second back to the first but [`ClaimedAlgorithm::current`].
///
/// ```
/// use chancery_digest::DigestAlgorithm;
/// use chancery_key::SignatureAlgorithm;
///
/// let algorithm = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
/// assert_eq!(algorithm.to_string(), "ECDSA with SHA-256");
/// assert_eq!(algorithm.digest(), DigestAlgorithm::Sha256);
/// ```
#[derive(Copy, Clone, Debug, Eq, PartialEq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm<D = DigestAlgorithm> {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    RsaPkcs1v15(D),
    /// RSASSA-PSS (RFC 8017 §8.1) with MGF1 and trailer field 1.
    ///
    /// One digest serves message and mask. Old signers that named a digest for the message only, and so got SHA-1
    /// for the mask, are named by [`AlgorithmError::MaskDigest`](crate::AlgorithmError::MaskDigest).
    RsaPss {
        /// The digest of the message, and the digest inside the mask generation function MGF1.
        digest: D,
        /// The length of the salt in octets; the length of the digest nearly always.
        salt_length: u32,
    },
    /// ECDSA (FIPS 186-5 §6). The curve is the key's.
    Ecdsa(D),
    /// Ed25519 (RFC 8032), the pure variant: the whole message is signed, not its digest.
    Ed25519,
}

/// What a file says it was signed with: the digest in it may be one that nobody should use any more.
pub type ClaimedAlgorithm = SignatureAlgorithm<KnownDigest>;

impl SignatureAlgorithm {
    /// RSASSA-PSS as everybody uses it: one digest for message and mask, the salt as long as the digest
    /// (RFC 4055 §3.1 recommends exactly that).
    pub fn rsa_pss(digest: DigestAlgorithm) -> Self {
        // The longest digest is 64 octets.
        let salt_length = u32::try_from(digest.output_len()).unwrap_or(u32::MAX);
        Self::RsaPss { digest, salt_length }
    }

    /// The same algorithm, as a claim.
    pub fn claimed(self) -> ClaimedAlgorithm {
        self.into()
    }
}

impl ClaimedAlgorithm {
    /// The same algorithm as one that we would sign with: `None` when it names SHA-1 or MD5.
    pub fn current(self) -> Option<SignatureAlgorithm> {
        Some(match self {
            Self::RsaPkcs1v15(digest) => SignatureAlgorithm::RsaPkcs1v15(digest.current()?),
            Self::RsaPss { digest, salt_length } => {
                SignatureAlgorithm::RsaPss { digest: digest.current()?, salt_length }
            }
            Self::Ecdsa(digest) => SignatureAlgorithm::Ecdsa(digest.current()?),
            Self::Ed25519 => SignatureAlgorithm::Ed25519,
        })
    }
}

impl<D: Copy + From<DigestAlgorithm>> SignatureAlgorithm<D> {
    /// The digest that belongs to the algorithm.
    ///
    /// Ed25519 signs the message itself; its digest is SHA-512, which is what CMS puts beside it
    /// (RFC 8419 §3.1).
    pub fn digest(&self) -> D {
        match *self {
            Self::RsaPkcs1v15(digest) | Self::RsaPss { digest, .. } | Self::Ecdsa(digest) => digest,
            Self::Ed25519 => DigestAlgorithm::Sha512.into(),
        }
    }
}

impl From<SignatureAlgorithm> for ClaimedAlgorithm {
    fn from(algorithm: SignatureAlgorithm) -> Self {
        match algorithm {
            SignatureAlgorithm::RsaPkcs1v15(digest) => Self::RsaPkcs1v15(digest.into()),
            SignatureAlgorithm::RsaPss { digest, salt_length } => {
                Self::RsaPss { digest: digest.into(), salt_length }
            }
            SignatureAlgorithm::Ecdsa(digest) => Self::Ecdsa(digest.into()),
            SignatureAlgorithm::Ed25519 => Self::Ed25519,
        }
    }
}

impl<D: Copy + PartialEq + Into<KnownDigest>> fmt::Display for SignatureAlgorithm<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::RsaPkcs1v15(digest) => write!(f, "RSA PKCS#1 v1.5 with {}", digest.into().name()),
            Self::RsaPss { digest, salt_length } => {
                write!(f, "RSA-PSS with {}", digest.into().name())?;
                if usize::try_from(salt_length) != Ok(digest.into().output_len()) {
                    write!(f, ", {salt_length} octets of salt")?;
                }
                Ok(())
            }
            Self::Ecdsa(digest) => write!(f, "ECDSA with {}", digest.into().name()),
            Self::Ed25519 => f.write_str("Ed25519"),
        }
    }
}
