//! Controlled sessions of 21 CFR 11.200.

use chancery_auth::FactorKind::*;
use chancery_auth::{
    ControlledSession, Device, DigestSet, Factor, NotMet, Occasion, ProvedFactor, Requirement,
    RequirementError, SessionEnd, SessionPlace, SessionRules,
};
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::people::*;

fn rules() -> SessionRules {
    let both = Requirement::at_least(2, [Password, SigningPin]).unwrap();
    SessionRules::new(both, SigningPin).unwrap()
}

fn device_of(token: u8) -> Device {
    Device::known_by(&[token; 16]).unwrap()
}

fn document(n: u8) -> Occasion {
    Occasion::act(ALICE.id(), &[n], &DigestSet::new([[n; 32]]).unwrap())
}

fn pin_for(occasion: &Occasion, now: i64) -> ProvedFactor {
    proved_pin(&mut pin_of(&ALICE), RIGHT, occasion, at(now))
}

fn opened() -> ControlledSession {
    let act = document(1);
    let mut proofs = [login().password(act, at(0)), pin_for(&act, 0)];
    ControlledSession::open(&rules(), &device_of(1), &act, &mut proofs, at(0)).unwrap().0
}

#[test]
fn all_components_first_then_one_of_the_owners_own() {
    let act = document(1);
    let mut half = [pin_for(&act, 0)];
    let refused = ControlledSession::open(&rules(), &device_of(1), &act, &mut half, at(0)).unwrap_err();
    assert_eq!(refused.to_string(), "still to be proved: password");
    let mut session = opened();
    let later = document(2);
    let authorized =
        session.act(&rules(), &device_of(1), &later, &mut [pin_for(&later, 60)], at(60)).unwrap();
    assert_eq!((authorized.kinds(), authorized.occasion()), (SigningPin.into(), &later));
    // Nothing, and a password, are not enough; and a proof for one document signs no other.
    let refused = session.act(&rules(), &device_of(1), &later, &mut [], at(61)).unwrap_err();
    assert_eq!(refused.to_string(), "still to be proved: signing PIN");
    assert!(
        session.act(&rules(), &device_of(1), &later, &mut [login().password(later, at(61))], at(61)).is_err()
    );
    let other = session.act(&rules(), &device_of(1), &later, &mut [pin_for(&document(3), 61)], at(61));
    assert_eq!(other, Err(NotMet::WrongOccasion { kind: SigningPin }));
    let access = Occasion::access(ALICE.id(), b"envelope 17");
    assert!(matches!(
        session.act(&rules(), &device_of(1), &access, &mut [], at(61)),
        Err(NotMet::WrongPurpose(_))
    ));
    assert_eq!(session.ended(), None, "a missing factor ends nothing");
}

#[test]
fn rules_that_11_200_forbids_cannot_be_written() {
    let two = || Requirement::at_least(2, [Password, SigningPin]).unwrap();
    assert_eq!(SessionRules::new(SigningPin, SigningPin), Err(RequirementError::TooFewKinds { least: 1 }));
    assert_eq!(SessionRules::new(two(), Password), Err(RequirementError::PinNotDemanded));
    let sent = Requirement::at_least(2, [Password, OneTimeCode]).unwrap();
    assert_eq!(SessionRules::new(sent.clone(), OneTimeCode), Err(RequirementError::NotPersonal));
    assert_eq!(SessionRules::new(sent.clone(), ApprovalCode), Err(RequirementError::ApprovalCodeAlone));
    let either = Requirement::any_of([Password.into(), OneTimeCode.into()]).unwrap();
    assert_eq!(SessionRules::new(sent, either), Err(RequirementError::NotPersonal));
    let hours = SignedDuration::from_hours;
    assert!(rules().lasting(hours(2), hours(8)).is_err() && rules().lasting(hours(1), hours(25)).is_err());
    assert!(rules().lasting(SignedDuration::ZERO, hours(8)).is_err());
    assert!(Device::known_by(b"").is_err() && Device::known_by(&[0; 15]).is_err());
}

