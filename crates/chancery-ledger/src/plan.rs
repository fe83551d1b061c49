//! What a commit writes: worked out from what stands in the store, without touching it.
//!
//! Every store does the same four steps in one transaction: [`Plan::of`] the commit, read what the plan names, let
//! [`Plan::against`] work out the rows, write them. So no store holds a rule of its own.

mod draft;
#[cfg(test)]
mod forged;

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::commit::{Commit, Step};
use crate::committed::{Appended, Committed};
use crate::effect::Effect;
use crate::error::Refusal;
use crate::event::{Content, Event, NewEvent};
use crate::hash::Hash;
use crate::hashing::Salt;
use crate::head::Head;
use crate::housekeeping;
use crate::limits;
use crate::log::Log;
use crate::merkle::{Node, NodeId, Recipe, root};
use crate::name::{IdempotencyKey, Kind, StreamId, Tenant};
use crate::number::{Sequence, Version};
use crate::part::Part;
use crate::plan::draft::Draft;
use crate::record::Record;
use crate::request::Request;

/// A commit whose shape and sizes are as they may be, and what must be read to carry it out.
pub struct Plan<'c> {
    commit: &'c Commit,
    streams: Vec<StreamId>,
    written: BTreeSet<StreamId>,
    targets: Vec<(StreamId, Version)>,
    roots: Vec<Recipe>,
}

/// What stands in the store, read in the transaction that will write.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The tenant's log; the default for a tenant without events.
    pub log: Log,
    /// The head of each of [`Plan::streams`]; the default for a stream without events.
    pub heads: Vec<Head>,
    /// What is kept under [`Plan::key`].
    pub request: Option<Request>,
    /// The events of [`Plan::targets`].
    pub targets: Vec<Option<Target>>,
    /// The nodes of [`Plan::nodes`].
    pub nodes: Vec<Option<Hash>>,
}

/// An event of which a part is to be erased.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// Its place in the log.
    pub sequence: Sequence,
    /// Its kind.
    pub kind: Kind,
    /// What erased its payload, if anything did.
    pub payload_erased: Option<Version>,
    /// What erased its evidence, if anything did.
    pub evidence_erased: Option<Version>,
}

/// What comes of a commit before anything is written.
pub enum Planned<'c> {
    /// It was made before: write nothing and give this back.
    Replayed(Request),
    /// Write this.
    Write(Box<Writes<'c>>),
}

/// The rows that a commit writes.
pub struct Writes<'c> {
    /// Whose.
    pub tenant: &'c Tenant,
    /// The log after it: to be inserted or updated.
    pub log: Log,
    /// The heads after it: to be inserted or updated. A lease on the deadline ends with it.
    pub heads: Vec<(StreamId, Head)>,
    /// To be inserted.
    pub events: Vec<PlannedEvent<'c>>,
    /// To be inserted.
    pub nodes: Vec<Node>,
    /// To be inserted.
    pub request: Option<Request>,
    /// Parts of which bytes and salt are to be removed.
    pub erasures: Vec<PlannedErasure>,
    /// To be given back once all this lasts.
    pub appended: Appended,
}

impl Writes<'_> {
    /// What to give back once all this lasts.
    #[must_use]
    pub fn committed(self) -> Committed {
        Committed::Appended(self.appended)
    }
}

/// An event to be written, with its effects.
pub struct PlannedEvent<'c> {
    /// What stays for ever.
    pub record: Record,
    /// The salt of the payload.
    pub payload_salt: Salt,
    /// The payload.
    pub payload: Cow<'c, [u8]>,
    /// The salt of the evidence.
    pub evidence_salt: Salt,
    /// The evidence.
    pub evidence: &'c [u8],
    /// What it sends.
    pub effects: &'c [Effect],
}

impl PlannedEvent<'_> {
    /// The event as it will be read back.
    #[must_use]
    pub fn to_event(&self) -> Event {
        let kept = |salt: &Salt, bytes: &[u8]| Content::Kept { salt: *salt, bytes: bytes.to_vec() };
        Event {
            record: self.record.clone(),
            payload: kept(&self.payload_salt, &self.payload),
            evidence: kept(&self.evidence_salt, self.evidence),
        }
    }
}

/// A part of an event to be removed.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct PlannedErasure {
    /// The event.
    pub sequence: Sequence,
    /// The part.
    pub part: Part,
    /// The event of the same stream that says so.
    pub by: Version,
}

