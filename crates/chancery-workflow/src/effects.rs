//! Which deliveries an event asks for.

use chancery_ledger::Effect;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::envelope::Envelope;
use crate::event::Event;
use crate::id::{PartyId, Revision};
use crate::intent::{Intent, NOTICE, Notice, Recipient, SEAL, SealWork, WEBHOOK, WebhookBody};
use crate::names;
use crate::reach::Reach;
use crate::role::{Act, CopyMoment, Role};
use crate::slot::{Prospect, Standing};
use crate::status::Status;

/// An event has at most 1,000 deliveries, for up to three groups of people and the seals. Up to here everybody of a group
/// gets their own; of more people several share one.
const DELIVERIES: usize = 280;

/// How many people share a delivery, of so many.
fn share(people: usize) -> usize {
    people.div_ceil(DELIVERIES).max(1)
}

impl Envelope {
    /// The idempotency key of the final seal: SHA-256 over envelope, head and the documents' digests. Every attempt to
    /// finish has the same, so nothing is sealed twice.
    #[must_use]
    pub fn seal_key(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"chancery-workflow seal v1");
        hash.update(self.id.to_bytes());
        hash.update(self.head.number().to_be_bytes());
        for content in self.contents.iter() {
            hash.update(content.to_bytes());
        }
        hash.finalize().into()
    }
}

/// What is delivered because of an event; the envelope is as it is after it.
pub(crate) fn effects(envelope: &Envelope, event: &Event) -> Vec<Effect> {
    let mut out = Outbox { envelope, effects: Vec::new() };
    out.people(event);
    out.machines(event);
    out.webhook(event);
    out.effects
}

struct Outbox<'e> {
    envelope: &'e Envelope,
    effects: Vec<Effect>,
}

