//! What is known of the changed objects while they are judged.

use std::collections::{BTreeMap, BTreeSet};

use chancery_ades::{Finding, Place};
use chancery_pdf::{Change, Reference};

use super::appearance::Drawn;
use super::found::{Found, Need};
use super::holders::Holder;

/// What is known of the changed objects while they are judged.
pub(super) struct Judgement {
    pub(super) found: Vec<Found>,
    /// The changed objects that are explained.
    pub(super) explained: BTreeSet<u32>,
    pub(super) changed: BTreeMap<u32, Change>,
    /// Whether the trailer leads to objects by an entry that no standard knows.
    pub(super) trailer_leads: bool,
    /// The number of the form, if it is an object of its own.
    pub(super) form: Option<u32>,
    /// The objects that are the value of several fields.
    pub(super) values_twice: BTreeSet<u32>,
    /// The widgets of new signatures.
    pub(super) new_widgets: BTreeSet<Reference>,
    /// The pages that got them, two at most of each.
    pub(super) placed: BTreeMap<u32, BTreeSet<u32>>,
    /// The widgets that show something since this revision.
    pub(super) drawn: Vec<Drawn>,
    /// What is known of objects that refer to widgets.
    pub(super) holders: BTreeMap<u32, Holder>,
}

impl Judgement {
    pub(super) fn new(changed: &[Change]) -> Self {
        Self {
            found: Vec::new(),
            explained: BTreeSet::new(),
            changed: changed.iter().map(|change| (change.number, *change)).collect(),
            trailer_leads: false,
            form: None,
            values_twice: BTreeSet::new(),
            new_widgets: BTreeSet::new(),
            placed: BTreeMap::new(),
            drawn: Vec::new(),
            holders: BTreeMap::new(),
        }
    }

    pub(super) fn explain(&mut self, need: Need, finding: Finding) {
        self.found.push(Found { need, field: None, finding });
    }

    /// A change that needs that this field may be signed or added.
    pub(super) fn explain_field(&mut self, field: &str, finding: Finding) {
        self.found.push(Found { need: Need::Signing, field: Some(field.to_owned()), finding });
    }

    pub(super) fn unexplained(&mut self, kind: &'static str, text: impl Into<String>, number: Option<u32>) {
        let finding = Finding::warning(kind, text);
        let finding = match number {
            Some(number) => finding.at(Place::Object(number)),
            None => finding,
        };
        self.explain(Need::Unexplained, finding);
    }

    /// Whether an object is new: the number was not in use.
    pub(super) fn is_new(&self, number: u32) -> bool {
        self.changed.get(&number).is_some_and(|change| change.before.is_none_or(|entry| !entry.is_in_use()))
    }

    /// The changes that are not explained yet.
    pub(super) fn open(&self) -> Vec<Change> {
        self.changed.values().filter(|change| !self.explained.contains(&change.number)).copied().collect()
    }
}
