//! The use of a seal: agreed before, judged again, committed, then made, once.

use chancery_auth::{Application, ApprovalCode, Keeper};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_ledger::{LedgerVerifier, Store, Verification};
use chancery_seal::{
    AccountAct, Amount, Caller, Condition, Currency, DocumentClass, Domain, Repetition, RevocationDemand,
    SealAct, SealError, SealKey, SealKind, SealPolicy, ServiceDesk, UsageOutcome, Violation,
};
use chancery_testkit::FastHasher;
use jiff::SignedDuration;

use crate::desk::*;

#[test]
fn a_seal_is_set_and_everything_is_recorded() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    let grant = desk.grant(seal, BOB, vec![]);
    let request = request("use 1", seal, "a contract");
    let bytes = request.to_be_signed().clone();
    let permit = desk.review(BOB, request).unwrap();
    assert_eq!(permit.content_digest(), &DigestAlgorithm::Sha256.digest(b"a contract"));
    assert_eq!((permit.agreement().grant, desk.key.count()), (grant, 0), "the key does not move before");
    let sealed = desk.seal(permit).unwrap();
    sealed.value().check(SEAL.certificate(), &bytes).unwrap();
    assert_eq!((desk.key.count(), desk.balance(), sealed.repetition()), (1, 99, Repetition::First));
    let finished = DigestAlgorithm::Sha256.digest(b"the finished file");
    desk.office.finished(&sealed, finished, desk.now, &mut rng()).unwrap();

    let [record] = &desk.log()[..] else { panic!("one line") };
    assert_eq!(record.outcome, UsageOutcome::Sealed { value: sealed.value().as_bytes().to_vec() });
    assert_eq!(record.details.file_digest.digest(), &DigestAlgorithm::Sha256.digest(b"a contract"));
    assert_eq!(record.details.words.as_ref().unwrap().seal_name.as_ref().unwrap().as_str(), "Contract seal");
    assert_eq!(record.details.user, Some(user(BOB)));
    assert_eq!(record.finished_digest.unwrap().digest(), &finished);
    let verification = LedgerVerifier::new().verify(&mut store.records(), &tenant()).unwrap();
    assert!(matches!(verification, Verification::ConsistentOnly { .. }), "{verification}");
}

#[test]
fn everything_that_stands_against_a_use_is_listed_at_once_and_recorded() {
    // M19, G10
    let store = memory();
    let (desk, seal) = Desk::ready(&store);
    let euro = Currency::new("EUR").unwrap();
    let below = Amount { currency: euro, units: 10_000 };
    desk.grant(seal, BOB, vec![Condition::AmountBelow(below), Condition::FourEyes]);
    let _ = desk.seals(SealAct::DisableUser { user: user(BOB) });
    desk.account(AccountAct::EndOrganisationValidation);
    desk.account(AccountAct::EndDomainValidation { domain: Domain::new("acme.example").unwrap() });
    desk.account(AccountAct::EndEmployeeValidation { user: user(BOB) });
    let _ = desk.seals(SealAct::Resign);
    let much = Amount { currency: euro, units: 10_000 };
    let wish = request_of("use 1", seal, "a", DocumentClass::Official).amount(much);
    let caller = Caller::Person { user: user(BOB), proofs: &[] };
    let found = refused(desk.office.review(wish, caller, &desk.chain, desk.now, &mut rng()));
    let has = |wanted: fn(&Violation) -> bool| assert!(found.iter().any(wanted), "{found:?}");
    has(|v| matches!(v, Violation::OrganisationNotValidated { .. }));
    has(|v| matches!(v, Violation::NoSealAdministrator));
    has(|v| matches!(v, Violation::EmployeeNotValidated { .. }));
    has(|v| matches!(v, Violation::DomainNotValidated { .. }));
    has(|v| matches!(v, Violation::UserDisabled { .. }));
    has(|v| matches!(v, Violation::CodeNotProved));
    has(|v| matches!(v, Violation::CodeAlone));
    has(|v| matches!(v, Violation::ClassNotOfSeal { .. }));
    has(|v| matches!(v, Violation::GrantOtherClass { .. }));
    has(|v| matches!(v, Violation::AmountTooHigh { .. }));
    has(|v| matches!(v, Violation::ApprovalMissing { .. }));
    assert!(found.iter().all(|violation| !violation.cure().is_empty()));
    let recorded =
        store.events(&tenant(), desk.office.usage_stream(), chancery_ledger::Version(1), 10).unwrap();
    let text = String::from_utf8(recorded.last().unwrap().payload().unwrap().to_vec()).unwrap();
    assert!(text.contains("organisation-not-validated") && text.contains("approval-missing"), "{text}");
    assert_eq!(desk.key.count(), 0);
}

