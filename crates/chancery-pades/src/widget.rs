//! The widget of a signature field: what of it is on a page (ISO 32000-2, 12.5.6.19).

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

/// How many pages are looked through for a widget that does not say on which it is.
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
            refuse_overlap(view, &page, &spot, existing)?;
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

/// Draws in the widget of a field that is there. Its dictionary is changed; if the widget is an object of its own, it is
/// written.
///
/// # Errors
/// If the field has no place, or several, or it cannot be drawn.
pub(crate) fn show(
    view: &View<'_>,
    increment: &mut Increment<'_>,
    (field, entries): (&Field, &mut Dictionary),
    visible: &Visible<'_>,
) -> Result<Seen, PadesError> {
    let name = || field.name.clone();
    if let Whereabouts::At(_) = visible.appearance.at {
        return Err(PadesError::FieldHasPlace { name: name() });
    }
    let mut seen = Vec::new();
    for (reference, widget) in widgets(view, field)? {
        if let Some(spot) = page_of(view, reference, &widget)?.widget(view, &widget)? {
            seen.push((reference, widget, spot));
        }
    }
    let (reference, mut widget, spot) =
        seen.pop().ok_or_else(|| PadesError::FieldInvisible { name: name() })?;
    if !seen.is_empty() {
        return Err(PadesError::FieldInSeveralPlaces { name: name() });
    }
    let drawn = visible.put(view, increment, &spot)?;
    if reference == field.reference {
        entries.set("AP", appearances(drawn.form()));
    } else if let Some(reference) = reference {
        widget.set("AP", appearances(drawn.form()));
        increment.put(reference, &widget.into())?;
    }
    Ok(drawn)
}

/// The widgets of a field: itself, or its kids.
fn widgets(view: &View<'_>, field: &Field) -> Result<Vec<(Option<Reference>, Dictionary)>, PadesError> {
    if field.dictionary.get("Rect").is_some() {
        return Ok(vec![(field.reference, field.dictionary.clone())]);
    }
    let kids = view.value(&field.dictionary, "Kids")?;
    let kids = kids.as_array().unwrap_or_default().iter().map(|kid| {
        let widget = view.resolve(kid)?;
        Ok(widget.as_dictionary().map(|widget| (kid.as_reference(), widget.clone())))
    });
    kids.filter_map(Result::transpose).collect()
}

/// The page on which a widget is.
fn page_of(
    view: &View<'_>,
    reference: Option<Reference>,
    widget: &Dictionary,
) -> Result<PageFrame, PadesError> {
    let said = widget.get("P").and_then(Object::as_reference);
    if let Some(page) = said
        && let Object::Dictionary(dictionary) = view.object(page)?
    {
        return PageFrame::of(view, &dictionary);
    }
    for index in 0..view.page_count()?.min(MAX_PAGES) {
        let page = view.page(index)?;
        let annotations = view.value(&page.1, "Annots")?;
        let mut annotations = annotations.as_array().unwrap_or_default().iter().map(Object::as_reference);
        if reference.is_some() && annotations.any(|annotation| annotation == reference) {
            return PageFrame::of(view, &page.1);
        }
    }
    Err(PadesError::WidgetWithoutPage { object: reference.map_or(0, |reference| reference.number) })
}

/// A signature that covers another makes people believe that the one was made where the other is.
fn refuse_overlap(
    view: &View<'_>,
    (page_reference, page): &(Reference, Dictionary),
    spot: &Spot,
    existing: &[Field],
) -> Result<(), PadesError> {
    let annotations = view.value(page, "Annots")?;
    let annotations: HashSet<Reference> =
        annotations.as_array().unwrap_or_default().iter().filter_map(Object::as_reference).collect();
    for field in existing.iter().filter(|field| field.is_signature()) {
        for (reference, widget) in widgets(view, field)? {
            let here = widget.get("P").and_then(Object::as_reference) == Some(*page_reference)
                || reference.is_some_and(|reference| annotations.contains(&reference));
            let value = view.value(&widget, "Rect")?;
            let taken = rectangle(view, &value).filter(|_| here);
            if taken.is_some_and(|taken| common(taken, spot.rectangle).is_some()) {
                return Err(PadesError::PlaceTaken { field: field.name.clone() });
            }
        }
    }
    Ok(())
}

fn appearances(form: Reference) -> Dictionary {
    [("N", form)].into_iter().collect()
}

/// A rectangle as PDF writes it: two opposite corners.
fn corners(rectangle: &Rectangle) -> Vec<Object> {
    let Rectangle { x, y, width, height } = *rectangle;
    [x, y, x + width, y + height].map(coordinate).into()
}

/// A coordinate with three digits, which is finer than anyone sees.
fn coordinate(value: f32) -> Object {
    let rounded = (f64::from(value) * 1000.0).round() / 1000.0;
    let real = Real::new(rounded);
    real.text().strip_suffix(".0").and_then(|whole| whole.parse().ok()).map_or(real.into(), Object::Integer)
}
