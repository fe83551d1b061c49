//! Drafts, people, sending.

use chancery_auth::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::acting::Acting;
use crate::document::{Document, Permitted};
use crate::draft::{Draft, Named};
use crate::event::facts::facts;
use crate::field::Prefilled;
use crate::id::{EnvelopeId, PolicyHash};
use crate::user;

facts! {
    /// The sender began an envelope.
    "envelope.draft-created" DraftCreated {
        /// Its id.
        envelope: EnvelopeId,
        /// Whose it is.
        #[serde(with = "user")]
        sender: UserId,
        /// What is in it, without the people, and with empty fields.
        draft: Box<Draft>,
        /// When.
        at: Timestamp,
    }
    /// The sender changed the draft; old and new values both (21 CFR 11.10(e)).
    "envelope.draft-edited" DraftEdited {
        /// As it was.
        old: Box<Draft>,
        /// As it is.
        new: Box<Draft>,
        /// When.
        at: Timestamp,
    }
    /// Who parties are. Can be erased.
    "envelope.people-recorded" PeopleRecorded {
        /// Each with their party.
        people: Vec<Named>,
        /// When.
        at: Timestamp,
    }
    /// What the sender wrote into fields; it stands in them from then on. Can be erased.
    "envelope.fields-prefilled" FieldsPrefilled {
        /// Each with its field.
        values: Vec<Prefilled>,
        /// When.
        at: Timestamp,
    }
    /// A draft was thrown away.
    "envelope.discarded" Discarded {
        /// When.
        at: Timestamp,
    }
    /// It will be sent.
    "envelope.scheduled" Scheduled {
        /// When it will be.
        send_at: Timestamp,
        /// What its documents permit.
        permitted: Vec<Permitted>,
        /// When this was decided.
        at: Timestamp,
    }
    /// It is with its parties from now on; its content is frozen.
    "envelope.sent" Sent {
        /// By whom: the sender, or the timer.
        by: Acting,
        /// Its documents.
        documents: Vec<Document>,
        /// What they permit.
        permitted: Vec<Permitted>,
        /// The rules that hold.
        policy: PolicyHash,
        /// Until when it is open.
        deadline: Timestamp,
        /// When.
        at: Timestamp,
    }
}
