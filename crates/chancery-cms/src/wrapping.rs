//! The forms in which messages stand in files: bare, in PEM, or in Base64.

use std::borrow::Cow;

use chancery_certificate::asn1::tag::SEQUENCE;

/// The BER within `bytes`, or None if they are in none of the forms.
pub(crate) fn unwrap(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    if bytes.first() == Some(&SEQUENCE) {
        return Some(Cow::Borrowed(bytes));
    }
    let text = str::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let base64 = match text.split_once("-----BEGIN ") {
        // RFC 7468: CMS, and PKCS7 as its older label; some write PKCS #7 SIGNED DATA.
        Some((_, block)) => block.split_once("-----")?.1.split_once("-----END ")?.0,
        None => text,
    };
    let decoded = decode(base64)?;
    (decoded.first() == Some(&SEQUENCE)).then_some(Cow::Owned(decoded))
}

/// Base64 (RFC 4648, 4), white space ignored, padding at the end only.
fn decode(text: &str) -> Option<Vec<u8>> {
    let mut digits = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
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
}
