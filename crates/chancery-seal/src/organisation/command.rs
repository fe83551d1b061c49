//! What can be asked of an organisation.

use chancery_auth::UserId;
use chancery_chain::VerifiedChain;
use chancery_digest::Digest;
use jiff::Timestamp;

use crate::grant::NewGrant;
use crate::id::{GrantId, SealId, TokenId};
use crate::kept_digest::KeptDigest;
use crate::mailbox::{Domain, Mailbox};
use crate::position::Act;
use crate::seal::NewSeal;
use crate::text::Label;
use crate::token::{Scope, TokenHash};
use crate::window::Window;

/// Something that is asked of an organisation, by somebody who had the position for it when asking. Only the
/// capabilities make one: [`AccountAdministrator`](crate::AccountAdministrator),
/// [`SealAdministrator`](crate::SealAdministrator), [`Member`](crate::Member), [`ServiceDesk`](crate::ServiceDesk).
/// Whether the position is still held is asked again when it is decided.
#[derive(Clone, Debug)]
pub struct Command(pub(crate) Asked);

/// What an account administrator asks.
#[derive(Clone, Debug)]
pub enum AccountAct {
    /// Takes in a member, whose mailbox is in a validated domain.
    Admit {
        /// An identity that nobody had before.
        user: UserId,
        /// The mailbox.
        mailbox: Mailbox,
    },
    /// Gives a member another mailbox in a validated domain.
    ChangeMailbox {
        /// Who.
        user: UserId,
        /// The mailbox.
        mailbox: Mailbox,
    },
    /// Removes a member: rights, tokens, positions end at once; certificates are to be revoked, sessions ended, open
    /// matters given to others.
    Remove {
        /// Who.
        user: UserId,
    },
    /// Makes a member a further account administrator.
    Appoint {
        /// Who.
        user: UserId,
    },
    /// Takes the position from an account administrator; not from the last.
    Dismiss {
        /// Who.
        user: UserId,
    },
    /// Gives the own position to another member, in one event.
    Transfer {
        /// To whom.
        to: UserId,
    },
    /// The organisation was validated for this time.
    ValidateOrganisation {
        /// From when, until when.
        window: Window,
    },
    /// Its validation ends now.
    EndOrganisationValidation,
    /// Control over a domain was validated for this time.
    ValidateDomain {
        /// Which.
        domain: Domain,
        /// From when, until when.
        window: Window,
    },
    /// That ends now.
    EndDomainValidation {
        /// Which.
        domain: Domain,
    },
    /// An employee was validated for this time: not the one who asks.
    ValidateEmployee {
        /// Who.
        user: UserId,
        /// From when, until when.
        window: Window,
    },
    /// That ends now.
    EndEmployeeValidation {
        /// Who.
        user: UserId,
    },
}

/// What the seal administrator asks.
#[derive(Clone, Debug)]
pub enum SealAct {
    /// Creates a seal, under a number that no seal ever had.
    CreateSeal(NewSeal),
    /// Takes a seal out of use, for ever.
    RetireSeal {
        /// Which.
        seal: SealId,
    },
    /// Binds a certificate to a seal, for the first time or as a renewal: its chain was verified, and its claims fit.
    BindCertificate {
        /// Which seal.
        seal: SealId,
        /// The chain, verified just now for signing documents.
        chain: VerifiedChain,
    },
    /// Gives a right.
    Grant(NewGrant),
    /// Lets a right rest.
    Disable {
        /// Which.
        grant: GrantId,
    },
    /// Lets it count again.
    Enable {
        /// Which.
        grant: GrantId,
    },
    /// Ends a right for ever.
    Cancel {
        /// Which.
        grant: GrantId,
    },
    /// Lets all rights of a person rest, at once.
    DisableUser {
        /// Whose.
        user: UserId,
    },
    /// Lets them count again.
    EnableUser {
        /// Whose.
        user: UserId,
    },
    /// Ends a token.
    EndToken {
        /// Which.
        token: TokenId,
    },
    /// Leaves the position. Every seal rests until somebody is appointed.
    Resign,
}

