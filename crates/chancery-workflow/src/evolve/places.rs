//! Who sits where: those who take a place over, do their part again, are put in or taken out.

use std::sync::Arc;

use chancery_auth::UserId;

use crate::correction::Corrected;
use crate::envelope::{Begun, Envelope};
use crate::event::Again;
use crate::id::{PartyId, StepId, index, number};
use crate::party::Party;
use crate::rules::Permission;
use crate::slot::{Joined, Slot, Standing};

impl Envelope {
    /// A new slot with the definition of an old one. Consent, factors and fields start anew (G22).
    fn join(
        &mut self,
        from: PartyId,
        to: PartyId,
        joined: Joined,
        change: impl FnOnce(&mut Party),
    ) -> Option<()> {
        if index(to.number()) != self.slots.len() {
            return None;
        }
        let mut party = self.party(from)?.clone();
        let seat = self.slot(from)?.seat;
        change(&mut party);
        let step = party.step;
        Arc::make_mut(&mut self.parties).push(Arc::new(party));
        let slot = Slot { standing: Standing::Waiting, ..Slot::new(seat, joined) };
        self.slots.push(slot);
        let members = Arc::make_mut(&mut self.members).get_mut(index(step.number()))?;
        members.iter_mut().filter(|member| **member == from).for_each(|member| *member = to);
        Some(())
    }

    pub(super) fn take_over(&mut self, from: PartyId, to: PartyId, user: UserId, joined: Joined) {
        let taken = self.join(from, to, joined, |party| {
            party.user = Some(user);
            if joined == Joined::ByParty {
                (party.change_signer, party.delegate) = (Permission::Forbidden, Permission::Forbidden);
            }
        });
        if taken.is_none() {
            return;
        }
        self.leave(from, Standing::Replaced { by: to });
        let Some(seat) = self.slot(to).map(|slot| slot.seat) else { return };
        let fields = &self.draft.fields;
        // What was suggested to somebody is not shown to another; what is fixed holds for whoever acts.
        let starts_anew = |field: &crate::id::FieldId| {
            let field = fields.get(index(field.number()));
            field.is_some_and(|field| field.party == seat && field.change == Permission::Permitted)
        };
        if self.values.keys().any(starts_anew) {
            Arc::make_mut(&mut self.values).retain(|field, _| !starts_anew(field));
        }
    }

    pub(super) fn go_back(&mut self, step: StepId, again: &[Again]) {
        for Again { of, party } in again {
            let joined = self.slot(*of).map_or(Joined::BySender, |slot| slot.joined);
            if self.join(*of, *party, joined, |_| {}).is_some() {
                self.with(*of, |slot| slot.again = Some(*party));
                self.with(*party, |slot| slot.again_of = Some(*of));
            }
        }
        let last = self.current.number().min(number(self.members.len()));
        for later in step.number()..=last {
            for party in self.members(StepId::new(later)).to_vec() {
                self.with(party, |slot| {
                    // Who is blocked or out of time stays so, until the sender says otherwise.
                    if matches!(slot.standing, Standing::Active | Standing::Signing | Standing::Waiting) {
                        slot.session = None;
                        slot.standing = Standing::Waiting;
                    }
                });
            }
        }
        (self.current, self.begun) = (step, Begun::NotYet);
        self.returns = self.returns.saturating_add(1);
    }

    pub(super) fn correct(&mut self, change: &Corrected) {
        match change {
            Corrected::PartyRemoved { party } => self.leave(*party, Standing::Removed),
            Corrected::PartyAdded { party, definition, fields } => {
                if index(party.number()) != self.slots.len() {
                    return;
                }
                let acts = definition.role.act().is_some();
                let standing = if acts { Standing::Waiting } else { Standing::Defined };
                self.slots.push(Slot { standing, ..Slot::new(*party, Joined::BySender) });
                let step = index(definition.step.number());
                Arc::make_mut(&mut self.parties).push(Arc::new((**definition).clone()));
                if !fields.is_empty() {
                    Arc::make_mut(&mut self.draft).fields.extend(fields.iter().cloned());
                }
                if let (true, Some(members)) = (acts, Arc::make_mut(&mut self.members).get_mut(step)) {
                    members.push(*party);
                }
            }
            Corrected::PersonChanged { .. } => {}
            Corrected::FactorsChanged { party, new, .. } => {
                if let Some(party) = Arc::make_mut(&mut self.parties).get_mut(index(party.number())) {
                    Arc::make_mut(party).factors = (**new).clone();
                }
            }
            Corrected::DocumentReplaced { document, new, .. } => {
                let mut contents = self.contents.to_vec();
                if let Some(content) = contents.get_mut(index(document.number())) {
                    *content = *new;
                }
                self.contents = contents.into();
                // Only what nobody has signed is replaced.
                self.unsigned = Arc::clone(&self.contents);
                self.head = self.head.next();
                for slot in &mut self.slots {
                    slot.session = None;
                    if slot.standing == Standing::Signing {
                        slot.standing = Standing::Active;
                    }
                }
            }
        }
    }
}
