//! Amounts, compared exactly.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::AmountError;

/// A decimal number with up to four digits after the point, for example money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Amount(i64);

/// Parts of one.
const UNIT: i64 = 10_000;

impl Amount {
    /// Reads `1250`, `1250.50`, `-3.0001`.
    ///
    /// # Errors
    /// [`AmountError`] for anything else: no separators, no exponents, no currency.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        let (whole, part) =
            digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
        let only_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !only_digits(whole) || part.is_some_and(|part| !only_digits(part) || part.len() > 4) {
            return Err(AmountError);
        }
        let whole: i64 = whole.parse().map_err(|_| AmountError)?;
        let part: i64 = format!("{:0<4}", part.unwrap_or("0")).parse().map_err(|_| AmountError)?;
        let parts = whole.checked_mul(UNIT).and_then(|whole| whole.checked_add(part)).ok_or(AmountError)?;
        Ok(Self(parts * sign))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, parts) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let unit = UNIT.unsigned_abs();
        write!(f, "{sign}{}.{:04}", parts / unit, parts % unit)
    }
}

impl TryFrom<String> for Amount {
    type Error = AmountError;

    fn try_from(text: String) -> Result<Self, AmountError> {
        Self::parse(&text)
    }
}

impl From<Amount> for String {
    fn from(amount: Amount) -> Self {
        amount.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        let read = |text| Amount::parse(text);
        assert!(read("999.9999").unwrap() < read("1000").unwrap());
        assert_eq!(read("1.5"), read("1.5000"));
        assert!(read("-1").unwrap() < read("0").unwrap());
        for bad in ["", "1,5", "1e3", "+1", "1.", ".5", "1.00001", "99999999999999999999", " 1", "１"] {
            assert_eq!(read(bad), Err(AmountError), "{bad}");
        }
        assert_eq!(read(&read("-0.0100").unwrap().to_string()), read("-0.01"));
    }
}
