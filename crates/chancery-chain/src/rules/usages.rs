//! What is asked of extended key usages beyond the purpose.

use std::collections::BTreeSet;

use const_oid::ObjectIdentifier;

use crate::rules::purpose::{ANY_EXTENDED_KEY_USAGE, Purpose};

/// What is asked of extended key usages beyond the [`Purpose`]: how clearly a certificate must name it, and what it
/// may not be for besides.
///
/// By default nothing is: a certificate without the extension, or with anyExtendedKeyUsage, is for everything
/// (RFC 5280 §4.2.1.12), except where the purpose itself asks for more.
///
/// A usage that must be named is the purpose's own, as the "Permitted KeyPurposeId" of RFC 9336 §4: for signing
/// documents that is documentSigning, by the identifier of RFC 9336, Microsoft or Adobe; e-mail, which is accepted
/// otherwise, does not name it. A trade with an identifier of its own asks for it with [`Purpose::Usage`].
///
/// ```
/// use chancery_chain::UsageDemands;
/// # use const_oid::ObjectIdentifier;
/// let code_signing = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3");
/// let demands = UsageDemands::new().named_by_the_certificate().exclude([code_signing]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsageDemands {
    named: Named,
    excluded: BTreeSet<ObjectIdentifier>,
}

/// Which certificates must name a usage of the purpose.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    #[default]
    Nowhere,
    InTheCertificate,
    AlongThePath,
}

impl UsageDemands {
    /// Nothing is asked.
    pub fn new() -> Self {
        Self::default()
    }

    /// The judged certificate must name the purpose: neither silence nor anyExtendedKeyUsage will do.
    #[must_use]
    pub fn named_by_the_certificate(self) -> Self {
        Self { named: self.named.max(Named::InTheCertificate), ..self }
    }

    /// Every certificate below the trust anchor must.
    #[must_use]
    pub fn named_along_the_path(self) -> Self {
        Self { named: Named::AlongThePath, ..self }
    }

    /// The judged certificate may name none of these, whatever else it names: the "Excluded KeyPurposeId" of
    /// RFC 9336 §4. anyExtendedKeyUsage can be among them.
    #[must_use]
    pub fn exclude(mut self, usages: impl IntoIterator<Item = ObjectIdentifier>) -> Self {
        self.excluded.extend(usages);
        self
    }

    /// Whether the judged certificate, with these usages or without the extension, is for the purpose.
    pub(crate) fn allow_target(&self, purpose: Purpose, found: Option<&[ObjectIdentifier]>) -> bool {
        let named = purpose.must_be_named() || self.named >= Named::InTheCertificate;
        allows(purpose, named, found)
    }

    /// The same for an authority below the anchor.
    pub(crate) fn allow_authority(&self, purpose: Purpose, found: Option<&[ObjectIdentifier]>) -> bool {
        !purpose.binds_authorities() || allows(purpose, self.named == Named::AlongThePath, found)
    }

    /// The same for an anchor that says more than its name and key. Nobody else decided what it is for.
    pub(crate) fn allow_anchor(&self, purpose: Purpose, found: Option<&[ObjectIdentifier]>) -> bool {
        found.is_none() || self.allow_authority(purpose, found)
    }

    /// A usage that the judged certificate may not name, and does.
    pub(crate) fn excluded(&self, found: &[ObjectIdentifier]) -> Option<ObjectIdentifier> {
        found.iter().copied().find(|usage| self.excluded.contains(usage))
    }
}

fn allows(purpose: Purpose, named: bool, found: Option<&[ObjectIdentifier]>) -> bool {
    match found {
        _ if !purpose.is_judged() => true,
        None => !named,
        Some(found) if named => found.iter().any(|usage| purpose.is_named_by(*usage)),
        Some(found) => {
            found.iter().any(|usage| purpose.is_allowed_by(*usage) || *usage == ANY_EXTENDED_KEY_USAGE)
        }
    }
}
