//! People in the place of roles, and values in fields.

use std::collections::BTreeMap;

use chancery_auth::UserId;

use crate::id::FieldId;
use crate::person::Person;
use crate::text::Text;

/// Who takes a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Their identity.
    pub user: UserId,
    /// Name and addresses, where known.
    pub person: Option<Person>,
}

/// Who takes which role, by the names of the roles, and what stands in which field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bindings {
    roles: BTreeMap<String, Binding>,
    values: BTreeMap<FieldId, Text>,
}

impl Bindings {
    /// Nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Somebody takes a role, in the place of whoever was bound to it.
    #[must_use]
    pub fn bind(mut self, role: &str, user: UserId, person: Option<Person>) -> Self {
        self.roles.insert(role.to_owned(), Binding { user, person });
        self
    }

    /// Something stands in a field, in the place of what the template writes into it.
    #[must_use]
    pub fn fill(mut self, field: FieldId, value: Text) -> Self {
        self.values.insert(field, value);
        self
    }

    /// Who takes this role.
    #[must_use]
    pub fn of(&self, role: &str) -> Option<&Binding> {
        self.roles.get(role)
    }

    /// The roles that somebody takes.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.roles.keys().map(String::as_str)
    }

    /// What stands in which field.
    pub fn values(&self) -> impl Iterator<Item = (FieldId, &Text)> {
        self.values.iter().map(|(field, value)| (*field, value))
    }
}
