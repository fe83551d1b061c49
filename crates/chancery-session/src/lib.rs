//! A party's turn to sign: where documents, signatures and workflows meet.
//!
//! Workflows know documents by their digests; signatures are made over bytes. A [`Desk`] holds both ends: a store of
//! revisions, and the policy by which signatures are judged.
//!
//! ```no_run
//! # use chancery_auth::ProvedFactor;
//! # use chancery_key::{Signer, SoftwareSigner};
//! # use chancery_workflow::{Command, Envelope, PartyId};
//! # use jiff::{SignedDuration, Timestamp};
//! # type Anyhow = Box<dyn std::error::Error>;
//! # fn example(desk: chancery_session::Desk<'_>, alice: PartyId, key: &SoftwareSigner, now: Timestamp,
//! #     load: impl Fn() -> Result<Envelope, Anyhow>, run: impl Fn(Command) -> Result<(), Anyhow>,
//! #     prove: impl Fn(&[chancery_workflow::Pinned]) -> Vec<ProvedFactor>) -> Result<(), Anyhow> {
//! use chancery_pades::{PdfSigner, SignatureMeaning};
//! use chancery_session::begin_signing;
//!
//! // It is Alice's turn: the documents that she signs, as they are now.
//! let turns = desk.turns(&load()?, alice)?;
//! let meaning = SignatureMeaning::new("Alice Meier", "I agree to the lease").role("Tenant");
//! let prepared = turns.iter().map(|turn| turn.prepare(PdfSigner::new(key, now), meaning.clone()));
//! let prepared = prepared.collect::<Result<Vec<_>, _>>()?;
//!
//! // What she is about to sign is pinned: digests, certificate, time, meaning.
//! let factors = prove(&prepared.iter().map(|turn| turn.pinned()).collect::<Vec<_>>());
//! run(begin_signing(&prepared, SignedDuration::from_mins(5), factors)?)?;
//!
//! // The key signs: here at once; on a phone or in an HSM later, from what `to_bytes` gave to be kept.
//! let mut signed = Vec::new();
//! for turn in prepared {
//!     let value = key.sign(turn.to_be_signed())?;
//!     signed.push(turn.finish(value)?);
//! }
//! run(desk.complete_signing(&signed, &load()?, now)?)?; // verified, kept, and only then recorded
//! # Ok(()) }
//! ```
//!
//! # Two at once
//!
//! A signature in a PDF is bound to the revision that it was added to. When two people sign at the same time, the second
//! to finish has signed a revision that is not current any more. [`Desk::pass`] says [`SessionError::Stale`] and writes
//! nothing, the workflow records it, and the second signs again on the new revision; so both signatures stand.
//!
//! # Documents that are no PDF
//!
//! A price list, an invoice in XML, a drawing: what is no PDF is signed as it is. The signatures stand beside it in one CMS
//! message (CAdES, detached: a `.p7s`), a signer for each, and the message is what the workflow knows as the revision; the
//! file stays what it was. Everything else is the same: [`Turn::form`] tells which it is, [`Turn::prepare_file`] takes the
//! place of [`Turn::prepare`], and both may be in one session.
//!
//! ```no_run
//! # fn example(turn: &chancery_session::Turn, key: &chancery_key::SoftwareSigner, now: jiff::Timestamp)
//! #     -> Result<(), chancery_session::SessionError> {
//! use chancery_pades::SignatureMeaning;
//! use chancery_session::FileSigner;
//!
//! let meaning = SignatureMeaning::new("Alice Meier", "These are our prices");
//! let prepared = turn.prepare_file(&FileSigner::new(key, now), meaning)?;
//! # Ok(()) }
//! ```
//!
//! A signature field of such a document shows nothing; it says that its party signs it. Each signature bears the
//! [`content_identifier`] of envelope and document, so it counts for no other envelope over the same file.
//!
//! # What the workflow is told
//!
//! [`PassedSignature`] and [`DocumentPermission`] are made by a [`Desk`] only, of what it found in bytes that it has
//! compared with their digest. They are the only implementations that we ship of the workflow's `SignatureProof` and
//! `ModificationPermission`. A verdict alone is none, as it belongs to no party:
//!
//! ```compile_fail,E0277
//! fn take(proof: chancery_ades::Proof) -> Box<dyn chancery_workflow::SignatureProof> {
//!     Box::new(proof)
//! }
//! ```
//!
//! A passed signature of a certificate that names somebody is *advanced*, one that names nobody *simple*. None is
//! *qualified*: that takes a trusted list whose own signature was verified, which we cannot do yet.
//!
//! # At the end
//!
//! Seal, evidence and timestamps of the final document are the caller's to make, under
//! [`Envelope::seal_key`](chancery_workflow::Envelope::seal_key), which is the same for every attempt to finish the same
//! content; let the seal bear [`Finalization::since`](chancery_workflow::Finalization::since), and its bytes are the same
//! too. [`Desk::artifact`] verifies and keeps what was made.
//!
//! # What it does not do
//!
//! It reads no clock and opens no socket; a timestamp is asked for over the caller's transport. A file that bears signatures
//! already, in a `.p7m` or a `.p7s` of its own, is signed as any other: by its bytes. Blobs that no commit names are litter; when to remove them is for the owner of the store to know.

#![forbid(unsafe_code)]

mod base;
mod concerned;
mod desk;
mod error;
mod file_signer;
mod file_statement;
mod file_verification;
mod fingerprint;
mod finishing;
mod form;
mod identifier;
mod level;
mod passed;
mod passing;
mod permission;
mod permitting;
mod prepared;
mod prepared_file;
mod reader;
mod seats;
mod shut_out;
mod signed;
mod stored_turn;
mod turn;
mod verification;
mod words;

pub use desk::Desk;
pub use error::SessionError;
pub use file_signer::FileSigner;
pub use form::DocumentForm;
pub use identifier::content_identifier;
pub use passed::PassedSignature;
pub use permission::DocumentPermission;
pub use prepared::{PreparedTurn, begin_signing};
pub use signed::SignedTurn;
pub use turn::Turn;
