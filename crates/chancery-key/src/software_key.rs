//! Private keys in memory.

use std::fmt;

use chancery_digest::DigestAlgorithm;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::algorithm::SignatureAlgorithm;
use crate::error::{KeyError, SignerError};
use crate::key_file;
use crate::kind::KeyKind;
use crate::password::Password;
use crate::private_key::PrivateKey;
use crate::provider::Provider;
use crate::public_key::PublicKey;
use crate::signature::SignatureValue;
use crate::to_be_signed::ToBeSigned;

/// A private key in memory, wiped when it is dropped and never printed.
///
/// ```
/// use chancery_digest::DigestAlgorithm;
/// use chancery_key::{KeyKind, SoftwareKey, ToBeSigned};
/// use getrandom::rand_core::UnwrapErr;
///
/// let key = SoftwareKey::generate(KeyKind::P256, &mut UnwrapErr(getrandom::SysRng))?;
/// let message = ToBeSigned::new(key.default_algorithm(), b"I agree".to_vec());
/// let signature = key.sign(&message)?;
/// key.public_key().verify(&message.algorithm().claimed(), b"I agree", signature.as_bytes())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Reading a key checks it: the primes of RSA make its modulus, the exponents are inverse to each other, and a
/// public key inside the file is that of the private key. RSA signs from 2048 to 8192 bits.
///
/// Whoever holds the process holds the key. For anything that matters beyond the process, keep it in a
/// token or with a service, and implement [`Signer`](crate::Signer) for that.
pub struct SoftwareKey {
    private: PrivateKey,
    public: PublicKey,
    #[cfg(feature = "aws-lc")]
    fast: Option<crate::aws_lc::SigningKey>,
}

impl SoftwareKey {
    /// Makes a new key. `rng` is the only source of its secret: give it the operating system's
    /// (`getrandom::SysRng`).
    ///
    /// # Errors
    /// [`KeyError::ModulusLength`] for an RSA key below 2048 or above 8192 bits.
    pub fn generate<R: CryptoRng + ?Sized>(kind: KeyKind, rng: &mut R) -> Result<Self, KeyError> {
        Self::new(PrivateKey::generate(kind, rng)?)
    }

