//! Events, replies and commands as JSON, for types that serde writes.

use std::borrow::Cow;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::decider_error::Unreadable;
use crate::decider_stored::{Stored, StoredEvent};
use crate::error::NameError;
use crate::json_variant::variant_name;
use crate::name::Kind;

/// Events as JSON: an enum whose variants are what happens, as serde writes it if you say nothing (externally tagged). Its
/// kinds in the ledger follow from the names of the variants: with `SUBJECT = "door"` the variant below is `door.opened`.
///
/// ```
/// use chancery_ledger::{JsonEvent, StoredEvent};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// #[serde(rename_all = "kebab-case", deny_unknown_fields)]
/// enum Event {
///     Opened { by: String },
/// }
///
/// impl JsonEvent for Event {
///     const SUBJECT: &'static str = "door";
/// }
///
/// let opened = Event::Opened { by: "alice".to_owned() };
/// assert_eq!(opened.kind()?.as_str(), "door.opened");
/// assert_eq!(opened.to_bytes(), br#"{"opened":{"by":"alice"}}"#);
/// assert_eq!(Event::from_bytes(&opened.kind()?, 1, &opened.to_bytes())?, opened);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Write `deny_unknown_fields`: an event is read as it was written, or not at all. When a form changes, raise
/// [`SCHEMA`](Self::SCHEMA) and say in [`upcast`](Self::upcast) how the bytes of before are read. A map must have text for
/// keys; an event that cannot be written is refused by the runner before anything is recorded.
pub trait JsonEvent: Serialize + DeserializeOwned {
    /// What the events are about: the first part of their kinds.
    const SUBJECT: &'static str;

    /// The number of the form of the bytes.
    const SCHEMA: u32 = 1;

    /// Its kind in the ledger.
    ///
    /// # Errors
    /// If this is no variant of an enum, or its name is no [`Kind`].
    fn kind_in_ledger(&self) -> Result<Kind, NameError> {
        Kind::new(&format!("{}.{}", Self::SUBJECT, variant_name(self)?))
    }

    /// Bytes of an older form, made into those of this one.
    ///
    /// # Errors
    /// If there was no such form.
    fn upcast<'b>(kind: &Kind, schema: u32, _bytes: &'b [u8]) -> Result<Cow<'b, [u8]>, Unreadable> {
        Err(Unreadable::new(format!("schema {schema} of {kind}; {} is known", Self::SCHEMA)))
    }

    /// What stands for an event whose bytes were erased; none if the stream cannot be understood without them.
    fn in_place_of_erased(_kind: &Kind, _schema: u32) -> Option<Self> {
        None
    }
}

impl<E: JsonEvent> StoredEvent for E {
    fn kind(&self) -> Result<Kind, NameError> {
        // `to_bytes` cannot refuse, so what cannot be written is refused here.
        serde_json::to_writer(std::io::sink(), self)
            .map_err(|error| NameError::NoEvent { why: error.to_string() })?;
        self.kind_in_ledger()
    }

    fn schema(&self) -> u32 {
        Self::SCHEMA
    }

    fn to_bytes(&self) -> Vec<u8> {
        json_bytes(self)
    }

    fn from_bytes(kind: &Kind, schema: u32, bytes: &[u8]) -> Result<Self, Unreadable> {
        let event: Self = if schema == Self::SCHEMA {
            read_json(bytes)?
        } else {
            read_json(&Self::upcast(kind, schema, bytes)?)?
        };
        let said = event.kind_in_ledger().map_err(|error| Unreadable::new(error.to_string()))?;
        if said == *kind {
            Ok(event)
        } else {
            Err(Unreadable::new(format!("it says {said} and is kept as {kind}")))
        }
    }

    fn erased(kind: &Kind, schema: u32) -> Option<Self> {
        Self::in_place_of_erased(kind, schema)
    }
}

/// A reply as JSON, of any type that serde reads and writes: `impl JsonStored for Reply {}`.
pub trait JsonStored: Serialize + DeserializeOwned {}

impl<T: JsonStored> Stored for T {
    fn to_bytes(&self) -> Vec<u8> {
        json_bytes(self)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        read_json(bytes)
    }
}

/// A value as JSON: the bytes of a command, for [`Decider::command_bytes`](crate::Decider::command_bytes). Of a value that
/// JSON cannot write (a map with keys that are no text) nothing.
#[must_use]
pub fn json_bytes(value: &(impl Serialize + ?Sized)) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(bytes).map_err(|error| Unreadable::new(error.to_string()))
}
