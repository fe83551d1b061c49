//! What changed widgets show, and where: it lies over what was signed.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use chancery_ades::{Finding, Place};
use chancery_drawing::Rectangle;
use chancery_pdf::{Dictionary, Object};

use super::found::{Found, Need};
use super::judgement::Judgement;
use super::step::Step;
use super::values::{is_rectangle, is_type, is_visible_rectangle};
use crate::PadesError;
use crate::appearance::{LETTER, common, rectangle};
use crate::form::Field;

/// Whether a widget shows anything.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(super) enum Shown {
    Nothing,
    Something,
}

/// Who stands for what a widget shows.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(super) enum DrawnBy {
    /// Somebody who signed it with a certificate.
    Signer,
    /// Nobody, or a timestamp authority: anybody gets a timestamp, for whatever they draw.
    Anybody,
    /// Who filled in the field: it shows its value, and that it was filled is told with the place.
    Filler,
}

/// A widget that shows something since this revision; where is known when the pages were judged.
pub(super) struct Drawn {
    /// The full name of its field.
    field: String,
    widget: Dictionary,
    number: u32,
    /// The pages that it stood on before; of a new one, nothing is known yet.
    pages: Option<BTreeSet<u32>>,
    by: DrawnBy,
    /// What is told with the place, once it is known.
    said: Option<(Need, Finding)>,
    /// Remarks on it, told with the place, too.
    remarks: Vec<Finding>,
}

impl Drawn {
    /// A new widget, which is its own field.
    pub(super) fn new(field: &Field, number: u32, by: DrawnBy) -> Self {
        Self {
            field: field.name.clone(),
            widget: field.dictionary.clone(),
            number,
            pages: None,
            by,
            said: None,
            remarks: Vec::new(),
        }
    }

    /// A widget of a signed field that was there before, on these pages.
    pub(super) fn again(
        field: &Field,
        (number, widget): (u32, &Dictionary),
        pages: BTreeSet<u32>,
        by: DrawnBy,
    ) -> Self {
        let pages = Some(pages);
        let (field, widget) = (field.name.clone(), widget.clone());
        Self { field, widget, number, pages, by, said: None, remarks: Vec::new() }
    }

    /// A widget apart from its new field.
    pub(super) fn apart(field: &Field, (number, widget): (u32, &Dictionary), by: DrawnBy) -> Self {
        let (field, widget) = (field.name.clone(), widget.clone());
        Self { field, widget, number, pages: None, by, said: None, remarks: Vec::new() }
    }

    /// A widget of a field that was filled in.
    pub(super) fn filled(field: &Field, widget: (u32, &Dictionary), pages: BTreeSet<u32>) -> Self {
        Self::again(field, widget, pages, DrawnBy::Filler)
    }

    /// Remarks, which need nothing themselves.
    pub(super) fn remarking(mut self, remarks: Vec<Finding>) -> Self {
        self.remarks = remarks;
        self
    }

    /// What is to be told with its place.
    pub(super) fn saying(mut self, need: Need, finding: Finding) -> Self {
        self.said = Some((need, finding));
        self
    }
}

impl Step<'_, '_> {
    /// Whether a widget can show anything. Readers make a rectangle of their own of one that is malformed.
    pub(super) fn shows(&self, widget: &Dictionary) -> Shown {
        let stated = widget.get("Rect").is_some_and(|value| !value.is_null());
        let nothing = if stated {
            is_rectangle(&self.new, widget, "Rect") && !is_visible_rectangle(&self.new, widget, "Rect")
        } else {
            !self.draws(widget)
        };
        if nothing { Shown::Nothing } else { Shown::Something }
    }

    /// Whether a widget draws something of its own: an appearance, or colours and texts from which readers make one.
    fn draws(&self, widget: &Dictionary) -> bool {
        let plain = |value: &Object| match self.new.resolve(value) {
            Ok(Object::Dictionary(entries)) => entries.is_empty(),
            Ok(value) => value.is_null(),
            Err(_) => false,
        };
        ["AP", "MK"].iter().any(|key| widget.get(key).is_some_and(|value| !plain(value)))
    }

    /// What a widget shows that nobody signed is not explained; that of a signature is told, page by page, and a warning
    /// if it is as large as no signature has to be.
    pub(super) fn judge_drawn(&self, judgement: &mut Judgement) -> Result<(), PadesError> {
        let mut boxes = Boxes::default();
        for drawn in std::mem::take(&mut judgement.drawn) {
            if self.shows(&drawn.widget) == Shown::Something {
                self.judge_one(judgement, &drawn, &mut boxes)?;
            }
        }
        Ok(())
    }

