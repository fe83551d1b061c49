//! Notices, links, factors, looks, consents, refusals.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::acting::Acting;
use crate::asker::Asker;
use crate::concern::Concern;
use crate::consent::Demonstrated;
use crate::event::facts::facts;
use crate::factor_rule::FactorName;
use crate::id::{ContentDigest, PartyId, Revision};
use crate::slot::Delivery;
use crate::text::Text;

/// What was proved, for which purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProvedFor {
    /// To see the envelope.
    Access,
    /// To act.
    Act,
}

facts! {
    /// How a notice fared.
    "envelope.delivery-recorded" DeliveryRecorded {
        /// To whom it was.
        party: PartyId,
        /// How it fared.
        delivery: Delivery,
        /// When.
        at: Timestamp,
    }
    /// Parties were reminded.
    "envelope.reminder-sent" ReminderSent {
        /// Who.
        parties: Vec<PartyId>,
        /// By whom: the sender, or the timer.
        by: Acting,
        /// When.
        at: Timestamp,
    }
    /// A party was sent a new link; its earlier ones are dead.
    "envelope.resent" Resent {
        /// Who.
        party: PartyId,
        /// The generation of the link.
        link: u32,
        /// Its own deadline from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline: Option<Timestamp>,
        /// When.
        at: Timestamp,
    }
    /// A party looked.
    "envelope.opened" Opened {
        /// Who.
        party: PartyId,
        /// At which revision.
        revision: Revision,
        /// Proving what.
        factors: Vec<FactorName>,
        /// When.
        at: Timestamp,
    }
    /// A party goes on later.
    "envelope.finished-later" FinishedLater {
        /// Who.
        party: PartyId,
        /// When.
        at: Timestamp,
    }
    /// A refusal stands in the stream of refusals.
    "envelope.refusal-recorded" RefusalRecorded {
        /// Of whom.
        of: Asker,
        /// As what.
        concern: Concern,
        /// When.
        at: Timestamp,
    }
    /// A party proved factors.
    "envelope.factor-proved" FactorProved {
        /// Who.
        party: PartyId,
        /// What.
        factors: Vec<FactorName>,
        /// For what.
        purpose: ProvedFor,
        /// When.
        at: Timestamp,
    }
    /// A party proved a factor wrongly.
    "envelope.factor-failed" FactorFailed {
        /// Who.
        party: PartyId,
        /// Which.
        factor: FactorName,
        /// How many since the last right one.
        failures: u32,
        /// When.
        at: Timestamp,
    }
    /// A party proved too many wrongly.
    "envelope.party-blocked" PartyBlocked {
        /// Who.
        party: PartyId,
        /// The last of them.
        factor: FactorName,
        /// When.
        at: Timestamp,
    }
    /// The sender let it try again.
    "envelope.party-unblocked" PartyUnblocked {
        /// Who.
        party: PartyId,
        /// When.
        at: Timestamp,
    }
    /// A party consents to electronic records.
    "envelope.consent-given" ConsentGiven {
        /// Who.
        party: PartyId,
        /// To the disclosure of this digest.
        disclosure: ContentDigest,
        /// In this version.
        version: Text,
        /// How it showed that it can read the form that is used (15 U.S.C. 7001(c)(1)(C)(ii)).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        demonstration: Option<Demonstrated>,
        /// When.
        at: Timestamp,
    }
    /// A party took its consent back.
    "envelope.consent-withdrawn" ConsentWithdrawn {
        /// Who.
        party: PartyId,
        /// When.
        at: Timestamp,
    }
}
