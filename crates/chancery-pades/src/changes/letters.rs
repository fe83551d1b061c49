//! Which letters people see for the codes of a font (ISO 32000-2, 9.6), and how wide they are: only of the fonts that
//! every viewer has, or puts in place of one that it lacks.

use chancery_drawing::helvetica_width;
use chancery_pdf::{Dictionary, Object, View};

use super::glyphs::{Glyph, by_name};
use super::values::number;

/// Since when a font is there.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(super) enum Since {
    /// The signed revision.
    Signed,
    /// Later: nothing but its name and a known encoding is believed.
    Later,
}

/// The letters of the codes of a font, each with how far it goes on, in thousandths of the size.
pub(super) struct Letters(Vec<Option<(char, f64)>>);

impl Letters {
    /// Those of a font, if all viewers agree about them.
    pub(super) fn of(view: &View<'_>, font: &Dictionary, since: Since) -> Option<Self> {
        let subtype = view.value(font, "Subtype").ok()?;
        let subtype = subtype.as_name()?;
        let base = view.value(font, "BaseFont").ok()?;
        let base = base.as_name()?.as_str()?.to_owned();
        let standard = STANDARD.contains(&base.as_str());
        let known = |(key, _): (&_, _)| PLAIN.iter().any(|plain| key == plain);
        match since {
            Since::Later if *subtype != "Type1" || !standard || !font.iter().all(known) => return None,
            Since::Later => {}
            Since::Signed => {
                let descriptor = view.value(font, "FontDescriptor").ok()?;
                let simple = *subtype == "Type1" || *subtype == "TrueType";
                if !simple || has_program(&descriptor) || !(standard || is_alike(&base)) {
                    return None;
                }
            }
        }
        let mut shown = encoded(view, &view.value(font, "Encoding").ok()?)?;
        let widths = view.value(font, "Widths").ok()?;
        let first = view.value(font, "FirstChar").ok()?.as_integer().unwrap_or_default();
        let mut letters = Vec::new();
        for (code, letter) in shown.drain(..).enumerate() {
            let advance = match (&widths, letter) {
                (_, None) => None,
                (Object::Null, Some(letter)) => Some(advance(&base, letter)),
                (Object::Array(widths), Some(_)) => {
                    let place = i64::try_from(code).ok()?.checked_sub(first)?;
                    let width = usize::try_from(place).ok().and_then(|place| widths.get(place));
                    let width = width.and_then(|width| number(&view.resolve(width).ok()?));
                    width.filter(|width| (MIN_WIDTH..=MAX_WIDTH).contains(width))
                }
                _ => return None,
            };
            letters.push(letter.zip(advance));
        }
        Some(Self(letters))
    }

    /// What a code shows.
    pub(super) fn get(&self, code: u8) -> Option<(char, f64)> {
        self.0.get(usize::from(code)).copied().flatten()
    }

    /// Whether letters and digits stand for themselves.
    fn are_themselves(&self) -> bool {
        let itself = |code: u8| self.get(code).is_some_and(|(letter, _)| letter == char::from(code));
        (b' '..=b'~').filter(|code| !matches!(code, b'\'' | b'`')).all(itself)
    }
}

/// Whether a font is one of the standard 14 and nothing else, so that everybody knows what it shows under this name.
pub(super) fn is_plain_standard(view: &View<'_>, name: &str, font: &Dictionary) -> bool {
    let base = view.value(font, "BaseFont").ok();
    let base = base.as_ref().and_then(Object::as_name);
    if base.is_some_and(|base| *base == "ZapfDingbats") {
        // Ticks, under the names by which everybody knows them.
        return matches!(name, "ZaDb" | "ZapfDingbats")
            && font
                .iter()
                .all(|(key, _)| ["Type", "Subtype", "BaseFont", "Name"].iter().any(|plain| key == plain));
    }
    Letters::of(view, font, Since::Later).is_some_and(|letters| letters.are_themselves())
}

/// Whether a font brings its own shapes of letters.
pub(super) fn has_program(descriptor: &Object) -> bool {
    let entry = |key| descriptor.as_dictionary().is_some_and(|descriptor| descriptor.get(key).is_some());
    ["FontFile", "FontFile2", "FontFile3"].into_iter().any(entry)
}

/// What is believed of a font that came later.
const PLAIN: [&str; 5] = ["Type", "Subtype", "BaseFont", "Encoding", "Name"];

/// Those of the standard 14 (9.6.2.2) that show letters.
const STANDARD: [&str; 12] = [
    "Helvetica",
    "Helvetica-Bold",
    "Helvetica-Oblique",
    "Helvetica-BoldOblique",
    "Times-Roman",
    "Times-Bold",
    "Times-Italic",
    "Times-BoldItalic",
    "Courier",
    "Courier-Bold",
    "Courier-Oblique",
    "Courier-BoldOblique",
];

