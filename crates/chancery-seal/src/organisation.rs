//! An organisation: who belongs to it, what is validated, its seals, and who may use them.
//!
//! All of it is one stream, so that everything that must happen at once is one event: when an employee leaves, rights,
//! tokens and positions end with the same commit.

mod capability;
mod command;
mod decide;
mod decide_account;
mod decide_own;
mod decide_seals;
mod decider;
mod event;
mod evolve;
mod refusal;
mod reply;
mod rights;
mod state;

pub use capability::{AccountAdministrator, Member, SealAdministrator, ServiceDesk};
pub use command::{AccountAct, Command, SealAct};
pub use decider::{Organisation, effect_kind};
pub use event::{OrganisationEvent, OrganisationFact};
pub use refusal::ActRefusal;
pub use reply::Reply;
pub use rights::Right;
pub use state::{OrganisationState, Person, SealOffice};

pub(crate) use decider::effects;
