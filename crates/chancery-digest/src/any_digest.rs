//! What all digest algorithms can do.

use std::fmt;
use std::io;

use const_oid::ObjectIdentifier as Oid;

use crate::{Digest, DigestAlgorithm, Hasher, KnownDigest, LegacyDigest, Source};

/// What [`DigestAlgorithm`], [`LegacyDigest`] and [`KnownDigest`] have in common. Sealed.
pub trait AnyDigest: Copy + Eq + fmt::Debug + fmt::Display + Into<KnownDigest> + sealed::Sealed {
    /// The object identifier that names the algorithm in certificates and signatures.
    fn oid(self) -> Oid {
        self.into().oid()
    }

    /// The length of a digest value in bytes.
    fn output_len(self) -> usize {
        self.into().output_len()
    }

    /// The name as people write it: "SHA-256".
    fn name(self) -> &'static str {
        self.into().name()
    }

    /// Starts a digest.
    fn hasher(self) -> Hasher<Self> {
        Hasher::new(self)
    }

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

impl AnyDigest for DigestAlgorithm {}
impl AnyDigest for LegacyDigest {}
impl AnyDigest for KnownDigest {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::DigestAlgorithm {}
    impl Sealed for crate::LegacyDigest {}
    impl Sealed for crate::KnownDigest {}
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
