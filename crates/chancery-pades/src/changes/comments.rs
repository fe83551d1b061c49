//! Comments that people lay over pages: markup annotations with their popups and replies (ISO 32000-2, 12.5.6.2). They
//! say and draw what they like over what was signed, so that each is told with its page and place.

use std::collections::BTreeSet;

use chancery_ades::{Finding, Place};
use chancery_pdf::{Dictionary, Name, Object, Reference, View};

use super::budget::ELEMENT;
use super::extent::extent;
use super::found::{Found, Need};
use super::judgement::Judgement;
use super::objection::{Stop, objection_of};
use super::pages::MAX_SHARED;
use super::step::Step;
use super::values::is_rectangle;
use crate::PadesError;

/// What happened to a comment.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(super) enum Happened {
    Added,
    Changed,
    Removed,
}

/// Annotations that only say or mark something. Links, widgets, screens, sounds, files, watermarks, redactions and
/// three-dimensional things do more.
const COMMENTS: [&str; 15] = [
    "Text",
    "FreeText",
    "Line",
    "Square",
    "Circle",
    "Polygon",
    "PolyLine",
    "Highlight",
    "Underline",
    "Squiggly",
    "StrikeOut",
    "Stamp",
    "Caret",
    "Ink",
    "Popup",
];

/// Their entries (tables 166, 168, 172 and 175 to 186), without actions, layers and files.
const ENTRIES: [&[u8]; 52] = [
    b"Type",
    b"Subtype",
    b"Rect",
    b"Contents",
    b"P",
    b"NM",
    b"M",
    b"F",
    b"AP",
    b"Border",
    b"C",
    b"T",
    b"Popup",
    b"CA",
    b"RC",
    b"CreationDate",
    b"IRT",
    b"Subj",
    b"RT",
    b"IT",
    b"Open",
    b"Name",
    b"State",
    b"StateModel",
    b"DA",
    b"Q",
    b"DS",
    b"CL",
    b"BE",
    b"RD",
    b"BS",
    b"LE",
    b"L",
    b"IC",
    b"LL",
    b"LLE",
    b"Cap",
    b"LLO",
    b"CP",
    b"Measure",
    b"CO",
    b"Vertices",
    b"QuadPoints",
    b"Sy",
    b"InkList",
    b"Parent",
    b"Lang",
    b"BM",
    b"ca",
    b"Rotate",
    b"AS",
    b"Rotation",
];

/// Whatever draws or refers to these, does more than a comment.
const REFUSED: [&[u8]; 9] = [b"OC", b"A", b"AA", b"JS", b"Ref", b"OPI", b"F", b"EF", b"Alternates"];

impl Step<'_, '_> {
    /// A comment that was added to a page. Says whether it is one.
    pub(super) fn explain_comment(
        &self,
        judgement: &mut Judgement,
        annotation: &Object,
        pages: &[u32],
    ) -> Result<Result<(), String>, PadesError> {
        let reference = annotation.as_reference().filter(|annotation| judgement.is_new(annotation.number));
        let Some(reference) = reference else { return Ok(Err("which is no new object".to_owned())) };
        let object = objection_of(self.new.object(reference).map_err(Stop::from))?;
        let Ok(Object::Dictionary(entries)) = object else {
            return Ok(Err("which is no dictionary".to_owned()));
        };
        let mut explained = BTreeSet::from([reference.number]);
        match objection_of(self.comment(judgement, (None, &entries), pages, &mut explained))? {
            Ok(()) => {}
            Err(objection) => return Ok(Err(objection.text)),
        }
        judgement.explained.extend(explained);
        self.tell_comment(judgement, Happened::Added, (reference.number, &entries), pages);
        Ok(Ok(()))
    }

