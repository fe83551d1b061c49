//! A field that was filled in: of which kind it is, and what it says.

use std::fmt;

use chancery_ades::Finding;
use chancery_pdf::Name;

use crate::form::Field;

/// A field that is judged, and what is known of it.
pub(super) struct Filled<'f> {
    pub(super) field: &'f Field,
    pub(super) kind: FieldKind,
    /// `/Ff` (ISO 32000-2, tables 227, 229, 231 and 233).
    pub(super) flags: i64,
    pub(super) value: Value,
}

/// What can be filled in. A push button holds nothing, and a signature is signed.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(super) enum FieldKind {
    Text,
    Choice,
    /// A check box, or buttons of which one is chosen.
    Toggle,
}

/// What a field says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Value {
    Nothing,
    Text(String),
    Chosen(Vec<String>),
    State(Name),
}

/// Pushbutton of `/Ff` (table 229).
const PUSH_BUTTON: i64 = 1 << 16;

impl FieldKind {
    pub(super) fn of(field: &Field, flags: i64) -> Option<Self> {
        match field.kind.as_deref() {
            Some("Tx") => Some(Self::Text),
            Some("Ch") => Some(Self::Choice),
            Some("Btn") if flags & PUSH_BUTTON == 0 => Some(Self::Toggle),
            _ => None,
        }
    }
}

impl Value {
    /// The texts that show it, each of which will do.
    pub(super) fn texts(&self) -> Vec<String> {
        match self {
            Self::Nothing => vec![String::new()],
            Self::Text(text) => vec![text.clone()],
            Self::State(state) => vec![String::from_utf8_lossy(state.as_bytes()).into_owned()],
            Self::Chosen(texts) => vec![texts.concat()],
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Text(text) => write!(f, "“{}”", shortened(text)),
            Self::State(state) => {
                write!(f, "“{}”", shortened(&String::from_utf8_lossy(state.as_bytes())))
            }
            Self::Chosen(texts) => write!(f, "“{}”", shortened(&texts.join(", "))),
        }
    }
}

/// So much of a value is told.
const TOLD: usize = 60;

/// The beginning of a text on one line. What marks it up is escaped by whoever prints it.
fn shortened(text: &str) -> String {
    let line = |letter: char| if letter.is_control() { ' ' } else { letter };
    let mut told: String = text.chars().take(TOLD).map(line).collect();
    if text.chars().nth(TOLD).is_some() {
        told.push('…');
    }
    told
}

pub(super) fn outdated(name: &str) -> Finding {
    let text =
        format!("the field {name} has another value, but looks as before where viewers do not draw it anew");
    Finding::warning("appearance-outdated", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_in_one_short_line() {
        assert_eq!(Value::Text("a\nb".into()).to_string(), "“a b”");
        assert_eq!(Value::Text("x".repeat(61)).to_string(), format!("“{}…”", "x".repeat(60)));
        assert_eq!(Value::Nothing.to_string(), "nothing");
    }
}
