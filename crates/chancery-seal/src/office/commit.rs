//! Commits: read, decide, commit, and begin again when somebody else was faster.

use chancery_auth::UserId;
use chancery_ledger::{
    Actor, Commit, CommitError, Committed, Hash, IdempotencyKey, NewEvent, Outcome, Refusal, Request, Store,
    StoredEvent,
};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::Office;
use super::reading::Now;
use crate::kept_digest::to_hex;
use crate::office_error::OfficeError;
use crate::usage::UsageEvent;

/// How often a commit is made again when others are faster.
const MOST_CONFLICTS: u32 = 64;
/// How often a commit is made again when nobody knows whether it was made. It has a key, so it acts once.
const MOST_DOUBTS: u32 = 3;

/// What is to be done.
pub(super) enum Next<T> {
    /// Nothing is recorded.
    Answer(T),
    /// This is committed, then answered.
    Commit(Box<Commit>, T),
}

impl<T> Next<T> {
    /// Commits this first, if there is something.
    pub(super) fn of(commit: Option<Box<Commit>>, answer: T) -> Self {
        match commit {
            Some(commit) => Self::Commit(commit, answer),
            None => Self::Answer(answer),
        }
    }
}

/// What came of it.
pub(super) enum Came<T> {
    /// It is answered, and recorded where there was something to record.
    Answered(T),
    /// The idempotency key was used before, for the same.
    Before(Request),
}

impl<S: Store + ?Sized> Office<'_, S> {
    /// Decides on everything as it stands, and commits. `nonce` is in the result of the commit, so that its own doubtful
    /// try is told from somebody else's.
    pub(super) fn settle<T>(
        &self,
        nonce: &Nonce,
        mut decide: impl FnMut(Now<'_>) -> Result<Next<T>, OfficeError>,
    ) -> Result<Came<T>, OfficeError> {
        for _ in 0..MOST_CONFLICTS {
            let (commit, answer) = match self.look(&mut decide)?? {
                Next::Answer(answer) => return Ok(Came::Answered(answer)),
                Next::Commit(commit, answer) => (commit, answer),
            };
            match self.make(&commit) {
                Ok(Committed::Appended(_)) => return Ok(Came::Answered(answer)),
                Ok(Committed::Replayed(request)) if nonce.is_in(&request.result) => {
                    return Ok(Came::Answered(answer));
                }
                Ok(Committed::Replayed(request)) => return Ok(Came::Before(request)),
                Err(CommitError::Refused(Refusal::Conflict { .. })) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(OfficeError::Contended { attempts: MOST_CONFLICTS })
    }

    fn make(&self, commit: &Commit) -> Result<Committed, CommitError> {
        let mut tries = 0;
        loop {
            match self.store.commit(commit) {
                Err(CommitError::Failed(error))
                    if error.outcome == Outcome::Unknown && tries < MOST_DOUBTS =>
                {
                    tries += 1;
                }
                // A conflict after a doubtful try: had that been made, its key would be known.
                came => return came,
            }
        }
    }

    /// A commit with one event of the usage log.
    pub(super) fn usage_commit(
        &self,
        actor: &Actor,
        event: &UsageEvent,
        now: &Now<'_>,
        key: (IdempotencyKey, Hash, Vec<u8>),
        rng: &mut impl CryptoRng,
    ) -> Result<Box<Commit>, OfficeError> {
        let new = NewEvent::new(event.kind()?, event.schema(), event.to_bytes());
        let (key, command, result) = key;
        let commit = Commit::new(&self.tenant, actor, event.at, rng)
            .append(&self.usage, now.usage_version, [new])
            .key(key, command, result);
        Ok(Box::new(commit))
    }

    /// An idempotency key of this office.
    pub(super) fn ledger_key(&self, what: &str, of: &str) -> Result<IdempotencyKey, OfficeError> {
        // The hash bounds the length, whatever the office is called.
        let hash = Hash::of(format!("{}\n{what}\n{of}", self.usage).as_bytes());
        Ok(IdempotencyKey::new(&format!("seal/{what}/{hash}"))?)
    }

    pub(super) fn kept(&self, key: &IdempotencyKey) -> Result<Option<Request>, OfficeError> {
        Ok(self.store.request(&self.tenant, key)?)
    }
}

/// Who does something, in the ledger's words.
pub(super) fn actor(user: Option<UserId>) -> Result<Actor, OfficeError> {
    Ok(match user {
        Some(user) => Actor::new(&user.to_string())?,
        None => Actor::new("service-desk")?,
    })
}

/// Random bytes that tell one commit from another.
pub(super) struct Nonce([u8; 16]);

impl Nonce {
    pub(super) fn random(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The result of a commit: the nonce, then what is kept.
    pub(super) fn result(&self, kept: &[u8]) -> Vec<u8> {
        [&self.0[..], kept].concat()
    }

    fn is_in(&self, result: &[u8]) -> bool {
        result.starts_with(&self.0)
    }

    /// A name that nobody else uses.
    pub(super) fn name(&self) -> String {
        to_hex(&self.0)
    }
}

/// What is kept in a result, after the nonce.
pub(super) fn kept_in(request: &Request) -> Result<&[u8], OfficeError> {
    request.result.get(16..).ok_or(OfficeError::Unreadable)
}

/// The time of the next event: never before one that is recorded.
pub(super) fn event_time(now: &Now<'_>, at: Timestamp) -> Timestamp {
    at.max(now.usage.latest())
}
