//! How much we work for a stranger's password-protected file.

use crate::error::KeyError;

/// The iterations of key derivation that are left for one file. One unit is one HMAC of PBKDF2, one hash of the
/// PKCS#12 derivation or one block of 128 octets of scrypt: each about a third of a microsecond.
pub(crate) struct Work {
    left: u64,
}

impl Work {
    /// For one file: some seconds of one core. OpenSSL 3 writes 2,048 iterations, Java 10,000, and OWASP (2023)
    /// advises 600,000 for PBKDF2 with HMAC-SHA-256.
    pub(crate) const fn for_one_file() -> Self {
        Self { left: 10_000_000 }
    }

    /// Takes the work that is about to be done from what is left.
    pub(crate) fn spend(&mut self, asked: u64) -> Result<(), KeyError> {
        self.left = self.left.checked_sub(asked).ok_or(KeyError::TooMuchWork { asked, left: self.left })?;
        Ok(())
    }
}
