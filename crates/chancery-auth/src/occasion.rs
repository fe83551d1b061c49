//! What a proof is for: one person, one purpose, one thing.

use std::collections::BTreeSet;
use std::fmt;

use sha2::{Digest, Sha256};

use crate::error::DigestSetError;
use crate::kind::FactorKind;
use crate::purpose::Purpose;
use crate::user::UserId;

/// The documents that an act is about, by their digests. Order and repetition do not matter.
#[derive(Clone, PartialEq, Eq)]
pub struct DigestSet(BTreeSet<Vec<u8>>);

impl DigestSet {
    /// More documents than anybody looks at before one act.
    pub const MOST: usize = 10_000;

    /// The set of these digests, each 32 to 64 bytes (SHA-256 to SHA-512).
    ///
    /// # Errors
    /// [`DigestSetError`] if there is none, more than [`DigestSet::MOST`], or one of another length.
    pub fn new<D: AsRef<[u8]>>(digests: impl IntoIterator<Item = D>) -> Result<Self, DigestSetError> {
        let mut set = BTreeSet::new();
        for digest in digests {
            let digest = digest.as_ref();
            if !(32..=64).contains(&digest.len()) {
                return Err(DigestSetError::Length { found: digest.len() });
            }
            set.insert(digest.to_vec());
            if set.len() > Self::MOST {
                return Err(DigestSetError::TooMany { most: Self::MOST });
            }
        }
        if set.is_empty() { Err(DigestSetError::Empty) } else { Ok(Self(set)) }
    }
}

impl fmt::Debug for DigestSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DigestSet({} digests)", self.0.len())
    }
}

/// One person, one purpose, one thing. A proof is given for an occasion and counts for no other.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Occasion {
    user: UserId,
    purpose: Purpose,
    subject: [u8; 32],
}

impl Occasion {
    /// `user` wants to see the request (an envelope, a download) with this id.
    #[must_use]
    pub fn access(user: UserId, request: &[u8]) -> Self {
        Self::new(user, Purpose::Access, &[request])
    }

    /// `user` wants to sign or approve exactly these documents in the transaction with this id: a code that was proved
    /// for them opens no others, and none twice.
    #[must_use]
    pub fn act(user: UserId, transaction: &[u8], documents: &DigestSet) -> Self {
        let digests = documents.0.iter().map(Vec::as_slice);
        Self::new(user, Purpose::Act, &std::iter::once(transaction).chain(digests).collect::<Vec<_>>())
    }

    /// `user` wants to set or reset the own factor of this kind.
    #[must_use]
    pub fn change(user: UserId, kind: FactorKind) -> Self {
        Self::new(user, Purpose::Change, &[&[kind.number()]])
    }

    /// `user` wants to link the account of this id at another service.
    #[must_use]
    pub fn link(user: UserId, account: &[u8]) -> Self {
        Self::new(user, Purpose::Link, &[account])
    }

    fn new(user: UserId, purpose: Purpose, parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"chancery-auth occasion v1");
        hash.update([purpose.number()]);
        hash.update(user.to_bytes());
        for part in parts {
            // No platform has sizes beyond 64 bits.
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        Self { user, purpose, subject: hash.finalize().into() }
    }

    /// Who.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    /// What for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// SHA-256 over person, purpose and thing, each with its length: what a record of the proof may
    /// show.
    #[must_use]
    pub fn commitment(&self) -> [u8; 32] {
        self.subject
    }
}

impl fmt::Debug for Occasion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Occasion({} by {}, ", self.purpose, self.user)?;
        self.subject.iter().take(8).try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("…)")
    }
}
