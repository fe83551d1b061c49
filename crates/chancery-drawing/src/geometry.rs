//! Places and sizes, in points of 1/72 inch, with the origin at the lower left.

use crate::error::DrawingError;
use crate::limits;

/// How large something is, in points (1/72 inch).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// From left to right.
    pub width: f32,
    /// From bottom to top.
    pub height: f32,
}

/// Where something stands, in points from the lower left corner of what surrounds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rectangle {
    /// The left edge.
    pub x: f32,
    /// The lower edge.
    pub y: f32,
    /// From left to right.
    pub width: f32,
    /// From bottom to top.
    pub height: f32,
}

/// How far a page is turned clockwise before it is shown: its `/Rotate` (ISO 32000-2, table 31).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PageRotation {
    /// As it is.
    #[default]
    None,
    /// By 90 degrees.
    Quarter,
    /// By 180 degrees.
    Half,
    /// By 270 degrees.
    ThreeQuarters,
}

impl Size {
    /// The rectangle of this size at the origin.
    #[must_use]
    pub fn rectangle(self) -> Rectangle {
        Rectangle { x: 0.0, y: 0.0, width: self.width, height: self.height }
    }

    pub(crate) fn check(self) -> Result<Self, DrawingError> {
        within("the width", self.width, SMALLEST, limits::SIDE)?;
        within("the height", self.height, SMALLEST, limits::SIDE)?;
        Ok(self)
    }
}

impl Rectangle {
    /// The rectangle with its edges moved inwards; its middle line if there is less than that.
    #[must_use]
    pub fn inset(self, by: f32) -> Self {
        let (across, up) = (by.min(self.width / 2.0), by.min(self.height / 2.0));
        Self {
            x: self.x + across,
            y: self.y + up,
            width: self.width - 2.0 * across,
            height: self.height - 2.0 * up,
        }
    }

    /// The rectangle in two: the left part of the given width, and what is right of it.
    #[must_use]
    pub fn split_left(self, width: f32) -> (Self, Self) {
        let width = width.clamp(0.0, self.width.max(0.0));
        (Self { width, ..self }, Self { x: self.x + width, width: self.width - width, ..self })
    }

    /// The rectangle in two: the upper part of the given height, and what is below it.
    #[must_use]
    pub fn split_top(self, height: f32) -> (Self, Self) {
        let height = height.clamp(0.0, self.height.max(0.0));
        let rest = self.height - height;
        (Self { y: self.y + rest, height, ..self }, Self { height: rest, ..self })
    }

    /// The largest rectangle of the same proportions as `size`, in the middle of this one.
    #[must_use]
    pub fn fit(self, size: Size) -> Self {
        let scale = (self.width / size.width).min(self.height / size.height);
        let (width, height) = (size.width * scale, size.height * scale);
        Self {
            x: self.x + (self.width - width) / 2.0,
            y: self.y + (self.height - height) / 2.0,
            width,
            height,
        }
    }

    pub(crate) fn check(self) -> Result<Self, DrawingError> {
        within("the left edge", self.x, -limits::SIDE, limits::SIDE)?;
        within("the lower edge", self.y, -limits::SIDE, limits::SIDE)?;
        Size { width: self.width, height: self.height }.check()?;
        Ok(self)
    }
}

impl PageRotation {
    /// What `/Rotate` says; `None` for what is no multiple of 90.
    #[must_use]
    pub fn from_degrees(degrees: i64) -> Option<Self> {
        match degrees.rem_euclid(360) {
            0 => Some(Self::None),
            90 => Some(Self::Quarter),
            180 => Some(Self::Half),
            270 => Some(Self::ThreeQuarters),
            _ => None,
        }
    }

    /// From what the reader sees, of the given size, to the page's own coordinates: the `/Matrix` of a form
    /// that shall stand upright before the reader. What it maps to begins at the origin.
    #[must_use]
    pub fn matrix(self, size: Size) -> [f32; 6] {
        match self {
            Self::None => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
            Self::Quarter => [0.0, 1.0, -1.0, 0.0, size.height, 0.0],
            Self::Half => [-1.0, 0.0, 0.0, -1.0, size.width, size.height],
            Self::ThreeQuarters => [0.0, -1.0, 1.0, 0.0, 0.0, size.width],
        }
    }

