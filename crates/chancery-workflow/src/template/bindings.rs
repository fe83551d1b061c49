//! People in the place of roles.

use std::collections::BTreeMap;

use chancery_auth::UserId;

use crate::person::Person;

/// Who takes a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Their identity.
    pub user: UserId,
    /// Name and addresses, where known.
    pub person: Option<Person>,
}

/// Who takes which role, by the names of the roles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bindings(BTreeMap<String, Binding>);

impl Bindings {
    /// Nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Somebody takes a role, in the place of whoever was bound to it.
    #[must_use]
    pub fn bind(mut self, role: &str, user: UserId, person: Option<Person>) -> Self {
        self.0.insert(role.to_owned(), Binding { user, person });
        self
    }

    /// Who takes this role.
    #[must_use]
    pub fn of(&self, role: &str) -> Option<&Binding> {
        self.0.get(role)
    }

    /// The roles that somebody takes.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
