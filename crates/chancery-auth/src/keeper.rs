//! Attempts with a secret: reserved, judged, settled.

use std::marker::PhantomData;

use jiff::Timestamp;
use rand_core::CryptoRng;

use crate::alert::AlertEvent;
use crate::attempts::Lock;
use crate::clock;
use crate::error::{HasherError, Refused, TicketRefused};
use crate::factor::Factor;
use crate::hasher::SecretHasher;
use crate::kind::FactorKind;
use crate::occasion::Occasion;
use crate::outcome::{Outcome, Wrong};
use crate::proof::ProvedFactor;
use crate::rules::FactorRules;
use crate::secret::Secret;
use crate::ticket::{Judgement, Ticket};

/// Keeps one kind of secret by one set of rules: sets them, lets them be tried, resets them. Holds no state; the states
/// are [`Factor`]s, and yours to store.
///
/// An attempt takes three steps, so that no guess is free:
///
/// 1. [`begin`](Keeper::begin) reserves it in the state. **Commit that by compare-and-swap.** Of a thousand guesses at
///    once only as many get through as the rules allow.
/// 2. [`judge`](Keeper::judge) compares, which takes its time, and says nothing.
/// 3. [`settle`](Keeper::settle) with the state *as it is now* gives the answer, once, if it still counts. **Commit
///    before you answer.** If the commit meets a conflict, load again and settle the same judgement again.
pub struct Keeper<S: Secret, H> {
    pub(crate) rules: FactorRules,
    pub(crate) hasher: H,
    of: PhantomData<fn() -> S>,
}

impl<S: Secret, H: SecretHasher> Keeper<S, H> {
    /// With the rules that [`FactorRules`] has for this kind.
    #[must_use]
    pub fn new(hasher: H) -> Self {
        Self { rules: FactorRules::preset::<S>(), hasher, of: PhantomData }
    }

    /// With other rules.
    #[must_use]
    pub fn rules(mut self, rules: FactorRules) -> Self {
        self.rules = rules;
        self
    }

    /// The rules.
    #[must_use]
    pub fn current_rules(&self) -> &FactorRules {
        &self.rules
    }

    /// Reserves an attempt. Commit the state by compare-and-swap before you judge.
    ///
    /// # Errors
    /// [`Refused`] if none may begin: locked, too old, withdrawn, for what it is not for. Nothing is reserved then;
    /// [`Factor::alert`] says whether somebody must hear of it.
    pub fn begin<R: CryptoRng + ?Sized>(
        &self,
        factor: &mut Factor<S>,
        occasion: &Occasion,
        rng: &mut R,
        now: Timestamp,
    ) -> Result<Ticket<S>, Refused> {
        let kind = S::KIND;
        if occasion.user() != factor.kept.owner {
            return Err(Refused::WrongPerson { kind, owner: factor.kept.owner, found: occasion.user() });
        }
        if !occasion.purpose().admits(kind) {
            return Err(Refused::WrongPurpose { kind, purpose: occasion.purpose() });
        }
        if kind == FactorKind::AccessCode && occasion.commitment() != factor.kept.scope {
            return Err(Refused::WrongOccasion { kind });
        }
        if let Some(at) = factor.kept.withdrawn_at {
            return Err(Refused::Withdrawn { kind, at });
        }
        let seen = clock::forward(now, factor.kept.attempts.latest())?;
        if let Some(until) = factor.kept.good_until.filter(|until| *until <= seen) {
            return Err(Refused::Lapsed { kind, until });
        }
        if let Some(age) = self.rules.longest_age {
            let since = clock::later(factor.kept.set_at, age);
            if since <= seen {
                return Err(Refused::Aged { kind, since });
            }
        }
        let reserved = factor.kept.attempts.reserve(kind, &self.rules.attempts, rng, now)?;
        let alert = match reserved.locks {
            Lock::Open => None,
            lock => Some(factor.event(AlertEvent::Locked(lock), reserved.now)),
        };
        Ok(Ticket {
            mark: reserved.mark,
            occasion: *occasion,
            context: factor.context(),
            generation: factor.kept.generation,
            verifier: factor.kept.verifier.clone(),
            alert,
            of: PhantomData,
        })
    }

    /// Compares the secret: slow by intent, and the same for right and wrong. What it found is sealed until
    /// [`settle`](Keeper::settle). One ticket, one secret.
    ///
    /// # Errors
    /// [`HasherError`] if it cannot be told. The attempt is used up all the same.
    pub fn judge<R: CryptoRng + ?Sized>(
        &self,
        ticket: Ticket<S>,
        secret: &S,
        rng: &mut R,
    ) -> Result<Judgement<S>, HasherError> {
        ticket.judge(secret, &self.hasher, rng)
    }

    /// Ends an attempt with the state as it is now, and gives the answer. Commit the state before you tell it.
    ///
    /// # Errors
    /// [`TicketRefused`] if the attempt counts no more: settled before, never committed, of another factor, taken too
    /// long, or the secret was set anew meanwhile. It does not say whether the secret was right, and changes nothing.
    pub fn settle(
        &self,
        factor: &mut Factor<S>,
        judgement: &Judgement<S>,
        now: Timestamp,
    ) -> Result<Outcome, TicketRefused> {
        let ticket = &judgement.ticket;
        if ticket.context != factor.context() {
            return Err(TicketRefused::NotThisFactor);
        }
        if ticket.generation != factor.kept.generation || factor.kept.withdrawn_at.is_some() {
            return Err(TicketRefused::Superseded);
        }
        let now = clock::forward(now, factor.kept.attempts.latest())?;
        if factor.kept.good_until.is_some_and(|until| until <= now) {
            return Err(TicketRefused::TookTooLong);
        }
        let now = factor.kept.attempts.settle(ticket.mark, now)?;
        if !judgement.right {
            let (left, lock) = (
                factor.kept.attempts.left(&self.rules.attempts, now),
                factor.kept.attempts.lock(&self.rules.attempts, now),
            );
            return Ok(Outcome::Wrong(Wrong { left, lock }));
        }
        factor.kept.attempts.succeeded();
        factor.kept.tested_at = now;
        if let Some(renewed) = &judgement.renewed {
            factor.kept.verifier = renewed.clone();
        }
        Ok(Outcome::Proved(ProvedFactor::new(S::KIND, ticket.occasion, now, factor.kept.generation)))
    }
}
