//! Locks: which fields nobody may change any more once a signature is there (ISO 32000-2, 12.8.2.4 and table 236).

use chancery_pdf::{Dictionary, Name, Object, PdfString, Reference, View};

use crate::PadesError;
use crate::certification::{ChangesAllowed, level};
use crate::lock_budget::LockBudget;

/// Which fields of the form a signature locks: nobody may change or sign them afterwards.
///
/// A name is the full name of a field, its parts joined by periods (`seller.signature`); the name of a group stands for
/// all fields in it.
///
/// ```text
/// Action  All, Include or Exclude
/// Fields  an array of names, for Include and Exclude         -- ISO 32000-2, tables 236 and 259
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FieldLock {
    /// Every field, also one that is added later.
    All,
    /// These fields and no others.
    Only(Vec<String>),
    /// Every field but these, also one that is added later.
    AllExcept(Vec<String>),
}

impl FieldLock {
    /// Whether the field of this full name is locked.
    #[must_use]
    pub fn locks(&self, field: &str) -> bool {
        let is_named = |names: &[String]| {
            names.iter().any(|name| {
                field.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        match self {
            Self::All => true,
            Self::Only(names) => is_named(names),
            Self::AllExcept(names) => !is_named(names),
        }
    }

    /// Reads `/Action` and `/Fields`. What is not understood locks everything: so nothing passes for allowed that may
    /// not be.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn read(
        view: &View<'_>,
        dictionary: &Dictionary,
        budget: &mut LockBudget,
    ) -> Result<Self, PadesError> {
        let mut names = Vec::new();
        let listed = view.value(dictionary, "Fields")?;
        for name in listed.as_array().unwrap_or_default() {
            match view.resolve(name)?.as_string() {
                Some(name) => {
                    budget.spend_name(name.as_bytes().len())?;
                    names.push(name.to_text());
                }
                None => return Ok(Self::All),
            }
        }
        let action = view.value(dictionary, "Action")?;
        Ok(match action.as_name().map(Name::as_bytes) {
            Some(b"Include") if listed.as_array().is_some() => Self::Only(names),
            Some(b"Exclude") => Self::AllExcept(names),
            _ => Self::All,
        })
    }

    fn write(&self, dictionary: &mut Dictionary) {
        let (action, names) = match self {
            Self::All => ("All", None),
            Self::Only(names) => ("Include", Some(names)),
            Self::AllExcept(names) => ("Exclude", Some(names)),
        };
        dictionary.set("Action", Name::from(action));
        if let Some(names) = names {
            let names = names.iter().map(|name| Object::String(PdfString::text(name)));
            dictionary.set("Fields", Object::Array(names.collect()));
        }
    }
}

/// What a signature locks: fields, and which changes of the whole document are still allowed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Lock {
    pub(crate) fields: FieldLock,
    /// `/P` of PDF 2.0; without it, the lock says nothing about anything but fields.
    pub(crate) allowed: Option<ChangesAllowed>,
}

impl Lock {
    /// Reads a lock dictionary of a field, or the parameters of a FieldMDP transform, in which Acrobat writes `/P` too.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn read(
        view: &View<'_>,
        dictionary: &Dictionary,
        budget: &mut LockBudget,
    ) -> Result<Self, PadesError> {
        let allowed = match view.value(dictionary, "P")? {
            Object::Null => None,
            stated => Some(level(&stated)),
        };
        Ok(Self { fields: FieldLock::read(view, dictionary, budget)?, allowed })
    }

    /// The lock of a field, `/Lock`.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn of_field(
        view: &View<'_>,
        field: &Dictionary,
        budget: &mut LockBudget,
    ) -> Result<Option<Self>, PadesError> {
        match view.value(field, "Lock")? {
            Object::Null => Ok(None),
            Object::Dictionary(lock) => Self::read(view, &lock, budget).map(Some),
            _ => Ok(Some(Self::everything())),
        }
    }

    /// What a lock is taken for that is not understood.
    pub(crate) const fn everything() -> Self {
        Self { fields: FieldLock::All, allowed: None }
    }

    /// The dictionary for `/Lock` of a field (table 236).
    pub(crate) fn to_dictionary(&self) -> Dictionary {
        let mut dictionary = Dictionary::new();
        dictionary.set("Type", Name::from("SigFieldLock"));
        self.write(&mut dictionary);
        dictionary
    }

    /// The signature reference that says the same in the signature itself (tables 256 and 259).
    pub(crate) fn to_reference(&self, catalog: Reference) -> Dictionary {
        let mut parameters = Dictionary::new();
        parameters.set("Type", Name::from("TransformParams"));
        parameters.set("V", Name::from("1.2"));
        self.write(&mut parameters);
        let mut reference = Dictionary::new();
        reference.set("Type", Name::from("SigRef"));
        reference.set("TransformMethod", Name::from("FieldMDP"));
        reference.set("Data", catalog);
        reference.set("TransformParams", parameters);
        reference
    }

    fn write(&self, dictionary: &mut Dictionary) {
        self.fields.write(dictionary);
        if let Some(allowed) = self.allowed {
            dictionary.set("P", allowed.to_number());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_a_field_and_all_below_it() {
        let names = || vec!["seller".to_owned(), "buyer.date".to_owned()];
        for (field, named) in [
            ("seller", true),
            ("seller.name", true),
            ("sellers", false),
            ("buyer", false),
            ("buyer.date", true),
            ("buyer.date.day", true),
            ("", false),
        ] {
            assert!(FieldLock::All.locks(field));
            assert_eq!(FieldLock::Only(names()).locks(field), named, "{field}");
            assert_eq!(FieldLock::AllExcept(names()).locks(field), !named, "{field}");
        }
        assert!(!FieldLock::Only(Vec::new()).locks("any") && FieldLock::AllExcept(Vec::new()).locks("any"));
    }
}
