//! A second person approves before a permit exists.

use chancery_seal::{Caller, Condition, ReviewError, SealAct, SealRequest, Violation};
use jiff::SignedDuration;

use crate::desk::*;

#[test]
fn a_second_person_with_a_right_approves_these_bytes_once() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    let grant = desk.grant(seal, BOB, vec![Condition::FourEyes]);
    let missing = [Violation::ApprovalMissing { grant }];
    assert_eq!(refused(desk.review(BOB, request("1", seal, "a"))), missing);

    let approve = |desk: &mut Desk<'_, _>, by: u8, text: &str| {
        let wish = request("1", seal, text);
        let proofs = desk.proofs(user(by), &wish);
        let caller = Caller::Person { user: user(by), proofs: &proofs };
        desk.office.approve(wish, user(BOB), caller, &desk.chain, desk.now, &mut rng())
    };
    let against = |result| match result {
        Err(ReviewError::Refused(refused)) => chancery_seal::Refused::violations(&refused).to_vec(),
        other => panic!("not refused: {other:?}"),
    };
    // Not Bob himself, and not somebody without a right to the seal.
    assert!(against(approve(&mut desk, BOB, "a")).contains(&Violation::OwnApproval));
    assert_eq!(against(approve(&mut desk, CAROL, "a")), [Violation::NoGrant]);
    let carols = desk.grant(seal, CAROL, vec![]);
    approve(&mut desk, CAROL, "b").unwrap();
    assert_eq!(refused(desk.review(BOB, request("1", seal, "a"))), missing, "approved were other bytes");
    approve(&mut desk, CAROL, "a").unwrap();
    let permit = desk.review(BOB, request("1", seal, "a")).unwrap();
    assert_eq!(permit.agreement().approved_by, Some(user(CAROL)));
    desk.seal(permit).unwrap();
    assert_eq!(desk.log().last().unwrap().right.as_ref().unwrap().approved_by, Some(user(CAROL)));
    assert_eq!(refused(desk.review(BOB, request("2", seal, "a"))), missing, "an approval is for one use");
    // Who lost the right has approved nothing, and a day later it counts no more.
    let _ = desk.seals(SealAct::Disable { grant: carols });
    assert_eq!(refused(desk.review(BOB, request("3", seal, "b"))), missing);
    let _ = desk.seals(SealAct::Enable { grant: carols });
    assert!(desk.review(BOB, request("3", seal, "b")).is_ok());
    desk.goes_on(SignedDuration::from_hours(24));
    let found = refused(desk.review(BOB, request("3", seal, "b")));
    assert!(found.contains(&missing[0]), "{found:?}");
}

#[test]
fn two_uses_do_not_share_one_approval() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    let grant = desk.grant(seal, BOB, vec![Condition::FourEyes]);
    desk.grant(seal, CAROL, vec![]);
    let wish = request("1", seal, "a");
    let proofs = desk.proofs(user(CAROL), &wish);
    let caller = Caller::Person { user: user(CAROL), proofs: &proofs };
    desk.office.approve(wish, user(BOB), caller, &desk.chain, desk.now, &mut rng()).unwrap();
    let one = desk.review(BOB, request("1", seal, "a")).unwrap();
    let two = desk.review(BOB, request("2", seal, "a")).unwrap();
    desk.key.is(Mood::Loses); // the first stays open
    assert!(desk.seal(one).is_err());
    desk.key.is(Mood::Signs);
    assert_eq!(refused_use(desk.seal(two)), [Violation::ApprovalMissing { grant }]);
    // The first may be tried again with the approval that it has.
    desk.use_seal(BOB, request("1", seal, "a"));
}

