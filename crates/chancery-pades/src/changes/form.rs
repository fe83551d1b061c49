//! Changes of the form: a further signature, in a new or an empty field.

use std::collections::HashSet;

use chancery_ades::Finding;
use chancery_pdf::{Dictionary, Object, Reference};

use super::appearance::{Drawn, DrawnBy, Shown};
use super::found::Need;
use super::judgement::Judgement;
use super::objection::objection_of;
use super::step::Step;
use super::values::{is_rectangle, is_type, root_number};
use crate::PadesError;
use crate::form::Field;
use crate::form_history::{AddedField, FormStep};

impl Step<'_, '_> {
    pub(super) fn judge_form(
        &self,
        judgement: &mut Judgement,
        old_catalog: &Dictionary,
        new_catalog: &Dictionary,
    ) -> Result<(), PadesError> {
        let FormStep { old_form, new_form, .. } = self.form;
        judgement.form = new_catalog.get("AcroForm").and_then(Object::as_reference).map(|form| form.number);
        self.judge_form_entries(judgement, old_form, new_form)?;
        for old in &self.form.removed {
            judgement.unexplained("field-removed", format!("the field {} was removed", old.name), None);
        }
        judgement.values_twice.clone_from(&self.form.values_twice);
        let mut only_signatures_added = true;
        // The roots of the form: two of one name are one field to some readers.
        let mut taken = HashSet::new();
        for AddedField { field, taken: before } in &self.form.added {
            if *before {
                taken.insert(field.name.as_str());
            }
            only_signatures_added &= self.judge_new_field(judgement, field, &mut taken)?;
        }
        for (old, new) in &self.form.touched {
            self.judge_field(judgement, old, new)?;
        }
        if only_signatures_added {
            // The form and its list of fields hold nothing but what was judged above.
            let form_object = new_catalog.get("AcroForm").and_then(Object::as_reference);
            let list = new_form.get("Fields").and_then(Object::as_reference);
            let unmoved = form_object == old_catalog.get("AcroForm").and_then(Object::as_reference)
                || form_object.is_some_and(|form| judgement.is_new(form.number));
            let objects = form_object.filter(|_| unmoved).into_iter().chain(list);
            let root = root_number(&self.new);
            let form_number = form_object.map(|form| form.number);
            let only_form = |reference: &Reference| {
                let mut uses = self.references.uses(reference.number);
                uses.all(|found| found.is(root, "AcroForm") || found.is(form_number, "Fields"))
            };
            judgement.explained.extend(objects.filter(only_form).map(|reference| reference.number));
        }
        Ok(())
    }

