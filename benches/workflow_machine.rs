//! What does an envelope cost: commands a second, an act among many parties, replay?
//!
//! CPU time. Bars: 1,000,000 commands a second, decided and applied, for an envelope of five parties; an act among 10,000
//! parties costs each of them at most four times what it costs each of 100 (it is linear, but their slots leave the
//! caches; a cost that grew with the square would be 100 times); a million events become envelopes
//! again in less than a second, from the bytes that are kept.

use std::process::ExitCode;

use chancery_auth::UserId;
use chancery_benches::{Case, Outcome, Rounds, Samples, Table, ensure};
use chancery_digest::{Digest, DigestAlgorithm};
use chancery_ledger::{Context, Decider, Event as Kept, Loaded, MemoryStore, Runner, Store, Tenant, Version};
use chancery_workflow::*;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

/// Commands a second.
const COMMANDS: f64 = 1_000_000.0;
/// Events a second.
const EVENTS: f64 = 1_000_000.0;
/// What an act costs each party, among 10,000 of them against among 100.
const LINEAR: f64 = 4.0;

fn main() -> Outcome<ExitCode> {
    let mut table = Table::new("Envelopes: deciding, many parties, replay (CPU time)");
    commands(&mut table)?;
    parties(&mut table)?;
    replay(&mut table)?;
    Ok(table.finish())
}

fn user(n: u32) -> UserId {
    let mut bytes = [7; 16];
    bytes.iter_mut().zip(n.to_be_bytes()).for_each(|(to, from)| *to = from);
    UserId::from_bytes(bytes)
}

fn noon() -> Outcome<Timestamp> {
    Ok("2026-11-22T12:00:00Z".parse()?)
}

fn context(acting: Acting, now: Timestamp) -> Context {
    Context::with_fresh(acting.actor(), now, [0; 32])
}

fn begun() -> Outcome<Draft> {
    let disclosure = Disclosure { version: Text::new("2026-1")?, digest: ContentDigest::from_bytes([9; 32]) };
    let mut draft = Draft::new("Lease of the harbour office", Rules::new(disclosure))?;
    draft.document("lease.pdf", ContentDigest::from_bytes([7; 32]))?;
    Ok(draft)
}

/// Five parties: one approves, one fills, two sign at once, one confirms.
fn five() -> Outcome<Draft> {
    let mut draft = begun()?;
    let phases = [Phase::Approval, Phase::Filling, Phase::Signing, Phase::Delivery];
    let [approval, filling, signing, delivery] = phases.map(|phase| draft.step(Step::all(phase)));
    let sign = || Role::Sign { level: SignatureLevel::Simple };
    for (n, (role, step)) in (1..).zip([
        (Role::Approve, approval),
        (Role::Fill, filling),
        (sign(), signing),
        (sign(), signing),
        (Role::Acknowledge, delivery),
    ]) {
        draft.party(Party::new(role, step, user(n)).invisible());
    }
    let (document, content) = (DocumentId::new(0), FieldContent::Text { most: 80 });
    let name = Text::new("Place")?;
    draft.field(Field::new(document, PartyId::new(1), name, content));
    Ok(draft)
}

