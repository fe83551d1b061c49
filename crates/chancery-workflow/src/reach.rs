//! Whether a step can still be satisfied.

use crate::envelope::Envelope;
use crate::id::{PartyId, StepId, index};
use crate::role::Role;
use crate::slot::Prospect;
use crate::step::Quorum;

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Satisfied,
    Open,
    Lost,
}

impl Envelope {
    /// Where the nominator of a step stands for whom somebody waits; the one that declined, before one that may yet act.
    fn nominator(&self, step: StepId) -> Option<Prospect> {
        let nominates =
            |party: &&PartyId| self.party(**party).is_some_and(|party| party.role == Role::Nominate);
        let nominators =
            self.members(step).iter().filter(nominates).filter(|party| self.is_waited_for(**party));
        let prospects = nominators.filter_map(|party| self.slot(*party)).map(|slot| slot.standing.prospect());
        prospects.filter(|prospect| matches!(prospect, Prospect::Open | Prospect::Declined)).max_by_key(
            |prospect| match prospect {
                Prospect::Declined => 1,
                Prospect::Open | Prospect::Done | Prospect::Gone => 0,
            },
        )
    }

    /// Whether somebody waits for being named by this party.
    pub(crate) fn is_waited_for(&self, party: PartyId) -> bool {
        let Some(seat) = self.slot(party).map(|slot| slot.seat) else { return false };
        self.parties.iter().zip(&self.slots).any(|(party, slot)| {
            party.nominated_by == Some(seat)
                && party.user.is_none()
                && slot.standing.prospect() == Prospect::Open
        })
    }

    /// How a step stands: enough are done, enough can still be, or too few are left.
    pub(crate) fn reach(&self, step: StepId) -> Reach {
        let quorum = self.draft.steps.get(index(step.number())).map_or(Quorum::All, |step| step.quorum);
        let (mut counted, mut done, mut open) = (0, 0, 0);
        for slot in self.members(step).iter().filter_map(|party| self.slot(*party)) {
            match slot.standing.prospect() {
                Prospect::Open => open += 1,
                Prospect::Done => done += 1,
                Prospect::Declined => {}
                Prospect::Gone => continue,
            }
            counted += 1;
        }
        let need = quorum.of(counted);
        match self.nominator(step) {
            // Nobody else can name those who wait for it, so it is needed whatever the quorum says.
            Some(Prospect::Declined) => return Reach::Lost,
            Some(Prospect::Open) if done >= need => return Reach::Open,
            Some(Prospect::Open | Prospect::Done | Prospect::Gone) | None => {}
        }
        if done >= need {
            Reach::Satisfied
        } else if done + open >= need {
            Reach::Open
        } else {
            Reach::Lost
        }
    }
}
