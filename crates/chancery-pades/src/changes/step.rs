//! From one revision to the next: what both have in common, and what nothing explains.

use std::collections::BTreeSet;

use chancery_ades::Finding;
use chancery_pdf::{Change, Dictionary, Name, Object, Reference, View};

use super::found::{Found, Need};
use super::judgement::Judgement;
use super::values::{differing_keys, is_type, mentions, type_name};
use crate::PadesError;
use crate::references::{References, each_reference};

/// From one revision to the next.
pub(super) struct Step<'s, 'd> {
    pub(super) old: View<'d>,
    pub(super) new: View<'d>,
    pub(super) references: &'s References,
}

impl Step<'_, '_> {
    pub(super) fn judge(&self, changed: &[Change]) -> Result<Vec<Found>, PadesError> {
        let mut judgement = Judgement {
            found: Vec::new(),
            explained: BTreeSet::new(),
            changed: changed.iter().map(|change| (change.number, *change)).collect(),
            new_widgets: Vec::new(),
        };
        self.pass_over_what_is_the_same(&mut judgement)?;
        self.judge_trailer(&mut judgement)?;
        let (old_root, old_catalog) = self.old.catalog()?;
        let (new_root, new_catalog) = self.new.catalog()?;
        if old_root != new_root {
            judgement.unexplained(
                "catalog-replaced",
                "another catalog takes the place of the signed one",
                None,
            );
            return Ok(judgement.found);
        }
        self.judge_form(&mut judgement, &old_catalog, &new_catalog)?;
        self.judge_store(&mut judgement, &old_catalog, &new_catalog)?;
        self.judge_metadata(&mut judgement, &old_catalog, &new_catalog)?;
        self.judge_catalog(&mut judgement, new_root, &old_catalog, &new_catalog);
        self.judge_pages(&mut judgement)?;
        self.judge_the_rest(&mut judgement)?;
        Ok(judgement.found)
    }

    /// An object that was written again as it was is no change; containers of objects are judged by what is in them.
    pub(super) fn pass_over_what_is_the_same(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        let mut same = Vec::new();
        for change in judgement.changed.values() {
            let (before, after) = (self.before(change)?, self.after(change)?);
            // Only a new stream to which nothing that was signed refers: else it could be what a page shows.
            let container = matches!(after, Object::Stream(_))
                && (is_type(&after, "XRef") || is_type(&after, "ObjStm"))
                && judgement.is_new(change.number)
                && self.references.to(change.number).next().is_none();
            if self.same(&before, &after)? || container {
                same.push(change.number);
            }
        }
        judgement.explained.extend(same);
        Ok(())
    }

