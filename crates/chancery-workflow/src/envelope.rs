//! An envelope: what its events come to.

use std::collections::BTreeMap;
use std::sync::Arc;

use chancery_auth::UserId;
use jiff::Timestamp;

use crate::asker::Asker;
use crate::document::Permitted;
use crate::draft::Draft;
use crate::grant::Granted;
use crate::hold::LegalHold;
use crate::id::{
    ContentDigest, DocumentId, EnvelopeId, FieldId, GrantId, HoldId, PartyId, PolicyHash, Revision, StepId,
    index, number,
};
use crate::party::Party;
use crate::person::Person;
use crate::predicate::Facts;
use crate::reason::ReasonOf;
use crate::role::Act;
use crate::rules::Rules;
use crate::slot::{Joined, Refusals, Slot, Standing};
use crate::status::{Disposition, Retention, Status};
use crate::text::Text;

/// An envelope: what its events come to. Only [`Workflow`](crate::Workflow) makes and changes it. Cloning it costs a few
/// counters and one copy of its slots; what was sent is shared.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    pub(crate) id: EnvelopeId,
    pub(crate) sender: UserId,
    pub(crate) status: Status,
    pub(crate) draft: Arc<Draft>,
    /// Definitions, by party: those of the draft, and of everybody who joined later.
    pub(crate) parties: Arc<Vec<Arc<Party>>>,
    pub(crate) slots: Vec<Slot>,
    /// Who sits in each step and acts: of those that were replaced or do their part again, the last.
    pub(crate) members: Arc<Vec<Vec<PartyId>>>,
    pub(crate) people: Arc<BTreeMap<PartyId, Person>>,
    pub(crate) values: Arc<BTreeMap<FieldId, Text>>,
    /// The current digest of each document.
    pub(crate) contents: Arc<[ContentDigest]>,
    /// The digest of each document before anybody signed it.
    pub(crate) unsigned: Arc<[ContentDigest]>,
    pub(crate) permitted: Arc<[Permitted]>,
    pub(crate) policy: Option<PolicyHash>,
    pub(crate) current: StepId,
    pub(crate) begun: Begun,
    pub(crate) head: Revision,
    /// The step in which the last signature was applied.
    pub(crate) signed_in: Option<StepId>,
    /// The latest time of any event: time never goes back behind it.
    pub(crate) latest: Timestamp,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) deadline: Option<Timestamp>,
    pub(crate) warned_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) returns: u32,
    pub(crate) grants: Arc<Vec<Granted>>,
    /// What was wanted, holds aside.
    pub(crate) retention: Retention,
    /// The legal holds in force, in the order of their numbers.
    pub(crate) holds: Arc<Vec<LegalHold>>,
    /// The number that the next hold gets; none when there is no further one.
    pub(crate) next_hold: Option<HoldId>,
    pub(crate) disposition: Disposition,
    /// What people gave as reasons: of holds while they are in force, of all else the last.
    pub(crate) reasons: Arc<BTreeMap<ReasonOf, Text>>,
    /// Refusals of those who are no party, by who they are.
    pub(crate) house: Refusals,
    pub(crate) workers: Refusals,
    pub(crate) strangers: Refusals,
}

impl Envelope {
    pub(crate) fn new(id: EnvelopeId, sender: UserId, draft: &Draft) -> Self {
        let mut envelope = Self {
            id,
            sender,
            status: Status::Draft,
            draft: Arc::new(draft.clone()),
            parties: Arc::default(),
            slots: Vec::new(),
            members: Arc::default(),
            people: Arc::default(),
            values: Arc::default(),
            contents: Arc::from([]),
            unsigned: Arc::from([]),
            permitted: Arc::from([]),
            policy: None,
            current: StepId::new(0),
            begun: Begun::NotYet,
            head: Revision::FIRST,
            signed_in: None,
            latest: Timestamp::MIN,
            sent_at: None,
            deadline: None,
            warned_at: None,
            ended_at: None,
            returns: 0,
            grants: Arc::default(),
            retention: Retention::Normal,
            holds: Arc::default(),
            next_hold: Some(HoldId::new(0)),
            disposition: Disposition::InForce,
            reasons: Arc::default(),
            house: Refusals::default(),
            workers: Refusals::default(),
            strangers: Refusals::default(),
        };
        envelope.redraft(draft);
        envelope
    }

