//! What somebody would try: full disks, clocks that jump, people in the wrong place. "Bad input" of the envelope machine.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_auth::UserId;
use chancery_ledger::Decider;
use chancery_workflow::*;
use jiff::SignedDuration;
use support::*;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn many(n: u32) -> UserId {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&n.to_be_bytes());
    UserId::from_bytes(id)
}

#[test]
fn a_clock_that_goes_back_lengthens_no_lease() {
    let mut office = Office::sending(signers(2, Quorum::All));
    office.open(1, p(0));
    office.begin_signing(1, p(0)).accepted().unwrap();
    let until = office.envelope().slot(p(0)).unwrap().session().unwrap().until;
    office.later(MINUTE * 11);
    office.by(2, Command::Open { party: p(1), factors: Vec::new() }).accepted().unwrap();
    // Another node, whose clock is eleven minutes behind.
    office.later(-(MINUTE * 11));
    assert_eq!(refusal(office.complete_signing(1, p(0))), Refusal::LeaseExpired { until });
    let times: Vec<_> = office.events.iter().filter_map(Event::at).collect();
    assert!(times.is_sorted(), "{times:?}");
}

#[test]
fn a_clock_that_jumps_ahead_leaves_nothing_stuck() {
    let mut office = Office::sending(contract());
    office.later(SignedDuration::from_hours(24 * 365 * 50));
    office.tick().accepted().unwrap();
    assert_eq!(office.status(), StatusName::Expired);
    assert_eq!(office.workflow.next_due(&office.state), None);
}

#[test]
fn nobody_fills_a_disk_by_looking() {
    let mut office = Office::sending(contract());
    let open = || Command::Open { party: p(0), factors: Vec::new() };
    for _ in 0..1000 {
        office.by(1, open()).accepted().unwrap();
    }
    assert!(matches!(refusal(office.by(1, open())), Refusal::TooMany { .. }));
    let told = office.sent.iter().filter(|effect| effect.kind.as_str() == "envelope.opened").count();
    assert_eq!(told, 1, "webhooks hear of the first time");
    let consent = Command::GiveConsent { party: p(0), disclosure: disclosure().digest, demonstration: None };
    office.by(1, consent).accepted().unwrap();
    office.by(1, Command::Approve { party: p(0), factors: Vec::new() }).accepted().unwrap();
}

#[test]
fn who_stood_in_a_place_of_the_draft_is_not_taken_for_who_stands_there() {
    let mut draft = contract();
    draft.parties[0].person = Some(Person::named(text("Ann")));
    let mut office = Office::new();
    office.create(draft.clone());
    draft.parties.rotate_left(1);
    draft.parties[0].person = None;
    office.by_sender(Command::EditDraft { draft: Box::new(draft) }).accepted().unwrap();
    assert_eq!(office.envelope().person(p(0)), None);
    assert_eq!(office.envelope().person(p(3)).map(|person| person.name.clone()), Some(text("Ann")));
    assert_eq!(office.replayed(), office.state);
}

#[test]
fn a_host_acts_only_where_the_party_proves_something() {
    let mut draft = draft();
    let step = draft.step(Step::all(Phase::Signing));
    draft.party(party(Role::SignInPerson { host: user(9), level: SignatureLevel::Simple }, step, 1));
    let mut office = Office::sending(draft);
    let open = || Command::Open { party: p(0), factors: Vec::new() };
    assert_eq!(refusal(office.by(9, open())), Refusal::NotPermitted(Capacity::Party));
    office.by(1, open()).accepted().unwrap();
}

#[test]
fn of_a_decline_that_ends_the_envelope_the_sender_hears_once() {
    let mut office = Office::sending(signers(3, Quorum::AtLeast(2)));
    let decline = |n| Command::Decline { party: p(n), reason: text("no") };
    office.by(1, decline(0)).accepted().unwrap();
    assert_eq!(office.told(Intent::PartyDeclined), [Recipient::Sender]);
    office.by(2, decline(1)).accepted().unwrap();
    assert_eq!(office.told(Intent::PartyDeclined).len(), 1);
    assert_eq!(office.told(Intent::Declined).iter().filter(|to| **to == Recipient::Sender).count(), 1);
}

