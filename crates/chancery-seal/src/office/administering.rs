//! Commands of administrators, members and the service desk.

use chancery_ledger::{AsyncStore, Context, Decider, Hash, Stored};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::Work;
use super::commit::{Aside, Came, Key, Nonce, actor, event_time};
use super::sealed::KeptOutcome;
use crate::office_error::OfficeError;
use crate::organisation::{Command, Organisation, OrganisationEvent, OrganisationFact, Reply};
use crate::text::{Label, UseKey};
use crate::usage::{UsageEvent, UsageFact};

impl<A: AsyncStore + ?Sized> Work<'_, A> {
    pub(super) async fn ask(
        &self,
        command: &Command,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Reply, OfficeError> {
        let rules = Organisation::new(self.books.policy, Some(self.books.refused.clone()));
        let by = command.user();
        let context = Context::new(actor(by)?, at, rng);
        let nonce = Nonce::random(rng);
        let came = self.settle(&nonce, |now| {
            let decision = rules.decide(now.organisation, command, &context);
            let (events, reply) = (decision.recorded().to_vec(), decision.replied().clone());
            let key = self.books.ledger_key("act", &nonce.name())?;
            let command = Hash::of(&rules.command_bytes(command));
            let key = Key { key, command, result: nonce.result(&reply.to_bytes()) };
            let mut draft = self.books.draft(by, &now, at, key, rng)?;
            if !events.is_empty() {
                draft = draft.organisation(self.books, events)?;
            }
            if !decision.recorded_aside().is_empty() {
                // All that is refused goes to one stream.
                let events = decision.recorded_aside().iter().map(|(_, event)| event.clone()).collect();
                draft = draft.aside(Aside { stream: self.books.refused.clone(), events, most: u64::MAX });
            }
            Ok(draft.then(reply))
        });
        match came.await? {
            Came::Answered(reply) => Ok(reply),
            Came::Before(_) => Err(OfficeError::Unreadable), // the key has 128 random bits
        }
    }

    pub(super) async fn buy(
        &self,
        times: u64,
        receipt: &Label,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        let command = Hash::of(format!("{times} for {receipt}").as_bytes());
        let fact = UsageFact::Bought { times, receipt: receipt.clone() };
        self.record(fact, ("receipt", receipt.as_str()), command, at, rng).await
    }

    pub(super) async fn refund(
        &self,
        key: &UseKey,
        reason: &Label,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        self.must_be_sealed(key).await?;
        let command = Hash::of(format!("{key}\n{reason}").as_bytes());
        let fact = UsageFact::Refunded { key: key.clone(), reason: reason.clone() };
        self.record(fact, ("refund", key.as_str()), command, at, rng).await
    }

    /// What the service desk says, once for each name.
    async fn record(
        &self,
        fact: UsageFact,
        (what, of): (&str, &str),
        command: Hash,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        let nonce = Nonce::random(rng);
        let came = self.settle(&nonce, |now| {
            let event = UsageEvent { at: event_time(&now, at), fact: fact.clone() };
            let key = Key { key: self.books.ledger_key(what, of)?, command, result: nonce.result(&[]) };
            Ok(self.books.draft_use(None, &now, event, key, rng)?.then(()))
        });
        came.await.map(drop)
    }

    pub(super) async fn set_clock(&self, to: Timestamp, rng: &mut impl CryptoRng) -> Result<(), OfficeError> {
        let nonce = Nonce::random(rng);
        let came = self.settle(&nonce, |now| {
            let act = OrganisationEvent { at: to, fact: OrganisationFact::ClockSet { to } };
            let usage = UsageEvent { at: to, fact: UsageFact::ClockSet { to } };
            let key = self.books.ledger_key("clock", &nonce.name())?;
            let key = Key { key, command: Hash::of(b"clock"), result: nonce.result(&[]) };
            let draft = self.books.draft_use(None, &now, usage, key, rng)?;
            Ok(draft.organisation(self.books, vec![act])?.then(()))
        });
        came.await.map(drop)
    }

    pub(super) async fn must_be_sealed(&self, key: &UseKey) -> Result<(), OfficeError> {
        match self.outcome_of(key).await? {
            Some(KeptOutcome::Sealed(_)) => Ok(()),
            Some(KeptOutcome::Failed(_)) | None => Err(OfficeError::NotSealed { key: key.clone() }),
        }
    }
}
