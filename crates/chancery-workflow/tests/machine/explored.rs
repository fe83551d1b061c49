//! The decider of the crate, explored exhaustively over the four configurations: every state, every step in it, every
//! invariant. What is reached must be what `reference` reaches with its differences, state by state and transition by
//! transition; each difference is printed with what it adds or takes away.
//!
//! Nothing here is a model: each step is commands to [`Workflow`]. Only the looking is abstract: two states that differ in
//! counters (links, attempts, sessions begun) or in times are one. Time moves only where a step needs it (the end of a
//! party's time, the deadline), and then by seconds, so that nothing else is over; a party whose own time has passed
//! meanwhile is sent a new link, which starts it anew.

use std::cell::Cell;
use std::collections::{HashMap, HashSet, VecDeque};

use chancery_workflow::*;
use jiff::{SignedDuration, Timestamp};

use crate::reference::{self, Differences, Explored, Place, Seat, Shape, Sheet, Work};
use crate::world::*;

/// Without optimisation every so many states are looked at with other clocks, as many commands are replayed from their
/// bytes, and in as many states everything is tried that should be refused; `cargo test --release` takes all. Every state
/// and every step that should be possible is taken in any case.
const STRIDE: usize = if cfg!(debug_assertions) { 16 } else { 1 };

/// The draft of a configuration.
pub(crate) fn draft_of(machine: &reference::Machine) -> Draft {
    let mut draft = draft();
    let mut steps: Vec<u8> =
        machine.seats.iter().filter(|(work, _)| *work != Work::Copy).map(|(_, step)| *step).collect();
    steps.sort_unstable();
    steps.dedup();
    for step in &steps {
        draft.step(match machine.quorums.get(step) {
            Some(quorum) => Step::at_least(u32::try_from(*quorum).unwrap(), Phase::Signing),
            None => Step::all(Phase::Signing),
        });
    }
    for (n, (work, step)) in (0..).zip(&machine.seats) {
        let role = match work {
            Work::Approve => Role::Approve,
            Work::Sign => sign(),
            Work::Fill => Role::Fill,
            Work::Acknowledge => Role::Acknowledge,
            Work::Copy => Role::Copy { when: CopyMoment::AtEnd },
        };
        let at = steps.iter().position(|of| of == step).unwrap_or(steps.len() - 1);
        let step = StepId::new(u32::try_from(at).unwrap());
        let mut party = Party::new(role, step, user(n)).invisible().within(SignedDuration::from_secs(10));
        if machine.may_change {
            party = party.may_change_signer();
        }
        draft.party(party);
    }
    draft
}

/// What the reference knows of an envelope.
pub(crate) fn shape_of(machine: &reference::Machine, envelope: &Envelope) -> Shape {
    let sheet = match envelope.status().name() {
        StatusName::Draft | StatusName::Scheduled => Sheet::Draft,
        StatusName::InProgress => Sheet::InProgress,
        StatusName::Paused => Sheet::Paused,
        StatusName::Finalizing => Sheet::Finalizing,
        StatusName::Completed => Sheet::Completed,
        StatusName::Declined => Sheet::Declined,
        StatusName::Voided => Sheet::Voided,
        StatusName::Expired => Sheet::Expired,
        StatusName::Failed => Sheet::Failed,
    };
    let numbers: Vec<u8> = {
        let mut steps: Vec<u8> =
            machine.seats.iter().filter(|(work, _)| *work != Work::Copy).map(|seat| seat.1).collect();
        steps.sort_unstable();
        steps.dedup();
        steps
    };
    let seat = |(_, party, slot): (PartyId, &Party, &Slot)| {
        let work = match &party.role {
            Role::Approve => Work::Approve,
            Role::Sign { .. } => Work::Sign,
            Role::Fill => Work::Fill,
            Role::Acknowledge => Work::Acknowledge,
            Role::Copy { .. } => Work::Copy,
            other => panic!("{other:?} is in no configuration"),
        };
        let place = match slot.standing() {
            Standing::Defined => Place::Defined,
            Standing::Waiting => Place::Waiting,
            Standing::Active | Standing::Signing => Place::Active,
            Standing::Done => Place::Done,
            Standing::Declined => Place::Declined,
            Standing::Replaced { .. } => Place::Replaced,
            Standing::Skipped => Place::Skipped,
            Standing::Removed => Place::Removed,
            Standing::Blocked { .. } => Place::Blocked,
            Standing::Expired => Place::Expired,
        };
        Seat {
            work,
            step: if work == Work::Copy { 9 } else { numbers[usize::try_from(party.step.number()).unwrap()] },
            place,
            opened: slot.opened_at().is_some(),
            consented: matches!(slot.consent(), Consent::Given(_)),
            base: slot.session().map(|session| u8::try_from(session.base.number()).unwrap()),
        }
    };
    let seats: Vec<Seat> = envelope.parties().map(seat).collect();
    let replaced = u8::try_from(seats.len() - machine.seats.len()).unwrap();
    Shape { sheet, seats, head: u8::try_from(envelope.head().number()).unwrap(), replaced }
}

