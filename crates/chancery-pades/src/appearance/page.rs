//! A page as its reader sees it, and as its coordinates count.

use std::collections::HashMap;

use chancery_drawing::{PageRotation, Rectangle, Size};
use chancery_pdf::{Dictionary, Object, Reference, View};

use super::place::Place;
use crate::PadesError;

/// Pages inherit from the nodes above them; trees deeper than this are refused when a page is looked up.
const MAX_DEPTH: usize = 64;

/// A page that does not say how large it is, which it must, is shown in this size by the viewers that show it at all
/// (poppler, PDFium, pdf.js, MuPDF): US Letter.
pub(crate) const LETTER: Rectangle = Rectangle { x: 0.0, y: 0.0, width: 612.0, height: 792.0 };

/// Places are exact to this many points: they are counted in single precision.
const TOLERANCE: f32 = 0.01;

/// What is shown of a page (ISO 32000-2, 7.7.3.3).
#[derive(Copy, Clone, Debug, PartialEq)]
pub(crate) struct PageFrame {
    /// The part that is shown, in the page's own coordinates.
    visible: Rectangle,
    rotation: PageRotation,
    /// How many points one unit of the page's coordinates has (`/UserUnit`).
    unit: f32,
}

/// Where a widget lies, and how its appearance is drawn.
#[derive(Copy, Clone, Debug, PartialEq)]
pub(crate) struct Spot {
    /// `/Rect`, in the page's own coordinates.
    pub(crate) rectangle: Rectangle,
    /// How large it is for the reader, in points.
    pub(crate) size: Size,
    pub(crate) rotation: PageRotation,
}

/// How much of a widget is within what is shown of its page.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Part {
    Nothing,
    Some,
    All,
}

impl PageFrame {
    /// Reads the boxes and the turn of a page, its own or inherited.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub(crate) fn of(view: &View<'_>, page: &Dictionary) -> Result<Self, PadesError> {
        Self::among(view, page, &mut Nodes::default())
    }

    /// The same for one page of many: what they inherit is read once.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub(crate) fn among(view: &View<'_>, page: &Dictionary, nodes: &mut Nodes) -> Result<Self, PadesError> {
        let [media, crop, rotate] = nodes.inherited(view, page)?;
        let media = rectangle(view, &media).unwrap_or(LETTER);
        let crop = rectangle(view, &crop).and_then(|crop| common(crop, media));
        // Other values than quarter turns mean nothing; viewers show such a page as it is.
        let degrees = rotate.as_integer().unwrap_or(0);
        let rotation = PageRotation::from_degrees(degrees).unwrap_or_default();
        let unit = view.value(page, "UserUnit")?.as_number().filter(|unit| (0.01..=75_000.0).contains(unit));
        Ok(Self { visible: crop.unwrap_or(media), rotation, unit: narrow(unit.unwrap_or(1.0)) })
    }

    /// The lower left corner of what is shown, without extent.
    pub(crate) const fn corner(&self) -> Rectangle {
        Rectangle { x: self.visible.x, y: self.visible.y, width: 0.0, height: 0.0 }
    }

    /// How large the page is for the reader, in points.
    pub(crate) fn size(&self) -> Size {
        let shown = self.rotation.footprint(Size { width: self.visible.width, height: self.visible.height });
        Size { width: shown.width * self.unit, height: shown.height * self.unit }
    }

    /// Where the reader sees a rectangle of the page's own coordinates, in points from the lower left corner of what is
    /// shown; it may lie beyond its edges.
    pub(crate) fn seen(&self, area: Rectangle) -> Rectangle {
        let Rectangle { x, y, width, height } = area;
        let page = self.visible;
        let (x, y) = (x - page.x, y - page.y);
        let (x, y) = match self.rotation {
            PageRotation::None => (x, y),
            PageRotation::Quarter => (y, page.width - x - width),
            PageRotation::Half => (page.width - x - width, page.height - y - height),
            PageRotation::ThreeQuarters => (page.height - y - height, x),
        };
        let turned = self.rotation.footprint(Size { width, height });
        let unit = self.unit;
        Rectangle { x: x * unit, y: y * unit, width: turned.width * unit, height: turned.height * unit }
    }

    /// Where a place is on the page.
    ///
    /// # Errors
    /// If it is not on the page.
    pub(crate) fn spot(&self, place: &Place) -> Result<Spot, PadesError> {
        let page = self.size();
        let wanted = place.rectangle(page);
        let Rectangle { x, y, width, height } = wanted;
        // Not a number is nowhere.
        let inside = width > 0.0
            && height > 0.0
            && x >= -TOLERANCE
            && y >= -TOLERANCE
            && x + width <= page.width + TOLERANCE
            && y + height <= page.height + TOLERANCE;
        if !inside {
            let (place, page) = ([x, y, width, height], [page.width, page.height]);
            return Err(PadesError::OffPage { place, page });
        }
        let units = Rectangle {
            x: x / self.unit,
            y: y / self.unit,
            width: width / self.unit,
            height: height / self.unit,
        };
        let rectangle = self.rotation.place(units, self.visible);
        Ok(Spot { rectangle, size: Size { width, height }, rotation: self.rotation })
    }

    /// How a widget is drawn that is there: upright for the reader, unless it says otherwise (`/R` of `/MK`, ISO
    /// 32000-2, table 192); and how much of it the page shows. `None` if it has no extent.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub(crate) fn widget(
        &self,
        view: &View<'_>,
        widget: &Dictionary,
    ) -> Result<Option<(Spot, Part)>, PadesError> {
        let value = view.value(widget, "Rect")?;
        let Some(rectangle) = rectangle(view, &value) else { return Ok(None) };
        let characteristics = view.value(widget, "MK")?;
        let turn = match characteristics.as_dictionary() {
            Some(characteristics) => view.value(characteristics, "R")?.as_integer(),
            None => None,
        };
        // The widget is turned against the clock, the page with it.
        let rotation = turn.and_then(PageRotation::from_degrees).unwrap_or(self.rotation);
        let seen = rotation.footprint(Size { width: rectangle.width, height: rectangle.height });
        let size = Size { width: seen.width * self.unit, height: seen.height * self.unit };
        Ok(Some((Spot { rectangle, size, rotation }, self.part(rectangle))))
    }

    fn part(&self, rectangle: Rectangle) -> Part {
        let Some(seen) = common(rectangle, self.visible) else { return Part::Nothing };
        let all = seen.width + TOLERANCE >= rectangle.width && seen.height + TOLERANCE >= rectangle.height;
        if all { Part::All } else { Part::Some }
    }
}

