//! The verbs of an office on a store that is waited for.
//!
//! If a future is dropped, each commit was made wholly or not at all, as after a crash: an attempt may stand without an
//! outcome, and [`recover_async`](Office::recover_async) gives it one.

use std::io::Write;

use chancery_auth::UserId;
use chancery_chain::VerifiedChain;
use chancery_digest::Digest;
use chancery_ledger::{AsyncStore, Checkpoint};
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

impl<S: AsyncStore + ?Sized> Office<'_, S> {
    /// As [`organisation`](Self::organisation), on a store that is waited for.
    ///
    /// # Errors
    /// As [`organisation`](Self::organisation).
    pub async fn organisation_async<T>(
        &self,
        view: impl FnOnce(&OrganisationState) -> T,
    ) -> Result<T, OfficeError> {
        self.on(self.store).look(|now| view(now.organisation)).await
    }

    /// As [`account`](Self::account), on a store that is waited for.
    ///
    /// # Errors
    /// As [`account`](Self::account).
    pub async fn account_async<T>(&self, view: impl FnOnce(&UsageState) -> T) -> Result<T, OfficeError> {
        self.on(self.store).look(|now| view(now.usage)).await
    }

    /// As [`ask`](Self::ask), on a store that is waited for.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub async fn ask_async(
        &self,
        command: &Command,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Reply, OfficeError> {
        self.on(self.store).ask(command, at, rng).await
    }

    /// As [`review`](Self::review), on a store that is waited for.
    ///
    /// # Errors
    /// As [`review`](Self::review).
    pub async fn review_async(
        &self,
        request: SealRequest,
        caller: Caller<'_>,
        chain: &VerifiedChain,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Permit, ReviewError> {
        self.on(self.store).review(Case::new(request, caller), chain, at, rng).await
    }

    /// As [`approve`](Self::approve), on a store that is waited for.
    ///
    /// # Errors
    /// As [`approve`](Self::approve).
    pub async fn approve_async(
        &self,
        request: SealRequest,
        user: UserId,
        approver: Caller<'_>,
        chain: &VerifiedChain,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), ReviewError> {
        self.on(self.store).approve(Case::new(request, approver), user, chain, at, rng).await
    }

    /// As [`seal`](Self::seal), on a store that is waited for.
    ///
    /// The key signs on the thread that polls: one that is far away blocks it for as long.
    ///
    /// # Errors
    /// As [`seal`](Self::seal).
    pub async fn seal_async(
        &self,
        permit: Permit,
        key: &SealKey,
        chain: &VerifiedChain,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Sealed, SealError> {
        self.on(self.store).seal(Using { permit: &permit, key, chain, at: now }, rng).await
    }

    /// As [`recover`](Self::recover), on a store that is waited for.
    ///
    /// # Errors
    /// As [`recover`](Self::recover).
    pub async fn recover_async(
        &self,
        patience: SignedDuration,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<usize, OfficeError> {
        self.on(self.store).recover(patience, now, rng).await
    }

    /// As [`finished`](Self::finished), on a store that is waited for.
    ///
    /// # Errors
    /// As [`finished`](Self::finished).
    pub async fn finished_async(
        &self,
        sealed: &Sealed,
        digest: Digest,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        self.on(self.store).finished(sealed, digest, at, rng).await
    }

    /// As [`log`](Self::log), on a store that is waited for.
    ///
    /// # Errors
    /// As [`log`](Self::log).
    pub async fn log_async(
        &self,
        by: &SealAdministrator,
        query: &Query,
    ) -> Result<Vec<UsageRecord>, OfficeError> {
        self.on(self.store).log(by, query).await
    }

    /// As [`own_log`](Self::own_log), on a store that is waited for.
    ///
    /// # Errors
    /// As [`own_log`](Self::own_log).
    pub async fn own_log_async(&self, by: &Member, query: &Query) -> Result<Vec<UsageRecord>, OfficeError> {
        self.on(self.store).own_log(by, query).await
    }

    /// As [`export_log`](Self::export_log), on a store that is waited for.
    ///
    /// The writer is not waited for.
    ///
    /// # Errors
    /// As [`export_log`](Self::export_log).
    pub async fn export_log_async(
        &self,
        by: &SealAdministrator,
        out: impl Write,
    ) -> Result<Checkpoint, OfficeError> {
        self.on(self.store).export_log(by, out).await
    }

    /// As [`erased`](Self::erased), on a store that is waited for.
    ///
    /// # Errors
    /// As [`erased`](Self::erased).
    pub async fn erased_async(&self, by: &SealAdministrator) -> Result<Vec<Erasure>, OfficeError> {
        self.on(self.store).erased(by).await
    }

    /// As [`forget`](Self::forget), on a store that is waited for.
    ///
    /// # Errors
    /// As [`forget`](Self::forget).
    pub async fn forget_async(
        &self,
        _: &ServiceDesk,
        key: &UseKey,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<usize, OfficeError> {
        self.on(self.store).forget(key, at, rng).await
    }

    /// As [`buy`](Self::buy), on a store that is waited for.
    ///
    /// # Errors
    /// As [`buy`](Self::buy).
    pub async fn buy_async(
        &self,
        _: &ServiceDesk,
        times: u64,
        receipt: &Label,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        self.on(self.store).buy(times, receipt, at, rng).await
    }

    /// As [`refund`](Self::refund), on a store that is waited for.
    ///
    /// # Errors
    /// As [`refund`](Self::refund).
    pub async fn refund_async(
        &self,
        _: &ServiceDesk,
        key: &UseKey,
        reason: &Label,
        at: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        self.on(self.store).refund(key, reason, at, rng).await
    }

    /// As [`set_clock`](Self::set_clock), on a store that is waited for.
    ///
    /// # Errors
    /// As [`set_clock`](Self::set_clock).
    pub async fn set_clock_async(
        &self,
        _: &ServiceDesk,
        to: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<(), OfficeError> {
        self.on(self.store).set_clock(to, rng).await
    }
}
