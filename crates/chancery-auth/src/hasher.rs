//! The joint at which secrets become verifiers.

use sha2::{Digest, Sha256};

use crate::error::HasherError;
use crate::kind::FactorKind;
use crate::secret::Exposed;
use crate::user::UserId;

/// Whose secret it is and of which kind: enters the verifier, so that one that is copied to another person's row, or to
/// another kind, fits nothing there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretContext {
    owner: UserId,
    kind: FactorKind,
    scope: [u8; 32],
}

impl SecretContext {
    pub(crate) fn new(owner: UserId, kind: FactorKind, scope: [u8; 32]) -> Self {
        Self { owner, kind, scope }
    }

    /// SHA-256 over person, kind and (for access codes) request.
    #[must_use]
    pub fn commitment(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"chancery-auth context v1");
        hash.update(self.owner.to_bytes());
        hash.update([self.kind.number()]);
        hash.update(self.scope);
        hash.finalize().into()
    }
}

/// What is stored instead of a secret: bytes that only their [`SecretHasher`] reads.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier(Vec<u8>);

impl Verifier {
    /// A verifier is no longer than this.
    pub const MOST: usize = 512;

    /// These bytes, made by a hasher.
    ///
    /// # Errors
    /// [`HasherError::Unreadable`] if they are more than [`Verifier::MOST`].
    pub fn new(bytes: Vec<u8>) -> Result<Self, HasherError> {
        if bytes.len() > Self::MOST { Err(HasherError::Unreadable) } else { Ok(Self(bytes)) }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Nobody prints verifiers: with the pepper they can be guessed.
impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Verifier({} bytes)", self.0.len())
    }
}

/// Whether a secret fits a verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// It does not.
    No,
    /// It does.
    Yes,
    /// It does, and the verifier was made with a retired pepper or weaker parameters: a new one should replace it.
    Outdated,
}

/// Makes verifiers of secrets, and compares. [`Argon2Hasher`](crate::Argon2Hasher) is the one to use; others are for
/// keys in an HSM.
///
/// Both calls must take the same time for every secret of a length, and compare in constant time. What an
/// implementation must promise beyond that: no secret is ever part of an error, a log, or the verifier.
pub trait SecretHasher {
    /// Makes the verifier of a new secret with this salt, which is random and new.
    ///
    /// # Errors
    /// [`HasherError`] if it cannot be made.
    fn protect(
        &self,
        secret: &Exposed<'_>,
        context: &SecretContext,
        salt: &[u8; 16],
    ) -> Result<Verifier, HasherError>;

    /// Whether the secret fits. Verifiers come from a database that somebody may have edited: what cannot be read is an
    /// error, what would cost too much is refused.
    ///
    /// # Errors
    /// [`HasherError`] if it cannot be told.
    fn matches(
        &self,
        secret: &Exposed<'_>,
        context: &SecretContext,
        verifier: &Verifier,
    ) -> Result<Match, HasherError>;
}

impl<H: SecretHasher + ?Sized> SecretHasher for &H {
    fn protect(
        &self,
        secret: &Exposed<'_>,
        context: &SecretContext,
        salt: &[u8; 16],
    ) -> Result<Verifier, HasherError> {
        (**self).protect(secret, context, salt)
    }

    fn matches(
        &self,
        secret: &Exposed<'_>,
        context: &SecretContext,
        verifier: &Verifier,
    ) -> Result<Match, HasherError> {
        (**self).matches(secret, context, verifier)
    }
}
