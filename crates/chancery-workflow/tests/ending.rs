//! Finishing, downloads, what holds and what is kept, policies, erasure, tracking. Rows G8, G11 to G13; pains 2, 4, 22, 28.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_auth::UserId;
use chancery_ledger::{Context, Kind, MemoryStore, Runner, Sequence, Store, StoredEvent, Tenant};
use chancery_workflow::*;
use getrandom::{SysRng, rand_core::UnwrapErr};
use jiff::SignedDuration;
use support::*;

const DAY: SignedDuration = SignedDuration::from_hours(24);
const LEASE: SignedDuration = SignedDuration::from_mins(5);

fn satisfied() -> Office {
    let mut office = Office::sending(signers(1, Quorum::All));
    office.sign(1, p(0));
    office
}

fn completed() -> Office {
    let mut office = satisfied();
    office.finish();
    office
}

fn begin() -> Command {
    Command::FinalizeBegin { lease: LEASE }
}

fn ok(attempt: u32) -> Command {
    Command::FinalizeOk {
        attempt,
        artifacts: vec![Artifact { name: text("signed.pdf"), digest: digest(555) }],
    }
}

#[test]
fn one_node_at_a_time_finishes_and_nothing_is_sealed_twice() {
    // Pains 2 and 4
    let mut office = satisfied();
    let finalize = |attempt| SealWork::Finalize { envelope: ENVELOPE, head: Revision::new(1), attempt };
    assert_eq!(work(&office), [finalize(1)]);
    let key = office.envelope().seal_key();
    assert!(office.by_sender(begin()).refusal().is_some());
    assert!(matches!(refusal(office.run(Acting::Sealer, ok(0))), Refusal::WrongAttempt { current: 0 }));
    office.run(Acting::Sealer, begin()).accepted().unwrap();
    assert!(matches!(refusal(office.run(Acting::Sealer, begin())), Refusal::LeaseHeld { .. }));
    office.later(LEASE + SignedDuration::from_micros(1));
    office.tick().accepted().unwrap();
    assert_eq!(work(&office), [finalize(1), finalize(2)], "who lost its lease is followed by another");
    office.run(Acting::Sealer, begin()).accepted().unwrap();
    assert_eq!(refusal(office.run(Acting::Sealer, ok(1))), Refusal::WrongAttempt { current: 2 });
    assert_eq!(office.envelope().seal_key(), key, "every attempt has the same key");
    let none = Command::FinalizeOk { attempt: 2, artifacts: Vec::new() };
    assert_eq!(refusal(office.run(Acting::Sealer, none)), Refusal::Artifacts);
    office.run(Acting::Sealer, ok(2)).accepted().unwrap();
    let again = refusal(office.run(Acting::Sealer, ok(2)));
    assert_eq!(again, Refusal::WrongStatus { found: StatusName::Completed, needed: StatusName::Finalizing });
    assert_eq!(office.told(Intent::Completed).len(), 2);
}

#[test]
fn a_slow_attempt_counts_as_long_as_no_other_began() {
    let mut office = satisfied();
    office.run(Acting::Sealer, begin()).accepted().unwrap();
    office.later(DAY);
    office.tick().accepted().unwrap();
    office.run(Acting::Sealer, ok(1)).accepted().unwrap();
    assert_eq!(office.status(), StatusName::Completed);
}

#[test]
fn an_operator_gives_up_only_after_enough_attempts() {
    let mut office = satisfied();
    let abandon = || Command::Abandon { reason: text("the file cannot be read") };
    for attempt in 1..=5 {
        let refused = refusal(office.run(Acting::Operator(user(60)), abandon()));
        assert_eq!(refused, Refusal::AttemptsLeft { made: attempt - 1, needed: 6 });
        office.run(Acting::Sealer, begin()).accepted().unwrap();
        let failed = || Command::FinalizeErr { attempt, error: text("no timestamp") };
        office.run(Acting::Sealer, failed()).accepted().unwrap();
        let events = office.events.len();
        office.run(Acting::Sealer, failed()).accepted().unwrap();
        assert_eq!(office.events.len(), events, "told twice, recorded once");
    }
    office.run(Acting::Sealer, begin()).accepted().unwrap();
    assert!(matches!(refusal(office.run(Acting::Operator(user(60)), abandon())), Refusal::LeaseHeld { .. }));
    office.later(DAY);
    assert_eq!(refusal(office.by_sender(abandon())), Refusal::NotPermitted(Capacity::Operator));
    office.run(Acting::Operator(user(60)), abandon()).accepted().unwrap();
    assert_eq!(office.status(), StatusName::Failed);
}

