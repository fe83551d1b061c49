//! The named curves that we compute with (RFC 5480 §2.1.1.1; RFC 5639 §4.1 for brainpool).

use const_oid::ObjectIdentifier as Oid;

/// secp256r1.
pub(crate) const P256: Oid = Oid::new_unwrap("1.2.840.10045.3.1.7");
/// secp384r1.
pub(crate) const P384: Oid = Oid::new_unwrap("1.3.132.0.34");
/// secp521r1.
pub(crate) const P521: Oid = Oid::new_unwrap("1.3.132.0.35");
/// brainpoolP256r1.
pub(crate) const BRAINPOOL_P256R1: Oid = Oid::new_unwrap("1.3.36.3.3.2.8.1.1.7");
/// brainpoolP384r1.
pub(crate) const BRAINPOOL_P384R1: Oid = Oid::new_unwrap("1.3.36.3.3.2.8.1.1.11");
