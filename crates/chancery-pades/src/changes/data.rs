//! Changes of what is beside the document's content: long-term validation data and metadata.

use chancery_ades::Finding;
use chancery_pdf::{Dictionary, Object};

use super::found::Need;
use super::judgement::Judgement;
use super::step::Step;
use super::values::{is_type, root_number};
use crate::PadesError;
use crate::security_store::Store;

impl Step<'_, '_> {
    pub(super) fn judge_store(
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
        let root = root_number(&self.new);
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

    pub(super) fn judge_metadata(
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
        let root = root_number(&self.new);
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
}
