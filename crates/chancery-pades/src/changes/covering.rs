//! What a filled field draws beneath its value: a ground of its own may hide what was signed there.

use std::collections::BTreeSet;
use std::rc::Rc;

use chancery_pdf::{Dictionary, Object, PdfError, View};

use super::budget::BYTE;
use super::drawn_text::{Reader, Token};
use super::judgement::Judgement;
use super::objection::{Stop, objection_of};
use super::step::Step;
use super::values::number;
use crate::PadesError;

/// A field shows no more.
const MAX_CONTENT: usize = 1 << 20;
/// The widest border of which anybody is known, in points.
const WIDEST: f64 = 6.0;
/// States are saved no deeper.
const MAX_SAVED: usize = 64;

impl Step<'_, '_> {
    /// Whether a changed widget paints areas that it did not paint before; what cannot be compared may.
    pub(super) fn covers_more(
        &self,
        judgement: &Judgement,
        number: u32,
        new: &Dictionary,
    ) -> Result<bool, PadesError> {
        let before = judgement.changed.get(&number).map_or(Ok(Object::Null), |change| self.before(change))?;
        let none = Dictionary::new();
        let old = before.as_dictionary().unwrap_or(&none);
        Ok(objection_of(self.paints_more(old, new))?.unwrap_or(true))
    }

    /// Whether the look of a widget paints areas that it did not paint before.
    fn paints_more(&self, old: &Dictionary, new: &Dictionary) -> Result<bool, Stop> {
        if self.ticks_more(old, new)? {
            return Ok(true);
        }
        let painted = self.painted(&self.new, new)?;
        if painted.is_empty() || self.has_background(old)? {
            return Ok(false);
        }
        let before = self.painted(&self.old, old)?;
        Ok(!painted.is_subset(before.as_ref()))
    }

    /// Whether viewers drew a background of a widget (`/BG` of `/MK`, ISO 32000-2, table 192): it had no look of its own,
    /// and they were told to make one.
    fn has_background(&self, widget: &Dictionary) -> Result<bool, Stop> {
        let anew = self.old.value(&self.form.old_form, "NeedAppearances")?;
        if widget.get("AP").is_some() || anew.as_boolean() != Some(true) {
            return Ok(false);
        }
        let characteristics = self.old.value(widget, "MK")?;
        let Some(characteristics) = characteristics.as_dictionary() else { return Ok(false) };
        // An empty array is no colour.
        Ok(self.old.value(characteristics, "BG")?.as_array().is_some_and(|colour| !colour.is_empty()))
    }

    /// The areas that the normal appearance of a widget paints, each as it is written. Fields may share one: the last is
    /// kept.
    fn painted(&self, view: &View<'_>, widget: &Dictionary) -> Result<Rc<Areas>, Stop> {
        let appearances = view.value(widget, "AP")?;
        let normal = appearances.as_dictionary().and_then(|looks| looks.get("N"));
        let place = normal.and_then(Object::as_reference).map(|place| (view.revision(), place));
        let kept = self.looks.borrow().painted.clone();
        if let Some((_, painted)) = kept.filter(|(kept, _)| Some(*kept) == place) {
            return Ok(painted);
        }
        let normal = normal.map_or(Ok(Object::Null), |normal| view.resolve(normal))?;
        let painted = Rc::new(self.paints(view, &normal)?);
        self.looks.borrow_mut().painted = place.map(|place| (place, Rc::clone(&painted)));
        Ok(painted)
    }

    fn paints(&self, view: &View<'_>, normal: &Object) -> Result<Areas, Stop> {
        let Object::Stream(form) = normal else { return Ok(Areas::new()) };
        let content = match view.decoded(form, MAX_CONTENT) {
            Err(PdfError::Read(error)) => return Err(PdfError::Read(error).into()),
            // What readers do not show paints nothing.
            content => content.unwrap_or_default(),
        };
        self.budget.spend(content.len(), 4 * BYTE)?;
        // The same numbers are another area in another box.
        let mut frame = Vec::new();
        for key in ["BBox", "Matrix"] {
            frame.extend(view.value(form.dictionary(), key)?.to_bytes());
        }
        Ok(areas(&content).into_iter().map(|area| [frame.as_slice(), &area].concat()).collect())
    }
}

/// Areas that are painted, as they are written.
pub(super) type Areas = BTreeSet<Vec<u8>>;

/// What decides how large the next path is painted.
#[derive(Clone, Default)]
struct State {
    /// The matrices that were applied, as they are written.
    matrix: Vec<u8>,
    /// How wide lines are; unknown after a graphics state of its own.
    width: Option<f64>,
}

/// The areas that a content stream paints. What cannot be read is not looked at: such a look was refused.
pub(super) fn areas(content: &[u8]) -> Areas {
    let mut areas = Areas::new();
    let mut reader = Reader { rest: content };
    let mut state = State { width: Some(1.0), ..State::default() };
    let (mut saved, mut operands, mut path) = (Vec::new(), Vec::new(), Vec::new());
    while let Ok(Some(token)) = reader.next() {
        let operator = match token {
            Token::Operand(operand) => {
                operands.push(operand);
                continue;
            }
            Token::Operator(operator) => operator,
        };
        let written = || operands.iter().flat_map(|operand| [operand.to_bytes(), vec![b' ']].concat());
        let fine = state.matrix.is_empty() && state.width.is_some_and(|width| width <= WIDEST);
        match operator {
            b"q" if saved.len() < MAX_SAVED => saved.push(state.clone()),
            b"Q" => state = saved.pop().unwrap_or_default(),
            b"cm" => state.matrix.extend(written()),
            b"w" => state.width = operands.last().and_then(number),
            b"gs" => state.width = None,
            b"re" | b"m" | b"l" | b"h" => {
                path.extend(written());
                path.extend(operator);
            }
            b"n" => path.clear(),
            b"S" | b"s" if fine => path.clear(),
            b"f" | b"F" | b"f*" => {
                areas.insert([&state.matrix, &path, operator].concat());
                path.clear();
            }
            b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s" => {
                let width = state.width.map_or(0, f64::to_bits).to_be_bytes();
                areas.insert([&state.matrix, &path, operator, &width[..]].concat());
                path.clear();
            }
            // Letters whose outlines are drawn may have lines as wide as they like.
            b"Tr" if operands.last() != Some(&Object::Integer(0)) && !fine => {
                areas.insert(b"Tr".to_vec());
            }
            _ => {}
        }
        operands.clear();
    }
    areas
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_and_clips_paint_no_area() {
        for content in [
            "/Tx BMC q 1 1 98 18 re W n BT /Helv 12 Tf 0 g 2 5 Td (x) Tj ET Q EMC",
            "0.5 G 1 w 0 0 99 20 re S q 2 w 0 0 m 9 0 l s Q",
            "1 Tr (x) Tj",
            "",
        ] {
            assert!(areas(content.as_bytes()).is_empty(), "{content}");
        }
        for content in [
            "1 g 0 0 99 20 re f",
            "0 0 m 9 0 l 9 9 l h B",
            "q 20 w 0 0 m 9 0 l S Q",
            "0 0 9 9 cm 0 0 m 9 0 l S",
            "/G gs 0 0 m 9 0 l S",
            "40 w 2 Tr (x) Tj",
        ] {
            assert_eq!(areas(content.as_bytes()).len(), 1, "{content}");
        }
        assert_ne!(areas(b"0 0 9 9 re f"), areas(b"9 0 0 9 0 0 cm 0 0 9 9 re f"));
        assert_eq!(areas(b"q 0 0 9 9 re f Q"), areas(b"1 g 0 0 9 9 re f"));
    }
}
