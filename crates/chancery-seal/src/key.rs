//! Keys of seals, which sign for permits only.

use std::fmt;

use chancery_certificate::Certificate;
use chancery_key::{SignatureAlgorithm, SignatureValue, Signer, SignerError};

use crate::office::CommittedAttempt;

/// The key of a seal. It takes a [`Signer`] and never gives it back: it is none itself, and lends none, so nothing but
/// [`Office::seal`](crate::Office::seal) makes it sign. Keep no other way to the key.
///
/// ```compile_fail
/// # fn f(key: chancery_seal::SealKey, message: &chancery_key::ToBeSigned) {
/// chancery_key::Signer::sign(&key, message); // it is no signer
/// # }
/// ```
/// ```compile_fail
/// # fn f(key: chancery_seal::SealKey, committed: chancery_seal::Permit) {
/// key.sign(committed); // and has no verb of its own
/// # }
/// ```
pub struct SealKey {
    signer: Box<dyn Signer + Send + Sync>,
}

impl SealKey {
    /// Takes the key away.
    #[must_use]
    pub fn new(signer: impl Signer + Send + Sync + 'static) -> Self {
        Self { signer: Box::new(signer) }
    }

    /// The certificate of the seal and those above it, to prepare signatures with.
    #[must_use]
    pub fn chain(&self) -> &[Certificate] {
        self.signer.chain()
    }

    /// What it signs with, to prepare signatures with.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.signer.algorithm()
    }

    /// The only place where a seal's key is used: after the attempt was committed.
    pub(crate) fn sign(&self, committed: &CommittedAttempt<'_>) -> Result<SignatureValue, SignerError> {
        self.signer.sign(&committed.request().to_be_signed)
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.chain().first().map(Certificate::display_name);
        write!(f, "SealKey({:?}, {})", name.unwrap_or_default(), self.algorithm())
    }
}
