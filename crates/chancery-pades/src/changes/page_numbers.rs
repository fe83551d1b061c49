//! Which page an object is, as people count: read through the page tree once for all revisions, when somebody asks.

use std::cell::OnceCell;
use std::collections::HashMap;

use chancery_ades::PageArea;
use chancery_pdf::View;

/// The numbers of the pages of a document by their objects, for all its revisions.
pub(super) struct PageNumbers<'d> {
    view: View<'d>,
    numbers: OnceCell<HashMap<u32, usize>>,
}

impl<'d> PageNumbers<'d> {
    pub(super) const fn of(view: View<'d>) -> Self {
        Self { view, numbers: OnceCell::new() }
    }

    /// The page that an object is, or a rectangle on it; `None` if it is none of the document.
    pub(super) fn area(&self, object: u32, corners: Option<[f32; 4]>) -> Option<PageArea> {
        let page = PageArea::page(*self.numbers.get_or_init(|| self.read()).get(&object)?);
        Some(corners.map_or(page, |corners| page.within(corners)))
    }

    /// As far as the tree can be read.
    fn read(&self) -> HashMap<u32, usize> {
        let Ok(pages) = self.view.pages() else { return HashMap::new() };
        let numbers = pages.map_while(Result::ok).enumerate();
        numbers.map(|(index, (page, _))| (page.number, index + 1)).collect()
    }
}
