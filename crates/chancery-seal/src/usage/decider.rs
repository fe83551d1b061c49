//! The usage log, for those who replay it.

use chancery_ledger::{Context, Decider, Decision};

use super::event::UsageEvent;
use super::state::UsageState;

/// The usage log as the ledger replays it. What is decided rests on the organisation as well, and is decided by the
/// office; so this has no commands.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Usage;

/// No command exists.
#[derive(Clone, Debug)]
pub(crate) enum NoCommand {}

impl Decider for Usage {
    type State = UsageState;
    type Command = NoCommand;
    type Event = UsageEvent;
    type Reply = ();

    fn initial(&self) -> UsageState {
        UsageState::default()
    }

    fn decide(&self, _: &UsageState, command: &NoCommand, _: &Context) -> Decision<UsageEvent, ()> {
        match *command {}
    }

    fn evolve(&self, mut state: UsageState, event: &UsageEvent) -> UsageState {
        state.apply(event);
        state
    }

    fn command_bytes(&self, command: &NoCommand) -> Vec<u8> {
        match *command {}
    }
}
