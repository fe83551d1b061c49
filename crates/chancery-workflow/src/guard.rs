//! Guards that many commands share.

use chancery_auth::{FactorKind, KindSet, NotMet, Occasion, ProvedFactor, UserId};
use jiff::Timestamp;

use crate::acting::Acting;
use crate::draft_check::DraftFault;
use crate::envelope::Envelope;
use crate::event::{Event, ReasonGiven};
use crate::factor_rule::FactorName;
use crate::field::{FieldContent, Need};
use crate::id::{FieldId, PartyId, index, number};
use crate::next_action::Capacity;
use crate::party::Party;
use crate::person::Person;
use crate::policy::Policy;
use crate::reason::ReasonOf;
use crate::refusal::Refusal;
use crate::role::{Act, Role};
use crate::series::InSeries;
use crate::slot::{Consent, Slot, Standing};
use crate::status::{Status, StatusName};
use crate::text::Text;

/// What a command comes to: events, or a refusal that may carry some.
pub(crate) type Decided = Result<Vec<Event>, Denied>;

/// A refusal, and what is recorded with it.
pub(crate) struct Denied {
    pub(crate) refusal: Refusal,
    pub(crate) events: Vec<Event>,
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, events: Vec::new() }
    }
}

/// More than anybody looks and downloads; beside that, each field of the envelope four times; so that nobody fills a disk with it.
const MOST_EVENTS: u32 = 1000;

/// A refusal is recorded, so it names no more fields than that.
const MOST_NAMED: usize = 1000;

/// Who asks, when, of what.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) envelope: &'a Envelope,
    pub(crate) acting: Acting,
    pub(crate) now: Timestamp,
    pub(crate) policies: &'a [Box<dyn Policy>],
}

/// A party for which the actor acts.
#[derive(Clone, Copy)]
pub(crate) struct Turn<'a> {
    pub(crate) id: PartyId,
    pub(crate) party: &'a Party,
    pub(crate) slot: &'a Slot,
}

impl<'a> Asked<'a> {
    /// What somebody gives as a reason, in an event of its own: directly after the one that it belongs to.
    pub(crate) fn reason(&self, of: ReasonOf, words: &Text) -> Event {
        ReasonGiven { of, words: words.clone(), at: self.now }.into()
    }

    /// The actor acts in this capacity.
    pub(crate) fn is(&self, capacity: Capacity) -> Result<(), Refusal> {
        let user = self.acting.user();
        let sends = user == Some(self.envelope.sender);
        let owns = user == Some(self.envelope.owner());
        let holds = match capacity {
            Capacity::Sender => sends,
            Capacity::Owner => owns,
            Capacity::SenderOrOwner => sends || owns,
            Capacity::SenderOrSealer => sends || self.acting == Acting::Sealer,
            Capacity::Timer => self.acting == Acting::Timer,
            Capacity::Sealer => self.acting == Acting::Sealer,
            Capacity::Notifier => self.acting == Acting::Notifier,
            Capacity::Operator => matches!(self.acting, Acting::Operator(_)),
            Capacity::RecordsOfficer => matches!(self.acting, Acting::Records(_)),
            Capacity::Person => user.is_some(),
            Capacity::Party => false, // see `party`, which knows which
        };
        if holds { Ok(()) } else { Err(Refusal::NotPermitted(capacity)) }
    }

