//! From an intent in the outbox to what is written to one of its recipients.

use chancery_auth::UserId;
use jiff::Timestamp;

use super::kinds::{AfterDecline, News};
use super::letter::Addressee;
use crate::envelope::Envelope;
use crate::id::PartyId;
use crate::intent::{Intent, Notice, Recipient};
use crate::reason::ReasonOf;
use crate::role::Role;
use crate::slot::Standing;
use crate::status::Status;

/// A notice of the outbox, for one of its recipients, with the envelope as it is when it is delivered.
///
/// The outbox delivers at least once, and perhaps late: what is not true any more is not told.
#[derive(Clone, Copy, Debug)]
pub struct Told<'t> {
    /// What stands in the outbox.
    pub notice: &'t Notice,
    /// Which of those it names.
    pub to: Recipient,
    /// The envelope.
    pub envelope: &'t Envelope,
    /// The name of its sender.
    pub sender: &'t str,
    /// When it is told.
    pub now: Timestamp,
}

impl Told<'_> {
    /// Whom it goes to.
    #[must_use]
    pub const fn addressee(&self) -> Addressee {
        match self.to {
            Recipient::Sender => Addressee::Sender,
            Recipient::Party { party, .. } => Addressee::Party(party),
        }
    }

    /// The person who reads it: the sender, the party, or the host at whose device the party signs.
    #[must_use]
    pub fn reader(&self) -> Option<UserId> {
        match self.to {
            Recipient::Sender => Some(self.envelope.sender()),
            Recipient::Party { party, .. } => {
                let definition = self.envelope.party(party)?;
                match (&definition.role, self.notice.intent) {
                    (Role::SignInPerson { host, .. }, Intent::YourTurn { .. } | Intent::Reminder { .. }) => {
                        Some(*host)
                    }
                    _ => definition.user, // everybody else reads for themselves
                }
            }
        }
    }

    /// The party for which a link may be made, and its generation. None for the sender, and none if a newer link was
    /// made since: the old one is dead.
    #[must_use]
    pub fn link(&self) -> Option<(PartyId, u32)> {
        let Recipient::Party { party, link } = self.to else { return None };
        let current = self.envelope.slot(party)?.link();
        (current == link).then_some((party, link))
    }

    /// What is told. None if it is not true any more, or nothing for a person.
    #[must_use]
    pub fn news(&self) -> Option<News> {
        let envelope = self.envelope;
        let reason = |of: fn(PartyId) -> ReasonOf| self.reason(of(self.notice.about?));
        let about = || self.notice.about.and_then(|party| self.name(party));
        match self.notice.intent {
            Intent::YourTurn { act } => {
                let (party, before) = self.turn()?;
                match envelope.party(party)?.role {
                    Role::SignInPerson { .. } => Some(News::HostSigning { party: self.name(party), before }),
                    _ => Some(News::YourTurn { act, before }),
                }
            }
            Intent::Reminder { act } => {
                let (_, before) = self.turn()?;
                Some(News::Reminder { act, before })
            }
            Intent::NewLink => {
                self.link()?;
                Some(News::NewLink)
            }
            Intent::Expiring => {
                let deadline = envelope.deadline().filter(|deadline| *deadline > self.now)?;
                let left = deadline.duration_since(self.now).as_secs();
                // Rounded up: a day and an hour are two days.
                let days = u32::try_from(left.saturating_add(86_399) / 86_400).unwrap_or(u32::MAX);
                (envelope.status() == &Status::InProgress).then_some(News::Expiring { days, deadline })
            }
            Intent::ForView => Some(News::MayView),
            Intent::Copy => Some(News::CopySent),
            Intent::Completed => {
                let documents = u32::try_from(envelope.contents().len()).unwrap_or(u32::MAX);
                matches!(envelope.status(), Status::Completed { .. }).then_some(News::Completed { documents })
            }
            Intent::Declined => Some(News::Declined {
                by: about(),
                reason: reason(ReasonOf::Decline),
                then: AfterDecline::Ended,
            }),
            // Where it ended with that, the sender hears that it has ended.
            Intent::PartyDeclined => (!matches!(envelope.status(), Status::Declined { .. })).then(|| {
                News::Declined { by: about(), reason: reason(ReasonOf::Decline), then: AfterDecline::GoesOn }
            }),
            Intent::Voided => {
                let Status::Voided { by } = envelope.status() else { return None };
                let by = by.user().filter(|by| *by == envelope.sender()).map(|_| self.sender.to_owned());
                Some(News::Voided { by, reason: self.reason(ReasonOf::Void) })
            }
            Intent::Expired => envelope.deadline().map(|deadline| News::Expired { deadline }),
            Intent::Failed => Some(News::Failed),
            Intent::SignerChanged => self.changed(),
            Intent::Returned => Some(News::Returned { by: about(), reason: reason(ReasonOf::Return) }),
            Intent::PartyExpired => Some(News::PartyExpired { party: about() }),
            Intent::SecurityAlert => {
                let party = self.notice.about?;
                let Standing::Blocked { factor } = envelope.slot(party)?.standing() else { return None };
                Some(match self.to {
                    Recipient::Party { party: to, .. } if to == party => News::YouAreLocked { factor },
                    Recipient::Party { .. } | Recipient::Sender => {
                        News::PartyLocked { party: self.name(party), factor }
                    }
                })
            }
            Intent::Unblocked => Some(News::Unlocked),
            Intent::DownloadGranted => {
                let Recipient::Party { party, .. } = self.to else { return None };
                let grants = envelope.grants().iter().filter(|granted| granted.grant.party == party);
                let until = grants.map(|granted| granted.grant.not_after).max()?;
                (self.now < until).then_some(News::MayDownload { until })
            }
        }
    }

    /// The party whose turn it still is, and until when.
    fn turn(&self) -> Option<(PartyId, Option<Timestamp>)> {
        let Recipient::Party { party, .. } = self.to else { return None };
        let slot = self.envelope.slot(party)?;
        let open = matches!(slot.standing(), Standing::Active | Standing::Signing);
        let earlier = match (slot.deadline(), self.envelope.deadline()) {
            (Some(own), Some(all)) => Some(own.min(all)),
            (own, all) => own.or(all),
        };
        (open && self.envelope.status() == &Status::InProgress).then_some((party, earlier))
    }

    /// Another has the part of a party: told to the one, the other, and the sender, each from their side.
    fn changed(&self) -> Option<News> {
        let new = self.notice.about?;
        let original = self
            .envelope
            .parties()
            .map(|(party, _, slot)| (party, slot.standing()))
            .find_map(|(party, standing)| (standing == Standing::Replaced { by: new }).then_some(party));
        let (from, to) = (original.and_then(|party| self.name(party)), self.name(new));
        let note = original.and_then(|party| self.reason(ReasonOf::Handover(party)));
        Some(match self.to {
            Recipient::Sender => News::SignerChanged { original: from, new: to, note },
            Recipient::Party { party, .. } if party == new => News::NamedInstead { original: from, note },
            Recipient::Party { .. } => News::ReplacedBy { new: to },
        })
    }

    /// What was given as a reason, unless it was erased.
    fn reason(&self, of: ReasonOf) -> Option<String> {
        self.envelope.reason(of).map(ToString::to_string)
    }

    fn name(&self, party: PartyId) -> Option<String> {
        self.envelope.person(party).map(|person| person.name.as_str().to_owned())
    }
}
