//! Works on envelopes in a SQLite ledger and says on its standard output what is acknowledged, so that a judge can kill it
//! and look afterwards. Not a program to learn from.
//!
//! ```text
//! envelope_worker work FILE SEALS COUNT NAME  # until all COUNT envelopes have ended; seals are files in the folder SEALS
//! envelope_worker tell FILE                   # every event, then how each envelope ended
//! ```
//!
//! It plays everybody: sender, parties, timer, sealer. Only a signing session is its own: what was prepared in a process that
//! died is lost, and the lease must end before the party can begin again. Every seventh envelope is voided by its sender,
//! every eleventh declined by a signer, the others are completed.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{Write, stdout};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use chancery_auth::UserId;
use chancery_digest::{Digest, DigestAlgorithm};
use chancery_ledger::{
    Claim, Context, IdempotencyKey, Lease, Recorded, RunError, Runner, Sequence, SqliteStore, Store,
    StoredEvent, Tenant,
};
use chancery_workflow::*;
use getrandom::SysRng;
use getrandom::rand_core::{Rng, UnwrapErr};
use jiff::{SignedDuration, Timestamp};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// So long a party has for its signature, and a sealer for the seal: short, so that what the dead held comes free.
const LEASE: SignedDuration = SignedDuration::from_millis(400);

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["work", file, seals, count, name] => Worker::new(file, seals, name)?.work(count.parse()?),
        ["tell", file] => tell(&open(file)?),
        _ => Err("see the top of this example".into()),
    }
}

fn open(file: &str) -> Outcome<SqliteStore> {
    Ok(SqliteStore::open(file, Duration::from_secs(60))?)
}

fn acme() -> Outcome<Tenant> {
    Ok(Tenant::new("acme")?)
}

