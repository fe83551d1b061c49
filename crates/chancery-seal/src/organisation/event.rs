//! What happened in an organisation.

use chancery_auth::UserId;
use chancery_ledger::{JsonEvent, Kind, NameError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::grant::NewGrant;
use crate::id::{GrantId, SealId, TokenId};
use crate::kept_digest::KeptDigest;
use crate::mailbox::{Domain, Mailbox};
use crate::seal::{BoundCertificate, NewSeal};
use crate::text::Label;
use crate::token::{Scope, TokenHash};
use crate::window::Window;
use crate::wire;

/// Something happened, at a time. Written as JSON.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OrganisationEvent {
    /// When, by the clock of whoever decided; never before an earlier event.
    pub at: Timestamp,
    /// What.
    pub fact: OrganisationFact,
}

/// What happened.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum OrganisationFact {
    /// The account was opened.
    Founded {
        /// The organisation's name.
        name: Label,
        /// The number under which a register knows it, as its certificates bear it.
        register_number: Label,
        /// Its first account administrator, who is its first member.
        #[serde(with = "wire::user")]
        administrator: UserId,
        /// The mailbox of that person.
        mailbox: Mailbox,
    },
    /// A member was taken in.
    Admitted {
        /// Who.
        #[serde(with = "wire::user")]
        user: UserId,
        /// The person's mailbox.
        mailbox: Mailbox,
    },
    /// A member has another mailbox.
    MailboxChanged {
        /// Who.
        #[serde(with = "wire::user")]
        user: UserId,
        /// The new one.
        mailbox: Mailbox,
    },
    /// A member has gone: all rights, tokens and positions of the person ended with this.
    Removed {
        /// Who.
        #[serde(with = "wire::user")]
        user: UserId,
        /// The certificates of the person's own seals, to be revoked.
        certificates: Vec<KeptDigest>,
    },
    /// There is a further account administrator.
    AccountAdministratorAppointed {
        /// Who.
        #[serde(with = "wire::user")]
        user: UserId,
    },
    /// An account administrator is none any more.
    AccountAdministratorDismissed {
        /// Who.
        #[serde(with = "wire::user")]
        user: UserId,
    },
    /// An account administrator gave the position to somebody else.
    AccountTransferred {
        /// Who had it.
        #[serde(with = "wire::user")]
        from: UserId,
        /// Who has it.
        #[serde(with = "wire::user")]
        to: UserId,
    },
    /// The organisation was validated.
    OrganisationValidated {
        /// For this time.
        window: Window,
    },
    /// Its validation was ended.
    OrganisationValidationEnded,
    /// A domain was validated.
    DomainValidated {
        /// Which.
        domain: Domain,
        /// For this time.
        window: Window,
    },
    /// The validation of a domain was ended.
    DomainValidationEnded {
        /// Which.
        domain: Domain,
    },
    /// An employee was validated.
    EmployeeValidated {
        /// Who.
        #[serde(with = "wire::user")]
        user: UserId,
        /// For this time.
        window: Window,
    },
    /// That validation was ended.
    EmployeeValidationEnded {
        /// Who.
        #[serde(with = "wire::user")]
        user: UserId,
    },
    /// There is a seal administrator, in place of the one before.
    SealAdministratorAppointed {
        /// Who.
        #[serde(with = "wire::user")]
        user: UserId,
        /// The mailbox that the letter designates.
        mailbox: Mailbox,
        /// The digest of the letter.
        letter: KeptDigest,
    },
    /// The seal administrator has gone; every seal rests.
    SealAdministratorLeft {
        /// Who.
        #[serde(with = "wire::user")]
        user: UserId,
    },
    /// There is a new seal.
    SealCreated {
        /// Its number.
        seal: SealId,
        /// What it is.
        terms: NewSeal,
    },
    /// A seal is out of use for ever.
    SealRetired {
        /// Which.
        seal: SealId,
    },
    /// A seal has this certificate from now on.
    CertificateBound {
        /// Which seal.
        seal: SealId,
        /// The certificate.
        certificate: BoundCertificate,
    },
    /// A right was given.
    Granted {
        /// Its number.
        grant: GrantId,
        /// What was granted.
        terms: NewGrant,
    },
    /// A right rests.
    GrantDisabled {
        /// Which.
        grant: GrantId,
    },
    /// A right counts again.
    GrantEnabled {
        /// Which.
        grant: GrantId,
    },
    /// A right ended for ever.
    GrantCancelled {
        /// Which.
        grant: GrantId,
    },
    /// All rights of a person rest.
    UserDisabled {
        /// Whose.
        #[serde(with = "wire::user")]
        user: UserId,
    },
    /// They count again.
    UserEnabled {
        /// Whose.
        #[serde(with = "wire::user")]
        user: UserId,
    },
    /// A member has set the approval code.
    CodeSet {
        /// Who.
        #[serde(with = "wire::user")]
        user: UserId,
        /// How often it was set; proofs with an earlier one do not count any more.
        generation: u64,
    },
    /// A token was made.
    TokenIssued {
        /// Its number.
        token: TokenId,
        /// Whose.
        #[serde(with = "wire::user")]
        user: UserId,
        /// For what.
        scopes: Vec<Scope>,
        /// Until when.
        until: Option<Timestamp>,
        /// SHA-256 of its secret.
        hash: TokenHash,
    },
    /// A token was replaced by another with the same scopes; the old one is dead.
    TokenRotated {
        /// The old one.
        old: TokenId,
        /// The new one.
        new: TokenId,
        /// SHA-256 of its secret.
        hash: TokenHash,
    },
    /// A clock that stood in the future is undone: time counts from here.
    ClockSet {
        /// The time.
        to: Timestamp,
    },
    /// A token is dead.
    TokenEnded {
        /// Which.
        token: TokenId,
    },
}

