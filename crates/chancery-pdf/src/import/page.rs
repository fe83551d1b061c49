//! A page of one document as a form XObject of another.

use std::collections::HashMap;
use std::ops::Range;

use super::copy::{Copier, IMPORTED_DEPTH};
use super::rules::Kind;
use crate::error::PdfError;
use crate::increment::Increment;
use crate::limits;
use crate::name::Name;
use crate::object::{Dictionary, Object, Stream};
use crate::pages::{self, Inherited};
use crate::real::Real;
use crate::reference::Reference;
use crate::view::View;

/// Greatest side of a page, in points: far more than any sheet (Annex C: 14,400 units, of at most 75,000 points).
const LONGEST: f64 = 1e9;

/// A page taken out of its document, to be drawn in another as a form XObject (ISO 32000-2, 8.10): a letterhead, a
/// stamp, a logo.
///
/// Only what drawing needs comes along: content, fonts, images, colours. Annotations and form fields of the page stay
/// behind, and so do actions, scripts, links, metadata and structure. Layers, PostScript and data in other files are
/// refused.
///
/// ```no_run
/// # let (letterhead, contract): (Vec<u8>, Vec<u8>) = Default::default();
/// use chancery_pdf::{Document, ImportedPage, Increment};
///
/// let letterhead = Document::open(&letterhead)?;
/// let page = ImportedPage::read(&letterhead.latest(), 0)?;
///
/// let contract = Document::open(&contract)?;
/// let mut increment = Increment::new(&contract);
/// let form = page.put(&mut increment)?;
/// // Content that draws it, half as large, at the left bottom corner:
/// println!("/XObject << /Page {form} >> … q 0.5 0 0 0.5 0 0 cm /Page Do Q");
/// # Ok::<(), chancery_pdf::PdfError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedPage {
    width: f64,
    height: f64,
    /// Number 1 is the form; they refer to each other by these numbers.
    objects: Vec<Object>,
}

impl ImportedPage {
    /// Page `index` of a document, counted from 0, as its reader sees it: its crop box, upright, of its true size.
    ///
    /// # Errors
    /// [`PdfError::PageImport`] if the page cannot be taken over as it looks, [`PdfError::Limit`] if it is too much,
    /// else what is wrong with the page or with an object that it needs.
    pub fn read(view: &View<'_>, index: usize) -> Result<Self, PdfError> {
        let inherited = pages::inherited(view, index)?;
        let mut copier = Copier::new(view, index);
        let place = copier.reserve()?;
        let frame =
            Frame::of(view, &inherited).ok_or_else(|| copier.refused("it does not say how large it is"))?;
        let mut dictionary = Dictionary::new();
        dictionary.set("Type", Name::from("XObject"));
        dictionary.set("Subtype", Name::from("Form"));
        dictionary.set("BBox", numbers(&frame.shown));
        dictionary.set("Matrix", numbers(&frame.matrix));
        let resources = copier.value(&inherited.resources, Kind::Resources, IMPORTED_DEPTH)?;
        let none = || Object::Dictionary(Dictionary::new());
        dictionary.set("Resources", if resources.is_null() { none() } else { resources });
        if let Some(group) = inherited.page.get("Group") {
            let group = copier.value(group, Kind::Group, IMPORTED_DEPTH)?;
            if !group.is_null() {
                dictionary.set("Group", group);
            }
        }
        let content = content(view, &inherited.page, &mut copier)?;
        copier.fill(place, Object::Stream(Box::new(Stream::compressed(dictionary, content))));
        Ok(Self { width: frame.width, height: frame.height, objects: copier.into_objects() })
    }

    /// How wide the page is for its reader, in points. The form covers the rectangle from 0, 0 to width, height.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.width
    }

    /// How high the page is for its reader, in points.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.height
    }

    /// All objects, the form first; they refer to each other by their place here, counted from 1. For who keeps them;
    /// [`ImportedPage::put`] gives them numbers of a document.
    #[must_use]
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// Adds the objects to an increment, under new numbers, and returns the form. Encrypted documents encrypt them.
    ///
    /// # Errors
    /// As [`Increment::put`].
    pub fn put(&self, increment: &mut Increment<'_>) -> Result<Reference, PdfError> {
        let numbered = self.numbered(&mut || increment.allocate());
        numbered.iter().try_for_each(|(place, object)| increment.put(*place, object))?;
        // There always is a form.
        numbered.first().map(|(place, _)| *place).ok_or(PdfError::PageMissing { index: 0, count: 0 })
    }

    /// The objects under the numbers that `numbers` gives, the form first; they refer to each other by these.
    pub fn numbered(&self, numbers: &mut dyn FnMut() -> Reference) -> Vec<(Reference, Object)> {
        let places: Vec<Reference> = self.objects.iter().map(|_| numbers()).collect();
        let objects = self.objects.iter().map(|object| {
            let mut object = object.clone();
            renumber(&mut object, &places);
            object
        });
        places.iter().copied().zip(objects).collect()
    }
}