#[test]
fn what_ends_between_review_and_use_refuses() {
    // M7: a running session is judged again when it completes.
    type Ends =
        fn(&mut Desk<'_, chancery_ledger::MemoryStore>, chancery_seal::SealId, chancery_seal::GrantId);
    let ends: [(&str, Ends); 9] = [
        ("disabled", |desk, _, grant| drop(desk.seals(SealAct::Disable { grant }))),
        ("cancelled", |desk, _, grant| drop(desk.seals(SealAct::Cancel { grant }))),
        ("the person disabled", |desk, _, _| drop(desk.seals(SealAct::DisableUser { user: user(BOB) }))),
        ("the seal retired", |desk, seal, _| drop(desk.seals(SealAct::RetireSeal { seal }))),
        ("no administrator", |desk, _, _| drop(desk.seals(SealAct::Resign))),
        ("the person left", |desk, _, _| desk.account(AccountAct::Remove { user: user(BOB) })),
        ("the domain lapsed", |desk, _, _| {
            desk.account(AccountAct::EndDomainValidation { domain: Domain::new("acme.example").unwrap() });
        }),
        ("the organisation lapsed", |desk, _, _| desk.account(AccountAct::EndOrganisationValidation)),
        ("time passed", |desk, _, _| desk.goes_on(SignedDuration::from_mins(6))),
    ];
    for (what, end) in ends {
        let store = memory();
        let (mut desk, seal) = Desk::ready(&store);
        let grant = desk.grant(seal, BOB, vec![]);
        let permit = desk.review(BOB, request("use 1", seal, "a")).unwrap();
        // In another office, as another process would do it.
        end(&mut desk, seal, grant);
        let found = refused_use(desk.seal(permit));
        assert!(!found.is_empty(), "{what}");
        assert_eq!((desk.key.count(), desk.balance()), (0, 100), "{what}");
    }
}

#[test]
fn another_process_ends_a_right_and_this_one_notices() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    let grant = desk.grant(seal, BOB, vec![]);
    let permit = desk.review(BOB, request("use 1", seal, "a")).unwrap();
    let command = desk.seal_command(SELMA, SealAct::Disable { grant });
    let other = desk.reopened(&store);
    let _ = other.ask(&command, desk.now, &mut rng()).unwrap();
    assert_eq!(refused_use(desk.seal(permit)), [Violation::GrantDisabled { grant }]);
    assert_eq!(desk.key.count(), 0);
}

#[test]
fn the_same_key_of_a_use_signs_once() {
    // M5
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let first = desk.use_seal(BOB, request("use 1", seal, "a"));
    let again = desk.use_seal(BOB, request("use 1", seal, "a"));
    assert_eq!(again.value().as_bytes(), first.value().as_bytes());
    assert_eq!((again.repetition(), desk.key.count(), desk.balance()), (Repetition::Again, 1, 99));
    // Other bytes, or another person, under the same key.
    let reused = [Violation::KeyReused { key: key("use 1") }];
    assert_eq!(refused(desk.review(BOB, request("use 1", seal, "b"))), reused);
    desk.grant(seal, CAROL, vec![]);
    assert_eq!(refused(desk.review(CAROL, request("use 1", seal, "a"))), reused);
    // Also when the first was made between review and use.
    let late = desk.review(BOB, request("use 2", seal, "b")).unwrap();
    desk.use_seal(BOB, request("use 2", seal, "a"));
    assert_eq!(refused_use(desk.seal(late)), [Violation::KeyReused { key: key("use 2") }]);
    assert_eq!((desk.key.count(), desk.balance()), (2, 98));
}