/// Each ends the session, and it stays ended, also for its own device and with the clock set back.
#[test]
fn what_ends_a_session_ends_it_for_good() {
    let ways: [(SessionEnd, Device, UserIdOf, i64); 6] = [
        (SessionEnd::Idle, device_of(1), ALICE, 600),
        (SessionEnd::TooLong, device_of(1), ALICE, 8 * 3600),
        (SessionEnd::OtherDevice, device_of(2), ALICE, 10),
        (SessionEnd::OtherPerson, device_of(1), BOB, 10),
        (SessionEnd::ClockBehind, device_of(1), ALICE, -61),
        (SessionEnd::Closed, device_of(1), ALICE, 10),
    ];
    for (end, device, person, now) in ways {
        let mut session = opened();
        if end == SessionEnd::Closed {
            session.close();
        }
        let act = Occasion::act(person.id(), b"2", &lease());
        let proof = proved_pin(&mut pin_of(&person), RIGHT, &act, at(now.max(0)));
        assert_eq!(
            session.act(&rules(), &device, &act, &mut [proof], at(now)),
            Err(NotMet::SessionEnded(end))
        );
        assert_eq!(session.ended(), Some(end));
        let mut session = ControlledSession::from_bytes(&session.to_bytes()).unwrap();
        let act = document(2);
        let again = session.act(&rules(), &device_of(1), &act, &mut [pin_for(&act, 5)], at(5));
        assert_eq!(again, Err(NotMet::SessionEnded(end)), "for good");
    }
}

/// G24: a reset ends what rests on the PIN of before.
#[test]
fn a_new_pin_ends_the_session() {
    let mut factor = pin_of(&ALICE);
    let mut session = opened();
    let proof = password(&ALICE, SigningPin, at(10));
    let _ = pins().reset(&mut factor, &proof, pin("other7stone"), &mut rng(), at(10)).unwrap();
    let act = document(2);
    let proof = proved_pin(&mut factor, "other7stone", &act, at(20));
    let ended = Err(NotMet::SessionEnded(SessionEnd::FactorChanged));
    assert_eq!(session.act(&rules(), &device_of(1), &act, &mut [proof], at(20)), ended);
    assert_eq!(session.ended(), Some(SessionEnd::FactorChanged));
    let mut session = opened();
    session.factor_changed();
    assert_eq!(session.act(&rules(), &device_of(1), &act, &mut [pin_for(&act, 20)], at(20)), ended);
}

/// Each signing keeps it alive for ten minutes more, and eight hours are the end.
#[test]
fn signing_keeps_a_session_alive_but_not_for_ever() {
    let mut session = opened();
    let mut sign = |now: i64| {
        let act = document(2);
        session.act(&rules(), &device_of(1), &act, &mut [pin_for(&act, now)], at(now)).map(|_| ())
    };
    for now in (599..8 * 3600).step_by(599) {
        assert_eq!(sign(now), Ok(()), "{now}");
    }
    assert_eq!(sign(8 * 3600), Err(NotMet::SessionEnded(SessionEnd::TooLong)));
    let mut session = opened();
    let act = document(2);
    session.act(&rules(), &device_of(1), &act, &mut [pin_for(&act, 599)], at(599)).unwrap();
    assert_eq!(session.ends_at(&rules()), at(1199));
    let late = session.act(&rules(), &device_of(1), &act, &mut [pin_for(&act, 1199)], at(1199));
    assert_eq!(late, Err(NotMet::SessionEnded(SessionEnd::Idle)));
}

proptest! {
    /// No act without a fresh PIN for that document, none after ten idle minutes or eight hours, whatever the clock does.
    #[test]
    fn a_session_is_never_renewed_by_itself(steps in prop::collection::vec((-100..400_i64, prop::bool::weighted(0.7), prop_oneof![12 => Just(1_u8), 1 => Just(2)]), 1..60)) {
        let mut session = opened();
        let mut factor = pin_of(&ALICE);
        let (mut now, mut last, mut alive) = (0, 0, true);
        for (n, (step, with_pin, token)) in steps.into_iter().enumerate() {
            now += step;
            let act = document(u8::try_from(n).unwrap());
            let mut given: Vec<ProvedFactor> = if with_pin { vec![fresh_pin(&mut factor, &act, now.max(last))] } else { vec![] };
            let result = session.act(&rules(), &device_of(token), &act, &mut given, at(now));
            let behind = now + 60 < last;
            let over = now.max(last) >= last + 600 || now.max(last) >= 8 * 3600 || behind || token != 1;
            if alive && !over {
                prop_assert_eq!(result.is_ok(), with_pin, "{:?}", result);
                if with_pin {
                    last = last.max(now);
                }
            } else {
                alive = false;
                prop_assert!(matches!(result, Err(NotMet::SessionEnded(_))), "{result:?}");
            }
            prop_assert_eq!(&ControlledSession::from_bytes(&session.to_bytes()).unwrap(), &session);
        }
    }
}

/// The keeper's clock goes on even where the session's is set back.
fn fresh_pin(factor: &mut Factor<chancery_auth::SigningPin>, act: &Occasion, now: i64) -> ProvedFactor {
    let mut copy = Factor::from_bytes(&factor.to_bytes()).unwrap();
    let proof = proved_pin(&mut copy, RIGHT, act, at(now.max(0)));
    assert_eq!(proof.kind(), SigningPin);
    proof
}

