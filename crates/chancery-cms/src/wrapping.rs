//! The forms in which messages stand in files: bare, in PEM, or in Base64.

use std::borrow::Cow;

use chancery_certificate::asn1::tag::SEQUENCE;

pub(crate) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// RFC 7468: CMS follows, and PKCS7 as its older label; some write PKCS #7 SIGNED DATA.
pub(crate) const BEGIN: &[u8] = b"-----BEGIN ";
pub(crate) const DASHES: &[u8] = b"-----";
pub(crate) const END: &[u8] = b"-----END ";

/// How far into a file the line that begins a PEM block is looked for. What stands before it is for people, in any
/// encoding.
pub(crate) const MAX_BEFORE_BEGIN: usize = 64 * 1024;

/// The BER within `bytes`, or None if they are in none of the forms.
pub(crate) fn unwrap(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    if bytes.first() == Some(&SEQUENCE) {
        return Some(Cow::Borrowed(bytes));
    }
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let first = bytes.get(..MAX_BEFORE_BEGIN).unwrap_or(bytes);
    let base64 = match begin(first)? {
        Some(at) => {
            let block = bytes.get(at..).unwrap_or_default();
            block.get(..find(block, END)?).unwrap_or_default()
        }
        None => text,
    };
    let decoded = decode(base64)?;
    (decoded.first() == Some(&SEQUENCE)).then_some(Cow::Owned(decoded))
}

/// Where the digits of a PEM block begin. `Some(None)`: there is no block. None: the line is cut off.
pub(crate) fn begin(first: &[u8]) -> Option<Option<usize>> {
    let Some(begin) = find(first, BEGIN) else { return Some(None) };
    let label = begin + BEGIN.len();
    let dashes = find(first.get(label..).unwrap_or_default(), DASHES)?;
    Some(Some(label + dashes + DASHES.len()))
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// Base64 (RFC 4648, 4), white space ignored, padding at the end only.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut digits = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    let mut decoded = Vec::with_capacity(text.len() / 4 * 3);
    let mut pending: u32 = 0;
    let mut bits = 0;
    for digit in digits.by_ref() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => return None,
        };
        pending = (pending << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            let [.., octet] = (pending >> bits).to_be_bytes();
            decoded.push(octet);
        }
    }
    digits.all(|digit| digit == b'=').then_some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_and_base64_are_recognised() {
        let bare = [SEQUENCE, 3, 2, 1, 5];
        for file in [
            "MAMCAQU=",
            "MAMC\r\nAQU=\n",
            "-----BEGIN CMS-----\nMAMCAQU=\n-----END CMS-----\n",
            "\u{feff}MAMCAQU",
        ] {
            assert_eq!(unwrap(file.as_bytes()).as_deref(), Some(&bare[..]), "{file:?}");
        }
        assert_eq!(unwrap(&bare).as_deref(), Some(&bare[..]));
        for file in ["", "MAMC!QU=", "hello", "-----BEGIN CMS-----\nMAMCAQU=", "MAMCAQU=AAAA"] {
            assert!(unwrap(file.as_bytes()).is_none(), "{file:?}");
        }
    }

    /// A letter around the block need not be UTF-8.
    #[test]
    fn what_people_wrote_around_the_block_is_not_read() {
        let block = b"-----BEGIN CMS-----\nMAMCAQU=\n-----END CMS-----\n";
        let file = [b"Gr\xfc\xdfe\n", &block[..], b"\xff"].concat();
        assert_eq!(unwrap(&file).as_deref(), Some(&[SEQUENCE, 3, 2, 1, 5][..]));
        let late = [&[b' '; MAX_BEFORE_BEGIN][..], block].concat();
        assert!(unwrap(&late).is_none());
        assert!(unwrap(b"MAMCAQU=\xfc").is_none());
    }
}
