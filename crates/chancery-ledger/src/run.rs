//! One command, from the state to the committed answer, as steps without input or output.
//!
//! ```text
//! find the key ── known ─────────────────────────────────────────► done, as answered before
//!      │ unknown
//!      ▼
//! read events ──► decide ── no events ───────────────────────────► done, nothing recorded
//!   ▲                 │
//!   │ conflict        ▼
//!   └───────────── commit ── made, or replayed ──────────────────► done
//!                  ▲    │ outcome unknown
//!           absent │    ▼
//!              look whether our first event is there ── it is ───► done
//! ```

use std::num::NonZeroU32;

use rand_core::CryptoRng;

use crate::call::{Answer, Call, Recorded};
use crate::commit::{Commit, Step as CommitStep};
use crate::committed::Committed;
use crate::decider::{Decider, Decision};
use crate::decider_stored::{Stored, StoredEvent};
use crate::error::{CommitError, Outcome, Refusal, StoreError};
use crate::event::{Event, NewEvent};
use crate::hash::Hash;
use crate::hashing::{part_hash, salts};
use crate::head::Head;
use crate::name::{IdempotencyKey, StreamId};
use crate::number::{Sequence, Version};
use crate::part::Part;
use crate::replay::{Loaded, is_full};
use crate::request::Request;
use crate::runner_error::RunError;

/// What is to be done next. Each step but the last takes what the store answered and gives the next one.
pub(crate) enum Step<'r, D: Decider> {
    Find(Find<'r, D>),
    Read(Read<'r, D>),
    Aside(Aside<'r, D>),
    Commit(Committing<'r, D>),
    Look(Look<'r, D>),
    Done(Answer<D::Reply>),
}

type Next<'r, D> = Result<Step<'r, D>, RunError>;

impl<'r, D: Decider> Step<'r, D> {
    /// Begins. The command is committed at most so many times.
    pub(crate) fn begin(decider: &'r D, call: &'r Call<D::Command>, most: NonZeroU32) -> Self {
        let run = Run { decider, call, most, attempts: 0, loaded: Loaded::empty(decider) };
        match &call.key {
            Some(key) => Self::Find(Find { run, key }),
            None => Self::Read(Read { run }),
        }
    }
}

/// A failure of the store while reading: no commit is under way, whatever the store says.
pub(crate) fn while_reading(error: StoreError) -> RunError {
    StoreError { outcome: Outcome::NothingHappened, ..error }.into()
}

/// What goes along from step to step.
struct Run<'r, D: Decider> {
    decider: &'r D,
    call: &'r Call<D::Command>,
    most: NonZeroU32,
    attempts: u32,
    loaded: Loaded<D::State>,
}

/// Is something kept under the key?
pub(crate) struct Find<'r, D: Decider> {
    run: Run<'r, D>,
    key: &'r IdempotencyKey,
}

impl<'r, D: Decider> Find<'r, D> {
    pub(crate) const fn key(&self) -> &'r IdempotencyKey {
        self.key
    }

    pub(crate) fn found(self, request: Option<Request>) -> Next<'r, D> {
        match request {
            None => Ok(Step::Read(Read { run: self.run })),
            Some(request) => self.run.answered_before(&request),
        }
    }
}

/// What events does the stream have after this one?
pub(crate) struct Read<'r, D: Decider> {
    run: Run<'r, D>,
}

impl<'r, D: Decider> Read<'r, D> {
    pub(crate) const fn after(&self) -> Version {
        self.run.loaded.version
    }

    /// Takes a page that was asked for with [`limits::PAGE`](crate::limits::PAGE).
    pub(crate) fn page(mut self, page: &[Event], rng: &mut impl CryptoRng) -> Next<'r, D> {
        let Run { decider, call, .. } = self.run;
        self.run.loaded = self.run.loaded.replay(decider, &call.stream, page)?;
        if is_full(page) {
            return Ok(Step::Read(self));
        }
        let decision = decider.decide(&self.run.loaded.state, &call.command, &call.context);
        self.run.decided(decision, Vec::new(), rng)
    }
}

/// Where does this other stream stand?
pub(crate) struct Aside<'r, D: Decider> {
    run: Run<'r, D>,
    decision: Decision<D::Event, D::Reply>,
    heads: Vec<(StreamId, Version)>,
    stream: StreamId,
}

