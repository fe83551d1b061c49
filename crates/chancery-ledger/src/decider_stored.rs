//! How events and replies become bytes and are read again.

use crate::decider_error::Unreadable;
use crate::error::NameError;
use crate::name::Kind;

/// An event of the application, as bytes that are kept and hashed exactly as they are.
///
/// What is written once must be readable for ever: a new form gets a new number of schema, and reading knows the old
/// ones.
pub trait StoredEvent: Sized {
    /// What kind of event it is, for example `envelope.sent`.
    ///
    /// # Errors
    /// If that is no name: see [`Kind::new`].
    fn kind(&self) -> Result<Kind, NameError>;

    /// The number of the form of its bytes.
    fn schema(&self) -> u32;

    /// Its bytes.
    fn to_bytes(&self) -> Vec<u8>;

    /// Reads what [`to_bytes`](Self::to_bytes) wrote, now or years ago.
    ///
    /// # Errors
    /// If no event of this kind and schema is written like this.
    fn from_bytes(kind: &Kind, schema: u32, bytes: &[u8]) -> Result<Self, Unreadable>;

    /// What stands for an event whose bytes were erased; none if the stream cannot be understood without them.
    fn erased(_kind: &Kind, _schema: u32) -> Option<Self> {
        None
    }
}

/// A value that is kept as bytes: a reply, to be given again to who asks again.
pub trait Stored: Sized {
    /// Its bytes, at most 64 KiB.
    fn to_bytes(&self) -> Vec<u8>;

    /// Reads what [`to_bytes`](Self::to_bytes) wrote, now or years ago.
    ///
    /// # Errors
    /// If nothing is written like this.
    fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable>;
}

/// As UTF-8.
impl Stored for String {
    fn to_bytes(&self) -> Vec<u8> {
        self.clone().into_bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        Self::from_utf8(bytes.to_vec()).map_err(|error| Unreadable::new(error.to_string()))
    }
}

/// As nothing: for a decider that has nothing to say.
impl Stored for () {
    fn to_bytes(&self) -> Vec<u8> {
        Vec::new()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.is_empty() { Ok(()) } else { Err(Unreadable::new("something, where nothing is said")) }
    }
}
