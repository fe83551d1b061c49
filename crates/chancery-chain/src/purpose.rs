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
/// | `Any` | not judged | not judged | not judged |
///
/// RFC 5280 leaves open whether the extended key usage of an authority binds what it issues. Here it does, as in
/// OpenSSL, Windows and the browsers: an authority that is certified for e-mail only cannot make a timestamp unit.
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
    /// No purpose is judged.
    Any,
}

/// Whether a missing extended key usage extension allows a purpose.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum WhenAbsent {
    Allowed,
    Refused,
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
    /// Usages of which the certificate itself must name one, and whether it may name none; `None`: not judged.
    pub(crate) fn accepted_usages(self) -> Option<(&'static [ObjectIdentifier], WhenAbsent)> {
        match self {
            Self::DocumentSigning => Some((
                &[
                    DOCUMENT_SIGNING,
                    EMAIL_PROTECTION,
                    MICROSOFT_DOCUMENT_SIGNING,
                    ADOBE_AUTHENTIC_DOCUMENTS,
                    ANY_EXTENDED_KEY_USAGE,
                ],
                WhenAbsent::Allowed,
            )),
            Self::Timestamping => Some((&[TIME_STAMPING], WhenAbsent::Refused)),
            Self::OcspSigning => Some((&[OCSP_SIGNING], WhenAbsent::Refused)),
            Self::Email => Some((&[EMAIL_PROTECTION, ANY_EXTENDED_KEY_USAGE], WhenAbsent::Allowed)),
            Self::ClientAuthentication => {
                Some((&[CLIENT_AUTHENTICATION, ANY_EXTENDED_KEY_USAGE], WhenAbsent::Allowed))
            }
            Self::Any => None,
        }
    }

    /// Usages of which an authority on the path must name one if it names any; `None`: not judged.
    pub(crate) fn authority_usages(self) -> Option<&'static [ObjectIdentifier]> {
        match self {
            Self::Timestamping => Some(&[TIME_STAMPING, ANY_EXTENDED_KEY_USAGE]),
            Self::OcspSigning | Self::Any => None,
            Self::DocumentSigning | Self::Email | Self::ClientAuthentication => {
                self.accepted_usages().map(|(usages, _)| usages)
            }
        }
    }

    pub(crate) fn needed_usage(self) -> NeededUsage {
        match self {
            Self::Timestamping => NeededUsage::OnlySigning,
            Self::DocumentSigning | Self::OcspSigning | Self::Email => NeededUsage::Signing,
            Self::ClientAuthentication => NeededUsage::Authentication,
            Self::Any => NeededUsage::None,
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
            Self::Any => "any purpose",
        })
    }
}
