//! A signature counts for one envelope, one party, one document, one session.

use chancery_ades::Indication;
use chancery_pades::{PadesError, PdfVerifier, SignatureMeaning};
use chancery_session::{PreparedTurn, SessionError, begin_signing};
use chancery_workflow::*;
use jiff::SignedDuration;

use crate::office::*;

/// 21 CFR 11.70: a signature counts for one envelope, one party, one document, in one of its revisions.
#[test]
fn a_signature_is_transplanted_nowhere() {
    let office = Office::new();
    let (envelope, twin) = (office.sent(&contract(), 2), office.sent(&contract(), 2));
    let other_document = office.sent(&contract_of("Another lease"), 2);
    let begun = |envelope, party, person| {
        let turn = office.turn(envelope, party);
        let prepared = office.prepare(&turn, person);
        office.begin(envelope, &prepared, person).accepted().unwrap();
        (prepared.pinned(), prepared.to_bytes())
    };
    let (pinned, stored) = begun(envelope, ALICE, 0);
    // The same person begins to sign the same bytes at the same second elsewhere: even the digest is the same.
    let (pinned_twin, stored_twin) = begun(twin, ALICE, 0);
    assert_eq!(pinned, pinned_twin);
    begun(other_document, ALICE, 0);
    begun(envelope, BOB, 1);

    let turn = office.turn(envelope, ALICE);
    assert!(matches!(turn.resume(&stored_twin), Err(SessionError::Stored { .. })), "another envelope's");
    let turn_of_other = office.turn(other_document, ALICE);
    assert!(matches!(turn_of_other.resume(&stored), Err(SessionError::Stored { .. })), "another document's");
    let turn_of_bob = office.turn(envelope, BOB);
    assert!(matches!(turn_of_bob.resume(&stored), Err(SessionError::Stored { .. })), "another party's");

    let signed = office.finish(turn.resume(&stored).unwrap(), 0);
    for elsewhere in [twin, other_document] {
        let refused = office.desk().pass(&signed, &office.state(elsewhere), office.now.get()).unwrap_err();
        assert!(matches!(refused, SessionError::NotBegun { .. }), "{refused}");
    }
    // And whoever carries a good proof elsewhere is refused by the workflow.
    let passed = office.pass(envelope, &signed).unwrap();
    for (elsewhere, party, person) in [(twin, ALICE, 0), (other_document, ALICE, 0), (envelope, BOB, 1)] {
        let refusal =
            office.complete(elsewhere, party, person, vec![passed.clone()]).refusal().cloned().unwrap();
        assert!(matches!(refusal, Refusal::ProofDiffers { .. }), "{refusal}");
        assert_eq!(office.state(elsewhere).head(), Revision::FIRST);
    }
    office.complete(envelope, ALICE, 0, vec![passed.clone()]).accepted().unwrap();
    let again = office.complete(envelope, ALICE, 0, vec![passed]).refusal().cloned().unwrap();
    assert!(matches!(again, Refusal::WrongStanding { .. }), "{again}");
    assert_passed(&office, envelope, 1);
}

#[test]
fn nothing_passes_without_a_live_session_for_it() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 2);
    let turn = office.turn(envelope, ALICE);
    let stored = office.prepare(&turn, 0).to_bytes();
    let signed = office.finish(turn.resume(&stored).unwrap(), 0);
    let refused = office.pass(envelope, &signed).unwrap_err();
    assert!(matches!(refused, SessionError::NotBegun { party: ALICE, .. }), "{refused}");
    // Begun with another meaning, though everything else is the same.
    let meaning = SignatureMeaning::new("Alice", "I have read it");
    let other = turn.prepare(office.signer(0), meaning).unwrap();
    office.begin(envelope, &other, 0).accepted().unwrap();
    assert!(matches!(office.pass(envelope, &signed), Err(SessionError::NotBegun { .. })));
    let signed = office.finish(other, 0);
    office.later(301);
    assert!(matches!(office.pass(envelope, &signed), Err(SessionError::LeaseExpired { .. })));
    // Somebody who does not sign.
    let nobody = office.desk().turn(&office.state(envelope), PartyId::new(7), DOCUMENT).map(|_| ());
    assert!(matches!(nobody, Err(SessionError::NotToSign { .. })));
}

#[test]
fn signatures_of_one_session_go_together() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 2);
    let (alice, bob) = (office.turn(envelope, ALICE), office.turn(envelope, BOB));
    let lease = SignedDuration::from_mins(5);
    let apart =
        |turns: &[_]| matches!(begin_signing(turns, lease, Vec::new()), Err(SessionError::Apart { .. }));
    assert!(apart(&[]));
    assert!(apart(&[office.prepare(&alice, 0), office.prepare(&bob, 1)]));
    assert!(apart(&[office.prepare(&alice, 0), office.prepare(&alice, 1)]), "two certificates");
    assert!(!apart(&[office.prepare(&alice, 0)]));
    let lines = SignatureMeaning::new("Alice", "I agree\nto nothing");
    let refused = alice.prepare(office.signer(0), lines).unwrap_err();
    assert!(matches!(refused, SessionError::Words { what: "meaning", .. }), "{refused}");
}

