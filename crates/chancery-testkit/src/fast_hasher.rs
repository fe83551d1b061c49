//! Verifiers of secrets that cost nothing, so that a test can make a thousand guesses.

use chancery_auth::{Exposed, HasherError, Match, SecretContext, SecretHasher, Verifier};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A [`SecretHasher`] that is one SHA-256: for tests, never for people. It lives here and not behind a feature of
/// `chancery-auth`, so that no build for users can turn it on.
///
/// ```
/// use chancery_auth::{Keeper, SigningPin};
/// use chancery_testkit::FastHasher;
///
/// let pins = Keeper::<SigningPin, _>::new(FastHasher);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FastHasher;

impl SecretHasher for FastHasher {
    fn protect(
        &self,
        secret: &Exposed<'_>,
        context: &SecretContext,
        salt: &[u8; 16],
    ) -> Result<Verifier, HasherError> {
        let tag = Sha256::new().chain_update(salt).chain_update(context.commitment());
        let tag: [u8; 32] = tag.chain_update(secret.bytes()).finalize().into();
        Verifier::new([&salt[..], &tag].concat())
    }

    fn matches(
        &self,
        secret: &Exposed<'_>,
        context: &SecretContext,
        verifier: &Verifier,
    ) -> Result<Match, HasherError> {
        let salt = verifier.bytes().first_chunk().ok_or(HasherError::Unreadable)?;
        let same = self.protect(secret, context, salt)?.bytes().ct_eq(verifier.bytes());
        Ok(if same.into() { Match::Yes } else { Match::No })
    }
}
