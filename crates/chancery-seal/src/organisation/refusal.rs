//! Why an act is refused, and what would help.

use chancery_auth::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::chain::ChainUnfit;
use crate::claim::{CertificateOwner, Demand, SealClaim};
use crate::class::DocumentClass;
use crate::id::{GrantId, SealId, TokenId};
use crate::mailbox::{Domain, Mailbox};
use crate::position::{Act, Position};
use crate::text::Label;
use crate::wire;

/// Why an act is refused. Prints a sentence; [`cure`](Self::cure) is another.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the sentence of each variant is its documentation")]
pub enum ActRefusal {
    #[error("the clock says {now}, but something was recorded at {latest}")]
    ClockBehind { now: Timestamp, latest: Timestamp },
    #[error("the organisation has no account yet")]
    NotFounded,
    #[error("the organisation has an account already")]
    Founded,
    #[error("whoever asks is not: {position}")]
    NotInPosition { position: Position },
    #[error("the {position} may not: {act}")]
    OtherPosition { position: Position, act: Act },
    #[error("the call was made in another person's name")]
    OtherActor,
    #[error("{user} is no member")]
    NoMember {
        #[serde(with = "wire::user")]
        user: UserId,
    },
    #[error("the identity {user} was given before, and is never given again")]
    IdentityTaken {
        #[serde(with = "wire::user")]
        user: UserId,
    },
    #[error("{user} is the last account administrator")]
    LastAdministrator {
        #[serde(with = "wire::user")]
        user: UserId,
    },
    #[error("{user} is an account administrator already")]
    AdministratorAlready {
        #[serde(with = "wire::user")]
        user: UserId,
    },
    #[error("{user} is no account administrator")]
    NoAdministrator {
        #[serde(with = "wire::user")]
        user: UserId,
    },
    #[error("{domain} is not validated")]
    DomainNotValidated { domain: Domain },
    #[error("the time ended at {until}")]
    Over { until: Timestamp },
    #[error("this was not validated, so nothing ends")]
    NothingToEnd,
    #[error("the mailbox {mailbox} is another member's")]
    MailboxTaken { mailbox: Mailbox },
    #[error("the present validation ends before {from}, so there would be a time without")]
    Gap { from: Timestamp },
    #[error("the digest of a letter is its SHA-256")]
    LetterDigest,
    #[error("this letter has appointed before")]
    LetterUsed,
    #[error("there is no seal {seal}")]
    NoSeal { seal: SealId },
    #[error("seal {seal} is retired")]
    SealRetired { seal: SealId },
    #[error("the number {seal} was given before, and is never given again")]
    SealTaken { seal: SealId },
    #[error("another seal in use is called {name}")]
    NameTaken { name: Label },
    #[error("a personal seal belongs to a member")]
    OwnerMissing,
    #[error("only a personal seal belongs to a person")]
    OwnerUnwanted,
    #[error("no class of documents is named")]
    NoClass,
    #[error("a seal of this kind is never set on: {class}")]
    ClassNever { class: DocumentClass },
    #[error("the seal is not for: {class}")]
    ClassNotOfSeal { class: DocumentClass },
    #[error("the certificate is to claim {claim}: {}", demand.words())]
    Claim { claim: SealClaim, demand: Demand },
    #[error("the certificate names another {whose}")]
    OtherSubject { whose: CertificateOwner },
    #[error("the certificate belongs to seal {seal}")]
    CertificateOfOther { seal: SealId },
    #[error("this certificate is bound already")]
    BoundAlready,
    #[error("the certificate's chain: {0}")]
    Chain(ChainUnfit),
    #[error("the seal belongs to another person")]
    SealOfOther,
    #[error("a grant has {found} conditions; {most} are possible")]
    TooManyConditions { found: usize, most: usize },
    #[error("there is no grant {grant}")]
    NoGrant { grant: GrantId },
    #[error("grant {grant} is cancelled, for ever")]
    GrantCancelled { grant: GrantId },
    #[error("grant {grant} is disabled already")]
    DisabledAlready { grant: GrantId },
    #[error("grant {grant} is active already")]
    ActiveAlready { grant: GrantId },
    #[error("the person is disabled already")]
    UserDisabledAlready,
    #[error("the person is not disabled")]
    UserNotDisabled,
    #[error("nobody validates, enables or disables herself")]
    Oneself,
    #[error("{user} is not validated as an employee now")]
    EmployeeNotValidated {
        #[serde(with = "wire::user")]
        user: UserId,
    },
    #[error("all rights of {user} rest since {since}")]
    UserDisabled {
        #[serde(with = "wire::user")]
        user: UserId,
        since: Timestamp,
    },
    #[error("{domain} could be taken for {other}, which is validated")]
    DomainLooksAlike { domain: Domain, other: Domain },
    #[error("the approval code was not set yet")]
    SetupRequired,
    #[error("this code was recorded already, or a later one was")]
    CodeKnown,
    #[error("a token needs at least one scope and at most {most}")]
    Scopes { most: usize },
    #[error("no grant covers: {class} with seal {seal}")]
    ScopeBeyondGrants { seal: SealId, class: DocumentClass },
    #[error("a person has {most} tokens at most")]
    TooManyTokens { most: usize },
    #[error("this secret was used for a token before")]
    TokenKnown,
    #[error("there is no living token {token} of this person")]
    NoToken { token: TokenId },
}

