//! From a plan to commits.

use std::sync::Arc;

use chancery_ledger::{
    Commit, CommitError, Committed, Context, Decider, Hash, IdempotencyKey, NewEvent, Store, Stored,
    StoredEvent, StreamId, Tenant, Version,
};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::error::BulkRefused;
use super::plan::{BulkPlan, PlannedRow};
use crate::document::Allowance;
use crate::event::Event;
use crate::id::{ContentDigest, EnvelopeId};
use crate::proof::ModificationPermission;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::text::Text;
use crate::workflow::Workflow;

/// What a document of the template permits, found once and said of every row.
#[derive(Debug)]
struct Shared(Arc<dyn ModificationPermission>);

impl ModificationPermission for Shared {
    fn document(&self) -> ContentDigest {
        self.0.document()
    }

    fn signatures(&self) -> Allowance {
        self.0.signatures()
    }

    fn may_show(&self, field: &str) -> Result<(), Text> {
        self.0.may_show(field)
    }

    fn may_fill(&self, field: &str) -> Result<(), Text> {
        self.0.may_fill(field)
    }
}

/// A batch of which every row was judged, and is accepted. Nothing has been sent.
pub struct ReadyBulk<'p> {
    rows: Vec<ReadyRow<'p>>,
    tenant: Tenant,
    context: Context,
}

struct ReadyRow<'p> {
    planned: &'p PlannedRow,
    stream: StreamId,
    command: Hash,
    events: Vec<NewEvent>,
    due: Option<Timestamp>,
    reply: Vec<u8>,
}

/// What came of a batch, row by row.
#[derive(Debug)]
pub struct BulkReport {
    /// In the order of the rows.
    pub rows: Vec<RowOutcome>,
}

/// What came of a row.
#[derive(Debug)]
pub struct RowOutcome {
    /// The line of the file.
    pub line: usize,
    /// Its envelope.
    pub envelope: EnvelopeId,
    /// Whether it was made now or before, or why it was not. Whether it may have been made nevertheless, says
    /// [`CommitError`]; send the batch again to know.
    pub came: Result<Made, CommitError>,
}

/// When an envelope was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// Now.
    Now,
    /// When the batch was sent before.
    Before,
}

impl BulkReport {
    /// How many envelopes there are of it, made now or before.
    #[must_use]
    pub fn sent(&self) -> usize {
        self.rows.iter().filter(|row| row.came.is_ok()).count()
    }

    /// The rows that were not sent.
    pub fn failed(&self) -> impl Iterator<Item = &RowOutcome> {
        self.rows.iter().filter(|row| row.came.is_err())
    }
}

impl BulkPlan {
    /// Judges every row as if it were sent now, by whoever asks. Nothing is sent.
    ///
    /// `permitted` says what the documents of the template permit: they are the same in every row.
    ///
    /// # Errors
    /// Every row that would be refused, with the reason.
    pub fn judge(
        &self,
        workflow: &Workflow,
        permitted: &[Arc<dyn ModificationPermission>],
        tenant: &Tenant,
        context: &Context,
    ) -> Result<ReadyBulk<'_>, Vec<BulkRefused>> {
        let (mut rows, mut refused) = (Vec::with_capacity(self.rows().len()), Vec::new());
        for planned in self.rows() {
            match judge_row(planned, workflow, permitted, context) {
                Ok(row) => rows.push(row),
                Err(refusal) => refused.push(BulkRefused { line: planned.line, refusal }),
            }
        }
        if refused.is_empty() {
            Ok(ReadyBulk { rows, tenant: tenant.clone(), context: context.clone() })
        } else {
            Err(refused)
        }
    }
}

fn judge_row<'p>(
    planned: &'p PlannedRow,
    workflow: &Workflow,
    permitted: &[Arc<dyn ModificationPermission>],
    context: &Context,
) -> Result<ReadyRow<'p>, Refusal> {
    let permissions = permitted
        .iter()
        .map(|permission| Box::new(Shared(Arc::clone(permission))) as Box<dyn ModificationPermission>)
        .collect();
    let mut command = Vec::new();
    let (mut events, mut state, mut reply) = (Vec::new(), workflow.initial(), Vec::new());
    for asked in planned.commands(permissions) {
        let decision = workflow.decide(&state, &asked, context);
        if let Reply::Refused(refusal) = decision.replied() {
            return Err(refusal.clone());
        }
        let bytes = workflow.command_bytes(&asked);
        command.extend_from_slice(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        command.extend_from_slice(&bytes);
        reply = decision.replied().to_bytes();
        for event in decision.recorded() {
            state = workflow.evolve(state, event);
            events.push(written(workflow, &state, event, context, events.is_empty()));
        }
    }
    // Who asks belongs to what is asked.
    command.extend_from_slice(context.actor().as_str().as_bytes());
    Ok(ReadyRow {
        planned,
        stream: planned.envelope.stream(),
        command: Hash::of(&command),
        events,
        due: workflow.next_due(&state),
        reply,
    })
}

/// An event as it is stored, with what it sends.
fn written(
    workflow: &Workflow,
    state: &<Workflow as Decider>::State,
    event: &Event,
    context: &Context,
    first: bool,
) -> NewEvent {
    let kind = crate::names::kind(event.kind_name());
    let mut new = NewEvent::new(kind, event.schema(), event.to_bytes());
    if first {
        new = new.evidence(context.evidence());
    }
    for effect in workflow.effects(state, event) {
        new = new.send(effect.destination, effect.kind, effect.body);
    }
    new
}

impl ReadyBulk<'_> {
    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The commits of the batch, [`BulkPlan::ROWS_AT_ONCE`] at a time, for those whose store is waited for.
    pub fn transactions<'b>(
        &'b self,
        rng: &'b mut impl CryptoRng,
    ) -> impl Iterator<Item = Vec<(&'b PlannedRow, Commit)>> {
        self.rows
            .chunks(BulkPlan::ROWS_AT_ONCE)
            .map(|rows| rows.iter().map(|row| (row.planned, self.commit(row, rng))).collect())
    }

    /// Sends all rows. A row that fails takes no other with it.
    pub fn send<S: Store + ?Sized>(&self, store: &S, rng: &mut impl CryptoRng) -> BulkReport {
        let mut outcomes = Vec::with_capacity(self.rows.len());
        for transaction in self.transactions(rng) {
            let commits: Vec<_> = transaction.iter().map(|(_, commit)| commit).collect();
            let came = store.commit_all(&commits);
            outcomes.extend(transaction.iter().zip(came).map(|((row, _), came)| RowOutcome {
                line: row.line,
                envelope: row.envelope,
                came: came.map(|committed| match committed {
                    Committed::Appended(_) => Made::Now,
                    Committed::Replayed(_) => Made::Before,
                }),
            }));
        }
        BulkReport { rows: outcomes }
    }

    fn commit(&self, row: &ReadyRow<'_>, rng: &mut impl CryptoRng) -> Commit {
        let key: IdempotencyKey = row.planned.key.clone();
        Commit::new(&self.tenant, self.context.actor(), self.context.now(), rng)
            .append(&row.stream, Version::EMPTY, row.events.iter().cloned())
            .due(&row.stream, row.due)
            .key(key, row.command, row.reply.clone())
    }
}
