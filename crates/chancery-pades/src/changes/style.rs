//! The style in which viewers draw what is filled in: `/DA`, a font and a colour (ISO 32000-2, 12.7.4.3).

use chancery_pdf::{Dictionary, Name, Object, View};

use super::budget::OBJECT;
use super::drawn_text::{Reader, Token};
use super::letters::is_plain_standard;
use super::objection::Stop;
use super::step::Step;
use super::values::{entry, number};

/// A font and a colour, and nothing else.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Style {
    pub(super) font: Option<Name>,
    /// Red, green and blue, from 0 to 1; black if nothing is said.
    pub(super) colour: [f64; 3],
}

/// Smaller text is read by nobody, in points; 0 fits the text to its field.
pub(super) const SMALLEST: f64 = 4.0;

impl Style {
    /// Reads a default appearance; `None` if it does more than to choose a font that people can read, and a colour. Viewers
    /// copy it into what they draw.
    pub(super) fn read(stated: &[u8]) -> Option<Self> {
        let mut reader = Reader { rest: stated };
        let (mut operands, mut font, mut colour) = (Vec::new(), None, None);
        loop {
            match reader.next().ok()? {
                None if operands.is_empty() => break,
                Some(Token::Operand(operand)) if operands.len() < 4 => operands.push(operand),
                Some(Token::Operator(b"Tf")) if font.is_none() => {
                    let [Object::Name(name), size] = operands.as_slice() else { return None };
                    number(size).filter(|size| *size == 0.0 || *size >= SMALLEST)?;
                    font = Some(name.clone());
                    operands.clear();
                }
                Some(Token::Operator(operator)) if colour.is_none() => {
                    colour = Some(colour_of(operator, &operands)?);
                    operands.clear();
                }
                _ => return None,
            }
        }
        Some(Self { font, colour: colour.unwrap_or_default() })
    }
}

/// The colour that an operator sets for what is filled, as red, green and blue.
pub(super) fn colour_of(operator: &[u8], operands: &[Object]) -> Option<[f64; 3]> {
    match (operator, operands.len()) {
        (b"g", 1) | (b"rg", 3) | (b"k", 4) => colour(operands),
        _ => None,
    }
}

/// A colour by its components: grey, red green blue, or the four inks (ISO 32000-2, 8.6.4).
pub(super) fn colour(components: &[Object]) -> Option<[f64; 3]> {
    let part = |object: &Object| number(object).filter(|part| (0.0..=1.0).contains(part));
    let parts: Vec<f64> = components.iter().map(part).collect::<Option<_>>()?;
    match parts.as_slice() {
        [grey] => Some([*grey; 3]),
        [red, green, blue] => Some([*red, *green, *blue]),
        [cyan, magenta, yellow, black] => {
            let paper = 1.0 - black;
            Some([(1.0 - cyan) * paper, (1.0 - magenta) * paper, (1.0 - yellow) * paper])
        }
        _ => None,
    }
}

/// Whether nobody can tell two colours apart.
pub(super) fn is_same_colour(one: [f64; 3], other: [f64; 3]) -> bool {
    one.iter().zip(other).all(|(one, other)| (one - other).abs() < 0.01)
}

/// Whether text in one colour can be read on another one: by how bright they look (ITU-R BT.601).
pub(super) fn can_be_read(text: [f64; 3], ground: [f64; 3]) -> bool {
    let bright = |[red, green, blue]: [f64; 3]| 0.299 * red + 0.587 * green + 0.114 * blue;
    (bright(text) - bright(ground)).abs() >= 0.3
}

impl Step<'_, '_> {
    /// Whether a style is one that viewers can take: with a font that it had, that was there when the form was signed, or
    /// that everybody knows.
    pub(super) fn is_style(&self, old: &Object, new: &Object) -> Result<bool, Stop> {
        let read = |style: &Object| style.as_string().and_then(|style| Style::read(style.as_bytes()));
        let Some(style) = read(new) else { return Ok(false) };
        let Some(font) = style.font else { return Ok(true) };
        if read(old).is_some_and(|old| old.font.as_ref() == Some(&font)) {
            return Ok(true);
        }
        let (_, catalog) = self.signed.catalog()?;
        let signed = self.signed.value(&catalog, "AcroForm")?;
        let listed = |view: &View<'_>, form: &Dictionary| -> Result<Option<Object>, Stop> {
            let resources = view.value(form, "DR")?;
            let fonts = resources.as_dictionary().map_or(Ok(Object::Null), |all| view.value(all, "Font"))?;
            Ok(fonts.as_dictionary().and_then(|fonts| entry(fonts, &font)).cloned())
        };
        if let Some(signed) = signed.as_dictionary() {
            self.budget.spend(1, 8 * OBJECT)?;
            if listed(&self.signed, signed)?.is_some() {
                return Ok(true);
            }
        }
        let Some(added) = listed(&self.new, &self.form.new_form)? else { return Ok(false) };
        let added = self.new.resolve(&added)?;
        let name = font.as_str().unwrap_or_default();
        Ok(added.as_dictionary().is_some_and(|added| is_plain_standard(&self.new, name, added)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_is_a_font_and_a_colour() {
        let colour = |style: &str| Style::read(style.as_bytes()).map(|style| style.colour);
        for (harmless, wanted) in [
            ("/Helv 12 Tf 0 g", [0.0; 3]),
            ("0.5 .2 0 rg /F1 0 Tf", [0.5, 0.2, 0.0]),
            ("0 0 0 1 k", [0.0; 3]),
            ("", [0.0; 3]),
        ] {
            assert_eq!(colour(harmless), Some(wanted), "{harmless}");
        }
        for harmful in [
            "/Helv 12 Tf 3 Tr",
            "q /X Do Q",
            "(x) Tj",
            "/x(9000)Tj",
            "/Helv 12 Tf /x(9000)Tj",
            "1 0 0 1 500 0 Tm",
            "/Helv 0.01 Tf",
            "/Helv -12 Tf",
            "/Helv /Evil 12 Tf",
            "/A 9 Tf /B 9 Tf",
            "0 g 1 g",
            "12 Tf",
            "0 0 g",
            "7",
            "(",
        ] {
            assert_eq!(colour(harmful), None, "{harmful}");
        }
        assert!(can_be_read([0.0; 3], [1.0; 3]) && !can_be_read([0.9; 3], [1.0; 3]));
    }
}