/// Boxes and turn of the nodes above pages, with what they inherit, as they were read.
#[derive(Default)]
pub(crate) struct Nodes {
    known: HashMap<Reference, [Object; 3]>,
}

impl Nodes {
    /// Entries that pages inherit from the nodes above them (ISO 32000-2, 7.7.3.4).
    fn inherited(&mut self, view: &View<'_>, page: &Dictionary) -> Result<[Object; 3], PadesError> {
        let mut path = vec![(None, own(view, page)?)];
        let mut next = page.get("Parent").and_then(Object::as_reference);
        while let Some(reference) = next.filter(|_| path.len() < MAX_DEPTH) {
            if let Some(known) = self.known.get(&reference) {
                path.push((None, known.clone()));
                break;
            }
            let Object::Dictionary(node) = view.resolve(&Object::Reference(reference))? else { break };
            path.push((Some(reference), own(view, &node)?));
            next = node.get("Parent").and_then(Object::as_reference);
        }
        let mut above = [Object::Null, Object::Null, Object::Null];
        for (reference, own) in path.into_iter().rev() {
            for (value, own) in above.iter_mut().zip(own) {
                if !own.is_null() {
                    *value = own;
                }
            }
            if let Some(reference) = reference {
                self.known.insert(reference, above.clone());
            }
        }
        Ok(above)
    }
}

fn own(view: &View<'_>, node: &Dictionary) -> Result<[Object; 3], PadesError> {
    Ok([view.value(node, "MediaBox")?, view.value(node, "CropBox")?, view.value(node, "Rotate")?])
}