impl ActRefusal {
    /// What would help.
    #[must_use]
    pub const fn cure(&self) -> &'static str {
        match self {
            Self::ClockBehind { .. } => "set the clock of this machine",
            Self::NotFounded => "have the service desk open the account",
            Self::Founded => "use the account that exists",
            Self::NotInPosition { .. } => "have somebody ask who holds the position, or be appointed to it",
            Self::OtherPosition { .. } => "have the other administrator do it",
            Self::OtherActor => "ask in the own name",
            Self::NoMember { .. } => "have an account administrator admit the person",
            Self::IdentityTaken { .. } => "draw a new identity",
            Self::LastAdministrator { .. } => {
                "appoint another account administrator first, or transfer the position"
            }
            Self::AdministratorAlready { .. } => "name another member",
            Self::NoAdministrator { .. } => "name an account administrator",
            Self::DomainNotValidated { .. } => "have an account administrator validate this very domain",
            Self::Over { .. } => "give a time that ends later",
            Self::NothingToEnd => "name what is validated",
            Self::MailboxTaken { .. } => "give each person a mailbox of the own",
            Self::Gap { .. } => "give a time that begins while the present one holds",
            Self::LetterDigest => "give the SHA-256 of the letter",
            Self::LetterUsed => "write a new letter",
            Self::NoSeal { .. } => "name a seal of this organisation",
            Self::SealRetired { .. } => "create a new seal",
            Self::SealTaken { .. } => "ask again with other random bytes",
            Self::NameTaken { .. } => "choose another name",
            Self::OwnerMissing => "name the member whose seal it is",
            Self::OwnerUnwanted => "leave the owner out, or make it a personal seal",
            Self::NoClass => "name at least one class",
            Self::ClassNever { .. } => "leave the class out, or use a seal of another kind",
            Self::ClassNotOfSeal { .. } => "leave the class out, or create a seal for it",
            Self::Claim { .. } => "order a certificate of the right kind",
            Self::OtherSubject { .. } => {
                "order a certificate with the organisation's register number, or with the person's mailbox"
            }
            Self::CertificateOfOther { .. } => "order a certificate of its own",
            Self::BoundAlready => "bind the renewed certificate",
            Self::Chain(_) => "verify the chain anew, with revocation, now, for signing documents",
            Self::SealOfOther => "grant it to its owner",
            Self::TooManyConditions { .. } => "use fewer conditions",
            Self::NoGrant { .. } => "name a grant of this organisation",
            Self::GrantCancelled { .. } => "give a new grant",
            Self::DisabledAlready { .. } | Self::ActiveAlready { .. } => "nothing is to be done",
            Self::UserDisabledAlready | Self::UserNotDisabled => "nothing is to be done",
            Self::Oneself => "have another administrator do it, or the service desk",
            Self::EmployeeNotValidated { .. } => "have an account administrator validate the employee",
            Self::UserDisabled { .. } => {
                "have another member appointed seal administrator by a new letter, who enables the person"
            }
            Self::DomainLooksAlike { .. } => "end the validation of the other domain first",
            Self::SetupRequired => "set the approval code first",
            Self::CodeKnown => "nothing is to be done",
            Self::Scopes { .. } => "name the seals and classes that the token is for",
            Self::ScopeBeyondGrants { .. } => "leave it out, or have the seal administrator grant it",
            Self::TooManyTokens { .. } => "end a token that is not used",
            Self::TokenKnown => "draw a new token",
            Self::NoToken { .. } => "name a living token of the own",
        }
    }
}
