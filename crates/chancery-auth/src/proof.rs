//! Proofs: values that only their verifier makes.

use jiff::{SignedDuration, Timestamp};

use crate::clock;
use crate::kind::FactorKind;
use crate::occasion::Occasion;
use crate::session_act::SessionAct;
use crate::user::UserId;

/// A person proved a factor, for one occasion, at one time. Made by [`Keeper::settle`](crate::Keeper::settle),
/// [`OneTimeCodes::settle`](crate::OneTimeCodes::settle) and [`Application`], and by nobody else; not to be copied.
///
/// ```compile_fail
/// # fn f(occasion: chancery_auth::Occasion, now: jiff::Timestamp) {
/// let proof = chancery_auth::ProvedFactor { kind: chancery_auth::FactorKind::SigningPin, occasion, at: now, generation: 1 };
/// # }
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct ProvedFactor {
    kind: FactorKind,
    occasion: Occasion,
    at: Timestamp,
    generation: u64,
    session: Option<SessionAct>,
}

impl ProvedFactor {
    pub(crate) fn new(kind: FactorKind, occasion: Occasion, at: Timestamp, generation: u64) -> Self {
        Self { kind, occasion, at, generation, session: None }
    }

    /// It was given in this session.
    pub(crate) fn within(&mut self, session: SessionAct) {
        self.session = Some(session);
    }

    /// The act within a controlled session for which it was given, if it was.
    #[must_use]
    pub fn session(&self) -> Option<&SessionAct> {
        self.session.as_ref()
    }

    /// What was proved.
    #[must_use]
    pub fn kind(&self) -> FactorKind {
        self.kind
    }

    /// By whom.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.occasion.user()
    }

    /// For what.
    #[must_use]
    pub fn occasion(&self) -> &Occasion {
        &self.occasion
    }

    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Which secret of the person, counted from 1; 0 where the application keeps it.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Younger than `age`, and not of the future.
    pub(crate) fn is_fresh(&self, age: SignedDuration, now: Timestamp) -> bool {
        clock::is_fresh(self.at, age, now)
    }
}

impl SessionAct {
    /// The one act within a session for which all of these were given; none of no proofs.
    #[must_use]
    pub fn of(proofs: &[ProvedFactor]) -> Option<Self> {
        let (first, others) = proofs.split_first()?;
        first.session.filter(|session| others.iter().all(|other| other.session == Some(*session)))
    }
}

/// The application that embeds us, where it says that it has verified something itself: the password of its own login,
/// the answer of a second device. Whoever holds this value can make proofs, so make one, at the place of the login, and
/// give it to nobody.
///
/// ```
/// # use chancery_auth::{Application, FactorKind, Occasion, UserId};
/// # use getrandom::{SysRng, rand_core::UnwrapErr};
/// # let alice = UserId::random(&mut UnwrapErr(SysRng));
/// # let now = "2026-11-22T12:00:00Z".parse()?;
/// let login = Application::that_verifies_logins();
/// // …where the application has just compared her password:
/// let proof = login.password(Occasion::change(alice, FactorKind::SigningPin), now);
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Application;

impl Application {
    /// The capability to say what the application has verified.
    #[must_use]
    pub fn that_verifies_logins() -> Self {
        Self
    }

    /// The person entered the right password for this occasion, just now: not at some login before.
    #[must_use]
    pub fn password(&self, occasion: Occasion, now: Timestamp) -> ProvedFactor {
        ProvedFactor::new(FactorKind::Password, occasion, now, 0)
    }

    /// A second device of the person (a passkey, an app) confirmed this occasion, just now.
    #[must_use]
    pub fn second_device(&self, occasion: Occasion, now: Timestamp) -> ProvedFactor {
        ProvedFactor::new(FactorKind::SecondDevice, occasion, now, 0)
    }

    /// `verifier`, another person, has verified who `user` is, by the means that `method` names, before a signing factor
    /// is set (21 CFR 11.100(b)).
    #[must_use]
    pub fn identity(&self, user: UserId, verifier: UserId, method: &str, now: Timestamp) -> VerifiedIdentity {
        VerifiedIdentity { user, verifier, method: method.to_owned(), at: now }
    }
}

/// Somebody verified who a person is (21 CFR 11.100(b)).
#[derive(Debug, PartialEq, Eq)]
pub struct VerifiedIdentity {
    user: UserId,
    verifier: UserId,
    method: String,
    at: Timestamp,
}

impl VerifiedIdentity {
    /// Who was identified.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    /// By whom.
    #[must_use]
    pub fn verifier(&self) -> UserId {
        self.verifier
    }

    /// By which means, for the record.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// For this person, by another.
    pub(crate) fn is_for(&self, user: UserId) -> bool {
        self.user == user && self.verifier != user
    }
}
