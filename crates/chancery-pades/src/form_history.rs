//! The form of a document from revision to revision: read whole once, then kept up to date by the objects that each
//! revision changed, so that the work grows with what was changed and not with fields times revisions.
//!
//! What comes out is what reading the form of each revision whole would give; the tests compare the two.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::rc::Rc;

use chancery_pdf::{Change, Dictionary, Object, Reference, View};

use crate::PadesError;
use crate::form::{Field, fields};
use crate::form_tree::{Delta, FormTree, Stop};

/// How often fields are looked at again in all revisions together. Honest revisions change some fields; only a file that
/// has a field in several places, or changes what a hundred thousand fields inherit again and again, comes near.
const MAX_LOOKS: usize = 2_000_000;

/// The form of a revision, kept up to date.
pub(crate) struct FormHistory {
    /// The catalog, and the objects besides that lead to the fields.
    root: Reference,
    leads: BTreeSet<u32>,
    form: Rc<Dictionary>,
    state: State,
    index: Index,
    looks_left: usize,
}

enum State {
    Tree(FormTree),
    /// A form in which something stands twice, or is no object of its own, is read whole in each revision.
    Tangled(Vec<Rc<Field>>),
}

/// What a revision did to the fields. A field is the same if it is the same object by the same full name.
pub(crate) struct FormStep {
    /// The form before and after, without what it refers to.
    pub(crate) old_form: Rc<Dictionary>,
    pub(crate) new_form: Rc<Dictionary>,
    pub(crate) removed: Vec<Rc<Field>>,
    pub(crate) added: Vec<AddedField>,
    /// Before and after: every field of which an object was changed that says what it is or inherits, or a widget. Others
    /// are what they were.
    pub(crate) touched: Vec<(Rc<Field>, Rc<Field>)>,
    /// The values among those of the added and touched fields that stand in several fields now.
    pub(crate) values_twice: BTreeSet<u32>,
}

/// A field that was not there.
pub(crate) struct AddedField {
    pub(crate) field: Rc<Field>,
    /// Whether a root of the form had its name before.
    pub(crate) taken: bool,
}

impl FormHistory {
    /// Reads the form of a revision whole.
    ///
    /// # Errors
    /// If the file cannot be read, or the form is too large.
    pub(crate) fn read(view: &View<'_>) -> Result<Self, PadesError> {
        let Lead { root, leads, form, roots } = Lead::read(view)?;
        let mut delta = Delta::default();
        let state = State::read(view, &form, &roots, &mut delta)?;
        let mut index = Index::default();
        delta.come.iter().for_each(|field| index.add(field));
        Ok(Self { root, leads, form: Rc::new(form), state, index, looks_left: MAX_LOOKS })
    }

    /// Goes on to the next revision, in which these objects differ.
    ///
    /// # Errors
    /// If the file cannot be read, or the form is too large, or too much of it changes all the time.
    pub(crate) fn advance(&mut self, view: &View<'_>, changed: &[Change]) -> Result<FormStep, PadesError> {
        let numbers: HashSet<u32> = changed.iter().map(|change| change.number).collect();
        let old_form = Rc::clone(&self.form);
        let root = view.trailer().get("Root").and_then(Object::as_reference);
        let same_lead = root == Some(self.root) && self.leads.iter().all(|number| !numbers.contains(number));
        let lead = if same_lead { None } else { Some(Lead::read(view)?) };
        let roots = lead.as_ref().map(|lead| lead.roots.as_slice());
        let mut delta = Delta::default();
        let advanced = match &mut self.state {
            State::Tree(tree) => match tree.advance(view, roots, &numbers, &mut delta) {
                Ok(()) => true,
                Err(Stop::Tangled) => false,
                Err(Stop::Unreadable(error)) => return Err(error),
            },
            State::Tangled(_) => false,
        };
        let mut looks = delta.looks;
        if !advanced {
            let before = self.state.fields(&delta);
            let whole = match &lead {
                Some(_) => None,
                None => Some(Lead::read(view)?),
            };
            let mut anew = Delta::default();
            if let Some(Lead { form, roots, .. }) = lead.as_ref().or(whole.as_ref()) {
                self.state = State::read(view, form, roots, &mut anew)?;
            }
            looks = looks.saturating_add(anew.looks).saturating_add(before.len());
            delta = Delta { gone: before, come: anew.come, ..Delta::default() };
        }
        self.spend(looks)?;
        if let Some(Lead { root, leads, form, .. }) = lead {
            (self.root, self.leads, self.form) = (root, leads, Rc::new(form));
        }
        Ok(self.step(old_form, delta))
    }

