//! What follows from an event in the same commit: turns, skipped parties, satisfied steps, the end.

use jiff::Timestamp;

use crate::envelope::{Begun, Envelope};
use crate::event::{
    AllSatisfied, Declined, Event, PartiesSkipped, PartyActivated, SkippedWhy, StepActivated, StepSatisfied,
    StepSkipped,
};
use crate::id::{PartyId, StepId, index};
use crate::reach::Reach;
use crate::role::{Act, Role};
use crate::slot::{Prospect, Standing};
use crate::status::Status;

/// Events, with the state that they lead to.
pub(crate) struct Course {
    pub(crate) envelope: Envelope,
    pub(crate) events: Vec<Event>,
}

impl Course {
    pub(crate) fn record(&mut self, event: impl Into<Event>) {
        let event = event.into();
        self.envelope.apply(&event);
        self.events.push(event);
    }

    /// Everything that follows now. It ends: each round passes a step, or is the last.
    pub(crate) fn follow(&mut self, now: Timestamp) {
        while self.envelope.status == Status::InProgress {
            let step = self.envelope.current;
            if index(step.number()) >= self.envelope.draft.steps.len() {
                self.record(AllSatisfied { at: now });
                return;
            }
            match self.envelope.begun {
                Begun::NotYet => self.begin(step, now),
                Begun::Yes => {
                    self.join_late(step, now);
                    self.skip_hopeless(step, now);
                    match self.envelope.reach(step) {
                        Reach::Satisfied => {
                            self.skip(step, SkippedWhy::QuorumMet, now, |_, _| true);
                            self.record(StepSatisfied { step, at: now });
                        }
                        Reach::Open => return,
                        Reach::Lost => return self.decline(step, now),
                    }
                }
            }
        }
    }

    /// The step's turn has come: it begins, or its condition says that it does not.
    fn begin(&mut self, step: StepId, now: Timestamp) {
        let condition =
            self.envelope.draft.steps.get(index(step.number())).and_then(|step| step.condition.as_ref());
        if condition.is_some_and(|condition| !condition.holds(&self.envelope)) {
            self.skip(step, SkippedWhy::Condition, now, |_, _| true);
            self.record(StepSkipped { step, at: now });
            return;
        }
        self.skip(step, SkippedWhy::NotNominated, now, |envelope, party| {
            envelope.party(party).is_some_and(|party| party.user.is_none() && party.nominated_by.is_some())
        });
        self.skip_hopeless(step, now);
        let parties = self.waiting(step);
        self.record(StepActivated { step, parties, at: now });
    }

    fn waiting(&self, step: StepId) -> Vec<PartyId> {
        let standing = |party: &PartyId| self.envelope.slot(*party).map(|slot| slot.standing);
        let waits = |party: &PartyId| standing(party) == Some(Standing::Waiting);
        self.envelope.members(step).iter().copied().filter(waits).collect()
    }

    /// Who joined the step after it had begun.
    fn join_late(&mut self, step: StepId, now: Timestamp) {
        for party in self.waiting(step) {
            self.record(PartyActivated { party, at: now });
        }
    }

    /// Whoever would witness what will never be signed.
    fn skip_hopeless(&mut self, step: StepId, now: Timestamp) {
        self.skip(step, SkippedWhy::NothingToWitness, now, |envelope, party| {
            let Some(Role::Witness { of, .. }) = envelope.party(party).map(|party| &party.role) else {
                return false;
            };
            let prospect = envelope.slot(envelope.holder(*of)).map(|slot| slot.standing.prospect());
            matches!(prospect, None | Some(Prospect::Declined | Prospect::Gone))
        });
    }

    fn skip(
        &mut self,
        step: StepId,
        why: SkippedWhy,
        at: Timestamp,
        which: impl Fn(&Envelope, PartyId) -> bool,
    ) {
        let is_open = |party: &PartyId| {
            self.envelope.slot(*party).is_some_and(|slot| slot.standing.prospect() == Prospect::Open)
        };
        let members = self.envelope.members(step).iter().copied();
        let parties: Vec<_> = members.filter(is_open).filter(|party| which(&self.envelope, *party)).collect();
        if !parties.is_empty() {
            self.record(PartiesSkipped { parties, why, at });
        }
    }

    /// Too few are left. The decline that made it so ends the envelope: the one of this commit, or an earlier one.
    fn decline(&mut self, step: StepId, at: Timestamp) {
        let just_now = self.events.iter().rev().find_map(|event| match event {
            Event::PartyDeclined(declined) => Some(declined.party),
            _ => None,
        });
        let declined = |party: &PartyId| {
            self.envelope.slot(*party).is_some_and(|slot| slot.standing == Standing::Declined)
        };
        let party = just_now.or_else(|| self.envelope.members(step).iter().copied().rfind(declined));
        let act = party.and_then(|party| self.envelope.party(party)).and_then(|party| party.role.act());
        // Without a decline enough are always left: see `Envelope::reach`.
        let party = party.unwrap_or(PartyId::new(0));
        self.record(Declined { party, act: act.unwrap_or(Act::Sign), at });
    }
}
