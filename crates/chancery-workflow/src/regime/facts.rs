//! The record of an envelope, read for what a checker asks.

use std::collections::{BTreeMap, BTreeSet};

use chancery_auth::UserId;
use chancery_ledger::{StoredEvent, Unreadable, Version};
use jiff::Timestamp;

use crate::acting::Acting;
use crate::correction::Corrected as Change;
use crate::event::{Event, SigningBegan};
use crate::factor_rule::FactorName;
use crate::id::{PartyId, SessionId};
use crate::party::Party;
use crate::series::{InSeries, SeriesPlace};

/// An event of an envelope with what the ledger kept beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its place in the stream.
    pub version: Version,
    /// Who did it, as the ledger has it.
    pub actor: chancery_ledger::Actor,
    /// When, as the ledger has it.
    pub at: Timestamp,
    /// Whether it was recorded how it is known: addresses, devices.
    pub evidence: Evidence,
    /// What happened.
    pub event: Event,
}

/// Whether evidence stands beside an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// Some does, or did before it was erased.
    Kept,
    /// None does.
    None,
}

impl Recorded {
    /// Reads the events of an envelope's stream, as a store gives them.
    ///
    /// # Errors
    /// If one is no event of an envelope. Those that the ledger itself writes (erasures, holds) are passed over.
    pub fn read(events: &[chancery_ledger::Event]) -> Result<Vec<Self>, Unreadable> {
        let own = events.iter().filter(|event| !event.record.kind.is_reserved());
        own.map(|event| {
            let record = &event.record;
            let read = match event.payload() {
                Some(bytes) => Event::from_bytes(&record.kind, record.schema, bytes)?,
                None => Event::erased(&record.kind, record.schema).ok_or_else(|| {
                    Unreadable::new(format!("{} was erased and cannot be understood without", record.kind))
                })?,
            };
            let evidence = match event.evidence() {
                Some([]) => Evidence::None,
                Some(_) | None => Evidence::Kept,
            };
            let (version, actor, at) = (record.version, record.actor.clone(), record.at);
            Ok(Self { version, actor, at, evidence, event: read })
        })
        .collect()
    }

    pub(super) fn acting(&self) -> Option<Acting> {
        Acting::of(&self.actor)
    }
}

/// What a reader of the record has gathered.
#[derive(Default)]
pub(super) struct Facts<'r> {
    pub(super) events: &'r [Recorded],
    /// Definitions by party, as they stand at the end.
    pub(super) parties: BTreeMap<PartyId, Party>,
    /// Parties whose name is recorded.
    pub(super) named: BTreeSet<PartyId>,
    /// Who opened, when first.
    pub(super) opened: BTreeMap<PartyId, Version>,
    /// The signing that led to each signature, by the place of the signature.
    pub(super) began: BTreeMap<Version, &'r SigningBegan>,
    /// The sessions of series whose first act was done in this record, by when that was.
    pub(super) series: BTreeMap<SessionId, Version>,
}

impl<'r> Facts<'r> {
    pub(super) fn of(events: &'r [Recorded]) -> Self {
        let mut facts = Self { events, ..Self::default() };
        let mut session: BTreeMap<PartyId, &SigningBegan> = BTreeMap::new();
        for recorded in events {
            match &recorded.event {
                Event::DraftCreated(created) => facts.defined(&created.draft.parties),
                Event::DraftEdited(edited) => facts.defined(&edited.new.parties),
                Event::PeopleRecorded(people) => {
                    facts.named.extend(people.people.iter().map(|named| named.party));
                }
                Event::SignerChanged(changed) => facts.joined(changed.from, changed.to, changed.user),
                Event::PartyReassigned(reassigned) => {
                    facts.joined(reassigned.from, reassigned.to, reassigned.user);
                }
                Event::PartiesNominated(nominated) => {
                    for bound in &nominated.bound {
                        facts.bind(bound.party, bound.user);
                    }
                }
                Event::ReturnedTo(returned) => {
                    for again in &returned.again {
                        let copy = facts.parties.get(&again.of).cloned();
                        facts.parties.extend(copy.map(|party| (again.party, party)));
                        if facts.named.contains(&again.of) {
                            facts.named.insert(again.party);
                        }
                    }
                }
                Event::Corrected(corrected) => {
                    for change in &corrected.changes {
                        facts.corrected(change);
                    }
                }
                Event::Opened(opened) => {
                    facts.opened.entry(opened.party).or_insert(recorded.version);
                }
                Event::SigningBegan(began) => {
                    session.insert(began.party, began);
                }
                Event::SignatureApplied(applied) => {
                    let began = session.remove(&applied.party);
                    facts.first_of(began.and_then(|began| began.series.as_deref()), recorded.version);
                    facts.began.extend(began.map(|began| (recorded.version, began)));
                }
                Event::PartyDone(done) => facts.first_of(done.series.as_deref(), recorded.version),
                _ => {} // nothing that others build on
            }
        }
        facts
    }

