//! Which documents are signed in themselves, and which beside themselves.

use chancery_ades::Indication;
use chancery_auth::UserId;
use chancery_cades::CadesVerifier;
use chancery_key::KeyKind;
use chancery_pades::SignatureMeaning;
use chancery_session::{DocumentForm, FileSigner, SessionError, SignedTurn, begin_signing};
use chancery_workflow::*;
use jiff::SignedDuration;

use crate::beside::{self, PRICES, prepare, sent, sent_draft, signs};
use crate::office::*;

#[test]
fn each_form_is_signed_in_its_way() {
    let office = Office::new();
    let (list, lease) = (sent(&office, PRICES, 1), office.sent(&contract(), 1));
    let (list, lease) = (office.turn(list, ALICE), office.turn(lease, ALICE));
    let signer = FileSigner::new(office.key(0), noon());
    let refused = list.prepare(office.signer(0), meaning(0)).map(|_| ()).unwrap_err();
    assert!(matches!(refused, SessionError::OtherForm { form: DocumentForm::File, .. }), "{refused}");
    let refused = lease.prepare_file(&signer, meaning(0)).map(|_| ()).unwrap_err();
    assert!(matches!(refused, SessionError::OtherForm { form: DocumentForm::Pdf, .. }), "{refused}");
    assert!(refused.to_string().contains("PdfSigner"), "{refused}");

    // Words, and the time of the certificate.
    let lines = SignatureMeaning::new("Alice", "I agree\nto nothing");
    assert!(matches!(list.prepare_file(&signer, lines), Err(SessionError::Words { what: "meaning", .. })));
    assert!(list.prepare_file(&signer, SignatureMeaning::new(" ", "I agree")).is_err());
    let late = office.key(0).certificate().not_after() + SignedDuration::from_secs(1);
    let late = FileSigner::new(office.key(0), late);
    assert!(matches!(list.prepare_file(&late, meaning(0)), Err(SessionError::OutsideValidity { .. })));

    // Said to be a PDF, and none: refused when it is sent. Said to be something else: signed as that, whatever it holds.
    for (media_type, bytes, accepted) in [
        (Some("application/pdf"), PRICES, false),
        (None, PRICES, true),
        (None, &b"see %PDF-1.7"[..], false),
        (Some("text/plain"), &b"see %PDF-1.7"[..], true),
    ] {
        let mut draft = office.draft(bytes, 1);
        draft.documents[0].media_type = media_type.map(text);
        let envelope = office.create(draft);
        let reply = office.send(envelope);
        assert_eq!(reply.refusal().is_none(), accepted, "{media_type:?}: {reply:?}");
        if !accepted {
            assert!(matches!(reply.refusal(), Some(Refusal::SignaturesForbidden { .. })));
        }
    }
}

/// A contract and its price list, signed in one session: in the one and beside the other.
#[test]
fn documents_of_both_forms_are_signed_together() {
    let office = Office::new();
    let mut draft = office.draft(&contract(), 1);
    let list = office.desk().keep(&mut &PRICES[..], 1 << 20).unwrap();
    let list = draft.document("prices.csv", list).unwrap();
    draft.signature_field(list, ALICE, "Alice").unwrap();
    let envelope = sent_draft(&office, draft, 1);
    let turns = office.desk().turns(&office.state(envelope), ALICE).unwrap();
    let prepared = [office.prepare(&turns[0], 0), prepare(&office, &turns[1], 0)];
    let begin = begin_signing(&prepared, SignedDuration::from_mins(5), Vec::new()).unwrap();
    office.run(envelope, Acting::User(office.user(0)), begin).accepted().unwrap();
    let signed: Vec<SignedTurn<'_>> = prepared.into_iter().map(|one| office.finish(one, 0)).collect();
    assert!(signed[0].pdf().is_some() && signed[1].pdf().is_none());
    let state = office.state(envelope);
    let command = office.desk().complete_signing(&signed, &state, noon()).unwrap();
    office.run(envelope, Acting::User(office.user(0)), command).accepted().unwrap();
    assert_passed(&office, envelope, 1);
    let state = office.state(envelope);
    let message = office.desk().open(state.content(list).unwrap()).unwrap();
    let message = message.read_range(0..message.len()).unwrap();
    let report = CadesVerifier::new(&office.policy).verify_detached_at(&message, PRICES, noon()).unwrap();
    assert_eq!(report.indication(), Some(Indication::TotalPassed), "{report}");
}

/// Where the sender said nothing, the first bytes of the file tell; never those of the message, in which a certificate may
/// say what it likes.
#[test]
fn nobody_turns_a_file_into_a_pdf_by_a_name() {
    let mut office = Office::new();
    office.people[0].1 = office.pki.signer("%PDF-1.7", KeyKind::P256);
    let envelope = sent_draft(&office, office.draft(PRICES, 2), 2);
    signs(&office, envelope, ALICE, 0);
    let message = office.document(envelope);
    assert!(message[..1024].windows(5).any(|window| window == b"%PDF-"), "the attack is one");
    assert_eq!(office.turn(envelope, BOB).form(), DocumentForm::File);
    signs(&office, envelope, BOB, 1);
    beside::assert_passed(&office, envelope, PRICES, 2);
}

/// One message takes no more than it can be read with again: more signers are refused before anybody signs.
#[test]
fn so_many_sign_beside_a_file_and_no_more() {
    let office = Office::new();
    for (signers, accepted) in [(1500, true), (1501, false)] {
        let mut draft = office.draft(PRICES, 0);
        for _ in 0..signers {
            let role = Role::Sign { level: SignatureLevel::Simple };
            draft.party(Party::new(role, StepId::new(0), UserId::random(&mut rng())).invisible());
        }
        let envelope = office.create(draft);
        let reply = office.send(envelope);
        assert_eq!(reply.refusal().is_none(), accepted, "{signers}: {:?}", reply.refusal());
    }
    // Who has signed takes room.
    let envelope = sent(&office, PRICES, 2);
    signs(&office, envelope, ALICE, 0);
    let permission = office.turn(envelope, BOB).permission().unwrap();
    assert_eq!(permission.signatures(), Allowance::AtMost(1499));
}