#[test]
fn every_commit_of_very_many_parties_fits_into_one() {
    // A ledger takes 1,000 events in a commit and 1,000 deliveries of an event.
    let mut draft = draft();
    draft.rules.reminders = 1;
    let step = draft.step(Step::at_least(2, Phase::Signing));
    for n in 0..3000 {
        let of = if n % 2 == 0 { SIMPLE } else { Role::Approve };
        draft.party(Party::new(of, step, many(n)).invisible().within(SignedDuration::from_hours(24 * 10)));
    }
    for n in 3000..6000 {
        let when = if n % 2 == 0 { CopyMoment::AtTurn } else { CopyMoment::AtSend };
        draft.party(Party::new(Role::Copy { when }, step, many(n)));
    }
    let mut office = Office::new();
    office.create(draft);
    let permissions = office.permissions();
    let fits = |office: &mut Office, acting: Acting, command: Command| {
        let events = office.events.len();
        let state = office.state.clone();
        let reply = office.run(acting, command);
        let fresh: Vec<_> = office.events[events..].to_vec();
        assert!(fresh.len() <= 1000, "{} events", fresh.len());
        let mut state = state;
        for event in fresh {
            state = office.workflow.evolve(state, &event);
            let effects = office.workflow.effects(&state, &event);
            assert!(effects.len() <= 1000, "{}: {} deliveries", event.kind_name(), effects.len());
            assert!(effects.iter().all(|effect| effect.body.len() <= 64 << 10));
        }
        reply.accepted().unwrap();
    };
    fits(&mut office, Acting::User(user(SENDER)), Command::Send { permissions });
    // 520 sessions, none of which comes to its end.
    for n in (0..1040).step_by(2) {
        let acting = Acting::User(many(n));
        office.run(acting, Command::Open { party: p(n), factors: Vec::new() }).accepted().unwrap();
        let disclosure = disclosure().digest;
        office
            .run(acting, Command::GiveConsent { party: p(n), disclosure, demonstration: None })
            .accepted()
            .unwrap();
        let begin = Command::BeginSigning(Box::new(office.begin(p(n))));
        office.run(acting, begin).accepted().unwrap();
    }
    let mut ticks = 0;
    while let Some(due) = office.workflow.next_due(&office.state) {
        office.now = office.now.max(due);
        fits(&mut office, Acting::Timer, Command::Tick);
        ticks += 1;
        assert!(ticks < 20, "it ends");
    }
    assert_eq!(office.status(), StatusName::Expired);
    assert_eq!(office.told(Intent::Reminder { act: Act::Approve }).len(), 1500);
}

#[test]
fn what_makes_no_sense_changes_nothing() {
    // Events come from a ledger that is proven; a state is made of them all the same, whatever they say.
    let office = Office::sending(contract());
    let at = start();
    let far = PartyId::new(u32::MAX);
    let wild: Vec<Event> = vec![
        event::PartyDone {
            party: far,
            act: Act::Sign,
            revision: Revision::new(9),
            factors: Vec::new(),
            series: None,
            at,
        }
        .into(),
        event::StepSatisfied { step: StepId::new(u32::MAX - 1), at }.into(),
        event::ReturnedTo { by: far, step: StepId::new(0), again: Vec::new(), at }.into(),
        event::SignerChanged { from: far, to: far, user: user(1), how: event::Handover::Delegate, at }.into(),
        event::Downloaded { grant: GrantId::new(7), party: far, artifact: digest(1), at }.into(),
        event::PartyReassigned { from: p(0), to: p(0), user: user(1), at }.into(),
    ];
    let state = wild.iter().fold(office.state.clone(), |state, event| office.workflow.evolve(state, event));
    assert_eq!(state.unwrap().parties().len(), 4);
    assert_eq!(office.workflow.evolve(None, &wild[0]), None);
}

#[test]
fn an_envelope_is_not_completed_because_nobody_was_named() {
    let nominating = |condition: Option<Predicate>| {
        let mut draft = draft();
        let naming = draft.step(Step { condition, ..Step::at_least(1, Phase::Approval) });
        let signing = draft.step(Step::all(Phase::Signing));
        let nominator = draft.party(party(Role::Nominate, naming, 1));
        draft.party(party(Role::Acknowledge, naming, 2));
        draft.party(Party::nominated(SIMPLE, signing, nominator).invisible());
        draft
    };
    let acknowledged = || {
        let mut office = Office::sending(nominating(None));
        office.open(2, p(1));
        office.by(2, Command::Acknowledge { party: p(1), factors: Vec::new() }).accepted().unwrap();
        office
    };
    let mut office = acknowledged();
    assert_eq!(office.standing(p(0)), Standing::Active, "whatever the quorum says, somebody waits for it");
    let nominees = vec![Nominee { party: p(2), user: user(7), person: Person::named(text("Somebody")) }];
    office.open(1, p(0));
    office.by(1, Command::Nominate { party: p(0), nominees, factors: Vec::new() }).accepted().unwrap();
    assert_eq!((office.standing(p(2)), office.status()), (Standing::Active, StatusName::InProgress));

    let mut office = acknowledged();
    office.by(1, Command::Decline { party: p(0), reason: text("I know nobody") }).accepted().unwrap();
    assert_eq!(office.status(), StatusName::Declined);

    let mut office = acknowledged();
    let pause = Command::Pause { reason: text("x"), clock: Clock::Running };
    office.by_sender(pause).accepted().unwrap();
    let corrections = vec![Correction::RemoveParty(p(0))];
    assert!(office.by_sender(Command::Correct { corrections, permissions: Vec::new() }).refusal().is_some());

    let mut office = Office::new();
    office.create(nominating(Some(Predicate::All(Vec::new()))));
    let permissions = office.permissions();
    let refused = refusal(office.by_sender(Command::Send { permissions }));
    assert_eq!(
        refused,
        Refusal::Draft(vec![DraftFault::Unbound(p(2))]),
        "a step that may be skipped names nobody"
    );
}

