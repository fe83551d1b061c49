//! Seven deliberate mutations of the rules, each in the decider itself: what is mutated sees another state than there is, or
//! leaves out events that follow; every other rule is the crate's. Six break an invariant, and the exploration says which.
//! The seventh, a pause while somebody signs, breaks none of I1 to I12 in any state; it has a test of its own.

use chancery_ledger::{Context, Decider, Decision};
use chancery_workflow::*;
use jiff::Timestamp;

use crate::explored::explore;
use crate::reference::{self, Differences};
use crate::world::*;

/// What is wrong with the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mutation {
    None,
    /// A signature is taken whatever happened to the document since its session began.
    StaleCheckDropped,
    /// Somebody who has signed may still decline (documenso #3180).
    DeclineAfterSigning,
    /// The order of steps is a matter of the page that shows the document, and acts are taken from anybody (docuseal).
    OrderCheckedOnViewOnly,
    /// That everybody is done is found out later, by somebody else (documenso #3187).
    CompletionOutsideTheCommit,
    /// Nobody asks for consent.
    ConsentNotRequired,
    /// The time of a party runs out while it signs.
    ExpiryDuringASession,
    /// An envelope is paused while somebody signs.
    PauseDuringASession,
    /// The same, and whoever signs does not notice the pause.
    CompletionWhilePaused,
}

struct Mutated(Workflow, Mutation);

impl Mutated {
    fn new(mutation: Mutation) -> Self {
        Self(Workflow::new(), mutation)
    }

    /// The state as the mutated rule sees it.
    fn seen(&self, envelope: &Envelope, command: &Command, at: Timestamp) -> Vec<Event> {
        let party = command.party();
        let standing = party.and_then(|party| envelope.slot(party)).map(Slot::standing);
        let end = |party| event::SessionEnded { party, why: event::SessionEndWhy::Aborted, at }.into();
        let agree = |party| {
            let opened = event::Opened { party, revision: envelope.head(), factors: Vec::new(), at };
            let Disclosure { version, digest } = disclosure();
            [
                opened.into(),
                event::ConsentGiven { party, disclosure: digest, version, demonstration: None, at }.into(),
            ]
        };
        let acts = matches!(
            command,
            Command::Approve { .. }
                | Command::Acknowledge { .. }
                | Command::FinishFilling { .. }
                | Command::BeginSigning(_)
                | Command::CompleteSigning { .. }
        );
        let sessions =
            || envelope.parties().filter(|(_, _, slot)| slot.session().is_some()).map(|(party, _, _)| party);
        match (self.1, command, party) {
            (Mutation::StaleCheckDropped, Command::CompleteSigning { .. }, Some(party)) => {
                let session = envelope.slot(party).and_then(Slot::session);
                session
                    .map_or(Vec::new(), |session| vec![rebased(session, party, envelope.head(), at).into()])
            }
            (Mutation::DeclineAfterSigning, Command::Decline { .. }, Some(party))
                if standing == Some(Standing::Done) =>
            {
                vec![event::PartyActivated { party, at }.into()]
            }
            (Mutation::OrderCheckedOnViewOnly, _, Some(party))
                if acts && standing == Some(Standing::Waiting) =>
            {
                let turn = event::PartyActivated { party, at }.into();
                std::iter::once(turn).chain(agree(party)).collect()
            }
            (Mutation::ConsentNotRequired, _, Some(party)) if acts => agree(party).to_vec(),
            (Mutation::ExpiryDuringASession, Command::Tick, _)
            | (Mutation::PauseDuringASession | Mutation::CompletionWhilePaused, Command::Pause { .. }, _) => {
                sessions().map(end).collect()
            }
            (Mutation::CompletionWhilePaused, Command::CompleteSigning { .. }, _)
                if envelope.status().name() == StatusName::Paused =>
            {
                vec![event::Resumed { moved: jiff::SignedDuration::ZERO, at }.into()]
            }
            _ => Vec::new(), // this rule is as it is
        }
    }
}

/// A session as if it had begun on this head.
fn rebased(session: &SigningSession, party: PartyId, base: Revision, at: Timestamp) -> event::SigningBegan {
    event::SigningBegan {
        party,
        base,
        documents: session.documents.to_vec(),
        certificate: session.certificate,
        meaning: session.meaning.clone(),
        signed_at: session.signed_at,
        until: session.until,
        factors: Vec::new(),
        series: None,
        at,
    }
}

impl Decider for Mutated {
    type State = Option<Envelope>;
    type Command = Command;
    type Event = Event;
    type Reply = Reply;

    fn initial(&self) -> Option<Envelope> {
        self.0.initial()
    }

