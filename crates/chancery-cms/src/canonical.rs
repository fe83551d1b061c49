//! Whether an element is in DER already, as nearly all are: told in one look, with nothing written.

use chancery_certificate::asn1::tag::{BOOLEAN, SET};

use crate::ber::{CONSTRUCTED, CONSTRUCTED_OCTET_STRING, Element, MAX_DEPTH};

/// The bits of an identifier octet that say that more of them follow.
const LONG_TAG: u8 = 0x1f;

/// Whether [`Element::to_der`] would write the same bytes as were received, but for the tag, which may be another one.
///
/// Where this cannot be told at a glance the answer is no.
pub(crate) fn is_der(element: &Element<'_>) -> bool {
    let own_header = element.raw.len().checked_sub(element.content.len());
    let in_few_octets = header(element.raw).is_some_and(|(header, _)| Some(header) == own_header);
    !element.indefinite && in_few_octets && content_is_der(element.tag, element.content, 0)
}

fn content_is_der(tag: u8, content: &[u8], depth: usize) -> bool {
    if tag & LONG_TAG == LONG_TAG || tag == CONSTRUCTED_OCTET_STRING {
        return false;
    }
    if tag & CONSTRUCTED == 0 {
        return tag != BOOLEAN || content.len() != 1 || matches!(content, [0 | 0xff]);
    }
    if depth >= MAX_DEPTH {
        return false;
    }
    let mut rest = content;
    let mut before: &[u8] = &[];
    while let Some(&member_tag) = rest.first() {
        let Some((header, length)) = header(rest) else { return false };
        let whole = header.saturating_add(length);
        let (Some(member), Some(inside)) = (rest.get(..whole), rest.get(header..whole)) else { return false };
        // The members of a SET OF are in order (X.690, 11.6). Most sets have one.
        let in_order = tag != SET || before.is_empty() || before <= member;
        if !in_order || !content_is_der(member_tag, inside, depth + 1) {
            return false;
        }
        before = member;
        rest = rest.get(whole..).unwrap_or_default();
    }
    true
}

/// How many octets tag and length take, and how many the content: if the length is definite and written in as few octets
/// as it needs (X.690, 10.1), and the tag in one.
fn header(bytes: &[u8]) -> Option<(usize, usize)> {
    let (&tag, length) = bytes.split_first()?;
    if tag & LONG_TAG == LONG_TAG {
        return None;
    }
    let content = match *length {
        [length @ 0..=0x7f, ..] => return Some((2, length.into())),
        [0x81, length @ 0x80..=0xff, ..] => return Some((3, length.into())),
        [0x82, a @ 1..=0xff, b, ..] => return Some((4, u16::from_be_bytes([a, b]).into())),
        [0x83, a @ 1..=0xff, b, c, ..] => (5, u32::from_be_bytes([0, a, b, c])),
        [0x84, a @ 1..=0xff, b, c, d, ..] => (6, u32::from_be_bytes([a, b, c, d])),
        _ => return None,
    };
    Some((content.0, usize::try_from(content.1).ok()?))
}

#[cfg(test)]
mod tests {
    use chancery_certificate::asn1;
    use proptest::prelude::*;

    use super::*;
    use crate::ber::Reader;

    fn agrees(bytes: &[u8], tag: u8) -> Result<bool, TestCaseError> {
        let Ok(element) = Reader::new(bytes).any("test") else { return Ok(false) };
        let element = Element { tag, ..element };
        let mut same = element.raw.to_vec();
        same[0] = tag;
        let written = element.written_der();
        let told = is_der(&element);
        if told {
            prop_assert_eq!(written.as_deref(), Some(&same[..]));
        } else if written.as_deref() == Some(&same[..]) {
            // Only long tags and very deep elements are not told at a glance.
            let long = bytes.iter().any(|byte| byte & LONG_TAG == LONG_TAG);
            prop_assert!(long, "{bytes:02x?}");
        }
        prop_assert_eq!(element.to_der(), written);
        Ok(told)
    }

    #[test]
    fn each_departure_from_der_is_seen() {
        let (one, two) = (asn1::integer(&[1]), asn1::integer(&[2]));
        let set = |members: &[&[u8]]| asn1::encode(SET, &members.concat());
        for der in [
            asn1::sequence(&[&set(&[&one, &two]), &asn1::encode(BOOLEAN, &[0xff])]),
            set(&[&one, &one]),
            set(&[]),
            asn1::octet_string(&[7; 200]),
            asn1::sequence(&[&asn1::octet_string(&[7; 70_000])]),
        ] {
            assert!(agrees(&der, der[0]).unwrap(), "{:02x?}", &der[..8]);
        }
        for other in [
            set(&[&two, &one]),
            asn1::sequence(&[&set(&[&two, &one])]),
            asn1::sequence(&[&asn1::encode(BOOLEAN, &[1])]),
            asn1::sequence(&[&[4, 0x81, 1, 7]]),
            vec![0x30, 0x81, 3, 2, 1, 1],
            vec![0x30, 0x80, 2, 1, 1, 0, 0],
            vec![0x30, 2, 0x24, 0],
            vec![0x30, 2, 4, 9],
        ] {
            assert!(!agrees(&other, other[0]).unwrap(), "{other:02x?}");
        }
        // The order counts under the tag that is asked about: signed attributes are received as [0].
        let attributes = asn1::encode(asn1::tag::constructed(0), &[two, one].concat());
        assert!(agrees(&attributes, attributes[0]).unwrap());
        assert!(!agrees(&attributes, SET).unwrap());
    }

    proptest! {
        #[test]
        fn it_is_what_writing_it_would_show(
            bytes in prop::collection::vec(
                prop_oneof![0..6_u8, Just(0x30), Just(0x31), Just(0x24), Just(0x80), Just(0x81), any::<u8>()],
                0..40,
            ),
            tag in prop_oneof![Just(None), Just(Some(SET))],
        ) {
            let first = bytes.first().copied().unwrap_or_default();
            agrees(&bytes, if first & CONSTRUCTED == 0 { first } else { tag.unwrap_or(first) })?;
        }
    }
}
