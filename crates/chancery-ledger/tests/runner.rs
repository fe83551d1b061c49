//! The runner, alone and among others, with failures between any two calls of the store: what was answered is in the
//! log exactly once, and nothing is there twice.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use std::collections::HashMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Mutex;
use std::task::{Context as TaskContext, Poll, Waker};

use chancery_ledger::{
    Actor, Answer, AsyncStore, Blocking, Call, Claim, Commit, CommitError, Committed, Context, Decider,
    Decision, Delivery, DeliveryId, Destination, Due, Effect, Event, Failure, Fault, FaultKind, FaultyStore,
    Hash, Head, IdempotencyKey, Kind, Lease, Loaded, Log, MemoryStore, NameError, NewEvent, NodeId, Outcome,
    Part, Recorded, Refusal, Request, RunError, Runner, Sequence, SettleError, Settlement, Store, StoreError,
    Stored, StoredEvent, StreamId, Tenant, Unreadable, Version, given,
};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;

/// An account that is never overdrawn.
struct Account;

#[derive(Clone, Debug, Default, PartialEq)]
struct Balance {
    cents: u64,
    /// The orders that were carried out.
    orders: Vec<u32>,
    since: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    Pay { order: u32, cents: u64 },
    Take { order: u32, cents: u64 },
    Look,
}

#[derive(Clone, Debug, PartialEq)]
enum Moved {
    Paid { order: u32, cents: u64 },
    Taken { order: u32, cents: u64 },
    Warned,
    Forgotten,
}

#[derive(Clone, Debug, PartialEq)]
enum Reply {
    Holds(u64),
    TooLittle,
}

impl Decider for Account {
    type State = Balance;
    type Command = Order;
    type Event = Moved;
    type Reply = Reply;

    fn initial(&self) -> Balance {
        Balance::default()
    }

    fn decide(&self, state: &Balance, command: &Order, context: &Context) -> Decision<Moved, Reply> {
        match *command {
            Order::Pay { order, cents } => {
                let decision =
                    Decision::reply(Reply::Holds(state.cents + cents)).event(Moved::Paid { order, cents });
                if state.cents + cents > 1_000_000 { decision.event(Moved::Warned) } else { decision }
            }
            Order::Take { order, cents } if cents <= state.cents => {
                Decision::reply(Reply::Holds(state.cents - cents)).event(Moved::Taken { order, cents })
            }
            Order::Take { order, .. } => Decision::reply(Reply::TooLittle).aside(
                StreamId::new("refusals").unwrap(),
                NewEvent::new(
                    Kind::new("refused").unwrap(),
                    1,
                    format!("{} {order}", context.actor()).into_bytes(),
                ),
            ),
            Order::Look => Decision::reply(Reply::Holds(state.cents)),
        }
    }

    fn evolve(&self, mut state: Balance, event: &Moved) -> Balance {
        match *event {
            Moved::Paid { order, cents } => {
                state.cents += cents;
                state.orders.push(order);
            }
            Moved::Taken { order, cents } => {
                state.cents -= cents;
                state.orders.push(order);
            }
            Moved::Warned | Moved::Forgotten => {}
        }
        state
    }

    fn next_due(&self, state: &Balance) -> Option<Timestamp> {
        (state.cents == 0).then(|| at(3600))
    }

    fn effects(&self, state: &Balance, event: &Moved) -> Vec<Effect> {
        match event {
            Moved::Taken { order, .. } if state.cents == 0 => vec![mail(*order)],
            _ => Vec::new(),
        }
    }

    fn command_bytes(&self, command: &Order) -> Vec<u8> {
        format!("{command:?}").into_bytes()
    }
}

impl StoredEvent for Moved {
    fn kind(&self) -> Result<Kind, NameError> {
        Kind::new(match self {
            Self::Paid { .. } => "paid",
            Self::Taken { .. } => "taken",
            Self::Warned => "warned",
            Self::Forgotten => "forgotten",
        })
    }

