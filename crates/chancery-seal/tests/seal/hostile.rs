//! Bad input that is big, late, or at the same time.

use chancery_cms::Preparation;
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::SignatureAlgorithm;
use chancery_ledger::{Actor, Context, Decider};
use chancery_seal::{
    Caller, ChainUnfit, ClassSet, Document, DocumentClass, FileName, GrantId, NewGrant, Office, Organisation,
    OrganisationEvent, OrganisationFact as Fact, Permit, Reply, SealAct, SealError, SealId, SealKey,
    SealKind, SealPolicy, SealRequest, Sealed, Violation, Window,
};
use jiff::SignedDuration;

use crate::desk::*;

#[test]
fn a_window_that_ends_before_it_starts_is_none() {
    let (start, end) = (start(), start() + hours(1));
    assert!(Window::new(end, Some(start)).is_err());
    assert!(Window::new(start, Some(start)).is_err(), "nor one without a moment");
    let text = serde_json::to_string(&Window::new(start, Some(end)).unwrap()).unwrap();
    assert!(serde_json::from_str::<Window>(&text).is_ok());
    let swapped = text.replace(&end.to_string(), "2026-11-22T11:59:59Z");
    assert!(serde_json::from_str::<Window>(&swapped).is_err(), "also when it is read back: {swapped}");
}

#[test]
fn a_million_grants_are_given_looked_at_and_cancelled() {
    let rules = Organisation::new(SealPolicy::default(), None);
    let seal = SealId::from_bytes([7; 16]);
    let year = Window::new(start(), Some(start() + hours(8760))).unwrap();
    let event = |fact| OrganisationEvent { at: start(), fact };
    let mut past = crate::organisation::past();
    past.push(event(Fact::OrganisationValidated { window: year }));
    let kind = SealKind::Contract;
    let terms = chancery_seal::NewSeal {
        name: label("Seal"),
        classes: kind.sort().usual_classes(),
        kind,
        owner: None,
    };
    past.push(event(Fact::SealCreated { seal, terms }));
    let mut state = past.iter().fold(rules.initial(), |state, event| rules.evolve(state, event));
    let classes = ClassSet::from(DocumentClass::Contract);
    let grant = |n: u64| {
        let terms = NewGrant { seal, user: user(BOB), classes, window: year, conditions: vec![] };
        event(Fact::Granted { grant: GrantId(n), terms })
    };
    const MILLION: u64 = 1_000_000;
    for n in 1..=MILLION {
        state = rules.evolve(state, &grant(n));
    }
    // All of them are one person's for one seal: the worst that can be.
    assert_eq!(state.seals_for(user(BOB), start()).len(), 1_000_000);
    let context = Context::with_fresh(Actor::new(&user(SELMA).to_string()).unwrap(), start(), [5; 32]);
    let asks = |state: &chancery_seal::OrganisationState, act| {
        let command = state.seal_administrator(user(SELMA)).unwrap().asks(act);
        rules.decide(state, &command, &context)
    };
    let terms = NewGrant { seal, user: user(BOB), classes, window: year, conditions: vec![] };
    let next = asks(&state, SealAct::Grant(terms));
    assert_eq!(next.replied(), &Reply::Grant(GrantId(MILLION + 1)));
    for n in 1..=MILLION {
        state = rules.evolve(state, &event(Fact::GrantCancelled { grant: GrantId(n) }));
    }
    assert!(state.seals_for(user(BOB), start()).is_empty());
    assert_eq!(state.grants().len(), 1_000_000, "and all can be looked up");
}

/// A wish and a key with a certificate of the organisation that ends three minutes after the start.
fn short_lived(seal: SealId, desk: &mut Desk<'_, chancery_ledger::MemoryStore>) -> (Permit, SealKey) {
    let identity =
        PKI.issue(legal("short").valid(start() - hours(1), start() + SignedDuration::from_mins(3)));
    let chain = chain_of(&identity, start());
    let _ = desk.seals(SealAct::BindCertificate { seal, chain: chain.clone() });
    let digest = DigestAlgorithm::Sha256.digest(b"a");
    let algorithm = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
    let prepared = Preparation::new(identity.chain(), algorithm, digest).prepare().unwrap();
    let file_name = FileName::new("contract.pdf").unwrap();
    let document = Document { file_name, digest, class: DocumentClass::Contract };
    let wish = SealRequest::new(key("1"), seal, document, prepared.to_be_signed().clone());
    let proofs = desk.proofs(user(BOB), &wish);
    let caller = Caller::Person { user: user(BOB), proofs: &proofs };
    let permit = desk.office.review(wish, caller, &chain, start(), &mut rng()).unwrap();
    desk.chain = chain;
    (permit, SealKey::new(identity.signer()))
}

#[test]
fn a_certificate_that_expires_between_review_and_use() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let (permit, seal_key) = short_lived(seal, &mut desk);
    let until = start() + SignedDuration::from_mins(3);
    // Verified three minutes before, which is fresh, and good then.
    let found = refused_use(desk.office.seal(permit, &seal_key, &desk.chain, until, &mut rng()));
    assert!(found.contains(&Violation::Chain(ChainUnfit::Ended { until })), "{found:?}");
    // A moment earlier it would have done.
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let (permit, seal_key) = short_lived(seal, &mut desk);
    let before = until - SignedDuration::from_secs(1);
    assert!(desk.office.seal(permit, &seal_key, &desk.chain, before, &mut rng()).is_ok());
}

#[test]
fn two_nodes_at_the_same_time_spend_the_last_time_once() {
    for round in 0..10 {
        let store = memory();
        let (mut desk, seal) = {
            let mut desk = Desk::empty(&store);
            desk.found_with(1);
            let seal = desk.new_seal("Contract seal", SealKind::Contract, [DocumentClass::Contract]);
            desk.bind(seal);
            (desk, seal)
        };
        desk.grant(seal, BOB, vec![]);
        let permits: Vec<_> = (0..4)
            .map(|n| desk.review(BOB, request(&format!("use {n}"), seal, &format!("{n}"))).unwrap())
            .collect();
        let offices: Vec<Office<'_, _>> = permits.iter().map(|_| desk.reopened(&store)).collect();
        let results: Vec<Result<Sealed, SealError>> = std::thread::scope(|scope| {
            let works: Vec<_> = permits
                .into_iter()
                .zip(&offices)
                .map(|(permit, office)| {
                    let (key, chain, now) = (&desk.seal_key, &desk.chain, desk.now);
                    scope.spawn(move || office.seal(permit, key, chain, now, &mut rng()))
                })
                .collect();
            works.into_iter().map(|work| work.join().unwrap()).collect()
        });
        let sealed = results.iter().filter(|result| result.is_ok()).count();
        assert_eq!((sealed, desk.key.count(), desk.balance()), (1, 1, 0), "round {round}");
        for result in results {
            if let Err(error) = result {
                let SealError::Refused(refused) = error else { panic!("{error}") };
                assert_eq!(refused.violations(), [Violation::QuotaExhausted]);
            }
        }
    }
}
