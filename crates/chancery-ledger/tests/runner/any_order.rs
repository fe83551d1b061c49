//! Many calls with failures, in whatever order: every answer is in the log once.

use std::collections::HashMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context as TaskContext, Poll, Waker};

use chancery_ledger::{
    Answer, AsyncStore, Blocking, Claim, Commit, CommitError, Committed, Delivery, DeliveryId, Due, Event,
    Fault, FaultKind, FaultyStore, Hash, Head, IdempotencyKey, Log, MemoryStore, NodeId, Outcome, Recorded,
    Request, RunError, Runner, Sequence, SettleError, Settlement, Store, StoreError, StreamId, Tenant,
    Version,
};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::account::{Account, Order, Reply, account, acme, all, call, key, rng};

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
