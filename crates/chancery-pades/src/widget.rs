//! The widget of a new signature field: what of it is on a page (ISO 32000-2, 12.5.6.19).

use std::collections::HashSet;

use chancery_drawing::Rectangle;
use chancery_pdf::{Dictionary, Increment, Name, Object, PdfString, Real, Reference, Stream, View};

use crate::PadesError;
use crate::appearance::{PageFrame, Seen, Spot, Visible, Whereabouts, common, rectangle};
use crate::append::{Appended, append_to_array};
use crate::catalog::Catalog;
use crate::form::Field;
use crate::tagged::Tagged;

/// Annotation flags Print (3) and Locked (8) (ISO 32000-2, table 167): PDF/A wants the first, and nobody should
/// move a signature.
const PRINT_AND_LOCKED: i64 = 4 + 128;

/// How many pages are looked at to find out who else uses a list of annotations.
const MAX_PAGES: usize = 1_000;

/// The widget that is to be added.
pub(crate) struct NewWidget<'w> {
    pub(crate) reference: Reference,
    /// What the field says in the same object.
    pub(crate) entries: Dictionary,
    /// The page, counted from 0, unless it is visible somewhere.
    pub(crate) page: usize,
    pub(crate) visible: Option<&'w Visible<'w>>,
}

impl NewWidget<'_> {
    /// Adds it to its page, seen or not.
    ///
    /// # Errors
    /// If there is no such page or place, if the place is taken, or if it cannot be drawn.
    pub(crate) fn add(
        self,
        catalog: &Catalog<'_>,
        increment: &mut Increment<'_>,
        existing: &[Field],
    ) -> Result<Option<Seen>, PadesError> {
        let view = &catalog.view();
        let Self { reference, mut entries, page, visible } = self;
        let place = match visible.map(|visible| visible.appearance.at) {
            None => None,
            Some(Whereabouts::At(place)) => Some(place),
            Some(Whereabouts::Field) => return Err(PadesError::NoFieldToShowIn),
        };
        let index = place.map_or(Ok(page), |place| place.page_index(view))?;
        let page = view.page(index)?;
        let claims = view.claims()?;
        let tagged = claims.tagged || claims.accessibility.is_some();
        // Once a document is signed, its structure stays as it was: verifiers would take a change of it for one of the
        // content.
        let structured =
            tagged && !existing.iter().any(|field| field.is_signature() && field.value.is_some());
        entries.set("F", PRINT_AND_LOCKED);
        entries.set("P", page.0);
        let mut seen = None;
        if let (Some(visible), Some(place)) = (visible, place) {
            let spot = PageFrame::of(view, &page.1)?.spot(&place)?;
            refuse_overlap(view, &page.1, &spot, existing)?;
            let drawn = visible.put(view, increment, &spot)?;
            entries.set("Rect", corners(&spot.rectangle));
            entries.set("AP", appearances(drawn.form()));
            entries.set("TU", PdfString::text(visible.alternate_name()));
            let language = visible.appearance.language.as_deref();
            if let Some(language) = language {
                entries.set("Lang", PdfString::text(language));
            }
            seen = Some(drawn);
            if structured {
                let element = Tagged { widget: reference, page: page.0, language };
                if let Some(key) = element.add(view, increment, catalog.dictionary())? {
                    entries.set("StructParent", key);
                }
            }
        } else {
            // In a tagged document it lies where nothing of it is within the page, so that it needs no tag.
            let corner = if tagged { PageFrame::of(view, &page.1)?.corner() } else { NOWHERE };
            entries.set("Rect", corners(&corner));
            if claims.archive.as_ref().is_some_and(|archive| archive.part == 1) {
                entries.set("AP", appearances(nothing(increment)?));
            }
        }
        // What a widget of PDF/UA-2 is for stands in `/Contents` (ISO 14289-2, 8.10.2.3).
        if claims.accessibility.is_some_and(|part| part > 1) {
            let name = entries.get("TU").or_else(|| entries.get("T")).cloned();
            entries.set("Contents", name.unwrap_or(Object::Null));
        }
        increment.put(reference, &entries.into())?;

        let mut changed = page.1;
        // Readers aloud find annotations in the order of the structure (ISO 14289-1, 7.18.3).
        let ordered = structured && changed.get("Tabs").is_none();
        if ordered {
            changed.set("Tabs", Name::from("S"));
        }
        if let Some(list) = changed.get("Annots").and_then(Object::as_reference)
            && (list_of_fields(catalog)? == Some(list) || !is_own_list(view, page.0, list))
        {
            changed.set("Annots", view.object(list)?);
        }
        if append_to_array(view, increment, &mut changed, "Annots", reference)? == Appended::Here || ordered {
            increment.put(page.0, &changed.into())?;
        }
        Ok(seen)
    }
}

