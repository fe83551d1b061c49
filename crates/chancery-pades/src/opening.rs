//! Opening documents, whoever encrypted them.

use chancery_digest::Source;
use chancery_key::Password;
use chancery_pdf::{Document, PdfError};

use crate::PadesError;

/// Opens a document. Those that anybody may read are encrypted with an empty password; readers try it, and so do we.
///
/// # Errors
/// If it cannot be read, or needs a password that was not given.
pub(crate) fn document<'s>(
    pdf: &'s dyn Source,
    password: Option<&Password>,
) -> Result<Document<'s>, PadesError> {
    if let Some(password) = password {
        return Ok(Document::open_with_password(pdf, password.expose())?);
    }
    match Document::open(pdf) {
        Err(PdfError::Encrypted) => match Document::open_with_password(pdf, "") {
            Err(PdfError::WrongPassword) => Err(PdfError::Encrypted.into()),
            opened => Ok(opened?),
        },
        opened => Ok(opened?),
    }
}
