//! Where issuers are looked for: anchors and certificates by the name of their subject.

use std::collections::HashMap;
use std::rc::Rc;

use chancery_certificate::{Certificate, Name, PreparedName};

use crate::anchor::TrustAnchor;

/// Certificates by name, so that a look-up costs as much as it finds, however many others there are.
#[derive(Debug)]
pub(crate) struct Pool<'a> {
    anchors: HashMap<&'a PreparedName, Vec<&'a TrustAnchor>>,
    certificates: Rc<HashMap<&'a PreparedName, Vec<&'a Certificate>>>,
    /// Keys under names that are no issuers here.
    without: Vec<Certificate>,
}

impl<'a> Pool<'a> {
    pub(crate) fn new(
        anchors: impl IntoIterator<Item = &'a TrustAnchor>,
        certificates: impl IntoIterator<Item = &'a Certificate>,
    ) -> Self {
        let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
        for certificate in certificates {
            by_name.entry(certificate.subject().prepared()).or_default().push(certificate);
        }
        Self { anchors: by_subject(anchors), certificates: Rc::new(by_name), without: Vec::new() }
    }

    /// The same certificates under one anchor, without the keys of these, whatever certificates they have.
    pub(crate) fn under(&self, anchor: &'a TrustAnchor, without: &[Certificate]) -> Self {
        let certificates = Rc::clone(&self.certificates);
        Self { anchors: by_subject([anchor]), certificates, without: without.to_vec() }
    }

    /// The anchors of this name.
    pub(crate) fn anchors(&self, name: &Name) -> &[&'a TrustAnchor] {
        self.anchors.get(name.prepared()).map_or(&[], Vec::as_slice)
    }

    /// The anchors that this very certificate is.
    pub(crate) fn anchors_of(&self, certificate: &Certificate) -> impl Iterator<Item = &'a TrustAnchor> {
        let of_the_name = self.anchors(certificate.subject()).iter().copied();
        of_the_name.filter(move |anchor| anchor.certificate() == certificate)
    }

    /// The other certificates of this name.
    pub(crate) fn certificates(&self, name: &Name) -> impl Iterator<Item = &'a Certificate> {
        let of_the_name = self.certificates.get(name.prepared()).map_or(&[][..], Vec::as_slice);
        of_the_name.iter().copied().filter(|one| !self.without.iter().any(|without| same_key(one, without)))
    }
}

fn by_subject<'a>(
    anchors: impl IntoIterator<Item = &'a TrustAnchor>,
) -> HashMap<&'a PreparedName, Vec<&'a TrustAnchor>> {
    let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
    for anchor in anchors {
        by_name.entry(anchor.certificate().subject().prepared()).or_default().push(anchor);
    }
    by_name
}

/// Whether two certificates give one key to one name.
pub(crate) fn same_key(left: &Certificate, right: &Certificate) -> bool {
    left.public_key_info() == right.public_key_info() && left.subject().matches(right.subject())
}
