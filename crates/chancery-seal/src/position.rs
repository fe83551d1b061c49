//! Who may do what: a table of positions and acts.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What somebody is when acting. One person may hold several positions, each by an appointment of its own.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// Manages the members, the domains and the validations of the organisation.
    AccountAdministrator,
    /// Manages seals and who may use them. One for each organisation, appointed by letter.
    SealAdministrator,
    /// Belongs to the organisation.
    Member,
    /// Whoever runs the service: checks letters, sells times.
    ServiceDesk,
}

/// What can be done.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Open the organisation's account.
    Found,
    /// Take in a member.
    Admit,
    /// Give a member another mailbox.
    ChangeMailbox,
    /// Remove a member.
    Remove,
    /// Make a member an account administrator.
    AppointAccountAdministrator,
    /// Take that position from one.
    DismissAccountAdministrator,
    /// Give the own position to another member.
    TransferAccount,
    /// Validate the organisation, or end its validation.
    ValidateOrganisation,
    /// Validate a domain, or end its validation.
    ValidateDomain,
    /// Validate an employee, or end that validation.
    ValidateEmployee,
    /// Validate an account administrator as an employee.
    ValidateAdministrator,
    /// Appoint the seal administrator by letter.
    AppointSealAdministrator,
    /// Leave the position of the seal administrator.
    Resign,
    /// Create a seal.
    CreateSeal,
    /// Take a seal out of use.
    RetireSeal,
    /// Bind a certificate to a seal.
    BindCertificate,
    /// Grant a right, or enable one.
    Grant,
    /// Disable a right, or cancel it.
    Withdraw,
    /// Enable the rights of a person again.
    EnableUser,
    /// Disable all rights of a person at once.
    DisableUser,
    /// End anybody's token.
    EndToken,
    /// Set the own approval code.
    SetCode,
    /// Make, rotate or end an own token.
    OwnToken,
    /// Approve a use as the second person.
    ApproveUse,
    /// Use a seal.
    UseSeal,
    /// See all of the usage log, export it.
    SeeWholeLog,
    /// See the own part of the usage log.
    SeeOwnLog,
    /// Buy API times.
    BuyTimes,
    /// Give times back, with a reason.
    Refund,
}

/// What the table says.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Ruling {
    /// The position may.
    May,
    /// It may if a grant says so.
    WithGrant,
    /// It may not: this is for another position.
    No,
}

