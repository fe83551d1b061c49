//! What people wrote can be erased, and everything else stays as it was decided (GDPR Article 17 against 21 CFR 11.10(c)).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ledger::{Decider, StoredEvent};
use chancery_workflow::*;
use jiff::SignedDuration;
use support::*;

/// A word that stands nowhere else.
const SECRET: &str = "Rosenkavalier";

fn secret() -> Text {
    text(&format!("because of {SECRET}"))
}

fn officer(office: &mut Office, command: Command) -> Option<Made> {
    office.run(Acting::Records(user(90)), command).accepted().unwrap().made
}

/// Everything for which somebody gives a reason, in three envelopes.
fn stories() -> Vec<Office> {
    let mut draft = contract();
    draft.rules.send_back = Permission::Permitted;
    draft.parties[1].change_signer = Permission::Permitted;
    let sent = || Office::sending(draft.clone());

    let mut completed = sent();
    completed.approve(1, p(0));
    completed.open(2, p(1));
    let back = Command::SendBack { party: p(1), step: StepId::new(0), reason: secret() };
    completed.by(2, back).accepted().unwrap();
    completed.approve(1, p(4));
    let (how, to) = (event::Handover::ChangeSigner, successor(9, "x@example.com"));
    let (note, access, act) = (Some(secret()), Vec::new(), Vec::new());
    let change = Command::ChangeSigner(Box::new(ChangeSigner { party: p(1), how, to, note, access, act }));
    completed.by(2, change).accepted().unwrap();
    completed.by_sender(Command::Pause { reason: secret(), clock: Clock::Frozen }).accepted().unwrap();
    completed.later(SignedDuration::from_hours(5));
    completed.by_sender(Command::Resume).accepted().unwrap();
    completed.sign(9, p(5));
    completed.sign(3, p(2));
    completed.finish();
    completed.by_sender(Command::Revoke { reason: secret() }).accepted().unwrap();
    let hold = officer(&mut completed, Command::Hold { reason: secret() });
    officer(&mut completed, Command::Hold { reason: secret() });
    let Some(Made::Hold(hold)) = hold else { panic!("{hold:?}") };
    officer(&mut completed, Command::Release { hold, reason: secret() });

    let mut declined = sent();
    declined.by(1, Command::Decline { party: p(0), reason: secret() }).accepted().unwrap();
    let mut voided = sent();
    voided.by_sender(Command::Pause { reason: secret(), clock: Clock::Running }).accepted().unwrap();
    voided.by_sender(Command::Void { reason: secret() }).accepted().unwrap();
    let mut failed = sent();
    failed.approve(1, p(0));
    failed.sign(2, p(1));
    failed.sign(3, p(2));
    for _ in 0..6 {
        let lease = SignedDuration::from_mins(5);
        failed.run(Acting::Sealer, Command::FinalizeBegin { lease }).accepted().unwrap();
        failed.later(SignedDuration::from_mins(6));
    }
    failed.run(Acting::Operator(user(91)), Command::Abandon { reason: secret() }).accepted().unwrap();
    vec![completed, declined, voided, failed]
}

/// What stands for an event whose payload is gone.
fn erased(event: &Event) -> Option<Event> {
    Event::erased(&event.kind().unwrap(), event.schema())
}

#[test]
fn reasons_and_notes_stand_in_events_that_can_be_erased() {
    let mut of = std::collections::BTreeSet::new();
    for office in stories() {
        for event in &office.events {
            let bytes = String::from_utf8(event.to_bytes()).unwrap();
            assert_eq!(bytes.contains(SECRET), matches!(event, Event::ReasonGiven(_)), "{bytes}");
            if let Event::ReasonGiven(given) = event {
                assert!(erased(event).is_some());
                of.insert(format!("{:?}", given.of).split('(').next().unwrap().to_owned());
            }
        }
        assert!(office.sent.iter().all(|effect| !String::from_utf8_lossy(&effect.body).contains(SECRET)));
    }
    let all = ["Abandon", "Decline", "Handover", "Hold", "Pause", "Release", "Return", "Revoke", "Void"];
    assert_eq!(of.into_iter().collect::<Vec<_>>(), all);
}

#[test]
fn an_envelope_without_what_was_erased_stands_where_it_stood() {
    for office in stories() {
        let (mut whole, mut bare) = (None, None);
        for event in &office.events {
            whole = office.workflow.evolve(whole, event);
            let read = erased(event).unwrap_or_else(|| event.clone());
            bare = office.workflow.evolve(bare, &read);
            assert_eq!(office.workflow.next_due(&bare), office.workflow.next_due(&whole), "{event:?}");
            if read == *event {
                let effects = |state| office.workflow.effects(state, event);
                assert_eq!(effects(&bare), effects(&whole), "{event:?}");
            }
        }
        let (whole, bare): (Envelope, Envelope) = (whole.unwrap(), bare.unwrap());
        assert_eq!((bare.status(), bare.holds()), (whole.status(), whole.holds()));
        assert_eq!((bare.disposition(), bare.retention()), (whole.disposition(), whole.retention()));
        assert!(
            bare.parties()
                .map(|(_, _, slot)| slot.standing())
                .eq(whole.parties().map(|(_, _, slot)| slot.standing()))
        );
        assert!(!format!("{bare:?}").contains(SECRET), "nothing is left of it");
    }
}

