//! From event to state. It cannot refuse; what makes no sense changes nothing.

mod places;
mod records;

use std::sync::Arc;

use jiff::Timestamp;

use crate::envelope::{Begun, Envelope};
use crate::event::Event;
use crate::grant::Granted;
use crate::id::{PartyId, StepId, index, number};
use crate::reason::ReasonOf;
use crate::slot::{Consent, Joined, SigningSession, Slot, Standing};
use crate::status::{Clock, Disposition, Finalization, Pause, Retention, Status};

/// The state after an event; none before the first.
pub(crate) fn evolve(state: Option<Envelope>, event: &Event) -> Option<Envelope> {
    match (state, event) {
        (None, Event::DraftCreated(created)) => {
            let mut envelope = Envelope::new(created.envelope, created.sender, &created.draft);
            envelope.apply(event);
            Some(envelope)
        }
        (None, _) => None,
        (Some(mut envelope), event) => {
            envelope.apply(event);
            Some(envelope)
        }
    }
}

impl Envelope {
    pub(crate) fn apply(&mut self, event: &Event) {
        self.pass_time(event);
        match event {
            Event::DraftCreated(_) | Event::SignerNamed(_) | Event::Erased => {}
            // Who is in it is recorded anew, so nobody is taken for who stood in their place before.
            Event::DraftEdited(edited) => self.redraft(&edited.new),
            Event::PeopleRecorded(recorded) => {
                let people = Arc::make_mut(&mut self.people);
                people.extend(recorded.people.iter().map(|named| (named.party, named.person.clone())));
            }
            Event::FieldsPrefilled(prefilled) => {
                let values = Arc::make_mut(&mut self.values);
                values.extend(prefilled.values.iter().map(|one| (one.field, one.value.clone())));
            }
            Event::Discarded(discarded) => {
                self.end(Status::Voided { by: crate::acting::Acting::User(self.sender) }, discarded.at);
            }
            Event::Scheduled(scheduled) => {
                self.permitted = scheduled.permitted.as_slice().into();
                self.status = Status::Scheduled { at: scheduled.send_at };
            }
            Event::Sent(sent) => {
                self.permitted = sent.permitted.as_slice().into();
                self.policy = Some(sent.policy);
                self.sent_at = Some(sent.at);
                self.deadline = Some(sent.deadline);
                self.status = Status::InProgress;
                for (party, slot) in self.parties.iter().zip(&mut self.slots) {
                    if party.role.act().is_some() {
                        slot.standing = Standing::Waiting;
                    }
                }
            }
            Event::StepActivated(activated) => {
                (self.current, self.begun) = (activated.step, Begun::Yes);
                for party in &activated.parties {
                    self.activate(*party, activated.at);
                }
            }
            Event::PartyActivated(activated) => self.activate(activated.party, activated.at),
            Event::StepSkipped(skipped) => self.pass(skipped.step),
            Event::PartiesSkipped(skipped) => {
                for party in &skipped.parties {
                    self.leave(*party, Standing::Skipped);
                }
            }
            Event::StepSatisfied(satisfied) => self.pass(satisfied.step),
            Event::AllSatisfied(satisfied) => {
                let since = satisfied.at;
                self.status = Status::Finalizing(Finalization { since, attempt: 0, lease: None });
            }
            Event::DeliveryRecorded(recorded) => {
                self.with(recorded.party, |slot| slot.delivery = recorded.delivery);
            }
            Event::ReminderSent(sent) => {
                for party in &sent.parties {
                    self.with(*party, |slot| {
                        slot.reminders = slot.reminders.saturating_add(1);
                        slot.reminded_at = Some(sent.at);
                    });
                }
            }
            Event::Resent(resent) => self.with(resent.party, |slot| {
                slot.link = resent.link;
                slot.deadline = resent.deadline;
                slot.failures = Default::default();
                if matches!(slot.standing, Standing::Blocked { .. } | Standing::Expired) {
                    slot.standing = Standing::Active;
                }
            }),
            Event::DeadlineExtended(extended) => {
                self.deadline = Some(extended.new);
                self.warned_at = None;
                for party in &extended.parties {
                    self.with(*party, |slot| {
                        slot.deadline = None;
                        slot.standing = Standing::Active;
                    });
                }
            }
            Event::ExpiryWarned(warned) => self.warned_at = Some(warned.at),
            Event::Opened(opened) => self.with(opened.party, |slot| {
                slot.opened_at = slot.opened_at.or(Some(opened.at));
                slot.opened = slot.opened.saturating_add(1);
                slot.proved(&opened.factors);
                slot.count();
            }),
            Event::FinishedLater(later) => self.with(later.party, Slot::count),
            Event::RefusalRecorded(recorded) => self.refused(recorded),
            Event::FactorProved(proved) => self.with(proved.party, |slot| {
                slot.proved(&proved.factors);
                slot.count();
            }),
            Event::FactorFailed(failed) => self.with(failed.party, |slot| {
                if let Some(failures) = slot.failures.get_mut(failed.factor.place()) {
                    *failures = failed.failures;
                }
            }),
            Event::PartyBlocked(blocked) => {
                self.with(blocked.party, |slot| {
                    slot.session = None;
                    slot.standing = Standing::Blocked { factor: blocked.factor };
                });
            }
            Event::PartyUnblocked(unblocked) => self.with(unblocked.party, |slot| {
                slot.failures = Default::default();
                slot.standing = Standing::Active;
            }),
            Event::ConsentGiven(given) => {
                self.with(given.party, |slot| slot.consent = Consent::Given(given.disclosure));
            }
            Event::ConsentWithdrawn(withdrawn) => {
                self.with(withdrawn.party, |slot| {
                    slot.consent = Consent::Withdrawn;
                    slot.count();
                });
            }
            Event::FieldFilled(filled) => {
                Arc::make_mut(&mut self.values).insert(filled.field, filled.new.clone());
                self.with(filled.party, Slot::count);
            }
            Event::FieldCleared(cleared) => {
                Arc::make_mut(&mut self.values).remove(&cleared.field);
                self.with(cleared.party, Slot::count);
            }
            Event::SigningBegan(began) => self.with(began.party, |slot| {
                slot.sessions = slot.sessions.saturating_add(1);
                slot.standing = Standing::Signing;
                slot.proved(&began.factors);
                slot.session = Some(Arc::new(SigningSession {
                    base: began.base,
                    documents: began.documents.as_slice().into(),
                    until: began.until,
                    signed_at: began.signed_at,
                    certificate: began.certificate,
                    meaning: began.meaning.clone(),
                    authorization: None,
                }));
            }),
            Event::SigningAuthorized(authorized) => self.with(authorized.party, |slot| {
                if let Some(session) = &mut slot.session {
                    Arc::make_mut(session).authorization = Some(authorized.reference);
                }
            }),
            Event::SignatureApplied(applied) => {
                self.head = applied.revision;
                self.signed_in = Some(self.current);
                let mut contents = self.contents.to_vec();
                for signature in &applied.signatures {
                    if let Some(content) = contents.get_mut(index(signature.pinned.document.number())) {
                        *content = signature.revision;
                    }
                }
                self.contents = contents.into();
                self.with(applied.party, |slot| {
                    slot.session = None;
                    slot.signed = Some(applied.revision);
                    slot.certificate = applied.signatures.first().map(|signature| signature.certificate);
                });
            }
            Event::SessionEnded(ended) => self.end_session(ended.party),
            Event::SessionStale(stale) => self.end_session(stale.party),
            Event::SignatureDiscarded(discarded) => self.with(discarded.party, |slot| slot.session = None),
            Event::PartyDone(done) => self.with(done.party, |slot| {
                slot.session = None;
                slot.done_at = Some(done.at);
                slot.standing = Standing::Done;
            }),
            Event::PartyDeclined(declined) => self.leave(declined.party, Standing::Declined),
            Event::Declined(declined) => {
                self.end(Status::Declined { by: declined.party, act: declined.act }, declined.at);
            }
            Event::ReturnedTo(returned) => {
                self.forget_reason(ReasonOf::Return(returned.by));
                self.go_back(returned.step, &returned.again);
            }
            Event::SignerChanged(changed) => {
                self.take_over(changed.from, changed.to, changed.user, Joined::ByParty);
            }
            Event::PartyReassigned(reassigned) => {
                self.take_over(reassigned.from, reassigned.to, reassigned.user, Joined::BySender);
            }
            Event::PartiesNominated(nominated) => {
                let parties = Arc::make_mut(&mut self.parties);
                for bound in &nominated.bound {
                    if let Some(party) = parties.get_mut(index(bound.party.number())) {
                        Arc::make_mut(party).user = Some(bound.user);
                    }
                }
            }
            Event::Paused(paused) => {
                self.forget_reason(ReasonOf::Pause);
                self.status = Status::Paused(Pause { by: paused.by, since: paused.at, clock: paused.clock });
            }
            Event::Resumed(resumed) => self.resume(resumed.moved),
            Event::Corrected(corrected) => corrected.changes.iter().for_each(|change| self.correct(change)),
            Event::Voided(voided) => self.end(Status::Voided { by: voided.by }, voided.at),
            Event::PartiesExpired(expired) => {
                for party in &expired.parties {
                    self.leave(*party, Standing::Expired);
                }
            }
            Event::Expired(expired) => self.end(Status::Expired, expired.at),
            Event::FinalizeStarted(started) => self.finalize(started.attempt, Some(started.until)),
            Event::FinalizeFailed(failed) => self.finalize(failed.attempt, None),
            Event::Completed(completed) => {
                let artifacts = completed.artifacts.as_slice().into();
                self.end(Status::Completed { artifacts }, completed.at);
            }
            Event::Failed(failed) => self.end(Status::Failed { by: failed.by }, failed.at),
            Event::DownloadGranted(granted) => {
                let grant = granted.grant.clone();
                Arc::make_mut(&mut self.grants).push(Granted { grant, redeemed: 0 });
            }
            Event::Downloaded(downloaded) => {
                let grants = Arc::make_mut(&mut self.grants);
                if let Some(granted) = grants.get_mut(index(downloaded.grant.number())) {
                    granted.redeemed = granted.redeemed.saturating_add(1);
                }
                self.with(downloaded.party, |slot| {
                    slot.downloaded_at = Some(downloaded.at);
                    slot.count();
                });
            }
            Event::Superseded(superseded) => self.disposition = Disposition::Superseded { by: superseded.by },
            Event::Revoked(_) => self.disposition = Disposition::Revoked,
            Event::ReasonGiven(given) => self.give_reason(given),
            Event::LegalHoldSet(set) => self.hold_for(set),
            Event::LegalHoldReleased(released) => self.release(released.hold),
            Event::PurgeQueued(_) => self.retention = Retention::PurgeQueued,
            Event::Purged(_) => self.retention = Retention::Purged,
            Event::PolicyReacted(_) => {}
        }
    }