impl<'c> Plan<'c> {
    /// Looks at a commit by itself.
    ///
    /// # Errors
    /// If something is too large, reserved, missing or said twice.
    pub fn of(commit: &'c Commit) -> Result<Self, Refusal> {
        let (mut streams, mut written) = (BTreeSet::new(), BTreeSet::new());
        let (mut targets, mut roots, mut events) = (Vec::new(), Vec::new(), 0_usize);
        for step in &commit.steps {
            events = events.saturating_add(step.events());
            streams.insert(step.stream());
            if step.events() > 0 {
                written.insert(step.stream());
            }
            match step {
                Step::Append { stream, events, .. } => {
                    unreserved(stream.as_str(), stream.is_reserved())?;
                    events.iter().try_for_each(check_event)?;
                }
                Step::Erase { stream, version, .. } => targets.push((stream.clone(), *version)),
                Step::Hold { reason, .. } | Step::Release { reason, .. } => {
                    fits("the reason of a legal hold", reason.len(), limits::EVIDENCE)?;
                }
                Step::Anchor(anchor) => {
                    fits("the token of an anchor", anchor.token.len(), limits::TOKEN)?;
                    roots.push(root(anchor.checkpoint.size));
                }
            }
        }
        if events == 0 {
            return Err(Refusal::Empty);
        }
        fits("events of a commit", events, limits::EVENTS)?;
        fits("streams of a commit", streams.len(), limits::STREAMS)?;
        let mut dues = BTreeSet::new();
        let mut misplaced = |name| !written.contains(name) || !dues.insert(name);
        if let Some((stream, _)) = commit.dues.iter().find(|(name, _)| misplaced(name)) {
            return Err(Refusal::Due { stream: stream.clone() });
        }
        if let Some(asked) = &commit.request {
            fits("the result of a request", asked.result.len(), limits::RESULT)?;
        }
        Ok(Self { commit, streams: streams.into_iter().collect(), written, targets, roots })
    }

    /// Whose log it writes to.
    #[must_use]
    pub const fn tenant(&self) -> &'c Tenant {
        &self.commit.tenant
    }

    /// The streams that it names, each once, in the order of their names: read their heads.
    #[must_use]
    pub fn streams(&self) -> &[StreamId] {
        &self.streams
    }

    /// Its idempotency key: read what is kept under it.
    #[must_use]
    pub fn key(&self) -> Option<&'c IdempotencyKey> {
        self.commit.request.as_ref().map(|asked| &asked.key)
    }

    /// The events of which it erases something: read what they are.
    #[must_use]
    pub fn targets(&self) -> &[(StreamId, Version)] {
        &self.targets
    }

    /// The nodes of the tree that tell whether its anchors fit: read their hashes. Level 0 is made of the events.
    #[must_use]
    pub fn nodes(&self) -> Vec<NodeId> {
        self.roots.iter().flat_map(Recipe::nodes).collect()
    }

    /// Works out what it writes, given what stands in the store.
    ///
    /// # Errors
    /// If what stands there refuses it.
    pub fn against(&self, found: Found) -> Result<Planned<'c>, Refusal> {
        if let (Some(asked), Some(kept)) = (&self.commit.request, found.request) {
            if asked.command == kept.command {
                return Ok(Planned::Replayed(kept));
            }
            return Err(Refusal::KeyReused { key: kept.key });
        }
        let mut draft = Draft::new(self.commit, found.log, self.streams.iter().zip(found.heads));
        let (mut targets, mut nodes, mut roots) =
            (found.targets.into_iter(), &*found.nodes, self.roots.iter());
        for step in &self.commit.steps {
            match step {
                Step::Append { stream, expected, events } => draft.append(stream, *expected, events)?,
                Step::Hold { stream, reason } => draft.hold(stream, reason)?,
                Step::Release { stream, hold, reason } => draft.release(stream, *hold, reason)?,
                Step::Erase { stream, version, part } => {
                    draft.erase(stream, *version, *part, targets.next().flatten())?;
                }
                Step::Anchor(anchor) => {
                    let needed = roots.next().map_or(0, |recipe| recipe.nodes().len()).min(nodes.len());
                    let root = root(anchor.checkpoint.size).make(&nodes[..needed]);
                    nodes = &nodes[needed..];
                    let root = root.and_then(|made| made.first().copied());
                    if anchor.checkpoint.size > draft.log.size() || root != Some(anchor.checkpoint.root) {
                        let (size, anchored) = (anchor.checkpoint.size, anchor.checkpoint.root);
                        return Err(Refusal::AnchorDiffers { size, anchored, root });
                    }
                    draft.own(&StreamId::anchors(), housekeeping::ANCHORED, anchor.to_payload());
                }
            }
        }
        Ok(Planned::Write(Box::new(draft.finish(&self.written))))
    }
}

fn check_event(event: &NewEvent) -> Result<(), Refusal> {
    unreserved(event.kind.as_str(), event.kind.is_reserved())?;
    fits("the payload of an event", event.payload.len(), limits::PAYLOAD)?;
    fits("the evidence of an event", event.evidence.len(), limits::EVIDENCE)?;
    fits("effects of an event", event.effects.len(), limits::EFFECTS)?;
    event.effects.iter().try_for_each(|effect| fits("the body of an effect", effect.body.len(), limits::BODY))
}

fn unreserved(name: &str, reserved: bool) -> Result<(), Refusal> {
    if reserved { Err(Refusal::Reserved { name: name.to_owned() }) } else { Ok(()) }
}

fn fits(what: &'static str, found: usize, most: usize) -> Result<(), Refusal> {
    if found > most { Err(Refusal::TooLarge { what, found, most }) } else { Ok(()) }
}
