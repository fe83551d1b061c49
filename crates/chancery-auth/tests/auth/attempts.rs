//! No guess is free: over any sequence of commands, no more attempts than the rules allow, and no lock that a clock
//! shortens.

use chancery_auth::{
    AlertEvent, AttemptRules, Factor, FactorRules, Judgement, Keeper, Lock, Outcome, Refused, SigningPin,
};
use chancery_testkit::FastHasher;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::people::*;

const TRIES: usize = 3;
const IN_ALL: usize = 8;

fn keeper() -> Keeper<SigningPin, FastHasher> {
    let rules =
        AttemptRules::new(3, 8, SignedDuration::from_secs(60), SignedDuration::from_hours(1)).unwrap();
    pins().rules(FactorRules::signing_pin().attempts(rules))
}

/// How long the lock lasts that the n-th attempt without success begins, n ≥ `TRIES`: written down, not computed.
fn delay(n: usize) -> i64 {
    [60, 120, 240, 480, 960, 1920][n - TRIES]
}

#[derive(Clone, Debug)]
enum Command {
    /// Time goes on by so many seconds (or back).
    Wait(i64),
    /// Reserved and committed.
    Begin { right: bool },
    /// Reserved on the same version as the next `Begin`, and not committed: the other node won.
    BeginInVain,
    /// One of the attempts under way is settled, committed.
    Settle(prop::sample::Index),
    /// One that was settled is settled again.
    Replay(prop::sample::Index),
    /// A reset with the password.
    Reset,
    /// The state goes through its bytes.
    Reload,
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => prop_oneof![0..5_i64, 0..200_i64, 0..4000_i64, -300..0_i64].prop_map(Command::Wait),
        6 => prop::bool::weighted(0.15).prop_map(|right| Command::Begin { right }),
        1 => Just(Command::BeginInVain),
        5 => any::<prop::sample::Index>().prop_map(Command::Settle),
        1 => any::<prop::sample::Index>().prop_map(Command::Replay),
        1 => Just(Command::Reset),
        1 => Just(Command::Reload),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// G6, M17 ∀; 21 CFR 11.300(d)
    #[test]
    fn never_more_attempts_than_allowed(commands in prop::collection::vec(command(), 1..120)) {
        let keeper = keeper();
        let mut factor = pin_of(&ALICE);
        let (mut now, mut latest) = (noon(), noon());
        let mut secret = RIGHT.to_owned();
        // Times of the attempts since the last success or reset, by the clock that never goes back.
        let mut begun: Vec<Timestamp> = Vec::new();
        let mut open: Vec<(Judgement<SigningPin>, bool, u64, Timestamp)> = Vec::new();
        let mut settled: Vec<Judgement<SigningPin>> = Vec::new();
        let mut resets = 0;
        for command in commands {
            match command {
                Command::Wait(seconds) => now += SignedDuration::from_secs(seconds),
                Command::Begin { right } => {
                    let before = factor.clone();
                    match keeper.begin(&mut factor, &signing(&ALICE), &mut rng(), now) {
                        Ok(ticket) => {
                            latest = latest.max(now);
                            prop_assert!(begun.len() < IN_ALL, "one more than there are in all");
                            if begun.len() >= TRIES {
                                let waited = latest.duration_since(begun[begun.len() - 1]).as_secs();
                                prop_assert!(waited >= delay(begun.len()), "attempt {} after {waited} s", begun.len() + 1);
                            }
                            begun.push(latest);
                            let alert = ticket.alert().map(|alert| alert.event);
                            let guess = if right { secret.as_str() } else { WRONG };
                            let judgement = keeper.judge(ticket, &pin(guess), &mut rng()).unwrap();
                            if begun.len() >= TRIES {
                                prop_assert!(matches!(alert, Some(AlertEvent::Locked(_))), "{alert:?}");
                            }
                            open.push((judgement, right, factor.generation(), latest));
                        }
                        Err(refused) => {
                            prop_assert_eq!(&before, &factor, "a refusal changes nothing");
                            match refused {
                                Refused::Locked { until, .. } => prop_assert!(now < until),
                                Refused::ClockBehind(_) => prop_assert!(now < latest),
                                Refused::LockedUntilReset { .. } | Refused::TooManyAtOnce { .. } => {}
                                other => prop_assert!(false, "{other}"),
                            }
                        }
                    }
                }
                Command::BeginInVain => {
                    let mut lost = factor.clone();
                    if let Ok(ticket) = keeper.begin(&mut lost, &signing(&ALICE), &mut rng(), now) {
                        let judgement = keeper.judge(ticket, &pin(&secret), &mut rng()).unwrap();
                        prop_assert!(keeper.settle(&mut factor, &judgement, now).is_err(), "it was never committed");
                    }
                }
                Command::Settle(which) if !open.is_empty() => {
                    let (judgement, right, generation, since) = open.swap_remove(which.index(open.len()));
                    let before = factor.clone();
                    match keeper.settle(&mut factor, &judgement, now) {
                        Ok(outcome) => {
                            latest = latest.max(now);
                            prop_assert_eq!(generation, factor.generation());
                            prop_assert_eq!(matches!(outcome, Outcome::Proved(_)), right, "{:?}", outcome);
                            if right {
                                begun.clear();
                            }
                        }
                        Err(_) => {
                            prop_assert_eq!(&before, &factor, "a refusal changes nothing");
                            let late = now.max(latest).duration_since(since) >= SignedDuration::from_mins(2);
                            prop_assert!(late || now < latest || generation != factor.generation(), "no reason to refuse");
                        }
                    }
                    settled.push(judgement);
                }
                Command::Replay(which) if !settled.is_empty() => {
                    let judgement = &settled[which.index(settled.len())];
                    let before = factor.clone();
                    // One that was refused for the clock may come again; what was settled may not.
                    if let Ok(outcome) = keeper.settle(&mut factor, judgement, now) {
                        prop_assert!(before != factor, "{outcome:?} for nothing");
                        prop_assert!(keeper.settle(&mut factor, judgement, now).is_err(), "and never twice");
                        latest = latest.max(now);
                        if matches!(outcome, Outcome::Proved(_)) {
                            begun.clear();
                        }
                    }
                }
                Command::Reset => {
                    resets += 1;
                    secret = format!("royal7stone{resets}");
                    let proof = password(&ALICE, chancery_auth::FactorKind::SigningPin, now);
                    keeper.reset(&mut factor, &proof, pin(&secret), &mut rng(), now).unwrap();
                    begun.clear();
                    latest = now;
                }
                Command::Reload => factor = Factor::from_bytes(&factor.to_bytes()).unwrap(),
                Command::Settle(_) | Command::Replay(_) => {}
            }
        }
    }

