//! What sort of key it is: the small value that errors, tables and keys share.

use std::fmt;

/// What sort of key it is, and how long.
///
/// ```
/// use chancery_key::KeyKind;
///
/// assert_eq!(KeyKind::Rsa { bits: 3072 }.to_string(), "RSA 3072 bits");
/// assert_eq!(KeyKind::P256.to_string(), "ECDSA P-256");
/// ```
#[derive(Copy, Clone, Debug, Eq, PartialEq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA (RFC 8017).
    Rsa {
        /// The length of the modulus in bits.
        bits: u32,
    },
    /// ECDSA on P-256, also called secp256r1 and prime256v1 (SEC 2, FIPS 186-5).
    P256,
    /// ECDSA on P-384, also called secp384r1.
    P384,
    /// ECDSA on P-521, also called secp521r1.
    P521,
    /// ECDSA on brainpoolP256r1 (RFC 5639 §3.4).
    BrainpoolP256r1,
    /// ECDSA on brainpoolP384r1 (RFC 5639 §3.6).
    BrainpoolP384r1,
    /// Ed25519 (RFC 8032).
    Ed25519,
}

impl KeyKind {
    /// The octets that one coordinate, or one of the two numbers of an ECDSA signature, takes:
    /// 32 for P-256 and brainpoolP256r1, 48 for P-384 and brainpoolP384r1, 66 for P-521; nothing for the other kinds.
    pub fn field_len(self) -> Option<usize> {
        match self {
            Self::P256 | Self::BrainpoolP256r1 => Some(32),
            Self::P384 | Self::BrainpoolP384r1 => Some(48),
            Self::P521 => Some(66),
            Self::Rsa { .. } | Self::Ed25519 => None,
        }
    }

    /// The most octets that a signature by such a key takes, so that room can be reserved for it.
    ///
    /// RSA: the length of the modulus. ECDSA: two INTEGERs in a SEQUENCE (SEC 1, C.5). Ed25519: 64.
    pub fn maximal_signature_len(self) -> usize {
        match self {
            Self::Rsa { bits } => usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX),
            Self::P256 | Self::BrainpoolP256r1 => 72,
            Self::P384 | Self::BrainpoolP384r1 => 104,
            Self::P521 => 139,
            Self::Ed25519 => 64,
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA {bits} bits"),
            Self::P256 => f.write_str("ECDSA P-256"),
            Self::P384 => f.write_str("ECDSA P-384"),
            Self::P521 => f.write_str("ECDSA P-521"),
            Self::BrainpoolP256r1 => f.write_str("ECDSA brainpoolP256r1"),
            Self::BrainpoolP384r1 => f.write_str("ECDSA brainpoolP384r1"),
            Self::Ed25519 => f.write_str("Ed25519"),
        }
    }
}
