//! Commits: read, decide, commit, and begin again when somebody else was faster.

use chancery_auth::UserId;
use chancery_ledger::{
    Actor, AsyncStore, Commit, CommitError, Committed, Hash, IdempotencyKey, NewEvent, Outcome, Refusal,
    Request, StoredEvent, StreamId, Version,
};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::reading::Now;
use super::{Books, Work};
use crate::kept_digest::to_hex;
use crate::office_error::OfficeError;
use crate::organisation::{OrganisationEvent, effects};
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
    Commit(Box<Draft>, T),
}

/// What came of it.
pub(super) enum Came<T> {
    /// It is answered, and recorded where there was something to record.
    Answered(T),
    /// The idempotency key was used before, for the same.
    Before(Request),
}

/// A commit in the making.
pub(super) struct Draft {
    commit: Commit,
    /// The versions that were looked at.
    after: (Version, Version),
    acts: Vec<OrganisationEvent>,
    uses: Vec<UsageEvent>,
    aside: Option<Aside>,
    rests: Rests,
}

/// Whether a commit is refused as soon as something changes on which its decision rests.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Rests {
    /// It is: it may be decided on what is known, without reading on.
    OnNamedVersions,
    /// It rests on more than it names: that was read on just before.
    OnMore,
}

/// What is recorded where it is in nobody's way.
pub(super) struct Aside {
    pub(super) stream: StreamId,
    pub(super) events: Vec<NewEvent>,
    /// The stream grows no longer than this.
    pub(super) most: u64,
}

/// An event of the usage log as it is recorded, with its words beside it.
pub(super) fn to_new(event: &UsageEvent) -> Result<NewEvent, OfficeError> {
    let new = NewEvent::new(event.kind()?, event.schema(), event.to_bytes());
    let words = event.fact.details().and_then(|details| details.words.as_ref());
    Ok(words.into_iter().fold(new, |new, words| new.evidence(words.to_bytes())))
}

/// The idempotency key of a commit, what it is for, and what is kept with it.
pub(super) struct Key {
    pub(super) key: IdempotencyKey,
    pub(super) command: Hash,
    pub(super) result: Vec<u8>,
}

impl Books {
    /// A commit of what was decided on this, by that person or the service desk.
    pub(super) fn draft(
        &self,
        by: Option<UserId>,
        now: &Now<'_>,
        at: Timestamp,
        key: Key,
        rng: &mut impl CryptoRng,
    ) -> Result<Draft, OfficeError> {
        Ok(self.draft_of(&actor(by)?, now, at, key, rng))
    }

    pub(super) fn draft_of(
        &self,
        actor: &Actor,
        now: &Now<'_>,
        at: Timestamp,
        key: Key,
        rng: &mut impl CryptoRng,
    ) -> Draft {
        let commit = Commit::new(&self.tenant, actor, at, rng).key(key.key, key.command, key.result);
        let after = (now.organisation_version, now.usage_version);
        Draft { commit, after, acts: Vec::new(), uses: Vec::new(), aside: None, rests: Rests::OnMore }
    }

    /// A commit with one event of the usage log, at its time.
    pub(super) fn draft_use(
        &self,
        by: Option<UserId>,
        now: &Now<'_>,
        event: UsageEvent,
        key: Key,
        rng: &mut impl CryptoRng,
    ) -> Result<Draft, OfficeError> {
        let draft = self.draft(by, now, event.at, key, rng)?;
        let commit = draft.commit.append(&self.usage, now.usage_version, [to_new(&event)?]);
        Ok(Draft { commit, uses: vec![event], ..draft })
    }

    /// An idempotency key of this office.
    pub(super) fn ledger_key(&self, what: &str, of: &str) -> Result<IdempotencyKey, OfficeError> {
        // The hash bounds the length, whatever the office is called.
        let hash = Hash::of(format!("{}\n{what}\n{of}", self.usage).as_bytes());
        Ok(IdempotencyKey::new(&format!("seal/{what}/{hash}"))?)
    }
}

