//! That a certificate is revoked, since when and why.

use jiff::Timestamp;

/// Why a certificate was revoked (RFC 5280 §5.3.1, `CRLReason`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RevocationReason {
    /// No reason is given; in a list the entry then has no reason code at all, as the standard asks.
    Unspecified = 0,
    /// Somebody else may have the key. What was signed before is in doubt too.
    KeyCompromise = 1,
    /// The same, of an authority.
    AuthorityCompromise = 2,
    /// The person left, or the name changed.
    AffiliationChanged = 3,
    /// A newer certificate takes its place.
    Superseded = 4,
    /// It is not needed any more.
    CessationOfOperation = 5,
    /// Suspended for now.
    CertificateHold = 6,
    /// No longer suspended (delta lists only).
    RemoveFromList = 8,
    /// A right that the certificate states was withdrawn.
    PrivilegeWithdrawn = 9,
    /// The attribute authority may be compromised.
    AttributeAuthorityCompromise = 10,
}

impl RevocationReason {
    /// The number in the standard.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }
}

/// One revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    /// Since when, by the authority's own account.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
    /// From when on the certificate should not be trusted, if that is known to be earlier (`invalidityDate`).
    pub invalid_since: Option<Timestamp>,
}

impl Revocation {
    /// A revocation at this time for this reason.
    #[must_use]
    pub fn new(at: Timestamp, reason: RevocationReason) -> Self {
        Self { at, reason, invalid_since: None }
    }

    /// The same, with the date from which the key is suspect.
    #[must_use]
    pub fn invalid_since(self, since: Timestamp) -> Self {
        Self { invalid_since: Some(since), ..self }
    }
}