    /// Reads an unencrypted PKCS#8 structure in DER (RFC 5958 §2).
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] names an algorithm or curve that we do not compute with; the other
    /// variants say what is wrong with the key.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        Self::new(key_file::read_pkcs8(der)?)
    }

    /// Reads an encrypted PKCS#8 structure in DER (RFC 5958 §3): PBES2 with PBKDF2 or scrypt, and AES.
    ///
    /// # Errors
    /// [`KeyError::WrongPassword`] (a damaged ciphertext looks the same: there is no check sum in such a
    /// file), [`KeyError::UnsupportedEncryption`], [`KeyError::TooMuchWork`], and as
    /// [`from_pkcs8_der`](Self::from_pkcs8_der).
    pub fn from_encrypted_pkcs8_der(der: &[u8], password: &Password) -> Result<Self, KeyError> {
        Self::new(key_file::read_encrypted_pkcs8(der, password)?)
    }

    /// Reads the first private key of a PEM text: PKCS#8 plain or encrypted (RFC 7468 §10 and §11),
    /// `RSA PRIVATE KEY` (PKCS#1) or `EC PRIVATE KEY` (SEC 1). Certificates in the same text are passed over.
    ///
    /// # Errors
    /// [`KeyError::PasswordNeeded`] when the key is encrypted and no password was given, and as
    /// [`from_encrypted_pkcs8_der`](Self::from_encrypted_pkcs8_der).
    pub fn from_pem(text: &[u8], password: Option<&Password>) -> Result<Self, KeyError> {
        Self::new(key_file::read_pem(text, password)?)
    }

    pub(crate) fn new(private: PrivateKey) -> Result<Self, KeyError> {
        let public = PublicKey::from_info(&private.public_key_info())?;
        let provider = public.provider();
        let key = Self {
            private,
            public,
            #[cfg(feature = "aws-lc")]
            fast: None,
        };
        key.with_provider(provider)
    }

    /// The same key, computed with by this provider.
    ///
    /// # Errors
    /// [`KeyError::Provider`] when the provider does not take the key.
    pub fn with_provider(self, provider: Provider) -> Result<Self, KeyError> {
        Ok(Self {
            #[cfg(feature = "aws-lc")]
            fast: match provider {
                Provider::RustCrypto => None,
                Provider::AwsLc => crate::aws_lc::SigningKey::load(&self.private)?,
            },
            public: self.public.with_provider(provider),
            private: self.private,
        })
    }

    /// The public half.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// From now on, this is how the public half is written: as the certificate has it, with its restrictions.
    pub(crate) fn with_public_key(self, public: PublicKey) -> Self {
        Self { public: public.with_provider(self.public.provider()), ..self }
    }

    /// What such a key signs with if nobody says otherwise: RSA PKCS#1 v1.5 with SHA-256 (every reader
    /// knows it), or PSS where the certificate asks for it; ECDSA with the digest as long as the curve;
    /// Ed25519.
    pub fn default_algorithm(&self) -> SignatureAlgorithm {
        match self.public.kind() {
            KeyKind::Rsa { .. } => self.default_rsa(),
            KeyKind::P256 | KeyKind::BrainpoolP256r1 => SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256),
            KeyKind::P384 | KeyKind::BrainpoolP384r1 => SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384),
            KeyKind::P521 => SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512),
            KeyKind::Ed25519 => SignatureAlgorithm::Ed25519,
        }
    }

    fn default_rsa(&self) -> SignatureAlgorithm {
        let wanted = self.public.pss_parameters().and_then(|parameters| {
            let digest = parameters.digest.current()?;
            Some(SignatureAlgorithm::RsaPss { digest, salt_length: parameters.salt_length })
        });
        wanted.unwrap_or(if self.public.is_restricted_to_pss() {
            SignatureAlgorithm::rsa_pss(DigestAlgorithm::Sha256)
        } else {
            SignatureAlgorithm::RsaPkcs1v15(DigestAlgorithm::Sha256)
        })
    }

    /// Signs.
    ///
    /// The value carries a mark of what was signed and with which key, so that
    /// [`SignatureValue::check`] verifies nothing twice.
    ///
    /// # Errors
    /// [`SignerError::WrongAlgorithm`] when the key does not do the algorithm, and
    /// [`SignerError::Computation`] when the computation failed.
    pub fn sign(&self, to_be_signed: &ToBeSigned) -> Result<SignatureValue, SignerError> {
        let algorithm = to_be_signed.algorithm();
        self.can_sign_with(algorithm).map_err(|_| SignerError::WrongAlgorithm {
            algorithm: algorithm.claimed(),
            key: self.public.kind(),
        })?;
        let value = self.compute(to_be_signed)?;
        Ok(SignatureValue::made_by(self.public.info(), to_be_signed, value))
    }

    fn compute(&self, to_be_signed: &ToBeSigned) -> Result<Vec<u8>, SignerError> {
        #[cfg(feature = "aws-lc")]
        if let Some(signed) = self.fast.as_ref().and_then(|key| key.sign(to_be_signed)) {
            return signed;
        }
        self.private.sign(to_be_signed)
    }

    /// Whatever has no name in any standard is not signed with, since nobody could say how to verify it.
    pub(crate) fn can_sign_with(&self, algorithm: SignatureAlgorithm) -> Result<(), KeyError> {
        let fits = self.public.allows(&algorithm.claimed()).is_ok();
        if fits && algorithm.has_name() {
            Ok(())
        } else {
            Err(KeyError::WrongAlgorithm { algorithm: algorithm.claimed(), key: self.public.kind() })
        }
    }

    /// The key as an unencrypted PKCS#8 structure in DER. Handle with care; the buffer is wiped when it is
    /// dropped.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] if it cannot be written, which no key that was read or generated here does.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.private.to_pkcs8()
    }
}

impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftwareKey({})", self.public.kind())
    }
}
