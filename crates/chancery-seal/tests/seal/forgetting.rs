//! What names a person can be erased; that it happened, and every proof of it, stays.

use std::io::BufReader;

use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_ledger::{
    Commit, ExportVerdict, LedgerVerifier, Part, Refusal, Store, Verification, Version, read_export,
};
use chancery_seal::{
    Condition, OfficeError, Query, Repetition, SealAct, ServiceDesk, UsageOutcome, Violation, to_csv,
};

use crate::desk::*;

fn desk_of_services() -> ServiceDesk {
    ServiceDesk::that_checks_letters()
}

#[test]
fn words_are_erased_and_all_else_stays() {
    // M19, M20
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![Condition::FourEyes]);
    desk.grant(seal, CAROL, vec![]);
    let wish = || request("use", seal, "a").counterparty(label("Erika Mustermann"));
    // Refused, approved, unknown, tried again and sealed: five events with words.
    let _ = refused(desk.review(BOB, wish()));
    let proofs = desk.proofs(user(CAROL), &wish());
    let approver = chancery_seal::Caller::Person { user: user(CAROL), proofs: &proofs };
    desk.office.approve(wish(), user(BOB), approver, &desk.chain, desk.now, &mut rng()).unwrap();
    desk.key.is(Mood::Loses);
    let permit = desk.review(BOB, wish()).unwrap();
    let _ = desk.seal(permit).unwrap_err();
    desk.key.is(Mood::Signs);
    let sealed = desk.use_seal(BOB, wish());
    desk.use_seal(CAROL, request("another", seal, "b"));
    let finished = DigestAlgorithm::Sha256.digest(b"finished");
    desk.office.finished(&sealed, finished, desk.now, &mut rng()).unwrap();
    let before = desk.log();
    let words = before[1].details.words.as_ref().unwrap();
    assert_eq!(words.counterparty, Some(label("Erika Mustermann")));

    let forget = |key_of: &str| {
        let at = desk.now;
        desk.office.forget(&desk_of_services(), &key(key_of), at, &mut rng()).unwrap()
    };
    assert_eq!(forget("use"), 4);
    assert_eq!(forget("use"), 0, "nothing is left");
    assert_eq!(forget("no such use"), 0);

    // Nothing but the words is gone, and they are gone from the store.
    let text = |event: &chancery_ledger::Event| {
        let bytes = [event.payload().unwrap_or_default(), event.evidence().unwrap_or_default()].concat();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let events = store.events(&tenant(), desk.office.usage_stream(), Version::EMPTY, 1000).unwrap();
    assert!(!events.iter().any(|event| text(event).contains("Mustermann")));
    let mut expected = before.clone();
    for record in expected.iter_mut().filter(|record| record.details.key == key("use")) {
        record.details.words = None;
    }
    assert_eq!(desk.log(), expected);
    assert!(desk.log()[2].details.words.is_some(), "of the other use all stays");
    assert!(to_csv(&desk.log()).contains("(erased)"));

    // A new process replays it; the same key gives the same value; the account is what it was.
    let again = desk.reopened(&store);
    assert_eq!(again.account(chancery_seal::UsageState::balance).unwrap(), 98);
    let repeated = desk.use_seal(BOB, wish());
    assert_eq!(
        (repeated.repetition(), repeated.value().as_bytes()),
        (Repetition::Again, sealed.value().as_bytes())
    );
    assert_eq!(desk.balance(), 98);

    // The administrator sees what was erased; proofs hold.
    let by = desk.office.organisation(|state| state.seal_administrator(user(SELMA)).unwrap()).unwrap();
    let erased = desk.office.erased(&by).unwrap();
    let kinds: Vec<_> = erased.iter().map(|erasure| erasure.kind.to_string()).collect();
    assert_eq!(kinds, ["seal.use-refused", "seal.use-approved", "seal.use-attempted", "seal.use-attempted"]);
    for erasure in &erased {
        assert_eq!((erasure.part, erasure.erased_by.as_str()), (Part::Evidence, "service-desk"));
        assert_ne!(erasure.recorded_by.as_str(), "service-desk");
    }
    let mut file = Vec::new();
    let checkpoint = desk.office.export_log(&by, &mut file).unwrap();
    let verdict = read_export(BufReader::new(&file[..]), Some(&checkpoint), |_| {}).unwrap();
    assert!(matches!(verdict, ExportVerdict::Holds(_)));
    assert!(!String::from_utf8(file).unwrap().contains("Mustermann"));
    let verification = LedgerVerifier::new().verify(&mut store.records(), &tenant()).unwrap();
    assert!(matches!(verification, Verification::ConsistentOnly { .. }), "{verification}");
    let _ = desk.seals(SealAct::Resign);
    assert!(matches!(desk.office.erased(&by), Err(OfficeError::Act(_))), "who resigned sees nothing");
}

