//! How revocation and weak algorithms are to be treated.

/// What is asked of revocation. There is no default: whoever verifies decides.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub enum RevocationPolicy {
    /// Every certificate below the trust anchor must be known to be good at the moment, and so must whoever signed the
    /// evidence that says so.
    ///
    /// One case says less than it seems: where the signer of CRLs is another certificate than the issuer's, such as the
    /// new key of an authority, and the only list that speaks of that certificate is one that it signed itself, that
    /// list is believed. Many authorities have no other (PKITS 4.5 and 4.14.30 ask for it). Whoever stole such a key
    /// can sign a list that does not name it; only a list or answer by another key, when it is at hand, tells.
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
