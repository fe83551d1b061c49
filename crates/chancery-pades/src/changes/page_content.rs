//! Where a page draws anything: roughly, and rather in too many places than in too few. What is laid over it later may hide
//! or change what was signed there.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use chancery_pdf::{Dictionary, Name, Object, PdfError, Reference};

use super::budget::{BYTE, OBJECT};
use super::drawn_text::{Reader, Token};
use super::letters::{Letters, Since};
use super::objection::{Stop, objection_of};
use super::step::Step;
use super::values::{entry, number};
use crate::PadesError;

/// Of longer contents nothing is said.
const MAX_CONTENT: usize = 1 << 22;
const MAX_MARKS: usize = 1 << 17;
const MAX_OPERANDS: usize = 64;
/// States are saved no deeper by anybody.
const MAX_SAVED: usize = 256;
/// In parts of the size: how high letters stand, how deep they hang.
const HEIGHT: f64 = 1.0;
const DEPTH: f64 = 0.3;
/// How far a code leads on at most, in thousandths of the size, where the font does not say it.
const WIDEST: f64 = 1000.0;

/// Left, bottom, right, top.
pub(super) type Area = [f64; 4];
type Matrix = [f64; 6];
const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// The marks on a page; `None` if they cannot be told.
#[derive(Debug, PartialEq)]
pub(super) struct PageContent(Option<Vec<Mark>>);

#[derive(Copy, Clone, Debug, PartialEq)]
struct Mark {
    area: Area,
    kind: Kind,
}

#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Kind {
    /// Letters, lines, pictures.
    Drawn,
    /// A rectangle of one colour: what lies wholly within it hides nothing of it.
    Ground,
}

/// The contents of pages, each read once. Whoever changes one is refused for that.
pub(super) type Contents = RefCell<BTreeMap<u32, Rc<PageContent>>>;

impl PageContent {
    fn lies_under(&self, [left, bottom, right, top]: Area) -> bool {
        let Some(marks) = &self.0 else { return true };
        marks.iter().any(|Mark { area: [x, y, to_x, to_y], kind }| {
            let meets = *x < right && left < *to_x && *y < top && bottom < *to_y;
            let within = *x <= left && right <= *to_x && *y <= bottom && top <= *to_y;
            meets && !(within && *kind == Kind::Ground)
        })
    }
}

impl Step<'_, '_> {
    /// Whether a page drew anything where something is laid over it now; so it is if that cannot be told.
    pub(super) fn is_over_content(&self, page: u32, area: Area) -> Result<bool, PadesError> {
        let known = self.contents.borrow().get(&page).cloned();
        let content = match known {
            Some(known) => known,
            None => {
                let read = objection_of(self.page_content(page))?.unwrap_or(PageContent(None));
                Rc::clone(self.contents.borrow_mut().entry(page).or_insert(Rc::new(read)))
            }
        };
        let marks = content.0.as_ref().map_or(0, Vec::len);
        Ok(!self.budget.affords(marks, 4 * BYTE) || content.lies_under(area))
    }

