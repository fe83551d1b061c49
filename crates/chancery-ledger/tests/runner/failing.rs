//! A store that fails at any call.

use chancery_ledger::{Fault, FaultKind, FaultyStore, MemoryStore, Outcome};

use crate::account::{Order, all, call, key, run};

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
