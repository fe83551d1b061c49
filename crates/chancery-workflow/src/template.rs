//! Templates: what is alike in many envelopes, with roles in the place of people.
//!
//! ```
//! use chancery_workflow::template::{Bindings, TemplateBuilder};
//! use chancery_workflow::*;
//! # use chancery_auth::UserId;
//! # let disclosure = Disclosure { version: Text::new("2026-1")?, digest: ContentDigest::from_bytes([9; 32]) };
//! # let (rules, lease) = (Rules::new(disclosure), ContentDigest::from_bytes([7; 32]));
//! # let (id, alice) = (TemplateId::from_bytes([1; 16]), UserId::from_bytes([2; 16]));
//!
//! let mut builder = TemplateBuilder::new(id, "Lease", rules)?;
//! let document = builder.document("lease.pdf", lease)?;
//! let signing = builder.step(Step::all(Phase::Signing));
//! let role = Role::Sign { level: SignatureLevel::Simple };
//! let tenant = builder.role("tenant", Party::of_role(role, signing))?;
//! builder.signature_field(document, tenant, "Signature")?;
//! let template = builder.publish()?;
//!
//! let draft = template.instantiate("Lease of the harbour office", &Bindings::new().bind("tenant", alice, None))?;
//! assert_eq!(draft.template, Some(template.reference()));
//! assert_eq!(
//!     template.instantiate("Lease", &Bindings::new()).unwrap_err().to_string(),
//!     "nobody is bound to: tenant"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A template that was published does not change. What is changed is the next version of it; whatever was made of the
//! version before keeps that version and its hash for ever (G2).

mod bindings;
mod builder;
mod error;
mod locks;
mod published;

pub use bindings::{Binding, Bindings};
pub use builder::TemplateBuilder;
pub use error::{InstantiateError, TemplateError};
pub use locks::{TemplateLocks, TemplatePart};
pub use published::Template;
