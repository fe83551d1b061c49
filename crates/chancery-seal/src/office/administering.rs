//! Commands of administrators, members and the service desk.

use chancery_ledger::{Commit, Context, Decider, Hash, NewEvent, Store, Stored, StoredEvent};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::Office;
use super::commit::{Came, Next, Nonce, actor, event_time};
use crate::office_error::OfficeError;
use crate::organisation::{Command, OrganisationEvent, OrganisationFact, Reply, ServiceDesk, effects};
use crate::text::{Label, UseKey};
use crate::usage::{UsageEvent, UsageFact};

impl<S: Store + ?Sized> Office<'_, S> {
    /// Does what a command asks, or says why not. Either is recorded before it is answered.
    ///
    /// # Errors
    /// If the ledger fails.
    pub fn ask(
        &self,
        command: &Command,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Reply, OfficeError> {
        let rules = Self::rules(self.policy, &self.refused);
        let context = Context::new(actor(command.user())?, at, rng);
        let nonce = Nonce::random(rng);
        let came = self.settle(&nonce, |now| {
            let decision = rules.decide(now.organisation, command, &context);
            let (events, reply) = (decision.recorded(), decision.replied().clone());
            let mut commit = Commit::new(&self.tenant, context.actor(), at, rng);
            if !events.is_empty() {
                let new = events.iter().map(|event| {
                    let mut new = NewEvent::new(event.kind()?, event.schema(), event.to_bytes());
                    for effect in effects(event) {
                        new = new.send(effect.destination, effect.kind, effect.body);
                    }
                    Ok::<_, OfficeError>(new)
                });
                let new = new.collect::<Result<Vec<_>, _>>()?;
                commit = commit.append(&self.organisation, now.organisation_version, new);
            }
            for (stream, event) in decision.recorded_aside() {
                let version = self.store.head(&self.tenant, stream)?.version;
                commit = commit.append(stream, version, [event.clone()]);
            }
            let key = self.ledger_key("act", &nonce.name())?;
            let commit =
                commit.key(key, Hash::of(&rules.command_bytes(command)), nonce.result(&reply.to_bytes()));
            Ok(Next::Commit(Box::new(commit), reply))
        })?;
        match came {
            Came::Answered(reply) => Ok(reply),
            Came::Before(_) => Err(OfficeError::Unreadable), // the key has 128 random bits
        }
    }

    /// Adds prepaid times, once for each receipt.
    ///
    /// # Errors
    /// If the ledger fails, or the receipt was used for another number of times.
    pub fn buy(
        &self,
        _: &ServiceDesk,
        times: u64,
        receipt: &Label,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        let nonce = Nonce::random(rng);
        let command = Hash::of(format!("{times} for {receipt}").as_bytes());
        self.settle(&nonce, |now| {
            let fact = UsageFact::Bought { times, receipt: receipt.clone() };
            let event = UsageEvent { at: event_time(&now, at), fact };
            let key = (self.ledger_key("receipt", receipt.as_str())?, command, nonce.result(&[]));
            Ok(Next::Commit(self.usage_commit(&actor(None)?, &event, &now, key, rng)?, ()))
        })?;
        Ok(())
    }

    /// Gives the time of a finished use back, once, for a reason that is recorded.
    ///
    /// # Errors
    /// If nothing was sealed under that key, it was given back for another reason, or the ledger fails.
    pub fn refund(
        &self,
        _: &ServiceDesk,
        key: &UseKey,
        reason: &Label,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        self.must_be_sealed(key)?;
        let nonce = Nonce::random(rng);
        let command = Hash::of(format!("{key}\n{reason}").as_bytes());
        self.settle(&nonce, |now| {
            let fact = UsageFact::Refunded { key: key.clone(), reason: reason.clone() };
            let event = UsageEvent { at: event_time(&now, at), fact };
            let key = (self.ledger_key("refund", key.as_str())?, command, nonce.result(&[]));
            Ok(Next::Commit(self.usage_commit(&actor(None)?, &event, &now, key, rng)?, ()))
        })?;
        Ok(())
    }

    /// Undoes a clock that stood in the future: what was recorded with it stays, and time counts from `to` on. Without
    /// this, nothing could be done before that future has come.
    ///
    /// # Errors
    /// If the ledger fails.
    pub fn set_clock(
        &self,
        _: &ServiceDesk,
        to: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        let nonce = Nonce::random(rng);
        self.settle(&nonce, |now| {
            let organisation = OrganisationEvent { at: to, fact: OrganisationFact::ClockSet { to } };
            let usage = UsageEvent { at: to, fact: UsageFact::ClockSet { to } };
            let new = NewEvent::new(organisation.kind()?, organisation.schema(), organisation.to_bytes());
            let key = (self.ledger_key("clock", &nonce.name())?, Hash::of(b"clock"), nonce.result(&[]));
            let commit = self.usage_commit(&actor(None)?, &usage, &now, key, rng)?;
            let commit = commit.append(&self.organisation, now.organisation_version, [new]);
            Ok(Next::Commit(Box::new(commit), ()))
        })?;
        Ok(())
    }

    pub(super) fn must_be_sealed(&self, key: &UseKey) -> Result<(), OfficeError> {
        match self.outcome_of(key)? {
            Some(super::sealed::KeptOutcome::Sealed(_)) => Ok(()),
            Some(super::sealed::KeptOutcome::Failed(_)) | None => {
                Err(OfficeError::NotSealed { key: key.clone() })
            }
        }
    }
}
