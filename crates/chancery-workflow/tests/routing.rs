//! Who acts instead, and once more; conditions, nominations, fields. Rows G17, G22, G26; pains 8, 15, 21, 34, 37, 38.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_workflow::*;
use jiff::SignedDuration;
use support::*;

fn change(n: u32, to: u8) -> ChangeSigner {
    ChangeSigner {
        party: p(n),
        how: event::Handover::ChangeSigner,
        to: successor(to, "x@example.com"),
        note: Some(text("on leave")),
        access: Vec::new(),
        act: Vec::new(),
    }
}

fn changing(change: ChangeSigner) -> Command {
    Command::ChangeSigner(Box::new(change))
}

#[test]
fn the_signer_changes_only_where_the_sender_permits_it_and_only_once() {
    // G22, pains 21 and 38
    let mut office = Office::sending(signers(2, Quorum::All));
    let refused = refusal(office.by(1, changing(change(0, 9))));
    assert_eq!(
        refused,
        Refusal::Forbidden { party: p(0), what: "change the signer".to_owned() },
        "the default"
    );

    let mut draft = signers(2, Quorum::All);
    draft.parties[0].change_signer = Permission::Permitted;
    let content = FieldContent::Text { most: 40 };
    let name = draft.field(Field::new(DocumentId::new(0), p(0), text("name"), content));
    let mut office = Office::sending(draft);
    office.open(1, p(0));
    let fill =
        |party, value: &str| Command::FillField { party, field: name, value: text(value), permission: None };
    office.by(1, fill(p(0), "Ann")).accepted().unwrap();
    let made = office.by(1, changing(change(0, 9))).accepted().unwrap().made;
    assert_eq!(made, Some(Made::Party(p(2))));
    assert_eq!(
        office.standing(p(0)),
        Standing::Replaced { by: p(2) },
        "who was asked first stays in the record"
    );
    assert_eq!(office.standing(p(2)), Standing::Active);
    assert_eq!(office.envelope().value(name), None, "fields start anew");
    assert_eq!(office.envelope().slot(p(2)).unwrap().consent(), Consent::None, "and the consent");
    let link = 0;
    let of = |n| Recipient::Party { party: p(n), link };
    assert_eq!(office.told(Intent::SignerChanged), [of(0), Recipient::Sender, of(2)], "told at once");
    assert!(
        office.by(1, Command::Open { party: p(0), factors: Vec::new() }).refusal().is_some(),
        "its link is dead"
    );
    assert_eq!(refusal(office.by(9, changing(change(2, 10)))), Refusal::SecondHop(p(2)));
    office.open(9, p(2));
    assert_eq!(refusal(office.begin_signing(9, p(2))), Refusal::FieldsEmpty(vec![name]));
    office.by(9, fill(p(2), "Zoe")).accepted().unwrap();
    office.begin_signing(9, p(2)).accepted().unwrap();
    office.complete_signing(9, p(2)).accepted().unwrap();
    office.sign(2, p(1));
    assert_eq!(office.status(), StatusName::Finalizing);
    assert_eq!(office.replayed(), office.state);
}

#[test]
fn nobody_is_named_who_has_a_part_already_or_is_of_a_foreign_domain() {
    let mut draft = signers(3, Quorum::All);
    draft.parties.iter_mut().for_each(|party| party.change_signer = Permission::Permitted);
    draft.rules.domains = Domains::Only(vec![Domain::new("example.com").unwrap()]);
    let mut office = Office::sending(draft);
    office.sign(1, p(0));
    assert_eq!(refusal(office.by(2, changing(change(1, 1)))), Refusal::SamePerson(p(0)), "who has signed");
    assert_eq!(
        refusal(office.by(2, changing(change(1, 3)))),
        Refusal::SamePerson(p(2)),
        "two seats of one quorum"
    );
    assert_eq!(refusal(office.by(2, changing(change(1, 2)))), Refusal::SamePerson(p(1)));
    for foreign in ["x@example.org", "x@mail.example.com", "x@example.com.evil.org"] {
        let foreign = ChangeSigner { to: successor(9, foreign), ..change(1, 9) };
        assert_eq!(refusal(office.by(2, changing(foreign))), Refusal::Domain);
    }
    let mut nowhere = change(1, 9);
    nowhere.to.person.email = None;
    assert_eq!(refusal(office.by(2, changing(nowhere))), Refusal::Domain);
    office.open(2, p(1));
    office.begin_signing(2, p(1)).accepted().unwrap();
    assert!(matches!(refusal(office.by(2, changing(change(1, 9)))), Refusal::SessionInFlight { .. }));
    let delegate = ChangeSigner { how: event::Handover::Delegate, ..change(2, 9) };
    assert_eq!(
        refusal(office.by(3, changing(delegate))),
        Refusal::Forbidden { party: p(2), what: "delegate".to_owned() }
    );
}

