//! From event to state. Nothing is refused here: it has happened.

use chancery_auth::UserId;

use super::event::{OrganisationEvent, OrganisationFact as Fact};
use super::state::{OrganisationState, Person, SealOffice};
use crate::grant::{Grant, GrantState, NewGrant};
use crate::id::{GrantId, SealId, TokenId};
use crate::mailbox::Mailbox;
use crate::seal::{Seal, SealState};
use crate::token::Token;

impl OrganisationState {
    pub(crate) fn apply(&mut self, event: &OrganisationEvent) {
        self.latest = self.latest.max(Some(event.at));
        match &event.fact {
            Fact::ClockSet { to } => self.latest = Some(*to),
            Fact::Founded { name, register_number, administrator, mailbox } => {
                self.name = Some(name.clone());
                self.register_number = Some(register_number.clone());
                self.admit(*administrator, mailbox);
                self.administrators.insert(*administrator);
            }
            Fact::Admitted { user, mailbox } => self.admit(*user, mailbox),
            Fact::MailboxChanged { user, mailbox } => {
                self.leaves_mailbox(*user);
                self.mailboxes.insert(mailbox.folded(), *user);
                if let Some(person) = self.members.get_mut(user) {
                    person.mailbox = mailbox.clone();
                }
            }
            Fact::Removed { user, .. } => self.remove(*user),
            Fact::AccountAdministratorAppointed { user } => {
                self.administrators.insert(*user);
            }
            Fact::AccountAdministratorDismissed { user } => {
                self.administrators.remove(user);
            }
            Fact::AccountTransferred { from, to } => {
                self.administrators.remove(from);
                self.administrators.insert(*to);
            }
            Fact::OrganisationValidated { window } => self.validated = Some(*window),
            Fact::OrganisationValidationEnded => self.validated = None,
            Fact::DomainValidated { domain, window } => {
                self.domains.insert(domain.clone(), *window);
            }
            Fact::DomainValidationEnded { domain } => {
                self.domains.remove(domain);
            }
            Fact::EmployeeValidated { user, window } => {
                if let Some(person) = self.members.get_mut(user) {
                    person.validated = Some(*window);
                }
            }
            Fact::EmployeeValidationEnded { user } => {
                if let Some(person) = self.members.get_mut(user) {
                    person.validated = None;
                }
            }
            Fact::SealAdministratorAppointed { user, mailbox, letter } => {
                self.letters.insert(letter.to_string());
                let (user, mailbox, letter) = (*user, mailbox.clone(), *letter);
                self.seal_office = Some(SealOffice { user, mailbox, letter, since: event.at });
            }
            Fact::SealAdministratorLeft { user } => self.seal_administrator_leaves(*user),
            Fact::SealCreated { seal, terms } => {
                let (id, terms) = (*seal, terms.clone());
                self.seals.insert(id, Seal { id, terms, state: SealState::InUse, certificates: Vec::new() });
            }
            Fact::SealRetired { seal } => self.retire(*seal),
            Fact::CertificateBound { seal, certificate } => {
                if let Some(seal) = self.seals.get_mut(seal) {
                    seal.certificates.push(certificate.clone());
                }
            }
            Fact::Granted { grant, terms } => self.grant_given(*grant, terms),
            Fact::GrantDisabled { grant } => self.set_grant(*grant, GrantState::Disabled),
            Fact::GrantEnabled { grant } => self.set_grant(*grant, GrantState::Active),
            Fact::GrantCancelled { grant } => self.set_grant(*grant, GrantState::Cancelled),
            Fact::UserDisabled { user } => {
                if let Some(person) = self.members.get_mut(user) {
                    person.disabled_at = Some(event.at);
                }
            }
            Fact::UserEnabled { user } => {
                if let Some(person) = self.members.get_mut(user) {
                    person.disabled_at = None;
                }
            }
            Fact::CodeSet { user, generation } => {
                if let Some(person) = self.members.get_mut(user) {
                    person.code_generation = *generation;
                }
            }
            Fact::TokenIssued { token, user, scopes, until, hash } => {
                let (id, user, scopes) = (*token, *user, scopes.clone());
                self.token_made(Token { id, user, scopes, until: *until, hash: *hash });
            }
            Fact::TokenRotated { old, new, hash } => {
                if let Some(before) = self.token_ends(*old) {
                    self.token_made(Token { id: *new, hash: *hash, ..before });
                }
            }
            Fact::TokenEnded { token } => {
                self.token_ends(*token);
            }
        }
    }

