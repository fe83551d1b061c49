//! Positions as values that only the organisation's state makes.

use chancery_auth::{ApprovalCode, Factor, UserId};
use chancery_digest::Digest;
use jiff::Timestamp;

use super::command::{AccountAct, Asked, Command, DeskAct, OwnAct, SealAct};
use super::refusal::ActRefusal;
use super::state::OrganisationState;
use crate::id::TokenId;
use crate::mailbox::Mailbox;
use crate::position::{Act, Position};
use crate::text::Label;
use crate::token::{ApiToken, Scope};
use crate::window::Window;

/// An account administrator: manages members and validations, and no seals. There is no way from here to a
/// [`SealAdministrator`]; who is both was appointed twice.
///
/// ```compile_fail
/// # fn f(account: chancery_seal::AccountAdministrator, grant: chancery_seal::NewGrant) {
/// account.asks(chancery_seal::SealAct::Grant(grant)); // that is for the seal administrator
/// # }
/// ```
/// ```compile_fail
/// # fn f(account: chancery_seal::AccountAdministrator) -> chancery_seal::SealAdministrator {
/// account.into()
/// # }
/// ```
#[derive(Debug, Eq, PartialEq)]
pub struct AccountAdministrator {
    user: UserId,
}

/// The seal administrator: manages seals and rights to them, and no members.
///
/// ```compile_fail
/// # fn f(seals: chancery_seal::SealAdministrator, user: chancery_auth::UserId) {
/// seals.asks(chancery_seal::AccountAct::Remove { user }); // that is for an account administrator
/// # }
/// ```
/// ```compile_fail
/// # fn f(user: chancery_auth::UserId) -> chancery_seal::SealAdministrator {
/// chancery_seal::SealAdministrator { user } // only the organisation's state makes one
/// # }
/// ```
#[derive(Debug, Eq, PartialEq)]
pub struct SealAdministrator {
    user: UserId,
}

/// A member of the organisation, in what concerns the member alone.
#[derive(Debug, Eq, PartialEq)]
pub struct Member {
    user: UserId,
}

/// Whoever runs the service, where it says that it has checked something itself: a letter, a payment. Whoever holds this
/// value can appoint seal administrators and sell times, so make one, where letters are checked, and give it to nobody.
#[derive(Debug)]
#[non_exhaustive]
pub struct ServiceDesk;

impl OrganisationState {
    /// The capability of an account administrator.
    ///
    /// # Errors
    /// If the person is none.
    pub fn account_administrator(&self, user: UserId) -> Result<AccountAdministrator, ActRefusal> {
        let position = Position::AccountAdministrator;
        if self.administrators.contains(&user) {
            Ok(AccountAdministrator { user })
        } else {
            Err(ActRefusal::NotInPosition { position })
        }
    }

    /// The capability of the seal administrator.
    ///
    /// # Errors
    /// If the person is not.
    pub fn seal_administrator(&self, user: UserId) -> Result<SealAdministrator, ActRefusal> {
        let position = Position::SealAdministrator;
        match &self.seal_office {
            Some(office) if office.user == user => Ok(SealAdministrator { user }),
            Some(_) | None => Err(ActRefusal::NotInPosition { position }),
        }
    }

    /// The capability of a member.
    ///
    /// # Errors
    /// If the person is none.
    pub fn member(&self, user: UserId) -> Result<Member, ActRefusal> {
        let position = Position::Member;
        if self.members.contains_key(&user) {
            Ok(Member { user })
        } else {
            Err(ActRefusal::NotInPosition { position })
        }
    }

    /// Whether a person holds a position now.
    pub(crate) fn holds(&self, user: UserId, position: Position, act: Act) -> Result<(), ActRefusal> {
        let held = match position {
            Position::AccountAdministrator => self.administrators.contains(&user),
            Position::SealAdministrator => {
                self.seal_office.as_ref().is_some_and(|office| office.user == user)
            }
            Position::Member => self.members.contains_key(&user),
            Position::ServiceDesk => false,
        };
        if !held {
            return Err(ActRefusal::NotInPosition { position });
        }
        match position.ruling(act) {
            crate::position::Ruling::May | crate::position::Ruling::WithGrant => Ok(()),
            crate::position::Ruling::No => Err(ActRefusal::OtherPosition { position, act }),
        }
    }
}

impl AccountAdministrator {
    /// Who.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// Asks for something.
    #[must_use]
    pub const fn asks(&self, act: AccountAct) -> Command {
        Command(Asked::Account(self.user, act))
    }
}

impl SealAdministrator {
    /// Who.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// Asks for something.
    #[must_use]
    pub fn asks(&self, act: SealAct) -> Command {
        Command(Asked::Seals(self.user, Box::new(act)))
    }
}

impl Member {
    /// Who.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// The approval code was set, for the first time or anew: from now on proofs of an earlier one do not count. None
    /// if the code is another person's.
    #[must_use]
    pub fn has_set(&self, code: &Factor<ApprovalCode>) -> Option<Command> {
        let generation = code.generation();
        (code.owner() == self.user).then_some(Command(Asked::Own(self.user, OwnAct::SetCode { generation })))
    }

    /// Wants this new token to count, for these scopes, until then. Its secret is not kept.
    #[must_use]
    pub fn issues(&self, token: &ApiToken, scopes: Vec<Scope>, until: Option<Timestamp>) -> Command {
        Command(Asked::Own(self.user, OwnAct::IssueToken { hash: token.hash(), scopes, until }))
    }

    /// Replaces one of the own tokens by a new secret with the same scopes; the old one is dead at once.
    #[must_use]
    pub fn rotates(&self, token: TokenId, new: &ApiToken) -> Command {
        Command(Asked::Own(self.user, OwnAct::RotateToken { token, hash: new.hash() }))
    }

    /// Ends one of the own tokens.
    #[must_use]
    pub const fn ends(&self, token: TokenId) -> Command {
        Command(Asked::Own(self.user, OwnAct::EndToken { token }))
    }
}

impl ServiceDesk {
    /// The capability to say what the service has checked.
    #[must_use]
    pub const fn that_checks_letters() -> Self {
        Self
    }

    /// Opens the account of an organisation with its first member, who is its account administrator. `register_number` is
    /// the organizationIdentifier that the certificates of its seals must bear, such as `NTREE-12345678` (ETSI EN 319
    /// 412-1, 5.1.4).
    #[must_use]
    pub const fn founds(
        &self,
        name: Label,
        register_number: Label,
        administrator: UserId,
        mailbox: Mailbox,
    ) -> Command {
        Command(Asked::Desk(DeskAct::Found { name, register_number, administrator, mailbox }))
    }

    /// Appoints the seal administrator, in place of the one before: `letter` is the digest of the letter of authority
    /// that designates this member and this mailbox, which is in a validated domain. A letter appoints once.
    #[must_use]
    pub const fn appoints(&self, user: UserId, mailbox: Mailbox, letter: Digest) -> Command {
        Command(Asked::Desk(DeskAct::AppointSealAdministrator { user, mailbox, letter }))
    }

    /// Validates an account administrator as an employee for this time. Nobody validates himself, and the first
    /// administrator of an organisation has no colleague yet who could.
    #[must_use]
    pub const fn validates(&self, user: UserId, window: Window) -> Command {
        Command(Asked::Desk(DeskAct::ValidateAdministrator { user, window }))
    }
}
