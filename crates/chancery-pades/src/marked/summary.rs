//! The page that says in words what the marks mean.

use chancery_ades::{Report, Severity};
use chancery_drawing::{Colour, Drawing, DrawingError, Fit, Rectangle, Size};
use chancery_pdf::{Dictionary, Increment, Name, Object, Reference, Stream, View};

use super::marks::{Marks, colour};
use super::words::{Words, lines};
use crate::PadesError;
use crate::appearance::Seen;
use crate::widget::corners;

/// A4, in points (ISO 216).
const PAGE: Size = Size { width: 595.0, height: 842.0 };
const EDGE: f32 = 56.0;
const LETTERS: f32 = 9.0;
const LINE: f32 = 13.0;
/// Characters of a line: letters of this size take less than half of it on average.
const WIDTH: usize = 104;
/// Lines of one finding.
const MOST_LINES: usize = 6;

/// Signatures that are named; the report has all.
const MOST_SIGNATURES: usize = 100;

/// One line of the page.
struct Line {
    text: String,
    /// A square before it.
    mark: Option<Colour>,
    size: f32,
    /// Set off from what stands above.
    gap: f32,
}

impl Line {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), mark: None, size: LETTERS, gap: 0.0 }
    }
}

/// Appends the pages, and gives the first of them.
///
/// # Errors
/// If the page tree cannot be read, or they not be written.
pub(super) fn append(
    (view, increment): (&View<'_>, &mut Increment<'_>),
    report: &Report,
    marks: &Marks<'_>,
    words: &Words<'_>,
) -> Result<Reference, PadesError> {
    let (_, catalog) = view.catalog()?;
    let wrong = chancery_pdf::PdfError::Entry {
        key: "Pages",
        of: "the catalog",
        expected: "a reference to a dictionary",
    };
    let root = catalog.get("Pages").and_then(Object::as_reference).ok_or(wrong.clone())?;
    let Object::Dictionary(mut tree) = view.object(root)? else { return Err(wrong.into()) };
    let said = said(report, marks, words);
    let per_page = ((PAGE.height - 2.0 * EDGE) / LINE).floor();
    let mut pages = Vec::new();
    let mut rest = said.as_slice();
    while !rest.is_empty() {
        let mut used = 0.0;
        let fits = rest.iter().take_while(|line| {
            used += 1.0 + line.gap;
            used <= per_page
        });
        let (here, later) = rest.split_at(fits.count().max(1));
        pages.push(page(increment, root, here, words)?);
        rest = later;
    }
    let kids = view.value(&tree, "Kids")?;
    let mut kids = kids.as_array().unwrap_or_default().to_vec();
    kids.extend(pages.iter().copied().map(Object::Reference));
    let count = view.value(&tree, "Count")?.as_integer().unwrap_or_default();
    let added = i64::try_from(pages.len()).unwrap_or_default();
    tree.set("Kids", Object::Array(kids));
    tree.set("Count", Object::Integer(count.saturating_add(added)));
    increment.put(root, &tree.into())?;
    pages.first().copied().ok_or_else(|| wrong.into())
}