#[test]
fn an_approval_is_for_all_that_is_asked_and_within_the_approvers_own_grant() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    let euro = chancery_seal::Currency::new("EUR").unwrap();
    let amount = |units| chancery_seal::Amount { currency: euro, units };
    let grant = desk.grant(seal, BOB, vec![Condition::FourEyes]);
    desk.grant(seal, CAROL, vec![Condition::AmountBelow(amount(100))]);
    let wish = |units| request("1", seal, "a").amount(amount(units));
    let mut approve = |units| {
        let proofs = desk.proofs(user(CAROL), &wish(units));
        let caller = Caller::Person { user: user(CAROL), proofs: &proofs };
        desk.office.approve(wish(units), user(BOB), caller, &desk.chain, desk.now, &mut rng())
    };
    assert!(approve(100).is_err(), "beyond what she may do herself");
    approve(10).unwrap();
    let missing = [Violation::ApprovalMissing { grant }];
    assert_eq!(refused(desk.review(BOB, wish(99))), missing, "approved was another amount");
    let first = desk.use_seal(BOB, wish(10));
    // Who lost the answer gets it again, without another approval.
    let again = desk.use_seal(BOB, wish(10));
    assert_eq!(again.value().as_bytes(), first.value().as_bytes());
}

#[test]
fn who_approved_an_unknown_try_and_lost_the_right_is_replaced_by_another() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    let grant = desk.grant(seal, BOB, vec![Condition::FourEyes]);
    let carols = desk.grant(seal, CAROL, vec![]);
    desk.grant(seal, SELMA, vec![]);
    let approve = |desk: &mut Desk<'_, _>, by: u8| {
        let wish = request("1", seal, "a");
        let proofs = desk.proofs(user(by), &wish);
        let caller = Caller::Person { user: user(by), proofs: &proofs };
        desk.office.approve(wish, user(BOB), caller, &desk.chain, desk.now, &mut rng()).unwrap();
    };
    approve(&mut desk, CAROL);
    let permit = desk.review(BOB, request("1", seal, "a")).unwrap();
    desk.key.is(Mood::Loses);
    assert!(matches!(desk.seal(permit), Err(chancery_seal::SealError::Unknown { .. })));
    desk.key.is(Mood::Signs);
    // The try that nobody knows of has its approval, as long as Carol may give it.
    assert!(desk.review(BOB, request("1", seal, "a")).is_ok());
    let _ = desk.seals(SealAct::Cancel { grant: carols });
    let missing = [Violation::ApprovalMissing { grant }];
    assert_eq!(refused(desk.review(BOB, request("1", seal, "a"))), missing);
    approve(&mut desk, SELMA);
    let permit = desk.review(BOB, request("1", seal, "a")).unwrap();
    assert_eq!(permit.agreement().approved_by, Some(user(SELMA)));
    desk.seal(permit).unwrap();
}

#[test]
fn an_approval_counts_as_long_as_who_gave_it_stands() {
    let bob = user(BOB);
    let carol = user(CAROL);
    type Ends = fn(&mut Desk<'_, chancery_ledger::MemoryStore>, chancery_auth::UserId);
    let ends: [Ends; 3] = [
        |desk, carol| drop(desk.seals(SealAct::DisableUser { user: carol })),
        |desk, carol| desk.account(chancery_seal::AccountAct::EndEmployeeValidation { user: carol }),
        |desk, carol| desk.account(chancery_seal::AccountAct::Remove { user: carol }),
    ];
    for end in ends {
        let store = memory();
        let (mut desk, seal) = Desk::ready(&store);
        let grant = desk.grant(seal, BOB, vec![Condition::FourEyes]);
        desk.grant(seal, CAROL, vec![]);
        let wish = request("1", seal, "a");
        let proofs = desk.proofs(carol, &wish);
        let caller = Caller::Person { user: carol, proofs: &proofs };
        desk.office.approve(wish, bob, caller, &desk.chain, desk.now, &mut rng()).unwrap();
        let permit = desk.review(BOB, request("1", seal, "a")).unwrap();
        end(&mut desk, carol);
        let missing = [Violation::ApprovalMissing { grant }];
        assert_eq!(refused_use(desk.seal(permit)), missing);
        assert_eq!(refused(desk.review(BOB, request("1", seal, "a"))), missing);
        assert_eq!(desk.key.count(), 0);
    }
}

#[test]
fn an_approver_has_a_right_for_this_class_now() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![Condition::FourEyes]);
    let of = |class, from| chancery_seal::NewGrant {
        seal,
        user: user(CAROL),
        classes: chancery_seal::ClassSet::from(class),
        window: chancery_seal::Window::starting(from),
        conditions: vec![],
    };
    let (contract, invoice) = (chancery_seal::DocumentClass::Contract, chancery_seal::DocumentClass::Invoice);
    let _ = desk.seals(SealAct::Grant(of(invoice, start())));
    let _ = desk.seals(SealAct::Grant(of(contract, start() + hours(1))));
    let wish = request("1", seal, "a");
    let proofs = desk.proofs(user(CAROL), &wish);
    let caller = Caller::Person { user: user(CAROL), proofs: &proofs };
    let approved = desk.office.approve(wish, user(BOB), caller, &desk.chain, desk.now, &mut rng());
    let Err(ReviewError::Refused(refused)) = approved else { panic!("{approved:?}") };
    assert_eq!(refused.violations(), [Violation::NoGrant]);
}

