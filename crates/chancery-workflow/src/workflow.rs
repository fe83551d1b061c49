//! The decider of envelopes.

use chancery_ledger::{Call, Context, Decider, Decision, Effect, Tenant};
use jiff::Timestamp;

use crate::access;
use crate::acting::Acting;
use crate::command::Command;
use crate::decide;
use crate::due;
use crate::effects;
use crate::envelope::Envelope;
use crate::event::{Event, PolicyReacted, RefusalRecorded};
use crate::evolve;
use crate::follow::Course;
use crate::guard::{Asked, Decided, Denied};
use crate::id::EnvelopeId;
use crate::next_action::Capacity;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::reply::{Accepted, Made, Reply};
use crate::rules::Permission;

/// Decides what becomes of envelopes: a [`Decider`] for the ledger's [`Runner`](chancery_ledger::Runner), one stream per
/// envelope. It holds no state of its own.
///
/// ```
/// use chancery_ledger::{Context, MemoryStore, Runner, Tenant};
/// use chancery_workflow::*;
/// # use chancery_auth::UserId;
/// # use getrandom::{SysRng, rand_core::UnwrapErr};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut rng = UnwrapErr(SysRng);
/// # let now: jiff::Timestamp = "2026-11-22T12:00:00Z".parse()?;
/// # let (sender, alice) = (UserId::random(&mut rng), UserId::random(&mut rng));
/// # let disclosure = Disclosure { version: Text::new("2026-1")?, digest: ContentDigest::from_bytes([9; 32]) };
/// let (workflow, store, acme) = (Workflow::new(), MemoryStore::new(), Tenant::new("acme")?);
/// let mut draft = Draft::new("Minutes of the board", Rules::new(disclosure))?;
/// draft.document("minutes.pdf", ContentDigest::from_bytes([7; 32]))?;
/// let reading = draft.step(Step::all(Phase::Approval));
/// draft.party(Party::new(Role::Acknowledge, reading, alice));
///
/// let envelope = EnvelopeId::random(&mut rng);
/// for command in [Command::CreateDraft { envelope, draft: Box::new(draft) }, Command::Send { permissions: Vec::new() }] {
///     let context = Context::new(Acting::User(sender).actor(), now, &mut rng);
///     let call = workflow.call(&acme, envelope, command, context);
///     Runner::new(&workflow, &store).run(&call, &mut rng)?.reply.accepted()?;
/// }
/// let state = Runner::new(&workflow, &store).load(&acme, &envelope.stream())?.state;
/// assert_eq!(state.unwrap().status().name(), StatusName::InProgress);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Workflow {
    policies: Vec<Box<dyn Policy>>,
}

/// How many further commands policies may ask for in one commit, and how far they may follow from each other.
const MOST_REACTIONS: usize = 16;
const MOST_DEPTH: usize = 4;

impl Workflow {
    /// With the built-in rules only.
    #[must_use]
    pub const fn new() -> Self {
        Self { policies: Vec::new() }
    }

    /// With a further policy.
    #[must_use]
    pub fn policy(mut self, policy: impl Policy + 'static) -> Self {
        self.policies.push(Box::new(policy));
        self
    }

    /// A command for the stream of an envelope.
    #[must_use]
    pub fn call(
        &self,
        tenant: &Tenant,
        envelope: EnvelopeId,
        command: Command,
        context: Context,
    ) -> Call<Command> {
        Call::new(tenant, &envelope.stream(), command, context)
    }

    /// Judges one command and what follows from it.
    fn judge(
        &self,
        state: Option<&Envelope>,
        command: &Command,
        context: &Context,
    ) -> Result<Course, Denied> {
        let Some(acting) = Acting::of(context.actor()) else {
            return Err(Refusal::NotPermitted(Capacity::Person).into());
        };
        let events = self.guarded(state, command, acting, context)?;
        let now = now(state, context);
        let mut course = match state {
            Some(envelope) => {
                Course { envelope: envelope.clone(), events: Vec::with_capacity(events.len() + 4) }
            }
            None => return begin(events),
        };
        events.into_iter().for_each(|event| course.record(event));
        course.follow(now);
        if !self.policies.is_empty() {
            self.react(&mut course, context);
        }
        Ok(course)
    }

    /// The built-in guards, then the policies: a policy hears only of what would be done.
    fn guarded(
        &self,
        state: Option<&Envelope>,
        command: &Command,
        acting: Acting,
        context: &Context,
    ) -> Decided {
        let events = match (state, command) {
            (None, Command::CreateDraft { envelope, draft }) => {
                let sender = acting.user().ok_or(Refusal::NotPermitted(Capacity::Person))?;
                decide::create(sender, *envelope, draft, context.now())
            }
            (None, Command::Tick) => Ok(Vec::new()),
            (None, _) => Err(Refusal::UnknownEnvelope.into()),
            (Some(envelope), command) => {
                let asked = Asked { envelope, acting, now: now(state, context), policies: &self.policies };
                decide::decide(asked, command)
            }
        }?;
        // Facts are not asked about: time passes, deliveries fare as they do, an attempt has failed.
        if let Command::Tick | Command::RecordDelivery { .. } | Command::FinalizeErr { .. } = command {
            return Ok(events);
        }
        for policy in &self.policies {
            let objection = policy.permit(state, command, context);
            objection.map_err(|objection| Refusal::Policy {
                policy: policy.name(),
                why: objection.why,
                next: objection.next,
            })?;
        }
        Ok(events)
    }