/// The verdict first, then what the colours mean, then what was found.
fn said(report: &Report, marks: &Marks<'_>, words: &Words<'_>) -> Vec<Line> {
    let mut said = Vec::new();
    let told = report.to_string();
    let (headline, _) = told.split_once('\n').unwrap_or((&told, ""));
    let verdict = report.indication().map_or(Severity::Information, |indication| match indication {
        chancery_ades::Indication::TotalPassed => Severity::Information,
        chancery_ades::Indication::Indeterminate => Severity::Warning,
        chancery_ades::Indication::TotalFailed => Severity::Error,
    });
    for line in lines(&words.shown(headline), WIDTH * 3 / 4, MOST_LINES) {
        said.push(Line { size: 12.0, mark: None, ..Line::plain(line) });
    }
    if let Some(first) = said.first_mut() {
        first.mark = Some(colour(verdict));
    }
    for (place, signature) in report.signatures().iter().enumerate() {
        if place == MOST_SIGNATURES {
            said.push(Line::plain(format!("and {} signatures more", report.signatures().len() - place)));
            break;
        }
        let signer = signature.claimed_signer().unwrap_or("an unknown signer");
        let text = format!("{} by {signer}: {}", signature.name(), signature.verdict());
        push(&mut said, words, &text, (None, 0.5));
    }
    let legend = [
        (Severity::Error, "red: keeps a signature from passing"),
        (Severity::Warning, "orange: a person should look at it"),
        (Severity::Information, "blue: worth knowing"),
    ];
    for (place, (severity, text)) in legend.into_iter().enumerate() {
        let gap = if place == 0 { 1.0 } else { 0.0 };
        said.push(Line { mark: Some(colour(severity)), gap, ..Line::plain(text) });
    }
    for mark in marks.iter() {
        let missing = if mark.is_missing() { " (not drawn: the page does not show it)" } else { "" };
        let text = format!("{}  {}{missing}", mark.number, mark.finding);
        push(&mut said, words, &text, (Some(colour(mark.finding.severity)), 0.5));
    }
    if marks.left_out() > 0 {
        said.push(Line::plain(format!("and {} more: see the report", marks.left_out())));
    }
    if marks.iter().next().is_none() {
        said.push(Line { gap: 1.0, ..Line::plain("Nothing was found that could be marked.") });
    }
    let note = "This page and the marks were added to a copy. Nobody signed them.";
    said.push(Line { gap: 1.0, ..Line::plain(note) });
    said
}

fn push(said: &mut Vec<Line>, words: &Words<'_>, text: &str, (mark, gap): (Option<Colour>, f32)) {
    for (place, line) in lines(&words.shown(text), WIDTH, MOST_LINES).into_iter().enumerate() {
        let first = place == 0;
        let (mark, gap) = if first { (mark, gap) } else { (None, 0.0) };
        said.push(Line { mark, gap, ..Line::plain(line) });
    }
}

/// One page with these lines. What pages inherit is said, so that it inherits nothing.
fn page(
    increment: &mut Increment<'_>,
    root: Reference,
    said: &[Line],
    words: &Words<'_>,
) -> Result<Reference, PadesError> {
    let drawn = drawing(said, words)?.finish(&mut || increment.allocate().number)?;
    let seen = Seen::new(Vec::new(), drawn);
    seen.put(increment)?;
    let content = increment.allocate();
    increment.put(content, &Stream::new(Dictionary::new(), b"/Said Do".to_vec()).into())?;
    let forms: Dictionary = [("Said", seen.form())].into_iter().collect();
    let mut resources = Dictionary::new();
    resources.set("XObject", forms);
    let mut page = Dictionary::new();
    page.set("Type", Name::from("Page"));
    page.set("Parent", root);
    page.set("MediaBox", corners(&PAGE.rectangle()));
    page.set("CropBox", corners(&PAGE.rectangle()));
    page.set("Rotate", 0);
    page.set("Resources", resources);
    page.set("Contents", content);
    let place = increment.allocate();
    increment.put(place, &page.into())?;
    Ok(place)
}

fn drawing(said: &[Line], words: &Words<'_>) -> Result<Drawing, DrawingError> {
    let mut drawing = Drawing::new(PAGE)?;
    let mut top = PAGE.height - EDGE;
    for line in said {
        top -= LINE * (1.0 + line.gap);
        let place = Rectangle { x: EDGE, y: top, width: PAGE.width - 2.0 * EDGE, height: LINE };
        if let Some(colour) = line.mark {
            let side = LETTERS * 0.8;
            drawing.fill(Rectangle { x: EDGE - 14.0, y: top + 3.5, width: side, height: side }, colour)?;
        }
        if !line.text.trim().is_empty() {
            // Already in the form that can be shown.
            let text = words.text(&line.text).with_size(line.size).with_fit(Fit::ShrinkTo(2.0));
            drawing.text(place, &text)?;
        }
    }
    Ok(drawing)
}
