//! What a grant may ask beyond person, seal, class and time.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::Label;

/// A currency by its three letters (ISO 4217).
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// Text that is no currency.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a currency is three capital letters (ISO 4217)")]
pub struct CurrencyFault;

impl Currency {
    /// Takes the three letters.
    ///
    /// # Errors
    /// [`CurrencyFault`] if they are others.
    pub fn new(text: &str) -> Result<Self, CurrencyFault> {
        let letters: [u8; 3] = text.as_bytes().try_into().map_err(|_| CurrencyFault)?;
        if letters.iter().all(u8::is_ascii_uppercase) { Ok(Self(letters)) } else { Err(CurrencyFault) }
    }
}

impl TryFrom<String> for Currency {
    type Error = CurrencyFault;

    fn try_from(text: String) -> Result<Self, CurrencyFault> {
        Self::new(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.to_string()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(f, "{}", char::from(*letter)))
    }
}

/// An amount of money, in the smallest unit of its currency.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// The currency.
    pub currency: Currency,
    /// How many of its smallest units (cents).
    pub units: u64,
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} (smallest units)", self.units, self.currency)
    }
}

/// What a grant asks beyond person, seal, class and time. As data, so that it is recorded with the grant.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// The amount that the document is about must be said, in this currency, and be below this.
    AmountBelow(Amount),
    /// The counterparty must be said, and be this one.
    Counterparty(Label),
    /// A second person who has the right to the seal approves, with her own factors, before a permit exists.
    FourEyes,
}
