//! The use of a key: after the attempt was committed, and before anybody hears of it.

use chancery_auth::UserId;
use chancery_chain::VerifiedChain;
use chancery_key::{SignatureValue, SignerError};
use chancery_ledger::{AsyncStore, Hash};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::attempt::{Attempt, CommittedAttempt, Using};
use super::commit::{Came, Key, Next, Nonce, event_time, kept_in};
use super::sealed::KeptOutcome;
use super::{Repetition, Sealed, Work};
use crate::kept_digest::to_hex;
use crate::key::SealKey;
use crate::office_error::{OfficeError, SealError};
use crate::text::UseKey;
use crate::usage::{OpenUse, UsageEvent, UsageFact};

/// A reason of a failure is no longer than this, in bytes.
const MOST_REASON: usize = 1000;

/// What the key gave.
enum Given {
    Value(SignatureValue),
    /// Certainly no signature of these bytes that holds.
    Nothing(String),
    /// Perhaps one that got lost.
    Lost(String),
}

impl<A: AsyncStore + ?Sized> Work<'_, A> {
    pub(super) async fn seal(&self, using: Using<'_>, rng: &mut impl CryptoRng) -> Result<Sealed, SealError> {
        let attempt = match self.attempt(using, rng).await? {
            Attempt::Go(attempt) => attempt,
            Attempt::Was(sealed) => return Ok(sealed),
        };
        let (user, at) = (using.permit.agreement.user, using.at);
        match given(using.key, &attempt, using.chain) {
            Given::Value(value) => self.outcome(&attempt, user, KeptOutcome::Sealed(value), at, rng).await,
            // Of an earlier try nobody knows: it may have signed, so this one's failure is not the end.
            Given::Nothing(reason) if attempt.tries() == 1 => {
                self.outcome(&attempt, user, KeptOutcome::Failed(cut(reason)), at, rng).await
            }
            Given::Nothing(reason) | Given::Lost(reason) => {
                let key = &attempt.request().key;
                let given_up = self.give_up(key, attempt.tries(), Some(user), at, rng).await;
                given_up.map_err(SealError::NotRecorded)?;
                Err(SealError::Unknown { reason: cut(reason) })
            }
        }
    }

    async fn outcome(
        &self,
        attempt: &CommittedAttempt<'_>,
        user: UserId,
        kept: KeptOutcome,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Sealed, SealError> {
        let (key, nonce) = (&attempt.request().key, Nonce::random(rng));
        let fact = match &kept {
            KeptOutcome::Sealed(value) => {
                UsageFact::Sealed { key: key.clone(), value: to_hex(value.as_bytes()) }
            }
            KeptOutcome::Failed(reason) => UsageFact::Failed { key: key.clone(), reason: reason.clone() },
        };
        let settles = |open: Option<&OpenUse>| match (&kept, open) {
            // A later try may have signed: what failed in an earlier one settles nothing.
            (KeptOutcome::Failed(_), Some(open)) => open.tries == attempt.tries(),
            (KeptOutcome::Sealed(_), Some(_)) => true,
            (KeptOutcome::Failed(_) | KeptOutcome::Sealed(_), None) => true, // the ledger's key tells what it was
        };
        let came = self.settle(&nonce, |now| {
            if !settles(now.usage.open_use(key)) {
                return Ok(Next::Answer(Settled::Overtaken));
            }
            let event = UsageEvent { at: event_time(&now, at), fact: fact.clone() };
            let command = Hash::of(format!("outcome of {key}").as_bytes());
            let ledger_key = self.books.ledger_key("outcome", key.as_str())?;
            let ledger_key = Key { key: ledger_key, command, result: nonce.result(&kept.to_bytes()) };
            Ok(self
                .books
                .draft_use(Some(user), &now, event, ledger_key, rng)?
                .rests_on_uses()
                .then(Settled::Now))
        });
        match came.await.map_err(SealError::NotRecorded)? {
            Came::Answered(Settled::Now) => kept.into_sealed(self.books, key, user, Repetition::First),
            Came::Answered(Settled::Overtaken) => {
                Err(SealError::Unknown { reason: "a later try is under way".to_owned() })
            }
            // Another try of the same bytes was settled first: there is one value.
            Came::Before(request) => KeptOutcome::read(kept_in(&request).map_err(SealError::NotRecorded)?)
                .map_err(SealError::NotRecorded)?
                .into_sealed(self.books, key, user, Repetition::Again),
        }
    }

    /// What is kept as the outcome of a use.
    pub(super) async fn outcome_of(&self, key: &UseKey) -> Result<Option<KeptOutcome>, OfficeError> {
        match self.kept(&self.books.ledger_key("outcome", key.as_str())?).await? {
            None => Ok(None),
            Some(request) => KeptOutcome::read(kept_in(&request)?).map(Some),
        }
    }

    /// Records that nobody knows what came of a try.
    pub(super) async fn give_up(
        &self,
        key: &UseKey,
        tries: u32,
        user: Option<UserId>,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        let nonce = Nonce::random(rng);
        let command = Hash::of(format!("try {tries} of {key} is unknown").as_bytes());
        let came = self.settle(&nonce, |now| {
            // Somebody may have settled it meanwhile.
            if now.usage.open_use(key).is_none_or(|open| open.tries != tries) {
                return Ok(Next::Answer(()));
            }
            let fact = UsageFact::Unknown { key: key.clone(), tries };
            let event = UsageEvent { at: event_time(&now, at), fact };
            let ledger_key = self.books.ledger_key("unknown", &format!("{tries}/{key}"))?;
            let ledger_key = Key { key: ledger_key, command, result: nonce.result(&[]) };
            Ok(self.books.draft_use(user, &now, event, ledger_key, rng)?.rests_on_uses().then(()))
        });
        match came.await? {
            Came::Answered(()) | Came::Before(_) => Ok(()),
        }
    }
}

#[derive(Copy, Clone)]
enum Settled {
    Now,
    Overtaken,
}

/// Lets the key sign, and makes sure of what it gave.
fn given(key: &SealKey, attempt: &CommittedAttempt<'_>, chain: &VerifiedChain) -> Given {
    match key.sign(attempt) {
        Ok(value) => match value.clone().check(chain.certificate(), &attempt.request().to_be_signed) {
            Ok(_) => Given::Value(value),
            Err(error) => {
                Given::Nothing(format!("what the key gave is no signature of these bytes: {error}"))
            }
        },
        Err(
            error @ (SignerError::WrongAlgorithm { .. }
            | SignerError::Key(_)
            | SignerError::Computation { .. }
            | SignerError::Refused { .. }),
        ) => Given::Nothing(error.to_string()),
        // It may have signed, and the answer got lost; also what a later version of the key's crate may say.
        Err(error) => Given::Lost(error.to_string()),
    }
}

fn cut(mut reason: String) -> String {
    let end = (0..=MOST_REASON.min(reason.len())).rev().find(|end| reason.is_char_boundary(*end));
    reason.truncate(end.unwrap_or(0));
    reason
}
