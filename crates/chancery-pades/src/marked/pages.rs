//! The pages that are marked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chancery_pdf::{Dictionary, PdfError, Reference, View};

use crate::PadesError;

/// Pages that were looked for: by number as people count, and by object.
#[derive(Default)]
pub(super) struct FoundPages {
    pub(super) by_number: BTreeMap<usize, (Reference, Dictionary)>,
    pub(super) numbers: HashMap<Reference, usize>,
}

impl FoundPages {
    /// Looks for them in one walk through the page tree, which ends with the last of them. What the tree says of how many
    /// pages there are is not believed, and where it is damaged the walk ends.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn find(
        view: &View<'_>,
        numbers: &BTreeSet<usize>,
        objects: &BTreeSet<Reference>,
    ) -> Result<Self, PadesError> {
        let mut found = Self::default();
        let last = numbers.last().copied().unwrap_or(0);
        let pages = match view.pages() {
            Err(PdfError::Read(error)) => return Err(PdfError::Read(error).into()),
            Err(_) => return Ok(found),
            Ok(pages) => pages,
        };
        for (number, page) in (1..).zip(pages) {
            if number > last && found.numbers.len() == objects.len() {
                break;
            }
            let (reference, page) = match page {
                Err(PdfError::Read(error)) => return Err(PdfError::Read(error).into()),
                Err(_) => break,
                Ok(page) => page,
            };
            let is_wanted = objects.contains(&reference);
            if is_wanted {
                found.numbers.insert(reference, number);
            }
            if is_wanted || numbers.contains(&number) {
                found.by_number.insert(number, (reference, page));
            }
        }
        Ok(found)
    }
}
