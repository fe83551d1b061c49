//! What the usage log shows, and to whom.

use std::io::Write;

use chancery_auth::UserId;
use chancery_digest::Digest;
use chancery_ledger::{AsyncStore, Checkpoint, Hash, Version, export_stream_async, limits};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::commit::{Key, Nonce, event_time};
use super::{Sealed, Work};
use crate::office_error::OfficeError;
use crate::organisation::{Member, SealAdministrator};
use crate::position::{Act, Position};
use crate::usage::{Query, Records, UsageEvent, UsageFact, UsageRecord, read};

impl<A: AsyncStore + ?Sized> Work<'_, A> {
    pub(super) async fn log(
        &self,
        by: &SealAdministrator,
        query: &Query,
    ) -> Result<Vec<UsageRecord>, OfficeError> {
        self.still_holds(by.user(), Position::SealAdministrator, Act::SeeWholeLog).await?;
        self.records(query).await
    }

    pub(super) async fn own_log(&self, by: &Member, query: &Query) -> Result<Vec<UsageRecord>, OfficeError> {
        let user = by.user();
        self.still_holds(user, Position::Member, Act::SeeOwnLog).await?;
        let mut records = self.records(query).await?;
        records.retain(|record| record.details.user == Some(user));
        Ok(records)
    }

    pub(super) async fn export_log(
        &self,
        by: &SealAdministrator,
        out: impl Write,
    ) -> Result<Checkpoint, OfficeError> {
        self.still_holds(by.user(), Position::SealAdministrator, Act::SeeWholeLog).await?;
        Ok(export_stream_async(self.store, &self.books.tenant, &self.books.usage, out).await?)
    }

    pub(super) async fn finished(
        &self,
        sealed: &Sealed,
        digest: Digest,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        let (key, user) = (sealed.key(), Some(sealed.user()));
        if !sealed.is_of(self.books) {
            return Err(OfficeError::NotSealed { key: key.clone() });
        }
        self.must_be_sealed(key).await?;
        let nonce = Nonce::random(rng);
        let command = Hash::of(format!("{key}\n{digest}").as_bytes());
        let came = self.settle(&nonce, |now| {
            let fact = UsageFact::Finished { key: key.clone(), digest: digest.into() };
            let event = UsageEvent { at: event_time(&now, at), fact };
            let ledger_key = self.books.ledger_key("finished", key.as_str())?;
            let ledger_key = Key { key: ledger_key, command, result: nonce.result(&[]) };
            Ok(self.books.draft_use(user, &now, event, ledger_key, rng)?.rests_on_uses().then(()))
        });
        came.await.map(drop)
    }

    pub(super) async fn still_holds(
        &self,
        user: UserId,
        position: Position,
        act: Act,
    ) -> Result<(), OfficeError> {
        let held = self.look(|now| now.organisation.holds(user, position, act)).await?;
        held.map_err(OfficeError::Act)
    }

    async fn records(&self, query: &Query) -> Result<Vec<UsageRecord>, OfficeError> {
        let mut records = Records::default();
        let mut after = Version::EMPTY;
        loop {
            let page = self.store.events(&self.books.tenant, &self.books.usage, after, limits::PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.record.version;
            for event in page.iter().filter(|event| !event.record.kind.is_reserved()) {
                records.add(&read(event)?);
            }
        }
        let mut lines = records.into_lines();
        lines.retain(|record| query.finds(record));
        Ok(lines)
    }
}
