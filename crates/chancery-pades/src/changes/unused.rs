//! New objects to which nothing leads: leftovers of products that write more than they use.

use std::collections::BTreeSet;

use chancery_ades::Finding;
use chancery_pdf::Object;

use super::found::Need;
use super::judgement::Judgement;
use super::step::Step;
use super::values::type_name;
use crate::PadesError;
use crate::references::each_reference;

/// Types by which readers find objects that repair a file, whatever leads to them.
const FOUND_BY_TYPE: [&str; 5] = ["Catalog", "Pages", "Page", "ObjStm", "XRef"];

impl Step<'_, '_> {
    /// A new object that neither the signed document nor anything else refers to is seen by nobody. A later revision that
    /// refers to it changes another object, which is judged then.
    pub(super) fn explain_unused(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        let open: BTreeSet<u32> = judgement
            .open()
            .iter()
            .map(|change| change.number)
            .filter(|number| judgement.is_new(*number))
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        let mut waiting = Vec::new();
        let mut lead =
            |value: &Object| each_reference(value, &mut |reference| waiting.push(reference.number));
        self.new.trailer().iter().for_each(|(_, value)| lead(value));
        for change in judgement.changed.values().filter(|change| !open.contains(&change.number)) {
            lead(&self.after(change)?);
        }
        let mut used: BTreeSet<u32> = BTreeSet::new();
        while let Some(number) = waiting.pop() {
            let change = judgement.changed.get(&number).filter(|_| open.contains(&number));
            if let Some(change) = change
                && used.insert(number)
            {
                each_reference(&self.after(change)?, &mut |reference| waiting.push(reference.number));
            }
        }
        let mut leftovers = Vec::new();
        for number in open.difference(&used).copied() {
            let Some(change) = judgement.changed.get(&number) else { continue };
            let object = self.after(change)?;
            let by_type = type_name(&object).is_some_and(|name| FOUND_BY_TYPE.contains(&name.as_str()));
            if !object.is_null() && !by_type {
                leftovers.push(number);
            }
        }
        if !leftovers.is_empty() {
            let text = format!("{} objects were added to which nothing refers", leftovers.len());
            judgement.explained.extend(leftovers);
            judgement.explain(Need::Nothing, Finding::information("unused-objects-added", text));
        }
        Ok(())
    }
}
