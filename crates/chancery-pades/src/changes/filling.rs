//! Fields that are filled in: their value and what shows it, and nothing else (ISO 32000-2, 12.7.5).

use std::collections::BTreeSet;

use chancery_ades::Finding;
use chancery_pdf::Object;

use super::appearance::{Drawn, Shown};
use super::budget::OBJECT;
use super::field_entries::{FIELD_ENTRIES, READ_ONLY, StyleOf, WIDGET_ENTRIES};
use super::filled::{FieldKind, Filled, Value, outdated};
use super::found::{Found, Need};
use super::holders::Belonging;
use super::judgement::Judgement;
use super::look::{Look, Widget};
use super::objection::{Stop, objection_of};
use super::step::Step;
use crate::PadesError;
use crate::appearance::rectangle;
use crate::form::Field;

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
}
