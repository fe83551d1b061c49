//! PDFDocEncoding (ISO 32000-2, annex D.2): Latin-1 with other signs where that has control characters.

/// The letters of bytes 0x18 to 0x1F.
const ACCENTS: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
/// The letters of bytes 0x80 to 0x9E.
const SIGNS: [char; 31] = [
    '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ',
    'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž',
];

/// The letter that a byte stands for. Bytes without one are taken as Latin-1 has them.
pub(crate) fn letter(byte: u8) -> char {
    match byte {
        0x18..=0x1f => ACCENTS[usize::from(byte - 0x18)],
        0x80..=0x9e => SIGNS[usize::from(byte - 0x80)],
        0xa0 => '€',
        other => char::from(other),
    }
}

/// The bytes of a text, if each letter has one.
pub(crate) fn encoded(text: &str) -> Option<Vec<u8>> {
    text.chars().map(byte).collect()
}

fn byte(wanted: char) -> Option<u8> {
    // Most letters stand for themselves.
    let own = u8::try_from(u32::from(wanted)).ok().filter(|&byte| letter(byte) == wanted);
    own.or_else(|| (0x18..=0xa0).find(|&byte| letter(byte) == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_bytes() {
        assert_eq!(encoded("Zoë – 5 €"), Some(b"Zo\xeb \x85 5 \xa0".to_vec()));
        assert_eq!(encoded("ключ"), None);
        assert_eq!(encoded("\u{80}"), None);
        for byte in 0..=255 {
            assert_eq!(encoded(&letter(byte).to_string()), Some(vec![byte]), "{byte:#x}");
        }
    }
}
