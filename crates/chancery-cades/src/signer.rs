//! Making CAdES signatures.

use chancery_certificate::Certificate;
use chancery_cms::{Preparation, PreparedMessage};
use chancery_digest::Digest;
use chancery_key::{SignatureAlgorithm, Signer};
use jiff::Timestamp;

use crate::{CadesError, CadesSignature};

/// Signs content as CAdES baseline B-B (EN 319 122-1, 6): content-type, message-digest, signing-certificate-v2 and
/// the claimed signing-time.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use chancery_cades::CadesSigner;
/// use chancery_key::{Password, SoftwareSigner};
///
/// let alice = SoftwareSigner::from_pkcs12(&std::fs::read("alice.p12")?, &Password::from("secret"))?;
/// let now = "2026-11-21T12:00:00Z".parse()?;
/// let signed = CadesSigner::new(&alice, now).sign(std::fs::read("contract.txt")?)?;
/// std::fs::write("contract.txt.p7m", signed.into_bytes())?;
/// # Ok(()) }
/// ```
#[derive(Copy, Clone)]
pub struct CadesSigner<'a> {
    signer: &'a dyn Signer,
    signing_time: Timestamp,
}

impl<'a> CadesSigner<'a> {
    /// Signs with this signer; `signing_time` is what the signature will claim.
    #[must_use]
    pub const fn new(signer: &'a dyn Signer, signing_time: Timestamp) -> Self {
        Self { signer, signing_time }
    }

    /// Signs content and encloses it.
    ///
    /// # Errors
    /// If the signer does not sign.
    pub fn sign(&self, content: Vec<u8>) -> Result<CadesSignature, CadesError> {
        let preparation = Preparation::enclosing(self.signer.chain(), self.signer.algorithm(), content);
        self.finish(&preparation.signing_time(self.signing_time).prepare()?)
    }

    /// Signs content that stays where it is, by its digest. The digest must be made with the algorithm of the
    /// signer's [`algorithm`](Signer::algorithm).
    ///
    /// # Errors
    /// If the digest was made with another algorithm, or the signer does not sign.
    pub fn sign_detached(&self, digest: Digest) -> Result<CadesSignature, CadesError> {
        let (chain, algorithm) = (self.signer.chain(), self.signer.algorithm());
        self.finish(&Self::prepare_detached(chain, algorithm, digest, self.signing_time)?)
    }

    /// Prepares a detached signature without the key: sign its `to_be_signed`, then `finish` it.
    ///
    /// # Errors
    /// If the chain is empty, or the digest was made with another algorithm than the signature's.
    pub fn prepare_detached(
        chain: &[Certificate],
        algorithm: SignatureAlgorithm,
        digest: Digest,
        signing_time: Timestamp,
    ) -> Result<PreparedMessage, CadesError> {
        Ok(Preparation::new(chain, algorithm, digest).signing_time(signing_time).prepare()?)
    }

    fn finish(&self, prepared: &PreparedMessage) -> Result<CadesSignature, CadesError> {
        let value = self.signer.sign(prepared.to_be_signed())?;
        CadesSignature::first_of(prepared.finish(value)?)
    }
}
