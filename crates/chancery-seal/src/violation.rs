//! What stands against the use of a seal, and what would cure it.

use chancery_auth::{FactorKind, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::chain::ChainUnfit;
use crate::class::{ClassSet, DocumentClass};
use crate::condition::{Amount, Currency};
use crate::content::ContentFault;
use crate::id::{GrantId, SealId};
use crate::kept_digest::KeptDigest;
use crate::mailbox::Domain;
use crate::text::{Label, UseKey};
use crate::window::Window;
use crate::wire;

/// One thing that stands against the use of a seal. Prints a sentence; [`cure`](Self::cure) is another.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the sentence of each variant is its documentation")]
pub enum Violation {
    #[error("the clock says {now}, but something was recorded at {latest}")]
    ClockBehind { now: Timestamp, latest: Timestamp },
    #[error("the organisation is not validated now{}", told(*window))]
    OrganisationNotValidated { window: Option<Window> },
    #[error("there is no seal administrator: every seal rests")]
    NoSealAdministrator,
    #[error("{user} is no member of the organisation")]
    NoMember {
        #[serde(with = "wire::user")]
        user: UserId,
    },
    #[error("the person is not validated as an employee now{}", told(*window))]
    EmployeeNotValidated { window: Option<Window> },
    #[error("the domain {domain} of the person's mailbox is not validated now")]
    DomainNotValidated { domain: Domain },
    #[error("all rights of the person rest since {since}")]
    UserDisabled { since: Timestamp },
    #[error("there is no seal {seal}")]
    NoSeal { seal: SealId },
    #[error("the seal is retired")]
    SealRetired,
    #[error("the seal belongs to another person")]
    SealOfOther,
    #[error("the seal is for {classes}, not for: {class}")]
    ClassNotOfSeal { class: DocumentClass, classes: ClassSet },
    #[error("the person has no grant for this seal")]
    NoGrant,
    #[error("grant {grant} is disabled")]
    GrantDisabled { grant: GrantId },
    #[error("grant {grant} counts {window}")]
    GrantNotNow { grant: GrantId, window: Window },
    #[error("grant {grant} is for {classes}, not for: {class}")]
    GrantOtherClass { grant: GrantId, class: DocumentClass, classes: ClassSet },
    #[error("grant {grant} needs an amount in {currency}, and none is said")]
    AmountMissing { grant: GrantId, currency: Currency },
    #[error("grant {grant} needs an amount below {below}; this is {amount}")]
    AmountTooHigh { grant: GrantId, below: Amount, amount: Amount },
    #[error("grant {grant} is for documents with {only}")]
    OtherCounterparty { grant: GrantId, only: Label },
    #[error("grant {grant} needs the approval of a second person")]
    ApprovalMissing { grant: GrantId },
    #[error("whoever wants to use the seal cannot approve that")]
    OwnApproval,
    #[error("the approval code was not set yet")]
    SetupRequired,
    #[error("the approval code was not proved")]
    CodeNotProved,
    #[error("no factor besides the approval code was proved")]
    CodeAlone,
    #[error("a proof of {kind} is for something else")]
    ProofForOther { kind: FactorName },
    #[error("a proof of {kind} is of {at}, too old or of the future")]
    ProofNotFresh { kind: FactorName, at: Timestamp },
    #[error("the approval code was set anew since it was proved")]
    ProofSuperseded,
    #[error("the token is unknown, or dead")]
    TokenUnknown,
    #[error("the token ended at {until}")]
    TokenOver { until: Timestamp },
    #[error("the token is not for this seal and this class of documents")]
    TokenScope,
    #[error("{0}")]
    Content(ContentFault),
    #[error("the bytes to be signed name another certificate than the seal's")]
    OtherSigningCertificate,
    #[error("no certificate is bound to the seal")]
    NoCertificate,
    #[error("the seal's certificate is {bound}, the chain is of {given}")]
    OtherCertificate { bound: KeptDigest, given: KeptDigest },
    #[error("the certificate's chain: {0}")]
    Chain(ChainUnfit),
    #[error("no API times are left")]
    QuotaExhausted,
    #[error("the key {key} was used for something else")]
    KeyReused { key: UseKey },
    #[error("the permit was given at {at}, and does not count any more")]
    PermitOver { at: Timestamp },
    #[error("the permit was given by another office")]
    PermitOfOther,
    #[error("the key is not the one of the seal's certificate, or signs with another algorithm")]
    OtherKey,
}

/// The kind of a factor as it stands in a record.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct FactorName(String);

impl From<FactorKind> for FactorName {
    fn from(kind: FactorKind) -> Self {
        Self(kind.to_string())
    }
}

impl std::fmt::Display for FactorName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn told(window: Option<Window>) -> String {
    window.map(|window| format!("; it is {window}")).unwrap_or_default()
}

impl Violation {
    /// Whether it says that nobody here asks: no member, or a token that does not live.
    pub(crate) const fn is_of_stranger(&self) -> bool {
        matches!(self, Self::TokenUnknown | Self::NoMember { .. })
    }

    /// What would cure it.
    #[must_use]
    pub const fn cure(&self) -> &'static str {
        match self {
            Self::ClockBehind { .. } => "set the clock of this machine",
            Self::OrganisationNotValidated { .. } => {
                "have an account administrator validate the organisation"
            }
            Self::NoSealAdministrator => "have a seal administrator appointed by letter",
            Self::NoMember { .. } => "have an account administrator admit the person",
            Self::EmployeeNotValidated { .. } => "have an account administrator validate the employee",
            Self::DomainNotValidated { .. } => "have an account administrator validate this very domain",
            Self::UserDisabled { .. } => "have the seal administrator enable the person",
            Self::NoSeal { .. } => "name a seal of this organisation",
            Self::SealRetired => "use another seal, or have one created",
            Self::SealOfOther => "use the own personal seal",
            Self::ClassNotOfSeal { .. } => "use a seal that is for this class of documents",
            Self::NoGrant => "have the seal administrator grant it",
            Self::GrantDisabled { .. } => "have the seal administrator enable the grant",
            Self::GrantNotNow { .. } => "wait, or have the seal administrator give a new grant",
            Self::GrantOtherClass { .. } => "have the seal administrator give a grant for this class",
            Self::AmountMissing { .. } => "say the amount, in the grant's currency",
            Self::AmountTooHigh { .. } => "have somebody use the seal whose grant goes that far",
            Self::OtherCounterparty { .. } => "name the counterparty, or have a grant without that condition",
            Self::ApprovalMissing { .. } => {
                "have a second person who has the right to the seal approve these very bytes"
            }
            Self::OwnApproval => "have another person approve",
            Self::SetupRequired => "set the approval code",
            Self::CodeNotProved => "enter the approval code for this use",
            Self::CodeAlone => "prove another factor as well: password, PIN, one-time code, second device",
            Self::ProofForOther { .. } => "prove it for this seal and these very bytes",
            Self::ProofNotFresh { .. } => "prove it again",
            Self::ProofSuperseded => "enter the new approval code",
            Self::TokenUnknown => "use the token that replaced it, or make one",
            Self::TokenOver { .. } => "make a new token",
            Self::TokenScope => "make a token for this seal and class",
            Self::Content(_) => {
                "prepare the signature with signed attributes: content-type, message-digest, signing-certificate-v2"
            }
            Self::OtherSigningCertificate => "prepare the signature with the seal's certificate",
            Self::NoCertificate => "have the seal administrator bind a certificate",
            Self::OtherCertificate { .. } => {
                "use the certificate that is bound to the seal, or have this one bound"
            }
            Self::Chain(_) => "verify the chain anew, with revocation, now, for signing documents",
            Self::QuotaExhausted => "buy API times",
            Self::KeyReused { .. } => "take another key for another use",
            Self::PermitOver { .. } => "have it reviewed again",
            Self::PermitOfOther => "have it reviewed by this office",
            Self::OtherKey => "use the key of the certificate that is bound to the seal",
        }
    }
}
