//! The verbs of an office on a store that blocks.

use std::io::Write;

use chancery_auth::UserId;
use chancery_chain::VerifiedChain;
use chancery_digest::Digest;
use chancery_ledger::{Blocking, Checkpoint, Store, run_blocking};
use jiff::{SignedDuration, Timestamp};
use rand_core::CryptoRng;

use super::attempt::Using;
use super::{Office, Sealed};
use crate::case::{Caller, Case};
use crate::key::SealKey;
use crate::office_error::{OfficeError, ReviewError, SealError};
use crate::organisation::{Command, Member, OrganisationState, Reply, SealAdministrator, ServiceDesk};
use crate::permit::Permit;
use crate::request::SealRequest;
use crate::text::{Label, UseKey};
use crate::usage::{Erasure, Query, UsageRecord, UsageState};

impl<S: Store + ?Sized> Office<'_, S> {
    /// The organisation as it stands. What looks at it must not ask the office meanwhile.
    ///
    /// # Errors
    /// If the store fails, or a stream cannot be read.
    pub fn organisation<T>(&self, view: impl FnOnce(&OrganisationState) -> T) -> Result<T, OfficeError> {
        run_blocking(self.on(&Blocking(self.store)).look(|now| view(now.organisation)))
    }

    /// The account of prepaid times, and what is under way. What looks at it must not ask the office meanwhile.
    ///
    /// # Errors
    /// If the store fails, or a stream cannot be read.
    pub fn account<T>(&self, view: impl FnOnce(&UsageState) -> T) -> Result<T, OfficeError> {
        run_blocking(self.on(&Blocking(self.store)).look(|now| view(now.usage)))
    }

    /// Does what a command asks, or says why not. Either is recorded before it is answered.
    ///
    /// # Errors
    /// If the ledger fails.
    pub fn ask(
        &self,
        command: &Command,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Reply, OfficeError> {
        run_blocking(self.on(&Blocking(self.store)).ask(command, at, rng))
    }

    /// Reviews a wish to use a seal: looks at everything at once. `chain` is that of the seal's certificate, verified
    /// just now for signing documents.
    ///
    /// # Errors
    /// [`ReviewError::Refused`] lists everything that stands against it; it is recorded before it is answered.
    pub fn review(
        &self,
        request: SealRequest,
        caller: Caller<'_>,
        chain: &VerifiedChain,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Permit, ReviewError> {
        run_blocking(self.on(&Blocking(self.store)).review(Case::new(request, caller), chain, at, rng))
    }

    /// Approves, as a second person with an own right to the seal and own proofs for
    /// [`SealRequest::occasion`], that `user` sets this seal on exactly these bytes. For one use, within a day.
    ///
    /// # Errors
    /// [`ReviewError::Refused`] lists everything that stands against it; it is recorded before it is answered.
    pub fn approve(
        &self,
        request: SealRequest,
        user: UserId,
        approver: Caller<'_>,
        chain: &VerifiedChain,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), ReviewError> {
        run_blocking(self.on(&Blocking(self.store)).approve(
            Case::new(request, approver),
            user,
            chain,
            at,
            rng,
        ))
    }

    /// Uses a permit: judges everything again, commits the attempt, lets the key sign, makes sure that what it gave is
    /// the signature of these bytes, commits the outcome, and only then gives the value. `chain` is that of the seal's
    /// certificate, verified just now.
    ///
    /// The same key of a use with the same bytes gives the same value again, without the key of the seal, and spends
    /// nothing. Where nobody knew what came of a try, the same bytes are signed again, for the time that was reserved.
    ///
    /// # Errors
    /// [`SealError`] says whether the key was used, and what is recorded.
    pub fn seal(
        &self,
        permit: Permit,
        key: &SealKey,
        chain: &VerifiedChain,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Sealed, SealError> {
        run_blocking(self.on(&Blocking(self.store)).seal(Using { permit: &permit, key, chain, at: now }, rng))
    }

    /// Records of every attempt that began at least `patience` ago and has no outcome that nobody knows what came of
    /// it. Says how many. Their times stay reserved, and the same bytes may be tried again.
    ///
    /// Whoever is only slow loses nothing: a value that arrives later is still recorded, and settles the use.
    ///
    /// # Errors
    /// If the ledger fails; call again.
    pub fn recover(
        &self,
        patience: SignedDuration,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<usize, OfficeError> {
        run_blocking(self.on(&Blocking(self.store)).recover(patience, now, rng))
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
        run_blocking(self.on(&Blocking(self.store)).finished(sealed, digest, at, rng))
    }

    /// The usage log for the seal administrator: all of it, also of people who have left and rights that have ended.
    ///
    /// # Errors
    /// If the person is not the seal administrator any more, or the ledger fails.
    pub fn log(&self, by: &SealAdministrator, query: &Query) -> Result<Vec<UsageRecord>, OfficeError> {
        run_blocking(self.on(&Blocking(self.store)).log(by, query))
    }

    /// A member's own part of the usage log.
    ///
    /// # Errors
    /// If the person is no member any more, or the ledger fails.
    pub fn own_log(&self, by: &Member, query: &Query) -> Result<Vec<UsageRecord>, OfficeError> {
        run_blocking(self.on(&Blocking(self.store)).own_log(by, query))
    }

    /// The usage log as JSON lines, each event with the proof that it is in the tenant's log (RFC 6962);
    /// [`read_export`](chancery_ledger::read_export) checks it without the store, and names what was edited.
    ///
    /// # Errors
    /// If the person is not the seal administrator any more, or the ledger or the writer fails.
    pub fn export_log(&self, by: &SealAdministrator, out: impl Write) -> Result<Checkpoint, OfficeError> {
        run_blocking(self.on(&Blocking(self.store)).export_log(by, out))
    }

    /// What was erased from the usage log and from what stands aside, for the seal administrator: that it was there, and
    /// who erased it.
    ///
    /// # Errors
    /// If the person is not the seal administrator any more, or the ledger fails.
    pub fn erased(&self, by: &SealAdministrator) -> Result<Vec<Erasure>, OfficeError> {
        run_blocking(self.on(&Blocking(self.store)).erased(by))
    }

    /// Erases the words beside everything that was recorded under the key of a use: file name, counterparty, name of the
    /// seal ([`UseWords`](crate::UseWords)). Says of how many events. That they happened, when, by whom and with which
    /// digests stays; so do all proofs, the account, and the value that the same key gives again. What the ledger says of
    /// copies in backups holds here too.
    ///
    /// Nothing that stays is made from these words. What the service desk writes itself (receipts, reasons of refunds), the
    /// keys of uses and the conditions of grants stay: no name of a person belongs into them. An approval that is forgotten
    /// approves nothing any more; of a use that goes on, bytes and digests are compared, and words no longer.
    ///
    /// # Errors
    /// If the log is under a legal hold, somebody else erases the same at this moment, or the ledger fails.
    pub fn forget(
        &self,
        _: &ServiceDesk,
        key: &UseKey,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<usize, OfficeError> {
        run_blocking(self.on(&Blocking(self.store)).forget(key, at, rng))
    }

    /// Adds prepaid times, once for each receipt.
    ///
    /// # Errors
    /// If the ledger fails, or the receipt was used for another number of times.
    pub fn buy(
        &self,
        _: &ServiceDesk,
        times: u64,
        receipt: &Label,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        run_blocking(self.on(&Blocking(self.store)).buy(times, receipt, at, rng))
    }

    /// Gives the time of a finished use back, once, for a reason that is recorded.
    ///
    /// # Errors
    /// If nothing was sealed under that key, it was given back for another reason, or the ledger fails.
    pub fn refund(
        &self,
        _: &ServiceDesk,
        key: &UseKey,
        reason: &Label,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        run_blocking(self.on(&Blocking(self.store)).refund(key, reason, at, rng))
    }

    /// Undoes a clock that stood in the future: what was recorded with it stays, and time counts from `to` on. Without
    /// this, nothing could be done before that future has come.
    ///
    /// # Errors
    /// If the ledger fails.
    pub fn set_clock(
        &self,
        _: &ServiceDesk,
        to: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        run_blocking(self.on(&Blocking(self.store)).set_clock(to, rng))
    }
}
