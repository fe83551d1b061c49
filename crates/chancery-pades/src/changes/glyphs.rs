//! Which letters the codes of a simple font stand for (ISO 32000-2, 9.6.5), as far as nobody can disagree.

use chancery_pdf::{Dictionary, Object, View};

/// What a code shows.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(super) enum Glyph {
    Letter(char),
    /// Something else than a letter of ASCII: an umlaut, a bullet.
    Other,
}

/// What each code of a simple font shows; `None` of a font whose own program decides that.
pub(super) fn of(view: &View<'_>, font: &Dictionary) -> Option<[Glyph; 256]> {
    let subtype = view.value(font, "Subtype").ok()?;
    let simple = ["Type1", "TrueType", "MMType1"]
        .iter()
        .any(|known| subtype.as_name().is_some_and(|name| name == *known));
    let encoding = view.value(font, "Encoding").ok()?;
    let base = view.value(font, "BaseFont").ok()?;
    let base = base.as_name().map(|name| name.as_bytes().to_vec()).unwrap_or_default();
    if !simple || matches!(base.as_slice(), b"ZapfDingbats" | b"Symbol") {
        return None;
    }
    let mut glyphs = [Glyph::Other; 256];
    for code in b' '..=b'~' {
        glyphs[usize::from(code)] = Glyph::Letter(char::from(code));
    }
    // The soft hyphen and the space of WinAnsi.
    glyphs[0xA0] = Glyph::Letter(' ');
    glyphs[0xAD] = Glyph::Letter('-');
    let Some(encoding) = encoding.as_dictionary() else { return Some(glyphs) };
    let mut code = 0_usize;
    for entry in view.value(encoding, "Differences").ok()?.as_array().unwrap_or_default() {
        match entry {
            Object::Integer(first) => code = usize::try_from(*first).ok()?,
            Object::Name(name) => {
                *glyphs.get_mut(code)? = by_name(name.as_bytes());
                code += 1;
            }
            _ => return None,
        }
    }
    Some(glyphs)
}

/// The letters of ASCII by the names of the Adobe Glyph List.
pub(super) fn by_name(name: &[u8]) -> Glyph {
    match name {
        [letter @ (b'a'..=b'z' | b'A'..=b'Z')] => Glyph::Letter(char::from(*letter)),
        name => {
            let found = NAMES.iter().find(|(known, _)| known.as_bytes() == name);
            found.map_or(Glyph::Other, |(_, letter)| Glyph::Letter(*letter))
        }
    }
}

const NAMES: [(&str, char); 43] = [
    ("space", ' '),
    ("exclam", '!'),
    ("quotedbl", '"'),
    ("numbersign", '#'),
    ("dollar", '$'),
    ("percent", '%'),
    ("ampersand", '&'),
    ("quotesingle", '\''),
    ("parenleft", '('),
    ("parenright", ')'),
    ("asterisk", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("hyphen", '-'),
    ("period", '.'),
    ("slash", '/'),
    ("zero", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("colon", ':'),
    ("semicolon", ';'),
    ("less", '<'),
    ("equal", '='),
    ("greater", '>'),
    ("question", '?'),
    ("at", '@'),
    ("bracketleft", '['),
    ("backslash", '\\'),
    ("bracketright", ']'),
    ("asciicircum", '^'),
    ("underscore", '_'),
    ("grave", '`'),
    ("braceleft", '{'),
    ("bar", '|'),
    ("braceright", '}'),
    ("asciitilde", '~'),
];

/// Whether glyphs are the letters of a text, white space aside. A letter outside of ASCII is shown by another glyph, or by
/// none if the font has none.
pub(super) fn spell(shown: &[Glyph], text: &str) -> bool {
    let mut rest = shown.iter().peekable();
    for letter in text.chars().filter(|letter| !letter.is_whitespace() && !letter.is_control()) {
        let fits = match rest.peek() {
            Some(Glyph::Letter(shown)) => *shown == letter,
            Some(Glyph::Other) => !letter.is_ascii(),
            None => false,
        };
        if fits {
            rest.next();
        } else if letter.is_ascii() {
            return false;
        }
    }
    rest.peek().is_none()
}

/// Whether glyphs are whole options in a row, and a text that is chosen among them.
pub(super) fn are_options(shown: &[Glyph], options: &[&str], chosen: &[String]) -> bool {
    let chosen =
        |option: &&str| option.is_empty() || chosen.iter().any(|text| text.is_empty() || text == option);
    (0..options.len()).any(|first| {
        let mut rest = shown;
        let mut has_chosen = false;
        for option in options.iter().skip(first) {
            let letters = option.chars().filter(|letter| !letter.is_whitespace()).count();
            let Some((start, after)) = rest.split_at_checked(letters).filter(|_| !rest.is_empty()) else {
                return false;
            };
            if !spell(start, option) {
                return false;
            }
            has_chosen |= chosen(option);
            rest = after;
            if rest.is_empty() {
                return has_chosen;
            }
        }
        false
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where it stands")]
mod tests {
    use super::*;

    fn glyphs(text: &str) -> Vec<Glyph> {
        let glyph = |letter: char| if letter.is_ascii() { Glyph::Letter(letter) } else { Glyph::Other };
        text.chars().map(glyph).collect()
    }

    #[test]
    fn a_text_is_spelt_letter_by_letter() {
        assert!(spell(&glyphs("1000"), "1 000") && spell(&glyphs("Müller"), "Müller") && spell(&[], ""));
        assert!(spell(&glyphs("x"), "x\u{1F600}"), "a font may lack a letter");
        for (shown, text) in
            [("9000", "1000"), ("10000", "1000"), ("100", "1000"), ("", "1"), ("Müller", "Muller")]
        {
            assert!(!spell(&glyphs(shown), text), "{shown} {text}");
        }
        let listed = |shown: &str, chosen: &str| {
            are_options(&glyphs(shown), &["One", "Not One", "Two"], &[chosen.to_owned()])
        };
        assert!(listed("NotOneTwo", "Two") && listed("OneNotOneTwo", "One") && listed("Two", ""));
        for (shown, chosen) in
            [("One", "Not One"), ("One", "Two"), ("OneTwo", "One"), ("", "One"), ("neTwo", "Two")]
        {
            assert!(!listed(shown, chosen), "{shown} {chosen}");
        }
    }

    #[test]
    fn differences_say_what_is_shown() {
        let pdf = chancery_testkit::pdf::SamplePdf::new().to_bytes();
        let document = chancery_pdf::Document::open(&pdf).unwrap();
        let view = document.latest();
        let font = |text: &str| Object::parse(text.as_bytes()).unwrap().0.as_dictionary().unwrap().clone();
        let plain = of(&view, &font("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")).unwrap();
        assert_eq!(plain[usize::from(b'1')], Glyph::Letter('1'));
        let swapped =
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[49/nine/b 200/one]>>>>";
        let swapped = of(&view, &font(swapped)).unwrap();
        assert_eq!(
            (swapped[49], swapped[50], swapped[200]),
            (Glyph::Letter('9'), Glyph::Letter('b'), Glyph::Letter('1'))
        );
        for unknown in [
            "<</Type/Font/Subtype/Type0>>",
            "<</Subtype/Type1/BaseFont/ZapfDingbats>>",
            "<</Subtype/Type1/Encoding<</Differences[300/a]>>>>",
        ] {
            assert!(of(&view, &font(unknown)).is_none(), "{unknown}");
        }
    }
}
