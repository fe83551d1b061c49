//! Ids and numbers: of envelopes, parties, documents, fields, steps, revisions.

use std::fmt;
use std::str::FromStr;

use chancery_ledger::StreamId;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::error::IdError;
use crate::hex::hex_type;
use crate::names;

hex_type! {
    /// An envelope: documents on their way to their parties. 128 random bits; it is no capability, and whoever knows it
    /// may do nothing with it. Prints as 32 hexadecimal digits.
    EnvelopeId, 16
}

hex_type! {
    /// A template, in all its versions. 128 random bits.
    TemplateId, 16
}

hex_type! {
    /// SHA-256 over the rules that an envelope was sent under: its own and the names of the policies.
    PolicyHash, 32
}

hex_type! {
    /// SHA-256 of the bytes of a document, in one of its revisions.
    ContentDigest, 32
}

hex_type! {
    /// SHA-256 of a certificate in DER: what people compare as its fingerprint.
    Fingerprint, 32
}

hex_type! {
    /// One controlled session of a person, among all: see [`InSeries`](crate::InSeries).
    SessionId, 32
}

/// What the streams of envelopes begin with.
const STREAM: &str = "envelope/";
/// What the streams of refused accesses end with.
const ACCESS: &str = "/access";

impl EnvelopeId {
    /// A new one.
    #[must_use]
    pub fn random<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The stream of the ledger that holds what happened to it: `envelope/` and the 32 digits.
    #[must_use]
    pub fn stream(self) -> StreamId {
        names::stream(&format!("{STREAM}{self}"))
    }

    /// The stream that holds who was refused, apart from the envelope's own history.
    #[must_use]
    pub fn access_stream(self) -> StreamId {
        names::stream(&format!("{STREAM}{self}{ACCESS}"))
    }

    /// The envelope whose stream this is; none for the stream of anything else, also for that of refused accesses.
    #[must_use]
    pub fn of_stream(stream: &StreamId) -> Option<Self> {
        Self::from_hex(stream.as_str().strip_prefix(STREAM)?)
    }
}

impl FromStr for EnvelopeId {
    type Err = IdError;

    /// Reads what `Display` prints.
    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::from_hex(text).ok_or(IdError { what: "an envelope", digits: 32 })
    }
}

impl FromStr for ContentDigest {
    type Err = IdError;

    /// Reads what `Display` prints.
    fn from_str(text: &str) -> Result<Self, IdError> {
        Self::from_hex(text).ok_or(IdError { what: "a SHA-256 digest", digits: 64 })
    }
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident($number:ty), $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name($number);

        impl $name {
            /// Of this number.
            #[must_use]
            pub const fn new(number: $number) -> Self {
                Self(number)
            }

            /// The number.
            #[must_use]
            pub const fn number(self) -> $number {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($what, " {}"), self.0)
            }
        }
    )*};
}

numbers! {
    /// A party of one envelope, counted from 0 in the order in which they joined; a number is never given again, not even
    /// when its party was replaced.
    PartyId(u32), "party";
    /// A document of one envelope, counted from 0.
    DocumentId(u32), "document";
    /// A field of one envelope, counted from 0.
    FieldId(u32), "field";
    /// A step of one envelope, counted from 0. A later step begins when the one before it is satisfied.
    StepId(u32), "step";
    /// How often the content of an envelope has changed since it was sent: once with every signing, once with every
    /// correction of a document. The number that is current is called the *head*.
    Revision(u64), "revision";
    /// A version of a template, counted from 1.
    TemplateVersion(u32), "version";
    /// A permission to download, counted from 0 within its envelope.
    GrantId(u32), "grant";
    /// A legal hold, counted from 0 within its envelope; a number is never given again, not even when its hold is over.
    HoldId(u32), "legal hold";
}

/// A place in a list, as a number that lists are indexed by.
pub(crate) fn index(number: u32) -> usize {
    // Where `usize` is smaller than 32 bits no list is that long: the place is past its end.
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The number of a place in a list; lists here are bounded far below 2^32.
pub(crate) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

impl HoldId {
    /// The one after it; none after the last number.
    pub(crate) const fn next(self) -> Option<Self> {
        match self.0.checked_add(1) {
            Some(next) => Some(Self(next)),
            None => None,
        }
    }
}

impl Revision {
    /// Before anything was signed.
    pub const FIRST: Self = Self(0);

    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_is_found_from_its_stream_and_from_no_other() {
        let id = EnvelopeId::from_bytes([0xab; 16]);
        assert_eq!(EnvelopeId::of_stream(&id.stream()), Some(id));
        assert_eq!(EnvelopeId::of_stream(&id.access_stream()), None);
        assert_eq!(id.to_string().parse::<EnvelopeId>(), Ok(id));
        assert!("AB".repeat(16).parse::<EnvelopeId>().is_err(), "one spelling only");
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(serde_json::from_str::<EnvelopeId>(&json).unwrap(), id);
        assert!(serde_json::from_str::<EnvelopeId>("\"abc\"").is_err());
    }
}
