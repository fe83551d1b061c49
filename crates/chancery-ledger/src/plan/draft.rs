//! The rows of a commit in the making.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::commit::{Asked, Commit, Step};
use crate::committed::Appended;
use crate::effect::Effect;
use crate::error::Refusal;
use crate::event::NewEvent;
use crate::hash::Hash;
use crate::hashing::{effects_hash, event_hash, part_hash, request_hash, salts};
use crate::head::Head;
use crate::housekeeping::{self, Erasure, Release};
use crate::limits;
use crate::log::Log;
use crate::merkle::Node;
use crate::name::{Kind, StreamId};
use crate::number::{Sequence, Version};
use crate::part::Part;
use crate::plan::{PlannedErasure, PlannedEvent, Target, Writes};
use crate::record::Record;
use crate::request::Request;

/// The rows in the making.
pub(super) struct Draft<'c> {
    commit: &'c Commit,
    pub(super) log: Log,
    first: Sequence,
    behind: Option<Timestamp>,
    heads: BTreeMap<StreamId, Head>,
    events: Vec<PlannedEvent<'c>>,
    nodes: Vec<Node>,
    request: Option<Request>,
    pub(super) erasures: Vec<PlannedErasure>,
    left: usize,
    last: Sequence,
    /// Of these a legal hold ends with this commit.
    released: BTreeSet<StreamId>,
}

impl<'c> Draft<'c> {
    pub(super) fn new<'s>(
        commit: &'c Commit,
        log: Log,
        heads: impl Iterator<Item = (&'s StreamId, Head)>,
    ) -> Self {
        let mut heads: BTreeMap<_, _> = heads.map(|(stream, head)| (stream.clone(), head)).collect();
        for (stream, due) in &commit.dues {
            if let Some(head) = heads.get_mut(stream) {
                head.due = *due;
            }
        }
        let left = commit.steps.iter().map(Step::events).sum::<usize>();
        let first = Sequence(log.size());
        let length = u64::try_from(left).unwrap_or(u64::MAX);
        let last = Sequence(first.0.saturating_add(length).saturating_sub(1));
        let request = commit.request.as_ref().map(|Asked { key, command, result }| Request {
            key: key.clone(),
            command: *command,
            first,
            last,
            result: result.clone(),
        });
        let behind = log.latest.filter(|latest| *latest > commit.now);
        let (events, nodes) = (Vec::with_capacity(left), Vec::with_capacity(left + 1));
        let (erasures, released) = (Vec::new(), BTreeSet::new());
        Self { commit, log, first, behind, heads, events, nodes, request, erasures, left, last, released }
    }

    pub(super) fn append(
        &mut self,
        stream: &StreamId,
        expected: Version,
        events: &'c [NewEvent],
    ) -> Result<(), Refusal> {
        let current = self.heads.entry(stream.clone()).or_default().version;
        if current != expected {
            return Err(Refusal::Conflict { stream: stream.clone(), expected, current });
        }
        for NewEvent { kind, schema, payload, evidence, effects } in events {
            self.push(stream, kind.clone(), *schema, Cow::Borrowed(payload), evidence, effects);
        }
        Ok(())
    }

    pub(super) fn hold(&mut self, stream: &StreamId, reason: &'c str) -> Result<(), Refusal> {
        let head = self.heads.entry(stream.clone()).or_default();
        head.holds = head.holds.with(head.version.next()).ok_or(Refusal::TooLarge {
            what: "legal holds in force on a stream",
            found: head.holds.len() + 1,
            most: limits::HOLDS,
        })?;
        self.own(stream, housekeeping::HELD, reason.as_bytes());
        Ok(())
    }

    pub(super) fn release(
        &mut self,
        stream: &StreamId,
        hold: Version,
        reason: &'c str,
    ) -> Result<(), Refusal> {
        let head = self.heads.entry(stream.clone()).or_default();
        let left = head.holds.without(hold);
        head.holds = left.ok_or_else(|| Refusal::NotHeld { stream: stream.clone(), hold })?;
        self.released.insert(stream.clone());
        self.own(stream, housekeeping::RELEASED, Release { hold, last: self.last, reason }.to_payload());
        Ok(())
    }