    /// Comments that were there before and are changed objects now.
    pub(super) fn judge_changed_comments(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        for change in judgement.open() {
            if judgement.is_new(change.number) {
                continue;
            }
            let (before, after) = (self.before(&change)?, self.after(&change)?);
            let (Object::Dictionary(old), Object::Dictionary(new)) = (&before, &after) else { continue };
            if !is_comment(old) || subtype(old) != subtype(new) {
                continue;
            }
            let mut explained = BTreeSet::from([change.number]);
            let Some(pages) = self.pages_of_comment(change.number)? else { continue };
            if let Ok(()) = objection_of(self.comment(judgement, (Some(old), new), &pages, &mut explained))? {
                judgement.explained.extend(explained);
                self.tell_comment(judgement, Happened::Changed, (change.number, new), &pages);
            }
        }
        Ok(())
    }

    /// Whether an annotation that a page lost was a comment; it is told then.
    pub(super) fn explain_removed(
        &self,
        judgement: &mut Judgement,
        annotation: &Object,
        pages: &[u32],
    ) -> Result<bool, PadesError> {
        let Some(reference) = annotation.as_reference() else { return Ok(false) };
        let Ok(Object::Dictionary(entries)) = objection_of(self.old.object(reference).map_err(Stop::from))?
        else {
            return Ok(false);
        };
        if !is_comment(&entries) {
            return Ok(false);
        }
        let change = judgement.changed.get(&reference.number).copied();
        let freed = match change {
            Some(change) => self.after(&change)?.is_null(),
            None => false,
        };
        if freed && self.pages_of_comment(reference.number)?.is_some() {
            judgement.explained.insert(reference.number);
        }
        self.tell_comment(judgement, Happened::Removed, (reference.number, &entries), pages);
        Ok(true)
    }

    /// The pages that show a comment, if nothing but pages, its popup and its replies uses it.
    fn pages_of_comment(&self, number: u32) -> Result<Option<Vec<u32>>, PadesError> {
        let mut pages = BTreeSet::new();
        for found in self.references.uses(number) {
            if !self.budget.affords(1, ELEMENT) {
                return Ok(None);
            }
            match found.key.as_str() {
                "Popup" | "Parent" | "IRT" => {}
                "Annots" => {
                    pages.insert(found.from);
                }
                // A list of annotations that pages have as an object of its own.
                "" if self.is_list_of_annotations(found.from)? || self.lists_annotations(found.from) => {
                    pages.extend(self.references.uses_of_list(found.from).map(|list| list.from).take(2));
                }
                _ => return Ok(None),
            }
        }
        Ok(Some(pages.into_iter().take(2).collect()))
    }

    fn lists_annotations(&self, list: u32) -> bool {
        let uses: Vec<_> = self.references.uses_of_list(list).take(MAX_SHARED + 1).collect();
        (1..=MAX_SHARED).contains(&uses.len()) && uses.iter().all(|found| found.key == "Annots")
    }

    /// What a comment may hold: text, marks, and drawings of its own that lead to nothing that was there before.
    fn comment(
        &self,
        judgement: &Judgement,
        (before, entries): (Option<&Dictionary>, &Dictionary),
        pages: &[u32],
        explained: &mut BTreeSet<u32>,
    ) -> Result<(), Stop> {
        let odd = |what: String| Stop::objection("annotation-added", what);
        if !is_comment(entries) {
            let kind = subtype(entries).map_or_else(|| "none".to_owned(), |kind| format!("/{kind}"));
            return Err(odd(format!("which is no comment but {kind}")));
        }
        let unknown = entries.iter().find(|(key, _)| !ENTRIES.contains(&key.as_bytes()));
        if let Some((key, _)) = unknown {
            return Err(odd(format!("which has /{}", String::from_utf8_lossy(key.as_bytes()))));
        }
        if !is_rectangle(&self.new, entries, "Rect") {
            return Err(odd("which lies where readers do not agree".to_owned()));
        }
        for (key, value) in entries.iter() {
            match (key.as_bytes(), value.as_reference()) {
                (b"P", Some(page)) if pages.contains(&page.number) => {}
                (b"P", _) => return Err(odd("which says to be on another page".to_owned())),
                (b"Popup" | b"Parent" | b"IRT", Some(other)) => self.check_companion(other)?,
                (b"Popup" | b"Parent" | b"IRT", None) => {
                    return Err(odd("whose companion is no object".to_owned()));
                }
                // What was there was signed, and its own if nothing changed it.
                _ if before.is_some_and(|before| before.iter().any(|old| old == (key, value))) => {}
                _ => self.check_own(judgement, value, explained)?,
            }
        }
        Ok(())
    }

