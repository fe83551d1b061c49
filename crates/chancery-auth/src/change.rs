//! Setting, resetting and reinstating secrets: never with the secret itself.

use jiff::Timestamp;
use rand_core::CryptoRng;

use crate::alert::{AlertEvent, SecurityAlert};
use crate::attempts::Attempts;
use crate::error::{ChangeRefused, HasherError, Weakness};
use crate::factor::{Factor, Kept};
use crate::hasher::{Match, SecretContext, SecretHasher};
use crate::keeper::Keeper;
use crate::kind::{FactorKind, KindSet};
use crate::occasion::Occasion;
use crate::proof::{ProvedFactor, VerifiedIdentity};
use crate::rules::FactorRules;
use crate::secret::{AccessCode, ApprovalCode, Secret, SigningPin};
use crate::ticket::new_salt;
use crate::user::UserId;
use crate::weak::Personal;

/// A secret that its owner sets and resets: [`SigningPin`] and [`ApprovalCode`].
pub trait OwnSecret: Secret {
    /// Which kinds, proved freshly, reset it: any one of them. Never its own.
    fn reset_by() -> KindSet;
}

impl OwnSecret for SigningPin {
    /// The application's password, or a second device.
    fn reset_by() -> KindSet {
        [FactorKind::Password, FactorKind::SecondDevice].into_iter().collect()
    }
}

impl OwnSecret for ApprovalCode {
    /// A second device only: not the code, not a password, and no token of an API is a factor at all.
    fn reset_by() -> KindSet {
        FactorKind::SecondDevice.into()
    }
}

/// A new secret on its way in, with what is known about its person.
pub struct NewSecret<S: Secret> {
    secret: S,
    personal: Personal,
    until: Option<Timestamp>,
}

impl<S: Secret> NewSecret<S> {
    /// This secret.
    #[must_use]
    pub fn new(secret: S) -> Self {
        Self { secret, personal: Personal::unknown(), until: None }
    }

    /// What a guesser may know about the person: the secret must not hold it.
    #[must_use]
    pub fn of(mut self, personal: Personal) -> Self {
        self.personal = personal;
        self
    }

    /// A temporary replacement, good until this moment (21 CFR 11.300(c)).
    #[must_use]
    pub fn until(mut self, end: Timestamp) -> Self {
        self.until = Some(end);
        self
    }

    fn judge(&self, rules: &FactorRules) -> Result<(), Weakness> {
        rules.judge(&self.secret, &self.personal)
    }
}

impl<S: Secret> From<S> for NewSecret<S> {
    fn from(secret: S) -> Self {
        Self::new(secret)
    }
}

impl<S: OwnSecret, H: SecretHasher> Keeper<S, H> {
    /// Sets a first secret, when somebody else has verified who the person is (21 CFR 11.100(b)) and the person has
    /// just proved another factor.
    ///
    /// # Errors
    /// [`ChangeRefused`] says which of these is missing, or why the secret is too weak.
    pub fn enrol<R: CryptoRng + ?Sized>(
        &self,
        identity: &VerifiedIdentity,
        proof: &ProvedFactor,
        new: impl Into<NewSecret<S>>,
        rng: &mut R,
        now: Timestamp,
    ) -> Result<Factor<S>, ChangeRefused> {
        let owner = proof.user();
        if !identity.is_for(owner) {
            return Err(ChangeRefused::Identity);
        }
        self.permits(owner, proof, now)?;
        self.first(owner, [0; 32], &new.into(), rng, now)
    }

    /// Sets a new secret in place of one that was forgotten, locked, or is too old, when the person has just proved
    /// another factor. Attempts and sessions under way end: they rest on a generation that is gone.
    ///
    /// # Errors
    /// [`ChangeRefused`] says what would help. Nothing has changed then.
    pub fn reset<R: CryptoRng + ?Sized>(
        &self,
        factor: &mut Factor<S>,
        proof: &ProvedFactor,
        new: impl Into<NewSecret<S>>,
        rng: &mut R,
        now: Timestamp,
    ) -> Result<SecurityAlert, ChangeRefused> {
        if factor.kept.withdrawn_at.is_some() {
            return Err(ChangeRefused::Withdrawn { kind: S::KIND });
        }
        self.permits(factor.kept.owner, proof, now)?;
        self.replace(factor, &new.into(), rng, now)?;
        Ok(factor.event(AlertEvent::Reset, now))
    }

    /// Sets a new secret where one was withdrawn. Two other people must have identified the owner since
    /// (21 CFR 11.200(a)(3)), and the owner must have just proved another factor: no administrator can do it alone, nor
    /// both without the owner.
    ///
    /// # Errors
    /// [`ChangeRefused`] says what would help. Nothing has changed then.
    pub fn reinstate<R: CryptoRng + ?Sized>(
        &self,
        factor: &mut Factor<S>,
        identities: [&VerifiedIdentity; 2],
        proof: &ProvedFactor,
        new: impl Into<NewSecret<S>>,
        rng: &mut R,
        now: Timestamp,
    ) -> Result<SecurityAlert, ChangeRefused> {
        let withdrawn = factor.kept.withdrawn_at.ok_or(ChangeRefused::NotWithdrawn { kind: S::KIND })?;
        if !identities.iter().all(|identity| identity.is_for(factor.kept.owner)) {
            return Err(ChangeRefused::Identity);
        }
        let [first, second] = identities;
        if first.verifier() == second.verifier() || first.at() < withdrawn || second.at() < withdrawn {
            return Err(ChangeRefused::FourEyes);
        }
        self.permits(factor.kept.owner, proof, now)?;
        self.replace(factor, &new.into(), rng, now)?;
        Ok(factor.event(AlertEvent::Reinstated, now))
    }