#[test]
fn a_reason_is_read_where_it_belongs_until_it_is_erased() {
    let [completed, declined, voided, failed]: [Office; 4] =
        stories().try_into().unwrap_or_else(|_| panic!("four"));
    let reason = |office: &Office, of| office.envelope().reason(of).cloned();
    for of in [ReasonOf::Return(p(1)), ReasonOf::Handover(p(1)), ReasonOf::Pause, ReasonOf::Revoke] {
        assert_eq!(reason(&completed, of), Some(secret()), "{of:?}");
    }
    let holds: Vec<_> = completed.envelope().holds().iter().map(|hold| hold.id).collect();
    assert_eq!(
        holds.iter().map(|hold| reason(&completed, ReasonOf::Hold(*hold))).collect::<Vec<_>>(),
        [Some(secret())]
    );
    assert_eq!(reason(&declined, ReasonOf::Decline(p(0))), Some(secret()));
    assert_eq!(reason(&declined, ReasonOf::Decline(p(1))), None);
    assert_eq!(reason(&voided, ReasonOf::Void), Some(secret()));
    assert_eq!(reason(&failed, ReasonOf::Abandon), Some(secret()));
    assert_eq!(failed.status(), StatusName::Failed);
}

/// E43: a value that is gone before the end would take the envelope another way.
/// A pause whose reason was erased has none: not that of the pause before it.
#[test]
fn a_reason_is_that_of_its_own_act() {
    let mut draft = draft();
    let step = draft.step(Step::all(Phase::Approval));
    draft.party(party(Role::Approve, step, 1));
    let mut office = Office::sending(draft);
    for why in ["Ann is ill", "Ben has doubts about the price"] {
        office.by_sender(Command::Pause { reason: text(why), clock: Clock::Running }).accepted().unwrap();
        assert_eq!(office.envelope().reason(ReasonOf::Pause), Some(&text(why)));
        office.by_sender(Command::Resume).accepted().unwrap();
    }
    let last = office.events.iter().rposition(|event| matches!(event, Event::ReasonGiven(_))).unwrap();
    let mut events = office.events.clone();
    events[last] = erased(&events[last]).unwrap();
    let state = events.iter().fold(None, |state, event| office.workflow.evolve(state, event)).unwrap();
    assert_eq!(state.reason(ReasonOf::Pause), None);
}

/// Whoever is still to act must be reached; whoever is out of it need not be.
#[test]
fn people_are_erased_when_they_are_out_of_it() {
    let mut draft = draft();
    let step = draft.step(Step::all(Phase::Approval));
    let ann = successor(1, "ann@example.com");
    draft.party(Party { person: Some(ann.person), ..party(Role::Approve, step, 1) });
    let mut office = Office::sending(draft);
    let people = |office: &Office| {
        let recorded = office.events.iter().filter(|event| matches!(event, Event::PeopleRecorded(_)));
        recorded.map(|event| office.envelope().may_erase(event)).collect::<Vec<_>>()
    };
    assert_eq!(people(&office), [Permission::Forbidden]);
    let to = Box::new(successor(2, "ben@example.com"));
    office.by_sender(Command::Reassign { party: PartyId::new(0), to }).accepted().unwrap();
    assert_eq!(people(&office), [Permission::Permitted, Permission::Forbidden]);
    office.by_sender(Command::Void { reason: text("no longer wanted") }).accepted().unwrap();
    assert_eq!(people(&office), [Permission::Permitted; 2]);
}

#[test]
fn what_stands_in_fields_is_erased_after_the_end_and_nothing_under_a_legal_hold() {
    let mut draft = draft();
    let step = draft.step(Step::all(Phase::Approval));
    let filler = draft.party(party(Role::Fill, step, 1));
    let rent = Field::new(DocumentId::new(0), filler, text("Rent"), FieldContent::Text { most: 9 });
    let rent = draft.field(rent.prefilled(text("1250")));
    let mut office = Office::sending(draft);
    office.open(1, filler);
    let fill = Command::FillField { party: filler, field: rent, value: text("1300"), permission: None };
    office.by(1, fill).accepted().unwrap();
    let finish = || Command::FinishFilling { party: filler, factors: Vec::new() };
    // What would come of it: whoever has filled everything is told that something is missing.
    let bare = office.events.iter().map(|event| erased(event).unwrap_or_else(|| event.clone()));
    let mut bare = Office {
        state: bare.fold(None, |state, event| office.workflow.evolve(state, &event)),
        ..Office::new()
    };
    assert_eq!(refusal(bare.by(1, finish())), Refusal::FieldsEmpty(vec![rent]));

    let may = |office: &Office| {
        let kinds =
            office.events.iter().filter(|event| office.envelope().may_erase(event) == Permission::Permitted);
        kinds.map(Event::kind_name).collect::<std::collections::BTreeSet<_>>()
    };
    assert!(may(&office).is_empty(), "{:?}", may(&office));
    office.by(1, finish()).accepted().unwrap();
    office.finish();
    let values = ["envelope.field-filled", "envelope.fields-prefilled"];
    assert_eq!(may(&office).into_iter().collect::<Vec<_>>(), values);
    office.by_sender(Command::Revoke { reason: secret() }).accepted().unwrap();
    assert_eq!(may(&office).len(), 3);
    for event in &office.events {
        if office.envelope().may_erase(event) == Permission::Permitted {
            assert!(erased(event).is_some(), "the ledger lets it be erased, too: {event:?}");
        }
    }
    officer(&mut office, Command::Hold { reason: secret() });
    assert!(may(&office).is_empty(), "the case needs it");
}
