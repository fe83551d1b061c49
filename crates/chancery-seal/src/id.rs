//! Numbers that are never given twice.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A seal, for ever: 128 random bits, never given to another one. Prints as 32 hexadecimal digits.
#[derive(Copy, Clone, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct SealId([u8; 16]);

impl SealId {
    /// The seal that was stored as these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for SealId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SealId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealId({self})")
    }
}

/// Text that is not the number of a seal.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the number of a seal is 32 hexadecimal digits in lower case")]
pub struct SealIdFault;

impl FromStr for SealId {
    type Err = SealIdFault;

    fn from_str(text: &str) -> Result<Self, SealIdFault> {
        let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 32 || !text.bytes().all(lower) {
            return Err(SealIdFault);
        }
        u128::from_str_radix(text, 16).map(|number| Self(number.to_be_bytes())).map_err(|_| SealIdFault)
    }
}

impl TryFrom<String> for SealId {
    type Error = SealIdFault;

    fn try_from(text: String) -> Result<Self, SealIdFault> {
        text.parse()
    }
}

impl From<SealId> for String {
    fn from(seal: SealId) -> Self {
        seal.to_string()
    }
}

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Copy, Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

counters! {
    /// A grant of an organisation, counted from 1; never given to another one.
    GrantId;
    /// An API token of an organisation, counted from 1; never given to another one. Not a secret.
    TokenId;
}
