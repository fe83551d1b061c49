//! What a seal gave.

use chancery_auth::UserId;
use chancery_key::SignatureValue;
use chancery_ledger::{StreamId, Tenant};

use crate::office_error::{OfficeError, SealError};
use crate::text::UseKey;

use super::Books;

/// Whether a value was made now or before.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Repetition {
    /// The key has signed now.
    First,
    /// The key signed before, under the same key of the use; this is what it gave then, and nothing was spent.
    Again,
}

/// A seal was set, and that is recorded. Only an [`Office`](crate::Office) makes one.
#[derive(Debug)]
pub struct Sealed {
    tenant: Tenant,
    office: StreamId,
    key: UseKey,
    user: UserId,
    value: SignatureValue,
    repetition: Repetition,
}

impl Sealed {
    /// Whether this office set the seal.
    pub(super) fn is_of(&self, books: &Books) -> bool {
        self.tenant == books.tenant && self.office == books.usage
    }

    /// The key of the use.
    #[must_use]
    pub const fn key(&self) -> &UseKey {
        &self.key
    }

    /// Whose use it was.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// The signature value, for whoever prepared the bytes to be signed.
    #[must_use]
    pub fn value(&self) -> SignatureValue {
        self.value.clone()
    }

    /// Whether it was made now.
    #[must_use]
    pub const fn repetition(&self) -> Repetition {
        self.repetition
    }
}

/// What is kept of the outcome of a use. A value that was made now still knows for what, so whoever finishes the document
/// need not verify it again; one that was kept is one from outside.
pub(super) enum KeptOutcome {
    Sealed(SignatureValue),
    Failed(String),
}

impl KeptOutcome {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Sealed(value) => [b"S", value.as_bytes()].concat(),
            Self::Failed(reason) => [b"F", reason.as_bytes()].concat(),
        }
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, OfficeError> {
        match bytes.split_first() {
            Some((b'S', value)) => Ok(Self::Sealed(SignatureValue::from_bytes(value.to_vec()))),
            Some((b'F', reason)) => Ok(Self::Failed(String::from_utf8_lossy(reason).into_owned())),
            Some(_) | None => Err(OfficeError::Unreadable),
        }
    }

    pub(super) fn into_sealed(
        self,
        books: &Books,
        key: &UseKey,
        user: UserId,
        repetition: Repetition,
    ) -> Result<Sealed, SealError> {
        match self {
            Self::Sealed(value) => Ok(Sealed {
                tenant: books.tenant.clone(),
                office: books.usage.clone(),
                key: key.clone(),
                user,
                value,
                repetition,
            }),
            Self::Failed(reason) => Err(SealError::Failed { reason }),
        }
    }
}
