//! What the signatures that are there already allow: certifications and locks in force.

use std::collections::HashSet;

use chancery_pdf::{Dictionary, Object, View};

use crate::PadesError;
use crate::certification::{ChangesAllowed, Stated, allowed_by, parameters};
use crate::form::Field;
use crate::lock::Lock;
use crate::lock_budget::LockBudget;

/// What the signatures of a document allow whoever comes next.
#[derive(Debug)]
pub(crate) struct InForce {
    signed: Vec<Signed>,
    /// Whether the catalog names a certification (`/Perms`).
    certified: bool,
}

/// A signed field, and what its signature says about the rest.
#[derive(Debug)]
struct Signed {
    name: String,
    certifies: Option<ChangesAllowed>,
    locks: Vec<Lock>,
}

impl InForce {
    /// Reads what each signature of a revision says.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn of(view: &View<'_>, catalog: &Dictionary, fields: &[Field]) -> Result<Self, PadesError> {
        let permissions = view.value(catalog, "Perms")?;
        let named = permissions.as_dictionary().and_then(|permissions| permissions.get("DocMDP"));
        let certification = named.map_or(Ok(Object::Null), |named| view.resolve(named))?;
        let (mut signed, mut seen) = (Vec::new(), HashSet::new());
        let mut budget = LockBudget::new();
        for field in fields.iter().filter(|field| field.is_signature()) {
            let Some(value) = &field.value else { continue };
            // Each signature is read once, whatever the number of fields that hold it; their own locks are theirs.
            let again = value.as_reference().is_some_and(|value| !seen.insert(value.number));
            let signature = if again { Object::Dictionary(Dictionary::new()) } else { view.resolve(value)? };
            let Object::Dictionary(signature) = signature else { continue };
            let locks = locks_of(view, field, &signature, &mut budget)?;
            let certifies = allowed_by(view, &signature)?;
            signed.push(Signed { name: field.name.clone(), certifies, locks });
        }
        // A certification that is in no field binds all the same.
        let in_field = named.and_then(Object::as_reference).is_some_and(|named| seen.contains(&named.number));
        if let Object::Dictionary(signature) = &certification
            && !in_field
            && let Some(certifies) = allowed_by(view, signature)?
        {
            signed.push(Signed { name: String::new(), certifies: Some(certifies), locks: Vec::new() });
        }
        Ok(Self { signed, certified: !certification.is_null() })
    }

    /// Whether there is a signature or timestamp.
    pub(crate) fn has_signatures(&self) -> bool {
        !self.signed.is_empty()
    }

    /// The strictest of what the signatures allow for the whole document.
    pub(crate) fn changes_allowed(&self) -> Option<ChangesAllowed> {
        self.signed.iter().filter_map(Signed::changes_allowed).min()
    }

    /// Whether the field may be signed, or be added and signed.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn allow_signing(&self, field: &str) -> Result<(), PadesError> {
        for signed in &self.signed {
            if signed.certifies == Some(ChangesAllowed::None) {
                return Err(PadesError::CertifiedWithoutChanges);
            }
            if signed.changes_allowed() == Some(ChangesAllowed::None) {
                return Err(PadesError::LockedDocument { by: signed.name.clone() });
            }
            if signed.locks.iter().any(|lock| lock.fields.locks(field)) {
                return Err(PadesError::FieldLocked { name: field.into(), by: signed.name.clone() });
            }
        }
        Ok(())
    }

    /// Whether a new field may be laid over a page where people see it.
    ///
    /// # Errors
    /// [`PadesError::CertifiedWithoutNewFields`]
    pub(crate) fn allow_placing(&self) -> Result<(), PadesError> {
        match self.changes_allowed() {
            Some(ChangesAllowed::FormFilling) => Err(PadesError::CertifiedWithoutNewFields),
            _ => Ok(()),
        }
    }

    /// Whether the document may be certified: only as long as nobody has signed it.
    ///
    /// # Errors
    /// Why not.
    pub(crate) fn allow_certifying(&self) -> Result<(), PadesError> {
        if self.certified || self.signed.iter().any(|signed| signed.certifies.is_some()) {
            return Err(PadesError::CertifiedAlready);
        }
        match self.signed.first() {
            Some(signed) => Err(PadesError::CertifyingSigned { by: signed.name.clone() }),
            None => Ok(()),
        }
    }
}

impl Signed {
    fn changes_allowed(&self) -> Option<ChangesAllowed> {
        let locked = self.locks.iter().filter_map(|lock| lock.allowed);
        self.certifies.into_iter().chain(locked).min()
    }
}

/// What a signature, and the field it is in, lock. A timestamp over the document locks nothing.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn locks_of(
    view: &View<'_>,
    field: &Field,
    signature: &Dictionary,
    budget: &mut LockBudget,
) -> Result<Vec<Lock>, PadesError> {
    let is = |key, name| {
        Ok::<_, PadesError>(view.value(signature, key)?.as_name().is_some_and(|kind| kind == name))
    };
    if is("Type", "DocTimeStamp")? && is("SubFilter", "ETSI.RFC3161")? {
        return Ok(Vec::new());
    }
    if signature.get("Reference").is_some() {
        budget.spend_references()?;
    }
    let mut locks = Vec::new();
    for stated in parameters(view, signature, b"FieldMDP")? {
        locks.push(match stated {
            Stated::Parameters(parameters) => Lock::read(view, &parameters, budget)?,
            Stated::NotUnderstood => Lock::everything(),
        });
    }
    locks.extend(Lock::of_field(view, &field.dictionary, budget)?);
    Ok(locks)
}
