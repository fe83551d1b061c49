//! What an event asks of the world outside.

use crate::name::{Destination, Kind};

/// Something to be delivered because of an event: a notice, a webhook, a job. It is written in the same transaction
/// as the event, so neither exists without the other, and delivered at least once, in the order of its stream.
///
/// The body is kept for ever: it holds ids, never a link, a token, a code or a name of a person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Effect {
    /// Where it goes. Deliveries of one stream to one destination keep their order.
    pub destination: Destination,
    /// What it is.
    pub kind: Kind,
    /// What the deliverer needs to know, at most 64 KiB.
    pub body: Vec<u8>,
}

impl Effect {
    /// Something to be delivered. Names that stand in your source are [`Destination::from_static`],
    /// [`Kind::from_static`].
    #[must_use]
    pub fn new(destination: Destination, kind: Kind, body: impl Into<Vec<u8>>) -> Self {
        Self { destination, kind, body: body.into() }
    }
}