    fn permits(&self, owner: UserId, proof: &ProvedFactor, now: Timestamp) -> Result<(), ChangeRefused> {
        let (kind, accepted) = (S::KIND, S::reset_by());
        if proof.kind() == kind || !accepted.contains(proof.kind()) {
            return Err(ChangeRefused::WrongKind { kind, given: proof.kind(), accepted });
        }
        if *proof.occasion() != Occasion::change(owner, kind) {
            return Err(ChangeRefused::WrongOccasion { kind });
        }
        if !proof.is_fresh(self.rules.fresh_for, now) {
            return Err(ChangeRefused::Stale { at: proof.at() });
        }
        Ok(())
    }
}

impl<H: SecretHasher> Keeper<AccessCode, H> {
    /// Keeps the code that a sender has set for one party and one request. It opens that request for viewing, to that
    /// party, and nothing else.
    ///
    /// # Errors
    /// [`ChangeRefused`] if it is too weak, or the sender is the party.
    pub fn keep<R: CryptoRng + ?Sized>(
        &self,
        sender: UserId,
        access: &Occasion,
        code: impl Into<NewSecret<AccessCode>>,
        rng: &mut R,
        now: Timestamp,
    ) -> Result<Factor<AccessCode>, ChangeRefused> {
        Self::set_by(sender, access)?;
        self.first(access.user(), access.commitment(), &code.into(), rng, now)
    }

    /// The sender sets another code for the same party and request, which also ends a lock.
    ///
    /// # Errors
    /// [`ChangeRefused`] if it is too weak, the sender is the party, or the request is another.
    pub fn keep_another<R: CryptoRng + ?Sized>(
        &self,
        factor: &mut Factor<AccessCode>,
        sender: UserId,
        code: impl Into<NewSecret<AccessCode>>,
        rng: &mut R,
        now: Timestamp,
    ) -> Result<SecurityAlert, ChangeRefused> {
        if sender == factor.kept.owner {
            return Err(ChangeRefused::Identity);
        }
        self.replace(factor, &code.into(), rng, now)?;
        Ok(factor.event(AlertEvent::Reset, now))
    }

    fn set_by(sender: UserId, access: &Occasion) -> Result<(), ChangeRefused> {
        if !access.purpose().admits(FactorKind::AccessCode) {
            return Err(ChangeRefused::WrongOccasion { kind: FactorKind::AccessCode });
        }
        if sender == access.user() { Err(ChangeRefused::Identity) } else { Ok(()) }
    }
}

impl<S: Secret, H: SecretHasher> Keeper<S, H> {
    fn first<R: CryptoRng + ?Sized>(
        &self,
        owner: UserId,
        scope: [u8; 32],
        new: &NewSecret<S>,
        rng: &mut R,
        now: Timestamp,
    ) -> Result<Factor<S>, ChangeRefused> {
        new.judge(&self.rules)?;
        let context = SecretContext::new(owner, S::KIND, scope);
        let verifier = self.hasher.protect(&new.secret.exposed(), &context, &new_salt(rng))?;
        Ok(Factor::new(Kept {
            owner,
            scope,
            generation: 1,
            verifier,
            earlier: Vec::new(),
            set_at: now,
            tested_at: now,
            good_until: new.until,
            withdrawn_at: None,
            attempts: Attempts::new(now),
        }))
    }

    fn replace<R: CryptoRng + ?Sized>(
        &self,
        factor: &mut Factor<S>,
        new: &NewSecret<S>,
        rng: &mut R,
        now: Timestamp,
    ) -> Result<(), ChangeRefused> {
        new.judge(&self.rules)?;
        let kind = S::KIND;
        let generation = factor.kept.generation.checked_add(1).ok_or(ChangeRefused::Exhausted { kind })?;
        let (secret, context) = (new.secret.exposed(), factor.context());
        let remembered = usize::from(self.rules.remembered);
        for verifier in std::iter::once(&factor.kept.verifier).chain(&factor.kept.earlier).take(remembered) {
            match self.hasher.matches(&secret, &context, verifier) {
                Ok(Match::Yes | Match::Outdated) => return Err(ChangeRefused::Reused { kind }),
                // A reset is the remedy when a pepper is lost or a row damaged, so it must not fail for that.
                Ok(Match::No)
                | Err(HasherError::UnknownPepper | HasherError::Unreadable | HasherError::Parameters) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let verifier = self.hasher.protect(&secret, &context, &new_salt(rng))?;
        let before = std::mem::replace(&mut factor.kept.verifier, verifier);
        factor.kept.earlier.insert(0, before);
        factor.kept.earlier.truncate(remembered.saturating_sub(1));
        factor.kept.generation = generation;
        (factor.kept.set_at, factor.kept.tested_at) = (now, now);
        (factor.kept.good_until, factor.kept.withdrawn_at) = (new.until, None);
        // A reset is the remedy for a clock that stood in the future: time counts from now on.
        factor.kept.attempts = Attempts::new(now);
        Ok(())
    }
}
