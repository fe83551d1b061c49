//! Getting in: whose it is, what is proved, what is recorded of refusals. Rows G6, G10, G19; pains 9, 16, 29, 30, 36.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ledger::{Actor, Context, Decider};
use chancery_workflow::*;
use jiff::SignedDuration;
use support::*;

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn open(n: u32) -> Command {
    Command::Open { party: p(n), factors: Vec::new() }
}

#[test]
fn nobody_acts_for_another_not_even_the_sender() {
    // Pains 9 and 29: who knows a number or a link may do nothing with it.
    let mut office = Office::sending(contract());
    for stranger in [SENDER, 2, 77] {
        assert_eq!(
            refusal(office.by(stranger, open(0))),
            Refusal::NotPermitted(Capacity::Party),
            "{stranger}"
        );
    }
    for acting in
        [Acting::Operator(user(1)), Acting::Records(user(1)), Acting::Timer, Acting::Sealer, Acting::Notifier]
    {
        assert_eq!(refusal(office.run(acting, open(0))), Refusal::NotPermitted(Capacity::Party), "{acting}");
    }
    assert_eq!(refusal(office.by(1, open(55))), Refusal::UnknownParty(p(55)));
    let forged = Context::with_fresh(Actor::new("user/admin").unwrap(), office.now, [0; 32]);
    let decision = office.workflow.decide(&office.state, &open(0), &forged);
    assert_eq!(decision.replied().refusal(), Some(&Refusal::NotPermitted(Capacity::Person)));
    assert_eq!(office.standing(p(0)), Standing::Active);
}

#[test]
fn turns_are_kept_by_the_decision_not_by_a_page() {
    // Pain 16: out of order by a copied link.
    let mut office = Office::sending(contract());
    let standing = Standing::Waiting;
    let expected = Refusal::WrongStanding { party: p(1), standing };
    assert_eq!(expected.next_action(), NextAction::WaitForTurn);
    for command in
        [open(1), Command::Decline { party: p(1), reason: text("no") }, Command::FinishLater { party: p(1) }]
    {
        assert_eq!(refusal(office.by(2, command)), expected);
    }
}

#[test]
fn refused_accesses_are_recorded_beside_the_envelope_and_only_so_many() {
    let mut office = Office::sending(contract());
    let stranger = Acting::User(user(66));
    let decision = office.decide(stranger, &open(0));
    let (stream, told) = &decision.recorded_aside()[0];
    assert_eq!(*stream, ENVELOPE.access_stream());
    assert!(format!("{told:?}").contains(AccessRefused::KIND));
    for _ in 0..32 {
        assert_eq!(office.decide(stranger, &open(0)).recorded_aside().len(), 1);
        assert!(office.run(stranger, open(0)).refusal().is_some());
    }
    assert_eq!(office.envelope().refusals(Asker::Stranger).of(Concern::Authority).recorded, 32);
    let further = office.decide(Acting::User(user(67)), &open(1));
    assert!(
        further.recorded().is_empty() && further.recorded_aside().is_empty(),
        "strangers share one bound"
    );
    assert!(further.replied().refusal().is_some(), "answered all the same");
    office.later(DAY);
    assert_eq!(office.decide(stranger, &open(0)).recorded_aside().len(), 1, "then one a day");
    // A party's own refusals are counted apart, so no stranger uses them up.
    let own = office.decide(Acting::User(user(1)), &Command::Approve { party: p(9), factors: Vec::new() });
    assert!(own.replied().refusal().is_some());
}

#[test]
fn nothing_is_told_or_recorded_of_an_envelope_that_is_not_there() {
    let office = Office::new();
    let decision = office.decide(Acting::User(user(1)), &open(0));
    assert_eq!(decision.replied().refusal(), Some(&Refusal::UnknownEnvelope));
    assert!(decision.recorded().is_empty() && decision.recorded_aside().is_empty());
    assert_eq!(
        office.decide(Acting::Timer, &Command::Tick).replied().refusal(),
        Some(&Refusal::UnknownEnvelope)
    );
}

