//! What to do about an error, in the words of this tool: the library speaks to programmers.

use chancery_pades::PadesError;
use chancery_pdf::PdfError;

/// The option that helps, if there is one.
pub(crate) fn advice(error: &PadesError) -> Option<&'static str> {
    match error {
        PadesError::Pdf(PdfError::Encrypted | PdfError::WrongPassword) => Some(
            "Give its password: --pdf-password-env VAR. Where viewers ask for none, it is the empty one.",
        ),
        PadesError::Pdf(PdfError::PageMissing { .. }) => {
            Some("As --page counts, from 1, that number is one more.")
        }
        PadesError::PlaceTaken { .. } => Some("Give --rect X,Y,WIDTH,HEIGHT, or another --page."),
        PadesError::NotPermitted { .. } => Some(
            "Give its owner's password with --pdf-password-env VAR; or, if you have the right to sign all the same, add \
             --despite-permissions.",
        ),
        PadesError::FieldHasPlace { .. } => Some("Give --in-field in place of --page and --rect."),
        PadesError::NoFieldToShowIn => {
            Some("Give --rect in place of --in-field, or the --field of one that is there.")
        }
        PadesError::FieldHasLock { .. } => Some("Leave --lock and --lock-except out."),
        PadesError::MeaningNotShown { .. } => Some("Leave --text out: then all of it is shown."),
        PadesError::NoRoom { .. } => {
            Some("Give --timestamp-room BYTES, with more than 12288, and sign anew.")
        }
        PadesError::SeedValue { entry: "TimeStamp", .. } => Some("Give a timestamp authority: --tsa URL."),
        _ => None,
    }
}