fn person(envelope: &Envelope, party: PartyId) -> Acting {
    Acting::User(envelope.party(party).and_then(|party| party.user).unwrap())
}

/// Commands one after the other. Events are written, read again, and give the same state (I13).
struct Hands<'m, M> {
    machine: &'m M,
    state: Option<Envelope>,
    now: Timestamp,
    commands: &'m Cell<usize>,
}

impl<M: Machine> Hands<'_, M> {
    fn does(&mut self, by: Acting, command: &Command) -> Result<(), Refusal> {
        let decided = decide(self.machine, &self.state, command, by, self.now);
        self.commands.set(self.commands.get() + 1);
        if self.commands.get().is_multiple_of(STRIDE) {
            let read = decided.events.iter().map(reread);
            let replayed = read.fold(self.state.clone(), |state, event| self.machine.evolve(state, &event));
            assert_eq!(replayed, decided.state, "I13: replayed from its bytes: {command:?}");
        }
        self.state = decided.state;
        decided.reply.accepted().map(|_| ())
    }

    fn party(&mut self, n: usize, command: impl Fn(&Envelope, PartyId) -> Command) -> Result<(), Refusal> {
        let party = id(u32::try_from(n).unwrap());
        let envelope = self.state.as_ref().unwrap();
        let (by, command) = (person(envelope, party), command(envelope, party));
        self.does(by, &command)
    }

    /// A new link for everybody whose turn it is and whose own time ends until then, except one.
    fn give_time(&mut self, until: Timestamp, except: Option<PartyId>) {
        let envelope = self.state.as_ref().unwrap();
        let late: Vec<_> = envelope
            .parties()
            .filter(|(id, _, slot)| slot.standing() == Standing::Active && Some(*id) != except)
            .filter(|(_, _, slot)| slot.deadline().is_some_and(|deadline| deadline <= until))
            .map(|(id, _, _)| id)
            .collect();
        for party in late {
            self.does(by_sender(), &Command::Resend { party }).unwrap();
        }
    }

    fn in_progress(&self) -> bool {
        self.state.as_ref().is_some_and(|envelope| *envelope.status() == Status::InProgress)
    }

    /// The timer looks at the moment when the time of a party is over; its own only, of those who have no session.
    fn run_out_of_time(&mut self, n: usize) -> Result<(), Refusal> {
        let party = id(u32::try_from(n).unwrap());
        let slot = self.state.as_ref().and_then(|envelope| envelope.slot(party)).unwrap();
        let at_turn = matches!(slot.standing(), Standing::Active | Standing::Signing);
        let over = slot.deadline().filter(|_| at_turn).unwrap_or(self.now);
        if self.in_progress() {
            // A second before: the time of the others begins anew and is not over with this one's.
            self.now = self.now.max(over.checked_sub(SignedDuration::from_secs(1)).unwrap());
            self.give_time(over, Some(party));
        }
        self.now = self.now.max(over);
        self.does(Acting::Timer, &Command::Tick)
    }
}

/// What a step came to: which it was, the state, the time.
type Came = (reference::Step, Option<Envelope>, Timestamp);

