//! The named curves that we compute with (RFC 5480 §2.1.1.1).

use const_oid::ObjectIdentifier as Oid;

/// secp256r1.
pub(crate) const P256: Oid = Oid::new_unwrap("1.2.840.10045.3.1.7");
/// secp384r1.
pub(crate) const P384: Oid = Oid::new_unwrap("1.3.132.0.34");
/// secp521r1.
pub(crate) const P521: Oid = Oid::new_unwrap("1.3.132.0.35");
