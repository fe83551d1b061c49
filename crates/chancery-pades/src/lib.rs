//! PDF signatures (PAdES, ETSI EN 319 142-1): prepare, finish, timestamp, verify, and what changed since.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use chancery_key::{Password, SoftwareSigner};
//! use chancery_pades::PdfSigner;
//!
//! let alice = SoftwareSigner::from_pkcs12(&std::fs::read("alice.p12")?, &Password::from("secret"))?;
//! let pdf = std::fs::read("contract.pdf")?;
//! let signed = PdfSigner::new(&alice, "2026-11-21T12:00:00Z".parse()?).reason("I approve this contract").sign(&pdf)?;
//! signed.save("contract-signed.pdf")?;
//! # Ok(()) }
//! ```
//!
//! The same, when the key is in an HSM, on a phone, or a day away:
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (chain, algorithm, now) = (Vec::new(), chancery_key::SignatureAlgorithm::Ed25519, "2026-11-21T12:00:00Z".parse()?);
//! # let ask_for_signature = |_: &chancery_key::ToBeSigned| vec![];
//! use chancery_key::SignatureValue;
//! use chancery_pades::{PdfSigner, StoredPdf};
//!
//! let pdf = std::fs::read("contract.pdf")?;
//! let prepared = PdfSigner::without_key(&chain, algorithm, now).prepare(&pdf)?; // pure, no key
//! let value = ask_for_signature(prepared.to_be_signed()); // only a digest has to leave
//! let stored = prepared.to_bytes(); // holds no document
//!
//! let prepared = StoredPdf::from_bytes(&stored)?.with(&pdf)?; // recomputed and compared
//! let signed = prepared.finish(SignatureValue::from_bytes(value))?; // verified, then written
//! # Ok(()) }
//! ```
//!
//! [`PdfVerifier`] judges: a bad signature is a verdict, not an error.
//!
//! Levels are steps, each an appended revision: [`SignedPdf::timestamp`] makes B-T, and [`LastingPdf`] takes our own and
//! foreign files to B-LT and B-LTA, renews them, and timestamps what nobody signed. [`PdfSigner::sign_with_timestamp`] makes
//! B-T in one call, and says what happens when the authority fails; [`Batch`] does so for many files, and goes on where it
//! was interrupted.
//!
//! # What people see
//!
//! An [`Appearance`] shows in words what the signature says, beside an image or a QR code, over a page of another document
//! or a drawing of its own; at a [`Place`] counted as the reader sees the page, however it is turned, or in an empty field
//! that is there. With a [`SignatureMeaning`] (21 CFR 11.50) it must show name, role, meaning and time, and these are the
//! words of the signature dictionary, letter by letter.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let zoe: chancery_key::SoftwareSigner = todo!();
//! # let now = "2026-11-22T09:15:00Z".parse()?;
//! use chancery_drawing::{Font, Rectangle};
//! use chancery_pades::{Appearance, PdfSigner, Place, SignatureMeaning};
//!
//! let font = Font::parse(std::fs::read("NotoSans-Regular.ttf")?)?;
//! let place = Place::on_last_page().at(Rectangle { x: 72.0, y: 90.0, width: 220.0, height: 60.0 });
//! let meaning = SignatureMeaning::new("Dr. Zoë Müller", "I approve this report").role("Head of Quality");
//! let report = std::fs::read("report.pdf")?;
//! let signed = PdfSigner::new(&zoe, now).meaning(meaning).appearance(Appearance::at(place).font(&font)).sign(&report)?;
//! # Ok(()) }
//! ```
//!
//! What a file claims stays true: in PDF/A nothing is drawn that it forbids, and in a tagged file the widget stands in the
//! structure. Once a document is signed, its structure is left as it is: verifiers would take a change of it for one of
//! the content. Whoever wants several visible signatures in a PDF/UA file makes their fields before the first.
//!
//! # Rules
//!
//! A document's author says what may happen to it, and every signature after that keeps to it:
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (alice, bob): (chancery_key::SoftwareSigner, chancery_key::SoftwareSigner) = todo!();
//! # let now = "2026-11-21T12:00:00Z".parse()?;
//! use chancery_pades::{ChangesAllowed, FieldLock, PadesError, PdfSigner};
//!
//! let pdf = std::fs::read("order-form.pdf")?;
//! // The author certifies: forms may be filled in and signed, and nothing else.
//! let issued = PdfSigner::new(&alice, now).certify(ChangesAllowed::FormFilling).sign(&pdf)?;
//! // Whoever orders locks what they filled in …
//! let order = PdfSigner::new(&bob, now).lock(FieldLock::Only(vec!["order".into()])).sign(&issued)?;
//! // … and the last one closes the document.
//! let closed = PdfSigner::new(&alice, now).allow_only(ChangesAllowed::None).sign(&order)?;
//! assert!(matches!(PdfSigner::new(&bob, now).sign(&closed), Err(PadesError::LockedDocument { .. })));
//! # Ok(()) }
//! ```
//!
//! Locks (`/Lock`) and seed values (`/SV`) that a field brings along are honoured by themselves: what can be fulfilled
//! without asking is, and a rule that would be broken is an error that says what the field asks for. What would break an
//! earlier certification or lock, what the encryption of a document does not permit, and dynamic XFA forms are refused
//! with the reason. Evidence and timestamps over the document are always allowed.
//!
//! # What happened to a document
//!
//! [`PdfVerifier`] compares what was signed with what was appended later, and its report names every change with its page.
//! [`Marker`] draws that: a copy with the changed places framed, for people who would rather look than read. [`History`]
//! tells without any verdict what each revision did and which signature covers it, and gives what each signer saw as a PDF
//! of its own ([`SignedRevision`]).
//!
//! Of what happened after a signature, further signatures, long-term data, document timestamps and metadata are always
//! harmless. That a form was filled in passes where a certification or a lock allows it, or where somebody signed it
//! afterwards; comments pass where a certification allows them. Both are told with the page. Everything else leaves the
//! verdict open, and what was forbidden fails it.

