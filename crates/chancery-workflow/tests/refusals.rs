//! What the record shows of refusals: 21 CFR 11.10(d), (f), (g). Rows G4, G10; pain 30.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ledger::{IdempotencyKey, MemoryStore, Runner, Sequence, Store, Tenant, Version};
use chancery_workflow::*;
use getrandom::{SysRng, rand_core::UnwrapErr};
use jiff::SignedDuration;
use support::*;

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn open(n: u32) -> Command {
    Command::Open { party: p(n), factors: Vec::new() }
}

fn approve(n: u32) -> Command {
    Command::Approve { party: p(n), factors: Vec::new() }
}

fn consent(n: u32) -> Command {
    Command::GiveConsent { party: p(n), disclosure: disclosure().digest, demonstration: None }
}

/// As what it was refused, by whom, as both streams have it; none if neither does.
#[track_caller]
fn told(office: &mut Office, acting: Acting, command: Command) -> Option<(Asker, Concern)> {
    let decision = office.decide(acting, &command);
    let why = decision.replied().refusal().unwrap().clone();
    let counted = decision.recorded().iter().find_map(|event| match event {
        Event::RefusalRecorded(recorded) => Some((recorded.of, recorded.concern)),
        _ => None,
    });
    match (decision.recorded_aside(), counted) {
        ([(stream, _)], Some(_)) => assert_eq!(*stream, ENVELOPE.access_stream()),
        ([], None) => {}
        other => panic!("{why}: one stream has it and the other not: {other:?}"),
    }
    assert_eq!(refusal(office.run(acting, command)), why);
    counted
}

fn by(n: u8) -> Acting {
    Acting::User(user(n))
}

#[test]
fn whoever_acts_out_of_turn_stands_in_the_record() {
    // 11.10(f): each of these was answered, and nobody could see later that it was tried.
    let mut draft = contract();
    let witnessing = StepId::new(1);
    let witness = Role::Witness { of: p(1), level: SignatureLevel::Simple };
    draft.party(party(witness, witnessing, 5));
    let mut office = Office::sending(draft);
    let own = |n| Some((Asker::Party(p(n)), Concern::Sequence));
    assert_eq!(told(&mut office, by(2), open(1)), own(1), "its turn has not come");
    assert_eq!(told(&mut office, by(1), approve(0)), own(0), "not opened");
    office.by(1, open(0)).accepted().unwrap();
    assert_eq!(told(&mut office, by(1), approve(0)), own(0), "no consent");
    office.by(1, consent(0)).accepted().unwrap();
    let role = Command::Acknowledge { party: p(0), factors: Vec::new() };
    assert_eq!(
        told(&mut office, by(1), role),
        Some((Asker::Party(p(0)), Concern::Authority)),
        "another role"
    );
    assert_eq!(told(&mut office, by(1), Command::Decline { party: p(1), reason: text("no") }), {
        Some((Asker::Stranger, Concern::Authority))
    });
    office.by(1, approve(0)).accepted().unwrap();
    assert_eq!(told(&mut office, by(1), approve(0)), own(0), "done already");
    assert_eq!(
        told(&mut office, by(2), Command::AbortSigning { party: p(1), why: AbortWhy::Aborted }),
        own(1)
    );
    // The witness comes before whom it witnesses.
    office.by(5, open(4)).accepted().unwrap();
    office.by(5, consent(4)).accepted().unwrap();
    let begin = office.begin(p(4));
    assert_eq!(
        told(&mut office, by(5), Command::BeginSigning(Box::new(begin))),
        own(4),
        "nobody to witness yet"
    );
    let house = Some((Asker::House, Concern::Sequence));
    assert_eq!(told(&mut office, by(SENDER), Command::Resume), house);
    assert_eq!(told(&mut office, Acting::Operator(user(9)), Command::Abandon { reason: text("no") }), house);
    assert_eq!(told(&mut office, Acting::Records(user(9)), Command::QueuePurge), house, "it is not over");
    office.by_sender(Command::Void { reason: text("enough") }).accepted().unwrap();
    assert_eq!(told(&mut office, by(2), open(1)), own(1), "it is over");
    assert_eq!(office.replayed(), office.state);
}

