//! Object identifiers of the extensions that are processed here, and nothing else.

use const_oid::ObjectIdentifier;

const fn id_ce(oid: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(oid)
}

pub(crate) const SUBJECT_ALTERNATIVE_NAME: ObjectIdentifier = id_ce("2.5.29.17");
pub(crate) const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = id_ce("2.5.29.14");
pub(crate) const BASIC_CONSTRAINTS: ObjectIdentifier = id_ce("2.5.29.19");
pub(crate) const KEY_USAGE: ObjectIdentifier = id_ce("2.5.29.15");
pub(crate) const EXTENDED_KEY_USAGE: ObjectIdentifier = id_ce("2.5.29.37");
pub(crate) const NAME_CONSTRAINTS: ObjectIdentifier = id_ce("2.5.29.30");
pub(crate) const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = id_ce("2.5.29.31");
pub(crate) const CERTIFICATE_POLICIES: ObjectIdentifier = id_ce("2.5.29.32");
pub(crate) const POLICY_MAPPINGS: ObjectIdentifier = id_ce("2.5.29.33");
pub(crate) const POLICY_CONSTRAINTS: ObjectIdentifier = id_ce("2.5.29.36");
pub(crate) const INHIBIT_ANY_POLICY: ObjectIdentifier = id_ce("2.5.29.54");
/// id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1).
pub(crate) const OCSP_NO_CHECK: ObjectIdentifier = id_ce("1.3.6.1.5.5.7.48.1.5");

// Of CRLs (RFC 5280 §5.2) and their entries (§5.3).
pub(crate) const CRL_NUMBER: ObjectIdentifier = id_ce("2.5.29.20");
pub(crate) const REASON_CODE: ObjectIdentifier = id_ce("2.5.29.21");
pub(crate) const INVALIDITY_DATE: ObjectIdentifier = id_ce("2.5.29.24");
pub(crate) const DELTA_CRL_INDICATOR: ObjectIdentifier = id_ce("2.5.29.27");
pub(crate) const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = id_ce("2.5.29.28");
pub(crate) const CERTIFICATE_ISSUER: ObjectIdentifier = id_ce("2.5.29.29");
pub(crate) const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = id_ce("2.5.29.35");
/// id-ce-expiredCertsOnCRL (X.509 §9.5.2.8): the list keeps expired certificates from this moment on.
pub(crate) const EXPIRED_CERTIFICATES_ON_CRL: ObjectIdentifier = id_ce("2.5.29.60");