    /// A lock never ends earlier because the clock was set back, however often.
    #[test]
    fn a_clock_set_back_shortens_no_lock(jumps in prop::collection::vec(-100_000..3600_i64, 1..20)) {
        let mut factor = pin_of(&ALICE);
        for _ in 0..5 {
            let _ = attempt(&pins(), &mut factor, &signing(&ALICE), &pin(WRONG), at(0)).unwrap();
        }
        let Lock::Until(until) = factor.lock(pins().current_rules(), at(0)) else { panic!("not locked") };
        prop_assert_eq!(until, at(60));
        for jump in jumps {
            let begun = pins().begin(&mut factor.clone(), &signing(&ALICE), &mut rng(), at(jump)).is_ok();
            prop_assert_eq!(begun, jump >= 60, "{}", jump);
        }
    }
}

#[test]
fn five_tries_a_minute_two_minutes_and_in_the_end_only_a_reset() {
    let (keeper, mut factor, occasion) = (pins(), pin_of(&ALICE), signing(&ALICE));
    let mut wrong = |now: i64| match attempt(&keeper, &mut factor, &occasion, &pin(WRONG), at(now)) {
        Ok(Outcome::Wrong(wrong)) => wrong.to_string(),
        Ok(Outcome::Proved(_)) => "proved".to_owned(),
        Err(refused) => refused.to_string(),
    };
    assert_eq!(wrong(0), "wrong; 4 attempts are left");
    assert_eq!(wrong(1), "wrong; 3 attempts are left");
    assert_eq!(wrong(2), "wrong; 2 attempts are left");
    assert_eq!(wrong(3), "wrong; one attempt is left");
    assert_eq!(wrong(4), "wrong; locked until 2026-11-22T12:01:04Z");
    assert_eq!(
        wrong(63),
        "the signing PIN is locked until 2026-11-22T12:01:04Z; wait, or reset it with another factor"
    );
    assert_eq!(wrong(64), "wrong; locked until 2026-11-22T12:03:04Z");
    let day = 24 * 3600;
    for n in 1..14 {
        assert!(wrong(n * day).starts_with("wrong; locked until 2026"), "{n}");
    }
    assert_eq!(wrong(14 * day), "wrong; locked until it is reset with another factor");
    for n in 15..40 {
        assert_eq!(
            wrong(n * day),
            "the signing PIN is locked after too many attempts; only a reset with another factor opens it"
        );
    }
}

#[test]
fn what_is_under_way_at_a_success_counts_in_the_next_round() {
    let (keeper, mut factor, occasion) = (pins(), pin_of(&ALICE), signing(&ALICE));
    let tickets: Vec<_> =
        (0..4).map(|_| keeper.begin(&mut factor, &occasion, &mut rng(), at(0)).unwrap()).collect();
    let _ = attempt(&keeper, &mut factor, &occasion, &pin(RIGHT), at(1)).unwrap().proved().unwrap();
    // Four guesses are still to come; one more, and it locks.
    assert!(keeper.begin(&mut factor, &occasion, &mut rng(), at(2)).unwrap().alert().is_some());
    assert!(matches!(keeper.begin(&mut factor, &occasion, &mut rng(), at(3)), Err(Refused::Locked { .. })));
    drop(tickets);
}

#[test]
fn times_at_the_ends_of_the_calendar_are_borne() {
    let (keeper, occasion) = (pins(), signing(&ALICE));
    for now in [Timestamp::MIN, Timestamp::MAX] {
        let mut factor = pin_of(&ALICE);
        for _ in 0..30 {
            if let Ok(ticket) = keeper.begin(&mut factor, &occasion, &mut rng(), now) {
                let judgement = keeper.judge(ticket, &pin(WRONG), &mut rng()).unwrap();
                let _ = keeper.settle(&mut factor, &judgement, now);
            }
        }
        assert!(keeper.begin(&mut factor, &occasion, &mut rng(), now).is_err(), "never free");
        let _ = (
            factor.due(keeper.current_rules()),
            Factor::<SigningPin>::from_bytes(&factor.to_bytes()).unwrap(),
        );
    }
}
