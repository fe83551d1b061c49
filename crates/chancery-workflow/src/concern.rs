//! As what a refusal stands in the record.

use serde::{Deserialize, Serialize};

/// As what a refusal stands in the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Concern {
    /// Somebody wanted what is not theirs, did not prove what was asked, or handed in what belongs to something else:
    /// 21 CFR 11.10(d) and (g).
    Authority,
    /// Somebody wanted something before its turn, after its end, or without what comes before it: 21 CFR 11.10(f).
    Sequence,
}
