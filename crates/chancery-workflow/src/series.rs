//! Series of signings in one continuous period (21 CFR 11.200(a)(1)(i)).

use chancery_auth::{SessionAct, SessionPlace};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::factor_rule::{FactorName, FactorRule};
use crate::id::SessionId;

/// How a party may act in a series, in one [`ControlledSession`](chancery_auth::ControlledSession): the first act with all
/// factors that its rule for the act names, later ones with fewer. The series may be over several envelopes.
///
/// That the session was opened, with which factors, and how long it was idle, the proofs of a later act bear. That the act
/// which opened it was accepted is not in them: keep a session only if it was, and give the checker the records in which
/// series began ([`regime::opened_in`](crate::regime::opened_in)); without them it says that the first act is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesRule {
    /// What later acts take: at least one kind that only its owner can use, and a PIN if the first act takes one.
    pub later: FactorRule,
    /// How long the person may do nothing before the series ends: at most an hour.
    pub idle: SignedDuration,
    /// How long it lasts at the most: a day or less.
    pub longest: SignedDuration,
}

/// That an act belongs to a series, as the record has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InSeries {
    /// Which controlled session it was.
    pub session: SessionId,
    /// Whether the act opened it.
    pub place: SeriesPlace,
    /// When it was opened.
    pub since: Timestamp,
    /// With which factors it was opened, in this envelope or in another.
    pub opened_with: Vec<FactorName>,
}

/// Whether an act opened its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeriesPlace {
    /// It did, with all factors.
    First,
    /// It came after that.
    Later,
}

impl From<&SessionAct> for InSeries {
    fn from(act: &SessionAct) -> Self {
        Self {
            session: SessionId::from_bytes(act.mark().to_bytes()),
            place: match act.place() {
                SessionPlace::First => SeriesPlace::First,
                SessionPlace::Later => SeriesPlace::Later,
            },
            since: act.since(),
            opened_with: FactorName::of(act.opened_with()),
        }
    }
}
