//! The use of a key: after the attempt was committed, and before anybody hears of it.

use chancery_auth::UserId;
use chancery_chain::VerifiedChain;
use chancery_key::{SignatureValue, SignerError};
use chancery_ledger::{Hash, Store};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::attempt::{Attempt, CommittedAttempt};
use super::commit::{Came, Next, Nonce, actor, event_time, kept_in};
use super::sealed::KeptOutcome;
use super::{Office, Repetition, Sealed};
use crate::kept_digest::to_hex;
use crate::key::SealKey;
use crate::office_error::{OfficeError, SealError};
use crate::permit::Permit;
use crate::text::UseKey;
use crate::usage::{UsageEvent, UsageFact};

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

impl<S: Store + ?Sized> Office<'_, S> {
    /// Uses a permit: judges everything again, commits the attempt, lets the key sign, makes sure that what it gave is
    /// the signature of these bytes, commits the outcome, and only then gives the value. `chain` is that of the seal's
    /// certificate, verified just now.
    ///
    /// The same key of a use with the same bytes gives the same value again, without the key of the seal, and spends
    /// nothing. Where nobody knew what came of a try, the same bytes are signed again, for the time that was reserved.
    ///
    /// # Errors
    /// [`SealError`] says whether the key was used, and what is recorded.
    pub fn seal(
        &self,
        permit: Permit,
        key: &SealKey,
        chain: &VerifiedChain,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Sealed, SealError> {
        let attempt = match self.attempt(&permit, key, chain, now, rng)? {
            Attempt::Go(attempt) => attempt,
            Attempt::Was(sealed) => return Ok(sealed),
        };
        let user = permit.agreement.user;
        match given(key, &attempt, chain) {
            Given::Value(value) => {
                let kept = KeptOutcome::Sealed(value);
                self.outcome(&attempt, user, kept, now, rng)
            }
            // Of an earlier try nobody knows: it may have signed, so this one's failure is not the end.
            Given::Nothing(reason) if attempt.tries() == 1 => {
                self.outcome(&attempt, user, KeptOutcome::Failed(cut(reason)), now, rng)
            }
            Given::Nothing(reason) | Given::Lost(reason) => {
                let key = &attempt.request().key;
                self.give_up(key, attempt.tries(), Some(user), now, rng).map_err(SealError::NotRecorded)?;
                Err(SealError::Unknown { reason: cut(reason) })
            }
        }
    }

    fn outcome(
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
        let settles = |open: Option<&crate::usage::OpenUse>| match (&kept, open) {
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
            let ledger_key =
                (self.ledger_key("outcome", key.as_str())?, command, nonce.result(&kept.to_bytes()));
            let commit = self.usage_commit(&actor(Some(user))?, &event, &now, ledger_key, rng)?;
            Ok(Next::Commit(commit, Settled::Now))
        });
        match came.map_err(SealError::NotRecorded)? {
            Came::Answered(Settled::Now) => kept.into_sealed(self, key, user, Repetition::First),
            Came::Answered(Settled::Overtaken) => {
                Err(SealError::Unknown { reason: "a later try is under way".to_owned() })
            }
            // Another try of the same bytes was settled first: there is one value.
            Came::Before(request) => KeptOutcome::read(kept_in(&request).map_err(SealError::NotRecorded)?)
                .map_err(SealError::NotRecorded)?
                .into_sealed(self, key, user, Repetition::Again),
        }
    }

    /// What is kept as the outcome of a use.
    pub(super) fn outcome_of(&self, key: &UseKey) -> Result<Option<KeptOutcome>, OfficeError> {
        match self.kept(&self.ledger_key("outcome", key.as_str())?)? {
            None => Ok(None),
            Some(request) => KeptOutcome::read(kept_in(&request)?).map(Some),
        }
    }

    /// Records that nobody knows what came of a try.
    pub(super) fn give_up(
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
            let ledger_key =
                (self.ledger_key("unknown", &format!("{tries}/{key}"))?, command, nonce.result(&[]));
            Ok(Next::Commit(self.usage_commit(&actor(user)?, &event, &now, ledger_key, rng)?, ()))
        })?;
        match came {
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
