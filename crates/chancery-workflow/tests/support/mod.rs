//! An office for tests: people, documents, and proofs that say whatever a test wants.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

use chancery_auth::{Application, Occasion, ProvedFactor, UserId};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_ledger::{Context, Decider, Decision};
use chancery_workflow::*;
use jiff::{SignedDuration, Timestamp};
pub(crate) use proof::Proof;

mod proof;

pub(crate) const ENVELOPE: EnvelopeId = EnvelopeId::from_bytes([0xee; 16]);

pub(crate) fn text(words: &str) -> Text {
    Text::new(words).unwrap()
}

pub(crate) fn user(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

pub(crate) fn digest(n: u64) -> ContentDigest {
    let mut bytes = [0xd0; 32];
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    ContentDigest::from_bytes(bytes)
}

pub(crate) fn certificate(n: u8) -> Fingerprint {
    Fingerprint::from_bytes([n; 32])
}

pub(crate) fn disclosure() -> Disclosure {
    Disclosure { version: text("2026-1"), digest: digest(999) }
}

pub(crate) fn start() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

pub(crate) const SENDER: u8 = 100;
pub(crate) const OWNER: u8 = 101;

/// What a document permits: whatever a test wants.
#[derive(Clone, Debug)]
pub(crate) struct Permits {
    pub(crate) document: ContentDigest,
    pub(crate) signatures: Allowance,
    pub(crate) locked: Vec<String>,
}

impl Permits {
    pub(crate) fn any(document: ContentDigest) -> Box<dyn ModificationPermission> {
        Box::new(Self { document, signatures: Allowance::Any, locked: Vec::new() })
    }

    pub(crate) fn with(document: ContentDigest, signatures: Allowance) -> Box<dyn ModificationPermission> {
        Box::new(Self { document, signatures, locked: Vec::new() })
    }
}

impl ModificationPermission for Permits {
    fn document(&self) -> ContentDigest {
        self.document
    }

    fn signatures(&self) -> Allowance {
        self.signatures.clone()
    }

    fn may_show(&self, field: &str) -> Result<(), Text> {
        self.may_fill(field)
    }

    fn may_fill(&self, field: &str) -> Result<(), Text> {
        if self.locked.iter().any(|locked| locked == field) { Err(text("it is locked")) } else { Ok(()) }
    }
}

/// An envelope under test: a clock, a state, and everything that happened.
pub(crate) struct Office {
    pub(crate) workflow: Workflow,
    pub(crate) state: Option<Envelope>,
    pub(crate) events: Vec<Event>,
    pub(crate) sent: Vec<chancery_ledger::Effect>,
    pub(crate) now: Timestamp,
}

impl Office {
    pub(crate) fn new() -> Self {
        Self::with(Workflow::new())
    }

    pub(crate) fn with(workflow: Workflow) -> Self {
        Self { workflow, state: None, events: Vec::new(), sent: Vec::new(), now: start() }
    }

    /// The draft, created and sent by the sender.
    pub(crate) fn sending(draft: Draft) -> Self {
        let mut office = Self::new();
        office.create(draft);
        let permissions = office.permissions();
        office.by_sender(Command::Send { permissions }).accepted().unwrap();
        office
    }

    pub(crate) fn create(&mut self, draft: Draft) {
        let draft = Box::new(draft);
        self.by_sender(Command::CreateDraft { envelope: ENVELOPE, draft }).accepted().unwrap();
    }

    pub(crate) fn envelope(&self) -> &Envelope {
        self.state.as_ref().unwrap()
    }

    pub(crate) fn permissions(&self) -> Permissions {
        self.envelope().contents().iter().map(|content| Permits::any(*content)).collect()
    }

    pub(crate) fn status(&self) -> StatusName {
        self.envelope().status().name()
    }

    pub(crate) fn standing(&self, party: PartyId) -> Standing {
        self.envelope().slot(party).unwrap().standing()
    }

    pub(crate) fn later(&mut self, time: SignedDuration) {
        self.now = self.now.checked_add(time).unwrap();
    }

    pub(crate) fn context(&self, acting: Acting) -> Context {
        Context::with_fresh(acting.actor(), self.now, [0; 32])
    }

    pub(crate) fn decide(&self, acting: Acting, command: &Command) -> Decision<Event, Reply> {
        self.workflow.decide(&self.state, command, &self.context(acting))
    }

    /// Decides, and takes the events over. Each is read again as it was written.
    pub(crate) fn run(&mut self, acting: Acting, command: Command) -> Reply {
        let context = self.context(acting);
        let state = self.state.take();
        let decision = self.workflow.decide(&state, &command, &context);
        let (events, answer) = parts(decision);
        let mut state = state;
        for event in events {
            use chancery_ledger::StoredEvent;
            let read = Event::from_bytes(&event.kind().unwrap(), event.schema(), &event.to_bytes());
            assert_eq!(read.as_ref(), Ok(&event), "read as it was written");
            state = self.workflow.evolve(state, &event);
            self.sent.extend(self.workflow.effects(&state, &event));
            self.events.push(event);
        }
        self.state = state;
        answer
    }

    pub(crate) fn by(&mut self, n: u8, command: Command) -> Reply {
        self.run(Acting::User(user(n)), command)
    }

    pub(crate) fn by_sender(&mut self, command: Command) -> Reply {
        self.by(SENDER, command)
    }

    pub(crate) fn tick(&mut self) -> Reply {
        self.run(Acting::Timer, Command::Tick)
    }

    /// Opens and consents.
    pub(crate) fn open(&mut self, n: u8, party: PartyId) {
        self.by(n, Command::Open { party, factors: Vec::new() }).accepted().unwrap();
        let disclosure = disclosure().digest;
        self.by(n, Command::GiveConsent { party, disclosure, demonstration: None }).accepted().unwrap();
    }

    /// What a party pins to sign now.
    pub(crate) fn pins(&self, party: PartyId) -> Vec<Pinned> {
        let envelope = self.envelope();
        let pinned = |document| {
            let base = envelope.content(document).unwrap();
            let to_be_signed = DigestAlgorithm::Sha256
                .digest(&[base.to_bytes().as_slice(), &party.number().to_be_bytes()].concat());
            Pinned { document, base, to_be_signed }
        };
        envelope.signs(party).into_iter().map(pinned).collect()
    }

    pub(crate) fn begin(&self, party: PartyId) -> BeginSigning {
        let documents = self.pins(party);
        BeginSigning {
            party,
            lease: SignedDuration::from_mins(10),
            permissions: documents.iter().map(|pinned| Permits::any(pinned.base)).collect(),
            documents,
            certificate: certificate(1),
            signed_at: self.now,
            meaning: None,
            factors: Vec::new(),
        }
    }

    pub(crate) fn begin_signing(&mut self, n: u8, party: PartyId) -> Reply {
        let begin = Box::new(self.begin(party));
        self.by(n, Command::BeginSigning(begin))
    }

    /// Proofs of what the party's session pinned.
    pub(crate) fn proofs(&self, party: PartyId) -> Vec<Proof> {
        let Some(session) = self.envelope().slot(party).unwrap().session() else { return Vec::new() };
        let proof = |pinned: &Pinned| Proof {
            place: SignaturePlace { envelope: ENVELOPE, party, document: pinned.document },
            base: pinned.base,
            to_be_signed: pinned.to_be_signed,
            revision: ContentDigest::from_bytes(
                DigestAlgorithm::Sha256.digest(pinned.to_be_signed.as_bytes()).as_bytes().try_into().unwrap(),
            ),
            certificate: session.certificate,
            signer: SignerKind::Natural,
            level: SignatureLevel::Qualified,
            signed_at: session.signed_at,
            meaning: session.meaning.clone(),
        };
        session.documents.iter().map(proof).collect()
    }

    pub(crate) fn complete_signing(&mut self, n: u8, party: PartyId) -> Reply {
        let proofs = self.proofs(party);
        self.by(n, completing(party, proofs))
    }

    /// Opens, consents, signs.
    pub(crate) fn sign(&mut self, n: u8, party: PartyId) {
        self.open(n, party);
        self.begin_signing(n, party).accepted().unwrap();
        self.complete_signing(n, party).accepted().unwrap();
    }

    /// Opens, consents, approves.
    pub(crate) fn approve(&mut self, n: u8, party: PartyId) {
        self.open(n, party);
        self.by(n, Command::Approve { party, factors: Vec::new() }).accepted().unwrap();
    }

    /// Seals and completes.
    pub(crate) fn finish(&mut self) {
        let lease = SignedDuration::from_mins(5);
        let accepted = self.run(Acting::Sealer, Command::FinalizeBegin { lease }).accepted().unwrap();
        let Some(Made::Attempt { attempt, .. }) = accepted.made else { panic!("{accepted:?}") };
        let artifacts = vec![Artifact { name: text("signed.pdf"), digest: digest(555) }];
        self.run(Acting::Sealer, Command::FinalizeOk { attempt, artifacts }).accepted().unwrap();
    }

    /// Everything again from its events (I13).
    pub(crate) fn replayed(&self) -> Option<Envelope> {
        self.events.iter().fold(None, |state, event| self.workflow.evolve(state, event))
    }

    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        self.events.iter().map(Event::kind_name).collect()
    }

    /// Notices that were sent, in order.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        let notices = self.sent.iter().filter(|effect| effect.destination.as_str() == NOTICE);
        notices.map(|effect| serde_json::from_slice(&effect.body).unwrap()).collect()
    }

    pub(crate) fn told(&self, intent: Intent) -> Vec<Recipient> {
        self.notices()
            .into_iter()
            .filter(|notice| notice.intent == intent)
            .flat_map(|notice| notice.to)
            .collect()
    }
}