#[test]
fn at_zero_nothing_is_sealed_and_what_was_sealed_is_still_given() {
    // M5
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    for n in 0..100 {
        desk.use_seal(BOB, request(&format!("use {n}"), seal, "a"));
    }
    assert_eq!(desk.balance(), 0);
    assert_eq!(refused(desk.review(BOB, request("one more", seal, "a"))), [Violation::QuotaExhausted]);
    let again = desk.use_seal(BOB, request("use 7", seal, "a"));
    assert_eq!((again.repetition(), desk.key.count()), (Repetition::Again, 100));
    // A refund needs a reason and a use, and counts once.
    let service = ServiceDesk::that_checks_letters();
    let refund = |key: &str, why: &str| {
        desk.office.refund(&service, &crate::desk::key(key), &label(why), desk.now, &mut rng())
    };
    assert!(refund("one more", "never sealed").is_err());
    refund("use 7", "sealed twice by mistake").unwrap();
    refund("use 7", "sealed twice by mistake").unwrap();
    assert!(refund("use 7", "another reason").is_err());
    assert_eq!(desk.balance(), 1);
    // A receipt counts once.
    desk.office.buy(&service, 5, &label("receipt 2"), desk.now, &mut rng()).unwrap();
    desk.office.buy(&service, 5, &label("receipt 2"), desk.now, &mut rng()).unwrap();
    assert_eq!(desk.balance(), 6);
}

#[test]
fn two_nodes_do_not_both_spend_the_last_time() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    for n in 0..99 {
        desk.use_seal(BOB, request(&format!("use {n}"), seal, "a"));
    }
    let one = desk.review(BOB, request("one", seal, "a")).unwrap();
    let two = desk.review(BOB, request("two", seal, "b")).unwrap();
    let other = desk.reopened(&store);
    other.seal(two, &desk.seal_key, &desk.chain, desk.now, &mut rng()).unwrap();
    assert_eq!(refused_use(desk.seal(one)), [Violation::QuotaExhausted]);
    assert_eq!((desk.balance(), desk.key.count()), (0, 100));
}

#[test]
fn a_key_that_gives_nothing_or_something_wrong() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    for (mood, use_key) in [(Mood::Refuses, "use 1"), (Mood::Lies, "use 2")] {
        desk.key.is(mood);
        let permit = desk.review(BOB, request(use_key, seal, "a")).unwrap();
        assert!(matches!(desk.seal(permit), Err(SealError::Failed { .. })));
        // The same key of the use says the same; nothing was spent.
        desk.key.is(Mood::Signs);
        let permit = desk.review(BOB, request(use_key, seal, "a")).unwrap();
        assert!(matches!(desk.seal(permit), Err(SealError::Failed { .. })));
        assert_eq!(desk.balance(), 100);
    }
    desk.key.is(Mood::Loses);
    let permit = desk.review(BOB, request("use 3", seal, "a")).unwrap();
    assert!(matches!(desk.seal(permit), Err(SealError::Unknown { .. })));
    assert_eq!(desk.balance(), 99, "reserved until it is known");
    // Other bytes under that key are refused, the same are tried again for the same time.
    let found = refused(desk.review(BOB, request("use 3", seal, "b")));
    assert_eq!(found, [Violation::KeyReused { key: key("use 3") }]);
    desk.key.is(Mood::Signs);
    let sealed = desk.use_seal(BOB, request("use 3", seal, "a"));
    assert_eq!((sealed.repetition(), desk.balance()), (Repetition::First, 99));
    let record =
        desk.log().into_iter().find(|record| record.details.key == key("use 3") && record.right.is_some());
    assert_eq!(record.unwrap().tries, 2);
}

