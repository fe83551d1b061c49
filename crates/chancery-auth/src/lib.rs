//! Factors that a person proves before opening or signing. No guess is free.
//!
//! ```
//! use chancery_auth::{Application, FactorKind, Keeper, Occasion, SigningPin, UserId};
//! # use chancery_auth::{Argon2Hasher, DigestSet, Pepper};
//! # use getrandom::{SysRng, rand_core::UnwrapErr};
//! # let mut rng = UnwrapErr(SysRng);
//! # let now: jiff::Timestamp = "2026-11-22T12:00:00Z".parse()?;
//! # let hasher = Argon2Hasher::new(Pepper::random(&mut rng));
//! # let (alice, bob) = (UserId::random(&mut rng), UserId::random(&mut rng));
//! # let login = Application::that_verifies_logins();
//! # let documents = DigestSet::new([[7; 32]])?;
//! # fn commit(_: Vec<u8>) {}
//! let pins = Keeper::new(&hasher);
//!
//! // Alice sets a PIN: Bob has seen her passport, and she has just entered her password.
//! let identity = login.identity(alice, bob, "passport", now);
//! let password = login.password(Occasion::change(alice, FactorKind::SigningPin), now);
//! let mut pin = pins.enrol(&identity, &password, SigningPin::new("royal7stone")?, &mut rng, now)?;
//!
//! // She signs: the attempt is reserved and committed, then judged, then settled and committed.
//! let signing = Occasion::act(alice, b"envelope 17", &documents);
//! let ticket = pins.begin(&mut pin, &signing, &mut rng, now)?;
//! commit(pin.to_bytes());
//! let judgement = pins.judge(ticket, &SigningPin::new("royal7stone")?, &mut rng)?;
//! let proof = pins.settle(&mut pin, &judgement, now)?.proved();
//! commit(pin.to_bytes());
//! assert_eq!(proof.unwrap().user(), alice);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Access codes, signing PINs and approval codes are kept as verifiers by a [`Keeper`]; one-time codes are derived
//! ([`OneTimeCodes`]); passwords and second devices are the application's to verify ([`Application`]). Each gives a
//! [`ProvedFactor`], which counts for one person, one purpose and one thing (an [`Occasion`]), for a few minutes.
//! [`Requirements`] say which are needed to see a request and which to act on it, and name what is missing;
//! a [`ControlledSession`] is that of 21 CFR 11.200.
//!
//! # What it does not do
//!
//! It has no clock, no store, no network: time and random numbers are arguments, states are values with bytes, to be
//! committed by compare-and-swap. It sends nothing; what must be told is a [`SecurityAlert`] or an [`OtpMessage`].
//! It keeps no passwords. And it cannot notice a database that was set back to an older state: a ledger can.

#![forbid(unsafe_code)]

mod alert;
mod argon2_hasher;
mod attempts;
mod bytes;
mod change;
mod channel;
mod clock;
mod error;
mod factor;
mod hasher;
mod keeper;
mod kind;
mod linking;
mod missing;
mod occasion;
mod one_time_codes;
mod one_time_message;
mod outcome;
mod proof;
mod purpose;
mod requirement;
mod requirements;
mod reservations;
mod rules;
mod secret;
mod session;
mod session_act;
mod session_rules;
mod text;
mod ticket;
mod user;
mod weak;

pub use alert::{AlertEvent, SecurityAlert};
pub use argon2_hasher::{Argon2Hasher, Argon2Parameters, Pepper};
pub use attempts::Lock;
pub use change::{NewSecret, OwnSecret};
pub use channel::Channel;
pub use error::{
    ChangeRefused, ClockBehind, DigestSetError, HasherError, IssueRefused, NotMet, Refused, RequirementError,
    RuleFault, SecretFault, SessionEnd, StateError, TicketRefused, UserIdError, Weakness,
};
pub use factor::{Due, Factor};
pub use hasher::{Match, SecretContext, SecretHasher, Verifier};
pub use keeper::Keeper;
pub use kind::{FactorCategory, FactorKind, KindSet};
pub use linking::{LinkedAccount, Linking};
pub use missing::Missing;
pub use occasion::{DigestSet, Occasion};
pub use one_time_codes::{CodeJudgement, CodeKey, CodeRules, CodeTicket, OneTimeCodes};
pub use one_time_message::{MessageText, OtpMessage};
pub use outcome::{Outcome, Wrong};
pub use proof::{Application, ProvedFactor, VerifiedIdentity};
pub use purpose::Purpose;
pub use requirement::Requirement;
pub use requirements::{Authorized, Requirements};
pub use rules::{AttemptRules, FactorRules};
pub use secret::{AccessCode, ApprovalCode, Exposed, OneTimeCode, Secret, SigningPin};
pub use session::{ControlledSession, Device};
pub use session_act::{SessionAct, SessionMark, SessionPlace};
pub use session_rules::SessionRules;
pub use ticket::{Judgement, Ticket};
pub use user::{UserId, UserIds, UserStanding};
pub use weak::{Personal, WeakChoices, WeakPattern};