    /// Every field.
    pub(crate) fn fields(&self) -> Vec<Rc<Field>> {
        self.state.fields(&Delta::default())
    }

    /// Whether a field of this full name holds this value.
    pub(crate) fn holds(&self, name: &str, value: Reference) -> bool {
        self.index.held.get(&value).is_some_and(|names| names.contains_key(name))
    }

    fn spend(&mut self, looks: usize) -> Result<(), PadesError> {
        let what = "form fields that change in all revisions";
        self.looks_left =
            self.looks_left.checked_sub(looks).ok_or(PadesError::TooMany { what, limit: MAX_LOOKS })?;
        Ok(())
    }

    fn step(&mut self, old_form: Rc<Dictionary>, delta: Delta) -> FormStep {
        let Delta { gone, come, touched, .. } = delta;
        let mut step = FormStep {
            old_form,
            new_form: Rc::clone(&self.form),
            removed: Vec::new(),
            added: Vec::new(),
            touched: Vec::new(),
            values_twice: BTreeSet::new(),
        };
        {
            // Fields that are no objects of their own may have one name: the first of them is the first as before.
            let mut old: HashMap<_, VecDeque<&Rc<Field>>> = HashMap::new();
            gone.iter().for_each(|field| old.entry(place(field)).or_default().push_back(field));
            for new in &come {
                match old.get_mut(&place(new)).and_then(VecDeque::pop_front) {
                    Some(old) => step.touched.push((Rc::clone(old), Rc::clone(new))),
                    None => {
                        let taken = self.index.roots.contains_key(new.name.as_str());
                        step.added.push(AddedField { field: Rc::clone(new), taken });
                    }
                }
            }
            step.removed.extend(old.into_values().flatten().map(Rc::clone));
        }
        gone.iter().for_each(|field| self.index.remove(field));
        come.iter().for_each(|field| self.index.add(field));
        step.touched.extend(touched.into_iter().map(|field| (Rc::clone(&field), field)));
        let now = step.added.iter().map(|added| &added.field).chain(step.touched.iter().map(|(_, new)| new));
        let values = now.filter_map(|field| value_number(field));
        step.values_twice = values.filter(|value| self.index.values.get(value) > Some(&1)).collect();
        // Of a tree they come in no order.
        step.removed.sort_by(|one, other| place(one).cmp(&place(other)));
        step
    }
}

/// What makes two fields of two revisions the same.
fn place(field: &Field) -> (Option<Reference>, &str) {
    (field.reference, field.name.as_str())
}

fn value_number(field: &Field) -> Option<u32> {
    field.value.as_ref().and_then(Object::as_reference).map(|value| value.number)
}

/// The way from the trailer to the fields.
struct Lead {
    root: Reference,
    /// The objects on it, with the catalog.
    leads: BTreeSet<u32>,
    form: Dictionary,
    roots: Vec<Object>,
}

impl Lead {
    fn read(view: &View<'_>) -> Result<Self, PadesError> {
        let (root, catalog) = view.catalog()?;
        let mut leads = BTreeSet::from([root.number]);
        let form = follow(view, catalog.get("AcroForm"), &mut leads)?;
        let form = match form {
            Object::Dictionary(form) => form,
            other => other.as_dictionary().cloned().unwrap_or_default(),
        };
        let roots = match follow(view, form.get("Fields"), &mut leads)? {
            Object::Array(roots) => roots,
            _ => Vec::new(),
        };
        Ok(Self { root, leads, form, roots })
    }
}

