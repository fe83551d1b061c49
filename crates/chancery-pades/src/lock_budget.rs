//! How much of locks is read, however often the same is referred to.

use crate::PadesError;

/// All names of fields in the locks of a document together; the largest forms have some thousand fields.
const MAX_BYTES: usize = 4 << 20;
/// What each name and each reference of a signature costs beside its bytes.
const NAME: usize = 24;
const REFERENCES: usize = 4096;

/// What may still be read of the locks of one document.
#[derive(Debug)]
pub(crate) struct LockBudget {
    left: usize,
}

impl LockBudget {
    pub(crate) const fn new() -> Self {
        Self { left: MAX_BYTES }
    }

    /// # Errors
    /// [`PadesError::TooMany`]
    pub(crate) fn spend_name(&mut self, length: usize) -> Result<(), PadesError> {
        self.spend(length.saturating_add(NAME))
    }

    /// For the references of one signature.
    ///
    /// # Errors
    /// [`PadesError::TooMany`]
    pub(crate) fn spend_references(&mut self) -> Result<(), PadesError> {
        self.spend(REFERENCES)
    }

    fn spend(&mut self, bytes: usize) -> Result<(), PadesError> {
        let too_many = PadesError::TooMany { what: "bytes of field names in locks", limit: MAX_BYTES };
        self.left = self.left.checked_sub(bytes).ok_or(too_many)?;
        Ok(())
    }
}
