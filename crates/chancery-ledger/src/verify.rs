//! Whether a ledger is what was written.

mod chain;
mod cursor;
mod damage;
mod deliveries;
mod events;
mod records;
mod row;
mod table;
mod tree;
mod verification;
mod verifier;

pub use damage::{Damage, Flaw, Place};
pub use records::Records;
pub use table::{Column, Table, Value};
pub use verification::{Verification, Weakness, Witness};
pub use verifier::LedgerVerifier;
