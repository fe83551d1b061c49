//! The marks on one page.

use chancery_ades::{Finding, Severity};
use chancery_drawing::{Colour, Drawing, DrawingError, Fit, HeightAlignment, Rectangle, Size};
use chancery_pdf::{Dictionary, Increment, Name, Object, PdfString, Reference, View};

use super::marks::{Drawn, colour};
use super::words::Words;
use crate::PadesError;
use crate::appearance::{Nodes, PageFrame, Place, Seen};
use crate::widget::{appearances, corners};

/// Annotation flags Print (3), ReadOnly (7), Locked (8) and LockedContents (10) (ISO 32000-2, table 167).
const FLAGS: i64 = 4 + 64 + 128 + 512;

/// So many marks are drawn on a page: more would hide it.
const MOST_HERE: usize = 64;

/// Letters of a label on a page of A4, in points; on others in proportion, but never smaller.
const LETTERS: f32 = 7.0;
const PAGE: f32 = 595.0;

/// Marks what was found on a page: frames, and labels beside them.
///
/// # Errors
/// If the page cannot be read, or the marks not be written. What cannot be drawn is an answer.
pub(super) fn mark(
    (view, increment): (&View<'_>, &mut Increment<'_>),
    (reference, mut page): (Reference, Dictionary),
    nodes: &mut Nodes,
    found: Vec<(usize, &Finding)>,
    words: &Words<'_>,
) -> Result<Vec<Drawn>, PadesError> {
    let frame = PageFrame::among(view, &page, nodes)?;
    let size = frame.size();
    let scale = (size.width.min(size.height) / PAGE).clamp(1.0, 20.0);
    let mut sheet = Sheet { frame, size, scale, labels: Vec::new() };
    let (mut drawn, mut added) = (Vec::new(), Vec::new());
    // The worst come first, and are drawn last: over the others.
    for (place, (number, finding)) in found.into_iter().enumerate().rev() {
        let pictures = if place < MOST_HERE { sheet.pictures(number, finding, words) } else { None };
        drawn.push(if pictures.is_some() { Drawn::Seen } else { Drawn::Not });
        for picture in pictures.into_iter().flatten() {
            added.push(Object::Reference(picture.put(increment, reference, finding, words)?));
        }
    }
    drawn.reverse();
    if !added.is_empty() {
        // A list that is an object of its own may be that of other pages too, so the page gets one of its own.
        let before = view.value(&page, "Annots")?;
        let mut annotations = before.as_array().unwrap_or_default().to_vec();
        annotations.extend(added);
        page.set("Annots", Object::Array(annotations));
        increment.put(reference, &page.into())?;
    }
    Ok(drawn)
}

/// A page that is being marked.
struct Sheet {
    frame: PageFrame,
    /// As the reader sees it.
    size: Size,
    scale: f32,
    /// Where labels are already.
    labels: Vec<Rectangle>,
}

/// Something to be put onto the page.
struct Picture {
    /// `/Rect`.
    rectangle: Rectangle,
    drawing: Drawing,
}

impl Sheet {
    /// A frame and a label. `None` if the page shows nothing of it, or they cannot be drawn.
    fn pictures(&mut self, number: usize, finding: &Finding, words: &Words<'_>) -> Option<[Picture; 2]> {
        let colour = colour(finding.severity);
        let framed = self.framed(finding)?;
        let line = 1.5 * self.scale;
        let frame =
            self.picture(framed, |drawing| drawing.frame(drawing.rectangle(), line, colour).map(drop))?;
        let said = format!("{number}  {}", finding.kind.replace('-', " "));
        let label = self.label(framed, said.chars().count());
        let label =
            self.picture(label, |drawing| draw_label(drawing, &said, (LETTERS * self.scale, colour), words))?;
        Some([frame, label])
    }

