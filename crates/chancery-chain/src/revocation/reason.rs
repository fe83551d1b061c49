//! Reasons for revocation: small shared values of CRLs and OCSP answers.

use std::fmt;

/// Why an issuer revoked a certificate.
///
/// ```text
/// CRLReason ::= ENUMERATED {                      -- RFC 5280 §5.3.1
///     unspecified (0), keyCompromise (1), cACompromise (2), affiliationChanged (3), superseded (4),
///     cessationOfOperation (5), certificateHold (6), removeFromCRL (8), privilegeWithdrawn (9), aACompromise (10) }
/// ```
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RevocationReason {
    /// No reason is given.
    Unspecified,
    /// The private key is known or suspected to be in other hands.
    KeyCompromise,
    /// The private key of an authority is known or suspected to be in other hands.
    AuthorityCompromise,
    /// The subject's name or affiliation changed.
    AffiliationChanged,
    /// A newer certificate replaces it.
    Superseded,
    /// It is no longer needed.
    CessationOfOperation,
    /// Suspended; may become good again.
    CertificateHold,
    /// Taken off the list (delta CRLs only).
    RemoveFromCrl,
    /// A privilege in the certificate was withdrawn.
    PrivilegeWithdrawn,
    /// The private key of an attribute authority is known or suspected to be in other hands.
    AttributeAuthorityCompromise,
    /// A code that RFC 5280 does not define.
    Other(u8),
}

impl RevocationReason {
    /// The reason of this code.
    pub fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Unspecified,
            1 => Self::KeyCompromise,
            2 => Self::AuthorityCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            8 => Self::RemoveFromCrl,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AttributeAuthorityCompromise,
            other => Self::Other(other),
        }
    }

    /// Whether the certificate is only suspended, and may become good again (RFC 5280 §5.3.1).
    pub fn is_hold(self) -> bool {
        self == Self::CertificateHold
    }
}

impl fmt::Display for RevocationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "no reason given",
            Self::KeyCompromise => "key compromised",
            Self::AuthorityCompromise => "authority's key compromised",
            Self::AffiliationChanged => "affiliation changed",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "no longer in use",
            Self::CertificateHold => "on hold",
            Self::RemoveFromCrl => "taken off the list",
            Self::PrivilegeWithdrawn => "privilege withdrawn",
            Self::AttributeAuthorityCompromise => "attribute authority's key compromised",
            Self::Other(code) => return write!(f, "reason code {code}"),
        })
    }
}