#![forbid(unsafe_code)]

mod ambiguity;
mod appearance;
mod append;
mod application;
mod asked_timestamp;
mod batch;
mod branch;
mod catalog;
mod certification;
mod certification_binding;
mod changeable;
mod changes;
mod declarations;
mod dictionary;
mod error;
mod extended;
mod field;
mod field_place;
mod followed;
mod forgotten;
mod form;
mod form_history;
mod form_tree;
mod history;
mod in_force;
mod legacy;
mod levels;
mod lock;
mod lock_budget;
mod lookout;
mod marked;
mod meaning;
mod message;
mod opening;
mod options;
mod particulars;
mod past;
mod permission;
mod placed;
mod prepared;
mod references;
mod room;
mod save;
mod scan;
mod security_store;
mod seed_values;
mod signature_form;
mod signed;
mod signed_revision;
mod signer;
mod standing;
mod still_permitted;
mod store_history;
mod stored;
mod stored_pdf;
mod structure;
mod tagged;
mod terms;
mod timestamping;
mod together;
mod unlisted;
mod usage_rights;
mod verification;
mod verifier;
mod widget;
mod xfa;

pub use appearance::{Appearance, Corner, PagePlace, Place};
pub use asked_timestamp::AskedTimestamp;
pub use batch::{Batch, BatchFile, BatchSummary, Done, ExistingOutput, NoAuthority, Progress};
pub use certification::ChangesAllowed;
pub use error::PadesError;
pub use history::{History, ObjectNumbers, PastRevision, PastSignature};
pub use levels::{LastingPdf, PreparedTimestamp, StoredTimestamp, Unsound, UnsoundSignatures};
pub use lock::FieldLock;
pub use marked::{MarkedPdf, Marker};
pub use meaning::{SignatureMeaning, Statement};
pub use options::{AmbiguousFile, NotPermitted, OutsideValidity};
pub use prepared::PreparedPdf;
pub use signature_form::SignatureForm;
pub use signed::SignedPdf;
pub use signed_revision::SignedRevision;
pub use signer::{KeyElsewhere, PdfSigner};
pub use still_permitted::{FurtherSignatures, StillPermitted};
pub use stored_pdf::StoredPdf;
pub use timestamping::{Stamping, WithoutTimestamp};
pub use verifier::PdfVerifier;