impl Position {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::AccountAdministrator, Self::SealAdministrator, Self::Member, Self::ServiceDesk];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::AccountAdministrator => "account administrator",
            Self::SealAdministrator => "seal administrator",
            Self::Member => "member",
            Self::ServiceDesk => "service desk",
        }
    }

    /// The table of positions and acts.
    #[must_use]
    pub const fn ruling(self, act: Act) -> Ruling {
        match self {
            Self::AccountAdministrator => match act {
                Act::Admit
                | Act::ChangeMailbox
                | Act::Remove
                | Act::AppointAccountAdministrator
                | Act::DismissAccountAdministrator
                | Act::TransferAccount
                | Act::ValidateOrganisation
                | Act::ValidateDomain
                | Act::ValidateEmployee => Ruling::May,
                Act::Found
                | Act::ValidateAdministrator
                | Act::AppointSealAdministrator
                | Act::Resign
                | Act::CreateSeal
                | Act::RetireSeal
                | Act::BindCertificate
                | Act::Grant
                | Act::Withdraw
                | Act::EnableUser
                | Act::DisableUser
                | Act::EndToken
                | Act::SetCode
                | Act::OwnToken
                | Act::ApproveUse
                | Act::UseSeal
                | Act::SeeWholeLog
                | Act::SeeOwnLog
                | Act::BuyTimes
                | Act::Refund => Ruling::No,
            },
            Self::SealAdministrator => match act {
                Act::Resign
                | Act::CreateSeal
                | Act::RetireSeal
                | Act::BindCertificate
                | Act::Grant
                | Act::Withdraw
                | Act::EnableUser
                | Act::DisableUser
                | Act::EndToken
                | Act::SeeWholeLog => Ruling::May,
                Act::Found
                | Act::Admit
                | Act::ChangeMailbox
                | Act::Remove
                | Act::AppointAccountAdministrator
                | Act::DismissAccountAdministrator
                | Act::TransferAccount
                | Act::ValidateOrganisation
                | Act::ValidateDomain
                | Act::ValidateEmployee
                | Act::ValidateAdministrator
                | Act::AppointSealAdministrator
                | Act::SetCode
                | Act::OwnToken
                | Act::ApproveUse
                | Act::UseSeal
                | Act::SeeOwnLog
                | Act::BuyTimes
                | Act::Refund => Ruling::No,
            },
            Self::Member => match act {
                Act::SetCode | Act::OwnToken | Act::SeeOwnLog => Ruling::May,
                Act::ApproveUse | Act::UseSeal => Ruling::WithGrant,
                Act::Found
                | Act::Admit
                | Act::ChangeMailbox
                | Act::Remove
                | Act::AppointAccountAdministrator
                | Act::DismissAccountAdministrator
                | Act::TransferAccount
                | Act::ValidateOrganisation
                | Act::ValidateDomain
                | Act::ValidateEmployee
                | Act::ValidateAdministrator
                | Act::AppointSealAdministrator
                | Act::Resign
                | Act::CreateSeal
                | Act::RetireSeal
                | Act::BindCertificate
                | Act::Grant
                | Act::Withdraw
                | Act::EnableUser
                | Act::DisableUser
                | Act::EndToken
                | Act::SeeWholeLog
                | Act::BuyTimes
                | Act::Refund => Ruling::No,
            },
            Self::ServiceDesk => match act {
                Act::Found
                | Act::ValidateAdministrator
                | Act::AppointSealAdministrator
                | Act::BuyTimes
                | Act::Refund => Ruling::May,
                Act::Admit
                | Act::ChangeMailbox
                | Act::Remove
                | Act::AppointAccountAdministrator
                | Act::DismissAccountAdministrator
                | Act::TransferAccount
                | Act::ValidateOrganisation
                | Act::ValidateDomain
                | Act::ValidateEmployee
                | Act::Resign
                | Act::CreateSeal
                | Act::RetireSeal
                | Act::BindCertificate
                | Act::Grant
                | Act::Withdraw
                | Act::EnableUser
                | Act::DisableUser
                | Act::EndToken
                | Act::SetCode
                | Act::OwnToken
                | Act::ApproveUse
                | Act::UseSeal
                | Act::SeeWholeLog
                | Act::SeeOwnLog => Ruling::No,
            },
        }
    }
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 29] = [
        Self::Found,
        Self::Admit,
        Self::ChangeMailbox,
        Self::Remove,
        Self::AppointAccountAdministrator,
        Self::DismissAccountAdministrator,
        Self::TransferAccount,
        Self::ValidateOrganisation,
        Self::ValidateDomain,
        Self::ValidateEmployee,
        Self::ValidateAdministrator,
        Self::AppointSealAdministrator,
        Self::Resign,
        Self::CreateSeal,
        Self::RetireSeal,
        Self::BindCertificate,
        Self::Grant,
        Self::Withdraw,
        Self::EnableUser,
        Self::DisableUser,
        Self::EndToken,
        Self::SetCode,
        Self::OwnToken,
        Self::ApproveUse,
        Self::UseSeal,
        Self::SeeWholeLog,
        Self::SeeOwnLog,
        Self::BuyTimes,
        Self::Refund,
    ];

    /// The words for it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Found => "open the account",
            Self::Admit => "admit a member",
            Self::ChangeMailbox => "change a member's mailbox",
            Self::Remove => "remove a member",
            Self::AppointAccountAdministrator => "appoint an account administrator",
            Self::DismissAccountAdministrator => "dismiss an account administrator",
            Self::TransferAccount => "transfer the own position",
            Self::ValidateOrganisation => "validate the organisation",
            Self::ValidateDomain => "validate a domain",
            Self::ValidateEmployee => "validate an employee",
            Self::ValidateAdministrator => "validate an account administrator as employee",
            Self::AppointSealAdministrator => "appoint the seal administrator by letter",
            Self::Resign => "resign as seal administrator",
            Self::CreateSeal => "create a seal",
            Self::RetireSeal => "retire a seal",
            Self::BindCertificate => "bind a certificate",
            Self::Grant => "grant or enable a right",
            Self::Withdraw => "disable or cancel a right",
            Self::EnableUser => "enable a person",
            Self::DisableUser => "disable a person",
            Self::EndToken => "end a token",
            Self::SetCode => "set the own approval code",
            Self::OwnToken => "make, rotate, end an own token",
            Self::ApproveUse => "approve a use as second person",
            Self::UseSeal => "use a seal",
            Self::SeeWholeLog => "see and export the whole usage log",
            Self::SeeOwnLog => "see the own usage log",
            Self::BuyTimes => "buy times",
            Self::Refund => "give a time back",
        }
    }
}

