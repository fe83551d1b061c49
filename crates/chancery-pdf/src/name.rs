//! Names (ISO 32000-2, 7.3.5).

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// So many bytes stand in the value itself; of the names that the standard gives, few are longer.
const SHORT: usize = 22;

/// A name, with `#xx` resolved and without its slash.
#[derive(Clone)]
pub struct Name(Bytes);

/// A document is full of names: a short one takes no memory beside the value that it is in.
#[derive(Clone)]
enum Bytes {
    Short { length: u8, bytes: [u8; SHORT] },
    Long(Box<[u8]>),
}

impl Name {
    /// A name of these bytes.
    #[must_use]
    pub fn new(name: impl AsRef<[u8]>) -> Self {
        let name = name.as_ref();
        let mut bytes = [0; SHORT];
        match (bytes.get_mut(..name.len()), u8::try_from(name.len())) {
            (Some(start), Ok(length)) => {
                start.copy_from_slice(name);
                Self(Bytes::Short { length, bytes })
            }
            _ => Self(Bytes::Long(name.into())),
        }
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Bytes::Short { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or(bytes),
            Bytes::Long(bytes) => bytes,
        }
    }

    /// Its text, if it is UTF-8, as PDF 1.2 and later want it.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(self.as_bytes()).ok()
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.as_bytes().escape_ascii())
    }
}

/// For people: the bytes, with everything but printable ASCII escaped.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_bytes().escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_their_bytes_however_long() {
        let longest = "N".repeat(SHORT + 2);
        let names: Vec<Name> = (0..=longest.len()).map(|length| Name::from(&longest[..length])).collect();
        for (length, name) in names.iter().enumerate() {
            assert_eq!(name.as_str(), Some(&longest[..length]));
            assert_eq!(*name, longest[..length]);
            assert_eq!(*name, name.clone());
        }
        assert!(names.is_sorted_by(|one, next| one < next));
        assert_eq!(names.iter().chain(&names.clone()).collect::<HashSet<_>>().len(), names.len());
    }

    #[test]
    fn zeros_at_the_end_are_part_of_a_name() {
        let (long, short) = (Name::new(b"A\0"), Name::from("A"));
        assert_ne!(long, short);
        assert!(short < long);
    }

    #[test]
    fn it_takes_no_more_room_than_a_vector() {
        assert_eq!(size_of::<Name>(), size_of::<Vec<u8>>());
    }
}