    fn schema(&self) -> u32 {
        1
    }

    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Paid { order, cents } | Self::Taken { order, cents } => numbers(*order, *cents),
            Self::Warned | Self::Forgotten => Vec::new(),
        }
    }

    fn from_bytes(kind: &Kind, schema: u32, bytes: &[u8]) -> Result<Self, Unreadable> {
        let two = || -> Option<(u32, u64)> {
            let (order, cents) = bytes.split_at_checked(4)?;
            Some((u32::from_be_bytes(order.try_into().ok()?), u64::from_be_bytes(cents.try_into().ok()?)))
        };
        let two = || two().ok_or_else(|| Unreadable::new("not twelve bytes"));
        match (kind.as_str(), schema) {
            ("paid", 1) => two().map(|(order, cents)| Self::Paid { order, cents }),
            ("taken", 1) => two().map(|(order, cents)| Self::Taken { order, cents }),
            ("warned", 1) => Ok(Self::Warned),
            _ => Err(Unreadable::new("an unknown kind")),
        }
    }

    fn erased(kind: &Kind, _: u32) -> Option<Self> {
        (kind.as_str() == "warned").then_some(Self::Forgotten)
    }
}

impl Stored for Reply {
    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Holds(cents) => cents.to_be_bytes().to_vec(),
            Self::TooLittle => Vec::new(),
        }
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        match bytes {
            [] => Ok(Self::TooLittle),
            _ => bytes
                .try_into()
                .map(u64::from_be_bytes)
                .map(Self::Holds)
                .map_err(|_| Unreadable::new("not 8 bytes")),
        }
    }
}

fn numbers(order: u32, cents: u64) -> Vec<u8> {
    [&order.to_be_bytes()[..], &cents.to_be_bytes()].concat()
}

fn mail(order: u32) -> Effect {
    let (destination, kind) = (Destination::new("mail").unwrap(), Kind::new("empty").unwrap());
    Effect { destination, kind, body: order.to_be_bytes().to_vec() }
}

fn at(seconds: i64) -> Timestamp {
    "2026-11-22T12:00:00Z".parse::<Timestamp>().unwrap() + seconds.seconds()
}

fn alice() -> Context {
    Context::with_fresh(Actor::new("alice").unwrap(), at(0), [7; 32])
}

fn acme() -> Tenant {
    Tenant::new("acme").unwrap()
}

fn account() -> StreamId {
    StreamId::new("account/1").unwrap()
}

fn call(order: Order) -> Call<Order> {
    Call::new(&acme(), &account(), order, alice())
}

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::new(text).unwrap()
}

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn run(store: &impl Store, call: &Call<Order>) -> Result<Answer<Reply>, RunError> {
    Runner::new(&Account, store).run(call, &mut rng())
}

fn all(store: &impl Store) -> Vec<Event> {
    store.since(&acme(), Sequence(0), 1000).unwrap()
}

#[test]
fn decisions_are_tested_as_sentences() {
    let paid = || Moved::Paid { order: 1, cents: 5 };
    given(&Account, [])
        .when(&Order::Take { order: 2, cents: 1 }, &alice())
        .then([])
        .replies(Reply::TooLittle)
        .sends([]);
    given(&Account, [paid()])
        .when(&Order::Take { order: 2, cents: 5 }, &alice())
        .then([Moved::Taken { order: 2, cents: 5 }])
        .replies(Reply::Holds(0))
        .sends([mail(2)])
        .is_due(Some(at(3600)));
    given(&Account, [paid()]).when(&Order::Look, &alice()).then([]).replies(Reply::Holds(5)).is_due(None);
}

#[test]
#[should_panic(expected = "read as it was written")]
fn an_event_that_cannot_be_read_again_fails_its_test() {
    struct Forgetful;
    impl Decider for Forgetful {
        type State = ();
        type Command = ();
        type Event = Moved;
        type Reply = Reply;
        fn initial(&self) {}
        fn decide(&self, (): &(), (): &(), _: &Context) -> Decision<Moved, Reply> {
            Decision::reply(Reply::TooLittle).event(Moved::Forgotten)
        }
        fn evolve(&self, (): (), _: &Moved) {}
        fn command_bytes(&self, (): &()) -> Vec<u8> {
            Vec::new()
        }
    }
    let _ = given(&Forgetful, []).when(&(), &alice()).then([Moved::Forgotten]);
}

