//! Messages in DER around content whose length is known: every length stands before what it counts.

use std::io::{self, Read, Seek, SeekFrom, Write};

use chancery_certificate::asn1::{self, tag};

use super::unwrapping::BLOCK;
use crate::attributes::SIGNED_DATA;

/// How long a signer is expected to be: its SignerInfo with RSA of 4096 bits, and its certificate.
pub(super) const EXPECTED_SIGNER: u64 = 3_000;

/// What stands before the content, where `before` are the fields before encapContentInfo, `content_type` is the
/// element eContentType, and `after` is the length of all that follows the content.
pub(super) fn head(before: &[u8], content_type: &[u8], content: u64, after: u64) -> Vec<u8> {
    // From the inside out, each with the length of what follows its header.
    let layers: [(u8, &[u8], u64); 6] = [
        (tag::OCTET_STRING, &[], 0),
        (tag::constructed(0), &[], 0),
        (tag::SEQUENCE, content_type, 0),
        (tag::SEQUENCE, before, after),
        (tag::constructed(0), &[], 0),
        (tag::SEQUENCE, &asn1::oid(&SIGNED_DATA), 0),
    ];
    let (mut head, mut length) = (Vec::new(), content);
    for (tag, first, last) in layers {
        length = length.saturating_add(first.len() as u64).saturating_add(last);
        let header = header(tag, length);
        length = length.saturating_add(header.len() as u64);
        head = [&header, first, &head].concat();
    }
    head
}

/// Identifier and length octets in DER (X.690, 10.1).
fn header(tag: u8, length: u64) -> Vec<u8> {
    match usize::try_from(length) {
        Ok(length) => asn1::header(tag, length),
        // Where memory is smaller than files.
        Err(_) => {
            let octets = length.to_be_bytes();
            let used = octets.iter().skip_while(|&&octet| octet == 0);
            let mut header = vec![tag, 0x80];
            header.extend(used);
            let count = header.len() - 2;
            header.iter_mut().skip(1).take(1).for_each(|first| *first |= u8::try_from(count).unwrap_or(8));
            header
        }
    }
}

/// Writes `head` in the place of another one that had `old` bytes and stands before `content` bytes, at the end of which
/// `out` is and will be. Where the lengths differ the content is moved, by a few bytes.
pub(super) fn replace_head<W: Read + Write + Seek>(
    out: &mut W,
    old: u64,
    head: &[u8],
    content: u64,
) -> io::Result<()> {
    let new = head.len() as u64;
    let end = out.stream_position()?;
    let start = end.checked_sub(old.saturating_add(content)).ok_or(io::ErrorKind::InvalidInput)?;
    let (from, to) = (start + old, start + new);
    if from != to {
        let mut block = vec![0; BLOCK];
        let mut moved = 0;
        while moved < content {
            let count = (content - moved).min(BLOCK as u64);
            // What is moved towards the end begins with its end, so that nothing is overwritten before it is read.
            let at = if to < from { moved } else { content - moved - count };
            let piece = usize::try_from(count).ok().and_then(|count| block.get_mut(..count));
            let piece = piece.ok_or(io::ErrorKind::InvalidInput)?;
            out.seek(SeekFrom::Start(from + at))?;
            out.read_exact(piece)?;
            out.seek(SeekFrom::Start(to + at))?;
            out.write_all(piece)?;
            moved += count;
        }
    }
    out.seek(SeekFrom::Start(start))?;
    out.write_all(head)?;
    out.seek(SeekFrom::Start(to + content))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn heads_are_those_of_elements_encoded_one_in_another() {
        let (before, kind, after) = (asn1::integer(&[1]), asn1::oid(&crate::attributes::DATA), asn1::null());
        for length in [0, 1, 100, 127, 128, 255, 256, 65_400, 65_535, 65_536, 70_000] {
            let content = vec![7; length];
            let explicit = asn1::encode(tag::constructed(0), &asn1::octet_string(&content));
            let signed_data = asn1::sequence(&[&before, &asn1::sequence(&[&kind, &explicit]), &after]);
            let explicit = asn1::encode(tag::constructed(0), &signed_data);
            let expected = asn1::sequence(&[&asn1::oid(&SIGNED_DATA), &explicit]);
            let head = head(&before, &kind, length as u64, after.len() as u64);
            assert_eq!([head, content, after.clone()].concat(), expected, "{length}");
        }
        assert!(head(&before, &kind, u64::MAX, 5).len() > 60, "and nothing overflows");
    }

    #[test]
    fn content_moves_both_ways() {
        let content: Vec<u8> = (0..=250).cycle().take(3 * BLOCK + 5).collect();
        for (old, new) in [(20, 20), (20, 23), (23, 20), (20, 21), (21, 20)] {
            let before = b"in front";
            let mut out = Cursor::new([&before[..], &vec![1; old], &content].concat());
            out.set_position(out.get_ref().len() as u64);
            replace_head(&mut out, old as u64, &vec![2; new], content.len() as u64).unwrap();
            out.write_all(b"the end").unwrap();
            let expected = [&before[..], &vec![2; new], &content, b"the end"].concat();
            assert!(out.get_ref().starts_with(&expected), "{old} {new}");
            assert!(out.get_ref().len() <= expected.len() + old.saturating_sub(new + 7));
        }
    }
}
