//! Who somebody is: a number that nobody else ever gets.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use rand_core::CryptoRng;

use crate::bytes::{Reader, StateKind, Writer};
use crate::error::{StateError, UserIdError};

/// A person, for ever: 128 random bits. Never a counter, never an address, never given to anybody else
/// (21 CFR 11.100(a), 11.300(a)). Prints as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId([u8; 16]);

impl UserId {
    /// A new identity. With a good source of random numbers it was never drawn before; [`UserIds::issue`] makes sure of it.
    #[must_use]
    pub fn random<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The identity that was stored as these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes, to be stored.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({self})")
    }
}

impl FromStr for UserId {
    type Err = UserIdError;

    /// Reads what `Display` prints: 32 hexadecimal digits in lower case, so that one identity has one spelling.
    fn from_str(text: &str) -> Result<Self, UserIdError> {
        let mut bytes = [0; 16];
        let digits = text.as_bytes();
        if digits.len() != 32 || !digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(UserIdError::Spelling);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let value = |digit: u8| if digit <= b'9' { digit - b'0' } else { digit - b'a' + 10 };
            *byte = value(pair[0]) << 4 | value(pair[1]);
        }
        Ok(Self(bytes))
    }
}

/// Whether an identity is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserStanding {
    /// Somebody bears it.
    Active,
    /// Its person has gone. It stays taken.
    Retired,
}

/// All identities that were ever given out, also those of people who have gone.
///
/// ```
/// use chancery_auth::{UserIdError, UserIds};
/// # use getrandom::{SysRng, rand_core::UnwrapErr};
/// # let mut rng = UnwrapErr(SysRng);
/// let mut users = UserIds::default();
/// let alice = users.issue(&mut rng)?;
/// users.retire(alice)?;
/// assert_eq!(users.admit(alice), Err(UserIdError::Taken(alice))); // nobody else gets it, nor she herself
/// # Ok::<(), UserIdError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserIds(BTreeMap<UserId, UserStanding>);

impl UserIds {
    /// Gives out an identity that was never given out before.
    ///
    /// # Errors
    /// [`UserIdError::NotRandom`] if the source repeats itself, which a working one does not do in the life of the universe.
    pub fn issue<R: CryptoRng + ?Sized>(&mut self, rng: &mut R) -> Result<UserId, UserIdError> {
        // Two draws that are both taken cannot be chance: 2^-128 for each user.
        for _ in 0..2 {
            let user = UserId::random(rng);
            if self.admit(user).is_ok() {
                return Ok(user);
            }
        }
        Err(UserIdError::NotRandom)
    }

    /// Takes in an identity that was made elsewhere.
    ///
    /// # Errors
    /// [`UserIdError::Taken`] if it was ever given out, also if its person has gone.
    pub fn admit(&mut self, user: UserId) -> Result<(), UserIdError> {
        if self.0.contains_key(&user) {
            return Err(UserIdError::Taken(user));
        }
        self.0.insert(user, UserStanding::Active);
        Ok(())
    }

    /// The person has gone. The identity is remembered, so that nobody gets it.
    ///
    /// # Errors
    /// [`UserIdError::Unknown`] if it was never given out. Retiring twice is no error.
    pub fn retire(&mut self, user: UserId) -> Result<(), UserIdError> {
        *self.0.get_mut(&user).ok_or(UserIdError::Unknown(user))? = UserStanding::Retired;
        Ok(())
    }

    /// Whether it is in use, has been, or (`None`) was never given out.
    #[must_use]
    pub fn standing(&self, user: UserId) -> Option<UserStanding> {
        self.0.get(&user).copied()
    }

    /// To be stored; [`UserIds::from_bytes`] reads it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(StateKind::UserIds);
        for (user, standing) in &self.0 {
            writer.array(&user.0);
            writer.byte(match standing {
                UserStanding::Active => 0,
                UserStanding::Retired => 1,
            });
        }
        writer.finish()
    }

    /// Reads what [`UserIds::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`StateError`] says what is wrong, and where: cut off, an unknown version, an identity twice or out of order.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let mut reader = Reader::new(bytes, StateKind::UserIds)?;
        let mut users = BTreeMap::new();
        while !reader.is_empty() {
            let user = UserId(reader.array()?);
            if users.last_key_value().is_some_and(|(last, _)| *last >= user) {
                return Err(reader.fault("identities out of order"));
            }
            let standing = match reader.byte()? {
                0 => UserStanding::Active,
                1 => UserStanding::Retired,
                _ => return Err(reader.fault("an unknown standing")),
            };
            users.insert(user, standing);
        }
        Ok(Self(users))
    }
}