    fn page_content(&self, page: u32) -> Result<PageContent, Stop> {
        let entry_in_use = self.old.entry(page)?.and_then(|entry| entry.generation_in_use());
        let Some(generation) = entry_in_use else { return Ok(PageContent(None)) };
        let page = self.old.object(Reference::new(page, generation))?;
        let Some(page) = page.as_dictionary() else { return Ok(PageContent(None)) };
        let stated = self.old.value(page, "Contents")?;
        let parts = match &stated {
            Object::Array(parts) => parts.as_slice(),
            part => std::slice::from_ref(part),
        };
        let mut content = Vec::new();
        for part in parts {
            self.budget.spend(1, OBJECT)?;
            let part = self.old.resolve(part)?;
            let Some(stream) = part.as_stream() else { continue };
            match self.old.decoded(stream, MAX_CONTENT.saturating_sub(content.len())) {
                Ok(decoded) => content.extend(decoded.iter()),
                Err(PdfError::Read(error)) => return Err(PdfError::Read(error).into()),
                Err(_) => return Ok(PageContent(None)),
            }
            content.push(b'\n');
            self.budget.spend(content.len(), 4 * BYTE)?;
        }
        let resources = self.inherited_in(&self.old, page, "Resources")?;
        let listed =
            resources.as_dictionary().map_or(Ok(Object::Null), |all| self.old.value(all, "XObject"))?;
        let external = |name: &Name| -> Option<Vec<[f64; 2]>> {
            let stated = listed.as_dictionary().and_then(|listed| entry(listed, name))?;
            if !self.budget.affords(1, OBJECT) {
                return None;
            }
            let object = self.old.resolve(stated).ok()?;
            let entries = object.as_stream()?.dictionary();
            if entries.get("Subtype").and_then(Object::as_name).is_some_and(|kind| *kind == "Image") {
                return Some(corners([0.0, 0.0, 1.0, 1.0]).to_vec());
            }
            let numbers = |key| -> Option<Vec<f64>> {
                let listed = self.old.value(entries, key).ok()?;
                listed.as_array()?.iter().map(number).collect()
            };
            let bounds = numbers("BBox")?.try_into().ok()?;
            let matrix =
                if entries.get("Matrix").is_some() { numbers("Matrix")?.try_into().ok()? } else { IDENTITY };
            Some(corners(bounds).map(|corner| at(matrix, corner)).to_vec())
        };
        let listed = resources.as_dictionary().map_or(Ok(Object::Null), |all| self.old.value(all, "Font"))?;
        let fonts = |name: &Name| {
            let stated = listed.as_dictionary().and_then(|listed| entry(listed, name));
            let known = stated.filter(|_| self.budget.affords(256, 4 * BYTE));
            let font = known.and_then(|font| self.old.resolve(font).ok());
            font.as_ref().and_then(Object::as_dictionary).map_or_else(unknown, |font| self.widths(font))
        };
        Ok(PageContent(marks(&content, (&external, &fonts))))
    }

    /// How far the codes of a font lead on: as it says (ISO 32000-2, table 109), or as everybody knows of it.
    fn widths(&self, font: &Dictionary) -> Rc<[f64; 256]> {
        let letters = Letters::of(&self.old, font, Since::Signed);
        let listed = self.old.value(font, "Widths").unwrap_or(Object::Null);
        let first = self.old.value(font, "FirstChar").ok().and_then(|first| first.as_integer());
        // Two bytes are one code there.
        let encoding = self.old.value(font, "Encoding").unwrap_or(Object::Null);
        let in_pairs = encoding.as_name().is_some_and(|name| *name == "Identity-H" || *name == "Identity-V");
        let mut widths = [if in_pairs { WIDEST / 2.0 } else { WIDEST }; 256];
        for (code, width) in (0_u8..=255).zip(&mut widths) {
            let place = first.and_then(|first| usize::try_from(i64::from(code) - first).ok());
            let stated = place.and_then(|place| listed.as_array()?.get(place)).and_then(number);
            let known = letters.as_ref().and_then(|letters| letters.get(code)).map(|(_, width)| width);
            *width = stated.or(known).map_or(*width, f64::abs);
        }
        Rc::new(widths)
    }
}

fn unknown() -> Rc<[f64; 256]> {
    Rc::new([WIDEST; 256])
}

/// How far the codes of a font lead on.
type Fonts<'f> = dyn Fn(&Name) -> Rc<[f64; 256]> + 'f;

/// The corners of what an external object draws, before it is placed.
type External<'e> = dyn Fn(&Name) -> Option<Vec<[f64; 2]>> + 'e;