#[test]
fn only_the_key_of_the_bound_certificate() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let other = PKI.issue(legal("Another seal"));
    let permit = desk.review(BOB, request("use 1", seal, "a")).unwrap();
    let other_key = CountingKey::new(&other);
    let result =
        desk.office.seal(permit, &SealKey::new(other_key.clone()), &desk.chain, desk.now, &mut rng());
    assert_eq!(refused_use(result), [Violation::OtherKey]);
    let other_chain = chain_of(&other, desk.now);
    let permit = desk.review(BOB, request("use 2", seal, "a")).unwrap();
    let result =
        desk.office.seal(permit, &SealKey::new(other_key.clone()), &other_chain, desk.now, &mut rng());
    let found = refused_use(result);
    assert!(found.iter().any(|v| matches!(v, Violation::OtherCertificate { .. })), "{found:?}");
    assert!(found.contains(&Violation::OtherSigningCertificate));
    assert_eq!(other_key.count() + desk.key.count(), 0);
}

#[test]
fn a_certificate_that_ends_or_is_not_known_to_be_good() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let permit = desk.review(BOB, request("use 1", seal, "a")).unwrap();
    let unknown = unchecked_chain(&SEAL, desk.now);
    let found = refused_use(desk.office.seal(permit, &desk.seal_key, &unknown, desk.now, &mut rng()));
    assert!(
        found.iter().all(|v| matches!(v, Violation::Chain(chancery_seal::ChainUnfit::Revocation { .. }))),
        "{found:?}"
    );
    // Verified too long ago: whoever revoked it since would not be heard.
    let old = chain_of(&SEAL, desk.now - SignedDuration::from_mins(6));
    let permit = desk.review(BOB, request("use 2", seal, "a")).unwrap();
    let found = refused_use(desk.office.seal(permit, &desk.seal_key, &old, desk.now, &mut rng()));
    assert!(matches!(found[..], [Violation::Chain(chancery_seal::ChainUnfit::Stale { .. })]), "{found:?}");
    assert_eq!(desk.key.count(), 0);
}

#[test]
fn factors_are_for_this_use_fresh_and_two() {
    // M17
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let bob = user(BOB);
    let wish = || request("use 1", seal, "a");
    let occasion = wish().occasion(bob).unwrap();
    let (now, chain) = (desk.now, desk.chain.clone());
    let login = Application::that_verifies_logins();
    let code = desk.codes.get_mut(&bob).unwrap();
    let alone = [prove(code, "7294", &occasion, now)];
    let other_use = request("use 1", seal, "b").occasion(bob).unwrap();
    let other = [prove(code, "7294", &other_use, now), login.password(occasion, now)];
    let early = now - SignedDuration::from_mins(5);
    let stale = [prove(code, "7294", &occasion, now), login.password(occasion, early)];
    let no_code = [login.password(occasion, now), login.second_device(occasion, now)];
    let before = [prove(code, "7294", &occasion, now), login.password(occasion, now)];
    let keeper = Keeper::<ApprovalCode, _>::new(FastHasher);
    reset(&keeper, code, ApprovalCode::new("3058").unwrap(), now);
    let after = [prove(code, "3058", &occasion, now), login.password(occasion, now)];
    let code = desk.codes.remove(&bob).unwrap();
    let review = |proofs: &[chancery_auth::ProvedFactor]| {
        let caller = Caller::Person { user: bob, proofs };
        desk.office.review(wish(), caller, &chain, now, &mut rng())
    };
    assert_eq!(refused(review(&alone)), [Violation::CodeAlone]);
    assert!(refused(review(&other)).iter().any(|v| matches!(v, Violation::ProofForOther { .. })));
    assert!(refused(review(&stale)).iter().any(|v| matches!(v, Violation::ProofNotFresh { .. })));
    assert_eq!(refused(review(&no_code)), [Violation::CodeNotProved]);
    assert!(review(&before).is_ok(), "nobody has told of the new code yet");
    let command =
        desk.office.organisation(|state| state.member(bob).unwrap().has_set(&code).unwrap()).unwrap();
    desk.done(&command);
    assert!(refused(review(&before)).contains(&Violation::ProofSuperseded));
    assert!(review(&after).is_ok());
}

