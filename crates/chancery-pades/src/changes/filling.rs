//! Fields that are filled in: their value and what shows it, and nothing else (ISO 32000-2, 12.7.5).

use std::collections::BTreeSet;

use chancery_ades::Finding;
use chancery_pdf::{Dictionary, Object, View};

use super::appearance::{Drawn, Shown};
use super::budget::{BYTE, OBJECT};
use super::field_value::{FieldKind, Value};
use super::found::{Found, Need};
use super::holders::Belonging;
use super::judgement::Judgement;
use super::letters::is_plain_standard;
use super::look::{Look, Widget};
use super::objection::{Stop, objection_of};
use super::step::Step;
use super::style::Style;
use super::values::entry;
use crate::PadesError;
use crate::appearance::rectangle;
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
    /// Remarks on what nothing draws.
    remarks: Vec<Finding>,
    style: StyleOf,
    before: Value,
}

/// Whether what viewers draw themselves is drawn in another style.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum StyleOf {
    Before,
    Now,
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
        let before = self.value_of(&self.old, old, *kind)?;
        self.check_value(filled)?;
        let marked = self.check_marked(filled, old, &before)?;
        let kids = judgement.kids_of(reference.number);
        // A value may be an object of its own, if it is new.
        let stated = field.dictionary.get("V").and_then(Object::as_reference).map(|value| value.number);
        let stated = stated.filter(|value| judgement.is_new(*value));
        let mut outcome = Outcome {
            explained: stated.into_iter().collect(),
            drawn: Vec::new(),
            remarks: marked.into_iter().collect(),
            style: StyleOf::Before,
            before,
        };
        let parent = field.dictionary.get("Parent").and_then(Object::as_reference);
        if old.dictionary != field.dictionary {
            outcome.style =
                self.check_entries(judgement, filled, &old.dictionary, &field.dictionary, &FIELD_ENTRIES)?;
            let belonging = Belonging::Field { parent: parent.map(|parent| parent.number) };
            let widget = Widget { number: reference.number, old: &old.dictionary, new: &field.dictionary };
            self.fill_widget(judgement, filled, &widget, &belonging, &mut outcome)?;
        }
        let mut judged = BTreeSet::new();
        for kid in kids {
            let Some(change) = judgement.changed.get(&kid).copied() else { continue };
            judged.insert(kid);
            let (was, is) = (self.before(&change)?, self.after(&change)?);
            let (Object::Dictionary(was), Object::Dictionary(is)) = (&was, &is) else {
                return Err(Stop::objection(
                    "widget-changed",
                    format!("a widget of the field {name} is none any more"),
                ));
            };
            if !self.is_kid_of(field, is) {
                let text =
                    format!("what shows the field {name} was changed, and is no widget of this field alone");
                return Err(Stop::objection("widget-changed", text));
            }
            if self.check_entries(judgement, filled, was, is, &WIDGET_ENTRIES)? == StyleOf::Now {
                outcome.style = StyleOf::Now;
            }
            let belonging = Belonging::Kid { field: reference.number };
            let widget = Widget { number: kid, old: was, new: is };
            self.fill_widget(judgement, filled, &widget, &belonging, &mut outcome)?;
        }
        if *kind == FieldKind::Toggle {
            self.check_states(filled)?;
        } else if outcome.before != filled.value {
            outcome.remarks.extend(self.outdated(field, &judged)?);
        }
        Ok(outcome)
    }

    /// What is to be said of a widget of a field with another value that was not changed, and keeps its look.
    fn outdated(&self, field: &Field, judged: &BTreeSet<u32>) -> Result<Option<Finding>, Stop> {
        let kids = self.new.value(&field.dictionary, "Kids")?;
        for kid in kids.as_array().unwrap_or_default() {
            let number = kid.as_reference().map(|kid| kid.number);
            if number.is_some_and(|number| judged.contains(&number)) {
                continue;
            }
            self.budget.spend(1, OBJECT)?;
            let kid = self.new.resolve(kid)?;
            let Some(kid) = kid.as_dictionary().filter(|kid| kid.get("AP").is_some()) else { continue };
            let page = kid.get("P").and_then(Object::as_reference);
            let lies = rectangle(&self.new, &self.new.value(kid, "Rect")?);
            let corners = lies.map(|lies| [lies.x, lies.y, lies.x + lies.width, lies.y + lies.height]);
            let finding = outdated(&field.name);
            return Ok(Some(match page {
                Some(page) => finding.on_page(self.pages.area(page.number, corners)),
                None => finding,
            }));
        }
        Ok(None)
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
        let mut remarks = Vec::new();
        if filled.kind != FieldKind::Toggle {
            match self.look(judgement, filled, widget, &mut outcome.explained)? {
                Look::Unknown => {
                    let text = format!(
                        "whether what shows the field {name} shows its value, {}, cannot be told",
                        filled.value
                    );
                    remarks.push(Finding::warning("appearance-not-compared", text));
                }
                Look::Same if outcome.before != filled.value && widget.new.get("AP").is_some() => {
                    remarks.push(outdated(name));
                }
                Look::Same | Look::Value => {}
            }
        }
        if pages.is_empty() || self.shows(widget.new) == Shown::Nothing {
            outcome.remarks.extend(remarks);
        } else {
            let drawn = Drawn::filled(filled.field, (widget.number, widget.new), pages);
            outcome.drawn.push(drawn.remarking(remarks));
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
    ) -> Result<StyleOf, Stop> {
        let name = &filled.field.name;
        let mut style = StyleOf::Before;
        for key in self.differing(judgement, old, new)? {
            let value = self.new.value(new, &key)?;
            if matches!(key.as_str(), "DA" | "DS" | "Q") && self.is_drawn_by_viewers(new)? {
                style = StyleOf::Now;
            }
            let fine = match key.as_str() {
                _ if !allowed.contains(&key.as_str()) => false,
                // Some readers take it for nothing, and others ask the group.
                _ if value.is_null() && new.get(&key).is_some() && new.get("Parent").is_some() => false,
                "AP" => filled.kind != FieldKind::Toggle,
                "AS" => filled.kind == FieldKind::Toggle && value.as_name().is_some(),
                "F" => only_harmless_flags(&self.old.value(old, "F")?, &value),
                // Whoever filled it may want nobody to fill it again.
                "Ff" => {
                    let old = self.old.value(old, "Ff")?.as_integer().unwrap_or_default();
                    value.as_integer() == Some(old | READ_ONLY)
                }
                "DA" => self.is_style(&self.old.value(old, "DA")?, &value)?,
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
        Ok(style)
    }

    fn tell(&self, judgement: &mut Judgement, filled: &Filled<'_>, outcome: Outcome) {
        let Filled { field: Field { name, .. }, value, flags, .. } = filled;
        let Outcome { explained, drawn, remarks, style, before } = outcome;
        judgement.explained.extend(explained);
        let text = if before != *value {
            format!("the field {name} was filled in: {before} became {value}")
        } else if style == StyleOf::Now {
            format!("the style of the field {name} was changed, which says {value}")
        } else {
            format!("the field {name} still says {value}")
        };
        let tell = Finding::warning;
        let mut warnings = remarks;
        if style == StyleOf::Now {
            let text = format!(
                "the field {name}, which says {value}, looks other than before where viewers draw it"
            );
            warnings.push(tell("field-style-changed", text));
        }
        if flags & READ_ONLY != 0 && before != *value {
            let text = format!("the field {name} was filled in, though it is for reading only");
            warnings.push(tell("read-only-field-filled", text));
        }
        judgement.explain_as(Need::Filling, name, Finding::information("field-filled", text), drawn);
        // Remarks on what is judged above.
        let remark = |finding| Found { need: Need::Nothing, field: Some(name.clone()), finding };
        judgement.found.extend(warnings.into_iter().map(remark));
    }

    /// Whether viewers draw a field themselves: it has no look, or they are told to.
    fn is_drawn_by_viewers(&self, field: &Dictionary) -> Result<bool, Stop> {
        let anew = self.new.value(&self.form.new_form, "NeedAppearances")?;
        Ok(field.get("AP").is_none() || anew.as_boolean() != Some(false) && !anew.is_null())
    }

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

    /// An entry that fields inherit from the groups above them (ISO 32000-2, table 226).
    pub(super) fn inherited(&self, field: &Dictionary, key: &str) -> Result<Object, Stop> {
        self.inherited_in(&self.new, field, key)
    }

    /// The same in any revision.
    pub(super) fn inherited_in(
        &self,
        view: &View<'_>,
        field: &Dictionary,
        key: &str,
    ) -> Result<Object, Stop> {
        let mut node = field.clone();
        for _ in 0..MAX_DEPTH {
            let value = view.value(&node, key)?;
            if !value.is_null() {
                return Ok(value);
            }
            match view.value(&node, "Parent")? {
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

pub(super) fn outdated(name: &str) -> Finding {
    let text =
        format!("the field {name} has another value, but looks as before where viewers do not draw it anew");
    Finding::warning("appearance-outdated", text)
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
    // What is not printed any more is hidden on paper.
    let kept = |old: i64, new: i64| (old ^ new) & !harmless == 0 && old & PRINT & !new == 0;
    matches!((flags(old), flags(new)), (Some(old), Some(new)) if kept(old, new))
}

/// Fields nest no deeper.
const MAX_DEPTH: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_flag_hides_or_shows() {
        let flags = |old: i64, new: i64| only_harmless_flags(&Object::Integer(old), &Object::Integer(new));
        assert!(
            flags(0, 4) && flags(4, 4 + 64 + 128) && only_harmless_flags(&Object::Null, &Object::Integer(4))
        );
        assert!(
            !flags(4, 6) && !flags(6, 4) && !flags(4, 36) && !flags(4, 0) && !flags(0, 1) && !flags(0, 256)
        );
    }
}
