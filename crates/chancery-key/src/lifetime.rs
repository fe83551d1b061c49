//! Until when each algorithm and key size was acceptable.
//!
//! A signature that holds mathematically proves little once its digest can be collided or its key factored. So
//! whoever validates asks, for the moment at which the signature is proven to have existed, whether the
//! algorithm was still acceptable *then*. Who says so is an [`AlgorithmConstraints`]: a table with a name.
//!
//! | what | [`dss_6_4`](AlgorithmConstraints::dss_6_4), the default | [`ts_119_312_v2_1_1`](AlgorithmConstraints::ts_119_312_v2_1_1), strict |
//! | --- | --- | --- |
//! | MD5 | before 2004-08-01 | before 2004-08-01 |
//! | SHA-1 | before 2012-08-01 | before 2012-08-01 |
//! | SHA-224 | before 2029-01-01 | before 2029-01-01 |
//! | SHA-512/224, SHA3-224 | never | never |
//! | SHA-256, SHA-384, SHA-512, SHA-512/256, SHA3-256, SHA3-384, SHA3-512 | no end is set | no end is set |
//! | RSA, 1024 to 1899 bits | before 2019-10-01 | before 2019-10-01 |
//! | RSA PKCS#1 v1.5, 1900 to 2999 bits | before 2029-01-01 | before 2026-04-01 |
//! | RSA PKCS#1 v1.5, from 3000 bits | before 2029-01-01 | before 2034-01-01 |
//! | RSA-PSS, 1900 to 2999 bits | before 2029-01-01 | before 2026-04-01 |
//! | RSA-PSS, from 3000 bits | no end is set | no end is set |
//! | ECDSA on the curves that this crate knows (from 256 bits) | no end is set | no end is set |
//! | Ed25519 | no end is set | no end is set |
//!
//! For a pair of digest and key the earlier date counts.
//!
//! # Sources
//!
//! The default is what the validation policy of the European Commission's Digital Signature Services accepts (DSS 6.4,
//! `policy/constraint.xml`, `AlgoExpirationDate`, last updated there on 2024-10-13). It names its own sources: ETSI TS
//! 119 312 V1.5.1, for MD5 ETSI TS 102 176-1 V2.1.1. DSS only warns of dates that lay ahead when its list was updated
//! (2029); here they are dates like the others.
//!
//! The strict table is the machine-readable form of ETSI TS 119 312 V2.1.1 (issued 2026-02-01). What that edition no
//! longer names keeps the end that earlier editions gave it: MD5, SHA-1, RSA below 1900 bits.
//!
//! # What the tables do not name
//!
//! SHA3-224 and SHA-512/224 are acceptable at no time: no edition of TS 119 312 names them, DSS 6.4 leaves them out of its
//! list for that reason, and of SHA-224 with as many bits the end is near. SHA-512/256 is treated as SHA-256, although
//! DSS does not know it. Ed25519 is named by V2.1.1 from 2026-02-01 on; nothing is known against it before either, and the
//! default has no end for it, where DSS 6.4 does not accept it at all, since its list does not name it. SHA-224 under
//! RSA-PSS ends with SHA-224.

use std::fmt;

use chancery_digest::{DigestAlgorithm, KnownDigest, LegacyDigest};
use jiff::Timestamp;

use crate::algorithm::ClaimedAlgorithm;
use crate::kind::KeyKind;

/// Until when something was acceptable.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Lifetime {
    /// No end is set.
    Unlimited,
    /// Before this moment, and no longer at it.
    Until(Timestamp),
    /// At no time.
    Never,
}

impl Lifetime {
    /// Was it acceptable at this moment?
    pub fn includes(self, moment: Timestamp) -> bool {
        match self {
            Self::Unlimited => true,
            Self::Until(end) => moment < end,
            Self::Never => false,
        }
    }

    /// The shorter of two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        match (self, other) {
            (Self::Never, _) | (_, Self::Never) => Self::Never,
            (Self::Until(one), Self::Until(two)) => Self::Until(one.min(two)),
            (Self::Until(end), Self::Unlimited) | (Self::Unlimited, Self::Until(end)) => Self::Until(end),
            (Self::Unlimited, Self::Unlimited) => Self::Unlimited,
        }
    }

    /// The longer of two.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unlimited, _) | (_, Self::Unlimited) => Self::Unlimited,
            (Self::Until(one), Self::Until(two)) => Self::Until(one.max(two)),
            (Self::Until(end), Self::Never) | (Self::Never, Self::Until(end)) => Self::Until(end),
            (Self::Never, Self::Never) => Self::Never,
        }
    }
}