#[test]
fn before_the_code_is_set_no_seal() {
    // M17
    let store = memory();
    let mut desk = Desk::empty(&store);
    desk.found();
    let seal = desk.new_seal("Seal", SealKind::Contract, [DocumentClass::Contract]);
    desk.bind(seal);
    let dave = user(9);
    desk.account(AccountAct::Admit { user: dave, mailbox: mailbox("dave@acme.example") });
    desk.grant(seal, 9, vec![]);
    desk.codes.insert(dave, code_of(dave)); // set, but the organisation was not told
    let found = refused(desk.review(9, request("use 1", seal, "a")));
    assert!(found.contains(&Violation::SetupRequired), "{found:?}");
}

#[test]
fn a_clock_that_is_behind_revives_nothing() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    desk.now -= SignedDuration::from_mins(2);
    desk.chain = chain_of(&SEAL, desk.now);
    let caller = Caller::Person { user: user(BOB), proofs: &[] };
    let found =
        refused(desk.office.review(request("use 1", seal, "a"), caller, &desk.chain, desk.now, &mut rng()));
    assert!(matches!(found[0], Violation::ClockBehind { .. }), "{found:?}");
}

#[test]
fn a_permit_of_another_office_permits_nothing() {
    let (store, fake) = (memory(), memory());
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let policy = SealPolicy::default().with_revocation(RevocationDemand::NotAsked);
    let other = chancery_seal::Office::new(&fake, &tenant(), "other", policy).unwrap();
    let permit = desk.review(BOB, request("use 1", seal, "a")).unwrap();
    let found = refused_use(other.seal(permit, &desk.seal_key, &desk.chain, desk.now, &mut rng()));
    assert!(found.contains(&Violation::PermitOfOther), "{found:?}");
    assert_eq!(desk.key.count(), 0);
}

#[test]
fn a_failed_try_after_an_unknown_one_stays_unknown() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    for mood in [Mood::Loses, Mood::Refuses, Mood::Lies] {
        desk.key.is(mood);
        let permit = desk.review(BOB, request("use 1", seal, "a")).unwrap();
        assert!(matches!(desk.seal(permit), Err(SealError::Unknown { .. })), "{mood:?}");
        assert_eq!(desk.balance(), 99, "a signature may exist: its time stays reserved");
    }
    desk.key.is(Mood::Signs);
    desk.use_seal(BOB, request("use 1", seal, "a"));
    assert_eq!((desk.balance(), desk.log().last().unwrap().tries), (99, 4));
}

#[test]
fn a_clock_of_the_future_is_undone_and_a_refusal_carries_none_along() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let far = "2099-01-01T00:00:00Z".parse().unwrap();
    let stranger = chancery_seal::ApiToken::random(&mut rng());
    let wish = request("use 1", seal, "a");
    let told =
        refused(desk.office.review(wish.clone(), Caller::Token(&stranger), &desk.chain, far, &mut rng()));
    assert_eq!(told, [Violation::TokenUnknown], "a stranger learns nothing else");
    let caller = Caller::Person { user: user(BOB), proofs: &[] };
    let _ = refused(desk.office.review(wish, caller, &desk.chain, far, &mut rng()));
    desk.use_seal(BOB, request("use 1", seal, "a"));
    // An act carries the time along; the service desk sets it right.
    let command = desk.seal_command(SELMA, SealAct::DisableUser { user: user(CAROL) });
    let domain = chancery_seal::Window::starting(start());
    let acme = Domain::new("acme.example").unwrap();
    desk.account(AccountAct::ValidateDomain { domain: acme, window: domain });
    desk.account(AccountAct::ValidateEmployee { user: user(SELMA), window: domain });
    let _ = desk.office.ask(&command, far, &mut rng()).unwrap();
    assert!(matches!(
        refused(desk.review(BOB, request("use 2", seal, "a")))[0],
        Violation::ClockBehind { .. }
    ));
    desk.office.set_clock(&ServiceDesk::that_checks_letters(), desk.now, &mut rng()).unwrap();
    desk.use_seal(BOB, request("use 2", seal, "a"));
}

