//! Names of tenants, streams and what else bears a name: text of 1 to 255 bytes without control characters.

use std::fmt;
use std::sync::Arc;

use crate::error::NameError;
use crate::limits::NAME;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $what:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// Text of 1 to 255 bytes without control characters; two are equal when their bytes are. Cheap to clone.
        #[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes a name.
            ///
            /// # Errors
            /// If it is empty, longer than 255 bytes, or holds a control character.
            pub fn new(text: &str) -> Result<Self, NameError> {
                check($what, text)?;
                Ok(Self(text.into()))
            }

            /// The name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
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
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
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
        self.0.starts_with(RESERVED)
    }

    /// A kind that the ledger itself writes.
    pub(crate) fn reserved(text: &'static str) -> Self {
        Self(text.into())
    }
}

impl StreamId {
    /// Whether only the ledger itself writes to this stream.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        self.0.starts_with(RESERVED)
    }

    /// The stream that holds the anchors of a tenant's log.
    #[must_use]
    pub fn anchors() -> Self {
        Self("chancery.anchors".into())
    }
}

/// What names of the ledger's own kinds and streams begin with.
const RESERVED: &str = "chancery.";

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
    fn what_the_ledger_writes_itself_is_known_by_its_name() {
        assert!(Kind::new("chancery.erased").unwrap().is_reserved());
        assert!(!Kind::new("chancery").unwrap().is_reserved());
    }
}
