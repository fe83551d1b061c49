//! What the procedures ask of a certificate.

use chancery_certificate::{Certificate, CertificateError, Claim, ClaimedUse, StandardPolicy};

/// What a certificate claims, as far as a trusted list makes something of it.
pub(crate) struct Facts {
    /// Qualified, by the law of the Union.
    pub(crate) compliance: bool,
    /// Qualified, by some other law.
    pub(crate) other_legislation: bool,
    /// For these uses.
    pub(crate) uses: Vec<ClaimedUse>,
    /// With its key in a qualified device, by the law of the Union.
    pub(crate) device: bool,
    /// Issued by a policy of TS 101 456, which before 2016 said as much as QcCompliance.
    pub(crate) directive_policy: bool,
    /// Issued by the policy of TS 101 456 that asks for a secure device.
    pub(crate) directive_device_policy: bool,
}

impl Facts {
    pub(crate) fn of(certificate: &Certificate) -> Result<Self, CertificateError> {
        let claims = certificate.claims()?.unwrap_or_default();
        let policies = certificate.certificate_policies()?.unwrap_or_default();
        let named = |policy| policies.iter().any(|found| StandardPolicy::from_oid(found.oid) == Some(policy));
        let other_legislation = claims.iter().any(|claim| matches!(claim, Claim::UnderLegislation(_)));
        let other_device = claims.iter().any(|claim| matches!(claim, Claim::DeviceUnderLegislation(_)));
        let directive_device_policy = named(StandardPolicy::DirectiveQualifiedDevice);
        Ok(Self {
            // EN 319 412-5, 4.2.1 and 4.2.4: with a statement of legislation the claim is about that law only.
            compliance: claims.claims_to_be_qualified() && !other_legislation,
            other_legislation,
            uses: claims.claimed_uses(),
            device: claims.claims_a_qualified_device() && !other_device,
            directive_policy: directive_device_policy || named(StandardPolicy::DirectiveQualified),
            directive_device_policy,
        })
    }
}
