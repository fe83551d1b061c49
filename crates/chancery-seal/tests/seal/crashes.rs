//! A crash between any two calls of the store: every attempt gets an outcome, times add up, nothing is signed twice.

use chancery_ledger::{Fault, FaultKind, FaultyStore, LedgerVerifier, MemoryStore, Verification};
use chancery_seal::{Office, Repetition, SealError, SealKey, SealPolicy, UsageOutcome};
use jiff::SignedDuration;

use crate::desk::*;

/// One use from review to value, by an office on this store.
fn one_use<S: chancery_ledger::Store + ?Sized>(
    office: &Office<'_, S>,
    desk: &mut Desk<'_, MemoryStore>,
    seal: chancery_seal::SealId,
    key: &CountingKey,
) -> Option<Result<chancery_seal::Sealed, SealError>> {
    let wish = request("use", seal, "a");
    let proofs = desk.proofs(user(BOB), &wish);
    let caller = chancery_seal::Caller::Person { user: user(BOB), proofs: &proofs };
    let permit = office.review(wish, caller, &desk.chain, desk.now, &mut rng()).ok()?;
    Some(office.seal(permit, &SealKey::new(key.clone()), &desk.chain, desk.now, &mut rng()))
}

#[test]
fn a_crash_between_any_two_calls() {
    let calls = {
        let store = memory();
        let (mut desk, seal) = Desk::ready(&store);
        desk.grant(seal, BOB, vec![]);
        let faulty = FaultyStore::new(&store, []);
        let office = Office::new(&faulty, &tenant(), "acme", SealPolicy::default()).unwrap();
        let key = desk.key.clone();
        one_use(&office, &mut desk, seal, &key).unwrap().unwrap();
        faulty.calls()
    };
    assert!(calls > 5, "{calls}");
    for call in 0..calls {
        for kind in FaultKind::ALL {
            let store = memory();
            let (mut desk, seal) = Desk::ready(&store);
            desk.grant(seal, BOB, vec![]);
            let key = desk.key.clone();
            let faulty = FaultyStore::new(&store, [Fault { call, kind }]);
            let office = Office::new(&faulty, &tenant(), "acme", SealPolicy::default()).unwrap();
            let first = one_use(&office, &mut desk, seal, &key);
            let acknowledged = matches!(first, Some(Ok(_)));
            let signed = key.count();
            assert!(signed <= 1);
            let attempts = desk.log().iter().filter(|record| record.right.is_some()).count();
            assert!(signed == 0 || attempts == 1, "{call} {kind:?}: a signature without an earlier attempt");

            // After recovery every attempt has an outcome.
            desk.office.recover(SignedDuration::ZERO, desk.now, &mut rng()).unwrap();
            let log = desk.log();
            assert!(log.iter().all(|record| record.outcome != UsageOutcome::UnderWay), "{call} {kind:?}");
            let spent_or_reserved = u64::try_from(attempts).unwrap();
            assert_eq!(desk.balance(), 100 - spent_or_reserved, "{call} {kind:?}");

            // The same use again: the same value, or a second signature out of Unknown only.
            let reopened = desk.reopened(&store);
            let was_unknown = log.iter().any(|record| record.outcome == UsageOutcome::Unknown);
            let sealed = one_use(&reopened, &mut desk, seal, &key).unwrap().unwrap();
            assert_eq!(desk.balance(), 99, "{call} {kind:?}: spent once");
            match (acknowledged, sealed.repetition()) {
                (true, repetition) => assert_eq!(repetition, Repetition::Again),
                (false, Repetition::First) => assert!(was_unknown || signed == 0, "{call} {kind:?}"),
                (false, Repetition::Again) => assert_eq!(signed, 1),
            }
            assert_eq!(key.count(), if was_unknown { signed + 1 } else { 1 }, "{call} {kind:?}");
            let verification = LedgerVerifier::new().verify(&mut store.records(), &tenant()).unwrap();
            assert!(matches!(verification, Verification::ConsistentOnly { .. }), "{verification}");
        }
    }
}

/// A key that waits.
struct Waits(CountingKey, std::sync::Mutex<(std::sync::mpsc::Sender<()>, std::sync::mpsc::Receiver<()>)>);
impl chancery_key::Signer for Waits {
    fn chain(&self) -> &[chancery_certificate::Certificate] {
        self.0.chain()
    }
    fn algorithm(&self) -> chancery_key::SignatureAlgorithm {
        self.0.algorithm()
    }
    fn sign(
        &self,
        bytes: &chancery_key::ToBeSigned,
    ) -> Result<chancery_key::SignatureValue, chancery_key::SignerError> {
        let line = self.1.lock().unwrap();
        line.0.send(()).unwrap();
        line.1.recv().unwrap();
        self.0.sign(bytes)
    }
}

#[test]
fn a_value_that_arrives_after_recovery_settles_the_use() {
    let store = memory();
    let (mut desk, seal) = Desk::ready(&store);
    desk.grant(seal, BOB, vec![]);
    let now = desk.now;
    // Recovery runs while the key is being used.
    let (tell, told) = std::sync::mpsc::channel::<()>();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let key = SealKey::new(Waits(desk.key.clone(), std::sync::Mutex::new((tell, wait))));
    let permit = desk.review(BOB, request("use", seal, "a")).unwrap();
    let sealed = std::thread::scope(|scope| {
        let use_it = scope.spawn(|| desk.office.seal(permit, &key, &desk.chain, now, &mut rng()));
        told.recv().unwrap();
        let recovering = desk.reopened(&store);
        assert_eq!(recovering.recover(SignedDuration::ZERO, now, &mut rng()).unwrap(), 1);
        assert_eq!(recovering.recover(SignedDuration::ZERO, now, &mut rng()).unwrap(), 0);
        go.send(()).unwrap();
        use_it.join().unwrap().unwrap()
    });
    assert_eq!(sealed.repetition(), Repetition::First);
    assert_eq!(desk.log().last().unwrap().outcome.word(), "sealed");
    assert_eq!(desk.balance(), 99);
}

#[test]
fn a_refusal_in_doubt_stays_a_refusal() {
    for call in 0..12 {
        for kind in [FaultKind::LostAfter, FaultKind::LostBefore] {
            let store = memory();
            let (mut desk, seal) = Desk::ready(&store);
            desk.grant(seal, BOB, vec![chancery_seal::Condition::FourEyes]);
            let faulty = FaultyStore::new(&store, [Fault { call, kind }]);
            let office = Office::new(&faulty, &tenant(), "acme", SealPolicy::default()).unwrap();
            let wish = request("use", seal, "a");
            let proofs = desk.proofs(user(CAROL), &wish);
            let caller = chancery_seal::Caller::Person { user: user(CAROL), proofs: &proofs };
            // Carol has no grant, so she can neither approve nor use.
            let approved = office.approve(wish.clone(), user(BOB), caller, &desk.chain, desk.now, &mut rng());
            assert!(approved.is_err(), "{call} {kind:?}");
            let reviewed = office.review(wish, caller, &desk.chain, desk.now, &mut rng());
            let failed = matches!(&reviewed, Err(chancery_seal::ReviewError::Office(error))
                if matches!(error, chancery_seal::OfficeError::Store(_)));
            assert!(failed || !refused(reviewed).is_empty(), "{call} {kind:?}");
        }
    }
}
