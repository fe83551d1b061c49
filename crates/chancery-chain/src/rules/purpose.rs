//! What a certificate is to be used for, and which usages allow it.

use std::fmt;

use const_oid::ObjectIdentifier;
pub(crate) use const_oid::db::rfc5280::{
    ANY_EXTENDED_KEY_USAGE, ID_KP_CLIENT_AUTH as CLIENT_AUTHENTICATION,
    ID_KP_EMAIL_PROTECTION as EMAIL_PROTECTION, ID_KP_OCSP_SIGNING as OCSP_SIGNING,
    ID_KP_TIME_STAMPING as TIME_STAMPING,
};

/// id-kp-documentSigning (RFC 9336 §3).
pub(crate) const DOCUMENT_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");
/// szOID_KP_DOCUMENT_SIGNING, which Microsoft defined before RFC 9336.
pub(crate) const MICROSOFT_DOCUMENT_SIGNING: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.10.3.12");
/// Adobe's "authentic documents trust", which PDF viewers accept.
pub(crate) const ADOBE_AUTHENTIC_DOCUMENTS: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113583.1.1.5");

/// What the certificate is to be used for.
///
/// | purpose | extended key usage of the certificate | its key usage, if present | the authorities' extended key usage, if present |
/// |---|---|---|---|
/// | `DocumentSigning` | absent, any, documentSigning (RFC 9336), emailProtection, Microsoft's or Adobe's | digitalSignature or nonRepudiation | one of the same |
/// | `Timestamping` | timeStamping, critical and alone (RFC 3161 §2.3) | digitalSignature or nonRepudiation, and no other, as in OpenSSL | timeStamping or any |
/// | `OcspSigning` | OCSPSigning | digitalSignature or nonRepudiation | not judged: the issuer delegates directly (RFC 6960 §4.2.2.2) |
/// | `Email` | absent, any, emailProtection | digitalSignature or nonRepudiation | the same |
/// | `ClientAuthentication` | absent, any, clientAuth | digitalSignature or keyAgreement | the same |
/// | `Usage(oid)` | absent, any, the one named | not judged | the same |
/// | `Any` | not judged | not judged | not judged |
///
/// RFC 5280 leaves open whether the extended key usage of an authority binds what it issues. Here it does, as in
/// OpenSSL, Windows and the browsers: an authority that is certified for e-mail only cannot make a timestamp unit. It
/// can make signers of documents, since e-mail certificates are accepted for documents too, as they are in practice.
/// Who finds "absent", "any" or e-mail too little asks for more with [`UsageDemands`](crate::UsageDemands).
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// Signing documents (PDF, CMS).
    DocumentSigning,
    /// Signing timestamp tokens (RFC 3161).
    Timestamping,
    /// Signing OCSP answers for the issuer (RFC 6960).
    OcspSigning,
    /// Signing mail (S/MIME).
    Email,
    /// Proving who a client is (TLS).
    ClientAuthentication,
    /// Whatever this extended key usage stands for: servers of the web, the formats of a trade.
    Usage(ObjectIdentifier),
    /// No purpose is judged.
    Any,
}

/// Key usage bits of which one is needed.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum NeededUsage {
    Signing,
    OnlySigning,
    Authentication,
    None,
}

impl Purpose {
    /// Whether extended key usages are judged at all.
    pub(crate) fn is_judged(self) -> bool {
        self != Self::Any
    }

    /// Whether this usage, named in a certificate, allows the purpose.
    pub(crate) fn is_allowed_by(self, usage: ObjectIdentifier) -> bool {
        match self {
            Self::DocumentSigning => {
                [DOCUMENT_SIGNING, EMAIL_PROTECTION, MICROSOFT_DOCUMENT_SIGNING, ADOBE_AUTHENTIC_DOCUMENTS]
                    .contains(&usage)
            }
            Self::Timestamping => usage == TIME_STAMPING,
            Self::OcspSigning => usage == OCSP_SIGNING,
            Self::Email => usage == EMAIL_PROTECTION,
            Self::ClientAuthentication => usage == CLIENT_AUTHENTICATION,
            Self::Usage(asked) => usage == asked,
            Self::Any => true,
        }
    }

    /// Whether this usage names the purpose itself: no other purpose that is accepted in its place.
    pub(crate) fn is_named_by(self, usage: ObjectIdentifier) -> bool {
        self.is_allowed_by(usage) && (self != Self::DocumentSigning || usage != EMAIL_PROTECTION)
    }

    /// Whether a certificate that is to be used for the purpose must name a usage for it, whatever is demanded
    /// beyond: neither silence nor anyExtendedKeyUsage will do.
    pub(crate) fn must_be_named(self) -> bool {
        match self {
            Self::Timestamping | Self::OcspSigning => true,
            Self::DocumentSigning | Self::Email | Self::ClientAuthentication | Self::Usage(_) | Self::Any => {
                false
            }
        }
    }

    /// Whether the extended key usages of the authorities on the path bind.
    pub(crate) fn binds_authorities(self) -> bool {
        match self {
            Self::OcspSigning | Self::Any => false,
            Self::DocumentSigning
            | Self::Timestamping
            | Self::Email
            | Self::ClientAuthentication
            | Self::Usage(_) => true,
        }
    }

    pub(crate) fn needed_usage(self) -> NeededUsage {
        match self {
            Self::Timestamping => NeededUsage::OnlySigning,
            Self::DocumentSigning | Self::OcspSigning | Self::Email => NeededUsage::Signing,
            Self::ClientAuthentication => NeededUsage::Authentication,
            Self::Usage(_) | Self::Any => NeededUsage::None,
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DocumentSigning => "signing documents",
            Self::Timestamping => "timestamping",
            Self::OcspSigning => "signing OCSP answers",
            Self::Email => "signing mail",
            Self::ClientAuthentication => "client authentication",
            Self::Usage(oid) => return write!(f, "the usage {oid}"),
            Self::Any => "any purpose",
        })
    }
}
