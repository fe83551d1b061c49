//! What whoever trusts an anchor trusts it for.

use jiff::Timestamp;

use crate::rules::name_constraints::NameConstraints;
use crate::rules::policies::PolicyDemands;
use crate::rules::purpose::Purpose;

/// What a trust anchor is trusted for, by the decision of whoever trusts it: nothing of this stands in its
/// certificate, and no certificate below it can widen it (RFC 5914, RFC 5937).
///
/// By default nothing is constrained. All that is set must hold; each refusal is a fault of its own
/// ([`ChainFault::AnchorPurpose`](crate::ChainFault::AnchorPurpose) and its neighbours).
///
/// ```
/// use chancery_certificate::{Certificate, GeneralName};
/// use chancery_chain::{AnchorConstraints, NameConstraints, Purpose, TrustAnchor};
///
/// # fn example(partner: Certificate) -> Result<(), Box<dyn std::error::Error>> {
/// let staff_only = NameConstraints::new().permit(GeneralName::Email("partner.example".into()))?;
/// let anchor = TrustAnchor::new(partner).constrained(
///     AnchorConstraints::new()
///         .only_for([Purpose::DocumentSigning, Purpose::Email])
///         .within_names(staff_only)
///         .trusted_until("2027-01-01T00:00:00Z".parse()?),
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnchorConstraints {
    purposes: Option<Vec<Purpose>>,
    names: Option<NameConstraints>,
    policies: Option<PolicyDemands>,
    distrusted_after: Option<Timestamp>,
    trusted_from: Option<Timestamp>,
    trusted_until: Option<Timestamp>,
}

impl AnchorConstraints {
    /// Nothing is constrained.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusted for these purposes only; for none when the list is empty.
    ///
    /// [`Purpose::Any`] is more than any named purpose: an anchor that is trusted for some is not trusted when
    /// certificates are judged for any. Signers of revocation lists are judged for the purpose of the certificate
    /// that they are asked about.
    #[must_use]
    pub fn only_for(self, purposes: impl IntoIterator<Item = Purpose>) -> Self {
        let mut distinct = Vec::new();
        for purpose in purposes {
            if !distinct.contains(&purpose) {
                distinct.push(purpose);
            }
        }
        Self { purposes: Some(distinct), ..self }
    }

    /// Trusted for these names only: the initial subtrees of RFC 5280 §6.1.1 (h) and (i).
    #[must_use]
    pub fn within_names(self, names: NameConstraints) -> Self {
        Self { names: Some(names), ..self }
    }

    /// Trusted under these certificate policies: of what the verifier accepts only this counts, and what is demanded
    /// here is demanded besides (RFC 5937). Without [`require_explicit`](PolicyDemands::require_explicit) a
    /// certificate that names no policy at all is accepted, and no policy is found.
    #[must_use]
    pub fn under_policies(self, policies: PolicyDemands) -> Self {
        Self { policies: Some(policies), ..self }
    }

    /// Does not trust what was issued after this moment: a certificate whose `notBefore` is later is refused, one
    /// whose `notBefore` is this very second is not. As Mozilla's "distrust after", it is meant for an authority
    /// that is being retired and does not lie: `notBefore` is what the authority itself wrote.
    ///
    /// Only the judged certificate's `notBefore` counts, for signatures as for everything else, also where a
    /// timestamp proves when a signature was made. Who must fear certificates that are dated back uses
    /// [`trusted_until`](Self::trusted_until), which is judged by the moment that was proven.
    #[must_use]
    pub fn distrusted_after(self, issued: Timestamp) -> Self {
        Self { distrusted_after: Some(issued), ..self }
    }

    /// Trusts from this moment on, itself included. The moment is the one at which a path is judged, which for a
    /// signature is the time that is proven of it: trusted lists have a history, and so has trust.
    #[must_use]
    pub fn trusted_from(self, moment: Timestamp) -> Self {
        Self { trusted_from: Some(moment), ..self }
    }

    /// Trusts until this moment, itself excluded: a trusted list's next status begins there. Whatever dates the
    /// certificates name, nothing is trusted at this moment or later; what was proven to exist before stays trusted.
    ///
    /// CRLs and OCSP answers of this moment or later are still believed about earlier ones. Refusing them by their
    /// date would not help against somebody who has the authority's key and writes any date: evidence that must
    /// survive the end of an authority needs a timestamp from before it.
    #[must_use]
    pub fn trusted_until(self, moment: Timestamp) -> Self {
        Self { trusted_until: Some(moment), ..self }
    }

    /// The purposes, if they are constrained.
    pub fn purposes(&self) -> Option<&[Purpose]> {
        self.purposes.as_deref()
    }

    /// The names, if they are constrained.
    pub fn names(&self) -> Option<&NameConstraints> {
        self.names.as_ref()
    }

    /// What is asked of policies, if anything is.
    pub fn policies(&self) -> Option<&PolicyDemands> {
        self.policies.as_ref()
    }

    /// After which `notBefore` certificates are not trusted, if any.
    pub fn distrust_after(&self) -> Option<Timestamp> {
        self.distrusted_after
    }

    /// When trust began and ended: the first moment of it, and the first one after it.
    pub fn trusted(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        (self.trusted_from, self.trusted_until)
    }

    /// Whether nothing is constrained.
    pub(crate) fn are_none(&self) -> bool {
        *self == Self::default()
    }
}
