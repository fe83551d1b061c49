//! Any bytes as the stored state of a factor, of one-time codes, of a session, of identities: written again as the same
//! bytes, and a wrong secret proves nothing in any of them.
#![no_main]

use chancery_auth::{
    AccessCode, ApprovalCode, CodeKey, CodeRules, ControlledSession, DigestSet, Exposed, Factor, HasherError, Keeper,
    Match, Occasion, OneTimeCode, OneTimeCodes, Outcome, SecretContext, SecretHasher, SigningPin, UserId, UserIds,
    Verifier,
};
use chacha20::ChaCha8Rng;
use chacha20::rand_core::SeedableRng;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

/// Nothing fits.
struct Never;

impl SecretHasher for Never {
    fn protect(&self, _: &Exposed<'_>, _: &SecretContext, salt: &[u8; 16]) -> Result<Verifier, HasherError> {
        Verifier::new(salt.to_vec())
    }

    fn matches(&self, _: &Exposed<'_>, _: &SecretContext, _: &Verifier) -> Result<Match, HasherError> {
        Ok(Match::No)
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((time, bytes)) = input.split_first_chunk::<8>() else { return };
    let time = i64::from_be_bytes(*time);
    let now = Timestamp::from_second(time).or(Timestamp::from_second(time >> 26)).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut rng = ChaCha8Rng::from_seed([7; 32]);
    let documents = DigestSet::new([[7; 32]]).unwrap();
    for kind in *b"uap4os" {
        // As it is, and with the head that belongs to it, so that most inputs get past that.
        for state in [bytes.to_vec(), [&[b'c', b'h', b'a', 1, kind], bytes].concat()] {
            if let Ok(mut pin) = Factor::<SigningPin>::from_bytes(&state) {
                assert_eq!(pin.to_bytes(), state);
                let keeper = Keeper::<SigningPin, _>::new(Never);
                let _ = (pin.lock(keeper.current_rules(), now), pin.due(keeper.current_rules()));
                let occasion = Occasion::act(pin.owner(), b"envelope", &documents);
                for _ in 0..3 {
                    let Ok(ticket) = keeper.begin(&mut pin, &occasion, &mut rng, now) else { break };
                    let judgement =
                        keeper.judge(ticket, &SigningPin::new("royal7stone").unwrap(), &mut rng).unwrap();
                    if let Ok(outcome) = keeper.settle(&mut pin, &judgement, now) {
                        assert!(matches!(outcome, Outcome::Wrong(_)));
                        assert!(keeper.settle(&mut pin, &judgement, now).is_err(), "settled twice");
                    }
                }
                let written = pin.to_bytes();
                assert_eq!(Factor::<SigningPin>::from_bytes(&written).unwrap().to_bytes(), written);
                let _ = pin.withdraw(now);
            }
            if let Ok(code) = Factor::<AccessCode>::from_bytes(&state) {
                assert_eq!(code.to_bytes(), state);
            }
            if let Ok(code) = Factor::<ApprovalCode>::from_bytes(&state) {
                assert_eq!(code.to_bytes(), state);
            }
            if let Ok(mut codes) = OneTimeCodes::from_bytes(&state) {
                assert_eq!(codes.to_bytes(), state);
                let (rules, occasion) =
                    (CodeRules::default(), Occasion::act(codes.owner(), b"envelope", &documents));
                let _ = codes.begin(&rules, &occasion, &mut rng, now).map(|_| ());
                if codes.issue(&rules, &occasion, now, &mut rng, now).is_ok()
                    && let Ok(ticket) = codes.begin(&rules, &occasion, &mut rng, now)
                {
                    let key = CodeKey::from_bytes([9; 32]);
                    let judgement = ticket.judge(&OneTimeCode::new("000000").unwrap(), &key);
                    let _ = codes.settle(&rules, &judgement, now).map(|_| ());
                }
                let written = codes.to_bytes();
                assert_eq!(OneTimeCodes::from_bytes(&written).unwrap().to_bytes(), written);
            }
            if let Ok(session) = ControlledSession::from_bytes(&state) {
                assert_eq!(session.to_bytes(), state);
            }
            if let Ok(mut users) = UserIds::from_bytes(&state) {
                assert_eq!(users.to_bytes(), state);
                let _ = (users.admit(UserId::from_bytes([7; 16])), users.issue(&mut rng));
            }
        }
    }
});
