//! What is known of the changed objects while they are judged.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use chancery_ades::{Finding, Place};
use chancery_pdf::{Change, Object, Reference};

use super::appearance::Drawn;
use super::found::{Found, Need};
use super::holders::Holder;
use super::walks::Walks;

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
    /// The changed objects that call another one their parent and have no name: widgets apart from their fields.
    pub(super) kids: BTreeMap<u32, Vec<u32>>,
    /// The entries that say the same as before in other words.
    pub(super) rewritten: BTreeSet<String>,
    /// What applications keep for themselves, what belongs to comments, and to fonts, as far as that was walked through.
    pub(super) private: Walks,
    pub(super) own: Walks,
    pub(super) fonts: Walks,
    /// The fonts of the form as it was, once they were asked for.
    pub(super) form_fonts: OnceCell<BTreeSet<u32>>,
    /// The objects that were compared, by revision.
    pub(super) read: RefCell<HashMap<(usize, Reference), Rc<Object>>>,
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
            kids: BTreeMap::new(),
            rewritten: BTreeSet::new(),
            private: Walks::default(),
            own: Walks::default(),
            fonts: Walks::default(),
            form_fonts: OnceCell::new(),
            read: RefCell::default(),
        }
    }

    pub(super) fn explain(&mut self, need: Need, finding: Finding) {
        self.found.push(Found { need, field: None, finding });
    }

    /// A change that needs that this field may be signed or added.
    pub(super) fn explain_field(&mut self, field: &str, finding: Finding) {
        self.found.push(Found { need: Need::Signing, field: Some(field.to_owned()), finding });
    }

    /// A change of a field that was there, and what shows it from now on.
    pub(super) fn explain_as(&mut self, need: Need, field: &str, finding: Finding, drawn: Vec<Drawn>) {
        if drawn.is_empty() {
            self.found.push(Found { need, field: Some(field.to_owned()), finding });
            return;
        }
        // Said with the page, once it is known.
        self.drawn.extend(drawn.into_iter().map(|drawn| drawn.saying(need, finding.clone())));
    }

    /// The changed widgets of a field that are objects apart from it, and were there before.
    pub(super) fn kids_of(&self, field: u32) -> Vec<u32> {
        self.kids.get(&field).cloned().unwrap_or_default()
    }

    /// Whether an object that was there before was changed, and nothing explains that yet.
    pub(super) fn is_open(&self, number: u32) -> bool {
        self.changed.contains_key(&number) && !self.explained.contains(&number)
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

    /// Says that something is written in another way, once for the whole revision.
    pub(super) fn tell_rewritten(&mut self) {
        if !self.rewritten.is_empty() {
            let keys: Vec<String> = self.rewritten.iter().take(5).cloned().collect();
            let text = format!("{} says the same as before, but is written in another way", keys.join(", "));
            self.explain(Need::Rewriting, Finding::information("written-otherwise", text));
        }
    }

    /// The changes that are not explained yet.
    pub(super) fn open(&self) -> Vec<Change> {
        self.changed.values().filter(|change| !self.explained.contains(&change.number)).copied().collect()
    }
}
