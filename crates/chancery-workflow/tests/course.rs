//! The course of an envelope: turns, signatures, declines, the end. Rows G4, G9, G11; pains 1 to 5, 8, 17, 19, 20.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod support;

use chancery_workflow::*;
use support::*;

#[test]
fn an_envelope_goes_its_way() {
    let mut office = Office::sending(contract());
    assert_eq!(office.standing(p(0)), Standing::Active);
    assert_eq!(office.standing(p(1)), Standing::Waiting, "G4: no signer before the approval");
    office.approve(1, p(0));
    assert_eq!((office.standing(p(1)), office.standing(p(2))), (Standing::Active, Standing::Active));
    office.sign(2, p(1));
    assert_eq!(office.status(), StatusName::InProgress, "pain 20: not all have signed");
    office.sign(3, p(2));
    assert_eq!(office.status(), StatusName::Finalizing, "decided with the last act (pain 1)");
    assert_eq!(office.envelope().head(), Revision::new(2));
    assert!(office.told(Intent::Completed).is_empty(), "G11: nobody is told before it is completed");
    office.finish();
    assert_eq!(office.status(), StatusName::Completed);
    assert_eq!(
        office.kinds(),
        [
            "envelope.draft-created",
            "envelope.sent",
            "envelope.step-activated",
            "envelope.opened",
            "envelope.consent-given",
            "envelope.party-done",
            "envelope.step-satisfied",
            "envelope.step-activated",
            "envelope.opened",
            "envelope.consent-given",
            "envelope.signing-began",
            "envelope.signature-applied",
            "envelope.signer-named",
            "envelope.party-done",
            "envelope.opened",
            "envelope.consent-given",
            "envelope.signing-began",
            "envelope.signature-applied",
            "envelope.signer-named",
            "envelope.party-done",
            "envelope.step-satisfied",
            "envelope.all-satisfied",
            "envelope.finalize-started",
            "envelope.completed",
        ]
    );
    let link = 0;
    let of = |n| Recipient::Party { party: p(n), link };
    assert_eq!(office.told(Intent::Completed), [of(0), of(1), of(2), Recipient::Sender], "G11");
    assert_eq!(office.told(Intent::Copy), [of(3)]);
    assert_eq!(office.told(Intent::YourTurn { act: Act::Approve }), [of(0)], "G9: one for each turn");
    assert_eq!(office.told(Intent::YourTurn { act: Act::Sign }), [of(1), of(2)], "G9");
    assert_eq!(office.replayed(), office.state, "I13");
}

#[test]
fn of_two_who_sign_at_once_the_slower_prepares_again() {
    // Pains 4, 17, 32: a signature is made for one revision.
    let mut office = Office::sending(signers(2, Quorum::All));
    office.open(1, p(0));
    office.open(2, p(1));
    office.begin_signing(1, p(0)).accepted().unwrap();
    office.begin_signing(2, p(1)).accepted().unwrap();
    office.complete_signing(2, p(1)).accepted().unwrap();
    let refused = office.complete_signing(1, p(0));
    let stale = Refusal::StaleBase { base: Revision::new(0), head: Revision::new(1) };
    assert_eq!(refused, Reply::Refused(stale.clone()), "I12");
    assert_eq!(stale.next_action(), NextAction::PrepareAgain(Revision::new(1)));
    assert_eq!(office.kinds().last(), Some(&"envelope.session-stale"), "recorded before it is answered");
    assert_eq!(office.standing(p(0)), Standing::Active);
    office.begin_signing(1, p(0)).accepted().unwrap();
    office.complete_signing(1, p(0)).accepted().unwrap();
    assert_eq!(office.status(), StatusName::Finalizing);
}

#[test]
fn a_decline_ends_the_envelope_only_when_the_quorum_is_out_of_reach() {
    let decline = |n| Command::Decline { party: p(n), reason: text("not like this") };
    let mut office = Office::sending(signers(3, Quorum::AtLeast(2)));
    office.by(1, decline(0)).accepted().unwrap();
    assert_eq!(office.status(), StatusName::InProgress, "two are left, two are enough (I7)");
    office.by(2, decline(1)).accepted().unwrap();
    let by = Status::Declined { by: p(1), act: Act::Sign };
    assert_eq!(office.envelope().status(), &by);
    assert_eq!(office.told(Intent::Declined).len(), 4, "pains 23 and 31: all who took part, and the sender");
    let over = office.by(3, decline(2));
    assert!(matches!(over.refusal(), Some(Refusal::WrongStatus { .. })), "I1: {over:?}");
}

#[test]
fn who_has_signed_cannot_decline_any_more() {
    // Pain 5.
    let mut office = Office::sending(signers(2, Quorum::All));
    office.sign(1, p(0));
    let refused = office.by(1, Command::Decline { party: p(0), reason: text("too late") });
    let standing = Standing::Done;
    assert_eq!(refused, Reply::Refused(Refusal::WrongStanding { party: p(0), standing }));
}

#[test]
fn when_enough_are_done_the_others_are_not_needed() {
    // Pain 19: any one of a group.
    let mut office = Office::sending(signers(3, Quorum::AtLeast(1)));
    office.sign(2, p(1));
    assert_eq!(office.status(), StatusName::Finalizing);
    assert_eq!((office.standing(p(0)), office.standing(p(2))), (Standing::Skipped, Standing::Skipped));
}
