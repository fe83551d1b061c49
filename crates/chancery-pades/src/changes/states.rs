//! What buttons show: the state that is their value, or that they are off (ISO 32000-2, 12.7.5.2.3 and 12.7.5.2.4).

use std::cell::RefCell;
use std::collections::HashMap;

use chancery_pdf::{Change, Dictionary, Name, Object, Reference};

use super::budget::{ELEMENT, OBJECT};
use super::filled::{Filled, Value};
use super::objection::Stop;
use super::step::Step;
use super::values::entry;

/// What the buttons of groups showed when they were read last: a group may have thousands, and be changed often.
#[derive(Default)]
pub(super) struct States {
    known: RefCell<HashMap<u32, (Reference, State)>>,
}

/// What a button shows.
#[derive(Clone)]
struct State {
    /// `None` if it is off.
    on: Option<Name>,
    /// Whether it has a look for that.
    drawn: bool,
}

impl States {
    /// Forgets what a revision changed.
    pub(super) fn forget(&self, changed: &[Change]) {
        let mut known = self.known.borrow_mut();
        changed.iter().for_each(|change| drop(known.remove(&change.number)));
    }
}

impl Step<'_, '_> {
    /// Whether the buttons of a field show its value, each with a look that it has for that.
    pub(super) fn check_states(&self, filled: &Filled<'_>) -> Result<(), Stop> {
        let Filled { field, value, .. } = filled;
        let value = match value {
            Value::State(state) if *state != "Off" => Some(state),
            _ => None,
        };
        let listed = self.new.value(&field.dictionary, "Kids")?;
        let kids = listed.as_array().unwrap_or_default();
        self.budget.spend(kids.len(), ELEMENT)?;
        let mut buttons = Vec::new();
        for kid in kids {
            buttons.extend(self.button(kid)?);
        }
        if buttons.is_empty() {
            buttons.push(self.state(&field.dictionary)?);
        }
        let odd = |what: &str| {
            let text = format!("the field {} says {}, and {what}", field.name, filled.value);
            Stop::objection("appearance-of-another-value", text)
        };
        let shown = buttons.iter().any(|button| button.on.as_ref() == value);
        let others = buttons.iter().any(|button| button.on.is_some() && button.on.as_ref() != value);
        if others || (value.is_some() && !shown) {
            return Err(odd("shows something else"));
        }
        if buttons.iter().any(|button| button.on.is_some() && !button.drawn) {
            return Err(odd("has no look for that"));
        }
        Ok(())
    }

    /// What stands among the kids of a field, if it is a dictionary.
    fn button(&self, kid: &Object) -> Result<Option<State>, Stop> {
        let reference = kid.as_reference();
        if let Some(reference) = reference
            && let Some((known, state)) = self.states.known.borrow().get(&reference.number)
            && *known == reference
        {
            return Ok(Some(state.clone()));
        }
        self.budget.spend(1, OBJECT)?;
        let resolved = self.new.resolve(kid)?;
        let Some(widget) = resolved.as_dictionary() else { return Ok(None) };
        let state = self.state(widget)?;
        if let Some(reference) = reference.filter(|_| says_all(widget)) {
            self.states.known.borrow_mut().insert(reference.number, (reference, state.clone()));
        }
        Ok(Some(state))
    }

    fn state(&self, widget: &Dictionary) -> Result<State, Stop> {
        let stated = self.new.value(widget, "AS")?;
        let Some(on) = stated.as_name().filter(|on| **on != "Off") else {
            return Ok(State { on: None, drawn: true });
        };
        let appearances = self.new.value(widget, "AP")?;
        let normal = appearances.as_dictionary().map(|appearances| self.new.value(appearances, "N"));
        let normal = normal.transpose()?.unwrap_or(Object::Null);
        let look = match &normal {
            Object::Dictionary(looks) => {
                self.budget.spend(looks.len(), ELEMENT)?;
                entry(looks, on)
            }
            _ => None,
        };
        let look = look.map_or(Ok(Object::Null), |look| self.new.resolve(look))?;
        Ok(State { on: Some(on.clone()), drawn: matches!(look, Object::Stream(_)) })
    }
}

/// Whether what a widget shows is said by itself alone, and not by an object that may change without it.
fn says_all(widget: &Dictionary) -> bool {
    let direct = |value: Option<&Object>| value.and_then(Object::as_reference).is_none();
    let appearances = widget.get("AP");
    let normal = appearances.and_then(Object::as_dictionary).and_then(|appearances| appearances.get("N"));
    direct(widget.get("AS")) && direct(appearances) && direct(normal)
}
