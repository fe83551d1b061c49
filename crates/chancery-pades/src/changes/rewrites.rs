//! The same in other words: what honest products write in another way without saying anything else.

use std::collections::BTreeSet;

use chancery_pdf::{Dictionary, Name, Object};

use super::judgement::Judgement;
use super::objection::Stop;
use super::step::Step;
use super::values::{differing_keys, entry, number};

/// Entries whose numbers may be whole or not, where readers make no difference: coordinates, sizes, colours.
const MEASURES: [&str; 22] = [
    "MediaBox",
    "CropBox",
    "BleedBox",
    "TrimBox",
    "ArtBox",
    "Rect",
    "BBox",
    "RD",
    "QuadPoints",
    "Vertices",
    "L",
    "InkList",
    "Matrix",
    "C",
    "IC",
    "BC",
    "BG",
    "CA",
    "ca",
    "Border",
    "W",
    "UserUnit",
];

/// Objects nest no deeper, and what is compared is no larger, or it is not the same.
const MAX_DEPTH: usize = 16;
const MAX_VALUES: usize = 100_000;

/// A comparison: what it may still cost, and the new objects in which old values stand now.
struct Comparison {
    left: usize,
    moved: BTreeSet<u32>,
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

    /// Whether an entry that is not the same says the same as before. That an entry is missing is the same as that it is null.
    pub(super) fn says_the_same(
        &self,
        judgement: &mut Judgement,
        key: &str,
        (old, new): (Option<&Object>, Option<&Object>),
    ) -> Result<bool, Stop> {
        let mut comparison = Comparison { left: MAX_VALUES, moved: BTreeSet::new() };
        let null = Object::Null;
        let pair = (old.unwrap_or(&null), new.unwrap_or(&null));
        let same = self.alike(judgement, &mut comparison, key.as_bytes(), pair, 0)?;
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
        key: &[u8],
        (old, new): (&Object, &Object),
        depth: usize,
    ) -> Result<bool, Stop> {
        let Some(left) = comparison.left.checked_sub(1).filter(|_| depth <= MAX_DEPTH) else {
            return Ok(false);
        };
        comparison.left = left;
        Ok(match (old, new) {
            // What it leads to is judged by itself; another object is another thing, even if it looks the same.
            (Object::Reference(old), Object::Reference(new)) => old == new,
            (Object::Reference(reference), new) if !new.is_null() => {
                let old = self.old.object(*reference)?;
                !old.is_null() && self.alike(judgement, comparison, key, (&old, new), depth + 1)?
            }
            (old, Object::Reference(reference)) if !old.is_null() && judgement.is_new(reference.number) => {
                comparison.moved.insert(reference.number);
                let new = self.new.object(*reference)?;
                self.alike(judgement, comparison, key, (old, &new), depth + 1)?
            }
            (Object::Array(old), Object::Array(new)) => {
                old.len() == new.len()
                    && self.all_alike(
                        judgement,
                        comparison,
                        old.iter().zip(new).map(|pair| (key, pair)),
                        depth,
                    )?
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
            (Object::String(old), Object::String(new)) => old.as_bytes() == new.as_bytes(),
            (Object::Real(_), Object::Real(_)) => old == new || is_same_number(old, new),
            (Object::Integer(_), Object::Real(_)) | (Object::Real(_), Object::Integer(_)) => {
                MEASURES.iter().any(|measure| measure.as_bytes() == key) && is_same_number(old, new)
            }
            (old, new) => old == new,
        })
    }

    fn all_alike<'o>(
        &self,
        judgement: &Judgement,
        comparison: &mut Comparison,
        pairs: impl Iterator<Item = (&'o [u8], (&'o Object, &'o Object))>,
        depth: usize,
    ) -> Result<bool, Stop> {
        for (key, pair) in pairs {
            if !self.alike(judgement, comparison, key, pair, depth + 1)? {
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
        let keys: BTreeSet<&Name> = old.iter().chain(new.iter()).map(|(key, _)| key).collect();
        let null = Object::Null;
        let value = |dictionary: &Dictionary, key: &Name| {
            dictionary.iter().find(|(other, _)| *other == key).map(|(_, value)| value.clone())
        };
        for key in keys {
            let (old, new) = (value(old, key), value(new, key));
            let pair = (old.as_ref().unwrap_or(&null), new.as_ref().unwrap_or(&null));
            if !self.alike(judgement, comparison, key.as_bytes(), pair, depth + 1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether two numbers are the same to all readers; that both are well formed is part of it.
fn is_same_number(old: &Object, new: &Object) -> bool {
    matches!((number(old), number(new)), (Some(old), Some(new)) if old.to_bits() == new.to_bits())
}
