//! Envelopes that cannot get stuck, leak, or lie: who acts next in a signing workflow.

#![forbid(unsafe_code)]

mod access;
mod acting;
mod amount;
pub mod bulk;
mod command;
pub mod consent;
mod correction;
pub mod csv;
mod decide;
mod digest;
mod document;
mod draft;
mod draft_check;
mod due;
mod effects;
mod envelope;
mod error;
pub mod event;
mod evolve;
mod factors;
mod field;
mod follow;
mod grant;
mod guard;
mod hex;
mod id;
mod intent;
mod language;
mod meaning;
mod names;
mod next_action;
#[cfg(feature = "texts")]
pub mod notice;
mod occasion;
mod party;
mod person;
mod policy;
mod predicate;
mod proof;
mod readable;
mod refusal;
pub mod regime;
mod reply;
mod role;
mod rules;
mod slot;
mod status;
mod step;
pub mod template;
mod text;
mod tracking;
mod user;
mod view;
pub mod webhook;
mod workflow;

pub use language::Language;
pub use access::AccessRefused;
pub use acting::Acting;
pub use amount::Amount;
pub use command::{
    AbortWhy, BeginSigning, ChangeSigner, Command, Nominee, Permissions, Successor,
};
pub use correction::{Corrected, Correction};
pub use document::{Allowance, Document, Permitted};
pub use draft::{Draft, FromTemplate, Named, TemplateHash};
pub use draft_check::DraftFault;
pub use envelope::Envelope;
pub use error::{AddressError, AmountError, FactorsError, IdError, TextError};
pub use event::Event;
pub use factors::{FactorName, FactorRule, PartyFactors};
pub use field::{Field, FieldContent, Need};
pub use grant::{DownloadGrant, Granted, Uses};
pub use id::{
    ContentDigest, DocumentId, EnvelopeId, FieldId, Fingerprint, GrantId, PartyId, PolicyHash, Revision, StepId,
    TemplateId, TemplateVersion,
};
pub use intent::{Intent, NOTICE, Notice, Recipient, SEAL, SealWork, WEBHOOK, WebhookBody};
pub use meaning::Meaning;
pub use next_action::{Capacity, NextAction};
pub use party::{Party, Placement, Side};
pub use person::{Domain, Email, Person, Phone};
pub use policy::{Objection, Policy};
pub use predicate::Predicate;
pub use proof::{ModificationPermission, SignaturePlace, SignatureProof, SignerKind};
pub use refusal::{Concern, Refusal};
pub use reply::{Accepted, Made, Reply};
pub use role::{Act, CopyMoment, Role, SignatureLevel};
pub use rules::{Disclosure, Domains, Permission, Rules};
pub use slot::{Consent, Delivery, Joined, Pinned, Prospect, Refusals, SigningSession, Slot, Standing};
pub use status::{
    Artifact, Clock, Disposition, Ended, Finalization, Pause, Retention, Status, StatusName,
};
pub use step::{Phase, Quorum, Step};
pub use text::Text;
pub use tracking::{Change, Gap, Progress, Summary, Tracking};
pub use view::{Audience, EnvelopeView, PartyView};
pub use workflow::Workflow;