#[test]
fn only_counterparties_download_and_for_fourteen_days() {
    // G12 and G13
    let mut draft = signers(2, Quorum::All);
    draft.parties[0].side = Side::InHouse;
    let mut office = Office::sending(draft);
    let grant = |n, artifact, lasts| Command::GrantDownload { party: p(n), artifact, lasts, uses: Uses::Any };
    assert!(office.by_sender(grant(1, digest(555), None)).refusal().is_some(), "nothing is completed");
    office.sign(1, p(0));
    office.sign(2, p(1));
    office.finish();
    assert_eq!(refusal(office.by_sender(grant(0, digest(555), None))), Refusal::NotCounterparty(p(0)));
    assert_eq!(refusal(office.by_sender(grant(1, digest(1), None))), Refusal::UnknownArtifact);
    assert!(office.by(2, grant(1, digest(555), None)).refusal().is_some(), "not for oneself");
    office.later(DAY);
    office.by_sender(grant(1, digest(555), None)).accepted().unwrap();
    let not_after = start() + DAY * 14;
    assert_eq!(office.envelope().grants()[0].grant.not_after, not_after, "from completion on");
    let redeem = |n| Command::RedeemDownload { grant: GrantId::new(n), factors: Vec::new() };
    office.by(2, redeem(0)).accepted().unwrap();
    office.by(2, redeem(0)).accepted().unwrap();
    assert_eq!(
        refusal(office.by(1, redeem(0))),
        Refusal::UnknownGrant(GrantId::new(0)),
        "bound to its party"
    );
    assert_eq!(refusal(office.by(2, redeem(9))), Refusal::UnknownGrant(GrantId::new(9)));
    office.now = not_after - SignedDuration::from_nanos(1);
    office.by(2, redeem(0)).accepted().unwrap();
    office.now = not_after;
    assert_eq!(refusal(office.by(2, redeem(0))), Refusal::GrantOver { not_after });
    let late = refusal(office.by_sender(grant(1, digest(555), None)));
    assert_eq!(late, Refusal::GrantOver { not_after }, "a longer one says how long");
    office.by_sender(grant(1, digest(555), Some(DAY))).accepted().unwrap();
    office.by(2, redeem(1)).accepted().unwrap();
    let too_long = Some(SignedDuration::from_hours(24 * 400));
    assert!(matches!(refusal(office.by_sender(grant(1, digest(555), too_long))), Refusal::GrantTime { .. }));
}

#[test]
fn a_grant_for_one_use_is_used_once() {
    let mut office = completed();
    let grant = Command::GrantDownload { party: p(0), artifact: digest(555), lasts: None, uses: Uses::Once };
    office.by_sender(grant).accepted().unwrap();
    let redeem = || Command::RedeemDownload { grant: GrantId::new(0), factors: Vec::new() };
    office.by(1, redeem()).accepted().unwrap();
    assert_eq!(refusal(office.by(1, redeem())), Refusal::GrantUsed);
}

#[test]
fn a_completed_envelope_is_annotated_and_never_undone() {
    // Pain 22
    let mut office = completed();
    assert!(office.by_sender(Command::Void { reason: text("oh no") }).refusal().is_some());
    assert!(office.by(1, Command::Revoke { reason: text("mine") }).refusal().is_some());
    let by = EnvelopeId::from_bytes([2; 16]);
    assert!(office.by_sender(Command::Supersede { by: ENVELOPE }).refusal().is_some(), "not by itself");
    office.by_sender(Command::Supersede { by }).accepted().unwrap();
    assert_eq!(office.envelope().disposition(), &Disposition::Superseded { by });
    assert_eq!(office.status(), StatusName::Completed);
    assert_eq!(refusal(office.by_sender(Command::Revoke { reason: text("no") })), Refusal::NotInForce);
}

const OFFICER: u8 = 70;