    fn judge_one(
        &self,
        judgement: &mut Judgement,
        drawn: &Drawn,
        boxes: &mut Boxes,
    ) -> Result<(), PadesError> {
        let name = &drawn.field;
        let page = match self.page_of(judgement, drawn)? {
            Ok(page) => page,
            Err(fault) => {
                let text = format!("the field {name} is drawn {fault}");
                judgement.unexplained("appearance-misplaced", text, Some(drawn.number));
                return Ok(());
            }
        };
        let visible = match page {
            Some(page) => boxes.of(self, page, 0)?.visible(),
            None => LETTER,
        };
        let rect = self.new.value(&drawn.widget, "Rect")?;
        let lies = rectangle(&self.new, &rect);
        let corners = lies.map(|Rectangle { x, y, width, height }| [x, y, x + width, y + height]);
        let at = corners.map_or_else(String::new, |[left, bottom, right, top]| {
            format!(" at [{left} {bottom} {right} {top}]")
        });
        let on = page.map_or_else(|| "a page".to_owned(), |page| format!("page object {page}"));
        let text = format!("the field {name} is drawn on {on}{at}");
        // What cannot be counted is too large to be.
        let covered = lies.map_or(f32::INFINITY, |lies| common(lies, visible).map_or(0.0, area));
        let place = |finding: Finding| match page {
            Some(page) => finding.on_page(self.pages.area(page, corners)),
            None => finding,
        };
        let own = if drawn.pages.is_none() { Need::Placing } else { Need::Signing };
        let need = drawn.said.as_ref().map_or(own, |(need, _)| *need);
        if let Some((need, said)) = &drawn.said {
            judgement.found.push(Found {
                need: *need,
                field: Some(name.clone()),
                finding: place(said.clone()),
            });
        }
        for remark in &drawn.remarks {
            let finding = place(remark.clone());
            judgement.found.push(Found { need: Need::Nothing, field: Some(name.clone()), finding });
        }
        if let Some(how) = self.covers(judgement, drawn, (page, corners))? {
            let finding = place(Finding::warning("signed-content-covered", format!("{text} {how}")));
            judgement.found.push(Found { need: Need::Nothing, field: Some(name.clone()), finding });
        }
        let large = boxes.cover(page, covered) > area(visible) / 4.0;
        let finding = match drawn.by {
            DrawnBy::Anybody if self.draws(&drawn.widget) => {
                let text = format!("{text}, and not signed");
                let finding =
                    Finding::warning("unsigned-appearance-added", text).at(Place::Object(drawn.number));
                judgement.found.push(Found { need: Need::Unexplained, field: None, finding: place(finding) });
                return Ok(());
            }
            _ if large => {
                let text =
                    format!("{text}, over more than a quarter of it with what else this revision draws");
                Finding::warning("large-appearance-added", text)
            }
            DrawnBy::Filler => return Ok(()),
            _ if drawn.pages.is_none() && self.overlaps(page, lies, boxes)? => {
                let text = format!("{text}, over another annotation");
                Finding::warning("appearance-over-another", text)
            }
            DrawnBy::Anybody | DrawnBy::Signer => Finding::information("appearance-added", text),
        };
        judgement.found.push(Found { need, field: Some(name.clone()), finding: place(finding) });
        Ok(())
    }

