//! After a crash: every attempt gets an outcome.

use chancery_ledger::Store;
use jiff::{SignedDuration, Timestamp};
use rand_core::CryptoRng;

use super::Office;
use crate::clock;
use crate::office_error::OfficeError;

impl<S: Store + ?Sized> Office<'_, S> {
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
        let before = clock::later(now, SignedDuration::ZERO.saturating_sub(patience));
        let mut count = 0;
        loop {
            let found = self.account(|usage| {
                usage.under_way_since(before).map(|(key, open)| (key.clone(), open.tries, open.subject.user))
            })?;
            let Some((key, tries, user)) = found else { return Ok(count) };
            self.give_up(&key, tries, Some(user), now, rng)?;
            count += 1;
        }
    }
}