/// Does one step with commands. A signature over an older revision is refused, and recorded as stale: that is another step.
fn attempt<M: Machine>(mut hands: Hands<'_, M>, step: reference::Step, draft: &Draft) -> Option<Came> {
    use reference::Step as S;
    let reason = || text("because");
    let party = |n: usize| id(u32::try_from(n).unwrap());
    let factors = Vec::new;
    let now = hands.now;
    let mut came = step;
    let done = match step {
        S::Send => hands.does(by_sender(), &send(draft)),
        S::Discard => hands.does(by_sender(), &Command::DiscardDraft),
        S::Finish => finalize(&mut hands, |attempt| Command::FinalizeOk { attempt, artifacts: artifacts() }),
        S::FailToFinish => {
            finalize(&mut hands, |attempt| Command::FinalizeErr { attempt, error: text("no timestamp") })
        }
        S::Abandon => (|| {
            while hands.does(operator(), &Command::Abandon { reason: reason() }).is_err() {
                finalize(&mut hands, |attempt| Command::FinalizeErr {
                    attempt,
                    error: text("no timestamp"),
                })?;
            }
            Ok(())
        })(),
        S::Pause => hands.does(by_sender(), &Command::Pause { reason: reason(), clock: Clock::Running }),
        S::Resume => hands.does(by_sender(), &Command::Resume),
        S::Void => hands.does(by_sender(), &Command::Void { reason: reason() }),
        S::Expire => {
            // Every lease is over by then.
            hands.now = after(days(90));
            hands.does(Acting::Timer, &Command::Tick)
        }
        S::Remove(n) => {
            let corrections = vec![Correction::RemoveParty(party(n))];
            hands.does(by_sender(), &Command::Correct { corrections, permissions: Vec::new() })
        }
        S::Open(n) => hands.party(n, |_, party| open(party)),
        S::Consent(n) => hands.party(n, |_, party| consent(party)),
        S::Block(n) => {
            hands.party(n, |_, party| Command::ReportFailure { party, factor: FactorName::SigningPin })
        }
        S::RunOutOfTime(n) => hands.run_out_of_time(n),
        S::Decline(n) => hands.party(n, |_, party| Command::Decline { party, reason: reason() }),
        S::ChangeSigner(n) => {
            let seats = hands.state.as_ref().map_or(0, |envelope| envelope.parties().len());
            hands.party(n, |_, party| change_signer(party, user(u8::try_from(100 + seats).unwrap())))
        }
        S::Act(n) => hands.party(n, |envelope, party| match envelope.party(party).map(|party| &party.role) {
            Some(Role::Approve) => Command::Approve { party, factors: factors() },
            Some(Role::Fill) => Command::FinishFilling { party, factors: factors() },
            _ => Command::Acknowledge { party, factors: factors() },
        }),
        S::Begin(n) => hands.party(n, |envelope, party| begin(envelope, party, now)),
        S::Abort(n) => hands.party(n, |_, party| Command::AbortSigning { party, why: AbortWhy::Aborted }),
        S::Sign(n) | S::GoStale(n) => match hands.party(n, complete) {
            Err(Refusal::StaleBase { .. }) => {
                came = S::GoStale(n);
                Ok(())
            }
            other => other,
        },
        S::Unblock(n) => hands.does(by_sender(), &Command::Unblock { party: party(n) }),
        S::GiveTime(n) => hands.does(by_sender(), &Command::Resend { party: party(n) }),
    };
    match done {
        Ok(()) => {
            if hands.in_progress() {
                hands.give_time(hands.now, None);
            }
            Some((came, hands.state, hands.now))
        }
        Err(refusal) => {
            assert!(!refusal.next_action().to_string().is_empty(), "G10: {refusal}");
            None
        }
    }
}

fn finalize<M: Machine>(hands: &mut Hands<'_, M>, end: impl Fn(u32) -> Command) -> Result<(), Refusal> {
    hands.does(Acting::Sealer, &Command::FinalizeBegin { lease: SignedDuration::from_mins(5) })?;
    let Some(Status::Finalizing(finalization)) = hands.state.as_ref().map(Envelope::status) else {
        panic!("an attempt began, and the envelope is not being finished");
    };
    let attempt = finalization.attempt;
    hands.does(Acting::Sealer, &end(attempt))
}

/// Every step that could be, whether the rules let it be or not. Only what would have no end is left out: a further change
/// of the signer, looking and consenting once more.
fn steps(machine: &reference::Machine, shape: &Shape) -> Vec<reference::Step> {
    use reference::Step as S;
    let mut steps = vec![
        S::Send,
        S::Discard,
        S::Finish,
        S::FailToFinish,
        S::Abandon,
        S::Pause,
        S::Resume,
        S::Void,
        S::Expire,
    ];
    for (n, seat) in shape.seats.iter().enumerate() {
        if seat.work == Work::Copy {
            continue; // nobody waits for it
        }
        steps.extend([
            S::Remove(n),
            S::Block(n),
            S::Decline(n),
            S::Act(n),
            S::Begin(n),
            S::Abort(n),
            S::Sign(n),
        ]);
        steps.push(S::Unblock(n));
        if !seat.opened {
            steps.push(S::Open(n));
        }
        if !seat.consented {
            steps.push(S::Consent(n));
        }
        if machine.may_change && shape.replaced < 1 {
            steps.push(S::ChangeSigner(n));
        }
        // A new link for somebody who has time is no step: it changes times only.
        match seat.place {
            Place::Expired => steps.push(S::GiveTime(n)),
            Place::Blocked => {}
            _ => steps.push(S::RunOutOfTime(n)),
        }
    }
    steps
}

