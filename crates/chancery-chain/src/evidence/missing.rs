//! What evidence is missing.

use std::fmt;

use chancery_certificate::Certificate;

use crate::path::failure::{Anchored, ChainFailure, PathFailure};
use crate::path::fault::ChainFault;
use crate::revocation::evidence_fault::EvidenceFault;
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
    /// What is missing before the chain could hold, as far as is known. Either revocation evidence, for the path that
    /// lacks nothing else; or issuers: those at which the search ended when no path reaches a trust anchor, others in
    /// the place of those that were not valid at the moment when paths fail by nothing else. Those nearest to the
    /// judged certificate come first. Empty when more evidence would not help, as for a revoked certificate.
    pub fn missing(&self) -> Vec<Missing> {
        self.paths().find_map(lacks_only_revocation).unwrap_or_else(|| self.missing_issuers())
    }

    /// The certificates with valid signatures below them whose issuer is not known, or not a valid one.
    pub(crate) fn missing_issuers(&self) -> Vec<Missing> {
        let mut ends: Vec<(usize, &Certificate)> = if self.reaches_an_anchor() {
            self.paths().filter_map(below_the_lowest_invalid).collect()
        } else {
            self.paths().flat_map(dead_ends).collect()
        };
        ends.sort_by_key(|(place, _)| *place);
        let mut missing: Vec<Missing> = Vec::new();
        for (_, certificate) in ends {
            if !missing.iter().any(|known| known.certificate() == certificate) {
                missing.push(Missing::Issuer { certificate: certificate.clone() });
            }
        }
        missing
    }
}

/// Where a path that reaches no anchor ended, and how far from the judged certificate that is.
fn dead_ends(path: &PathFailure) -> impl Iterator<Item = (usize, &Certificate)> {
    let ends = path.faults().filter_map(|fault| match fault {
        ChainFault::NoPath { certificate, .. } | ChainFault::BadSignature { certificate, .. } => {
            Some(certificate)
        }
        _ => None,
    });
    ends.filter(|end| !is_its_own_issuer(end)).filter_map(|end| {
        let place = path.certificates().iter().position(|one| one == end)?;
        Some((place, end))
    })
}

/// A root that is not trusted: nothing stands above it, so no certificate is missing, but trust.
fn is_its_own_issuer(certificate: &Certificate) -> bool {
    let own = certificate.subject_key_identifier().ok().flatten();
    let above =
        certificate.authority_key_identifier().ok().flatten().and_then(|issuer| issuer.key_identifier);
    certificate.is_self_issued() && (above.is_none() || above == own)
}

/// The certificate below the lowest authority of a path that fails only because authorities were not valid at the
/// moment (or are not known to be unrevoked): another certificate of that authority may be valid.
fn below_the_lowest_invalid(path: &PathFailure) -> Option<(usize, &Certificate)> {
    if path.anchored() == Anchored::No {
        return None;
    }
    let certificates = path.certificates();
    let mut lowest: Option<usize> = None;
    for fault in path.faults() {
        match fault {
            ChainFault::Expired { certificate, .. } | ChainFault::NotYetValid { certificate, .. } => {
                let below = certificates.iter().position(|one| one == certificate)?.checked_sub(1)?;
                lowest = Some(lowest.map_or(below, |lowest| lowest.min(below)));
            }
            ChainFault::RevocationUnknown { .. } => {}
            _ => return None,
        }
    }
    Some((lowest?, certificates.get(lowest?)?))
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
