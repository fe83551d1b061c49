//! The new look of a field that was filled in: nothing but its value, drawn with what is new or was there for it.

use std::collections::{BTreeMap, BTreeSet};

use chancery_pdf::{Dictionary, Name, Object, Reference, Stream};

use super::drawn_text::DrawnText;
use super::filling::Filled;
use super::glyphs::{self, Glyph};
use super::judgement::Judgement;
use super::objection::Stop;
use super::step::Step;
use super::values::{is_rectangle, is_type};
use crate::references::each_reference;

/// How the look of a field changed.
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Look {
    /// Not at all.
    Same,
    /// It shows the value.
    Value,
    /// It shows something that only its own fonts know, or that a script makes of the value.
    Unknown,
}

/// A widget before and after.
pub(super) struct Widget<'w> {
    pub(super) number: u32,
    pub(super) old: &'w Dictionary,
    pub(super) new: &'w Dictionary,
}

/// A field shows no more.
const MAX_CONTENT: usize = 1 << 20;

impl Step<'_, '_> {
    /// Judges the appearance of a text or choice field (ISO 32000-2, 12.5.5 and 12.7.4.3). The objects that it is made of
    /// are explained.
    pub(super) fn look(
        &self,
        judgement: &mut Judgement,
        filled: &Filled<'_>,
        widget: &Widget<'_>,
        explained: &mut BTreeSet<u32>,
    ) -> Result<Look, Stop> {
        let name = &filled.field.name;
        let odd = |what: &str| Stop::objection("appearance-changed", format!("the field {name} {what}"));
        let (Some(stated), was) = (widget.new.get("AP"), widget.old.get("AP")) else {
            return Ok(if widget.old.get("AP").is_some() { Look::Unknown } else { Look::Same });
        };
        let entries = self
            .owned(judgement, stated, was, explained)
            .ok_or_else(|| odd("borrows the look of something else"))?;
        let Object::Dictionary(entries) = self.new.resolve(&entries)? else {
            return Err(odd("has a look that is no dictionary"));
        };
        let old_entries = was.map_or(Ok(Object::Null), |was| self.old.resolve(was))?;
        let old_entries = old_entries.as_dictionary().cloned().unwrap_or_default();
        if let Some(key) =
            self.differing(judgement, &old_entries, &entries)?.into_iter().find(|key| key != "N")
        {
            return Err(odd(&format!("changes its look where it is touched (/{key})")));
        }
        let (normal, normal_was) = (entries.get("N"), old_entries.get("N"));
        let in_place =
            normal.and_then(Object::as_reference).is_some_and(|normal| judgement.is_open(normal.number));
        if normal == normal_was && !in_place {
            return Ok(Look::Same);
        }
        let Some(Object::Reference(normal)) = normal else { return Err(odd("has no look")) };
        let replaced = normal_was == Some(&Object::Reference(*normal));
        let own = judgement.is_new(normal.number)
            || (replaced && self.is_look_of(normal.number, widget.number, stated.as_reference()));
        if !own {
            return Err(odd("borrows the look of something else"));
        }
        explained.insert(normal.number);
        let Object::Stream(form) = self.new.object(*normal)? else {
            return Err(odd("has a look that is none"));
        };
        let before = normal_was.map_or(Ok(Object::Null), |was| self.old.resolve(was))?;
        self.check_form(&form).map_err(|what| odd(&what))?;
        let resources = self.look_resources(judgement, &form, before.as_stream(), explained)?;
        let content = self.new.decoded(&form, MAX_CONTENT)?;
        let drawn = DrawnText::of(&content).map_err(|what| odd(&format!("is drawn with {what}")))?;
        self.compare(filled, &drawn, &resources)
    }

    /// A value that is direct, or an object of its own that only the widget uses: new, or there before and its own.
    fn owned(
        &self,
        judgement: &Judgement,
        value: &Object,
        was: Option<&Object>,
        explained: &mut BTreeSet<u32>,
    ) -> Option<Object> {
        let Some(reference) = value.as_reference() else { return Some(value.clone()) };
        let changed = judgement.changed.contains_key(&reference.number);
        if judgement.is_new(reference.number) {
            explained.insert(reference.number);
        } else if was != Some(value) {
            return None;
        } else if changed {
            let mut uses = self.references.uses(reference.number);
            let first = uses.next()?;
            if first.key != "AP" || uses.next().is_some() {
                return None;
            }
            explained.insert(reference.number);
        }
        Some(value.clone())
    }

    /// Whether an old stream is the look of this widget and nothing else: it is drawn anew in its place.
    pub(super) fn is_look_of(&self, stream: u32, widget: u32, appearances: Option<Reference>) -> bool {
        let own = |from: u32| {
            let number = appearances.map(|appearances| appearances.number);
            Some(from) == number
                && self.references.is_tracked(from)
                && self.references.uses(from).all(|found| found.is(Some(widget), "AP"))
        };
        let mut uses = self.references.uses(stream);
        uses.all(|found| found.is(Some(widget), "AP") || (found.key == "N" && own(found.from)))
    }

