//! What is stored of one secret of one person.

use std::marker::PhantomData;

use jiff::Timestamp;

use crate::alert::{AlertEvent, SecurityAlert};
use crate::attempts::{Attempts, Lock};
use crate::bytes::{Reader, Writer};
use crate::clock;
use crate::error::{Refused, StateError};
use crate::hasher::{SecretContext, Verifier};
use crate::rules::FactorRules;
use crate::secret::{Secret, state_kind};
use crate::user::UserId;

/// What is stored of one secret of one person: its verifier, the attempts, the dates. Holds no secret.
///
/// Load it with its version, let a [`Keeper`](crate::Keeper) work on it, and store it again by compare-and-swap.
/// Whoever can *write* the database can set an older state back and with it the count of attempts; the ledger's
/// verifier finds that, we cannot.
pub struct Factor<S: Secret> {
    pub(crate) kept: Kept,
    of: PhantomData<fn() -> S>,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) owner: UserId,
    /// The occasion that an access code opens; zeros for the others.
    pub(crate) scope: [u8; 32],
    pub(crate) generation: u64,
    pub(crate) verifier: Verifier,
    pub(crate) earlier: Vec<Verifier>,
    pub(crate) set_at: Timestamp,
    pub(crate) tested_at: Timestamp,
    pub(crate) good_until: Option<Timestamp>,
    pub(crate) withdrawn_at: Option<Timestamp>,
    pub(crate) attempts: Attempts,
}

impl<S: Secret> Clone for Factor<S> {
    fn clone(&self) -> Self {
        Self::new(self.kept.clone())
    }
}

impl<S: Secret> PartialEq for Factor<S> {
    fn eq(&self, other: &Self) -> bool {
        self.kept == other.kept
    }
}

impl<S: Secret> Eq for Factor<S> {}

/// Says nothing of the verifiers.
impl<S: Secret> std::fmt::Debug for Factor<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Factor({} of {}, generation {})", S::KIND, self.kept.owner, self.kept.generation)
    }
}

/// What its owner should be reminded of (21 CFR 11.300(b), (e)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// It is to be tested from this moment on: proved once.
    Test(Timestamp),
    /// It is not taken any more from this moment on: set a new one before.
    Change(Timestamp),
}

impl<S: Secret> Factor<S> {
    pub(crate) fn new(kept: Kept) -> Self {
        Self { kept, of: PhantomData }
    }

    /// Whose it is.
    #[must_use]
    pub fn owner(&self) -> UserId {
        self.kept.owner
    }