#[test]
fn a_sealed_value_of_one_office_finishes_nothing_in_another() {
    let (one, two) = (memory(), memory());
    let (mut desk, seal) = Desk::ready(&one);
    desk.grant(seal, BOB, vec![]);
    let sealed = desk.use_seal(BOB, request("use 1", seal, "a"));
    let (mut other, seal) = Desk::ready(&two);
    other.grant(seal, BOB, vec![]);
    other.use_seal(BOB, request("use 1", seal, "b"));
    let elsewhere = chancery_seal::Office::new(&two, &tenant(), "elsewhere", SealPolicy::default()).unwrap();
    let digest = DigestAlgorithm::Sha256.digest(b"x");
    assert!(elsewhere.finished(&sealed, digest, desk.now, &mut rng()).is_err());
}

#[test]
fn an_attempt_of_a_clock_of_the_future_is_recovered() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let right = desk.now;
    desk.now += SignedDuration::from_hours(2400);
    desk.chain = unchecked_chain(&SEAL, desk.now);
    // That node dies while the key is used: its outcome is not recorded.
    let policy = SealPolicy::default().with_revocation(RevocationDemand::NotAsked);
    let calls = |fault: Option<u64>, desk: &mut Desk<'_, _>| {
        let faults =
            fault.map(|call| chancery_ledger::Fault { call, kind: chancery_ledger::FaultKind::DeadBefore });
        let faulty = chancery_ledger::FaultyStore::new(&store, faults);
        let office = chancery_seal::Office::new(&faulty, &tenant(), "acme", policy).unwrap();
        let wish = request("use 1", seal, "a");
        let proofs = desk.proofs(user(BOB), &wish);
        let caller = Caller::Person { user: user(BOB), proofs: &proofs };
        if let Ok(permit) = office.review(wish, caller, &desk.chain, desk.now, &mut rng()) {
            let _ = office.seal(permit, &desk.seal_key, &desk.chain, desk.now, &mut rng());
        }
    };
    for call in 0.. {
        calls(Some(call), &mut desk);
        if desk.office.account(chancery_seal::UsageState::reserved).unwrap() == 1 {
            break;
        }
        assert!(call < 50);
    }
    desk.office.set_clock(&ServiceDesk::that_checks_letters(), right, &mut rng()).unwrap();
    assert_eq!(desk.office.recover(SignedDuration::ZERO, right, &mut rng()).unwrap(), 1);
}

#[test]
fn each_thing_that_stands_against_a_use_is_named_alone() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    let contract = DocumentClass::Contract;
    let classes = chancery_seal::ClassSet::from(contract);
    let nowhere = chancery_seal::SealId::from_bytes([9; 16]);
    let found = refused(desk.review(BOB, request("1", nowhere, "a")));
    assert_eq!(found, [Violation::NoSeal { seal: nowhere }]);

    let window = chancery_seal::Window::starting(start() + hours(1));
    let terms = chancery_seal::NewGrant { seal, user: user(BOB), classes, window, conditions: vec![] };
    let chancery_seal::Reply::Grant(later) = desk.seals(SealAct::Grant(terms)) else { panic!() };
    let not_now = Violation::GrantNotNow { grant: later, window };
    assert_eq!(refused(desk.review(BOB, request("2", seal, "a"))), [not_now]);

    let carols = desk.grant(seal, CAROL, vec![]);
    let class = DocumentClass::Invoice;
    let found = refused(desk.review(CAROL, request_of("3", seal, "a", class)));
    assert_eq!(found, [Violation::GrantOtherClass { grant: carols, class, classes }]);

    let bare = desk.new_seal("Bare", SealKind::Contract, [contract]);
    desk.grant(bare, CAROL, vec![]);
    assert_eq!(refused(desk.review(CAROL, request("4", bare, "a"))), [Violation::NoCertificate]);

    let algorithm = chancery_key::SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
    let bytes = chancery_key::ToBeSigned::new(algorithm, b"whatever".to_vec());
    let document = chancery_seal::Document {
        file_name: chancery_seal::FileName::new("a.pdf").unwrap(),
        digest: DigestAlgorithm::Sha256.digest(b"a"),
        class: contract,
    };
    let blind = chancery_seal::SealRequest::new(key("5"), seal, document, bytes);
    let found = refused(desk.review(CAROL, blind));
    assert!(matches!(found[..], [Violation::Content(_)]), "{found:?}");

    // M11: Carol's own seal is not Bob's.
    let own = chancery_seal::NewSeal {
        name: label("Carol"),
        kind: SealKind::Personal,
        classes: chancery_seal::ClassSet::from(DocumentClass::Personal),
        owner: Some(user(CAROL)),
    };
    let chancery_seal::Reply::Seal(own) = desk.seals(SealAct::CreateSeal(own)) else { panic!() };
    let found = refused(desk.review(BOB, request_of("6", own, "a", DocumentClass::Personal)));
    assert_eq!(found, [Violation::SealOfOther, Violation::NoGrant, Violation::NoCertificate]);
}

