//! Signing and timestamping in one call.

use chancery_digest::Source;
use chancery_http::Transport;
use chancery_key::Signer;
use chancery_timestamp::TimestampAuthority;
use rand_core::CryptoRng;

use crate::{PadesError, PdfSigner, SignedPdf};

/// What to do when the authority gives no timestamp.
///
/// There is no default: a signature without a timestamp proves less, and ends with the signer's certificate.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum WithoutTimestamp {
    /// Fail: there is no signed document. The key was used all the same.
    Require,
    /// Keep the signature without it, level B-B, and tell why: [`Stamping::Degraded`].
    Degrade,
}

/// Whether a new signature got its timestamp.
#[derive(Debug)]
#[must_use = "a signature without its timestamp proves less than was asked for"]
pub enum Stamping {
    /// It has one: level B-T.
    Timestamped,
    /// It has none, level B-B, for this reason. [`SignedPdf::timestamp`] may be tried again, or another authority.
    Degraded(PadesError),
}

impl Stamping {
    /// Why there is no timestamp, if there is none.
    #[must_use]
    pub const fn missing(&self) -> Option<&PadesError> {
        match self {
            Self::Timestamped => None,
            Self::Degraded(because) => Some(because),
        }
    }
}

impl<'a, S: Signer + ?Sized> PdfSigner<'a, &'a S> {
    /// Signs a document and has the signature timestamped: one call, one document. The key is used once, the authority
    /// is asked once.
    ///
    /// A field that demands a timestamp in its seed values gets one, or nothing is signed, whatever is said here.
    ///
    /// # Errors
    /// As [`sign`](Self::sign); with [`WithoutTimestamp::Require`] also if the authority gives no timestamp, or there is
    /// no room for it.
    ///
    /// ```no_run
    /// # use chancery_http::Transport;
    /// # use chancery_pades::{PadesError, PdfSigner, WithoutTimestamp};
    /// # fn sign<T: Transport>(signer: &PdfSigner<'_, &chancery_key::SoftwareSigner>, pdf: &Vec<u8>, tsa: &chancery_timestamp::TimestampAuthority<T>, rng: &mut impl rand_core::CryptoRng) -> Result<(), PadesError> {
    /// let (signed, stamping) = signer.sign_with_timestamp(pdf, tsa, WithoutTimestamp::Degrade, rng)?;
    /// if let Some(because) = stamping.missing() {
    ///     eprintln!("signed without a timestamp: {because}");
    /// }
    /// signed.save("contract-signed.pdf")?;
    /// # Ok(()) }
    /// ```
    pub fn sign_with_timestamp<'s, T: Transport>(
        &self,
        pdf: &'s dyn Source,
        authority: &TimestampAuthority<T>,
        otherwise: WithoutTimestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(SignedPdf<'s>, Stamping), PadesError> {
        let mut signed = self.sign_for_timestamp(pdf)?;
        let demanded = signed.asked_timestamp().is_some_and(|asked| asked.is_required);
        match (signed.timestamp(authority, rng), otherwise) {
            (Ok(()), _) => Ok((signed, Stamping::Timestamped)),
            (Err(because), WithoutTimestamp::Degrade) if !demanded => {
                Ok((signed, Stamping::Degraded(because)))
            }
            (Err(because), _) => Err(because),
        }
    }
}