/// Whoever decides on the act does not keep the session: what its proofs bear is judged by other rules again.
#[test]
fn proofs_bear_the_session_that_they_were_given_in() {
    let strict = rules();
    let lax = SessionRules::new(Requirement::at_least(2, [SecondDevice, SigningPin]).unwrap(), SigningPin);
    let hour = SignedDuration::from_hours(1);
    let lax = lax.unwrap().lasting(hour, SignedDuration::from_hours(24)).unwrap();
    let (first, later) = (document(1), document(2));

    let mut proofs = [login().password(first, at(0)), pin_for(&first, 0)];
    assert_eq!(strict.judge(&first, &proofs, at(0)), Err(NotMet::NoSession), "before it was opened");
    assert_eq!(strict.judge(&first, &[], at(0)), Err(NotMet::NoSession));
    let (mut session, _) =
        ControlledSession::open(&strict, &device_of(1), &first, &mut proofs, at(0)).unwrap();
    let borne = *proofs[0].session().unwrap();
    assert_eq!((borne.mark(), borne.place()), (session.mark(), SessionPlace::First));
    assert_eq!(
        strict.judge(&first, &proofs, at(0)).unwrap().kinds(),
        [Password, SigningPin].into_iter().collect()
    );

    let mut proof = [pin_for(&later, 60)];
    assert_eq!(strict.judge(&later, &proof, at(60)), Err(NotMet::NoSession));
    let mut session_of_bytes = ControlledSession::from_bytes(&session.to_bytes()).unwrap();
    session_of_bytes.act(&strict, &device_of(1), &later, &mut proof, at(60)).unwrap();
    let borne = *proof[0].session().unwrap();
    assert_eq!((borne.place(), borne.since(), borne.before()), (SessionPlace::Later, at(0), at(0)));
    assert_eq!(borne.opened_with(), [Password, SigningPin].into_iter().collect());
    assert_eq!(strict.judge(&later, &proof, at(61)).unwrap().kinds(), SigningPin.into());
    let other = strict.judge(&document(3), &proof, at(61));
    assert_eq!(other, Err(NotMet::WrongOccasion { kind: SigningPin }), "for these very documents");
    let bobs = Occasion::act(BOB.id(), &[2], &DigestSet::new([[2; 32]]).unwrap());
    assert!(strict.judge(&bobs, &proof, at(61)).is_err(), "by this very person");
    assert!(matches!(strict.judge(&later, &proof, at(360)), Err(NotMet::Stale { .. })), "and soon");

    // Two sessions are none, and what was opened with less opens no more.
    let mut elsewhere = [login().password(later, at(60)), pin_for(&later, 60)];
    ControlledSession::open(&strict, &device_of(2), &later, &mut elsewhere, at(60)).unwrap();
    let [own] = proof;
    let [_, pin] = elsewhere;
    assert_eq!(strict.judge(&later, &[own, pin], at(61)), Err(NotMet::NoSession));
    let mut proofs = [login().second_device(first, at(0)), pin_for(&first, 0)];
    let (mut weak, _) = ControlledSession::open(&lax, &device_of(1), &first, &mut proofs, at(0)).unwrap();
    let mut proof = [pin_for(&later, 60)];
    weak.act(&lax, &device_of(1), &later, &mut proof, at(60)).unwrap();
    assert_eq!(lax.judge(&later, &proof, at(60)).map(|_| ()), Ok(()));
    assert!(matches!(strict.judge(&later, &proof, at(60)), Err(NotMet::Missing(_))));

    // A session that its own rules let sleep for longer.
    let drowsy = rules().lasting(hour, SignedDuration::from_hours(24)).unwrap();
    let mut proof = [pin_for(&later, 700)];
    session.act(&drowsy, &device_of(1), &later, &mut proof, at(700)).unwrap();
    assert_eq!(strict.judge(&later, &proof, at(700)), Err(NotMet::SessionEnded(SessionEnd::Idle)));
    for now in (1300..9 * 3600).step_by(500) {
        session.act(&drowsy, &device_of(1), &later, &mut [pin_for(&later, now)], at(now)).unwrap();
    }
    let mut proof = [pin_for(&later, 9 * 3600)];
    session.act(&drowsy, &device_of(1), &later, &mut proof, at(9 * 3600)).unwrap();
    assert_eq!(strict.judge(&later, &proof, at(9 * 3600)), Err(NotMet::SessionEnded(SessionEnd::TooLong)));
    let behind = drowsy.judge(&later, &proof, at(9 * 3600 - 61));
    assert_eq!(behind, Err(NotMet::SessionEnded(SessionEnd::ClockBehind)));
}
