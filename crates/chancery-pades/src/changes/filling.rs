//! Fields that are filled in: their value and what shows it, and nothing else (ISO 32000-2, 12.7.5).

use std::collections::BTreeSet;

use chancery_ades::Finding;
use chancery_pdf::{Dictionary, Object};

use super::appearance::{Drawn, Shown};
use super::budget::BYTE;
use super::field_value::{FieldKind, Value};
use super::found::{Found, Need};
use super::holders::Belonging;
use super::judgement::Judgement;
use super::look::{Look, Widget};
use super::objection::{Stop, objection_of};
use super::step::Step;
use crate::PadesError;
use crate::form::Field;

/// A field that is judged, and what is known of it.
pub(super) struct Filled<'f> {
    pub(super) field: &'f Field,
    pub(super) kind: FieldKind,
    /// `/Ff` (ISO 32000-2, tables 227, 229, 231 and 233).
    pub(super) flags: i64,
    pub(super) value: Value,
}

/// What filling a field came to.
struct Outcome {
    /// The objects that are explained by it.
    explained: BTreeSet<u32>,
    drawn: Vec<Drawn>,
    look: Look,
    before: Value,
}

impl Step<'_, '_> {
    /// A field that was there and is no signature: explained if it was filled, and nothing else happened to it.
    pub(super) fn judge_filling(
        &self,
        judgement: &mut Judgement,
        old: &Field,
        new: &Field,
    ) -> Result<(), PadesError> {
        let number = new.reference.map(|reference| reference.number);
        let filled = match objection_of(self.filled(new))? {
            Ok(filled) => filled,
            Err(objection) => {
                judgement.unexplained(objection.kind, objection.text, number);
                return Ok(());
            }
        };
        match objection_of(self.outcome(judgement, old, &filled))? {
            Ok(outcome) => self.tell(judgement, &filled, outcome),
            Err(objection) => {
                // What was said of it need not be said again.
                let kids = number.map(|number| judgement.kids_of(number));
                judgement.explained.extend(number.into_iter().chain(kids.into_iter().flatten()));
                judgement.unexplained(objection.kind, objection.text, number);
            }
        }
        Ok(())
    }

