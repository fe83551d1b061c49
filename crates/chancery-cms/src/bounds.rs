//! How much a message may hold, so that reading and judging it takes time by its size.

use crate::error::CmsError;

/// How many signers a message may have. The largest real ones have some dozens.
pub(crate) const MAX_SIGNERS: usize = 10_000;

/// So many certificates, and so many other entries, a message may hold of whatever size.
const FREE_ENTRIES: usize = 1_000;

/// What is beyond that must be as long, on average, as the least that an entry can be and be of use: the shortest
/// signatures and keys alone have 64 bytes each. A signature that is renewed for ever gains entries, and each brings its
/// bytes; entries of two bytes would only take more memory than the message itself.
const LEAST_ENTRY: usize = 100;

/// Certificates and CRLs that are looked at for each signer, for all signers together: as many as
/// [`MAX_SIGNERS`] with [`FREE_ENTRIES`] of both kinds.
const MAX_LOOKS: usize = 20_000_000;

/// How many entries a set of so many bytes may hold.
pub(crate) fn most_entries(bytes: usize) -> usize {
    FREE_ENTRIES.max(bytes / LEAST_ENTRY)
}

/// Refuses many signers together with many certificates and CRLs: one of both may be many.
pub(crate) fn check_together(signers: usize, entries: usize) -> Result<(), CmsError> {
    if signers.saturating_mul(entries) > MAX_LOOKS {
        let limit = MAX_LOOKS / signers.max(1);
        return Err(CmsError::TooMany { what: "certificates and CRLs for so many signers", limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_many_must_be_long() {
        assert_eq!(
            [0, 2_000, 100_000, 100_100, 30_000_000].map(most_entries),
            [1000, 1000, 1000, 1001, 300_000]
        );
    }

    #[test]
    fn many_of_both_are_too_many() {
        assert!(check_together(MAX_SIGNERS, 2 * FREE_ENTRIES).is_ok());
        assert!(check_together(1, 1_000_000).is_ok());
        let error = check_together(MAX_SIGNERS, 2 * FREE_ENTRIES + 1).unwrap_err();
        assert!(matches!(error, CmsError::TooMany { limit: 2_000, .. }), "{error}");
        assert!(check_together(usize::MAX, usize::MAX).is_err());
    }
}
