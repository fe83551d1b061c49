//! The CMS message of a PDF signature.

use std::sync::OnceLock;

use chancery_certificate::Certificate;
use chancery_cms::{Preparation, PreparedMessage};
use chancery_digest::Digest;
use chancery_key::SignatureAlgorithm;
use jiff::Timestamp;

use crate::PadesError;
use crate::signature_form::SignatureForm;

/// The lengths of messages by one signer, as far as they are known: of each form one.
#[derive(Clone, Debug)]
pub(crate) struct MessageLengths {
    cades: OnceLock<usize>,
    adobe: OnceLock<usize>,
}

impl MessageLengths {
    pub(crate) const fn new() -> Self {
        Self { cades: OnceLock::new(), adobe: OnceLock::new() }
    }

    pub(crate) const fn of(&self, form: SignatureForm) -> &OnceLock<usize> {
        match form {
            SignatureForm::Cades => &self.cades,
            SignatureForm::AdobePkcs7 => &self.adobe,
        }
    }
}

/// The CMS message of a PDF signature. That of PAdES has no signing-time, which `/M` says instead (EN 319 142-1, 6.3); that
/// of the older form has one, since its readers show it.
pub(crate) fn message(
    chain: &[Certificate],
    algorithm: SignatureAlgorithm,
    digest: Digest,
    (form, at): (SignatureForm, Timestamp),
) -> Result<PreparedMessage, PadesError> {
    let preparation = Preparation::new(chain, algorithm, digest);
    Ok(match form {
        SignatureForm::Cades => preparation.prepare()?,
        SignatureForm::AdobePkcs7 => preparation.signing_time(at).prepare()?,
    })
}
