//! A store in memory: for tests, and for what need not last.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::commit::Commit;
use crate::committed::Committed;
use crate::delivery::{Claim, Delivery, Due, Settlement};
use crate::delivery_id::{DeliveryEnd, DeliveryId};
use crate::effect::Effect;
use crate::error::{CommitError, SettleError, StoreError};
use crate::event::{Content, Event};
use crate::hash::Hash;
use crate::hashing::leaf_hash;
use crate::head::Head;
use crate::lease::latest_believed;
use crate::limits;
use crate::log::Log;
use crate::merkle::NodeId;
use crate::name::{Destination, IdempotencyKey, StreamId, Tenant};
use crate::number::{Sequence, Version};
use crate::part::Part;
use crate::plan::{Found, Plan, Planned, Target, Writes};
use crate::request::Request;
use crate::store::Store;

/// A store in memory. What it holds is gone with it.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tenants: Mutex<BTreeMap<Tenant, Tables>>,
}

/// What it holds of one tenant.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tables {
    pub(crate) log: Log,
    pub(crate) streams: BTreeMap<StreamId, Stream>,
    pub(crate) events: Vec<Event>,
    pub(crate) nodes: HashMap<NodeId, Hash>,
    pub(crate) outbox: BTreeMap<DeliveryId, Letter>,
    pub(crate) requests: BTreeMap<IdempotencyKey, Request>,
    /// Of each line, what is neither delivered nor dead.
    lines: BTreeMap<(StreamId, Destination), Vec<DeliveryId>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Stream {
    pub(crate) head: Head,
    /// Where its events are in the log.
    pub(crate) sequences: Vec<Sequence>,
    leased_until: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) stream: StreamId,
    pub(crate) effect: Effect,
    pub(crate) attempts: u32,
    pub(crate) next_at: Timestamp,
    pub(crate) leased_until: Option<Timestamp>,
    pub(crate) end: Option<(DeliveryEnd, Timestamp)>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// No step between two writes can panic, so a lock that another thread poisoned guards whole commits as well.
    pub(crate) fn tenants(&self) -> MutexGuard<'_, BTreeMap<Tenant, Tables>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of<T: Default>(&self, tenant: &Tenant, read: impl FnOnce(&Tables) -> T) -> T {
        self.tenants().get(tenant).map(read).unwrap_or_default()
    }
}

