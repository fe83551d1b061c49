//! Tickets and proofs in the wrong hands, at the wrong time, for the wrong thing.

use chancery_auth::{
    AccessCode, AlertEvent, ApprovalCode, DigestSet, Factor, FactorKind, Keeper, Occasion, Outcome, Refused,
    TicketRefused,
};
use chancery_testkit::FastHasher;

use crate::people::*;

#[test]
fn the_right_pin_is_proved_for_this_and_nothing_else() {
    let mut factor = pin_of(&ALICE);
    let proof = proved_pin(&mut factor, RIGHT, &signing(&ALICE), at(5));
    assert_eq!((proof.kind(), proof.user(), proof.at()), (FactorKind::SigningPin, ALICE.id(), at(5)));
    assert_eq!(proof.occasion(), &signing(&ALICE));
    let others = DigestSet::new([[8; 32]]).unwrap();
    let both = DigestSet::new([[7; 32], [8; 32]]).unwrap();
    for other in [
        Occasion::act(ALICE.id(), b"envelope 18", &lease()),
        Occasion::act(ALICE.id(), b"envelope 17", &others),
        Occasion::act(ALICE.id(), b"envelope 17", &both),
        Occasion::act(BOB.id(), b"envelope 17", &lease()),
        Occasion::access(ALICE.id(), b"envelope 17"),
        Occasion::link(ALICE.id(), b"envelope 17"),
        Occasion::change(ALICE.id(), FactorKind::SigningPin),
    ] {
        assert_ne!(proof.occasion(), &other);
        assert_ne!(proof.occasion().commitment(), other.commitment());
    }
    // Parts do not run into each other, and order does not matter.
    let (a, ab) = (Occasion::access(ALICE.id(), b"a"), Occasion::access(ALICE.id(), b"ab"));
    assert_ne!(a.commitment(), ab.commitment());
    assert_eq!(both, DigestSet::new([[8; 32], [7; 32], [8; 32]]).unwrap());
}

/// G15: an access code opens a document, a PIN a key, and each only its own.
#[test]
fn each_kind_serves_its_purpose() {
    let keeper = Keeper::<AccessCode, _>::new(FastHasher);
    let access = Occasion::access(ALICE.id(), b"envelope 17");
    let code = || AccessCode::new("blue horse").unwrap();
    let mut factor = keeper.keep(BOB.id(), &access, code(), &mut rng(), noon()).unwrap();
    assert!(attempt(&keeper, &mut factor, &access, &code(), at(1)).unwrap().proved().is_some());
    let refused = attempt(&keeper, &mut factor, &signing(&ALICE), &code(), at(1)).unwrap_err();
    assert_eq!(refused.to_string(), "an access code is not for act");
    assert_eq!(factor.alert(&refused, at(1)).unwrap().event, AlertEvent::RefusedAttempt);
    let other = Occasion::access(ALICE.id(), b"envelope 18");
    let refused = attempt(&keeper, &mut factor, &other, &code(), at(1)).unwrap_err();
    assert_eq!(refused, Refused::WrongOccasion { kind: FactorKind::AccessCode });
    let refused = attempt(&pins(), &mut pin_of(&ALICE), &access, &pin(RIGHT), at(1)).unwrap_err();
    assert_eq!(refused.to_string(), "a signing PIN is not for access");
    // The sender sets it, and not for a signature.
    assert!(keeper.keep(ALICE.id(), &access, code(), &mut rng(), noon()).is_err());
    assert!(keeper.keep(BOB.id(), &signing(&ALICE), code(), &mut rng(), noon()).is_err());
    // Another code ends what the old one could.
    assert!(keeper.keep_another(&mut factor, ALICE.id(), code(), &mut rng(), noon()).is_err());
    let new = AccessCode::new("green horse").unwrap();
    let _ = keeper.keep_another(&mut factor, BOB.id(), new, &mut rng(), noon()).unwrap();
    assert!(attempt(&keeper, &mut factor, &access, &code(), at(1)).unwrap().proved().is_none());
}

#[test]
fn nobody_proves_the_factor_of_another() {
    let refused = attempt(&pins(), &mut pin_of(&ALICE), &signing(&BOB), &pin(RIGHT), at(0)).unwrap_err();
    assert_eq!(
        refused,
        Refused::WrongPerson { kind: FactorKind::SigningPin, owner: ALICE.id(), found: BOB.id() }
    );
    // A ticket of Alice's settles nothing of Bob's, though both chose the same PIN.
    let (keeper, mut alices, mut bobs) = (pins(), pin_of(&ALICE), pin_of(&BOB));
    let ticket = keeper.begin(&mut alices, &signing(&ALICE), &mut rng(), at(0)).unwrap();
    let judgement = keeper.judge(ticket, &pin(RIGHT), &mut rng()).unwrap();
    assert_eq!(keeper.settle(&mut bobs, &judgement, at(0)), Err(TicketRefused::NotThisFactor));
}

