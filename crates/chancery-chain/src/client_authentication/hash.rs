//! The hashes by which clients are listed.

use std::fmt;
use std::str::FromStr;

use chancery_certificate::Certificate;
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm};

use super::hash_error::HashTextError;

/// SHA-256 of a client's public key, as the DER of its SubjectPublicKeyInfo: what HTTP pins and
/// `openssl x509 -pubkey -noout | openssl pkey -pubin -outform DER | sha256sum` print.
///
/// Stays the same when the certificate is renewed for the same key, and changes with the key.
#[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyHash([u8; 32]);

/// SHA-256 of a whole certificate in DER: what `openssl x509 -fingerprint -sha256` and browsers print.
///
/// Changes with every renewal.
#[derive(Copy, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CertificateFingerprint([u8; 32]);

impl KeyHash {
    /// The hash of the key in this certificate.
    pub fn of(certificate: &Certificate) -> Self {
        Self(sha256(&DigestAlgorithm::Sha256.digest(certificate.public_key_info())))
    }

    /// A hash that was made elsewhere.
    pub const fn from_bytes(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl CertificateFingerprint {
    /// The fingerprint of this certificate.
    pub fn of(certificate: &Certificate) -> Self {
        Self(sha256(&certificate.fingerprint(DigestAlgorithm::Sha256)))
    }

    /// A fingerprint that was made elsewhere.
    pub const fn from_bytes(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The bytes of a SHA-256 digest, of which there are always 32.
fn sha256(digest: &Digest) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(digest.as_bytes()).for_each(|(byte, digest)| *byte = *digest);
    bytes
}

/// 64 hexadecimal digits, in pairs that colons may separate.
fn parse(text: &str) -> Result<[u8; 32], HashTextError> {
    let text = text.trim();
    let pairs: Vec<&str> = match text.contains(':') {
        true => text.split(':').collect(),
        false if text.is_ascii() => {
            (0..text.len()).step_by(2).map(|at| &text[at..text.len().min(at + 2)]).collect()
        }
        false => return Err(HashTextError::Digit),
    };
    let mut bytes = [0; 32];
    if pairs.len() != bytes.len() {
        return Err(HashTextError::Length { found: pairs.len() });
    }
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        let digits = pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit());
        let read = digits.then(|| u8::from_str_radix(pair, 16).ok()).flatten();
        *byte = read.ok_or(HashTextError::Digit)?;
    }
    Ok(bytes)
}

fn write(bytes: &[u8; 32], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Reads hexadecimal digits of either case, with or without colons between the bytes.
impl FromStr for KeyHash {
    type Err = HashTextError;

    fn from_str(text: &str) -> Result<Self, HashTextError> {
        parse(text).map(Self)
    }
}

/// Reads hexadecimal digits of either case, with or without colons between the bytes.
impl FromStr for CertificateFingerprint {
    type Err = HashTextError;

    fn from_str(text: &str) -> Result<Self, HashTextError> {
        parse(text).map(Self)
    }
}

impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(&self.0, f)
    }
}

impl fmt::Display for CertificateFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(&self.0, f)
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyHash({self})")
    }
}

impl fmt::Debug for CertificateFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateFingerprint({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_read_as_tools_print_it() {
        let bytes: [u8; 32] = std::array::from_fn(|index| u8::try_from(index * 7).unwrap());
        let hash = KeyHash::from_bytes(bytes);
        assert_eq!(hash.to_string().parse(), Ok(hash));
        let colons = bytes.map(|byte| format!("{byte:02X}")).join(":");
        assert_eq!(format!(" {colons}\n").parse(), Ok(hash));
        assert_eq!(colons.parse(), Ok(CertificateFingerprint::from_bytes(bytes)));
        for bad in ["", "00", &"+1".repeat(32), &"é".repeat(32), &colons.replacen(":0", ":", 1), "ab:cd"] {
            assert!(bad.parse::<KeyHash>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,80}") {
            let _ = text.parse::<KeyHash>();
        }
    }
}
