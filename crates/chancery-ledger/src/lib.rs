//! Event streams that show every alteration.
//!
//! ```
//! use chancery_ledger::{Actor, Commit, Kind, MemoryStore, NewEvent, Store, StreamId, Tenant, Version};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (mut rng, now) = (getrandom::rand_core::UnwrapErr(getrandom::SysRng), jiff::Timestamp::UNIX_EPOCH);
//! let store = MemoryStore::new(); // or SqliteStore::open("ledger.sqlite", …)
//! let (acme, alice, envelope) = (Tenant::new("acme")?, Actor::new("alice")?, StreamId::new("envelope/7")?);
//!
//! let signed = NewEvent::new(Kind::new("envelope.signed")?, 1, br#"{"by":"alice"}"#);
//! store.commit(&Commit::new(&acme, &alice, now, &mut rng).append(&envelope, Version::EMPTY, [signed]))?;
//!
//! let checkpoint = store.log(&acme)?.checkpoint(); // 40 bytes: keep them elsewhere
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

mod anchor;
mod async_store;
mod call;
mod checkpoint;
mod commit;
mod committed;
pub mod conformance;
mod decider;
mod decider_error;
mod decider_stored;
mod delivery;
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
mod housekeeping;
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
mod record;
mod replay;
mod request;
mod run;
mod runner;
mod runner_error;
mod runner_faults;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod verify;

pub use anchor::{Anchor, AnchorJudge, Attestation};
pub use async_store::{AsyncStore, Blocking};
pub use call::{Answer, Call, Recorded};
pub use checkpoint::Checkpoint;
pub use commit::Commit;
pub use committed::{Appended, Committed};
pub use decider::{Context, Decider, Decision};
pub use decider_error::Unreadable;
pub use decider_stored::{Stored, StoredEvent};
pub use delivery::{Claim, Delivery, DeliveryId, Due, Retry, Settlement};
pub use effect::Effect;
pub use error::{
    CommitError, Failure, LeaseError, NameError, Outcome, ProofError, Refusal, SettleError, StoreError,
};
pub use event::{Content, Event, NewEvent};
#[cfg(feature = "export")]
pub use export_error::{ExportError, ExportFault};
#[cfg(feature = "export")]
pub use export_read::{Compared, ExportVerdict, Exported, read_export};
#[cfg(feature = "export")]
pub use export_write::{export_log, export_stream};
pub use given::{Given, Then, When, given};
pub use grouped::Grouped;
pub use hash::Hash;
pub use head::Head;
pub use lease::{Lease, latest_believed};
pub use log::Log;
pub use memory::MemoryStore;
pub use memory_records::MemoryRecords;
pub use merkle::{ConsistencyProof, Frontier, InclusionProof, Node, NodeId};
pub use name::{Actor, Destination, IdempotencyKey, Kind, StreamId, Tenant};
pub use number::{Sequence, Version};
pub use part::Part;
pub use record::Record;
pub use replay::Loaded;
pub use request::Request;
pub use runner::Runner;
pub use runner_error::RunError;
pub use runner_faults::{Fault, FaultyStore, Moment};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteRecords, SqliteStore};
pub use store::Store;
pub use verify::{
    Column, Damage, Flaw, LedgerVerifier, Place, Records, Table, Value, Verification, Weakness, Witness,
};