#[test]
fn a_refusal_that_was_erased_as_a_whole_is_still_told_of() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    let _ = refused(desk.review(BOB, request("use", seal, "a")));
    let stream = desk.office.usage_stream().clone();
    let last = store.head(&tenant(), &stream).unwrap().version;
    let clerk = chancery_ledger::Actor::new("clerk").unwrap();
    let commit = Commit::new(&tenant(), &clerk, desk.now, &mut rng()).erase(&stream, last, Part::Payload);
    let _ = store.commit(&commit).unwrap();
    desk.grant(seal, BOB, vec![]);
    desk.use_seal(BOB, request("use", seal, "a"));
    let by = desk.office.organisation(|state| state.seal_administrator(user(SELMA)).unwrap()).unwrap();
    assert_eq!(desk.office.log(&by, &Query::default()).unwrap().len(), 1);
    let [erasure] = &desk.office.erased(&by).unwrap()[..] else { panic!("one") };
    assert_eq!((erasure.kind.as_str(), erasure.part), ("seal.use-refused", Part::Payload));
    assert_eq!(erasure.recorded_by.as_str(), user(BOB).to_string());
    assert_eq!(erasure.erased_by, clerk);
}

#[test]
fn a_legal_hold_keeps_the_words() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    desk.use_seal(BOB, request("use", seal, "a"));
    let clerk = chancery_ledger::Actor::new("clerk").unwrap();
    let hold = Commit::new(&tenant(), &clerk, desk.now, &mut rng());
    let _ = store.commit(&hold.hold(desk.office.usage_stream(), "a lawsuit")).unwrap();
    let forgotten = desk.office.forget(&desk_of_services(), &key("use"), desk.now, &mut rng());
    assert!(matches!(forgotten, Err(OfficeError::Ledger(Refusal::UnderLegalHold { .. }))), "{forgotten:?}");
    assert!(matches!(desk.log()[0].outcome, UsageOutcome::Sealed { .. }));
    assert!(desk.log()[0].details.words.is_some());
}

#[test]
fn what_stands_aside_is_forgotten_too() {
    let store = memory();
    let (desk, seal) = Desk::ready(&store);
    let unknown = chancery_seal::ApiToken::random(&mut rng());
    let caller = chancery_seal::Caller::Token(&unknown);
    let _ = refused(desk.office.review(request("use", seal, "a"), caller, &desk.chain, desk.now, &mut rng()));
    let forget = || desk.office.forget(&desk_of_services(), &key("use"), desk.now, &mut rng()).unwrap();
    assert_eq!((forget(), forget()), (1, 0));
    let by = desk.office.organisation(|state| state.seal_administrator(user(SELMA)).unwrap()).unwrap();
    let [erasure] = &desk.office.erased(&by).unwrap()[..] else { panic!("one") };
    assert_eq!(erasure.recorded_by.as_str(), "unknown-token");
}

/// A wish whose words are these.
fn named(key_of: &str, seal: chancery_seal::SealId, file: &str, whom: &str) -> chancery_seal::SealRequest {
    let digest = DigestAlgorithm::Sha256.digest(b"a");
    let document = chancery_seal::Document {
        file_name: chancery_seal::FileName::new(file).unwrap(),
        digest,
        class: chancery_seal::DocumentClass::Contract,
    };
    let wish = chancery_seal::SealRequest::new(key(key_of), seal, document, to_be_signed("a"));
    wish.counterparty(label(whom))
}

#[test]
fn nothing_that_stays_depends_on_the_words() {
    // Or whoever guesses erased words would know that the guess was right.
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let mut stays = Vec::new();
    for (use_key, file, whom) in [("u1", "one.pdf", "Erika Mustermann"), ("u2", "two.pdf", "Max Mustermann")]
    {
        desk.use_seal(BOB, named(use_key, seal, file, whom));
        let events = store.events(&tenant(), desk.office.usage_stream(), Version::EMPTY, 1000).unwrap();
        let attempted =
            events.iter().rfind(|event| event.record.kind.as_str() == "seal.use-attempted").unwrap();
        assert!(String::from_utf8_lossy(attempted.evidence().unwrap()).contains(whom));
        let payload = String::from_utf8(attempted.payload().unwrap().to_vec()).unwrap();
        let named = format!("{}\nattempt\n1/{use_key}", desk.office.usage_stream());
        let named = format!("seal/attempt/{}", chancery_ledger::Hash::of(named.as_bytes()));
        let request =
            store.request(&tenant(), &chancery_ledger::IdempotencyKey::new(&named).unwrap()).unwrap();
        stays.push((payload.replace(use_key, "KEY"), request.unwrap().command));
    }
    assert_eq!(stays[0], stays[1]);
}

