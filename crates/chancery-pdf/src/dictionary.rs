//! Names and dictionaries (ISO 32000-2, 7.3.5 and 7.3.7).

use std::fmt;

use crate::object::Object;

/// A name, with `#xx` resolved and without its slash.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Vec<u8>);

impl Name {
    /// A name of these bytes.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its text, if it is UTF-8, as PDF 1.2 and later want it.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.0.escape_ascii())
    }
}

/// For people: the bytes, with everything but printable ASCII escaped.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

/// Keys and values in the order of the file. A key that stands twice is kept twice: the last one counts, as
/// in most viewers, and [`Dictionary::duplicates`] tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dictionary {
    entries: Vec<(Name, Object)>,
}

impl Dictionary {
    /// A dictionary without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn from_entries(entries: Vec<(Name, Object)>) -> Self {
        Self { entries }
    }

    /// The value of a key as it stands there; a reference is not followed (see [`crate::View::value`]).
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Object> {
        self.entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Sets the value of a key, in its place if it is there, else at the end.
    pub fn set(&mut self, key: impl Into<Name>, value: impl Into<Object>) {
        let (key, value) = (key.into(), value.into());
        match self.entries.iter_mut().rev().find(|(name, _)| *name == key) {
            Some((_, old)) => *old = value,
            None => self.entries.push((key, value)),
        }
    }

    /// Takes a key out, every time it stands there, and returns the value that counted.
    pub fn remove(&mut self, key: &str) -> Option<Object> {
        let mut removed = None;
        while let Some(index) = self.entries.iter().position(|(name, _)| name == key) {
            removed = Some(self.entries.remove(index).1);
        }
        removed
    }

    /// Keys and values in the order of the file, duplicates included.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Object)> {
        self.entries.iter().map(|(name, value)| (name, value))
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = (&Name, &mut Object)> {
        self.entries.iter_mut().map(|(name, value)| (&*name, value))
    }

    /// How many entries there are, duplicates included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The keys that stand here more than once, each named once.
    #[must_use]
    pub fn duplicates(&self) -> Vec<&Name> {
        let mut names = self.entries.iter().map(|(name, _)| name).collect::<Vec<_>>();
        names.sort_unstable();
        let mut twice =
            names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect::<Vec<_>>();
        twice.dedup();
        twice
    }
}

impl<K: Into<Name>, V: Into<Object>> FromIterator<(K, V)> for Dictionary {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(entries: T) -> Self {
        Self { entries: entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect() }
    }
}
