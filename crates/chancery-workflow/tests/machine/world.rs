//! People, drafts, proofs: what the tests begin with.

use chancery_auth::UserId;
use chancery_digest::{Digest, DigestAlgorithm};
use chancery_ledger::{Context, Decider, StoredEvent};
use chancery_workflow::*;
use jiff::{SignedDuration, Timestamp};

pub(crate) use crate::proof::Proof;

/// Noon.
pub(crate) fn noon() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

pub(crate) fn after(time: SignedDuration) -> Timestamp {
    noon().checked_add(time).unwrap()
}

pub(crate) const fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

pub(crate) const fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * n)
}

pub(crate) fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

/// The person who sits in the place of a number; 200 and more are none of them.
pub(crate) fn user(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

pub(crate) fn sender() -> UserId {
    user(250)
}

pub(crate) fn by_sender() -> Acting {
    Acting::User(sender())
}

pub(crate) fn operator() -> Acting {
    Acting::Operator(user(251))
}

pub(crate) fn officer() -> Acting {
    Acting::Records(user(252))
}

pub(crate) fn envelope_id() -> EnvelopeId {
    EnvelopeId::from_bytes([0xe; 16])
}

pub(crate) fn id(n: u32) -> PartyId {
    PartyId::new(n)
}

pub(crate) fn document() -> ContentDigest {
    ContentDigest::from_bytes([0xd0; 32])
}

pub(crate) fn disclosure() -> Disclosure {
    Disclosure { version: text("2026-1"), digest: ContentDigest::from_bytes([0xdc; 32]) }
}

pub(crate) fn context(acting: Acting, now: Timestamp) -> Context {
    Context::with_fresh(acting.actor(), now, [0; 32])
}

/// With one document, and rules that leave room: leases of a day, one wrong factor blocks, one attempt before an operator.
pub(crate) fn draft() -> Draft {
    let mut rules = Rules::new(disclosure());
    (rules.lease, rules.failures, rules.finalize_attempts) = (hours(24), 1, 1);
    let mut draft = Draft::new("Lease of the harbour office", rules).unwrap();
    draft.document("lease.pdf", document()).unwrap();
    draft
}

pub(crate) fn sign() -> Role {
    Role::Sign { level: SignatureLevel::Simple }
}

/// A document as somebody looked at it.
#[derive(Debug)]
pub(crate) struct Looked {
    pub(crate) document: ContentDigest,
    pub(crate) allowance: Allowance,
    pub(crate) fields: Result<(), Text>,
}

impl ModificationPermission for Looked {
    fn document(&self) -> ContentDigest {
        self.document
    }
    fn signatures(&self) -> Allowance {
        self.allowance.clone()
    }
    fn may_show(&self, _: &str) -> Result<(), Text> {
        self.fields.clone()
    }
    fn may_fill(&self, _: &str) -> Result<(), Text> {
        self.fields.clone()
    }
}

/// Everything is permitted in these.
pub(crate) fn permits(documents: &[ContentDigest]) -> Vec<Box<dyn ModificationPermission>> {
    let looked = |document: &ContentDigest| -> Box<dyn ModificationPermission> {
        Box::new(Looked { document: *document, allowance: Allowance::Any, fields: Ok(()) })
    };
    documents.iter().map(looked).collect()
}

pub(crate) fn create(draft: &Draft) -> Command {
    Command::CreateDraft { envelope: envelope_id(), draft: Box::new(draft.clone()) }
}

pub(crate) fn send(draft: &Draft) -> Command {
    let digests: Vec<_> = draft.documents.iter().map(|document| document.digest).collect();
    Command::Send { permissions: permits(&digests) }
}

pub(crate) fn open(party: PartyId) -> Command {
    Command::Open { party, factors: Vec::new() }
}

pub(crate) fn consent(party: PartyId) -> Command {
    Command::GiveConsent { party, disclosure: disclosure().digest, demonstration: None }
}

/// 32 bytes that no other numbers give.
pub(crate) fn bytes(what: u8, numbers: [u64; 3]) -> [u8; 32] {
    let mut bytes = [what; 32];
    let numbers = numbers.iter().flat_map(|number| number.to_be_bytes());
    bytes.iter_mut().zip(numbers).for_each(|(to, from)| *to = from);
    bytes
}

fn number(party: PartyId) -> u64 {
    party.number().into()
}

/// Everything pinned as it is now.
pub(crate) fn begin_signing(
    envelope: &Envelope,
    party: PartyId,
    lease: SignedDuration,
    now: Timestamp,
) -> BeginSigning {
    let pin = |document: DocumentId| {
        let digest = bytes(b't', [number(party), envelope.head().number(), document.number().into()]);
        Pinned {
            document,
            base: envelope.content(document).unwrap(),
            to_be_signed: Digest::from_parts(DigestAlgorithm::Sha256, &digest).unwrap(),
        }
    };
    BeginSigning {
        party,
        lease,
        documents: envelope.signs(party).into_iter().map(pin).collect(),
        certificate: Fingerprint::from_bytes(bytes(b'c', [number(party), 0, 0])),
        signed_at: now,
        meaning: Some(text("I agree")),
        permissions: permits(envelope.contents()),
        factors: Vec::new(),
    }
}

pub(crate) fn begin(envelope: &Envelope, party: PartyId, now: Timestamp) -> Command {
    Command::BeginSigning(Box::new(begin_signing(envelope, party, hours(24), now)))
}

/// A proof for each document that was pinned; none without a session.
pub(crate) fn signatures(envelope: &Envelope, party: PartyId) -> Vec<Proof> {
    let Some(slot) = envelope.slot(party) else { return Vec::new() };
    let Some(session) = slot.session() else { return Vec::new() };
    let sign = |pinned: &Pinned| Proof {
        place: SignaturePlace { envelope: envelope.id(), party, document: pinned.document },
        base: pinned.base,
        to_be_signed: pinned.to_be_signed,
        revision: ContentDigest::from_bytes(bytes(
            b'r',
            [number(party), session.base.number() + 1, pinned.document.number().into()],
        )),
        certificate: session.certificate,
        signer: SignerKind::Natural,
        level: SignatureLevel::Qualified,
        signed_at: session.signed_at,
        meaning: session.meaning.clone(),
    };
    session.documents.iter().map(sign).collect()
}

pub(crate) fn proofs(signatures: Vec<Proof>) -> Vec<Box<dyn SignatureProof>> {
    signatures.into_iter().map(|signature| Box::new(signature) as Box<dyn SignatureProof>).collect()
}

pub(crate) fn complete(envelope: &Envelope, party: PartyId) -> Command {
    Command::CompleteSigning { party, proofs: proofs(signatures(envelope, party)) }
}

pub(crate) fn change_signer(party: PartyId, to: UserId) -> Command {
    let to = Successor { user: to, person: Person::named(text("Bob")) };
    Command::ChangeSigner(Box::new(ChangeSigner {
        party,
        how: event::Handover::ChangeSigner,
        to,
        note: None,
        access: Vec::new(),
        act: Vec::new(),
    }))
}

pub(crate) fn artifacts() -> Vec<Artifact> {
    vec![Artifact { name: text("lease, signed and sealed"), digest: ContentDigest::from_bytes([0xaf; 32]) }]
}

/// What decides envelopes: the crate, or a mutation of it.
pub(crate) trait Machine:
    Decider<State = Option<Envelope>, Command = Command, Event = Event, Reply = Reply>
{
}

impl<D: Decider<State = Option<Envelope>, Command = Command, Event = Event, Reply = Reply>> Machine for D {}

/// One command decided: what was recorded and answered, and the state after it.
pub(crate) struct Decided {
    pub(crate) state: Option<Envelope>,
    pub(crate) events: Vec<Event>,
    pub(crate) reply: Reply,
}

pub(crate) fn decide(
    machine: &impl Machine,
    state: &Option<Envelope>,
    command: &Command,
    by: Acting,
    now: Timestamp,
) -> Decided {
    let decision = machine.decide(state, command, &context(by, now));
    let events = decision.recorded().to_vec();
    let state = events.iter().fold(state.clone(), |state, event| machine.evolve(state, event));
    Decided { state, events, reply: decision.replied().clone() }
}

/// An event, written and read again.
pub(crate) fn reread(event: &Event) -> Event {
    Event::from_bytes(&event.kind().unwrap(), event.schema(), &event.to_bytes()).unwrap()
}

/// An envelope that was brought somewhere: its events, its state, the time.
pub(crate) struct Story {
    pub(crate) workflow: Workflow,
    pub(crate) events: Vec<Event>,
    pub(crate) state: Option<Envelope>,
    pub(crate) now: Timestamp,
}

impl Story {
    pub(crate) fn new() -> Self {
        Self { workflow: Workflow::new(), events: Vec::new(), state: None, now: noon() }
    }

    /// Of this draft, sent.
    pub(crate) fn sent(draft: &Draft) -> Self {
        let mut story = Self::new();
        story.does(by_sender(), &create(draft)).accepted().unwrap();
        story.does(by_sender(), &send(draft)).accepted().unwrap();
        story
    }

    pub(crate) fn envelope(&self) -> &Envelope {
        self.state.as_ref().unwrap()
    }

    /// Somebody does something; whatever comes of it is recorded.
    pub(crate) fn does(&mut self, by: Acting, command: &Command) -> Reply {
        let decided = decide(&self.workflow, &self.state, command, by, self.now);
        self.events.extend(decided.events);
        self.state = decided.state;
        decided.reply
    }

    /// The same, and it is done.
    #[track_caller]
    pub(crate) fn done(&mut self, by: Acting, command: &Command) -> &mut Self {
        let reply = self.does(by, command);
        assert!(reply.refusal().is_none(), "{command:?}: {reply:?}");
        self
    }

    /// A party does something that is done.
    #[track_caller]
    pub(crate) fn party(&mut self, party: u32, command: impl Fn(&Envelope, PartyId) -> Command) -> &mut Self {
        let command = command(self.envelope(), id(party));
        let person = self.envelope().party(id(party)).and_then(|party| party.user).unwrap();
        self.done(Acting::User(person), &command)
    }

    /// A party looks and consents.
    #[track_caller]
    pub(crate) fn agrees(&mut self, party: u32) -> &mut Self {
        self.party(party, |_, party| open(party)).party(party, |_, party| consent(party))
    }

    /// A party signs from beginning to end.
    #[track_caller]
    pub(crate) fn signs(&mut self, party: u32) -> &mut Self {
        self.agrees(party).signs_only(party)
    }

    /// The same, of a party that has looked and consented.
    #[track_caller]
    pub(crate) fn signs_only(&mut self, party: u32) -> &mut Self {
        let now = self.now;
        self.party(party, |envelope, party| begin(envelope, party, now)).party(party, complete)
    }

    /// A party approves.
    #[track_caller]
    pub(crate) fn approves(&mut self, party: u32) -> &mut Self {
        self.agrees(party).party(party, |_, party| Command::Approve { party, factors: Vec::new() })
    }

    /// It is finished.
    #[track_caller]
    pub(crate) fn finishes(&mut self) -> &mut Self {
        self.done(Acting::Sealer, &Command::FinalizeBegin { lease: SignedDuration::from_mins(5) });
        let Status::Finalizing(finalization) = self.envelope().status() else { panic!("not being finished") };
        let attempt = finalization.attempt;
        self.done(Acting::Sealer, &Command::FinalizeOk { attempt, artifacts: artifacts() })
    }

    pub(crate) fn passes(&mut self, time: SignedDuration) -> &mut Self {
        self.now = self.now.checked_add(time).unwrap();
        self
    }

    /// What was recorded so far, to begin a sentence with.
    pub(crate) fn history(&self) -> Vec<Event> {
        self.events.clone()
    }

    pub(crate) fn standing(&self, party: u32) -> Standing {
        self.envelope().slot(id(party)).unwrap().standing()
    }

    /// Effects of everything so far: destination, kind, body.
    pub(crate) fn deliveries(&self) -> Vec<(String, String, String)> {
        let mut state = None;
        let mut sent = Vec::new();
        for event in &self.events {
            state = self.workflow.evolve(state, event);
            for effect in self.workflow.effects(&state, event) {
                let body = String::from_utf8(effect.body).unwrap();
                sent.push((effect.destination.as_str().to_owned(), effect.kind.as_str().to_owned(), body));
            }
        }
        sent
    }
}
