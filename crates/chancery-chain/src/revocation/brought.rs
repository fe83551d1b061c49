//! The certificates that OCSP answers bring.

use std::sync::{Mutex, PoisonError};

use chancery_certificate::Certificate;
use chancery_cms::KnownCertificates;

/// How many are kept. One responder gives most of the answers about a signature; who sends more certificates has each of
/// them read again for each answer.
const HANDFUL: usize = 8;

/// Certificates that answers bring, each read once: nearly all answers bring the same one, whose digest and key are then
/// made once as well.
#[derive(Debug)]
pub(crate) struct Brought<'a> {
    /// Those at hand beside the answers.
    known: KnownCertificates<'a>,
    read: Mutex<Vec<Certificate>>,
}

impl<'a> Brought<'a> {
    /// Beside these certificates.
    pub(crate) fn beside(certificates: &'a [Certificate]) -> Self {
        Self { known: KnownCertificates::new(certificates), read: Mutex::default() }
    }

    /// The certificate with exactly these octets. None if they are not a certificate.
    pub(crate) fn read(&self, der: &[u8]) -> Option<Certificate> {
        if let Some(known) = self.known.find(der) {
            return Some(known.clone());
        }
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.iter().find(|known| known.to_der() == der) {
            return Some(known.clone());
        }
        let certificate = Certificate::from_der(der).ok()?;
        if read.len() < HANDFUL {
            read.push(certificate.clone());
        }
        Some(certificate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_none_each_time() {
        let brought = Brought::beside(&[]);
        assert!(brought.read(&[0x30, 0]).is_none() && brought.read(&[0x30, 0]).is_none());
        assert!(brought.read.lock().unwrap().is_empty());
    }
}