    /// An act that opened a series was done.
    fn first_of(&mut self, series: Option<&InSeries>, version: Version) {
        if let Some(series) = series.filter(|series| series.place == SeriesPlace::First) {
            self.series.entry(series.session).or_insert(version);
        }
    }

    fn defined(&mut self, parties: &[Party]) {
        self.parties = (0_u32..).map(PartyId::new).zip(parties.iter().cloned()).collect();
        self.named.clear();
    }

    fn joined(&mut self, from: PartyId, to: PartyId, user: UserId) {
        if let Some(mut party) = self.parties.get(&from).cloned() {
            party.user = Some(user);
            self.parties.insert(to, party);
        }
    }

    fn bind(&mut self, party: PartyId, user: UserId) {
        if let Some(party) = self.parties.get_mut(&party) {
            party.user = Some(user);
        }
    }

    fn corrected(&mut self, change: &Change) {
        match change {
            Change::PartyAdded { party, definition, .. } => {
                self.parties.insert(*party, (**definition).clone());
            }
            Change::FactorsChanged { party, new, .. } => {
                if let Some(party) = self.parties.get_mut(party) {
                    party.factors = (**new).clone();
                }
            }
            Change::PartyRemoved { .. } | Change::PersonChanged { .. } | Change::DocumentReplaced { .. } => {}
        }
    }

    /// Every event that `pick` takes.
    pub(super) fn where_(&self, pick: impl Fn(&Event) -> bool) -> Vec<Version> {
        self.events.iter().filter(|recorded| pick(&recorded.event)).map(|recorded| recorded.version).collect()
    }

    /// Every event that `judge` has an opinion on: those that are right, and those that are not.
    pub(super) fn sort(&self, judge: impl Fn(&Recorded) -> Option<Right>) -> (Vec<Version>, Vec<Version>) {
        let (mut right, mut wrong) = (Vec::new(), Vec::new());
        for recorded in self.events {
            match judge(recorded) {
                Some(Right::Right) => right.push(recorded.version),
                Some(Right::Wrong) => wrong.push(recorded.version),
                None => {}
            }
        }
        (right, wrong)
    }

    /// The user of a party; none for seals.
    pub(super) fn user(&self, party: PartyId) -> Option<UserId> {
        self.parties.get(&party).and_then(|party| party.user)
    }

    /// The party that acts in an event, and what it proved for that.
    pub(super) fn act(event: &Event) -> Option<(PartyId, &[FactorName])> {
        use crate::role::Act;
        match event {
            Event::SigningBegan(began) => Some((began.party, &began.factors)),
            Event::PartyDone(done) => match done.act {
                Act::Approve | Act::Fill | Act::Acknowledge | Act::Receive | Act::Nominate => {
                    Some((done.party, &done.factors))
                }
                // Of a signature, `SigningBegan` says what was proved; a seal proves nothing.
                Act::Sign | Act::Witness | Act::Seal => None,
            },
            _ => None,
        }
    }

    /// The series that an act belongs to, if to one.
    pub(super) fn series(event: &Event) -> Option<&InSeries> {
        match event {
            Event::SigningBegan(began) => began.series.as_deref(),
            Event::PartyDone(done) => done.series.as_deref(),
            _ => None, // nothing that is done in one
        }
    }

    /// An act that is a signature or stands in the place of one: signing, witnessing, approving.
    pub(super) fn signing(event: &Event) -> Option<(PartyId, &[FactorName])> {
        use crate::role::Act;
        match event {
            Event::PartyDone(done) if done.act != Act::Approve => None,
            _ => Self::act(event),
        }
    }
}

/// Whether an event is as it should be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    Right,
    Wrong,
}

impl Right {
    pub(super) const fn when(holds: bool) -> Option<Self> {
        Some(if holds { Self::Right } else { Self::Wrong })
    }
}
