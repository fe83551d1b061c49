//! A list that somebody relies on.

use chancery_certificate::{Certificate, KeyUsage};
use chancery_chain::{AnchorConstraints, AnchorScope, Purpose, TrustAnchor, TrustAnchors, VerifiedChain};
use jiff::Timestamp;

use crate::conclusion::UnverifiedQualification;
use crate::list::UnverifiedTrustedList;
use crate::provider::Provider;
use crate::service::Service;
use crate::uris::ServiceType;

/// A list that its user relies on though nobody has checked its signature. Made by
/// [`UnverifiedTrustedList::believe_unverified`], and by nothing else.
#[derive(Copy, Clone, Debug)]
pub struct BelievedList<'a>(&'a UnverifiedTrustedList);

/// A service with its provider.
#[derive(Copy, Clone, Debug)]
#[non_exhaustive]
pub struct ListedService<'a> {
    /// The provider.
    pub provider: &'a Provider,
    /// Its service.
    pub service: &'a Service,
}

// Here and not beside the list, which knows nothing of what follows from it.
impl UnverifiedTrustedList {
    /// Relies on the list though nobody has checked its signature: because it came over a channel that is trusted,
    /// or was checked by another program, or in a test. The name stands in your code so that whoever reviews it sees
    /// the decision.
    pub fn believe_unverified(&self) -> BelievedList<'_> {
        BelievedList(self)
    }
}

impl<'a> BelievedList<'a> {
    /// The list.
    pub fn list(&self) -> &'a UnverifiedTrustedList {
        self.0
    }

    /// Every service.
    pub fn services(&self) -> impl Iterator<Item = ListedService<'a>> {
        let list = self.0;
        list.providers().iter().flat_map(|provider| {
            provider.services.iter().map(move |service| ListedService { provider, service })
        })
    }

    /// The services of one kind as trust anchors, each for the times in which its status was
    /// [active](crate::ServiceStatus::is_active): granted, or before July 2016 supervised or accredited.
    ///
    /// Only name and key of their certificates count, as TS 119 612, 5.5.3 means them: what the certificates say of
    /// their own end does not end the trust; the list does. A service whose history is not in order is left out,
    /// since nobody can say when it was trusted.
    ///
    /// Services that issue certificates are trusted for every purpose; those that make timestamps for timestamps, and
    /// for the OCSP answers about them; responders for OCSP answers; all others for nothing, since what they do is not
    /// proven by paths. A certificate that is no authority's issues nothing, whatever the service is: of such a one all
    /// counts but its end.
    ///
    /// What verifies a path to such an anchor has verified the path, not the list.
    pub fn anchors(&self, kind: &ServiceType) -> TrustAnchors {
        let mut anchors = Vec::new();
        for ListedService { service, .. } in self.services() {
            for (from, until) in active_periods(service, kind) {
                let constraints = purposes(kind).trusted_from(from);
                let constraints = match until {
                    Some(until) => constraints.trusted_until(until),
                    None => constraints,
                };
                anchors.extend(service.certificates().iter().map(|certificate| {
                    TrustAnchor::new(certificate.clone())
                        .with_scope(scope(certificate))
                        .constrained(constraints.clone())
                }));
            }
        }
        TrustAnchors::new(anchors)
    }

    /// What the list would make of a certificate that signed at `signed`, by the rules of ETSI TS 119 615, 4.4 and
    /// 4.5: at its issuance and at that moment, under the eIDAS regulation or, before July 2016, directive 1999/93/EC.
    ///
    /// The chain proves who issued the certificate. It may end in any anchor: one of the [`anchors`](Self::anchors)
    /// of this list, or another, as long as the service's certificate is on the way.
    pub fn qualification(&self, chain: &VerifiedChain, signed: Timestamp) -> UnverifiedQualification {
        UnverifiedQualification::make(self.0, chain, signed)
    }
}

/// From when until when (excluded) a service was active as a service of this kind; states that follow each other
/// make one time.
fn active_periods(service: &Service, kind: &ServiceType) -> Vec<(Timestamp, Option<Timestamp>)> {
    let mut periods: Vec<(Timestamp, Option<Timestamp>)> = Vec::new();
    for (state, until) in service.periods().into_iter().flatten() {
        if state.kind != *kind || !state.status.is_active() {
            continue;
        }
        match periods.last_mut() {
            // The newest comes first.
            Some((from, _)) if Some(*from) == until => *from = state.since,
            _ => periods.push((state.since, until)),
        }
    }
    periods
}

/// What a service of this kind is trusted for.
fn purposes(kind: &ServiceType) -> AnchorConstraints {
    let constraints = AnchorConstraints::new();
    match kind {
        ServiceType::QualifiedCertificates | ServiceType::Certificates | ServiceType::NationalRoot => {
            constraints
        }
        ServiceType::QualifiedTimestamps
        | ServiceType::Timestamps
        | ServiceType::TimestampsOfCertificateIssuer
        | ServiceType::TimestampsForSignatures => {
            constraints.only_for([Purpose::Timestamping, Purpose::OcspSigning])
        }
        ServiceType::QualifiedOcsp | ServiceType::Ocsp => constraints.only_for([Purpose::OcspSigning]),
        ServiceType::QualifiedCrl
        | ServiceType::Crl
        | ServiceType::QualifiedDelivery
        | ServiceType::QualifiedMail
        | ServiceType::QualifiedPreservation
        | ServiceType::QualifiedValidation
        | ServiceType::RemoteSignatureDevices
        | ServiceType::RemoteSealDevices
        | ServiceType::QualifiedAttestation
        | ServiceType::QualifiedArchiving
        | ServiceType::QualifiedLedgers
        | ServiceType::ListIssuer
        | ServiceType::Other(_) => constraints.only_for([]),
    }
}

/// How much of the certificate of a service binds: of an authority's only name and key. One of version 3 that names
/// itself an authority nowhere is an end of paths; under it nothing is trusted (RFC 5280 §4.2.1.9).
fn scope(certificate: &Certificate) -> AnchorScope {
    let authority = certificate.basic_constraints().ok().flatten().is_some_and(|found| found.authority);
    let usages = certificate.key_usage().ok().flatten();
    let certifies = usages.is_some_and(|usages| usages.has(KeyUsage::CertificateSign));
    if certificate.version() < 3 || authority || certifies {
        AnchorScope::NameAndKey
    } else {
        AnchorScope::Constraints
    }
}
