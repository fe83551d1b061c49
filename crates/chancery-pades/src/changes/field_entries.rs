//! Which entries filling in changes of a field and its widgets, and how far.

use chancery_pdf::{Dictionary, Object};

use super::filled::{FieldKind, Filled};
use super::judgement::Judgement;
use super::objection::Stop;
use super::step::Step;

/// Whether what viewers draw themselves is drawn in another style.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(super) enum StyleOf {
    Before,
    Now,
}

impl Step<'_, '_> {
    /// Entries that filling a field changes, and how far they may.
    pub(super) fn check_entries(
        &self,
        judgement: &mut Judgement,
        filled: &Filled<'_>,
        old: &Dictionary,
        new: &Dictionary,
        allowed: &[&str],
    ) -> Result<StyleOf, Stop> {
        let name = &filled.field.name;
        let mut style = StyleOf::Before;
        for key in self.differing(judgement, old, new)? {
            let value = self.new.value(new, &key)?;
            if matches!(key.as_str(), "DA" | "DS" | "Q") && self.is_drawn_by_viewers(new)? {
                style = StyleOf::Now;
            }
            let fine = match key.as_str() {
                _ if !allowed.contains(&key.as_str()) => false,
                // Some readers take it for nothing, and others ask the group.
                _ if value.is_null() && new.get(&key).is_some() && new.get("Parent").is_some() => false,
                "AP" => filled.kind != FieldKind::Toggle,
                "AS" => filled.kind == FieldKind::Toggle && value.as_name().is_some(),
                "F" => only_harmless_flags(&self.old.value(old, "F")?, &value),
                // Whoever filled it may want nobody to fill it again.
                "Ff" => {
                    let old = self.old.value(old, "Ff")?.as_integer().unwrap_or_default();
                    value.as_integer() == Some(old | READ_ONLY)
                }
                "DA" => self.is_style(&self.old.value(old, "DA")?, &value)?,
                "Type" => value.as_name().is_some_and(|kind| kind == "Annot"),
                "RV" => self.is_rich_text_of(filled, &value)?,
                _ => true,
            };
            if !fine {
                let (kind, what) = nature(&key);
                return Err(Stop::objection(
                    kind,
                    format!("{what} of the field {name} was changed (/{key})"),
                ));
            }
        }
        let flags = self.new.value(new, "F")?.as_integer().unwrap_or_default();
        if flags & (HIDDEN | NO_VIEW) != 0 && new.get("Rect").is_some() {
            let text = format!("the field {name}, which nobody sees, was changed");
            return Err(Stop::objection("hidden-field-changed", text));
        }
        Ok(style)
    }

    /// Whether viewers draw a field themselves: it has no look, or they are told to.
    fn is_drawn_by_viewers(&self, field: &Dictionary) -> Result<bool, Stop> {
        let anew = self.new.value(&self.form.new_form, "NeedAppearances")?;
        Ok(field.get("AP").is_none() || anew.as_boolean() != Some(false) && !anew.is_null())
    }
}

/// What filling a field changes of it, or of the widget that it is at the same time.
pub(super) const FIELD_ENTRIES: [&str; 13] =
    ["V", "AP", "AS", "I", "TI", "F", "Ff", "DA", "DS", "RV", "M", "Type", "Q"];
/// What it changes of a widget apart from it.
pub(super) const WIDGET_ENTRIES: [&str; 6] = ["AP", "AS", "F", "DA", "M", "Type"];

/// The nature of a change that is more than filling.
fn nature(key: &str) -> (&'static str, &'static str) {
    match key {
        "Rect" | "P" => ("widget-moved", "the place"),
        "A" | "AA" => ("action-changed", "an action"),
        "OC" => ("layer-changed", "the layer"),
        "AP" | "AS" | "MK" | "BS" | "Border" | "DA" | "RV" => ("appearance-changed", "the look"),
        "F" => ("visibility-changed", "the visibility"),
        "T" | "Kids" | "Parent" | "FT" => ("field-changed", "the structure"),
        _ => ("field-changed", "an entry"),
    }
}

/// Bits of `/F` (ISO 32000-2, table 167).
const HIDDEN: i64 = 1 << 1;
const PRINT: i64 = 1 << 2;
const NO_VIEW: i64 = 1 << 5;
const READ_ONLY_WIDGET: i64 = 1 << 6;
const LOCKED: i64 = 1 << 7;
const LOCKED_CONTENTS: i64 = 1 << 9;
/// ReadOnly of `/Ff` (table 227).
pub(super) const READ_ONLY: i64 = 1;

/// Flags by which nothing is hidden or shown on the screen.
fn only_harmless_flags(old: &Object, new: &Object) -> bool {
    let harmless = PRINT | READ_ONLY_WIDGET | LOCKED | LOCKED_CONTENTS;
    let flags = |value: &Object| if value.is_null() { Some(0) } else { value.as_integer() };
    // What is not printed any more is hidden on paper.
    let kept = |old: i64, new: i64| (old ^ new) & !harmless == 0 && old & PRINT & !new == 0;
    matches!((flags(old), flags(new)), (Some(old), Some(new)) if kept(old, new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_flag_hides_or_shows() {
        let flags = |old: i64, new: i64| only_harmless_flags(&Object::Integer(old), &Object::Integer(new));
        assert!(
            flags(0, 4) && flags(4, 4 + 64 + 128) && only_harmless_flags(&Object::Null, &Object::Integer(4))
        );
        assert!(
            !flags(4, 6) && !flags(6, 4) && !flags(4, 36) && !flags(4, 0) && !flags(0, 1) && !flags(0, 256)
        );
    }
}