#[test]
fn a_use_whose_words_are_erased_goes_on_and_an_approval_does_not() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let forget = |desk: &Desk<'_, chancery_ledger::MemoryStore>, key_of: &str| {
        desk.office.forget(&desk_of_services(), &key(key_of), desk.now, &mut rng()).unwrap()
    };
    // Another file under the same key is another wish, before and after it was settled; until nobody knows any more.
    desk.key.is(Mood::Loses);
    let permit = desk.review(BOB, named("use", seal, "one.pdf", "Erika")).unwrap();
    let _ = desk.seal(permit).unwrap_err();
    desk.key.is(Mood::Signs);
    let reused = [Violation::KeyReused { key: key("use") }];
    assert_eq!(refused(desk.review(BOB, named("use", seal, "two.pdf", "Erika"))), reused);
    assert_eq!(forget(&desk, "use"), 2);
    let other = desk.reopened(&store);
    let wish = named("use", seal, "one.pdf", "Erika");
    let proofs = desk.proofs(user(BOB), &wish);
    let caller = chancery_seal::Caller::Person { user: user(BOB), proofs: &proofs };
    let permit = other.review(wish, caller, &desk.chain, desk.now, &mut rng()).unwrap();
    let sealed = other.seal(permit, &desk.seal_key, &desk.chain, desk.now, &mut rng()).unwrap();
    assert_eq!((sealed.repetition(), desk.balance()), (Repetition::First, 99));
    assert_eq!(refused(desk.review(BOB, request("use", seal, "b"))), reused, "bytes and digests stay");
    assert_eq!(forget(&desk, "use"), 2, "the second try and the refusal");
    let again = desk.use_seal(BOB, named("use", seal, "two.pdf", "Erika"));
    assert_eq!(
        (again.repetition(), again.value().as_bytes()),
        (Repetition::Again, sealed.value().as_bytes())
    );

    // While the words stand, they must be the same, also once it is settled.
    desk.use_seal(BOB, named("another", seal, "one.pdf", "Erika"));
    let reused = [Violation::KeyReused { key: key("another") }];
    assert_eq!(refused(desk.review(BOB, named("another", seal, "two.pdf", "Erika"))), reused);
    assert_eq!(refused(desk.review(BOB, named("another", seal, "one.pdf", "Max"))), reused);

    // An approval is for the words too; without them nobody knows what was approved.
    desk.grant(seal, CAROL, vec![Condition::FourEyes]);
    let wish = || named("four eyes", seal, "one.pdf", "Erika");
    let proofs = desk.proofs(user(BOB), &wish());
    let approver = chancery_seal::Caller::Person { user: user(BOB), proofs: &proofs };
    desk.office.approve(wish(), user(CAROL), approver, &desk.chain, desk.now, &mut rng()).unwrap();
    assert_eq!(forget(&desk, "four eyes"), 1);
    let other = desk.reopened(&store);
    let proofs = desk.proofs(user(CAROL), &wish());
    let caller = chancery_seal::Caller::Person { user: user(CAROL), proofs: &proofs };
    let found = refused(other.review(wish(), caller, &desk.chain, desk.now, &mut rng()));
    assert!(matches!(found[..], [Violation::ApprovalMissing { .. }]), "{found:?}");
}

#[test]
fn what_is_forgotten_gives_nobody_a_right() {
    // An approval is for one use: also after the words of that use were erased.
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![Condition::FourEyes]);
    desk.grant(seal, CAROL, vec![]);
    let wish = |key: &str| request(key, seal, "a").counterparty(label("Erika Mustermann"));
    let proofs = desk.proofs(user(CAROL), &wish("approval"));
    let approver = chancery_seal::Caller::Person { user: user(CAROL), proofs: &proofs };
    desk.office.approve(wish("approval"), user(BOB), approver, &desk.chain, desk.now, &mut rng()).unwrap();
    desk.use_seal(BOB, wish("use 1"));
    desk.office.forget(&desk_of_services(), &key("use 1"), desk.now, &mut rng()).unwrap();
    for office in [&desk.reopened(&store), &desk.office] {
        let wish = wish("use 2");
        let caller = chancery_seal::Caller::Person { user: user(BOB), proofs: &[] };
        let found = refused(office.review(wish, caller, &desk.chain, desk.now, &mut rng()));
        assert!(found.iter().any(|v| matches!(v, Violation::ApprovalMissing { .. })), "{found:?}");
    }
}

#[test]
fn what_is_forgotten_is_forgotten_by_all_who_run() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![Condition::FourEyes]);
    desk.grant(seal, CAROL, vec![]);
    let wish = || request("use", seal, "a").counterparty(label("Erika Mustermann"));
    let other = desk.reopened(&store);
    let proofs = desk.proofs(user(CAROL), &wish());
    let approver = chancery_seal::Caller::Person { user: user(CAROL), proofs: &proofs };
    desk.office.approve(wish(), user(BOB), approver, &desk.chain, desk.now, &mut rng()).unwrap();
    other.account(|_| ()).unwrap();
    assert_eq!(desk.office.forget(&desk_of_services(), &key("use"), desk.now, &mut rng()).unwrap(), 1);
    for office in [&desk.office, &other, &desk.reopened(&store)] {
        let caller = chancery_seal::Caller::Person { user: user(BOB), proofs: &[] };
        let found = refused(office.review(wish(), caller, &desk.chain, desk.now, &mut rng()));
        assert!(found.iter().any(|v| matches!(v, Violation::ApprovalMissing { .. })), "{found:?}");
    }
    // What was erased before is no reason to begin again and again.
    let balance = other.account(chancery_seal::UsageState::balance).unwrap();
    assert_eq!(balance, desk.reopened(&store).account(chancery_seal::UsageState::balance).unwrap());
}
