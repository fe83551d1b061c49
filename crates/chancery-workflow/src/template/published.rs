//! A template that was published.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::bindings::Bindings;
use super::builder::{TemplateBuilder, lasting_faults};
use super::error::{InstantiateError, TemplateError};
use super::locks::TemplatePart;
use crate::draft::{Draft, FromTemplate, TemplateHash};
use crate::field::Field;
use crate::id::{FieldId, TemplateId, TemplateVersion, index};
use crate::party::Party;
use crate::role::Role;
use crate::text::Text;

/// A template in its stored form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stored {
    pub(super) id: TemplateId,
    pub(super) version: TemplateVersion,
    /// One name for each party of the draft.
    pub(super) roles: Vec<Text>,
    pub(super) locks: BTreeSet<TemplatePart>,
    pub(super) draft: Draft,
}

impl Stored {
    /// Whether a person is bound to this role when an envelope is made.
    pub(super) fn is_bound(&self, party: &Party) -> bool {
        party.nominated_by.is_none() && !matches!(party.role, Role::Seal { .. })
    }
}

/// A template that was published: what is made of it could be sent once people take its roles. It does not change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    stored: Stored,
    bytes: Vec<u8>,
    hash: TemplateHash,
}

impl Template {
    pub(super) fn of(stored: Stored) -> Result<Self, TemplateError> {
        let mut names = BTreeSet::new();
        for name in &stored.roles {
            if !names.insert(name) {
                return Err(TemplateError::SameRole(name.clone()));
            }
        }
        let faults = lasting_faults(&stored);
        if !faults.is_empty() {
            return Err(TemplateError::Draft(faults));
        }
        let bytes =
            serde_json::to_vec(&stored).map_err(|error| TemplateError::Unreadable(error.to_string()))?;
        let hash = TemplateHash::from_bytes(Sha256::digest(&bytes).into());
        Ok(Self { stored, bytes, hash })
    }

    /// Which template, in which version, by which hash: what an envelope made of it keeps.
    #[must_use]
    pub fn reference(&self) -> FromTemplate {
        FromTemplate { id: self.stored.id, version: self.stored.version, hash: self.hash }
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &Text {
        &self.stored.draft.title
    }

    /// Its roles, in the order of the parties.
    #[must_use]
    pub fn roles(&self) -> &[Text] {
        &self.stored.roles
    }

    /// The roles to which somebody must be bound.
    pub fn roles_to_bind(&self) -> impl Iterator<Item = &Text> {
        self.people().map(|(name, _)| name)
    }

    /// What senders may not change.
    #[must_use]
    pub fn locks(&self) -> &BTreeSet<TemplatePart> {
        &self.stored.locks
    }

    /// What is made of it, before anybody is bound.
    #[must_use]
    pub fn draft(&self) -> &Draft {
        &self.stored.draft
    }

    /// Puts people in the place of roles, and values into fields.
    ///
    /// # Errors
    /// [`InstantiateError`] names every role to which nobody is bound, every one that is not there, and every value that
    /// cannot stand where it should.
    pub fn instantiate(&self, title: &str, bindings: &Bindings) -> Result<Draft, InstantiateError> {
        let mut error = InstantiateError::default();
        let mut draft = self.stored.draft.clone();
        draft.template = Some(self.reference());
        match Text::new(title) {
            Ok(title) => draft.title = title,
            Err(fault) => error.title = Some(fault),
        }
        let known: BTreeMap<&str, bool> = self
            .stored
            .roles
            .iter()
            .zip(&self.stored.draft.parties)
            .map(|(name, party)| (name.as_str(), self.stored.is_bound(party)))
            .collect();
        error.unknown =
            bindings.roles().filter(|role| known.get(role) != Some(&true)).map(str::to_owned).collect();
        for (party, name) in draft.parties.iter_mut().zip(&self.stored.roles) {
            if !self.stored.is_bound(party) {
                continue;
            }
            match bindings.of(name.as_str()) {
                Some(binding) => (party.user, party.person) = (Some(binding.user), binding.person.clone()),
                None => error.unbound.push(name.clone()),
            }
        }
        for (field, value) in bindings.values() {
            match self.takes(field, value) {
                Ok(place) => {
                    if let Some(field) = draft.fields.get_mut(place) {
                        field.prefill = Some(value.clone());
                    }
                }
                Err(why) => error.values.push((field, why)),
            }
        }
        if error == InstantiateError::default() { Ok(draft) } else { Err(error) }
    }

    /// Whether whoever makes an envelope of it may write into a field.
    pub(crate) fn may_prefill(&self, field: &Field) -> bool {
        let locked = self.stored.locks.contains(&TemplatePart::Values) && field.prefill.is_some();
        field.can_be_prefilled() && !locked
    }

    /// The place of a field, if this value may be written into it; what would be right, if not.
    fn takes(&self, field: FieldId, value: &Text) -> Result<usize, &'static str> {
        let place = index(field.number());
        let field = self.stored.draft.fields.get(place).ok_or("the template has no such field")?;
        if !self.may_prefill(field) {
            return Err("its value is the party's own, or locked by the template");
        }
        field.check(value).map(|()| place)
    }

    /// The next version, to be changed. Nothing that was made of this one changes.
    #[must_use]
    pub fn next_version(&self) -> TemplateBuilder {
        let mut stored = self.stored.clone();
        stored.version = TemplateVersion::new(stored.version.number().saturating_add(1));
        TemplateBuilder { stored }
    }

    /// To be stored; the hash is that of exactly these bytes.
    #[must_use]
    pub fn to_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads what [`Template::to_bytes`] gave.
    ///
    /// # Errors
    /// [`TemplateError`] if these are other bytes, or what is made of it could not be sent.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TemplateError> {
        let stored: Stored =
            serde_json::from_slice(bytes).map_err(|error| TemplateError::Unreadable(error.to_string()))?;
        if stored.roles.len() != stored.draft.parties.len() {
            return Err(TemplateError::Unreadable("not one name for each role".to_owned()));
        }
        if stored.draft.parties.iter().any(|party| party.user.is_some()) || stored.draft.template.is_some() {
            return Err(TemplateError::Unreadable("a role is bound".to_owned()));
        }
        let template = Self::of(stored)?;
        // The hash is over bytes, so one template has one spelling.
        if template.bytes == bytes {
            Ok(template)
        } else {
            Err(TemplateError::Unreadable("another spelling of a template".to_owned()))
        }
    }

    fn people(&self) -> impl Iterator<Item = (&Text, &Party)> {
        let roles = self.stored.roles.iter().zip(&self.stored.draft.parties);
        roles.filter(|(_, party)| self.stored.is_bound(party))
    }
}
