//! Which attributes may stand among the unsigned ones.

use const_oid::ObjectIdentifier as Oid;

use crate::attribute::Attribute;
use crate::attributes::{
    ALGORITHM_PROTECTION, CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2,
    SIGNING_TIME,
};
use crate::error::CmsError;

/// What says something about the signature only if it is signed with it (RFC 5652, 11; RFC 5035, 5.4; RFC 6211, 2).
const MUST_BE_SIGNED: [Oid; 6] = [
    CONTENT_TYPE,
    MESSAGE_DIGEST,
    SIGNING_TIME,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    ALGORITHM_PROTECTION,
];

/// Refuses an attribute that says something only if it is signed.
pub(crate) fn may_be_unsigned(attribute: &Attribute) -> Result<(), CmsError> {
    let oid = attribute.oid();
    if MUST_BE_SIGNED.contains(&oid) { Err(CmsError::MustBeSigned { oid }) } else { Ok(()) }
}
