//! What is answered to a command.

use chancery_ledger::{Stored, Unreadable};
use serde::{Deserialize, Serialize};

use super::refusal::ActRefusal;
use crate::id::{GrantId, SealId, TokenId};

/// What is answered to a command.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[must_use = "it may be a refusal"]
pub enum Reply {
    /// It is done.
    Done,
    /// A seal has this number.
    Seal(SealId),
    /// A grant has this number.
    Grant(GrantId),
    /// A token has this number.
    Token(TokenId),
    /// It is refused, for all these reasons. That was recorded.
    Refused(Vec<ActRefusal>),
}

impl Stored for Reply {
    fn to_bytes(&self) -> Vec<u8> {
        // These types have no maps with other keys than text, so writing cannot fail.
        serde_json::to_vec(self).unwrap_or_default()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        serde_json::from_slice(bytes).map_err(|error| Unreadable::new(error.to_string()))
    }
}
