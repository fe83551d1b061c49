//! Where on a page a signature is shown.

use chancery_drawing::{Rectangle, Size};
use chancery_pdf::View;

use crate::PadesError;

/// A page of the document, on which a place is still to be chosen.
///
/// ```
/// use chancery_drawing::{Rectangle, Size};
/// use chancery_pades::{Corner, Place};
///
/// let signature_line = Place::on_page(0).at(Rectangle { x: 72.0, y: 90.0, width: 200.0, height: 60.0 });
/// let corner = Place::on_last_page().in_corner(Corner::BottomRight, Size { width: 180.0, height: 50.0 });
/// # let _ = (signature_line, corner);
/// ```
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct PagePlace {
    page: Page,
}

/// Which page of the document.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Page {
    /// Counted from 0.
    Number(usize),
    Last,
}

/// A rectangle on a page, in points (1/72 inch) as the reader sees it: a page that is turned, cropped or scaled is
/// counted from the lower left corner of what is shown.
#[derive(Copy, Clone, Debug, PartialEq)]
pub struct Place {
    pub(crate) page: Page,
    spot: Spot,
}

/// A corner of a page.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Corner {
    /// At the top, where lines of Latin letters begin.
    TopLeft,
    /// At the top, where lines of Latin letters end.
    TopRight,
    /// At the bottom, where lines of Latin letters begin.
    BottomLeft,
    /// At the bottom, where lines of Latin letters end.
    BottomRight,
}

#[derive(Copy, Clone, Debug, PartialEq)]
enum Spot {
    At(Rectangle),
    In(Corner, Size),
}

/// Half an inch, which printers reach and texts leave free.
const MARGIN: f32 = 36.0;

impl Place {
    /// On this page, counted from 0.
    #[must_use]
    pub const fn on_page(index: usize) -> PagePlace {
        PagePlace { page: Page::Number(index) }
    }

    /// On the last page.
    #[must_use]
    pub const fn on_last_page() -> PagePlace {
        PagePlace { page: Page::Last }
    }

    /// What it consists of, to be stored: a corner and a size, or a rectangle.
    pub(super) const fn parts(&self) -> (Option<Corner>, [f32; 4]) {
        match self.spot {
            Spot::At(Rectangle { x, y, width, height }) => (None, [x, y, width, height]),
            Spot::In(corner, Size { width, height }) => (Some(corner), [0.0, 0.0, width, height]),
        }
    }

    /// The page, counted from 0.
    ///
    /// # Errors
    /// If the document does not say how many it has.
    pub(crate) fn page_index(&self, view: &View<'_>) -> Result<usize, PadesError> {
        match self.page {
            Page::Number(index) => Ok(index),
            Page::Last => Ok(view.page_count()?.saturating_sub(1)),
        }
    }

    /// The rectangle on a page that is shown with this size.
    pub(crate) fn rectangle(&self, page: Size) -> Rectangle {
        let (corner, size) = match self.spot {
            Spot::At(rectangle) => return rectangle,
            Spot::In(corner, size) => (corner, size),
        };
        let x = match corner {
            Corner::TopLeft | Corner::BottomLeft => MARGIN,
            Corner::TopRight | Corner::BottomRight => page.width - MARGIN - size.width,
        };
        let y = match corner {
            Corner::BottomLeft | Corner::BottomRight => MARGIN,
            Corner::TopLeft | Corner::TopRight => page.height - MARGIN - size.height,
        };
        Rectangle { x, y, width: size.width, height: size.height }
    }
}

impl PagePlace {
    /// In this rectangle.
    #[must_use]
    pub const fn at(self, rectangle: Rectangle) -> Place {
        Place { page: self.page, spot: Spot::At(rectangle) }
    }

    /// In a corner, half an inch from the edges.
    #[must_use]
    pub const fn in_corner(self, corner: Corner, size: Size) -> Place {
        Place { page: self.page, spot: Spot::In(corner, size) }
    }
}