    /// The popup of a comment, the comment of a popup, or what it replies to: another comment.
    fn check_companion(&self, other: Reference) -> Result<(), Stop> {
        let other = self.new.object(other)?;
        match other.as_dictionary().is_some_and(is_comment) {
            true => Ok(()),
            false => Err(Stop::objection("annotation-added", "which belongs to what is no comment")),
        }
    }

    fn check_own(
        &self,
        judgement: &Judgement,
        value: &Object,
        explained: &mut BTreeSet<u32>,
    ) -> Result<(), Stop> {
        let led = self.walk(judgement, &judgement.own, value, refused)?;
        let odd = |against| Stop::objection("annotation-added", format!("which {against}"));
        explained.extend(led.map_err(odd)?);
        Ok(())
    }

    fn tell_comment(
        &self,
        judgement: &mut Judgement,
        happened: Happened,
        (number, entries): (u32, &Dictionary),
        pages: &[u32],
    ) {
        let kind = subtype(entries).map(ToString::to_string).unwrap_or_default();
        let view = if happened == Happened::Removed { &self.old } else { &self.new };
        let area = pages.first().and_then(|page| self.pages.area(*page, extent(view, entries)));
        let (name, what) = match happened {
            Happened::Added => ("annotation-added", "was laid over a page"),
            Happened::Changed => ("annotation-changed", "over a page was changed"),
            Happened::Removed => ("annotation-removed", "was removed from a page"),
        };
        let text = format!("a comment ({kind}) {what}");
        // One that was there may be moved over what was signed.
        let finding = if happened != Happened::Changed && is_own_popup(view, number, entries) {
            Finding::information(name, text)
        } else {
            Finding::warning(name, text)
        };
        let finding = finding.at(Place::Object(number)).on_page(area);
        judgement.found.push(Found { need: Need::Annotating, field: None, finding });
    }
}

fn subtype(entries: &Dictionary) -> Option<&str> {
    entries.get("Subtype").and_then(Object::as_name).and_then(Name::as_str)
}

/// Whether it is the window of a comment, which names it, and shows nothing of its own.
fn is_own_popup(view: &View<'_>, number: u32, entries: &Dictionary) -> bool {
    let parent = entries.get("Parent").and_then(Object::as_reference);
    let parent = parent.and_then(|parent| view.object(parent).ok());
    let parent = parent.as_ref().and_then(Object::as_dictionary).filter(|parent| is_comment(parent));
    let popup = parent.and_then(|parent| parent.get("Popup")).and_then(Object::as_reference);
    let bare = ["AP", "Contents", "RC"].iter().all(|key| entries.get(key).is_none());
    subtype(entries) == Some("Popup") && bare && popup.is_some_and(|popup| popup.number == number)
}

fn is_comment(entries: &Dictionary) -> bool {
    entries.get("FT").is_none() && subtype(entries).is_some_and(|kind| COMMENTS.contains(&kind))
}

/// Whether an object, however deep, has an entry that hides what is drawn, does something or leads out of the file.
fn refused(value: &Object) -> bool {
    match value {
        Object::Array(elements) => elements.iter().any(refused),
        Object::Dictionary(_) | Object::Stream(_) => value.as_dictionary().is_some_and(|entries| {
            entries.iter().any(|(key, value)| REFUSED.contains(&key.as_bytes()) || refused(value))
        }),
        _ => false,
    }
}
