//! What is written beside the report.

use std::path::Path;

use chancery_ades::{Conclusion, Report};
use chancery_certificate::printable;
use chancery_digest::Source;
use chancery_drawing::Font;
use chancery_examples::Failure;
use chancery_key::Password;
use chancery_pades::{History, Marker, PadesError};
use getrandom::SysRng;
use getrandom::rand_core::{Rng, UnwrapErr};

use crate::arguments::Extract;

/// The history of the file, as it is opened with the password.
pub(crate) fn history<'s>(
    pdf: &'s dyn Source,
    password: Option<&Password>,
) -> Result<History<'s>, PadesError> {
    match password {
        Some(password) => History::with_password(pdf, password),
        None => History::of(pdf),
    }
}

/// Writes a copy with what was found marked.
pub(crate) fn mark(
    pdf: &dyn Source,
    report: &Report,
    (password, to): (Option<&Password>, &Path),
) -> Result<(), Failure> {
    let failed = |error: PadesError| Failure::unreadable(to.display(), error);
    let font = Font::parse(chancery_font::latin()).map_err(|error| failed(error.into()))?;
    let mut seed = [0; 32];
    UnwrapErr(SysRng).fill_bytes(&mut seed);
    let password = password.cloned().unwrap_or_else(|| Password::from(""));
    let marked = Marker::new(report).font(&font).password(password, seed).mark(pdf).map_err(failed)?;
    marked.save(to).map_err(|error| Failure::unreadable(to.display(), error))?;
    let pages: Vec<String> = marked.pages().iter().map(ToString::to_string).collect();
    let told = match pages.len() {
        0 => "nothing was found on a page; the last page tells what was found".to_owned(),
        1 => format!("look at page {}", pages.concat()),
        _ => format!("look at pages {}", pages.join(", ")),
    };
    eprintln!("{}: {told}", to.display());
    Ok(())
}

/// Writes what a signer saw; if it was changed since, says so instead.
pub(crate) fn extract(history: &History<'_>, report: &Report, wanted: &Extract) -> Result<(), Failure> {
    let Extract { field, to } = wanted;
    let revision = match history.signed_revision(field) {
        Ok(revision) => revision,
        Err(PadesError::NotSigned { .. }) => {
            let known: Vec<String> =
                history.signatures().iter().map(|signature| printable(signature.field())).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(Failure::usage(format!(
                "there is no signature in a field {field}; there are: {known}"
            )));
        }
        Err(error) => {
            eprintln!("{}: not written: {}", to.display(), printable(&error.to_string()));
            return Ok(());
        }
    };
    let signature = report.signatures().iter().find(|signature| signature.name() == field);
    if signature.is_none_or(|signature| signature.integrity().conclusion() == Conclusion::Broken) {
        eprintln!("{}: not written: these bytes are not what was signed", to.display());
        return Ok(());
    }
    revision.save(to).map_err(|error| Failure::unreadable(to.display(), error))?;
    eprintln!("{}: what the signer saw, revision {}", to.display(), revision.revision());
    Ok(())
}