/// The marks that a content stream makes; `None` if they cannot be told.
fn marks(content: &[u8], (external, fonts): (&External<'_>, &Fonts<'_>)) -> Option<Vec<Mark>> {
    let mut scan = Scan {
        external,
        fonts,
        known: BTreeMap::new(),
        state: State {
            matrix: IDENTITY,
            size: None,
            widths: unknown(),
            stretch: 1.0,
            spacing: 0.0,
            leading: 0.0,
            rise: 0.0,
            width: 1.0,
        },
        saved: Vec::new(),
        line: IDENTITY,
        reach: [0.0; 2],
        path: Vec::new(),
        shape: Shape::Rectangle,
        marks: Vec::new(),
    };
    let mut reader = Reader { rest: content };
    let mut operands = Vec::new();
    while let Some(token) = reader.next().ok()? {
        match token {
            Token::Operand(operand) if operands.len() < MAX_OPERANDS => operands.push(operand),
            Token::Operand(_) => return None,
            Token::Operator(b"BI") => {
                scan.draw(&corners([0.0, 0.0, 1.0, 1.0]), 0.0, Kind::Drawn)?;
                reader.rest = after_image(reader.rest)?;
                operands.clear();
            }
            Token::Operator(operator) => {
                scan.apply(operator, &operands)?;
                operands.clear();
            }
        }
    }
    Some(scan.marks)
}

/// What follows the data of an image that stands in the content.
fn after_image(rest: &[u8]) -> Option<&[u8]> {
    let end = rest.windows(4).position(|found| {
        matches!(found, [before, b'E', b'I', after] if before.is_ascii_whitespace() && after.is_ascii_whitespace())
    })?;
    rest.get(end + 3..)
}

#[derive(Clone)]
struct State {
    matrix: Matrix,
    size: Option<f64>,
    widths: Rc<[f64; 256]>,
    stretch: f64,
    /// Between letters and words together, at most.
    spacing: f64,
    leading: f64,
    rise: f64,
    width: f64,
}

#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Shape {
    Rectangle,
    Other,
}

struct Scan<'e> {
    external: &'e External<'e>,
    fonts: &'e Fonts<'e>,
    known: BTreeMap<Name, Rc<[f64; 256]>>,
    state: State,
    saved: Vec<State>,
    /// Where the line of text begins.
    line: Matrix,
    /// How far it may have come, to the left and to the right.
    reach: [f64; 2],
    path: Vec<[f64; 2]>,
    shape: Shape,
    marks: Vec<Mark>,
}

