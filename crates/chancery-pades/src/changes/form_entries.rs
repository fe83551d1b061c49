//! The form itself: its entries beside the fields (ISO 32000-2, table 224).

use std::collections::BTreeSet;

use chancery_ades::Finding;
use chancery_pdf::{Dictionary, Object, PdfString};

use super::found::{Found, Need};
use super::judgement::Judgement;
use super::letters::is_plain_standard;
use super::objection::{Stop, objection_of};
use super::step::Step;
use super::style::{Style, can_be_read};
use super::values::root_number;
use crate::PadesError;

impl Step<'_, '_> {
    /// What signing and filling in bring with them: fonts, a style, and that appearances are to be drawn anew. Every other
    /// entry is not explained.
    pub(super) fn judge_form_entries(
        &self,
        judgement: &mut Judgement,
        old: &Dictionary,
        new: &Dictionary,
    ) -> Result<(), PadesError> {
        let differing = match objection_of(self.differing(judgement, old, new))? {
            Ok(differing) => differing,
            Err(objection) => {
                judgement.unexplained(objection.kind, objection.text, judgement.form);
                return Ok(());
            }
        };
        for key in differing.iter().filter(|key| !matches!(key.as_str(), "Fields" | "SigFlags" | "DR")) {
            let judged = objection_of(self.judge_form_entry(key, (old, new)))?;
            match judged {
                Ok(found) => judgement.found.push(found),
                Err(objection) => judgement.unexplained(objection.kind, objection.text, judgement.form),
            }
        }
        self.judge_resources(judgement, old, new)
    }

    fn judge_form_entry(&self, key: &str, (old, new): (&Dictionary, &Dictionary)) -> Result<Found, Stop> {
        let value = self.new.value(new, key)?;
        let found = |need, finding| Ok(Found { need, field: None, finding });
        match (key, &value) {
            // Where none was stated, viewers took what they liked.
            ("DA", Object::String(style)) if old.get(key).is_none() && self.is_readable(style)? => {
                let text = "the form got a font and colour for what is filled in";
                found(Need::Filling, Finding::information("form-style-changed", text))
            }
            ("DA", Object::String(_)) if self.is_style(&self.old.value(old, key)?, &value)? => {
                let text = "the form got another font and colour for what viewers draw, so that fields may look other than when they were signed";
                found(Need::Filling, Finding::warning("form-style-changed", text))
            }
            ("Q", Object::Integer(0..=2)) => {
                let text = "the form aligns what viewers draw in another way";
                found(Need::Filling, Finding::warning("form-style-changed", text))
            }
            ("NeedAppearances", Object::Boolean(true)) => {
                let text = "viewers are told to draw all fields anew, so that they may look other than when they were signed";
                found(Need::Filling, Finding::warning("appearances-drawn-anew", text))
            }
            ("NeedAppearances", Object::Boolean(false) | Object::Null) => {
                let text = "viewers are no longer told to draw all fields anew, so that they may look other than when they were signed";
                found(Need::Filling, Finding::warning("form-style-changed", text))
            }
            _ => Err(Stop::objection("form-changed", format!("/{key} of the form was changed"))),
        }
    }

    /// Whether text in a style can be read on white paper.
    fn is_readable(&self, style: &PdfString) -> Result<bool, Stop> {
        let style_read = Style::read(style.as_bytes());
        let readable = style_read.is_some_and(|style| can_be_read(style.colour, [1.0; 3]));
        Ok(readable && self.is_style(&Object::Null, &Object::String(style.clone()))?)
    }

    /// Resources may be added, fonts and encodings that are new; none may be taken away or become another.
    fn judge_resources(
        &self,
        judgement: &mut Judgement,
        old: &Dictionary,
        new: &Dictionary,
    ) -> Result<(), PadesError> {
        let stated = new.get("DR").and_then(Object::as_reference);
        let rewritten = stated.is_some_and(|stated| judgement.changed.contains_key(&stated.number));
        if !rewritten && old.get("DR") == new.get("DR") {
            return Ok(());
        }
        let mut explained = BTreeSet::new();
        match objection_of(self.resources_grew(judgement, (old, new), &mut explained))? {
            Ok(need) => {
                judgement.explained.extend(explained);
                let text = "resources were added to the form";
                let finding = Finding::information("form-resources-added", text);
                judgement.found.push(Found { need, field: None, finding });
            }
            Err(objection) => judgement.unexplained(objection.kind, objection.text, judgement.form),
        }
        Ok(())
    }

