//! The trust anchors of the operating system.

use chancery_certificate::Certificate;

use crate::anchor::TrustAnchors;
use crate::anchor::system_error::{SystemTrustError, SystemTrustProblem};

/// The trust anchors of the operating system, and what of them could not be read.
///
/// They are chosen for servers of the web, by the rules that browsers made for these. Few are meant for signatures on
/// documents, none is chosen for them, and their own constraints (Mozilla's dates and purposes, Microsoft's) are lost
/// on the way. Right for them is the list of the community that the signature comes from: an ETSI trusted list, a
/// company's authorities.
#[derive(Clone, Debug)]
pub struct SystemTrust {
    anchors: TrustAnchors,
    problems: Vec<SystemTrustProblem>,
}

impl SystemTrust {
    /// Reads the system's store: the keychain of macOS, the "ROOT" store of Windows, elsewhere the files of OpenSSL,
    /// or of the environment variables `SSL_CERT_FILE` and `SSL_CERT_DIR`, which can point to any others.
    ///
    /// Takes some milliseconds, on macOS some hundreds; read it once.
    ///
    /// # Errors
    /// When there is not one anchor: an empty set would refuse every certificate without saying why.
    pub fn read() -> Result<Self, SystemTrustError> {
        let found = rustls_native_certs::load_native_certs();
        Self::from_parts(found.certs, found.errors.iter().map(ToString::to_string))
    }

    fn from_parts<C: AsRef<[u8]>>(
        certificates: impl IntoIterator<Item = C>,
        errors: impl IntoIterator<Item = String>,
    ) -> Result<Self, SystemTrustError> {
        let mut problems: Vec<_> =
            errors.into_iter().map(|reason| SystemTrustProblem::Store { reason }).collect();
        let mut anchors = Vec::new();
        for der in certificates {
            match Certificate::from_der(der.as_ref()) {
                Ok(certificate) => anchors.push(certificate),
                Err(error) => problems.push(SystemTrustProblem::Certificate { error }),
            }
        }
        match anchors.is_empty() {
            true => Err(SystemTrustError::Empty { problems }),
            false => Ok(Self { anchors: TrustAnchors::new(anchors), problems }),
        }
    }

    /// The anchors.
    pub fn anchors(&self) -> &TrustAnchors {
        &self.anchors
    }

    /// What could not be read: these anchors are missing.
    pub fn problems(&self) -> &[SystemTrustProblem] {
        &self.problems
    }
}

impl From<SystemTrust> for TrustAnchors {
    fn from(system: SystemTrust) -> Self {
        system.anchors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_store_is_an_error_that_says_why() {
        let problem = "permission denied".to_owned();
        let error = SystemTrust::from_parts([b"no certificate"], [problem]).unwrap_err();
        let SystemTrustError::Empty { problems } = &error;
        assert_eq!(problems.len(), 2);
        assert!(error.to_string().contains("permission denied"), "{error}");
        assert!(SystemTrust::from_parts([] as [&[u8]; 0], []).is_err());
    }
}