fn with_factors() -> Office {
    let mut draft = contract();
    let kind = |name| Some(FactorRule::Kind(name));
    draft.parties[0].factors =
        PartyFactors::new(kind(FactorName::Password), kind(FactorName::Password)).unwrap();
    Office::sending(draft)
}

#[test]
fn factors_are_proved_to_look_and_again_to_act() {
    // G6, pain 36
    let mut office = with_factors();
    let missing = refusal(office.by(1, open(0)));
    assert!(matches!(&missing, Refusal::Factors { why } if why.contains("password")), "{missing:?}");
    let envelope = office.envelope();
    let (access, act) = (envelope.access_occasion(p(0)).unwrap(), envelope.act_occasion(p(0)).unwrap());
    let now = office.now;
    let opening = |occasion| Command::Open { party: p(0), factors: vec![password(occasion, now)] };
    assert!(
        matches!(refusal(office.by(1, opening(act))), Refusal::Factors { .. }),
        "proved for something else"
    );
    office.by(1, opening(access)).accepted().unwrap();
    office
        .by(1, Command::GiveConsent { party: p(0), disclosure: disclosure().digest, demonstration: None })
        .accepted()
        .unwrap();
    let approving = |factors| Command::Approve { party: p(0), factors };
    assert!(matches!(refusal(office.by(1, approving(Vec::new()))), Refusal::Factors { .. }));
    let looked = vec![password(access, now)];
    assert!(
        matches!(refusal(office.by(1, approving(looked))), Refusal::Factors { .. }),
        "looking is not acting"
    );
    let stale = vec![password(act, now - SignedDuration::from_mins(6))];
    assert!(matches!(refusal(office.by(1, approving(stale))), Refusal::Factors { .. }));
    office.by(1, approving(vec![password(act, now)])).accepted().unwrap();
    let done = office.events.iter().find_map(|event| match event {
        Event::PartyDone(done) => Some(done.factors.clone()),
        _ => None,
    });
    assert_eq!(done, Some(vec![FactorName::Password]));
}

#[test]
fn a_proof_for_one_envelope_opens_no_other() {
    let office = with_factors();
    let elsewhere = office.envelope().access_occasion(p(0)).unwrap();
    let mut other = Office::new();
    let draft = Box::new((*office.envelope().draft()).clone());
    let envelope = EnvelopeId::from_bytes([1; 16]);
    other.by_sender(Command::CreateDraft { envelope, draft }).accepted().unwrap();
    let permissions = other.permissions();
    other.by_sender(Command::Send { permissions }).accepted().unwrap();
    let factors = vec![password(elsewhere, other.now)];
    assert!(matches!(refusal(other.by(1, Command::Open { party: p(0), factors })), Refusal::Factors { .. }));
}

#[test]
fn wrong_factors_block_until_the_sender_lets_try_again() {
    let mut office = Office::sending(contract());
    let fail = || Command::ReportFailure { party: p(0), factor: FactorName::AccessCode };
    assert!(office.by(2, fail()).refusal().is_some(), "nobody uses up another's tries");
    for _ in 0..4 {
        office.by(1, fail()).accepted().unwrap();
    }
    assert_eq!(office.standing(p(0)), Standing::Active);
    office.by(1, open(0)).accepted().unwrap();
    let other = Command::ReportFailure { party: p(0), factor: FactorName::OneTimeCode };
    office.by(1, other).accepted().unwrap();
    assert_eq!(office.standing(p(0)), Standing::Active, "each kind is counted apart");
    // Looking, where nothing is asked for, gives no further tries.
    office.by(1, fail()).accepted().unwrap();
    let standing = Standing::Blocked { factor: FactorName::AccessCode };
    assert_eq!(office.standing(p(0)), standing);
    assert_eq!(office.told(Intent::SecurityAlert).len(), 2, "the party and the sender");
    assert_eq!(refusal(office.by(1, open(0))), Refusal::WrongStanding { party: p(0), standing });
    assert!(office.by(1, Command::Unblock { party: p(0) }).refusal().is_some(), "not by itself");
    office.by_sender(Command::Unblock { party: p(0) }).accepted().unwrap();
    office.by(1, open(0)).accepted().unwrap();
    let twice = office.by_sender(Command::Unblock { party: p(0) });
    assert_eq!(refusal(twice), Refusal::WrongStanding { party: p(0), standing: Standing::Active });
}