fn officer(office: &mut Office, command: Command) -> Reply {
    office.run(Acting::Records(user(OFFICER)), command)
}

fn hold(office: &mut Office, case: &str) -> HoldId {
    let accepted = officer(office, Command::Hold { reason: text(case) }).accepted().unwrap();
    let Some(Made::Hold(hold)) = accepted.made else { panic!("{accepted:?}") };
    hold
}

fn release(hold: HoldId) -> Command {
    Command::Release { hold, reason: text("closed") }
}

#[test]
fn a_record_is_kept_for_its_time_and_under_hold() {
    let mut office = completed();
    assert!(office.by_sender(Command::Hold { reason: text("mine") }).refusal().is_some());
    assert!(matches!(refusal(officer(&mut office, Command::QueuePurge)), Refusal::KeptUntil { .. }));
    office.later(SignedDuration::from_hours(24 * 366 * 10));
    let first = hold(&mut office, "case 7");
    assert_eq!(refusal(officer(&mut office, Command::QueuePurge)), Refusal::OnHold(vec![first]));
    assert!(office.by_sender(release(first)).refusal().is_some(), "only the officer");
    officer(&mut office, release(first)).accepted().unwrap();
    assert_eq!(refusal(officer(&mut office, Command::Purge)), Refusal::NotQueued);
    officer(&mut office, Command::QueuePurge).accepted().unwrap();
    assert_eq!(work(&office).last(), Some(&SealWork::Purge { envelope: ENVELOPE }));
    let late = hold(&mut office, "case 8");
    let refused = refusal(officer(&mut office, Command::Purge));
    assert_eq!(refused, Refusal::OnHold(vec![late]), "a hold comes before a purge");
    officer(&mut office, release(late)).accepted().unwrap();
    let refused = refusal(officer(&mut office, Command::Purge));
    assert_eq!(refused, Refusal::NotQueued, "the hold called it off");
    officer(&mut office, Command::QueuePurge).accepted().unwrap();
    officer(&mut office, Command::Purge).accepted().unwrap();
    let Some(Event::Purged(purged)) = office.events.last() else { panic!() };
    assert!(purged.kept.contains(&digest(1)) && purged.kept.contains(&digest(555)), "digests stay");
    let grant =
        Command::GrantDownload { party: p(0), artifact: digest(555), lasts: Some(DAY), uses: Uses::Any };
    assert_eq!(refusal(office.by_sender(grant)), Refusal::UnknownArtifact);
    let nothing_to_keep = officer(&mut office, Command::Hold { reason: text("case 9") });
    assert_eq!(refusal(nothing_to_keep), Refusal::NotQueued);
}

#[test]
fn each_case_has_its_own_hold_and_the_end_of_one_leaves_the_other() {
    let mut office = completed();
    office.later(SignedDuration::from_hours(24 * 366 * 10));
    let (first, since) = (hold(&mut office, "case 7"), office.now);
    office.later(DAY);
    let second = hold(&mut office, "case 8");
    assert_ne!(first, second);
    let case = |office: &Office, hold| office.envelope().reason(ReasonOf::Hold(hold)).cloned();
    let told: Vec<_> =
        office.envelope().holds().iter().map(|hold| (hold.id, case(&office, hold.id), hold.since)).collect();
    assert_eq!(told, [(first, Some(text("case 7")), since), (second, Some(text("case 8")), office.now)]);
    assert_eq!(office.envelope().hold(first).unwrap().by, user(OFFICER));
    let both = refusal(officer(&mut office, Command::QueuePurge));
    assert_eq!(both, Refusal::OnHold(vec![first, second]));
    assert_eq!(both.next_action(), NextAction::Release);

    officer(&mut office, release(first)).accepted().unwrap();
    assert_eq!((office.envelope().hold(first), office.envelope().holds().len()), (None, 1));
    assert_eq!((case(&office, first), case(&office, second)), (None, Some(text("case 8"))));
    assert_eq!(office.envelope().retention(), Retention::LegalHold);
    for purge in [Command::QueuePurge, Command::Purge] {
        assert_eq!(refusal(officer(&mut office, purge)), Refusal::OnHold(vec![second]));
    }
    let twice = refusal(officer(&mut office, release(first)));
    assert_eq!((twice.next_action(), twice), (NextAction::Nothing, Refusal::HoldOver(first)));
    let never = HoldId::new(second.number() + 1);
    let unknown = refusal(officer(&mut office, release(never)));
    assert_eq!((unknown.next_action(), unknown), (NextAction::Correct, Refusal::UnknownHold(never)));
    assert!(office.envelope().hold(second).is_some(), "what was refused ended nothing");

    officer(&mut office, release(second)).accepted().unwrap();
    assert_eq!(office.envelope().retention(), Retention::Normal);
    let third = hold(&mut office, "case 7, again");
    assert!(third > second, "a number is never given again");
    assert_eq!(refusal(officer(&mut office, release(first))), Refusal::HoldOver(first));
    officer(&mut office, release(third)).accepted().unwrap();
    officer(&mut office, Command::QueuePurge).accepted().unwrap();
    officer(&mut office, Command::Purge).accepted().unwrap();
}

