//! Envelopes that cannot get stuck, leak, or lie: who acts next in a signing workflow.
//!
//! ```
//! use chancery_workflow::*;
//! # use chancery_auth::UserId;
//! # use chancery_ledger::{Context, MemoryStore, Runner, Tenant};
//! # use getrandom::{SysRng, rand_core::UnwrapErr};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (mut rng, now) = (UnwrapErr(SysRng), "2026-11-22T12:00:00Z".parse()?);
//! # let (sender, boss) = (UserId::random(&mut rng), UserId::random(&mut rng));
//! # let digest = ContentDigest::from_bytes([7; 32]);
//! # let rules = Rules::new(Disclosure { version: Text::new("2026-1")?, digest: ContentDigest::from_bytes([9; 32]) });
//! let mut draft = Draft::new("Budget of the harbour office", rules)?;
//! draft.document("budget.pdf", digest)?;
//! let approval = draft.step(Step::all(Phase::Approval));
//! let party = draft.party(Party::new(Role::Approve, approval, boss));
//!
//! let (workflow, store, acme) = (Workflow::new(), MemoryStore::new(), Tenant::new("acme")?); // or SqliteStore
//! let envelope = EnvelopeId::random(&mut rng);
//! let mut run = |user, command| {
//!     let context = Context::new(Acting::User(user).actor(), now, &mut rng);
//!     let call = workflow.call(&acme, envelope, command, context);
//!     Runner::new(&workflow, &store).run(&call, &mut rng).map(|answer| answer.reply)
//! };
//! run(sender, Command::CreateDraft { envelope, draft: Box::new(draft) })?.accepted()?;
//! run(sender, Command::Send { permissions: Vec::new() })?.accepted()?;
//!
//! // Out of order: refused, with what would help.
//! let refusal = run(boss, Command::Approve { party, factors: Vec::new() })?.accepted().unwrap_err();
//! assert_eq!(refusal.next_action().to_string(), "open the envelope first");
//! # Ok(())
//! # }
//! ```
//!
//! # What holds
//!
//! - What follows from an act (the next turns, the end) is decided and recorded in the same commit as the act.
//! - A signature is for one revision, one session, one certificate; whoever prepared on an older revision prepares again.
//! - What has ended stays as it ended; who has acted stays in the record, also when another took the place.
//! - Who acts is the ledger's actor, never a field of a command. Factors, signatures, and what a document permits enter as
//!   values that only their provers make.
//! - Deadlines, reminders and leases follow from the state; whoever loses the timer loses nothing.
//! - Every refusal says what would make it succeed. What is not somebody's to do, and what is out of turn, is recorded
//!   before it is answered, within bounds that nobody uses up for another.
//!
//! # What does not
//!
//! - It knows no clock, store, key, document or network. Documents are digests; times and people are what the caller says.
//! - Titles and the names of documents, fields and steps are kept for ever. People, reasons, notes and the values of
//!   fields can be erased: [`Envelope::may_erase`] says when.

#![forbid(unsafe_code)]

mod access;
mod acting;
mod amount;
mod asker;
pub mod bulk;
mod command;
mod concern;
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
mod erasing;
mod error;
pub mod event;
mod evolve;
mod factor_rule;
mod factors;
mod field;
mod follow;
mod grant;
mod guard;
mod hex;
mod hold;
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
mod reach;
mod readable;
mod reason;
mod refusal;
pub mod regime;
mod reply;
mod role;
mod rules;
mod series;
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

pub use access::AccessRefused;
pub use acting::Acting;
pub use amount::Amount;
pub use asker::Asker;
pub use command::{AbortWhy, BeginSigning, ChangeSigner, Command, Nominee, Permissions, Successor};
pub use concern::Concern;
pub use correction::{Corrected, Correction, NewField};
pub use document::{Allowance, Document, Permitted};
pub use draft::{Draft, FromTemplate, Named, TemplateHash};
pub use draft_check::DraftFault;
pub use envelope::Envelope;
pub use error::{AddressError, AmountError, FactorsError, IdError, TextError};
pub use event::Event;
pub use factor_rule::{FactorName, FactorRule};
pub use factors::PartyFactors;
pub use field::{Field, FieldContent, Need, Prefilled};
pub use grant::{DownloadGrant, Granted, Uses};
pub use hold::LegalHold;
pub use id::{
    ContentDigest, DocumentId, EnvelopeId, FieldId, Fingerprint, GrantId, HoldId, PartyId, PolicyHash,
    Revision, SessionId, StepId, TemplateId, TemplateVersion,
};
pub use intent::{Intent, NOTICE, Notice, Recipient, SEAL, SealWork, WEBHOOK, WebhookBody};
pub use language::Language;
pub use meaning::Meaning;
pub use next_action::{Capacity, NextAction};
pub use party::{Party, Placement, Side};
pub use person::{Domain, Email, Person, Phone};
pub use policy::{Objection, Policy};
pub use predicate::Predicate;
pub use proof::{ModificationPermission, SignaturePlace, SignatureProof, SignerKind};
pub use reason::ReasonOf;
pub use refusal::Refusal;
pub use reply::{Accepted, Made, Reply};
pub use role::{Act, CopyMoment, Role, SignatureLevel};
pub use rules::{Disclosure, Domains, Permission, Rules};
pub use series::{InSeries, SeriesPlace, SeriesRule};
pub use slot::{
    Consent, Counted, Delivery, Joined, Pinned, Prospect, Refusals, SigningSession, Slot, Standing,
};
pub use status::{Artifact, Clock, Disposition, Ended, Finalization, Pause, Retention, Status, StatusName};
pub use step::{Phase, Quorum, Step};
pub use text::Text;
pub use tracking::{Change, Gap, Progress, Summary, Tracking};
pub use view::{Audience, EnvelopeView, PartyView};
pub use workflow::Workflow;