#[test]
fn to_name_another_takes_what_access_and_act_take() {
    let mut draft = signers(1, Quorum::All);
    draft.parties[0].change_signer = Permission::Permitted;
    let kind = || Some(FactorRule::Kind(FactorName::Password));
    draft.parties[0].factors = PartyFactors::new(kind(), kind()).unwrap();
    let mut office = Office::sending(draft);
    let envelope = office.envelope();
    let (access, act) = (envelope.access_occasion(p(0)).unwrap(), envelope.act_occasion(p(0)).unwrap());
    let now = office.now;
    let with = |access, act| ChangeSigner { access, act, ..change(0, 9) };
    for (looks, acts) in [(false, true), (true, false)] {
        let access = looks.then(|| password(access, now)).into_iter().collect();
        let act = acts.then(|| password(act, now)).into_iter().collect();
        assert!(matches!(refusal(office.by(1, changing(with(access, act)))), Refusal::Factors { .. }));
    }
    let both = with(vec![password(access, now)], vec![password(act, now)]);
    office.by(1, changing(both)).accepted().unwrap();
}

#[test]
fn the_sender_reassigns_what_is_not_done() {
    let mut office = Office::sending(contract());
    let to = |n| Box::new(successor(n, "y@example.com"));
    let reassign = |party, n| Command::Reassign { party, to: to(n) };
    assert!(office.by(1, reassign(p(0), 8)).refusal().is_some(), "not the party");
    office.by_sender(reassign(p(0), 8)).accepted().unwrap();
    assert_eq!(office.standing(p(4)), Standing::Active);
    office.by_sender(reassign(p(1), 9)).accepted().unwrap();
    assert_eq!(office.standing(p(5)), Standing::Waiting, "its turn comes later");
    office.approve(8, p(4));
    assert_eq!(office.standing(p(5)), Standing::Active);
    let done = refusal(office.by_sender(reassign(p(4), 10)));
    assert_eq!(done, Refusal::WrongStanding { party: p(4), standing: Standing::Done });
    assert_eq!(office.told(Intent::YourTurn { act: Act::Approve }).len(), 2, "G9: one for each turn");
    assert_eq!(office.told(Intent::YourTurn { act: Act::Sign }).len(), 2);
}

#[test]
fn an_envelope_goes_back_and_what_is_done_stays() {
    // Pain 37
    let mut draft = contract();
    let mut office = Office::sending(draft.clone());
    office.approve(1, p(0));
    let back = |party, step| Command::SendBack { party, step: StepId::new(step), reason: text("clause 4") };
    let forbidden = refusal(office.by(2, back(p(1), 0)));
    assert_eq!(forbidden, Refusal::Forbidden { party: p(1), what: "send the envelope back".to_owned() });

    draft.rules.send_back = Permission::Permitted;
    draft.rules.returns = 1;
    let mut office = Office::sending(draft.clone());
    office.approve(1, p(0));
    assert_eq!(refusal(office.by(2, back(p(1), 1))), Refusal::NotEarlier(StepId::new(1)));
    office.by(2, back(p(1), 0)).accepted().unwrap();
    let again = p(4);
    assert_eq!(office.standing(p(0)), Standing::Done, "I4");
    assert_eq!(office.envelope().slot(again).unwrap().again_of(), Some(p(0)));
    assert_eq!(office.standing(again), Standing::Active);
    assert_eq!((office.standing(p(1)), office.standing(p(2))), (Standing::Waiting, Standing::Waiting));
    office.approve(1, again);
    assert!(
        matches!(refusal(office.by(2, back(p(1), 0))), Refusal::Forbidden { .. }),
        "so often and no more"
    );
    office.sign(2, p(1));
    office.sign(3, p(2));
    assert_eq!(office.status(), StatusName::Finalizing);
    assert_eq!(office.replayed(), office.state);
}

