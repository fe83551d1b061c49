//! What the certificate of a seal must claim.

use std::fmt;

use chancery_certificate::{Certificate, ClaimedUse, GeneralName, KeyUsage, Person};
use const_oid::ObjectIdentifier as Oid;
use serde::{Deserialize, Serialize};

use crate::kind::SealSort;
use crate::mailbox::Mailbox;

/// organizationIdentifier in the subject (ITU-T X.520, 6.4.4).
const ORGANISATION_IDENTIFIER: Oid = Oid::new_unwrap("2.5.4.97");

/// Something that a certificate can say of itself. A claim: worth as much as its issuer.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SealClaim {
    /// The subject is a legal person (ETSI EN 319 412-3).
    LegalPerson,
    /// The subject has an organizationIdentifier (EN 319 412-3, 4.2.1).
    OrganisationIdentifier,
    /// The subject is a natural person (EN 319 412-2).
    NaturalPerson,
    /// QcType eseal (EN 319 412-5, 4.2.3).
    SealUse,
    /// QcType esign.
    SignatureUse,
    /// Key usage nonRepudiation or digitalSignature (RFC 5280, 4.2.1.3).
    Signing,
}

/// What the table asks of a claim.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Demand {
    /// It must be there.
    Required,
    /// It must be there if the policy asks for it.
    IfPolicyAsks,
    /// It does not matter.
    Ignored,
    /// It must not be there.
    Forbidden,
}

/// Whether the certificates of the organisation's seals must claim QcType eseal, and those of personal seals esign.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum QualifiedUse {
    /// They need not.
    #[default]
    NotAsked,
    /// They must. It remains a claim: whether it is true, a trusted list says.
    Claimed,
}

impl SealClaim {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::LegalPerson,
        Self::OrganisationIdentifier,
        Self::NaturalPerson,
        Self::SealUse,
        Self::SignatureUse,
        Self::Signing,
    ];

    /// The words for it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::LegalPerson => "to belong to a legal person",
            Self::OrganisationIdentifier => "an organizationIdentifier",
            Self::NaturalPerson => "to belong to a natural person",
            Self::SealUse => "QcType eseal",
            Self::SignatureUse => "QcType esign",
            Self::Signing => "key usage nonRepudiation or digitalSignature",
        }
    }

    /// Whether a certificate claims it. What cannot be read is not claimed.
    #[must_use]
    pub fn is_made_by(self, certificate: &Certificate) -> bool {
        let uses =
            || certificate.claims().ok().flatten().map(|claims| claims.claimed_uses()).unwrap_or_default();
        match self {
            Self::LegalPerson => certificate.claimed_person().person == Person::Legal,
            Self::NaturalPerson => certificate.claimed_person().person == Person::Natural,
            Self::OrganisationIdentifier => certificate
                .subject()
                .attribute(ORGANISATION_IDENTIFIER)
                .is_some_and(|text| !text.trim().is_empty()),
            Self::SealUse => uses().contains(&ClaimedUse::Seals),
            Self::SignatureUse => uses().contains(&ClaimedUse::Signatures),
            Self::Signing => match certificate.key_usage() {
                Ok(Some(usages)) => {
                    usages.has(KeyUsage::NonRepudiation) || usages.has(KeyUsage::DigitalSignature)
                }
                Ok(None) | Err(_) => false,
            },
        }
    }
}

impl SealSort {
    /// The table of kinds and claims.
    #[must_use]
    pub const fn demand(self, claim: SealClaim) -> Demand {
        match self {
            Self::Official
            | Self::AuthorizedSignature
            | Self::Contract
            | Self::Employment
            | Self::Financial
            | Self::Invoice
            | Self::Custom => match claim {
                SealClaim::LegalPerson | SealClaim::OrganisationIdentifier | SealClaim::Signing => {
                    Demand::Required
                }
                SealClaim::SealUse => Demand::IfPolicyAsks,
                SealClaim::NaturalPerson | SealClaim::SignatureUse => Demand::Forbidden,
            },
            Self::Personal => match claim {
                SealClaim::NaturalPerson | SealClaim::Signing => Demand::Required,
                SealClaim::SignatureUse => Demand::IfPolicyAsks,
                // A natural person may be named with an organisation (EN 319 412-2, 4.2.4).
                SealClaim::OrganisationIdentifier => Demand::Ignored,
                SealClaim::LegalPerson | SealClaim::SealUse => Demand::Forbidden,
            },
        }
    }

    /// Which claims of a certificate do not fit, each with what is asked.
    #[must_use]
    pub fn misfits(self, certificate: &Certificate, uses: QualifiedUse) -> Vec<(SealClaim, Demand)> {
        let misfit = |claim: &SealClaim| {
            let made = claim.is_made_by(certificate);
            match self.demand(*claim) {
                Demand::Required => !made,
                Demand::IfPolicyAsks => match uses {
                    QualifiedUse::NotAsked => false,
                    QualifiedUse::Claimed => !made,
                },
                Demand::Ignored => false,
                Demand::Forbidden => made,
            }
        };
        SealClaim::ALL.into_iter().filter(misfit).map(|claim| (claim, self.demand(claim))).collect()
    }
}

impl Demand {
    /// The words in the table.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::IfPolicyAsks => "if the policy asks",
            Self::Ignored => "ignored",
            Self::Forbidden => "forbidden",
        }
    }
}

impl fmt::Display for SealClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// Whose certificate it must be.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateOwner {
    /// The organisation, by its register number (organizationIdentifier).
    Organisation,
    /// The person, by the mailbox among the alternative names (rfc822Name).
    Person,
}

impl fmt::Display for CertificateOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Organisation => "organisation than the one with this register number",
            Self::Person => "person than the one with this mailbox",
        })
    }
}

/// Whether the subject has this organizationIdentifier.
pub(crate) fn names_organisation(certificate: &Certificate, number: &str) -> bool {
    certificate.subject().attribute(ORGANISATION_IDENTIFIER).as_deref() == Some(number)
}

/// Whether the alternative names hold this mailbox.
pub(crate) fn names_mailbox(certificate: &Certificate, mailbox: &Mailbox) -> bool {
    let names = certificate.subject_alternative_names().ok().flatten().unwrap_or_default();
    names.iter().any(|name| match name {
        GeneralName::Email(text) => Mailbox::new(text).is_ok_and(|named| named.folded() == mailbox.folded()),
        _ => false,
    })
}
