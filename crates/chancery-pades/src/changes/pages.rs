//! Changes of pages: what is laid over them, and nothing else.

use chancery_ades::{Finding, Place};
use chancery_pdf::{Change, Dictionary, Object, Reference, View};

use super::budget::OBJECT;
use super::found::{Found, Need};
use super::judgement::Judgement;
use super::objection::objection_of;
use super::step::Step;
use super::values::is_type;
use crate::PadesError;

impl Step<'_, '_> {
    /// A page may get widgets of new signatures and comments, and nothing else.
    pub(super) fn judge_pages(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        let open: Vec<Change> = judgement.open();
        for change in open {
            let (before, after) = (self.before(&change)?, self.after(&change)?);
            match (&before, &after) {
                (Object::Dictionary(old), Object::Dictionary(new))
                    if self.is_page(change.number, &before)? =>
                {
                    self.judge_page(judgement, change.number, old, new)?;
                }
                (Object::Array(old), Object::Array(new)) if self.is_list_of_annotations(change.number)? => {
                    let uses = self.references.uses(change.number);
                    let pages: Vec<u32> = uses.map(|found| found.from).take(2).collect();
                    self.judge_annotations(judgement, change.number, &pages, (old, new))?;
                }
                _ => {}
            }
        }
        self.judge_changed_comments(judgement)
    }

    /// Whether an object is a page: it calls itself one, or, where it does not call itself anything (`/Type` is required,
    /// ISO 32000-2, table 31, but readers do without), all that refers to it as a kid is a node of the tree of pages.
    fn is_page(&self, number: u32, object: &Object) -> Result<bool, PadesError> {
        if is_type(object, "Page") {
            return Ok(true);
        }
        let nameless = object
            .as_dictionary()
            .is_some_and(|page| page.get("Type").is_none() && page.get("Kids").is_none());
        let mut nodes = 0;
        for found in self.references.uses(number).filter(|found| nameless && found.key == "Kids") {
            let entry = self.old.entry(found.from)?.and_then(|entry| entry.generation_in_use());
            let Some(generation) = entry else { continue };
            let node = self.old.object(Reference::new(found.from, generation))?;
            if !is_node_of_pages(&node) {
                return Ok(false);
            }
            nodes += 1;
        }
        Ok(nodes > 0)
    }

    pub(super) fn judge_page(
        &self,
        judgement: &mut Judgement,
        number: u32,
        old: &Dictionary,
        new: &Dictionary,
    ) -> Result<(), PadesError> {
        let differing = match objection_of(self.differing(judgement, old, new))? {
            Ok(differing) => differing,
            Err(objection) => vec![objection.text],
        };
        let mut other = Vec::new();
        for key in differing {
            let harmless = match key.as_str() {
                // When it was changed is shown by nobody, whatever it is.
                "Annots" | "LastModified" => true,
                "PieceInfo" => self.is_private_data(judgement, new.get(&key))?,
                _ => false,
            };
            if !harmless {
                other.push(key);
            }
        }
        if !other.is_empty() {
            let text = format!("a page was changed ({})", other.join(", "));
            judgement.explained.insert(number);
            let finding = Finding::warning(nature(&other), text).at(Place::Object(number));
            let finding = finding.on_page(self.pages.area(number, None));
            judgement.found.push(Found { need: Need::Unexplained, field: None, finding });
            return Ok(());
        }
        let list = |view: &View<'_>, page: &Dictionary| -> Result<Vec<Object>, PadesError> {
            Ok(view.value(page, "Annots")?.as_array().map(<[Object]>::to_vec).unwrap_or_default())
        };
        let (old_list, new_list) = (list(&self.old, old)?, list(&self.new, new)?);
        self.judge_annotations(judgement, number, &[number], (&old_list, &new_list))?;
        if let Some(array) = new.get("Annots").and_then(Object::as_reference)
            && judgement.is_new(array.number)
            && !self.references.is_used(array.number)
        {
            judgement.explained.insert(array.number);
        }
        Ok(())
    }

    /// Whether everything that refers to an array is a page that uses it as its annotations.
    pub(super) fn is_list_of_annotations(&self, number: u32) -> Result<bool, PadesError> {
        let mut pages = 0;
        for found in self.references.uses(number) {
            // Whoever shares a list among so many pages hides what is on which.
            if pages == MAX_SHARED || !self.budget.affords(1, OBJECT) {
                return Ok(false);
            }
            let entry = self.old.entry(found.from)?.and_then(|entry| entry.generation_in_use());
            let Some(generation) = entry else { continue };
            let page = self.old.object(Reference::new(found.from, generation))?;
            if found.key != "Annots" || !self.is_page(found.from, &page)? {
                return Ok(false);
            }
            pages += 1;
        }
        Ok(pages > 0)
    }
}

/// A list of annotations belongs to one page; products that copied pages left it to a few.
pub(super) const MAX_SHARED: usize = 16;

/// The nature of a change of a page, by the entries that say something else.
fn nature(keys: &[String]) -> &'static str {
    let any = |known: &[&str]| keys.iter().any(|key| known.contains(&key.as_str()));
    match () {
        () if any(&["Contents"]) => "page-content-replaced",
        () if any(&["Resources"]) => "page-resources-changed",
        () if any(&["AA"]) => "action-changed",
        () => "page-changed",
    }
}

/// Whether an object is a node of the tree of pages: fields and structure elements have kids as well, but no count.
fn is_node_of_pages(object: &Object) -> bool {
    let has = |key| object.as_dictionary().is_some_and(|node| node.get(key).is_some());
    is_type(object, "Pages") || (has("Kids") && has("Count") && !has("Type"))
}