#[test]
fn nothing_goes_back_behind_a_signature() {
    let mut draft = draft();
    draft.rules.send_back = Permission::Permitted;
    let steps: Vec<_> = (0..3).map(|_| draft.step(Step::all(Phase::Signing))).collect();
    for (n, step) in (1..).zip(&steps) {
        draft.party(party(SIMPLE, *step, n));
    }
    let mut office = Office::sending(draft);
    office.sign(1, p(0));
    let back = |party, step| Command::SendBack { party, step: StepId::new(step), reason: text("again") };
    assert_eq!(refusal(office.by(2, back(p(1), 0))), Refusal::Signed);
    office.sign(2, p(1));
    assert_eq!(refusal(office.by(3, back(p(2), 1))), Refusal::Signed);
}

#[test]
fn a_step_whose_condition_is_false_is_skipped() {
    let purchase = |value: &str| {
        let mut draft = draft();
        let asking = draft.step(Step::all(Phase::Filling));
        let content = FieldContent::Amount { least: None, most: None };
        let amount = draft.field(Field::new(DocumentId::new(0), p(0), text("amount"), content));
        let small = Predicate::FieldBelow { field: amount, amount: Amount::parse("1000").unwrap() };
        let board = draft.step(Step::all(Phase::Approval).when(Predicate::Not(Box::new(small))));
        let buying = draft.step(Step::all(Phase::Signing));
        draft.party(party(Role::Fill, asking, 1));
        draft.party(party(Role::Approve, board, 2));
        draft.party(party(SIMPLE, buying, 3));
        let mut office = Office::sending(draft);
        office.open(1, p(0));
        let finish = || Command::FinishFilling { party: p(0), factors: Vec::new() };
        assert_eq!(refusal(office.by(1, finish())), Refusal::FieldsEmpty(vec![amount]));
        let fill = Command::FillField { party: p(0), field: amount, value: text(value), permission: None };
        office.by(1, fill).accepted().unwrap();
        office.by(1, finish()).accepted().unwrap();
        office
    };
    let small = purchase("999.99");
    assert_eq!((small.standing(p(1)), small.standing(p(2))), (Standing::Skipped, Standing::Active));
    let large = purchase("1000");
    assert_eq!((large.standing(p(1)), large.standing(p(2))), (Standing::Active, Standing::Waiting));
}

#[test]
fn fields_belong_to_their_party_and_take_what_fits() {
    let mut draft = contract();
    let field = |party, content| Field::new(DocumentId::new(0), p(party), text("remark"), content).optional();
    let own = draft.field(field(0, FieldContent::CheckBox));
    let later = draft.field(field(1, FieldContent::Text { most: 5 }));
    let mut office = Office::sending(draft);
    let fill = |n, field, value: &str| Command::FillField {
        party: p(n),
        field,
        value: text(value),
        permission: None,
    };
    assert_eq!(refusal(office.by(1, fill(0, own, "yes"))), Refusal::NotOpened(p(0)));
    office.open(1, p(0));
    assert_eq!(
        refusal(office.by(1, fill(0, later, "mine"))),
        Refusal::NotYourField { party: p(0), field: later }
    );
    assert_eq!(
        refusal(office.by(1, fill(0, FieldId::new(9), "x"))),
        Refusal::NotYourField { party: p(0), field: FieldId::new(9) }
    );
    assert!(matches!(refusal(office.by(1, fill(0, own, "perhaps"))), Refusal::Value { .. }));
    office.by(1, fill(0, own, "no")).accepted().unwrap();
    office.by(1, fill(0, own, "yes")).accepted().unwrap();
    let last = office.events.last().cloned();
    let Some(Event::FieldFilled(filled)) = last else { panic!("{last:?}") };
    assert_eq!((filled.old, filled.new), (Some(text("no")), text("yes")), "11.10(e): both values");
    office.by(1, Command::ClearField { party: p(0), field: own }).accepted().unwrap();
    assert_eq!(office.envelope().value(own), None);
    office.by(1, Command::Approve { party: p(0), factors: Vec::new() }).accepted().unwrap();
    // Once the document bears a signature, it says what may still be filled.
    office.sign(3, p(2));
    office.open(2, p(1));
    assert!(matches!(refusal(office.by(2, fill(1, later, "late"))), Refusal::Value { .. }));
    let content = office.envelope().contents()[0];
    let permission = |locked: &[&str]| -> Option<Box<dyn ModificationPermission>> {
        let locked = locked.iter().map(ToString::to_string).collect();
        Some(Box::new(Permits { document: content, signatures: Allowance::Any, locked }))
    };
    let with = |permission| Command::FillField { party: p(1), field: later, value: text("late"), permission };
    assert!(matches!(refusal(office.by(2, with(permission(&["remark"])))), Refusal::FieldSigned { .. }));
    office.by(2, with(permission(&[]))).accepted().unwrap();
}

