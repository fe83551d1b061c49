//! What a field says: its value, by its type (ISO 32000-2, 12.7.5).

use std::collections::HashSet;
use std::rc::Rc;

use chancery_ades::Finding;
use chancery_pdf::{Dictionary, Object, PdfString, View};

use super::budget::{BYTE, ELEMENT};
use super::filled::{FieldKind, Filled, Value, outdated};
use super::objection::Stop;
use super::rich_text::text_of;
use super::step::Step;
use crate::form::Field;

/// What a choice field offers: the value, and how it is shown.
pub(super) type Choice = (String, String);

/// Edit of `/Ff` (table 233).
const EDIT: i64 = 1 << 18;
/// More is not read: a value is what somebody typed.
const MAX_VALUE: usize = 1 << 20;

impl Step<'_, '_> {
    pub(super) fn value_of(&self, view: &View<'_>, field: &Field, kind: FieldKind) -> Result<Value, Stop> {
        let odd = || {
            let text = format!("the value of the field {} is none of its type", field.name);
            Stop::objection("field-value-odd", text)
        };
        let value = field.value.as_ref().map_or(Ok(Object::Null), |value| view.resolve(value))?;
        let text = |value: &Object| match view.resolve(value)? {
            Object::String(string) if string.as_bytes().len() <= MAX_VALUE => {
                self.budget.spend(string.as_bytes().len(), BYTE)?;
                Ok(string.to_text())
            }
            _ => Err(odd()),
        };
        Ok(match (kind, &value) {
            (_, Object::Null) => Value::Nothing,
            (FieldKind::Text, value) => match text(value)? {
                empty if empty.is_empty() => Value::Nothing,
                text => Value::Text(text),
            },
            (FieldKind::Choice, Object::Array(chosen)) => {
                Value::Chosen(chosen.iter().map(text).collect::<Result<_, Stop>>()?)
            }
            (FieldKind::Choice, value) => match text(value)? {
                empty if empty.is_empty() => Value::Nothing,
                text => Value::Chosen(vec![text]),
            },
            (FieldKind::Toggle, Object::Name(state)) => Value::State(state.clone()),
            (FieldKind::Toggle, _) => return Err(odd()),
        })
    }

    /// A value must be one that the field offers, unless anything may be typed into it.
    pub(super) fn check_value(&self, filled: &Filled<'_>) -> Result<(), Stop> {
        let Filled { field, kind: FieldKind::Choice, flags, value: Value::Chosen(chosen) } = filled else {
            return Ok(());
        };
        let options = self.options(&field.dictionary)?;
        let offered =
            |value: &String| options.iter().any(|(export, shown)| value == export || value == shown);
        if flags & EDIT == 0 && !options.is_empty() && !chosen.iter().all(offered) {
            let text = format!("the field {} says {}, which it does not offer", field.name, filled.value);
            return Err(Stop::objection("field-value-odd", text));
        }
        Ok(())
    }

    /// What is marked in a list (`/I`) is what was chosen, and which part of the list is seen (`/TI`) changes with that
    /// alone (table 234): some readers go by these, and not by the value. Says so of marks that were left as they were.
    pub(super) fn check_marked(
        &self,
        filled: &Filled<'_>,
        old: &Field,
        before: &Value,
    ) -> Result<Option<Finding>, Stop> {
        let Filled { field, kind: FieldKind::Choice, value, .. } = filled else { return Ok(None) };
        let (old, new) = (&old.dictionary, &field.dictionary);
        let same_value = before == value;
        let is_same = |key| Ok::<_, Stop>(self.old.value(old, key)? == self.new.value(new, key)?);
        let marks = self.new.value(new, "I")?;
        let fits = marks.is_null() || self.are_marks_of(filled, &marks)?;
        match is_same("I")? {
            true if same_value || fits => {}
            true => return Ok(Some(outdated(&field.name))),
            false if fits => {}
            false => {
                let text =
                    format!("the field {} marks other options than {value}, which it says", field.name);
                return Err(Stop::objection("field-value-odd", text));
            }
        }
        if same_value && !is_same("TI")? {
            let text = format!("what is seen of the list of the field {} was changed (/TI)", field.name);
            return Err(Stop::objection("appearance-changed", text));
        }
        Ok(None)
    }

    fn are_marks_of(&self, filled: &Filled<'_>, marks: &Object) -> Result<bool, Stop> {
        let chosen: HashSet<&str> = match &filled.value {
            Value::Chosen(chosen) => chosen.iter().map(String::as_str).collect(),
            _ => HashSet::new(),
        };
        let options = self.options(&filled.field.dictionary)?;
        let Some(marks) = marks.as_array() else { return Ok(false) };
        self.budget.spend(marks.len(), ELEMENT)?;
        let is_chosen = |mark: &Object| {
            let option = mark.as_integer().and_then(|place| options.get(usize::try_from(place).ok()?));
            option.is_some_and(|(export, shown)| {
                chosen.contains(export.as_str()) || chosen.contains(shown.as_str())
            })
        };
        Ok(marks.len() == chosen.len() && marks.iter().all(is_chosen))
    }

    /// What a choice field offers: each value, and how it is shown (table 233). What fields share is read once.
    pub(super) fn options(&self, field: &Dictionary) -> Result<Rc<Vec<Choice>>, Stop> {
        let stated = field.get("Opt").and_then(Object::as_reference);
        let known = self.options.borrow();
        if let Some((_, known)) = known.as_ref().filter(|(place, _)| Some(*place) == stated) {
            // Each is compared.
            self.budget.spend(known.len(), BYTE)?;
            return Ok(Rc::clone(known));
        }
        drop(known);
        let text = |value: &Object| {
            let value = self.new.resolve(value)?;
            let text = value.as_string().map(PdfString::to_text).unwrap_or_default();
            self.budget.spend(text.len(), BYTE)?;
            Ok::<_, Stop>(text)
        };
        // Where a field states what is not there, its group has the options: those of another group are others.
        let own = self.new.value(field, "Opt")?;
        let shared = stated.filter(|_| !own.is_null());
        let listed = if own.is_null() { self.inherited(field, "Opt")? } else { own };
        let listed = listed.as_array().unwrap_or_default();
        self.budget.spend(listed.len(), ELEMENT)?;
        let mut options = Vec::new();
        for option in listed {
            options.push(match self.new.resolve(option)? {
                Object::Array(pair) => match pair.as_slice() {
                    [export, shown] => (text(export)?, text(shown)?),
                    _ => continue,
                },
                option => {
                    let text = text(&option)?;
                    (text.clone(), text)
                }
            });
        }
        let options = Rc::new(options);
        if let Some(shared) = shared {
            *self.options.borrow_mut() = Some((shared, Rc::clone(&options)));
        }
        Ok(options)
    }

    /// Rich text says the same as the plain value that stands beside it (12.7.4.4).
    pub(super) fn is_rich_text_of(&self, filled: &Filled<'_>, rich: &Object) -> Result<bool, Stop> {
        let Object::String(rich) = rich else { return Ok(rich.is_null()) };
        let plain: String = filled.value.texts().concat();
        self.budget.spend(rich.as_bytes().len(), BYTE)?;
        // How lines are broken is the business of paragraphs.
        let words = text_of(&rich.to_text());
        Ok(words.is_some_and(|words| words.split_whitespace().eq(plain.split_whitespace())))
    }
}
