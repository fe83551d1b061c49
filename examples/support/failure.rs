//! How a tool ends that has not done its work.

use std::error::Error;
use std::fmt::Display;
use std::process::ExitCode;

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

    /// With what the person could do about it, if there is something to say.
    #[must_use]
    pub fn with_advice(mut self, advice: Option<&str>) -> Self {
        if let Some(advice) = advice {
            self.message = format!("{}\n{advice}", self.message);
        }
        self
    }
}

impl Failure {
    /// Tells the person, and the code that the tool ends with.
    #[must_use]
    pub fn told(&self) -> ExitCode {
        self.tell();
        ExitCode::from(self.code)
    }

    /// Tells the person.
    pub fn tell(&self) {
        eprintln!("{}", self.message);
    }

    /// The code that a tool ends with; the greater, the worse.
    #[must_use]
    pub const fn code(&self) -> u8 {
        self.code
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::usage(error)
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
