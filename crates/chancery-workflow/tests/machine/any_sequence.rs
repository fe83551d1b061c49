//! Any commands, by anybody, at any time: what must hold after each of them.
//!
//! The drafts have every role, quorums, conditions, nominations, digital signatures; the actors are the right ones, others,
//! and forged ones; the clock runs, stands still, and jumps both ways. `CHANCERY_CASES` says how many sequences are tried
//! (`.ci/full`: 100,000).

use std::collections::{BTreeMap, BTreeSet};

use chancery_ledger::{
    Actor, Context, Decider, IdempotencyKey, LedgerVerifier, MemoryStore, Recorded, Runner, Store, Tenant,
    Verification,
};
use chancery_workflow::*;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::moves::*;
use crate::world::*;

/// How many sequences; a hundred thousand in the long run.
fn cases() -> u32 {
    std::env::var("CHANCERY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(300)
}

/// How a step stands, counted here and not by the crate: met, open, out of reach.
fn count(envelope: &Envelope, step: StepId) -> std::cmp::Ordering {
    let quorum = envelope.draft().steps[usize::try_from(step.number()).unwrap()].quorum;
    let standings = envelope.members(step).iter().map(|party| envelope.slot(*party).unwrap().standing());
    let (mut counted, mut done, mut lost) = (0_usize, 0, 0);
    for standing in standings {
        match standing {
            Standing::Replaced { .. } | Standing::Skipped | Standing::Removed => continue,
            Standing::Done => done += 1,
            Standing::Declined => lost += 1,
            _ => {} // may still act
        }
        counted += 1;
    }
    let need = match quorum {
        Quorum::All => counted,
        Quorum::AtLeast(n) => counted.min(usize::try_from(n).unwrap()),
    };
    // Whoever names somebody for a later part is needed, whatever the quorum says.
    let waited_for = |party: &PartyId| {
        let seat = envelope.slot(*party).unwrap().seat();
        envelope.parties().any(|(_, party, slot)| {
            let open = slot.standing().prospect() == Prospect::Open;
            party.nominated_by == Some(seat) && party.user.is_none() && open
        })
    };
    let nominators = envelope.members(step).iter().filter(|party| waited_for(party));
    let prospects: Vec<_> = nominators.map(|id| envelope.slot(*id).unwrap().standing().prospect()).collect();
    // `Greater`: satisfied; `Equal`: open; `Less`: out of reach.
    if prospects.contains(&Prospect::Declined) {
        return std::cmp::Ordering::Less;
    }
    if prospects.contains(&Prospect::Open) && done >= need {
        return std::cmp::Ordering::Equal;
    }
    if done >= need {
        std::cmp::Ordering::Greater
    } else if counted - lost >= need {
        std::cmp::Ordering::Equal
    } else {
        std::cmp::Ordering::Less
    }
}

fn at_turn(standing: Standing) -> bool {
    matches!(standing, Standing::Active | Standing::Signing)
}

/// What must hold of any state.
fn state_holds(envelope: &Envelope) {
    let status = envelope.status().name();
    let acting = || envelope.parties().filter(|(_, party, _)| party.role.act().is_some());
    if status == StatusName::InProgress {
        let step = envelope.current_step();
        assert_eq!(
            count(envelope, step),
            std::cmp::Ordering::Equal,
            "I5, I7: {step} is neither met nor out of reach"
        );
        for (id, party, _) in
            acting().filter(|(_, _, slot)| at_turn(slot.standing()) || slot.session().is_some())
        {
            assert_eq!(party.step, step, "I2: {id} acts out of turn");
            assert!(envelope.members(step).contains(&id), "I2: {id} acts, and another has its place");
        }
        for (id, _, slot) in acting() {
            assert_eq!(slot.session().is_some(), slot.standing() == Standing::Signing, "I10: {id}");
        }
    }
    if matches!(status, StatusName::Finalizing | StatusName::Completed) {
        for step in (0..envelope.draft().steps.len()).map(|n| StepId::new(u32::try_from(n).unwrap())) {
            assert_eq!(count(envelope, step), std::cmp::Ordering::Greater, "I3: {step} is not met");
        }
        for (id, _, slot) in acting() {
            assert_ne!(slot.standing().prospect(), Prospect::Open, "I3: {id} could still act");
            assert!(slot.session().is_none(), "I3: {id} has a session");
        }
    }
    if status == StatusName::Declined {
        assert!(acting().any(|(_, _, slot)| slot.standing() == Standing::Declined), "I7: nobody declined");
        assert_eq!(
            count(envelope, envelope.current_step()),
            std::cmp::Ordering::Less,
            "I7: the quorum is in reach"
        );
    }
    let held = matches!(envelope.retention(), Retention::LegalHold);
    assert_eq!(held, !envelope.holds().is_empty(), "under hold as long as one is in force");
    assert!(envelope.holds().is_sorted_by(|one, next| one.id < next.id), "no number is two holds'");
    let signed: BTreeSet<_> = acting().filter_map(|(_, _, slot)| slot.signed()).collect();
    let signers = acting().filter(|(_, _, slot)| slot.signed().is_some()).count();
    assert_eq!(signed.len(), signers, "I9: two signatures made one revision");
    assert!(signed.last().is_none_or(|last| *last <= envelope.head()), "I9: a signature beyond the head");
}

/// What must hold of any step.
fn step_holds(before: &Envelope, after: &Envelope, events: &[Event]) {
    let final_ones = |standing: Standing| !matches!(standing.prospect(), Prospect::Open);
    for ((id, _, old), (_, party, new)) in before.parties().zip(after.parties()) {
        if final_ones(old.standing()) {
            assert_eq!(old.standing(), new.standing(), "I4: {id} had ended");
        }
        if new.standing() == Standing::Done && old.standing() != Standing::Done {
            assert!(at_turn(old.standing()), "I8: {id} was {}", old.standing());
            let act = party.role.act().unwrap();
            let consented = old.consent() == Consent::Given(after.rules().disclosure.digest);
            assert!(consented || !act.needs_consent(), "I8: {id} had not consented");
            assert!(old.opened_at().is_some() || act == Act::Seal, "I8: {id} had not looked");
            assert_eq!(new.signed().is_some(), act.signs(), "I9: {id} is done as a signer is");
        }
        if old.session().is_none() && new.session().is_some() {
            let consented = old.consent() == Consent::Given(after.rules().disclosure.digest);
            assert!(at_turn(old.standing()), "I10: {id} began out of turn");
            assert!(
                consented || !party.role.act().is_some_and(Act::needs_consent),
                "I10: {id} had not consented"
            );
        }
        if new.standing() == Standing::Expired && old.standing() != Standing::Expired {
            let at = events.iter().find_map(|event| match event {
                Event::PartiesExpired(expired) => Some(expired.at),
                _ => None,
            });
            assert!(old.session().is_none_or(|session| session.until < at.unwrap()), "I10: {id} was signing");
        }
    }
    let applied = events.iter().filter_map(|event| match event {
        Event::SignatureApplied(applied) => Some(applied),
        _ => None,
    });
    let mut changes = 0;
    for applied in applied {
        changes += 1;
        let session =
            before.slot(applied.party).and_then(Slot::session).expect("I10: a signature without a session");
        assert_eq!(session.base, before.head(), "I12");
        assert!(applied.at <= session.until, "a signature after its lease");
        assert_eq!(before.status().name(), StatusName::InProgress, "I11");
        assert_eq!(applied.revision, before.head().next(), "I9");
        for (signature, pinned) in applied.signatures.iter().zip(session.documents.iter()) {
            assert_eq!(signature.pinned, *pinned);
            assert_eq!(before.content(pinned.document), Some(pinned.base), "I12: signed over other bytes");
            assert_eq!(after.content(pinned.document), Some(signature.revision));
        }
    }
    for event in events {
        if let Event::Corrected(corrected) = event {
            changes += corrected
                .changes
                .iter()
                .filter(|change| matches!(change, Corrected::DocumentReplaced { .. }))
                .count();
            assert_eq!(before.status().name(), StatusName::Paused, "corrected while not paused");
        }
    }
    assert_eq!(
        after.head().number() - before.head().number(),
        u64::try_from(changes).unwrap(),
        "I9: the head"
    );
    if before.status().name().ended() == Ended::ForEver {
        assert_eq!(before.status(), after.status(), "I1");
        assert_eq!(before.contents(), after.contents(), "I1");
        assert_eq!(before.parties().len(), after.parties().len(), "I1");
        for ((id, _, old), (_, _, new)) in before.parties().zip(after.parties()) {
            assert_eq!((old.standing(), old.consent()), (new.standing(), new.consent()), "I1: {id}");
        }
    }
}

/// What is sent because of events: each turn is told once, to whom it is; nothing holds a name or an address.
fn sent_holds(workflow: &Workflow, before: Option<&Envelope>, events: &[Event]) {
    let mut state = before.cloned();
    for event in events {
        let standings: BTreeMap<_, _> =
            state.iter().flat_map(Envelope::parties).map(|(id, _, slot)| (id, slot.standing())).collect();
        state = workflow.evolve(state, event);
        let envelope = state.as_ref().unwrap();
        let turns: BTreeSet<_> = envelope
            .parties()
            .filter(|(_, party, slot)| {
                slot.standing() == Standing::Active && !matches!(party.role, Role::Seal { .. })
            })
            .map(|(id, _, _)| id)
            .filter(|id| matches!(standings.get(id), None | Some(Standing::Defined | Standing::Waiting)))
            .collect();
        let mut told = Vec::new();
        for effect in workflow.effects(&state, event) {
            let body = std::str::from_utf8(&effect.body).unwrap();
            for leak in ["Mustermann", "example.com", " Roe", "because", "lease.pdf"] {
                assert!(!body.contains(leak), "{} tells {leak}", effect.kind);
            }
            if effect.destination.as_str() != NOTICE {
                continue;
            }
            let notice: Notice = serde_json::from_slice(&effect.body).unwrap();
            for to in &notice.to {
                if let Recipient::Party { party, link } = to {
                    assert_eq!(
                        envelope.slot(*party).map(Slot::link),
                        Some(*link),
                        "a link of another generation"
                    );
                }
                if let (Intent::YourTurn { .. }, Recipient::Party { party, .. }) = (notice.intent, to) {
                    told.push(*party);
                }
            }
            if notice.intent == Intent::Completed {
                assert!(matches!(event, Event::Completed(_)), "G11: told of completion by {event:?}");
            }
        }
        let once: BTreeSet<_> = told.iter().copied().collect();
        assert_eq!((once.len(), &once), (told.len(), &turns), "G9: {event:?}");
    }
}

/// 21 CFR 11.10(f): what was refused to people stands in the record, as long as whoever it was has room; of workers what is
/// not theirs.
fn shows(before: &Envelope, refusal: &Refusal, acting: Acting, events: &[Event]) {
    let worker = matches!(acting, Acting::Timer | Acting::Sealer | Acting::Notifier);
    let recorded = events.iter().find_map(|event| match event {
        Event::RefusalRecorded(recorded) => Some(recorded),
        _ => None,
    });
    match (refusal.recorded_as(), recorded) {
        (None, recorded) => assert_eq!(recorded, None, "{refusal} was only handed in"),
        (Some(Concern::Sequence), recorded) if worker => assert_eq!(recorded, None, "{refusal} of {acting}"),
        (Some(concern), Some(recorded)) => {
            assert_eq!(recorded.concern, concern, "{refusal}");
            assert_eq!(recorded.of == Asker::Worker, worker, "{acting}: {recorded:?}");
        }
        // Another event says it, or there is no room; how much there is, `bounded` counts.
        (Some(concern), None) => {
            let askers = before.parties().map(|(party, _, _)| Asker::Party(party));
            let full = |asker| before.refusals(asker).of(concern).recorded >= 32;
            let mut askers = askers.chain([Asker::House, Asker::Worker, Asker::Stranger]);
            assert!(!events.is_empty() || askers.any(full), "{refusal} of {acting} left no trace");
        }
    }
}

/// Nobody fills the record by being refused: 32 of each concern, then one a day.
fn bounded(events: &[Event]) {
    let mut times: BTreeMap<_, Vec<Timestamp>> = BTreeMap::new();
    for event in events {
        if let Event::RefusalRecorded(recorded) = event {
            let whose = format!("{:?} {:?}", recorded.of, recorded.concern);
            times.entry(whose).or_default().push(recorded.at);
        }
    }
    for (whose, times) in times {
        let further = times.windows(2).skip(31);
        for pair in further {
            assert!(pair[1].duration_since(pair[0]) >= days(1), "{whose}: {pair:?}");
        }
    }
}

/// A forged actor: nobody who acts on envelopes, however it looks.
fn forged(party: u8) -> Actor {
    let names = [
        "user",
        "user/",
        "system",
        "system/root",
        "SYSTEM/TIMER",
        "user/FAFAFAFAFAFAFAFAFAFAFAFAFAFAFAFA",
        "operator/x",
    ];
    Actor::new(names[usize::from(party) % names.len()]).unwrap()
}

fn play(draft: &Draft, moves: &[Move]) -> (usize, BTreeSet<StatusName>) {
    let workflow = Workflow::new();
    let begun = decide(&workflow, &None, &create(draft), by_sender(), noon());
    let (mut state, mut events, mut now) = (begun.state, begun.events, noon());
    let (mut accepted, mut reached, mut latest) = (0, BTreeSet::new(), noon());
    for one in moves {
        now = later(*one, now);
        let before = state.clone().unwrap();
        let command = command(*one, &before, draft, now);
        let acting = actor(*one, &before, &command);
        if one.who == 15 {
            let forged = Context::with_fresh(forged(one.party), now, [0; 32]);
            let decision = workflow.decide(&state, &command, &forged);
            assert!(decision.replied().refusal().is_some(), "{command:?} by a forged actor");
        }
        let decided = decide(&workflow, &state, &command, acting, now);
        let after = decided.state.clone().unwrap();
        match decided.reply.refusal() {
            None => {
                accepted += 1;
                assert!(may(&before, &command, acting), "{acting:?} did {command:?}");
            }
            Some(refusal) => {
                assert!(
                    !refusal.next_action().to_string().is_empty() && !refusal.to_string().is_empty(),
                    "G10"
                );
                assert_eq!(before.status(), after.status(), "{refusal}, and the envelope moved");
                for event in &decided.events {
                    let told = matches!(
                        event,
                        Event::RefusalRecorded(_)
                            | Event::SessionStale(_)
                            | Event::SessionEnded(_)
                            | Event::SignatureDiscarded(_)
                    );
                    assert!(told, "{refusal}, and {event:?}");
                }
                shows(&before, refusal, acting, &decided.events);
            }
        }
        state_holds(&after);
        step_holds(&before, &after, &decided.events);
        sent_holds(&workflow, Some(&before), &decided.events);
        reached.insert(after.status().name());
        if matches!(command, Command::Tick) && acting == Acting::Timer {
            let again = decide(&workflow, &decided.state, &command, acting, now);
            assert_eq!(again.events, Vec::new(), "I17: a second look at {now}");
        }
        state = decided.state;
        events.extend(decided.events);
        latest = latest.max(now);
        i17(&workflow, &state, now, latest);
    }
    bounded(&events);
    // I13, I16: state, deadline and deliveries are functions of the bytes of the events.
    let mut replayed = None;
    for event in &events {
        let read = reread(event);
        let effects = workflow.effects(&workflow.evolve(replayed.clone(), event), event);
        replayed = workflow.evolve(replayed, &read);
        assert_eq!(workflow.effects(&replayed, &read), effects, "I16");
    }
    assert_eq!(replayed, state, "I13");
    assert_eq!(workflow.next_due(&replayed), workflow.next_due(&state), "I17");
    (accepted, reached)
}

/// What is due follows from the state: at that moment the timer finds something, before it nothing.
/// (A clock that was set back makes nothing undone: what is due by the latest that happened is due.)
fn i17(workflow: &Workflow, state: &Option<Envelope>, now: Timestamp, latest: Timestamp) {
    let tick = |at| decide(workflow, state, &Command::Tick, Acting::Timer, at);
    match workflow.next_due(state) {
        Some(due) => {
            assert_ne!(tick(due).events, Vec::new(), "I17: due at {due}, and nothing to do");
            let before = due.checked_sub(SignedDuration::from_micros(1)).unwrap();
            if before >= latest {
                assert_eq!(tick(before).events, Vec::new(), "I17: due at {due}, and something to do before");
            }
        }
        None => assert_eq!(
            tick(latest.max(now).checked_add(days(365)).unwrap_or(now)).events,
            Vec::new(),
            "I17: nothing is due"
        ),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// I1 to I13, I16, I17, G9, G10, G11, and who may do what.
    #[test]
    fn any_sequence_keeps_the_invariants(draft in 0..5_usize, moves in moves(90)) {
        let drafts = DRAFTS.with(Clone::clone);
        play(&drafts[draft], &moves);
    }
}

proptest! {
    // A tenth: each of them is a ledger.
    #![proptest_config(ProptestConfig { cases: cases().div_ceil(10), failure_persistence: None, ..ProptestConfig::default() })]

    /// I14, I15: through the runner, every command under a key, some of them twice, by two nodes in turn. What is answered
    /// again is what was answered, and nothing is recorded for it; every record has its actor, its time, its evidence, and
    /// the hash of the one before it, and the whole verifies.
    #[test]
    fn a_key_acts_once_and_every_record_says_who_when_and_how(draft in 0..5_usize, moves in moves(40)) {
        let drafts = DRAFTS.with(Clone::clone);
        twice(&drafts[draft], &moves);
    }
}

std::thread_local! {
    static DRAFTS: [Draft; 5] = drafts();
}

fn twice(draft: &Draft, moves: &[Move]) {
    let (one_node, other_node, store) = (Workflow::new(), Workflow::new(), MemoryStore::new());
    let tenant = Tenant::new("acme").unwrap();
    let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
    let stream = envelope_id().stream();
    let mut now = noon();
    let mut expected: Vec<(Actor, Timestamp)> = Vec::new();
    let run = |node: &Workflow, command: Command, acting: Acting, now, key: Option<usize>, rng: &mut _| {
        let evidence = format!("proved by {acting}");
        let context = Context::new(acting.actor(), now, rng).with_evidence(evidence);
        let call = node.call(&tenant, envelope_id(), command, context);
        let call = match key {
            Some(n) => call.key(IdempotencyKey::new(&format!("key {n}")).unwrap()),
            None => call,
        };
        Runner::new(node, &store).run(&call, rng)
    };
    let count = || store.head(&tenant, &stream).unwrap().version.0;
    let mut first = Some(create(draft));
    for (n, one) in (0..).zip(moves) {
        now = later(*one, now);
        let loaded = Runner::new(&one_node, &store).load(&tenant, &stream).unwrap().state;
        let make = |first: &mut Option<Command>| match (first.take(), &loaded) {
            (Some(create), _) => (create, by_sender()),
            (None, Some(envelope)) => {
                let command = command(*one, envelope, draft, now);
                let acting = actor(*one, envelope, &command);
                (command, acting)
            }
            (None, None) => unreachable!("the first command creates it"),
        };
        let mut again = first.as_ref().map(|_| create(draft));
        let (command, acting) = make(&mut first);
        let (before, purges) = (count(), matches!(command, Command::Purge));
        let answer = run(&one_node, command, acting, now, Some(n), &mut rng).unwrap();
        let recorded = count() - before;
        expected.extend((0..recorded).map(|_| (acting.actor(), now)));
        assert_eq!(answer.recorded == Recorded::Nothing, recorded == 0);
        if recorded > 0 {
            // The same again, by another node, a day later: the same answer, and nothing more.
            let (command, acting) = make(&mut again);
            let later = now.checked_add(days(1)).unwrap_or(now);
            let same = run(&other_node, command, acting, later, Some(n), &mut rng).unwrap();
            assert_eq!(same.reply, answer.reply, "I14");
            assert!(matches!(same.recorded, Recorded::Before { .. }), "I14: {:?}", same.recorded);
            assert_eq!(count() - before, recorded, "I14: acted twice");
            // Another command under the same key is refused.
            let other = if purges { Command::Resume } else { Command::Purge };
            let other = run(&other_node, other, acting, now, Some(n), &mut rng);
            assert!(other.is_err(), "I14: a key for two commands");
        }
    }
    let mut state = None;
    let mut after = chancery_ledger::Version::EMPTY;
    let mut previous: Option<chancery_ledger::Hash> = None;
    let mut seen = 0;
    loop {
        let page = store.events(&tenant, &stream, after, 100).unwrap();
        let Some(last) = page.last() else { break };
        after = last.record.version;
        for event in &page {
            let (actor, at) = &expected[seen];
            let record = &event.record;
            assert_eq!((&record.actor, &record.at), (actor, at), "I15");
            assert!(
                previous.is_none_or(|previous| record.previous == previous),
                "I15: the hash of the one before"
            );
            assert!(event.hash_holds(), "I15");
            previous = Some(record.hash);
            seen += 1;
        }
    }
    assert_eq!(seen, expected.len());
    state = Runner::new(&other_node, &store).load(&tenant, &stream).unwrap().state.or(state);
    state_holds(&state.unwrap());
    let checkpoint = store.log(&tenant).unwrap().checkpoint();
    let verification =
        LedgerVerifier::new().checkpoint(checkpoint).verify(&mut store.records(), &tenant).unwrap();
    assert!(matches!(verification, Verification::Anchored { .. }), "I15: {verification}");
}

/// The sequences reach everything: a generator that only ever meets refusals shows nothing.
#[test]
fn the_sequences_reach_every_status() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let drafts = drafts();
    let (mut reached, mut accepted, mut all) = (BTreeSet::new(), 0, 0);
    for n in 0..400 {
        let moves = moves(200).new_tree(&mut runner).unwrap().current();
        let (done, statuses) = play(&drafts[n % 5], &moves);
        reached.extend(statuses);
        accepted += done;
        all += moves.len();
    }
    println!("{accepted} of {all} commands were accepted; reached: {reached:?}");
    assert!(accepted * 12 > all, "only {accepted} of {all} commands were accepted");
    let rare = [StatusName::Failed]; // `explored` reaches it
    let missing: Vec<_> =
        StatusName::ALL.iter().filter(|status| !reached.contains(status) && !rare.contains(status)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
