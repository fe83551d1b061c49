//! What is kept beside the course: refusals, reasons, legal holds.

use std::sync::Arc;

use crate::asker::Asker;
use crate::envelope::Envelope;
use crate::event::{LegalHoldSet, ReasonGiven, RefusalRecorded};
use crate::hold::LegalHold;
use crate::id::{HoldId, index};
use crate::reason::ReasonOf;
use crate::status::Retention;

impl Envelope {
    pub(super) fn refused(&mut self, recorded: &RefusalRecorded) {
        let refusals = match recorded.of {
            Asker::Party(party) => match self.slots.get_mut(index(party.number())) {
                Some(slot) => &mut slot.refusals,
                None => return,
            },
            Asker::House => &mut self.house,
            Asker::Worker => &mut self.workers,
            Asker::Stranger => &mut self.strangers,
        };
        refusals.count(recorded.concern, recorded.at);
    }

    pub(super) fn hold_for(&mut self, set: &LegalHoldSet) {
        // A number that was given is no second hold's: a release would end both.
        if self.next_hold.is_none_or(|next| set.hold < next) || self.retention == Retention::Purged {
            return;
        }
        self.next_hold = set.hold.next();
        let hold = LegalHold { id: set.hold, by: set.by, since: set.at };
        Arc::make_mut(&mut self.holds).push(hold);
        self.retention = Retention::Normal; // a purge that was queued is called off
    }

    pub(super) fn release(&mut self, hold: HoldId) {
        Arc::make_mut(&mut self.holds).retain(|one| one.id != hold);
        Arc::make_mut(&mut self.reasons).remove(&ReasonOf::Hold(hold));
    }

    /// The words of an earlier act are not those of this one, whose own may be erased or none.
    pub(super) fn forget_reason(&mut self, of: ReasonOf) {
        if self.reasons.contains_key(&of) {
            Arc::make_mut(&mut self.reasons).remove(&of);
        }
    }

    pub(super) fn give_reason(&mut self, given: &ReasonGiven) {
        let stays = match given.of {
            // Holds come and go without end; of those that went, the record tells.
            ReasonOf::Hold(hold) => self.hold(hold).is_some(),
            ReasonOf::Release(_) => false,
            ReasonOf::Decline(party) | ReasonOf::Return(party) | ReasonOf::Handover(party) => {
                self.slot(party).is_some()
            }
            ReasonOf::Pause | ReasonOf::Void | ReasonOf::Abandon | ReasonOf::Revoke => true,
        };
        if stays {
            Arc::make_mut(&mut self.reasons).insert(given.of, given.words.clone());
        }
    }
}
