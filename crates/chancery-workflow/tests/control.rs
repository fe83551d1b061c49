//! Holding, correcting, ending, deadlines and reminders. Rows G9, G26; I1, I17; pains 12, 22, 24.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ledger::Decider;
use chancery_workflow::*;
use jiff::{SignedDuration, Timestamp};
use support::*;

const DAY: SignedDuration = SignedDuration::from_hours(24);
const SECOND: SignedDuration = SignedDuration::from_secs(1);

fn pause(clock: Clock) -> Command {
    Command::Pause { reason: text("a typo on page 3"), clock }
}

fn correct(correction: Correction) -> Command {
    Command::Correct { corrections: vec![correction], permissions: vec![Permits::any(digest(50))] }
}

fn void() -> Command {
    Command::Void { reason: text("not needed") }
}

#[test]
fn only_sender_and_owner_hold_and_end_an_envelope() {
    let mut draft = contract();
    draft.owner = Some(user(OWNER));
    let mut office = Office::sending(draft);
    for command in [pause(Clock::Running), void(), Command::Resume] {
        assert_eq!(refusal(office.by(1, command)), Refusal::NotPermitted(Capacity::SenderOrOwner));
    }
    office.by(OWNER, pause(Clock::Running)).accepted().unwrap();
    let refused = refusal(office.by(1, Command::Open { party: p(0), factors: Vec::new() }));
    assert_eq!(refused, Refusal::WrongStatus { found: StatusName::Paused, needed: StatusName::InProgress });
    office.by_sender(Command::Resume).accepted().unwrap();
    assert_eq!(refusal(office.by_sender(Command::Resume)).next_action(), NextAction::Pause);
    assert!(office.by(OWNER, Command::Remind { party: p(0) }).refusal().is_some(), "the sender's part");
    office.by(OWNER, void()).accepted().unwrap();
    assert_eq!(office.told(Intent::Voided).len(), 2, "whose turn it was, and the sender");
}

#[test]
fn what_has_ended_takes_no_command_that_changes_it() {
    // I1, and the end is told to nobody twice.
    let mut office = Office::sending(contract());
    office.by_sender(void()).accepted().unwrap();
    let before = office.state.clone();
    let party = p(0);
    let commands = [
        Command::Send { permissions: Vec::new() },
        Command::Open { party, factors: Vec::new() },
        Command::Approve { party, factors: Vec::new() },
        Command::Decline { party, reason: text("no") },
        Command::ReportFailure { party, factor: FactorName::Password },
    ];
    for command in commands {
        assert!(office.by(1, command).refusal().is_some());
    }
    for command in [
        void(),
        pause(Clock::Running),
        Command::Resume,
        Command::Resend { party },
        Command::Unblock { party },
    ] {
        assert!(office.by_sender(command).refusal().is_some());
    }
    office.later(DAY * 400);
    office.tick().accepted().unwrap();
    let envelope = office.envelope();
    let recorded = |asker, concern| envelope.refusals(asker).of(concern).recorded;
    assert_eq!(recorded(Asker::Stranger, Concern::Authority), 1, "a party that would send");
    assert!(
        recorded(Asker::Party(party), Concern::Sequence) > 3 && recorded(Asker::House, Concern::Sequence) > 3
    );
    assert_eq!(office.envelope().status(), before.as_ref().unwrap().status());
    assert_eq!(office.workflow.next_due(&office.state), None);
}

