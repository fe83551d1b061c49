//! Setting, resetting, withdrawing: never with the secret itself, never by an administrator alone.

use chancery_auth::{
    AlertEvent, ApprovalCode, ChangeRefused, Due, FactorKind, FactorRules, Keeper, NewSecret, Occasion,
    Personal, Refused, Weakness,
};
use chancery_testkit::FastHasher;
use jiff::SignedDuration;

use crate::people::*;

fn codes() -> Keeper<ApprovalCode, FastHasher> {
    Keeper::new(FastHasher)
}

fn code(text: &str) -> ApprovalCode {
    ApprovalCode::new(text).unwrap()
}

/// 11.100(b): somebody else has seen who it is, and the person has just proved another factor.
#[test]
fn a_first_pin_takes_an_identity_and_a_fresh_factor() {
    let kind = FactorKind::SigningPin;
    let good = || (identity(&ALICE, &CAROL, noon()), password(&ALICE, kind, noon()));
    let enrol = |identity, proof| pins().enrol(&identity, &proof, pin(RIGHT), &mut rng(), noon()).map(|_| ());
    assert_eq!(enrol(good().0, good().1), Ok(()));
    assert_eq!(enrol(identity(&ALICE, &ALICE, noon()), good().1), Err(ChangeRefused::Identity));
    assert_eq!(enrol(identity(&BOB, &CAROL, noon()), good().1), Err(ChangeRefused::Identity));
    assert_eq!(enrol(good().0, password(&ALICE, kind, at(-300))), Err(ChangeRefused::Stale { at: at(-300) }));
    assert_eq!(enrol(good().0, password(&ALICE, kind, at(61))), Err(ChangeRefused::Stale { at: at(61) }));
    assert_eq!(
        enrol(good().0, password(&ALICE, FactorKind::ApprovalCode, noon())),
        Err(ChangeRefused::WrongOccasion { kind })
    );
    let logged_in = login().password(Occasion::access(ALICE.id(), b"login"), noon());
    assert_eq!(enrol(good().0, logged_in), Err(ChangeRefused::WrongOccasion { kind }));
}

/// G24
#[test]
fn a_pin_is_reset_with_another_fresh_factor_and_not_with_itself() {
    let kind = FactorKind::SigningPin;
    let mut factor = pin_of(&ALICE);
    // The PIN cannot even be proved for the purpose.
    let change = Occasion::change(ALICE.id(), kind);
    let refused = attempt(&pins(), &mut factor, &change, &pin(RIGHT), at(0)).unwrap_err();
    assert_eq!(refused.to_string(), "a signing PIN is not for change of a factor");
    let own = proved_pin(&mut factor, RIGHT, &signing(&ALICE), at(0));
    let reset = |factor: &mut _, proof, new, now| pins().reset(factor, &proof, pin(new), &mut rng(), now);
    let before = factor.clone();
    let refused = reset(&mut factor, own, "other7stone", at(1)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "a signing PIN is reset with a password or a second device, not with a signing PIN"
    );
    for (proof, now) in [
        (password(&BOB, kind, at(1)), at(1)),
        (password(&ALICE, kind, at(1)), at(301)),
        (login().password(signing(&ALICE), at(1)), at(1)),
    ] {
        assert!(reset(&mut factor, proof, "other7stone", now).is_err());
    }
    assert_eq!(before, factor, "a refusal changes nothing");
    let alert = reset(&mut factor, password(&ALICE, kind, at(1)), "other7stone", at(2)).unwrap();
    assert_eq!((alert.event, alert.user, alert.factor), (AlertEvent::Reset, ALICE.id(), kind));
    assert_eq!(factor.generation(), 2);
    assert!(attempt(&pins(), &mut factor, &signing(&ALICE), &pin(RIGHT), at(3)).unwrap().proved().is_none());
    assert!(
        attempt(&pins(), &mut factor, &signing(&ALICE), &pin("other7stone"), at(3))
            .unwrap()
            .proved()
            .is_some()
    );
    let _ = reset(&mut factor, device(&ALICE, kind, at(4)), "third7stone", at(4)).unwrap();
}

