//! The fonts that a filled field is drawn with: new ones, and such as were there for it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use chancery_pdf::{Dictionary, Name, Object, Stream};

use super::budget::{ELEMENT, OBJECT};
use super::drawn_text::DrawnText;
use super::glyphs;
use super::judgement::Judgement;
use super::letters::{Letters, Since, has_program};
use super::looks::{FontList, LookFont};
use super::objection::Stop;
use super::step::Step;

impl Step<'_, '_> {
    /// The fonts of an appearance that show something, by their names: new ones, or such as the form or the appearance
    /// before had. Others that are new are explained, if they lead to nothing else.
    pub(super) fn look_resources(
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
        if subtype.is_none_or(|subtype| subtype == "Type3") {
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

/// The entries of a graphics state (table 57) that do not mask what is drawn.
const STATE_ENTRIES: [&str; 10] = ["Type", "CA", "ca", "SA", "OP", "op", "OPM", "LW", "AIS", "TK"];