/// `n` parties who approve at once.
fn many(n: u32) -> Outcome<Draft> {
    let mut draft = begun()?;
    let approval = draft.step(Step::all(Phase::Approval));
    for n in 0..n {
        draft.party(Party::new(Role::Approve, approval, user(n)));
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

#[derive(Debug)]
struct Signed {
    place: SignaturePlace,
    session: SigningSession,
    pinned: Pinned,
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
        ContentDigest::from_bytes([u8::try_from(self.session.base.number()).unwrap_or(0); 32])
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

type Asked = (Command, Context);

/// Does what is asked, and gives the state after it.
fn apply(workflow: &Workflow, state: Option<Envelope>, asked: &Asked) -> Outcome<Option<Envelope>> {
    let decision = workflow.decide(&state, &asked.0, &asked.1);
    ensure(decision.replied().refusal().is_none(), "a command was refused")?;
    Ok(decision.recorded().iter().fold(state, |state, event| workflow.evolve(state, event)))
}

/// A draft that was created, as the first state.
fn created(workflow: &Workflow, draft: &Draft) -> Outcome<(Asked, Option<Envelope>)> {
    let envelope = EnvelopeId::from_bytes([0xe; 16]);
    let create = Command::CreateDraft { envelope, draft: Box::new(draft.clone()) };
    let asked = (create, context(Acting::User(user(99)), noon()?));
    let state = apply(workflow, None, &asked)?;
    Ok((asked, state))
}

fn send() -> Outcome<Asked> {
    let permissions: Permissions = vec![Box::new(Looked(ContentDigest::from_bytes([7; 32])))];
    Ok((Command::Send { permissions }, context(Acting::User(user(99)), noon()?)))
}

/// Everything that happens to an envelope of five parties from sending to completion.
fn course(workflow: &Workflow, state: &Option<Envelope>) -> Outcome<Vec<Asked>> {
    let now = noon()?;
    let mut state = state.clone();
    let mut all: Vec<Asked> = Vec::new();
    let mut does = |command: Command, by: Acting, state: &mut Option<Envelope>| -> Outcome<()> {
        all.push((command, context(by, now)));
        let asked = all.last().ok_or("nothing is asked")?;
        *state = apply(workflow, state.take(), asked)?;
        Ok(())
    };
    does(send()?.0, Acting::User(user(99)), &mut state)?;
    for n in 0..5 {
        let (party, by) = (PartyId::new(n), Acting::User(user(n + 1)));
        let factors = Vec::new;
        does(Command::Open { party, factors: factors() }, by, &mut state)?;
        does(
            Command::GiveConsent {
                party,
                disclosure: ContentDigest::from_bytes([9; 32]),
                demonstration: None,
            },
            by,
            &mut state,
        )?;
        match n {
            0 => does(Command::Approve { party, factors: factors() }, by, &mut state)?,
            1 => {
                let value = Text::new("Rotterdam")?;
                let field = FieldId::new(0);
                does(Command::FillField { party, field, value, permission: None }, by, &mut state)?;
                does(Command::FinishFilling { party, factors: factors() }, by, &mut state)?;
            }
            4 => does(Command::Acknowledge { party, factors: factors() }, by, &mut state)?,
            _ => {
                let envelope = state.as_ref().ok_or("no envelope")?;
                let base = *envelope.contents().first().ok_or("no document")?;
                let to_be_signed = Digest::from_parts(DigestAlgorithm::Sha256, &[u8::try_from(n)?; 32])?;
                let begin = BeginSigning {
                    party,
                    lease: SignedDuration::from_mins(10),
                    documents: vec![Pinned { document: DocumentId::new(0), base, to_be_signed }],
                    certificate: Fingerprint::from_bytes([3; 32]),
                    signed_at: now,
                    meaning: None,
                    permissions: vec![Box::new(Looked(base))],
                    factors: factors(),
                };
                does(Command::BeginSigning(Box::new(begin)), by, &mut state)?;
                let slot = state.as_ref().and_then(|envelope| envelope.slot(party)).ok_or("no slot")?;
                let session = slot.session().ok_or("no session")?.clone();
                let pinned = session.documents.first().ok_or("nothing pinned")?.clone();
                let envelope = EnvelopeId::from_bytes([0xe; 16]);
                let place = SignaturePlace { envelope, party, document: pinned.document };
                let proof = Signed { place, session, pinned, words: Text::new("CN=Alice")? };
                does(Command::CompleteSigning { party, proofs: vec![Box::new(proof)] }, by, &mut state)?;
            }
        }
    }
    does(Command::FinalizeBegin { lease: SignedDuration::from_mins(5) }, Acting::Sealer, &mut state)?;
    let artifacts = vec![Artifact { name: Text::new("sealed")?, digest: ContentDigest::from_bytes([5; 32]) }];
    does(Command::FinalizeOk { attempt: 1, artifacts }, Acting::Sealer, &mut state)?;
    Ok(all)
}

/// How often an envelope of five parties goes its whole course in one call.
const COURSES: u32 = 2000;

fn commands(table: &mut Table) -> Outcome<()> {
    let workflow = Workflow::new();
    let (_, draft) = created(&workflow, &five()?)?;
    let course = course(&workflow, &draft)?;
    let is_completed = |state: &Option<Envelope>| {
        let status = state.as_ref().map(|envelope| envelope.status().name());
        ensure(status == Some(StatusName::Completed), "a completed envelope")
    };
    let run = |all: bool| {
        let mut last = None;
        for _ in 0..COURSES {
            let mut state = draft.clone();
            for asked in &course {
                let decision = workflow.decide(&state, &asked.0, &asked.1);
                for event in decision.recorded() {
                    state = workflow.evolve(state, event);
                    if all {
                        std::hint::black_box(workflow.effects(&state, event));
                    }
                }
                if all {
                    std::hint::black_box(workflow.next_due(&state));
                }
            }
            last = state;
        }
        Ok(last)
    };
    let rounds = Rounds::new(15, 1)?;
    let [bare, whole] = rounds.run([
        Case::new("decide and evolve", |_| Ok(()), |()| run(false), |(), last| is_completed(last)),
        Case::new(
            "the same, with deliveries and deadlines",
            |_| Ok(()),
            |()| run(true),
            |(), last| is_completed(last),
        ),
    ])?;
    let each = f64::from(COURSES) * f64::from(u32::try_from(course.len())?);
    table.heading(&format!(
        "{COURSES} envelopes of 5 parties, {} commands each; {}",
        course.len(),
        rounds.describe()
    ));
    table.row(&bare);
    table.rate_with_least(&bare.rate(each).named("commands a second"), COMMANDS);
    table.row(&whole);
    table.rate(&whole.rate(each).named("commands a second"));
    Ok(())
}

const SIZES: [u32; 4] = [5, 100, 1000, 10_000];

fn parties(table: &mut Table) -> Outcome<()> {
    let workflow = Workflow::new();
    let now = noon()?;
    let rounds = Rounds::new(11, 1)?;
    let mut each: Vec<Samples> = Vec::new();
    for size in SIZES {
        let (_, draft) = created(&workflow, &many(size)?)?;
        let mut state = apply(&workflow, draft, &send()?)?;
        // Everybody has looked and consented; twenty approve.
        for n in 0..size.min(20) {
            let (party, by) = (PartyId::new(n), Acting::User(user(n)));
            let disclosure = ContentDigest::from_bytes([9; 32]);
            state =
                apply(&workflow, state, &(Command::Open { party, factors: Vec::new() }, context(by, now)))?;
            state = apply(
                &workflow,
                state,
                &(Command::GiveConsent { party, disclosure, demonstration: None }, context(by, now)),
            )?;
        }
        let acts: Vec<Asked> = (0..size.min(20))
            .map(|n| {
                (
                    Command::Approve { party: PartyId::new(n), factors: Vec::new() },
                    context(Acting::User(user(n)), now),
                )
            })
            .collect();
        // About as much work for each size.
        let times = (20_000 / size.min(20) / size).max(1);
        let [samples] = rounds.run([Case::new(
            format!("{} acts among {size} parties, {times} ×", acts.len()),
            |_| Ok(()),
            |()| {
                let mut last = None;
                for _ in 0..times {
                    last =
                        acts.iter().try_fold(state.clone(), |state, asked| apply(&workflow, state, asked))?;
                }
                Ok(last)
            },
            |(), last| ensure(last.is_some(), "an envelope"),
        )])?;
        let per_party = f64::from(times) * f64::from(size.min(20)) * f64::from(size);
        let nanoseconds = samples.median() / per_party * 1e9;
        table.row(&samples);
        table.note(&format!(
            "{nanoseconds:.1} ns for each party of each act; {:.2} µs an act",
            nanoseconds * f64::from(size) / 1e3
        ));
        each.push(Samples::new(format!("{size}"), vec![nanoseconds]));
    }
    let [_, hundred, _, most] = each.as_slice() else { return Err("four sizes".into()) };
    table.number_with_bar(
        "an act for each of 10,000 parties, against each of 100",
        most.median() / hundred.median(),
        LINEAR,
    );
    Ok(())
}

fn replay(table: &mut Table) -> Outcome<()> {
    let (workflow, store, acme) = (Workflow::new(), MemoryStore::new(), Tenant::new("acme")?);
    let (create, draft) = created(&workflow, &five()?)?;
    let course = course(&workflow, &draft)?;
    let id = EnvelopeId::from_bytes([0xe; 16]);
    let rng = &mut UnwrapErr(SysRng);
    for (command, context) in std::iter::once(create).chain(course) {
        Runner::new(&workflow, &store).run(&workflow.call(&acme, id, command, context), rng)?;
    }
    let kept: Vec<Kept> = store.events(&acme, &id.stream(), Version::EMPTY, 1000)?;
    let events = kept.len();
    let streams = 1_000_000_usize.div_ceil(events);
    let decoded: Vec<Event> = kept
        .iter()
        .map(|event| {
            use chancery_ledger::StoredEvent;
            Ok(Event::from_bytes(
                &event.record.kind,
                event.record.schema,
                event.payload().unwrap_or_default(),
            )?)
        })
        .collect::<Outcome<_>>()?;
    let rounds = Rounds::new(11, 1)?;
    let completed = |state: &Option<Envelope>| {
        let status = state.as_ref().map(|envelope| envelope.status().name());
        ensure(status == Some(StatusName::Completed), "a completed envelope")
    };
    let [whole, evolved] = rounds.run([
        Case::new(
            "Loaded::replay of events that were read",
            |_| Ok(()),
            |()| {
                let mut last = None;
                for _ in 0..streams {
                    last = Loaded::empty(&workflow).replay(&workflow, &id.stream(), &kept)?.state;
                }
                Ok(last)
            },
            |(), last| completed(last),
        ),
        Case::new(
            "Workflow::evolve alone",
            |_| Ok(()),
            |()| {
                let mut last = None;
                for _ in 0..streams {
                    last = decoded.iter().fold(None, |state, event| workflow.evolve(state, event));
                }
                Ok(last)
            },
            |(), last| completed(last),
        ),
    ])?;
    table.heading(&format!("{streams} streams of {events} events; {}", rounds.describe()));
    let all = f64::from(u32::try_from(streams * events)?);
    table.row(&whole);
    table.rate_with_least(&whole.rate(all).named("events a second"), EVENTS);
    table.row(&evolved);
    table.rate(&evolved.rate(all).named("events a second"));
    Ok(())
}
