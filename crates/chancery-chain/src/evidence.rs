//! What is known beside the judged certificate: other certificates, CRLs, OCSP answers.

pub(crate) mod completeness;
pub(crate) mod distinct;
pub(crate) mod file;
pub(crate) mod file_error;
pub(crate) mod missing;

use chancery_certificate::{Certificate, Octets};

use crate::evidence::distinct::Distinct;
use crate::revocation::crl::RevocationList;
use crate::revocation::crl_source::CrlSource;

/// Certificates, CRLs and OCSP answers that may help to judge a chain.
///
/// Nothing in it is trusted: each piece is checked when it is used. The same piece twice is kept once, and copies of
/// the evidence share the pieces; a piece that is given as [`Octets`] of a message shares the memory of that.
///
/// ```
/// use chancery_chain::Evidence;
/// # let (answer, list): (Vec<u8>, Vec<u8>) = (vec![0x30, 0], vec![0x30, 0]);
/// let evidence = Evidence::new().with_crl(list).with_ocsp(answer);
/// assert_eq!(evidence.crls().len(), 1);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    certificates: Distinct<Certificate>,
    crls: Distinct<Octets>,
    crl_sources: Vec<CrlSource>,
    ocsp: Distinct<Octets>,
}

impl Evidence {
    /// No evidence.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a certificate: an intermediate authority, an OCSP responder, an issuer of CRLs.
    #[must_use]
    pub fn with_certificate(mut self, certificate: Certificate) -> Self {
        self.add_certificate(certificate);
        self
    }

    /// Adds certificates.
    #[must_use]
    pub fn with_certificates(mut self, certificates: impl IntoIterator<Item = Certificate>) -> Self {
        certificates.into_iter().for_each(|certificate| self.add_certificate(certificate));
        self
    }

    /// Adds a CRL (DER, RFC 5280 §5).
    #[must_use]
    pub fn with_crl(mut self, crl: impl Into<Octets>) -> Self {
        self.add_crl(crl);
        self
    }

    /// Adds a CRL that is not in memory.
    #[must_use]
    pub fn with_crl_source(mut self, crl: CrlSource) -> Self {
        self.add_crl_source(crl);
        self
    }

    /// Adds an OCSP answer (DER `OCSPResponse` or `BasicOCSPResponse`, RFC 6960 §4.2.1).
    #[must_use]
    pub fn with_ocsp(mut self, answer: impl Into<Octets>) -> Self {
        self.add_ocsp(answer);
        self
    }

    /// Adds a certificate to evidence held by reference.
    pub fn add_certificate(&mut self, certificate: Certificate) {
        self.certificates.add(certificate);
    }

    /// Adds a CRL to evidence held by reference.
    pub fn add_crl(&mut self, crl: impl Into<Octets>) {
        self.crls.add(crl.into());
    }

    /// Adds a CRL that is not in memory to evidence held by reference.
    pub fn add_crl_source(&mut self, crl: CrlSource) {
        if !self.crl_sources.iter().any(|known| known.is(&crl)) {
            self.crl_sources.push(crl);
        }
    }

    /// Adds an OCSP answer to evidence held by reference.
    pub fn add_ocsp(&mut self, answer: impl Into<Octets>) {
        self.ocsp.add(answer.into());
    }

    /// Adds everything that the other evidence holds.
    pub fn extend(&mut self, other: Self) {
        other.certificates.into_iter().for_each(|certificate| self.add_certificate(certificate));
        other.crls.into_iter().for_each(|crl| self.add_crl(crl));
        other.crl_sources.into_iter().for_each(|crl| self.add_crl_source(crl));
        other.ocsp.into_iter().for_each(|answer| self.add_ocsp(answer));
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.certificates().is_empty()
            && self.crls().is_empty()
            && self.crl_sources().is_empty()
            && self.ocsp().is_empty()
    }

    /// The certificates.
    pub fn certificates(&self) -> &[Certificate] {
        self.certificates.as_slice()
    }

    /// The lists that can be read, those that are not in memory without their entries.
    pub(crate) fn read_lists(&self) -> impl Iterator<Item = RevocationList<'_>> {
        let in_memory = self.crls().iter().map(|crl| RevocationList::from_der(crl));
        let elsewhere = self.crl_sources().iter().map(CrlSource::frame);
        in_memory.chain(elsewhere).filter_map(Result::ok)
    }

    /// Whether this certificate is among them, without comparing it with each.
    pub(crate) fn has_certificate(&self, certificate: &Certificate) -> bool {
        self.certificates.has(certificate)
    }

    /// The CRLs, as DER.
    pub fn crls(&self) -> &[Octets] {
        self.crls.as_slice()
    }

    /// The CRLs that are not in memory.
    pub fn crl_sources(&self) -> &[CrlSource] {
        &self.crl_sources
    }

    /// The OCSP answers, as DER.
    pub fn ocsp(&self) -> &[Octets] {
        self.ocsp.as_slice()
    }
}
