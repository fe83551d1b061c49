//! The same in other words: what honest products write in another way without saying anything else.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use chancery_pdf::{Dictionary, Object, Reference, View};

use super::budget::{BYTE, ELEMENT, OBJECT};
use super::judgement::Judgement;
use super::objection::Stop;
use super::parts::{are_measures, is_measure, is_part, looks_through, may_be_known};
use super::step::Step;
use super::values::{differing_keys, entry, number};
use crate::references::each_reference;

/// Objects nest no deeper, or it is not the same.
const MAX_DEPTH: usize = 16;

/// A comparison: the new objects in which old values stand now.
#[derive(Default)]
struct Comparison {
    moved: BTreeSet<u32>,
}

/// Where a value stands: under a key, or in a list under it.
#[derive(Copy, Clone)]
enum Stands<'k> {
    Under(&'k [u8]),
    InList(&'k [u8]),
}

impl<'k> Stands<'k> {
    const fn key(self) -> &'k [u8] {
        match self {
            Self::Under(key) | Self::InList(key) => key,
        }
    }

    fn is_measure(self) -> bool {
        match self {
            Self::Under(key) => is_measure(key),
            Self::InList(key) => are_measures(key),
        }
    }
}

impl Step<'_, '_> {
    /// The keys of a dictionary whose values say something else than before. New objects in which an old value stands now
    /// are explained.
    pub(super) fn differing(
        &self,
        judgement: &mut Judgement,
        old: &Dictionary,
        new: &Dictionary,
    ) -> Result<Vec<String>, Stop> {
        let mut differing = Vec::new();
        for name in differing_keys(old, new) {
            let values = (entry(old, &name), entry(new, &name));
            if !self.says_the_same(judgement, &name.to_string(), values)? {
                // Nothing that any standard knows has such a name.
                let key = name.as_str().ok_or_else(|| {
                    Stop::objection(
                        "entry-odd",
                        format!("the entry {name:?}, whose name is no text, was changed"),
                    )
                })?;
                differing.push(key.to_owned());
            }
        }
        Ok(differing)
    }

    /// Whether an entry that is not the same says the same as before. That it is missing is not the same as that it is null:
    /// some readers ask no group and no node above a null, or whether there is such an entry.
    pub(super) fn says_the_same(
        &self,
        judgement: &mut Judgement,
        key: &str,
        (old, new): (Option<&Object>, Option<&Object>),
    ) -> Result<bool, Stop> {
        let (Some(old), Some(new)) = (old, new) else { return Ok(false) };
        let mut comparison = Comparison::default();
        let same = self.alike(judgement, &mut comparison, Stands::Under(key.as_bytes()), (old, new), 0)?;
        if same {
            judgement.explained.extend(comparison.moved);
            judgement.rewritten.insert(if key.is_empty() {
                "an object".to_owned()
            } else {
                format!("/{key}")
            });
        }
        Ok(same)
    }

