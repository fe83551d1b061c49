//! Names as text: how RFC 4514 writes them.

use std::fmt;

use const_oid::ObjectIdentifier as Oid;

use crate::asn1;
use crate::printable::misleads;
use crate::{Name, NameAttribute};

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

pub(crate) const fn is_special(character: char) -> bool {
    matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\')
}

/// The name under which a type is written, if it has one that readers of other programs know.
pub(crate) fn short_name(oid: Oid) -> Option<&'static str> {
    TYPES.iter().find(|(known, _)| *known == oid).map(|(_, short)| *short)
}

/// The type of this name, of a longer or older name, or of these dotted numbers.
pub(crate) fn type_named(text: &str) -> Option<Oid> {
    let known = |(_, short): &&(Oid, &str)| short.eq_ignore_ascii_case(text);
    if let Some((oid, _)) = TYPES.iter().chain(ALIASES).find(known) {
        return Some(*oid);
    }
    let dotted = text.get(..4).filter(|prefix| prefix.eq_ignore_ascii_case("oid."));
    let dotted = dotted.and_then(|_| text.get(4..)).unwrap_or(text);
    Oid::new(dotted).ok()
}

pub(crate) const COUNTRY: Oid = Oid::new_unwrap("2.5.4.6");
pub(crate) const SERIAL_NUMBER: Oid = Oid::new_unwrap("2.5.4.5");
pub(crate) const DN_QUALIFIER: Oid = Oid::new_unwrap("2.5.4.46");
pub(crate) const EMAIL_ADDRESS: Oid = Oid::new_unwrap("1.2.840.113549.1.9.1");
pub(crate) const DOMAIN_COMPONENT: Oid = Oid::new_unwrap("0.9.2342.19200300.100.1.25");

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
    use crate::asn1::tag;

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