    /// Takes everything from a draft.
    pub(crate) fn redraft(&mut self, draft: &Draft) {
        self.draft = Arc::new(draft.clone());
        self.parties = Arc::new(draft.parties.iter().cloned().map(Arc::new).collect());
        let seat = |n| Slot::new(PartyId::new(number(n)), Joined::BySender);
        self.slots = (0..draft.parties.len()).map(seat).collect();
        let mut members = vec![Vec::new(); draft.steps.len()];
        for (n, party) in draft.parties.iter().enumerate() {
            if let (Some(_), Some(of_step)) = (party.role.act(), members.get_mut(index(party.step.number())))
            {
                of_step.push(PartyId::new(number(n)));
            }
        }
        self.members = Arc::new(members);
        self.contents = draft.documents.iter().map(|document| document.digest).collect();
        self.unsigned = Arc::clone(&self.contents);
        (self.people, self.values) = (Arc::default(), Arc::default());
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> EnvelopeId {
        self.id
    }

    /// Who sends it.
    #[must_use]
    pub const fn sender(&self) -> UserId {
        self.sender
    }

    /// Who owns it: the sender, unless the draft names somebody.
    #[must_use]
    pub fn owner(&self) -> UserId {
        self.draft.owner.unwrap_or(self.sender)
    }

    /// Where it stands.
    #[must_use]
    pub const fn status(&self) -> &Status {
        &self.status
    }

    /// What the sender wrote: title, documents, steps, fields, rules; fields of parties who joined later, too. Those
    /// parties are not in it; see [`party`](Self::party). Nor are people and what stands in fields; see
    /// [`person`](Self::person), [`value`](Self::value).
    #[must_use]
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// The same with the people and with what stands in the fields: the whole draft, to be changed and handed to
    /// [`EditDraft`](crate::Command::EditDraft).
    #[must_use]
    pub fn whole_draft(&self) -> Draft {
        let mut draft = (*self.draft).clone();
        for (n, party) in draft.parties.iter_mut().enumerate() {
            party.person = self.person(PartyId::new(number(n))).cloned();
        }
        for (n, field) in draft.fields.iter_mut().enumerate() {
            field.prefill = self.value(FieldId::new(number(n))).cloned();
        }
        draft
    }

    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.draft.rules
    }

    /// All parties with where they stand, also those who were replaced.
    pub fn parties(&self) -> impl ExactSizeIterator<Item = (PartyId, &Party, &Slot)> {
        Parties { envelope: self, next: 0 }
    }

    /// A party as it is defined.
    #[must_use]
    pub fn party(&self, party: PartyId) -> Option<&Party> {
        self.parties.get(index(party.number())).map(AsRef::as_ref)
    }

    /// Where a party stands.
    #[must_use]
    pub fn slot(&self, party: PartyId) -> Option<&Slot> {
        self.slots.get(index(party.number()))
    }

    /// Name and addresses of a party; none if they were not given, or erased.
    #[must_use]
    pub fn person(&self, party: PartyId) -> Option<&Person> {
        self.people.get(&party)
    }

    /// Who sits in a step and acts.
    #[must_use]
    pub fn members(&self, step: StepId) -> &[PartyId] {
        self.members.get(index(step.number())).map_or(&[], Vec::as_slice)
    }

    /// The step whose turn it is; past the last one when all are satisfied.
    #[must_use]
    pub const fn current_step(&self) -> StepId {
        self.current
    }

    /// The head: how often the content changed since it was sent.
    #[must_use]
    pub const fn head(&self) -> Revision {
        self.head
    }

    /// SHA-256 of a document as it is now.
    #[must_use]
    pub fn content(&self, document: DocumentId) -> Option<ContentDigest> {
        self.contents.get(index(document.number())).copied()
    }

    /// SHA-256 of each document as it is now.
    #[must_use]
    pub fn contents(&self) -> &[ContentDigest] {
        &self.contents
    }

    /// SHA-256 of a document before anybody signed it. Where signatures stand beside a document and not in it, these are
    /// the bytes that everybody signs.
    #[must_use]
    pub fn unsigned(&self, document: DocumentId) -> Option<ContentDigest> {
        self.unsigned.get(index(document.number())).copied()
    }

    /// What its documents permitted when it was sent.
    #[must_use]
    pub fn permitted(&self) -> &[Permitted] {
        &self.permitted
    }

    /// The rules that it was sent under.
    #[must_use]
    pub const fn policy(&self) -> Option<PolicyHash> {
        self.policy
    }

    /// What stands in a field: what its party wrote, or what the sender wrote before.
    #[must_use]
    pub fn value(&self, field: FieldId) -> Option<&Text> {
        self.values.get(&field)
    }

    /// When it was sent.
    #[must_use]
    pub const fn sent_at(&self) -> Option<Timestamp> {
        self.sent_at
    }

