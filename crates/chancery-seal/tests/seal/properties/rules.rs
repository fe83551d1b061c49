//! The rules a second time, from the words of the rows: searches through what was recorded and what was answered. Nothing
//! here asks the state that decides.

use std::collections::{BTreeMap, HashMap};

use chancery_auth::UserId;
use chancery_seal::{
    ClassSet, Condition, DocumentClass, Domain, NewGrant, OrganisationEvent, OrganisationFact as Fact, Scope,
    SealId, TokenId,
};
use jiff::{SignedDuration, Timestamp};

/// Everything that is asked, but for who asks and under which key.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Wish {
    pub(super) seal: SealId,
    pub(super) class: DocumentClass,
    pub(super) text: u8,
    /// None, 50 EUR, 99 EUR, 100 EUR, 50 USD.
    pub(super) money: u8,
    /// Nobody, Good, Evil.
    pub(super) with: u8,
    /// The certificate that is named and given.
    pub(super) certificate: usize,
}

/// A wish with all that a use needs.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) who: UserId,
    pub(super) wish: Wish,
    pub(super) key: String,
    pub(super) at: Timestamp,
    pub(super) chain_at: Timestamp,
    /// The moment of the proofs, if they are the code and another factor for this very use.
    pub(super) proved_at: Option<Timestamp>,
    pub(super) token: Option<TokenId>,
}

#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(super) enum Stage {
    Unknown,
    Settled,
}

/// What happened under a key of a use.
#[derive(Clone, Debug)]
pub(super) struct Used {
    pub(super) who: UserId,
    pub(super) wish: Wish,
    pub(super) stage: Stage,
    pub(super) approved_by: Option<UserId>,
    pub(super) value: Option<Vec<u8>>,
}

/// What was recorded of the organisation, and what came of uses.
#[derive(Default)]
pub(super) struct Rules {
    pub(super) events: Vec<OrganisationEvent>,
    pub(super) latest: Option<Timestamp>,
    pub(super) used: BTreeMap<String, Used>,
    pub(super) approvals: HashMap<(UserId, Wish), Vec<(UserId, Timestamp)>>,
    pub(super) balance: u64,
}

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const FIVE_MINUTES: SignedDuration = SignedDuration::from_mins(5);
const DAY: SignedDuration = SignedDuration::from_hours(24);

fn fresh(at: Timestamp, age: SignedDuration, now: Timestamp) -> bool {
    at <= now + MINUTE && now < at + age
}

impl Rules {
    fn last<T>(&self, wanted: impl Fn(&Fact) -> Option<T>) -> Option<T> {
        self.events.iter().rev().find_map(|event| wanted(&event.fact))
    }

    /// The time that counts: none if the clock is behind what was recorded by more than a minute.
    pub(super) fn time(&self, at: Timestamp) -> Option<Timestamp> {
        let latest = self.latest.unwrap_or(Timestamp::MIN);
        (at + MINUTE >= latest).then_some(at.max(latest))
    }

    pub(super) fn seal_administrator(&self) -> Option<UserId> {
        let mut administrator = None;
        for event in &self.events {
            match &event.fact {
                Fact::SealAdministratorAppointed { user, .. } => administrator = Some(*user),
                Fact::SealAdministratorLeft { user } | Fact::Removed { user, .. }
                    if administrator == Some(*user) =>
                {
                    administrator = None;
                }
                _ => {}
            }
        }
        administrator
    }

    fn domain_counts(&self, domain: &Domain, now: Timestamp) -> bool {
        let counts = self.last(|fact| match fact {
            Fact::DomainValidated { domain: of, window } if of == domain => Some(window.holds_at(now)),
            Fact::DomainValidationEnded { domain: of } if of == domain => Some(false),
            _ => None,
        });
        counts == Some(true)
    }

    fn is_employee(&self, who: UserId, now: Timestamp) -> bool {
        let counts = self.last(|fact| match fact {
            Fact::EmployeeValidated { user, window } if *user == who => Some(window.holds_at(now)),
            Fact::EmployeeValidationEnded { user } | Fact::Removed { user, .. } if *user == who => {
                Some(false)
            }
            _ => None,
        });
        counts == Some(true)
    }

    fn is_disabled(&self, who: UserId) -> bool {
        let disabled = self.last(|fact| match fact {
            Fact::UserDisabled { user } if *user == who => Some(true),
            Fact::UserEnabled { user } if *user == who => Some(false),
            _ => None,
        });
        disabled == Some(true)
    }

    pub(super) fn is_member(&self, who: UserId) -> bool {
        let member = self.last(|fact| match fact {
            Fact::Admitted { user, .. } | Fact::Founded { administrator: user, .. } if *user == who => {
                Some(true)
            }
            Fact::Removed { user, .. } if *user == who => Some(false),
            _ => None,
        });
        member == Some(true)
    }

