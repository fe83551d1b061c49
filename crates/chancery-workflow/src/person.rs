//! People: what a sender knows of a party. Personal data, kept in events of its own so that it can be erased.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::error::AddressError;
use crate::text::Text;

/// Name and ways to reach a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// As it is printed beside a signature.
    pub name: Text,
    /// Where notices go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Where one-time codes go: `+` and digits (ITU-T E.164).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// The language for notices, as BCP 47 writes it: `ja`, `pt-BR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Text>,
}

impl Person {
    /// Somebody of this name.
    #[must_use]
    pub const fn named(name: Text) -> Self {
        Self { name, email: None, phone: None, language: None }
    }

    /// Who gets notices at this address.
    #[must_use]
    pub fn email(mut self, email: Email) -> Self {
        self.email = Some(email);
        self
    }

    /// Who gets codes at this number.
    #[must_use]
    pub fn phone(mut self, phone: Phone) -> Self {
        self.phone = Some(phone);
        self
    }

    /// Who reads this language.
    #[must_use]
    pub fn language(mut self, language: Text) -> Self {
        self.language = Some(language);
        self
    }
}

/// The domain of an address, in its ASCII form and in lower case: `example.com`, `xn--bcher-kva.example`. Two are equal
/// when their bytes are: a sub-domain is another domain, and letters that only look alike are never equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Domain(String);

impl Domain {
    /// Takes a domain. ASCII letters become small.
    ///
    /// # Errors
    /// [`AddressError`] if it is none (RFC 1035, with at least two labels), or not in ASCII: write `xn--…` (RFC 5890).
    pub fn new(text: &str) -> Result<Self, AddressError> {
        if !text.is_ascii() {
            return Err(AddressError {
                why: "write the domain in its ASCII form (xn--…), in which no two look alike",
            });
        }
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if text.len() > 253 || !text.contains('.') || !text.split('.').all(label) {
            return Err(AddressError {
                why: "a domain is labels of letters, digits and hyphens, with points between them",
            });
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    /// The domain.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An e-mail address: one `@`, a local part without spaces or quotes, and a [`Domain`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// Takes an address.
    ///
    /// # Errors
    /// [`AddressError`] if it is none that we would send to (RFC 5321, without quoted local parts).
    pub fn new(text: &str) -> Result<Self, AddressError> {
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError { why: "an address has an @" })?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+-/=?^_`{|}~".contains(&byte);
        if !(1..=64).contains(&local.len()) || !local.bytes().all(plain) {
            return Err(AddressError {
                why: "before the @ stand 1 to 64 letters, digits and signs, without spaces",
            });
        }
        Ok(Self(format!("{local}@{}", Domain::new(domain)?.0)))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

/// A telephone number: `+` and 7 to 15 digits (ITU-T E.164).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// Takes a number.
    ///
    /// # Errors
    /// [`AddressError`] if it is none.
    pub fn new(text: &str) -> Result<Self, AddressError> {
        let digits = text.strip_prefix('+').unwrap_or_default();
        if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(AddressError { why: "a telephone number is + and 7 to 15 digits" });
        }
        Ok(Self(text.to_owned()))
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// With all but the last two digits hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        let shown = self.0.len().saturating_sub(2);
        self.0.char_indices().map(|(at, digit)| if at == 0 || at >= shown { digit } else { '•' }).collect()
    }
}

macro_rules! read_through_new {
    ($($name:ident),*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

read_through_new!(Domain, Email, Phone);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_compared_in_their_one_form() {
        assert_eq!(Domain::new("Example.COM"), Domain::new("example.com"));
        assert_ne!(Domain::new("mail.example.com"), Domain::new("example.com"), "a sub-domain is another");
        assert!(Domain::new("exаmple.com").is_err(), "a Cyrillic letter among Latin ones");
        for bad in ["com", "a..b", "-a.b", "a.b-", "a b.c", ""] {
            assert!(Domain::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn addresses_hold_nothing_that_a_header_would_read() {
        assert_eq!(Email::new("Ann.O'Hara@Example.com").unwrap().domain(), "example.com");
        for bad in ["a@b", "a b@c.de", "a\r\nBcc:x@c.de", "\"a\"@c.de", "@c.de", "a@b@", "a@c.de\n"] {
            assert!(Email::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            Email::new("a@evil.org@good.org").map(|_| ()),
            Err(AddressError { why: "before the @ stand 1 to 64 letters, digits and signs, without spaces" })
        );
        assert_eq!(Phone::new("+819012345678").unwrap().masked(), "+••••••••••78");
        assert!(Phone::new("0901234").is_err());
    }
}
