//! The certificate policies that the standards define.

use std::fmt;

use const_oid::ObjectIdentifier as Oid;

use super::claim::ClaimedUse;
use super::person::Person;

/// A certificate policy that a standard of ETSI defines. A certificate that names one *claims* to be issued by it.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Hash)]
#[non_exhaustive]
pub enum StandardPolicy {
    /// QCP-n: qualified, natural person (EN 319 411-2, 5.3).
    QualifiedNatural,
    /// QCP-l: qualified, legal person.
    QualifiedLegal,
    /// QCP-n-qscd: qualified, natural person, key in a qualified device.
    QualifiedNaturalDevice,
    /// QCP-l-qscd: qualified, legal person, key in a qualified device.
    QualifiedLegalDevice,
    /// QEVCP-w, once QCP-w: qualified, web site, extended validation.
    QualifiedWebSite,
    /// QNCP-w: qualified, web site, normalised.
    QualifiedWebSiteNormalised,
    /// QNCP-w-gen: qualified, web site, for browsers that do not demand the rules of their forum.
    QualifiedWebSiteGeneral,
    /// QCP public: qualified before 2016 (TS 101 456, 5.2 b).
    DirectiveQualified,
    /// QCP public + SSCD, "QCP+": qualified before 2016, key in a secure device (TS 101 456, 5.2 a).
    DirectiveQualifiedDevice,
    /// NCP: normalised (EN 319 411-1, 5.3).
    Normalised,
    /// NCP+: normalised, key in a secure device.
    NormalisedDevice,
    /// LCP: lightweight.
    Lightweight,
    /// EVCP: web site, extended validation.
    ExtendedValidation,
    /// DVCP: web site, domain validated.
    DomainValidated,
    /// OVCP: web site, organisation validated.
    OrganisationValidated,
    /// IVCP: web site, individual validated.
    IndividualValidated,
}

impl StandardPolicy {
    /// The policy with this identifier, if a standard defines it.
    #[must_use]
    pub fn from_oid(oid: Oid) -> Option<Self> {
        POLICIES.iter().find(|(known, _, _)| *known == oid).map(|(_, policy, _)| *policy)
    }

    /// The name that the standard gives it.
    #[must_use]
    pub fn name(self) -> &'static str {
        POLICIES.iter().find(|(_, policy, _)| *policy == self).map_or("", |(_, _, name)| *name)
    }

    /// What kind of person certificates of this policy claim to be for, if the policy says it.
    #[must_use]
    pub const fn claimed_person(self) -> Option<Person> {
        match self {
            Self::QualifiedNatural
            | Self::QualifiedNaturalDevice
            | Self::DirectiveQualified
            | Self::DirectiveQualifiedDevice
            | Self::IndividualValidated => Some(Person::Natural),
            Self::QualifiedLegal | Self::QualifiedLegalDevice | Self::OrganisationValidated => {
                Some(Person::Legal)
            }
            _ => None,
        }
    }

    /// For what certificates of this policy claim to be qualified, if the policy is one of qualified certificates.
    #[must_use]
    pub const fn claimed_use(self) -> Option<ClaimedUse> {
        match self {
            Self::QualifiedNatural
            | Self::QualifiedNaturalDevice
            | Self::DirectiveQualified
            | Self::DirectiveQualifiedDevice => Some(ClaimedUse::Signatures),
            Self::QualifiedLegal | Self::QualifiedLegalDevice => Some(ClaimedUse::Seals),
            Self::QualifiedWebSite | Self::QualifiedWebSiteNormalised | Self::QualifiedWebSiteGeneral => {
                Some(ClaimedUse::WebSites)
            }
            _ => None,
        }
    }
}

impl fmt::Display for StandardPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// EN 319 411-2, 5.3; TS 101 456, 5.2; EN 319 411-1, 5.3.
const POLICIES: &[(Oid, StandardPolicy, &str)] = &[
    (Oid::new_unwrap("0.4.0.194112.1.0"), StandardPolicy::QualifiedNatural, "QCP-n"),
    (Oid::new_unwrap("0.4.0.194112.1.1"), StandardPolicy::QualifiedLegal, "QCP-l"),
    (Oid::new_unwrap("0.4.0.194112.1.2"), StandardPolicy::QualifiedNaturalDevice, "QCP-n-qscd"),
    (Oid::new_unwrap("0.4.0.194112.1.3"), StandardPolicy::QualifiedLegalDevice, "QCP-l-qscd"),
    (Oid::new_unwrap("0.4.0.194112.1.4"), StandardPolicy::QualifiedWebSite, "QEVCP-w"),
    (Oid::new_unwrap("0.4.0.194112.1.5"), StandardPolicy::QualifiedWebSiteNormalised, "QNCP-w"),
    (Oid::new_unwrap("0.4.0.194112.1.6"), StandardPolicy::QualifiedWebSiteGeneral, "QNCP-w-gen"),
    (Oid::new_unwrap("0.4.0.1456.1.1"), StandardPolicy::DirectiveQualifiedDevice, "QCP public + SSCD"),
    (Oid::new_unwrap("0.4.0.1456.1.2"), StandardPolicy::DirectiveQualified, "QCP public"),
    (Oid::new_unwrap("0.4.0.2042.1.1"), StandardPolicy::Normalised, "NCP"),
    (Oid::new_unwrap("0.4.0.2042.1.2"), StandardPolicy::NormalisedDevice, "NCP+"),
    (Oid::new_unwrap("0.4.0.2042.1.3"), StandardPolicy::Lightweight, "LCP"),
    (Oid::new_unwrap("0.4.0.2042.1.4"), StandardPolicy::ExtendedValidation, "EVCP"),
    (Oid::new_unwrap("0.4.0.2042.1.6"), StandardPolicy::DomainValidated, "DVCP"),
    (Oid::new_unwrap("0.4.0.2042.1.7"), StandardPolicy::OrganisationValidated, "OVCP"),
    (Oid::new_unwrap("0.4.0.2042.1.8"), StandardPolicy::IndividualValidated, "IVCP"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_has_one_identifier_and_one_name() {
        for (index, (oid, policy, name)) in POLICIES.iter().enumerate() {
            assert_eq!(StandardPolicy::from_oid(*oid), Some(*policy));
            assert_eq!(policy.name(), *name);
            assert!(POLICIES.iter().skip(index + 1).all(|other| other.0 != *oid && other.1 != *policy));
        }
        assert_eq!(StandardPolicy::from_oid(Oid::new_unwrap("0.4.0.194112.1")), None);
    }
}