#[test]
fn events_deadline_effects_and_evidence_are_one_commit() {
    let store = MemoryStore::new();
    let evidence = alice().with_evidence(b"password; 192.0.2.1");
    let pay = Call::new(&acme(), &account(), Order::Pay { order: 1, cents: 2_000_000 }, evidence);
    let answer = run(&store, &pay).unwrap();
    assert_eq!(answer.reply, Reply::Holds(2_000_000));
    assert_eq!(answer.recorded, Recorded::Now { first: Sequence(0), last: Sequence(1) });
    assert_eq!(store.head(&acme(), &account()).unwrap().due, None);
    run(&store, &call(Order::Take { order: 2, cents: 2_000_000 })).unwrap();
    assert_eq!(store.head(&acme(), &account()).unwrap().due, Some(at(3600)));

    let evidence: Vec<_> = all(&store).iter().map(|event| event.evidence().unwrap().to_vec()).collect();
    assert_eq!(evidence, [&b"password; 192.0.2.1"[..], b"", b""], "with the first event of its commit");
    let claim = Claim { now: at(0), lease: Lease::new(SignedDuration::from_secs(60)).unwrap(), most: 10 };
    let sent: Vec<_> = store.claim_deliveries(claim).unwrap().into_iter().map(|sent| sent.effect).collect();
    assert_eq!(sent, [mail(2)]);
}

#[test]
fn a_refusal_is_recorded_before_it_is_answered() {
    let store = MemoryStore::new();
    for order in 0..3 {
        let answer = run(&store, &call(Order::Take { order, cents: 1 })).unwrap();
        assert_eq!(answer.reply, Reply::TooLittle);
        assert_eq!(
            answer.recorded,
            Recorded::Now { first: Sequence(order.into()), last: Sequence(order.into()) }
        );
    }
    let recorded: Vec<_> = all(&store).iter().map(|event| event.payload().unwrap().to_vec()).collect();
    assert_eq!(recorded, [b"alice 0", b"alice 1", b"alice 2"]);
    assert_eq!(
        store.head(&acme(), &account()).unwrap().version,
        Version::EMPTY,
        "the account itself did not grow"
    );
}

#[test]
fn an_event_aside_cannot_go_into_the_stream_itself() {
    let store = MemoryStore::new();
    let refusals = StreamId::new("refusals").unwrap();
    let own = Call::new(&acme(), &refusals, Order::Take { order: 1, cents: 1 }, alice());
    assert!(matches!(run(&store, &own), Err(RunError::AsideIntoItself { stream }) if stream == refusals));
}

#[test]
fn a_decision_without_events_leaves_no_trace() {
    let store = MemoryStore::new();
    let look = call(Order::Look).key(key("look"));
    assert_eq!(run(&store, &look).unwrap(), Answer { reply: Reply::Holds(0), recorded: Recorded::Nothing });
    run(&store, &call(Order::Pay { order: 1, cents: 5 })).unwrap();
    assert_eq!(run(&store, &look).unwrap().reply, Reply::Holds(5), "nothing was kept under its key");
}