    /// Until when it is open.
    #[must_use]
    pub const fn deadline(&self) -> Option<Timestamp> {
        self.deadline
    }

    /// When it ended.
    #[must_use]
    pub const fn ended_at(&self) -> Option<Timestamp> {
        self.ended_at
    }

    /// Its grants to download.
    #[must_use]
    pub fn grants(&self) -> &[Granted] {
        &self.grants
    }

    /// One of them.
    #[must_use]
    pub fn grant(&self, grant: GrantId) -> Option<&Granted> {
        self.grants.get(index(grant.number()))
    }

    /// What the records officer decided.
    #[must_use]
    pub fn retention(&self) -> Retention {
        match self.retention {
            Retention::Purged => Retention::Purged,
            _ if !self.holds.is_empty() => Retention::LegalHold, // whatever else was wanted waits
            wanted => wanted,
        }
    }

    /// The legal holds in force, the oldest first; while there is one, nothing is purged.
    #[must_use]
    pub fn holds(&self) -> &[LegalHold] {
        &self.holds
    }

    /// One of them; none if it never began, or is over.
    #[must_use]
    pub fn hold(&self, hold: HoldId) -> Option<&LegalHold> {
        self.holds.iter().find(|one| one.id == hold)
    }

    /// What holds of it once completed.
    #[must_use]
    pub const fn disposition(&self) -> &Disposition {
        &self.disposition
    }

    /// What somebody gave as a reason, or noted; none if nobody did, or it was erased.
    #[must_use]
    pub fn reason(&self, of: ReasonOf) -> Option<&Text> {
        self.reasons.get(&of)
    }

    /// How often it was sent back.
    #[must_use]
    pub const fn returns(&self) -> u32 {
        self.returns
    }

    /// Refusals of somebody, as far as they were recorded.
    #[must_use]
    pub fn refusals(&self, asker: Asker) -> Refusals {
        match asker {
            Asker::Party(party) => self.slot(party).map_or(Refusals::default(), |slot| slot.refusals),
            Asker::House => self.house,
            Asker::Worker => self.workers,
            Asker::Stranger => self.strangers,
        }
    }

    /// The party that holds a seat now: the last of those who took it over or do its part again.
    #[must_use]
    pub fn holder(&self, party: PartyId) -> PartyId {
        let mut holder = party;
        // Each goes to a higher number, so this ends.
        while let Some(slot) = self.slot(holder) {
            let next = match slot.standing {
                Standing::Replaced { by } => Some(by),
                _ => slot.again,
            };
            match next {
                Some(next) if next > holder => holder = next,
                _ => break,
            }
        }
        holder
    }

    /// The documents that a party signs: those with a signature field of its seat, or all where its signature is not to
    /// be seen.
    #[must_use]
    pub fn signs(&self, party: PartyId) -> Vec<DocumentId> {
        let (Some(definition), Some(slot)) = (self.party(party), self.slot(party)) else { return Vec::new() };
        if !definition.role.act().is_some_and(Act::signs) {
            return Vec::new();
        }
        let count = self.contents.len();
        match definition.placement {
            crate::party::Placement::Invisible => (0..count).map(|n| DocumentId::new(number(n))).collect(),
            crate::party::Placement::InFields => {
                let places = self.draft.fields.iter().filter(|field| {
                    field.party == slot.seat && field.content == crate::field::FieldContent::Signature
                });
                let mut documents: Vec<_> = places.map(|field| field.document).collect();
                documents.sort_unstable();
                documents.dedup();
                documents
            }
        }
    }
}

/// Whether the current step has begun: its condition is judged once, when it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    NotYet,
    Yes,
}

struct Parties<'e> {
    envelope: &'e Envelope,
    next: usize,
}

impl<'e> Iterator for Parties<'e> {
    type Item = (PartyId, &'e Party, &'e Slot);

    fn next(&mut self) -> Option<Self::Item> {
        let party = self.envelope.parties.get(self.next)?;
        let slot = self.envelope.slots.get(self.next)?;
        let id = PartyId::new(number(self.next));
        self.next += 1;
        Some((id, party, slot))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.envelope.slots.len().saturating_sub(self.next);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Parties<'_> {}

impl Facts for Envelope {
    fn value(&self, field: FieldId) -> Option<&Text> {
        self.value(field)
    }

    fn done(&self, party: PartyId) -> bool {
        self.slot(self.holder(party)).is_some_and(|slot| slot.standing == Standing::Done)
    }

    fn declined(&self, party: PartyId) -> bool {
        self.slot(self.holder(party)).is_some_and(|slot| slot.standing == Standing::Declined)
    }
}