#[test]
fn holds_are_read_from_bytes_as_they_were_and_forged_ones_end_nothing() {
    let mut office = completed();
    let (first, second) = (hold(&mut office, "case 7"), hold(&mut office, "case 8"));
    officer(&mut office, release(first)).accepted().unwrap();
    let read =
        |event: &Event| Event::from_bytes(&event.kind().unwrap(), event.schema(), &event.to_bytes()).unwrap();
    let evolve = |state, event: &Event| chancery_ledger::Decider::evolve(&office.workflow, state, event);
    let replayed = office.events.iter().map(read).fold(None, |state, event| evolve(state, &event));
    assert_eq!(replayed, office.state);
    let set = office.events.iter().find(|event| matches!(event, Event::LegalHoldSet(_))).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&set.to_bytes()).unwrap();
    assert_eq!(json["hold"], first.number());

    let released = office.events.iter().find(|event| matches!(event, Event::LegalHoldReleased(_))).unwrap();
    assert_eq!(evolve(replayed.clone(), released), office.state, "a release twice");
    assert_eq!(evolve(replayed.clone(), set), office.state, "a number is no second hold's");
    let queued = event::PurgeQueued { by: user(OFFICER), at: office.now };
    let forged = evolve(replayed, &queued.into()).unwrap();
    assert_eq!((forged.retention(), forged.holds()[0].id), (Retention::LegalHold, second));
    office.state = Some(forged);
    assert_eq!(refusal(officer(&mut office, Command::Purge)), Refusal::OnHold(vec![second]));
}

#[test]
fn so_many_holds_are_in_force_at_once_and_no_more() {
    let mut office = completed();
    let holds: Vec<_> = (0..LegalHold::MOST).map(|_| hold(&mut office, "one more")).collect();
    let full = refusal(officer(&mut office, Command::Hold { reason: text("one too many") }));
    assert!(matches!(full, Refusal::TooMany { most: 64, .. }), "{full}");
    officer(&mut office, release(holds[5])).accepted().unwrap();
    assert!(hold(&mut office, "in its place") > holds[63]);
    assert_eq!(office.envelope().holds().len(), LegalHold::MOST);
}

/// Refuses whatever is said on a Friday, and reminds nobody twice; asks for what it must not have, too.
#[derive(Debug)]
struct House;

impl Policy for House {
    fn name(&self) -> Text {
        text("house-1")
    }

    fn permit(&self, _: Option<&Envelope>, command: &Command, _: &Context) -> Result<(), Objection> {
        match command {
            Command::Void { .. } => {
                Err(Objection { why: text("we void nothing"), next: text("let it expire") })
            }
            _ => Ok(()),
        }
    }

    fn react(&self, _: &Envelope, event: &Event) -> Vec<Command> {
        match event {
            Event::PartyDone(done) if done.act == Act::Approve => vec![
                // An approval brings the deadline of what follows; and nobody signs for anybody.
                Command::ExtendDeadline { deadline: done.at + DAY * 200 },
                Command::Open { party: p(1), factors: Vec::new() },
                Command::Decline { party: p(1), reason: text("for you") },
                Command::Send { permissions: Vec::new() },
                Command::Void { reason: text("because") },
            ],
            // A policy that answers itself.
            Event::DeadlineExtended(extended) => {
                vec![Command::ExtendDeadline { deadline: extended.new + DAY }]
            }
            _ => Vec::new(),
        }
    }
}

