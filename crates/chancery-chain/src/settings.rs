//! How revocation and weak algorithms are to be treated.

/// What is asked of revocation. There is no default: whoever verifies decides.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum RevocationPolicy {
    /// Every certificate below the trust anchor must be known to be good at the moment.
    Require,
    /// What is known to be revoked is refused; what is not known is reported as
    /// [`RevocationStatus::Unknown`](crate::RevocationStatus::Unknown).
    WhenKnown,
    /// Nothing is asked; every certificate is reported as
    /// [`RevocationStatus::NotChecked`](crate::RevocationStatus::NotChecked).
    NotChecked,
}

/// What becomes of signatures whose algorithm or key was no longer acceptable at the moment, by the table of
/// [`chancery_key::lifetime`].
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum WeakAlgorithms {
    /// They refuse the path, or the evidence.
    #[default]
    Refuse,
    /// They are accepted and reported by [`VerifiedChain::weaknesses`](crate::VerifiedChain::weaknesses), for a
    /// caller who judges them against proofs of existence, or only asks whether signatures are intact.
    Report,
}
