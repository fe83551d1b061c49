//! Personal API tokens.

use std::fmt;

use chancery_auth::UserId;
use chancery_digest::{AnyDigest, DigestAlgorithm};
use jiff::Timestamp;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::class::ClassSet;
use crate::id::{SealId, TokenId};
use crate::kept_digest::{from_hex, to_hex};

/// What every token begins with, so that scanners for leaked secrets know it.
const PREFIX: &str = "chancery_seal_";

/// The secret of a personal API token: 256 random bits. Shown to its owner once; only its SHA-256 is stored.
///
/// ```
/// use chancery_seal::ApiToken;
/// # use getrandom::{SysRng, rand_core::UnwrapErr};
///
/// let token = ApiToken::random(&mut UnwrapErr(SysRng));
/// assert!(!format!("{token:?}").contains(token.expose().as_str()));
/// assert!(ApiToken::read(&token.expose()).is_some());
/// ```
pub struct ApiToken([u8; 32]);

impl ApiToken {
    /// A new one.
    #[must_use]
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut secret = [0; 32];
        rng.fill_bytes(&mut secret);
        Self(secret)
    }

    /// Reads what a caller presents; none if it has not the form of a token.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        if digits.len() != 64 {
            return None;
        }
        from_hex(digits)?.try_into().ok().map(Self)
    }

    /// The token as its owner gets to see it, once.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("{PREFIX}{}", to_hex(&self.0))
    }

    /// What is stored of it. Nobody finds 256 random bits from their SHA-256, so it needs no slow hash.
    pub(crate) fn hash(&self) -> TokenHash {
        let digest = DigestAlgorithm::Sha256.digest(&self.0);
        let mut hash = [0; 32];
        hash.iter_mut().zip(digest.as_bytes()).for_each(|(byte, made)| *byte = *made);
        TokenHash(hash)
    }
}

impl Drop for ApiToken {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken(…)")
    }
}

/// SHA-256 of a token's secret.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenHash([u8; 32]);

impl TryFrom<String> for TokenHash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let bytes = from_hex(&text).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or("the hash of a token has 64 hexadecimal digits")
    }
}

impl From<TokenHash> for String {
    fn from(hash: TokenHash) -> Self {
        to_hex(&hash.0)
    }
}

/// For what a token can be used: some of what its owner has grants for.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// With which seal.
    pub seal: SealId,
    /// On which documents.
    pub classes: ClassSet,
}

/// A token as the organisation knows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Token {
    pub(crate) id: TokenId,
    pub(crate) user: UserId,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) until: Option<Timestamp>,
    pub(crate) hash: TokenHash,
}

impl Token {
    /// Its number.
    #[must_use]
    pub const fn id(&self) -> TokenId {
        self.id
    }

    /// Whose it is.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// For what it can be used.
    #[must_use]
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    /// Until when, if it ends by itself.
    #[must_use]
    pub const fn until(&self) -> Option<Timestamp> {
        self.until
    }
}
