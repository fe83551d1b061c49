//! A reserved attempt, and its judgement.

use std::marker::PhantomData;

use rand_core::CryptoRng;

use crate::alert::SecurityAlert;
use crate::error::HasherError;
use crate::hasher::{Match, SecretContext, SecretHasher, Verifier};
use crate::occasion::Occasion;
use crate::reservations::Mark;
use crate::secret::Secret;

/// A reserved attempt with one secret. Commit the state that it was taken from, then judge: whoever judges without
/// having committed learns nothing, because only a state that holds the reservation settles.
#[must_use = "the attempt is used up, whether it is judged or not"]
pub struct Ticket<S: Secret> {
    pub(crate) mark: Mark,
    pub(crate) occasion: Occasion,
    pub(crate) context: SecretContext,
    pub(crate) generation: u64,
    pub(crate) verifier: Verifier,
    pub(crate) alert: Option<SecurityAlert>,
    pub(crate) of: PhantomData<fn() -> S>,
}

impl<S: Secret> Ticket<S> {
    /// What must be told with the commit of this reservation: that it used up the tries.
    #[must_use]
    pub fn alert(&self) -> Option<SecurityAlert> {
        self.alert
    }

    /// Compares the secret: slow, by intent, and the same for right and wrong. The judgement is sealed until
    /// [`Keeper::settle`](crate::Keeper::settle). One ticket, one secret.
    ///
    /// # Errors
    /// [`HasherError`] if it cannot be told. The attempt is used up.
    pub(crate) fn judge<R: CryptoRng + ?Sized>(
        self,
        secret: &S,
        hasher: &impl SecretHasher,
        rng: &mut R,
    ) -> Result<Judgement<S>, HasherError> {
        let secret = secret.exposed();
        let fits = hasher.matches(&secret, &self.context, &self.verifier)?;
        let renewed = match fits {
            Match::Outdated => Some(hasher.protect(&secret, &self.context, &new_salt(rng))?),
            Match::No | Match::Yes => None,
        };
        Ok(Judgement { ticket: self, right: fits != Match::No, renewed })
    }
}

/// What was found out about one attempt, sealed: it says nothing until it is settled with the stored state.
///
/// ```compile_fail
/// # fn f(judgement: chancery_auth::Judgement<chancery_auth::SigningPin>) {
/// println!("{judgement:?}"); // has no Debug
/// # }
/// ```
#[must_use = "nobody knows the answer until it is settled"]
pub struct Judgement<S: Secret> {
    pub(crate) ticket: Ticket<S>,
    pub(crate) right: bool,
    pub(crate) renewed: Option<Verifier>,
}

pub(crate) fn new_salt<R: CryptoRng + ?Sized>(rng: &mut R) -> [u8; 16] {
    let mut salt = [0; 16];
    rng.fill_bytes(&mut salt);
    salt
}