/// Which algorithms and key sizes are acceptable, and until when: one of the [tables](self) of this module.
///
/// ```
/// use chancery_digest::DigestAlgorithm;
/// use chancery_key::lifetime::{AlgorithmConstraints, Lifetime};
/// use chancery_key::{ClaimedAlgorithm, KeyKind};
///
/// let common = ClaimedAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha256.into());
/// let key = KeyKind::Rsa { bits: 2048 };
/// let (default, strict) = (AlgorithmConstraints::default(), AlgorithmConstraints::ts_119_312_v2_1_1());
/// assert_eq!(default.acceptable_until(&common, key), Lifetime::Until("2029-01-01T00:00:00Z".parse()?));
/// assert_eq!(strict.acceptable_until(&common, key), Lifetime::Until("2026-04-01T00:00:00Z".parse()?));
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Copy, Clone)]
pub struct AlgorithmConstraints {
    table: &'static Table,
}

/// What a table says. Lengths of RSA keys are the shortest of their row, the longest first.
struct Table {
    name: &'static str,
    pkcs1: &'static [(u32, Lifetime)],
    pss: &'static [(u32, Lifetime)],
    curves: Lifetime,
    ed25519: Lifetime,
    md5: Lifetime,
    sha1: Lifetime,
    sha224: Lifetime,
    sha256: Lifetime,
}

/// 2004-08-01.
const MD5_END: Lifetime = Lifetime::Until(Timestamp::constant(1_091_318_400, 0));
/// 2012-08-01.
const SHA1_END: Lifetime = Lifetime::Until(Timestamp::constant(1_343_779_200, 0));
/// 2019-10-01.
const SHORT_RSA_END: Lifetime = Lifetime::Until(Timestamp::constant(1_569_888_000, 0));
/// 2026-04-01.
const APRIL_2026: Lifetime = Lifetime::Until(Timestamp::constant(1_775_001_600, 0));
/// 2029-01-01.
const START_OF_2029: Lifetime = Lifetime::Until(Timestamp::constant(1_861_920_000, 0));
/// 2034-01-01.
const START_OF_2034: Lifetime = Lifetime::Until(Timestamp::constant(2_019_686_400, 0));

static DSS_6_4: Table = Table {
    name: "EU DSS 6.4 (ETSI TS 119 312 V1.5.1)",
    pkcs1: &[(1900, START_OF_2029), (1024, SHORT_RSA_END)],
    pss: &[(3000, Lifetime::Unlimited), (1900, START_OF_2029), (1024, SHORT_RSA_END)],
    curves: Lifetime::Unlimited,
    ed25519: Lifetime::Unlimited,
    md5: MD5_END,
    sha1: SHA1_END,
    sha224: START_OF_2029,
    sha256: Lifetime::Unlimited,
};

static TS_119_312_V2_1_1: Table = Table {
    name: "ETSI TS 119 312 V2.1.1",
    pkcs1: &[(3000, START_OF_2034), (1900, APRIL_2026), (1024, SHORT_RSA_END)],
    pss: &[(3000, Lifetime::Unlimited), (1900, APRIL_2026), (1024, SHORT_RSA_END)],
    curves: Lifetime::Unlimited,
    ed25519: Lifetime::Unlimited,
    md5: MD5_END,
    sha1: SHA1_END,
    sha224: START_OF_2029,
    sha256: Lifetime::Unlimited,
};

impl AlgorithmConstraints {
    /// What the default policy of EU DSS 6.4 accepts: RSA with 2048 bits until 2029.
    pub const fn dss_6_4() -> Self {
        Self { table: &DSS_6_4 }
    }

    /// What the newest edition of ETSI TS 119 312 agrees on, V2.1.1 of February 2026: RSA with less than 3000 bits
    /// until April 2026.
    pub const fn ts_119_312_v2_1_1() -> Self {
        Self { table: &TS_119_312_V2_1_1 }
    }

