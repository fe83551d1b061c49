//! What the events of an organisation come to.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chancery_auth::UserId;
use jiff::Timestamp;

use crate::grant::Grant;
use crate::id::{GrantId, SealId, TokenId};
use crate::kept_digest::KeptDigest;
use crate::mailbox::{Domain, Mailbox};
use crate::seal::Seal;
use crate::text::Label;
use crate::token::{Token, TokenHash};
use crate::window::Window;

/// A member of the organisation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    pub(crate) mailbox: Mailbox,
    pub(crate) validated: Option<Window>,
    pub(crate) disabled_at: Option<Timestamp>,
    /// How often the approval code was set; 0 before it was.
    pub(crate) code_generation: u64,
}

impl Person {
    /// The mailbox.
    #[must_use]
    pub const fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// The time for which the person is validated as an employee.
    #[must_use]
    pub const fn validated(&self) -> Option<Window> {
        self.validated
    }

    /// Since when all rights of the person rest, if they do.
    #[must_use]
    pub const fn disabled_at(&self) -> Option<Timestamp> {
        self.disabled_at
    }

    /// How often the person has set the approval code; 0 before.
    #[must_use]
    pub const fn code_generation(&self) -> u64 {
        self.code_generation
    }
}

/// The seal administrator, and by what.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SealOffice {
    pub(crate) user: UserId,
    pub(crate) mailbox: Mailbox,
    pub(crate) letter: KeptDigest,
    pub(crate) since: Timestamp,
}

impl SealOffice {
    /// Who.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// The mailbox that the letter designates.
    #[must_use]
    pub const fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// The digest of the letter.
    #[must_use]
    pub const fn letter(&self) -> &KeptDigest {
        &self.letter
    }

    /// Since when.
    #[must_use]
    pub const fn since(&self) -> Timestamp {
        self.since
    }
}

/// What the events of an organisation come to. Made by replay only.
#[derive(Clone, Debug, Default)]
pub struct OrganisationState {
    pub(crate) name: Option<Label>,
    pub(crate) latest: Option<Timestamp>,
    pub(crate) validated: Option<Window>,
    pub(crate) members: HashMap<UserId, Person>,
    pub(crate) former: HashSet<UserId>,
    pub(crate) administrators: BTreeSet<UserId>,
    pub(crate) domains: BTreeMap<Domain, Window>,
    pub(crate) seal_office: Option<SealOffice>,
    pub(crate) letters: HashSet<String>,
    pub(crate) seals: HashMap<SealId, Seal>,
    /// Grant n stands at n − 1.
    pub(crate) grants: Vec<Grant>,
    /// The grants that are not cancelled.
    pub(crate) open_grants: HashMap<(UserId, SealId), BTreeSet<GrantId>>,
    pub(crate) seals_of: HashMap<UserId, BTreeSet<SealId>>,
    pub(crate) tokens: BTreeMap<TokenId, Token>,
    pub(crate) tokens_by_hash: HashMap<TokenHash, TokenId>,
    pub(crate) last_token: TokenId,
    /// Of the dead ones too: a secret that was once replaced never counts again.
    pub(crate) token_owners: HashMap<TokenHash, UserId>,
    /// Whose a mailbox is, in lower case.
    pub(crate) mailboxes: HashMap<String, UserId>,
    pub(crate) register_number: Option<Label>,
}

impl OrganisationState {
    /// The organisation's name; none before it was founded.
    #[must_use]
    pub const fn name(&self) -> Option<&Label> {
        self.name.as_ref()
    }

    /// The time of the last event.
    #[must_use]
    pub fn latest(&self) -> Timestamp {
        self.latest.unwrap_or(Timestamp::MIN)
    }

    /// The time for which the organisation is validated.
    #[must_use]
    pub const fn validated(&self) -> Option<Window> {
        self.validated
    }

    /// A member.
    #[must_use]
    pub fn person(&self, user: UserId) -> Option<&Person> {
        self.members.get(&user)
    }

    /// All members.
    pub fn people(&self) -> impl Iterator<Item = (UserId, &Person)> {
        self.members.iter().map(|(user, person)| (*user, person))
    }

    /// The account administrators: at least one, once the organisation is founded.
    #[must_use]
    pub const fn account_administrators(&self) -> &BTreeSet<UserId> {
        &self.administrators
    }

    /// The seal administrator, if there is one.
    #[must_use]
    pub const fn seal_office(&self) -> Option<&SealOffice> {
        self.seal_office.as_ref()
    }

    /// Whether a domain is validated at this moment: this very domain, not one above it.
    #[must_use]
    pub fn is_validated_domain(&self, domain: &Domain, at: Timestamp) -> bool {
        self.domains.get(domain).is_some_and(|window| window.holds_at(at))
    }

    /// A seal, also one that is retired.
    #[must_use]
    pub fn seal(&self, seal: SealId) -> Option<&Seal> {
        self.seals.get(&seal)
    }

    /// All seals that ever were.
    pub fn seals(&self) -> impl Iterator<Item = &Seal> {
        self.seals.values()
    }

    /// A grant, also one that is cancelled.
    #[must_use]
    pub fn grant(&self, grant: GrantId) -> Option<&Grant> {
        let index = usize::try_from(grant.0.checked_sub(1)?).ok()?;
        self.grants.get(index)
    }

    /// All grants that ever were, in their order.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// The living tokens.
    pub fn tokens(&self) -> impl Iterator<Item = &Token> {
        self.tokens.values()
    }

    pub(crate) fn open_grants(&self, user: UserId, seal: SealId) -> impl Iterator<Item = &Grant> {
        self.open_grants.get(&(user, seal)).into_iter().flatten().filter_map(|grant| self.grant(*grant))
    }

    /// The number under which a register knows the organisation.
    #[must_use]
    pub const fn register_number(&self) -> Option<&Label> {
        self.register_number.as_ref()
    }

    pub(crate) fn owner_of_dead(&self, hash: TokenHash) -> Option<UserId> {
        self.token_owners.get(&hash).copied()
    }

    pub(crate) fn token_of(&self, hash: TokenHash) -> Option<&Token> {
        self.tokens.get(self.tokens_by_hash.get(&hash)?)
    }
}