/// What a member asks for herself.
#[derive(Clone, Debug)]
pub(crate) enum OwnAct {
    SetCode { generation: u64 },
    IssueToken { hash: TokenHash, scopes: Vec<Scope>, until: Option<Timestamp> },
    RotateToken { token: TokenId, hash: TokenHash },
    EndToken { token: TokenId },
}

/// What the service desk asks.
#[derive(Clone, Debug)]
pub(crate) enum DeskAct {
    Found { name: Label, register_number: Label, administrator: UserId, mailbox: Mailbox },
    AppointSealAdministrator { user: UserId, mailbox: Mailbox, letter: Digest },
    ValidateAdministrator { user: UserId, window: Window },
}

#[derive(Clone, Debug)]
pub(crate) enum Asked {
    Account(UserId, AccountAct),
    Seals(UserId, Box<SealAct>),
    Own(UserId, OwnAct),
    Desk(DeskAct),
}

impl Command {
    /// Who asks; nobody of the organisation for the service desk.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match &self.0 {
            Asked::Account(user, _) | Asked::Seals(user, _) | Asked::Own(user, _) => Some(*user),
            Asked::Desk(_) => None,
        }
    }

    /// Which act it is.
    #[must_use]
    pub const fn act(&self) -> Act {
        match &self.0 {
            Asked::Account(_, act) => match act {
                AccountAct::Admit { .. } => Act::Admit,
                AccountAct::ChangeMailbox { .. } => Act::ChangeMailbox,
                AccountAct::Remove { .. } => Act::Remove,
                AccountAct::Appoint { .. } => Act::AppointAccountAdministrator,
                AccountAct::Dismiss { .. } => Act::DismissAccountAdministrator,
                AccountAct::Transfer { .. } => Act::TransferAccount,
                AccountAct::ValidateOrganisation { .. } | AccountAct::EndOrganisationValidation => {
                    Act::ValidateOrganisation
                }
                AccountAct::ValidateDomain { .. } | AccountAct::EndDomainValidation { .. } => {
                    Act::ValidateDomain
                }
                AccountAct::ValidateEmployee { .. } | AccountAct::EndEmployeeValidation { .. } => {
                    Act::ValidateEmployee
                }
            },
            Asked::Seals(_, act) => match **act {
                SealAct::CreateSeal(_) => Act::CreateSeal,
                SealAct::RetireSeal { .. } => Act::RetireSeal,
                SealAct::BindCertificate { .. } => Act::BindCertificate,
                SealAct::Grant(_) | SealAct::Enable { .. } => Act::Grant,
                SealAct::Disable { .. } | SealAct::Cancel { .. } => Act::Withdraw,
                SealAct::DisableUser { .. } => Act::DisableUser,
                SealAct::EnableUser { .. } => Act::EnableUser,
                SealAct::EndToken { .. } => Act::EndToken,
                SealAct::Resign => Act::Resign,
            },
            Asked::Own(_, act) => match act {
                OwnAct::SetCode { .. } => Act::SetCode,
                OwnAct::IssueToken { .. } | OwnAct::RotateToken { .. } | OwnAct::EndToken { .. } => {
                    Act::OwnToken
                }
            },
            Asked::Desk(act) => match act {
                DeskAct::Found { .. } => Act::Found,
                DeskAct::AppointSealAdministrator { .. } => Act::AppointSealAdministrator,
                DeskAct::ValidateAdministrator { .. } => Act::ValidateAdministrator,
            },
        }
    }

    /// Everything that is asked for, as text: for the hash under an idempotency key. Chains by their certificate.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        match &self.0 {
            Asked::Seals(user, act) => match &**act {
                SealAct::BindCertificate { seal, chain } => {
                    let fingerprint = KeptDigest::from(*chain.certificate().sha256());
                    format!("{user} binds {fingerprint} to {seal}").into_bytes()
                }
                act => format!("{user} {act:?}").into_bytes(),
            },
            asked => format!("{asked:?}").into_bytes(),
        }
    }
}
