//! Event streams that show every alteration.
//!
//! ```
//! use chancery_ledger::{Actor, Commit, Kind, LedgerVerifier, MemoryStore, NewEvent, Store, StreamId, Tenant, Version};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (mut rng, now) = (getrandom::rand_core::UnwrapErr(getrandom::SysRng), jiff::Timestamp::UNIX_EPOCH);
//! let store = MemoryStore::new(); // or SqliteStore::open("ledger.sqlite", patience)?
//! let (acme, alice, envelope) = (Tenant::new("acme")?, Actor::new("alice")?, StreamId::new("envelope/7")?);
//!
//! let signed = NewEvent::new(Kind::new("envelope.signed")?, 1, br#"{"by":"alice"}"#);
//! store.commit(&Commit::new(&acme, &alice, now, &mut rng).append(&envelope, Version::EMPTY, [signed]))?;
//!
//! let checkpoint = store.log(&acme)?.checkpoint(); // a number and a hash: keep them elsewhere
//! let verification = LedgerVerifier::new().checkpoint(checkpoint).verify(&mut store.records(), &acme)?;
//! println!("{verification}"); // ANCHORED: 1 of 1 events are those of the checkpoint
//! # assert!(verification.to_string().starts_with("ANCHORED: 1 of 1"));
//! # Ok(())
//! # }
//! ```
//!
//! A [`Commit`] is everything that follows from one decision, in one transaction: events in one stream or several, what
//! is to be delivered because of them, the next deadline, and the answer under an idempotency key. It names the
//! versions that were read; whoever was slower is refused as [`Conflict`](Refusal::Conflict) and decides again.
//! [`Decider`] and [`Runner`] do that for you.
//!
//! # What holds
//!
//! - What [`commit`](Store::commit) returned lasts, all of it. What it refused was not written.
//! - Every event bears the hash of the one before it in its stream, and is a leaf of its tenant's Merkle log
//!   (RFC 6962). [`prove_inclusion`](Store::prove_inclusion) and [`prove_consistency`](Store::prove_consistency) give
//!   proofs that anybody can check who has 32 bytes of a root.
//! - Every column that is a record is hashed or follows from what is. The [`LedgerVerifier`] finds any edit and names
//!   it, and says in three words what it found: [`Anchored`](Verification::Anchored),
//!   [`ConsistentOnly`](Verification::ConsistentOnly), [`Broken`](Verification::Broken).
//! - Personal data can be erased ([`Commit::erase`]) without harm to any proof, unless a legal hold forbids it.
//! - Deliveries happen at least once, in the order of their stream; deadlines are claimed by one worker at a time.
//!
//! # What does not
//!
//! - Without a checkpoint kept elsewhere, or an [`Anchor`] of a third party, whoever owns the store can rebuild all of
//!   it. Keep one.
//! - Times and actors are what the caller said. This crate knows no clock, no keys and no network; randomness is an
//!   argument.
//! - Effects and results are never erased. They hold ids: no link, token, code, or name of a person.
//!
//! # Stores
//!
//! [`MemoryStore`]; by the feature `sqlite` (on unless you turn it off) `SqliteStore`, for one machine; by the feature
//! `postgres` `PostgresStore` and `AsyncPostgresStore`, for many. Your own implements [`Store`] or [`AsyncStore`]:
//! [`plan`] works out the rows, [`store_conformance!`] tells whether it does what every store must.
//! [`Grouped`] lets many threads share one wait for the disk, [`AsyncGrouped`] many tasks.

#![forbid(unsafe_code)]

mod anchor;
mod async_grouped;
mod async_store;
mod call;
mod checkpoint;
mod commit;
mod committed;
pub mod conformance;
mod decider;
mod decider_error;
mod decider_stored;
mod deliver;
mod delivery;
mod delivery_id;
mod effect;
mod error;
mod event;
#[cfg(feature = "export")]
mod export;
#[cfg(feature = "export")]
mod export_error;
#[cfg(feature = "export")]
mod export_read;
#[cfg(feature = "export")]
mod export_write;
mod given;
mod grouped;
mod hash;
pub mod hashing;
mod head;
mod holds;
mod housekeeping;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "json")]
mod json_variant;
mod lease;
pub mod limits;
mod log;
mod memory;
mod memory_records;
mod merkle;
mod moment;
mod name;
mod number;
mod part;
pub mod plan;
#[cfg(feature = "postgres")]
mod postgres;
mod record;
mod replay;
mod request;
mod run;
mod runner;
mod runner_error;
mod runner_faults;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod verify;

pub use anchor::{Anchor, AnchorJudge, Attestation};
pub use async_grouped::AsyncGrouped;
pub use async_store::{AsyncStore, Blocking, run_blocking};
pub use call::{Answer, Call, Recorded};
pub use checkpoint::Checkpoint;
pub use commit::Commit;
pub use committed::{Appended, Committed};
pub use decider::{Context, Decider, Decision};
pub use decider_error::Unreadable;
pub use decider_stored::{Stored, StoredEvent};
pub use deliver::deliver_due;
pub use delivery::{Claim, Delivery, Due, Retry, Settlement};
pub use delivery_id::{DeliveryEnd, DeliveryId};
pub use effect::Effect;
pub use error::{
    CommitError, Failure, HoldsError, LeaseError, NameError, Outcome, ProofError, Refusal, SettleError,
    StoreError,
};
pub use event::{Content, Event, NewEvent};
#[cfg(feature = "export")]
pub use export_error::{ExportError, ExportFault};
#[cfg(feature = "export")]
pub use export_read::{Compared, ExportVerdict, Exported, read_export};
#[cfg(feature = "export")]
pub use export_write::{export_log, export_log_async, export_stream, export_stream_async};
pub use given::{Given, Then, When, given};
pub use grouped::Grouped;
pub use hash::Hash;
pub use head::Head;
pub use holds::Holds;
#[cfg(feature = "json")]
pub use json::{JsonEvent, JsonStored, json_bytes};
pub use lease::{Lease, latest_believed};
pub use log::Log;
pub use memory::MemoryStore;
pub use memory_records::MemoryRecords;
pub use merkle::{ConsistencyProof, Frontier, InclusionProof, Node, NodeId};
pub use name::{Actor, Destination, IdempotencyKey, Kind, StreamId, Tenant};
pub use number::{Sequence, Version};
pub use part::Part;
#[cfg(feature = "postgres")]
pub use postgres::{AsyncPostgresStore, Postgres, PostgresRecords, PostgresStore};
pub use record::Record;
pub use replay::Loaded;
pub use request::Request;
pub use runner::Runner;
pub use runner_error::RunError;
pub use runner_faults::{Fault, FaultKind, FaultyStore};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteRecords, SqliteStore};
pub use store::Store;
/// The crate whose configuration a [`Postgres`] takes.
#[cfg(feature = "postgres")]
pub use tokio_postgres;
pub use verify::{
    Column, Damage, Flaw, LedgerVerifier, Place, Records, Table, Value, Verification, Weakness, Witness,
};
