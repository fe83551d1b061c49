//! Numbers under which a register knows a person.

use std::fmt;

use crate::printable;

/// A number of a register, as the subject's serialNumber (natural persons, ETSI EN 319 412-1, 5.1.3) or
/// organizationIdentifier (legal persons, 5.1.4) holds it: `PNOBE-85020212345`, `VATSI-12345678`, `LEIXG-…`.
///
/// ```
/// use chancery_certificate::{IdentityNumber, IdentityScheme};
///
/// let number = IdentityNumber::from_text("PSDPL-PFSA-1234567890").expect("it is written as the standard says");
/// assert_eq!(number.scheme, IdentityScheme::PaymentServices);
/// assert_eq!((number.country.as_str(), number.reference.as_str()), ("PL", "PFSA-1234567890"));
/// assert_eq!(IdentityNumber::from_text("0123456789"), None);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct IdentityNumber {
    /// What kind of register it is.
    pub scheme: IdentityScheme,
    /// The country by ISO 3166; `XG` where the register is global; `EL` for Greek VAT numbers.
    pub country: String,
    /// The number in the register.
    pub reference: String,
}

/// A kind of register (ETSI EN 319 412-1, 5.1.3 and 5.1.4).
#[derive(Clone, Debug, Eq, PartialEq, Hash)]
#[non_exhaustive]
pub enum IdentityScheme {
    /// `PAS`: passport number.
    Passport,
    /// `IDC`: national identity card number.
    IdentityCard,
    /// `PNO`: national personal number.
    PersonalNumber,
    /// `TAX`: personal tax number, in older certificates.
    PersonalTax,
    /// `TIN`: tax identification number of the European Commission's list.
    TaxIdentification,
    /// `VAT`: national value added tax number.
    ValueAddedTax,
    /// `NTR`: national trade register.
    TradeRegister,
    /// `PSD`: authorisation as a payment service provider (TS 119 495, 5.2.1).
    PaymentServices,
    /// `LEI`: legal entity identifier (ISO 17442).
    LegalEntity,
    /// `EID`: identifier of a notified eID scheme.
    ElectronicIdentity,
    /// Two letters and a colon: a register that the country knows by these letters.
    National(String),
}

impl IdentityNumber {
    /// Reads three characters for the scheme, two for the country, a hyphen, and the rest. `None` if the text is
    /// written otherwise, which is allowed unless a semantics identifier says it is not.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let (scheme, rest) = (text.get(..3)?, text.get(3..)?);
        let scheme = match scheme {
            "PAS" => IdentityScheme::Passport,
            "IDC" => IdentityScheme::IdentityCard,
            "PNO" => IdentityScheme::PersonalNumber,
            "TAX" => IdentityScheme::PersonalTax,
            "TIN" => IdentityScheme::TaxIdentification,
            "VAT" => IdentityScheme::ValueAddedTax,
            "NTR" => IdentityScheme::TradeRegister,
            "PSD" => IdentityScheme::PaymentServices,
            "LEI" => IdentityScheme::LegalEntity,
            "EID" => IdentityScheme::ElectronicIdentity,
            national => IdentityScheme::National(
                national.strip_suffix(':').filter(|letters| is_two_letters(letters))?.to_owned(),
            ),
        };
        let (country, reference) = (rest.get(..2)?, rest.get(2..)?.strip_prefix('-')?);
        if !is_two_letters(country) || reference.is_empty() {
            return None;
        }
        Some(Self { scheme, country: country.to_owned(), reference: reference.to_owned() })
    }
}

fn is_two_letters(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_uppercase())
}

impl fmt::Display for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} of {}", self.scheme, printable(&self.reference), self.country)
    }
}

impl fmt::Display for IdentityScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passport => "passport",
            Self::IdentityCard => "identity card",
            Self::PersonalNumber => "personal number",
            Self::PersonalTax => "personal tax number",
            Self::TaxIdentification => "tax identification number",
            Self::ValueAddedTax => "VAT number",
            Self::TradeRegister => "trade register",
            Self::PaymentServices => "payment services authorisation",
            Self::LegalEntity => "legal entity identifier",
            Self::ElectronicIdentity => "eID identifier",
            Self::National(letters) => return write!(f, "national register {}", printable(letters)),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_the_standard_writes_them() {
        for (text, expected) in [
            ("VATSI-12345678", "VAT number 12345678 of SI"),
            ("NTRDE-HRB 123", "trade register HRB 123 of DE"),
            ("LEIXG-529900T8BM49AURSDO55", "legal entity identifier 529900T8BM49AURSDO55 of XG"),
            ("PNOBE-85020212345", "personal number 85020212345 of BE"),
            ("EI:SE-200007292386", "national register EI 200007292386 of SE"),
        ] {
            assert_eq!(IdentityNumber::from_text(text).unwrap().to_string(), expected);
        }
        for other in [
            "",
            "VAT",
            "VATSI",
            "VATSI-",
            "VATSI12345678",
            "vatSI-1",
            "VATsi-1",
            "XYZBE-1",
            "Zoë-1",
            "E::SE-1",
        ] {
            assert_eq!(IdentityNumber::from_text(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,20}") {
            let _ = IdentityNumber::from_text(&text);
        }
    }
}