#[test]
fn amounts_and_counterparties_are_what_the_grant_says() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    let of = |currency, units| Amount { currency: Currency::new(currency).unwrap(), units };
    let (below, only) = (of("EUR", 100), label("Good Ltd"));
    let grant =
        desk.grant(seal, BOB, vec![Condition::AmountBelow(below), Condition::Counterparty(only.clone())]);
    let missing = Violation::AmountMissing { grant, currency: below.currency };
    let too_high = |amount| Violation::AmountTooHigh { grant, below, amount };
    let other = Violation::OtherCounterparty { grant, only: only.clone() };
    let wish = |n: u8| request(&format!("use {n}"), seal, "a");
    assert_eq!(refused(desk.review(BOB, wish(1))), [missing.clone(), other.clone()], "nothing is said");
    let dollars = wish(2).amount(of("USD", 50)).counterparty(only.clone());
    assert_eq!(refused(desk.review(BOB, dollars)), [missing]);
    let hundred = wish(3).amount(below).counterparty(only.clone());
    assert_eq!(refused(desk.review(BOB, hundred)), [too_high(below)], "below is not at");
    let evil = wish(4).amount(of("EUR", 99)).counterparty(label("Evil Ltd"));
    assert_eq!(refused(desk.review(BOB, evil)), [other]);
    assert!(desk.review(BOB, wish(5).amount(of("EUR", 99)).counterparty(only)).is_ok());
}

#[test]
fn a_try_that_nobody_knows_of_keeps_its_key_for_the_same() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let permit = desk.review(BOB, request("1", seal, "a")).unwrap();
    desk.key.is(Mood::Loses);
    assert!(matches!(desk.seal(permit), Err(SealError::Unknown { .. })));
    let organisation = desk.office.organisation(Clone::clone).unwrap();
    let usage = desk.office.account(Clone::clone).unwrap();
    for (text, expected) in [("a", vec![]), ("b", vec![Violation::KeyReused { key: key("1") }])] {
        let wish = request("1", seal, text);
        let proofs = desk.proofs(user(BOB), &wish);
        let case = chancery_seal::Case::new(wish, Caller::Person { user: user(BOB), proofs: &proofs });
        let judged = case.judge(&organisation, &usage, &desk.chain, desk.office.policy(), desk.now);
        assert_eq!(judged.err().unwrap_or_default(), expected, "the pure decision alone: {text}");
    }
}

#[test]
fn an_office_that_knows_less_tries_again_what_is_unknown() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let other = desk.reopened(&store);
    let permit = desk.review(BOB, request("1", seal, "a")).unwrap();
    // The other process tries, and says that nobody knows; this one has not read that yet.
    desk.key.is(Mood::Loses);
    let lost = other.seal(permit, &desk.seal_key, &desk.chain, desk.now, &mut rng());
    assert!(matches!(lost, Err(SealError::Unknown { .. })));
    desk.key.is(Mood::Signs);
    let wish = request("1", seal, "a");
    let proofs = desk.proofs(user(BOB), &wish);
    let caller = Caller::Person { user: user(BOB), proofs: &proofs };
    let permit = other.review(wish, caller, &desk.chain, desk.now, &mut rng()).unwrap();
    assert_eq!(desk.seal(permit).unwrap().repetition(), Repetition::First);
    assert_eq!((desk.key.count(), desk.balance()), (2, 99));
}