    fn admit(&mut self, user: UserId, mailbox: &Mailbox) {
        self.mailboxes.insert(mailbox.folded(), user);
        let mailbox = mailbox.clone();
        self.members.insert(user, Person { mailbox, validated: None, disabled_at: None, code_generation: 0 });
    }

    /// Everything that a person has ends at once.
    fn remove(&mut self, user: UserId) {
        self.leaves_mailbox(user);
        self.members.remove(&user);
        self.former.insert(user);
        self.administrators.remove(&user);
        self.seal_administrator_leaves(user);
        for seal in self.seals_of.remove(&user).unwrap_or_default() {
            for grant in self.open_grants.remove(&(user, seal)).unwrap_or_default() {
                if let Some(grant) = self.grant_mut(grant) {
                    grant.state = GrantState::Cancelled;
                }
            }
        }
        let tokens: Vec<TokenId> =
            self.tokens.values().filter(|token| token.user == user).map(Token::id).collect();
        for token in tokens {
            self.token_ends(token);
        }
        let own: Vec<SealId> =
            self.seals.values().filter(|seal| seal.terms.owner == Some(user)).map(Seal::id).collect();
        for seal in own {
            self.retire(seal);
        }
    }

    fn leaves_mailbox(&mut self, user: UserId) {
        if let Some(person) = self.members.get(&user) {
            self.mailboxes.remove(&person.mailbox.folded());
        }
    }

    fn seal_administrator_leaves(&mut self, user: UserId) {
        if self.seal_office.as_ref().is_some_and(|office| office.user == user) {
            self.seal_office = None;
        }
    }

    fn retire(&mut self, seal: SealId) {
        if let Some(seal) = self.seals.get_mut(&seal) {
            seal.state = SealState::Retired;
        }
    }

    fn grant_given(&mut self, id: GrantId, terms: &NewGrant) {
        self.open_grants.entry((terms.user, terms.seal)).or_default().insert(id);
        self.seals_of.entry(terms.user).or_default().insert(terms.seal);
        self.grants.push(Grant { id, terms: terms.clone(), state: GrantState::Active });
    }

    fn grant_mut(&mut self, grant: GrantId) -> Option<&mut Grant> {
        let index = usize::try_from(grant.0.checked_sub(1)?).ok()?;
        self.grants.get_mut(index)
    }

    fn set_grant(&mut self, id: GrantId, state: GrantState) {
        let Some(grant) = self.grant_mut(id) else { return };
        grant.state = state;
        let place = (grant.terms.user, grant.terms.seal);
        match state {
            GrantState::Active | GrantState::Disabled => {}
            GrantState::Cancelled => {
                let Some(open) = self.open_grants.get_mut(&place) else { return };
                open.remove(&id);
                if open.is_empty() {
                    self.open_grants.remove(&place);
                    if let Some(seals) = self.seals_of.get_mut(&place.0) {
                        seals.remove(&place.1);
                    }
                }
            }
        }
    }

    fn token_made(&mut self, token: Token) {
        self.last_token = self.last_token.max(token.id);
        self.tokens_by_hash.insert(token.hash, token.id);
        self.token_owners.insert(token.hash, token.user);
        self.tokens.insert(token.id, token);
    }

    fn token_ends(&mut self, token: TokenId) -> Option<Token> {
        self.tokens.remove(&token)
    }
}
