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
        for key in ["V", "AP", "MK", "Lock", "SV"] {
            field.dictionary.get(key).map_or(Ok(()), |value| self.explain_new_objects(judgement, value))?;
        }
        let by = self.drawn_by(field)?;
        judgement.drawn.push(Drawn::new(field, reference.number, by));
        let shown = self.shows(&field.dictionary);
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
        if keys.is_empty() && old.value == new.value {
            // Written in another way; what its widgets show is judged as any other change.
            judgement.explained.extend(number);
            return Ok(());
        }
        let becomes_annotation = |key: &str| key == "Type" && is_type(&Object::Dictionary(new.dictionary.clone()), "Annot");
        let signing_keys = keys
            .iter()
            .all(|key| matches!(key.as_str(), "V" | "AP" | "F" | "M") || becomes_annotation(key));
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
        judgement.explained.extend(number);
        let shown = match self.explain_kids(judgement, new)? {
            Shown::Nothing => self.shows(&new.dictionary),
            shown => shown,
        };
        new.value.as_ref().map_or(Ok(()), |value| self.judge_new_signature(judgement, new, value, shown))
    }
}

/// The entries that a signature field and its widget need (ISO 32000-2, tables 166, 191, 226 and 235), without actions.
const FIELD_KEYS: [&str; 21] = [
    "Type", "Subtype", "FT", "T", "TU", "TM", "Ff", "V", "DV", "F", "Rect", "P", "AP", "MK", "Lock", "SV",
    "DA", "Q", "Border", "Lang", "Contents",
];

/// Type and kind must agree: what calls itself a timestamp may be somebody's signature.
fn is_timestamp(object: &Object) -> bool {
    is_type(object, "DocTimeStamp") && is_timestamp_by_kind(object)
}

fn is_timestamp_by_kind(object: &Object) -> bool {
    let kind =
        object.as_dictionary().and_then(|dictionary| dictionary.get("SubFilter")).and_then(Object::as_name);
    kind.is_some_and(|kind| kind.as_bytes() == b"ETSI.RFC3161")
}