    fn resources_grew(
        &self,
        judgement: &mut Judgement,
        (old, new): (&Dictionary, &Dictionary),
        explained: &mut BTreeSet<u32>,
    ) -> Result<Need, Stop> {
        let mut need = Need::Signing;
        let odd = |what: String| Stop::objection("form-resources-changed", what);
        let before = self.old.value(old, "DR")?.as_dictionary().cloned().unwrap_or_default();
        let after = self.new.value(new, "DR")?.as_dictionary().cloned().unwrap_or_default();
        let holders = [root_number(&self.new), judgement.form];
        self.own_part(judgement, new.get("DR"), "DR", &holders, explained)?;
        let dr = new.get("DR").and_then(Object::as_reference).map(|dr| dr.number);
        let holders = [holders[0], holders[1], dr];
        for key in self.differing(judgement, &before, &after)? {
            let (was, is) = (self.old.value(&before, &key)?, self.new.value(&after, &key)?);
            if key == "ProcSet" && is.as_array().is_some() {
                continue;
            }
            let (was, is) = (was.as_dictionary().cloned().unwrap_or_default(), is.as_dictionary().cloned());
            let Some(is) = is.filter(|_| matches!(key.as_str(), "Font" | "Encoding")) else {
                return Err(odd(format!("the resources of the form were changed (/{key})")));
            };
            self.own_part(judgement, after.get(&key), &key, &holders, explained)?;
            for name in self.differing(judgement, &was, &is)? {
                let Some(value) = is.get(&name).filter(|_| was.get(&name).is_none()) else {
                    return Err(odd(format!("the resource {name} of the form was replaced")));
                };
                match key.as_str() {
                    "Font" => {
                        self.explain_font(judgement, value, explained)?;
                        if self.references.is_style_font(&name) {
                            // Fields that lacked it are drawn with it from now on.
                            need = Need::Filling;
                            let font = self.new.resolve(value)?;
                            let plain = |font| is_plain_standard(&self.new, &name, font);
                            if !font.as_dictionary().is_some_and(plain) {
                                return Err(odd(format!(
                                    "fields of the form are drawn with another font ({name})"
                                )));
                            }
                        }
                    }
                    _ => self.explain_encoding(judgement, value, explained)?,
                }
            }
        }
        Ok(need)
    }

    /// A dictionary that is direct, new, or was there before and is used for this alone.
    fn own_part(
        &self,
        judgement: &Judgement,
        stated: Option<&Object>,
        key: &str,
        holders: &[Option<u32>],
        explained: &mut BTreeSet<u32>,
    ) -> Result<(), Stop> {
        let Some(reference) = stated.and_then(Object::as_reference) else { return Ok(()) };
        let number = reference.number;
        let changed = judgement.changed.contains_key(&number);
        let used_here = |found: &crate::references::Use| {
            holders.contains(&Some(found.from)) && matches!(found.key.as_str(), "AcroForm" | "DR")
                || found.key == key && holders.contains(&Some(found.from))
        };
        let own = judgement.is_new(number) || (changed && self.references.uses(number).all(used_here));
        if changed && !own {
            return Err(Stop::objection(
                "form-resources-changed",
                "what the form shares with something else was changed",
            ));
        }
        if changed {
            explained.insert(number);
        }
        Ok(())
    }

    fn explain_encoding(
        &self,
        judgement: &Judgement,
        value: &Object,
        explained: &mut BTreeSet<u32>,
    ) -> Result<(), Stop> {
        let led = self.walk(judgement, &judgement.fonts, value, |_| false)?;
        explained.extend(led.map_err(|against| {
            let text = format!("an encoding was added to the form that {against}");
            Stop::objection("form-resources-changed", text)
        })?);
        Ok(())
    }
}
