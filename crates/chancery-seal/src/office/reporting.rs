//! What the usage log shows, and to whom.

use std::io::Write;

use chancery_digest::Digest;
use chancery_ledger::{Checkpoint, Hash, Kind, Store, StoredEvent, Version, export_stream, limits};
use jiff::Timestamp;
use rand_core::CryptoRng;

use super::commit::{Next, Nonce, actor, event_time};
use super::{Office, Sealed};
use crate::office_error::OfficeError;
use crate::organisation::{Member, SealAdministrator};
use crate::position::{Act, Position};
use crate::usage::{Query, Records, UsageEvent, UsageFact, UsageRecord};

impl<S: Store + ?Sized> Office<'_, S> {
    /// The usage log for the seal administrator: all of it, also of people who have left and rights that have ended.
    ///
    /// # Errors
    /// If the person is not the seal administrator any more, or the ledger fails.
    pub fn log(&self, by: &SealAdministrator, query: &Query) -> Result<Vec<UsageRecord>, OfficeError> {
        self.is_seal_administrator(by)?;
        self.records(query)
    }

    /// A member's own part of the usage log.
    ///
    /// # Errors
    /// If the person is no member any more, or the ledger fails.
    pub fn own_log(&self, by: &Member, query: &Query) -> Result<Vec<UsageRecord>, OfficeError> {
        let user = by.user();
        let held = self.organisation(|state| state.holds(user, Position::Member, Act::SeeOwnLog))?;
        held.map_err(OfficeError::Act)?;
        let mut records = self.records(query)?;
        records.retain(|record| record.details.user == Some(user));
        Ok(records)
    }

    /// The usage log as JSON lines, each event with the proof that it is in the tenant's log (RFC 6962);
    /// [`read_export`](chancery_ledger::read_export) checks it without the store, and names what was edited.
    ///
    /// # Errors
    /// If the person is not the seal administrator any more, or the ledger or the writer fails.
    pub fn export_log(&self, by: &SealAdministrator, out: impl Write) -> Result<Checkpoint, OfficeError> {
        self.is_seal_administrator(by)?;
        Ok(export_stream(self.store, &self.tenant, &self.usage, out)?)
    }

    /// Records the digest of the finished file, once for each use.
    ///
    /// # Errors
    /// If another digest was recorded for it, or the ledger fails.
    pub fn finished(
        &self,
        sealed: &Sealed,
        digest: Digest,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        let key = sealed.key();
        if !sealed.is_of(self) {
            return Err(OfficeError::NotSealed { key: key.clone() });
        }
        self.must_be_sealed(key)?;
        let nonce = Nonce::random(rng);
        let command = Hash::of(format!("{key}\n{digest}").as_bytes());
        self.settle(&nonce, |now| {
            let fact = UsageFact::Finished { key: key.clone(), digest: digest.into() };
            let event = UsageEvent { at: event_time(&now, at), fact };
            let ledger_key = (self.ledger_key("finished", key.as_str())?, command, nonce.result(&[]));
            Ok(Next::Commit(
                self.usage_commit(&actor(Some(sealed.user()))?, &event, &now, ledger_key, rng)?,
                (),
            ))
        })?;
        Ok(())
    }

    fn is_seal_administrator(&self, by: &SealAdministrator) -> Result<(), OfficeError> {
        let held = |state: &crate::OrganisationState| {
            state.holds(by.user(), Position::SealAdministrator, Act::SeeWholeLog)
        };
        self.organisation(held)?.map_err(OfficeError::Act)
    }

    fn records(&self, query: &Query) -> Result<Vec<UsageRecord>, OfficeError> {
        let mut records = Records::default();
        let mut after = Version::EMPTY;
        loop {
            let page = self.store.events(&self.tenant, &self.usage, after, limits::PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.record.version;
            for event in page.iter().filter(|event| !Kind::is_reserved(&event.record.kind)) {
                let (kind, schema) = (&event.record.kind, event.record.schema);
                let read = match event.payload() {
                    Some(payload) => UsageEvent::from_bytes(kind, schema, payload).ok(),
                    None => UsageEvent::erased(kind, schema),
                };
                records.add(&read.ok_or(OfficeError::Unreadable)?);
            }
        }
        let mut lines = records.into_lines();
        lines.retain(|record| query.finds(record));
        Ok(lines)
    }
}
