//! What stands in the file, and what in the record (G5).

use chancery_ades::SignatureAttribute;
use chancery_pades::{PdfSigner, SignatureMeaning};
use chancery_workflow::*;
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::office::*;

/// G5: reason, name, role and time are the same in the dictionary, before people's eyes, and in the record.
#[test]
fn the_record_says_what_the_signature_says() {
    let office = Office::new();
    let envelope = office.sent(&contract(), 1);
    let turn = office.turn(envelope, ALICE);
    let prepared = office.prepare(&turn, 0);
    office.later(90); // the key takes its time; what was pinned stays
    office.begin(envelope, &prepared, 0).accepted().unwrap();
    let session = office.state(envelope).slot(ALICE).unwrap().session().cloned().unwrap();
    let statement = prepared.statement();
    assert_eq!(session.signed_at, "2026-11-22T12:00:00Z".parse().unwrap(), "a PDF date has no fractions");
    assert_eq!(session.meaning, Some(text("I agree to the lease")));
    assert_eq!(statement.reason(), Some("I agree to the lease"));
    assert!(statement.to_string().ends_with("2026-11-22 12:00:00 +00:00"), "{statement}");
    office.later(60);
    let passed = office.pass(envelope, &office.finish(prepared, 0)).unwrap();
    assert_eq!((passed.signed_at(), passed.meaning()), (session.signed_at, session.meaning.clone()));
    assert_eq!(passed.field(), Some("Alice"));
    assert_eq!(passed.algorithm(), text("ECDSA P-256 with SHA-256"));
    assert_eq!((passed.level(), passed.signer()), (SignatureLevel::Advanced, SignerKind::Natural));
    office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
    let pdf = office.document(envelope);
    let has = |words: &[u8]| pdf.windows(words.len()).any(|window| window == words);
    assert!(has(b"/M(D:20261122120000Z)") || has(b"/M (D:20261122120000Z)"));
    assert_passed(&office, envelope, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// G5 ∀: whatever words and whenever, the file says what was pinned, and the record what the file says.
    #[test]
    fn file_and_record_agree(name in "\\PC{1,30}", reason in "\\PC{1,60}", role in "\\PC{1,30}", before in 0_i64..600_000) {
        prop_assume!([&name, &reason, &role].into_iter().all(|words| Text::new(words).is_ok()));
        let office = Office::new();
        let mut draft = office.draft(&contract(), 1);
        draft.parties[0].placement = Placement::Invisible;
        draft.fields.clear();
        let envelope = office.create(draft);
        office.send(envelope).accepted().unwrap();
        office.agrees(envelope, ALICE, 0);
        let turn = office.turn(envelope, ALICE);
        let at = noon() - SignedDuration::from_millis(before);
        let meaning = SignatureMeaning::new(&name, &reason).role(&role);
        let prepared = turn.prepare(PdfSigner::new(office.key(0), at), meaning).unwrap();
        let reply = office.begin(envelope, &prepared, 0);
        // What is truncated to whole seconds may fall out of the ten minutes.
        prop_assume!(!matches!(reply.refusal(), Some(Refusal::SignedAt { .. })));
        reply.accepted().unwrap();
        let passed = office.pass(envelope, &office.finish(prepared, 0)).unwrap();
        office.complete(envelope, ALICE, 0, vec![passed]).accepted().unwrap();
        let applied = office.applied(envelope);
        let report = report(&office, envelope);
        let stated = &report.signatures()[0].facts().particulars().attributes;
        prop_assert!(stated.contains(&SignatureAttribute::Reason(applied.meaning.clone().unwrap().to_string())));
        prop_assert!(stated.contains(&SignatureAttribute::SigningTime(applied.signed_at)));
        prop_assert!(stated.contains(&SignatureAttribute::Name(name)));
        prop_assert_eq!(applied.meaning, Some(text(&reason)));
        prop_assert_eq!(applied.signed_at.as_second(), at.as_second());
    }
}