#[test]
fn parties_are_taken_out_and_put_in_while_paused() {
    let mut office = Office::sending(contract());
    let remove = |n| correct(Correction::RemoveParty(p(n)));
    assert!(
        matches!(refusal(office.by_sender(remove(1))), Refusal::WrongStatus { .. }),
        "not while it is under way"
    );
    office.approve(1, p(0));
    office.by_sender(pause(Clock::Running)).accepted().unwrap();
    let done = refusal(office.by_sender(remove(0)));
    assert_eq!(done, Refusal::WrongStanding { party: p(0), standing: Standing::Done }, "what is done stays");
    office.by_sender(remove(1)).accepted().unwrap();
    let add = |party: Party| correct(Correction::AddParty { party: Box::new(party), fields: Vec::new() });
    let early = refusal(office.by_sender(add(party(Role::Approve, StepId::new(0), 8))));
    assert_eq!(early, Refusal::NotEarlier(StepId::new(0)));
    let twice = refusal(office.by_sender(add(party(SIMPLE, StepId::new(1), 3))));
    assert!(
        matches!(twice, Refusal::Draft(faults) if matches!(faults[..], [DraftFault::SamePersonTwice { .. }]))
    );
    let both = add(party(SIMPLE, StepId::new(1), 8).named(Person::named(text("Eve"))));
    office.by_sender(both).accepted().unwrap();
    assert_eq!(office.standing(p(4)), Standing::Waiting);
    office.by_sender(Command::Resume).accepted().unwrap();
    assert_eq!((office.standing(p(1)), office.standing(p(4))), (Standing::Removed, Standing::Active));
    assert_eq!(office.envelope().person(p(4)).unwrap().name, text("Eve"));
    office.sign(3, p(2));
    office.sign(8, p(4));
    assert_eq!(office.status(), StatusName::Finalizing);
    assert_eq!(office.replayed(), office.state);
}

#[test]
fn the_last_party_stays_and_the_last_approver_is_the_owners() {
    // G4
    let mut draft = contract();
    draft.owner = Some(user(OWNER));
    let mut office = Office::sending(draft);
    office.by_sender(pause(Clock::Running)).accepted().unwrap();
    let remove = |n| correct(Correction::RemoveParty(p(n)));
    let refused = refusal(office.by_sender(remove(0)));
    assert_eq!(refused, Refusal::LastApprover(p(0)));
    assert_eq!(refused.next_action(), NextAction::LogInAs(Capacity::Owner));
    office.by_sender(remove(1)).accepted().unwrap();
    assert_eq!(refusal(office.by_sender(remove(2))), Refusal::LastApprover(p(2)), "nobody would sign");
    let mut office = Office::sending(contract());
    office.by_sender(pause(Clock::Running)).accepted().unwrap();
    office.by_sender(remove(1)).accepted().unwrap();
    office.by_sender(remove(2)).accepted().unwrap();
    assert_eq!(refusal(office.by_sender(remove(0))), Refusal::LastParty(p(0)), "the owner neither");
}

#[test]
fn corrections_are_made_together_or_not_at_all() {
    let mut office = Office::sending(contract());
    office.by_sender(pause(Clock::Running)).accepted().unwrap();
    let before = office.state.clone();
    let corrections = vec![Correction::RemoveParty(p(1)), Correction::RemoveParty(p(1))];
    let refused = refusal(office.by_sender(Command::Correct { corrections, permissions: Vec::new() }));
    assert_eq!(refused, Refusal::WrongStanding { party: p(1), standing: Standing::Removed });
    let parties = |state: &Option<Envelope>| {
        state.as_ref().unwrap().parties().map(|(_, _, slot)| slot.clone()).collect::<Vec<_>>()
    };
    assert_eq!(parties(&office.state), parties(&before));
}

#[test]
fn a_document_is_replaced_only_before_anybody_signed_it() {
    let mut office = Office::sending(contract());
    let replace = |to| correct(Correction::Document { document: DocumentId::new(0), digest: digest(to) });
    office.by_sender(pause(Clock::Running)).accepted().unwrap();
    let unseen = refusal(office.by_sender(replace(51)));
    assert_eq!(unseen, Refusal::PermissionMissing(DocumentId::new(0)));
    assert!(matches!(refusal(office.by_sender(replace(1))), Refusal::Draft(_)), "the same bytes");
    office.by_sender(replace(50)).accepted().unwrap();
    assert_eq!(office.envelope().head(), Revision::new(1));
    let Some(Event::Corrected(corrected)) = office.events.last() else { panic!() };
    let (document, old, new) = (DocumentId::new(0), digest(1), digest(50));
    assert_eq!(corrected.changes, [Corrected::DocumentReplaced { document, old, new }], "11.10(e)");
    office.by_sender(Command::Resume).accepted().unwrap();
    office.approve(1, p(0));
    office.sign(2, p(1));
    office.by_sender(pause(Clock::Running)).accepted().unwrap();
    let signed = Command::Correct {
        corrections: vec![Correction::Document { document, digest: digest(52) }],
        permissions: vec![Permits::any(digest(52))],
    };
    assert_eq!(refusal(office.by_sender(signed)), Refusal::Signed);
}

