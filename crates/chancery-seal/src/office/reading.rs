//! Keeps what was read, and reads on.

use chancery_ledger::{Decider, Loaded, Store, StreamId, Tenant, Version, limits};

use super::Office;
use crate::office_error::OfficeError;
use crate::organisation::{Organisation, OrganisationState};
use crate::policy::SealPolicy;
use crate::usage::{Usage, UsageState};

/// What was read so far.
#[derive(Default)]
pub(super) struct Read {
    organisation: Option<Loaded<OrganisationState>>,
    usage: Option<Loaded<UsageState>>,
}

/// Everything as it stands.
pub(super) struct Now<'r> {
    pub(super) organisation: &'r OrganisationState,
    pub(super) organisation_version: Version,
    pub(super) usage: &'r UsageState,
    pub(super) usage_version: Version,
}

impl<S: Store + ?Sized> Office<'_, S> {
    /// Reads on to the end of both streams, and looks.
    pub(super) fn look<T>(&self, view: impl FnOnce(Now<'_>) -> T) -> Result<T, OfficeError> {
        let read = &mut *self.read();
        let decider = Organisation::new(self.policy, None);
        let organisation =
            read_on(self.store, &decider, &self.tenant, &self.organisation, &mut read.organisation)?;
        let usage = read_on(self.store, &Usage, &self.tenant, &self.usage, &mut read.usage)?;
        Ok(view(Now {
            organisation: &organisation.state,
            organisation_version: organisation.version,
            usage: &usage.state,
            usage_version: usage.version,
        }))
    }

    /// The organisation as it stands.
    ///
    /// # Errors
    /// If the store fails, or a stream cannot be read.
    pub fn organisation<T>(&self, view: impl FnOnce(&OrganisationState) -> T) -> Result<T, OfficeError> {
        self.look(|now| view(now.organisation))
    }

    /// The account of prepaid times, and what is under way.
    ///
    /// # Errors
    /// If the store fails, or a stream cannot be read.
    pub fn account<T>(&self, view: impl FnOnce(&UsageState) -> T) -> Result<T, OfficeError> {
        self.look(|now| view(now.usage))
    }

    pub(super) fn rules(policy: SealPolicy, refused: &StreamId) -> Organisation {
        Organisation::new(policy, Some(refused.clone()))
    }
}

/// The state is moved through the replay and never copied. If a page fails, what was read is forgotten and read again.
fn read_on<'r, D: Decider, S: Store + ?Sized>(
    store: &S,
    decider: &D,
    tenant: &Tenant,
    stream: &StreamId,
    read: &'r mut Option<Loaded<D::State>>,
) -> Result<&'r Loaded<D::State>, OfficeError> {
    loop {
        let after = read.as_ref().map_or(Version::EMPTY, |loaded| loaded.version);
        let page = store.events(tenant, stream, after, limits::PAGE)?;
        if page.is_empty() {
            return Ok(read.get_or_insert_with(|| Loaded::empty(decider)));
        }
        let loaded = read.take().unwrap_or_else(|| Loaded::empty(decider));
        *read = Some(loaded.replay(decider, stream, &page)?);
    }
}
