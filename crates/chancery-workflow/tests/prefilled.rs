//! What senders write into fields before parties look: suggested or fixed, in the record and erasable (pain 13).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_ledger::StoredEvent;
use chancery_workflow::event::{DraftCreated, FieldsPrefilled};
use chancery_workflow::*;
use proptest::prelude::*;
use support::*;

const RENT: FieldId = FieldId::new(0);
const PLACE: FieldId = FieldId::new(1);

fn amount() -> FieldContent {
    FieldContent::Amount { least: None, most: Amount::parse("5000").ok() }
}

fn field(content: FieldContent) -> Field {
    Field::new(DocumentId::new(0), p(0), text("field"), content)
}

/// Somebody fills, another signs if the rent is 1,000 or more; the rent is fixed, a place is suggested.
fn lease(rent: &str) -> Draft {
    let mut draft = draft();
    let filling = draft.step(Step::all(Phase::Filling));
    let small = Predicate::FieldBelow { field: RENT, amount: Amount::parse("1000").unwrap() };
    let board = draft.step(Step::all(Phase::Approval).when(Predicate::Not(Box::new(small))));
    draft.party(Party { change_signer: Permission::Permitted, ..party(Role::Fill, filling, 1) });
    draft.party(party(Role::Approve, board, 2));
    draft.field(field(amount()).prefilled(text(rent)).fixed());
    draft.field(
        Field { name: text("Place"), ..field(FieldContent::Text { most: 40 }) }.prefilled(text("Kyoto")),
    );
    draft
}

fn fill(field: FieldId, value: &str) -> Command {
    Command::FillField { party: p(0), field, value: text(value), permission: None }
}

fn finish() -> Command {
    Command::FinishFilling { party: p(0), factors: Vec::new() }
}

#[test]
fn a_fixed_value_is_seen_and_not_changed() {
    let mut office = Office::sending(lease("1200"));
    office.open(1, p(0));
    let shown = office.envelope().view(Audience::Party(p(0))).unwrap().values;
    assert_eq!(shown, [(RENT, text("1200")), (PLACE, text("Kyoto"))]);
    assert_eq!(refusal(office.by(1, fill(RENT, "1"))), Refusal::FieldFixed(RENT));
    let refused = refusal(office.by(1, Command::ClearField { party: p(0), field: RENT }));
    assert_eq!(refused, Refusal::FieldFixed(RENT));
    assert_eq!(
        refused.next_action().to_string(),
        "ask the sender to send another envelope with the right value"
    );
    assert_eq!(refused.recorded_as(), Some(Concern::Authority), "who tries to change it is on the record");
    assert_eq!(office.envelope().value(RENT), Some(&text("1200")));
    assert_eq!(office.replayed(), office.state);
}

#[test]
fn a_suggestion_counts_as_filled_and_is_the_party_s_to_change() {
    let mut office = Office::sending(lease("1200"));
    office.open(1, p(0));
    let mut left = Office::sending(lease("1200"));
    left.open(1, p(0));
    left.by(1, finish()).accepted().unwrap();

    office.by(1, Command::ClearField { party: p(0), field: PLACE }).accepted().unwrap();
    assert_eq!(refusal(office.by(1, finish())), Refusal::FieldsEmpty(vec![PLACE]));
    office.by(1, fill(PLACE, "Nara")).accepted().unwrap();
    office.by(1, fill(PLACE, "Osaka")).accepted().unwrap();
    let Some(Event::FieldFilled(filled)) = office.events.last() else { panic!("{:?}", office.events) };
    assert_eq!((&filled.old, &filled.new), (&Some(text("Nara")), &text("Osaka")));
    office.by(1, finish()).accepted().unwrap();
    assert_eq!(office.replayed(), office.state);
}

/// What is compared is what the sender wrote, if the party writes nothing.
#[test]
fn conditions_see_what_was_prefilled() {
    for (rent, standing) in [("999.99", Standing::Skipped), ("1000", Standing::Active)] {
        let mut office = Office::sending(lease(rent));
        office.open(1, p(0));
        office.by(1, finish()).accepted().unwrap();
        assert_eq!(office.standing(p(1)), standing, "{rent}");
    }
}

#[test]
fn whoever_takes_the_place_finds_what_is_fixed_and_nothing_that_was_suggested() {
    let mut office = Office::sending(lease("1200"));
    office.open(1, p(0));
    let (how, to) = (event::Handover::ChangeSigner, successor(9, "x@example.com"));
    let change = ChangeSigner { party: p(0), how, to, note: None, access: Vec::new(), act: Vec::new() };
    office.by(1, Command::ChangeSigner(Box::new(change))).accepted().unwrap();
    let envelope = office.envelope();
    assert_eq!((envelope.value(RENT), envelope.value(PLACE)), (Some(&text("1200")), None));
    let view = |party| office.envelope().view(Audience::Party(party)).map(|view| view.values);
    assert_eq!(view(p(0)), None, "who has no part in it sees nothing");
}

#[test]
fn another_party_sees_none_of_it() {
    let mut draft = lease("1200");
    draft.steps[1].condition = None;
    draft.parties[1].step = StepId::new(0);
    draft.steps.truncate(1);
    let mut office = Office::sending(draft);
    office.open(2, p(1));
    assert_eq!(office.envelope().view(Audience::Party(p(1))).unwrap().values, []);
    assert_eq!(office.envelope().view(Audience::House).unwrap().values.len(), 2);
}

