//! What later revisions changed, object by object, by rules that reject by default (pyHanko's difference analysis
//! is the model).
//!
//! Explained are: a further signature in a new or an empty field, long-term data in `/DSS`, document metadata. Every
//! other change leaves open whether the document is still what was signed; which of them a form allows is not judged
//! yet.

use std::collections::{BTreeMap, BTreeSet};

use chancery_ades::{Aspect, Finding, Place, Restriction, SignatureReport, SubIndication};
use chancery_pdf::{Change, Dictionary, Document, Name, Object, Reference, View};

use crate::PadesError;
use crate::certification::ChangesAllowed;
use crate::form::{Field, fields, form};
use crate::references::{References, each_reference};
use crate::security_store::Store;

/// What one revision changed.
pub(crate) struct RevisionChanges {
    /// Counted from 0.
    pub(crate) revision: usize,
    found: Vec<Found>,
}

/// One change: what it needs to be allowed, and what to say.
#[derive(Clone)]
struct Found {
    need: Need,
    finding: Finding,
}

/// What a change needs.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Need {
    /// Nothing: it is never a change of the document's content.
    Nothing,
    /// That signing is allowed.
    Signing,
    /// It is not explained, so nothing allows it.
    Unexplained,
}

/// The changes of every revision after `first`.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn since(document: &Document<'_>, first: usize) -> Result<Vec<RevisionChanges>, PadesError> {
    let views: Vec<View<'_>> =
        (first..document.revisions().len()).filter_map(|index| document.at(index)).collect();
    let mut steps = Vec::new();
    for pair in views.windows(2) {
        steps.push(pair[1].changed_since(&pair[0])?);
    }
    let interesting: BTreeSet<u32> = steps.iter().flatten().map(|change| change.number).collect();
    let Some(oldest) = views.first().filter(|_| !steps.is_empty()) else { return Ok(Vec::new()) };
    let mut references = References::of(oldest, &interesting)?;
    let mut all = Vec::new();
    for (pair, changed) in views.windows(2).zip(&steps) {
        let (old, new) = (pair[0], pair[1]);
        let step = Step { old, new, references: &references };
        let found = step.judge(changed)?;
        all.push(RevisionChanges { revision: new.revision(), found });
        references.add(&new, changed)?;
    }
    Ok(all)
}

impl RevisionChanges {
    /// Whether anything changed that needs to be allowed.
    pub(crate) fn needs_permission(&self) -> bool {
        self.found.iter().any(|found| found.need != Need::Nothing)
    }

    /// Tells a report what this revision changed, and makes its verdict worse where that was not allowed.
    pub(crate) fn apply(&self, report: SignatureReport, allowed: Option<ChangesAllowed>) -> SignatureReport {
        let place = Place::Revision(self.revision + 1);
        let tell = |report: SignatureReport, found: &Found| {
            let finding = found.finding.clone();
            let finding = if finding.place.is_none() { finding.at(place.clone()) } else { finding };
            match (found.need, allowed) {
                (Need::Nothing, _) => report.note(Aspect::Changes, finding),
                (Need::Signing, Some(ChangesAllowed::None)) => {
                    let text = format!("{}, though the certification allows no changes", finding.text);
                    let broken = Finding::error("certification-broken", text).rule("ISO 32000-2, 12.8.2.2");
                    report.restrict(Restriction::fails(SubIndication::FormatFailure, Aspect::Changes, broken))
                }
                (Need::Signing, _) => report.note(Aspect::Changes, finding),
                (Need::Unexplained, _) => report.restrict(Restriction::leaves_open(
                    SubIndication::Generic,
                    Aspect::Changes,
                    finding,
                )),
            }
        };
        if self.found.is_empty() {
            let finding = Finding::information("later-revision", "a later revision changes nothing");
            return report.note(Aspect::Changes, finding.at(place));
        }
        self.found.iter().fold(report, tell)
    }
}

