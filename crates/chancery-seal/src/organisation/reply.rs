//! What is answered to a command.

use chancery_ledger::JsonStored;
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

impl JsonStored for Reply {}
