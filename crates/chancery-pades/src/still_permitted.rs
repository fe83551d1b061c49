//! What a document still permits, asked before anybody is asked to sign it.

use std::collections::HashMap;

use chancery_digest::Source;
use chancery_key::Password;
use chancery_pdf::{Ambiguity, Document, Permissions};

use crate::dictionary::Kind;
use crate::field::{free_name, refuse_filled};
use crate::form::Field;
use crate::in_force::InForce;
use crate::signature_form::SignatureForm;
use crate::standing::Standing;
use crate::{PadesError, ambiguity, permission, xfa};

/// What a PDF still permits: whether and where further signatures may be added, and which fields may be filled, without
/// breaking a certification, a lock or the wish of whoever encrypted it. It is what [`PdfSigner`](crate::PdfSigner) would
/// answer, asked beforehand: before a document goes out to people who could then not sign it.
///
/// ```no_run
/// use chancery_pades::{FurtherSignatures, StillPermitted};
///
/// let pdf = std::fs::read("contract.pdf")?;
/// match StillPermitted::of(&pdf)?.signatures() {
///     Ok(FurtherSignatures::Any) => println!("as many as anybody likes"),
///     Ok(FurtherSignatures::OnlyIn(fields)) => println!("only in {fields:?}"),
///     Err(why) => println!("none: {why}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It looks at the newest revision and judges no signature: what is said by one that does not hold is kept to all the
/// same. Seed values of fields are looked at when a field is signed.
#[derive(Debug)]
pub struct StillPermitted {
    /// What says that the viewer makes the pages.
    dynamic_xfa: Option<&'static str>,
    ambiguous: Option<Ambiguity>,
    in_force: InForce,
    fields: Vec<Field>,
    /// The place of each among them, by its name.
    names: HashMap<String, usize>,
    permissions: Option<Permissions>,
}

/// Where further signatures may stand.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FurtherSignatures {
    /// In new fields, as many as anybody likes.
    Any,
    /// Only in these fields, which are there and empty, by their full names. There is at least one; where there are more
    /// than a thousand, they are those among the first thousand.
    OnlyIn(Vec<String>),
}

/// So many fields are compared with the locks in force, of which a hostile file has many too.
const MOST_LISTED: usize = 1000;

impl StillPermitted {
    /// Looks at a document.
    ///
    /// # Errors
    /// If it cannot be read; also if it is encrypted, whatever the password.
    pub fn of(pdf: &dyn Source) -> Result<Self, PadesError> {
        Self::read(&Document::open(pdf)?)
    }

    /// Looks at an encrypted document: what it permits to whoever has this password.
    ///
    /// # Errors
    /// If it cannot be read, or the password is another.
    pub fn with_password(pdf: &dyn Source, password: &Password) -> Result<Self, PadesError> {
        Self::read(&Document::open_with_password(pdf, password.expose())?)
    }

    fn read(document: &Document<'_>) -> Result<Self, PadesError> {
        let Standing { catalog, form, fields, .. } = Standing::of(document)?;
        let view = catalog.view();
        let in_force = InForce::of(&view, catalog.dictionary(), &fields)?;
        let dynamic_xfa = match xfa::refuse_dynamic(&view, catalog.dictionary(), &form) {
            Ok(()) => None,
            Err(PadesError::DynamicXfa { sign }) => Some(sign),
            Err(error) => return Err(error),
        };
        let ambiguous = match ambiguity::refuse_to_sign(document, &[]) {
            Ok(()) => None,
            Err(PadesError::Ambiguous(found)) => Some(found),
            Err(error) => return Err(error),
        };
        let mut names = HashMap::new();
        for (place, field) in fields.iter().enumerate() {
            names.entry(field.name.clone()).or_insert(place);
        }
        Ok(Self { dynamic_xfa, ambiguous, in_force, fields, names, permissions: document.permissions() })
    }

    /// Where further signatures may stand.
    ///
    /// # Errors
    /// Why nowhere: what [`PdfSigner::prepare`](crate::PdfSigner::prepare) would answer.
    pub fn signatures(&self) -> Result<FurtherSignatures, PadesError> {
        let new = free_name(&self.fields, Kind::Signature(SignatureForm::Cades));
        let Err(why) = self.may_sign(&new) else { return Ok(FurtherSignatures::Any) };
        if self.dynamic_xfa.is_some() || self.ambiguous.is_some() {
            return Err(why);
        }
        let empty = self.fields.iter().filter(|field| field.is_signature() && field.value.is_none());
        let open = empty.take(MOST_LISTED).filter(|field| {
            permission::check(self.permissions, Some(field)).is_ok()
                && self.in_force.allow_signing(&field.name).is_ok()
        });
        let names: Vec<String> = open.map(|field| field.name.clone()).collect();
        if names.is_empty() { Err(why) } else { Ok(FurtherSignatures::OnlyIn(names)) }
    }

    /// Whether the field of this full name may be signed: one that is there and empty, or a new one, which nobody sees.
    ///
    /// # Errors
    /// Why not.
    pub fn may_sign(&self, field: &str) -> Result<(), PadesError> {
        let found = self.field(field);
        self.refuse_dynamic()?;
        found.map_or(Ok(()), refuse_filled)?;
        permission::check(self.permissions, found)?;
        self.in_force.allow_signing(field)?;
        self.refuse_ambiguous()
    }

    /// Whether the field of this full name may be signed where people see it.
    ///
    /// # Errors
    /// Why not.
    pub fn may_show(&self, field: &str) -> Result<(), PadesError> {
        self.may_sign(field)?;
        if self.field(field).is_some() { Ok(()) } else { self.in_force.allow_placing() }
    }

    /// Whether the field of this full name may be filled in before the next signature; of a signature field, whether it
    /// may be signed.
    ///
    /// # Errors
    /// Why not; [`PadesError::NoField`] if the document is signed and has no such field.
    pub fn may_fill(&self, field: &str) -> Result<(), PadesError> {
        let found = self.field(field);
        if found.is_some_and(Field::is_signature) {
            return self.may_sign(field);
        }
        self.refuse_dynamic()?;
        if found.is_none() && self.in_force.has_signatures() {
            return Err(PadesError::NoField { name: field.into() });
        }
        permission::check(self.permissions, found)?;
        self.in_force.allow_signing(field)?;
        self.refuse_ambiguous()
    }

    /// Whether somebody has signed, certified or timestamped it.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.in_force.has_signatures()
    }

    fn refuse_dynamic(&self) -> Result<(), PadesError> {
        self.dynamic_xfa.map_or(Ok(()), |sign| Err(PadesError::DynamicXfa { sign }))
    }

    fn refuse_ambiguous(&self) -> Result<(), PadesError> {
        self.ambiguous.as_ref().map_or(Ok(()), |found| Err(PadesError::Ambiguous(found.clone())))
    }

    fn field(&self, name: &str) -> Option<&Field> {
        self.names.get(name).and_then(|place| self.fields.get(*place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_encryption_denies_to_users_is_said_beforehand() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../chancery-pdf/tests/fixtures");
        let pdf = std::fs::read(folder.join("read-only-256.pdf")).unwrap();
        assert!(StillPermitted::of(&pdf).is_err(), "without a password nobody can tell");
        let asked = |password: &str| {
            StillPermitted::with_password(&pdf, &Password::from(password)).unwrap().signatures()
        };
        assert!(matches!(asked("user"), Err(PadesError::NotPermitted { .. })));
        assert_eq!(asked("owner").unwrap(), FurtherSignatures::Any);
    }
}