/// What a value leads to, and the objects on the way.
fn follow(view: &View<'_>, value: Option<&Object>, leads: &mut BTreeSet<u32>) -> Result<Object, PadesError> {
    let Some(value) = value else { return Ok(Object::Null) };
    let mut next = value.as_reference();
    // As many as are followed when it is resolved; loops end here and are refused there.
    while let Some(reference) = next.filter(|reference| leads.insert(reference.number)) {
        next = view.object(reference)?.as_reference();
    }
    Ok(view.resolve(value)?)
}

impl State {
    fn read(
        view: &View<'_>,
        form: &Dictionary,
        roots: &[Object],
        delta: &mut Delta,
    ) -> Result<Self, PadesError> {
        match FormTree::read(view, roots, delta) {
            Ok(tree) => Ok(Self::Tree(tree)),
            Err(Stop::Unreadable(error)) => Err(error),
            Err(Stop::Tangled) => {
                let all: Vec<Rc<Field>> = fields(view, form)?.into_iter().map(Rc::new).collect();
                delta.looks = delta.looks.saturating_add(all.len());
                delta.come.clone_from(&all);
                Ok(Self::Tangled(all))
            }
        }
    }

    /// The fields as they were before a step that could not be finished.
    fn fields(&self, unfinished: &Delta) -> Vec<Rc<Field>> {
        match self {
            Self::Tangled(fields) => fields.clone(),
            Self::Tree(tree) => {
                let come: HashSet<*const Field> = unfinished.come.iter().map(Rc::as_ptr).collect();
                let kept = tree.leaves().filter(|field| !come.contains(&Rc::as_ptr(field)));
                // What came and went again in the same step was not there before either.
                let gone = unfinished.gone.iter().filter(|field| !come.contains(&Rc::as_ptr(field)));
                kept.chain(gone).map(Rc::clone).collect()
            }
        }
    }
}

/// What is asked of all fields.
#[derive(Default)]
struct Index {
    /// How many fields have an object as their value, by its number.
    values: HashMap<u32, usize>,
    /// The full names of the fields that hold an object, and how many fields have each.
    held: HashMap<Reference, HashMap<String, usize>>,
    /// How many fields are below each root, by its name.
    roots: HashMap<String, usize>,
}

impl Index {
    fn add(&mut self, field: &Field) {
        if let Some(value) = field.value.as_ref().and_then(Object::as_reference) {
            *self.values.entry(value.number).or_default() += 1;
            *self.held.entry(value).or_default().entry(field.name.clone()).or_default() += 1;
        }
        let root = root_name(field);
        match self.roots.get_mut(root) {
            Some(count) => *count += 1,
            None => drop(self.roots.insert(root.to_owned(), 1)),
        }
    }

    fn remove(&mut self, field: &Field) {
        if let Some(value) = field.value.as_ref().and_then(Object::as_reference) {
            less(&mut self.values, &value.number);
            if let Some(names) = self.held.get_mut(&value) {
                less(names, field.name.as_str());
                if names.is_empty() {
                    self.held.remove(&value);
                }
            }
        }
        less(&mut self.roots, root_name(field));
    }
}

fn root_name(field: &Field) -> &str {
    field.name.split('.').next().unwrap_or_default()
}

/// One less of something, and nothing of what there is none.
fn less<K, Q>(counts: &mut HashMap<K, usize>, key: &Q)
where
    K: std::hash::Hash + Eq + std::borrow::Borrow<Q>,
    Q: std::hash::Hash + Eq + ?Sized,
{
    match counts.get_mut(key) {
        Some(count) if *count > 1 => *count -= 1,
        _ => drop(counts.remove(key)),
    }
}

#[cfg(test)]
mod tests;
