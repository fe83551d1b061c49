//! A time in which something holds.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::text_error::WindowFault;

/// From one moment on, up to another that is outside; or without an end.
///
/// ```
/// use chancery_seal::Window;
///
/// let (start, end) = ("2026-01-01T00:00:00Z".parse()?, "2027-01-01T00:00:00Z".parse()?);
/// let year = Window::new(start, Some(end))?;
/// assert!(year.holds_at(start) && !year.holds_at(end));
/// assert!(Window::new(end, Some(start)).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Copy, Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "Ends", into = "Ends")]
pub struct Window {
    from: Timestamp,
    until: Option<Timestamp>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Ends {
    from: Timestamp,
    until: Option<Timestamp>,
}

impl Window {
    /// From `from` on, up to `until`, which is outside.
    ///
    /// # Errors
    /// [`WindowFault`] if it would end before it starts, or at once.
    pub fn new(from: Timestamp, until: Option<Timestamp>) -> Result<Self, WindowFault> {
        match until {
            Some(until) if until <= from => Err(WindowFault { from, until }),
            _ => Ok(Self { from, until }),
        }
    }

    /// From this moment on, without an end.
    #[must_use]
    pub const fn starting(from: Timestamp) -> Self {
        Self { from, until: None }
    }

    /// When it starts.
    #[must_use]
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// When it ends; that moment is outside.
    #[must_use]
    pub const fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// Whether a moment lies in it.
    #[must_use]
    pub fn holds_at(&self, moment: Timestamp) -> bool {
        self.from <= moment && self.until.is_none_or(|until| moment < until)
    }
}

impl TryFrom<Ends> for Window {
    type Error = WindowFault;

    fn try_from(Ends { from, until }: Ends) -> Result<Self, WindowFault> {
        Self::new(from, until)
    }
}

impl From<Window> for Ends {
    fn from(Window { from, until }: Window) -> Self {
        Self { from, until }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.until {
            Some(until) => write!(f, "from {} to {until}", self.from),
            None => write!(f, "from {} on", self.from),
        }
    }
}