#[test]
fn the_same_key_acts_once_and_is_answered_as_before() {
    let store = MemoryStore::new();
    let pay = call(Order::Pay { order: 1, cents: 5 }).key(key("k"));
    let first = run(&store, &pay).unwrap();
    run(&store, &call(Order::Pay { order: 2, cents: 5 })).unwrap();
    let again = run(&store, &pay).unwrap();
    assert_eq!(again.reply, first.reply, "as of then, not as of now");
    assert_eq!(again.recorded, Recorded::Before { first: Sequence(0), last: Sequence(0) });
    assert_eq!(all(&store).len(), 2);

    // Another command, another person, another stream: nobody hears what somebody else was answered.
    let mallory = Context::with_fresh(Actor::new("mallory").unwrap(), at(0), [7; 32]);
    let others = [
        call(Order::Pay { order: 1, cents: 6 }),
        Call::new(&acme(), &account(), Order::Pay { order: 1, cents: 5 }, mallory),
        Call::new(&acme(), &StreamId::new("account/2").unwrap(), Order::Pay { order: 1, cents: 5 }, alice()),
    ];
    for other in others {
        let refused = run(&store, &other.key(key("k"))).unwrap_err();
        assert!(matches!(refused, RunError::Refused(Refusal::KeyReused { .. })), "{refused}");
    }
    // Later, and with other fresh bytes, it is the same call.
    let later = Context::with_fresh(Actor::new("alice").unwrap(), at(999), [8; 32]);
    let later = Call::new(&acme(), &account(), Order::Pay { order: 1, cents: 5 }, later).key(key("k"));
    assert_eq!(run(&store, &later).unwrap(), again);
    assert_eq!(all(&store).len(), 2);
}

#[test]
fn what_the_ledger_wrote_itself_is_passed_over_and_what_is_erased_is_said() {
    let store = MemoryStore::new();
    run(&store, &call(Order::Pay { order: 1, cents: 2_000_000 })).unwrap(); // paid, warned
    let alice = Actor::new("alice").unwrap();
    let commit = || Commit::new(&acme(), &alice, at(1), &mut rng());
    store.commit(&commit().hold(&account(), "a lawsuit")).unwrap();
    store.commit(&commit().release(&account(), Version(3), "settled")).unwrap();
    store.commit(&commit().erase(&account(), Version(2), Part::Payload)).unwrap();
    let runner = Runner::new(&Account, &store);
    let loaded = runner.load(&acme(), &account()).unwrap();
    assert_eq!((loaded.state.cents, loaded.version), (2_000_000, Version(5)));
    store.commit(&commit().erase(&account(), Version(1), Part::Payload)).unwrap();
    let told = runner.load(&acme(), &account()).unwrap_err();
    assert!(matches!(told, RunError::Erased { version: Version(1), .. }), "{told}");
    let foreign = NewEvent::new(Kind::new("paid").unwrap(), 2, *b"");
    store.commit(&commit().append(&StreamId::new("foreign").unwrap(), Version::EMPTY, [foreign])).unwrap();
    let told = runner.load(&acme(), &StreamId::new("foreign").unwrap()).unwrap_err();
    assert!(matches!(told, RunError::UnreadableEvent { version: Version(1), schema: 2, .. }), "{told}");
}

#[test]
fn events_that_do_not_follow_on_are_not_replayed() {
    let store = MemoryStore::new();
    for order in 0..3 {
        run(&store, &call(Order::Pay { order, cents: 1 })).unwrap();
    }
    let events = all(&store);
    let replay = |events: &[Event], stream| Loaded::empty(&Account).replay(&Account, &stream, events);
    assert_eq!(replay(&events, account()).unwrap().version, Version(3));
    assert!(replay(&events[1..], account()).is_err(), "the first is missing");
    assert!(replay(&[events[0].clone(), events[2].clone()], account()).is_err(), "the second is missing");
    assert!(replay(&[events[0].clone(), events[0].clone()], account()).is_err(), "twice the same");
    assert!(replay(&events, StreamId::new("account/2").unwrap()).is_err(), "of another stream");
}

#[test]
fn a_stream_of_many_pages_is_read_to_its_end() {
    let store = MemoryStore::new();
    let alice = Actor::new("alice").unwrap();
    let paid = |order| NewEvent::new(Kind::new("paid").unwrap(), 1, numbers(order, 1));
    for page in 0..3 {
        let events = (0..1000).map(|n| paid(page * 1000 + n));
        let expected = Version(u64::from(page) * 1000);
        store
            .commit(&Commit::new(&acme(), &alice, at(0), &mut rng()).append(&account(), expected, events))
            .unwrap();
    }
    assert_eq!(run(&store, &call(Order::Look)).unwrap().reply, Reply::Holds(3000));
    assert_eq!(run(&store, &call(Order::Pay { order: 9999, cents: 1 })).unwrap().reply, Reply::Holds(3001));
    assert_eq!(Runner::new(&Account, &store).load(&acme(), &account()).unwrap().version, Version(3001));
}