#[test]
fn viewers_look_from_the_sending_on_and_copies_when_they_are_due() {
    // Pain 27
    let mut draft = contract();
    let view = draft.party(Party::new(Role::View, StepId::new(1), user(5)));
    let at_turn = draft.party(Party::new(Role::Copy { when: CopyMoment::AtTurn }, StepId::new(1), user(6)));
    let mut office = Office::new();
    office.create(draft);
    assert!(office.by(5, open(view.number())).refusal().is_some(), "not before it is sent");
    let permissions = office.permissions();
    office.by_sender(Command::Send { permissions }).accepted().unwrap();
    office.by(5, open(view.number())).accepted().unwrap();
    assert!(office.by(6, open(at_turn.number())).refusal().is_some());
    assert!(office.by(4, open(3)).refusal().is_some(), "a copy at the end");
    assert!(office.by(5, Command::Approve { party: view, factors: Vec::new() }).refusal().is_some());
    office.approve(1, p(0));
    office.by(6, open(at_turn.number())).accepted().unwrap();
    office.sign(2, p(1));
    office.sign(3, p(2));
    office.finish();
    office.by(4, open(3)).accepted().unwrap();
    assert_eq!(office.told(Intent::ForView), [Recipient::Party { party: view, link: 0 }]);
}

#[test]
fn what_a_party_may_know_of_others_is_masked() {
    let person = |name: &str| {
        let email = Email::new(&format!("{name}@example.com")).unwrap();
        Person::named(text(name)).email(email).phone(Phone::new("+81312345678").unwrap())
    };
    let mut draft = contract();
    draft.parties[0].person = Some(person("Ann"));
    draft.parties[1].person = Some(person("Bob"));
    let mut office = Office::sending(draft);
    assert_eq!(office.envelope().view(Audience::Party(p(0))), None, "not before it has opened it");
    office.by(1, open(0)).accepted().unwrap();
    let house = office.envelope().view(Audience::House).unwrap();
    assert_eq!(house.parties[1].email.as_deref(), Some("Bob@example.com"));
    let ann = office.envelope().view(Audience::Party(p(0))).unwrap();
    assert_eq!(ann.parties[0].email.as_deref(), Some("Ann@example.com"));
    assert_eq!(ann.parties[1].email.as_deref(), Some("B•••@example.com"));
    assert_eq!(ann.parties[1].phone.as_deref(), Some("+•••••••••78"));
    assert_eq!(office.envelope().view(Audience::Party(p(1))), None, "its turn has not come");
    assert_eq!(office.envelope().view(Audience::Party(p(3))), None, "a copy at the end");
    for _ in 0..5 {
        let fail = Command::ReportFailure { party: p(0), factor: FactorName::AccessCode };
        office.by(1, fail).accepted().unwrap();
    }
    assert_eq!(office.envelope().view(Audience::Party(p(0))), None, "blocked");
}

#[test]
fn the_notifier_says_how_notices_fared_and_nobody_else_does() {
    let mut office = Office::sending(contract());
    let told = |delivery| Command::RecordDelivery { party: p(0), delivery };
    assert!(office.by_sender(told(Delivery::Sent)).refusal().is_some());
    office.run(Acting::Notifier, told(Delivery::Bounced)).accepted().unwrap();
    let events = office.events.len();
    office.run(Acting::Notifier, told(Delivery::Bounced)).accepted().unwrap();
    assert_eq!(office.events.len(), events, "told twice, recorded once");
    assert_eq!(refusal(office.by_sender(Command::Remind { party: p(0) })), Refusal::Undeliverable(p(0)));
    office.approve(1, p(0));
    let late = refusal(office.run(Acting::Notifier, told(Delivery::Delivered)));
    assert_eq!(late, Refusal::WrongStanding { party: p(0), standing: Standing::Done });
}