    /// The dictionary of a form XObject that nothing hides, masks or refers to from elsewhere.
    fn check_form(&self, form: &Stream) -> Result<(), String> {
        let entries = form.dictionary();
        let unknown = entries.iter().find(|(key, _)| !FORM_ENTRIES.iter().any(|known| *key == known));
        if let Some((key, _)) = unknown {
            return Err(format!("has a look with /{}", String::from_utf8_lossy(key.as_bytes())));
        }
        let is_form = entries.get("Subtype").and_then(Object::as_name).is_some_and(|kind| kind == "Form");
        if !is_form || !is_rectangle(&self.new, entries, "BBox") {
            return Err("has a look that is no form".to_owned());
        }
        Ok(())
    }

    /// The fonts of an appearance by their names: new ones, or such as the form or the appearance before had.
    fn look_resources(
        &self,
        judgement: &mut Judgement,
        form: &Stream,
        before: Option<&Stream>,
        explained: &mut BTreeSet<u32>,
    ) -> Result<BTreeMap<Name, Option<Dictionary>>, Stop> {
        let borrowed =
            || Stop::objection("appearance-changed", "a field is drawn with what belongs to something else");
        let known = self.known_resources(judgement, before)?;
        let mut fonts = BTreeMap::new();
        let Some(stated) = form.dictionary().get("Resources") else { return Ok(fonts) };
        let Object::Dictionary(resources) =
            self.part(judgement, stated, &known, explained)?.ok_or_else(borrowed)?
        else {
            return Ok(fonts);
        };
        if let Some(states) = resources.get("ExtGState") {
            let states = self.part(judgement, states, &known, explained)?.ok_or_else(borrowed)?;
            for (_, state) in states.as_dictionary().into_iter().flat_map(Dictionary::iter) {
                let state = self.part(judgement, state, &known, explained)?.ok_or_else(borrowed)?;
                let plain = |(key, value): (&Name, &Object)| {
                    STATE_ENTRIES.iter().any(|known| key == known) && !matches!(value, Object::Reference(_))
                };
                if !state.as_dictionary().is_some_and(|state| state.iter().all(plain)) {
                    return Err(borrowed());
                }
            }
        }
        let Some(stated) = resources.get("Font") else { return Ok(fonts) };
        let listed = self.part(judgement, stated, &known, explained)?.ok_or_else(borrowed)?;
        for (name, font) in listed.as_dictionary().into_iter().flat_map(Dictionary::iter) {
            let number = font.as_reference().map(|font| font.number);
            let is_new = number.is_none_or(|number| judgement.is_new(number));
            if !is_new && !number.is_some_and(|number| known.contains(&number)) {
                return Err(borrowed());
            }
            let Object::Dictionary(entries) = self.new.resolve(font)? else { return Err(borrowed()) };
            if is_new {
                self.explain_font(judgement, font, explained)?;
            }
            let own_program = is_new && has_program(&self.new.value(&entries, "FontDescriptor")?);
            fonts.insert(name.clone(), (!own_program).then_some(entries));
        }
        Ok(fonts)
    }

    /// A part of the resources: direct, new, or known before.
    fn part(
        &self,
        judgement: &Judgement,
        value: &Object,
        known: &BTreeSet<u32>,
        explained: &mut BTreeSet<u32>,
    ) -> Result<Option<Object>, Stop> {
        if let Some(reference) = value.as_reference() {
            if judgement.is_new(reference.number) {
                explained.insert(reference.number);
            } else if !known.contains(&reference.number) {
                return Ok(None);
            }
        }
        Ok(Some(self.new.resolve(value)?))
    }

    /// A new font leads to nothing that was there before, and draws no pictures.
    pub(super) fn explain_font(
        &self,
        judgement: &Judgement,
        font: &Object,
        explained: &mut BTreeSet<u32>,
    ) -> Result<(), Stop> {
        let odd = |what: &str| Stop::objection("font-added", format!("a font was added that {what}"));
        let entries = self.new.resolve(font)?;
        let subtype = entries.as_dictionary().and_then(|font| font.get("Subtype")).and_then(Object::as_name);
        if !is_type(&entries, "Font") || subtype.is_none_or(|subtype| subtype == "Type3") {
            return Err(odd("draws what it likes"));
        }
        let mut waiting = vec![font.clone()];
        let mut seen = BTreeSet::new();
        while let Some(value) = waiting.pop() {
            let mut found = Vec::new();
            each_reference(&value, &mut |reference| found.push(reference));
            for reference in found {
                if !judgement.is_new(reference.number) {
                    return Err(odd("leads to what was there before"));
                }
                explained.insert(reference.number);
                if seen.insert(reference.number) {
                    waiting.push(self.new.object(reference)?);
                }
            }
        }
        Ok(())
    }