#[test]
fn what_stands_against_an_approval_is_named() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![Condition::FourEyes]);
    desk.grant(seal, CAROL, vec![]);
    let against = |result| match result {
        Err(ReviewError::Refused(refused)) => chancery_seal::Refused::violations(&refused).to_vec(),
        other => panic!("not refused: {other:?}"),
    };
    let approve = |desk: &Desk<'_, _>, wish: SealRequest, proofs: &[_], at| {
        let caller = Caller::Person { user: user(CAROL), proofs };
        desk.office.approve(wish, user(BOB), caller, &desk.chain, at, &mut rng())
    };
    // A clock that is behind.
    let wish = || request("1", seal, "a");
    let proofs = desk.proofs(user(CAROL), &wish());
    let behind = start() - SignedDuration::from_secs(61);
    let found = against(approve(&desk, wish(), &proofs, behind));
    assert!(found.contains(&Violation::ClockBehind { now: behind, latest: start() }), "{found:?}");
    // Bytes that name no content.
    let algorithm = chancery_key::SignatureAlgorithm::Ecdsa(chancery_digest::DigestAlgorithm::Sha256);
    let bytes = chancery_key::ToBeSigned::new(algorithm, b"whatever".to_vec());
    let document = chancery_seal::Document {
        file_name: chancery_seal::FileName::new("a.pdf").unwrap(),
        digest: chancery_digest::AnyDigest::digest(chancery_digest::DigestAlgorithm::Sha256, b"a"),
        class: chancery_seal::DocumentClass::Contract,
    };
    let blind = SealRequest::new(key("1"), seal, document, bytes);
    let proofs = desk.proofs(user(CAROL), &blind);
    let found = against(approve(&desk, blind, &proofs, start()));
    assert!(matches!(found[..], [Violation::Content(_)]), "{found:?}");
    // A program is no second person.
    let token = chancery_seal::ApiToken::random(&mut rng());
    let classes = chancery_seal::DocumentClass::Contract.into();
    let issues = |state: &chancery_seal::OrganisationState| {
        state.member(user(CAROL)).unwrap().issues(&token, vec![chancery_seal::Scope { seal, classes }], None)
    };
    let command = desk.office.organisation(issues).unwrap();
    assert!(matches!(desk.ask(&command), chancery_seal::Reply::Token(_)));
    let program = Caller::Token(&token);
    let found = desk.office.approve(wish(), user(BOB), program, &desk.chain, start(), &mut rng());
    assert_eq!(against(found), [Violation::CodeNotProved]);
    // Nobody approves while the organisation rests, nor somebody whose employment does.
    let proofs = desk.proofs(user(CAROL), &wish());
    desk.account(chancery_seal::AccountAct::EndOrganisationValidation);
    let found = against(approve(&desk, wish(), &proofs, start()));
    assert!(found.contains(&Violation::OrganisationNotValidated { window: None }), "{found:?}");
}
