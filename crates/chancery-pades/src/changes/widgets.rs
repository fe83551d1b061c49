//! The widgets of a field that was there and is signed now: they show the signature from now on.

use std::collections::BTreeSet;

use chancery_pdf::{Dictionary, Object};

use super::appearance::{Drawn, Shown};
use super::holders::Belonging;
use super::judgement::Judgement;
use super::step::Step;
use super::values::{differing_keys, is_rectangle};
use crate::PadesError;
use crate::form::Field;

impl Step<'_, '_> {
    /// A field that is its own widget may be drawn anew, if it is a widget and nobody else's. Says whether it may.
    pub(super) fn explain_own_widget(
        &self,
        judgement: &mut Judgement,
        field: &Field,
        changed: &[String],
    ) -> Result<bool, PadesError> {
        let redrawn = changed.iter().any(|key| matches!(key.as_str(), "AP" | "F"));
        let Some(reference) = field.reference.filter(|_| redrawn) else { return Ok(true) };
        let parent = field.dictionary.get("Parent").and_then(Object::as_reference);
        let belonging = Belonging::Field { parent: parent.map(|parent| parent.number) };
        let pages = match self.is_widget(&field.dictionary) {
            true => self.pages_of(judgement, reference.number, &belonging)?,
            false => None,
        };
        match pages {
            Some(pages) => {
                let by = self.drawn_by(field)?;
                let widget = (reference.number, &field.dictionary);
                judgement.drawn.push(Drawn::again(field, widget, pages, by));
                Ok(true)
            }
            None => {
                refuse(judgement, field, reference.number);
                Ok(false)
            }
        }
    }

    /// The widgets of a field that are objects apart from it. Whether they show anything: that they show nothing is said
    /// only of a field that has none.
    pub(super) fn explain_kids(&self, judgement: &mut Judgement, field: &Field) -> Result<Shown, PadesError> {
        let kids = self.new.value(&field.dictionary, "Kids")?;
        let Some(kids) = kids.as_array().filter(|kids| !kids.is_empty()) else { return Ok(Shown::Nothing) };
        let numbers: BTreeSet<u32> =
            kids.iter().filter_map(Object::as_reference).map(|kid| kid.number).collect();
        let by = self.drawn_by(field)?;
        for number in numbers {
            let change = judgement.changed.get(&number).copied();
            // What is new was laid out beforehand, and is refused as such.
            let open = change.filter(|_| !judgement.is_new(number) && !judgement.explained.contains(&number));
            let Some(change) = open else { continue };
            let (before, after) = (self.before(&change)?, self.after(&change)?);
            let pages = match (&before, &after) {
                (Object::Dictionary(before), Object::Dictionary(after))
                    if self.is_kid_of(field, after)
                        && differing_keys(before, after).iter().all(|key| key == "AP") =>
                {
                    let field = field.reference.map(|field| Belonging::Kid { field: field.number });
                    let belonging = field.as_ref();
                    belonging.map_or(Ok(None), |field| self.pages_of(judgement, number, field))?
                }
                _ => None,
            };
            judgement.explained.insert(number);
            match (after.as_dictionary(), pages) {
                (Some(widget), Some(pages)) => {
                    widget.get("AP").map_or(Ok(()), |shown| self.explain_new_objects(judgement, shown))?;
                    judgement.drawn.push(Drawn::again(field, (number, widget), pages, by));
                }
                _ => refuse(judgement, field, number),
            }
        }
        Ok(Shown::Something)
    }

    /// Whether an object is a widget, in a place that all readers understand.
    fn is_widget(&self, entries: &Dictionary) -> bool {
        let kind = entries.get("Subtype").and_then(Object::as_name);
        kind.is_some_and(|kind| kind == "Widget") && is_rectangle(&self.new, entries, "Rect")
    }

    /// Whether it is a widget and no field.
    pub(super) fn is_widget_alone(&self, kid: &Dictionary) -> bool {
        self.is_widget(kid) && !["FT", "T", "V", "Kids"].iter().any(|key| kid.get(key).is_some())
    }

    /// Whether it is a widget of this field and nothing else: no field of its own, and no other's.
    pub(super) fn is_kid_of(&self, field: &Field, kid: &Dictionary) -> bool {
        let parent = kid.get("Parent").and_then(Object::as_reference);
        self.is_widget_alone(kid) && parent.is_some() && parent == field.reference
    }
}

fn refuse(judgement: &mut Judgement, field: &Field, number: u32) {
    let text =
        format!("what shows the field {} was changed, and is no widget of this field alone", field.name);
    judgement.unexplained("widget-changed", text, Some(number));
}
