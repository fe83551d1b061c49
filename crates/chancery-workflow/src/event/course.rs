//! Turns, steps, and the time that they have.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::facts::facts;
use crate::id::{PartyId, StepId};
use crate::text::Text;

/// Why parties were skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkippedWhy {
    /// Enough others were done.
    QuorumMet,
    /// The condition of its step was false.
    Condition,
    /// Whom it should witness will not sign.
    NothingToWitness,
    /// Nobody was nominated for it.
    NotNominated,
}

facts! {
    /// The turn of a step has come, and of these parties in it.
    "envelope.step-activated" StepActivated {
        /// Which step.
        step: StepId,
        /// Who acts now.
        parties: Vec<PartyId>,
        /// When.
        at: Timestamp,
    }
    /// The turn of one party has come, or come again.
    "envelope.party-activated" PartyActivated {
        /// Who.
        party: PartyId,
        /// When.
        at: Timestamp,
    }
    /// A step was not taken.
    "envelope.step-skipped" StepSkipped {
        /// Which step.
        step: StepId,
        /// When.
        at: Timestamp,
    }
    /// Parties are not needed any more.
    "envelope.parties-skipped" PartiesSkipped {
        /// Who.
        parties: Vec<PartyId>,
        /// Why.
        why: SkippedWhy,
        /// When.
        at: Timestamp,
    }
    /// Enough parties of a step are done.
    "envelope.step-satisfied" StepSatisfied {
        /// Which step.
        step: StepId,
        /// When.
        at: Timestamp,
    }
    /// All steps are satisfied: the envelope is to be finished.
    "envelope.all-satisfied" AllSatisfied {
        /// When.
        at: Timestamp,
    }
    /// There is more time.
    "envelope.deadline-extended" DeadlineExtended {
        /// Until when it was.
        old: Timestamp,
        /// Until when it is.
        new: Timestamp,
        /// Whose time had passed and has not any more; they have until the envelope's deadline.
        parties: Vec<PartyId>,
        /// When.
        at: Timestamp,
    }
    /// Those who have not acted were told that time runs out.
    "envelope.expiry-warned" ExpiryWarned {
        /// When.
        at: Timestamp,
    }
    /// The time of parties passed.
    "envelope.parties-expired" PartiesExpired {
        /// Whose.
        parties: Vec<PartyId>,
        /// When.
        at: Timestamp,
    }
    /// The time of the envelope passed.
    "envelope.expired" Expired {
        /// When.
        at: Timestamp,
    }
    /// A policy of the application asked for something more.
    "envelope.policy-reacted" PolicyReacted {
        /// Which policy.
        policy: Text,
        /// The name of what it asked for.
        command: String,
        /// When.
        at: Timestamp,
    }
}