/// From one revision to the next.
struct Step<'s, 'd> {
    old: View<'d>,
    new: View<'d>,
    references: &'s References,
}

/// What is known of the changed objects while they are judged.
struct Judgement {
    found: Vec<Found>,
    /// The changed objects that are explained.
    explained: BTreeSet<u32>,
    changed: BTreeMap<u32, Change>,
    /// The widgets of new signatures.
    new_widgets: Vec<Reference>,
}

impl Judgement {
    fn explain(&mut self, need: Need, finding: Finding) {
        self.found.push(Found { need, finding });
    }

    fn unexplained(&mut self, kind: &'static str, text: impl Into<String>, number: Option<u32>) {
        let finding = Finding::warning(kind, text);
        let finding = match number {
            Some(number) => finding.at(Place::Object(number)),
            None => finding,
        };
        self.explain(Need::Unexplained, finding);
    }

    /// Whether an object is new: the number was not in use.
    fn is_new(&self, number: u32) -> bool {
        self.changed.get(&number).is_some_and(|change| change.before.is_none_or(|entry| !entry.is_in_use()))
    }
}

impl Step<'_, '_> {
    fn judge(&self, changed: &[Change]) -> Result<Vec<Found>, PadesError> {
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
    fn pass_over_what_is_the_same(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        let mut same = Vec::new();
        for change in judgement.changed.values() {
            let (before, after) = (self.before(change)?, self.after(change)?);
            let container = is_type(&after, "XRef") || is_type(&after, "ObjStm");
            if self.same(&before, &after)? || (container && judgement.is_new(change.number)) {
                same.push(change.number);
            }
        }
        judgement.explained.extend(same);
        Ok(())
    }

    fn judge_trailer(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
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

    fn judge_form(
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
                    Some(from) == new_root_number(&self.new)
                        || form_object.is_some_and(|form| form.number == from)
                })
            };
            judgement.explained.extend(objects.filter(only_form).map(|reference| reference.number));
        }
        Ok(())
    }

    /// A new field: explained if it is a signature field whose objects are all new. Says whether it is.
    fn judge_new_field(&self, judgement: &mut Judgement, field: &Field) -> Result<bool, PadesError> {
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
    fn judge_new_signature(
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
    fn judge_field(&self, judgement: &mut Judgement, old: &Field, new: &Field) -> Result<(), PadesError> {
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

    fn judge_store(
        &self,
        judgement: &mut Judgement,
        old_catalog: &Dictionary,
        new_catalog: &Dictionary,
    ) -> Result<(), PadesError> {
        let old_objects = self.closure(&self.old, old_catalog.get("DSS"))?;
        let touched = old_catalog.get("DSS") != new_catalog.get("DSS")
            || judgement.changed.keys().any(|number| old_objects.contains(number));
        if !touched {
            return Ok(());
        }
        let (before, after) = (Store::read(&self.old, old_catalog)?, Store::read(&self.new, new_catalog)?);
        match (before, after) {
            (Ok(before), Ok(after)) if after.holds_all_of(&before) => {}
            (_, Err(fault)) => {
                judgement.unexplained(
                    "long-term-data-malformed",
                    format!("the long-term validation data are malformed: {fault}"),
                    None,
                );
                return Ok(());
            }
            _ => {
                judgement.unexplained(
                    "long-term-data-removed",
                    "long-term validation data were removed or replaced",
                    None,
                );
                return Ok(());
            }
        }
        let root = new_root_number(&self.new);
        let new_objects = self.closure(&self.new, new_catalog.get("DSS"))?;
        // Long-term data only as long as nothing else of the document uses the objects.
        let explained = |number: &u32| {
            let ours = judgement.is_new(*number) || old_objects.contains(number);
            let users =
                || self.references.to(*number).all(|from| old_objects.contains(&from) || Some(from) == root);
            judgement.changed.contains_key(number) && ours && users()
        };
        let explained: Vec<u32> = new_objects.into_iter().filter(explained).collect();
        judgement.explained.extend(explained);
        let finding =
            Finding::information("long-term-data-added", "long-term validation data were added (/DSS)");
        judgement.explain(Need::Nothing, finding);
        Ok(())
    }

    fn judge_metadata(
        &self,
        judgement: &mut Judgement,
        old_catalog: &Dictionary,
        new_catalog: &Dictionary,
    ) -> Result<(), PadesError> {
        let Some(metadata) = new_catalog.get("Metadata").and_then(Object::as_reference) else {
            return Ok(());
        };
        let changed = judgement.changed.contains_key(&metadata.number)
            && !judgement.explained.contains(&metadata.number);
        if !changed && old_catalog.get("Metadata") == new_catalog.get("Metadata") {
            return Ok(());
        }
        let object = self.new.object(metadata)?;
        let root = new_root_number(&self.new);
        if is_type(&object, "Metadata") && self.references.to(metadata.number).all(|from| Some(from) == root)
        {
            judgement.explained.insert(metadata.number);
            judgement.explain(
                Need::Nothing,
                Finding::information("metadata-changed", "the document metadata were changed"),
            );
        }
        Ok(())
    }

    fn judge_catalog(
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

    /// A page may get the widget of a new signature, and nothing else.
    fn judge_pages(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        let open: Vec<Change> = judgement.open();
        for change in open {
            let (before, after) = (self.before(&change)?, self.after(&change)?);
            match (&before, &after) {
                (Object::Dictionary(old), Object::Dictionary(new)) if is_type(&before, "Page") => {
                    self.judge_page(judgement, change.number, old, new)?;
                }
                (Object::Array(old), Object::Array(new)) if self.is_list_of_annotations(change.number)? => {
                    self.judge_annotations(judgement, change.number, old, new);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn judge_page(
        &self,
        judgement: &mut Judgement,
        number: u32,
        old: &Dictionary,
        new: &Dictionary,
    ) -> Result<(), PadesError> {
        let other: Vec<String> = differing_keys(old, new).into_iter().filter(|key| key != "Annots").collect();
        if !other.is_empty() {
            let text = format!("a page was changed ({})", other.join(", "));
            judgement.explained.insert(number);
            judgement.unexplained("page-changed", text, Some(number));
            return Ok(());
        }
        let list = |view: &View<'_>, page: &Dictionary| -> Result<Vec<Object>, PadesError> {
            Ok(view.value(page, "Annots")?.as_array().map(<[Object]>::to_vec).unwrap_or_default())
        };
        let (old_list, new_list) = (list(&self.old, old)?, list(&self.new, new)?);
        self.judge_annotations(judgement, number, &old_list, &new_list);
        if let Some(array) = new.get("Annots").and_then(Object::as_reference)
            && judgement.is_new(array.number)
            && self.references.to(array.number).next().is_none()
        {
            judgement.explained.insert(array.number);
        }
        Ok(())
    }

    /// The old annotations must still be there in their order; what was added must be widgets of new signatures.
    fn judge_annotations(&self, judgement: &mut Judgement, number: u32, old: &[Object], new: &[Object]) {
        judgement.explained.insert(number);
        let mut rest = new.iter();
        let mut added = Vec::new();
        for wanted in old {
            loop {
                match rest.next() {
                    Some(found) if found == wanted => break,
                    Some(found) => added.push(found),
                    None => {
                        judgement.unexplained(
                            "annotation-removed",
                            "an annotation was removed from a page",
                            Some(number),
                        );
                        return;
                    }
                }
            }
        }
        added.extend(rest);
        let foreign = added.into_iter().find(|annotation| {
            annotation.as_reference().is_none_or(|reference| !judgement.new_widgets.contains(&reference))
        });
        if foreign.is_some() {
            let text = "an annotation was laid over a page";
            judgement.unexplained("annotation-added", text, Some(number));
        }
    }

    /// Whether everything that refers to an array is a page that uses it as its annotations.
    fn is_list_of_annotations(&self, number: u32) -> Result<bool, PadesError> {
        let mut pages = 0;
        for from in self.references.to(number) {
            let Some(generation) = self.old.entry(from)?.and_then(|entry| entry.generation_in_use()) else {
                continue;
            };
            let page = self.old.object(Reference::new(from, generation))?;
            let uses =
                |(key, value): (&Name, &Object)| key.as_bytes() == b"Annots" || !mentions(value, number);
            if !is_type(&page, "Page") || !page.as_dictionary().is_some_and(|page| page.iter().all(uses)) {
                return Ok(false);
            }
            pages += 1;
        }
        Ok(pages > 0)
    }

    fn judge_the_rest(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
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
    fn use_of(&self, number: u32) -> Result<Option<String>, PadesError> {
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
    fn explain_new_objects(&self, judgement: &mut Judgement, value: &Object) -> Result<bool, PadesError> {
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
    fn closure(&self, view: &View<'_>, value: Option<&Object>) -> Result<BTreeSet<u32>, PadesError> {
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

    fn before(&self, change: &Change) -> Result<Object, PadesError> {
        let generation = change.before.and_then(|entry| entry.generation_in_use());
        generation.map_or(Ok(Object::Null), |generation| {
            Ok(self.old.object(Reference::new(change.number, generation))?)
        })
    }

    fn after(&self, change: &Change) -> Result<Object, PadesError> {
        let generation = change.after.and_then(|entry| entry.generation_in_use());
        generation.map_or(Ok(Object::Null), |generation| {
            Ok(self.new.object(Reference::new(change.number, generation))?)
        })
    }

    fn same(&self, before: &Object, after: &Object) -> Result<bool, PadesError> {
        match (before, after) {
            (Object::Stream(old), Object::Stream(new)) => {
                Ok(old.dictionary() == new.dictionary() && self.old.raw(old)? == self.new.raw(new)?)
            }
            _ => Ok(before == after),
        }
    }
}

impl Judgement {
    /// The changes that are not explained yet.
    fn open(&self) -> Vec<Change> {
        self.changed.values().filter(|change| !self.explained.contains(&change.number)).copied().collect()
    }
}

/// The entries of a trailer or cross-reference stream that may hold references (ISO 32000-2, tables 5, 15 and 17).
const TRAILER_KEYS: [&str; 9] =
    ["Root", "Info", "Encrypt", "ID", "Prev", "XRefStm", "DecodeParms", "Length", "AuthCode"];

fn new_root_number(view: &View<'_>) -> Option<u32> {
    view.trailer().get("Root").and_then(Object::as_reference).map(|reference| reference.number)
}

fn type_name(object: &Object) -> Option<String> {
    let name = object.as_dictionary()?.get("Type")?.as_name()?;
    Some(String::from_utf8_lossy(name.as_bytes()).into_owned())
}

fn is_type(object: &Object, name: &str) -> bool {
    let kind = object.as_dictionary().and_then(|dictionary| dictionary.get("Type"));
    kind.and_then(Object::as_name).is_some_and(|kind| kind.as_bytes() == name.as_bytes())
}

fn mentions(value: &Object, number: u32) -> bool {
    let mut found = false;
    each_reference(value, &mut |reference| found |= reference.number == number);
    found
}

/// The keys whose values are not the same in both, missing ones included.
fn differing_keys(old: &Dictionary, new: &Dictionary) -> Vec<String> {
    let keys: BTreeSet<String> = old
        .iter()
        .chain(new.iter())
        .map(|(key, _)| String::from_utf8_lossy(key.as_bytes()).into_owned())
        .collect();
    keys.into_iter().filter(|key| old.get(key) != new.get(key)).collect()
}