#[test]
fn a_nominator_names_exactly_those_who_wait_for_it() {
    let mut draft = draft();
    let naming = draft.step(Step::all(Phase::Filling));
    let signing = draft.step(Step::all(Phase::Signing));
    let nominator = draft.party(party(Role::Nominate, naming, 1));
    draft.party(Party::nominated(SIMPLE, signing, nominator).invisible());
    draft.party(Party::nominated(SIMPLE, signing, nominator).invisible());
    let mut office = Office::sending(draft);
    office.open(1, nominator);
    let nominee = |n, who| Nominee { party: p(n), user: user(who), person: Person::named(text("Somebody")) };
    let naming = |nominees| Command::Nominate { party: nominator, nominees, factors: Vec::new() };
    for (nominees, refused) in [
        (vec![nominee(1, 5)], Refusal::Nominee(p(2))),
        (vec![nominee(1, 5), nominee(1, 6)], Refusal::Nominee(p(1))),
        (vec![nominee(1, 5), nominee(0, 6)], Refusal::Nominee(p(0))),
        (vec![nominee(1, 5), nominee(2, 5)], Refusal::SamePerson(p(2))),
        (vec![nominee(1, 1), nominee(2, 5)], Refusal::SamePerson(p(0))),
        (vec![nominee(1, 5), nominee(8, 6)], Refusal::UnknownParty(p(8))),
    ] {
        assert_eq!(refusal(office.by(1, naming(nominees))), refused);
    }
    office.by(1, naming(vec![nominee(1, 5), nominee(2, 6)])).accepted().unwrap();
    office.sign(5, p(1));
    office.sign(6, p(2));
    assert_eq!(office.status(), StatusName::Finalizing);
}

#[test]
fn a_draft_says_everything_that_is_wrong_with_it_at_once() {
    // Pains 15 and 34
    let mut draft = Draft::new("Nothing", Rules::new(disclosure())).unwrap();
    let mut office = Office::new();
    office.create(draft.clone());
    let Refusal::Draft(faults) = refusal(office.by_sender(Command::Send { permissions: Vec::new() })) else {
        panic!("sent")
    };
    assert_eq!(faults, [DraftFault::NoDocument, DraftFault::NobodyActs]);
    draft.document("a.pdf", digest(1)).unwrap();
    let step = draft.step(Step::at_least(0, Phase::Signing));
    let empty = draft.step(Step::all(Phase::Signing).when(Predicate::PartyDone(p(99))));
    draft.party(Party::new(SIMPLE, step, user(1)));
    draft.party(party(Role::Approve, step, 1));
    draft.party(party(Role::Approve, StepId::new(9), 2));
    draft.party(party(Role::Witness { of: p(1), level: SignatureLevel::Simple }, step, 3));
    draft.party(Party::nominated(Role::Approve, step, p(1)));
    draft.rules.lease = SignedDuration::from_hours(48);
    let otp = PartyFactors::new(Some(FactorRule::Kind(FactorName::OneTimeCode)), None).unwrap();
    draft.party(party(Role::Acknowledge, step, 4).proving(otp));
    office.by_sender(Command::EditDraft { draft: Box::new(draft.clone()) }).accepted().unwrap();
    let Refusal::Draft(faults) =
        refusal(office.by_sender(Command::Send { permissions: office.permissions() }))
    else {
        panic!("sent")
    };
    assert_eq!(
        faults,
        [DraftFault::Rule("a lease is a second to a day".to_owned())],
        "sizes and rules first"
    );
    draft.rules.lease = SignedDuration::from_mins(15);
    office.by_sender(Command::EditDraft { draft: Box::new(draft) }).accepted().unwrap();
    let Refusal::Draft(faults) =
        refusal(office.by_sender(Command::Send { permissions: office.permissions() }))
    else {
        panic!("sent")
    };
    for fault in [
        DraftFault::QuorumOfNone(step),
        DraftFault::EmptyStep(empty),
        DraftFault::Condition(empty),
        DraftFault::NoPlace(p(0)),
        DraftFault::SamePersonTwice { step, party: p(1) },
        DraftFault::NoSuchStep(p(2)),
        DraftFault::Witness(p(3)),
        DraftFault::Unbound(p(4)),
        DraftFault::NoWayToSend(p(5)),
    ] {
        assert!(faults.contains(&fault), "{fault} in {faults:?}");
    }
}
