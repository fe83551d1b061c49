//! Writes in DER what was read in BER (X.690, 10 and 11).

use chancery_certificate::asn1;
use chancery_certificate::asn1::tag::{BOOLEAN, OCTET_STRING, SET};

use crate::ber::{
    CONSTRUCTED, CONSTRUCTED_OCTET_STRING, Element, MAX_DEPTH, Reader, header, indefinite_len, join,
};
use crate::canonical::is_der;

impl Element<'_> {
    /// The DER encoding of the same value, as far as it can be known without the type: definite shortest
    /// lengths, strings in one piece, SET OF in order.
    ///
    /// None if the content is not BER all the way down.
    pub(crate) fn to_der(self) -> Option<Vec<u8>> {
        if is_der(&self) {
            let mut same = self.raw.to_vec();
            if let Some(first) = same.first_mut() {
                *first = self.tag;
            }
            return Some(same);
        }
        self.written_der()
    }

    /// The same for elements that may be in any form.
    pub(crate) fn written_der(self) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(self.raw.len());
        if self.tag & CONSTRUCTED == 0 || self.tag == CONSTRUCTED_OCTET_STRING {
            write_der(&mut out, self.raw, 0, 0)?;
            return Some(out);
        }
        // The tag may be another than the one received.
        let identifier = match self.tag & 0x1f {
            0x1f => self.raw.get(..identifier_len(self.raw))?,
            _ => &[self.tag],
        };
        write_members(&mut out, identifier, self.content, 0, Some(self.content.len()), 0)?;
        Some(out)
    }

    /// The content octets of that encoding.
    pub(crate) fn to_der_content(self) -> Option<Vec<u8>> {
        let der = self.to_der()?;
        Reader::new(&der).any("DER").ok().map(|element| element.content.to_vec())
    }
}

/// Writes the DER encoding of the element at `at`, and says where the next one begins. One pass over the input, however
/// deep its indefinite lengths are nested.
fn write_der(out: &mut Vec<u8>, input: &[u8], at: usize, depth: usize) -> Option<usize> {
    let rest = input.get(at..)?;
    let header = header(rest).ok()?;
    let inside = at + header.len;
    let identifier = rest.get(..identifier_len(rest))?;
    let end = match header.content {
        Some(length) => inside.checked_add(length)?,
        None if header.tag == CONSTRUCTED_OCTET_STRING => {
            inside + indefinite_len(input.get(inside..)?).ok()?
        }
        None => return write_members(out, identifier, input, inside, None, depth),
    };
    if header.tag & CONSTRUCTED != 0 && header.tag != CONSTRUCTED_OCTET_STRING {
        return write_members(out, identifier, input.get(..end)?, inside, Some(end), depth);
    }
    let content = input.get(inside..end)?;
    match header.tag {
        BOOLEAN if content.len() == 1 => {
            out.extend(asn1::encode(BOOLEAN, if content == [0] { &[0] } else { &[0xff] }));
        }
        // Character strings in pieces occur nowhere in practice, and are kept.
        CONSTRUCTED_OCTET_STRING => out.extend(asn1::encode(OCTET_STRING, &join(content).ok()?)),
        tag => {
            out.extend_from_slice(identifier);
            out.extend_from_slice(asn1::header(tag, content.len()).get(1..)?);
            out.extend_from_slice(content);
        }
    }
    Some(if header.content.is_none() { end + 2 } else { end })
}

/// Writes a constructed element whose members begin at `at` and end at `end`, or before the end-of-contents octets.
fn write_members(
    out: &mut Vec<u8>,
    identifier: &[u8],
    input: &[u8],
    mut at: usize,
    end: Option<usize>,
    depth: usize,
) -> Option<usize> {
    if depth >= MAX_DEPTH {
        return None;
    }
    let start = out.len();
    let mut members = Vec::new();
    let is_set = identifier == [SET];
    loop {
        if end.is_none() && input.get(at..)?.starts_with(&[0, 0]) {
            at += 2;
            break;
        }
        if end == Some(at) {
            break;
        }
        let member = out.len();
        at = write_der(out, input, at, depth + 1)?;
        if is_set {
            members.push(member..out.len());
        }
    }
    if !members.is_sorted_by_key(|member| out.get(member.clone())) {
        members.sort_by(|one, other| out.get(one.clone()).cmp(&out.get(other.clone())));
        let sorted: Vec<u8> =
            members.iter().flat_map(|member| out.get(member.clone()).unwrap_or_default()).copied().collect();
        out.truncate(start);
        out.extend(sorted);
    }
    let length = asn1::header(*identifier.first()?, out.len() - start);
    let header = [identifier, length.get(1..)?].concat();
    out.extend_from_slice(&header);
    out.get_mut(start..)?.rotate_right(header.len());
    Some(at)
}

/// How many identifier octets an element has that was read.
fn identifier_len(element: &[u8]) -> usize {
    match element.first() {
        Some(first) if first & 0x1f == 0x1f => {
            let more = element.iter().skip(1).take_while(|octet| **octet & 0x80 != 0).count();
            more + 2
        }
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn to_der(bytes: &[u8]) -> Vec<u8> {
        Reader::new(bytes).any("test").unwrap().to_der().unwrap()
    }

    #[test]
    fn der_orders_sets_and_shortens_lengths() {
        let ber = [0x31, 0x81, 0x07, 2, 1, 9, 1, 0x82, 0, 1, 5];
        let ber = [&ber[..2], &[0x08], &ber[3..]].concat();
        assert_eq!(to_der(&ber), [0x31, 6, 1, 1, 0xff, 2, 1, 9]);
    }

    proptest! {
        #[test]
        fn what_is_der_already_stays_as_it_is(content in proptest::collection::vec(any::<u8>(), 0..70_000)) {
            let outer = asn1::sequence(&[&asn1::octet_string(&content)]);
            prop_assert_eq!(to_der(&outer), outer);
        }
    }
}
