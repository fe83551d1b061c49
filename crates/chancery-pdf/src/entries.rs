//! Looking up many numbers.

use crate::entry::Entry;
use crate::error::PdfError;
use crate::table::Window;
use crate::view::View;

/// A number that is no farther beyond the last one is taken for the next one.
const NEAR: u32 = 16;

/// The cross-reference of a document for those who ask for many numbers: what [`View::entry`] says, with fewer reads where
/// the numbers mostly ascend, as those of the objects in a file do.
#[derive(Debug, Default)]
pub struct Entries {
    last: u32,
    /// What was read last, by section.
    windows: Vec<Window>,
}

impl Entries {
    /// Nothing was asked yet. All questions must be about views of one document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What the cross-reference of a view says of a number; `None` if nothing.
    ///
    /// # Errors
    /// As [`View::entry`].
    pub fn entry(&mut self, view: &View<'_>, number: u32) -> Result<Option<Entry>, PdfError> {
        let document = view.document();
        let follows = self.last < number && number - self.last <= NEAR;
        self.last = number;
        if !follows {
            return view.entry(number);
        }
        self.windows.resize_with(document.section_count(), Window::default);
        document.next_entry(view.revision(), number, &mut self.windows)
    }
}
