//! What names a person is erased; that something happened stays.

use std::collections::HashMap;

use chancery_ledger::{AsyncStore, Commit, Content, Event, Part, Record, StreamId, Version, limits};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::Work;
use super::commit::actor;
use crate::office_error::OfficeError;
use crate::organisation::SealAdministrator;
use crate::position::{Act, Position};
use crate::text::UseKey;
use crate::usage::{Erasure, read};

/// Fewer than a commit may have.
const MOST_AT_ONCE: usize = limits::EVENTS / 2;

impl<A: AsyncStore + ?Sized> Work<'_, A> {
    pub(super) async fn forget(
        &self,
        key: &UseKey,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<usize, OfficeError> {
        let mut found = Vec::new();
        for stream in [&self.books.usage, &self.books.strangers] {
            self.each(stream, |event| {
                if of_use(&event, key)? && event.evidence().is_some_and(|words| !words.is_empty()) {
                    found.push((stream, event.record.version));
                }
                Ok(())
            })
            .await?;
        }
        for some in found.chunks(MOST_AT_ONCE) {
            let commit = Commit::new(&self.books.tenant, &actor(None)?, at, rng);
            let commit = some
                .iter()
                .fold(commit, |commit, (stream, version)| commit.erase(stream, *version, Part::Evidence));
            let _ = self.store.commit(&commit).await?;
        }
        Ok(found.len())
    }

    pub(super) async fn erased(&self, by: &SealAdministrator) -> Result<Vec<Erasure>, OfficeError> {
        self.still_holds(by.user(), Position::SealAdministrator, Act::SeeWholeLog).await?;
        let mut all = Vec::new();
        for stream in [&self.books.usage, &self.books.strangers] {
            let (mut erased, mut erasing) = (Vec::new(), HashMap::new());
            let seen = self.each(stream, |event| {
                for (part, content) in [(Part::Payload, &event.payload), (Part::Evidence, &event.evidence)] {
                    if let Content::Erased { by } = content {
                        erased.push((event.record.clone(), part, *by));
                    }
                }
                // The ledger's own events say what erased something, or held it.
                if event.record.kind.is_reserved() {
                    erasing.insert(event.record.version, (event.record.at, event.record.actor));
                }
                Ok(())
            });
            seen.await?;
            let told = |(record, part, by): (Record, Part, Version)| {
                let (erased_at, erased_by) = erasing.get(&by).cloned().ok_or(OfficeError::Unreadable)?;
                let (recorded_at, recorded_by, kind) = (record.at, record.actor, record.kind);
                Ok(Erasure { recorded_at, recorded_by, kind, part, erased_at, erased_by })
            };
            all.extend(erased.into_iter().map(told).collect::<Result<Vec<_>, OfficeError>>()?);
        }
        Ok(all)
    }

    async fn each(
        &self,
        stream: &StreamId,
        mut see: impl FnMut(Event) -> Result<(), OfficeError>,
    ) -> Result<(), OfficeError> {
        let mut after = Version::EMPTY;
        loop {
            let page = self.store.events(&self.books.tenant, stream, after, limits::PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.record.version;
            page.into_iter().try_for_each(&mut see)?;
        }
    }
}

/// Whether an event tells of the use with this key.
fn of_use(event: &Event, key: &UseKey) -> Result<bool, OfficeError> {
    if event.record.kind.is_reserved() {
        return Ok(false);
    }
    Ok(read(event)?.fact.details().is_some_and(|details| details.key == *key))
}