#[test]
fn whoever_may_not_stands_in_the_record() {
    // 11.10(d) and (g)
    let mut draft = contract();
    draft.parties[1].change_signer = Permission::Permitted;
    draft.parties[2].decline = Permission::Forbidden;
    let mut office = Office::sending(draft);
    office.approve(1, p(0));
    let own = |n| Some((Asker::Party(p(n)), Concern::Authority));
    let change = |n: u32, to: u8| {
        let (how, to) = (event::Handover::ChangeSigner, successor(to, "x@example.com"));
        let (access, act) = (Vec::new(), Vec::new());
        Command::ChangeSigner(Box::new(ChangeSigner { party: p(n), how, to, note: None, access, act }))
    };
    assert_eq!(told(&mut office, by(2), change(1, 3)), own(1), "has a part in the step already");
    assert_eq!(told(&mut office, by(3), change(2, 9)), own(2), "the sender does not permit it");
    assert_eq!(told(&mut office, by(3), Command::Decline { party: p(2), reason: text("no") }), own(2));
    let stranger = Some((Asker::Stranger, Concern::Authority));
    assert_eq!(told(&mut office, by(77), open(1)), stranger);
    assert_eq!(told(&mut office, by(77), open(55)), stranger);
    let reassign = Command::Reassign { party: p(1), to: Box::new(successor(3, "x@example.com")) };
    assert_eq!(told(&mut office, by(SENDER), reassign), Some((Asker::House, Concern::Authority)));
}

#[test]
fn what_was_only_handed_in_wrongly_is_answered() {
    let mut office = Office::new();
    office.create(draft());
    let wrong = Command::Send { permissions: Vec::new() };
    assert_eq!(told(&mut office, by(SENDER), wrong), None, "a draft without parties");
    let late = Command::Schedule { send_at: office.now, permissions: Vec::new() };
    assert_eq!(told(&mut office, by(SENDER), late), None);
}

#[test]
fn workers_race_and_repeat_and_leave_no_trace_of_it() {
    // They are woken at least once: what they ask out of turn would use up the room of what matters.
    let mut office = Office::sending(contract());
    let delivered = |delivery| Command::RecordDelivery { party: p(0), delivery };
    office.approve(1, p(0));
    assert_eq!(told(&mut office, Acting::Notifier, delivered(Delivery::Delivered)), None, "it is done");
    office.sign(2, p(1));
    let begin = || Command::FinalizeBegin { lease: SignedDuration::from_mins(5) };
    assert_eq!(told(&mut office, Acting::Sealer, begin()), None, "not everybody has signed");
    office.sign(3, p(2));
    office.run(Acting::Sealer, begin()).accepted().unwrap();
    assert_eq!(told(&mut office, Acting::Sealer, begin()), None, "another attempt has the lease");
    let failed = |attempt| Command::FinalizeErr { attempt, error: text("no timestamp") };
    assert_eq!(told(&mut office, Acting::Sealer, failed(9)), None, "an attempt of before");
    let artifacts = || vec![Artifact { name: text("signed.pdf"), digest: digest(555) }];
    office
        .run(Acting::Sealer, Command::FinalizeOk { attempt: 1, artifacts: artifacts() })
        .accepted()
        .unwrap();
    for _ in 0..100 {
        let again = Command::FinalizeOk { attempt: 1, artifacts: artifacts() };
        assert_eq!(told(&mut office, Acting::Sealer, again), None, "it was answered already");
        assert_eq!(told(&mut office, Acting::Notifier, delivered(Delivery::Bounced)), None);
        let events = office.events.len();
        office.tick().accepted().unwrap();
        assert_eq!(office.events.len(), events);
    }
    // What is not a worker's is another matter.
    let worker = Some((Asker::Worker, Concern::Authority));
    assert_eq!(told(&mut office, Acting::Notifier, begin()), worker);
    assert_eq!(told(&mut office, Acting::Timer, open(0)), worker);
}

#[test]
fn each_has_room_of_their_own_and_no_more_than_that() {
    let mut office = Office::sending(contract());
    let events = office.events.len();
    for _ in 0..100 {
        refusal(office.by(2, open(1)));
        refusal(office.by(77, open(1)));
        refusal(office.by_sender(Command::Resume));
        refusal(office.by(1, Command::Acknowledge { party: p(0), factors: Vec::new() }));
    }
    assert_eq!(office.events.len() - events, 4 * 32);
    let recorded = |office: &Office, asker, concern| office.envelope().refusals(asker).of(concern).recorded;
    assert_eq!(recorded(&office, Asker::Party(p(1)), Concern::Sequence), 32);
    assert_eq!(recorded(&office, Asker::Party(p(1)), Concern::Authority), 0);
    // Nobody hides in what another did, nor in what they did themselves before.
    let draft = || Command::Acknowledge { party: p(1), factors: Vec::new() };
    let own = |concern| Some((Asker::Party(p(1)), concern));
    office.approve(1, p(0));
    assert_eq!(told(&mut office, by(2), draft()), own(Concern::Authority));
    assert_eq!(
        told(&mut office, by(2), Command::Approve { party: p(2), factors: Vec::new() }),
        None,
        "strangers"
    );
    let begin = office.begin(p(1));
    assert_eq!(told(&mut office, by(2), Command::BeginSigning(Box::new(begin))), None, "not opened: no room");
    office.later(DAY);
    let begin = || Command::CompleteSigning { party: p(1), proofs: Vec::new() };
    assert_eq!(told(&mut office, by(2), begin()), own(Concern::Sequence), "one a day");
    assert_eq!(told(&mut office, by(2), begin()), None);
    assert_eq!(office.replayed(), office.state);
}