/// Every call of the store by one command fails once in every way, without a key and with one.
#[test]
fn a_failure_at_any_call_loses_and_doubles_nothing() {
    for order in [Order::Pay { order: 7, cents: 5 }, Order::Take { order: 7, cents: 50 }] {
        for with_key in [false, true] {
            let call = if with_key { call(order).key(key("k")) } else { call(order) };
            let undisturbed = MemoryStore::new();
            let counting = FaultyStore::new(&undisturbed, []);
            let expected = run(&counting, &call).unwrap().reply;
            for (number, kind) in (0..counting.calls()).flat_map(|n| FaultKind::ALL.map(|kind| (n, kind))) {
                let store = MemoryStore::new();
                let faulty = FaultyStore::new(&store, [Fault { call: number, kind }]);
                let came = run(&faulty, &call);
                let told = format!("{order:?}, key: {with_key}, call {number}, {kind:?}: {came:?}");
                match &came {
                    Ok(answer) => {
                        assert_eq!(answer.reply, expected, "{told}");
                        assert_eq!(all(&store).len(), 1, "{told}");
                    }
                    Err(error) if error.outcome() == Outcome::NothingHappened => {
                        assert_eq!(all(&store).len(), 0, "{told}");
                    }
                    // Only a dead process may leave it open: a lost connection is looked after.
                    Err(_) => assert!(matches!(kind, FaultKind::DeadBefore | FaultKind::DeadAfter), "{told}"),
                }
                if with_key {
                    assert_eq!(run(&store, &call).unwrap().reply, expected, "{told}");
                    assert_eq!(all(&store).len(), 1, "{told}");
                }
            }
        }
    }
}

/// A store where something happens at each commit.
struct Between<F>(MemoryStore, F);

impl<F> Store for Between<F>
where
    F: Fn(&MemoryStore, &Commit) -> Result<Committed, CommitError> + Send + Sync,
{
    fn commit(&self, commit: &Commit) -> Result<Committed, CommitError> {
        (self.1)(&self.0, commit)
    }
    fn head(&self, tenant: &Tenant, stream: &StreamId) -> Result<Head, StoreError> {
        self.0.head(tenant, stream)
    }
    fn log(&self, tenant: &Tenant) -> Result<Log, StoreError> {
        self.0.log(tenant)
    }
    fn events(
        &self,
        t: &Tenant,
        s: &StreamId,
        after: Version,
        most: usize,
    ) -> Result<Vec<Event>, StoreError> {
        self.0.events(t, s, after, most)
    }
    fn since(&self, tenant: &Tenant, from: Sequence, most: usize) -> Result<Vec<Event>, StoreError> {
        self.0.since(tenant, from, most)
    }
    fn request(&self, tenant: &Tenant, key: &IdempotencyKey) -> Result<Option<Request>, StoreError> {
        self.0.request(tenant, key)
    }
    fn nodes(&self, tenant: &Tenant, ids: &[NodeId]) -> Result<Vec<Option<Hash>>, StoreError> {
        self.0.nodes(tenant, ids)
    }
    fn claim_deliveries(&self, claim: Claim) -> Result<Vec<Delivery>, StoreError> {
        self.0.claim_deliveries(claim)
    }
    fn settle(&self, d: &Delivery, s: Settlement, now: Timestamp) -> Result<(), SettleError> {
        self.0.settle(d, s, now)
    }
    fn dead_letters(
        &self,
        t: &Tenant,
        a: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.0.dead_letters(t, a, most)
    }
    fn replay(&self, tenant: &Tenant, letter: DeliveryId, now: Timestamp) -> Result<(), SettleError> {
        self.0.replay(tenant, letter, now)
    }
    fn claim_due(&self, claim: Claim) -> Result<Vec<Due>, StoreError> {
        self.0.claim_due(claim)
    }
}