fn user(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

fn sender() -> Acting {
    Acting::User(user(99))
}

fn text(text: &str) -> Outcome<Text> {
    Ok(Text::new(text)?)
}

fn digest(what: u8, numbers: [u64; 3]) -> [u8; 32] {
    let mut bytes = [what; 32];
    bytes
        .iter_mut()
        .zip(numbers.iter().flat_map(|number| number.to_be_bytes()))
        .for_each(|(to, from)| *to = from);
    bytes
}

/// An approver, two signers at once, one of two who confirm, a copy.
fn draft(number: u64) -> Outcome<Draft> {
    let disclosure = Disclosure { version: text("2026-1")?, digest: ContentDigest::from_bytes([9; 32]) };
    let mut rules = Rules::new(disclosure);
    (rules.sessions, rules.finalize_attempts) = (1000, 1000);
    let mut draft = Draft::new(&format!("Contract {number}"), rules)?;
    draft.document("contract.pdf", ContentDigest::from_bytes(digest(b'd', [number, 0, 0])))?;
    let approval = draft.step(Step::all(Phase::Approval));
    let signing = draft.step(Step::all(Phase::Signing));
    let reading = draft.step(Step::at_least(1, Phase::Delivery));
    let sign = || Role::Sign { level: SignatureLevel::Simple };
    for (role, step, person) in [
        (Role::Approve, approval, 1),
        (sign(), signing, 2),
        (sign(), signing, 3),
        (Role::Acknowledge, reading, 4),
        (Role::Acknowledge, reading, 5),
        (Role::Copy { when: CopyMoment::AtEnd }, reading, 6),
    ] {
        draft.party(Party::new(role, step, user(person)).invisible());
    }
    Ok(draft)
}

#[derive(Debug)]
struct Looked(ContentDigest);

impl ModificationPermission for Looked {
    fn document(&self) -> ContentDigest {
        self.0
    }
    fn signatures(&self) -> Allowance {
        Allowance::Any
    }
    fn may_show(&self, _: &str) -> Result<(), Text> {
        Ok(())
    }
    fn may_fill(&self, _: &str) -> Result<(), Text> {
        Ok(())
    }
}

/// What a signature of this session would be.
#[derive(Debug)]
struct Signed {
    place: SignaturePlace,
    pinned: Pinned,
    session: SigningSession,
    revision: ContentDigest,
    words: Text,
}

impl SignatureProof for Signed {
    fn place(&self) -> SignaturePlace {
        self.place
    }
    fn base(&self) -> ContentDigest {
        self.pinned.base
    }
    fn to_be_signed(&self) -> Digest {
        self.pinned.to_be_signed
    }
    fn revision(&self) -> ContentDigest {
        self.revision
    }
    fn certificate(&self) -> Fingerprint {
        self.session.certificate
    }
    fn signer(&self) -> SignerKind {
        SignerKind::Natural
    }
    fn subject(&self) -> Text {
        self.words.clone()
    }
    fn algorithm(&self) -> Text {
        self.words.clone()
    }
    fn level(&self) -> SignatureLevel {
        SignatureLevel::Simple
    }
    fn signed_at(&self) -> Timestamp {
        self.session.signed_at
    }
    fn meaning(&self) -> Option<Text> {
        None
    }
    fn timestamp(&self) -> Option<ContentDigest> {
        None
    }
}

struct Worker {
    store: SqliteStore,
    workflow: Workflow,
    tenant: Tenant,
    seals: String,
    name: String,
    calls: u64,
    /// The sessions that this process began, by envelope and party: until when.
    sessions: BTreeMap<(u64, PartyId), Timestamp>,
}

impl Worker {
    fn new(file: &str, seals: &str, name: &str) -> Outcome<Self> {
        let (store, workflow, tenant) = (open(file)?, Workflow::new(), acme()?);
        let (seals, name) = (seals.to_owned(), name.to_owned());
        Ok(Self { store, workflow, tenant, seals, name, calls: 0, sessions: BTreeMap::new() })
    }

    fn work(&mut self, count: u64) -> Outcome<()> {
        let mut open: Vec<u64> = (0..count).collect();
        while !open.is_empty() {
            let at = usize::try_from(UnwrapErr(SysRng).next_u64() % u64::try_from(open.len())?)?;
            let number = open[at];
            if self.step(number)? {
                open.swap_remove(at);
            }
            if UnwrapErr(SysRng).next_u32().is_multiple_of(8) {
                self.look_at_the_clock()?;
            }
        }
        println!("end");
        Ok(())
    }

    fn envelope(number: u64) -> EnvelopeId {
        let mut bytes = [0xe; 16];
        bytes.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
        EnvelopeId::from_bytes(bytes)
    }

    /// Streams whose deadline has come, as the store knows them: whoever claims looks.
    fn look_at_the_clock(&mut self) -> Outcome<()> {
        let (now, lease) = (Timestamp::now(), Lease::new(SignedDuration::from_secs(1))?);
        for due in self.store.claim_due(Claim { now, lease, most: 10 })? {
            if let Some(id) = EnvelopeId::of_stream(&due.stream) {
                self.run(id, "tick", Command::Tick, Acting::Timer, None)?;
            }
        }
        Ok(())
    }

    /// Says what is done, once it is committed. Refusals are the other process's work.
    fn run(
        &mut self,
        id: EnvelopeId,
        what: &str,
        command: Command,
        by: Acting,
        key: Option<String>,
    ) -> Outcome<Option<Accepted>> {
        let context = Context::new(by.actor(), Timestamp::now(), &mut UnwrapErr(SysRng))
            .with_evidence(self.name.as_bytes());
        let mut call = self.workflow.call(&self.tenant, id, command, context);
        if let Some(key) = &key {
            call = call.key(IdempotencyKey::new(key)?);
        }
        self.calls += 1;
        let mut out = stdout().lock();
        writeln!(out, "begin {id} {what}")?;
        let answer = match Runner::new(&self.workflow, &self.store).run(&call, &mut UnwrapErr(SysRng)) {
            Ok(answer) => answer,
            Err(RunError::Contended { .. }) => return Ok(None),
            Err(other) => return Err(other.into()),
        };
        let (word, recorded) = match (answer.reply.refusal(), answer.recorded) {
            (None, Recorded::Now { first, last }) => ("done", Some((first, last))),
            (None, Recorded::Before { first, last }) => ("again", Some((first, last))),
            (Some(_), Recorded::Now { first, last }) => ("refused", Some((first, last))),
            (Some(_), Recorded::Before { first, last }) => ("refused-again", Some((first, last))),
            (_, Recorded::Nothing) => ("nothing", None),
        };
        match recorded {
            Some((Sequence(first), Sequence(last))) => writeln!(out, "{word} {id} {what} {first} {last}")?,
            None => writeln!(out, "{word} {id} {what}")?,
        }
        out.flush()?;
        Ok(answer.reply.accepted().ok())
    }

    /// One step of an envelope; whether it has ended.
    fn step(&mut self, number: u64) -> Outcome<bool> {
        let id = Self::envelope(number);
        let Some(envelope) = Runner::new(&self.workflow, &self.store).load(&self.tenant, &id.stream())?.state
        else {
            let create = Command::CreateDraft { envelope: id, draft: Box::new(draft(number)?) };
            self.run(id, "create", create, sender(), Some(format!("create {number}")))?;
            return Ok(false);
        };
        match envelope.status() {
            Status::Draft | Status::Scheduled { .. } => {
                let permissions: Permissions =
                    envelope.contents().iter().map(|content| Box::new(Looked(*content)) as _).collect();
                self.run(
                    id,
                    "send",
                    Command::Send { permissions },
                    sender(),
                    Some(format!("send {number}")),
                )?;
            }
            Status::InProgress if number % 7 == 3 && envelope.current_step().number() > 0 => {
                let reason = text("the price was wrong")?;
                self.run(id, "void", Command::Void { reason }, sender(), None)?;
            }
            Status::InProgress => self.turn(number, &envelope)?,
            Status::Finalizing(finalization) => self.finalize(id, &envelope, *finalization)?,
            Status::Paused(_) => return Err("nobody pauses".into()),
            Status::Completed { .. }
            | Status::Declined { .. }
            | Status::Voided { .. }
            | Status::Expired
            | Status::Failed { .. } => return Ok(true),
        }
        Ok(false)
    }

    /// Somebody whose turn it is does the next thing.
    fn turn(&mut self, number: u64, envelope: &Envelope) -> Outcome<()> {
        let id = envelope.id();
        let turns: Vec<_> = envelope
            .parties()
            .filter(|(_, _, slot)| matches!(slot.standing(), Standing::Active | Standing::Signing))
            .collect();
        let at = usize::try_from(UnwrapErr(SysRng).next_u64() % u64::try_from(turns.len().max(1))?)?;
        let Some((party, definition, slot)) = turns.get(at) else { return Ok(()) };
        let (party, by) = (*party, definition.user.map_or(Acting::Timer, Acting::User));
        let n = party.number();
        let key = |what: &str| Some(format!("{what} {number} {n}"));
        let factors = Vec::new();
        if slot.opened_at().is_none() {
            self.run(id, "open", Command::Open { party, factors }, by, key("open"))?;
        } else if slot.consent() == Consent::None {
            let disclosure = envelope.rules().disclosure.digest;
            self.run(
                id,
                "consent",
                Command::GiveConsent { party, disclosure, demonstration: None },
                by,
                None,
            )?;
        } else if number % 11 == 5 && n == 2 {
            let reason = text("not like this")?;
            self.run(id, "decline", Command::Decline { party, reason }, by, key("decline"))?;
        } else if definition.role == Role::Approve {
            self.run(id, "approve", Command::Approve { party, factors }, by, key("approve"))?;
        } else if definition.role == Role::Acknowledge {
            self.run(id, "acknowledge", Command::Acknowledge { party, factors }, by, None)?;
        } else {
            self.sign(number, envelope, party, slot, by)?;
        }
        Ok(())
    }

    fn sign(
        &mut self,
        number: u64,
        envelope: &Envelope,
        party: PartyId,
        slot: &Slot,
        by: Acting,
    ) -> Outcome<()> {
        let (id, n) = (envelope.id(), u64::from(party.number()));
        let own = self.sessions.get(&(number, party)).copied();
        match slot.session() {
            // Sometimes slowly: another signs in between, and it is stale, or the lease ends.
            Some(session) if own == Some(session.until) && UnwrapErr(SysRng).next_u32().is_multiple_of(4) => {
                self.sessions.remove(&(number, party));
                let signed = |pinned: &Pinned| {
                    let revision = digest(b'r', [number, n, session.base.number()]);
                    let revision = ContentDigest::from_bytes(revision);
                    let words = text("words")?;
                    let place = SignaturePlace { envelope: id, party, document: pinned.document };
                    let signed =
                        Signed { place, pinned: pinned.clone(), session: session.clone(), revision, words };
                    Ok(Box::new(signed) as Box<dyn SignatureProof>)
                };
                let proofs = session.documents.iter().map(signed).collect::<Outcome<Vec<_>>>()?;
                let what = format!("sign-{n}");
                self.run(id, &what, Command::CompleteSigning { party, proofs }, by, None)?;
            }
            Some(session) if Timestamp::now() <= session.until => sleep(Duration::from_millis(2)),
            Some(_) | None => {
                let pin = |document: DocumentId| {
                    let base = envelope.content(document).ok_or("no such document")?;
                    let bytes = digest(b't', [number, n, envelope.head().number()]);
                    let to_be_signed = Digest::from_parts(DigestAlgorithm::Sha256, &bytes)?;
                    Ok(Pinned { document, base, to_be_signed })
                };
                let documents = envelope.signs(party).into_iter().map(pin).collect::<Outcome<Vec<_>>>()?;
                let begin = Command::BeginSigning(Box::new(BeginSigning {
                    party,
                    lease: LEASE,
                    certificate: Fingerprint::from_bytes(digest(b'c', [n, 0, 0])),
                    signed_at: Timestamp::now(),
                    meaning: None,
                    permissions: documents.iter().map(|pinned| Box::new(Looked(pinned.base)) as _).collect(),
                    documents,
                    factors: Vec::new(),
                }));
                let what = format!("begin-{n}");
                if let Some(Made::Session { until }) =
                    self.run(id, &what, begin, by, None)?.and_then(|done| done.made)
                {
                    self.sessions.insert((number, party), until);
                }
            }
        }
        Ok(())
    }

    /// Seals at a service that takes a key: whoever comes again with the same key gets the seal that was made.
    fn finalize(&mut self, id: EnvelopeId, envelope: &Envelope, finalization: Finalization) -> Outcome<()> {
        if finalization.lease.is_some_and(|until| Timestamp::now() <= until) {
            sleep(Duration::from_millis(2));
            return Ok(());
        }
        let begun =
            self.run(id, "finalize", Command::FinalizeBegin { lease: LEASE }, Acting::Sealer, None)?;
        let Some(Made::Attempt { attempt, .. }) = begun.and_then(|done| done.made) else { return Ok(()) };
        let key: String = envelope.seal_key().iter().map(|byte| format!("{byte:02x}")).collect();
        let seal = Path::new(&self.seals).join(format!("{id}.{key}"));
        let mut requests = std::fs::OpenOptions::new().append(true).create(true).open(&seal)?;
        requests.write_all(b"sealed\n")?;
        requests.sync_all()?;
        if UnwrapErr(SysRng).next_u32().is_multiple_of(5) {
            let error = text("the service did not answer")?;
            self.run(id, "failed", Command::FinalizeErr { attempt, error }, Acting::Sealer, None)?;
            return Ok(());
        }
        let digest = ContentDigest::from_bytes(envelope.seal_key());
        let artifacts = vec![Artifact { name: text("sealed contract")?, digest }];
        self.run(id, "finish", Command::FinalizeOk { attempt, artifacts }, Acting::Sealer, None)?;
        Ok(())
    }
}

/// `event SEQUENCE ENVELOPE KIND`, and `envelope ID STATUS HEAD SIGNATURES`.
fn tell(store: &SqliteStore) -> Outcome<()> {
    let (tenant, workflow) = (acme()?, Workflow::new());
    let mut from = Sequence(0);
    let mut envelopes = std::collections::BTreeSet::new();
    loop {
        let page = store.since(&tenant, from, 500)?;
        let Some(last) = page.last() else { break };
        from = Sequence(last.record.sequence.0 + 1);
        for event in &page {
            let Some(id) = EnvelopeId::of_stream(&event.record.stream) else { continue };
            envelopes.insert(id.to_string());
            Event::from_bytes(&event.record.kind, event.record.schema, event.payload().unwrap_or_default())?;
            println!("event {} {id} {}", event.record.sequence.0, event.record.kind.as_str());
        }
    }
    for id in envelopes {
        let id: EnvelopeId = id.parse()?;
        let state = Runner::new(&workflow, store)
            .load(&tenant, &id.stream())?
            .state
            .ok_or("an envelope without a state")?;
        let signed = state.parties().filter(|(_, _, slot)| slot.signed().is_some()).count();
        let sessions = state.parties().filter(|(_, _, slot)| slot.session().is_some()).count();
        println!("envelope {id} {:?} {} {signed} {sessions}", state.status().name(), state.head().number());
    }
    Ok(())
}
