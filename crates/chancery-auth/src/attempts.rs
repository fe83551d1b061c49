//! The count of attempts and the locks that follow from it.

use jiff::Timestamp;
use rand_core::CryptoRng;

use crate::bytes::{Reader, Writer};
use crate::clock;
use crate::error::{Refused, StateError, TicketRefused};
use crate::kind::FactorKind;
use crate::reservations::{Mark, Reservations};
use crate::rules::AttemptRules;

/// Whether a factor is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// It is not.
    Open,
    /// Until this moment; then one more attempt is allowed.
    Until(Timestamp),
    /// Until it is reset with another factor.
    UntilReset,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Attempts {
    open: Reservations,
    /// Begun since the last success, with those that are still open.
    since_success: u8,
    /// Locks since the last success.
    locks: u8,
    until: Option<Timestamp>,
    latest: Timestamp,
}

/// An attempt was reserved, and perhaps it is the last for now.
pub(crate) struct Reserved {
    pub(crate) mark: Mark,
    pub(crate) locks: Lock,
    pub(crate) now: Timestamp,
}

impl Attempts {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { open: Reservations::default(), since_success: 0, locks: 0, until: None, latest: now }
    }

    /// Changes nothing unless it succeeds.
    pub(crate) fn reserve<R: CryptoRng + ?Sized>(
        &mut self,
        kind: FactorKind,
        rules: &AttemptRules,
        rng: &mut R,
        now: Timestamp,
    ) -> Result<Reserved, Refused> {
        let now = clock::forward(now, self.latest)?;
        match self.lock(rules, now) {
            Lock::Open => {}
            Lock::Until(until) => return Err(Refused::Locked { kind, until }),
            Lock::UntilReset => return Err(Refused::LockedUntilReset { kind }),
        }
        let mark = self.open.reserve(rng, now).ok_or(Refused::TooManyAtOnce { kind })?;
        self.latest = now;
        self.since_success = self.since_success.saturating_add(1);
        // The lock begins with the attempt that uses up the tries, not with its answer: guesses in parallel gain nothing.
        self.until = None;
        if self.since_success >= rules.tries() {
            self.until = Some(clock::later(now, rules.delay(self.locks.into())));
            self.locks = self.locks.saturating_add(1);
        }
        Ok(Reserved { mark, locks: self.lock(rules, now), now })
    }

    /// Changes nothing unless it succeeds.
    pub(crate) fn settle(&mut self, mark: Mark, now: Timestamp) -> Result<Timestamp, TicketRefused> {
        let now = clock::forward(now, self.latest)?;
        self.open.settle(mark, now)?;
        self.latest = now;
        Ok(now)
    }

    /// The right secret: locks end, and what is still under way counts as the first attempts of the next round.
    pub(crate) fn succeeded(&mut self) {
        self.since_success = self.open.len();
        self.locks = 0;
        self.until = None;
    }

    pub(crate) fn lock(&self, rules: &AttemptRules, now: Timestamp) -> Lock {
        if self.since_success >= rules.in_all() {
            return Lock::UntilReset;
        }
        match self.until {
            Some(until) if now.max(self.latest) < until => Lock::Until(until),
            _ => Lock::Open,
        }
    }

    /// Attempts left before the next lock.
    pub(crate) fn left(&self, rules: &AttemptRules, now: Timestamp) -> u8 {
        match self.lock(rules, now) {
            Lock::Open => rules.tries().saturating_sub(self.since_success).max(1),
            Lock::Until(_) | Lock::UntilReset => 0,
        }
    }

    pub(crate) fn latest(&self) -> Timestamp {
        self.latest
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.byte(self.since_success);
        writer.byte(self.locks);
        writer.optional_time(self.until);
        writer.time(self.latest);
        self.open.write(writer);
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, StateError> {
        let (since_success, locks) = (reader.byte()?, reader.byte()?);
        let (until, latest) = (reader.optional_time()?, reader.time()?);
        Ok(Self { open: Reservations::read(reader)?, since_success, locks, until, latest })
    }
}