/// What is asked for to come to a step: nobody asks for a session to be stale.
fn asked(step: reference::Step) -> reference::Step {
    match step {
        reference::Step::GoStale(n) => reference::Step::Sign(n),
        other => other,
    }
}

/// Whether a step did what it is called: a tick at which nothing was due is none.
fn happened(step: reference::Step, before: &Shape, after: &Shape) -> bool {
    use reference::Step as S;
    match step {
        S::RunOutOfTime(n) => {
            before.seats[n].place != Place::Expired && after.seats[n].place == Place::Expired
        }
        S::Expire => before.sheet != Sheet::Expired && after.sheet == Sheet::Expired,
        _ => true,
    }
}

/// One envelope of each shape, and the time.
type Found = HashMap<Shape, (Envelope, Timestamp)>;

/// Breadth first through the decider; in every so many states with everything that should be refused. The error names the
/// invariant that broke first.
pub(crate) fn explore(
    reference: &reference::Machine,
    machine: &impl Machine,
    stride: usize,
) -> Result<(Explored, Found), String> {
    let draft = draft_of(reference);
    let begun = decide(machine, &None, &create(&draft), by_sender(), noon());
    let first = shape_of(reference, begun.state.as_ref().unwrap());
    reference.check(&first, None).map_err(|what| format!("{what}: {first:?}"))?;
    let mut explored = Explored::default();
    let mut found = HashMap::from([(first.clone(), (begun.state.unwrap(), noon()))]);
    explored.states.insert(first.clone());
    let mut open = VecDeque::from([first]);
    let (commands, mut nth) = (Cell::new(0), 0);
    while let Some(shape) = open.pop_front() {
        let (envelope, now) = found[&shape].clone();
        let state = Some(envelope);
        let mut steps = steps(reference, &shape);
        nth += 1;
        if nth % stride != 0 {
            let possible: HashSet<_> =
                reference.next(&shape).into_iter().map(|(step, _)| asked(step)).collect();
            steps.retain(|step| possible.contains(step));
        }
        for step in steps {
            let hands = Hands { machine, state: state.clone(), now, commands: &commands };
            let Some((step, state, now)) = attempt(hands, step, &draft) else { continue };
            let envelope = state.unwrap();
            let next = shape_of(reference, &envelope);
            reference
                .check(&next, Some((&shape, step)))
                .or_else(
                    |what| if next == shape && !happened(step, &shape, &next) { Ok(()) } else { Err(what) },
                )
                .map_err(|what| format!("{what}: {shape:?} by {step:?} to {next:?}"))?;
            consistent(&envelope).map_err(|what| format!("{what}: {shape:?} by {step:?} to {next:?}"))?;
            if !happened(step, &shape, &next) {
                continue;
            }
            explored.steps += 1;
            if explored.states.insert(next.clone()) {
                found.insert(next.clone(), (envelope, now));
                open.push_back(next.clone());
            }
            explored.transitions.insert((shape.clone(), step, next));
        }
    }
    Ok((explored, found))
}

/// What only the crate's own state can show.
fn consistent(envelope: &Envelope) -> Result<(), &'static str> {
    let holds = |holds: bool, what| if holds { Ok(()) } else { Err(what) };
    for (_, _, slot) in envelope.parties() {
        let session = slot.session().is_some();
        if *envelope.status() == Status::InProgress {
            holds(session == (slot.standing() == Standing::Signing), "I10: a session is a party that signs")?;
        }
        holds(slot.signed().is_none() || slot.standing() == Standing::Done, "I9: who signed is done")?;
        let base = slot.session().map(|session| session.base);
        holds(base.is_none_or(|base| base <= envelope.head()), "I9: no session is ahead of the head")?;
    }
    Ok(())
}