impl<'r, D: Decider> Aside<'r, D> {
    pub(crate) const fn stream(&self) -> &StreamId {
        &self.stream
    }

    pub(crate) fn head(self, head: &Head, rng: &mut impl CryptoRng) -> Next<'r, D> {
        let Self { run, decision, mut heads, stream } = self;
        heads.push((stream, head.version));
        run.decided(decision, heads, rng)
    }
}

/// What comes of this commit?
pub(crate) struct Committing<'r, D: Decider> {
    run: Run<'r, D>,
    commit: Commit,
    reply: D::Reply,
    /// The commit was tried before, and whether it was made is not known.
    in_doubt: Option<StoreError>,
}

impl<'r, D: Decider> Committing<'r, D> {
    pub(crate) const fn commit(&self) -> &Commit {
        &self.commit
    }

    pub(crate) fn came(mut self, result: Result<Committed, CommitError>) -> Next<'r, D> {
        self.run.attempts = self.run.attempts.saturating_add(1);
        match result {
            Ok(Committed::Appended(made)) => {
                let recorded = Recorded::Now { first: made.first, last: made.last };
                Ok(Step::Done(Answer { reply: self.reply, recorded }))
            }
            Ok(Committed::Replayed(request)) => self.run.answered_before(&request),
            Err(CommitError::Refused(Refusal::Conflict { stream, .. })) => match self.in_doubt {
                None => self.run.again(stream),
                // The conflict may be with ourselves.
                Some(doubt) => Look::of(self.run, self.commit, self.reply, doubt)
                    .ok_or_else(|| nothing_to_look_for().into()),
            },
            Err(CommitError::Refused(refusal)) => Err(refusal.into()),
            Err(CommitError::Failed(error)) if error.outcome == Outcome::Unknown => {
                Look::of(self.run, self.commit, self.reply, error).ok_or_else(|| nothing_to_look_for().into())
            }
            // An earlier try may still be under way.
            Err(CommitError::Failed(error)) if self.in_doubt.is_some() => {
                Err(error.of_unknown_outcome().into())
            }
            Err(CommitError::Failed(error)) => Err(error.into()),
        }
    }
}

/// Is the first event of this commit in the log? Its place and its salted hash tell, without an idempotency key too.
pub(crate) struct Look<'r, D: Decider> {
    run: Run<'r, D>,
    commit: Commit,
    reply: D::Reply,
    doubt: StoreError,
    first: FirstEvent,
}

impl<'r, D: Decider> Look<'r, D> {
    fn of(run: Run<'r, D>, commit: Commit, reply: D::Reply, doubt: StoreError) -> Option<Step<'r, D>> {
        let first = FirstEvent::of(&commit)?;
        Some(Step::Look(Self { run, commit, reply, doubt, first }))
    }

    pub(crate) const fn stream(&self) -> &StreamId {
        &self.first.stream
    }

    /// The event after this one is asked for, no more.
    pub(crate) const fn after(&self) -> Version {
        self.first.after
    }

    /// Takes the answer, or the failure of the store, which leaves everything in doubt.
    pub(crate) fn looked(self, page: Result<Vec<Event>, StoreError>) -> Next<'r, D> {
        let Self { run, commit, reply, doubt, first } = self;
        let page = page.map_err(StoreError::of_unknown_outcome)?;
        match page.first() {
            Some(event) if event.record.payload_hash == first.payload_hash => {
                let first = event.record.sequence;
                let last = Sequence(first.0.saturating_add(events_of(&commit).saturating_sub(1)));
                Ok(Step::Done(Answer { reply, recorded: Recorded::Now { first, last } }))
            }
            // Somebody else took the place, so the commit can never be made any more.
            Some(_) => run.again(first.stream),
            None if run.attempts >= run.most.get() => Err(doubt.into()),
            None => Ok(Step::Commit(Committing { run, commit, reply, in_doubt: Some(doubt) })),
        }
    }
}

/// Where the first event of a commit will stand, and by what it is known.
struct FirstEvent {
    stream: StreamId,
    after: Version,
    payload_hash: Hash,
}