impl Act {
    /// The table of acts and of what whoever acts must be besides holding the position. What only takes away
    /// asks nothing more: who gives must stand, who stops something need not. Nor does resigning, so that nobody is kept in a
    /// position, nor reading the log. Account administrators need no validation: they are
    /// who ends and renews those of others, and the first one has none.
    #[must_use]
    pub const fn demands(self, standing: Standing) -> Demanded {
        match self {
            Self::CreateSeal | Self::BindCertificate | Self::Grant | Self::EnableUser => match standing {
                Standing::Member
                | Standing::ValidatedEmployee
                | Standing::Enabled
                | Standing::DomainOfLetter => Demanded::Yes,
                Standing::DomainOfMailbox => Demanded::No,
            },
            Self::UseSeal | Self::ApproveUse => match standing {
                Standing::Member
                | Standing::ValidatedEmployee
                | Standing::DomainOfMailbox
                | Standing::Enabled => Demanded::Yes,
                Standing::DomainOfLetter => Demanded::No,
            },
            Self::Admit
            | Self::ChangeMailbox
            | Self::Remove
            | Self::AppointAccountAdministrator
            | Self::DismissAccountAdministrator
            | Self::TransferAccount
            | Self::ValidateOrganisation
            | Self::ValidateDomain
            | Self::ValidateEmployee
            | Self::RetireSeal
            | Self::Withdraw
            | Self::DisableUser
            | Self::EndToken
            | Self::Resign
            | Self::SetCode
            | Self::OwnToken
            | Self::SeeWholeLog
            | Self::SeeOwnLog => match standing {
                Standing::Member => Demanded::Yes,
                Standing::ValidatedEmployee
                | Standing::DomainOfMailbox
                | Standing::Enabled
                | Standing::DomainOfLetter => Demanded::No,
            },
            Self::Found
            | Self::ValidateAdministrator
            | Self::AppointSealAdministrator
            | Self::BuyTimes
            | Self::Refund => match standing {
                Standing::Member
                | Standing::ValidatedEmployee
                | Standing::DomainOfMailbox
                | Standing::Enabled
                | Standing::DomainOfLetter => Demanded::No,
            },
        }
    }
}

/// What whoever acts may have to be, at the moment of the act.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Standing {
    /// A member of the organisation.
    Member,
    /// Validated as an employee.
    ValidatedEmployee,
    /// The domain of the own mailbox is validated.
    DomainOfMailbox,
    /// Not disabled by the seal administrator.
    Enabled,
    /// The domain of the mailbox that the letter designates is validated.
    DomainOfLetter,
}

/// Whether an act asks for a standing.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Demanded {
    /// It does.
    Yes,
    /// It does not.
    No,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Member, Self::ValidatedEmployee, Self::DomainOfMailbox, Self::Enabled, Self::DomainOfLetter];

    /// The words for it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Member => "a member",
            Self::ValidatedEmployee => "validated as an employee",
            Self::DomainOfMailbox => "the domain of the own mailbox validated",
            Self::Enabled => "not disabled",
            Self::DomainOfLetter => "the domain of the letter's mailbox validated",
        }
    }
}

impl Demanded {
    /// The word in the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
        }
    }
}

impl Ruling {
    /// The word in the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::May => "may",
            Self::WithGrant => "with a grant",
            Self::No => "no",
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}
