//! One runner alone: what it commits, answers, reads and passes over.

use chancery_ledger::{
    Actor, Answer, Call, Claim, Commit, Context, Decider, Decision, Event, Kind, Lease, Loaded, MemoryStore,
    NewEvent, Part, Recorded, Refusal, RunError, Runner, Sequence, Store, StreamId, Version, given,
};
use jiff::SignedDuration;

use crate::account::{
    Account, Moved, Order, Reply, account, acme, alice, all, at, call, key, mail, numbers, rng, run,
};

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
