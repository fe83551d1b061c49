//! The organisation as a decider of the ledger.

use chancery_auth::UserId;
use chancery_ledger::{Context, Decider, Decision, Destination, Effect, Kind, NewEvent, StreamId};
use serde::Serialize;

use super::command::{Asked, Command};
use super::decide::Asker;
use super::decide_seals::Means;
use super::event::{OrganisationEvent, OrganisationFact as Fact};
use super::refusal::ActRefusal;
use super::reply::Reply;
use super::state::OrganisationState;
use crate::clock;
use crate::kept_digest::KeptDigest;
use crate::policy::SealPolicy;
use crate::position::Act;
use crate::wire;

/// The rules of an organisation: a [`Decider`], without a clock, a database or a network.
#[derive(Clone, Debug)]
pub struct Organisation {
    policy: SealPolicy,
    refused: Option<StreamId>,
}

/// The kinds of what a removed member leaves to be done.
pub mod effect_kind {
    /// To the authority: revoke the person's certificates. Delivered until it is confirmed.
    pub const REVOKE_CERTIFICATES: &str = "seal.revoke-certificates";
    /// To the sessions: end those of the person.
    pub const END_SESSIONS: &str = "seal.end-sessions";
    /// To the workflows: give the person's open parts to others.
    pub const REASSIGN_PARTIES: &str = "seal.reassign-parties";
}

impl Organisation {
    /// With this policy. Refused acts are recorded in the stream `refused`, where one is given.
    #[must_use]
    pub const fn new(policy: SealPolicy, refused: Option<StreamId>) -> Self {
        Self { policy, refused }
    }
}

/// What a refused act leaves in the stream of refusals.
#[derive(Serialize)]
struct RefusedAct<'r> {
    at: jiff::Timestamp,
    #[serde(with = "wire::maybe_user")]
    user: Option<UserId>,
    act: Act,
    reasons: &'r [ActRefusal],
}

/// What a removal leaves to be done.
#[derive(Serialize)]
struct Gone<'g> {
    #[serde(with = "wire::user")]
    user: UserId,
    certificates: &'g [KeptDigest],
}

impl Decider for Organisation {
    type State = OrganisationState;
    type Command = Command;
    type Event = OrganisationEvent;
    type Reply = Reply;

    fn initial(&self) -> OrganisationState {
        OrganisationState::default()
    }

    fn decide(
        &self,
        state: &OrganisationState,
        command: &Command,
        context: &Context,
    ) -> Decision<OrganisationEvent, Reply> {
        let (now, latest) = (context.now(), state.latest());
        let decided = match clock::forward(now, latest) {
            None => Err(vec![ActRefusal::ClockBehind { now, latest }]),
            Some(at) => {
                let asker =
                    |user: &UserId| Asker { actor: context.actor(), user: *user, act: command.act(), at };
                let means = Means { fresh: context.fresh(), policy: &self.policy };
                match &command.0 {
                    Asked::Account(user, act) => state.decide_account(asker(user), act),
                    Asked::Seals(user, act) => state.decide_seals(asker(user), act, means),
                    Asked::Own(user, act) => state.decide_own(asker(user), act),
                    Asked::Desk(act) => state.decide_desk(act, at),
                }
            }
            .map(|(fact, reply)| (OrganisationEvent { at, fact }, reply)),
        };
        match decided {
            Ok((event, reply)) => Decision::reply(reply).event(event),
            Err(reasons) => {
                let told =
                    RefusedAct { at: now, user: command.user(), act: command.act(), reasons: &reasons };
                let bytes = serde_json::to_vec(&told).unwrap_or_default();
                let decision = |reasons| Decision::reply(Reply::Refused(reasons));
                match (&self.refused, Kind::new("seal.act-refused")) {
                    (Some(stream), Ok(kind)) => {
                        decision(reasons).aside(stream.clone(), NewEvent::new(kind, 1, bytes))
                    }
                    (None, _) | (_, Err(_)) => decision(reasons),
                }
            }
        }
    }

    fn evolve(&self, mut state: OrganisationState, event: &OrganisationEvent) -> OrganisationState {
        state.apply(event);
        state
    }

    fn effects(&self, _: &OrganisationState, event: &OrganisationEvent) -> Vec<Effect> {
        effects(event)
    }

    fn command_bytes(&self, command: &Command) -> Vec<u8> {
        command.to_bytes()
    }
}

/// What an event leaves to be done. It follows from the event alone.
pub(crate) fn effects(event: &OrganisationEvent) -> Vec<Effect> {
    let Fact::Removed { user, certificates } = &event.fact else { return Vec::new() };
    let body = serde_json::to_vec(&Gone { user: *user, certificates }).unwrap_or_default();
    let to = [
        ("certificate-authority", effect_kind::REVOKE_CERTIFICATES),
        ("sessions", effect_kind::END_SESSIONS),
        ("workflow", effect_kind::REASSIGN_PARTIES),
    ];
    let effect = |(destination, kind)| {
        Effect::new(Destination::from_static(destination), Kind::from_static(kind), body.clone())
    };
    to.into_iter().map(effect).collect()
}