impl Outbox<'_> {
    fn people(&mut self, event: &Event) {
        match event {
            Event::Sent(_) => {
                self.copies(|role, _| match role {
                    Role::View => Some(Intent::ForView),
                    Role::Copy { when: CopyMoment::AtSend } => Some(Intent::Copy),
                    _ => None, // those who act are told at their turn, other copies later
                });
            }
            Event::StepActivated(activated) => {
                self.turns(&activated.parties);
                let step = activated.step;
                self.copies(|role, of| match role {
                    Role::Copy { when: CopyMoment::AtTurn } if of == step => Some(Intent::Copy),
                    _ => None, // told at another moment
                });
            }
            Event::PartyActivated(activated) => self.turns(&[activated.party]),
            Event::ReminderSent(sent) => {
                self.by_act(&sent.parties, |act| Intent::Reminder { act });
            }
            Event::Resent(resent) => self.tell(Intent::NewLink, [self.of(resent.party)], None),
            Event::ExpiryWarned(_) => {
                let late = self.who(|standing| matches!(standing, Standing::Active | Standing::Signing));
                self.tell(Intent::Expiring, late.into_iter().chain([Recipient::Sender]), None);
            }
            Event::PartyBlocked(blocked) => {
                let to = [self.of(blocked.party), Recipient::Sender];
                self.tell(Intent::SecurityAlert, to, Some(blocked.party));
            }
            Event::PartyUnblocked(unblocked) => {
                self.tell(Intent::Unblocked, [self.of(unblocked.party)], None);
            }
            // Where that ends the envelope, `Declined` tells it.
            Event::PartyDeclined(_) if self.envelope.reach(self.envelope.current) == Reach::Lost => {}
            Event::PartyDeclined(declined) => {
                self.tell(Intent::PartyDeclined, [Recipient::Sender], Some(declined.party));
            }
            Event::Declined(declined) => self.over(Intent::Declined, Some(declined.party)),
            Event::Voided(_) => self.over(Intent::Voided, None),
            Event::Expired(_) => self.over(Intent::Expired, None),
            Event::Failed(_) => self.over(Intent::Failed, None),
            Event::PartiesExpired(expired) => {
                for party in expired.parties.iter().take(DELIVERIES) {
                    self.tell(Intent::PartyExpired, [Recipient::Sender], Some(*party));
                }
            }
            Event::Completed(_) => {
                let done = self.who(|standing| standing == Standing::Done);
                self.tell(Intent::Completed, done.into_iter().chain([Recipient::Sender]), None);
                self.copies(|role, _| match role {
                    Role::Copy { .. } | Role::View => Some(Intent::Copy),
                    _ => None, // told as those who acted
                });
            }
            Event::SignerChanged(changed) => {
                // The successor is told of the turn, too: see `PartyActivated`.
                let to = [self.of(changed.from), Recipient::Sender, self.of(changed.to)];
                self.tell(Intent::SignerChanged, to, Some(changed.to));
            }
            Event::PartyReassigned(reassigned) => {
                self.tell(Intent::SignerChanged, [self.of(reassigned.from)], Some(reassigned.to));
            }
            Event::ReturnedTo(returned) => {
                self.tell(Intent::Returned, [Recipient::Sender], Some(returned.by));
            }
            Event::DownloadGranted(granted) => {
                self.tell(Intent::DownloadGranted, [self.of(granted.grant.party)], None);
            }
            Event::DraftCreated(_)
            | Event::DraftEdited(_)
            | Event::PeopleRecorded(_)
            | Event::Discarded(_)
            | Event::Scheduled(_)
            | Event::StepSkipped(_)
            | Event::PartiesSkipped(_)
            | Event::StepSatisfied(_)
            | Event::AllSatisfied(_)
            | Event::DeliveryRecorded(_)
            | Event::DeadlineExtended(_)
            | Event::Opened(_)
            | Event::FinishedLater(_)
            | Event::RefusalRecorded(_)
            | Event::FactorProved(_)
            | Event::FactorFailed(_)
            | Event::ConsentGiven(_)
            | Event::ConsentWithdrawn(_)
            | Event::FieldsPrefilled(_)
            | Event::FieldFilled(_)
            | Event::FieldCleared(_)
            | Event::SigningBegan(_)
            | Event::SigningAuthorized(_)
            | Event::SignatureApplied(_)
            | Event::SignerNamed(_)
            | Event::SessionEnded(_)
            | Event::SessionStale(_)
            | Event::SignatureDiscarded(_)
            | Event::PartyDone(_)
            | Event::ReasonGiven(_)
            | Event::PartiesNominated(_)
            | Event::Paused(_)
            | Event::Resumed(_)
            | Event::Corrected(_)
            | Event::FinalizeStarted(_)
            | Event::FinalizeFailed(_)
            | Event::Downloaded(_)
            | Event::Superseded(_)
            | Event::Revoked(_)
            | Event::LegalHoldSet(_)
            | Event::LegalHoldReleased(_)
            | Event::PurgeQueued(_)
            | Event::Purged(_)
            | Event::PolicyReacted(_)
            | Event::Erased => {}
        }
    }

    /// Whose turn it is, each told once; a seal is work for the sealer.
    fn turns(&mut self, parties: &[PartyId]) {
        let envelope = self.envelope.id;
        for (party, act) in self.acting(parties) {
            if act == Act::Seal {
                self.machine("seal.turn", &SealWork::Seal { envelope, party });
            }
        }
        self.by_act(parties, |act| Intent::YourTurn { act });
    }

    /// Tells each of these people, by what they do.
    fn by_act(&mut self, parties: &[PartyId], intent: impl Fn(Act) -> Intent) {
        let acting = self.acting(parties);
        let share = share(acting.len());
        for act in Intent::ACTS.into_iter().filter(|act| *act != Act::Seal) {
            let these = acting.iter().filter(|(_, of)| *of == act);
            let to: Vec<_> = these.map(|(party, _)| self.of(*party)).collect();
            to.chunks(share).for_each(|to| self.send(intent(act), to.to_vec(), None));
        }
    }

    /// It is over: those who acted, those whose turn it was, and the sender (pains 23 and 31).
    fn over(&mut self, intent: Intent, about: Option<PartyId>) {
        let to = self.who(|standing| match standing {
            Standing::Done | Standing::Active | Standing::Signing | Standing::Declined => true,
            Standing::Blocked { .. } | Standing::Expired => true,
            Standing::Defined
            | Standing::Waiting
            | Standing::Replaced { .. }
            | Standing::Skipped
            | Standing::Removed => false,
        });
        self.tell(intent, to.into_iter().chain([Recipient::Sender]), about);
    }

    /// Those who act and stand like this. Who did its part twice is told once.
    fn who(&self, which: impl Fn(Standing) -> bool) -> Vec<Recipient> {
        let parties = self.envelope.parties().filter(|(_, party, slot)| {
            party.role.act().is_some_and(|act| act != Act::Seal)
                && slot.again.is_none()
                && which(slot.standing)
        });
        parties.map(|(party, _, slot)| Recipient::Party { party, link: slot.link }).collect()
    }

    /// Those whom nobody waits for.
    fn copies(&mut self, which: impl Fn(&Role, crate::id::StepId) -> Option<Intent>) {
        let parties: Vec<_> = self
            .envelope
            .parties()
            .filter(|(_, _, slot)| slot.standing.prospect() == Prospect::Open)
            .filter_map(|(party, definition, _)| Some((party, which(&definition.role, definition.step)?)))
            .collect();
        for intent in [Intent::ForView, Intent::Copy] {
            let to: Vec<_> =
                parties.iter().filter(|(_, of)| *of == intent).map(|(party, _)| self.of(*party)).collect();
            self.tell(intent, to, None);
        }
    }

    fn acting(&self, parties: &[PartyId]) -> Vec<(PartyId, Act)> {
        let act = |party: &PartyId| Some((*party, self.envelope.party(*party)?.role.act()?));
        parties.iter().filter_map(act).collect()
    }

    fn of(&self, party: PartyId) -> Recipient {
        Recipient::Party { party, link: self.envelope.slot(party).map_or(0, |slot| slot.link) }
    }

    /// A delivery for each, or, of very many, for several.
    fn tell(&mut self, intent: Intent, to: impl IntoIterator<Item = Recipient>, about: Option<PartyId>) {
        let to: Vec<_> = to.into_iter().collect();
        for to in to.chunks(share(to.len())) {
            self.send(intent, to.to_vec(), about);
        }
    }

    fn send(&mut self, intent: Intent, to: Vec<Recipient>, about: Option<PartyId>) {
        if !to.is_empty() {
            let notice = Notice { envelope: self.envelope.id, intent, to, about };
            self.push(NOTICE, intent.kind_name(), &notice);
        }
    }

    fn machine(&mut self, kind: &str, work: &SealWork) {
        self.push(SEAL, kind, work);
    }

    fn push(&mut self, destination: &str, kind: &str, body: &impl Serialize) {
        let (destination, kind) = (names::destination(destination), names::kind(kind));
        // See `event::bytes` for why this cannot fail.
        let body = serde_json::to_vec(body).unwrap_or_default();
        self.effects.push(Effect { destination, kind, body });
    }

    fn machines(&mut self, event: &Event) {
        let (envelope, head): (_, Revision) = (self.envelope.id, self.envelope.head);
        let next = match (event, &self.envelope.status) {
            (Event::AllSatisfied(_) | Event::FinalizeFailed(_), Status::Finalizing(finalization)) => {
                Some(finalization.attempt.saturating_add(1))
            }
            _ => None, // nothing to finish
        };
        if let Some(attempt) = next {
            self.machine("seal.finalize", &SealWork::Finalize { envelope, head, attempt });
        }
        if let Event::PurgeQueued(_) = event {
            self.machine("seal.purge", &SealWork::Purge { envelope });
        }
    }

    fn webhook(&mut self, event: &Event) {
        // Of looking, the first time is told.
        let again = match event {
            Event::Opened(opened) => self.envelope.slot(opened.party).is_some_and(|slot| slot.opened > 1),
            _ => false, // everything else is told each time
        };
        if let Some((party, at)) = told(event).filter(|_| !again) {
            let body =
                WebhookBody { envelope: self.envelope.id, event: event.kind_name().to_owned(), party, at };
            self.push(WEBHOOK, event.kind_name(), &body);
        }
    }
}

