//! Where issuers are looked for: anchors and certificates by the name of their subject.

use std::collections::HashMap;
use std::sync::Arc;

use chancery_certificate::{Certificate, Name, PreparedName};

use crate::anchor::TrustAnchor;
use crate::path::by_name::ByName;

/// Certificates by name, so that a look-up costs as much as it finds, however many others there are.
#[derive(Debug)]
pub(crate) struct Pool<'a> {
    anchors: ByName<'a, &'a TrustAnchor>,
    certificates: Arc<ByName<'a, &'a Certificate>>,
    /// Keys under names that are no issuers here.
    without: Vec<Certificate>,
}

impl<'a> Pool<'a> {
    pub(crate) fn new(
        anchors: impl IntoIterator<Item = &'a TrustAnchor>,
        certificates: impl IntoIterator<Item = &'a Certificate>,
    ) -> Self {
        Self::of(anchors, Arc::new(by_name(certificates)))
    }

    /// A pool of certificates that were sorted before.
    pub(crate) fn of(
        anchors: impl IntoIterator<Item = &'a TrustAnchor>,
        certificates: Arc<ByName<'a, &'a Certificate>>,
    ) -> Self {
        Self { anchors: by_subject(anchors), certificates, without: Vec::new() }
    }

    /// The same certificates under one anchor, without the keys of these, whatever certificates they have.
    pub(crate) fn under(&self, anchor: &'a TrustAnchor, without: &[Certificate]) -> Self {
        let certificates = Arc::clone(&self.certificates);
        let (anchors, without) = (by_subject([anchor]), without.to_vec());
        Self { anchors, certificates, without }
    }

    /// The anchors of this name.
    pub(crate) fn anchors(&self, name: &Name) -> &[&'a TrustAnchor] {
        self.anchors.get(name.prepared())
    }

    /// The anchors that this very certificate is.
    pub(crate) fn anchors_of(&self, certificate: &Certificate) -> impl Iterator<Item = &'a TrustAnchor> {
        let of_the_name = self.anchors(certificate.subject()).iter().copied();
        of_the_name.filter(move |anchor| anchor.certificate() == certificate)
    }

    /// The other certificates of this name.
    pub(crate) fn certificates(&self, name: &Name) -> impl Iterator<Item = &'a Certificate> {
        let of_the_name = self.certificates.get(name.prepared());
        of_the_name.iter().copied().filter(|one| !self.without.iter().any(|without| same_key(one, without)))
    }

    /// How many certificates stand at least between each name and an anchor, where names alone lead to one. A hint
    /// for the order in which issuers are tried: names prove nothing.
    ///
    /// Breadth first from the anchors down, each certificate once.
    pub(crate) fn distances(&self) -> HashMap<&'a PreparedName, usize> {
        let mut issued: HashMap<&PreparedName, Vec<&'a PreparedName>> = HashMap::new();
        for certificate in self.certificates.things() {
            issued.entry(certificate.issuer().prepared()).or_default().push(certificate.subject().prepared());
        }
        let mut distances: HashMap<_, _> = self.anchors.names().map(|name| (name, 0)).collect();
        let mut edge: Vec<_> = self.anchors.names().collect();
        for distance in 1.. {
            let below: Vec<_> = edge.iter().filter_map(|name| issued.remove(*name)).flatten().collect();
            edge = below.into_iter().filter(|name| !distances.contains_key(name)).collect();
            if edge.is_empty() {
                break;
            }
            distances.extend(edge.iter().map(|name| (*name, distance)));
        }
        distances
    }
}

/// Sorts certificates by the name of their subject.
pub(crate) fn by_name<'a>(
    certificates: impl IntoIterator<Item = &'a Certificate>,
) -> ByName<'a, &'a Certificate> {
    ByName::new(certificates.into_iter().map(|one| (one.subject().prepared(), one)))
}

fn by_subject<'a>(anchors: impl IntoIterator<Item = &'a TrustAnchor>) -> ByName<'a, &'a TrustAnchor> {
    ByName::new(anchors.into_iter().map(|anchor| (anchor.certificate().subject().prepared(), anchor)))
}

/// Whether two certificates give one key to one name.
pub(crate) fn same_key(left: &Certificate, right: &Certificate) -> bool {
    left.public_key_info() == right.public_key_info() && left.subject().matches(right.subject())
}
