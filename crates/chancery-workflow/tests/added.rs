//! Parties that are added while an envelope is paused, with places for their signatures (21 CFR 11.50(b)).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_workflow::regime::{Held, Regime};
use chancery_workflow::*;
use support::*;

const LEASE: DocumentId = DocumentId::new(0);

fn pause() -> Command {
    Command::Pause { reason: text("Eve signs too"), clock: Clock::Running }
}

fn visible(n: u8) -> Party {
    Party::new(SIMPLE, StepId::new(1), user(n))
}

fn place(name: &str) -> Vec<NewField> {
    vec![NewField::signature(LEASE, text(name))]
}

fn add(party: Party, fields: Vec<NewField>, permissions: Permissions) -> Command {
    Command::Correct {
        corrections: vec![Correction::AddParty { party: Box::new(party), fields }],
        permissions,
    }
}

fn any(office: &Office) -> Permissions {
    vec![Permits::any(office.envelope().content(LEASE).unwrap())]
}

/// Paused; with one signature if `signed`.
fn paused(signed: bool) -> Office {
    let mut office = Office::sending(contract());
    office.approve(1, p(0));
    if signed {
        office.sign(2, p(1));
    }
    office.by_sender(pause()).accepted().unwrap();
    office
}

#[test]
fn an_added_party_signs_in_a_place_of_its_own() {
    for signed in [false, true] {
        let mut office = paused(signed);
        let unplaced = refusal(office.by_sender(add(visible(8), Vec::new(), any(&office))));
        assert_eq!(unplaced, Refusal::Draft(vec![DraftFault::NoPlace(p(4))]));
        let initials = NewField {
            content: FieldContent::Text { most: 3 },
            need: Need::Optional,
            ..NewField::signature(LEASE, text("Initials"))
        };
        let fields = [place("Eve"), vec![initials]].concat();
        let added = office.by_sender(add(visible(8), fields, any(&office))).accepted().unwrap();
        assert_eq!(added.status, StatusName::Paused);
        assert_eq!(office.envelope().signs(p(4)), [LEASE]);
        let own: Vec<_> =
            office.envelope().draft().fields.iter().map(|field| (field.party, &field.name)).collect();
        assert_eq!(own, [(p(4), &text("Eve")), (p(4), &text("Initials"))]);
        let Some(Event::Corrected(corrected)) = office.events.last() else { panic!() };
        assert!(
            matches!(&corrected.changes[..], [Corrected::PartyAdded { fields, .. }] if fields.len() == 2)
        );
        assert_eq!(office.replayed(), office.state);

        office.by_sender(Command::Resume).accepted().unwrap();
        office.open(8, p(4));
        let fill = Command::FillField {
            party: p(4),
            field: FieldId::new(1),
            value: text("EVE"),
            permission: any(&office).pop(),
        };
        office.by(8, fill).accepted().unwrap();
        office.begin_signing(8, p(4)).accepted().unwrap();
        office.complete_signing(8, p(4)).accepted().unwrap();
        if !signed {
            office.sign(2, p(1));
        }
        office.sign(3, p(2));
        assert_eq!(office.status(), StatusName::Finalizing);
    }
}