#[test]
fn whoever_is_never_first_is_told() {
    let rival = |store: &MemoryStore, commit: &Commit| {
        run(store, &call(Order::Pay { order: 0, cents: 1 })).unwrap();
        store.commit(commit)
    };
    let store = Between(MemoryStore::new(), rival);
    let runner = Runner::new(&Account, &store).most_attempts(5.try_into().unwrap());
    let told = runner.run(&call(Order::Pay { order: 1, cents: 5 }), &mut rng()).unwrap_err();
    assert!(matches!(told, RunError::Contended { attempts, .. } if attempts.get() == 5), "{told}");
    assert_eq!(told.outcome(), Outcome::NothingHappened);
    let loaded = Runner::new(&Account, &store).load(&acme(), &account()).unwrap();
    assert_eq!(loaded.state.orders, [0; 5], "only the rival's");
}

/// The connection breaks, the commit is not there yet, and arrives after all just before it is tried again.
#[test]
fn a_commit_that_arrives_late_is_recognised() {
    let late = Mutex::new(Vec::new());
    let arriving = |store: &MemoryStore, commit: &Commit| {
        let earlier: Option<Commit> = late.lock().unwrap().pop();
        match earlier {
            None => {
                late.lock().unwrap().push(commit.clone());
                Err(StoreError::new(Failure::Unavailable, "lost").of_unknown_outcome().into())
            }
            Some(earlier) => {
                store.commit(&earlier)?;
                store.commit(commit)
            }
        }
    };
    for (order, reply) in [
        (Order::Pay { order: 1, cents: 5 }, Reply::Holds(5)),
        (Order::Take { order: 1, cents: 5 }, Reply::TooLittle),
    ] {
        let store = Between(MemoryStore::new(), arriving);
        let answer = run(&store, &call(order)).unwrap();
        assert_eq!(answer.reply, reply);
        assert_eq!(answer.recorded, Recorded::Now { first: Sequence(0), last: Sequence(0) });
        assert_eq!(all(&store).len(), 1, "once");
    }
}

#[test]
fn many_threads_on_one_stream() {
    let store = MemoryStore::new();
    std::thread::scope(|scope| {
        for thread in 0..8_u32 {
            let store = &store;
            scope.spawn(move || {
                let runner = Runner::new(&Account, store).most_attempts(10_000.try_into().unwrap());
                for n in 0..50 {
                    runner.run(&call(Order::Pay { order: thread * 100 + n, cents: 1 }), &mut rng()).unwrap();
                }
            });
        }
    });
    let state = Runner::new(&Account, &store).load(&acme(), &account()).unwrap().state;
    assert_eq!(state.cents, 400);
    let mut orders = state.orders;
    orders.sort_unstable();
    orders.dedup();
    assert_eq!(orders.len(), 400);
}

/// A store that gives way before each call, so that a test chooses who goes next.
struct GivingWay<S>(S);

struct Once(bool);