/// Where nobody sees anything.
const NOWHERE: Rectangle = Rectangle { x: 0.0, y: 0.0, width: 0.0, height: 0.0 };

/// An appearance that shows nothing: part 1 of PDF/A wants every widget to have one (ISO 19005-1, 6.9).
fn nothing(increment: &mut Increment<'_>) -> Result<Reference, PadesError> {
    let mut form = Dictionary::new();
    form.set("Type", Name::from("XObject"));
    form.set("Subtype", Name::from("Form"));
    form.set("BBox", Object::Array(vec![Object::Integer(0); 4]));
    form.set("Resources", Dictionary::new());
    let place = increment.allocate();
    increment.put(place, &Stream::new(form, Vec::new()).into())?;
    Ok(place)
}

/// Whether a list of annotations is that of one page alone. Where that is not certain, it is not: what is added to a list
/// that pages share is shown on all of them.
fn is_own_list(view: &View<'_>, page: Reference, list: Reference) -> bool {
    let Ok(pages) = view.pages() else { return false };
    for (looked_at, other) in pages.enumerate() {
        let Ok((reference, other)) = other else { return false };
        let uses_it = other.get("Annots").and_then(Object::as_reference) == Some(list);
        if looked_at == MAX_PAGES || (uses_it && reference != page) {
            return false;
        }
    }
    true
}

/// The list of fields, if it is an object of its own.
fn list_of_fields(catalog: &Catalog<'_>) -> Result<Option<Reference>, PadesError> {
    let form = catalog.view().value(catalog.dictionary(), "AcroForm")?;
    Ok(form.as_dictionary().and_then(|form| form.get("Fields")).and_then(Object::as_reference))
}

/// A signature that covers another makes people believe that the one was made where the other is.
fn refuse_overlap(
    view: &View<'_>,
    page: &Dictionary,
    spot: &Spot,
    existing: &[Field],
) -> Result<(), PadesError> {
    let annotations = view.value(page, "Annots")?;
    let mut here: HashSet<Reference> =
        annotations.as_array().unwrap_or_default().iter().filter_map(Object::as_reference).collect();
    for field in existing.iter().filter(|field| field.is_signature()) {
        let kids = view.value(&field.dictionary, "Kids")?;
        let kids = kids.as_array().unwrap_or_default().iter().filter_map(Object::as_reference);
        for reference in field.reference.into_iter().chain(kids) {
            // Each is looked at once, however many fields lead to it.
            if !here.remove(&reference) {
                continue;
            }
            let Object::Dictionary(widget) = view.object(reference)? else { continue };
            let taken = rectangle(view, &view.value(&widget, "Rect")?);
            if taken.is_some_and(|taken| common(taken, spot.rectangle).is_some()) {
                return Err(PadesError::PlaceTaken { field: field.name.clone() });
            }
        }
    }
    Ok(())
}

pub(crate) fn appearances(form: Reference) -> Dictionary {
    [("N", form)].into_iter().collect()
}

/// A rectangle as PDF writes it: two opposite corners.
pub(crate) fn corners(rectangle: &Rectangle) -> Vec<Object> {
    let Rectangle { x, y, width, height } = *rectangle;
    [x, y, x + width, y + height].map(coordinate).into()
}

/// A coordinate with three digits, which is finer than anyone sees.
fn coordinate(value: f32) -> Object {
    let rounded = (f64::from(value) * 1000.0).round() / 1000.0;
    let real = Real::new(rounded);
    real.text().strip_suffix(".0").and_then(|whole| whole.parse().ok()).map_or(real.into(), Object::Integer)
}
