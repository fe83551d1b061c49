//! What a button draws in the state that it came to: that look was signed, but nobody saw it, and it may be laid over what
//! was seen.

use chancery_pdf::{Dictionary, Object, PdfError, Stream, View};

use super::budget::{BYTE, OBJECT};
use super::covering::areas;
use super::drawn_text::{Reader, Token};
use super::objection::Stop;
use super::step::Step;
use super::values::{entry, number};

/// A field shows no more.
const MAX_CONTENT: usize = 1 << 20;
/// No box for a tick is larger, in points: what is painted in it is beside what was signed.
const LARGEST: f64 = 24.0;

impl Step<'_, '_> {
    /// Whether a button that came to another state shows more there than a tick in a box.
    pub(super) fn ticks_more(&self, old: &Dictionary, new: &Dictionary) -> Result<bool, Stop> {
        let Some(shown) = self.state_shown(&self.new, new)? else { return Ok(false) };
        let before = self.state_shown(&self.old, old)?;
        if before.as_ref().is_some_and(|before| before.dictionary() == shown.dictionary())
            && old.get("AS") == new.get("AS")
        {
            return Ok(false);
        }
        let content = self.content(&self.new, &shown)?;
        if self.shows_more_than_ticks(&shown, &content)? {
            return Ok(true);
        }
        if self.is_small(new)? {
            return Ok(false);
        }
        let before = before.map_or(Ok(Vec::new()), |before| self.content(&self.old, &before))?;
        Ok(!areas(&content).is_subset(&areas(&before)))
    }

    /// The look of the state that a button is in, if it has one for that.
    fn state_shown(&self, view: &View<'_>, button: &Dictionary) -> Result<Option<Stream>, Stop> {
        let looks = view.value(button, "AP")?;
        let states = looks.as_dictionary().map_or(Ok(Object::Null), |looks| view.value(looks, "N"))?;
        let state = view.value(button, "AS")?;
        let (Object::Dictionary(states), Some(state)) = (&states, state.as_name()) else { return Ok(None) };
        let look = entry(states, state).map_or(Ok(Object::Null), |look| view.resolve(look))?;
        Ok(look.as_stream().cloned())
    }

    fn content(&self, view: &View<'_>, look: &Stream) -> Result<Vec<u8>, Stop> {
        self.budget.spend(1, OBJECT)?;
        let content = match view.decoded(look, MAX_CONTENT) {
            Err(PdfError::Read(error)) => return Err(PdfError::Read(error).into()),
            content => content?,
        };
        self.budget.spend(content.len(), 4 * BYTE)?;
        Ok(content.into_owned())
    }

    /// Whether the box of a button is no larger than one for a tick.
    fn is_small(&self, button: &Dictionary) -> Result<bool, Stop> {
        let corners = self.new.value(button, "Rect")?;
        let corners: Vec<f64> = corners.as_array().unwrap_or_default().iter().filter_map(number).collect();
        let small = |one: f64, other: f64| (one - other).abs() <= LARGEST;
        Ok(
            matches!(corners.as_slice(), [left, bottom, right, top] if small(*left, *right) && small(*bottom, *top)),
        )
    }

    /// Whether a look shows pictures, or letters of another font than that of ticks.
    fn shows_more_than_ticks(&self, look: &Stream, content: &[u8]) -> Result<bool, Stop> {
        let resources = self.new.value(look.dictionary(), "Resources")?;
        let own = resources.as_dictionary().map_or(Ok(Object::Null), |all| self.new.value(all, "Font"))?;
        let shared = self.new.value(&self.form.new_form, "DR")?;
        let shared = shared.as_dictionary().map_or(Ok(Object::Null), |all| self.new.value(all, "Font"))?;
        let mut reader = Reader { rest: content };
        let (mut operands, mut ticks) = (Vec::new(), false);
        loop {
            match reader.next() {
                Err(_) => return Ok(true),
                Ok(None) => return Ok(false),
                Ok(Some(Token::Operand(operand))) => {
                    operands.push(operand);
                    continue;
                }
                Ok(Some(Token::Operator(b"Do" | b"BI" | b"sh" | b"gs"))) => return Ok(true),
                Ok(Some(Token::Operator(b"Tj" | b"TJ" | b"'" | b"\""))) if !ticks => return Ok(true),
                Ok(Some(Token::Operator(b"Tf"))) => {
                    self.budget.spend(1, OBJECT)?;
                    let name = operands.first().and_then(Object::as_name);
                    let listed =
                        |fonts: &Object| name.and_then(|name| entry(fonts.as_dictionary()?, name)).cloned();
                    let font = listed(&own).or_else(|| listed(&shared));
                    let font = font.map_or(Ok(Object::Null), |font| self.new.resolve(&font))?;
                    ticks = is_ticks(&font);
                }
                Ok(Some(Token::Operator(_))) => {}
            }
            operands.clear();
        }
    }
}

/// Whether a font is the one of the standard 14 that ticks are taken from, without a program of its own.
fn is_ticks(font: &Object) -> bool {
    let font = font.as_dictionary();
    let base = font.and_then(|font| font.get("BaseFont")).and_then(Object::as_name);
    base.is_some_and(|base| *base == "ZapfDingbats")
        && font.is_some_and(|font| font.get("FontDescriptor").is_none())
}
