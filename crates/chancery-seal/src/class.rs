//! Classes of documents.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a document is, as the caller says: a seal is for some classes and not for others.
#[derive(Copy, Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentClass {
    /// Letters, notices and resolutions of the organisation.
    Official,
    /// Powers of attorney and other authorisations.
    Authorisation,
    /// Contracts with others.
    Contract,
    /// Contracts and papers of employment.
    Employment,
    /// Accounts, statements, payments.
    Financial,
    /// Invoices and receipts.
    Invoice,
    /// What a person signs for herself.
    Personal,
    /// What is none of these.
    Other,
}

impl DocumentClass {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Official,
        Self::Authorisation,
        Self::Contract,
        Self::Employment,
        Self::Financial,
        Self::Invoice,
        Self::Personal,
        Self::Other,
    ];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Authorisation => "authorisation",
            Self::Contract => "contract",
            Self::Employment => "employment",
            Self::Financial => "financial",
            Self::Invoice => "invoice",
            Self::Personal => "personal",
            Self::Other => "other",
        }
    }

    const fn bit(self) -> u8 {
        1 << match self {
            Self::Official => 0,
            Self::Authorisation => 1,
            Self::Contract => 2,
            Self::Employment => 3,
            Self::Financial => 4,
            Self::Invoice => 5,
            Self::Personal => 6,
            Self::Other => 7,
        }
    }
}

impl fmt::Display for DocumentClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A set of classes.
#[derive(Copy, Clone, Default, Eq, PartialEq, Deserialize, Serialize)]
#[serde(from = "Vec<DocumentClass>", into = "Vec<DocumentClass>")]
pub struct ClassSet(u8);

impl ClassSet {
    /// Every class.
    pub const ALL: Self = Self(u8::MAX);

    /// Whether a class is in it.
    #[must_use]
    pub const fn contains(self, class: DocumentClass) -> bool {
        self.0 & class.bit() != 0
    }

    /// Whether all of another set are in it.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What is in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The classes, in their order.
    pub fn iter(self) -> impl Iterator<Item = DocumentClass> {
        DocumentClass::ALL.into_iter().filter(move |class| self.contains(*class))
    }
}

impl FromIterator<DocumentClass> for ClassSet {
    fn from_iter<I: IntoIterator<Item = DocumentClass>>(classes: I) -> Self {
        Self(classes.into_iter().fold(0, |bits, class| bits | class.bit()))
    }
}

impl From<DocumentClass> for ClassSet {
    fn from(class: DocumentClass) -> Self {
        Self(class.bit())
    }
}

impl From<Vec<DocumentClass>> for ClassSet {
    fn from(classes: Vec<DocumentClass>) -> Self {
        classes.into_iter().collect()
    }
}

impl From<ClassSet> for Vec<DocumentClass> {
    fn from(set: ClassSet) -> Self {
        set.iter().collect()
    }
}

impl fmt::Display for ClassSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.iter().map(DocumentClass::word).collect();
        f.write_str(&words.join(", "))
    }
}

impl fmt::Debug for ClassSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{self}}}")
    }
}
