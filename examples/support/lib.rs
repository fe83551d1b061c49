//! What the tools among the examples share: how they end, where passwords come from, and how files appear.

mod beside;
mod partial_file;

use std::error::Error;
use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;

use chancery_chain::RevocationPolicy;
use chancery_key::{Password, SoftwareSigner};

pub use beside::{content_beside, signatures_beside};
pub use partial_file::PartialFile;

/// Why a tool ends without having done its work.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    message: String,
}

/// The work was refused.
const REFUSED: u8 = 1;
/// Something could not be read.
const UNREADABLE: u8 = 4;
/// EX_USAGE of sysexits.h.
const USAGE: u8 = 64;

impl Failure {
    /// The tool was called wrongly.
    #[must_use]
    pub fn usage(message: impl Display) -> Self {
        Self { code: USAGE, message: format!("{message}\nTry --help.") }
    }

    /// Something could not be read.
    #[must_use]
    pub fn unreadable(what: impl Display, error: impl Error) -> Self {
        Self { code: UNREADABLE, message: format!("{what}: {}", told(&error)) }
    }

    /// The work was refused.
    #[must_use]
    pub fn refused(what: impl Display, error: impl Error) -> Self {
        Self { code: REFUSED, message: format!("{what}: {}", told(&error)) }
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::usage(error)
    }
}

/// Runs a tool and turns how it ended into an exit code and, if need be, a message.
pub fn end(result: Result<ExitCode, Failure>) -> ExitCode {
    result.unwrap_or_else(|failure| {
        eprintln!("{}", failure.message);
        ExitCode::from(failure.code)
    })
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

/// An error and its causes, each once.
fn told(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let further = error.to_string();
        if !text.contains(&further) {
            text = format!("{text}: {further}");
        }
        cause = error.source();
    }
    text
}

/// The samples of the project's README, so that they stay true.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
