//! Parties, as the sender defines them.

use chancery_auth::UserId;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::factors::PartyFactors;
use crate::id::{PartyId, StepId};
use crate::person::Person;
use crate::role::Role;
use crate::rules::Permission;
use crate::user;

/// Whether a party belongs to the sender's house. Only counterparties get links to download (G12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Of the sender's own organisation.
    InHouse,
    /// Of another one.
    Counterparty,
}

/// Where a party's signature stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// In the signature fields that are the party's; there must be one.
    InFields,
    /// Nowhere to be seen, in all documents.
    Invisible,
}

/// A party, as the sender defines it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// What it is there to do.
    pub role: Role,
    /// When: in which step. Of a party that nobody waits for it says only when its turn to be told comes.
    pub step: StepId,
    /// Who it is. None only where a nominator will say, and for seals.
    #[serde(default, with = "user::optional", skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Who names the person, where `user` is none: a party of an earlier step that nominates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nominated_by: Option<PartyId>,
    /// Name and addresses. They are recorded apart from the party, so that they can be erased.
    #[serde(skip)]
    pub person: Option<Person>,
    /// Whether it belongs to the sender's house.
    pub side: Side,
    /// What it proves.
    pub factors: PartyFactors,
    /// Whether it may name another in its place (G22). Forbidden unless the sender says otherwise.
    pub change_signer: Permission,
    /// Whether it may have another act for it.
    pub delegate: Permission,
    /// Whether it may decline.
    pub decline: Permission,
    /// Where its signature stands.
    pub placement: Placement,
    /// How long it has once its turn has come; the envelope's deadline stands beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<SignedDuration>,
}

impl Party {
    /// A counterparty with the factors of its login, which may decline and pass nothing on, and whose signature stands in
    /// its fields.
    #[must_use]
    pub fn new(role: Role, step: StepId, user: UserId) -> Self {
        Self {
            role,
            step,
            user: Some(user),
            nominated_by: None,
            person: None,
            side: Side::Counterparty,
            factors: PartyFactors::login_only(),
            change_signer: Permission::Forbidden,
            delegate: Permission::Forbidden,
            decline: Permission::Permitted,
            placement: Placement::InFields,
            within: None,
        }
    }

    /// A party whose person a nominator will name.
    #[must_use]
    pub fn nominated(role: Role, step: StepId, by: PartyId) -> Self {
        Self { user: None, nominated_by: Some(by), ..Self::new(role, step, UserId::from_bytes([0; 16])) }
    }

    /// A seal, which the sealer sets.
    #[must_use]
    pub fn sealed(seal: crate::text::Text, level: crate::role::SignatureLevel, step: StepId) -> Self {
        let role = Role::Seal { seal, level };
        Self { user: None, side: Side::InHouse, ..Self::new(role, step, UserId::from_bytes([0; 16])) }
    }

    /// Who is reached like this.
    #[must_use]
    pub fn named(mut self, person: Person) -> Self {
        self.person = Some(person);
        self
    }

    /// Who proves these.
    #[must_use]
    pub fn proving(mut self, factors: PartyFactors) -> Self {
        self.factors = factors;
        self
    }

    /// Of the sender's own house.
    #[must_use]
    pub const fn in_house(mut self) -> Self {
        self.side = Side::InHouse;
        self
    }

    /// Whose signature is not to be seen.
    #[must_use]
    pub const fn invisible(mut self) -> Self {
        self.placement = Placement::Invisible;
        self
    }

    /// Who may name another in its place.
    #[must_use]
    pub const fn may_change_signer(mut self) -> Self {
        self.change_signer = Permission::Permitted;
        self
    }

    /// Who may have another act for it.
    #[must_use]
    pub const fn may_delegate(mut self) -> Self {
        self.delegate = Permission::Permitted;
        self
    }

    /// Who may not decline.
    #[must_use]
    pub const fn may_not_decline(mut self) -> Self {
        self.decline = Permission::Forbidden;
        self
    }

    /// Who has so long from its turn on.
    #[must_use]
    pub const fn within(mut self, time: SignedDuration) -> Self {
        self.within = Some(time);
        self
    }
}