    pub(super) fn has_code(&self, who: UserId) -> bool {
        self.last(|fact| matches!(fact, Fact::CodeSet { user, .. } if *user == who).then_some(())).is_some()
    }

    /// M6: whether the seal administrator may act: a validated member, not disabled, whose letter's domain counts.
    pub(super) fn administers(&self, who: UserId, now: Timestamp) -> bool {
        let letter = self.last(|fact| match fact {
            Fact::SealAdministratorAppointed { mailbox, .. } => Some(mailbox.domain().clone()),
            _ => None,
        });
        self.seal_administrator() == Some(who)
            && self.is_employee(who, now)
            && !self.is_disabled(who)
            && letter.is_some_and(|domain| self.domain_counts(&domain, now))
    }

    /// M6, M7, M9, M10, M15: organisation and person stand.
    fn stands(&self, who: UserId, now: Timestamp) -> bool {
        let organisation = self.last(|fact| match fact {
            Fact::OrganisationValidated { window } => Some(window.holds_at(now)),
            Fact::OrganisationValidationEnded => Some(false),
            _ => None,
        });
        let domain = self.last(|fact| match fact {
            Fact::Admitted { user, mailbox }
            | Fact::MailboxChanged { user, mailbox }
            | Fact::Founded { administrator: user, mailbox, .. }
                if *user == who =>
            {
                Some(mailbox.domain().clone())
            }
            _ => None,
        });
        organisation == Some(true)
            && self.seal_administrator().is_some()
            && self.is_member(who)
            && self.is_employee(who, now)
            && !self.is_disabled(who)
            && domain.is_some_and(|domain| self.domain_counts(&domain, now))
    }

    /// M4, M11, M12: the classes of a seal that is in use, and whose it is.
    fn seal(&self, seal: SealId) -> Option<(ClassSet, Option<UserId>)> {
        let retired = self.last(|fact| {
            matches!(fact, Fact::SealRetired { seal: retired } if *retired == seal).then_some(())
        });
        if retired.is_some() {
            return None;
        }
        self.last(|fact| match fact {
            Fact::SealCreated { seal: created, terms } if *created == seal => {
                Some((terms.classes, terms.owner))
            }
            _ => None,
        })
    }

    /// M13: grants that are neither disabled nor cancelled nor outside of their time. M10: nor of who was removed.
    fn active(&self, who: UserId, seal: SealId, now: Timestamp) -> impl Iterator<Item = &NewGrant> {
        let granted = self.events.iter().filter_map(move |event| match &event.fact {
            Fact::Granted { grant, terms } if terms.user == who && terms.seal == seal => {
                Some((*grant, terms))
            }
            _ => None,
        });
        granted
            .filter(move |(grant, terms)| {
                let cancelled = self.last(|fact| {
                    matches!(fact, Fact::GrantCancelled { grant: of } if of == grant).then_some(())
                });
                let disabled = self.last(|fact| match fact {
                    Fact::GrantDisabled { grant: of } if of == grant => Some(true),
                    Fact::GrantEnabled { grant: of } if of == grant => Some(false),
                    _ => None,
                });
                cancelled.is_none() && disabled != Some(true) && terms.window.holds_at(now)
            })
            .map(|(_, terms)| terms)
    }

    /// M2: what "my seals" must show, whatever conditions are.
    pub(super) fn allowed_classes(&self, who: UserId, seal: SealId, now: Timestamp) -> ClassSet {
        let Some((classes, owner)) = self.seal(seal) else { return ClassSet::default() };
        if !self.stands(who, now) || owner.is_some_and(|owner| owner != who) {
            return ClassSet::default();
        }
        self.active(who, seal, now).fold(ClassSet::default(), |all, terms| all.or(terms.classes)).and(classes)
    }

    fn is_met(condition: &Condition, wish: &Wish) -> Option<bool> {
        match condition {
            // Only 50 and 99 EUR are below 100 EUR: 100 is not below, dollars are no euros, silence is nothing.
            Condition::AmountBelow(_) => Some(wish.money == 1 || wish.money == 2),
            Condition::Counterparty(_) => Some(wish.with == 1),
            Condition::FourEyes => None,
        }
    }

    fn may_approve(&self, by: UserId, wish: &Wish, now: Timestamp) -> bool {
        let covers = |terms: &NewGrant| {
            terms.classes.contains(wish.class)
                && terms.conditions.iter().all(|condition| Self::is_met(condition, wish).unwrap_or(true))
        };
        self.stands(by, now) && self.active(by, wish.seal, now).any(covers)
    }

