//! Paths from a certificate to a trust anchor at a moment of the past or present (RFC 5280), with a reason for
//! every answer.
//!
//! ```no_run
//! use chancery_chain::{ChainVerifier, Evidence, Purpose, RevocationPolicy, TrustAnchors};
//! # use chancery_certificate::Certificate;
//! # fn example(roots: &[u8], signer: &Certificate, sent_along: &[Certificate], crl: Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
//! let anchors = TrustAnchors::from_pem(roots)?;
//! let evidence = Evidence::new().with_crl(crl);
//! let verifier = ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
//!     .intermediates(sent_along)
//!     .evidence(&evidence);
//! match verifier.verify_at(signer, "2026-03-01T12:00:00Z".parse()?) {
//!     Ok(chain) => println!("trusted through {}", chain.anchor().certificate().display_name()),
//!     Err(failure) => println!("not trusted: {failure}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What a moment means
//!
//! Validity, algorithm lifetimes and revocation are judged at the moment that [`ChainVerifier::verify_at`] is given;
//! nothing here reads a clock. A certificate that was revoked later is not revoked at the moment, but the result says
//! so ([`RevocationStatus::RevokedLater`]). A CRL or OCSP answer speaks of the moment when its `nextUpdate` is not
//! before it, also when it was issued after it: what was issued later knows more. A caller who knows the present
//! says so with [`ChainVerifier::known_by`], and evidence from beyond it is not believed.
//!
//! # Where evidence comes from
//!
//! [`ChainVerifier`] asks nobody: it judges by the [`Evidence`] that it is given, and says what is
//! [missing](ChainVerifier::completeness_at). [`EvidenceCollector`] asks for that, over any transport of
//! `chancery-http`: certificates of issuers, OCSP answers, CRLs, within limits, and nothing for a certificate that leads
//! to no trust anchor. What a verdict rests on ([`VerifiedChain::evidence`]) goes into [one file](Evidence::to_der), from
//! which the same verdict follows years later. Who wants to ask one thing only has [`OcspQuestion`], [`CrlQuestion`] and
//! [`IssuerQuestion`].
//!
//! How recent evidence must be is a matter of [`Freshness`]. A certificate on hold at the moment is refused like one
//! that was revoked, also when the hold was lifted later: it was suspended. A proof says what it rests on
//! ([`VerifiedChain::evidence`]), until when that holds ([`VerifiedChain::holds_until`]), and which of it is older than
//! the moment ([`VerifiedChain::older_evidence`]).
//!
//! # In retrospect
//!
//! Years later the CRLs are outdated, the certificates have expired, somebody may have broken an algorithm or stolen a
//! key: what is at hand could have been written by anybody. What helps then is a timestamp from before, over the
//! signature and over all that shows that it was good. [`ProofsOfExistence`] holds what such timestamps prove, and
//! [`ChainVerifier::proofs`] judges with it: each link counts for as long as those above it could be relied on.
//! [`ChainFault::NoProof`] says which proof is missing, and until when it would have come in time. Which timestamps are
//! themselves to be trusted is for `chancery-timestamp` to say.
//!
//! # What a trust anchor means
//!
//! By default what an anchor's certificate says of itself binds, its validity too; with
//! [`AnchorScope::NameAndKey`] only its name and key count, which is all that RFC 5280 §6.1.1 asks; two scopes lie
//! between. What whoever trusts it trusts it for comes on top ([`AnchorConstraints`]). Who signed an anchor, and with
//! what digest, is never asked.
//!
//! # What is refused
//!
//! Whatever cannot be judged: unknown critical extensions, in certificates as in evidence, constraints on forms of
//! names that nobody defined, algorithms that are not supported. Each has its own [`ChainFault`] or
//! [`EvidenceFault`], so that "not supported" is never mistaken for "wrong".
//!
//! | what is wrong with a certificate | what becomes of it |
//! |---|---|
//! | no DER, bytes before or after, a time without seconds or zone, an extension twice | [`CertificateError`](chancery_certificate::CertificateError) with the place: it is none |
//! | what the path is judged by cannot be read: constraints, usages, alternative names, policies; any critical extension that is unknown or cannot be read; extensions before version 3; two different algorithms | refused |
//! | serial numbers that are negative, zero or long; times in the wrong form; text that misleads; hints that cannot be read (key identifiers, addresses) | reported by [`irregularities`](chancery_certificate::Certificate::irregularities), refused only under [`CertificateProfile::Rfc5280`] |
//!
//! # What hostile certificates cost
//!
//! Issuers are found by name in one look-up, so that a set of thousands costs what belongs to the path. Candidates are
//! tried in the order in which they are likely: by key identifier, validity and authority, then those whose issuers
//! are nearer to an anchor. Of much evidence about one certificate that is [prepared](PreparedEvidence) only what is of use
//! is looked at, in the order of its worth; if one piece names a revocation, all. Each signature is checked with each key once. Everything else is bounded by [`Limits`], and
//! when one is reached [`ChainFault::BudgetExceeded`] says which: what was not tried may have held.