impl Store for MemoryStore {
    fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
        let plan = Plan::of(commit)?;
        let mut tenants = self.tenants();
        let found = tenants.get(plan.tenant()).map(|tables| tables.find(&plan)).unwrap_or_default();
        let found = Found { heads: padded(found.heads, plan.streams().len()), ..found };
        match plan.against(found)? {
            Planned::Replayed(request) => Ok(Committed::Replayed(request)),
            Planned::Write(writes) => {
                tenants.entry(plan.tenant().clone()).or_default().write(&writes, commit.now);
                Ok(writes.committed())
            }
        }
    }

    fn head(&self, tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError> {
        Ok(self.of(tenant, |tables| tables.head(stream)))
    }

    fn log(&self, tenant: &Tenant) -> Result<Log, StoreError> {
        Ok(self.of(tenant, |tables| tables.log.clone()))
    }

    fn events(
        &self,
        tenant: &Tenant,
        stream: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let after = usize::try_from(after.0).unwrap_or(usize::MAX);
        Ok(self.of(tenant, |tables| {
            let sequences = tables.streams.get(stream).map_or(&[][..], |stream| &stream.sequences);
            let sequences = sequences.get(after..).unwrap_or_default();
            page(sequences.iter().filter_map(|sequence| tables.event(*sequence)), most)
        }))
    }

    fn since(&self, tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError> {
        let from = usize::try_from(from.0).unwrap_or(usize::MAX);
        Ok(self.of(tenant, |tables| page(tables.events.get(from..).unwrap_or_default().iter(), most)))
    }

    fn request(&self, tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        Ok(self.of(tenant, |tables| tables.requests.get(key).cloned()))
    }

    fn nodes(&self, tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError> {
        let nodes = self.of(tenant, |tables| ids.iter().map(|id| tables.node(*id)).collect::<Vec<_>>());
        Ok(if nodes.is_empty() { vec![None; ids.len()] } else { nodes })
    }

    fn claim_deliveries(&self, claim: Claim) -> Result<Vec<Delivery>, StoreError> {
        let mut claimed = Vec::new();
        for (tenant, tables) in self.tenants().iter_mut() {
            for line in tables.lines.values() {
                // One in flight at a time, the first first; one that was sent again overtakes nobody who is in flight.
                let in_flight =
                    |id: &&DeliveryId| tables.outbox.get(id).is_some_and(|it| it.is_leased(claim.now));
                let Some(id) = line.first().filter(|_| !line.iter().any(|id| in_flight(&id))) else {
                    continue;
                };
                let Some(letter) = tables.outbox.get_mut(id) else { continue };
                if claimed.len() < claim.most.min(limits::PAGE) && letter.is_ready(claim.now) {
                    letter.attempts = letter.attempts.saturating_add(1);
                    let until = claim.lease.until(claim.now);
                    letter.leased_until = Some(until);
                    claimed.push(letter.delivery(tenant, *id, until));
                }
            }
        }
        Ok(claimed)
    }

    fn settle(&self, delivery: &Delivery, settlement: Settlement, now: Timestamp) -> Result<(), SettleError> {
        let settlement = settlement.checked(now)?;
        let mut tenants = self.tenants();
        let void = || SettleError::Void { ended: delivery.until };
        let tables = tenants.get_mut(&delivery.tenant).ok_or_else(void)?;
        let letter = tables.outbox.get_mut(&delivery.id).ok_or_else(void)?;
        let own = letter.attempts == delivery.attempt && letter.leased_until == Some(delivery.until);
        if !own || letter.end.is_some() || delivery.until <= now {
            return Err(void());
        }
        letter.leased_until = None;
        letter.end = settlement.end().map(|end| (end, now));
        if let Settlement::Again { at } = settlement {
            letter.next_at = at;
        }
        if letter.end.is_some() {
            let line = (letter.stream.clone(), letter.effect.destination.clone());
            if let Some(open) = tables.lines.get_mut(&line) {
                open.retain(|id| *id != delivery.id);
                if open.is_empty() {
                    tables.lines.remove(&line);
                }
            }
        }
        Ok(())
    }

    fn dead_letters(
        &self,
        tenant: &Tenant,
        after: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let dead = |(id, letter): (&DeliveryId, &Letter)| {
            let is_next = after.is_none_or(|after| *id > after);
            letter.died_at().filter(|_| is_next).map(|at| letter.delivery(tenant, *id, at))
        };
        Ok(self.of(tenant, |tables| {
            tables.outbox.iter().filter_map(dead).take(most.min(limits::PAGE)).collect()
        }))
    }

    fn replay(&self, tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError> {
        let not_dead = || SettleError::NotDead { sequence: letter.sequence, n: letter.n };
        let mut tenants = self.tenants();
        let tables = tenants.get_mut(tenant).ok_or_else(not_dead)?;
        let found = tables.outbox.get_mut(&letter).filter(|found| found.died_at().is_some());
        let found = found.ok_or_else(not_dead)?;
        (found.end, found.attempts, found.next_at) = (None, 0, now);
        let line = (found.stream.clone(), found.effect.destination.clone());
        let open = tables.lines.entry(line).or_default();
        open.push(letter);
        open.sort_unstable();
        Ok(())
    }

    fn claim_due(&self, claim: Claim) -> Result<Vec<Due>, StoreError> {
        let mut claimed = Vec::new();
        for (tenant, tables) in self.tenants().iter_mut() {
            for (stream, Stream { head, leased_until, .. }) in &mut tables.streams {
                let Some(due) = head.due.filter(|due| *due <= claim.now) else { continue };
                if claimed.len() < claim.most.min(limits::PAGE) && !is_leased(*leased_until, claim.now) {
                    let until = claim.lease.until(claim.now);
                    *leased_until = Some(until);
                    let (tenant, stream, version) = (tenant.clone(), stream.clone(), head.version);
                    claimed.push(Due { tenant, stream, version, due, until });
                }
            }
        }
        Ok(claimed)
    }
}

impl Tables {
    pub(crate) fn find(&self, plan: &Plan<'_>) -> Found {
        Found {
            log: self.log.clone(),
            heads: plan.streams().iter().map(|stream| self.head(stream)).collect(),
            request: plan.key().and_then(|key| self.requests.get(key).cloned()),
            targets: plan.targets().iter().map(|(stream, version)| self.target(stream, *version)).collect(),
            nodes: plan.nodes().into_iter().map(|id| self.node(id)).collect(),
        }
    }

    fn head(&self, stream: &StreamId) -> Head {
        self.streams.get(stream).map(|stream| stream.head.clone()).unwrap_or_default()
    }

    fn event(&self, sequence: Sequence) -> Option<&Event> {
        self.events.get(usize::try_from(sequence.0).ok()?)
    }

    fn node(&self, id: NodeId) -> Option<Hash> {
        if id.level == 0 {
            return self.event(Sequence(id.index)).map(|event| leaf_hash(&event.record.hash));
        }
        self.nodes.get(&id).copied()
    }

    fn target(&self, stream: &StreamId, version: Version) -> Option<Target> {
        let place = usize::try_from(version.0.checked_sub(1)?).ok()?;
        let event = self.event(*self.streams.get(stream)?.sequences.get(place)?)?;
        let erased = |content: &Content| match content {
            Content::Kept { .. } => None,
            Content::Erased { by } => Some(*by),
        };
        Some(Target {
            sequence: event.record.sequence,
            kind: event.record.kind.clone(),
            payload_erased: erased(&event.payload),
            evidence_erased: erased(&event.evidence),
        })
    }

    pub(crate) fn write(&mut self, writes: &Writes<'_>, now: Timestamp) {
        self.log = writes.log.clone();
        for planned in &writes.events {
            let record = &planned.record;
            let stream = self.streams.entry(record.stream.clone()).or_default();
            stream.sequences.push(record.sequence);
            self.events.push(planned.to_event());
            for (n, effect) in (0..).zip(planned.effects) {
                let id = DeliveryId { sequence: record.sequence, n };
                let line = (record.stream.clone(), effect.destination.clone());
                self.lines.entry(line).or_default().push(id);
                self.outbox.insert(id, Letter::new(&record.stream, effect, now));
            }
        }
        for (stream, head) in &writes.heads {
            let stream = self.streams.entry(stream.clone()).or_default();
            (stream.head, stream.leased_until) = (head.clone(), None);
        }
        self.nodes.extend(writes.nodes.iter().map(|node| (node.id, node.hash)));
        self.requests.extend(writes.request.iter().map(|request| (request.key.clone(), request.clone())));
        for erasure in &writes.erasures {
            let place = usize::try_from(erasure.sequence.0).unwrap_or(usize::MAX);
            if let Some(event) = self.events.get_mut(place) {
                let content = match erasure.part {
                    Part::Payload => &mut event.payload,
                    Part::Evidence => &mut event.evidence,
                };
                *content = Content::Erased { by: erasure.by };
            }
        }
    }
}

impl Letter {
    fn new(stream: &StreamId, effect: &Effect, now: Timestamp) -> Self {
        let (stream, effect) = (stream.clone(), effect.clone());
        Self { stream, effect, attempts: 0, next_at: now, leased_until: None, end: None }
    }

    fn died_at(&self) -> Option<Timestamp> {
        self.end.and_then(|(end, at)| (end == DeliveryEnd::Dead).then_some(at))
    }

    fn is_leased(&self, now: Timestamp) -> bool {
        is_leased(self.leased_until, now)
    }

    /// A next attempt further away than any wait was written by a clock that was wrong.
    fn is_ready(&self, now: Timestamp) -> bool {
        self.next_at <= now || self.next_at > latest_believed(now)
    }

    fn delivery(&self, tenant: &Tenant, id: DeliveryId, until: Timestamp) -> Delivery {
        let (tenant, stream, effect) = (tenant.clone(), self.stream.clone(), self.effect.clone());
        Delivery { tenant, id, stream, effect, attempt: self.attempts, until }
    }
}

fn is_leased(until: Option<Timestamp>, now: Timestamp) -> bool {
    until.is_some_and(|until| until > now && until <= latest_believed(now))
}

fn padded(mut heads: Vec<Head>, length: usize) -> Vec<Head> {
    heads.resize_with(length, Head::default);
    heads
}

/// As many events as a page may hold.
fn page<'e>(events: impl Iterator<Item = &'e Event>, most: usize) -> Vec<Event> {
    let mut bytes = 0;
    let fits = |event: &&Event| {
        let room = bytes < limits::PAGE_BYTES;
        bytes += event.payload().map_or(0, <[u8]>::len) + event.evidence().map_or(0, <[u8]>::len);
        room
    };
    events.take(most.min(limits::PAGE)).take_while(fits).cloned().collect()
}