#[test]
fn going_back_unblocks_nobody() {
    let mut draft = contract();
    draft.rules.send_back = Permission::Permitted;
    draft.rules.failures = 1;
    let mut office = Office::sending(draft);
    office.approve(1, p(0));
    office.by(2, Command::ReportFailure { party: p(1), factor: FactorName::SigningPin }).accepted().unwrap();
    let back = Command::SendBack { party: p(2), step: StepId::new(0), reason: text("clause 4") };
    office.by(3, back).accepted().unwrap();
    let blocked = Standing::Blocked { factor: FactorName::SigningPin };
    assert_eq!(office.standing(p(1)), blocked);
    let unblock = || Command::Unblock { party: p(1) };
    assert_eq!(refusal(office.by_sender(unblock())), Refusal::WaitForStep(p(1)), "I2: not out of turn");
    office.approve(1, p(4));
    assert_eq!((office.standing(p(1)), office.standing(p(2))), (blocked, Standing::Active));
    office.by_sender(unblock()).accepted().unwrap();
    office.sign(2, p(1));
    office.sign(3, p(2));
    assert_eq!(office.status(), StatusName::Finalizing);
}

#[test]
fn the_sender_does_not_take_the_approvers_place() {
    // G4
    let mut office = Office::sending(contract());
    let to = |n| Box::new(Successor { user: user(n), person: Person::named(text("Me")) });
    let own = refusal(office.by_sender(Command::Reassign { party: p(0), to: to(SENDER) }));
    assert!(matches!(own, Refusal::Forbidden { .. }));
    office.by_sender(Command::Reassign { party: p(0), to: to(8) }).accepted().unwrap();
}

#[test]
fn a_quorum_does_not_shrink_without_the_owner() {
    let mut draft = draft();
    draft.owner = Some(user(OWNER));
    let approval = draft.step(Step::at_least(2, Phase::Approval));
    for n in 1..=3 {
        draft.party(party(Role::Approve, approval, n));
    }
    let mut office = Office::sending(draft);
    let pause = Command::Pause { reason: text("x"), clock: Clock::Running };
    office.by_sender(pause).accepted().unwrap();
    let remove =
        |n| Command::Correct { corrections: vec![Correction::RemoveParty(p(n))], permissions: Vec::new() };
    office.by_sender(remove(0)).accepted().unwrap();
    let refused = refusal(office.by_sender(remove(1)));
    assert_eq!(refused, Refusal::LastApprover(p(1)));
    assert_eq!(refused.next_action(), NextAction::LogInAs(Capacity::Owner));
}

#[test]
fn a_clock_that_is_far_ahead_carries_nobody_with_it() {
    let mut draft = contract();
    let viewer = draft.party(Party::new(Role::View, StepId::new(0), user(5)));
    let mut office = Office::sending(draft);
    let right = office.now;
    // One node is 70 years ahead; strangers, viewers and the notifier speak to it.
    office.later(SignedDuration::from_hours(24 * 366 * 70));
    let open = |n| Command::Open { party: p(n), factors: Vec::new() };
    assert!(office.by(77, open(0)).refusal().is_some());
    assert!(office.by(1, open(0)).refusal().is_some());
    office.by(5, Command::Open { party: viewer, factors: Vec::new() }).accepted().unwrap();
    let delivery = Command::RecordDelivery { party: p(0), delivery: Delivery::Delivered };
    office.run(Acting::Notifier, delivery).accepted().unwrap();
    office.now = right;
    office.approve(1, p(0));
    assert_eq!(office.status(), StatusName::InProgress);
}