    pub(super) fn judge_trailer(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        let (old, new) = (self.old.trailer(), self.new.trailer());
        if old.get("Encrypt") != new.get("Encrypt") {
            judgement.unexplained("encryption-changed", "the encryption of the document was changed", None);
        }
        let leads_elsewhere = |(key, value): &(&Name, &Object)| {
            let known = TRAILER_KEYS.iter().any(|known| key.as_bytes() == known.as_bytes());
            !known && {
                let mut leads = false;
                each_reference(value, &mut |_| leads = true);
                leads
            }
        };
        if let Some((key, _)) = old.iter().chain(new.iter()).find(leads_elsewhere) {
            let text = format!(
                "the trailer leads to objects by /{}, which no standard knows",
                String::from_utf8_lossy(key.as_bytes())
            );
            judgement.unexplained("trailer-entry", text, None);
        }
        let first_id = |trailer: &Dictionary, view: &View<'_>| -> Result<Option<Object>, PadesError> {
            Ok(view.value(trailer, "ID")?.as_array().and_then(|parts| parts.first().cloned()))
        };
        let (old_id, new_id) = (first_id(old, &self.old)?, first_id(new, &self.new)?);
        if old_id.is_some() && old_id != new_id {
            judgement.unexplained(
                "identifier-changed",
                "the permanent identifier of the document was changed",
                None,
            );
        }
        let info = new.get("Info").and_then(Object::as_reference);
        let Some(info) = info.filter(|info| judgement.changed.contains_key(&info.number)) else {
            return Ok(());
        };
        // Metadata only as long as nothing else of the document uses the object.
        if !judgement.explained.contains(&info.number) && self.references.to(info.number).next().is_none() {
            judgement.explained.insert(info.number);
            judgement.explain(
                Need::Nothing,
                Finding::information("metadata-changed", "the document information was changed"),
            );
        }
        Ok(())
    }

    pub(super) fn judge_catalog(
        &self,
        judgement: &mut Judgement,
        root: Reference,
        old_catalog: &Dictionary,
        new_catalog: &Dictionary,
    ) {
        for key in differing_keys(old_catalog, new_catalog) {
            let value = new_catalog.get(&key);
            let judged = match key.as_str() {
                // The form was judged field by field; moving it to another old object would be something else.
                "AcroForm" => value
                    .and_then(Object::as_reference)
                    .is_none_or(|form| judgement.explained.contains(&form.number)),
                "DSS" => value.is_some(),
                "Metadata" => value
                    .and_then(Object::as_reference)
                    .is_some_and(|metadata| judgement.explained.contains(&metadata.number)),
                // Declares which extensions of PDF are used; readers do not show it.
                "Extensions" => value.is_some(),
                // A signer that uses a newer feature says so.
                "Version" => {
                    value.and_then(Object::as_name) > old_catalog.get("Version").and_then(Object::as_name)
                }
                _ => false,
            };
            if !judged {
                let text = format!("/{key} of the catalog was changed");
                judgement.unexplained("catalog-changed", text, Some(root.number));
            }
        }
        judgement.explained.insert(root.number);
    }

    pub(super) fn judge_the_rest(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        for change in judgement.open() {
            let number = change.number;
            let (before, after) = (self.before(&change)?, self.after(&change)?);
            let what = type_name(&before).or_else(|| type_name(&after));
            let what =
                what.map_or_else(|| "an object".to_owned(), |name| format!("an object of type {name}"));
            let used = self.use_of(number)?;
            let (kind, text) = match used.as_deref() {
                _ if judgement.is_new(number) => {
                    ("object-added", format!("{what} was added that nothing explains"))
                }
                _ if after.is_null() => ("object-removed", format!("{what} was removed")),
                Some("Contents") => {
                    ("page-content-replaced", "what is drawn on a page was replaced".to_owned())
                }
                Some(key) => ("object-changed", format!("{what}, used as /{key}, was changed or replaced")),
                None => ("object-changed", format!("{what} was changed or replaced")),
            };
            judgement.unexplained(kind, text, Some(number));
        }
        Ok(())
    }

    /// As what the older document uses an object: the key under which the first that refers to it does so.
    pub(super) fn use_of(&self, number: u32) -> Result<Option<String>, PadesError> {
        for from in self.references.to(number) {
            let Some(generation) = self.old.entry(from)?.and_then(|entry| entry.generation_in_use()) else {
                continue;
            };
            let user = self.old.object(Reference::new(from, generation))?;
            let mut keys = user.as_dictionary().into_iter().flat_map(Dictionary::iter);
            if let Some((key, _)) = keys.find(|(_, value)| mentions(value, number)) {
                return Ok(Some(String::from_utf8_lossy(key.as_bytes()).into_owned()));
            }
        }
        Ok(None)
    }

    /// Marks the new objects that a value leads to. One that the old document already referred to, though it was not
    /// there, was laid out beforehand to be filled in: it stays unexplained. Says whether there was none such.
    pub(super) fn explain_new_objects(
        &self,
        judgement: &mut Judgement,
        value: &Object,
    ) -> Result<bool, PadesError> {
        let mut sound = true;
        let mut waiting = vec![value.clone()];
        while let Some(value) = waiting.pop() {
            let mut found = Vec::new();
            each_reference(&value, &mut |reference| found.push(reference));
            for reference in found {
                let number = reference.number;
                if !judgement.is_new(number) || judgement.explained.contains(&number) {
                    continue;
                }
                if self.references.to(number).next().is_some() {
                    let text = "an object was filled in that the signed document already referred to";
                    judgement.unexplained("dangling-reference-filled", text, Some(number));
                    sound = false;
                }
                judgement.explained.insert(number);
                waiting.push(self.new.object(reference)?);
            }
        }
        Ok(sound)
    }

    /// The objects that a value leads to, as far as they are dictionaries and arrays of the store.
    pub(super) fn closure(
        &self,
        view: &View<'_>,
        value: Option<&Object>,
    ) -> Result<BTreeSet<u32>, PadesError> {
        let mut all = BTreeSet::new();
        let mut waiting: Vec<Object> = value.cloned().into_iter().collect();
        while let Some(value) = waiting.pop() {
            let mut found = Vec::new();
            each_reference(&value, &mut |reference| found.push(reference));
            for reference in found {
                if all.insert(reference.number) {
                    waiting.push(view.object(reference)?);
                }
            }
        }
        Ok(all)
    }

    pub(super) fn before(&self, change: &Change) -> Result<Object, PadesError> {
        let generation = change.before.and_then(|entry| entry.generation_in_use());
        generation.map_or(Ok(Object::Null), |generation| {
            Ok(self.old.object(Reference::new(change.number, generation))?)
        })
    }

    pub(super) fn after(&self, change: &Change) -> Result<Object, PadesError> {
        let generation = change.after.and_then(|entry| entry.generation_in_use());
        generation.map_or(Ok(Object::Null), |generation| {
            Ok(self.new.object(Reference::new(change.number, generation))?)
        })
    }

    pub(super) fn same(&self, before: &Object, after: &Object) -> Result<bool, PadesError> {
        match (before, after) {
            (Object::Stream(old), Object::Stream(new)) => {
                Ok(old.dictionary() == new.dictionary() && self.old.raw(old)? == self.new.raw(new)?)
            }
            _ => Ok(before == after),
        }
    }
}

/// The entries of a trailer or cross-reference stream that may hold references (ISO 32000-2, tables 5, 15 and 17).
const TRAILER_KEYS: [&str; 9] =
    ["Root", "Info", "Encrypt", "ID", "Prev", "XRefStm", "DecodeParms", "Length", "AuthCode"];