    fn decide(
        &self,
        state: &Option<Envelope>,
        command: &Command,
        context: &Context,
    ) -> Decision<Event, Reply> {
        let events =
            state.as_ref().map_or(Vec::new(), |envelope| self.seen(envelope, command, context.now()));
        let seen = events.iter().fold(state.clone(), |state, event| self.0.evolve(state, event));
        let decision = self.0.decide(&seen, command, context);
        let completes = decision.recorded().iter().any(|event| matches!(event, Event::AllSatisfied(_)));
        if self.1 != Mutation::CompletionOutsideTheCommit || !completes {
            return decision;
        }
        let follows = |event: &&Event| {
            matches!(event, Event::AllSatisfied(_) | Event::StepSatisfied(_) | Event::PartiesSkipped(_))
        };
        let events: Vec<_> = decision.recorded().iter().filter(|event| !follows(event)).cloned().collect();
        Decision::reply(decision.replied().clone()).events(events)
    }

    fn evolve(&self, state: Option<Envelope>, event: &Event) -> Option<Envelope> {
        self.0.evolve(state, event)
    }

    fn command_bytes(&self, command: &Command) -> Vec<u8> {
        self.0.command_bytes(command)
    }
}

/// The configuration in which the model tried its mutations.
fn configuration() -> reference::Machine {
    reference::Machine::four(Differences::ALL)[2].clone()
}

/// Two who sign at once.
fn two_at_once() -> reference::Machine {
    use reference::Work::{Approve, Sign};
    reference::Machine {
        name: "an approver, then 2 signers",
        seats: vec![(Approve, 1), (Sign, 2), (Sign, 2)],
        may_change: false,
        ..configuration()
    }
}

/// The invariant that the exploration says is broken.
#[track_caller]
fn caught(machine: &reference::Machine, mutation: Mutation) -> String {
    let what = explore(machine, &Mutated::new(mutation), 1).map(|_| ()).expect_err("no invariant was broken");
    println!("{mutation:?}: {what}");
    what
}

/// What catches the mutations is not what makes them.
#[test]
fn without_a_mutation_every_invariant_holds() {
    for machine in [configuration(), two_at_once()] {
        explore(&machine, &Mutated::new(Mutation::None), 4).unwrap();
    }
}

#[test]
fn a_dropped_stale_check_breaks_i12() {
    assert!(caught(&two_at_once(), Mutation::StaleCheckDropped).starts_with("I12"));
}

#[test]
fn a_decline_after_signing_breaks_i4() {
    assert!(caught(&two_at_once(), Mutation::DeclineAfterSigning).starts_with("I4"));
}

#[test]
fn an_order_that_only_the_page_checks_breaks_i2() {
    assert!(caught(&configuration(), Mutation::OrderCheckedOnViewOnly).starts_with("I2"));
}

#[test]
fn completion_outside_the_commit_breaks_i5() {
    assert!(caught(&configuration(), Mutation::CompletionOutsideTheCommit).starts_with("I5"));
}

#[test]
fn acts_without_consent_break_i8() {
    assert!(caught(&configuration(), Mutation::ConsentNotRequired).starts_with("I8"));
}

#[test]
fn expiry_during_a_session_breaks_i10() {
    assert!(caught(&configuration(), Mutation::ExpiryDuringASession).starts_with("I10"));
}

/// The seventh: no state and no transition is wrong by I1 to I12, as the model found too.
#[test]
fn a_pause_during_a_session_breaks_no_invariant_of_states() {
    explore(&two_at_once(), &Mutated::new(Mutation::PauseDuringASession), 1).unwrap();
}

/// Therefore: even if it were paused, completion while paused is refused (I11), the session is not lost, and it is taken
/// after the pause only if nothing changed.
#[test]
fn completion_while_paused_is_refused_i11() {
    let mut story = Story::sent(&crate::explored::draft_of(&two_at_once()));
    story.approves(0).agrees(1).party(1, |envelope, party| begin(envelope, party, noon()));
    let pause = Command::Pause { reason: text("a mistake on page 3"), clock: Clock::Running };
    let refused = story.does(by_sender(), &pause);
    assert!(matches!(refused.refusal(), Some(Refusal::SessionInFlight { .. })), "the crate: {refused:?}");

    let mutated = Mutated::new(Mutation::PauseDuringASession);
    let paused = decide(&mutated, &story.state, &pause, by_sender(), noon());
    assert_eq!(paused.state.as_ref().unwrap().status().name(), StatusName::Paused);
    let completion = complete(paused.state.as_ref().unwrap(), id(1));
    let late = decide(&mutated, &paused.state, &completion, Acting::User(user(1)), noon());
    let needed = StatusName::InProgress;
    assert_eq!(late.reply, Reply::Refused(Refusal::WrongStatus { found: StatusName::Paused, needed }));
    assert!(matches!(&late.events[..], [Event::RefusalRecorded(_)]), "{:?}", late.events);
    assert_eq!(late.state.as_ref().unwrap().head(), Revision::FIRST);
}

/// The test above can fail: without the guard the head moves while paused, and the exploration names I11.
#[test]
fn completion_while_paused_would_break_i11() {
    assert!(caught(&two_at_once(), Mutation::CompletionWhilePaused).starts_with("I11"));
}
