//! The widget of a signature field: what of it is on a page (ISO 32000-2, 12.5.6.19).

use std::collections::HashSet;

use chancery_drawing::Rectangle;
use chancery_pdf::{Dictionary, Increment, Object, PdfString, Real, Reference, View};

use crate::PadesError;
use crate::appearance::{PageFrame, Seen, Spot, Visible, Whereabouts, common, rectangle};
use crate::append::{Appended, append_to_array};
use crate::form::Field;

/// Annotation flags Print (3) and Locked (8) (ISO 32000-2, table 167): PDF/A wants the first, and nobody should
/// move a signature.
const PRINT_AND_LOCKED: i64 = 4 + 128;

/// How many pages are looked through for a widget that does not say on which it is.
const MAX_PAGES: usize = 1_000;

/// A widget of a new field: on a page, and seen or not.
///
/// # Errors
/// If there is no such page or place, if the place is taken, or if it cannot be drawn.
pub(crate) fn add(
    view: &View<'_>,
    increment: &mut Increment<'_>,
    (widget, mut entries): (Reference, Dictionary),
    (page, visible): (usize, Option<&Visible<'_>>),
    existing: &[Field],
) -> Result<Option<Seen>, PadesError> {
    let place = visible.map(|visible| match visible.appearance.at {
        Whereabouts::At(place) => Ok(place),
        Whereabouts::Field => Err(PadesError::NoFieldToShowIn),
    });
    let place = place.transpose()?;
    let (page_reference, mut page) = view.page(place.map_or(page, |place| place.page))?;
    let mut seen = None;
    let mut lies = vec![Object::Integer(0); 4];
    if let (Some(visible), Some(place)) = (visible, place) {
        let spot = PageFrame::of(view, &(page_reference, page.clone()))?.spot(&place)?;
        refuse_overlap(view, &(page_reference, &page), &spot, existing)?;
        lies = corners(&spot.rectangle);
        let drawn = visible.put(view, increment, &spot)?;
        entries.set("AP", appearances(&drawn));
        entries.set("TU", PdfString::text(visible.alternate_name()));
        if let Some(language) = &visible.appearance.language {
            entries.set("Lang", PdfString::text(language));
        }
        seen = Some(drawn);
    }
    entries.set("F", PRINT_AND_LOCKED);
    entries.set("Rect", Object::Array(lies));
    entries.set("P", page_reference);
    increment.put(widget, &entries.into())?;
    if append_to_array(view, increment, &mut page, "Annots", widget)? == Appended::Here {
        increment.put(page_reference, &page.into())?;
    }
    Ok(seen)
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
        return Err(PadesError::FieldConstraint { name: name(), entry: "several places (/Kids)" });
    }
    let drawn = visible.put(view, increment, &spot)?;
    if reference == field.reference {
        entries.set("AP", appearances(&drawn));
    } else if let Some(reference) = reference {
        widget.set("AP", appearances(&drawn));
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
        return PageFrame::of(view, &(page, dictionary));
    }
    for index in 0..view.page_count()?.min(MAX_PAGES) {
        let page = view.page(index)?;
        let annotations = view.value(&page.1, "Annots")?;
        let mut annotations = annotations.as_array().unwrap_or_default().iter().map(Object::as_reference);
        if reference.is_some() && annotations.any(|annotation| annotation == reference) {
            return PageFrame::of(view, &page);
        }
    }
    Err(PadesError::WidgetWithoutPage { object: reference.map_or(0, |reference| reference.number) })
}

/// A signature that covers another makes people believe that the one was made where the other is.
fn refuse_overlap(
    view: &View<'_>,
    (page_reference, page): &(Reference, &Dictionary),
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

fn appearances(seen: &Seen) -> Dictionary {
    [("N", seen.form())].into_iter().collect()
}

/// A rectangle as PDF writes it: two opposite corners.
fn corners(rectangle: &Rectangle) -> Vec<Object> {
    let Rectangle { x, y, width, height } = *rectangle;
    [x, y, x + width, y + height].map(coordinate).into()
}

/// A coordinate with three digits, which is finer than anyone sees.
fn coordinate(value: f32) -> Object {
    let rounded = (f64::from(value) * 1000.0).round() / 1000.0;
    Real::new(rounded).into()
}
