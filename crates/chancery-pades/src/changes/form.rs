//! Changes of the form: a further signature, in a new or an empty field.

use chancery_ades::Finding;
use chancery_pdf::{Dictionary, Object, Reference};

use super::found::Need;
use super::judgement::Judgement;
use super::step::Step;
use super::values::{differing_keys, is_type, root_number};
use crate::PadesError;
use crate::form::{Field, fields, form};

impl Step<'_, '_> {
    pub(super) fn judge_form(
        &self,
        judgement: &mut Judgement,
        old_catalog: &Dictionary,
        new_catalog: &Dictionary,
    ) -> Result<(), PadesError> {
        let (old_form, new_form) = (form(&self.old, old_catalog)?, form(&self.new, new_catalog)?);
        let unlike = differing_keys(&old_form, &new_form);
        let (old_fields, new_fields) = (fields(&self.old, &old_form)?, fields(&self.new, &new_form)?);
        for key in unlike.iter().filter(|key| !matches!(key.as_str(), "Fields" | "SigFlags")) {
            judgement.unexplained("form-changed", format!("/{key} of the form was changed"), None);
        }
        let same_place = |old: &&Field, new: &Field| old.reference == new.reference && old.name == new.name;
        for old in &old_fields {
            if !new_fields.iter().any(|new| same_place(&old, new)) {
                judgement.unexplained("field-removed", format!("the field {} was removed", old.name), None);
            }
        }
        let mut only_signatures_added = true;
        for new in &new_fields {
            match old_fields.iter().find(|old| same_place(old, new)) {
                None => only_signatures_added &= self.judge_new_field(judgement, new)?,
                Some(old) => self.judge_field(judgement, old, new)?,
            }
        }
        if only_signatures_added {
            // The form and its list of fields hold nothing but what was judged above.
            let form_object = new_catalog.get("AcroForm").and_then(Object::as_reference);
            let list = new_form.get("Fields").and_then(Object::as_reference);
            let unmoved = form_object == old_catalog.get("AcroForm").and_then(Object::as_reference)
                || form_object.is_some_and(|form| judgement.is_new(form.number));
            let objects = form_object.filter(|_| unmoved).into_iter().chain(list);
            let only_form = |reference: &Reference| {
                self.references.to(reference.number).all(|from| {
                    Some(from) == root_number(&self.new)
                        || form_object.is_some_and(|form| form.number == from)
                })
            };
            judgement.explained.extend(objects.filter(only_form).map(|reference| reference.number));
        }
        Ok(())
    }

    /// A new field: explained if it is a signature field whose objects are all new. Says whether it is.
    pub(super) fn judge_new_field(
        &self,
        judgement: &mut Judgement,
        field: &Field,
    ) -> Result<bool, PadesError> {
        let new_object = field.reference.filter(|reference| judgement.is_new(reference.number));
        let (true, Some(reference)) = (field.is_signature(), new_object) else {
            let text = format!("the field {} was added", field.name);
            judgement.unexplained("field-added", text, field.reference.map(|reference| reference.number));
            return Ok(false);
        };
        judgement.new_widgets.push(reference);
        let added = self.explain_new_objects(judgement, &Object::Reference(reference))?;
        match &field.value {
            Some(value) => self.judge_new_signature(judgement, field, value)?,
            None => {
                let text = format!("an empty signature field {} was added", field.name);
                judgement.explain(Need::Signing, Finding::information("signature-field-added", text));
            }
        }
        Ok(added)
    }

    /// The value that a signature field got: it must be new, or an old object is passed off as a signature.
    pub(super) fn judge_new_signature(
        &self,
        judgement: &mut Judgement,
        field: &Field,
        value: &Object,
    ) -> Result<(), PadesError> {
        let Some(reference) = value.as_reference().filter(|reference| judgement.is_new(reference.number))
        else {
            let text =
                format!("the field {} got an object that was there before as its signature", field.name);
            let number = value.as_reference().map(|reference| reference.number);
            judgement.unexplained("signature-recycled", text, number);
            return Ok(());
        };
        if is_type(&self.new.object(reference)?, "DocTimeStamp") {
            let text = format!("a document timestamp was added in the field {}", field.name);
            judgement.explain(Need::Nothing, Finding::information("document-timestamp-added", text));
        } else {
            let text = format!("a further signature was added in the field {}", field.name);
            judgement.explain(Need::Signing, Finding::information("signature-added", text));
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
        if old.dictionary == new.dictionary && old.value == new.value {
            return Ok(());
        }
        let keys = differing_keys(&old.dictionary, &new.dictionary);
        let signed_now =
            old.is_signature() && old.value.is_none() && new.is_signature() && new.value.is_some();
        let signing_keys = keys.iter().all(|key| matches!(key.as_str(), "V" | "AP" | "F" | "M"));
        if !(signed_now && signing_keys) {
            let text = format!("the field {} was changed ({})", old.name, keys.join(", "));
            judgement.unexplained("field-changed", text, number);
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
        new.value.as_ref().map_or(Ok(()), |value| self.judge_new_signature(judgement, new, value))
    }
}