#[test]
fn a_verifier_copied_to_another_row_fits_nothing() {
    let (alices, bobs) = (pin_of(&ALICE), pin_of(&BOB));
    // The thief knows the own PIN, and writes Alice's id into a copy of the own row.
    let mut forged = bobs.to_bytes();
    let place = forged.windows(16).position(|id| id == BOB.id().to_bytes()).unwrap();
    forged[place..place + 16].copy_from_slice(&ALICE.id().to_bytes());
    let mut forged = Factor::from_bytes(&forged).unwrap();
    assert_eq!(forged.owner(), alices.owner());
    assert!(attempt(&pins(), &mut forged, &signing(&ALICE), &pin(RIGHT), at(0)).unwrap().proved().is_none());
    // Nor is the state of one kind that of another.
    assert!(Factor::<ApprovalCode>::from_bytes(&alices.to_bytes()).is_err());
    assert!(Factor::<AccessCode>::from_bytes(&alices.to_bytes()).is_err());
}

#[test]
fn a_ticket_is_settled_once() {
    let (keeper, mut factor) = (pins(), pin_of(&ALICE));
    let ticket = keeper.begin(&mut factor, &signing(&ALICE), &mut rng(), at(0)).unwrap();
    let judgement = keeper.judge(ticket, &pin(RIGHT), &mut rng()).unwrap();
    assert!(matches!(keeper.settle(&mut factor, &judgement, at(1)), Ok(Outcome::Proved(_))));
    assert_eq!(keeper.settle(&mut factor, &judgement, at(1)), Err(TicketRefused::NotReserved));
}

/// Two nodes reserve on the same version; one commit wins. The ticket of the other finds no reservation, not even that of
/// the winner.
#[test]
fn the_loser_of_a_race_shares_no_reservation() {
    let (keeper, stored) = (pins(), pin_of(&ALICE));
    let (mut won, mut lost) = (stored.clone(), stored);
    let _ticket = keeper.begin(&mut won, &signing(&ALICE), &mut rng(), at(0)).unwrap();
    let ticket = keeper.begin(&mut lost, &signing(&ALICE), &mut rng(), at(0)).unwrap();
    let judgement = keeper.judge(ticket, &pin(RIGHT), &mut rng()).unwrap();
    assert_eq!(keeper.settle(&mut won, &judgement, at(0)), Err(TicketRefused::NotReserved));
}

#[test]
fn a_ticket_ends_with_a_reset_a_withdrawal_and_after_two_minutes() {
    let keeper = pins();
    let begun = || {
        let mut factor = pin_of(&ALICE);
        let ticket = keeper.begin(&mut factor, &signing(&ALICE), &mut rng(), at(0)).unwrap();
        (keeper.judge(ticket, &pin(RIGHT), &mut rng()).unwrap(), factor)
    };
    let (judgement, mut factor) = begun();
    let proof = password(&ALICE, FactorKind::SigningPin, at(1));
    let _ = keeper.reset(&mut factor, &proof, pin("other7stone"), &mut rng(), at(1)).unwrap();
    assert_eq!(keeper.settle(&mut factor, &judgement, at(2)), Err(TicketRefused::Superseded));
    let (judgement, mut factor) = begun();
    let _ = factor.withdraw(at(1));
    assert_eq!(keeper.settle(&mut factor, &judgement, at(2)), Err(TicketRefused::Superseded));
    let (judgement, mut factor) = begun();
    assert!(keeper.settle(&mut factor.clone(), &judgement, at(119)).is_ok());
    assert_eq!(keeper.settle(&mut factor, &judgement, at(120)), Err(TicketRefused::TookTooLong));
}

/// Reserved before the lock, so it was counted; it is judged, and the right secret opens.
#[test]
fn a_ticket_from_before_the_lock_is_judged() {
    let (keeper, mut factor) = (pins(), pin_of(&ALICE));
    let tickets: Vec<_> =
        (0..5).map(|_| keeper.begin(&mut factor, &signing(&ALICE), &mut rng(), at(0)).unwrap()).collect();
    assert!(matches!(
        keeper.begin(&mut factor, &signing(&ALICE), &mut rng(), at(1)),
        Err(Refused::Locked { .. })
    ));
    let outcomes = tickets.into_iter().enumerate().map(|(n, ticket)| {
        let judgement = keeper.judge(ticket, &pin(if n == 4 { RIGHT } else { WRONG }), &mut rng()).unwrap();
        keeper.settle(&mut factor, &judgement, at(2)).unwrap().proved().is_some()
    });
    assert_eq!(outcomes.collect::<Vec<_>>(), [false, false, false, false, true]);
    assert!(keeper.begin(&mut factor, &signing(&ALICE), &mut rng(), at(3)).is_ok());
}

#[test]
fn a_clock_far_behind_is_told_and_a_little_behind_is_borne() {
    let (keeper, mut factor) = (pins(), pin_of(&ALICE));
    let _ticket = keeper.begin(&mut factor, &signing(&ALICE), &mut rng(), at(600)).unwrap();
    assert!(matches!(
        keeper.begin(&mut factor, &signing(&ALICE), &mut rng(), at(0)),
        Err(Refused::ClockBehind(_))
    ));
    let ticket = keeper.begin(&mut factor, &signing(&ALICE), &mut rng(), at(570)).unwrap();
    let judgement = keeper.judge(ticket, &pin(RIGHT), &mut rng()).unwrap();
    let proof = keeper.settle(&mut factor, &judgement, at(560)).unwrap().proved().unwrap();
    assert_eq!(proof.at(), at(600));
}