    /// How large something of the given size, as the reader sees it, is in the page's own coordinates.
    #[must_use]
    pub fn footprint(self, size: Size) -> Size {
        match self {
            Self::None | Self::Half => size,
            Self::Quarter | Self::ThreeQuarters => Size { width: size.height, height: size.width },
        }
    }

    /// Where on the page a rectangle is that the reader sees at `seen`, counted from the lower left corner of
    /// the page as it is shown. `page` is the page's box (`/CropBox`) in its own coordinates; so is the result,
    /// which is the `/Rect` of an annotation.
    #[must_use]
    pub fn place(self, seen: Rectangle, page: Rectangle) -> Rectangle {
        let turned = self.footprint(Size { width: seen.width, height: seen.height });
        let (x, y) = match self {
            Self::None => (seen.x, seen.y),
            Self::Quarter => (page.width - seen.y - seen.height, seen.x),
            Self::Half => (page.width - seen.x - seen.width, page.height - seen.y - seen.height),
            Self::ThreeQuarters => (seen.y, page.height - seen.x - seen.width),
        };
        Rectangle { x: page.x + x, y: page.y + y, width: turned.width, height: turned.height }
    }
}

/// A hundredth of a point: less is nothing that can be seen.
pub(crate) const SMALLEST: f32 = 0.01;

/// The number, if it is one and between the two.
pub(crate) fn within(what: &'static str, value: f32, least: f32, most: f32) -> Result<f32, DrawingError> {
    // Not a number is in no range.
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(DrawingError::OutOfRange { what, value, least, most })
    }
}

/// A length with three digits, which is finer than anyone sees.
pub(crate) fn rounded(length: f32) -> f32 {
    let rounded = (length * 1000.0).round() / 1000.0;
    // No minus before zero.
    if rounded == 0.0 { 0.0 } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [PageRotation; 4] =
        [PageRotation::None, PageRotation::Quarter, PageRotation::Half, PageRotation::ThreeQuarters];

    /// Where a point of the drawing comes to lie for the reader, if it is placed as we say: matrix, then the
    /// place on the page, then the turn of the page clockwise.
    fn seen(rotation: PageRotation, point: (f32, f32), at: Rectangle, page: Rectangle) -> (f32, f32) {
        let size = Size { width: at.width, height: at.height };
        let [a, b, c, d, e, f] = rotation.matrix(size);
        let place = rotation.place(at, page);
        let x = a * point.0 + c * point.1 + e + place.x - page.x;
        let y = b * point.0 + d * point.1 + f + place.y - page.y;
        match rotation {
            PageRotation::None => (x, y),
            PageRotation::Quarter => (y, page.width - x),
            PageRotation::Half => (page.width - x, page.height - y),
            PageRotation::ThreeQuarters => (page.height - y, x),
        }
    }

    #[test]
    fn on_a_turned_page_the_drawing_stands_upright_where_it_was_asked_for() {
        let page = Rectangle { x: 10.0, y: 20.0, width: 600.0, height: 800.0 };
        let at = Rectangle { x: 30.0, y: 50.0, width: 200.0, height: 80.0 };
        for rotation in ALL {
            assert_eq!(seen(rotation, (0.0, 0.0), at, page), (30.0, 50.0), "{rotation:?}");
            assert_eq!(seen(rotation, (200.0, 80.0), at, page), (230.0, 130.0), "{rotation:?}");
            assert_eq!(seen(rotation, (200.0, 0.0), at, page), (230.0, 50.0), "{rotation:?}");
        }
    }

    #[test]
    fn degrees_are_read_as_viewers_do() {
        assert_eq!(PageRotation::from_degrees(-90), Some(PageRotation::ThreeQuarters));
        assert_eq!(PageRotation::from_degrees(450), Some(PageRotation::Quarter));
        assert_eq!(PageRotation::from_degrees(45), None);
    }

    #[test]
    fn what_is_no_number_has_no_place() {
        let not = Rectangle { x: f32::NAN, y: 0.0, width: 1.0, height: 1.0 };
        assert!(matches!(not.check(), Err(DrawingError::OutOfRange { what: "the left edge", .. })));
        assert!(Size { width: f32::INFINITY, height: 1.0 }.check().is_err());
        assert!(Size { width: 0.0, height: 1.0 }.check().is_err());
    }
}
