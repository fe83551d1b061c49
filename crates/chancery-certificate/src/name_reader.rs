//! Names as text: how RFC 4514 and people write them, read.

use const_oid::ObjectIdentifier as Oid;

use crate::Name;
use crate::asn1::{self, Reader, tag};
use crate::name_text::{
    COUNTRY, DN_QUALIFIER, DOMAIN_COMPONENT, EMAIL_ADDRESS, SERIAL_NUMBER, is_special, type_named,
};
use crate::name_text_error::{NameTextError, NameTextFault};

impl Name {
    /// Reads a name that is written as RFC 4514 says: `CN=Alice,O=Sue\, Grabbit and Runn,C=BE`.
    ///
    /// More than the RFC allows is read where people write it: white space around `,`, `+` and `=`, values in
    /// quotes (RFC 2253, section 4), `OID.` before a dotted type, and the names of types in either case.
    ///
    /// Text does not say in which string type a name was encoded. The one made here is encoded as RFC 5280, 4.1.2.4
    /// and appendix A ask (UTF8String; PrintableString for countries and serial numbers; IA5String for mail
    /// addresses and domain components). Compare it by [`Name::matches`], not by `==`.
    ///
    /// ```
    /// use chancery_certificate::Name;
    ///
    /// let name = Name::from_text(r"CN=Zo\C3\AB, O=Sue\, Grabbit and Runn, C=BE")?;
    /// assert_eq!(name.common_name().as_deref(), Some("Zoë"));
    /// assert_eq!(name.to_string(), r"CN=Zoë,O=Sue\, Grabbit and Runn,C=BE");
    /// # Ok::<(), chancery_certificate::NameTextError>(())
    /// ```
    ///
    /// # Errors
    /// If the text is no name: the error says where.
    pub fn from_text(text: &str) -> Result<Self, NameTextError> {
        let mut scanner = Scanner { text, position: 0 };
        let mut sets: Vec<Vec<u8>> = Vec::new();
        scanner.skip_space();
        while !scanner.is_at_end() {
            let mut attributes = vec![scanner.attribute()?];
            while scanner.skip_if(&['+']) {
                attributes.push(scanner.attribute()?);
            }
            sets.push(asn1::set_of(attributes));
            if scanner.is_at_end() {
                break;
            }
            // `;` is RFC 2253's other separator.
            if !scanner.skip_if(&[',', ';']) {
                return Err(scanner.fault(NameTextFault::Separator));
            }
            scanner.skip_space();
            if scanner.is_at_end() {
                return Err(scanner.fault(NameTextFault::Type));
            }
        }
        // RFC 4514, 2.1: the last comes first.
        sets.reverse();
        let der = asn1::encode(tag::SEQUENCE, &sets.concat());
        Self::from_der(&der).map_err(|_| scanner.fault(NameTextFault::Encoded))
    }
}

