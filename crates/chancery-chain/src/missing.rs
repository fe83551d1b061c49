//! What evidence is missing.

use std::fmt;

use chancery_certificate::Certificate;

use crate::evidence_fault::EvidenceFault;
use crate::failure::{Anchored, ChainFailure, PathFailure};
use crate::fault::ChainFault;
use crate::verified::{RevocationStatus, VerifiedChain};

/// A piece of evidence without which a chain cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// The certificate of an issuer.
    Issuer {
        /// The certificate whose issuer is not known, or known only with another key.
        certificate: Certificate,
    },
    /// A CRL or an OCSP answer that speaks of the moment.
    Revocation {
        /// The certificate whose revocation is not known.
        certificate: Certificate,
        /// Who issued it: the issuer of the CRL or OCSP answer, or who names another one for that.
        issuer: Certificate,
        /// Why the evidence at hand was not used; empty when there was none, or none was asked for.
        because: Vec<EvidenceFault>,
    },
}

impl Missing {
    /// The certificate whose issuer or revocation is not known.
    pub fn certificate(&self) -> &Certificate {
        match self {
            Self::Issuer { certificate } | Self::Revocation { certificate, .. } => certificate,
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issuer { certificate } => {
                let (issuer, name) = (certificate.issuer(), certificate.display_name());
                write!(f, "the certificate of \"{issuer}\", which issued \"{name}\"")
            }
            Self::Revocation { certificate, because, .. } => {
                write!(f, "a CRL or OCSP answer for \"{}\"", certificate.display_name())?;
                because.iter().enumerate().try_for_each(|(index, fault)| {
                    write!(f, "{} {fault}", if index == 0 { ":" } else { ";" })
                })
            }
        }
    }
}

impl VerifiedChain {
    /// What is missing before the chain would hold under [`RevocationPolicy::Require`](crate::RevocationPolicy::Require)
    /// too: the certificates whose revocation was not asked about or is not known. Empty when the evidence is
    /// complete.
    pub fn missing(&self) -> Vec<Missing> {
        let issuers = self.certificates().iter().skip(1);
        let pairs = self.certificates().iter().zip(issuers).zip(self.revocation());
        let missing = |((certificate, issuer), status): ((&Certificate, &Certificate), &RevocationStatus)| {
            let because = match status {
                RevocationStatus::NotChecked => Vec::new(),
                RevocationStatus::Unknown { because } => because.clone(),
                _ => return None,
            };
            let (certificate, issuer) = (certificate.clone(), issuer.clone());
            Some(Missing::Revocation { certificate, issuer, because })
        };
        pairs.filter_map(missing).collect()
    }
}

impl ChainFailure {
    /// What is missing before the chain could hold, as far as is known: revocation evidence for the path that lacks
    /// nothing else, or, when no path reaches a trust anchor, the issuers at which the search ended, those nearest to
    /// the judged certificate first. Empty when more evidence would not help, as for a revoked certificate.
    pub fn missing(&self) -> Vec<Missing> {
        match self.paths().find_map(lacks_only_revocation) {
            Some(missing) => missing,
            None if self.reaches_an_anchor() => Vec::new(),
            None => self.missing_issuers(),
        }
    }

    /// The certificates with valid signatures below them whose issuer is not known.
    fn missing_issuers(&self) -> Vec<Missing> {
        let mut ends: Vec<(usize, &Certificate)> = Vec::new();
        for path in self.paths() {
            for fault in path.faults() {
                let (ChainFault::NoPath { certificate, .. } | ChainFault::BadSignature { certificate, .. }) =
                    fault
                else {
                    continue;
                };
                let known = ends.iter().any(|(_, known)| *known == certificate);
                let place = path.certificates().iter().position(|one| one == certificate);
                if let Some(place) = place.filter(|_| !known) {
                    ends.push((place, certificate));
                }
            }
        }
        ends.sort_by_key(|(place, _)| *place);
        ends.into_iter()
            .map(|(_, certificate)| Missing::Issuer { certificate: certificate.clone() })
            .collect()
    }
}

/// What a path that reaches an anchor lacks, if it lacks nothing but knowledge of revocation.
pub(crate) fn lacks_only_revocation(path: &PathFailure) -> Option<Vec<Missing>> {
    if path.anchored() == Anchored::No {
        return None;
    }
    let certificates = path.certificates();
    path.faults()
        .map(|fault| match fault {
            ChainFault::RevocationUnknown { certificate, because, .. } => {
                let place = certificates.iter().position(|one| one == certificate)?;
                let issuer = certificates.get(place + 1)?.clone();
                let (certificate, because) = (certificate.clone(), because.clone());
                Some(Missing::Revocation { certificate, issuer, because })
            }
            _ => None,
        })
        .collect()
}
