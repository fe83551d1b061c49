//! What is wrong with a text, a domain, a mailbox, a window.

use jiff::Timestamp;

/// Why a text is not taken.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TextFault {
    /// Nothing was given.
    #[error("{what} must not be empty")]
    Empty {
        /// What it is.
        what: &'static str,
    },
    /// It is too long.
    #[error("{what} has {found} bytes; {most} are possible")]
    TooLong {
        /// What it is.
        what: &'static str,
        /// Its length in bytes.
        found: usize,
        /// What is possible.
        most: usize,
    },
    /// It begins or ends with white space, which nobody sees.
    #[error("{what} begins or ends with white space")]
    WhiteSpace {
        /// What it is.
        what: &'static str,
    },
    /// It holds a character with which it can be made to look like another.
    #[error("{what} holds U+{character:04X} at byte {offset}, which makes text look like another")]
    Misleading {
        /// What it is.
        what: &'static str,
        /// Where, in bytes.
        offset: usize,
        /// Which, as a code point.
        character: u32,
    },
}

/// Why a mailbox or its domain is not taken.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MailboxFault {
    /// The text is not one.
    #[error(transparent)]
    Text(#[from] TextFault),
    /// It has no `@`, or more than one.
    #[error("a mailbox has exactly one @, with something on both sides")]
    Form,
    /// The part before the `@` holds something that only a quoted name may hold (RFC 5321, 4.1.2), or is too long.
    #[error(
        "the part before the @ is not a plain name of at most 64 letters, digits and !#$%&'*+-/=?^_`{{|}}~."
    )]
    LocalPart,
    /// The domain is none by UTS 46: a label that is empty, too long, or holds what may not stand there.
    #[error("{text:?} is no domain by UTS 46")]
    Domain {
        /// What was given.
        text: String,
    },
    /// It has one label only.
    #[error("{domain} is one label: a mailbox needs a domain of its own")]
    OneLabel {
        /// The domain.
        domain: String,
    },
    /// A label mixes scripts, so that it may look like another.
    #[error("label {label:?} mixes the scripts {one} and {other}: it may be made to look like another")]
    MixedScripts {
        /// The label, as it is shown.
        label: String,
        /// A script in it.
        one: &'static str,
        /// Another.
        other: &'static str,
    },
    /// A label has digits of more than one system.
    #[error("label {label:?} has digits of more than one system of writing")]
    MixedDigits {
        /// The label, as it is shown.
        label: String,
    },
    /// A label of another script consists of letters only that look like Latin ones.
    #[error("label {label:?} is written in {script} with letters that all look like Latin ones")]
    WholeScriptConfusable {
        /// The label, as it is shown.
        label: String,
        /// The script.
        script: &'static str,
    },
}

/// A time that ends before it starts.
#[derive(Copy, Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a window must end after it starts; this one is from {from} to {until}")]
pub struct WindowFault {
    /// When it starts.
    pub from: Timestamp,
    /// When it would end.
    pub until: Timestamp,
}