/// Other names of the same: what follows is a style.
fn is_alike(base: &str) -> bool {
    [
        "ArialMT",
        "Arial",
        "TimesNewRomanPSMT",
        "TimesNewRomanPS",
        "TimesNewRoman",
        "CourierNewPSMT",
        "CourierNew",
    ]
    .iter()
    .filter_map(|family| base.strip_prefix(family))
    .any(|style| {
        let style = style.trim_start_matches([',', '-']).trim_end_matches("MT");
        matches!(style, "" | "Bold" | "Italic" | "BoldItalic")
    })
}

/// Narrower letters lie over each other, and wider ones are none, in thousandths of the size.
const MIN_WIDTH: f64 = 150.0;
const MAX_WIDTH: f64 = 2000.0;

/// How far a letter goes on at most.
fn advance(base: &str, letter: char) -> f64 {
    if base.starts_with("Courier") {
        return 600.0;
    }
    let bold = base.contains("Bold");
    if let Some(width) =
        helvetica_width(letter).filter(|_| !bold && (base.starts_with("Helv") || base.starts_with("Arial")))
    {
        return f64::from(width);
    }
    // The widest of Times and of what is bold.
    match letter {
        ' ' => 278.0,
        '0'..='9' => 556.0,
        '.' | ',' | ':' | ';' | '\'' | '!' | '|' | '/' | '(' | ')' | '-' | 'i' | 'j' | 'l' | 'I' => 400.0,
        'm' => 889.0,
        'w' => 778.0,
        'a'..='z' => 611.0,
        'M' | 'W' | '%' | '@' => 1015.0,
        'A'..='Z' => 778.0,
        _ => 1000.0,
    }
}

/// What the codes of an encoding show; nothing where that is not known.
fn encoded(view: &View<'_>, encoding: &Object) -> Option<Vec<Option<char>>> {
    let empty = Dictionary::new();
    let (base, differences) = match encoding {
        Object::Dictionary(encoding) => (view.value(encoding, "BaseEncoding").ok()?, encoding),
        other => (other.clone(), &empty),
    };
    let base = match &base {
        Object::Null => "StandardEncoding",
        Object::Name(name) => name.as_str()?,
        _ => return None,
    };
    let mut shown: Vec<Option<char>> = vec![None; 256];
    for code in b' '..=b'~' {
        *shown.get_mut(usize::from(code))? = Some(char::from(code));
    }
    match base {
        "StandardEncoding" => {
            *shown.get_mut(usize::from(b'\''))? = Some('’');
            *shown.get_mut(usize::from(b'`'))? = Some('‘');
        }
        "WinAnsiEncoding" => {
            let upper = WINDOWS.chars().map(|letter| (letter != ' ').then_some(letter)).zip(0x80..);
            let latin = (0xA0..=0xFF_u8).map(|code| (Some(char::from(code)), usize::from(code)));
            for (letter, code) in upper.chain(latin) {
                *shown.get_mut(code)? = letter;
            }
            // The soft hyphen is shown as one that is not.
            *shown.get_mut(0xAD)? = Some('-');
        }
        "MacRomanEncoding" => {}
        _ => return None,
    }
    let mut code = 0_usize;
    for entry in view.value(differences, "Differences").ok()?.as_array().unwrap_or_default() {
        match view.resolve(entry).ok()? {
            Object::Integer(first) => code = usize::try_from(first).ok()?,
            Object::Name(name) => {
                *shown.get_mut(code)? = named(name.as_str()?);
                code += 1;
            }
            _ => return None,
        }
    }
    Some(shown)
}

/// What Windows-1252 has between 0x80 and 0x9F.
const WINDOWS: &str = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/// A letter by its name in the Adobe Glyph List.
fn named(name: &str) -> Option<char> {
    if let Glyph::Letter(letter) = by_name(name.as_bytes()) {
        return Some(letter);
    }
    if let Some(code) = name.strip_prefix("uni").filter(|code| code.len() == 4) {
        return char::from_u32(u32::from_str_radix(code, 16).ok()?);
    }
    let latin = LATIN.split_ascii_whitespace().position(|known| known == name);
    if let Some(code) = latin.and_then(|place| u8::try_from(place).ok()) {
        return code.checked_add(0xA1).map(char::from);
    }
    let other = OTHERS.split_ascii_whitespace().zip(OTHER_LETTERS.chars());
    other.into_iter().find(|(known, _)| *known == name).map(|(_, letter)| letter)
}

