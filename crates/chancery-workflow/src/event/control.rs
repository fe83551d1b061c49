//! What sender and owner did with an envelope under way.

use chancery_auth::UserId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::acting::Acting;
use crate::correction::Corrected as Change;
use crate::event::facts::facts;
use crate::status::Clock;
use crate::user;

facts! {
    /// Nobody may act.
    "envelope.paused" Paused {
        /// Who paused.
        #[serde(with = "user")]
        by: UserId,
        /// Whether deadlines run on.
        clock: Clock,
        /// When.
        at: Timestamp,
    }
    /// It goes on.
    "envelope.resumed" Resumed {
        /// By how much deadlines are moved on.
        moved: SignedDuration,
        /// When.
        at: Timestamp,
    }
    /// The sender corrected a paused envelope; old and new values both.
    "envelope.corrected" Corrected {
        /// What.
        changes: Vec<Change>,
        /// When.
        at: Timestamp,
    }
    /// The sender or owner ended it.
    "envelope.voided" Voided {
        /// Who.
        by: Acting,
        /// When.
        at: Timestamp,
    }
}