    /// A release whose event says what it likes.
    #[cfg(test)]
    pub(super) fn release_as(&mut self, stream: &StreamId, hold: Version, payload: Vec<u8>) -> Option<()> {
        let head = self.heads.entry(stream.clone()).or_default();
        head.holds = head.holds.without(hold)?;
        self.own(stream, housekeeping::RELEASED, payload);
        Some(())
    }

    pub(super) fn erase(
        &mut self,
        stream: &StreamId,
        version: Version,
        part: Part,
        target: Option<Target>,
    ) -> Result<(), Refusal> {
        let Some(target) = target else {
            return Err(Refusal::NoSuchEvent { stream: stream.clone(), version });
        };
        let head = self.heads.entry(stream.clone()).or_default();
        if !head.holds.is_empty() {
            let (stream, holds) = (stream.clone(), head.holds.clone());
            return Err(Refusal::UnderLegalHold { stream, version, holds });
        }
        if self.released.contains(stream) {
            return Err(Refusal::ReleasedAtOnce { stream: stream.clone(), version });
        }
        if part == Part::Payload && target.kind.is_reserved() {
            return Err(Refusal::NotErasable { stream: stream.clone(), version, kind: target.kind });
        }
        let erased = match part {
            Part::Payload => target.payload_erased,
            Part::Evidence => target.evidence_erased,
        };
        let twice = |other: &PlannedErasure| other.sequence == target.sequence && other.part == part;
        if erased.is_some() || self.erasures.iter().any(twice) {
            return Err(Refusal::AlreadyErased { stream: stream.clone(), version, part });
        }
        self.erasures.push(PlannedErasure { sequence: target.sequence, part, by: head.version.next() });
        self.own(stream, housekeeping::ERASED, Erasure { version, part }.to_payload());
        Ok(())
    }

    /// An event of the ledger itself.
    pub(super) fn own(&mut self, stream: &StreamId, kind: &'static str, payload: impl Into<Cow<'c, [u8]>>) {
        self.push(stream, Kind::reserved(kind), housekeeping::SCHEMA, payload.into(), &[], &[]);
    }

    fn push(
        &mut self,
        stream: &StreamId,
        kind: Kind,
        schema: u32,
        payload: Cow<'c, [u8]>,
        evidence: &'c [u8],
        effects: &'c [Effect],
    ) {
        let head = self.heads.entry(stream.clone()).or_default();
        head.version = head.version.next();
        let sequence = Sequence(self.log.size());
        let (payload_salt, evidence_salt) = salts(&self.commit.secret, sequence.0 - self.first.0);
        self.left = self.left.saturating_sub(1);
        let mut record = Record {
            tenant: self.commit.tenant.clone(),
            stream: stream.clone(),
            version: head.version,
            sequence,
            at: self.commit.now,
            actor: self.commit.actor.clone(),
            kind,
            schema,
            due: head.due,
            holds: head.holds.clone(),
            payload_hash: part_hash(Part::Payload, &payload_salt, &payload),
            evidence_hash: part_hash(Part::Evidence, &evidence_salt, evidence),
            effects: effects_hash(effects.iter()),
            request: self.request.as_ref().filter(|_| self.left == 0).map(request_hash),
            previous: head.hash,
            hash: Hash::NONE,
        };
        record.hash = event_hash(&record);
        head.hash = record.hash;
        self.log.frontier.push(&record.hash, |node| self.nodes.push(node));
        self.events.push(PlannedEvent { record, payload_salt, payload, evidence_salt, evidence, effects });
    }

    pub(super) fn finish(self, written: &BTreeSet<StreamId>) -> Writes<'c> {
        let latest = self.log.latest.filter(|latest| *latest > self.commit.now).unwrap_or(self.commit.now);
        let log = Log { latest: Some(latest), ..self.log };
        let heads: Vec<_> = self.heads.into_iter().filter(|(stream, _)| written.contains(stream)).collect();
        let appended = Appended {
            first: self.first,
            last: Sequence(log.size().saturating_sub(1)),
            heads: heads.clone(),
            checkpoint: log.checkpoint(),
            behind: self.behind,
        };
        let (events, nodes, request, erasures) = (self.events, self.nodes, self.request, self.erasures);
        Writes { tenant: &self.commit.tenant, log, heads, events, nodes, request, erasures, appended }
    }
}
