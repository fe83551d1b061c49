//! Where on the pages of a document something is seen.

use std::fmt;

use serde::Serialize;

/// A page of a document, or a rectangle on it: where a person looks to see what a [`Finding`](crate::Finding) is about.
#[derive(Copy, Clone, Debug, PartialEq, Serialize)]
pub struct PageArea {
    number: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    area: Option<[f32; 4]>,
}

impl PageArea {
    /// The whole page; the first has number 1, whatever is printed on it.
    #[must_use]
    pub const fn page(number: usize) -> Self {
        Self { number, area: None }
    }

    /// Only this rectangle of the page, by two opposite corners: `[x, y, x, y]` in the page's own user space, as the
    /// `/Rect` of an annotation has it (ISO 32000-2, 8.3.2.3): before the page is turned and cropped, 1/72 inch each
    /// unless the page says otherwise. The corners are put in order. What is no number names no place: then the whole
    /// page is meant.
    #[must_use]
    pub fn within(self, corners: [f32; 4]) -> Self {
        let [x, y, other_x, other_y] = corners;
        let area = [x.min(other_x), y.min(other_y), x.max(other_x), y.max(other_y)];
        Self { area: corners.iter().all(|corner| corner.is_finite()).then_some(area), ..self }
    }

    /// The number of the page, counted from 1.
    #[must_use]
    pub const fn number(&self) -> usize {
        self.number
    }

    /// The rectangle: left, bottom, right, top, in the page's own user space; `None` for the whole page.
    #[must_use]
    pub const fn area(&self) -> Option<[f32; 4]> {
        self.area
    }
}

impl fmt::Display for PageArea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "page {}", self.number)?;
        let Some([left, bottom, right, top]) = self.area else { return Ok(()) };
        write!(f, " at ({left:.0}, {bottom:.0})–({right:.0}, {top:.0})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_put_in_order_and_what_is_no_number_is_no_place() {
        let area = PageArea::page(3).within([200.0, 10.0, 100.0, 50.0]);
        assert_eq!(area.area(), Some([100.0, 10.0, 200.0, 50.0]));
        assert_eq!(area.to_string(), "page 3 at (100, 10)–(200, 50)");
        assert_eq!(area.within([0.0, f32::NAN, 1.0, 1.0]), PageArea::page(3));
        assert_eq!(area.within([0.0, 0.0, f32::INFINITY, 1.0]).to_string(), "page 3");
    }
}