#[test]
fn a_policy_refuses_and_asks_for_more_but_weakens_no_guard() {
    let mut office = Office::with(Workflow::new().policy(House));
    office.create(contract());
    let permissions = office.permissions();
    office.by_sender(Command::Send { permissions }).accepted().unwrap();
    let refused = refusal(office.by_sender(Command::Void { reason: text("please") }));
    assert!(
        matches!(&refused, Refusal::Policy { next, .. } if *next == text("let it expire")),
        "{refused:?}"
    );
    office.approve(1, p(0));
    let extended = office.kinds().iter().filter(|kind| **kind == "envelope.deadline-extended").count();
    assert_eq!(extended, 4, "what follows from itself ends");
    let told = office.events.iter().filter(|event| matches!(event, Event::PolicyReacted(_))).count();
    assert_eq!(told, 4, "the record says that a policy asked");
    assert_eq!((office.standing(p(1)), office.status()), (Standing::Active, StatusName::InProgress));
    assert_eq!(office.envelope().slot(p(1)).unwrap().opened_at(), None);
    assert_eq!(office.replayed(), office.state);
    let plain = Office::sending(contract());
    assert_ne!(office.envelope().policy(), plain.envelope().policy(), "which rules held is in the record");
}

#[test]
fn people_can_be_erased_and_the_rest_still_says_what_happened() {
    let mut draft = contract();
    draft.parties[0].person = Some(Person::named(text("Ann Smith")));
    let name = Field::new(DocumentId::new(0), p(0), text("Name"), FieldContent::Text { most: 40 });
    draft.field(name.prefilled(text("Ann Smith")));
    let mut office = Office::sending(draft);
    office.approve(1, p(0));
    let mut state = None;
    for event in &office.events {
        let (kind, bytes) = (event.kind().unwrap(), event.to_bytes());
        let structure = !matches!(
            event,
            Event::PeopleRecorded(_)
                | Event::FieldsPrefilled(_)
                | Event::FieldFilled(_)
                | Event::SignerNamed(_)
        );
        assert!(!structure || !String::from_utf8(bytes).unwrap().contains("Ann"), "{kind} names nobody");
        let kept = if structure { event.clone() } else { Event::erased(&kind, 1).unwrap() };
        assert_eq!(Event::erased(&kind, 1).is_some(), !structure, "{kind}");
        state = chancery_ledger::Decider::evolve(&office.workflow, state, &kept);
    }
    let state = state.unwrap();
    assert_eq!((state.person(p(0)), state.value(FieldId::new(0))), (None, None));
    assert_eq!(state.status(), office.envelope().status());
    assert_eq!(state.slot(p(0)), office.envelope().slot(p(0)));
}

