//! The groups of fields above a new one: made for it, or given one more field.

use std::collections::BTreeSet;

use chancery_pdf::{Change, Dictionary, Object, Reference, View};

use super::judgement::Judgement;
use super::step::Step;
use super::values::differing_keys;
use crate::PadesError;
use crate::form::Field;

/// The entries of a group that was made for a new field. What it could pass on to its fields is not among them.
const GROUP_KEYS: [&str; 3] = ["T", "Kids", "Parent"];

/// As deep as forms are read.
const MAX_DEPTH: usize = 32;

impl Step<'_, '_> {
    /// Whether a new field stands where its `/Parent` says, under groups that lead to its full name, each of which was
    /// made for new fields or got nothing but fields. Those groups are explained then; every field below them is judged
    /// by itself.
    pub(super) fn judge_branch(&self, judgement: &mut Judgement, field: &Field) -> Result<bool, PadesError> {
        let Some(mut child) = field.reference else { return Ok(false) };
        let mut entries = field.dictionary.clone();
        let mut name = self.partial_name(&entries)?;
        let mut groups = BTreeSet::new();
        for _ in 0..MAX_DEPTH {
            let Some(parent) = entries.get("Parent") else {
                judgement.explained.extend(groups);
                return Ok(name == field.name);
            };
            let Some(reference) = parent.as_reference() else { return Ok(false) };
            let Object::Dictionary(group) = self.new.object(reference)? else { return Ok(false) };
            let (kids, own_object) = kids(&self.new, &group)?;
            if !kids.contains(&Object::Reference(child)) {
                return Ok(false);
            }
            if let Some(change) = judgement.changed.get(&reference.number).copied() {
                let sound = if judgement.is_new(reference.number) {
                    group.iter().all(|(key, _)| GROUP_KEYS.iter().any(|known| *key == *known))
                        && kids.iter().all(|kid| self.is_new_field(judgement, kid))
                } else {
                    self.only_got_fields(judgement, &change, &group, &kids)?
                };
                if !sound {
                    return Ok(false);
                }
                groups.insert(reference.number);
            }
            if let Some(list) = own_object.filter(|list| judgement.changed.contains_key(&list.number)) {
                if !self.list_only_got_fields(judgement, reference, list, &kids)? {
                    return Ok(false);
                }
                groups.insert(list.number);
            }
            let above = self.partial_name(&group)?;
            name = if above.is_empty() { name } else { format!("{above}.{name}") };
            (child, entries) = (reference, group);
        }
        Ok(false)
    }

    /// The widgets of a field that was signed, where they are objects apart from it: they show the signature from now on.
    pub(super) fn explain_widgets(&self, judgement: &mut Judgement, field: &Field) -> Result<(), PadesError> {
        for kid in kids(&self.new, &field.dictionary)?.0 {
            let change = kid.as_reference().and_then(|kid| judgement.changed.get(&kid.number)).copied();
            let Some(change) = change.filter(|change| !judgement.is_new(change.number)) else { continue };
            let (before, after) = (self.before(&change)?, self.after(&change)?);
            let (Object::Dictionary(before), Object::Dictionary(after)) = (before, after) else { continue };
            if differing_keys(&before, &after).iter().all(|key| key == "AP") {
                after.get("AP").map_or(Ok(()), |shown| self.explain_new_objects(judgement, shown))?;
                judgement.explained.insert(change.number);
            }
        }
        Ok(())
    }

    /// A group that was there: all that it had, and new fields.
    fn only_got_fields(
        &self,
        judgement: &Judgement,
        change: &Change,
        group: &Dictionary,
        now: &[Object],
    ) -> Result<bool, PadesError> {
        let Object::Dictionary(old) = self.before(change)? else { return Ok(false) };
        let only_kids = differing_keys(&old, group).iter().all(|key| key == "Kids");
        let (before, _) = kids(&self.old, &old)?;
        Ok(only_kids && self.got_new_fields(judgement, &before, now))
    }

    /// The same for a list of fields that is an object of its own, and that nothing else uses.
    fn list_only_got_fields(
        &self,
        judgement: &Judgement,
        group: Reference,
        list: Reference,
        now: &[Object],
    ) -> Result<bool, PadesError> {
        let before = self.old.object(list)?;
        let mut uses = self.references.uses(list.number);
        let only_here = uses.all(|found| found.is(Some(group.number), "Kids"));
        Ok(only_here && self.got_new_fields(judgement, before.as_array().unwrap_or_default(), now))
    }

    /// Whether a list is what it was, with new fields after it.
    fn got_new_fields(&self, judgement: &Judgement, before: &[Object], now: &[Object]) -> bool {
        let added = now.strip_prefix(before);
        added.is_some_and(|added| added.iter().all(|kid| self.is_new_field(judgement, kid)))
    }

    /// Whether a kid is a new object with a name: what has no name is a widget of its parent.
    fn is_new_field(&self, judgement: &Judgement, kid: &Object) -> bool {
        let Some(reference) = kid.as_reference().filter(|kid| judgement.is_new(kid.number)) else {
            return false;
        };
        let kid = self.new.object(reference).ok();
        kid.as_ref().and_then(Object::as_dictionary).is_some_and(|kid| kid.get("T").is_some())
    }

    fn partial_name(&self, entries: &Dictionary) -> Result<String, PadesError> {
        Ok(self
            .new
            .value(entries, "T")?
            .as_string()
            .map(chancery_pdf::PdfString::to_text)
            .unwrap_or_default())
    }
}

/// The kids of a group, and the object that holds the list, if it is one of its own.
fn kids(view: &View<'_>, group: &Dictionary) -> Result<(Vec<Object>, Option<Reference>), PadesError> {
    let kids = view.value(group, "Kids")?;
    let list = group.get("Kids").and_then(Object::as_reference);
    Ok((kids.as_array().map(<[Object]>::to_vec).unwrap_or_default(), list))
}
