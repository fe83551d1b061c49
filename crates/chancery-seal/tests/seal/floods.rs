//! Whoever has no right cannot fill the log of those who have.

use chancery_ledger::{MemoryStore, Store, StreamId};
use chancery_seal::{ApiToken, Caller, ClassSet, DocumentClass, Office, Reply, Scope, SealId, Violation};

use crate::desk::*;

/// A token of Bob's.
fn token(desk: &Desk<'_, MemoryStore>, seal: SealId) -> (ApiToken, chancery_seal::TokenId) {
    let token = ApiToken::random(&mut rng());
    let scopes = vec![Scope { seal, classes: ClassSet::from(DocumentClass::Contract) }];
    let member = |state: &chancery_seal::OrganisationState| state.member(user(BOB)).unwrap();
    let command = desk.office.organisation(|state| member(state).issues(&token, scopes, None)).unwrap();
    let Reply::Token(id) = desk.ask(&command) else { panic!("a token has a number") };
    (token, id)
}

#[test]
fn who_has_a_dead_token_fills_no_log() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let (dead, id) = token(&desk, seal);
    let living = ApiToken::random(&mut rng());
    let command = desk.office.organisation(|state| state.member(user(BOB)).unwrap().rotates(id, &living));
    assert!(matches!(desk.ask(&command.unwrap()), Reply::Token(_)));
    let length = |stream: &str| store.head(&tenant(), &StreamId::new(stream).unwrap()).unwrap().version.0;
    let before = length("seal/acme/usage");
    let tries = |office: &Office<'_, MemoryStore>, caller: Caller<'_>, count: usize| {
        for n in 0..count {
            let wish = request(&format!("flood {n}"), seal, "a");
            let found = refused(office.review(wish, caller, &desk.chain, desk.now, &mut rng()));
            assert!(!found.is_empty());
        }
    };
    tries(&desk.office, Caller::Token(&dead), 600);
    // Another process knows how many there were.
    let other = desk.reopened(&store);
    tries(&other, Caller::Token(&dead), 600);
    assert_eq!(length("seal/acme/usage") - before, 1000);
    assert_eq!(length("seal/acme/strangers"), 200, "and what comes after that stands aside");
    let lost = |record: &chancery_seal::UsageRecord| record.details.user == Some(user(BOB));
    assert_eq!(desk.log().iter().filter(|record| lost(record)).count(), 1000, "the owner is seen");

    // Of persons and living tokens all is recorded, also of Bob.
    let before = length("seal/acme/usage");
    tries(&desk.office, Caller::Person { user: user(BOB), proofs: &[] }, 5);
    tries(&desk.office, Caller::Person { user: user(CAROL), proofs: &[] }, 5);
    let wish = request_of("of another class", seal, "a", DocumentClass::Invoice);
    let caller = Caller::Token(&living);
    let found = refused(desk.office.review(wish, caller, &desk.chain, desk.now, &mut rng()));
    assert!(found.contains(&Violation::TokenScope), "{found:?}");
    assert_eq!(length("seal/acme/usage") - before, 11);
    desk.use_seal(BOB, request("use", seal, "a"));
}

#[test]
fn who_is_no_member_fills_no_log() {
    let store = memory();
    let (desk, seal) = Desk::ready(&store);
    let length = |stream: &str| store.head(&tenant(), &StreamId::new(stream).unwrap()).unwrap().version.0;
    let before = length("seal/acme/usage");
    let stranger = chancery_auth::UserId::from_bytes([200; 16]);
    let caller = Caller::Person { user: stranger, proofs: &[] };
    for n in 0..1010 {
        let wish = request(&format!("flood {n}"), seal, "a");
        let found = refused(desk.office.review(wish, caller, &desk.chain, desk.now, &mut rng()));
        assert_eq!(found, [Violation::NoMember { user: stranger }]);
    }
    assert_eq!((length("seal/acme/usage") - before, length("seal/acme/strangers")), (1000, 10));
}
