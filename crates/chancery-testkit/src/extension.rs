//! An extension to be.

use const_oid::ObjectIdentifier as Oid;

/// An extension of a certificate or a revocation list that is to be made (RFC 5280 §4.2): any, also senseless ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestExtension {
    pub(crate) oid: Oid,
    pub(crate) criticality: Criticality,
    pub(crate) value: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Criticality {
    Critical,
    Plain,
}

impl TestExtension {
    /// Whoever does not understand it must refuse the whole. `value` is the DER inside the OCTET STRING.
    #[must_use]
    pub fn critical(oid: Oid, value: Vec<u8>) -> Self {
        Self { oid, criticality: Criticality::Critical, value }
    }

    /// Whoever does not understand it may ignore it. `value` is the DER inside the OCTET STRING.
    #[must_use]
    pub fn plain(oid: Oid, value: Vec<u8>) -> Self {
        Self { oid, criticality: Criticality::Plain, value }
    }
}