fn renumber(object: &mut Object, places: &[Reference]) {
    let within = |dictionary: &mut Dictionary| {
        dictionary.values_mut().for_each(|(_, value)| renumber(value, places));
    };
    match object {
        Object::Reference(reference) => {
            let index = usize::try_from(reference.number).unwrap_or_default().wrapping_sub(1);
            if let Some(place) = places.get(index) {
                *reference = *place;
            }
        }
        Object::Array(values) => values.iter_mut().for_each(|value| renumber(value, places)),
        Object::Dictionary(dictionary) => within(dictionary),
        Object::Stream(stream) => within(stream.dictionary_mut()),
        _ => {}
    }
}

/// The content of a page: one stream, or several that count as one, with white space between them (7.8.2).
fn content(view: &View<'_>, page: &Dictionary, copier: &mut Copier<'_, '_>) -> Result<Vec<u8>, PdfError> {
    let streams = match view.value(page, "Contents")? {
        Object::Null => Vec::new(),
        Object::Array(streams) => streams,
        one => vec![one],
    };
    let mut content = Vec::new();
    let mut known: HashMap<Reference, Range<usize>> = HashMap::new();
    for value in &streams {
        if let Some(again) = value.as_reference().and_then(|reference| known.get(&reference)) {
            copier.spend_bytes(again.len())?;
            content.extend_from_within(again.clone());
            continue;
        }
        let found = copier.look(value)?;
        let Object::Stream(stream) = found else {
            if found.is_null() {
                continue;
            }
            return Err(copier.refused("its content is no stream"));
        };
        // How it is encoded is looked up for each stream, and may be the longest of it.
        for key in ["Filter", "DecodeParms"] {
            let stated = copier.look_up(stream.dictionary(), key)?;
            let each = stated.as_array().unwrap_or_default();
            each.iter().take(limits::FILTERS).try_for_each(|one| copier.look(one).map(|_| ()))?;
        }
        let encoded = stream.file_range().map_or(0, |range| range.end.saturating_sub(range.start));
        copier.spend_bytes(usize::try_from(encoded).unwrap_or(usize::MAX))?;
        let decoded = view.decoded(&stream, limits::IMPORTED_BYTES)?;
        copier.spend_bytes(decoded.len() + 1)?;
        let start = content.len();
        content.extend_from_slice(&decoded);
        content.push(b'\n');
        known.extend(value.as_reference().map(|reference| (reference, start..content.len())));
    }
    Ok(content)
}

/// What is shown of a page, and how it comes to stand upright at the origin.
struct Frame {
    shown: [f64; 4],
    matrix: [f64; 6],
    width: f64,
    height: f64,
}

impl Frame {
    /// `None` if the page has no box with an inside.
    fn of(view: &View<'_>, inherited: &Inherited) -> Option<Self> {
        let media = rectangle(view, &inherited.media_box)?;
        let crop = rectangle(view, &inherited.crop_box).and_then(|crop| common(crop, media));
        let shown @ [left, bottom, right, top] = crop.unwrap_or(media);
        let unit = view.value(&inherited.page, "UserUnit").ok().and_then(|unit| unit.as_number());
        let unit = unit.filter(|unit| (0.01..=75_000.0).contains(unit)).unwrap_or(1.0);
        let (across, up) = (right - left, top - bottom);
        // `/Rotate` turns clockwise; what is no quarter turn counts as none, as in viewers.
        let degrees = inherited.rotate.as_integer().unwrap_or_default().rem_euclid(360);
        let (matrix, [width, height]) = match degrees {
            90 => ([0.0, -1.0, 1.0, 0.0, -bottom, right], [up, across]),
            180 => ([-1.0, 0.0, 0.0, -1.0, right, top], [across, up]),
            270 => ([0.0, 1.0, -1.0, 0.0, top, -left], [up, across]),
            _ => ([1.0, 0.0, 0.0, 1.0, -left, -bottom], [across, up]),
        };
        let (width, height) = (width * unit, height * unit);
        let sized = |side: f64| side > 0.0 && side <= LONGEST;
        (sized(width) && sized(height)).then_some(Self {
            shown,
            matrix: matrix.map(|number| number * unit),
            width,
            height,
        })
    }
}

/// Left, bottom, right, top.
fn rectangle(view: &View<'_>, value: &Object) -> Option<[f64; 4]> {
    let number = |value: &Object| view.resolve(value).ok()?.as_number().filter(|number| number.is_finite());
    let numbers: Option<Vec<f64>> = value.as_array()?.iter().map(number).collect();
    let &[a, b, c, d] = numbers?.as_slice() else { return None };
    Some([a.min(c), b.min(d), a.max(c), b.max(d)])
}

fn common(one: [f64; 4], other: [f64; 4]) -> Option<[f64; 4]> {
    let [left, bottom] = [one[0].max(other[0]), one[1].max(other[1])];
    let [right, top] = [one[2].min(other[2]), one[3].min(other[3])];
    (left < right && bottom < top).then_some([left, bottom, right, top])
}

fn numbers(values: &[f64]) -> Object {
    Object::Array(values.iter().map(|value| Real::new(*value).into()).collect())
}