    fn filled<'f>(&self, field: &'f Field) -> Result<Filled<'f>, Stop> {
        let flags = self.inherited(&field.dictionary, "Ff")?.as_integer().unwrap_or_default();
        let kind = FieldKind::of(field, flags).ok_or_else(|| {
            let text = format!("the field {} was changed, which is none that can be filled in", field.name);
            Stop::objection("field-changed", text)
        })?;
        Ok(Filled { field, kind, flags, value: self.value_of(&self.new, field, kind)? })
    }

    fn outcome(&self, judgement: &mut Judgement, old: &Field, filled: &Filled<'_>) -> Result<Outcome, Stop> {
        let Filled { field, kind, .. } = filled;
        let name = &field.name;
        let Some(reference) = field.reference.filter(|reference| !judgement.is_new(reference.number)) else {
            return Err(Stop::objection(
                "field-changed",
                format!("the field {name} is no object of its own"),
            ));
        };
        if old.kind != field.kind {
            return Err(Stop::objection(
                "field-changed",
                format!("the field {name} became one of another type"),
            ));
        }
        let before = self.value_of(&self.old, old, *kind)?;
        self.check_value(filled)?;
        let kids = judgement.kids_of(reference.number);
        // A value may be an object of its own, if it is new.
        let stated = field.dictionary.get("V").and_then(Object::as_reference).map(|value| value.number);
        let stated = stated.filter(|value| judgement.is_new(*value));
        let mut outcome =
            Outcome { explained: stated.into_iter().collect(), drawn: Vec::new(), look: Look::Same, before };
        let parent = field.dictionary.get("Parent").and_then(Object::as_reference);
        if old.dictionary != field.dictionary {
            self.check_entries(judgement, filled, &old.dictionary, &field.dictionary, &FIELD_ENTRIES)?;
            let belonging = Belonging::Field { parent: parent.map(|parent| parent.number) };
            let widget = Widget { number: reference.number, old: &old.dictionary, new: &field.dictionary };
            self.fill_widget(judgement, filled, &widget, &belonging, &mut outcome)?;
        }
        for kid in kids {
            let Some(change) = judgement.changed.get(&kid).copied() else { continue };
            let (was, is) = (self.before(&change)?, self.after(&change)?);
            let (Object::Dictionary(was), Object::Dictionary(is)) = (&was, &is) else {
                return Err(Stop::objection(
                    "widget-changed",
                    format!("a widget of the field {name} is none any more"),
                ));
            };
            if !self.is_kid_of(field, is) || !self.is_kid_of(field, was) {
                let text =
                    format!("what shows the field {name} was changed, and is no widget of this field alone");
                return Err(Stop::objection("widget-changed", text));
            }
            self.check_entries(judgement, filled, was, is, &WIDGET_ENTRIES)?;
            let belonging = Belonging::Kid { field: reference.number };
            let widget = Widget { number: kid, old: was, new: is };
            self.fill_widget(judgement, filled, &widget, &belonging, &mut outcome)?;
        }
        if *kind == FieldKind::Toggle {
            self.check_states(filled)?;
        }
        Ok(outcome)
    }

    /// Judges what a changed widget shows, and who else uses it. A field without a place is judged as one, too: nothing but
    /// the form may use it.
    fn fill_widget(
        &self,
        judgement: &mut Judgement,
        filled: &Filled<'_>,
        widget: &Widget<'_>,
        belonging: &Belonging,
        outcome: &mut Outcome,
    ) -> Result<(), Stop> {
        let name = &filled.field.name;
        let Some(pages) = self.pages_of(judgement, widget.number, belonging)? else {
            let text =
                format!("what shows the field {name} was changed, and is no widget of this field alone");
            return Err(Stop::objection("widget-changed", text));
        };
        outcome.explained.insert(widget.number);
        if filled.kind != FieldKind::Toggle {
            let look = self.look(judgement, filled, widget, &mut outcome.explained)?;
            outcome.look = outcome.look.max(look);
        }
        if !pages.is_empty() && self.shows(widget.new) == Shown::Something {
            outcome.drawn.push(Drawn::filled(filled.field, (widget.number, widget.new), pages));
        }
        Ok(())
    }

    /// Entries that filling a field changes, and how far they may.
    fn check_entries(
        &self,
        judgement: &mut Judgement,
        filled: &Filled<'_>,
        old: &Dictionary,
        new: &Dictionary,
        allowed: &[&str],
    ) -> Result<(), Stop> {
        let name = &filled.field.name;
        for key in self.differing(judgement, old, new)? {
            let value = self.new.value(new, &key)?;
            let fine = match key.as_str() {
                _ if !allowed.contains(&key.as_str()) => false,
                "AP" => filled.kind != FieldKind::Toggle,
                "AS" => filled.kind == FieldKind::Toggle && value.as_name().is_some(),
                "I" => filled.kind == FieldKind::Choice && all_integers(&value),
                "TI" => filled.kind == FieldKind::Choice && (value.is_null() || value.as_integer().is_some()),
                "F" => only_harmless_flags(&self.old.value(old, "F")?, &value),
                // Whoever filled it may want nobody to fill it again.
                "Ff" => {
                    let old = self.old.value(old, "Ff")?.as_integer().unwrap_or_default();
                    value.as_integer() == Some(old | READ_ONLY)
                }
                "DA" => value.as_string().is_some_and(|value| is_harmless_style(value.as_bytes())),
                "DS" | "M" => value.as_string().is_some(),
                "Type" => value.as_name().is_some_and(|kind| kind == "Annot"),
                "RV" => self.is_rich_text_of(filled, &value)?,
                _ => true,
            };
            if !fine {
                let (kind, what) = nature(&key);
                return Err(Stop::objection(
                    kind,
                    format!("{what} of the field {name} was changed (/{key})"),
                ));
            }
        }
        let flags = self.new.value(new, "F")?.as_integer().unwrap_or_default();
        if flags & (HIDDEN | NO_VIEW) != 0 && new.get("Rect").is_some() {
            let text = format!("the field {name}, which nobody sees, was changed");
            return Err(Stop::objection("hidden-field-changed", text));
        }
        Ok(())
    }

    fn tell(&self, judgement: &mut Judgement, filled: &Filled<'_>, outcome: Outcome) {
        let Filled { field: Field { name, .. }, value, flags, .. } = filled;
        let Outcome { explained, drawn, look, before } = outcome;
        judgement.explained.extend(explained);
        let text = if before == *value {
            format!("the field {name} still says {value}")
        } else {
            format!("the field {name} was filled in: {before} became {value}")
        };
        let tell = Finding::warning;
        let mut warnings = Vec::new();
        if flags & READ_ONLY != 0 && before != *value {
            let text = format!("the field {name} was filled in, though it is for reading only");
            warnings.push(tell("read-only-field-filled", text));
        }
        match look {
            Look::Unknown => {
                let text = format!("whether what shows the field {name} shows its value cannot be told");
                warnings.push(tell("appearance-not-compared", text));
            }
            Look::Same if before != *value && self.keeps_another_look(filled) => {
                let text = format!(
                    "the field {name} has another value, but looks as before where viewers do not draw it anew"
                );
                warnings.push(tell("appearance-outdated", text));
            }
            Look::Same | Look::Value => {}
        }
        judgement.explain_as(Need::Filling, name, Finding::information("field-filled", text), drawn);
        // Remarks on what is judged above.
        let remark = |finding| Found { need: Need::Nothing, field: Some(name.clone()), finding };
        judgement.found.extend(warnings.into_iter().map(remark));
    }

    /// Whether a field that is not a button has an appearance that was drawn for another value.
    fn keeps_another_look(&self, filled: &Filled<'_>) -> bool {
        filled.kind != FieldKind::Toggle && filled.field.dictionary.get("AP").is_some()
    }

    /// An entry that fields inherit from the groups above them (ISO 32000-2, table 226).
    pub(super) fn inherited(&self, field: &Dictionary, key: &str) -> Result<Object, Stop> {
        let mut node = field.clone();
        for _ in 0..MAX_DEPTH {
            let value = self.new.value(&node, key)?;
            if !value.is_null() {
                return Ok(value);
            }
            match self.new.value(&node, "Parent")? {
                Object::Dictionary(parent) => {
                    // It is read for each field of the group.
                    self.budget.spend(size(&parent), 4 * BYTE)?;
                    node = parent;
                }
                _ => break,
            }
        }
        Ok(Object::Null)
    }
}

