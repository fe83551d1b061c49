//! Changes of the catalog (ISO 32000-2, 7.7.2).

use chancery_ades::Finding;
use chancery_pdf::{Dictionary, Object, Reference};

use super::data::is_metadata;
use super::found::Need;
use super::judgement::Judgement;
use super::objection::objection_of;
use super::step::Step;
use super::values::{entry, root_number};
use crate::PadesError;

impl Step<'_, '_> {
    /// Each entry that says something else than before must have been judged, or be one that readers do not show.
    pub(super) fn judge_catalog(
        &self,
        judgement: &mut Judgement,
        root: Reference,
        old_catalog: &Dictionary,
        new_catalog: &Dictionary,
    ) -> Result<(), PadesError> {
        let differing = match objection_of(self.differing(judgement, old_catalog, new_catalog))? {
            Ok(differing) => differing,
            Err(objection) => vec![objection.text],
        };
        for key in differing {
            let value = new_catalog.get(&key);
            let object = value.and_then(Object::as_reference);
            let judged = match key.as_str() {
                // The form was judged field by field; moving it to another old object would be something else.
                "AcroForm" => object.is_none_or(|form| judgement.explained.contains(&form.number)),
                "DSS" => value.is_some(),
                "Metadata" => match object {
                    Some(object) => {
                        judgement.explained.contains(&object.number) && is_metadata(&self.new.object(object)?)
                    }
                    None => false,
                },
                "Extensions" => true,
                // A signer that uses a newer feature says so.
                "Version" => self.judge_version(judgement, old_catalog.get(&key), value),
                // What applications keep for themselves (14.5).
                "PieceInfo" => self.is_private_data(judgement, value)?,
                _ => false,
            };
            if !judged {
                let text = format!("/{key} of the catalog was changed: {}", meaning(&key));
                judgement.unexplained(nature(&key), text, Some(root.number));
            }
        }
        self.judge_extensions(judgement, old_catalog, new_catalog)?;
        judgement.explained.insert(root.number);
        Ok(())
    }

    fn judge_version(&self, judgement: &mut Judgement, old: Option<&Object>, new: Option<&Object>) -> bool {
        let rank = |stated: Option<&Object>| {
            let name = stated.and_then(Object::as_name)?;
            VERSIONS.iter().position(|version| *name == *version)
        };
        let (before, after) = (rank(old), rank(new));
        if after <= before || (before.is_none() && old.is_some()) {
            return false;
        }
        let text = "the document says that it is of a later version of PDF";
        judgement.explain(Need::Nothing, Finding::information("version-raised", text));
        true
    }

    /// Which extensions of PDF a document uses is not shown by readers (7.12). None may be taken back: what was signed may
    /// need it.
    fn judge_extensions(
        &self,
        judgement: &mut Judgement,
        old_catalog: &Dictionary,
        new_catalog: &Dictionary,
    ) -> Result<(), PadesError> {
        let stated = new_catalog.get("Extensions").and_then(Object::as_reference);
        let rewritten = stated.is_some_and(|stated| judgement.changed.contains_key(&stated.number));
        if !rewritten && old_catalog.get("Extensions") == new_catalog.get("Extensions") {
            return Ok(());
        }
        let (old, new) =
            (self.old.value(old_catalog, "Extensions")?, self.new.value(new_catalog, "Extensions")?);
        let none = Dictionary::new();
        let (before, after) = (old.as_dictionary().unwrap_or(&none), new.as_dictionary().unwrap_or(&none));
        for (developer, extension) in before.iter().filter(|(key, _)| **key != "Type") {
            let was = self.old.resolve(extension)?;
            let is =
                entry(after, developer).map_or(Ok(Object::Null), |extension| self.new.resolve(extension))?;
            if !grew(&was, &is) {
                let text =
                    format!("the extension {developer} of PDF, which the document declared, was taken back");
                judgement.unexplained("extension-removed", text, root_number(&self.new));
            }
        }
        if let Some(stated) = stated.filter(|_| rewritten) {
            let root = root_number(&self.new);
            let mut uses = self.references.uses(stated.number);
            if judgement.is_new(stated.number) || uses.all(|found| found.is(root, "Extensions")) {
                judgement.explained.insert(stated.number);
            }
        }
        let added = after.iter().filter(|(key, extension)| entry(before, key) != Some(*extension));
        for (developer, extension) in added {
            if !self.is_private_data(judgement, Some(extension))? {
                let text = format!("the extension {developer} of PDF is declared by what was there before");
                judgement.unexplained("extensions-lead-on", text, root_number(&self.new));
            }
        }
        let text = "which extensions of PDF the document uses is declared anew";
        judgement.explain(Need::Nothing, Finding::information("extensions-changed", text));
        Ok(())
    }

    /// Data of applications, which readers do not show, as long as they lead to nothing that was there before.
    pub(super) fn is_private_data(
        &self,
        judgement: &mut Judgement,
        value: Option<&Object>,
    ) -> Result<bool, PadesError> {
        let Some(value) = value else { return Ok(false) };
        let walked = objection_of(self.walk(judgement, &judgement.private, value, |_| false))?;
        let Ok(Ok(led)) = walked else { return Ok(false) };
        judgement.explained.extend(led);
        Ok(true)
    }
}

/// What `/Version` says (7.5.2), in their order.
const VERSIONS: [&str; 9] = ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2.0"];

/// Whether an extension is declared as before, or a later one of the same developer.
fn grew(was: &Object, is: &Object) -> bool {
    let level = |extension: &Object| {
        let entries = extension.as_dictionary()?;
        let base = entries.get("BaseVersion")?.as_name()?.as_bytes().to_vec();
        Some((base, entries.get("ExtensionLevel")?.as_integer()?))
    };
    was == is || matches!((level(was), level(is)), (Some(was), Some(is)) if was <= is)
}

/// The nature of a change of the catalog.
fn nature(key: &str) -> &'static str {
    match key {
        "Pages" => "page-tree-replaced",
        "OCProperties" => "layers-changed",
        "Names" | "Dests" => "names-changed",
        "OpenAction" | "AA" => "action-changed",
        "StructTreeRoot" | "MarkInfo" => "structure-changed",
        "Outlines" => "outline-changed",
        "Perms" => "permissions-changed",
        "AF" => "attachment-added",
        _ => "catalog-changed",
    }
}

fn meaning(key: &str) -> &'static str {
    match key {
        "Pages" => "which pages there are",
        "OCProperties" => "which layers are shown",
        "Names" | "Dests" => "what is found by name, such as scripts and attachments",
        "OpenAction" | "AA" => "what happens when the document is opened or used",
        "StructTreeRoot" | "MarkInfo" => "the order in which it is read aloud",
        "Outlines" => "its table of contents",
        "Perms" => "what may be changed in it",
        "Lang" => "its language",
        _ => "nothing explains that",
    }
}