    /// Time goes on by what sender, parties at their turn, timer and sealer do: after the deadline they are refused, so a
    /// clock that is far ahead carries nobody with it. What anybody may cause at any time (being refused, looking as a
    /// viewer, a report of the notifier) moves nothing, nor does a draft.
    fn pass_time(&mut self, event: &Event) {
        let counts = match event {
            Event::RefusalRecorded(_)
            | Event::DeliveryRecorded(_)
            | Event::SignatureDiscarded(_)
            | Event::DraftCreated(_)
            | Event::DraftEdited(_)
            | Event::PeopleRecorded(_)
            | Event::FieldsPrefilled(_)
            | Event::Discarded(_)
            | Event::Erased => return,
            Event::Opened(opened) => self.party(opened.party).is_some_and(|party| party.role.act().is_some()),
            _ => true, // done by somebody whom a deadline holds
        };
        if counts && let Some(at) = event.at() {
            self.latest = self.latest.max(at);
        }
    }

    /// Changes a party's slot, if there is one.
    fn with(&mut self, party: PartyId, change: impl FnOnce(&mut Slot)) {
        if let Some(slot) = self.slots.get_mut(index(party.number())) {
            change(slot);
        }
    }

    fn pass(&mut self, step: StepId) {
        (self.current, self.begun) = (StepId::new(step.number().saturating_add(1)), Begun::NotYet);
    }