#[test]
fn a_refusal_is_committed_before_it_is_answered_and_answered_again_to_its_key() {
    let mut rng = UnwrapErr(SysRng);
    let (workflow, store, acme) = (Workflow::new(), MemoryStore::new(), Tenant::new("acme").unwrap());
    let mut many = draft();
    let step = many.step(Step::all(Phase::Approval));
    let filler = many.party(party(Role::Fill, step, 1));
    for n in 0..5_000 {
        let name = text(&format!("field {n}"));
        let (document, content) = (DocumentId::new(0), FieldContent::Text { most: 10 });
        many.field(Field::new(document, filler, name, content));
    }
    let mut run = |acting: Acting, command: Command, key: &str| {
        let context = chancery_ledger::Context::new(acting.actor(), start(), &mut rng);
        let key = IdempotencyKey::new(key).unwrap();
        let call = workflow.call(&acme, ENVELOPE, command, context).key(key);
        Runner::new(&workflow, &store).run(&call, &mut rng).unwrap().reply
    };
    let finish = || Command::FinishFilling { party: filler, factors: Vec::new() };
    run(by(SENDER), Command::CreateDraft { envelope: ENVELOPE, draft: Box::new(many) }, "1")
        .accepted()
        .unwrap();
    run(by(SENDER), Command::Send { permissions: Vec::new() }, "2").accepted().unwrap();
    let early = refusal(run(by(1), finish(), "3"));
    assert_eq!(early, Refusal::NotOpened(filler));
    run(by(1), Command::Open { party: filler, factors: Vec::new() }, "4").accepted().unwrap();
    run(by(1), consent(0), "5").accepted().unwrap();
    assert_eq!(refusal(run(by(1), finish(), "3")), early, "the same key, the same answer");
    let empty = refusal(run(by(1), finish(), "6"));
    assert!(
        matches!(&empty, Refusal::FieldsEmpty(fields) if fields.len() == 1000),
        "what is kept is bounded"
    );
    let aside = store.events(&acme, &ENVELOPE.access_stream(), Version::EMPTY, 10).unwrap();
    let read = |event: &chancery_ledger::Event| AccessRefused::from_bytes(event.payload().unwrap()).unwrap();
    let refused: Vec<_> = aside.iter().map(read).collect();
    assert_eq!(refused.iter().map(|one| one.why.clone()).collect::<Vec<_>>(), [early, empty]);
    assert!(refused.iter().all(|one| one.command == "finish-filling" && one.party == Some(filler)));
    assert_eq!(aside[0].record.actor, by(1).actor());
    assert!(!store.since(&acme, Sequence(0), 1000).unwrap().is_empty());
}

#[test]
fn the_checker_names_what_was_refused_out_of_turn() {
    use chancery_workflow::regime::{Beside, Clause, Evidence, Recorded, Regime, Shown, check};
    let mut office = Office::sending(contract());
    refusal(office.by(77, open(0)));
    office.approve(1, p(0));
    let shown = |office: &Office, clause| {
        let record = (1..).zip(&office.events).map(|(n, event)| Recorded {
            version: Version(n),
            actor: by(SENDER).actor(),
            at: office.now,
            evidence: Evidence::Kept,
            event: event.clone(),
        });
        let report = check(Regime::Part11, &record.collect::<Vec<_>>(), &Beside::default());
        report.findings().iter().find(|finding| finding.clause == clause).unwrap().shown.clone()
    };
    let before = shown(&office, Clause::Sequencing);
    assert!(matches!(&before, Shown::By { events, what } if events.len() == 1 && !what.contains("refused")));
    refusal(office.by(1, approve(0)));
    let after = shown(&office, Clause::Sequencing);
    assert!(
        matches!(&after, Shown::By { events, what } if events.len() == 2 && what.ends_with("recorded: 1")),
        "{after:?}"
    );
    let Shown::By { events, .. } = shown(&office, Clause::Safeguards) else { panic!("a stranger tried") };
    assert_eq!(events.len(), 1, "being out of turn is no attempt to use what is another's");
}
