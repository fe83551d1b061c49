//! A list that somebody relies on.

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

impl<'a> BelievedList<'a> {
    pub(crate) const fn new(list: &'a UnverifiedTrustedList) -> Self {
        Self(list)
    }

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
    /// since nobody can say when it was trusted. Services that make timestamps are trusted for timestamps, and for the
    /// OCSP answers about them, only.
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
                        .with_scope(AnchorScope::NameAndKey)
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
        UnverifiedQualification::make(self, chain, signed)
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

fn purposes(kind: &ServiceType) -> AnchorConstraints {
    let timestamps = [
        ServiceType::QualifiedTimestamps,
        ServiceType::Timestamps,
        ServiceType::TimestampsOfCertificateIssuer,
        ServiceType::TimestampsForSignatures,
    ];
    if timestamps.contains(kind) {
        AnchorConstraints::new().only_for([Purpose::Timestamping, Purpose::OcspSigning])
    } else {
        AnchorConstraints::new()
    }
}
