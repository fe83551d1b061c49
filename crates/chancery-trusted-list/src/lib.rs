//! Trusted lists (ETSI TS 119 612): who was supervised for what and when, and what that would make of a certificate
//! (ETSI TS 119 615).
//!
//! ```no_run
//! use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy};
//! use chancery_trusted_list::{Conclusion, ServiceType, UnverifiedTrustedList};
//! # use chancery_certificate::Certificate;
//! # fn example(signer: &Certificate, signed: jiff::Timestamp) -> Result<(), Box<dyn std::error::Error>> {
//! let list = UnverifiedTrustedList::from_xml(&std::fs::read("tl-be.xml")?)?;
//! let believed = list.believe_unverified();
//!
//! let anchors = believed.anchors(&ServiceType::QualifiedCertificates);
//! let chain = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::NotChecked)
//!     .verify_at(signer, signed)?;
//! match believed.qualification(&chain, signed).if_the_list_is_authentic() {
//!     Conclusion::WouldBeQualified { for_use, .. } => println!("would be qualified for {for_use}"),
//!     other => println!("{other}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What is not proven
//!
//! A trusted list is worth its signature, and nothing here checks XML signatures yet. So there is no verified list, and
//! no type that says that a certificate *is* qualified: [`UnverifiedQualification`] says what would follow if the list
//! were authentic, and the word "would" stands in every name. A certificate's own statements are claims; without a
//! list that stands for its issuer they lead to nothing.
//!
//! # What is not read
//!
//! Whatever the standard does not define is kept with its place ([`UnverifiedTrustedList::unread`]), and a critical
//! extension or a condition among it leaves the qualification open ([`Conclusion::CannotTell`]). Addresses and notices
//! for people are passed over.

#![forbid(unsafe_code)]

mod believed;
mod conclusion;
mod criteria;
mod determination;
mod device;
mod error;
mod extensions;
mod facts;
mod identity;
mod limits;
mod list;
mod matching;
mod pointer;
mod provider;
mod remark;
mod scan;
mod service;
mod text;
mod unread;
mod uris;
mod uses;
mod xml;

pub use believed::{BelievedList, ListedService};
pub use conclusion::{Conclusion, UnverifiedQualification};
pub use criteria::{Assertion, Bit, CriteriaList, Criterion, Match};
pub use determination::{Determination, Regime};
pub use error::{TrustedListError, TrustedListFault};
pub use extensions::{Qualification, ServiceExtensions, TakenOver};
pub use identity::{DigitalIdentity, KeyValue};
pub use limits::ListLimits;
pub use list::{SignatureElement, UnverifiedTrustedList};
pub use pointer::ListPointer;
pub use provider::Provider;
pub use remark::Remark;
pub use service::{Service, ServiceState, StateAt};
pub use text::Localized;
pub use unread::{Criticality, Unread};
pub use uris::{AdditionalInformation, Qualifier, ServiceStatus, ServiceType};
pub use uses::{QualifiedUse, Would, WouldBeDevice};
