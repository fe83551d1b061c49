//! Certificates that are known already, to be found by their octets.

use std::collections::HashMap;

use chancery_certificate::Certificate;

/// How many are compared one by one: even if they differ only in the last octet, that takes no longer than hashing one.
const HANDFUL: usize = 16;

/// Certificates that were read before. A message that holds the same takes them instead of reading them again, which
/// saves time and memory: nearly all timestamps of a signature hold certificates that the signature has too.
///
/// ```
/// use chancery_cms::{KnownCertificates, SignedMessage};
///
/// fn tokens(message: &SignedMessage, tokens: &[&[u8]]) -> Result<Vec<SignedMessage>, chancery_cms::CmsError> {
///     let known = KnownCertificates::new(message.certificates());
///     tokens.iter().map(|token| SignedMessage::from_ber_knowing(*token, &known)).collect()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct KnownCertificates<'a>(Sorted<'a>);

/// A handful is looked through; more are found by a keyed hash, since somebody may send many that differ in the last
/// octet.
#[derive(Clone, Debug)]
enum Sorted<'a> {
    Few(&'a [Certificate]),
    Many(HashMap<&'a [u8], &'a Certificate>),
}

impl<'a> KnownCertificates<'a> {
    /// These certificates.
    #[must_use]
    pub fn new(certificates: &'a [Certificate]) -> Self {
        if certificates.len() <= HANDFUL {
            return Self(Sorted::Few(certificates));
        }
        let by_der = certificates.iter().map(|certificate| (certificate.to_der(), certificate));
        Self(Sorted::Many(by_der.collect()))
    }

    /// The certificate with exactly these octets.
    #[must_use]
    pub fn find(&self, der: &[u8]) -> Option<&'a Certificate> {
        match &self.0 {
            Sorted::Few(certificates) => certificates.iter().find(|certificate| certificate.to_der() == der),
            Sorted::Many(certificates) => certificates.get(der).copied(),
        }
    }
}
