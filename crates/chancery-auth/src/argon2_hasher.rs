//! Argon2id, and over it a MAC with a key that is not in the database.

use std::fmt;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use hmac::{Hmac, KeyInit, Mac};
use rand_core::CryptoRng;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize as _, Zeroizing};

use crate::error::HasherError;
use crate::hasher::{Match, SecretContext, SecretHasher, Verifier};
use crate::secret::Exposed;

/// A key of 32 bytes that lies outside the database: whoever steals the database alone cannot even begin to guess.
/// Wiped when dropped, never printed.
///
/// ```compile_fail
/// println!("{:?}", chancery_auth::Pepper::from_bytes([7; 32])); // has no Debug
/// ```
pub struct Pepper {
    key: Zeroizing<[u8; 32]>,
    id: [u8; 8],
}

impl Pepper {
    /// A new one, to be kept where secrets of the service are kept.
    #[must_use]
    pub fn random<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *key);
        Self::of(key)
    }

    /// The one that was kept.
    #[must_use]
    pub fn from_bytes(mut key: [u8; 32]) -> Self {
        let kept = Zeroizing::new(key);
        key.zeroize();
        Self::of(kept)
    }

    /// The bytes, to be kept outside the database.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.key
    }

    /// The id is made of the key, so that two peppers never bear the same name by mistake.
    fn of(key: Zeroizing<[u8; 32]>) -> Self {
        let tag = mac(&key, &[b"chancery-auth pepper id v1"]);
        let mut id = [0; 8];
        id.copy_from_slice(&tag[..8]);
        Self { key, id }
    }
}

/// What one guess costs: memory, passes over it, lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2Parameters {
    memory: u32,
    passes: u32,
    lanes: u32,
}

impl Argon2Parameters {
    /// 19 MiB, two passes, one lane: the least that the OWASP Password Storage Cheat Sheet (2025) names for Argon2id.
    /// Nothing lowers it.
    pub const LEAST: Self = Self { memory: 19 * 1024, passes: 2, lanes: 1 };

    /// What a stored verifier may ask of us at most: 1 GiB, 16 passes, 16 lanes. More is a forged row, not a policy.
    pub const MOST: Self = Self { memory: 1024 * 1024, passes: 16, lanes: 16 };

    /// Memory in KiB, passes over it, lanes.
    ///
    /// # Errors
    /// [`HasherError::Parameters`] if one of them is below [`Argon2Parameters::LEAST`] or above [`Argon2Parameters::MOST`].
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, HasherError> {
        let new = Self { memory: memory_kib, passes, lanes };
        if new.reaches(Self::LEAST) && Self::MOST.reaches(new) {
            Ok(new)
        } else {
            Err(HasherError::Parameters)
        }
    }

    /// Whether no part is below that of `other`.
    fn reaches(self, other: Self) -> bool {
        self.memory >= other.memory && self.passes >= other.passes && self.lanes >= other.lanes
    }
}

/// Argon2id (RFC 9106) and HMAC-SHA-256 over its result with a [`Pepper`].
///
/// A verifier names its pepper and parameters. One that was made with an older pepper, or with parameters that do not
/// reach the present ones, still fits, and is replaced at the next success.
///
/// ```
/// use chancery_auth::{Argon2Hasher, Argon2Parameters, Pepper};
/// # use getrandom::{SysRng, rand_core::UnwrapErr};
/// # let mut rng = UnwrapErr(SysRng);
/// # let (kept, older) = (Pepper::random(&mut rng), Pepper::random(&mut rng));
/// let hasher = Argon2Hasher::new(kept)
///     .retired(older)                                     // still read, not used for new verifiers
///     .parameters(Argon2Parameters::new(64 * 1024, 3, 1)?); // 64 MiB instead of 19
/// # Ok::<(), chancery_auth::HasherError>(())
/// ```
pub struct Argon2Hasher {
    pepper: Pepper,
    retired: Vec<Pepper>,
    parameters: Argon2Parameters,
}

impl fmt::Debug for Argon2Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Argon2Hasher").field("parameters", &self.parameters).finish_non_exhaustive()
    }
}

impl Argon2Hasher {
    /// With this pepper, at [`Argon2Parameters::LEAST`].
    #[must_use]
    pub fn new(pepper: Pepper) -> Self {
        Self { pepper, retired: Vec::new(), parameters: Argon2Parameters::LEAST }
    }

    /// A pepper of before: its verifiers still fit, and are renewed at the next success.
    #[must_use]
    pub fn retired(mut self, pepper: Pepper) -> Self {
        self.retired.push(pepper);
        self
    }

    /// What new verifiers cost.
    #[must_use]
    pub fn parameters(mut self, parameters: Argon2Parameters) -> Self {
        self.parameters = parameters;
        self
    }