    /// A new field: explained if it is a signature field whose objects are all new, by a name that is not taken. Says
    /// whether it is.
    fn judge_new_field<'f>(
        &self,
        judgement: &mut Judgement,
        field: &'f Field,
        taken: &mut HashSet<&'f str>,
    ) -> Result<bool, PadesError> {
        let new_object = field.reference.filter(|reference| judgement.is_new(reference.number));
        let (true, Some(reference)) = (field.is_signature(), new_object) else {
            let text = format!("the field {} was added", field.name);
            judgement.unexplained("field-added", text, field.reference.map(|reference| reference.number));
            return Ok(false);
        };
        let unknown = field
            .dictionary
            .iter()
            .find(|(key, _)| !FIELD_KEYS.iter().any(|known| key.as_bytes() == known.as_bytes()));
        let odd = unknown.map(|(key, _)| String::from_utf8_lossy(key.as_bytes()).into_owned());
        if let Some(key) = odd.or_else(|| self.odd_entry(field).map(str::to_owned)) {
            let text = format!("a signature field {} with /{key} was added", field.name);
            judgement.unexplained("field-added", text, Some(reference.number));
            return Ok(false);
        }
        if field.name.is_empty() || field.name.contains('.') || taken.contains(field.name.as_str()) {
            let text = format!("a field was added by the name {}, which is taken or no field's", field.name);
            judgement.unexplained("field-name-taken", text, Some(reference.number));
            return Ok(false);
        }
        taken.insert(&field.name);
        judgement.new_widgets.insert(reference);
        judgement.explained.insert(reference.number);
        for key in ["V", "AP", "MK", "Lock", "SV", "DR"] {
            field.dictionary.get(key).map_or(Ok(()), |value| self.explain_new_objects(judgement, value))?;
        }
        let by = self.drawn_by(field)?;
        let shown = match self.new_kids(judgement, field)? {
            Ok(kids) if kids.is_empty() => {
                judgement.drawn.push(Drawn::new(field, reference.number, by));
                self.shows(&field.dictionary)
            }
            Ok(kids) => {
                for (number, kid) in &kids {
                    judgement.drawn.push(Drawn::apart(field, (*number, kid), by));
                }
                Shown::Something
            }
            Err(number) => {
                let text =
                    format!("a signature field {} was added with what is no widget of it alone", field.name);
                judgement.unexplained("field-added", text, number);
                return Ok(false);
            }
        };
        match &field.value {
            Some(value) => self.judge_new_signature(judgement, field, value, shown)?,
            None => {
                let text = format!("an empty signature field {} was added", field.name);
                let finding = Finding::information("signature-field-added", text);
                match shown {
                    // Nothing that a lock forbids: it holds no value, and nobody sees it.
                    Shown::Nothing => judgement.explain(Need::Signing, finding),
                    Shown::Something => judgement.explain_field(&field.name, finding),
                }
            }
        }
        Ok(true)
    }

    /// The widgets of a new field that are objects apart from it, all of them new; `Err` is one that is none.
    #[expect(clippy::type_complexity, reason = "widgets with their numbers, or the number of what is none")]
    fn new_kids(
        &self,
        judgement: &mut Judgement,
        field: &Field,
    ) -> Result<Result<Vec<(u32, Dictionary)>, Option<u32>>, PadesError> {
        let Some(stated) = field.dictionary.get("Kids") else { return Ok(Ok(Vec::new())) };
        let list = stated.as_reference().map(|list| list.number);
        if list.is_some_and(|list| !judgement.is_new(list)) {
            return Ok(Err(list));
        }
        let listed = self.new.resolve(stated)?;
        let Some(listed) = listed.as_array() else { return Ok(Err(list)) };
        let mut kids = Vec::new();
        for kid in listed {
            let reference = kid.as_reference().filter(|kid| judgement.is_new(kid.number));
            let Some(reference) = reference else { return Ok(Err(list)) };
            let object = self.new.object(reference)?;
            // Some products leave out that it belongs to its field.
            let parent =
                object.as_dictionary().and_then(|kid| kid.get("Parent")).and_then(Object::as_reference);
            let own = parent.is_none() || parent == field.reference;
            let entries = object.as_dictionary().filter(|kid| own && self.is_widget_alone(kid));
            let known =
                |kid: &&Dictionary| kid.iter().all(|(key, _)| WIDGET_KEYS.iter().any(|known| key == known));
            let Some(entries) = entries.filter(known) else { return Ok(Err(Some(reference.number))) };
            kids.push((reference.number, entries.clone()));
            judgement.new_widgets.insert(reference);
        }
        judgement.explained.extend(list.into_iter().chain(kids.iter().map(|(number, _)| *number)));
        for (_, kid) in &kids {
            for key in ["AP", "MK"] {
                kid.get(key).map_or(Ok(()), |value| self.explain_new_objects(judgement, value))?;
            }
        }
        Ok(Ok(kids))
    }

    /// An entry by which a new field would be another annotation than a widget, or lie where readers do not agree.
    fn odd_entry(&self, field: &Field) -> Option<&'static str> {
        let entry = |key| field.dictionary.get(key);
        let widget = |kind: &Object| kind.as_name().is_some_and(|name| name.as_bytes() == b"Widget");
        if entry("Subtype").is_some_and(|kind| !widget(kind)) {
            return Some("Subtype");
        }
        let misshapen = entry("Rect").is_some() && !is_rectangle(&self.new, &field.dictionary, "Rect");
        misshapen.then_some("Rect")
    }

    /// Who stands for what is drawn in a field: whoever signed the value that it holds.
    pub(super) fn drawn_by(&self, field: &Field) -> Result<DrawnBy, PadesError> {
        let Some(value) = &field.value else { return Ok(DrawnBy::Anybody) };
        let value = self.new.resolve(value)?;
        let stamped = is_type(&value, "DocTimeStamp") || is_timestamp_by_kind(&value);
        Ok(if stamped { DrawnBy::Anybody } else { DrawnBy::Signer })
    }

    /// The value that a signature field got: it must be new, or an old object is passed off as a signature.
    pub(super) fn judge_new_signature(
        &self,
        judgement: &mut Judgement,
        field: &Field,
        value: &Object,
        shown: Shown,
    ) -> Result<(), PadesError> {
        let Some(reference) = value.as_reference().filter(|reference| judgement.is_new(reference.number))
        else {
            let text =
                format!("the field {} got an object that was there before as its signature", field.name);
            let number = value.as_reference().map(|reference| reference.number);
            judgement.unexplained("signature-recycled", text, number);
            return Ok(());
        };
        if judgement.values_twice.contains(&reference.number) {
            let text = format!("the signature in the field {} stands in another field, too", field.name);
            judgement.unexplained("signature-in-two-fields", text, Some(reference.number));
        } else if shown == Shown::Nothing && is_timestamp(&self.new.object(reference)?) {
            let text = format!("a document timestamp was added in the field {}", field.name);
            judgement.explain(Need::Nothing, Finding::information("document-timestamp-added", text));
        } else {
            let text = format!("a further signature was added in the field {}", field.name);
            judgement.explain_field(&field.name, Finding::information("signature-added", text));
        }
        Ok(())
    }

    /// The appearance of a field that is its own widget, if it was drawn anew under its old number and nothing else uses it.
    fn redrawn_in_place(
        &self,
        judgement: &Judgement,
        field: &Field,
    ) -> Result<Option<Reference>, PadesError> {
        let (Some(widget), Some(stated)) = (field.reference, field.dictionary.get("AP")) else {
            return Ok(None);
        };
        let appearances = self.new.resolve(stated)?;
        let look =
            appearances.as_dictionary().and_then(|entries| entries.get("N")).and_then(Object::as_reference);
        let look = look.filter(|look| judgement.is_open(look.number) && !judgement.is_new(look.number));
        Ok(look.filter(|look| self.is_look_of(look.number, widget.number)))
    }

    /// A field that was there: explained if nothing happened, or an empty signature field was signed.
    pub(super) fn judge_field(
        &self,
        judgement: &mut Judgement,
        old: &Field,
        new: &Field,
    ) -> Result<(), PadesError> {
        let number = new.reference.map(|reference| reference.number);
        let touched = number.is_some_and(|number| !judgement.kids_of(number).is_empty());
        if old.dictionary == new.dictionary && old.value == new.value && !touched {
            return Ok(());
        }
        if !old.is_signature() && !new.is_signature() {
            return self.judge_filling(judgement, old, new);
        }
        let keys = match objection_of(self.differing(judgement, &old.dictionary, &new.dictionary))? {
            Ok(keys) => keys,
            Err(objection) => {
                judgement.unexplained(objection.kind, objection.text, number);
                return Ok(());
            }
        };
        let signed_now =
            old.is_signature() && old.value.is_none() && new.is_signature() && new.value.is_some();
        let redrawn = self.redrawn_in_place(judgement, new)?;
        let keys: Vec<String> = match redrawn {
            Some(_) if !keys.iter().any(|key| key == "AP") => {
                keys.into_iter().chain(["AP".to_owned()]).collect()
            }
            _ => keys,
        };
        if keys.is_empty() && old.value == new.value {
            // Written in another way; what its widgets show is judged as any other change.
            judgement.explained.extend(number);
            return Ok(());
        }
        let becomes_annotation =
            |key: &str| key == "Type" && is_type(&Object::Dictionary(new.dictionary.clone()), "Annot");
        let signing_keys =
            keys.iter().all(|key| matches!(key.as_str(), "V" | "AP" | "F" | "M") || becomes_annotation(key));
        if !(signed_now && signing_keys) {
            let text = format!("the field {} was changed ({})", old.name, keys.join(", "));
            judgement.unexplained("field-changed", text, number);
            return Ok(());
        }
        if !self.explain_own_widget(judgement, new, &keys)? {
            return Ok(());
        }
        for key in ["V", "AP"] {
            if let Some(value) =
                new.dictionary.get(key).filter(|value| old.dictionary.get(key) != Some(value))
            {
                self.explain_new_objects(judgement, value)?;
            }
        }
        if let Some(look) = redrawn {
            judgement.explained.insert(look.number);
            self.explain_new_objects(judgement, &self.new.object(look)?)?;
        }
        judgement.explained.extend(number);
        let shown = match self.explain_kids(judgement, new)? {
            Shown::Nothing => self.shows(&new.dictionary),
            shown => shown,
        };
        new.value.as_ref().map_or(Ok(()), |value| self.judge_new_signature(judgement, new, value, shown))
    }
}

/// The entries that a signature field and its widget need (ISO 32000-2, tables 166, 191, 226 and 235), without actions.
const FIELD_KEYS: [&str; 26] = [
    "Type", "Subtype", "FT", "T", "TU", "TM", "Ff", "V", "DV", "F", "Rect", "P", "AP", "MK", "Lock", "SV",
    "DA", "Q", "Border", "Lang", "Contents", "H", "M", "NM", "DR", "Kids",
];
/// Those of its widgets, if they are objects apart from it.
const WIDGET_KEYS: [&str; 13] =
    ["Type", "Subtype", "Parent", "F", "Rect", "P", "AP", "MK", "Border", "Lang", "Contents", "H", "M"];

/// Type and kind must agree: what calls itself a timestamp may be somebody's signature.
fn is_timestamp(object: &Object) -> bool {
    is_type(object, "DocTimeStamp") && is_timestamp_by_kind(object)
}

fn is_timestamp_by_kind(object: &Object) -> bool {
    let kind =
        object.as_dictionary().and_then(|dictionary| dictionary.get("SubFilter")).and_then(Object::as_name);
    kind.is_some_and(|kind| kind.as_bytes() == b"ETSI.RFC3161")
}