    /// The party, if the actor is its own person; the sealer, for a seal.
    pub(crate) fn party(&self, id: PartyId) -> Result<Turn<'a>, Refusal> {
        let turn = self.any_party(id)?;
        let is_theirs = match (&turn.party.role, self.acting) {
            (Role::Seal { .. }, acting) => acting == Acting::Sealer,
            (_, Acting::User(user)) => turn.party.user == Some(user),
            (
                _,
                Acting::Timer | Acting::Sealer | Acting::Notifier | Acting::Operator(_) | Acting::Records(_),
            ) => false,
        };
        if is_theirs { Ok(turn) } else { Err(Refusal::NotPermitted(Capacity::Party)) }
    }

    /// The party, if the actor is its own person or the host of its signature. A host lends the device, not the will: it
    /// serves for looking and signing, and only where the party proves something of its own.
    pub(crate) fn party_or_host(&self, id: PartyId) -> Result<Turn<'a>, Refusal> {
        let turn = self.any_party(id)?;
        match (&turn.party.role, self.acting) {
            (Role::SignInPerson { host, .. }, Acting::User(user))
                if user == *host && turn.party.factors.act().is_some() =>
            {
                Ok(turn)
            }
            _ => self.party(id), // nobody else has a host
        }
    }

    /// A party, whoever asks.
    pub(crate) fn any_party(&self, id: PartyId) -> Result<Turn<'a>, Refusal> {
        match (self.envelope.party(id), self.envelope.slot(id)) {
            (Some(party), Some(slot)) => Ok(Turn { id, party, slot }),
            _ => Err(Refusal::UnknownParty(id)),
        }
    }

    /// The envelope stands like this.
    pub(crate) fn stands(&self, needed: StatusName) -> Result<(), Refusal> {
        let found = self.envelope.status.name();
        if found == needed { Ok(()) } else { Err(Refusal::WrongStatus { found, needed }) }
    }

    /// The envelope is with its parties, and its deadline, also one that nobody has looked at yet, is not over.
    pub(crate) fn in_time(&self) -> Result<(), Refusal> {
        self.stands(StatusName::InProgress)?;
        match self.envelope.deadline {
            Some(deadline) if deadline <= self.now => {
                Err(Refusal::WrongStatus { found: StatusName::Expired, needed: StatusName::InProgress })
            }
            _ => Ok(()),
        }
    }

    /// It is the party's turn, in time, and the actor acts for it.
    pub(crate) fn turn(&self, id: PartyId) -> Result<Turn<'a>, Refusal> {
        self.at_turn(self.party(id)?)
    }

    /// It is the party's turn, in time.
    pub(crate) fn at_turn(&self, turn: Turn<'a>) -> Result<Turn<'a>, Refusal> {
        let id = turn.id;
        self.in_time()?;
        turn.is_at_turn()?;
        if turn.slot.deadline.is_some_and(|deadline| deadline <= self.now)
            && !turn.slot.has_live_session(self.now)
        {
            return Err(Refusal::WrongStanding { party: id, standing: Standing::Expired });
        }
        Ok(turn)
    }

    /// The same, and no session is under way.
    pub(crate) fn free_turn(&self, id: PartyId) -> Result<Turn<'a>, Refusal> {
        self.free(self.turn(id)?)
    }

    /// No session of the party is under way.
    pub(crate) fn free(&self, turn: Turn<'a>) -> Result<Turn<'a>, Refusal> {
        let id = turn.id;
        match &turn.slot.session {
            Some(session) if self.now <= session.until => {
                Err(Refusal::SessionInFlight { party: id, until: session.until })
            }
            _ => Ok(turn),
        }
    }

    /// The party has looked, and consented where its act needs that.
    pub(crate) fn has_agreed(&self, turn: &Turn<'_>, act: Act) -> Result<(), Refusal> {
        if act == Act::Seal {
            return Ok(()); // a machine neither looks nor consents
        }
        if turn.slot.opened_at.is_none() {
            return Err(Refusal::NotOpened(turn.id));
        }
        let disclosure = &self.envelope.draft.rules.disclosure;
        if act.needs_consent() && turn.slot.consent != Consent::Given(disclosure.digest) {
            return Err(Refusal::ConsentMissing { party: turn.id, version: disclosure.version.clone() });
        }
        Ok(())
    }

    /// The fields of the party's seat that must be filled are.
    pub(crate) fn has_filled(&self, turn: &Turn<'_>) -> Result<(), Refusal> {
        let fields = self.envelope.draft.fields.iter().enumerate();
        let empty: Vec<FieldId> = fields
            .filter(|(_, field)| field.party == turn.slot.seat && field.need == Need::Required)
            .filter(|(_, field)| field.content != FieldContent::Signature)
            .map(|(n, _)| FieldId::new(number(n)))
            .filter(|field| !self.envelope.values.contains_key(field))
            .take(MOST_NAMED)
            .collect();
        if empty.is_empty() { Ok(()) } else { Err(Refusal::FieldsEmpty(empty)) }
    }

    /// The party has proved what access takes.
    pub(crate) fn has_access(
        &self,
        turn: &Turn<'_>,
        proofs: &[ProvedFactor],
    ) -> Result<Vec<FactorName>, Refusal> {
        let Some(user) = turn.party.user else { return Ok(Vec::new()) };
        named(turn.party.factors.judge_access(|| self.envelope.access_of(user, turn.id), proofs, self.now))
    }

    /// The party has proved what its act takes, for the documents as they are.
    pub(crate) fn may_act(&self, turn: &Turn<'_>, proofs: &[ProvedFactor]) -> Result<Proved, Refusal> {
        let Some(user) = turn.party.user else { return Ok(Proved::default()) };
        let occasion = || self.envelope.act_of(user, turn.id);
        self.judge_act(turn, user, occasion, proofs)
    }

    /// The same for an occasion that may not be had: a digest set is never empty, as a draft without documents is not sent.
    pub(crate) fn judge_act(
        &self,
        turn: &Turn<'_>,
        user: UserId,
        occasion: impl Fn() -> Option<Occasion>,
        proofs: &[ProvedFactor],
    ) -> Result<Proved, Refusal> {
        let occasion = || occasion().unwrap_or_else(|| nothing_to_act_on(user));
        let (kinds, act) = turn.party.factors.judge_act(occasion, proofs, self.now).map_err(not_met)?;
        let series = act.map(|act| Box::new(InSeries::from(&act)));
        Ok(Proved { factors: FactorName::of(kinds), series })
    }

    /// Whoever hands an act over has proved all that it takes: a series is for acts.
    pub(crate) fn may_hand_over(&self, turn: &Turn<'_>, proofs: &[ProvedFactor]) -> Result<(), Refusal> {
        let Some(user) = turn.party.user else { return Ok(()) };
        let occasion = || self.envelope.act_of(user, turn.id).unwrap_or_else(|| nothing_to_act_on(user));
        turn.party.factors.judge_whole(occasion, proofs, self.now).map(|_| ()).map_err(not_met)
    }

    /// A user has an acting part in the same step already, other than the one that is given up.
    pub(crate) fn is_new_in_step(&self, user: UserId, turn: &Turn<'_>) -> Result<(), Refusal> {
        let members = self.envelope.members(turn.party.step).iter().filter(|member| **member != turn.id);
        let same = members.copied().find(|member| {
            let counts = self
                .envelope
                .slot(*member)
                .is_some_and(|slot| slot.standing.prospect() != crate::slot::Prospect::Gone);
            counts && self.envelope.party(*member).is_some_and(|party| party.user == Some(user))
        });
        same.map_or(Ok(()), |party| Err(Refusal::SamePerson(party)))
    }

    /// A user has acted in this envelope.
    pub(crate) fn has_not_finished(&self, user: UserId) -> Result<(), Refusal> {
        let finished = |(n, party): (usize, &std::sync::Arc<Party>)| {
            let done = self.envelope.slots.get(n).is_some_and(|slot| slot.standing == Standing::Done);
            (done && party.user == Some(user)).then(|| PartyId::new(number(n)))
        };
        let finished = self.envelope.parties.iter().enumerate().find_map(finished);
        finished.map_or(Ok(()), |party| Err(Refusal::SamePerson(party)))
    }

    /// A session whose lease has not ended, of anybody.
    pub(crate) fn no_live_session(&self) -> Result<(), Refusal> {
        for (n, slot) in self.envelope.slots.iter().enumerate() {
            if let Some(session) = slot.session.as_ref().filter(|session| self.now <= session.until) {
                return Err(Refusal::SessionInFlight {
                    party: PartyId::new(number(n)),
                    until: session.until,
                });
            }
        }
        Ok(())
    }

    /// The status as a pause or something else.
    pub(crate) const fn status(&self) -> &Status {
        &self.envelope.status
    }

    /// What a party has of a step's definition.
    pub(crate) fn field(&self, turn: &Turn<'_>, field: FieldId) -> Result<&'a crate::field::Field, Refusal> {
        let found = self.envelope.draft.fields.get(index(field.number()));
        found
            .filter(|found| found.party == turn.slot.seat)
            .ok_or(Refusal::NotYourField { party: turn.id, field })
    }
}

impl Turn<'_> {
    /// It is the party's turn.
    pub(crate) fn is_at_turn(&self) -> Result<(), Refusal> {
        match self.slot.standing {
            Standing::Active | Standing::Signing => Ok(()),
            standing => Err(Refusal::WrongStanding { party: self.id, standing }),
        }
    }

    /// Who gets one-time codes has a telephone or an address for them.
    pub(crate) fn can_be_reached(&self, person: &Person) -> Result<(), Refusal> {
        let takes_codes = self.party.factors.kinds().contains(FactorKind::OneTimeCode);
        if takes_codes && person.phone.is_none() && person.email.is_none() {
            return Err(Refusal::Draft(vec![DraftFault::NoWayToSend(self.id)]));
        }
        Ok(())
    }

    /// The party leaves no more events of little weight than anybody needs.
    pub(crate) fn is_bounded(&self, envelope: &Envelope) -> Result<(), Refusal> {
        let fields = number(envelope.draft.fields.len()).saturating_mul(4);
        if self.slot.events >= MOST_EVENTS.saturating_add(fields) {
            let what = "looks, values and downloads of one party".to_owned();
            return Err(Refusal::TooMany { what, most: u64::from(MOST_EVENTS) });
        }
        Ok(())
    }

    /// The party is there for this.
    pub(crate) fn is_there_to(&self, wanted: Act) -> Result<(), Refusal> {
        if self.party.role.act() == Some(wanted) {
            Ok(())
        } else {
            Err(Refusal::WrongRole { party: self.id, wanted })
        }
    }
}

/// For this nobody proves anything, and nobody is asked to.
fn nothing_to_act_on(user: UserId) -> Occasion {
    Occasion::access(user, b"no documents")
}

/// What was proved for an act.
#[derive(Default)]
pub(crate) struct Proved {
    pub(crate) factors: Vec<FactorName>,
    pub(crate) series: Option<Box<InSeries>>,
}

fn named(judged: Result<KindSet, NotMet>) -> Result<Vec<FactorName>, Refusal> {
    judged.map(FactorName::of).map_err(not_met)
}

fn not_met(why: NotMet) -> Refusal {
    Refusal::Factors { why: why.to_string() }
}