/// M18: by the second device, not by itself, not by a password. A token of an API is no factor, so it cannot even be said.
#[test]
fn an_approval_code_is_reset_with_a_second_device_only() {
    let kind = FactorKind::ApprovalCode;
    let identity = identity(&ALICE, &CAROL, noon());
    let enrol = |proof| codes().enrol(&identity, &proof, code("8305"), &mut rng(), noon());
    assert!(matches!(enrol(password(&ALICE, kind, noon())), Err(ChangeRefused::WrongKind { .. })));
    let mut factor = enrol(device(&ALICE, kind, noon())).unwrap();
    let own =
        attempt(&codes(), &mut factor, &signing(&ALICE), &code("8305"), at(1)).unwrap().proved().unwrap();
    let one_time = login().password(Occasion::change(ALICE.id(), kind), at(1));
    for proof in [own, one_time] {
        let refused = codes().reset(&mut factor, &proof, code("4715"), &mut rng(), at(1)).unwrap_err();
        assert!(refused.to_string().starts_with("an approval code is reset with a second device, not with"));
    }
    assert!(
        codes().reset(&mut factor, &device(&ALICE, kind, at(1)), code("4715"), &mut rng(), at(1)).is_ok()
    );
}

/// M17
#[test]
fn an_approval_code_has_few_tries_and_ends() {
    let kind = FactorKind::ApprovalCode;
    let identity = identity(&ALICE, &CAROL, noon());
    let proof = device(&ALICE, kind, noon());
    let mut factor = codes().enrol(&identity, &proof, code("8305"), &mut rng(), noon()).unwrap();
    let mut judged = 0;
    // Somebody tries all of them, once a minute, for a week.
    for n in 0..10_080 {
        let guess = code(&format!("{:04}", n % 10_000));
        match attempt(&codes(), &mut factor, &signing(&ALICE), &guess, at(n * 60)) {
            Ok(outcome) => {
                judged += 1;
                assert!(outcome.proved().is_none());
            }
            Err(refused) => {
                assert!(
                    matches!(refused, Refused::Locked { .. } | Refused::LockedUntilReset { .. }),
                    "{refused}"
                );
            }
        }
    }
    assert_eq!(judged, 10);
    let now = at(10_080 * 60);
    let _ = codes().reset(&mut factor, &device(&ALICE, kind, now), code("4715"), &mut rng(), now).unwrap();
    assert!(attempt(&codes(), &mut factor, &signing(&ALICE), &code("4715"), now).unwrap().proved().is_some());
}

#[test]
fn weak_and_used_secrets_are_refused() {
    let kind = FactorKind::SigningPin;
    let mut factor = pin_of(&ALICE);
    let mut reset = |new: NewSecret<_>, now| {
        pins().reset(&mut factor, &password(&ALICE, kind, at(now)), new, &mut rng(), at(now)).map(|_| ())
    };
    assert_eq!(reset(pin("password1").into(), 1), Err(ChangeRefused::Weak(Weakness::Listed)));
    let known = Personal::unknown().word("Alice");
    assert_eq!(
        reset(NewSecret::new(pin("alice2worker")).of(known), 1),
        Err(ChangeRefused::Weak(Weakness::Personal))
    );
    assert_eq!(reset(pin(RIGHT).into(), 1), Err(ChangeRefused::Reused { kind }));
    // The last five are refused, the sixth is forgotten.
    for n in 1..=5_i64 {
        assert_eq!(reset(pin(&format!("stone9river{n}")).into(), n), Ok(()));
        if n < 5 {
            assert_eq!(reset(pin(RIGHT).into(), n), Err(ChangeRefused::Reused { kind }), "{n}");
        }
    }
    assert_eq!(reset(pin(RIGHT).into(), 6), Ok(()));
}

