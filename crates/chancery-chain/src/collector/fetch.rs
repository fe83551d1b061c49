//! What was asked of the network, and what came.

use std::fmt;

use chancery_certificate::{Certificate, printable};

use crate::collector::fetch_fault::FetchFault;

/// One question that was asked, or that would have been.
///
/// All of them together say why something is still missing.
#[derive(Debug)]
pub struct Fetch {
    wanted: Wanted,
    url: String,
    about: Vec<Certificate>,
    outcome: Result<(), FetchFault>,
}

/// What was asked for.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wanted {
    /// The certificate of an issuer.
    Issuer,
    /// An OCSP answer.
    OcspAnswer,
    /// A CRL.
    Crl,
}

impl Fetch {
    pub(crate) fn new(
        wanted: Wanted,
        url: &str,
        about: Certificate,
        outcome: Result<(), FetchFault>,
    ) -> Self {
        Self { wanted, url: printable(url), about: vec![about], outcome }
    }

    /// Notes that the same was wanted for another certificate too.
    pub(crate) fn also_about(&mut self, certificate: &Certificate) {
        if !self.about.contains(certificate) {
            self.about.push(certificate.clone());
        }
    }

    /// What was asked for.
    pub fn wanted(&self) -> Wanted {
        self.wanted
    }

    /// Where: the URL that the certificate names, safe to show.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The certificates for which it was asked.
    pub fn about(&self) -> &[Certificate] {
        &self.about
    }

    /// Whether an answer came; that it answers the question does not yet mean that it is true.
    ///
    /// # Errors
    /// Why there is none.
    pub fn outcome(&self) -> Result<(), &FetchFault> {
        self.outcome.as_ref().copied()
    }
}

impl fmt::Display for Fetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wanted = match self.wanted {
            Wanted::Issuer => "the issuer's certificate",
            Wanted::OcspAnswer => "an OCSP answer",
            Wanted::Crl => "a CRL",
        };
        match &self.outcome {
            Ok(()) => write!(f, "{wanted} came from {}", self.url),
            Err(fault) => write!(f, "{wanted} did not come from {}: {fault}", self.url),
        }
    }
}