mod anchor;
mod client_authentication;
mod collector;
mod evidence;
mod extensions;
mod past;
mod path;
mod prepared;
mod revocation;
mod rules;
mod settings;
mod verified;
mod verifier;

pub use anchor::constraints::AnchorConstraints;
pub use anchor::file_error::AnchorFileError;
#[cfg(feature = "system-trust")]
pub use anchor::system::SystemTrust;
#[cfg(feature = "system-trust")]
pub use anchor::system_error::{SystemTrustError, SystemTrustProblem};
pub use anchor::{AnchorScope, TrustAnchor, TrustAnchors};
#[cfg(feature = "rustls")]
pub use client_authentication::RustlsClientVerifier;
pub use client_authentication::{
    AllowedClients, AuthenticatedClient, CertificateFingerprint, ClientAuthentication, ClientRefused,
    HashTextError, KeyHash, ListedBy,
};
pub use collector::answer_error::AnswerError;
pub use collector::collected::Collected;
pub use collector::crl_question::CrlQuestion;
pub use collector::fetch::{Fetch, Wanted};
pub use collector::fetch_fault::FetchFault;
pub use collector::issuer_question::IssuerQuestion;
pub use collector::limits::CollectorLimits;
pub use collector::ocsp_question::OcspQuestion;
pub use collector::sources::SourceOrder;
pub use collector::{CollectorStep, EvidenceCollector, PendingFetch};
pub use evidence::Evidence;
pub use evidence::completeness::Completeness;
pub use evidence::file_error::EvidenceFileError;
pub use evidence::missing::Missing;
pub use past::control::{ControlLimit, ControlTime, Unproven};
pub use past::proofs::{ObjectDigest, ProofsOfExistence};
pub use path::budget::Limits;
pub use path::failure::{Anchored, ChainFailure, PathFailure};
pub use path::fault::{ChainFault, FaultGroup};
pub use prepared::PreparedEvidence;
pub use revocation::crl::RevocationList;
pub use revocation::crl_error::RevocationListError;
pub use revocation::crl_source::CrlSource;
pub use revocation::evidence_fault::{EvidenceFault, EvidenceKind};
pub use revocation::freshness::Freshness;
pub use revocation::list_values::RevokedEntry;
pub use revocation::ocsp::{OcspAnswer, SpeaksOf};
pub use revocation::ocsp_error::OcspError;
pub use revocation::reason::RevocationReason;
pub use rules::name_constraints::NameConstraints;
pub use rules::name_constraints_error::NameConstraintsError;
pub use rules::no_revocation::NoRevocation;
pub use rules::policies::{ANY_POLICY, PolicyDemands, PolicySet};
pub use rules::profile::CertificateProfile;
pub use rules::purpose::Purpose;
pub use rules::usages::UsageDemands;
pub use settings::{RevocationPolicy, WeakAlgorithms};
pub use verified::{GoodEvidence, RevocationStatus, VerifiedChain};
pub use verifier::ChainVerifier;
