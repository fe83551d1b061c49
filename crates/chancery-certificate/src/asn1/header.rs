//! Tags and lengths (X.690, 8.1), read by hand: nothing else is read as often.

use super::tag;

/// How many bytes the header of the first element takes, and how many its content: `None` where the tag or the
/// length is not DER. Whether the content is all there is for the caller to see.
pub(super) fn read(bytes: &[u8]) -> Option<(usize, usize)> {
    let (&tag, length) = bytes.split_first()?;
    if !is_known(tag) {
        return None;
    }
    // Definite, and in as few bytes as the length needs (X.690, 10.1); nothing here is longer than 4 GiB.
    Some(match *length {
        [length @ 0..=0x7f, ..] => (2, length.into()),
        [0x81, length @ 0x80..=0xff, ..] => (3, length.into()),
        [0x82, a @ 1..=0xff, b, ..] => (4, u16::from_be_bytes([a, b]).into()),
        [0x83, a @ 1..=0xff, b, c, ..] => (5, usize::try_from(u32::from_be_bytes([0, a, b, c])).ok()?),
        [0x84, a @ 1..=0xff, b, c, d, ..] => (6, usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()?),
        _ => return None,
    })
}

/// Whether it is the tag of a universal type that DER has, in the form (primitive or constructed) that it has there,
/// or any tag of another class.
const fn is_known(tag: u8) -> bool {
    matches!(
        tag,
        tag::BOOLEAN
            | tag::INTEGER
            | tag::BIT_STRING
            | tag::OCTET_STRING
            | tag::NULL
            | tag::OBJECT_IDENTIFIER
            | REAL
            | tag::ENUMERATED
            | tag::UTF8_STRING
            | RELATIVE_OID
            | tag::SEQUENCE
            | tag::SET
            | tag::NUMERIC_STRING
            | tag::PRINTABLE_STRING
            | tag::TELETEX_STRING
            | VIDEOTEX_STRING
            | tag::IA5_STRING
            | tag::UTC_TIME
            | tag::GENERALIZED_TIME
            | tag::GRAPHIC_STRING
            | tag::VISIBLE_STRING
            | tag::GENERAL_STRING
            | tag::UNIVERSAL_STRING
            | tag::BMP_STRING
            | 0x40..=0xff
    )
}

const REAL: u8 = 0x09;
const RELATIVE_OID: u8 = 0x0d;
const VIDEOTEX_STRING: u8 = 0x15;

#[cfg(test)]
mod tests {
    use der::{Decode, Header, Length, Reader as _};
    use proptest::prelude::*;

    use super::*;

    /// What the `der` crate says of the same header. It does not know two string types that names may have (RFC 5280,
    /// 4.1.2.4).
    fn by_der(bytes: &[u8]) -> Option<(usize, usize)> {
        let mut reader = der::SliceReader::new(bytes).ok()?;
        let length = if matches!(bytes.first(), Some(&(tag::GRAPHIC_STRING | tag::UNIVERSAL_STRING))) {
            reader.read_byte().ok()?;
            Length::decode(&mut reader).ok()?
        } else {
            Header::decode(&mut reader).ok()?.length()
        };
        Some((usize::try_from(reader.position()).ok()?, usize::try_from(length).ok()?))
    }

    fn is_of_one_byte(tag: u8) -> bool {
        tag & 0x1f != 0x1f
    }

    #[test]
    fn every_tag_is_judged_as_the_der_crate_judges_it() {
        for tag in (0..=0xff).filter(|tag| is_of_one_byte(*tag)) {
            for length in [&[][..], &[0], &[0x80], &[0x81, 0x80], &[0x84, 1, 0, 0, 0]] {
                let bytes = [&[tag], length, &[0; 4]].concat();
                assert_eq!(read(&bytes), by_der(&bytes), "{bytes:02x?}");
            }
        }
    }

    proptest! {
        #[test]
        fn headers_are_judged_as_the_der_crate_judges_them(
            tag in any::<u8>().prop_filter("one byte", |tag| is_of_one_byte(*tag)),
            first in prop_oneof![0x7f..0x86_u8, any::<u8>()],
            rest in prop::collection::vec(prop_oneof![Just(0), Just(0x7f), Just(0x80), any::<u8>()], 0..6),
        ) {
            let bytes = [&[tag, first], &rest[..]].concat();
            prop_assert_eq!(read(&bytes), by_der(&bytes));
        }
    }
}
