//! What the tools among the examples share: how they end, where passwords come from, and how files appear.

mod beside;
mod failure;
mod levels;
mod partial_file;
mod report_form;

use std::path::Path;
use std::process::ExitCode;

use chancery_chain::{RevocationPolicy, TrustAnchors};
use chancery_key::{Password, SoftwareSigner};
use jiff::Timestamp;

pub use beside::{content_beside, signatures_beside};
pub use failure::Failure;
pub use levels::{Level, Services, pdf_failure};
pub use partial_file::PartialFile;
pub use report_form::ReportForm;

/// Runs a tool and turns how it ended into an exit code and, if need be, a message.
pub fn end(result: Result<ExitCode, Failure>) -> ExitCode {
    result.unwrap_or_else(|failure| failure.told())
}

/// The present, in whole seconds, since a report says it many times: the next one, so that what was made just now is not
/// of the future.
#[must_use]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second() + 1).unwrap_or(now)
}

/// A password from an environment variable, because arguments can be seen by everybody on the machine.
///
/// # Errors
/// If the variable is not set, or not text.
pub fn password_from(variable: &str) -> Result<Password, Failure> {
    let password = std::env::var(variable).map_err(|error| Failure::usage(format!("{variable}: {error}")))?;
    Ok(Password::from(password))
}

/// The key of a PKCS #12 file, which may have an empty password.
///
/// # Errors
/// If the file cannot be read, or the password is another.
pub fn signer_from(file: &Path, password: Option<Password>) -> Result<SoftwareSigner, Failure> {
    let key = std::fs::read(file).map_err(|error| Failure::unreadable(file.display(), error))?;
    let password = password.unwrap_or_else(|| Password::from(""));
    SoftwareSigner::from_pkcs12(&key, &password).map_err(|error| Failure::unreadable(file.display(), error))
}

/// The certificates of a PEM file, to be trusted.
///
/// # Errors
/// If the file cannot be read, or holds something else.
pub fn anchors_from(file: &Path) -> Result<TrustAnchors, Failure> {
    let bytes = std::fs::read(file).map_err(|error| Failure::unreadable(file.display(), error))?;
    TrustAnchors::from_pem(&bytes).map_err(|error| Failure::unreadable(file.display(), error))
}

/// What `--revocation` asks for.
///
/// # Errors
/// If it is none of the three policies.
pub fn revocation_from(text: &str) -> Result<RevocationPolicy, Failure> {
    match text {
        "require" => Ok(RevocationPolicy::Require),
        "when-known" => Ok(RevocationPolicy::WhenKnown),
        "not-checked" => Ok(RevocationPolicy::NotChecked),
        other => {
            Err(Failure::usage(format!("--revocation is require, when-known or not-checked, not {other}")))
        }
    }
}

/// The samples of the project's README, so that they stay true.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
