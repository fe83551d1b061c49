//! Joint 1: sign these bytes.

use std::sync::Arc;

use chancery_certificate::Certificate;

use crate::algorithm::SignatureAlgorithm;
use crate::error::SignerError;
use crate::signature::SignatureValue;
use crate::to_be_signed::ToBeSigned;

/// Whoever can sign bytes: a software key, a smart card, an HSM, a remote service, a person with a phone.
///
/// One verb. Everything that makes signed documents takes a `&dyn Signer` (or a `&impl Signer`) and needs
/// nothing else of it; whoever holds keys elsewhere implements these three methods and is done.
///
/// ```
/// use chancery_certificate::Certificate;
/// use chancery_key::{SignatureAlgorithm, SignatureValue, Signer, SignerError, ToBeSigned};
///
/// /// A key in another building.
/// struct Remote<F> { chain: Vec<Certificate>, algorithm: SignatureAlgorithm, sign_digest: F }
///
/// impl<F: Fn(&[u8]) -> Result<Vec<u8>, String>> Signer for Remote<F> {
///     fn chain(&self) -> &[Certificate] {
///         &self.chain
///     }
///
///     fn algorithm(&self) -> SignatureAlgorithm {
///         self.algorithm
///     }
///
///     fn sign(&self, to_be_signed: &ToBeSigned) -> Result<SignatureValue, SignerError> {
///         (self.sign_digest)(to_be_signed.digest().as_bytes())
///             .map(SignatureValue::from_bytes)
///             .map_err(|reason| SignerError::Refused { reason })
///     }
/// }
/// ```
///
/// What `sign` returns from outside this process is not believed: whoever uses it calls
/// [`SignatureValue::check`] against the certificate before a byte is written.
pub trait Signer {
    /// The certificate of the signer first, then those of its issuers, each the issuer of the one before.
    /// The root may be missing.
    fn chain(&self) -> &[Certificate];

    /// What this signer signs with.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// Signs. Called once for each signature: a key that asks its owner asks once.
    ///
    /// # Errors
    /// [`SignerError`] when there is no signature: the key does not do the algorithm, or somebody refused.
    fn sign(&self, to_be_signed: &ToBeSigned) -> Result<SignatureValue, SignerError>;
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<T: Signer + ?Sized> Signer for $pointer {
            fn chain(&self) -> &[Certificate] {
                (**self).chain()
            }

            fn algorithm(&self) -> SignatureAlgorithm {
                (**self).algorithm()
            }

            fn sign(&self, to_be_signed: &ToBeSigned) -> Result<SignatureValue, SignerError> {
                (**self).sign(to_be_signed)
            }
        }
    )*};
}

forward!(&T, Box<T>, Arc<T>);
