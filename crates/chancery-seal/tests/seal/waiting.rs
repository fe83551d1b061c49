//! Offices on a store that is waited for: the same, whoever goes first and wherever a future is dropped.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_ledger::{
    AsyncStore, Blocking, Claim, Commit, CommitError, Committed, Delivery, DeliveryId, Due, Event,
    FaultyStore, Hash, Head, IdempotencyKey, LedgerVerifier, Log, MemoryStore, NodeId, Request, Sequence,
    SettleError, Settlement, StoreError, StreamId, Tenant, Verification, Version, run_blocking,
};
use chancery_seal::{
    Caller, Office, OfficeError, Query, Repetition, Reply, SealAct, SealError, SealId, SealKey, SealPolicy,
    Sealed, UsageOutcome, UsageState, Violation,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::desk::*;

/// A store that gives way before each call and after it, so that a test chooses who goes next and where one ends.
struct GivingWay<S>(S);

struct Once(bool);

impl Future for Once {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

macro_rules! giving_way {
    ($($verb:ident($($name:ident: $type:ty),*) -> $answer:ty;)*) => {
        impl<S: AsyncStore> AsyncStore for GivingWay<S> {
            $(async fn $verb(&self, $($name: $type),*) -> $answer {
                Once(false).await;
                let answer = self.0.$verb($($name),*).await;
                Once(false).await;
                answer
            })*
        }
    };
}

giving_way! {
    commit(commit: &Commit) -> Result<Committed, CommitError>;
    head(tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError>;
    log(tenant: &Tenant) -> Result<Log, StoreError>;
    events(tenant: &Tenant, stream: &StreamId, after: Version, most: usize) -> Result<Vec<Event>, StoreError>;
    since(tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError>;
    request(tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError>;
    nodes(tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError>;
    claim_deliveries(claim: Claim) -> Result<Vec<Delivery>, StoreError>;
    settle(delivery: &Delivery, settlement: Settlement, now: Timestamp) -> Result<(), SettleError>;
    dead_letters(tenant: &Tenant, after: Option<DeliveryId>, most: usize) -> Result<Vec<Delivery>, StoreError>;
    replay(tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError>;
    claim_due(claim: Claim) -> Result<Vec<Due>, StoreError>;
}

type Waited<'m> = GivingWay<Blocking<&'m MemoryStore>>;

fn waited(store: &MemoryStore) -> Waited<'_> {
    GivingWay(Blocking(store))
}

fn office_on<S>(store: &S) -> Office<'_, S> {
    Office::new(store, &tenant(), "acme", SealPolicy::default()).unwrap()
}

/// What one use needs beside the office.
struct Use {
    request: chancery_seal::SealRequest,
    proofs: Vec<chancery_auth::ProvedFactor>,
    key: SealKey,
    chain: chancery_chain::VerifiedChain,
    now: Timestamp,
}

fn prepared(desk: &mut Desk<'_, MemoryStore>, use_key: &str, seal: SealId) -> Use {
    let request = request(use_key, seal, "a");
    let proofs = desk.proofs(user(BOB), &request);
    let (key, chain) = (SealKey::new(desk.key.clone()), desk.chain.clone());
    Use { request, proofs, key, chain, now: desk.now }
}

async fn one_use<S: AsyncStore>(office: &Office<'_, S>, what: &Use) -> Result<Sealed, SealError> {
    let caller = Caller::Person { user: user(BOB), proofs: &what.proofs };
    let mut rng = rng();
    let permit = office.review_async(what.request.clone(), caller, &what.chain, what.now, &mut rng).await;
    let permit = permit.unwrap();
    office.seal_async(permit, &what.key, &what.chain, what.now, &mut rng).await
}

/// Polls so many times, then drops the future.
fn dropped_after<T>(polls: usize, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut task) = (pin!(work), Context::from_waker(Waker::noop()));
    (0..polls).find_map(|_| match work.as_mut().poll(&mut task) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    })
}

#[test]
fn a_future_dropped_at_any_await_is_like_a_crash() {
    let mut ends = 0;
    for polls in 1.. {
        let store = memory();
        let (mut desk, seal) = Desk::ready(&store);
        desk.grant(seal, BOB, vec![]);
        let what = prepared(&mut desk, "use", seal);
        let waited = waited(&store);
        let office = office_on(&waited);
        let first = dropped_after(polls, one_use(&office, &what));
        let signed = desk.key.count();
        let attempts = desk.log().iter().filter(|record| record.right.is_some()).count();
        assert!(signed == 0 || attempts == 1, "{polls}: a signature without an earlier attempt");

        // The same office goes on: what it had read is not half done.
        let recovered =
            run_blocking(office.recover_async(SignedDuration::ZERO, what.now, &mut rng())).unwrap();
        assert!(recovered <= attempts);
        let log = desk.log();
        assert!(log.iter().all(|record| record.outcome != UsageOutcome::UnderWay), "{polls}");
        assert_eq!(desk.balance(), 100 - u64::try_from(attempts).unwrap(), "{polls}");
        let was_unknown = log.iter().any(|record| record.outcome == UsageOutcome::Unknown);
        let sealed = run_blocking(one_use(&office, &what)).unwrap();
        assert_eq!(run_blocking(office.account_async(UsageState::balance)).unwrap(), 99, "{polls}");
        assert_eq!(desk.key.count(), if was_unknown { signed + 1 } else { 1 }, "{polls}");
        let verification = LedgerVerifier::new().verify(&mut store.records(), &tenant()).unwrap();
        assert!(matches!(verification, Verification::ConsistentOnly { .. }), "{verification}");
        if let Some(first) = first {
            assert_eq!(first.unwrap().repetition(), Repetition::First);
            assert_eq!(sealed.repetition(), Repetition::Again);
            break;
        }
        ends = polls;
    }
    assert!(ends > 12, "only {ends} places where a future can be dropped");
}

/// Tasks with turns, on one thread.
fn in_turns<T>(works: Vec<Pin<Box<dyn Future<Output = T> + Send + '_>>>, turns: &[usize]) -> Vec<T> {
    let mut task = Context::from_waker(Waker::noop());
    let mut works: Vec<_> = works.into_iter().map(|work| (Some(work), None)).collect();
    let count = works.len();
    for who in turns.iter().map(|turn| turn % count).chain((0..).map(|n| n % count)) {
        if works.iter().all(|(work, _)| work.is_none()) {
            break;
        }
        let (work, done) = &mut works[who];
        if let Some(Poll::Ready(came)) = work.as_mut().map(|work| work.as_mut().poll(&mut task)) {
            *done = Some(came);
            *work = None;
        }
    }
    works.into_iter().map(|(_, done)| done.unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Two offices, three tasks each, one of them for the same use; the turns as they come.
    #[test]
    fn tasks_in_any_order_sign_once_for_each_key(
        turns in prop::collection::vec(0..6_usize, 0..300),
    ) {
        let store = memory();
        let (mut desk, seal) = Desk::ready(&store);
        desk.grant(seal, BOB, vec![]);
        let uses: Vec<_> = ["a", "b", "same", "c", "d", "same"].map(|key| prepared(&mut desk, key, seal)).into();
        let waited = waited(&store);
        let offices = [office_on(&waited), office_on(&waited)];
        let works = uses.iter().enumerate().map(|(n, what)| {
            // Spawned on a runtime they would have to be `Send`.
            Box::pin(one_use(&offices[n / 3], what)) as Pin<Box<dyn Future<Output = _> + Send>>
        });
        let came: Vec<Result<Sealed, SealError>> = in_turns(works.collect(), &turns);
        let first = came.iter().flatten().filter(|sealed| sealed.repetition() == Repetition::First).count();
        for sealed in came {
            prop_assert!(matches!(sealed, Ok(_) | Err(SealError::UnderWay { .. })), "{sealed:?}");
        }
        prop_assert_eq!((first, desk.key.count(), desk.balance()), (5, 5, 95));
        for office in &offices {
            let balance = run_blocking(office.account_async(UsageState::balance)).unwrap();
            prop_assert_eq!(balance, 95);
        }
        prop_assert!(desk.log().iter().all(|record| record.outcome.word() == "sealed"));
    }
}

#[test]
fn a_right_that_ends_while_an_office_waits_refuses() {
    let mut refused_at = 0;
    for polls in 0..40 {
        let store = memory();
        let (mut desk, seal) = Desk::ready(&store);
        let grant = desk.grant(seal, BOB, vec![]);
        let what = prepared(&mut desk, "use", seal);
        let waited = waited(&store);
        let office = office_on(&waited);
        let caller = Caller::Person { user: user(BOB), proofs: &what.proofs };
        let mut rng = rng();
        let review = office.review_async(what.request.clone(), caller, &what.chain, what.now, &mut rng);
        let permit = run_blocking(review).unwrap();
        let mut sealing = pin!(office.seal_async(permit, &what.key, &what.chain, what.now, &mut rng));
        let mut task = Context::from_waker(Waker::noop());
        if (0..polls).any(|_| sealing.as_mut().poll(&mut task).is_ready()) {
            break;
        }
        let _ = desk.seals(SealAct::Disable { grant });
        let came = run_blocking(sealing);
        let attempts = desk.log().iter().filter(|record| record.right.is_some()).count();
        // Either the attempt was committed before the right ended, or nothing was signed.
        assert_eq!(usize::from(came.is_ok()), attempts, "{polls}");
        assert_eq!(desk.key.count(), u64::try_from(attempts).unwrap());
        if came.is_err() {
            refused_at = polls;
            assert!(!refused_use(came).is_empty());
        }
    }
    assert!(refused_at > 3, "{refused_at}");
}

#[test]
fn a_use_asks_the_store_no_more_than_it_must() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let uses: Vec<_> = ["warm up", "use"].map(|key| prepared(&mut desk, key, seal)).into();
    let counting = FaultyStore::new(&store, []);
    let office = office_on(&counting);
    let mut calls = Vec::new();
    for what in uses {
        let caller = Caller::Person { user: user(BOB), proofs: &what.proofs };
        let permit = office.review(what.request, caller, &what.chain, what.now, &mut rng()).unwrap();
        calls.push(counting.calls());
        let _ = office.seal(permit, &what.key, &what.chain, what.now, &mut rng()).unwrap();
        calls.push(counting.calls());
    }
    // The review: the key of the use and what is new in both streams. The use: the key again, and two commits.
    assert_eq!((calls[2] - calls[1], calls[3] - calls[2]), (3, 3), "{calls:?}");

    // Where others write, what they wrote is read before it is decided on, and not found out by a conflict.
    let what = prepared(&mut desk, "among others", seal);
    let caller = Caller::Person { user: user(BOB), proofs: &what.proofs };
    desk.use_seal(BOB, request("of others", seal, "a"));
    let permit = office.review(what.request, caller, &what.chain, what.now, &mut rng()).unwrap();
    let before = counting.calls();
    let _ = office.seal(permit, &what.key, &what.chain, what.now, &mut rng()).unwrap();
    assert_eq!(counting.calls() - before, 5, "the key, both streams once more, and two commits");
}

#[test]
fn the_log_is_read_and_exported_by_those_who_wait() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let what = prepared(&mut desk, "use", seal);
    let waited = waited(&store);
    let office = office_on(&waited);
    let sealed = run_blocking(one_use(&office, &what)).unwrap();
    let digest = DigestAlgorithm::Sha256.digest(b"finished");
    run_blocking(office.finished_async(&sealed, digest, what.now, &mut rng())).unwrap();
    let by = run_blocking(office.organisation_async(|state| state.seal_administrator(user(SELMA)))).unwrap();
    let by = by.unwrap();
    let log = run_blocking(office.log_async(&by, &Query::default())).unwrap();
    assert_eq!(log, desk.log());
    assert!(log[0].finished_digest.is_some());
    let (mut file, mut other) = (Vec::new(), Vec::new());
    let checkpoint = run_blocking(office.export_log_async(&by, &mut file)).unwrap();
    assert_eq!(desk.office.export_log(&by, &mut other).unwrap(), checkpoint);
    assert_eq!(file, other);
    let _ = desk.seals(SealAct::Resign);
    let gone = run_blocking(office.log_async(&by, &Query::default()));
    assert!(matches!(gone, Err(OfficeError::Act(_))), "another office ended it");
}

#[test]
fn who_is_refused_or_permitted_is_judged_by_what_stands_there_now() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    let other = desk.reopened(&store);
    // It has seen that nobody else writes.
    let rest = || (0..2).for_each(|_| other.account(|_| ()).unwrap());
    rest();
    let grant = desk.grant(seal, BOB, vec![]);
    let wish = |key: &str| request(key, seal, "a");
    let proofs = desk.proofs(user(BOB), &wish("granted"));
    let bob = Caller::Person { user: user(BOB), proofs: &proofs };
    let _ = other.review(wish("granted"), bob, &desk.chain, desk.now, &mut rng()).unwrap();
    assert!(desk.log().is_empty(), "no refusal of what is allowed is recorded");

    rest();
    let _ = desk.seals(SealAct::Disable { grant });
    let proofs = desk.proofs(user(BOB), &wish("disabled"));
    let bob = Caller::Person { user: user(BOB), proofs: &proofs };
    let found = refused(other.review(wish("disabled"), bob, &desk.chain, desk.now, &mut rng()));
    assert_eq!(found, [Violation::GrantDisabled { grant }]);

    // Approvals and acts.
    rest();
    desk.grant(seal, CAROL, vec![]);
    let proofs = desk.proofs(user(CAROL), &wish("approved"));
    let carol = Caller::Person { user: user(CAROL), proofs: &proofs };
    let before = desk.log().len();
    other.approve(wish("approved"), user(BOB), carol, &desk.chain, desk.now, &mut rng()).unwrap();
    assert_eq!(desk.log().len(), before);
    rest();
    let enable = desk.seal_command(SELMA, SealAct::Enable { grant });
    let cancel = desk.seal_command(SELMA, SealAct::Cancel { grant });
    desk.done(&cancel);
    let reply = other.ask(&enable, desk.now, &mut rng()).unwrap();
    assert!(matches!(reply, Reply::Refused(_)), "{reply:?}");
    // What another office made possible is not refused, and no refusal of it is recorded.
    let refused_acts = StreamId::new("seal/acme/refused").unwrap();
    let length = || chancery_ledger::Store::head(&store, &tenant(), &refused_acts).unwrap().version;
    rest();
    let before = length();
    let Reply::Grant(new) = desk.seals(SealAct::Grant(chancery_seal::NewGrant {
        seal,
        user: user(BOB),
        classes: chancery_seal::DocumentClass::Contract.into(),
        window: chancery_seal::Window::starting(start()),
        conditions: vec![],
    })) else {
        panic!("a grant has a number")
    };
    let disable = desk.seal_command(SELMA, SealAct::Disable { grant: new });
    assert_eq!(other.ask(&disable, desk.now, &mut rng()).unwrap(), Reply::Done);
    assert_eq!(length(), before);
}