    fn tag(
        secret: &Exposed<'_>,
        context: &SecretContext,
        pepper: &Pepper,
        head: &Head,
    ) -> Result<Zeroizing<[u8; 32]>, HasherError> {
        let Argon2Parameters { memory, passes, lanes } = head.parameters;
        let parameters = Params::new(memory, passes, lanes, Some(32)).map_err(|_| HasherError::Parameters)?;
        // Ours, so that it is wiped: the memory of the last pass tells as much as the result.
        let mut blocks = Zeroizing::new(Vec::<Block>::new());
        blocks.try_reserve_exact(parameters.block_count()).map_err(|_| HasherError::OutOfMemory)?;
        blocks.resize(parameters.block_count(), Block::default());
        let mut hash = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
            .hash_password_into_with_memory(secret.bytes(), &head.salt, &mut *hash, &mut blocks[..])
            .map_err(|_| HasherError::Parameters)?;
        let head = head.to_bytes();
        Ok(mac(&pepper.key, &[b"chancery-auth verifier v1", &context.commitment(), &head, &*hash]))
    }
}

impl SecretHasher for Argon2Hasher {
    fn protect(
        &self,
        secret: &Exposed<'_>,
        context: &SecretContext,
        salt: &[u8; 16],
    ) -> Result<Verifier, HasherError> {
        let head = Head { pepper: self.pepper.id, parameters: self.parameters, salt: *salt };
        let tag = Self::tag(secret, context, &self.pepper, &head)?;
        Verifier::new([&head.to_bytes()[..], &tag[..]].concat())
    }

    fn matches(
        &self,
        secret: &Exposed<'_>,
        context: &SecretContext,
        verifier: &Verifier,
    ) -> Result<Match, HasherError> {
        let (head, stored) = Head::read(verifier.bytes())?;
        let peppers = std::iter::once(&self.pepper).chain(&self.retired);
        let pepper = peppers.into_iter().find(|pepper| pepper.id == head.pepper);
        let pepper = pepper.ok_or(HasherError::UnknownPepper)?;
        let tag = Self::tag(secret, context, pepper, &head)?;
        if !bool::from(tag.ct_eq(&stored)) {
            return Ok(Match::No);
        }
        let current = pepper.id == self.pepper.id && head.parameters.reaches(self.parameters);
        Ok(if current { Match::Yes } else { Match::Outdated })
    }
}

/// What stands before the tag: version 1, pepper, memory, passes, lanes, salt.
struct Head {
    pepper: [u8; 8],
    parameters: Argon2Parameters,
    salt: [u8; 16],
}

impl Head {
    const LENGTH: usize = 1 + 8 + 12 + 16;

    fn to_bytes(&self) -> [u8; Self::LENGTH] {
        let mut bytes = [1; Self::LENGTH];
        bytes[1..9].copy_from_slice(&self.pepper);
        bytes[9..13].copy_from_slice(&self.parameters.memory.to_be_bytes());
        bytes[13..17].copy_from_slice(&self.parameters.passes.to_be_bytes());
        bytes[17..21].copy_from_slice(&self.parameters.lanes.to_be_bytes());
        bytes[21..].copy_from_slice(&self.salt);
        bytes
    }

    /// Parameters outside the limits are refused before anything is computed.
    fn read(bytes: &[u8]) -> Result<(Self, [u8; 32]), HasherError> {
        let (head, tag) = bytes.split_at_checked(Self::LENGTH).ok_or(HasherError::Unreadable)?;
        let tag: [u8; 32] = tag.try_into().map_err(|_| HasherError::Unreadable)?;
        let [1, ..] = head else { return Err(HasherError::Unreadable) };
        let mut fields = [[0; 4]; 3];
        for (field, bytes) in fields.iter_mut().zip(head[9..21].chunks_exact(4)) {
            field.copy_from_slice(bytes);
        }
        let [memory, passes, lanes] = fields.map(u32::from_be_bytes);
        let parameters = Argon2Parameters::new(memory, passes, lanes)?;
        let (mut pepper, mut salt) = ([0; 8], [0; 16]);
        pepper.copy_from_slice(&head[1..9]);
        salt.copy_from_slice(&head[21..]);
        Ok((Self { pepper, parameters, salt }, tag))
    }
}

/// States of hashes hold what a pepper was mixed into: a build in which they are not wiped does not compile.
const _: fn() = || {
    const fn is_wiped<T: zeroize::ZeroizeOnDrop>() {}
    is_wiped::<Sha256>();
};

/// HMAC-SHA-256 over parts that all have fixed lengths.
pub(crate) fn mac(key: &[u8; 32], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    // A key shorter than a block is filled up with zeros (RFC 2104 §2); a whole block cannot be refused.
    let mut block = Zeroizing::new([0; 64]);
    block[..32].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
    for part in parts {
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}