    /// A second person's approval of this very wish of this person, within a day, unused, by who may still give it.
    pub(super) fn is_approved(&self, who: UserId, wish: &Wish, key: &str, now: Timestamp) -> bool {
        let under_way = self
            .used
            .get(key)
            .filter(|used| used.stage == Stage::Unknown && used.who == who && used.wish == *wish);
        let before = under_way.and_then(|used| used.approved_by);
        before.is_some_and(|by| self.may_approve(by, wish, now))
            || self.approvals.get(&(who, *wish)).is_some_and(|approvals| {
                let counts = |(by, at): &(UserId, Timestamp)| {
                    *by != who && fresh(*at, DAY, now) && self.may_approve(*by, wish, now)
                };
                approvals.iter().any(counts)
            })
    }

    /// M1, M12, M13: an active grant covers person, seal, moment and class, and its conditions hold.
    fn is_granted(&self, asked: &Asked, now: Timestamp) -> bool {
        let Asked { who, wish, key, .. } = asked;
        let settled = self
            .used
            .get(key)
            .is_some_and(|used| used.stage == Stage::Settled && used.who == *who && used.wish == *wish);
        let Some((classes, owner)) = self.seal(wish.seal) else { return false };
        let covers = |terms: &NewGrant| {
            terms.classes.contains(wish.class)
                && terms.conditions.iter().all(|condition| {
                    Self::is_met(condition, wish)
                        .unwrap_or_else(|| settled || self.is_approved(*who, wish, key, now))
                })
        };
        classes.contains(wish.class)
            && owner.is_none_or(|owner| owner == *who)
            && self.active(*who, wish.seal, now).any(covers)
    }

    /// M3: issued, neither rotated nor ended, not over, its owner still there, and for this.
    fn token_counts(&self, token: TokenId, wish: &Wish, now: Timestamp) -> bool {
        type Living = BTreeMap<TokenId, (UserId, Vec<Scope>, Option<Timestamp>)>;
        let mut living = Living::new();
        for event in &self.events {
            match &event.fact {
                Fact::TokenIssued { token, user, scopes, until, .. } => {
                    living.insert(*token, (*user, scopes.clone(), *until));
                }
                Fact::TokenRotated { old, new, .. } => {
                    let same = living.remove(old).unwrap();
                    living.insert(*new, same);
                }
                Fact::TokenEnded { token } => drop(living.remove(token)),
                Fact::Removed { user, .. } => living.retain(|_, (owner, ..)| owner != user),
                _ => {}
            }
        }
        living.get(&token).is_some_and(|(_, scopes, until)| {
            until.is_none_or(|until| now < until)
                && scopes.iter().any(|scope| scope.seal == wish.seal && scope.classes.contains(wish.class))
        })
    }

    /// M17: the code and another factor, for this very use, minutes ago; a token needs that the code was once set.
    fn is_proved(&self, asked: &Asked, now: Timestamp) -> bool {
        self.has_code(asked.who)
            && match asked.token {
                Some(token) => self.token_counts(token, &asked.wish, now),
                None => asked.proved_at.is_some_and(|at| fresh(at, FIVE_MINUTES, now)),
            }
    }

    /// M11: the certificate is the one that is bound, has not ended, and was verified minutes ago.
    fn certificate_counts(&self, asked: &Asked, certificate: (&str, Timestamp), now: Timestamp) -> bool {
        let (fingerprint, ends) = certificate;
        let bound = self.last(|fact| match fact {
            Fact::CertificateBound { seal, certificate } if *seal == asked.wish.seal => {
                Some(certificate.fingerprint.to_string())
            }
            _ => None,
        });
        bound.as_deref() == Some(fingerprint) && now < ends && fresh(asked.chain_at, FIVE_MINUTES, now)
    }

    /// Everything but the account of prepaid times.
    pub(super) fn permits(&self, asked: &Asked, certificate: (&str, Timestamp)) -> bool {
        let Some(now) = self.time(asked.at) else { return false };
        self.stands(asked.who, now)
            && self.is_granted(asked, now)
            && self.is_proved(asked, now)
            && self.certificate_counts(asked, certificate, now)
    }

    /// M5: a use that was begun before is for the same only, and has its time; another needs one.
    pub(super) fn is_paid(&self, asked: &Asked) -> bool {
        match self.used.get(&asked.key) {
            Some(used) => used.who == asked.who && used.wish == asked.wish,
            None => self.balance > 0,
        }
    }

    /// Whether somebody may approve that somebody does this.
    pub(super) fn may_approve_now(
        &self,
        by: UserId,
        who: UserId,
        wish: &Wish,
        proved_at: Option<Timestamp>,
        at: Timestamp,
    ) -> bool {
        let Some(now) = self.time(at) else { return false };
        by != who
            && self.seal(wish.seal).is_some_and(|(classes, _)| classes.contains(wish.class))
            && self.has_code(by)
            && proved_at.is_some_and(|at| fresh(at, FIVE_MINUTES, now))
            && self.may_approve(by, wish, now)
    }
}
