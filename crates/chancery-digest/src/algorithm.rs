//! The names of digest algorithms.

use std::fmt;
use std::io;

use const_oid::ObjectIdentifier as Oid;
use const_oid::db::rfc5912;

use crate::hasher::{Hasher, State};
use crate::{Digest, Source};

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

/// What [`DigestAlgorithm`], [`LegacyDigest`] and [`KnownDigest`] have in common. Sealed.
pub trait AnyDigest: Copy + Eq + fmt::Debug + fmt::Display + sealed::Sealed {
    /// The object identifier that names the algorithm in certificates and signatures.
    fn oid(self) -> Oid;

    /// The length of a digest value in bytes.
    fn output_len(self) -> usize;

    /// The name as people write it: "SHA-256".
    fn name(self) -> &'static str;

    /// Starts a digest.
    fn hasher(self) -> Hasher<Self>;

    /// The digest of bytes in memory.
    fn digest(self, bytes: &[u8]) -> Digest<Self> {
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hasher.finalize()
    }

    /// The digest of all bytes of a source, read in one pass and constant memory.
    ///
    /// # Errors
    /// If the source cannot be read.
    fn digest_source(self, source: &(impl Source + ?Sized)) -> io::Result<Digest<Self>> {
        let mut hasher = self.hasher();
        hasher.update_from(source, 0..source.len())?;
        Ok(hasher.finalize())
    }

    /// The digest of all that a reader gives, in one pass and constant memory.
    ///
    /// # Errors
    /// If the reader fails.
    fn digest_reader(self, mut reader: impl io::Read) -> io::Result<Digest<Self>> {
        let mut hasher = self.hasher();
        io::copy(&mut reader, &mut hasher)?;
        Ok(hasher.finalize())
    }
}

pub(crate) mod sealed {
    pub trait Sealed {
        fn state(self) -> crate::hasher::State;
    }
}

/// One row per algorithm: variant, name, length in bytes, object identifier.
macro_rules! algorithms {
    ($type:ty { $($variant:ident, $name:literal, $length:literal, $oid:expr;)* }) => {
        impl sealed::Sealed for $type {
            fn state(self) -> State {
                match self { $(Self::$variant => State::$variant(Default::default()),)* }
            }
        }

        impl AnyDigest for $type {
            fn oid(self) -> Oid {
                match self { $(Self::$variant => $oid,)* }
            }

            fn output_len(self) -> usize {
                match self { $(Self::$variant => $length,)* }
            }

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            fn hasher(self) -> Hasher<Self> {
                Hasher::new(self)
            }
        }

        impl $type {
            /// Every algorithm of this kind.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The algorithm that an object identifier names, if it is of this kind.
            #[must_use]
            pub fn from_oid(oid: &Oid) -> Option<Self> {
                Self::ALL.iter().copied().find(|algorithm| algorithm.oid() == *oid)
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

impl sealed::Sealed for KnownDigest {
    fn state(self) -> State {
        match self {
            Self::Current(algorithm) => algorithm.state(),
            Self::Legacy(algorithm) => algorithm.state(),
        }
    }
}

impl AnyDigest for KnownDigest {
    fn oid(self) -> Oid {
        match self {
            Self::Current(algorithm) => algorithm.oid(),
            Self::Legacy(algorithm) => algorithm.oid(),
        }
    }

    fn output_len(self) -> usize {
        match self {
            Self::Current(algorithm) => algorithm.output_len(),
            Self::Legacy(algorithm) => algorithm.output_len(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Current(algorithm) => algorithm.name(),
            Self::Legacy(algorithm) => algorithm.name(),
        }
    }

    fn hasher(self) -> Hasher<Self> {
        Hasher::new(self)
    }
}

impl KnownDigest {
    /// The algorithm that an object identifier names, if we know it.
    #[must_use]
    pub fn from_oid(oid: &Oid) -> Option<Self> {
        let current = DigestAlgorithm::from_oid(oid).map(Self::Current);
        current.or_else(|| LegacyDigest::from_oid(oid).map(Self::Legacy))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The digests of "abc": FIPS 180-4 and FIPS 202 example values, RFC 1321 appendix A.5.
    const ABC: &[(&str, &str)] = &[
        ("MD5", "900150983cd24fb0d6963f7d28e17f72"),
        ("SHA-1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("SHA-224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
        ("SHA-256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "SHA-512",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
        ("SHA-512/256", "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"),
        ("SHA3-256", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
    ];

    #[test]
    fn published_values_come_out() {
        let all = || {
            let current = DigestAlgorithm::ALL.iter().map(|&algorithm| KnownDigest::from(algorithm));
            current.chain(LegacyDigest::ALL.iter().map(|&algorithm| KnownDigest::from(algorithm)))
        };
        for (name, expected) in ABC {
            let algorithm = all().find(|algorithm| algorithm.name() == *name).unwrap();
            assert_eq!(algorithm.digest(b"abc").to_string(), *expected, "{name}");
        }
        for algorithm in all() {
            assert_eq!(KnownDigest::from_oid(&algorithm.oid()), Some(algorithm));
            assert_eq!(algorithm.digest(b"").as_bytes().len(), algorithm.output_len());
        }
    }
}