    /// The fonts and resources that a field may use: those of the form (`/DR`) and of the appearance that it had.
    fn known_resources(
        &self,
        judgement: &mut Judgement,
        before: Option<&Stream>,
    ) -> Result<BTreeSet<u32>, Stop> {
        let mut known = match &judgement.form_resources {
            Some(known) => known.clone(),
            None => {
                let (_, catalog) = self.old.catalog()?;
                let form = self.old.value(&catalog, "AcroForm")?;
                let stated = form.as_dictionary().and_then(|form| form.get("DR")).cloned();
                let known = self.resources_of(stated.as_ref())?;
                judgement.form_resources = Some(known.clone());
                known
            }
        };
        let stated = before.and_then(|before| before.dictionary().get("Resources"));
        known.extend(self.resources_of(stated)?);
        Ok(known)
    }

    /// The objects of a resource dictionary as it was before: itself, its fonts and their list.
    fn resources_of(&self, stated: Option<&Object>) -> Result<BTreeSet<u32>, Stop> {
        let mut known = BTreeSet::new();
        let Some(stated) = stated else { return Ok(known) };
        let mut note = |value: &Object| known.extend(value.as_reference().map(|reference| reference.number));
        note(stated);
        let resources = self.old.resolve(stated)?;
        if let Some(list) = resources.as_dictionary().and_then(|resources| resources.get("Font")) {
            note(list);
            let fonts = self.old.resolve(list)?;
            fonts.as_dictionary().into_iter().flat_map(Dictionary::iter).for_each(|(_, font)| note(font));
        }
        Ok(known)
    }

    /// Whether what is drawn is the value.
    fn compare(
        &self,
        filled: &Filled<'_>,
        drawn: &DrawnText,
        fonts: &BTreeMap<Name, Option<Dictionary>>,
    ) -> Result<Look, Stop> {
        let mut shown = Vec::new();
        for (font, bytes) in &drawn.strings {
            let font = font.as_ref().and_then(|font| fonts.get(font)).and_then(Option::as_ref);
            let Some(glyphs) = font.and_then(|font| glyphs::of(&self.new, font)) else {
                return Ok(Look::Unknown);
            };
            shown.extend(bytes.iter().filter_map(|byte| glyphs.get(usize::from(*byte)).copied()));
        }
        shown.retain(|glyph| !matches!(glyph, Glyph::Letter(letter) if letter.is_whitespace()));
        let Filled { field, flags, value, .. } = filled;
        let stars = |glyph: &Glyph| matches!(glyph, Glyph::Letter('*') | Glyph::Other);
        if flags & PASSWORD != 0 && field.kind.as_deref() == Some("Tx") && shown.iter().all(stars) {
            return Ok(Look::Value);
        }
        let mut texts = value.texts();
        let options = self.options(&field.dictionary)?;
        let displayed = options.iter().filter(|(export, _)| texts.iter().any(|text| text == export));
        let displayed: Vec<String> = displayed.map(|(_, displayed)| displayed.clone()).collect();
        texts.extend(displayed);
        if texts.iter().any(|text| glyphs::spell(&shown, text)) {
            return Ok(Look::Value);
        }
        // A list shows all that it offers, and marks what is chosen.
        let all: String = options.iter().map(|(_, displayed)| displayed.as_str()).collect();
        if field.kind.as_deref() == Some("Ch") && flags & COMBO == 0 && glyphs::is_part(&shown, &all) {
            return Ok(Look::Value);
        }
        // A script may have made a date or an amount of it.
        let actions = self.new.value(&field.dictionary, "AA")?;
        if actions.as_dictionary().is_some_and(|actions| actions.get("F").is_some()) {
            return Ok(Look::Unknown);
        }
        let text = format!("the field {} says {}, and shows something else", field.name, filled.value);
        Err(Stop::objection("appearance-of-another-value", text))
    }
}

/// Bits of `/Ff` (ISO 32000-2, tables 231 and 233).
const PASSWORD: i64 = 1 << 13;
const COMBO: i64 = 1 << 17;

/// The entries of a form XObject that is an appearance (table 93), without those that hide it.
const FORM_ENTRIES: [&str; 13] = [
    "Type",
    "Subtype",
    "FormType",
    "BBox",
    "Matrix",
    "Resources",
    "Length",
    "Filter",
    "DecodeParms",
    "Group",
    "Name",
    "LastModified",
    "DL",
];
/// The entries of a graphics state (table 57) that do not mask what is drawn.
const STATE_ENTRIES: [&str; 10] = ["Type", "CA", "ca", "SA", "OP", "op", "OPM", "LW", "AIS", "TK"];

fn has_program(descriptor: &Object) -> bool {
    let entry = |key| descriptor.as_dictionary().is_some_and(|descriptor| descriptor.get(key).is_some());
    ["FontFile", "FontFile2", "FontFile3"].into_iter().any(entry)
}
