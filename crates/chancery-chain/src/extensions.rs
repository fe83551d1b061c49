//! Object identifiers of the extensions that are processed here, and nothing else.

use const_oid::ObjectIdentifier;

pub(crate) use const_oid::db::rfc5280::{
    ID_CE_BASIC_CONSTRAINTS as BASIC_CONSTRAINTS, ID_CE_CERTIFICATE_POLICIES as CERTIFICATE_POLICIES,
    ID_CE_CRL_DISTRIBUTION_POINTS as CRL_DISTRIBUTION_POINTS, ID_CE_EXT_KEY_USAGE as EXTENDED_KEY_USAGE,
    ID_CE_INHIBIT_ANY_POLICY as INHIBIT_ANY_POLICY, ID_CE_KEY_USAGE as KEY_USAGE,
    ID_CE_NAME_CONSTRAINTS as NAME_CONSTRAINTS, ID_CE_POLICY_CONSTRAINTS as POLICY_CONSTRAINTS,
    ID_CE_POLICY_MAPPINGS as POLICY_MAPPINGS, ID_CE_SUBJECT_ALT_NAME as SUBJECT_ALTERNATIVE_NAME,
    ID_CE_SUBJECT_KEY_IDENTIFIER as SUBJECT_KEY_IDENTIFIER,
};
/// RFC 6960 §4.2.2.2.1.
pub(crate) use const_oid::db::rfc6960::ID_PKIX_OCSP_NOCHECK as OCSP_NO_CHECK;

/// id-pe-qcStatements (RFC 3739 §3.2.6).
pub(crate) const QC_STATEMENTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.3");
/// id-ce-noRevAvail (RFC 9608 §2).
pub(crate) const NO_REVOCATION_AVAILABLE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.56");
/// id-etsi-ext-valassured-ST-certs (ETSI EN 319 412-1 §5.2).
pub(crate) const VALIDITY_ASSURED_SHORT_TERM: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("0.4.0.194121.2.1");
/// RFC 5280 §4.2.1.15.
pub(crate) use const_oid::db::rfc5280::ID_CE_FRESHEST_CRL as FRESHEST_CRL;
/// The access method of OCSP responders (RFC 5280 §4.2.2.1).
pub(crate) use const_oid::db::rfc5912::ID_AD_OCSP as OCSP_ACCESS;

// Of CRLs (RFC 5280 §5.2) and their entries (§5.3).
pub(crate) use const_oid::db::rfc5280::{
    ID_CE_AUTHORITY_KEY_IDENTIFIER as AUTHORITY_KEY_IDENTIFIER,
    ID_CE_CERTIFICATE_ISSUER as CERTIFICATE_ISSUER, ID_CE_CRL_NUMBER as CRL_NUMBER,
    ID_CE_CRL_REASONS as REASON_CODE, ID_CE_DELTA_CRL_INDICATOR as DELTA_CRL_INDICATOR,
    ID_CE_INVALIDITY_DATE as INVALIDITY_DATE, ID_CE_ISSUING_DISTRIBUTION_POINT as ISSUING_DISTRIBUTION_POINT,
};
/// id-ce-expiredCertsOnCRL (X.509 §9.5.2.8): the list keeps certificates that expired from this moment on.
pub(crate) const EXPIRED_CERTIFICATES_ON_CRL: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.60");