/// Prints the states of the model, what each difference makes of them, and the crate's.
fn compare(n: usize) {
    let workflow = Workflow::new();
    let reference = Differences::one_by_one().map(|(name, differs)| {
        let machine = reference::Machine::four(differs)[n].clone();
        (name, reference::explore(&machine).unwrap())
    });
    let machine = reference::Machine::four(Differences::ALL)[n].clone();
    let (crates, found) = explore(&machine, &workflow, STRIDE).unwrap();

    println!("{}", machine.name);
    let mut before: Option<&Explored> = None;
    for (name, explored) in &reference {
        let (new, gone) = before.map_or((0, 0), |before| {
            (
                explored.states.difference(&before.states).count(),
                before.states.difference(&explored.states).count(),
            )
        });
        println!(
            "  {:>6} states {:>6} transitions  {name}{}",
            explored.states.len(),
            explored.steps,
            if before.is_some() { format!(" (+{new} -{gone})") } else { String::new() }
        );
        before = Some(explored);
    }
    println!("  {:>6} states {:>6} transitions  the crate", crates.states.len(), crates.steps);

    assert_eq!(
        (reference[0].1.states.len(), reference[0].1.steps),
        reference::COUNTED[n],
        "the model's own count"
    );
    let all = &reference.last().unwrap().1;
    let only = |these: &Explored, those: &Explored| {
        these
            .transitions
            .difference(&those.transitions)
            .take(3)
            .map(|it| format!("{it:?}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(only(&crates, all), Vec::<String>::new(), "what only the crate does");
    assert_eq!(only(all, &crates), Vec::<String>::new(), "what the crate does not do");
    assert_eq!(crates.states, all.states);
    assert_eq!(crates.steps, all.steps);

    assert_eq!(reference::stranded(&crates, |shape| shape.sheet.is_final()), Vec::<&Shape>::new(), "I6");
    let incomplete = reference::stranded(&crates, |shape| shape.sheet == Sheet::Completed);
    let open: Vec<_> = incomplete.into_iter().filter(|shape| !shape.sheet.is_final()).collect();
    println!("  {:>6} open states from which completion is out of reach", open.len());
    assert!(open.iter().all(|shape| hopeless(&machine, shape)), "{:?}", open.first());
    at_other_times(&machine, &workflow, &found, &crates.states);
}

/// Of an open envelope: some step cannot be satisfied any more, whatever happens.
fn hopeless(machine: &reference::Machine, shape: &Shape) -> bool {
    let steps: HashSet<u8> = shape.seats.iter().map(|seat| seat.step).collect();
    steps.into_iter().any(|step| machine.reach(&shape.seats, step) == reference::Reach::Lost)
}

/// Whatever the clock says when the timer looks: nothing is reached that was not, every invariant holds, and the next look
/// at the same time finds nothing. What [`chancery_ledger::Decider::next_due`] says is due is due, and not before (I17).
fn at_other_times(
    reference: &reference::Machine,
    workflow: &Workflow,
    found: &Found,
    known: &HashSet<Shape>,
) {
    use chancery_ledger::Decider;
    let tick = |state: &Option<Envelope>, at| decide(workflow, state, &Command::Tick, Acting::Timer, at);
    for (shape, (envelope, _)) in found.iter().step_by(STRIDE) {
        let state = Some(envelope.clone());
        let due = workflow.next_due(&state);
        assert_eq!(
            due.is_none(),
            matches!(shape.sheet, Sheet::Draft | Sheet::Finalizing) || shape.sheet.is_final(),
            "I17: {shape:?}"
        );
        let mut times =
            vec![after(-days(400)), after(hours(1)), after(hours(25)), after(days(91)), after(days(40_000))];
        if let Some(due) = due {
            let before = due.checked_sub(SignedDuration::from_micros(1)).unwrap();
            assert_eq!(tick(&state, before).events, Vec::new(), "I17: due at {due}, {shape:?}");
            assert_ne!(tick(&state, due).events, Vec::new(), "I17: due at {due}, {shape:?}");
            times.push(due);
        }
        for at in times {
            let looked = tick(&state, at);
            let next = shape_of(reference, looked.state.as_ref().unwrap());
            assert!(
                known.contains(&next),
                "a look at {at} leads where nothing else does: {shape:?} to {next:?}"
            );
            reference
                .check(&next, None)
                .unwrap_or_else(|what| panic!("{what}: {shape:?} at {at} to {next:?}"));
            assert_eq!(tick(&looked.state, at).events, Vec::new(), "a second look at {at}: {shape:?}");
            let due = workflow.next_due(&looked.state);
            assert!(
                due.is_none_or(|due| due > at),
                "I17: after a look at {at} something was due at {due:?}: {shape:?}"
            );
        }
    }
}

#[test]
fn an_approver_then_two_signers_then_a_copy() {
    compare(0);
}

#[test]
fn two_of_three_signers() {
    compare(1);
}

#[test]
fn one_fills_then_one_signs_then_another() {
    compare(2);
}

#[test]
fn one_of_two_approvers_then_signer_and_acknowledger() {
    compare(3);
}
