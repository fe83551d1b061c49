//! The object identifiers that certificates, revocation lists and OCSP answers of the kit bear.

use const_oid::ObjectIdentifier as Oid;

/// id-at-countryName.
pub const COUNTRY: Oid = Oid::new_unwrap("2.5.4.6");
/// id-at-organizationName.
pub const ORGANIZATION: Oid = Oid::new_unwrap("2.5.4.10");
/// id-at-commonName.
pub const COMMON_NAME: Oid = Oid::new_unwrap("2.5.4.3");

/// id-ce-subjectKeyIdentifier (RFC 5280 §4.2.1.2).
pub const SUBJECT_KEY_IDENTIFIER: Oid = Oid::new_unwrap("2.5.29.14");
/// id-ce-keyUsage (RFC 5280 §4.2.1.3).
pub const KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.15");
/// id-ce-subjectAltName (RFC 5280 §4.2.1.6).
pub const SUBJECT_ALTERNATIVE_NAME: Oid = Oid::new_unwrap("2.5.29.17");
/// id-ce-basicConstraints (RFC 5280 §4.2.1.9).
pub const BASIC_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.19");
/// id-ce-cRLNumber (RFC 5280 §5.2.3).
pub const CRL_NUMBER: Oid = Oid::new_unwrap("2.5.29.20");
/// id-ce-cRLReasons (RFC 5280 §5.3.1).
pub const REASON_CODE: Oid = Oid::new_unwrap("2.5.29.21");
/// id-ce-invalidityDate (RFC 5280 §5.3.2).
pub const INVALIDITY_DATE: Oid = Oid::new_unwrap("2.5.29.24");
/// id-ce-issuingDistributionPoint (RFC 5280 §5.2.5).
pub const ISSUING_DISTRIBUTION_POINT: Oid = Oid::new_unwrap("2.5.29.28");
/// id-ce-nameConstraints (RFC 5280 §4.2.1.10).
pub const NAME_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.30");
/// id-ce-cRLDistributionPoints (RFC 5280 §4.2.1.13).
pub const CRL_DISTRIBUTION_POINTS: Oid = Oid::new_unwrap("2.5.29.31");
/// id-ce-authorityKeyIdentifier (RFC 5280 §4.2.1.1).
pub const AUTHORITY_KEY_IDENTIFIER: Oid = Oid::new_unwrap("2.5.29.35");
/// id-ce-extKeyUsage (RFC 5280 §4.2.1.12).
pub const EXTENDED_KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.37");
/// id-pe-authorityInfoAccess (RFC 5280 §4.2.2.1).
pub const AUTHORITY_INFORMATION_ACCESS: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.1.1");

/// id-ad-ocsp: where the OCSP responder is.
pub const OCSP: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.48.1");
/// id-ad-caIssuers: where the issuer's certificate is.
pub const CA_ISSUERS: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.48.2");
/// id-pkix-ocsp-basic (RFC 6960 §4.2.1).
pub const OCSP_BASIC: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.1");
/// id-pkix-ocsp-nonce (RFC 9654).
pub const OCSP_NONCE: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.2");
/// id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1).
pub const OCSP_NO_CHECK: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.5");

/// id-kp-serverAuth: TLS servers. The wrong purpose for everything that signs documents.
pub const SERVER_AUTHENTICATION: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.3.1");
/// id-kp-clientAuth.
pub const CLIENT_AUTHENTICATION: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.3.2");
/// id-kp-emailProtection: S/MIME, and by custom documents.
pub const EMAIL_PROTECTION: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.3.4");
/// id-kp-timeStamping (RFC 3161 §2.3).
pub const TIME_STAMPING: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.3.8");
/// id-kp-OCSPSigning (RFC 6960 §4.2.2.2).
pub const OCSP_SIGNING: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.3.9");
/// id-kp-documentSigning (RFC 9336).
pub const DOCUMENT_SIGNING: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.3.36");

/// An extension that nobody knows, under the number for examples (RFC 5612).
pub const UNKNOWN_EXTENSION: Oid = Oid::new_unwrap("1.3.6.1.4.1.32473.1");
/// The policy of the kit's timestamp authority, under the number for examples (RFC 5612).
pub const TIMESTAMP_POLICY: Oid = Oid::new_unwrap("1.3.6.1.4.1.32473.2");
