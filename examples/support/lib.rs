//! What the tools among the examples share: how they end, where passwords come from, and how files appear.

mod partial_file;

use std::error::Error;
use std::fmt::Display;
use std::process::ExitCode;

use chancery_key::Password;

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
