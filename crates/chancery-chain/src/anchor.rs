//! Trust anchors: where paths end.

pub(crate) mod constraints;
pub(crate) mod file;
pub(crate) mod file_error;
#[cfg(feature = "system-trust")]
pub(crate) mod system;
#[cfg(feature = "system-trust")]
pub(crate) mod system_error;

use std::hash::{Hash, Hasher};

use chancery_certificate::Certificate;

use crate::anchor::constraints::AnchorConstraints;
use crate::evidence::distinct::Distinct;

/// A certificate whose key is trusted without further proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustAnchor {
    certificate: Certificate,
    scope: AnchorScope,
    constraints: AnchorConstraints,
}

/// How much of what the certificate of a trust anchor says of itself binds.
///
/// RFC 5280 §6.1.1 (d) asks of an anchor only a name and a key. An anchor that comes as a certificate says more:
/// its validity, that it is an authority, path length, key usage, name and policy constraints.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Default)]
pub enum AnchorScope {
    /// All of it binds, as in OpenSSL and in RFC 5937: an expired root no longer anchors anything at that moment.
    #[default]
    Certificate,
    /// All of it binds except the validity: the constraints of RFC 5937, for as long as the anchor is kept.
    Constraints,
    /// Name, key and validity count, as in stores whose entries end with their certificates.
    Validity,
    /// Only name and key count, as in RFC 5280, Java and the trusted lists of ETSI TS 119 612 (whose entries stay
    /// trusted until the list says otherwise).
    NameAndKey,
}

impl AnchorScope {
    /// Whether the validity of the anchor's certificate binds.
    pub(crate) fn binds_validity(self) -> bool {
        matches!(self, Self::Certificate | Self::Validity)
    }

    /// Whether everything else does.
    pub(crate) fn binds_constraints(self) -> bool {
        matches!(self, Self::Certificate | Self::Constraints)
    }
}

impl TrustAnchor {
    /// Trusts this certificate, within what it says of itself.
    pub fn new(certificate: Certificate) -> Self {
        Self { certificate, scope: AnchorScope::Certificate, constraints: AnchorConstraints::default() }
    }

    /// The same anchor with another scope.
    #[must_use]
    pub fn with_scope(self, scope: AnchorScope) -> Self {
        Self { scope, ..self }
    }

    /// The same anchor, trusted for this only, whatever it was trusted for before.
    #[must_use]
    pub fn constrained(self, constraints: AnchorConstraints) -> Self {
        Self { constraints, ..self }
    }

    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// How much of the certificate binds.
    pub fn scope(&self) -> AnchorScope {
        self.scope
    }

    /// What it is trusted for.
    pub fn constraints(&self) -> &AnchorConstraints {
        &self.constraints
    }
}

/// Anchors that are equal have the same certificate.
impl Hash for TrustAnchor {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.certificate.hash(state);
    }
}

impl From<Certificate> for TrustAnchor {
    fn from(certificate: Certificate) -> Self {
        Self::new(certificate)
    }
}

/// The trust anchors of a verification.
///
/// Each anchor adds trust and none takes any away: where the same certificate stands among them twice, or an anchor's
/// certificate is also issued by another anchor, a path that holds under either is trusted. Who wants a constraint
/// to bind must not trust the same authority without it.
///
/// The same key under two names is two authorities: issuers are found by name, and each anchor vouches for its own.
///
/// A certificate that is itself an anchor is a whole path: it is trusted as the owner of the anchors said, while
/// validity, purpose and critical extensions are still judged. Its revocation is not: nobody above it could
/// revoke it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustAnchors {
    anchors: Vec<TrustAnchor>,
}

impl TrustAnchors {
    /// Trusts these certificates (or anchors with a scope and constraints of their own), each once. Files are read by
    /// [`from_file_bytes`](Self::from_file_bytes).
    pub fn new<A: Into<TrustAnchor>>(anchors: impl IntoIterator<Item = A>) -> Self {
        anchors.into_iter().map(Into::into).collect()
    }

    /// The anchors.
    pub fn iter(&self) -> std::slice::Iter<'_, TrustAnchor> {
        self.anchors.iter()
    }

    /// The same anchors, all with this scope.
    #[must_use]
    pub fn with_scope(self, scope: AnchorScope) -> Self {
        self.anchors.into_iter().map(|anchor| anchor.with_scope(scope)).collect()
    }

    /// The same anchors, all trusted for this only.
    #[must_use]
    pub fn constrained(self, constraints: &AnchorConstraints) -> Self {
        self.anchors.into_iter().map(|anchor| anchor.constrained(constraints.clone())).collect()
    }
}

impl FromIterator<TrustAnchor> for TrustAnchors {
    fn from_iter<I: IntoIterator<Item = TrustAnchor>>(anchors: I) -> Self {
        let mut distinct = Distinct::default();
        anchors.into_iter().for_each(|anchor| distinct.add(anchor));
        Self { anchors: distinct.into_iter().collect() }
    }
}

impl<'a> IntoIterator for &'a TrustAnchors {
    type Item = &'a TrustAnchor;
    type IntoIter = std::slice::Iter<'a, TrustAnchor>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