impl FirstEvent {
    fn of(commit: &Commit) -> Option<Self> {
        let CommitStep::Append { stream, expected, events } = commit.steps.first()? else { return None };
        let (salt, _) = salts(&commit.secret, 0);
        let payload_hash = part_hash(Part::Payload, &salt, &events.first()?.payload);
        Some(Self { stream: stream.clone(), after: *expected, payload_hash })
    }
}

impl<'r, D: Decider> Run<'r, D> {
    /// Records and answers, once all heads are known.
    fn decided(
        self,
        decision: Decision<D::Event, D::Reply>,
        heads: Vec<(StreamId, Version)>,
        rng: &mut impl CryptoRng,
    ) -> Next<'r, D> {
        if decision.events.is_empty() && decision.aside.is_empty() {
            return Ok(Step::Done(Answer { reply: decision.reply, recorded: Recorded::Nothing }));
        }
        for (stream, _) in &decision.aside {
            if *stream == self.call.stream {
                return Err(RunError::AsideIntoItself { stream: stream.clone() });
            }
            if !heads.iter().any(|(known, _)| known == stream) {
                let stream = stream.clone();
                return Ok(Step::Aside(Aside { run: self, decision, heads, stream }));
            }
        }
        let (call, Decision { events, aside, reply }) = (self.call, decision);
        let mut evidence = Some(call.context.evidence());
        let mut commit = Commit::new(&call.tenant, call.context.actor(), call.context.now(), rng);
        if !events.is_empty() {
            let (events, due) = self.written(&events, &mut evidence)?;
            commit = commit.append(&call.stream, self.loaded.version, events).due(&call.stream, due);
        }
        for (stream, expected) in heads {
            let of_stream = aside.iter().filter(|(of, _)| *of == stream).map(|(_, event)| event.clone());
            let events = of_stream.map(|event| match evidence.take() {
                Some(evidence) if event.evidence.is_empty() => event.evidence(evidence),
                _ => event,
            });
            commit = commit.append(&stream, expected, events.collect::<Vec<_>>());
        }
        if let Some(key) = &call.key {
            let command = call.command_hash(&self.decider.command_bytes(&call.command));
            commit = commit.key(key.clone(), command, reply.to_bytes());
        }
        Ok(Step::Commit(Committing { run: self, commit, reply, in_doubt: None }))
    }

    /// The events as they will be stored, each with what it sends, and the deadline after them.
    fn written(
        &self,
        events: &[D::Event],
        evidence: &mut Option<&[u8]>,
    ) -> Result<(Vec<NewEvent>, Option<jiff::Timestamp>), RunError> {
        let mut state = self.loaded.state.clone();
        let mut written = Vec::with_capacity(events.len());
        for event in events {
            state = self.decider.evolve(state, event);
            let mut new = NewEvent::new(event.kind()?, event.schema(), event.to_bytes());
            new.effects = self.decider.effects(&state, event);
            if let Some(evidence) = evidence.take() {
                new = new.evidence(evidence);
            }
            written.push(new);
        }
        Ok((written, self.decider.next_due(&state)))
    }

    /// Reads on, and decides again.
    fn again(self, stream: StreamId) -> Next<'r, D> {
        if self.attempts >= self.most.get() {
            return Err(RunError::Contended { stream, attempts: self.most });
        }
        Ok(Step::Read(Read { run: self }))
    }

    fn answered_before(self, request: &Request) -> Next<'r, D> {
        if request.command != self.call.command_hash(&self.decider.command_bytes(&self.call.command)) {
            return Err(Refusal::KeyReused { key: request.key.clone() }.into());
        }
        let reply = D::Reply::from_bytes(&request.result)
            .map_err(|source| RunError::UnreadableReply { key: request.key.clone(), source })?;
        let recorded = Recorded::Before { first: request.first, last: request.last };
        Ok(Step::Done(Answer { reply, recorded }))
    }
}

fn events_of(commit: &Commit) -> u64 {
    let events = |step: &CommitStep| match step {
        CommitStep::Append { events, .. } => u64::try_from(events.len()).unwrap_or(u64::MAX),
        _ => 0, // a run only appends
    };
    commit.steps.iter().map(events).fold(0, u64::saturating_add)
}

/// A commit of a run begins with an event.
fn nothing_to_look_for() -> StoreError {
    StoreError::corrupt("a commit without events is in doubt").of_unknown_outcome()
}
