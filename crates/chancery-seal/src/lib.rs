//! Organisational e-seals: no seal is used without a right, a permit and a record.

#![forbid(unsafe_code)]

mod chain;
mod claim;
mod class;
mod clock;
mod condition;
mod grant;
mod id;
mod kept_digest;
mod kind;
mod mailbox;
mod organisation;
mod policy;
mod position;
mod seal;
mod text;
mod text_error;
mod token;
mod window;
mod wire;

pub use chain::ChainUnfit;
pub use claim::{Demand, QualifiedUse, SealClaim};
pub use class::{ClassSet, DocumentClass};
pub use condition::{Amount, Condition, Currency, CurrencyFault};
pub use grant::{Grant, GrantState, NewGrant};
pub use id::{GrantId, SealId, SealIdFault, TokenId};
pub use kept_digest::{KeptDigest, KeptDigestFault};
pub use kind::{SealKind, SealSort, Setting};
pub use mailbox::{Domain, Mailbox};
pub use organisation::{
    AccountAct, AccountAdministrator, ActRefusal, Command, Member, Organisation, OrganisationEvent,
    OrganisationFact, OrganisationState, Person, Reply, Right, SealAct, SealAdministrator, SealOffice,
    ServiceDesk, effect_kind,
};
pub use policy::{RevocationDemand, SealPolicy, policy_tables};
pub use position::{Act, Position, Ruling};
pub use seal::{BoundCertificate, NewSeal, Seal, SealState};
pub use text::{FileName, Label, UseKey};
pub use text_error::{MailboxFault, TextFault, WindowFault};
pub use token::{ApiToken, Scope, Token, TokenHash};
pub use window::Window;
