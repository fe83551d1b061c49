//! Who holds a widget: the page that shows it, the field that it belongs to, the structure of a tagged document.

use std::collections::BTreeSet;

use chancery_pdf::{Object, Reference};

use super::budget::{ELEMENT, OBJECT};
use super::judgement::Judgement;
use super::pages::MAX_SHARED;
use super::step::Step;
use super::values::{is_type, root_number};
use crate::PadesError;
use crate::references::Use;

/// What an object can be that refers to a widget.
#[derive(Clone)]
pub(super) enum Holder {
    Page,
    /// An element of the structure of a tagged document, or its reference to an object.
    Structure,
    /// An array that is the annotations of these pages, and is used by these others.
    List {
        pages: BTreeSet<u32>,
        others: Vec<Use>,
    },
    Other,
}

/// Through which objects a field may hold a widget.
pub(super) enum Belonging {
    /// A widget apart from its field, which has this number.
    Kid { field: u32 },
    /// A field that is its own widget, with the group that it stands in.
    Field { parent: Option<u32> },
}

/// One page more than a widget may stand on is enough to know.
const ENOUGH: usize = 2;

impl Step<'_, '_> {
    /// The pages on which a widget stands that was there before; `None` if anything else than pages, its own field and
    /// the structure of the document uses it, or may use what it showed: it may be the widget of something else, too.
    pub(super) fn pages_of(
        &self,
        judgement: &mut Judgement,
        widget: u32,
        belonging: &Belonging,
    ) -> Result<Option<BTreeSet<u32>>, PadesError> {
        let mut pages = BTreeSet::new();
        // What the trailer leads to by an entry of no standard, and for whom, nobody knows: it may be what was drawn.
        if judgement.trailer_leads {
            return Ok(None);
        }
        for found in self.references.uses(widget) {
            if !self.budget.affords(1, ELEMENT) {
                return Ok(None);
            }
            if self.is_by_field(judgement, found, belonging) {
                continue;
            }
            match (found.key.as_str(), self.holder(judgement, found.from)?) {
                ("Annots", Holder::Page) => {
                    pages.insert(found.from);
                }
                ("K" | "Obj", Holder::Structure) => {}
                ("", Holder::List { pages: shown, others })
                    if others.iter().all(|other| self.is_by_field(judgement, other, belonging)) =>
                {
                    pages.extend(shown);
                }
                _ => return Ok(None),
            }
        }
        Ok(Some(pages))
    }

    /// Whether a use is that of the form or field to which a widget belongs.
    fn is_by_field(&self, judgement: &Judgement, found: &Use, belonging: &Belonging) -> bool {
        match belonging {
            Belonging::Kid { field } => found.is(Some(*field), "Kids"),
            Belonging::Field { parent } => {
                let root = root_number(&self.new);
                let form = [root, judgement.form];
                found.is(root, "AcroForm")
                    // Listed by the form, also among those that are computed from others.
                    || form.iter().any(|form| found.is(*form, "Fields") || found.is(*form, "CO"))
                    || found.is(*parent, "Kids")
                    // Its own widgets, and locks of signatures that name it.
                    || matches!(found.key.as_str(), "Parent" | "Reference")
            }
        }
    }

    fn holder(&self, judgement: &mut Judgement, number: u32) -> Result<Holder, PadesError> {
        if let Some(known) = judgement.holders.get(&number) {
            return Ok(known.clone());
        }
        if !self.budget.affords(1, OBJECT) {
            return Ok(Holder::Other);
        }
        let entry = self.old.entry(number)?.and_then(|entry| entry.generation_in_use());
        let object = entry.map(|generation| self.old.object(Reference::new(number, generation)));
        let found = match object.transpose()?.unwrap_or(Object::Null) {
            Object::Array(_) => self.list(judgement, number)?,
            page if is_type(&page, "Page") => Holder::Page,
            Object::Dictionary(entries)
                if ["Subtype", "FT", "Kids", "Annots"].iter().all(|key| entries.get(key).is_none()) =>
            {
                Holder::Structure
            }
            _ => Holder::Other,
        };
        judgement.holders.insert(number, found.clone());
        Ok(found)
    }

    fn list(&self, judgement: &mut Judgement, number: u32) -> Result<Holder, PadesError> {
        let (mut pages, mut others) = (BTreeSet::new(), Vec::new());
        for (count, found) in self.references.uses_of_list(number).enumerate() {
            if count == MAX_SHARED {
                return Ok(Holder::Other);
            }
            let is_page =
                found.key == "Annots" && matches!(self.holder(judgement, found.from)?, Holder::Page);
            match is_page {
                true if pages.len() < ENOUGH => {
                    pages.insert(found.from);
                }
                true => {}
                false if others.len() < ENOUGH => others.push(found.clone()),
                false => return Ok(Holder::Other),
            }
        }
        Ok(if pages.is_empty() && others.is_empty() { Holder::Other } else { Holder::List { pages, others } })
    }
}
