//! What no rule explains: named by its nature, with its object and the page that uses it.

use chancery_ades::{Finding, Place};
use chancery_pdf::{Change, Object};

use super::found::{Found, Need};
use super::judgement::Judgement;
use super::step::Step;
use super::values::type_name;
use crate::PadesError;

/// How an object that is not explained changed.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Happened {
    Added,
    Removed,
    Changed,
}

impl Step<'_, '_> {
    pub(super) fn judge_the_rest(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        for change in judgement.open() {
            let number = change.number;
            let (kind, text) = self.nature(judgement, &change)?;
            // The page itself, or one that uses the object.
            let users = self.references.uses(number).map(|found| found.from);
            let area = std::iter::once(number)
                .chain(users.take(MAX_USERS))
                .find_map(|page| self.pages.area(page, None));
            let finding = Finding::warning(kind, text).at(Place::Object(number)).on_page(area);
            judgement.found.push(Found { need: Need::Unexplained, field: None, finding });
        }
        Ok(())
    }

    fn nature(&self, judgement: &Judgement, change: &Change) -> Result<(&'static str, String), PadesError> {
        let (before, after) = (self.before(change)?, self.after(change)?);
        let name = type_name(&before).or_else(|| type_name(&after));
        let happened = match &after {
            _ if judgement.is_new(change.number) => Happened::Added,
            Object::Null => Happened::Removed,
            _ => Happened::Changed,
        };
        let used_as = self.use_of(change.number);
        let what =
            name.as_ref().map_or_else(|| "an object".to_owned(), |name| format!("an object of type {name}"));
        let (kind, said) = match (happened, name.as_deref(), used_as) {
            (Happened::Added, Some("Page"), _) => ("page-added", "a page was added".to_owned()),
            (Happened::Removed, Some("Page"), _) => ("page-removed", "a page was removed".to_owned()),
            (Happened::Changed, Some("Pages"), _) => {
                ("page-tree-changed", "which pages there are, or their order, was changed".to_owned())
            }
            (Happened::Changed, Some("Font"), _) => {
                ("font-replaced", "a font was changed or replaced".to_owned())
            }
            (Happened::Changed, Some("OCG" | "OCMD"), _) | (Happened::Changed, _, Some("OCProperties")) => {
                ("layers-changed", "which layers are shown was changed".to_owned())
            }
            (Happened::Changed, Some("Action"), _)
            | (Happened::Changed, _, Some("A" | "AA" | "OpenAction" | "JS")) => {
                ("action-changed", "what happens when the document is used was changed".to_owned())
            }
            (Happened::Changed, Some("StructElem" | "StructTreeRoot"), _) => {
                ("structure-changed", "the order in which the document is read aloud was changed".to_owned())
            }
            (Happened::Changed, _, Some("Names" | "Dests" | "JavaScript" | "EmbeddedFiles")) => {
                ("names-changed", format!("{what}, found by name, was changed or replaced"))
            }
            (Happened::Added, ..) => ("object-added", format!("{what} was added that nothing explains")),
            (Happened::Removed, ..) => ("object-removed", format!("{what} was removed")),
            (Happened::Changed, _, Some("Contents")) => {
                ("page-content-replaced", "what is drawn on a page was replaced".to_owned())
            }
            (Happened::Changed, _, Some(key)) => {
                ("object-changed", format!("{what}, used as /{key}, was changed or replaced"))
            }
            (Happened::Changed, _, None) => ("object-changed", format!("{what} was changed or replaced")),
        };
        Ok((kind, said))
    }

    /// As what the older document uses an object: the key under which the first that refers to it does so.
    fn use_of(&self, number: u32) -> Option<&str> {
        self.references.uses(number).map(|found| found.key.as_str()).find(|key| !key.is_empty())
    }
}

/// So many objects that use another are looked at to find a page among them.
const MAX_USERS: usize = 64;