#[test]
fn a_place_is_given_only_where_the_document_as_it_is_now_permits_it() {
    let mut office = paused(true);
    let current = office.envelope().content(LEASE).unwrap();
    let sent = office.envelope().unsigned(LEASE).unwrap();
    assert_ne!(current, sent);
    let locked = |names: &[&str]| -> Permissions {
        let locked = names.iter().map(|name| (*name).to_owned()).collect();
        vec![Box::new(Permits { document: current, signatures: Allowance::Any, locked })]
    };
    let nothing = Allowance::Nothing { why: text("it is locked") };
    for (party, fields, permissions, why) in [
        (visible(8), place("Eve"), Vec::new(), Refusal::PermissionMissing(LEASE)),
        // Of what was sent, which somebody has signed since.
        (visible(8), place("Eve"), vec![Permits::any(sent)], Refusal::PermissionMissing(LEASE)),
        (
            visible(8),
            place("Eve"),
            locked(&["Eve"]),
            Refusal::FieldSigned { field: FieldId::new(0), why: text("it is locked") },
        ),
        (
            visible(8),
            place("Eve"),
            // One has yet to sign.
            vec![Permits::with(current, Allowance::AtMost(1))],
            Refusal::SignaturesForbidden { document: LEASE, allowance: Allowance::AtMost(1), wanted: 2 },
        ),
        // Nobody would see it; all the same it may be forbidden by now.
        (visible(8).invisible(), Vec::new(), Vec::new(), Refusal::PermissionMissing(LEASE)),
        (
            visible(8).invisible(),
            Vec::new(),
            vec![Permits::with(current, nothing.clone())],
            Refusal::SignaturesForbidden { document: LEASE, allowance: nothing.clone(), wanted: 2 },
        ),
    ] {
        let before = office.state.clone();
        assert_eq!(refusal(office.by_sender(add(party, fields, permissions))), why);
        assert_eq!(office.envelope().parties().len(), before.unwrap().parties().len());
    }
    let two = vec![Permits::with(current, Allowance::AtMost(2))];
    office.by_sender(add(visible(8), place("Eve"), two)).accepted().unwrap();
    // Not yet signed: what was found when it was sent is enough for what nobody sees, and for nothing else.
    let mut office = paused(false);
    office.by_sender(add(visible(8).invisible(), Vec::new(), Vec::new())).accepted().unwrap();
    let missing = refusal(office.by_sender(add(visible(9), place("Eve"), Vec::new())));
    assert_eq!(missing, Refusal::PermissionMissing(LEASE));
}

#[test]
fn the_places_of_added_parties_are_held_to_the_rules_of_drafts() {
    let mut office = paused(false);
    office.by_sender(add(visible(8), place("Eve"), any(&office))).accepted().unwrap();
    let taken = |n| Refusal::Draft(vec![DraftFault::NameTaken(FieldId::new(n))]);
    assert_eq!(refusal(office.by_sender(add(visible(9), place("Eve"), any(&office)))), taken(1));
    let twice = [place("Finn"), place("Finn 2")].concat();
    let twice = refusal(office.by_sender(add(visible(9), twice, any(&office))));
    assert_eq!(twice, Refusal::Draft(vec![DraftFault::SecondPlace(FieldId::new(2))]));
    let elsewhere = vec![NewField::signature(DocumentId::new(7), text("Finn"))];
    let elsewhere = refusal(office.by_sender(add(visible(9), elsewhere, any(&office))));
    assert!(
        matches!(elsewhere, Refusal::Draft(faults) if faults.contains(&DraftFault::Field(FieldId::new(1))))
    );
    // A party that signs nothing has no place for a signature.
    let approver = Party::new(Role::Approve, StepId::new(1), user(9));
    let approver = refusal(office.by_sender(add(approver, place("Finn"), any(&office))));
    assert_eq!(approver, Refusal::Draft(vec![DraftFault::Field(FieldId::new(1))]));
}

/// Under Part 11 a signature is seen: an added party is refused without a place, and taken with one.
#[test]
fn an_added_party_can_be_seen_as_part_11_wants() {
    let two = PartyFactors::new(
        None,
        Some(FactorRule::AllOf(
            [FactorName::Password, FactorName::SecondDevice].map(FactorRule::Kind).to_vec(),
        )),
    )
    .unwrap();
    let person = |n: u8, name: &str| visible(n).named(Person::named(text(name))).proving(two.clone());
    let mut draft = draft();
    draft.step(Step::all(Phase::Approval));
    draft.step(Step::all(Phase::Signing));
    let approver = person(1, "Ann");
    draft.party(Party { role: Role::Approve, step: StepId::new(0), ..approver });
    let ben = draft.party(person(2, "Ben"));
    draft.signature_field(LEASE, ben, "Ben").unwrap();
    let mut office = Office::with(Workflow::new().policy(Held::to(Regime::Part11)));
    office.create(draft);
    let permissions = office.permissions();
    office.by_sender(Command::Send { permissions }).accepted().unwrap();
    office.by_sender(pause()).accepted().unwrap();
    let unseen = refusal(office.by_sender(add(person(3, "Cem").invisible(), Vec::new(), any(&office))));
    assert!(unseen.to_string().contains("invisible"), "{unseen}");
    office.by_sender(add(person(3, "Cem"), place("Cem"), any(&office))).accepted().unwrap();
    assert_eq!(office.envelope().signs(p(2)), [LEASE]);
}
