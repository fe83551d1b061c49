//! How revocation is to be treated.

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
