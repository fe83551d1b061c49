//! Helvetica, one of the 14 fonts that every viewer has (ISO 32000-2, 9.6.2.2), in WinAnsiEncoding.

/// The code of a character in WinAnsiEncoding (ISO 32000-2, annex D.2); `None` if it is not in it.
pub(crate) fn encode(character: char) -> Option<u8> {
    match u8::try_from(u32::from(character)) {
        Ok(code @ (0x20..=0x7e | 0xa0..=0xff)) => Some(code),
        _ => UPPER.iter().find(|(other, _)| *other == character).map(|(_, code)| *code),
    }
}

/// The advance of a code in thousandths of the em.
pub(crate) fn width(code: u8) -> u16 {
    code.checked_sub(FIRST).and_then(|index| WIDTHS.get(usize::from(index))).copied().unwrap_or(0)
}

/// How far a letter of Helvetica goes on, in thousandths of the size; `None` of a letter that is not in `WinAnsiEncoding`.
///
/// ```
/// assert_eq!(chancery_drawing::helvetica_width('1'), Some(556));
/// ```
#[must_use]
pub fn helvetica_width(letter: char) -> Option<u16> {
    encode(letter).map(width)
}

/// The first code that has a width.
pub(crate) const FIRST: u8 = 0x20;
/// Ascender and descender in thousandths of the em.
pub(crate) const ASCENT: u16 = 718;
pub(crate) const DESCENT: i16 = -207;

/// What WinAnsiEncoding has between 0x80 and 0x9F.
const UPPER: [(char, u8); 27] = [
    ('€', 0x80),
    ('‚', 0x82),
    ('ƒ', 0x83),
    ('„', 0x84),
    ('…', 0x85),
    ('†', 0x86),
    ('‡', 0x87),
    ('ˆ', 0x88),
    ('‰', 0x89),
    ('Š', 0x8a),
    ('‹', 0x8b),
    ('Œ', 0x8c),
    ('Ž', 0x8e),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('˜', 0x98),
    ('™', 0x99),
    ('š', 0x9a),
    ('›', 0x9b),
    ('œ', 0x9c),
    ('ž', 0x9e),
    ('Ÿ', 0x9f),
];

/// The advances of the codes from 0x20 to 0xFF, as Adobe publishes them for Helvetica (`Helvetica.afm` of the
/// Core 14 metrics, "may be used, copied, and distributed for any purpose"). Codes that mean nothing have the
/// width of the bullet that viewers show there.
#[rustfmt::skip]
pub(crate) const WIDTHS: [u16; 224] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, 350,
    556, 350, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 350, 611, 350,
    350, 222, 222, 333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 350, 500, 667,
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333,
    400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611,
    667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letters_of_western_europe_have_codes_and_widths() {
        assert_eq!(encode('A').map(width), Some(667));
        assert_eq!(encode('é').map(width), Some(556));
        assert_eq!(encode('€'), Some(0x80));
        assert_eq!(encode('—').map(width), Some(1000));
        assert_eq!(encode('ÿ'), Some(0xff));
        // Vietnamese and Thai are not in it; a control character neither.
        assert_eq!([encode('ế'), encode('ก'), encode('\u{7f}'), encode('\u{85}')], [None; 4]);
    }

    #[test]
    fn every_code_is_given_once() {
        let mut codes: Vec<u8> = ('\0'..='\u{ffff}').filter_map(encode).collect();
        codes.sort_unstable();
        let count = codes.len();
        codes.dedup();
        assert_eq!((codes.len(), count), (95 + 96 + 27, 95 + 96 + 27));
    }
}
