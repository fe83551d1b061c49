//! Parties that are added while an envelope is paused sign where people see it.

use chancery_key::KeyKind;
use chancery_pades::{FieldLock, PdfSigner};
use chancery_workflow::*;

use crate::office::*;

fn pause(office: &Office, envelope: EnvelopeId) {
    let pause = Command::Pause { reason: text("Carol signs too"), clock: Clock::Running };
    office.run(envelope, Acting::User(office.sender), pause).accepted().unwrap();
}

fn resume(office: &Office, envelope: EnvelopeId) {
    office.run(envelope, Acting::User(office.sender), Command::Resume).accepted().unwrap();
}

/// Carol, in this field.
fn carol(office: &Office, field: &str) -> Vec<Correction> {
    let role = Role::Sign { level: SignatureLevel::Simple };
    let party = Box::new(Party::new(role, StepId::new(0), office.user(2)));
    vec![Correction::AddParty { party, fields: vec![NewField::signature(DOCUMENT, text(field))] }]
}

fn add(office: &Office, envelope: EnvelopeId, corrections: Vec<Correction>) -> Reply {
    let permissions = office.desk().permissions_to_correct(&office.state(envelope), &corrections).unwrap();
    office.run(envelope, Acting::User(office.sender), Command::Correct { corrections, permissions })
}

#[test]
fn an_added_party_signs_visibly_beside_those_who_have_signed() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 2);
    office.signs(envelope, ALICE, 0);
    pause(&office, envelope);
    // Where Alice has signed nobody else does; what was looked at before she signed is of no use.
    let refused = add(&office, envelope, carol(&office, "Alice")).refusal().cloned().unwrap();
    assert!(matches!(refused, Refusal::Draft(_)), "{refused}");
    add(&office, envelope, carol(&office, "Carol")).accepted().unwrap();
    resume(&office, envelope);
    let party = PartyId::new(2);
    office.agrees(envelope, party, 2);
    assert_eq!(office.signs(envelope, party, 2).field(), Some("Carol"));
    office.signs(envelope, BOB, 1);
    assert_passed(&office, envelope, 3);
    assert_eq!(office.state(envelope).status().name(), StatusName::Finalizing);
}

/// Who signed first has locked the document but for the one who was still to come.
#[test]
fn nobody_is_added_to_a_document_that_is_locked_for_them() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 2);
    let turn = office.turn(envelope, ALICE);
    let locking = office.signer(0).lock(FieldLock::AllExcept(vec!["Bob".into()]));
    let prepared = turn.prepare(locking, meaning(0)).unwrap();
    office.begin(envelope, &prepared, 0).accepted().unwrap();
    let passed = office.pass(envelope, &office.finish(prepared, 0)).unwrap();
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
    pause(&office, envelope);
    let refused = add(&office, envelope, carol(&office, "Carol")).refusal().cloned().unwrap();
    let Refusal::SignaturesForbidden { allowance: Allowance::Nothing { why }, .. } = &refused else {
        panic!("{refused:?}")
    };
    assert!(why.as_str().contains("Carol"), "{why}");
    // A look at the digest alone does not know her place, and is asked for it.
    let (corrections, state) = (carol(&office, "Carol"), office.state(envelope));
    let now = Document { digest: state.content(DOCUMENT).unwrap(), ..state.draft().documents[0].clone() };
    let looked = office.desk().permission(&now).unwrap();
    let correct = Command::Correct { corrections, permissions: vec![Box::new(looked)] };
    let refused = office.run(envelope, Acting::User(office.sender), correct).refusal().cloned().unwrap();
    assert!(
        matches!(refused, Refusal::FieldSigned { .. } | Refusal::SignaturesForbidden { .. }),
        "{refused}"
    );
    resume(&office, envelope);
    office.signs(envelope, BOB, 1);
    assert_passed(&office, envelope, 2);
}

/// A document that is replaced, and a party for it, in one correction.
#[test]
fn the_document_that_takes_the_place_of_another_is_looked_at() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 1);
    pause(&office, envelope);
    let author = office.pki.signer("Author", KeyKind::P256);
    let (plain, other) = (contract(), contract_of("Another lease"));
    let closed = PdfSigner::new(&author, noon()).lock(FieldLock::All).sign(&plain).unwrap().to_vec().unwrap();
    for (bytes, accepted) in [(&closed, false), (&other, true)] {
        let digest = office.desk().keep(&mut &bytes[..], 1 << 20).unwrap();
        let replace = Correction::Document { document: DOCUMENT, digest };
        let corrections = [vec![replace], carol(&office, "Carol")].concat();
        let reply = add(&office, envelope, corrections);
        assert_eq!(reply.refusal().is_none(), accepted, "{reply:?}");
    }
    resume(&office, envelope);
    office.agrees(envelope, BOB, 2);
    office.signs(envelope, BOB, 2);
    office.signs(envelope, ALICE, 0);
    assert_passed(&office, envelope, 2);
}

/// What takes the place of a PDF is signed as one, and is refused if it is none.
#[test]
fn a_document_of_another_form_takes_no_place() {
    let office = Office::new();
    let mut draft = office.draft(&contract(), 1);
    draft.documents[0].media_type = Some(text("application/pdf"));
    let envelope = office.create(draft);
    office.send(envelope).accepted().unwrap();
    pause(&office, envelope);
    let digest = office.desk().keep(&mut &b"article;price\n"[..], 100).unwrap();
    let corrections = || vec![Correction::Document { document: DOCUMENT, digest }];
    let named = Document { digest, ..office.state(envelope).draft().documents[0].clone() };
    let looked: Permissions = vec![Box::new(office.desk().permission(&named).unwrap())];
    let asked = office.desk().permissions_to_correct(&office.state(envelope), &corrections()).unwrap();
    for permissions in [looked, asked] {
        let correct = Command::Correct { corrections: corrections(), permissions };
        let reply = office.run(envelope, Acting::User(office.sender), correct);
        assert!(matches!(reply.refusal(), Some(Refusal::SignaturesForbidden { .. })), "{reply:?}");
    }
}