pub(crate) fn completing(party: PartyId, proofs: Vec<Proof>) -> Command {
    let proofs = proofs.into_iter().map(|proof| Box::new(proof) as Box<dyn SignatureProof>).collect();
    Command::CompleteSigning { party, proofs }
}

/// A password that was proved for an occasion.
pub(crate) fn password(occasion: Occasion, now: Timestamp) -> ProvedFactor {
    Application::that_verifies_logins().password(occasion, now)
}

fn parts(decision: Decision<Event, Reply>) -> (Vec<Event>, Reply) {
    (decision.recorded().to_vec(), decision.replied().clone())
}

/// A draft with one document, rules as they are made, and no party.
pub(crate) fn draft() -> Draft {
    let mut draft = Draft::new("Lease", Rules::new(disclosure())).unwrap();
    draft.document("lease.pdf", digest(1)).unwrap();
    draft
}

pub(crate) const SIMPLE: Role = Role::Sign { level: SignatureLevel::Simple };

/// A party of this role, whose signature is not to be seen.
pub(crate) fn party(role: Role, step: StepId, n: u8) -> Party {
    Party::new(role, step, user(n)).invisible()
}

/// An approver, then two signers at the same time, and a copy at the end: users 1, 2, 3, 4.
pub(crate) fn contract() -> Draft {
    let mut draft = draft();
    let approval = draft.step(Step::all(Phase::Approval));
    let signing = draft.step(Step::all(Phase::Signing));
    draft.party(party(Role::Approve, approval, 1));
    draft.party(party(SIMPLE, signing, 2));
    draft.party(party(SIMPLE, signing, 3));
    draft.party(Party::new(Role::Copy { when: CopyMoment::AtEnd }, signing, user(4)));
    draft
}

/// So many signers in one step, of whom so many are enough: users 1 and on.
pub(crate) fn signers(count: u8, quorum: Quorum) -> Draft {
    let mut draft = draft();
    let step = draft.step(Step { quorum, ..Step::all(Phase::Signing) });
    for n in 1..=count {
        draft.party(party(SIMPLE, step, n));
    }
    draft
}

pub(crate) fn p(n: u32) -> PartyId {
    PartyId::new(n)
}

/// Why it was refused.
#[track_caller]
pub(crate) fn refusal(reply: Reply) -> Refusal {
    reply.accepted().unwrap_err()
}

/// Somebody who takes a part over.
pub(crate) fn successor(n: u8, email: &str) -> Successor {
    let person = Person::named(text("Somebody else")).email(Email::new(email).unwrap());
    Successor { user: user(n), person }
}

/// What the sealer was given to do.
pub(crate) fn work(office: &Office) -> Vec<SealWork> {
    let work = office.sent.iter().filter(|effect| effect.destination.as_str() == SEAL);
    work.map(|effect| serde_json::from_slice(&effect.body).unwrap()).collect()
}