/// The text that is not read yet.
struct Scanner<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    const fn fault(&self, fault: NameTextFault) -> NameTextError {
        NameTextError { offset: self.position, fault }
    }

    fn next(&mut self) -> Option<char> {
        let character = self.rest().chars().next()?;
        self.position += character.len_utf8();
        Some(character)
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_start_matches(is_space).len();
    }

    fn skip_if(&mut self, wanted: &[char]) -> bool {
        let found = self.rest().starts_with(wanted);
        self.position += usize::from(found);
        found
    }

    /// `type=value`, encoded as an AttributeTypeAndValue.
    fn attribute(&mut self) -> Result<Vec<u8>, NameTextError> {
        self.skip_space();
        let Some(equals) = self.rest().find('=') else { return Err(self.fault(NameTextFault::Type)) };
        let written = self.rest().get(..equals).unwrap_or_default();
        let oid =
            type_named(written.trim_matches(is_space)).ok_or_else(|| self.fault(NameTextFault::Type))?;
        self.position += equals + 1;
        self.skip_space();
        let value = match self.rest().chars().next() {
            Some('#') => self.encoded_value()?,
            Some('"') => encode_value(oid, &self.quoted_value()?),
            _ => encode_value(oid, &self.plain_value()?),
        };
        Ok(asn1::sequence(&[&asn1::oid(&oid), &value]))
    }

    /// `#` and the hexadecimal form of one element.
    fn encoded_value(&mut self) -> Result<Vec<u8>, NameTextError> {
        let start = self.fault(NameTextFault::Encoded);
        self.position += 1;
        let digits = self.rest().split([',', '+', ';']).next().unwrap_or_default();
        self.position += digits.len();
        let digits = digits.trim_end_matches(is_space).as_bytes();
        let (pairs, []) = digits.as_chunks::<2>() else { return Err(start) };
        let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| byte(*high, *low)).collect();
        let bytes = bytes.ok_or_else(|| start.clone())?;
        let mut reader = Reader::new(&bytes);
        let whole = reader.element().is_ok() && reader.is_empty();
        if whole { Ok(bytes) } else { Err(start) }
    }

    fn quoted_value(&mut self) -> Result<String, NameTextError> {
        let start = self.fault(NameTextFault::Quote);
        self.position += 1;
        let mut bytes = Vec::new();
        loop {
            match self.next().ok_or_else(|| start.clone())? {
                '"' => break,
                '\\' => self.escaped(&mut bytes)?,
                character => push(&mut bytes, character),
            }
        }
        self.skip_space();
        String::from_utf8(bytes).map_err(|_| start)
    }

    fn plain_value(&mut self) -> Result<String, NameTextError> {
        let start = self.fault(NameTextFault::Value);
        let mut bytes = Vec::new();
        // White space at the end is not of the value, unless it is escaped.
        let mut length = 0;
        while let Some(character) = self.rest().chars().next() {
            if matches!(character, ',' | '+' | ';') {
                break;
            }
            // RFC 4514, section 3: these may stand only with a backslash before them; NUL not even so.
            if matches!(character, '"' | '<' | '>' | '\0') {
                return Err(self.fault(NameTextFault::Value));
            }
            self.next();
            if character == '\\' {
                self.escaped(&mut bytes)?;
                length = bytes.len();
            } else {
                push(&mut bytes, character);
                length = if is_space(character) { length } else { bytes.len() };
            }
        }
        bytes.truncate(length);
        String::from_utf8(bytes).map_err(|_| start)
    }

    /// What follows a backslash: a special character, or two hexadecimal digits of a byte of UTF-8.
    fn escaped(&mut self, bytes: &mut Vec<u8>) -> Result<(), NameTextError> {
        let wrong = self.fault(NameTextFault::Escape);
        let first = self.next().ok_or_else(|| wrong.clone())?;
        if is_special(first) || matches!(first, ' ' | '#' | '=') {
            push(bytes, first);
            return Ok(());
        }
        let second = self.next().ok_or_else(|| wrong.clone())?;
        let (Ok(high), Ok(low)) = (u8::try_from(first), u8::try_from(second)) else { return Err(wrong) };
        bytes.push(byte(high, low).ok_or(wrong)?);
        Ok(())
    }
}

const fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n')
}

fn push(bytes: &mut Vec<u8>, character: char) {
    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

fn byte(high: u8, low: u8) -> Option<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

fn encode_value(oid: Oid, text: &str) -> Vec<u8> {
    let printable = |byte: u8| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte);
    let tag = match oid {
        COUNTRY | SERIAL_NUMBER | DN_QUALIFIER if text.bytes().all(printable) => tag::PRINTABLE_STRING,
        EMAIL_ADDRESS | DOMAIN_COMPONENT if text.is_ascii() => tag::IA5_STRING,
        _ => tag::UTF8_STRING,
    };
    asn1::encode(tag, text.as_bytes())
}
