//! Timestamps (RFC 3161, RFC 5816): the question, the token that answers it, the token that proves.
//!
//! ```no_run
//! use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors};
//! use chancery_digest::{AnyDigest, DigestAlgorithm, Digests};
//! use chancery_timestamp::MatchingToken;
//!
//! let contract = std::fs::read("contract.pdf")?;
//! let covered = Digests::over_bytes([DigestAlgorithm::Sha256.into()], &contract);
//! let token = MatchingToken::from_token(&std::fs::read("contract.pdf.tst")?, &covered)?;
//! println!("says that it existed at {}", token.time());
//!
//! let anchors = TrustAnchors::from_pem(&std::fs::read("roots.pem")?)?;
//! let verifier = ChainVerifier::new(&anchors, Purpose::Timestamping, RevocationPolicy::WhenKnown);
//! let proof = token.trust(&verifier, "2026-11-21T12:00:00Z".parse()?)?;
//! println!("it existed at {}", proof.time());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Three words, three types. A [`TimestampToken`] was read and *says* something. A [`MatchingToken`] is sound and
//! covers the bytes at hand. A [`TrustedTimestamp`] comes from an authority that was trusted at the moment in
//! question; it alone proves existence, and only of the bytes that it covers.
//!
//! # How long a timestamp lasts
//!
//! A token counts while its authority's certificate is valid and its algorithms hold; [`TrustedTimestamp::holds_until`]
//! says until when. Before then another timestamp over the token, and over the evidence that its authority was good,
//! takes over, and so on. [`MatchingToken::trust`] shows how such a row of timestamps is judged: the newest by what is
//! known today, each older one by what the newer ones prove.
//!
//! To get a token, ask a [`TimestampQuestion`] over any transport, or a [`TimestampAuthority`], which does both
//! steps. To make tokens, see [`respond`].

#![forbid(unsafe_code)]

mod authority;
mod error;
mod holds_until;
mod info;
mod question;
mod rejection;
mod request;
pub mod respond;
mod response;
mod stated_authority;
mod token;
mod token_fault;
mod trusted;

pub use authority::TimestampAuthority;
pub use error::{RespondError, TimestampError};
pub use holds_until::{HoldsUntil, TimestampEnd};
pub use info::{Imprint, Ordering, TimestampInfo};
pub use question::TimestampQuestion;
pub use rejection::{Rejection, RejectionReason};
pub use request::{CertificateRequest, TimestampRequest};
pub use response::TimestampResponse;
pub use stated_authority::StatedAuthority;
pub use token::{MatchingToken, TimestampToken};
pub use token_fault::TokenFault;
pub use trusted::TrustedTimestamp;
