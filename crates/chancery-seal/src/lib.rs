//! Organisational e-seals: no seal is used without a right, a permit and a record.

#![forbid(unsafe_code)]

mod case;
mod chain;
mod claim;
mod class;
mod clock;
mod condition;
mod content;
mod grant;
mod id;
mod kept_digest;
mod key;
mod kind;
mod mailbox;
mod office;
mod office_error;
mod organisation;
mod permit;
mod policy;
mod position;
mod request;
mod seal;
mod text;
mod text_error;
mod token;
mod usage;
mod violation;
mod window;
mod wire;

pub use case::{Agreement, Caller, Case};
pub use chain::ChainUnfit;
pub use claim::{Demand, QualifiedUse, SealClaim};
pub use class::{ClassSet, DocumentClass};
pub use condition::{Amount, Condition, Currency, CurrencyFault};
pub use content::ContentFault;
pub use grant::{Grant, GrantState, NewGrant};
pub use id::{GrantId, SealId, SealIdFault, TokenId};
pub use kept_digest::{KeptDigest, KeptDigestFault};
pub use key::SealKey;
pub use kind::{SealKind, SealSort, Setting};
pub use mailbox::{Domain, Mailbox};
pub use office::{Office, Repetition, Sealed};
pub use office_error::{OfficeError, Refused, ReviewError, SealError};
pub use organisation::{
    AccountAct, AccountAdministrator, ActRefusal, Command, Member, Organisation, OrganisationEvent,
    OrganisationFact, OrganisationState, Person, Reply, Right, SealAct, SealAdministrator, SealOffice,
    ServiceDesk, effect_kind,
};
pub use permit::Permit;
pub use policy::{RevocationDemand, SealPolicy, policy_tables};
pub use position::{Act, Position, Ruling};
pub use request::{Document, SealRequest};
pub use seal::{BoundCertificate, NewSeal, Seal, SealState};
pub use text::{FileName, Label, UseKey};
pub use text_error::{MailboxFault, TextFault, WindowFault};
pub use token::{ApiToken, Scope, Token, TokenHash};
pub use usage::{
    Asking, Query, UsageEvent, UsageFact, UsageOutcome, UsageRecord, UsageState, UseDetails, UsedRight,
    to_csv,
};
pub use violation::{FactorName, Violation};
pub use window::Window;
