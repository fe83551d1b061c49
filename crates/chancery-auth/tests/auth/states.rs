//! States as bytes: one form only, and nothing that anybody wrote into a database does harm.

use chancery_auth::{CodeRules, FactorKind};
use chancery_auth::{
    ControlledSession, Device, Factor, Occasion, OneTimeCodes, Requirement, SessionRules, SigningPin, UserIds,
};
use proptest::prelude::*;

use crate::people::*;

/// A PIN with some history, attempts under way, a lock.
fn pin_state() -> Vec<u8> {
    let mut factor = pin_of(&ALICE);
    let proof = password(&ALICE, FactorKind::SigningPin, at(0));
    let _ = pins().reset(&mut factor, &proof, pin("other7stone"), &mut rng(), at(0)).unwrap();
    for now in 0..5 {
        let _ticket = pins().begin(&mut factor, &signing(&ALICE), &mut rng(), at(now)).unwrap();
    }
    factor.to_bytes()
}

fn codes_state() -> Vec<u8> {
    let mut codes = OneTimeCodes::new(ALICE.id(), noon());
    codes.issue(&CodeRules::default(), &signing(&ALICE), noon(), &mut rng(), noon()).unwrap();
    let _ticket = codes.begin(&CodeRules::default(), &signing(&ALICE), &mut rng(), noon()).unwrap();
    codes.to_bytes()
}

fn session_state() -> Vec<u8> {
    let act = Occasion::act(ALICE.id(), b"1", &lease());
    let rules = SessionRules::new(
        Requirement::at_least(2, [FactorKind::Password, FactorKind::SigningPin]).unwrap(),
        FactorKind::SigningPin,
    );
    let mut proofs = [login().password(act, noon()), proved_pin(&mut pin_of(&ALICE), RIGHT, &act, noon())];
    let device = Device::known_by(&[1; 16]).unwrap();
    ControlledSession::open(&rules.unwrap(), &device, &act, &mut proofs, noon()).unwrap().0.to_bytes()
}

fn users_state() -> Vec<u8> {
    let mut users = UserIds::default();
    let first = users.issue(&mut rng()).unwrap();
    users.issue(&mut rng()).unwrap();
    users.retire(first).unwrap();
    users.to_bytes()
}

/// Reads them as everything; what is read is written as the same bytes. How many kinds took them.
fn read_as_anything(bytes: &[u8]) -> usize {
    let written = [
        Factor::<SigningPin>::from_bytes(bytes).map(|state| state.to_bytes()),
        Factor::<chancery_auth::AccessCode>::from_bytes(bytes).map(|state| state.to_bytes()),
        Factor::<chancery_auth::ApprovalCode>::from_bytes(bytes).map(|state| state.to_bytes()),
        OneTimeCodes::from_bytes(bytes).map(|state| state.to_bytes()),
        ControlledSession::from_bytes(bytes).map(|state| state.to_bytes()),
        UserIds::from_bytes(bytes).map(|state| state.to_bytes()),
    ];
    for written in written.iter().flatten() {
        assert_eq!(written, bytes, "one form only");
    }
    written.iter().flatten().count()
}

#[test]
fn states_are_read_as_what_they_are_and_not_when_cut() {
    for (state, cuts_anywhere) in
        [(pin_state(), true), (codes_state(), true), (session_state(), true), (users_state(), false)]
    {
        assert_eq!(read_as_anything(&state), 1);
        for end in 0..state.len() {
            // A list of identities has no end but its last.
            assert!(read_as_anything(&state[..end]) == 0 || !cuts_anywhere, "cut at {end}");
        }
        let longer = [&state[..], &[0]].concat();
        assert_eq!(read_as_anything(&longer), 0);
    }
    assert_eq!(read_as_anything(b""), 0);
}

proptest! {
    #[test]
    fn forged_states_do_no_harm(which in 0..4_usize, edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), now in -400_000_000_000_i64..253_000_000_000) {
        let mut state = match which { 0 => pin_state(), 1 => codes_state(), 2 => session_state(), _ => users_state() };
        for (place, value) in edits {
            let place = place.index(state.len());
            state[place] = value;
        }
        prop_assert!(read_as_anything(&state) <= 1);
        let now = jiff::Timestamp::from_second(now.max(jiff::Timestamp::MIN.as_second())).unwrap();
        if let Ok(mut factor) = Factor::<SigningPin>::from_bytes(&state) {
            let _ = (factor.lock(pins().current_rules(), now), factor.due(pins().current_rules()));
            if let Ok(ticket) = pins().begin(&mut factor, &signing(&ALICE), &mut rng(), now)
                && let Ok(judgement) = pins().judge(ticket, &pin(WRONG), &mut rng())
                && let Ok(outcome) = pins().settle(&mut factor, &judgement, now)
            {
                prop_assert!(outcome.proved().is_none(), "a wrong PIN proves nothing in any state");
            }
            let _ = factor.withdraw(now);
        }
        if let Ok(mut codes) = OneTimeCodes::from_bytes(&state) {
            let _ = codes.begin(&CodeRules::default(), &signing(&ALICE), &mut rng(), now).map(|_| ());
            let _ = codes.issue(&CodeRules::default(), &signing(&ALICE), now, &mut rng(), now);
        }
    }

    #[test]
    fn any_bytes_are_refused_or_read(mut bytes in prop::collection::vec(any::<u8>(), 0..300), kind in prop::sample::select(b"uap4os".to_vec())) {
        read_as_anything(&bytes);
        bytes.splice(0..0, [b'c', b'h', b'a', 1, kind]);
        read_as_anything(&bytes);
    }
}
