//! The new look of a field that was filled in: nothing but its value, drawn with what is new or was there for it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use chancery_pdf::{Dictionary, Name, Object, Reference, Stream};

use super::budget::{BYTE, ELEMENT, OBJECT};
use super::covering::Areas;
use super::drawn_text::DrawnText;
use super::filling::Filled;
use super::glyphs::{self, Glyph};
use super::judgement::Judgement;
use super::letters::{Letters, Since, has_program};
use super::objection::Stop;
use super::plain_look::{self, Frame, Spacing};
use super::step::Step;
use super::style::{Style, colour};
use super::values::{is_rectangle, is_type, number};

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
        if !self.owns(judgement, widget.number, stated, explained) {
            return Err(odd("borrows the look of something else"));
        }
        let Object::Dictionary(entries) = self.new.resolve(stated)? else {
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
        if normal == normal_was && !in_place && was.is_some() {
            return Ok(Look::Same);
        }
        let Some(Object::Reference(normal)) = normal else { return Err(odd("has no look")) };
        let replaced = normal_was == Some(&Object::Reference(*normal));
        let own =
            judgement.is_new(normal.number) || (replaced && self.is_look_of(normal.number, widget.number));
        if !own {
            return Err(odd("borrows the look of something else"));
        }
        explained.insert(normal.number);
        let Some(look) = self.drawn_look(*normal, &odd)? else {
            return Err(odd("has a look that is none"));
        };
        let DrawnLook { form, content, drawn } = look.as_ref();
        // Fields may share what is large: it is compared with each.
        self.budget.spend(content.len(), 4 * BYTE)?;
        let before = normal_was.map_or(Ok(Object::Null), |was| self.old.resolve(was))?;
        let fonts = self.look_resources(judgement, form, (before.as_stream(), drawn), explained)?;
        match self.compare(filled, drawn, &fonts)? {
            Look::Value if !self.is_seen(filled, widget, form, (content, &fonts))? => Ok(Look::Unknown),
            look => Ok(look),
        }
    }

    /// A look and what it draws; the last one is kept, as fields may share it. `None` if it is no stream.
    fn drawn_look(
        &self,
        normal: Reference,
        odd: &dyn Fn(&str) -> Stop,
    ) -> Result<Option<Rc<DrawnLook>>, Stop> {
        if let Some((_, known)) = self.looks.borrow().look.as_ref().filter(|(known, _)| *known == normal) {
            return Ok(Some(Rc::clone(known)));
        }
        let Object::Stream(form) = self.new.object(normal)? else { return Ok(None) };
        self.check_form(&form).map_err(|what| odd(&what))?;
        let content = self.new.decoded(&form, MAX_CONTENT)?.into_owned();
        self.budget.spend(content.len(), 4 * BYTE)?;
        let drawn = DrawnText::of(&content).map_err(|what| odd(&format!("is drawn with {what}")))?;
        let look = Rc::new(DrawnLook { form: *form, content, drawn });
        self.looks.borrow_mut().look = Some((normal, Rc::clone(&look)));
        Ok(Some(look))
    }

    /// Whether people see the value: if it is drawn in the plain form that every product writes, with fonts that everybody
    /// knows, in the colour that was signed.
    fn is_seen(
        &self,
        filled: &Filled<'_>,
        widget: &Widget<'_>,
        form: &Stream,
        (content, fonts): (&[u8], &BTreeMap<Name, LookFont>),
    ) -> Result<bool, Stop> {
        let Some(frame) = self.frame(filled, widget, form)? else { return Ok(false) };
        let letters = |font: &Name, code: u8| fonts.get(font)?.letters.as_ref()?.get(code);
        let Some(seen) = plain_look::text(content, &frame, &letters) else { return Ok(false) };
        let is_shown = |text: &String| seen.split_whitespace().eq(text.split_whitespace());
        if filled.flags & PASSWORD != 0 && filled.field.kind.as_deref() == Some("Tx") {
            return Ok(seen.chars().all(|letter| matches!(letter, '*' | '•')));
        }
        Ok(self.shown_texts(filled)?.iter().any(is_shown))
    }

    /// What was signed of a widget, if its look lies in it as it is.
    fn frame(&self, filled: &Filled<'_>, widget: &Widget<'_>, form: &Stream) -> Result<Option<Frame>, Stop> {
        let numbers = |entries: &Dictionary, key: &str| -> Result<Option<Vec<f64>>, Stop> {
            let listed = self.new.value(entries, key)?;
            Ok(listed.as_array().and_then(|listed| listed.iter().map(number).collect()))
        };
        let entries = form.dictionary();
        let upright = entries.get("Matrix").is_none()
            || numbers(entries, "Matrix")?.as_deref() == Some(&[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        let (bounds, place) = (numbers(entries, "BBox")?, numbers(widget.new, "Rect")?);
        let (Some(bounds), Some(place)) = (bounds, place) else { return Ok(None) };
        let ([left, bottom, right, top], [x, y, to_x, to_y]) = (bounds.as_slice(), place.as_slice()) else {
            return Ok(None);
        };
        let fits = |length: f64, other: f64| length > 0.0 && (length - other.abs()).abs() <= FIT;
        if !upright
            || entries.get("Group").is_some()
            || !fits(right - left, to_x - x)
            || !fits(top - bottom, to_y - y)
        {
            return Ok(None);
        }
        let in_use = self.signed.entry(widget.number)?.and_then(|entry| entry.generation_in_use());
        let Some(generation) = in_use else { return Ok(None) };
        let signed = self.signed.object(Reference::new(widget.number, generation))?;
        let Some(signed) = signed.as_dictionary() else { return Ok(None) };
        let mut style = self.inherited_in(&self.signed, signed, "DA")?;
        if style.is_null() {
            let (_, catalog) = self.signed.catalog()?;
            let form = self.signed.value(&catalog, "AcroForm")?;
            style = form.as_dictionary().map_or(Ok(Object::Null), |form| self.signed.value(form, "DA"))?;
        }
        let colour_of_style = match &style {
            Object::Null => Some([0.0; 3]),
            style => {
                style.as_string().and_then(|style| Style::read(style.as_bytes())).map(|style| style.colour)
            }
        };
        let Some(text_colour) = colour_of_style else { return Ok(None) };
        let characteristics = self.signed.value(signed, "MK")?;
        let characteristics = characteristics.as_dictionary().cloned().unwrap_or_default();
        let stated = |key| -> Result<Option<[f64; 3]>, Stop> {
            Ok(self.signed.value(&characteristics, key)?.as_array().and_then(colour))
        };
        Ok(Some(Frame {
            bounds: [*left, *bottom, *right, *top],
            colour: text_colour,
            background: stated("BG")?,
            border: stated("BC")?,
            spacing: if filled.flags & COMB == 0 { Spacing::Words } else { Spacing::Comb },
        }))
    }

    /// Whether the looks of a widget are direct, as they were, or an object of its own that nothing else uses.
    fn owns(
        &self,
        judgement: &Judgement,
        widget: u32,
        stated: &Object,
        explained: &mut BTreeSet<u32>,
    ) -> bool {
        let number = stated.as_reference().map(|stated| stated.number);
        let Some(number) = number.filter(|number| judgement.changed.contains_key(number)) else {
            return true;
        };
        explained.insert(number);
        judgement.is_new(number) || self.references.uses(number).all(|found| found.is(Some(widget), "AP"))
    }

    /// Whether an old stream is the look of this widget and nothing else: it is drawn anew in its place.
    pub(super) fn is_look_of(&self, stream: u32, widget: u32) -> bool {
        let own = |looks: u32| {
            self.references.is_tracked(looks)
                && self.references.uses(looks).all(|found| found.is(Some(widget), "AP"))
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

    /// The fonts of an appearance that show something, by their names: new ones, or such as the form or the appearance
    /// before had. Others that are new are explained, if they lead to nothing else.
    fn look_resources(
        &self,
        judgement: &Judgement,
        form: &Stream,
        (before, drawn): (Option<&Stream>, &DrawnText),
        explained: &mut BTreeSet<u32>,
    ) -> Result<BTreeMap<Name, LookFont>, Stop> {
        let borrowed =
            || Stop::objection("appearance-changed", "a field is drawn with what belongs to something else");
        let mut fonts = BTreeMap::new();
        let Some(stated) = form.dictionary().get("Resources") else { return Ok(fonts) };
        let Object::Dictionary(resources) = self.part(judgement, stated, explained)? else {
            return Ok(fonts);
        };
        if let Some(states) = resources.get("ExtGState") {
            let states = self.part(judgement, states, explained)?;
            self.budget.spend(states.as_dictionary().map_or(0, Dictionary::len), OBJECT)?;
            for (_, state) in states.as_dictionary().into_iter().flat_map(Dictionary::iter) {
                let state = self.part(judgement, state, explained)?;
                let plain = |(key, value): (&Name, &Object)| {
                    STATE_ENTRIES.iter().any(|known| key == known) && !matches!(value, Object::Reference(_))
                };
                if !state.as_dictionary().is_some_and(|state| state.iter().all(plain)) {
                    return Err(borrowed());
                }
            }
        }
        let Some(stated) = resources.get("Font") else { return Ok(fonts) };
        let listed = self.font_list(judgement, stated, explained)?;
        let known = self.known_fonts(judgement, before)?;
        for name in drawn.strings.iter().filter_map(|(font, _)| font.as_ref()) {
            if fonts.contains_key(name) {
                continue;
            }
            let Some(font) = listed.get(name) else { continue };
            let number = font.as_reference().map(|font| font.number);
            if number.is_some_and(|number| !judgement.is_new(number) && !known.contains(number)) {
                return Err(borrowed());
            }
            fonts.insert(name.clone(), self.look_font(font)?.ok_or_else(borrowed)?);
        }
        Ok(fonts)
    }

    /// The fonts of an appearance. New ones are explained, each once; the last list is kept, as fields may share it.
    fn font_list(
        &self,
        judgement: &Judgement,
        stated: &Object,
        explained: &mut BTreeSet<u32>,
    ) -> Result<Rc<FontList>, Stop> {
        let place = stated.as_reference();
        let kept = self.looks.borrow().list.clone();
        if let Some((_, list)) = kept.filter(|(kept, _)| Some(*kept) == place) {
            return Ok(list);
        }
        let listed = self.part(judgement, stated, explained)?;
        let listed = listed.as_dictionary().into_iter().flat_map(Dictionary::iter);
        let list: FontList = listed.map(|(name, font)| (name.clone(), font.clone())).collect();
        self.budget.spend(list.len(), ELEMENT)?;
        for font in list.values() {
            let number = font.as_reference().map(|font| font.number);
            let is_new = number.is_none_or(|number| judgement.is_new(number));
            if is_new && number.is_none_or(|number| self.looks.borrow_mut().explained.insert(number)) {
                self.explain_font(judgement, font, explained)?;
            }
        }
        let list = Rc::new(list);
        if let Some(place) = place {
            self.looks.borrow_mut().list = Some((place, Rc::clone(&list)));
        }
        Ok(list)
    }

    /// What is known of a font; `None` if it is none. What is an object is judged once.
    fn look_font(&self, font: &Object) -> Result<Option<LookFont>, Stop> {
        let number = font.as_reference().map(|font| font.number);
        if let Some(known) = number.and_then(|number| self.looks.borrow().judged.get(&number).cloned()) {
            return Ok(Some(known));
        }
        let Object::Dictionary(entries) = self.new.resolve(font)? else { return Ok(None) };
        self.budget.spend(entries.len(), ELEMENT)?;
        let signed = font.as_reference().is_some()
            && self.signed.resolve(font)?.as_dictionary().is_some_and(|signed| *signed == entries);
        let own_program = !signed && has_program(&self.new.value(&entries, "FontDescriptor")?);
        let since = if signed { Since::Signed } else { Since::Later };
        let found = LookFont {
            glyphs: (!own_program).then(|| glyphs::of(&self.new, &entries)).flatten().map(Rc::new),
            letters: Letters::of(&self.new, &entries, since).map(Rc::new),
        };
        if let Some(number) = number {
            self.looks.borrow_mut().judged.insert(number, found.clone());
        }
        Ok(Some(found))
    }

    /// A part of the resources, which is explained if it is new. What is in it is judged by itself.
    fn part(
        &self,
        judgement: &Judgement,
        value: &Object,
        explained: &mut BTreeSet<u32>,
    ) -> Result<Object, Stop> {
        explained.extend(value.as_reference().map(|part| part.number).filter(|part| judgement.is_new(*part)));
        Ok(self.new.resolve(value)?)
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
        let led = self.walk(judgement, &judgement.fonts, font, |_| false)?;
        explained.extend(led.map_err(odd)?);
        Ok(())
    }

    /// The fonts that a field may use: those of the form (`/DR`) and of the appearance that it had.
    fn known_fonts<'j>(
        &self,
        judgement: &'j Judgement,
        before: Option<&Stream>,
    ) -> Result<KnownFonts<'j>, Stop> {
        let form = match judgement.form_fonts.get() {
            Some(known) => known,
            None => {
                let (_, catalog) = self.old.catalog()?;
                let form = self.old.value(&catalog, "AcroForm")?;
                let stated = form.as_dictionary().and_then(|form| form.get("DR")).cloned();
                let known = self.fonts_of(stated.as_ref())?;
                judgement.form_fonts.get_or_init(|| known)
            }
        };
        let stated = before.and_then(|before| before.dictionary().get("Resources"));
        Ok(KnownFonts { form, look: self.fonts_of(stated)? })
    }

    /// The fonts of a resource dictionary as it was before.
    fn fonts_of(&self, stated: Option<&Object>) -> Result<BTreeSet<u32>, Stop> {
        let resources = stated.map_or(Ok(Object::Null), |stated| self.old.resolve(stated))?;
        let fonts = resources.as_dictionary().map_or(Ok(Object::Null), |all| self.old.value(all, "Font"))?;
        let fonts = fonts.as_dictionary();
        self.budget.spend(fonts.map_or(0, Dictionary::len), ELEMENT)?;
        let listed = fonts.into_iter().flat_map(Dictionary::iter);
        Ok(listed.filter_map(|(_, font)| font.as_reference()).map(|font| font.number).collect())
    }

    /// Whether what is drawn is the value.
    fn compare(
        &self,
        filled: &Filled<'_>,
        drawn: &DrawnText,
        fonts: &BTreeMap<Name, LookFont>,
    ) -> Result<Look, Stop> {
        let mut shown = Vec::new();
        for (font, bytes) in &drawn.strings {
            let font = font.as_ref().and_then(|font| fonts.get(font));
            let Some(glyphs) = font.and_then(|font| font.glyphs.as_ref()) else {
                return Ok(Look::Unknown);
            };
            shown.extend(bytes.iter().filter_map(|byte| glyphs.get(usize::from(*byte)).copied()));
        }
        shown.retain(|glyph| !matches!(glyph, Glyph::Letter(letter) if letter.is_whitespace()));
        let Filled { field, flags, .. } = filled;
        let stars = |glyph: &Glyph| matches!(glyph, Glyph::Letter('*') | Glyph::Other);
        if flags & PASSWORD != 0 && field.kind.as_deref() == Some("Tx") && shown.iter().all(stars) {
            return Ok(Look::Value);
        }
        let texts = self.shown_texts(filled)?;
        if texts.iter().any(|text| glyphs::spell(&shown, text)) {
            return Ok(Look::Value);
        }
        // A list may show all that it offers, and mark what is chosen: which that is, nobody can tell here.
        if field.kind.as_deref() == Some("Ch") && flags & COMBO == 0 {
            let options = self.options(&field.dictionary)?;
            let offered: Vec<&str> = options.iter().map(|(_, displayed)| displayed.as_str()).collect();
            self.budget.spend(offered.len().saturating_mul(shown.len()), BYTE)?;
            if glyphs::are_options(&shown, &offered, &texts) {
                return Ok(Look::Unknown);
            }
        }
        // A script may have made a date or an amount of it.
        let actions = self.new.value(&field.dictionary, "AA")?;
        if actions.as_dictionary().is_some_and(|actions| actions.get("F").is_some()) {
            return Ok(Look::Unknown);
        }
        let text = format!("the field {} says {}, and shows something else", field.name, filled.value);
        Err(Stop::objection("appearance-of-another-value", text))
    }

    /// The texts that show the value, each of which will do: as it is stored, and as it is offered.
    fn shown_texts(&self, filled: &Filled<'_>) -> Result<Vec<String>, Stop> {
        let mut texts = filled.value.texts();
        let options = self.options(&filled.field.dictionary)?;
        let displayed = options.iter().filter(|(export, _)| texts.iter().any(|text| text == export));
        let displayed: Vec<String> = displayed.map(|(_, displayed)| displayed.clone()).collect();
        texts.extend(displayed);
        Ok(texts)
    }
}

/// What is known of a font in which something is shown.
#[derive(Clone)]
struct LookFont {
    /// What its codes stand for, as far as can be said: to find what is certainly another value.
    glyphs: Option<Rc<[Glyph; 256]>>,
    /// What people see for certain.
    letters: Option<Rc<Letters>>,
}

/// Fonts by their names.
type FontList = BTreeMap<Name, Object>;

/// A look, and what it draws.
struct DrawnLook {
    form: Stream,
    content: Vec<u8>,
    drawn: DrawnText,
}

/// What is kept of the looks of a revision, for fields that share it.
#[derive(Default)]
pub(super) struct Looks {
    /// The fonts that were judged, and those that were explained, by the numbers of their objects.
    judged: BTreeMap<u32, LookFont>,
    explained: BTreeSet<u32>,
    list: Option<(Reference, Rc<FontList>)>,
    look: Option<(Reference, Rc<DrawnLook>)>,
    /// What the last look paints, of this revision.
    pub(super) painted: Option<((usize, Reference), Rc<Areas>)>,
}

/// The fonts that a field may be drawn with.
struct KnownFonts<'j> {
    form: &'j BTreeSet<u32>,
    look: BTreeSet<u32>,
}

impl KnownFonts<'_> {
    fn contains(&self, number: u32) -> bool {
        self.form.contains(&number) || self.look.contains(&number)
    }
}

/// A look of another size than its widget is stretched, in points.
const FIT: f64 = 0.5;

/// Bits of `/Ff` (ISO 32000-2, tables 231 and 233).
const PASSWORD: i64 = 1 << 13;
const COMBO: i64 = 1 << 17;
const COMB: i64 = 1 << 24;

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
