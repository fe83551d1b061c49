//! Under which terms a signature is made: what its signer wants, what its field asks for, and what the signatures that
//! are there allow.

use chancery_certificate::Certificate;
use chancery_key::{KeyKind, SignatureAlgorithm};
use chancery_pdf::{Dictionary, Object, Reference, View};

use crate::certification::{self, ChangesAllowed};
use crate::declarations::Extension;
use crate::dictionary::Kind;
use crate::field::{free_name, refuse_filled};
use crate::form::Field;
use crate::in_force::InForce;
use crate::lock::{FieldLock, Lock};
use crate::lock_budget::LockBudget;
use crate::options::{NotPermitted, Options};
use crate::seed_values::{SeedValues, Wanted};
use crate::signature_form::SignatureForm;
use crate::standing::Standing;
use crate::{AskedTimestamp, PadesError, permission, xfa};

/// The terms of one signature.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) form: SignatureForm,
    /// What a certification allows; without it, the signature approves.
    pub(crate) certification: Option<ChangesAllowed>,
    /// What the signature itself says that it locks.
    lock: Option<Lock>,
    /// The lock that its field gets: one that is new, or that nobody has signed yet.
    pub(crate) lock_of_field: Option<Lock>,
    pub(crate) extensions: Vec<Extension>,
    /// The timestamp that the field asks for.
    pub(crate) timestamp: Option<AskedTimestamp>,
    catalog: Reference,
}

impl Terms {
    /// Finds terms that suit everybody.
    ///
    /// # Errors
    /// If there are none: the signature would break an earlier one, or what its field asks for; or if the document cannot
    /// be read.
    pub(crate) fn agree(
        standing: &Standing<'_>,
        options: &Options,
        chain: &[Certificate],
        (algorithm, kind): (SignatureAlgorithm, KeyKind),
    ) -> Result<Self, PadesError> {
        let Standing { catalog, form, fields, .. } = standing;
        let view = catalog.view();
        xfa::refuse_dynamic(&view, catalog.dictionary(), form)?;
        let found = options.field.as_deref().and_then(|name| standing.field(name));
        found.map_or(Ok(()), refuse_filled)?;
        if options.not_permitted == NotPermitted::Refuse {
            permission::check(standing.document.permissions(), found)?;
        }
        let in_force = InForce::of(&view, catalog.dictionary(), fields)?;
        let new_name = || {
            options.field.clone().unwrap_or_else(|| free_name(fields, Kind::Signature(SignatureForm::Cades)))
        };
        let name = found.map_or_else(new_name, |field| field.name.clone());
        in_force.allow_signing(&name)?;
        if found.is_none() && options.appearance.is_some() {
            in_force.allow_placing()?;
        }

        let seeds = found.map(|field| SeedValues::of_field(&view, field)).transpose()?.unwrap_or_default();
        let own = Own::of(&view, found, options)?;
        let wanted = Wanted {
            chain,
            algorithm,
            form: options.form,
            reason: options.reason.as_deref(),
            certify: options.certify,
            allowed: own.allowed,
            timestamp_room: options.timestamp_room,
        };
        let agreed = seeds.agree(&wanted)?;
        if agreed.certify.is_some() {
            in_force.allow_certifying()?;
        }
        let lock = own.lock(agreed.allowed, in_force.changes_allowed());
        if let Some(Lock { fields: FieldLock::Only(names), .. }) =
            lock.as_ref().filter(|_| options.lock.is_some())
        {
            refuse_unknown(names, &name, fields)?;
        }
        // A lock that others have signed as it is stays as it is: changing it would change their document.
        let is_free = found.is_none() || !in_force.has_signatures();
        let lock_of_field = lock.clone().filter(|lock| is_free && Some(lock) != own.in_field.as_ref());
        let mut extensions = Extension::of_algorithm(algorithm, kind);
        if agreed.form == SignatureForm::Cades {
            extensions.push(Extension::CadesSignature);
        }
        Ok(Self {
            form: agreed.form,
            certification: agreed.certify,
            lock,
            lock_of_field,
            extensions,
            timestamp: seeds.timestamp().cloned(),
            catalog: catalog.reference(),
        })
    }

    /// Says the terms in the signature dictionary: `/Reference` (ISO 32000-2, table 255).
    pub(crate) fn write(&self, signature: &mut Dictionary) {
        let certification = self.certification.map(certification::to_reference);
        let lock = self.lock.as_ref().map(|lock| lock.to_reference(self.catalog));
        let references: Vec<Object> = certification.into_iter().chain(lock).map(Object::from).collect();
        if !references.is_empty() {
            signature.set("Reference", references);
        }
    }
}

/// What the field brings along, and what the signer wants beside it.
struct Own {
    in_field: Option<Lock>,
    fields: Option<FieldLock>,
    allowed: Option<ChangesAllowed>,
}

impl Own {
    fn of(view: &View<'_>, field: Option<&Field>, options: &Options) -> Result<Self, PadesError> {
        let in_field = field
            .map_or(Ok(None), |field| Lock::of_field(view, &field.dictionary, &mut LockBudget::new()))?;
        let differs = |own: &Lock| {
            let other_fields = options.lock.as_ref().is_some_and(|lock| *lock != own.fields);
            let other_level =
                own.allowed.is_some_and(|own| options.allow_only.is_some_and(|level| level != own));
            other_fields || other_level
        };
        if let (Some(_), Some(field)) = (in_field.as_ref().filter(|own| differs(own)), field) {
            return Err(PadesError::FieldHasLock { name: field.name.clone() });
        }
        let fields = in_field.as_ref().map(|own| own.fields.clone()).or_else(|| options.lock.clone());
        let allowed = in_field.as_ref().and_then(|own| own.allowed).or(options.allow_only);
        Ok(Self { in_field, fields, allowed })
    }

    /// The lock, with what was agreed on. "Permissions can be denied but not added" (table 236).
    fn lock(&self, agreed: Option<ChangesAllowed>, in_force: Option<ChangesAllowed>) -> Option<Lock> {
        let allowed = agreed.map(|level| in_force.map_or(level, |in_force| level.min(in_force)));
        let fields = match (&self.fields, allowed) {
            (Some(fields), _) => fields.clone(),
            (None, Some(ChangesAllowed::None)) => FieldLock::All,
            (None, Some(_)) => FieldLock::Only(Vec::new()),
            (None, None) => return None,
        };
        Some(Lock { fields, allowed })
    }
}

/// A lock of a field that is not there locks nothing, which is hardly what was meant.
fn refuse_unknown(names: &[String], own: &str, fields: &[Field]) -> Result<(), PadesError> {
    let is_known = |name: &String| {
        let one = FieldLock::Only(vec![name.clone()]);
        one.locks(own) || fields.iter().any(|field| one.locks(&field.name))
    };
    match names.iter().find(|name| !is_known(name)) {
        Some(name) => Err(PadesError::LockOfUnknownField { name: name.clone() }),
        None => Ok(()),
    }
}