/// Any two opposite corners, as a rectangle that covers something.
pub(crate) fn rectangle(view: &View<'_>, value: &Object) -> Option<Rectangle> {
    let numbers: Option<Vec<f64>> =
        value.as_array()?.iter().map(|number| view.resolve(number).ok()?.as_number()).collect();
    let &[left, bottom, right, top] = numbers?.as_slice() else { return None };
    let [left, right] = [left.min(right), left.max(right)];
    let [bottom, top] = [bottom.min(top), bottom.max(top)];
    let [x, y, width, height] = [left, bottom, right - left, top - bottom].map(narrow);
    let finite = [x, y, width, height].iter().all(|number| number.is_finite());
    (finite && width > 0.0 && height > 0.0).then_some(Rectangle { x, y, width, height })
}

/// What two rectangles have in common.
pub(crate) fn common(one: Rectangle, other: Rectangle) -> Option<Rectangle> {
    let (x, y) = (one.x.max(other.x), one.y.max(other.y));
    let width = (one.x + one.width).min(other.x + other.width) - x;
    let height = (one.y + one.height).min(other.y + other.height) - y;
    (width > TOLERANCE && height > TOLERANCE).then_some(Rectangle { x, y, width, height })
}

/// Coordinates are drawn in single precision.
#[expect(
    clippy::cast_possible_truncation,
    reason = "to the nearest float; what is too large becomes infinite"
)]
pub(super) fn narrow(number: f64) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_where_it_is_seen_is_seen_there() {
        for degrees in [0, 90, 180, 270] {
            let frame = PageFrame {
                visible: Rectangle { x: 100.0, y: -50.0, width: 400.0, height: 300.0 },
                rotation: PageRotation::from_degrees(degrees).unwrap_or_default(),
                unit: 2.0,
            };
            let wanted = Rectangle { x: 10.0, y: 20.0, width: 60.0, height: 30.0 };
            let Ok(spot) = frame.spot(&Place::on_page(0).at(wanted)) else { panic!("{degrees}") };
            assert_eq!(frame.seen(spot.rectangle), wanted, "{degrees}");
        }
    }

    /// Two nodes above each other, and pages below the lower one.
    #[test]
    fn what_pages_inherit_is_read_once_for_all() -> Result<(), PadesError> {
        let mut file = String::from("%PDF-1.7\n");
        let mut rows = String::from("xref\n0 1\n0000000000 65535 f \n");
        for (number, node) in [
            (1, "<</Type/Catalog/Pages 2 0 R>>"),
            (2, "<</Type/Pages/Kids[3 0 R]/Count 0/MediaBox[0 0 100 200]/Rotate 90>>"),
            (3, "<</Type/Pages/Kids[]/Count 0/Parent 2 0 R/CropBox[0 0 50 60]>>"),
        ] {
            rows += &format!("{number} 1\n{:010} 00000 n \n", file.len());
            file += &format!("{number} 0 obj\n{node}\nendobj\n");
        }
        let at = file.len();
        file += &format!("{rows}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n");
        let bytes = file.into_bytes();
        let document = chancery_pdf::Document::open(&bytes)?;
        let view = document.latest();
        let mut nodes = Nodes::default();
        for (own, visible) in [("", [50.0, 60.0]), ("/CropBox[0 0 10 20]", [10.0, 20.0]), ("", [50.0, 60.0])]
        {
            let page = Object::parse(format!("<</Parent 3 0 R{own}>>").as_bytes())?.0;
            let Object::Dictionary(page) = page else { panic!("{page:?}") };
            let frame = PageFrame::among(&view, &page, &mut nodes)?;
            assert_eq!([frame.visible.width, frame.visible.height], visible);
            assert_eq!(frame.rotation, PageRotation::from_degrees(90).unwrap_or_default());
            assert_eq!(frame, PageFrame::of(&view, &page)?);
        }
        assert_eq!(nodes.known.len(), 2);
        // What is known is not asked for again.
        let other = Reference::new(3, 0);
        nodes.known.insert(other, [Object::Null, Object::Null, Object::Null]);
        let page = view.object(other)?.as_dictionary().cloned().unwrap_or_default();
        let mut below = Dictionary::new();
        below.set("Parent", other);
        assert_eq!(PageFrame::among(&view, &below, &mut nodes)?.visible, LETTER);
        assert_eq!(PageFrame::of(&view, &page)?.visible.width, 50.0);
        Ok(())
    }
}
