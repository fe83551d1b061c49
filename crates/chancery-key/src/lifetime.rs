//! Until when each algorithm and key size was acceptable.
//!
//! A signature that holds mathematically proves little once its digest can be collided or its key factored. So
//! whoever validates asks, for the moment at which the signature is proven to have existed, whether the
//! algorithm was still acceptable *then*.
//!
//! # The list
//!
//! The dates are those that the default validation policy of the European Commission's Digital Signature Services
//! accepts (DSS 6.4, `policy/constraint.xml`, `AlgoExpirationDate`, last updated there on 2024-10-13). It names its
//! own sources: ETSI TS 119 312 V1.5.1, for MD5 ETSI TS 102 176-1 V2.1.1.
//!
//! | what | acceptable before |
//! | --- | --- |
//! | MD5 | 2004-08-01 |
//! | SHA-1 | 2012-08-01 |
//! | SHA-224 | 2029-01-01 |
//! | SHA-256, SHA-384, SHA-512, SHA3-256, SHA3-384, SHA3-512 | no end is set |
//! | RSA, 1024 to 1899 bits | 2019-10-01 |
//! | RSA PKCS#1 v1.5, from 1900 bits | 2029-01-01 |
//! | RSA-PSS, 1900 to 2999 bits | 2029-01-01 |
//! | RSA-PSS, from 3000 bits | no end is set |
//! | ECDSA, from 256 bits | no end is set |
//!
//! For a pair of digest and key the earlier date counts. DSS only warns of dates that lay ahead when its list was
//! updated (2029); here they are dates like the others, and the caller decides what they mean to him.
//!
//! # What the list does not name
//!
//! SHA3-224 and SHA-512/224 are treated as SHA-224, which is as strong; SHA-512/256 as SHA-256. Ed25519 has no
//! end here, since nothing is known against it; DSS 6.4 does not accept it at all, since its list does not name it.

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
}

/// 2004-08-01.
const MD5_END: Timestamp = Timestamp::constant(1_091_318_400, 0);
/// 2012-08-01.
const SHA1_END: Timestamp = Timestamp::constant(1_343_779_200, 0);
/// 2019-10-01.
const SHORT_RSA_END: Timestamp = Timestamp::constant(1_569_888_000, 0);
/// 2029-01-01.
const LEGACY_END: Timestamp = Timestamp::constant(1_861_920_000, 0);

/// Until when such a signature by such a key was acceptable: the earlier end of its digest and of its key.
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
///
/// A key that cannot have made such a signature (ECDSA by an RSA key) was acceptable at no time.
pub fn acceptable_until(algorithm: &ClaimedAlgorithm, key: KeyKind) -> Lifetime {
    let key_end = match (algorithm, key) {
        (
            ClaimedAlgorithm::RsaPkcs1v15(_) | ClaimedAlgorithm::RsaPss { .. },
            KeyKind::Rsa { bits: ..1024 },
        ) => Lifetime::Never,
        (
            ClaimedAlgorithm::RsaPkcs1v15(_) | ClaimedAlgorithm::RsaPss { .. },
            KeyKind::Rsa { bits: ..1900 },
        ) => Lifetime::Until(SHORT_RSA_END),
        (ClaimedAlgorithm::RsaPss { .. }, KeyKind::Rsa { bits: 3000.. }) => Lifetime::Unlimited,
        (ClaimedAlgorithm::RsaPkcs1v15(_) | ClaimedAlgorithm::RsaPss { .. }, KeyKind::Rsa { .. }) => {
            Lifetime::Until(LEGACY_END)
        }
        (
            ClaimedAlgorithm::Ecdsa(_),
            KeyKind::P256
            | KeyKind::P384
            | KeyKind::P521
            | KeyKind::BrainpoolP256r1
            | KeyKind::BrainpoolP384r1,
        )
        | (ClaimedAlgorithm::Ed25519, KeyKind::Ed25519) => Lifetime::Unlimited,
        // No such key has made such a signature.
        (
            ClaimedAlgorithm::RsaPkcs1v15(_)
            | ClaimedAlgorithm::RsaPss { .. }
            | ClaimedAlgorithm::Ecdsa(_)
            | ClaimedAlgorithm::Ed25519,
            _,
        ) => Lifetime::Never,
    };
    key_end.min(digest_acceptable_until(algorithm.digest()))
}

/// Until when a key of this kind was acceptable with the best digest and scheme that it can sign with: what is left
/// to ask about a key whose signatures are not at hand, as that of a certificate.
///
/// ```
/// use chancery_key::KeyKind;
/// use chancery_key::lifetime::{Lifetime, key_acceptable_until};
///
/// let old = key_acceptable_until(KeyKind::Rsa { bits: 1024 });
/// assert_eq!(old, Lifetime::Until("2019-10-01T00:00:00Z".parse()?));
/// assert_eq!(key_acceptable_until(KeyKind::P256), Lifetime::Unlimited);
/// # Ok::<(), jiff::Error>(())
/// ```
pub fn key_acceptable_until(key: KeyKind) -> Lifetime {
    match key {
        KeyKind::Rsa { bits: ..1024 } => Lifetime::Never,
        KeyKind::Rsa { bits: ..1900 } => Lifetime::Until(SHORT_RSA_END),
        KeyKind::Rsa { bits: ..3000 } => Lifetime::Until(LEGACY_END),
        KeyKind::Rsa { .. }
        | KeyKind::P256
        | KeyKind::P384
        | KeyKind::P521
        | KeyKind::BrainpoolP256r1
        | KeyKind::BrainpoolP384r1
        | KeyKind::Ed25519 => Lifetime::Unlimited,
    }
}

/// Until when a digest was acceptable, for what is only hashed: imprints of timestamps, references to
/// certificates.
pub fn digest_acceptable_until(digest: KnownDigest) -> Lifetime {
    match digest {
        KnownDigest::Legacy(LegacyDigest::Md5) => Lifetime::Until(MD5_END),
        KnownDigest::Legacy(LegacyDigest::Sha1) => Lifetime::Until(SHA1_END),
        KnownDigest::Current(
            DigestAlgorithm::Sha224 | DigestAlgorithm::Sha512_224 | DigestAlgorithm::Sha3_224,
        ) => Lifetime::Until(LEGACY_END),
        KnownDigest::Current(
            DigestAlgorithm::Sha256
            | DigestAlgorithm::Sha384
            | DigestAlgorithm::Sha512
            | DigestAlgorithm::Sha512_256
            | DigestAlgorithm::Sha3_256
            | DigestAlgorithm::Sha3_384
            | DigestAlgorithm::Sha3_512,
        ) => Lifetime::Unlimited,
        // What a later release of the digest crate knows and this list does not.
        _ => Lifetime::Never,
    }
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
