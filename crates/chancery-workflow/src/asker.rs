//! Among whom refusals are counted.

use serde::{Deserialize, Serialize};

use crate::id::PartyId;

/// Among whom refusals are counted: each has room of their own, so nobody uses up that of another, or hides in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asker {
    /// The person of a party, or the host of its signature, who asked for that party.
    Party(PartyId),
    /// Sender, owner, operators and records officers together.
    House,
    /// Timer, sealer and notifier together.
    Worker,
    /// Everybody else together.
    Stranger,
}
