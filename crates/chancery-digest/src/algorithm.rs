//! The names of digest algorithms.

use std::fmt;

use const_oid::ObjectIdentifier as Oid;
use const_oid::db::rfc5912;

/// A digest algorithm that is good enough to sign with today: SHA-2 (FIPS 180-4) and SHA-3 (FIPS 202).
///
/// ```
/// use chancery_digest::{AnyDigest, DigestAlgorithm};
///
/// let digest = DigestAlgorithm::Sha256.digest(b"I approve this contract");
/// assert_eq!(digest.as_bytes().len(), 32);
/// ```
#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SHA-224: read where others used it; choose SHA-256 for new signatures.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SHA-512/224.
    Sha512_224,
    /// SHA-512/256.
    Sha512_256,
    /// SHA3-224.
    Sha3_224,
    /// SHA3-256.
    Sha3_256,
    /// SHA3-384.
    Sha3_384,
    /// SHA3-512.
    Sha3_512,
}

/// A digest algorithm that is broken and only read, never written: there is no way from here to a
/// [`DigestAlgorithm`], so nothing can be signed with one by mistake.
#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum LegacyDigest {
    /// MD5 (RFC 1321), collisions since 2004.
    Md5,
    /// SHA-1 (FIPS 180-4), collisions since 2017.
    Sha1,
}

/// What a file may name: a current algorithm or a legacy one.
#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum KnownDigest {
    /// Good enough to sign with.
    Current(DigestAlgorithm),
    /// Only for reading.
    Legacy(LegacyDigest),
}

/// One row per algorithm: variant, name, length in bytes, object identifier.
macro_rules! algorithms {
    ($type:ty { $($variant:ident, $name:literal, $length:literal, $oid:expr;)* }) => {
        impl $type {
            /// Every algorithm of this kind.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The algorithm that an object identifier names, if it is of this kind.
            #[must_use]
            pub fn from_oid(oid: &Oid) -> Option<Self> {
                // As slices: most differ in their lengths or in the first octets that are compared.
                Self::ALL.iter().copied().find(|algorithm| algorithm.oid().as_bytes() == oid.as_bytes())
            }

            /// The object identifier that names the algorithm in certificates and signatures.
            #[must_use]
            pub const fn oid(self) -> Oid {
                // Written by hand in one place, parsed by the compiler.
                match self { $(Self::$variant => const { $oid },)* }
            }

            /// The length of a digest value in bytes.
            #[must_use]
            pub const fn output_len(self) -> usize {
                match self { $(Self::$variant => $length,)* }
            }

            /// The name as people write it: "SHA-256".
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

algorithms!(DigestAlgorithm {
    Sha224, "SHA-224", 28, rfc5912::ID_SHA_224;
    Sha256, "SHA-256", 32, rfc5912::ID_SHA_256;
    Sha384, "SHA-384", 48, rfc5912::ID_SHA_384;
    Sha512, "SHA-512", 64, rfc5912::ID_SHA_512;
    // NIST's hashAlgs arc, 2.16.840.1.101.3.4.2 (csrc.nist.gov, "Computer Security Objects Register").
    Sha512_224, "SHA-512/224", 28, Oid::new_unwrap("2.16.840.1.101.3.4.2.5");
    Sha512_256, "SHA-512/256", 32, Oid::new_unwrap("2.16.840.1.101.3.4.2.6");
    Sha3_224, "SHA3-224", 28, Oid::new_unwrap("2.16.840.1.101.3.4.2.7");
    Sha3_256, "SHA3-256", 32, Oid::new_unwrap("2.16.840.1.101.3.4.2.8");
    Sha3_384, "SHA3-384", 48, Oid::new_unwrap("2.16.840.1.101.3.4.2.9");
    Sha3_512, "SHA3-512", 64, Oid::new_unwrap("2.16.840.1.101.3.4.2.10");
});

algorithms!(LegacyDigest {
    Md5, "MD5", 16, Oid::new_unwrap("1.2.840.113549.2.5"); // RFC 3279, 2.1
    Sha1, "SHA-1", 20, rfc5912::ID_SHA_1;
});

impl KnownDigest {
    /// The algorithm that an object identifier names, if we know it.
    #[must_use]
    pub fn from_oid(oid: &Oid) -> Option<Self> {
        let current = DigestAlgorithm::from_oid(oid).map(Self::Current);
        current.or_else(|| LegacyDigest::from_oid(oid).map(Self::Legacy))
    }

    /// The object identifier that names the algorithm in certificates and signatures.
    #[must_use]
    pub const fn oid(self) -> Oid {
        match self {
            Self::Current(algorithm) => algorithm.oid(),
            Self::Legacy(algorithm) => algorithm.oid(),
        }
    }

    /// The length of a digest value in bytes.
    #[must_use]
    pub const fn output_len(self) -> usize {
        match self {
            Self::Current(algorithm) => algorithm.output_len(),
            Self::Legacy(algorithm) => algorithm.output_len(),
        }
    }

    /// The name as people write it: "SHA-256".
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Current(algorithm) => algorithm.name(),
            Self::Legacy(algorithm) => algorithm.name(),
        }
    }

    /// The current algorithm, or `None` for a legacy one.
    #[must_use]
    pub const fn current(self) -> Option<DigestAlgorithm> {
        match self {
            Self::Current(algorithm) => Some(algorithm),
            Self::Legacy(_) => None,
        }
    }
}

impl fmt::Display for KnownDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<DigestAlgorithm> for KnownDigest {
    fn from(algorithm: DigestAlgorithm) -> Self {
        Self::Current(algorithm)
    }
}

impl From<LegacyDigest> for KnownDigest {
    fn from(algorithm: LegacyDigest) -> Self {
        Self::Legacy(algorithm)
    }
}
