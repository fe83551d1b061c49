//! Rules of the application beside the built-in ones.

use std::fmt::Debug;

use chancery_ledger::Context;

use crate::command::Command;
use crate::envelope::Envelope;
use crate::event::Event;
use crate::text::Text;

/// Rules of the application. A policy can refuse what the built-in guards let through, and ask for further commands; it
/// cannot let through what they refuse, because everything that it asks for passes them too, as a command of the sender.
pub trait Policy: Debug + Send + Sync {
    /// Its name and version: it enters the hash of the rules that an envelope is sent under, and the record of what it
    /// asked for.
    fn name(&self) -> Text;

    /// Whether the command may be done. The envelope is as it was before; there is none before the draft is created.
    ///
    /// # Errors
    /// Why not, and what would help.
    fn permit(
        &self,
        envelope: Option<&Envelope>,
        command: &Command,
        context: &Context,
    ) -> Result<(), Objection>;

    /// What is to follow an event, in the same commit. The envelope is as it is after it. What is refused then does not
    /// happen; the event stays.
    fn react(&self, _envelope: &Envelope, _event: &Event) -> Vec<Command> {
        Vec::new()
    }
}

/// Why a policy refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// Why.
    pub why: Text,
    /// What would make it succeed (G10).
    pub next: Text,
}
