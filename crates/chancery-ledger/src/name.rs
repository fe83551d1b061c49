//! Names of tenants, streams and what else bears a name: text of 1 to 255 bytes without control characters.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::error::NameError;
use crate::limits::NAME;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $what:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// Text of 1 to 255 bytes without control characters; two are equal when their bytes are. Cheap to clone.
        #[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(Words);

        impl $name {
            /// Takes a name.
            ///
            /// # Errors
            /// If it is empty, longer than 255 bytes, or holds a control character.
            pub fn new(text: &str) -> Result<Self, NameError> {
                check($what, text)?;
                Ok(Self(Words::Shared(text.into())))
            }

            /// A name that stands in the source; in a `const` one that is none does not compile.
            ///
            /// # Panics
            /// If it is none: see [`new`](Self::new).
            #[must_use]
            pub const fn from_static(text: &'static str) -> Self {
                assert!(is_name(text.as_bytes()), "a name has 1 to 255 bytes, and no control characters");
                Self(Words::Literal(text))
            }

            /// The name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl TryFrom<&str> for $name {
            type Error = NameError;

            fn try_from(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.as_str())
            }
        }
    )*};
}

names! {
    /// Whose log it is. Each tenant has a Merkle tree of its own, and no read or write crosses from one to another.
    Tenant, "tenant";
    /// A stream of events about one thing: one envelope, one user, one seal.
    StreamId, "stream";
    /// Who did it, in the words of the application: a user's id, `system`.
    Actor, "actor";
    /// What kind of thing an event or an effect is, for example `envelope.sent`. What begins with `chancery.` is
    /// written by the ledger itself.
    Kind, "kind";
    /// Where an effect goes: `mail`, `webhook/42`. Deliveries of one stream to one destination keep their order.
    Destination, "destination";
    /// What a caller repeats when it asks a second time for the same thing. It never expires: the same key acts once.
    IdempotencyKey, "idempotency key";
}

impl Kind {
    /// Whether only the ledger itself writes events of this kind.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        self.as_str().starts_with(RESERVED)
    }

    /// A kind that the ledger itself writes.
    pub(crate) const fn reserved(text: &'static str) -> Self {
        Self::from_static(text)
    }
}

impl StreamId {
    /// Whether only the ledger itself writes to this stream.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        self.as_str().starts_with(RESERVED)
    }

    /// The stream that holds the anchors of a tenant's log.
    #[must_use]
    pub const fn anchors() -> Self {
        Self::from_static("chancery.anchors")
    }
}

/// What names of the ledger's own kinds and streams begin with.
const RESERVED: &str = "chancery.";

/// The text of a name: in the source, or in memory that is shared.
#[derive(Clone)]
enum Words {
    Literal(&'static str),
    Shared(Arc<str>),
}

impl Words {
    fn as_str(&self) -> &str {
        match self {
            Self::Literal(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Words {}

impl PartialOrd for Words {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Words {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Words {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

/// What [`check`] finds right, for a `const`. Control characters are U+0000 to U+001F, U+007F, and U+0080 to U+009F,
/// which UTF-8 writes as C2 80 to C2 9F.
const fn is_name(mut bytes: &[u8]) -> bool {
    if bytes.is_empty() || bytes.len() > NAME {
        return false;
    }
    while let [first, rest @ ..] = bytes {
        let is_control = match (*first, rest) {
            (0x00..=0x1f | 0x7f, _) => true,
            (0xc2, [second, ..]) => *second < 0xa0,
            _ => false,
        };
        if is_control {
            return false;
        }
        bytes = rest;
    }
    true
}

fn check(what: &'static str, text: &str) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty { what });
    }
    if text.len() > NAME {
        return Err(NameError::TooLong { what, length: text.len(), most: NAME });
    }
    match text.char_indices().find(|(_, character)| character.is_control()) {
        Some((offset, _)) => Err(NameError::ControlCharacter { what, offset }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_text_without_control_characters() {
        assert_eq!(Tenant::new("").unwrap_err().to_string(), "a tenant needs a name");
        assert!(StreamId::new(&"é".repeat(127)).is_ok());
        assert!(matches!(StreamId::new(&"é".repeat(128)), Err(NameError::TooLong { length: 256, .. })));
        assert_eq!(
            Actor::new("mal\nlory"),
            Err(NameError::ControlCharacter { what: "actor", offset: 3 }),
            "a line of its own in an export"
        );
        assert!(Actor::new("a\u{85}b").is_err(), "control characters beyond ASCII");
    }

    #[test]
    fn a_name_in_the_source_is_the_same_name() {
        const MAIL: Destination = Destination::from_static("mail");
        let read = Destination::new("mail").unwrap();
        let of_both = std::collections::HashMap::from([(MAIL, 1), (read.clone(), 2)]);
        assert_eq!((of_both.len(), of_both[&MAIL]), (1, 2));
        assert!(MAIL == read && MAIL.cmp(&read).is_eq() && MAIL < Destination::from_static("mailer"));
        // One rule for both, whatever the text.
        for text in ["", "a", "é", "a\u{80}", "a\u{9f}", "\u{a0}", "a\nb", "\u{7f}", "x\u{c2}\u{80}", "日本"]
        {
            assert_eq!(is_name(text.as_bytes()), check("kind", text).is_ok(), "{text:?}");
        }
        assert!(is_name("é".repeat(127).as_bytes()) && !is_name("é".repeat(128).as_bytes()));
    }

    #[test]
    #[should_panic(expected = "a name has 1 to 255 bytes")]
    fn a_name_in_the_source_that_is_none_does_not_begin_to_work() {
        let _ = Kind::from_static("two\nlines");
    }

    #[test]
    fn what_the_ledger_writes_itself_is_known_by_its_name() {
        assert!(Kind::new("chancery.erased").unwrap().is_reserved());
        assert!(!Kind::new("chancery").unwrap().is_reserved());
    }
}