impl Scan<'_> {
    fn apply(&mut self, operator: &[u8], operands: &[Object]) -> Option<()> {
        let numbers: Vec<f64> = operands.iter().filter_map(number).collect();
        match (operator, numbers.as_slice()) {
            (b"q", _) if self.saved.len() < MAX_SAVED => self.saved.push(self.state.clone()),
            (b"q", _) => return None,
            // One too many does nothing.
            (b"Q", _) => self.state = self.saved.pop().unwrap_or_else(|| self.state.clone()),
            (b"cm", &[a, b, c, d, x, y]) => self.state.matrix = times([a, b, c, d, x, y], self.state.matrix),
            (b"w", &[width]) => self.state.width = width.abs(),
            (b"BT", _) => self.begin_line(IDENTITY),
            (b"Tm", &[a, b, c, d, x, y]) => self.begin_line([a, b, c, d, x, y]),
            (b"Td", &[x, y]) => self.advance(x, y),
            (b"TD", &[x, y]) => {
                self.state.leading = -y;
                self.advance(x, y);
            }
            (b"T*", _) => self.advance(0.0, -self.state.leading),
            (b"Tf", &[size]) => {
                let name = operands.first().and_then(Object::as_name)?;
                let Self { known, fonts, .. } = self;
                let widths = known.entry(name.clone()).or_insert_with(|| fonts(name));
                (self.state.widths, self.state.size) = (Rc::clone(widths), Some(size));
            }
            (b"Tz", &[percent]) => self.state.stretch = percent / 100.0,
            (b"Tc" | b"Tw", &[space]) => self.state.spacing += space.abs(),
            (b"TL", &[leading]) => self.state.leading = leading,
            (b"Ts", &[rise]) => self.state.rise = rise,
            (b"Tj" | b"TJ", _) => self.show(operands)?,
            (b"'" | b"\"", _) => {
                self.state.spacing += numbers.iter().map(|space| space.abs()).sum::<f64>();
                self.advance(0.0, -self.state.leading);
                self.show(operands)?;
            }
            (b"re", &[x, y, width, height]) => {
                self.path.extend(corners([x, y, x + width, y + height]));
                let straight = matches!(self.state.matrix, [_, 0.0, 0.0, _, ..] | [0.0, _, _, 0.0, ..]);
                self.shape = if self.path.len() == 4 && straight { self.shape } else { Shape::Other };
            }
            (b"m" | b"l" | b"c" | b"v" | b"y", points) => {
                self.path.extend(points.chunks_exact(2).map(|point| [point[0], point[1]]));
                self.shape = Shape::Other;
            }
            (b"n", _) => self.end_path(),
            (b"f" | b"F" | b"f*", _) => {
                let kind = if self.shape == Shape::Rectangle { Kind::Ground } else { Kind::Drawn };
                self.draw(&self.path.clone(), 0.0, kind)?;
                self.end_path();
            }
            (b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*", _) => {
                self.draw(&self.path.clone(), self.state.width, Kind::Drawn)?;
                self.end_path();
            }
            (b"Do", _) => {
                let name = operands.last().and_then(Object::as_name)?;
                // What is not there draws nothing.
                if let Some(corners) = (self.external)(name) {
                    self.draw(&corners, 0.0, Kind::Drawn)?;
                }
            }
            // A shading fills whatever is not clipped.
            (b"sh", _) => return None,
            (b"cm" | b"Tm" | b"Td" | b"TD" | b"Tf" | b"Tz" | b"re", _) => return None,
            _ => {}
        }
        Some(())
    }

    fn begin_line(&mut self, line: Matrix) {
        (self.line, self.reach) = (line, [0.0; 2]);
    }

    fn advance(&mut self, x: f64, y: f64) {
        self.begin_line(times([1.0, 0.0, 0.0, 1.0, x, y], self.line));
    }

    fn end_path(&mut self) {
        self.path.clear();
        self.shape = Shape::Rectangle;
    }

    /// Letters are as wide as they may be, and begin where the line does: how far they came is not known.
    fn show(&mut self, operands: &[Object]) -> Option<()> {
        let size = self.state.size?;
        let parts = match operands.last() {
            Some(Object::Array(parts)) => parts.as_slice(),
            _ => operands,
        };
        for part in parts {
            match part {
                Object::String(string) => {
                    for code in string.as_bytes() {
                        let width = self.state.widths.get(usize::from(*code))?;
                        self.reach[1] += width / 1000.0 * size.abs() + self.state.spacing;
                    }
                }
                gap => {
                    let gap = number(gap)? / 1000.0 * size.abs();
                    self.reach = [self.reach[0] - gap.max(0.0), self.reach[1] - gap.min(0.0)];
                }
            }
        }
        let State { stretch, rise, .. } = self.state;
        let [mut left, mut right] = self.reach.map(|reach| reach * stretch.abs());
        if size < 0.0 || stretch < 0.0 {
            (left, right) = (left.min(-right), right.max(-left));
        }
        let up = if size < 0.0 { HEIGHT } else { DEPTH };
        let area = [left, rise - up * size.abs(), right, rise + HEIGHT * size.abs()];
        let placed = corners(area).map(|corner| at(self.line, corner));
        self.draw(&placed, 0.0, Kind::Drawn)
    }

    /// Marks what lies between these points.
    fn draw(&mut self, points: &[[f64; 2]], width: f64, kind: Kind) -> Option<()> {
        let Self { state: State { matrix, .. }, marks, .. } = self;
        let scale = matrix.iter().take(4).fold(0.0, |most: f64, part| most.max(part.abs()));
        // A line has a width, however thin.
        let around = if kind == Kind::Ground { 0.0 } else { (width * scale / 2.0).max(0.25) };
        let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let area = points
            .iter()
            .map(|point| at(*matrix, *point))
            .fold(none, |area, [x, y]| [area[0].min(x), area[1].min(y), area[2].max(x), area[3].max(y)]);
        if points.is_empty() {
            return Some(());
        }
        let [left, bottom, right, top] = area;
        let area = [left - around, bottom - around, right + around, top + around];
        marks.push(Mark { area, kind });
        (marks.len() <= MAX_MARKS && area.iter().all(|edge| edge.is_finite())).then_some(())
    }
}

const fn corners([left, bottom, right, top]: Area) -> [[f64; 2]; 4] {
    [[left, bottom], [right, bottom], [right, top], [left, top]]
}

