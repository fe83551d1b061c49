//! Kinds of seals: whose certificate they need, and what they are set on.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::class::{ClassSet, DocumentClass};
use crate::text::Label;

/// What kind of seal it is.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SealKind {
    /// The seal of the organisation for everything.
    Official,
    /// The signature of whoever represents the organisation, as its seal.
    AuthorizedSignature,
    /// For contracts.
    Contract,
    /// For papers of employment.
    Employment,
    /// For accounts and payments.
    Financial,
    /// For invoices.
    Invoice,
    /// The seal of one natural person.
    Personal,
    /// Another seal of the organisation.
    Custom(Label),
}

/// A kind of seal without its own name, for tables.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum SealSort {
    /// [`SealKind::Official`].
    Official,
    /// [`SealKind::AuthorizedSignature`].
    AuthorizedSignature,
    /// [`SealKind::Contract`].
    Contract,
    /// [`SealKind::Employment`].
    Employment,
    /// [`SealKind::Financial`].
    Financial,
    /// [`SealKind::Invoice`].
    Invoice,
    /// [`SealKind::Personal`].
    Personal,
    /// [`SealKind::Custom`].
    Custom,
}

impl SealKind {
    /// The kind without its own name.
    #[must_use]
    pub const fn sort(&self) -> SealSort {
        match self {
            Self::Official => SealSort::Official,
            Self::AuthorizedSignature => SealSort::AuthorizedSignature,
            Self::Contract => SealSort::Contract,
            Self::Employment => SealSort::Employment,
            Self::Financial => SealSort::Financial,
            Self::Invoice => SealSort::Invoice,
            Self::Personal => SealSort::Personal,
            Self::Custom(_) => SealSort::Custom,
        }
    }
}

impl fmt::Display for SealKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Custom(name) => write!(f, "{name}"),
            kind => f.write_str(kind.sort().word()),
        }
    }
}

/// Whether a seal of some kind may be set on a class of documents.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Setting {
    /// It is what the kind is for: in the set that a new seal gets unless told otherwise.
    Usual,
    /// Only if the seal administrator names the class for the seal.
    IfNamed,
    /// Never.
    Never,
}

impl Setting {
    /// The word in the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::IfNamed => "if named",
            Self::Never => "never",
        }
    }
}

impl SealSort {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Official,
        Self::AuthorizedSignature,
        Self::Contract,
        Self::Employment,
        Self::Financial,
        Self::Invoice,
        Self::Personal,
        Self::Custom,
    ];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Official => "official seal",
            Self::AuthorizedSignature => "authorized signature",
            Self::Contract => "contract seal",
            Self::Employment => "employment seal",
            Self::Financial => "financial seal",
            Self::Invoice => "invoice seal",
            Self::Personal => "personal seal",
            Self::Custom => "custom seal",
        }
    }

    /// The table of kinds and classes.
    #[must_use]
    pub const fn setting(self, class: DocumentClass) -> Setting {
        use DocumentClass::{
            Authorisation, Contract, Employment, Financial, Invoice, Official, Other, Personal,
        };
        match self {
            Self::Official => match class {
                Official | Authorisation | Contract | Employment | Financial | Invoice | Other => {
                    Setting::Usual
                }
                Personal => Setting::Never,
            },
            Self::AuthorizedSignature => match class {
                Official | Authorisation | Contract => Setting::Usual,
                Employment | Financial | Invoice | Other => Setting::IfNamed,
                Personal => Setting::Never,
            },
            Self::Contract => match class {
                Contract => Setting::Usual,
                Official | Authorisation | Employment | Financial | Invoice | Other => Setting::IfNamed,
                Personal => Setting::Never,
            },
            Self::Employment => match class {
                Employment => Setting::Usual,
                Official | Contract | Other => Setting::IfNamed,
                Authorisation | Financial | Invoice | Personal => Setting::Never,
            },
            Self::Financial => match class {
                Financial => Setting::Usual,
                Official | Contract | Invoice | Other => Setting::IfNamed,
                Authorisation | Employment | Personal => Setting::Never,
            },
            Self::Invoice => match class {
                Invoice => Setting::Usual,
                Contract | Financial | Other => Setting::IfNamed,
                Official | Authorisation | Employment | Personal => Setting::Never,
            },
            Self::Personal => match class {
                Personal => Setting::Usual,
                Official | Contract | Employment | Other => Setting::IfNamed,
                Authorisation | Financial | Invoice => Setting::Never,
            },
            Self::Custom => match class {
                Official | Authorisation | Contract | Employment | Financial | Invoice | Other => {
                    Setting::IfNamed
                }
                Personal => Setting::Never,
            },
        }
    }

    /// The classes that are usual for it.
    #[must_use]
    pub fn usual_classes(self) -> ClassSet {
        let usual = |class: &DocumentClass| self.setting(*class) == Setting::Usual;
        DocumentClass::ALL.into_iter().filter(usual).collect()
    }

    /// Whether it belongs to one natural person, and not to the organisation.
    #[must_use]
    pub const fn is_personal(self) -> bool {
        match self {
            Self::Personal => true,
            Self::Official
            | Self::AuthorizedSignature
            | Self::Contract
            | Self::Employment
            | Self::Financial
            | Self::Invoice
            | Self::Custom => false,
        }
    }
}

impl fmt::Display for SealSort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
