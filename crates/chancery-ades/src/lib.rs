//! The validation process of ETSI EN 319 102-1, common to all signature formats: one verdict, the parts it rests
//! on, and every finding with its place and rule.
//!
//! Say what to judge by, hand it to the verifier of a format (`CadesVerifier` of `chancery-cades`, `PdfVerifier` of
//! `chancery-pades`), and read its report:
//!
//! ```
//! # fn tell(anchors: chancery_chain::TrustAnchors, verify: impl Fn(&chancery_ades::Policy) -> chancery_ades::Report) {
//! use chancery_ades::{Policy, Verdict};
//!
//! let policy = Policy::baseline(anchors); // or archival, strict, legacy; each row of a preset can be changed
//! let report = verify(&policy);
//! println!("{report}"); // a tree for people; report.to_json() for programs
//! for signature in report.signatures() {
//!     match signature.verdict() {
//!         Verdict::Passed(proof) => println!("{} signed before {}", proof.signer().display_name(), proof.time()),
//!         Verdict::Indeterminate(why) => println!("{}: cannot tell: {why}", signature.name()),
//!         Verdict::Failed(why) => println!("{}: not valid: {why}", signature.name()),
//!     }
//! }
//! # }
//! ```
//!
//! A bad signature is a [`Verdict`], not an error. [`Verdict::Passed`] holds a [`Proof`] that only this crate makes;
//! the formats above it (`chancery-cades`, `chancery-pades`) can make a verdict worse, by a [`Restriction`], but
//! never better.
//!
//! [`Validation`] is the process for basic signatures, with time and long-term data, and with archive timestamps
//! (clauses 5.3, 5.5 and 5.6): what expired long ago passes where timestamps prove that everything existed in time.
//! What a format must say of each timestamp is in [`CoveringTimestamp`].

#![forbid(unsafe_code)]

mod coverage;
mod etsi;
mod facts;
mod faults;
mod finding;
mod help;
mod indication;
mod json;
mod level;
mod page_area;
mod policy;
mod process;
mod report;
mod subject;
mod timestamp_kind;
mod tree;
mod validation;
mod verdict;

pub use coverage::Coverage;
pub use facts::{Facts, Particulars, Path, Revoked, SignatureAttribute, TimestampFacts};
pub use finding::{Finding, Place, Severity};
pub use indication::{Indication, SubIndication};
pub use level::SignatureLevel;
pub use page_area::PageArea;
pub use policy::Policy;
pub use report::{Aspect, Conclusion, Part, Report, Restriction, SignatureKind, SignatureReport};
pub use subject::{CoveringTimestamp, RequiredBinding, SignatureSubject};
pub use timestamp_kind::TimestampKind;
pub use validation::{Validated, Validation};
pub use verdict::{Existence, Proof, Reason, Verdict};