    /// The name of the table, with its edition.
    pub const fn name(self) -> &'static str {
        self.table.name
    }

    /// Until when such a signature by such a key was acceptable: the earlier end of its digest and of its key.
    ///
    /// A key that cannot have made such a signature (ECDSA by an RSA key) was acceptable at no time.
    pub fn acceptable_until(self, algorithm: &ClaimedAlgorithm, key: KeyKind) -> Lifetime {
        let key_end = match (algorithm, key) {
            (ClaimedAlgorithm::RsaPkcs1v15(_), KeyKind::Rsa { bits }) => row(self.table.pkcs1, bits),
            (ClaimedAlgorithm::RsaPss { .. }, KeyKind::Rsa { bits }) => row(self.table.pss, bits),
            (
                ClaimedAlgorithm::Ecdsa(_),
                KeyKind::P256
                | KeyKind::P384
                | KeyKind::P521
                | KeyKind::BrainpoolP256r1
                | KeyKind::BrainpoolP384r1,
            ) => self.table.curves,
            (ClaimedAlgorithm::Ed25519, KeyKind::Ed25519) => self.table.ed25519,
            // No such key has made such a signature.
            (
                ClaimedAlgorithm::RsaPkcs1v15(_)
                | ClaimedAlgorithm::RsaPss { .. }
                | ClaimedAlgorithm::Ecdsa(_)
                | ClaimedAlgorithm::Ed25519,
                _,
            ) => Lifetime::Never,
        };
        key_end.min(self.digest_acceptable_until(algorithm.digest()))
    }

    /// Until when a key of this kind was acceptable with the best digest and scheme that it can sign with: what is
    /// left to ask about a key whose signatures are not at hand, as that of a certificate.
    pub fn key_acceptable_until(self, key: KeyKind) -> Lifetime {
        match key {
            KeyKind::Rsa { bits } => row(self.table.pss, bits).max(row(self.table.pkcs1, bits)),
            KeyKind::P256
            | KeyKind::P384
            | KeyKind::P521
            | KeyKind::BrainpoolP256r1
            | KeyKind::BrainpoolP384r1 => self.table.curves,
            KeyKind::Ed25519 => self.table.ed25519,
        }
    }

    /// Until when a digest was acceptable, for what is only hashed: imprints of timestamps, references to
    /// certificates.
    pub fn digest_acceptable_until(self, digest: KnownDigest) -> Lifetime {
        match digest {
            KnownDigest::Legacy(LegacyDigest::Md5) => self.table.md5,
            KnownDigest::Legacy(LegacyDigest::Sha1) => self.table.sha1,
            KnownDigest::Current(DigestAlgorithm::Sha224) => self.table.sha224,
            // As short, and named by no list.
            KnownDigest::Current(DigestAlgorithm::Sha512_224 | DigestAlgorithm::Sha3_224) => Lifetime::Never,
            KnownDigest::Current(
                DigestAlgorithm::Sha256
                | DigestAlgorithm::Sha384
                | DigestAlgorithm::Sha512
                | DigestAlgorithm::Sha512_256
                | DigestAlgorithm::Sha3_256
                | DigestAlgorithm::Sha3_384
                | DigestAlgorithm::Sha3_512,
            ) => self.table.sha256,
            // What a later release of the digest crate knows and these tables do not.
            _ => Lifetime::Never,
        }
    }
}

/// The row of a key of this length; shorter ones than any row names were acceptable at no time.
fn row(rows: &[(u32, Lifetime)], bits: u32) -> Lifetime {
    rows.iter().find(|(shortest, _)| bits >= *shortest).map_or(Lifetime::Never, |(_, lifetime)| *lifetime)
}

/// [`dss_6_4`](Self::dss_6_4).
impl Default for AlgorithmConstraints {
    fn default() -> Self {
        Self::dss_6_4()
    }
}

impl PartialEq for AlgorithmConstraints {
    fn eq(&self, other: &Self) -> bool {
        self.table.name == other.table.name
    }
}

impl Eq for AlgorithmConstraints {}

impl fmt::Debug for AlgorithmConstraints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AlgorithmConstraints").field(&self.table.name).finish()
    }
}

impl fmt::Display for AlgorithmConstraints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.table.name)
    }
}

/// [`AlgorithmConstraints::acceptable_until`] of the default table.
///
/// ```
/// use chancery_digest::{DigestAlgorithm, LegacyDigest};
/// use chancery_key::lifetime::{Lifetime, acceptable_until};
/// use chancery_key::{ClaimedAlgorithm, KeyKind};
///
/// let old = ClaimedAlgorithm::RsaPkcs1v15(LegacyDigest::Sha1.into());
/// let end = acceptable_until(&old, KeyKind::Rsa { bits: 2048 });
/// assert_eq!(end, Lifetime::Until("2012-08-01T00:00:00Z".parse()?));
///
/// let new = ClaimedAlgorithm::Ecdsa(DigestAlgorithm::Sha256.into());
/// assert_eq!(acceptable_until(&new, KeyKind::P256), Lifetime::Unlimited);
/// # Ok::<(), jiff::Error>(())
/// ```
pub fn acceptable_until(algorithm: &ClaimedAlgorithm, key: KeyKind) -> Lifetime {
    AlgorithmConstraints::default().acceptable_until(algorithm, key)
}

