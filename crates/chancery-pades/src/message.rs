//! The CMS message of a PDF signature.

use chancery_certificate::Certificate;
use chancery_cms::{Preparation, PreparedMessage};
use chancery_digest::Digest;
use chancery_key::SignatureAlgorithm;
use jiff::Timestamp;

use crate::PadesError;
use crate::signature_form::SignatureForm;

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
