//! A private key together with its certificates.

use std::fmt;

use chancery_certificate::Certificate;

use crate::algorithm::SignatureAlgorithm;
use crate::error::{KeyError, SignerError};
use crate::provider::Provider;
use crate::public_key::PublicKey;
use crate::signature::SignatureValue;
use crate::signer::Signer;
use crate::software_key::SoftwareKey;
use crate::to_be_signed::ToBeSigned;

/// A private key in memory together with its certificates: the [`Signer`] for development keys, seals of
/// small services and tests.
pub struct SoftwareSigner {
    key: SoftwareKey,
    chain: Vec<Certificate>,
    algorithm: SignatureAlgorithm,
}

impl SoftwareSigner {
    /// Takes a key and its chain: the certificate of the key first, then its issuers. Proves that key and
    /// certificate are a pair; whether the chain leads anywhere is not asked here.
    ///
    /// # Errors
    /// [`KeyError::NoCertificate`], [`KeyError::NotThePair`], or what is wrong with the public key of the
    /// certificate.
    pub fn new(key: SoftwareKey, chain: Vec<Certificate>) -> Result<Self, KeyError> {
        let certificate = chain.first().ok_or(KeyError::NoCertificate)?;
        let certified = PublicKey::of(certificate)?;
        if !certified.is_same_key(key.public_key()) {
            return Err(KeyError::NotThePair { certificate: certificate.display_name() });
        }
        let key = key.with_public_key(certified);
        let algorithm = key.default_algorithm();
        key.can_sign_with(algorithm)?;
        Ok(Self { key, chain, algorithm })
    }

    /// Signs with this algorithm instead of [`SoftwareKey::default_algorithm`], for example
    /// `SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256)`.
    ///
    /// # Errors
    /// [`KeyError::WrongAlgorithm`] when the key does not do it, its certificate does not allow it, or no
    /// standard has a name for it.
    pub fn with_algorithm(self, algorithm: SignatureAlgorithm) -> Result<Self, KeyError> {
        self.key.can_sign_with(algorithm)?;
        Ok(Self { algorithm, ..self })
    }

    /// The same signer, computed with by this provider.
    ///
    /// # Errors
    /// [`KeyError::Provider`] when the provider does not take the key.
    pub fn with_provider(self, provider: Provider) -> Result<Self, KeyError> {
        Ok(Self { key: self.key.with_provider(provider)?, ..self })
    }

    /// The certificate of the key.
    pub fn certificate(&self) -> &Certificate {
        // `new` takes no empty chain.
        &self.chain[0]
    }

    /// The key.
    pub fn key(&self) -> &SoftwareKey {
        &self.key
    }
}

impl Signer for SoftwareSigner {
    fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn sign(&self, to_be_signed: &ToBeSigned) -> Result<SignatureValue, SignerError> {
        self.key.sign(to_be_signed)
    }
}

impl fmt::Debug for SoftwareSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SoftwareSigner({:?}, {}, {})",
            self.certificate().display_name(),
            self.key.public_key().kind(),
            self.algorithm
        )
    }
}