impl Draft {
    /// With events of the organisation, or without any: then it only has to be as it was when it was looked at.
    pub(super) fn organisation(
        self,
        books: &Books,
        acts: Vec<OrganisationEvent>,
    ) -> Result<Self, OfficeError> {
        let new = acts.iter().map(|event| {
            let mut new = NewEvent::new(event.kind()?, event.schema(), event.to_bytes());
            for effect in effects(event) {
                new = new.send(effect.destination, effect.kind, effect.body);
            }
            Ok::<_, OfficeError>(new)
        });
        let new = new.collect::<Result<Vec<_>, _>>()?;
        let commit = self.commit.append(&books.organisation, self.after.0, new);
        // With the log of uses, these are all streams that anything rests on; an act rests on the organisation alone.
        Ok(Self { commit, acts, rests: Rests::OnNamedVersions, ..self })
    }

    /// What was decided rests on the log of uses alone, and the commit writes to it.
    pub(super) fn rests_on_uses(self) -> Self {
        Self { rests: Rests::OnNamedVersions, ..self }
    }

    pub(super) fn aside(self, aside: Aside) -> Self {
        Self { aside: Some(aside), ..self }
    }

    /// Committed, then answered.
    pub(super) fn then<T>(self, answer: T) -> Next<T> {
        Next::Commit(Box::new(self), answer)
    }
}

impl<A: AsyncStore + ?Sized> Work<'_, A> {
    /// Decides on everything as it stands, and commits. What is known may be everything: if it is not, the commit
    /// conflicts, and then it is read on. `nonce` is in the result of the commit, so that its own doubtful
    /// try is told from somebody else's.
    pub(super) async fn settle<T>(
        &self,
        nonce: &Nonce,
        mut decide: impl FnMut(Now<'_>) -> Result<Next<T>, OfficeError>,
    ) -> Result<Came<T>, OfficeError> {
        for _ in 0..MOST_CONFLICTS {
            let known = match self.books.look_at_known(&mut decide) {
                Some(Ok(Next::Commit(draft, answer))) if draft.rests == Rests::OnNamedVersions => {
                    Some((draft, answer))
                }
                // Whoever is refused, and whoever is answered without a commit, is told how it is now.
                Some(_) | None => None,
            };
            let decided_on_known = known.is_some();
            let (draft, answer) = match known {
                Some(known) => known,
                None => match self.look(&mut decide).await?? {
                    Next::Answer(answer) => return Ok(Came::Answered(answer)),
                    Next::Commit(draft, answer) => (draft, answer),
                },
            };
            let Draft { mut commit, after, acts, uses, aside, rests: _ } = *draft;
            if let Some(Aside { stream, events, most }) = aside {
                let version = self.store.head(&self.books.tenant, &stream).await?.version;
                if version.0 < most {
                    commit = commit.append(&stream, version, events);
                } else if acts.is_empty() && uses.is_empty() {
                    return Ok(Came::Answered(answer));
                }
            }
            match self.make(&commit).await {
                Ok(Committed::Appended(_)) => {
                    self.books.recorded(after, &acts, &uses);
                    return Ok(Came::Answered(answer));
                }
                Ok(Committed::Replayed(request)) if nonce.is_in(&request.result) => {
                    return Ok(Came::Answered(answer));
                }
                // The key may be one that was chosen without knowing what others have written.
                Ok(Committed::Replayed(_)) if decided_on_known => self.books.others_write(),
                Ok(Committed::Replayed(request)) => return Ok(Came::Before(request)),
                Err(CommitError::Refused(Refusal::Conflict { .. })) => self.books.others_write(),
                Err(error) => return Err(error.into()),
            }
        }
        Err(OfficeError::Contended { attempts: MOST_CONFLICTS })
    }

    async fn make(&self, commit: &Commit) -> Result<Committed, CommitError> {
        let mut tries = 0;
        loop {
            match self.store.commit(commit).await {
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

    pub(super) async fn kept(&self, key: &IdempotencyKey) -> Result<Option<Request>, OfficeError> {
        Ok(self.store.request(&self.books.tenant, key).await?)
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
