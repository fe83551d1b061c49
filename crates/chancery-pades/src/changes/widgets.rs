//! Widgets that are objects apart from their field.

use chancery_pdf::Object;

use super::judgement::Judgement;
use super::step::Step;
use super::values::differing_keys;
use crate::PadesError;
use crate::form::Field;

impl Step<'_, '_> {
    /// The widgets of a field that was signed, where they are objects apart from it: they show the signature from now on.
    pub(super) fn explain_widgets(&self, judgement: &mut Judgement, field: &Field) -> Result<(), PadesError> {
        let kids = self.new.value(&field.dictionary, "Kids")?;
        for kid in kids.as_array().unwrap_or_default() {
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
}