#[test]
fn content_for_digital_signatures_stays_as_it_was_sent() {
    let mut draft = contract();
    let pin = PartyFactors::new(None, Some(FactorRule::Kind(FactorName::SigningPin))).unwrap();
    draft.parties[1] = party(Role::Sign { level: SignatureLevel::Advanced }, StepId::new(1), 2).proving(pin);
    let mut office = Office::sending(draft);
    office.by_sender(pause(Clock::Running)).accepted().unwrap();
    let replace = correct(Correction::Document { document: DocumentId::new(0), digest: digest(50) });
    assert_eq!(refusal(office.by_sender(replace)), Refusal::ContentLocked(DocumentId::new(0)));
    let weaker = Box::new(PartyFactors::login_only());
    let refused = refusal(office.by_sender(correct(Correction::Factors { party: p(1), factors: weaker })));
    assert_eq!(refused, Refusal::Draft(vec![DraftFault::PinNotDemanded(p(1))]), "G23");
}

#[test]
fn deadlines_stand_still_only_if_the_clock_is_frozen() {
    let mut office = Office::sending(contract());
    let deadline = office.envelope().deadline().unwrap();
    office.by_sender(pause(Clock::Frozen)).accepted().unwrap();
    assert_eq!(office.workflow.next_due(&office.state), None);
    office.later(DAY * 100);
    office.tick().accepted().unwrap();
    office.by_sender(Command::Resume).accepted().unwrap();
    assert_eq!(office.envelope().deadline(), Some(deadline + DAY * 100));
    office.by_sender(pause(Clock::Running)).accepted().unwrap();
    assert_eq!(office.workflow.next_due(&office.state), Some(deadline + DAY * 100));
    office.now = deadline + DAY * 100;
    office.tick().accepted().unwrap();
    assert_eq!(office.status(), StatusName::Expired, "nothing is stuck in a pause");
}

#[test]
fn an_envelope_is_open_for_ninety_days_and_not_a_moment_longer() {
    // G26
    let mut office = Office::sending(contract());
    let deadline = office.envelope().deadline().unwrap();
    assert_eq!(deadline, start() + DAY * 90);
    office.now = deadline - SECOND;
    office.tick().accepted().unwrap();
    assert_eq!(office.status(), StatusName::InProgress);
    assert_eq!(office.told(Intent::Expiring).len(), 2, "the approver and the sender");
    office.now = deadline;
    office.tick().accepted().unwrap();
    assert_eq!(office.status(), StatusName::Expired);
    let events = office.events.len();
    office.tick().accepted().unwrap();
    assert_eq!(office.events.len(), events, "a second look changes nothing");
    assert!(office.by(1, Command::Tick).refusal().is_some(), "nobody but the timer");
}

#[test]
fn each_time_that_is_due_does_something_and_a_moment_before_it_nothing() {
    // I17: a walk from one due time to the next, over reminders, the warning, parties' times, leases and the end.
    let mut draft = signers(2, Quorum::All);
    draft.parties[1].within = Some(DAY * 20);
    let mut office = Office::sending(draft);
    office.open(1, p(0));
    office.begin_signing(1, p(0)).accepted().unwrap();
    let mut kinds = Vec::new();
    while let Some(due) = office.workflow.next_due(&office.state) {
        assert!(due > office.now || kinds.is_empty(), "{kinds:?}");
        // Stores keep whole microseconds.
        let (events, early) = (office.events.len(), due - SignedDuration::from_micros(1));
        office.now = early;
        office.tick().accepted().unwrap();
        assert_eq!(office.events.len(), events, "early at {early}");
        office.now = due;
        office.tick().accepted().unwrap();
        assert!(office.events.len() > events, "nothing at {due}");
        kinds.extend(office.events[events..].iter().map(Event::kind_name));
        let after = office.events.len();
        office.tick().accepted().unwrap();
        assert_eq!(office.events.len(), after, "twice at {due}");
    }
    assert_eq!(
        kinds,
        [
            "envelope.session-ended",
            "envelope.reminder-sent",
            "envelope.reminder-sent",
            "envelope.reminder-sent",
            "envelope.parties-expired",
            "envelope.expiry-warned",
            "envelope.expired",
        ]
    );
}

