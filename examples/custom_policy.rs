//! Rules of one's own beside the built-in ones: a policy that refuses, and asks for more.
//!
//! `cargo run --release --example custom_policy`
//!
//! What goes out of the house needs two approvers of the house first. When somebody declines and the others could still
//! reach the quorum, the envelope is held until sales has called. A policy acts for the sender's house: it refuses what
//! the built-in guards let through, never the other way round, and whatever it asks for passes them too.

use std::error::Error;

use chancery_auth::UserId;
use chancery_ledger::{Context, MemoryStore, Runner, Tenant};
use chancery_workflow::{
    Act, Acting, Clock, Command, ContentDigest, Disclosure, Draft, Envelope, EnvelopeId, Event, Objection,
    Party, PartyId, Phase, Policy, Refusal, Reply, Role, Rules, Side, Status, StatusName, Step, Text,
    Workflow,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;

#[derive(Debug)]
struct HouseRules {
    name: Text,
    two_first: Objection,
    call_first: Text,
}

impl HouseRules {
    fn new() -> Result<Self, Box<dyn Error>> {
        let two_first = Objection {
            why: Text::new("two of the house approve before anything goes out")?,
            next: Text::new("add approvers of the house in a step before the counterparties")?,
        };
        Ok(Self {
            name: Text::new("house rules, version 1")?,
            two_first,
            call_first: Text::new("sales calls first")?,
        })
    }
}

impl Policy for HouseRules {
    fn name(&self) -> Text {
        self.name.clone()
    }

    fn permit(&self, envelope: Option<&Envelope>, command: &Command, _: &Context) -> Result<(), Objection> {
        let (Some(envelope), Command::Send { .. } | Command::Schedule { .. }) = (envelope, command) else {
            return Ok(());
        };
        let parties = &envelope.draft().parties;
        let outside =
            parties.iter().filter(|party| party.side == Side::Counterparty && party.role.act().is_some());
        let Some(first) = outside.map(|party| party.step).min() else { return Ok(()) };
        let approves = |party: &&Party| {
            party.side == Side::InHouse && party.step < first && party.role.act() == Some(Act::Approve)
        };
        if parties.iter().filter(approves).count() >= 2 { Ok(()) } else { Err(self.two_first.clone()) }
    }

    fn react(&self, envelope: &Envelope, event: &Event) -> Vec<Command> {
        match (event, envelope.status()) {
            (Event::PartyDeclined(_), Status::InProgress) => {
                // The second wish is not granted: no policy acts for a party.
                let pause = Command::Pause { reason: self.call_first.clone(), clock: Clock::Frozen };
                vec![pause, Command::Acknowledge { party: PartyId::new(2), factors: Vec::new() }]
            }
            _ => Vec::new(), // nothing else concerns the house
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut rng = UnwrapErr(SysRng);
    let (workflow, store, acme) =
        (Workflow::new().policy(HouseRules::new()?), MemoryStore::new(), Tenant::new("acme")?);
    let [sender, ann, ben, ida, kim] = [0; 5].map(|_| UserId::random(&mut UnwrapErr(SysRng)));
    let envelope = EnvelopeId::random(&mut rng);
    let run = |who: UserId, command: Command| -> Result<Reply, Box<dyn Error>> {
        let mut rng = UnwrapErr(SysRng);
        let context = Context::new(Acting::User(who).actor(), Timestamp::now(), &mut rng);
        let call = workflow.call(&acme, envelope, command, context);
        Ok(Runner::new(&workflow, &store).run(&call, &mut rng)?.reply)
    };

    let digest = ContentDigest::from_bytes([7; 32]);
    let disclosure = Disclosure { version: Text::new("2026-1")?, digest: ContentDigest::from_bytes([9; 32]) };
    let mut draft = Draft::new("Terms of delivery", Rules::new(disclosure.clone()))?;
    draft.document("terms.pdf", digest)?;
    let approval = draft.step(Step::all(Phase::Approval));
    let reading = draft.step(Step::at_least(1, Phase::Delivery));
    draft.party(Party::new(Role::Approve, approval, ann).in_house());
    for customer in [ida, kim] {
        draft.party(Party::new(Role::Acknowledge, reading, customer));
    }
    let send = || Command::Send { permissions: Vec::new() };
    let _ = run(sender, Command::CreateDraft { envelope, draft: Box::new(draft.clone()) })?.accepted()?;
    let refused = run(sender, send())?;
    let Some(Refusal::Policy { why, next, .. }) = refused.refusal() else {
        return Err("it went out with one approver".into());
    };
    println!("refused: {why}\n   next: {next}");

    draft.party(Party::new(Role::Approve, approval, ben).in_house());
    let _ = run(sender, Command::EditDraft { draft: Box::new(draft) })?.accepted()?;
    println!("   sent: {}", run(sender, send())?.accepted()?.status);
    for (who, party) in [(ann, 0), (ben, 3)] {
        let party = PartyId::new(party);
        let _ = run(who, Command::Open { party, factors: Vec::new() })?.accepted()?;
        let _ = run(who, Command::GiveConsent { party, disclosure: disclosure.digest, demonstration: None })?
            .accepted()?;
        let _ = run(who, Command::Approve { party, factors: Vec::new() })?.accepted()?;
    }
    let reason = Text::new("the term is too long")?;
    let declined = run(ida, Command::Decline { party: PartyId::new(1), reason })?.accepted()?;
    println!("declined by one of two: the envelope is {}", declined.status);

    let state = Runner::new(&workflow, &store).load(&acme, &envelope.stream())?.state.ok_or("no envelope")?;
    let acted = state
        .slot(PartyId::new(2))
        .is_some_and(|slot| slot.standing() != chancery_workflow::Standing::Active);
    if state.status().name() == StatusName::Paused && !acted {
        Ok(())
    } else {
        Err("it went otherwise".into())
    }
}
