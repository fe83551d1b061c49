//! Organisational e-seals: no seal is used without a right, a permit and a record.
//!
//! ```
//! use chancery_seal::{Caller, Office, SealError, SealKey, SealRequest, ReviewError, Sealed};
//! # use chancery_chain::VerifiedChain;
//! # use chancery_ledger::Store;
//! # use jiff::Timestamp;
//! # use rand_core::CryptoRng;
//! # #[derive(Debug)] enum Error { Review(ReviewError), Seal(SealError) }
//! # impl From<ReviewError> for Error { fn from(error: ReviewError) -> Self { Self::Review(error) } }
//! # impl From<SealError> for Error { fn from(error: SealError) -> Self { Self::Seal(error) } }
//!
//! # fn example<S: Store>(
//! #     office: &Office<'_, S>, request: SealRequest, caller: Caller<'_>, key: &SealKey, chain: &VerifiedChain, now: Timestamp,
//! #     rng: &mut impl CryptoRng,
//! # ) -> Result<Sealed, Error> {
//! let permit = office.review(request, caller, chain, now, rng)?; // Err: everything against it, at once, recorded
//! let sealed = office.seal(permit, key, chain, now, rng)?; // once; the attempt is committed before the key is used
//! # Ok(sealed)
//! # }
//! ```
//!
//! The example `eseal_office` of the workspace goes the whole way, from the letter to the usage log.
//!
//! # Who
//!
//! An [`Office`] keeps one organisation in two streams of a ledger. What may be asked depends on the position, and each
//! position is a type that only the organisation's state makes: an [`AccountAdministrator`] manages members and
//! validations, the [`SealAdministrator`], of whom there is one, appointed by letter, manages seals and grants, a
//! [`Member`] the own code and tokens. There is no conversion from one to another. A [`ServiceDesk`] checks letters and
//! sells times.
//!
//! # What must hold for a use
//!
//! Person, organisation and domain validated; a seal administrator; an active [`Grant`] for seal, class and moment with all
//! its conditions; the approval code and another factor proved for these very bytes, or a living [`ApiToken`]; bytes to be
//! signed that say exactly one content digest and name the certificate that is bound to the seal; a chain verified just
//! now; a prepaid time. [`Case::judge`] asks all of it in one pure function, and every [`Violation`] says what would cure
//! it. The tables behind it are printed by [`policy_tables`].
//!
//! # In which order
//!
//! 1. [`Office::review`] judges, and gives a [`Permit`] or records the refusal.
//! 2. [`Office::seal`] judges again and commits the attempt in one commit with the versions on which it rests: a right that
//!    ended in between makes it refuse. One prepaid time is reserved.
//! 3. Then the [`SealKey`] signs, once, exactly the reviewed bytes; the value is checked against the certificate.
//! 4. The outcome is committed; then the value is handed out.
//!
//! After a crash [`Office::recover`] gives every attempt an outcome: [`Unknown`](UsageOutcome::Unknown) where nobody knows.
//! Its time stays reserved, and the same bytes may be tried again under the same key. Otherwise the same key of a use gives
//! the same value, without the key of the seal, and spends nothing.
//!
//! # What is kept, and what can be erased
//!
//! Attempts, refusals and outcomes stay: seal, person by number, token, right, digests, times. What a record says in words
//! ([`UseWords`]: file name, counterparty) stands beside it and can be erased for each use by [`Office::forget`];
//! proofs, account and the value of a key stay as they were, and [`Office::erased`] shows what is gone.
//!
//! # Stores that are waited for
//!
//! On an [`AsyncStore`](chancery_ledger::AsyncStore), such as that of PostgreSQL (feature `postgres`), each verb of an [`Office`] has a sister
//! whose name ends in `_async`: [`Office::review_async`], [`Office::seal_async`]. They do the very same steps, know no
//! runtime, and hold no lock while they wait. If a future is dropped, that is like a crash at this place: each commit was
//! made wholly or not at all, and [`Office::recover_async`] gives the attempt its outcome. The key itself is not waited
//! for: it signs on the thread that polls.
//!
//! # What it does not do
//!
//! It has no clock, no network, and sees no document. It does not verify chains; it takes a
//! [`VerifiedChain`](chancery_chain::VerifiedChain) that is minutes old. Whoever holds a [`Signer`](chancery_key::Signer) to
//! the same key, and not only the [`SealKey`], can sign with it elsewhere: give it away. Whoever can write the database can
//! rebuild it; the ledger's checkpoints tell.

#![forbid(unsafe_code)]

mod case;
mod chain;
mod claim;
mod class;
mod clock;
mod condition;
mod content;
mod grant;
mod id;
mod kept_digest;
mod key;
mod kind;
mod mailbox;
mod office;
mod office_error;
mod organisation;
mod permit;
mod policy;
mod position;
mod request;
mod seal;
mod text;
mod text_error;
mod token;
mod usage;
mod violation;
mod window;
mod wire;

pub use case::{Agreement, Caller, Case};
pub use chain::ChainUnfit;
pub use claim::{CertificateOwner, Demand, QualifiedUse, SealClaim};
pub use class::{ClassSet, DocumentClass};
pub use condition::{Amount, Condition, Currency, CurrencyFault};
pub use content::ContentFault;
pub use grant::{Grant, GrantState, NewGrant};
pub use id::{GrantId, SealId, SealIdFault, TokenId};
pub use kept_digest::{KeptDigest, KeptDigestFault};
pub use key::SealKey;
pub use kind::{SealKind, SealSort, Setting};
pub use mailbox::{Domain, Mailbox};
pub use office::{Office, Repetition, Sealed};
pub use office_error::{OfficeError, Refused, ReviewError, SealError};
pub use organisation::{
    AccountAct, AccountAdministrator, ActRefusal, Command, Member, Organisation, OrganisationEvent,
    OrganisationFact, OrganisationState, Person, Reply, Right, SealAct, SealAdministrator, SealOffice,
    ServiceDesk, effect_kind,
};
pub use permit::Permit;
pub use policy::{RevocationDemand, SealPolicy, policy_tables};
pub use position::{Act, Demanded, Position, Ruling, Standing};
pub use request::{Document, SealRequest};
pub use seal::{BoundCertificate, NewSeal, Seal, SealState};
pub use text::{FileName, Label, UseKey};
pub use text_error::{MailboxFault, TextFault, WindowFault};
pub use token::{ApiToken, Scope, Token, TokenHash};
pub use usage::{
    Asking, Erasure, Query, UsageEvent, UsageFact, UsageOutcome, UsageRecord, UsageState, UseDetails,
    UseWords, UsedRight, to_csv,
};
pub use violation::{FactorName, Violation};
pub use window::Window;