/// What a webhook tells: the course of an envelope, not who looked when or typed what.
fn told(event: &Event) -> Option<(Option<PartyId>, Timestamp)> {
    match event {
        Event::Sent(sent) => Some((None, sent.at)),
        Event::StepActivated(activated) => Some((None, activated.at)),
        Event::PartyActivated(activated) => Some((Some(activated.party), activated.at)),
        Event::DeliveryRecorded(recorded) => Some((Some(recorded.party), recorded.at)),
        Event::Opened(opened) => Some((Some(opened.party), opened.at)),
        Event::PartyDone(done) => Some((Some(done.party), done.at)),
        Event::PartyDeclined(declined) => Some((Some(declined.party), declined.at)),
        Event::PartyBlocked(blocked) => Some((Some(blocked.party), blocked.at)),
        Event::SignerChanged(changed) => Some((Some(changed.to), changed.at)),
        Event::PartyReassigned(reassigned) => Some((Some(reassigned.to), reassigned.at)),
        Event::ReturnedTo(returned) => Some((Some(returned.by), returned.at)),
        Event::Paused(paused) => Some((None, paused.at)),
        Event::Resumed(resumed) => Some((None, resumed.at)),
        Event::Corrected(corrected) => Some((None, corrected.at)),
        Event::Declined(declined) => Some((Some(declined.party), declined.at)),
        Event::Voided(voided) => Some((None, voided.at)),
        Event::Expired(expired) => Some((None, expired.at)),
        Event::Completed(completed) => Some((None, completed.at)),
        Event::Failed(failed) => Some((None, failed.at)),
        Event::Superseded(superseded) => Some((None, superseded.at)),
        Event::Revoked(revoked) => Some((None, revoked.at)),
        _ => None, // the course of an envelope is complete without
    }
}
