//! Why a change is not explained by a rule.

use chancery_pdf::PdfError;

use crate::PadesError;

/// Why a rule does not explain a change.
#[derive(Debug)]
pub(super) enum Stop {
    /// The change is more than the rule allows.
    Objection(Objection),
    /// The file cannot be read.
    Unreadable(PadesError),
}

/// What speaks against a change.
#[derive(Debug)]
pub(super) struct Objection {
    /// The stable name of the finding.
    pub(super) kind: &'static str,
    pub(super) text: String,
}

impl Stop {
    pub(super) fn objection(kind: &'static str, text: impl Into<String>) -> Self {
        Self::Objection(Objection { kind, text: text.into() })
    }
}

impl From<PadesError> for Stop {
    fn from(error: PadesError) -> Self {
        Self::Unreadable(error)
    }
}

impl From<PdfError> for Stop {
    /// A file that cannot be read is an error; an object that makes no sense is an objection.
    fn from(error: PdfError) -> Self {
        match error {
            PdfError::Read(error) => Self::Unreadable(PdfError::Read(error).into()),
            error => Self::objection("object-unreadable", format!("an object cannot be read: {error}")),
        }
    }
}

/// The objection of a rule, if there is one.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn objection_of<T>(judged: Result<T, Stop>) -> Result<Result<T, Objection>, PadesError> {
    match judged {
        Ok(value) => Ok(Ok(value)),
        Err(Stop::Objection(objection)) => Ok(Err(objection)),
        Err(Stop::Unreadable(error)) => Err(error),
    }
}
