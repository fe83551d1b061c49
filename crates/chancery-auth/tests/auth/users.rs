//! G19: an identity is never given to another.

use chancery_auth::{UserId, UserIdError, UserIds, UserStanding};
use proptest::prelude::*;

use crate::people::rng;

/// Random numbers that repeat themselves: the same few, again and again.
struct Stuck(u8);

impl rand_core::TryRng for Stuck {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(self.0.into())
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(self.0.into())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(self.0);
        self.0 = (self.0 + 1) % 3;
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Stuck {}

proptest! {
    /// G19 ∀, also when the random numbers fail, and across the bytes.
    #[test]
    fn no_identity_is_given_twice(commands in prop::collection::vec(0..5_u8, 0..60), start in 0..3_u8) {
        let mut users = UserIds::default();
        let mut stuck = Stuck(start);
        let mut given: Vec<UserId> = Vec::new();
        for (n, command) in commands.into_iter().enumerate() {
            match command {
                0 => given.push(users.issue(&mut rng()).unwrap()),
                1 => match users.issue(&mut stuck) {
                    Ok(user) => {
                        prop_assert!(!given.contains(&user), "{user} again");
                        given.push(user);
                    }
                    Err(error) => prop_assert_eq!(error, UserIdError::NotRandom),
                },
                2 if !given.is_empty() => {
                    let user = given[n % given.len()];
                    users.retire(user).unwrap();
                    prop_assert_eq!(users.standing(user), Some(UserStanding::Retired));
                }
                3 if !given.is_empty() => {
                    let user = given[n % given.len()];
                    prop_assert_eq!(users.admit(user), Err(UserIdError::Taken(user)));
                }
                _ => users = UserIds::from_bytes(&users.to_bytes()).unwrap(),
            }
            prop_assert!(given.iter().all(|user| users.standing(*user).is_some()), "one was forgotten");
        }
    }

    #[test]
    fn an_identity_has_one_spelling(bytes: [u8; 16], text in "[0-9a-fA-F]{30,34}") {
        let user = UserId::from_bytes(bytes);
        prop_assert_eq!(user.to_string().parse(), Ok(user));
        if let Ok(user) = text.parse::<UserId>() {
            prop_assert_eq!(user.to_string(), text);
        }
    }
}

#[test]
fn nobody_retires_who_never_was() {
    let nobody = UserId::from_bytes([1; 16]);
    assert_eq!(UserIds::default().retire(nobody), Err(UserIdError::Unknown(nobody)));
    assert_eq!("xyz".parse::<UserId>(), Err(UserIdError::Spelling));
}