    /// How often it was set, from 1.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.kept.generation
    }

    /// When it was set.
    #[must_use]
    pub fn set_at(&self) -> Timestamp {
        self.kept.set_at
    }

    /// When it was last proved, or set (21 CFR 11.300(e)).
    #[must_use]
    pub fn tested_at(&self) -> Timestamp {
        self.kept.tested_at
    }

    /// Until when it is good, if it is a temporary one.
    #[must_use]
    pub fn good_until(&self) -> Option<Timestamp> {
        self.kept.good_until
    }

    /// When it was withdrawn, if it was.
    #[must_use]
    pub fn withdrawn_at(&self) -> Option<Timestamp> {
        self.kept.withdrawn_at
    }

    /// Whether it is locked.
    #[must_use]
    pub fn lock(&self, rules: &FactorRules, now: Timestamp) -> Lock {
        self.kept.attempts.lock(&rules.attempts, now)
    }

    /// What its owner is to be reminded of, and from when on.
    #[must_use]
    pub fn due(&self, rules: &FactorRules) -> Vec<Due> {
        let test = rules.test_every.map(|interval| Due::Test(clock::later(self.kept.tested_at, interval)));
        let change = rules.longest_age.map(|age| Due::Change(clock::later(self.kept.set_at, age)));
        let end = self.kept.good_until.map(Due::Change);
        test.into_iter().chain(change).chain(end).collect()
    }

    /// Withdraws it at once: lost, told to somebody, its person has gone (21 CFR 11.300(c)). Attempts under way are void.
    /// Anybody whom the application allows may do this; to undo it takes [`Keeper::reinstate`](crate::Keeper::reinstate).
    pub fn withdraw(&mut self, now: Timestamp) -> SecurityAlert {
        let now = now.max(self.kept.attempts.latest());
        self.kept.withdrawn_at.get_or_insert(now);
        self.kept.attempts = Attempts::new(now);
        self.event(AlertEvent::Withdrawn, now)
    }

    /// Whether the owner or the security desk must hear of an attempt that was refused: of all but those that an honest
    /// person meets on an ordinary day.
    #[must_use]
    pub fn alert(&self, refused: &Refused, now: Timestamp) -> Option<SecurityAlert> {
        match refused {
            Refused::Lapsed { .. }
            | Refused::Aged { .. }
            | Refused::NoCode
            | Refused::CodeExpired { .. }
            | Refused::CodeTriesUsed
            | Refused::ClockBehind(_) => None,
            Refused::Locked { .. }
            | Refused::LockedUntilReset { .. }
            | Refused::WrongPerson { .. }
            | Refused::WrongPurpose { .. }
            | Refused::WrongOccasion { .. }
            | Refused::Withdrawn { .. }
            | Refused::TooManyAtOnce { .. } => Some(self.event(AlertEvent::RefusedAttempt, now)),
        }
    }

    pub(crate) fn event(&self, event: AlertEvent, at: Timestamp) -> SecurityAlert {
        SecurityAlert { user: self.kept.owner, factor: S::KIND, at, event }
    }

    pub(crate) fn context(&self) -> SecretContext {
        SecretContext::new(self.kept.owner, S::KIND, self.kept.scope)
    }

    /// To be stored; [`Factor::from_bytes`] reads it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new(state_kind::<S>());
        writer.array(&self.kept.owner.to_bytes());
        writer.array(&self.kept.scope);
        writer.number(self.kept.generation);
        writer.counted(self.kept.verifier.bytes());
        writer.byte(u8::try_from(self.kept.earlier.len()).unwrap_or(u8::MAX));
        for verifier in &self.kept.earlier {
            writer.counted(verifier.bytes());
        }
        writer.time(self.kept.set_at);
        writer.time(self.kept.tested_at);
        writer.optional_time(self.kept.good_until);
        writer.optional_time(self.kept.withdrawn_at);
        self.kept.attempts.write(&mut writer);
        writer.finish()
    }

    /// Reads what [`Factor::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`StateError`] says what is wrong, and where: cut off, the state of another kind of factor, a time outside the
    /// calendar, bytes after the end.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> {
        let mut reader = Reader::new(bytes, state_kind::<S>())?;
        let verifier = |reader: &mut Reader<'_>| {
            let bytes = reader.counted(Verifier::MOST)?.to_vec();
            Verifier::new(bytes).map_err(|_| reader.fault("a verifier that is too long"))
        };
        let owner = UserId::from_bytes(reader.array()?);
        let scope = reader.array()?;
        let generation = reader.number()?;
        if generation == 0 {
            return Err(reader.fault("generations count from 1"));
        }
        let current = verifier(&mut reader)?;
        let count = reader.byte()?;
        if count > FactorRules::MOST_REMEMBERED {
            return Err(reader.fault("more earlier secrets than are kept"));
        }
        let earlier = (0..count).map(|_| verifier(&mut reader)).collect::<Result<_, _>>()?;
        let kept = Kept {
            owner,
            scope,
            generation,
            verifier: current,
            earlier,
            set_at: reader.time()?,
            tested_at: reader.time()?,
            good_until: reader.optional_time()?,
            withdrawn_at: reader.optional_time()?,
            attempts: Attempts::read(&mut reader)?,
        };
        reader.end()?;
        Ok(Self::new(kept))
    }
}