    /// What the policies ask for because of the events, each judged as a command of the sender.
    fn react(&self, course: &mut Course, context: &Context) {
        let (mut seen, mut left) = (0, MOST_REACTIONS);
        for _ in 0..MOST_DEPTH {
            let until = course.events.len();
            if seen == until {
                return;
            }
            let fresh: Vec<Event> = course.events.get(seen..until).unwrap_or_default().to_vec();
            seen = until;
            for (event, policy) in
                fresh.iter().flat_map(|event| self.policies.iter().map(move |p| (event, p)))
            {
                for command in policy.react(&course.envelope, event) {
                    if left == 0 {
                        return;
                    }
                    left -= 1;
                    self.reaction(course, policy.as_ref(), &command, context);
                }
            }
        }
    }

    fn reaction(&self, course: &mut Course, policy: &dyn Policy, command: &Command, context: &Context) {
        let (name, permission) = command.for_policies();
        if permission == Permission::Forbidden {
            return;
        }
        let sender = Acting::User(course.envelope.sender);
        if let Ok(events) = self.guarded(Some(&course.envelope), command, sender, context) {
            let reacted =
                PolicyReacted { policy: policy.name(), command: name.to_owned(), at: context.now() };
            course.record(reacted);
            events.into_iter().for_each(|event| course.record(event));
            course.follow(context.now());
        }
    }
}

/// The time: that of the context, and never before what has happened. Of two nodes whose clocks differ the slower one
/// takes the time of the faster, so no lease grows and no order turns round.
fn now(state: Option<&Envelope>, context: &Context) -> Timestamp {
    state.map_or(context.now(), |envelope| envelope.latest.max(context.now()))
}

/// The first events of an envelope.
fn begin(events: Vec<Event>) -> Result<Course, Denied> {
    let mut state = None;
    for event in &events {
        state = evolve::evolve(state, event);
    }
    let envelope = state.ok_or(Refusal::UnknownEnvelope)?;
    Ok(Course { envelope, events })
}

impl Decider for Workflow {
    type State = Option<Envelope>;
    type Command = Command;
    type Event = Event;
    type Reply = Reply;

    fn initial(&self) -> Option<Envelope> {
        None
    }

    fn decide(
        &self,
        state: &Option<Envelope>,
        command: &Command,
        context: &Context,
    ) -> Decision<Event, Reply> {
        if let (None, Command::Tick) = (state, command) {
            return Decision::reply(Reply::Refused(Refusal::UnknownEnvelope));
        }
        match self.judge(state.as_ref(), command, context) {
            Ok(Course { envelope, events }) => {
                let (status, head) = (envelope.status.name(), envelope.head);
                let accepted = Accepted { status, head, made: made(&events) };
                Decision::reply(Reply::Accepted(accepted)).events(events)
            }
            Err(denied) => refuse(state.as_ref(), denied, command, context),
        }
    }

    fn evolve(&self, state: Option<Envelope>, event: &Event) -> Option<Envelope> {
        evolve::evolve(state, event)
    }

    fn next_due(&self, state: &Option<Envelope>) -> Option<Timestamp> {
        state.as_ref().and_then(due::next)
    }

    fn effects(&self, state: &Option<Envelope>, event: &Event) -> Vec<Effect> {
        state.as_ref().map_or_else(Vec::new, |envelope| effects::effects(envelope, event))
    }

    fn command_bytes(&self, command: &Command) -> Vec<u8> {
        command.bytes()
    }
}

/// What the events made that the caller needs to know.
fn made(events: &[Event]) -> Option<Made> {
    events.iter().find_map(|event| match event {
        Event::SignerChanged(changed) => Some(Made::Party(changed.to)),
        Event::PartyReassigned(reassigned) => Some(Made::Party(reassigned.to)),
        Event::DownloadGranted(granted) => Some(Made::Grant(granted.grant.id)),
        Event::LegalHoldSet(set) => Some(Made::Hold(set.hold)),
        Event::SigningBegan(began) => Some(Made::Session { until: began.until }),
        Event::FinalizeStarted(started) => {
            Some(Made::Attempt { attempt: started.attempt, until: started.until })
        }
        _ => None, // other events make nothing that has a number
    })
}

/// Answers a refusal; what the record must show is recorded first.
fn refuse(
    state: Option<&Envelope>,
    denied: Denied,
    command: &Command,
    context: &Context,
) -> Decision<Event, Reply> {
    let Denied { refusal, events } = denied;
    // What the envelope's own record shows (a stale session, a result that came too late) is not told twice.
    let aside = state.filter(|_| events.is_empty()).and_then(|envelope| {
        let (of, at) = (access::asker(envelope, command, context), now(state, context));
        let concern = access::recorded_as(envelope, of, &refusal, at)?;
        let counted: Event = RefusalRecorded { of, concern, at }.into();
        Some((envelope.id.access_stream(), access::refused(command, &refusal), counted))
    });
    let decision = Decision::reply(Reply::Refused(refusal)).events(events);
    match aside {
        Some((stream, told, counted)) => decision.event(counted).aside(stream, told),
        None => decision,
    }
}