/// 11.300(b), (c), (e)
#[test]
fn factors_age_lapse_and_are_tested() {
    let kind = FactorKind::SigningPin;
    let days = |n: i64| SignedDuration::from_hours(24 * n);
    let rules = FactorRules::signing_pin().longest_age(days(90)).unwrap().test_every(days(30)).unwrap();
    let keeper = pins().rules(rules);
    let mut factor = pin_of(&ALICE);
    assert_eq!(
        factor.due(keeper.current_rules()),
        [Due::Test(noon() + days(30)), Due::Change(noon() + days(90))]
    );
    let use_at =
        |factor: &mut _, now| attempt(&keeper, factor, &signing(&ALICE), &pin(RIGHT), now).map(|_| ());
    use_at(&mut factor, noon() + days(10)).unwrap();
    assert_eq!(factor.tested_at(), noon() + days(10));
    assert_eq!(factor.due(keeper.current_rules())[0], Due::Test(noon() + days(40)));
    use_at(&mut factor, noon() + days(90) - SignedDuration::from_nanos(1)).unwrap();
    assert_eq!(use_at(&mut factor, noon() + days(90)), Err(Refused::Aged { kind, since: noon() + days(90) }));
    // A temporary one, until its end and not at it.
    let (now, until) = (noon() + days(91), noon() + days(92));
    let new = NewSecret::new(pin("guest7stone")).until(until);
    let _ = keeper.reset(&mut factor, &password(&ALICE, kind, now), new, &mut rng(), now).unwrap();
    let use_at = |factor: &mut _, now| {
        attempt(&keeper, factor, &signing(&ALICE), &pin("guest7stone"), now).map(|_| ())
    };
    assert_eq!(use_at(&mut factor, until - SignedDuration::from_nanos(1)), Ok(()));
    assert_eq!(use_at(&mut factor, until), Err(Refused::Lapsed { kind, until }));
    // Reserved before its end, settled at it.
    let mut ticket = factor.clone();
    let begun = keeper
        .begin(&mut ticket, &signing(&ALICE), &mut rng(), until - SignedDuration::from_nanos(1))
        .unwrap();
    let judgement = keeper.judge(begun, &pin("guest7stone"), &mut rng()).unwrap();
    assert!(keeper.settle(&mut ticket, &judgement, until).is_err());
}

/// 11.200(a)(3), 11.300(c): what was withdrawn comes back only when two people have identified its owner anew, and with
/// another factor of the owner.
#[test]
fn a_withdrawn_factor_is_reinstated_by_three() {
    let kind = FactorKind::SigningPin;
    let mut factor = pin_of(&ALICE);
    let reinstate = |factor: &mut _, by: [(&UserIdOf, i64); 2], proof| {
        let [first, second] = by.map(|(verifier, seconds)| identity(&ALICE, verifier, at(seconds)));
        pins().reinstate(factor, [&first, &second], proof, pin("third7stone"), &mut rng(), at(20))
    };
    let proof = password(&ALICE, kind, at(15));
    let by = [(&BOB, 11), (&CAROL, 12)];
    assert!(matches!(reinstate(&mut factor, by, &proof), Err(ChangeRefused::NotWithdrawn { .. })));
    let alert = factor.withdraw(at(10));
    assert!(alert.is_urgent());
    let refused = attempt(&pins(), &mut factor, &signing(&ALICE), &pin(RIGHT), at(11)).unwrap_err();
    assert_eq!(refused, Refused::Withdrawn { kind, at: at(10) });
    let refused = pins().reset(&mut factor, &proof, pin("third7stone"), &mut rng(), at(16)).unwrap_err();
    assert_eq!(refused, ChangeRefused::Withdrawn { kind });
    for bad in [[(&BOB, 11), (&BOB, 12)], [(&BOB, 9), (&CAROL, 12)]] {
        assert_eq!(reinstate(&mut factor, bad, &proof).unwrap_err(), ChangeRefused::FourEyes);
    }
    let bad = [(&ALICE, 11), (&BOB, 12)];
    assert_eq!(reinstate(&mut factor, bad, &proof).unwrap_err(), ChangeRefused::Identity);
    let of_bob = password(&BOB, kind, at(15));
    assert!(matches!(reinstate(&mut factor, by, &of_bob), Err(ChangeRefused::WrongOccasion { .. })));
    let alert = reinstate(&mut factor, by, &proof).unwrap();
    assert_eq!((alert.event, factor.withdrawn_at()), (AlertEvent::Reinstated, None));
    let outcome = attempt(&pins(), &mut factor, &signing(&ALICE), &pin("third7stone"), at(21)).unwrap();
    assert!(outcome.proved().is_some());
}

#[test]
fn a_reset_is_the_remedy_for_a_clock_that_stood_in_the_future() {
    let mut factor = pin_of(&ALICE);
    let century = at(100 * 365 * 24 * 3600);
    let _ = attempt(&pins(), &mut factor, &signing(&ALICE), &pin(WRONG), century).unwrap();
    assert!(matches!(
        attempt(&pins(), &mut factor, &signing(&ALICE), &pin(RIGHT), at(0)),
        Err(Refused::ClockBehind(_))
    ));
    let proof = password(&ALICE, FactorKind::SigningPin, at(0));
    let _ = pins().reset(&mut factor, &proof, pin("other7stone"), &mut rng(), at(0)).unwrap();
    assert!(attempt(&pins(), &mut factor, &signing(&ALICE), &pin("other7stone"), at(0)).is_ok());
}