/// The names of the letters from U+00A1 to U+00FF, and of some others.
const LATIN: &str = "exclamdown cent sterling currency yen brokenbar section dieresis copyright ordfeminine \
    guillemotleft logicalnot softhyphen registered macron degree plusminus twosuperior threesuperior acute mu paragraph \
    periodcentered cedilla onesuperior ordmasculine guillemotright onequarter onehalf threequarters questiondown Agrave \
    Aacute Acircumflex Atilde Adieresis Aring AE Ccedilla Egrave Eacute Ecircumflex Edieresis Igrave Iacute Icircumflex \
    Idieresis Eth Ntilde Ograve Oacute Ocircumflex Otilde Odieresis multiply Oslash Ugrave Uacute Ucircumflex Udieresis \
    Yacute Thorn germandbls agrave aacute acircumflex atilde adieresis aring ae ccedilla egrave eacute ecircumflex \
    edieresis igrave iacute icircumflex idieresis eth ntilde ograve oacute ocircumflex otilde odieresis divide oslash \
    ugrave uacute ucircumflex udieresis yacute thorn ydieresis";
const OTHERS: &str = "Euro quotesinglbase florin quotedblbase ellipsis dagger daggerdbl perthousand Scaron guilsinglleft \
    OE Zcaron quoteleft quoteright quotedblleft quotedblright bullet endash emdash trademark scaron guilsinglright oe \
    zcaron Ydieresis Lslash lslash";
const OTHER_LETTERS: &str = "€‚ƒ„…†‡‰Š‹ŒŽ‘’“”•–—™š›œžŸŁł";

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it stands")]
mod tests {
    use super::*;

    #[test]
    fn letters_are_known_of_plain_fonts_only() {
        let pdf = chancery_testkit::pdf::SamplePdf::new().to_bytes();
        let document = chancery_pdf::Document::open(&pdf).unwrap();
        let view = document.latest();
        let font = |text: &str| Object::parse(text.as_bytes()).unwrap().0.as_dictionary().unwrap().clone();
        let of = |text: &str, since| Letters::of(&view, &font(text), since);
        let later = |text: &str| of(text, Since::Later);
        let plain = later("<</Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>").unwrap();
        assert_eq!(plain.get(b'1'), Some(('1', 556.0)));
        assert_eq!(plain.get(0x80).map(|(letter, _)| letter), Some('€'));
        assert_eq!(plain.get(0xFC).map(|(letter, _)| letter), Some('ü'));
        assert!(plain.get(0x81).is_none() && plain.get(7).is_none() && plain.are_themselves());
        let named = "<</Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[49/uni0039/sterling/x.alt/Lslash 255/ydieresis]>>>>";
        let named = later(named).unwrap();
        let letters: Vec<_> =
            [49, 50, 51, 52, 255].map(|code| named.get(code).map(|(letter, _)| letter)).to_vec();
        assert_eq!(letters, [Some('9'), Some('£'), None, Some('Ł'), Some('ÿ')]);
        assert!(!named.are_themselves());
        for unknown in [
            "<</Subtype/Type1/BaseFont/ZapfDingbats>>",
            "<</Subtype/TrueType/BaseFont/Wingdings>>",
            "<</Subtype/Type0/BaseFont/Helvetica>>",
            "<</Subtype/Type1/BaseFont/Helvetica/Encoding/MacExpertEncoding>>",
            "<</Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[300/a]>>>>",
            "<</Subtype/Type1/BaseFont/Helvetica/Widths 7>>",
            "<</Subtype/Type1/BaseFont/Helvetica/FontDescriptor<</FontFile 1 0 R>>>>",
        ] {
            assert!(of(unknown, Since::Signed).is_none() && later(unknown).is_none(), "{unknown}");
        }
        let narrow = "<</Subtype/Type1/BaseFont/Helvetica/FirstChar 49/Widths[556 -556 0]>>";
        let narrow = of(narrow, Since::Signed).unwrap();
        assert_eq!([48, 49, 50, 51].map(|code| narrow.get(code).is_some()), [false, true, false, false]);
        for grown in ["/Widths[1]", "/ToUnicode 1 0 R", "/FontDescriptor<<>>"] {
            assert!(later(&format!("<</Subtype/Type1/BaseFont/Helvetica{grown}>>")).is_none(), "{grown}");
        }
        let dingbats = font("<</Subtype/Type1/BaseFont/ZapfDingbats>>");
        assert!(is_plain_standard(&view, "ZaDb", &dingbats) && !is_plain_standard(&view, "Helv", &dingbats));
        assert!(
            is_alike("Arial,Bold")
                && is_alike("Arial-BoldMT")
                && is_alike("TimesNewRomanPSMT")
                && !is_alike("ArialX")
        );
    }
}
