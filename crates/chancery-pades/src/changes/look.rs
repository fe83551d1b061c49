//! The new look of a field that was filled in: nothing but its value, drawn with what is new or was there for it.

use std::collections::BTreeSet;
use std::rc::Rc;

use chancery_pdf::{Dictionary, Object, Reference, Stream};

use super::budget::BYTE;
use super::drawn_text::DrawnText;
use super::filled::Filled;
use super::judgement::Judgement;
use super::looks::DrawnLook;
use super::objection::Stop;
use super::step::Step;
use super::values::is_rectangle;

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
}

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