    fn activate(&mut self, party: PartyId, at: Timestamp) {
        let within = self.party(party).and_then(|party| party.within);
        self.with(party, |slot| {
            slot.standing = Standing::Active;
            slot.activated_at = Some(at);
            slot.deadline = within.and_then(|within| at.checked_add(within).ok());
        });
    }

    /// Ends a party's part, and its session with it.
    fn leave(&mut self, party: PartyId, standing: Standing) {
        self.with(party, |slot| {
            slot.session = None;
            slot.standing = standing;
        });
    }

    fn end_session(&mut self, party: PartyId) {
        self.with(party, |slot| {
            slot.session = None;
            if slot.standing == Standing::Signing {
                slot.standing = Standing::Active;
            }
        });
    }

    fn finalize(&mut self, attempt: u32, lease: Option<Timestamp>) {
        if let Status::Finalizing(finalization) = &mut self.status {
            (finalization.attempt, finalization.lease) = (attempt, lease);
        }
    }

    fn end(&mut self, status: Status, at: Timestamp) {
        self.status = status;
        self.ended_at = Some(at);
    }

    fn resume(&mut self, moved: jiff::SignedDuration) {
        if let Status::Paused(Pause { clock: Clock::Frozen, .. }) = self.status {
            let later = |time: Timestamp| time.checked_add(moved).unwrap_or(Timestamp::MAX);
            self.deadline = self.deadline.map(later);
            for slot in &mut self.slots {
                slot.deadline = slot.deadline.map(later);
                slot.reminded_at = slot.reminded_at.map(later);
            }
        }
        self.status = Status::InProgress;
    }

    /// The number that the next party gets.
    pub(crate) fn next_party(&self) -> PartyId {
        PartyId::new(number(self.slots.len()))
    }
}
