//! Names as text: RFC 4514, both ways.

use std::fmt;

use const_oid::ObjectIdentifier as Oid;

use crate::asn1::{self, Reader, tag};
use crate::name_text_error::{NameTextError, NameTextFault};
use crate::printable::misleads;
use crate::{Name, NameAttribute};

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

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, attributes) in self.relative_names().iter().rev().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            for (index, attribute) in attributes.iter().enumerate() {
                if index > 0 {
                    f.write_str("+")?;
                }
                write!(f, "{attribute}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for NameAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (short_name(self.oid), &self.text) {
            (Some(short), Some(text)) => {
                write!(f, "{short}=")?;
                write_value(f, text)
            }
            // RFC 4514, 2.4: a type without a name, or a value that is no text, is the hexadecimal form of its encoding.
            (short, _) => {
                match short {
                    Some(short) => f.write_str(short)?,
                    None => write!(f, "{}", self.oid)?,
                }
                f.write_str("=#")?;
                let encoded = asn1::encode(self.tag, &self.value);
                encoded.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

/// RFC 4514, 2.4: some characters are escaped anywhere, `#` and the space only at the edges. Characters that
/// mislead a reader are written as their bytes, which the RFC allows for any character.
fn write_value(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let last = text.char_indices().last().map_or(0, |(index, _)| index);
    for (index, character) in text.char_indices() {
        let edge = (index == 0 && matches!(character, '#' | ' ')) || (index == last && character == ' ');
        if misleads(character) {
            let mut buffer = [0; 4];
            character.encode_utf8(&mut buffer).bytes().try_for_each(|byte| write!(f, "\\{byte:02X}"))?;
        } else if edge || is_special(character) {
            write!(f, "\\{character}")?;
        } else {
            write!(f, "{character}")?;
        }
    }
    Ok(())
}

const fn is_special(character: char) -> bool {
    matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\')
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

/// The name under which a type is written, if it has one that readers of other programs know.
pub(crate) fn short_name(oid: Oid) -> Option<&'static str> {
    TYPES.iter().find(|(known, _)| *known == oid).map(|(_, short)| *short)
}

fn type_named(text: &str) -> Option<Oid> {
    let known = |(_, short): &&(Oid, &str)| short.eq_ignore_ascii_case(text);
    if let Some((oid, _)) = TYPES.iter().chain(ALIASES).find(known) {
        return Some(*oid);
    }
    let dotted = text.get(..4).filter(|prefix| prefix.eq_ignore_ascii_case("oid."));
    let dotted = dotted.and_then(|_| text.get(4..)).unwrap_or(text);
    Oid::new(dotted).ok()
}

const COUNTRY: Oid = Oid::new_unwrap("2.5.4.6");
const SERIAL_NUMBER: Oid = Oid::new_unwrap("2.5.4.5");
const DN_QUALIFIER: Oid = Oid::new_unwrap("2.5.4.46");
const EMAIL_ADDRESS: Oid = Oid::new_unwrap("1.2.840.113549.1.9.1");
const DOMAIN_COMPONENT: Oid = Oid::new_unwrap("0.9.2342.19200300.100.1.25");

/// RFC 4514, section 3; RFC 4519, section 2; and the ones that certificates for signing add (ETSI EN 319 412-2,
/// 4.2.4; EN 319 412-3, 4.2.1; RFC 3739, 3.1.2).
const TYPES: &[(Oid, &str)] = &[
    (Oid::new_unwrap("2.5.4.3"), "CN"),
    (Oid::new_unwrap("2.5.4.4"), "SN"),
    (SERIAL_NUMBER, "serialNumber"),
    (COUNTRY, "C"),
    (Oid::new_unwrap("2.5.4.7"), "L"),
    (Oid::new_unwrap("2.5.4.8"), "ST"),
    (Oid::new_unwrap("2.5.4.9"), "STREET"),
    (Oid::new_unwrap("2.5.4.10"), "O"),
    (Oid::new_unwrap("2.5.4.11"), "OU"),
    (Oid::new_unwrap("2.5.4.12"), "title"),
    (Oid::new_unwrap("2.5.4.13"), "description"),
    (Oid::new_unwrap("2.5.4.15"), "businessCategory"),
    (Oid::new_unwrap("2.5.4.17"), "postalCode"),
    (Oid::new_unwrap("2.5.4.41"), "name"),
    (Oid::new_unwrap("2.5.4.42"), "GN"),
    (Oid::new_unwrap("2.5.4.43"), "initials"),
    (Oid::new_unwrap("2.5.4.44"), "generationQualifier"),
    (DN_QUALIFIER, "dnQualifier"),
    (Oid::new_unwrap("2.5.4.65"), "pseudonym"),
    (Oid::new_unwrap("2.5.4.97"), "organizationIdentifier"),
    (Oid::new_unwrap("0.9.2342.19200300.100.1.1"), "UID"),
    (DOMAIN_COMPONENT, "DC"),
    (EMAIL_ADDRESS, "emailAddress"),
];

/// Other names under which the same types are written.
const ALIASES: &[(Oid, &str)] = &[
    (Oid::new_unwrap("2.5.4.3"), "commonName"),
    (Oid::new_unwrap("2.5.4.4"), "surname"),
    (COUNTRY, "countryName"),
    (Oid::new_unwrap("2.5.4.7"), "localityName"),
    (Oid::new_unwrap("2.5.4.8"), "S"),
    (Oid::new_unwrap("2.5.4.8"), "stateOrProvinceName"),
    (Oid::new_unwrap("2.5.4.9"), "streetAddress"),
    (Oid::new_unwrap("2.5.4.10"), "organizationName"),
    (Oid::new_unwrap("2.5.4.11"), "organizationalUnitName"),
    (Oid::new_unwrap("2.5.4.12"), "T"),
    (Oid::new_unwrap("2.5.4.42"), "G"),
    (Oid::new_unwrap("2.5.4.42"), "givenName"),
    (Oid::new_unwrap("0.9.2342.19200300.100.1.1"), "userId"),
    (DOMAIN_COMPONENT, "domainComponent"),
    (EMAIL_ADDRESS, "E"),
    (EMAIL_ADDRESS, "email"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn attribute(oid: &str, tag: u8, content: &[u8]) -> Vec<u8> {
        asn1::sequence(&[&asn1::oid(&Oid::new_unwrap(oid)), &asn1::encode(tag, content)])
    }

    fn name(sets: &[&[Vec<u8>]]) -> Name {
        let sets: Vec<Vec<u8>> = sets.iter().map(|set| asn1::set_of(set.to_vec())).collect();
        Name::from_der(&asn1::encode(tag::SEQUENCE, &sets.concat())).unwrap()
    }

    #[test]
    fn names_print_as_rfc_4514_says_and_hide_nothing() {
        let alice = name(&[
            &[attribute("2.5.4.6", tag::PRINTABLE_STRING, b"BE")],
            &[attribute("2.5.4.10", tag::UTF8_STRING, b"Sue, Grabbit and Runn")],
            &[attribute("2.5.4.3", tag::UTF8_STRING, "Alice\u{202e}ecilA".as_bytes())],
        ]);
        assert_eq!(alice.to_string(), r"CN=Alice\E2\80\AEecilA,O=Sue\, Grabbit and Runn,C=BE");
        assert_eq!(alice.common_name().unwrap(), "Alice\u{202e}ecilA");
    }

    /// The examples of RFC 4514, section 4.
    #[test]
    fn the_examples_of_the_rfc() {
        for text in [
            "UID=jsmith,DC=example,DC=net",
            "OU=Sales+CN=J.  Smith,DC=example,DC=net",
            r#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#,
            r"CN=Before\0DAfter,DC=example,DC=net",
            "1.3.6.1.4.1.1466.0=#04024869",
            "CN=Lučić",
            "",
        ] {
            let mut printed = Name::from_text(text).unwrap().to_string();
            // The attributes of a set have no order in text; DER sorts them.
            printed = printed.replace("CN=J.  Smith+OU=Sales", "OU=Sales+CN=J.  Smith");
            assert_eq!(printed, text);
        }
        assert_eq!(Name::from_text(r"CN=Lu\C4\8Di\C4\87").unwrap().to_string(), "CN=Lučić");
    }

    #[test]
    fn what_is_no_text_or_has_no_name_is_written_in_hexadecimal() {
        let odd = name(&[&[
            attribute("2.5.4.3", tag::UTF8_STRING, b"Zo\xeb"),
            attribute("2.5.4.5", tag::INTEGER, &[5]),
            attribute("1.2.3.4", tag::UTF8_STRING, b"hi"),
            attribute("2.5.4.10", tag::BMP_STRING, &[0xd8, 0]),
        ]]);
        let mut parts: Vec<String> = odd.to_string().split('+').map(str::to_owned).collect();
        parts.sort();
        assert_eq!(parts, ["1.2.3.4=#0c026869", "CN=#0c035a6feb", "O=#1e02d800", "serialNumber=#020105"]);
        assert_eq!(Name::from_text(&odd.to_string()).unwrap(), odd);
    }

    #[test]
    fn every_escape_is_where_it_must_be() {
        let printed =
            |text: &str| name(&[&[attribute("2.5.4.3", tag::UTF8_STRING, text.as_bytes())]]).to_string();
        for (text, expected) in [
            ("#a#", r"CN=\#a#"),
            (" ", r"CN=\ "),
            ("  a  ", r"CN=\  a \ "),
            ("a\0b", r"CN=a\00b"),
            ("a=b", "CN=a=b"),
            (r#""+,;<>\"#, r#"CN=\"\+\,\;\<\>\\"#),
            ("\u{2066}x\u{200b}\n", r"CN=\E2\81\A6x\E2\80\8B\0A"),
            ("", "CN="),
        ] {
            assert_eq!(printed(text), expected);
        }
    }

    #[test]
    fn what_people_write_is_read_too() {
        let plain = Name::from_text("CN=Belgium Root CA,O=Fish & Co\\, Inc.,C=BE").unwrap();
        for text in [
            "CN=Belgium Root CA, O=\"Fish & Co, Inc.\", C=BE",
            "cn = Belgium Root CA ; organizationName=Fish & Co\\2c Inc.;c=BE",
            "OID.2.5.4.3=Belgium Root CA,2.5.4.10=Fish & Co\\, Inc. , C=BE ",
        ] {
            assert_eq!(Name::from_text(text).unwrap(), plain, "{text}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_place() {
        for (text, offset) in [
            ("Alice", 0),
            ("CN=Alice,", 9),
            ("CN=Alice,Bob", 9),
            ("wat=Alice", 0),
            ("CN=a<b", 4),
            (r"CN=a\", 5),
            (r"CN=a\zz", 5),
            (r"CN=\C3", 3),
            ("CN=\"a", 3),
            ("CN=\"a\"b", 6),
            ("1.2.3=#04", 6),
            ("1.2.3=#0401ff00", 6),
            ("CN=a\0", 4),
        ] {
            assert_eq!(Name::from_text(text).map_err(|error| error.offset), Err(offset), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(texts in proptest::collection::vec(("[ -~\\PC\0\u{202e}]{0,12}", 0..4_usize), 0..5)) {
            let types = ["2.5.4.3", "2.5.4.10", "2.5.4.11", "1.2.3.4"];
            let sets: Vec<Vec<Vec<u8>>> = texts.iter()
                .map(|(text, kind)| vec![attribute(types[*kind], tag::UTF8_STRING, text.as_bytes())]).collect();
            let sets: Vec<&[Vec<u8>]> = sets.iter().map(Vec::as_slice).collect();
            let original = name(&sets);
            let printed = original.to_string();
            prop_assert!(!printed.chars().any(misleads));
            prop_assert_eq!(Name::from_text(&printed).unwrap(), original);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}", hostile in "[\\\\#\"=,+ a1.]{0,24}") {
            let _ = (Name::from_text(&text), Name::from_text(&hostile));
        }
    }
}