#[test]
fn what_does_not_fit_or_is_not_the_sender_s_is_not_sent() {
    let faults = |prefilled: Field| {
        let mut draft = lease("1200");
        let field = draft.field(Field { name: text("other"), ..prefilled });
        assert_eq!(field, FieldId::new(2));
        let mut office = Office::new();
        office.create(draft);
        let permissions = office.permissions();
        match office.by_sender(Command::Send { permissions }) {
            Reply::Accepted(_) => Vec::new(),
            Reply::Refused(Refusal::Draft(faults)) => faults,
            Reply::Refused(other) => panic!("{other:?}"),
        }
    };
    let wrong = [DraftFault::Prefilled(FieldId::new(2))];
    let empty = [DraftFault::FixedEmpty(FieldId::new(2))];
    assert_eq!(faults(field(amount()).prefilled(text("5000"))), []);
    assert_eq!(faults(field(amount()).prefilled(text("5000.01"))), wrong);
    assert_eq!(faults(field(FieldContent::Date).prefilled(text("tomorrow"))), wrong);
    assert_eq!(faults(field(amount()).fixed()), empty, "nobody could fill it");
    assert_eq!(faults(field(amount()).optional().fixed()), [], "it stays empty");
    let signature = || Field { party: p(1), ..field(FieldContent::Signature) };
    assert!(faults(signature().prefilled(text("Ann"))).contains(&wrong[0]));
    assert!(faults(signature().fixed()).contains(&wrong[0]));
    // A box is ticked by its party and nobody else.
    assert_eq!(faults(field(FieldContent::CheckBox).prefilled(text("yes"))), wrong);
    assert_eq!(faults(field(FieldContent::CheckBox).fixed()), wrong);
    for value in ["yes", "no"] {
        assert_eq!(faults(field(FieldContent::CheckBox).optional().prefilled(text(value))), wrong);
    }
    assert_eq!(faults(field(FieldContent::CheckBox).optional().fixed()), wrong);
}

#[test]
fn values_stand_apart_from_the_draft_and_can_be_erased() {
    let mut office = Office::new();
    office.create(lease("1200"));
    let edited = lease("1300");
    office.by_sender(Command::EditDraft { draft: Box::new(edited.clone()) }).accepted().unwrap();
    assert_eq!(office.envelope().whole_draft(), edited, "what is edited is whole");
    let recorded = office.events.iter().filter_map(|event| match event {
        Event::FieldsPrefilled(FieldsPrefilled { values, .. }) => Some(values[0].value.to_string()),
        _ => None,
    });
    let recorded = recorded.collect::<Vec<_>>();
    assert_eq!(recorded, ["1200", "1300"], "11.10(e): both are in the record");
    for event in &office.events {
        let (kind, bytes) = (event.kind().unwrap(), String::from_utf8(event.to_bytes()).unwrap());
        let holds = bytes.contains("1200") || bytes.contains("Kyoto");
        assert!(!holds || Event::erased(&kind, 1) == Some(Event::Erased), "{kind}");
        assert_eq!(Event::from_bytes(&kind, 1, bytes.as_bytes()).as_ref(), Ok(event));
    }
    // A draft without values is the bytes that it was before there were any.
    let Some(Event::DraftCreated(DraftCreated { draft, .. })) = office.events.first() else { panic!() };
    let plain =
        serde_json::to_string(&Field { change: Permission::Permitted, ..draft.fields[0].clone() }).unwrap();
    assert!(!plain.contains("prefill") && !plain.contains("change"), "{plain}");
}

#[test]
fn what_is_recorded_of_values_is_bounded() {
    let mut draft = lease("1200");
    let words = text(&"w".repeat(2000));
    for n in 0..2_200 {
        let content = FieldContent::Text { most: 2000 };
        draft.field(Field { name: text(&format!("f{n}")), ..field(content) }.prefilled(words.clone()));
    }
    let mut office = Office::new();
    let create = Command::CreateDraft { envelope: ENVELOPE, draft: Box::new(draft) };
    let Refusal::TooMany { what, .. } = refusal(office.by_sender(create)) else { panic!("taken") };
    assert_eq!(what, "bytes of values in fields");
    // Of very many parties values share events, as a commit has at most a thousand.
    let mut draft = lease("1200");
    for n in 1..=2_000_u32 {
        let party = draft.party(party(Role::Fill, StepId::new(0), 200));
        let name = text(&format!("g{n}"));
        draft.field(Field { name, party, ..field(FieldContent::Date) }.prefilled(text("2027-01-01")));
    }
    let mut office = Office::new();
    office.create(draft);
    assert!(office.events.len() < 200, "{}", office.events.len());
    assert_eq!(office.envelope().value(FieldId::new(2_001)), Some(&text("2027-01-01")));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// ∀ values of a sender and of a party: a fixed one stands at the end, and the stream gives it again.
    #[test]
    fn a_fixed_value_stands_whatever_its_party_does(
        rent in 1_u32..5_000,
        tries in prop::collection::vec((any::<bool>(), any::<bool>(), 1_u32..9_000), 0..12),
    ) {
        let rent = rent.to_string();
        let mut office = Office::sending(lease(&rent));
        office.open(1, p(0));
        for (which, clear, value) in tries {
            let field = if which { RENT } else { PLACE };
            let command = if clear {
                Command::ClearField { party: p(0), field }
            } else {
                fill(field, &value.to_string())
            };
            let reply = office.by(1, command);
            prop_assert_eq!(reply.refusal().is_some(), which);
        }
        prop_assert_eq!(office.envelope().value(RENT), Some(&text(&rent)));
        prop_assert_eq!(office.replayed(), office.state.clone());
    }
}