/// A point in the space that a matrix leads to.
fn at([a, b, c, d, e, f]: Matrix, [x, y]: [f64; 2]) -> [f64; 2] {
    [a * x + c * y + e, b * x + d * y + f]
}

/// One matrix before another (ISO 32000-2, 8.3.4).
fn times(first: Matrix, then: Matrix) -> Matrix {
    let [a, b, c, d, x, y] = first;
    let [across, up] = [at(then, [a, b]), at(then, [c, d])];
    let ([x, y], [from_x, from_y]) = (at(then, [x, y]), [then[4], then[5]]);
    [across[0] - from_x, across[1] - from_y, up[0] - from_x, up[1] - from_y, x, y]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(text: &str) -> PageContent {
        let external = |name: &Name| (*name == "Im").then(|| corners([0.0, 0.0, 1.0, 1.0]).to_vec());
        let fonts = |name: &Name| Rc::new([if *name == "Thin" { 500.0 } else { WIDEST }; 256]);
        PageContent(marks(text.as_bytes(), (&external, &fonts)))
    }

    #[test]
    fn marks_are_found_where_they_are_made() {
        let here = [100.0, 100.0, 150.0, 120.0];
        for text in [
            "BT /F 12 Tf 90 105 Td (1000) Tj ET",
            "BT /F 12 Tf 10 105 Td (10000000) Tj ET",
            "BT /F 12 Tf 1 0 0 1 90 105 Tm [(1) -20 (000)] TJ ET",
            "q 2 0 0 2 0 0 cm BT /F 6 Tf 45 52 Td (1000) Tj ET Q",
            "BT /F 1 Tf 12 0 0 12 90 105 Tm (1000) Tj ET",
            "BT /F 12 Tf 0 700 Td 595 TL 90 0 Td T* (1000) Tj ET",
            "BT /F 12 Tf 90 105 Td [-3000 (1)] TJ ET",
            "BT /F 12 Tf 160 105 Td [3000 (1)] TJ ET",
            "BT /F 12 Tf 0 1 -1 0 120 90 Tm (1000) Tj ET",
            "BT /F -12 Tf 170 105 Td (1000) Tj ET",
            "0 110 m 600 110 l S",
            "0 95 m 600 95 l 12 w S",
            "0 0 m 300 300 0 0 200 200 c f",
            "110 105 5 5 re f",
            "90 90 20 20 re f",
            "90 90 100 100 re S",
            "q 200 0 0 200 0 0 cm /Im Do Q",
            "q 200 0 0 200 0 0 cm BI /W 1 /H 1 ID \u{1} EI Q",
            "/Sh sh",
            "(",
            "BT 110 110 Td (no font) Tj ET",
            "BT /F 12 Tf (x) Td (y) Tj ET",
        ] {
            assert!(content(text).lies_under(here), "{text}");
        }
        for text in [
            "",
            "BT /F 12 Tf 10 105 Td (1000) Tj ET",
            "BT /F 12 Tf 160 105 Td (1000) Tj ET",
            "BT /Thin 12 Tf 10 105 Td (10000000000000) Tj ET",
            "BT /F 12 Tf 90 125 Td (1000) Tj ET",
            "BT /F 12 Tf 90 85 Td (1000) Tj ET",
            "q 1 0 0 1 500 500 cm Q 1 1 9 9 re f",
            "0 90 m 600 90 l S",
            "0 0 600 800 re f",
            "100 100 50 20 re W n",
            "/Missing Do",
            "q 9 0 0 9 0 0 cm BI /W 1 /H 1 ID 100 100 9 9 re f EI Q",
        ] {
            assert!(!content(text).lies_under(here), "{text}");
        }
    }

    #[test]
    fn matrices_are_put_together_in_their_order() {
        let (scaled, moved) = ([2.0, 0.0, 0.0, 3.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0, 5.0, 7.0]);
        assert_eq!(at(times(moved, scaled), [1.0, 1.0]), [12.0, 24.0]);
        assert_eq!(at(times(scaled, moved), [1.0, 1.0]), [7.0, 10.0]);
    }
}