#[test]
fn a_scheduled_envelope_is_sent_by_the_timer() {
    let mut office = Office::new();
    office.create(contract());
    let schedule = |send_at: Timestamp, office: &Office| Command::Schedule {
        send_at,
        permissions: office.permissions(),
    };
    let now = schedule(office.now, &office);
    assert_eq!(refusal(office.by_sender(now)), Refusal::NotInFuture(start()));
    let later = schedule(start() + DAY, &office);
    office.by_sender(later).accepted().unwrap();
    assert_eq!(office.workflow.next_due(&office.state), Some(start() + DAY));
    let edit = Command::EditDraft { draft: Box::new(contract()) };
    assert!(office.by_sender(edit).refusal().is_some());
    office.later(DAY);
    office.tick().accepted().unwrap();
    assert_eq!(office.status(), StatusName::InProgress);
    assert_eq!(office.standing(p(0)), Standing::Active);
    assert_eq!(office.envelope().deadline(), Some(start() + DAY * 91));
}

#[test]
fn time_that_has_passed_is_given_again_by_the_sender() {
    let mut draft = signers(2, Quorum::All);
    draft.parties[0].within = Some(DAY);
    let mut office = Office::sending(draft);
    office.later(DAY);
    let refused = refusal(office.by(1, Command::Open { party: p(0), factors: Vec::new() }));
    assert_eq!(
        refused,
        Refusal::WrongStanding { party: p(0), standing: Standing::Expired },
        "also before the timer"
    );
    office.tick().accepted().unwrap();
    assert_eq!(office.standing(p(0)), Standing::Expired);
    assert_eq!(office.told(Intent::PartyExpired), [Recipient::Sender]);
    let deadline = office.envelope().deadline().unwrap();
    let extend = |deadline| Command::ExtendDeadline { deadline };
    for earlier in [deadline, deadline - DAY, start() + DAY * 366 * 200] {
        assert_eq!(refusal(office.by_sender(extend(earlier))), Refusal::Deadline { current: deadline });
    }
    office.by_sender(extend(deadline + DAY)).accepted().unwrap();
    office.sign(1, p(0));
}

#[test]
fn a_new_link_kills_the_old_ones_and_gives_time() {
    let mut draft = signers(2, Quorum::All);
    draft.parties[0].within = Some(DAY);
    let mut office = Office::sending(draft);
    office.later(DAY);
    office.tick().accepted().unwrap();
    office.by_sender(Command::Resend { party: p(0) }).accepted().unwrap();
    assert_eq!(office.envelope().slot(p(0)).unwrap().link(), 1);
    assert_eq!(office.told(Intent::NewLink), [Recipient::Party { party: p(0), link: 1 }]);
    office.sign(1, p(0));
    let done = refusal(office.by_sender(Command::Resend { party: p(0) }));
    assert_eq!(done, Refusal::WrongStanding { party: p(0), standing: Standing::Done });
}

#[test]
fn reminders_have_an_end() {
    let mut office = Office::sending(contract());
    let remind = |n| Command::Remind { party: p(n) };
    assert!(office.by_sender(remind(1)).refusal().is_some(), "G9: not before its turn");
    for _ in 0..3 {
        office.by_sender(remind(0)).accepted().unwrap();
    }
    assert_eq!(refusal(office.by_sender(remind(0))), Refusal::Reminders { party: p(0), most: 3 });
    office.later(DAY * 10);
    office.tick().accepted().unwrap();
    assert_eq!(office.envelope().slot(p(0)).unwrap().reminders(), 3);
}

#[test]
fn declining_can_be_switched_off() {
    // Pain 12
    let mut draft = contract();
    draft.parties[0].decline = Permission::Forbidden;
    let mut office = Office::sending(draft);
    let refused = refusal(office.by(1, Command::Decline { party: p(0), reason: text("no") }));
    assert_eq!(refused, Refusal::Forbidden { party: p(0), what: "decline".to_owned() });
}
