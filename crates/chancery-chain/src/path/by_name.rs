//! Things by the names of certificates.

use std::collections::HashMap;

use chancery_certificate::PreparedName;

/// Up to so many names are compared one by one, which is quicker than to hash one; most signatures have fewer.
const HANDFUL: usize = 8;

/// Things by name, those of one name in the order in which they came. A handful of names is looked through; more are found
/// by a keyed hash, since somebody may send many.
#[derive(Debug)]
pub(crate) struct ByName<'a, T> {
    few: Vec<(&'a PreparedName, Vec<T>)>,
    /// Empty for a handful, else all of them.
    many: HashMap<&'a PreparedName, Vec<T>>,
}

impl<'a, T> ByName<'a, T> {
    /// All these.
    pub(crate) fn new(things: impl IntoIterator<Item = (&'a PreparedName, T)>) -> Self {
        let mut all = Self { few: Vec::new(), many: HashMap::new() };
        things.into_iter().for_each(|(name, thing)| all.add(name, thing));
        all
    }

    fn add(&mut self, name: &'a PreparedName, thing: T) {
        if !self.many.is_empty() {
            self.many.entry(name).or_default().push(thing);
            return;
        }
        if let Some((_, things)) = self.few.iter_mut().find(|(known, _)| *known == name) {
            things.push(thing);
            return;
        }
        self.few.push((name, vec![thing]));
        if self.few.len() > HANDFUL {
            self.many.extend(self.few.drain(..));
        }
    }

    /// Those of this name.
    pub(crate) fn get(&self, name: &PreparedName) -> &[T] {
        let few = self.few.iter().find(|(known, _)| *known == name).map(|(_, things)| things);
        // An empty table is not worth the hash.
        let found = few.or_else(|| if self.many.is_empty() { None } else { self.many.get(name) });
        found.map_or(&[], Vec::as_slice)
    }

    /// The names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a PreparedName> {
        self.few.iter().map(|(name, _)| *name).chain(self.many.keys().copied())
    }

    /// Everything.
    pub(crate) fn things(&self) -> impl Iterator<Item = &T> {
        self.few.iter().map(|(_, things)| things).chain(self.many.values()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use chancery_certificate::Name;
    use chancery_certificate::asn1::{self, tag};

    use super::*;

    fn name(number: usize) -> Name {
        let number = asn1::encode(tag::UTF8_STRING, number.to_string().as_bytes());
        let attribute = asn1::sequence(&[&asn1::oid(&const_oid::db::rfc4519::COMMON_NAME), &number]);
        Name::from_der(&asn1::sequence(&[&asn1::encode(tag::SET, &attribute)])).unwrap()
    }

    #[test]
    fn few_or_many_are_found_by_their_names() {
        for count in [0, 1, HANDFUL, HANDFUL + 1, 3 * HANDFUL] {
            let names: Vec<_> = (0..count).map(name).collect();
            let twice = names.iter().chain(&names).zip(0..);
            let all = ByName::new(twice.map(|(name, number)| (name.prepared(), number)));
            for (number, name) in names.iter().enumerate() {
                assert_eq!(all.get(name.prepared()), [number, number + count]);
            }
            assert!(all.get(name(count).prepared()).is_empty());
            assert_eq!((all.names().count(), all.things().count()), (count, 2 * count));
        }
    }
}
