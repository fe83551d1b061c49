//! What members decide for themselves.

use chancery_auth::UserId;
use jiff::Timestamp;

use super::command::OwnAct;
use super::decide::{Asker, Decided, unless};
use super::event::OrganisationFact as Fact;
use super::refusal::ActRefusal;
use super::reply::Reply;
use super::state::OrganisationState;
use crate::class::ClassSet;
use crate::id::TokenId;
use crate::position::Position;
use crate::token::{Scope, Token, TokenHash};

/// Living tokens of one person.
const MOST_TOKENS: usize = 100;
/// Scopes of one token.
const MOST_SCOPES: usize = 1000;

impl OrganisationState {
    pub(super) fn decide_own(&self, asker: Asker<'_>, asked: &OwnAct) -> Decided {
        self.may(asker, Position::Member)?;
        let Asker { user: by, at, .. } = asker;
        let mut found = Vec::new();
        let code = self.members.get(&by).map_or(0, |person| person.code_generation);
        match asked {
            OwnAct::SetCode { generation } => {
                if *generation <= code {
                    found.push(ActRefusal::CodeKnown);
                }
                unless(found, || Fact::CodeSet { user: by, generation: *generation })
            }
            OwnAct::IssueToken { hash, scopes, until } => {
                if code == 0 {
                    found.push(ActRefusal::SetupRequired);
                }
                if scopes.is_empty() || scopes.len() > MOST_SCOPES {
                    found.push(ActRefusal::Scopes { most: MOST_SCOPES });
                } else {
                    self.within_grants(by, scopes, at, &mut found);
                }
                if let Some(until) = until.filter(|until| *until <= at) {
                    found.push(ActRefusal::Over { until });
                }
                if self.tokens.values().filter(|token| token.user == by).count() >= MOST_TOKENS {
                    found.push(ActRefusal::TooManyTokens { most: MOST_TOKENS });
                }
                self.not_known(*hash, &mut found);
                if !found.is_empty() {
                    return Err(found);
                }
                let token = self.next_token();
                let (scopes, until, hash) = (scopes.clone(), *until, *hash);
                Ok((Fact::TokenIssued { token, user: by, scopes, until, hash }, Reply::Token(token)))
            }
            OwnAct::RotateToken { token, hash } => {
                self.own(by, *token, &mut found);
                self.not_known(*hash, &mut found);
                if !found.is_empty() {
                    return Err(found);
                }
                let new = self.next_token();
                Ok((Fact::TokenRotated { old: *token, new, hash: *hash }, Reply::Token(new)))
            }
            OwnAct::EndToken { token } => {
                self.own(by, *token, &mut found);
                unless(found, || Fact::TokenEnded { token: *token })
            }
        }
    }

    /// A token never has more than its owner.
    fn within_grants(&self, user: UserId, scopes: &[Scope], at: Timestamp, found: &mut Vec<ActRefusal>) {
        let rights = self.seals_for(user, at);
        for scope in scopes {
            let of_seal = rights.iter().filter(|right| right.seal == scope.seal);
            let granted = of_seal.fold(ClassSet::default(), |all, right| all.or(right.classes));
            if scope.classes.is_empty() {
                found.push(ActRefusal::NoClass);
            }
            for class in scope.classes.iter().filter(|class| !granted.contains(*class)) {
                found.push(ActRefusal::ScopeBeyondGrants { seal: scope.seal, class });
            }
        }
    }

    fn own(&self, user: UserId, token: TokenId, found: &mut Vec<ActRefusal>) {
        if self.tokens.get(&token).map(Token::user) != Some(user) {
            found.push(ActRefusal::NoToken { token });
        }
    }

    fn not_known(&self, hash: TokenHash, found: &mut Vec<ActRefusal>) {
        if self.token_owners.contains_key(&hash) {
            found.push(ActRefusal::TokenKnown);
        }
    }

    const fn next_token(&self) -> TokenId {
        TokenId(self.last_token.0.saturating_add(1))
    }
}