/// All documents of a party are signed in one session, or none.
#[test]
fn several_documents_are_signed_together() {
    let office = Office::new();
    let mut draft = office.draft(&contract(), 1);
    let annex = office.desk().keep(&mut &contract_of("Annex")[..], 1 << 20).unwrap();
    let annex = draft.document("annex.pdf", annex).unwrap();
    draft.signature_field(annex, ALICE, "Alice").unwrap();
    let envelope = office.create(draft);
    office.send(envelope).accepted().unwrap();
    office.agrees(envelope, ALICE, 0);
    let turns = office.desk().turns(&office.state(envelope), ALICE).unwrap();
    let prepared: Vec<_> = turns.iter().map(|turn| office.prepare(turn, 0)).collect();
    let begin = begin_signing(&prepared, SignedDuration::from_mins(5), Vec::new()).unwrap();
    let alice = Acting::User(office.user(0));
    office.run(envelope, alice, begin).accepted().unwrap();
    let mut signed: Vec<_> = prepared.into_iter().map(|prepared| office.finish(prepared, 0)).collect();
    let state = office.state(envelope);
    let command = office.desk().complete_signing(&signed[..1], &state, noon()).unwrap();
    assert!(office.run(envelope, alice, command).refusal().is_some(), "one is not all");
    signed.swap(0, 1);
    let command = office.desk().complete_signing(&signed, &state, noon()).unwrap();
    assert!(office.run(envelope, alice, command).refusal().is_some(), "in another order");
    signed.swap(0, 1);
    let command = office.desk().complete_signing(&signed, &state, noon()).unwrap();
    office.run(envelope, alice, command).accepted().unwrap();
    for document in [DOCUMENT, annex] {
        let pdf = office.desk().open(office.state(envelope).content(document).unwrap()).unwrap();
        let report = PdfVerifier::new(&office.policy).verify_at(&*pdf, noon()).unwrap();
        assert_eq!((report.signatures().len(), report.indication()), (1, Some(Indication::TotalPassed)));
    }
}

/// A digital signature takes a PIN, proved for exactly these digests in this session (G23).
#[test]
fn an_advanced_signature_takes_a_pin_for_what_is_signed() {
    let office = Office::new();
    let mut draft = office.draft(&contract(), 1);
    draft.parties[0].role = Role::Sign { level: SignatureLevel::Advanced };
    draft.parties[0].factors =
        PartyFactors::new(None, Some(FactorRule::Kind(FactorName::SigningPin))).unwrap();
    let envelope = office.create(draft);
    office.send(envelope).accepted().unwrap();
    office.agrees(envelope, ALICE, 0);
    let turn = office.turn(envelope, ALICE);
    let prepared = [office.prepare(&turn, 0)];
    let other = [turn.prepare(office.signer(0), SignatureMeaning::new("Alice", "I have read it")).unwrap()];
    let begin = |turns: &[PreparedTurn<'_>; 1], proved_for: &[PreparedTurn<'_>; 1]| {
        let occasion = office.state(envelope).signing_occasion(ALICE, &[proved_for[0].pinned()]).unwrap();
        let begin = begin_signing(turns, SignedDuration::from_mins(5), vec![office.pin(occasion)]).unwrap();
        office.run(envelope, Acting::User(office.user(0)), begin)
    };
    assert!(matches!(office.begin(envelope, &prepared[0], 0).refusal(), Some(Refusal::Factors { .. })));
    assert!(
        matches!(begin(&prepared, &other).refusal(), Some(Refusal::Factors { .. })),
        "for something else"
    );
    begin(&prepared, &prepared).accepted().unwrap();
    let [prepared] = prepared;
    let passed = office.pass(envelope, &office.finish(prepared, 0)).unwrap();
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
    assert_passed(&office, envelope, 1);
}

#[test]
fn a_changed_signer_signs_in_the_same_field() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 2);
    let to = Successor { user: office.user(2), person: Person::named(text("Carol")) };
    let change = ChangeSigner {
        party: ALICE,
        how: event::Handover::ChangeSigner,
        to,
        note: None,
        access: Vec::new(),
        act: Vec::new(),
    };
    let reply = office.run(envelope, Acting::User(office.user(0)), Command::ChangeSigner(Box::new(change)));
    let Some(Made::Party(carol)) = reply.accepted().unwrap().made else { panic!("no party was made") };
    office.agrees(envelope, carol, 2);
    let passed = office.signs(envelope, carol, 2);
    assert_eq!(passed.field(), Some("Alice"), "the field belongs to the seat");
    let turn = office.turn(envelope, ALICE);
    let refused = turn.prepare(office.signer(0), meaning(0));
    assert!(matches!(refused, Err(SessionError::Pades(PadesError::FieldSigned { .. }))), "{refused:?}");
    office.signs(envelope, BOB, 1);
    assert_passed(&office, envelope, 2);
}