impl Future for Once {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

macro_rules! giving_way {
    ($($verb:ident($($name:ident: $type:ty),*) -> $answer:ty;)*) => {
        impl<S: AsyncStore> AsyncStore for GivingWay<S> {
            $(async fn $verb(&self, $($name: $type),*) -> $answer {
                Once(false).await;
                self.0.$verb($($name),*).await
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

/// What somebody wants, and what befalls the call.
#[derive(Clone, Debug)]
struct Plan {
    command: Order,
    with_key: bool,
    faults: Vec<Fault>,
}

fn fault() -> impl Strategy<Value = Fault> {
    (0..8_u64, prop::sample::select(FaultKind::ALL.to_vec())).prop_map(|(call, kind)| Fault { call, kind })
}

fn plan() -> impl Strategy<Value = Plan> {
    let order = prop_oneof![
        (1..100_u64).prop_map(|cents| Order::Pay { order: 0, cents }),
        (1..100_u64).prop_map(|cents| Order::Take { order: 0, cents }),
        Just(Order::Look),
    ];
    (order, any::<bool>(), prop::collection::vec(fault(), 0..3))
        .prop_map(|(command, with_key, faults)| Plan { command, with_key, faults })
}

fn numbered(command: Order, number: u32) -> Order {
    match command {
        Order::Pay { cents, .. } => Order::Pay { order: number, cents },
        Order::Take { cents, .. } => Order::Take { order: number, cents },
        Order::Look => Order::Look,
    }
}

/// What became of a call, after those with a key were made again until they were answered.
type Fate = (u32, Plan, Result<Answer<Reply>, Outcome>);

async fn live(store: &MemoryStore, number: u32, plan: Plan) -> Fate {
    let mut order = call(numbered(plan.command, number));
    if plan.with_key {
        order = order.key(key(&format!("key {number}")));
    }
    // The client's first life has the faults; in its second it makes only calls with a key again.
    let first = GivingWay(Blocking(FaultyStore::new(store, plan.faults.clone())));
    let came = Runner::new(&Account, &first).run_async(&order, &mut rng()).await;
    let came = match came {
        Err(_) if plan.with_key => {
            let second = GivingWay(Blocking(FaultyStore::new(store, [])));
            Runner::new(&Account, &second).run_async(&order, &mut rng()).await
        }
        came => came,
    };
    if let Err(error) = &came {
        assert!(matches!(error, RunError::Failed(_) | RunError::Contended { .. }), "{error}");
    }
    (number, plan, came.map_err(|error| error.outcome()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_in_whatever_order_every_answer_is_in_the_log_once(
        plans in prop::collection::vec(plan(), 1..7),
        turns in prop::collection::vec(any::<prop::sample::Index>(), 0..200),
    ) {
        let store = MemoryStore::new();
        let count = plans.len();
        let mut fates: Vec<Option<Fate>> = vec![None; count];
        let lives = (1..).zip(plans).map(|(number, plan)| Box::pin(live(&store, number, plan)));
        let mut lives: Vec<_> = lives.map(Some).collect();
        let mut task = TaskContext::from_waker(Waker::noop());
        // The turns as they were drawn, then one after the other until all are done.
        let drawn = turns.iter().map(|turn| turn.index(count));
        for who in drawn.chain((0..).map(|n| n % count)) {
            if lives.iter().all(Option::is_none) {
                break;
            }
            if let Some(life) = &mut lives[who]
                && let Poll::Ready(fate) = pin!(life).poll(&mut task)
            {
                fates[who] = Some(fate);
                lives[who] = None;
            }
        }

        // How often each order is in the log: carried out, or refused.
        let mut times: HashMap<u32, usize> = HashMap::new();
        for event in all(&store) {
            prop_assert!(event.hash_holds());
            let payload = event.payload().unwrap();
            let order = match event.record.kind.as_str() {
                "refused" => std::str::from_utf8(payload).unwrap().rsplit(' ').next().unwrap().parse().unwrap(),
                _ => u32::from_be_bytes(payload[..4].try_into().unwrap()),
            };
            *times.entry(order).or_default() += 1;
        }
        for (number, plan, came) in fates.into_iter().flatten() {
            let times = times.remove(&number).unwrap_or(0);
            let told = format!("{plan:?} came to {came:?} and is in the log {times} times");
            match (&plan.command, &came) {
                (Order::Look, Ok(answer)) => prop_assert_eq!((answer.recorded, times), (Recorded::Nothing, 0)),
                (_, Ok(_)) => prop_assert_eq!(times, 1, "{}", told),
                (_, Err(Outcome::NothingHappened)) => prop_assert_eq!(times, 0, "{}", told),
                (_, Err(Outcome::Unknown)) => prop_assert!(times <= 1, "{}", told),
            }
            if let Ok(answer) = &came && let Recorded::Now { first, .. } | Recorded::Before { first, .. } = answer.recorded {
                let there = store.since(&acme(), first, 1).unwrap();
                let refused = there[0].record.kind.as_str() == "refused";
                prop_assert_eq!(refused, answer.reply == Reply::TooLittle, "{}", told);
            }
        }
        prop_assert!(times.is_empty(), "orders that nobody gave: {:?}", times);
        // Never overdrawn: replaying would have failed at the subtraction.
        Runner::new(&Account, &store).load(&acme(), &account()).unwrap();
    }
}