    /// What is to be framed, as the reader sees it: a little more than what was found, and not so small that nobody would
    /// see it.
    fn framed(&self, finding: &Finding) -> Option<Rectangle> {
        let whole = self.size.rectangle();
        let Some([left, bottom, right, top]) = finding.page().and_then(|page| page.area()) else {
            return Some(whole.inset(3.0 * self.scale));
        };
        let area = Rectangle { x: left, y: bottom, width: right - left, height: top - bottom };
        let seen = self.frame.seen(area);
        let more = |extent: f32| (2.0 * self.scale).max((10.0 * self.scale - extent) / 2.0);
        let (across, up) = (more(seen.width), more(seen.height));
        let (left, bottom) = ((seen.x - across).max(0.0), (seen.y - up).max(0.0));
        let right = (seen.x + seen.width + across).min(whole.width);
        let top = (seen.y + seen.height + up).min(whole.height);
        // Not a number is nowhere.
        (right - left > 1.0 && top - bottom > 1.0).then_some(Rectangle {
            x: left,
            y: bottom,
            width: right - left,
            height: top - bottom,
        })
    }

    /// A free place for a label: above what it is about, else below, else further down.
    fn label(&mut self, framed: Rectangle, letters: usize) -> Rectangle {
        let letters = u16::try_from(letters).unwrap_or(u16::MAX);
        // Letters are half as wide as high, or a little more.
        let width = ((f32::from(letters) * 0.56 * LETTERS + 6.0) * self.scale).min(self.size.width);
        let height = (1.6 * LETTERS * self.scale).min(self.size.height);
        let x = framed.x.clamp(0.0, self.size.width - width);
        let top = framed.y + framed.height;
        let above = if top + height <= self.size.height { top } else { top - height };
        let mut place = Rectangle { x, y: above, width, height };
        // As often as there are labels, and then it stands over another.
        for _ in 0..self.labels.len() {
            if !self.labels.iter().any(|taken| overlap(taken, &place)) {
                break;
            }
            place.y = if place.y >= height { place.y - height } else { self.size.height - height };
        }
        self.labels.push(place);
        place
    }

    fn picture(
        &self,
        place: Rectangle,
        draw: impl FnOnce(&mut Drawing) -> Result<(), DrawingError>,
    ) -> Option<Picture> {
        // The page does not matter to where on it something is.
        let spot = self.frame.spot(&Place::on_page(0).at(place)).ok()?;
        let mut drawing = Drawing::new(spot.size).ok()?.on_page(spot.rotation);
        draw(&mut drawing).ok()?;
        Some(Picture { rectangle: spot.rectangle, drawing })
    }
}

fn draw_label(
    drawing: &mut Drawing,
    said: &str,
    (size, colour): (f32, Colour),
    words: &Words<'_>,
) -> Result<(), DrawingError> {
    let all = drawing.rectangle();
    drawing.fill(all, colour)?;
    let text = words
        .text(said)
        .with_size(size)
        .with_fit(Fit::ShrinkTo(0.5))
        .with_height_alignment(HeightAlignment::Middle)
        .with_colour(Colour { red: 255, green: 255, blue: 255 });
    let (_, beside) = all.split_left(size * 0.3);
    drawing.text(beside, &text).map(drop)
}

impl Picture {
    /// Adds it as an annotation (ISO 32000-2, 12.5.6.12), with the finding's words for those who ask for them.
    fn put(
        self,
        increment: &mut Increment<'_>,
        page: Reference,
        finding: &Finding,
        words: &Words<'_>,
    ) -> Result<Reference, PadesError> {
        let drawn = self.drawing.finish(&mut || increment.allocate().number)?;
        let seen = Seen::new(Vec::new(), drawn);
        seen.put(increment)?;
        let mut annotation = Dictionary::new();
        annotation.set("Type", Name::from("Annot"));
        annotation.set("Subtype", Name::from("Stamp"));
        annotation.set("Rect", corners(&self.rectangle));
        annotation.set("P", page);
        annotation.set("F", FLAGS);
        annotation.set("AP", appearances(seen.form()));
        annotation.set("T", PdfString::text(title(finding.severity)));
        annotation.set("Contents", PdfString::text(&words.shown(&finding.to_string())));
        let place = increment.allocate();
        increment.put(place, &annotation.into())?;
        Ok(place)
    }
}

const fn title(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Information => "Information",
    }
}

fn overlap(one: &Rectangle, other: &Rectangle) -> bool {
    one.x < other.x + other.width
        && other.x < one.x + one.width
        && one.y + 0.01 < other.y + other.height
        && other.y + 0.01 < one.y + one.height
}