impl OrganisationFact {
    /// The kind under which it is kept.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Founded { .. } => "seal.founded",
            Self::Admitted { .. } => "seal.admitted",
            Self::MailboxChanged { .. } => "seal.mailbox-changed",
            Self::Removed { .. } => "seal.removed",
            Self::AccountAdministratorAppointed { .. } => "seal.account-administrator-appointed",
            Self::AccountAdministratorDismissed { .. } => "seal.account-administrator-dismissed",
            Self::AccountTransferred { .. } => "seal.account-transferred",
            Self::OrganisationValidated { .. } => "seal.organisation-validated",
            Self::OrganisationValidationEnded => "seal.organisation-validation-ended",
            Self::DomainValidated { .. } => "seal.domain-validated",
            Self::DomainValidationEnded { .. } => "seal.domain-validation-ended",
            Self::EmployeeValidated { .. } => "seal.employee-validated",
            Self::EmployeeValidationEnded { .. } => "seal.employee-validation-ended",
            Self::SealAdministratorAppointed { .. } => "seal.seal-administrator-appointed",
            Self::SealAdministratorLeft { .. } => "seal.seal-administrator-left",
            Self::SealCreated { .. } => "seal.created",
            Self::SealRetired { .. } => "seal.retired",
            Self::CertificateBound { .. } => "seal.certificate-bound",
            Self::Granted { .. } => "seal.granted",
            Self::GrantDisabled { .. } => "seal.grant-disabled",
            Self::GrantEnabled { .. } => "seal.grant-enabled",
            Self::GrantCancelled { .. } => "seal.grant-cancelled",
            Self::UserDisabled { .. } => "seal.user-disabled",
            Self::UserEnabled { .. } => "seal.user-enabled",
            Self::CodeSet { .. } => "seal.code-set",
            Self::TokenIssued { .. } => "seal.token-issued",
            Self::TokenRotated { .. } => "seal.token-rotated",
            Self::TokenEnded { .. } => "seal.token-ended",
            Self::ClockSet { .. } => "seal.clock-set",
        }
    }
}

impl JsonEvent for OrganisationEvent {
    const SUBJECT: &'static str = "seal";

    fn kind_in_ledger(&self) -> Result<Kind, NameError> {
        Ok(Kind::from_static(self.fact.word()))
    }
}
