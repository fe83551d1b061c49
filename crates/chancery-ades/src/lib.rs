//! The validation process of ETSI EN 319 102-1, common to all signature formats: one verdict, the parts it rests
//! on, and every finding with its place and rule.
//!
//! ```
//! # fn tell(report: &chancery_ades::Report) {
//! use chancery_ades::Verdict;
//!
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
//! Today this is basic validation and validation with signature timestamps (clauses 5.3 and 5.5); long-term
//! validation with past proofs of existence (5.6) is not done yet, so a signature whose evidence has expired is
//! `Indeterminate`.

#![forbid(unsafe_code)]

mod coverage;
mod facts;
mod faults;
mod finding;
mod indication;
mod json;
mod level;
mod policy;
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
pub use policy::Policy;
pub use report::{Aspect, Conclusion, Part, Report, Restriction, SignatureKind, SignatureReport};
pub use subject::{CoveringTimestamp, RequiredBinding, SignatureSubject};
pub use timestamp_kind::TimestampKind;
pub use validation::DocumentTimestamp;
pub use verdict::{Existence, Proof, Reason, Verdict};
