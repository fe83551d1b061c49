//! Changes of the trailer: encryption, identifiers, the document information, and where else it leads.

use std::collections::BTreeSet;

use chancery_ades::Finding;
use chancery_pdf::{Dictionary, Name, Object, View};

use super::found::Need;
use super::judgement::Judgement;
use super::step::{Step, readable};
use super::values::{differing_keys, is_type};
use crate::PadesError;
use crate::references::{each_reference, unknown_entries};

impl Step<'_, '_> {
    pub(super) fn judge_trailer(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        let (old, new) = (self.old.trailer(), self.new.trailer());
        if old.get("Encrypt") != new.get("Encrypt") {
            judgement.unexplained("encryption-changed", "the encryption of the document was changed", None);
        }
        let leads = |value: &Object| {
            let mut leads = false;
            each_reference(value, &mut |_| leads = true);
            leads
        };
        judgement.trailer_leads = unknown_entries(old).any(|(_, value)| leads(value));
        // One that stays as it is leads to what was signed; that its objects stay the same is judged as of any other use.
        let differing: BTreeSet<Name> = differing_keys(old, new).into_iter().collect();
        let leads_elsewhere = |(key, value): &(&Name, &Object)| leads(value) && differing.contains(*key);
        if let Some((key, _)) = unknown_entries(old).chain(unknown_entries(new)).find(leads_elsewhere) {
            let text = format!(
                "the trailer leads to other objects by /{}, which no standard knows",
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
        self.judge_information(judgement, old.get("Info"), new.get("Info"))
    }

    /// The document information may be another one, as it may be changed: it is metadata, but must be told.
    fn judge_information(
        &self,
        judgement: &mut Judgement,
        old: Option<&Object>,
        new: Option<&Object>,
    ) -> Result<(), PadesError> {
        let told = |text: &str| Finding::information("metadata-changed", text);
        if old != new {
            let text = match new {
                None | Some(Object::Null) => "the document information was taken out of the trailer",
                Some(_) => "another object is the document information now",
            };
            judgement.explain(Need::Nothing, told(text));
        }
        let info = new.and_then(Object::as_reference);
        let Some(info) = info.filter(|info| judgement.changed.contains_key(&info.number)) else {
            return Ok(());
        };
        // Metadata only as long as it is texts, and nothing else of the document uses the object.
        let mut plain = matches!(self.new.object(info)?, Object::Dictionary(_));
        each_reference(&self.new.object(info)?, &mut |_| plain = false);
        // A cross-reference stream is a trailer, too.
        let mut unused = true;
        for found in self.references.uses(info.number) {
            unused &= found.key == "Info" && self.is_cross_reference(found.from)?;
        }
        if plain && unused && !judgement.explained.contains(&info.number) {
            judgement.explained.insert(info.number);
            if old == new {
                judgement.explain(Need::Nothing, told("the document information was changed"));
            }
        }
        Ok(())
    }

    fn is_cross_reference(&self, number: u32) -> Result<bool, PadesError> {
        let entry = self.old.entry(number)?;
        let object = readable(&self.old, number, entry)?.unwrap_or(Object::Null);
        Ok(matches!(object, Object::Stream(_)) && is_type(&object, "XRef"))
    }
}
