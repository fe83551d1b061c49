//! The CMS message of a PDF signature.

use std::sync::OnceLock;

use chancery_certificate::Certificate;
use chancery_cms::{Preparation, PreparedMessage};
use chancery_digest::{AnyDigest, Digest};
use chancery_key::{KeyKind, SignatureAlgorithm};
use jiff::Timestamp;

use crate::PadesError;
use crate::signature_form::SignatureForm;

/// A message that is ready but for the digest of a document: what it holds beside that does not depend on the document, nor
/// does its length, which must be known before there is a digest.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) message: PreparedMessage,
    /// How long the message becomes at most.
    pub(crate) longest: usize,
}

impl Template {
    fn new(
        chain: &[Certificate],
        (algorithm, kind): (SignatureAlgorithm, KeyKind),
        form: (SignatureForm, Timestamp),
    ) -> Result<Self, PadesError> {
        let message = message(chain, algorithm, algorithm.digest().digest(b""), form)?;
        let longest = message.finished_len(kind.maximal_signature_len());
        Ok(Self { message, longest })
    }
}

/// The templates of one signer.
#[derive(Clone, Debug)]
pub(crate) struct Templates {
    /// Those of the older form hold the time of signing, and are made for each document.
    cades: OnceLock<Template>,
}

impl Templates {
    pub(crate) const fn new() -> Self {
        Self { cades: OnceLock::new() }
    }

    /// One for this form, made when it is first asked for.
    pub(crate) fn of(
        &self,
        chain: &[Certificate],
        key: (SignatureAlgorithm, KeyKind),
        form: (SignatureForm, Timestamp),
    ) -> Result<Template, PadesError> {
        if form.0 != SignatureForm::Cades {
            return Template::new(chain, key, form);
        }
        if let Some(known) = self.cades.get() {
            return Ok(known.clone());
        }
        let made = Template::new(chain, key, form)?;
        Ok(self.cades.get_or_init(|| made).clone())
    }
}

/// The CMS message of a PDF signature. That of PAdES has no signing-time, which `/M` says instead (EN 319 142-1, 6.3); that
/// of the older form has one, since its readers show it.
fn message(
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