/// The entries of a dictionary, and of the lists in it.
fn size(dictionary: &Dictionary) -> usize {
    dictionary.iter().map(|(_, value)| 1 + value.as_array().map_or(0, <[Object]>::len)).sum()
}

/// What filling a field changes of it, or of the widget that it is at the same time.
const FIELD_ENTRIES: [&str; 13] = ["V", "AP", "AS", "I", "TI", "F", "Ff", "DA", "DS", "RV", "M", "Type", "Q"];
/// What it changes of a widget apart from it.
const WIDGET_ENTRIES: [&str; 6] = ["AP", "AS", "F", "DA", "M", "Type"];

/// The nature of a change that is more than filling.
fn nature(key: &str) -> (&'static str, &'static str) {
    match key {
        "Rect" | "P" => ("widget-moved", "the place"),
        "A" | "AA" => ("action-changed", "an action"),
        "OC" => ("layer-changed", "the layer"),
        "AP" | "AS" | "MK" | "BS" | "Border" | "DA" | "RV" => ("appearance-changed", "the look"),
        "F" => ("visibility-changed", "the visibility"),
        "T" | "Kids" | "Parent" | "FT" => ("field-changed", "the structure"),
        _ => ("field-changed", "an entry"),
    }
}

fn all_integers(value: &Object) -> bool {
    let elements = value.as_array().unwrap_or_default();
    value.is_null()
        || (value.as_array().is_some() && elements.iter().all(|element| element.as_integer().is_some()))
}

/// Bits of `/F` (ISO 32000-2, table 167).
const HIDDEN: i64 = 1 << 1;
const PRINT: i64 = 1 << 2;
const NO_VIEW: i64 = 1 << 5;
const READ_ONLY_WIDGET: i64 = 1 << 6;
const LOCKED: i64 = 1 << 7;
const LOCKED_CONTENTS: i64 = 1 << 9;
/// ReadOnly of `/Ff` (table 227).
const READ_ONLY: i64 = 1;

/// Flags by which nothing is hidden or shown on the screen.
fn only_harmless_flags(old: &Object, new: &Object) -> bool {
    let harmless = PRINT | READ_ONLY_WIDGET | LOCKED | LOCKED_CONTENTS;
    let flags = |value: &Object| if value.is_null() { Some(0) } else { value.as_integer() };
    matches!((flags(old), flags(new)), (Some(old), Some(new)) if (old ^ new) & !harmless == 0)
}

/// A default appearance that chooses a font and a colour, and nothing else (ISO 32000-2, 12.7.4.3).
pub(super) fn is_harmless_style(style: &[u8]) -> bool {
    let words = style.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.into_iter().all(|word| match word {
        [b'/', rest @ ..] => rest.iter().all(u8::is_ascii_graphic),
        b"Tf" | b"g" | b"rg" | b"k" | b"G" | b"RG" | b"K" | b"Tc" | b"Tz" => true,
        number => number.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+')),
    })
}

/// Fields nest no deeper.
const MAX_DEPTH: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_is_a_font_and_a_colour() {
        for harmless in ["/Helv 12 Tf 0 g", "0.5 .2 0 rg /F1 0 Tf", ""] {
            assert!(is_harmless_style(harmless.as_bytes()), "{harmless}");
        }
        for harmful in ["/Helv 12 Tf 3 Tr", "q /X Do Q", "(x) Tj", "1 0 0 1 500 0 Tm"] {
            assert!(!is_harmless_style(harmful.as_bytes()), "{harmful}");
        }
    }

    #[test]
    fn no_flag_hides_or_shows() {
        let flags = |old: i64, new: i64| only_harmless_flags(&Object::Integer(old), &Object::Integer(new));
        assert!(
            flags(0, 4) && flags(4, 4 + 64 + 128) && only_harmless_flags(&Object::Null, &Object::Integer(4))
        );
        assert!(!flags(4, 6) && !flags(6, 4) && !flags(4, 36) && !flags(0, 1) && !flags(0, 256));
    }
}
