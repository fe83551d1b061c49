//! Where an existing field is shown, and what is drawn there.

use std::collections::{HashMap, HashSet};

use chancery_pdf::{Dictionary, Increment, Object, Reference, View};

use crate::PadesError;
use crate::appearance::{PageFrame, Part, Seen, Show, Spot, Visible, Whereabouts, rectangle};
use crate::form::Field;
use crate::widget::appearances;

/// A field has one widget, or a few of which all but one are hidden. Where more than this want to be seen, nobody can say
/// which is meant.
const MAX_WIDGETS: usize = 16;

/// Bits of `/F` (ISO 32000-2, table 167).
const HIDDEN: i64 = 1 << 1;
const PRINT: i64 = 1 << 2;
const NO_VIEW: i64 = 1 << 5;

/// Draws in the widget of a field that is there. Its dictionary is changed; if the widget is an object of its own, it is
/// written.
///
/// # Errors
/// If people would not see it, or in several places, or it cannot be drawn.
pub(crate) fn show(
    view: &View<'_>,
    increment: &mut Increment<'_>,
    (field, entries): (&Field, &mut Dictionary),
    visible: &Visible<'_>,
) -> Result<Seen, PadesError> {
    if let Whereabouts::At(_) = visible.appearance.at {
        return Err(PadesError::FieldHasPlace { name: field.name.clone() });
    }
    let (reference, mut widget, spot) = place(view, field, visible.saying.show)?;
    let drawn = visible.put(view, increment, &spot)?;
    if Some(reference) == field.reference {
        entries.set("AP", appearances(drawn.form()));
    } else {
        widget.set("AP", appearances(drawn.form()));
        increment.put(reference, &widget.into())?;
    }
    Ok(drawn)
}

/// The one widget of a field that people see, and where.
///
/// # Errors
/// If there is none, or more than one.
fn place(view: &View<'_>, field: &Field, show: Show) -> Result<(Reference, Dictionary, Spot), PadesError> {
    let invisible = |because| PadesError::FieldInvisible { name: field.name.clone(), because };
    let several = || PadesError::FieldInSeveralPlaces { name: field.name.clone() };
    let mut candidates = HashMap::new();
    let mut because = "it has no widget of its own";
    for (reference, widget) in widgets(view, field)? {
        match hidden(view, &widget, show)? {
            Some(why) => because = why,
            None => {
                candidates.insert(reference, widget);
                because = "no page lists it among its annotations";
            }
        }
        if candidates.len() > MAX_WIDGETS {
            return Err(several());
        }
    }
    if candidates.is_empty() {
        return Err(invisible(because));
    }
    let mut found = None;
    let mut pages = Listed { view, wanted: &candidates, lists: HashMap::new() };
    for page in view.pages()? {
        let (_, page) = page?;
        for reference in pages.on(&page)? {
            let Some(widget) = candidates.get(&reference) else { continue };
            let Some((spot, part)) = PageFrame::of(view, &page)?.widget(view, widget)? else { continue };
            because = match (part, show) {
                (Part::Nothing, _) => "it lies outside of what the page shows",
                (Part::Some, Show::Meaning) => "a part of it lies outside of what the page shows",
                (Part::Some | Part::All, _) => {
                    if found.replace((reference, spot)).is_some() {
                        return Err(several());
                    }
                    continue;
                }
            };
        }
    }
    let (reference, spot) = found.ok_or_else(|| invisible(because))?;
    let widget = candidates.remove(&reference).ok_or_else(|| invisible(because))?;
    Ok((reference, widget, spot))
}

/// Which pages list some annotations (`/Annots`), whatever these say themselves. A list that pages share is read once.
struct Listed<'l> {
    view: &'l View<'l>,
    wanted: &'l HashMap<Reference, Dictionary>,
    lists: HashMap<Reference, HashSet<Reference>>,
}

impl Listed<'_> {
    fn on(&mut self, page: &Dictionary) -> Result<HashSet<Reference>, PadesError> {
        let Some(list) = page.get("Annots") else { return Ok(HashSet::new()) };
        let shared = list.as_reference();
        if let Some(known) = shared.and_then(|shared| self.lists.get(&shared)) {
            return Ok(known.clone());
        }
        let list = self.view.resolve(list)?;
        let listed = list.as_array().unwrap_or_default().iter().filter_map(Object::as_reference);
        let ours: HashSet<Reference> = listed.filter(|one| self.wanted.contains_key(one)).collect();
        if let Some(shared) = shared {
            self.lists.insert(shared, ours.clone());
        }
        Ok(ours)
    }
}

/// The widgets of a field: itself, or kids that are its own and nobody else's, each once.
fn widgets(view: &View<'_>, field: &Field) -> Result<Vec<(Reference, Dictionary)>, PadesError> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    if let Some(reference) = field.reference
        && is_widget(view, &field.dictionary)?
    {
        found.push((reference, field.dictionary.clone()));
        seen.insert(reference);
    }
    let kids = view.value(&field.dictionary, "Kids")?;
    for kid in kids.as_array().unwrap_or_default().iter().filter_map(Object::as_reference) {
        if !seen.insert(kid) {
            continue;
        }
        let Object::Dictionary(widget) = view.object(kid)? else { continue };
        let is_own = field.reference.is_some()
            && widget.get("Parent").and_then(Object::as_reference) == field.reference
            && ["FT", "T", "V"].iter().all(|key| widget.get(key).is_none());
        if is_own && is_widget(view, &widget)? {
            found.push((kid, widget));
        }
    }
    Ok(found)
}

fn is_widget(view: &View<'_>, entries: &Dictionary) -> Result<bool, PadesError> {
    Ok(view.value(entries, "Subtype")?.as_name().is_some_and(|name| name == "Widget"))
}

/// Why a widget is not shown, wherever it lies. A meaning stands before all readers, on the screen and on paper (21 CFR
/// 11.50(b)).
fn hidden(view: &View<'_>, widget: &Dictionary, show: Show) -> Result<Option<&'static str>, PadesError> {
    let flags = match view.value(widget, "F")? {
        Object::Null => 0,
        Object::Integer(flags) => flags,
        _ => return Ok(Some("its flags cannot be read (/F)")),
    };
    let needs_all = show == Show::Meaning;
    let layer = !view.value(widget, "OC")?.is_null();
    Ok(if rectangle(view, &view.value(widget, "Rect")?).is_none() {
        Some("it has no extent")
    } else if flags & (HIDDEN | NO_VIEW) != 0 {
        Some("its flags hide it (/F)")
    } else if needs_all && flags & PRINT == 0 {
        Some("it would not be printed (/F)")
    } else if needs_all && layer {
        Some("it belongs to a layer, which can be switched off (/OC)")
    } else {
        None
    })
}
