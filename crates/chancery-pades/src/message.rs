//! The CMS message of a PDF signature.

use chancery_certificate::Certificate;
use chancery_cms::{Preparation, PreparedMessage};
use chancery_digest::Digest;
use chancery_key::SignatureAlgorithm;

use crate::PadesError;

/// The CMS message of a PDF signature: no signing-time, which `/M` says instead (EN 319 142-1, 6.3).
pub(crate) fn message(
    chain: &[Certificate],
    algorithm: SignatureAlgorithm,
    digest: Digest,
) -> Result<PreparedMessage, PadesError> {
    Ok(Preparation::new(chain, algorithm, digest).prepare()?)
}