    /// How a widget may hide or change what was signed. A place that was signed for a signature is there for that.
    fn covers(
        &self,
        judgement: &Judgement,
        drawn: &Drawn,
        (page, corners): (Option<u32>, Option<[f32; 4]>),
    ) -> Result<Option<&'static str>, PadesError> {
        Ok(match (drawn.by, page, corners) {
            (DrawnBy::Filler, ..) => self
                .covers_more(judgement, drawn.number, &drawn.widget)?
                .then_some("with a ground of its own, which may hide what was signed there"),
            (DrawnBy::Signer, Some(page), Some(corners))
                if drawn.pages.is_none() && self.draws(&drawn.widget) =>
            {
                self.is_over_content(page, corners.map(f64::from))?.then_some("over what was signed there")
            }
            _ => None,
        })
    }

    /// Whether a new widget lies over what other annotations of its page show: it may pass for one of them, or hide it.
    fn overlaps(
        &self,
        page: Option<u32>,
        lies: Option<Rectangle>,
        boxes: &mut Boxes,
    ) -> Result<bool, PadesError> {
        let (Some(page), Some(lies)) = (page, lies) else { return Ok(false) };
        let taken = match boxes.taken.entry(page) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(self.annotated(page)?),
        };
        Ok(taken.iter().any(|taken| common(*taken, lies).is_some()))
    }

    /// Where the annotations of a page lie that were there before.
    fn annotated(&self, page: u32) -> Result<Vec<Rectangle>, PadesError> {
        let entry = self.old.entry(page)?.and_then(|entry| entry.generation_in_use());
        let Some(generation) = entry else { return Ok(Vec::new()) };
        let page = self.old.object(chancery_pdf::Reference::new(page, generation))?;
        let Some(page) = page.as_dictionary() else { return Ok(Vec::new()) };
        let listed = self.old.value(page, "Annots")?;
        let mut taken = Vec::new();
        for annotation in listed.as_array().unwrap_or_default().iter().take(MAX_ANNOTATIONS) {
            let annotation = self.old.resolve(annotation)?;
            let Some(annotation) = annotation.as_dictionary() else { continue };
            taken.extend(rectangle(&self.old, &self.old.value(annotation, "Rect")?));
        }
        Ok(taken)
    }

    /// The one page that a widget stands on, or says to belong to if it stands on none; `Err` says what is wrong with it.
    fn page_of(
        &self,
        judgement: &Judgement,
        drawn: &Drawn,
    ) -> Result<Result<Option<u32>, &'static str>, PadesError> {
        let none = BTreeSet::new();
        let stands = match &drawn.pages {
            Some(pages) => pages,
            None => judgement.placed.get(&drawn.number).unwrap_or(&none),
        };
        if stands.len() > 1 {
            return Ok(Err("on several pages, though a widget stands on one"));
        }
        let stands = stands.first().copied();
        // What was there before says so since it was signed.
        let stated = drawn.widget.get("P").filter(|page| drawn.pages.is_none() && !page.is_null());
        let Some(stated) = stated else { return Ok(Ok(stands)) };
        let Some(stated) = stated.as_reference() else { return Ok(Err("on a page that is no object")) };
        Ok(match stands {
            Some(page) if page == stated.number => Ok(stands),
            Some(_) => Err("on another page than it says"),
            None if is_type(&self.new.object(stated)?, "Page") => Ok(Some(stated.number)),
            None => Err("on what is no page"),
        })
    }
}

/// The boxes of pages and of the nodes above them, which pages inherit (ISO 32000-2, 7.7.3.4), each read once; and what
/// is covered of them.
#[derive(Default)]
struct Boxes {
    known: BTreeMap<u32, PageBoxes>,
    /// How much of each page the widgets of this revision cover together.
    covered: BTreeMap<Option<u32>, f32>,
    /// Where annotations lie that were there before.
    taken: BTreeMap<u32, Vec<Rectangle>>,
}

#[derive(Copy, Clone, Default)]
struct PageBoxes {
    media: Option<Rectangle>,
    crop: Option<Rectangle>,
}

impl PageBoxes {
    fn visible(self) -> Rectangle {
        let media = self.media.unwrap_or(LETTER);
        self.crop.and_then(|crop| common(crop, media)).unwrap_or(media)
    }
}

impl Boxes {
    /// Adds an area to what is covered of a page, and says how much it is then.
    fn cover(&mut self, page: Option<u32>, area: f32) -> f32 {
        let covered = self.covered.entry(page).or_default();
        *covered += area;
        *covered
    }

    fn of(&mut self, step: &Step<'_, '_>, number: u32, depth: usize) -> Result<PageBoxes, PadesError> {
        if let Some(known) = self.known.get(&number) {
            return Ok(*known);
        }
        let entry = step.new.entry(number)?.and_then(|entry| entry.generation_in_use());
        let Some(generation) = entry.filter(|_| depth < MAX_DEPTH) else { return Ok(PageBoxes::default()) };
        let node = step.new.object(chancery_pdf::Reference::new(number, generation))?;
        let Some(node) = node.as_dictionary() else { return Ok(PageBoxes::default()) };
        let own = |key| Ok::<_, PadesError>(rectangle(&step.new, &step.new.value(node, key)?));
        let (mut media, mut crop) = (own("MediaBox")?, own("CropBox")?);
        if let Some(parent) = node.get("Parent").and_then(Object::as_reference) {
            let above = self.of(step, parent.number, depth + 1)?;
            (media, crop) = (media.or(above.media), crop.or(above.crop));
        }
        let found = PageBoxes { media, crop };
        self.known.insert(number, found);
        Ok(found)
    }
}

const fn area(rectangle: Rectangle) -> f32 {
    rectangle.width * rectangle.height
}

/// The page tree is not read deeper, as when a page is looked up.
const MAX_DEPTH: usize = 64;
/// So many annotations of a page are looked at; more do not keep apart what people see.
const MAX_ANNOTATIONS: usize = 256;
