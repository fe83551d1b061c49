//! A certificate together with its key.

use chancery_certificate::Certificate;
use chancery_key::{SoftwareKey, SoftwareSigner};

use crate::{encoding, keys, pkcs12};

/// A certificate, the key that belongs to it, and the certificates of its issuers without the root.
pub struct TestIdentity {
    pub(crate) key: SoftwareKey,
    pub(crate) chain: Vec<Certificate>,
}

impl TestIdentity {
    /// The certificate.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.chain[0]
    }

    /// The certificate first, then those of its issuers; the root is not among them.
    #[must_use]
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &SoftwareKey {
        &self.key
    }

    /// Somebody who signs with it.
    ///
    /// # Panics
    ///
    /// If key and certificate are no pair, or the certificate is one that cannot be used at all.
    #[must_use]
    pub fn signer(&self) -> SoftwareSigner {
        SoftwareSigner::new(keys::copy(&self.key), self.chain.clone())
            .unwrap_or_else(|error| panic!("{}: {error}", self.certificate().display_name()))
    }

    /// The certificate as PEM text.
    #[must_use]
    pub fn certificate_pem(&self) -> String {
        encoding::pem("CERTIFICATE", self.certificate().to_der())
    }

    /// The whole chain as PEM text, the certificate first.
    #[must_use]
    pub fn chain_pem(&self) -> String {
        self.chain.iter().map(|certificate| encoding::pem("CERTIFICATE", certificate.to_der())).collect()
    }

    /// Key and chain as a PKCS#12 file (RFC 7292), the form in which people get them: `.p12` or `.pfx`.
    #[must_use]
    pub fn to_pkcs12(&self, password: &str) -> Vec<u8> {
        pkcs12::write(&keys::exported(&self.key), &self.chain, password)
    }

    /// The key as PKCS#8, unencrypted PEM text (RFC 5958).
    #[must_use]
    pub fn key_pem(&self) -> String {
        encoding::pem("PRIVATE KEY", &keys::exported(&self.key))
    }
}

impl std::fmt::Debug for TestIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TestIdentity({})", self.certificate().display_name())
    }
}
