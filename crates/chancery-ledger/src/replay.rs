//! From events to state.

use crate::decider::Decider;
use crate::decider_stored::StoredEvent;
use crate::error::StoreError;
use crate::event::Event;
use crate::limits;
use crate::name::StreamId;
use crate::number::Version;
use crate::runner_error::RunError;

/// A state, and how many events of its stream made it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Loaded<S> {
    /// What the events came to.
    pub state: S,
    /// How many there were.
    pub version: Version,
}

impl<S> Loaded<S> {
    /// The state of a stream without events.
    pub fn empty<D: Decider<State = S>>(decider: &D) -> Self {
        Self { state: decider.initial(), version: Version::EMPTY }
    }

    /// The state after further events of the stream, which must follow on without a gap. Events that the ledger itself
    /// wrote only count.
    ///
    /// # Errors
    /// If an event does not follow, cannot be read, or is erased and the decider does not know what to make of it.
    pub fn replay<D: Decider<State = S>>(
        self,
        decider: &D,
        stream: &StreamId,
        events: &[Event],
    ) -> Result<Self, RunError> {
        let Self { mut state, mut version } = self;
        for event in events {
            version = version.next();
            if event.record.version != version || event.record.stream != *stream {
                let (found, of) = (event.record.version, &event.record.stream);
                let told =
                    format!("event {found} of stream {of} came for event {version} of stream {stream}");
                return Err(StoreError::corrupt(told).into());
            }
            if !event.record.kind.is_reserved() {
                state = decider.evolve(state, &read::<D::Event>(event)?);
            }
        }
        Ok(Self { state, version })
    }
}

fn read<E: StoredEvent>(event: &Event) -> Result<E, RunError> {
    let (kind, schema) = (&event.record.kind, event.record.schema);
    match event.payload() {
        Some(payload) => E::from_bytes(kind, schema, payload).map_err(|source| RunError::UnreadableEvent {
            stream: event.record.stream.clone(),
            version: event.record.version,
            kind: kind.clone(),
            schema,
            source,
        }),
        None => E::erased(kind, schema).ok_or_else(|| RunError::Erased {
            stream: event.record.stream.clone(),
            version: event.record.version,
        }),
    }
}

/// Whether more may follow a page that was asked for with [`limits::PAGE`]. Should a store end its pages earlier, the
/// commit that builds on them meets a conflict, and the rest is read then.
pub(crate) fn is_full(page: &[Event]) -> bool {
    let bytes = |event: &Event| {
        event.payload().map_or(0, <[u8]>::len).saturating_add(event.evidence().map_or(0, <[u8]>::len))
    };
    page.len() >= limits::PAGE || page.iter().map(bytes).fold(0, usize::saturating_add) >= limits::PAGE_BYTES
}
