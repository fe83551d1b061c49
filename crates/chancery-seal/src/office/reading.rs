//! Keeps what was read, and reads on.

use chancery_ledger::{AsyncStore, Decider, Event, Loaded, StreamId, Version, limits};

use super::{Books, Work};
use crate::office_error::OfficeError;
use crate::organisation::{Organisation, OrganisationEvent, OrganisationState};
use crate::usage::{self, Usage, UsageEvent, UsageState};

/// The kind of the ledger's own event that says that something was erased.
const ERASED: &str = "chancery.erased";

/// What was read so far.
#[derive(Default)]
pub(super) struct Read {
    organisation: Option<Loaded<OrganisationState>>,
    usage: Option<Loaded<UsageState>>,
    others: Others,
    /// All that was erased up to here was erased before anything of the log of uses was read.
    erased_before: Version,
}

/// Whether somebody else writes to these streams at the moment, as far as one has seen.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub(super) enum Others {
    /// Whoever decides on what is known would often find that it has changed.
    #[default]
    Write,
    /// The last time nothing was new.
    Rest,
}

/// Everything as it stands.
pub(super) struct Now<'r> {
    pub(super) organisation: &'r OrganisationState,
    pub(super) organisation_version: Version,
    pub(super) usage: &'r UsageState,
    pub(super) usage_version: Version,
}

/// Which stream is read, and where what was read is kept.
struct Place<'b, D: Decider> {
    decider: D,
    stream: &'b StreamId,
    kept: fn(&mut Read) -> &mut Option<Loaded<D::State>>,
    replay: Replay<D>,
    /// The stream is read from its beginning on, and was so long then.
    begun: fn(&mut Read, Version),
    /// Whether these events take something away from what was read before them.
    is_stale: fn(&Read, &[Event]) -> bool,
}

type Replay<D> = fn(
    &D,
    Loaded<<D as Decider>::State>,
    &StreamId,
    &[Event],
) -> Result<Loaded<<D as Decider>::State>, OfficeError>;

impl Books {
    const fn of_organisation(&self) -> Place<'_, Organisation> {
        let decider = Organisation::new(self.policy, None);
        let replay: Replay<Organisation> =
            |decider, loaded, stream, events| Ok(loaded.replay(decider, stream, events)?);
        Place {
            decider,
            stream: &self.organisation,
            kept: |read| &mut read.organisation,
            replay,
            begun: |_, _| {},
            is_stale: |_, _| false,
        }
    }

    const fn of_usage(&self) -> Place<'_, Usage> {
        Place {
            decider: Usage,
            stream: &self.usage,
            kept: |read| &mut read.usage,
            replay: |_, loaded, stream, events| replay_with_words(loaded, stream, events),
            begun: |read, length| read.erased_before = length,
            is_stale: |read, page| {
                let takes = |event: &Event| event.record.kind.as_str() == ERASED;
                page.iter().any(|event| takes(event) && event.record.version > read.erased_before)
            },
        }
    }

    /// Looks at what is known already, if it may well be all. For decisions whose commit names what they rest on, and
    /// so is refused if it is not.
    pub(super) fn look_at_known<T>(&self, view: impl FnOnce(Now<'_>) -> T) -> Option<T> {
        let read = &*self.read();
        match read.others {
            Others::Rest => read.now().map(view),
            Others::Write => None,
        }
    }

    /// A commit met somebody else's.
    pub(super) fn others_write(&self) {
        self.read().others = Others::Write;
    }

    /// What was just recorded after these versions need not be read again.
    pub(super) fn recorded(
        &self,
        after: (Version, Version),
        acts: &[OrganisationEvent],
        uses: &[UsageEvent],
    ) {
        let read = &mut *self.read();
        self.of_organisation().recorded(read, after.0, acts);
        self.of_usage().recorded(read, after.1, uses);
    }
}

impl Read {
    fn now(&self) -> Option<Now<'_>> {
        let (organisation, usage) = (self.organisation.as_ref()?, self.usage.as_ref()?);
        Some(Now {
            organisation: &organisation.state,
            organisation_version: organisation.version,
            usage: &usage.state,
            usage_version: usage.version,
        })
    }
}