/// [`AlgorithmConstraints::key_acceptable_until`] of the default table.
pub fn key_acceptable_until(key: KeyKind) -> Lifetime {
    AlgorithmConstraints::default().key_acceptable_until(key)
}

/// [`AlgorithmConstraints::digest_acceptable_until`] of the default table.
pub fn digest_acceptable_until(digest: KnownDigest) -> Lifetime {
    AlgorithmConstraints::default().digest_acceptable_until(digest)
}

/// What makes a signature weak today, whatever its date.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Weakness {
    /// Collisions of MD5 are found in seconds.
    Md5,
    /// Collisions of SHA-1 are bought for some ten thousand dollars (Leurent and Peyrin, 2020).
    Sha1,
    /// An RSA modulus below 2048 bits.
    ShortRsa {
        /// Its length in bits.
        bits: u32,
    },
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Md5 => f.write_str("MD5 is broken: two documents can be made to share a signature"),
            Self::Sha1 => f.write_str("SHA-1 is broken: two documents can be made to share a signature"),
            Self::ShortRsa { bits } => write!(f, "an RSA key of {bits} bits is too short to trust"),
        }
    }
}

/// All that makes such a signature by such a key weak today.
pub fn weaknesses(algorithm: &ClaimedAlgorithm, key: KeyKind) -> Vec<Weakness> {
    let digest = match algorithm.digest() {
        KnownDigest::Legacy(LegacyDigest::Md5) => Some(Weakness::Md5),
        KnownDigest::Legacy(LegacyDigest::Sha1) => Some(Weakness::Sha1),
        _ => None,
    };
    let key = match key {
        KeyKind::Rsa { bits: bits @ ..2048 } => Some(Weakness::ShortRsa { bits }),
        _ => None,
    };
    digest.into_iter().chain(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(date: &str) -> Lifetime {
        Lifetime::Until(format!("{date}T00:00:00Z").parse().unwrap())
    }

    #[test]
    fn the_dates_are_those_of_the_list() {
        let sha256 = KnownDigest::from(DigestAlgorithm::Sha256);
        let pss = ClaimedAlgorithm::RsaPss { digest: sha256, salt_length: 32 };
        let pkcs1 = ClaimedAlgorithm::RsaPkcs1v15(sha256);
        let rsa = |bits| KeyKind::Rsa { bits };
        for (algorithm, key, expected) in [
            (pkcs1, rsa(1024), until("2019-10-01")),
            (pkcs1, rsa(1899), until("2019-10-01")),
            (pkcs1, rsa(1900), until("2029-01-01")),
            (pkcs1, rsa(4096), until("2029-01-01")),
            (pss, rsa(1024), until("2019-10-01")),
            (pss, rsa(2999), until("2029-01-01")),
            (pss, rsa(3000), Lifetime::Unlimited),
            (ClaimedAlgorithm::RsaPkcs1v15(LegacyDigest::Md5.into()), rsa(4096), until("2004-08-01")),
            (ClaimedAlgorithm::RsaPkcs1v15(LegacyDigest::Sha1.into()), rsa(1024), until("2012-08-01")),
            (ClaimedAlgorithm::Ecdsa(LegacyDigest::Sha1.into()), KeyKind::P256, until("2012-08-01")),
            (ClaimedAlgorithm::Ecdsa(DigestAlgorithm::Sha224.into()), KeyKind::P256, until("2029-01-01")),
            (ClaimedAlgorithm::Ecdsa(sha256), KeyKind::P256, Lifetime::Unlimited),
            (ClaimedAlgorithm::Ecdsa(sha256), KeyKind::BrainpoolP384r1, Lifetime::Unlimited),
            (ClaimedAlgorithm::Ed25519, KeyKind::BrainpoolP256r1, Lifetime::Never),
            (ClaimedAlgorithm::Ed25519, KeyKind::Ed25519, Lifetime::Unlimited),
            (ClaimedAlgorithm::Ed25519, KeyKind::P256, Lifetime::Never),
            (pkcs1, rsa(1023), Lifetime::Never),
        ] {
            assert_eq!(acceptable_until(&algorithm, key), expected, "{algorithm}, {key}");
        }
    }

    /// The rows of the machine-readable form of TS 119 312 V2.1.1, and what it no longer names.
    #[test]
    fn the_strict_dates_are_those_of_the_newest_edition() {
        let strict = AlgorithmConstraints::ts_119_312_v2_1_1();
        let sha256 = KnownDigest::from(DigestAlgorithm::Sha256);
        let sha224 = KnownDigest::from(DigestAlgorithm::Sha224);
        let sha1 = KnownDigest::from(LegacyDigest::Sha1);
        let pss = |digest| ClaimedAlgorithm::RsaPss { digest, salt_length: 32 };
        let (pkcs1, ecdsa) = (ClaimedAlgorithm::RsaPkcs1v15, ClaimedAlgorithm::Ecdsa);
        let rsa = |bits| KeyKind::Rsa { bits };
        for (algorithm, key, expected) in [
            (pkcs1(sha256), rsa(2048), until("2026-04-01")),
            (pkcs1(sha256), rsa(2999), until("2026-04-01")),
            (pkcs1(sha256), rsa(3000), until("2034-01-01")),
            (pkcs1(sha224), rsa(3072), until("2029-01-01")),
            (pkcs1(sha256), rsa(1899), until("2019-10-01")),
            (pss(sha256), rsa(2048), until("2026-04-01")),
            (pss(sha256), rsa(3072), Lifetime::Unlimited),
            (pss(sha256), rsa(1023), Lifetime::Never),
            (ecdsa(sha224), KeyKind::P256, until("2029-01-01")),
            (ecdsa(sha256), KeyKind::P256, Lifetime::Unlimited),
            (ecdsa(sha1), KeyKind::P256, until("2012-08-01")),
            (ClaimedAlgorithm::Ed25519, KeyKind::Ed25519, Lifetime::Unlimited),
        ] {
            assert_eq!(strict.acceptable_until(&algorithm, key), expected, "{algorithm}, {key}");
        }
        // A key can outlive the scheme that it is mostly used with.
        assert_eq!(strict.key_acceptable_until(rsa(2048)), until("2026-04-01"));
        assert_eq!(strict.key_acceptable_until(rsa(3072)), Lifetime::Unlimited);
        assert_eq!(strict.key_acceptable_until(rsa(1000)), Lifetime::Never);
    }

    #[test]
    fn the_strict_table_accepts_nothing_longer_that_is_weak_in_the_default() {
        let (default, strict) = (AlgorithmConstraints::default(), AlgorithmConstraints::ts_119_312_v2_1_1());
        assert_ne!(default, strict);
        for bits in [512, 1024, 2048] {
            let key = KeyKind::Rsa { bits };
            let both = strict.key_acceptable_until(key).min(default.key_acceptable_until(key));
            assert_eq!(both, strict.key_acceptable_until(key), "{bits}");
        }
    }

    #[test]
    fn short_digests_that_no_list_names_are_not_acceptable() {
        for table in [AlgorithmConstraints::dss_6_4(), AlgorithmConstraints::ts_119_312_v2_1_1()] {
            assert_eq!(table.digest_acceptable_until(DigestAlgorithm::Sha224.into()), until("2029-01-01"));
            for digest in [DigestAlgorithm::Sha3_224, DigestAlgorithm::Sha512_224] {
                assert_eq!(table.digest_acceptable_until(digest.into()), Lifetime::Never, "{digest:?}");
                let pkcs1 = ClaimedAlgorithm::RsaPkcs1v15(digest.into());
                assert_eq!(table.acceptable_until(&pkcs1, KeyKind::Rsa { bits: 4096 }), Lifetime::Never);
            }
            for digest in [DigestAlgorithm::Sha3_256, DigestAlgorithm::Sha512_256] {
                assert_eq!(table.digest_acceptable_until(digest.into()), Lifetime::Unlimited, "{digest:?}");
            }
        }
    }

    #[test]
    fn the_end_itself_is_too_late() {
        let end: Timestamp = "2012-08-01T00:00:00Z".parse().unwrap();
        let lifetime = digest_acceptable_until(LegacyDigest::Sha1.into());
        assert!(!lifetime.includes(end));
        assert!(lifetime.includes(end - jiff::SignedDuration::from_secs(1)));
    }

    #[test]
    fn weaknesses_add_up() {
        let algorithm = ClaimedAlgorithm::RsaPkcs1v15(LegacyDigest::Sha1.into());
        let found = weaknesses(&algorithm, KeyKind::Rsa { bits: 1024 });
        assert_eq!(found, [Weakness::Sha1, Weakness::ShortRsa { bits: 1024 }]);
        assert_eq!(weaknesses(&ClaimedAlgorithm::Ed25519, KeyKind::Ed25519), []);
    }
}