#[test]
fn events_of_an_unknown_form_are_refused() {
    let kind = Kind::new("envelope.party-unblocked").unwrap();
    let good = br#"{"party":0,"at":"2026-11-22T12:00:00Z"}"#;
    assert!(Event::from_bytes(&kind, 1, good).is_ok());
    for (schema, bytes) in [
        (2, good.as_slice()),
        (1, br#"{"party":0,"at":"2026-11-22T12:00:00Z","by":"mallory"}"#.as_slice()),
        (1, br#"{"party":-1,"at":"2026-11-22T12:00:00Z"}"#.as_slice()),
        (1, br#"{"party":0,"at":"yesterday"}"#.as_slice()),
        (1, b"".as_slice()),
    ] {
        assert!(Event::from_bytes(&kind, schema, bytes).is_err());
    }
    assert!(Event::from_bytes(&Kind::new("envelope.unheard-of").unwrap(), 1, b"{}").is_err());
}

#[test]
fn what_is_counted_is_what_the_states_say() {
    // G8
    let (workflow, store, acme) = (Workflow::new(), MemoryStore::new(), Tenant::new("acme").unwrap());
    let mut rng = UnwrapErr(SysRng);
    let mut tracking = Tracking::subscribe(Sequence(0));
    let mut run = |envelope: EnvelopeId, who: UserId, command| {
        let context = Context::new(Acting::User(who).actor(), start(), &mut UnwrapErr(SysRng));
        let call = workflow.call(&acme, envelope, command, context);
        Runner::new(&workflow, &store).run(&call, &mut rng).unwrap().reply
    };
    let ids: Vec<_> = (0..6).map(|n| EnvelopeId::from_bytes([n; 16])).collect();
    for (n, id) in ids.iter().enumerate() {
        let draft = Box::new(contract());
        run(*id, user(SENDER), Command::CreateDraft { envelope: *id, draft }).accepted().unwrap();
        if n > 0 {
            let permissions = vec![Permits::any(digest(1))];
            run(*id, user(SENDER), Command::Send { permissions }).accepted().unwrap();
        }
        match n {
            1 => run(*id, user(1), Command::Decline { party: p(0), reason: text("no") })
                .accepted()
                .map(|_| ())
                .unwrap(),
            2 => run(*id, user(SENDER), Command::Void { reason: text("no") }).accepted().map(|_| ()).unwrap(),
            // Refusals leave their streams of accesses, which are no envelopes.
            3 => assert!(run(*id, user(99), Command::Resume).refusal().is_some()),
            _ => {}
        }
        let changes = tracking.page(&store.since(&acme, tracking.from(), 1000).unwrap()).unwrap();
        assert!(!changes.is_empty());
    }
    let summary = tracking.summary();
    assert_eq!((summary.draft, summary.pending, summary.declined, summary.voided), (1, 3, 1, 1));
    for id in ids {
        let state = Runner::new(&workflow, &store).load(&acme, &id.stream()).unwrap().state.unwrap();
        assert_eq!(tracking.progress(id), Some(state.status().name().progress()));
    }
    let all = store.since(&acme, Sequence(0), 1000).unwrap();
    assert!(tracking.clone().page(&all).unwrap().is_empty(), "seen before");
    let mut fresh = Tracking::subscribe(Sequence(0));
    assert!(fresh.page(&all[1..]).is_err(), "a gap is told");
    assert_eq!(fresh.page(&all).map(|_| fresh.summary()), Ok(summary));
    let aside = store.events(
        &acme,
        &EnvelopeId::from_bytes([3; 16]).access_stream(),
        chancery_ledger::Version::EMPTY,
        10,
    );
    let aside = aside.unwrap();
    let refused = AccessRefused::from_bytes(aside[0].payload().unwrap()).unwrap();
    assert_eq!(refused.why, Refusal::NotPermitted(Capacity::SenderOrOwner));
}

#[test]
fn ten_thousand_parties_fit_and_each_is_told_once() {
    // G16 and G17
    let mut draft = draft();
    let step = draft.step(Step::all(Phase::Approval));
    for n in 0_u32..10_000 {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&n.to_be_bytes());
        let person = Person::named(text(&format!("Person {n}")));
        draft.party(Party::new(Role::Approve, step, UserId::from_bytes(id)).named(person));
    }
    let mut office = Office::new();
    office.create(draft);
    assert!(office.events.len() <= 1000, "one commit");
    let permissions = office.permissions();
    office.by_sender(Command::Send { permissions }).accepted().unwrap();
    assert!(office.sent.len() <= 1000 && office.sent.iter().all(|effect| effect.body.len() < 64 << 10));
    let mut told = office.told(Intent::YourTurn { act: Act::Approve });
    told.sort_by_key(|recipient| format!("{recipient:?}"));
    told.dedup();
    assert_eq!(told.len(), 10_000);
    office.tick().accepted().unwrap();
    let mut last = [0; 16];
    last[..4].copy_from_slice(&9_999_u32.to_be_bytes());
    let acting = Acting::User(UserId::from_bytes(last));
    let party = p(9_999);
    office.run(acting, Command::Open { party, factors: Vec::new() }).accepted().unwrap();
    let disclosure = disclosure().digest;
    office.run(acting, Command::GiveConsent { party, disclosure, demonstration: None }).accepted().unwrap();
    office.run(acting, Command::Approve { party, factors: Vec::new() }).accepted().unwrap();
    office.by_sender(Command::Void { reason: text("enough") }).accepted().unwrap();
    assert!(office.told(Intent::Voided).len() == 10_001);
    assert_eq!(office.replayed(), office.state);
}