impl<D: Decider> Place<'_, D> {
    fn recorded(&self, read: &mut Read, after: Version, events: &[D::Event]) {
        let kept = (self.kept)(read);
        // Whoever else has read on meanwhile has read these.
        if let Some(loaded) = kept.take_if(|loaded| loaded.version == after && !events.is_empty()) {
            let count = u64::try_from(events.len()).unwrap_or(u64::MAX);
            let version = Version(loaded.version.0.saturating_add(count));
            let state = events.iter().fold(loaded.state, |state, event| self.decider.evolve(state, event));
            *kept = Some(Loaded { state, version });
        }
    }
}

impl<A: AsyncStore + ?Sized> Work<'_, A> {
    /// Reads on to the end of both streams, and looks.
    pub(super) async fn look<T>(&self, view: impl FnOnce(Now<'_>) -> T) -> Result<T, OfficeError> {
        loop {
            let (organisation_end, acts) = self.read_on(&self.books.of_organisation()).await?;
            let (usage_end, uses) = self.read_on(&self.books.of_usage()).await?;
            let mut read = self.books.read();
            read.others = if acts == 0 && uses == 0 { Others::Rest } else { Others::Write };
            // Somebody else may have forgotten what was read, and begun anew.
            if let Some(now) = read.now()
                && now.organisation_version >= organisation_end
                && now.usage_version >= usage_end
            {
                return Ok(view(now));
            }
        }
    }

    /// The state is moved through the replay and never copied. If a page fails, what was read is forgotten and read again;
    /// so it is where something was erased since, so that all offices decide on what the record says now.
    /// Says how far it came, and over how many new events.
    async fn read_on<D: Decider>(&self, place: &Place<'_, D>) -> Result<(Version, usize), OfficeError> {
        let mut count = 0_usize;
        loop {
            let known = (place.kept)(&mut self.books.read()).as_ref().map(|loaded| loaded.version);
            let after = match known {
                Some(version) => version,
                None => {
                    let head = self.store.head(&self.books.tenant, place.stream).await?.version;
                    let read = &mut *self.books.read();
                    if (place.kept)(read).is_none() {
                        (place.begun)(read, head);
                    }
                    (place.kept)(read).get_or_insert_with(|| Loaded::empty(&place.decider)).version
                }
            };
            let page = self.store.events(&self.books.tenant, place.stream, after, limits::PAGE).await?;
            if page.is_empty() {
                return Ok((after, count));
            }
            count = count.saturating_add(page.len());
            let read = &mut *self.books.read();
            let is_stale = (place.is_stale)(read, &page);
            let kept = (place.kept)(read);
            if is_stale {
                *kept = None;
                continue;
            }
            let loaded = kept.take().unwrap_or_else(|| Loaded::empty(&place.decider));
            // Others may have read some of these meanwhile; or have forgotten all, and then this page comes too early.
            if loaded.version < after {
                *kept = Some(loaded);
                continue;
            }
            let known = page.iter().take_while(|event| event.record.version <= loaded.version).count();
            *kept = Some((place.replay)(
                &place.decider,
                loaded,
                place.stream,
                page.get(known..).unwrap_or_default(),
            )?);
        }
    }
}

/// As [`Loaded::replay`], with the words that stand beside the events, as far as they do.
fn replay_with_words(
    loaded: Loaded<UsageState>,
    stream: &StreamId,
    events: &[Event],
) -> Result<Loaded<UsageState>, OfficeError> {
    let Loaded { mut state, mut version } = loaded;
    for event in events {
        let next = Version(version.0.saturating_add(1));
        let follows = event.record.version == next && event.record.stream == *stream;
        let read = if event.record.kind.is_reserved() { Ok(None) } else { usage::read(event).map(Some) };
        match read {
            Ok(read) if follows => read.iter().for_each(|read| state.apply(read)),
            Ok(_) | Err(_) => {
                // The ledger's own replay says what is wrong with it.
                let before = Loaded { state: UsageState::default(), version };
                let _ = before.replay(&Usage, stream, std::slice::from_ref(event))?;
                return Err(OfficeError::Unreadable);
            }
        }
        version = next;
    }
    Ok(Loaded { state, version })
}
