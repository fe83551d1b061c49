//! Whether the look of a filled field shows its value, to everybody.

use std::collections::BTreeMap;

use chancery_pdf::{Dictionary, Name, Object, Reference, Stream};

use super::budget::BYTE;
use super::drawn_text::DrawnText;
use super::filled::Filled;
use super::glyphs::{self, Glyph};
use super::look::{Look, Widget};
use super::looks::LookFont;
use super::objection::Stop;
use super::plain_look::{self, Frame, Spacing};
use super::step::Step;
use super::style::{Style, colour};
use super::values::number;

impl Step<'_, '_> {
    /// Whether what is drawn is the value.
    pub(super) fn compare(
        &self,
        filled: &Filled<'_>,
        drawn: &DrawnText,
        fonts: &BTreeMap<Name, LookFont>,
    ) -> Result<Look, Stop> {
        let mut shown = Vec::new();
        for (font, bytes) in &drawn.strings {
            let font = font.as_ref().and_then(|font| fonts.get(font));
            let Some(glyphs) = font.and_then(|font| font.glyphs.as_ref()) else {
                return Ok(Look::Unknown);
            };
            shown.extend(bytes.iter().filter_map(|byte| glyphs.get(usize::from(*byte)).copied()));
        }
        shown.retain(|glyph| !matches!(glyph, Glyph::Letter(letter) if letter.is_whitespace()));
        let Filled { field, flags, .. } = filled;
        let stars = |glyph: &Glyph| matches!(glyph, Glyph::Letter('*') | Glyph::Other);
        if flags & PASSWORD != 0 && field.kind.as_deref() == Some("Tx") && shown.iter().all(stars) {
            return Ok(Look::Value);
        }
        let texts = self.shown_texts(filled)?;
        if texts.iter().any(|text| glyphs::spell(&shown, text)) {
            return Ok(Look::Value);
        }
        // A list may show all that it offers, and mark what is chosen: which that is, nobody can tell here.
        if field.kind.as_deref() == Some("Ch") && flags & COMBO == 0 {
            let options = self.options(&field.dictionary)?;
            let offered: Vec<&str> = options.iter().map(|(_, displayed)| displayed.as_str()).collect();
            self.budget.spend(offered.len().saturating_mul(shown.len()), BYTE)?;
            if glyphs::are_options(&shown, &offered, &texts) {
                return Ok(Look::Unknown);
            }
        }
        // A script may have made a date or an amount of it.
        let actions = self.new.value(&field.dictionary, "AA")?;
        if actions.as_dictionary().is_some_and(|actions| actions.get("F").is_some()) {
            return Ok(Look::Unknown);
        }
        let text = format!("the field {} says {}, and shows something else", field.name, filled.value);
        Err(Stop::objection("appearance-of-another-value", text))
    }

    /// The texts that show the value, each of which will do: as it is stored, and as it is offered.
    fn shown_texts(&self, filled: &Filled<'_>) -> Result<Vec<String>, Stop> {
        let mut texts = filled.value.texts();
        let options = self.options(&filled.field.dictionary)?;
        let displayed = options.iter().filter(|(export, _)| texts.iter().any(|text| text == export));
        let displayed: Vec<String> = displayed.map(|(_, displayed)| displayed.clone()).collect();
        texts.extend(displayed);
        Ok(texts)
    }

    /// Whether people see the value: if it is drawn in the plain form that every product writes, with fonts that everybody
    /// knows, in the colour that was signed.
    pub(super) fn is_seen(
        &self,
        filled: &Filled<'_>,
        widget: &Widget<'_>,
        form: &Stream,
        (content, fonts): (&[u8], &BTreeMap<Name, LookFont>),
    ) -> Result<bool, Stop> {
        let Some(frame) = self.frame(filled, widget, form)? else { return Ok(false) };
        let letters = |font: &Name, code: u8| fonts.get(font)?.letters.as_ref()?.get(code);
        let Some(seen) = plain_look::text(content, &frame, &letters) else { return Ok(false) };
        let is_shown = |text: &String| seen.split_whitespace().eq(text.split_whitespace());
        if filled.flags & PASSWORD != 0 && filled.field.kind.as_deref() == Some("Tx") {
            return Ok(seen.chars().all(|letter| matches!(letter, '*' | '•')));
        }
        Ok(self.shown_texts(filled)?.iter().any(is_shown))
    }

    /// What was signed of a widget, if its look lies in it as it is.
    fn frame(&self, filled: &Filled<'_>, widget: &Widget<'_>, form: &Stream) -> Result<Option<Frame>, Stop> {
        let numbers = |entries: &Dictionary, key: &str| -> Result<Option<Vec<f64>>, Stop> {
            let listed = self.new.value(entries, key)?;
            Ok(listed.as_array().and_then(|listed| listed.iter().map(number).collect()))
        };
        let entries = form.dictionary();
        let upright = entries.get("Matrix").is_none()
            || numbers(entries, "Matrix")?.as_deref() == Some(&[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        let (bounds, place) = (numbers(entries, "BBox")?, numbers(widget.new, "Rect")?);
        let (Some(bounds), Some(place)) = (bounds, place) else { return Ok(None) };
        let ([left, bottom, right, top], [x, y, to_x, to_y]) = (bounds.as_slice(), place.as_slice()) else {
            return Ok(None);
        };
        let fits = |length: f64, other: f64| length > 0.0 && (length - other.abs()).abs() <= FIT;
        if !upright
            || entries.get("Group").is_some()
            || !fits(right - left, to_x - x)
            || !fits(top - bottom, to_y - y)
        {
            return Ok(None);
        }
        let in_use = self.signed.entry(widget.number)?.and_then(|entry| entry.generation_in_use());
        let Some(generation) = in_use else { return Ok(None) };
        let signed = self.signed.object(Reference::new(widget.number, generation))?;
        let Some(signed) = signed.as_dictionary() else { return Ok(None) };
        let mut style = self.inherited_in(&self.signed, signed, "DA")?;
        if style.is_null() {
            let (_, catalog) = self.signed.catalog()?;
            let form = self.signed.value(&catalog, "AcroForm")?;
            style = form.as_dictionary().map_or(Ok(Object::Null), |form| self.signed.value(form, "DA"))?;
        }
        let colour_of_style = match &style {
            Object::Null => Some([0.0; 3]),
            style => {
                style.as_string().and_then(|style| Style::read(style.as_bytes())).map(|style| style.colour)
            }
        };
        let Some(text_colour) = colour_of_style else { return Ok(None) };
        let characteristics = self.signed.value(signed, "MK")?;
        let characteristics = characteristics.as_dictionary().cloned().unwrap_or_default();
        let stated = |key| -> Result<Option<[f64; 3]>, Stop> {
            Ok(self.signed.value(&characteristics, key)?.as_array().and_then(colour))
        };
        Ok(Some(Frame {
            bounds: [*left, *bottom, *right, *top],
            colour: text_colour,
            background: stated("BG")?,
            border: stated("BC")?,
            spacing: if filled.flags & COMB == 0 { Spacing::Words } else { Spacing::Comb },
        }))
    }
}

/// A look of another size than its widget is stretched, in points.
const FIT: f64 = 0.5;

/// Bits of `/Ff` (ISO 32000-2, tables 231 and 233).
const PASSWORD: i64 = 1 << 13;
const COMBO: i64 = 1 << 17;
const COMB: i64 = 1 << 24;