    fn alike(
        &self,
        judgement: &Judgement,
        comparison: &mut Comparison,
        stands: Stands<'_>,
        (old, new): (&Object, &Object),
        depth: usize,
    ) -> Result<bool, Stop> {
        if depth > MAX_DEPTH {
            return Ok(false);
        }
        self.budget.spend(1, ELEMENT)?;
        Ok(match (old, new) {
            // What it leads to is judged by itself; another object is another thing, even if it looks the same.
            (Object::Reference(old), Object::Reference(new)) => old == new,
            (Object::Reference(reference), new) => {
                let Stands::Under(key) = stands else { return Ok(false) };
                let old = self.read(judgement, &self.old, *reference)?;
                is_part(key, new)
                    && self.alike(judgement, comparison, stands, (&old, new), depth + 1)?
                    && self.is_known_to_nobody(*reference, &old)?
            }
            (old, Object::Reference(reference)) => {
                let Stands::Under(key) = stands else { return Ok(false) };
                // What the older document referred to is more than this value.
                if !judgement.is_new(reference.number) || self.references.is_used(reference.number) {
                    return Ok(false);
                }
                comparison.moved.insert(reference.number);
                let new = self.read(judgement, &self.new, *reference)?;
                is_part(key, old) && self.alike(judgement, comparison, stands, (old, &new), depth + 1)?
            }
            (Object::Array(old), Object::Array(new)) if old.len() == new.len() => {
                let stands = Stands::InList(stands.key());
                let pairs = old.iter().zip(new).map(|pair| (stands, pair));
                self.all_alike(judgement, comparison, pairs, depth)?
            }
            (Object::Dictionary(old), Object::Dictionary(new)) => {
                self.dictionaries_alike(judgement, comparison, (old, new), depth)?
            }
            (Object::Stream(was), Object::Stream(is)) => {
                // What is drawn is not put together anew by anybody honest.
                let moved = comparison.moved.len();
                self.old.raw(was)? == self.new.raw(is)?
                    && self.dictionaries_alike(
                        judgement,
                        comparison,
                        (was.dictionary(), is.dictionary()),
                        depth,
                    )?
                    && comparison.moved.len() == moved
            }
            (Object::String(old), Object::String(new)) => {
                self.budget.spend(old.as_bytes().len(), BYTE)?;
                old.as_bytes() == new.as_bytes()
            }
            (Object::Real(_), Object::Real(_)) => old == new || is_same_number(old, new),
            (Object::Integer(_), Object::Real(_)) | (Object::Real(_), Object::Integer(_)) => {
                stands.is_measure() && is_same_number(old, new)
            }
            (old, new) => old == new,
        })
    }

    fn all_alike<'o>(
        &self,
        judgement: &Judgement,
        comparison: &mut Comparison,
        pairs: impl Iterator<Item = (Stands<'o>, (&'o Object, &'o Object))>,
        depth: usize,
    ) -> Result<bool, Stop> {
        for (stands, pair) in pairs {
            if !self.alike(judgement, comparison, stands, pair, depth + 1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn dictionaries_alike(
        &self,
        judgement: &Judgement,
        comparison: &mut Comparison,
        (old, new): (&Dictionary, &Dictionary),
        depth: usize,
    ) -> Result<bool, Stop> {
        if !old.duplicates().is_empty() || !new.duplicates().is_empty() {
            return Ok(old == new);
        }
        // One of them may be shared by many.
        self.budget.spend(old.len() + new.len(), ELEMENT)?;
        let (old, new): (BTreeMap<_, _>, BTreeMap<_, _>) = (old.iter().collect(), new.iter().collect());
        let pairs =
            old.iter().zip(&new).map(|((key, old), (_, new))| (Stands::Under(key.as_bytes()), (*old, *new)));
        Ok(old.keys().eq(new.keys()) && self.all_alike(judgement, comparison, pairs, depth)?)
    }

    /// Whether nobody knows an old object by its number: everything that refers to it only looks through it.
    fn is_known_to_nobody(&self, reference: Reference, object: &Object) -> Result<bool, Stop> {
        if !may_be_known(object) {
            return Ok(true);
        }
        let mut by_itself = false;
        each_reference(object, &mut |found| by_itself |= found.number == reference.number);
        if by_itself || !self.references.is_tracked(reference.number) {
            return Ok(false);
        }
        for found in self.references.uses(reference.number) {
            self.budget.spend(1, ELEMENT)?;
            if !looks_through(&found.key) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// An object that is compared, read once in a step.
    fn read(&self, judgement: &Judgement, view: &View<'_>, reference: Reference) -> Result<Rc<Object>, Stop> {
        let key = (view.revision(), reference);
        if let Some(known) = judgement.read.borrow().get(&key) {
            return Ok(Rc::clone(known));
        }
        self.budget.spend(1, OBJECT)?;
        let object = Rc::new(view.object(reference)?);
        judgement.read.borrow_mut().insert(key, Rc::clone(&object));
        Ok(object)
    }
}

/// Whether two numbers are the same to all readers; that both are well formed is part of it.
fn is_same_number(old: &Object, new: &Object) -> bool {
    matches!((number(old), number(new)), (Some(old), Some(new)) if old.to_bits() == new.to_bits())
}
