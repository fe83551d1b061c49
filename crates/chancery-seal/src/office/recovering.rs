//! After a crash: every attempt gets an outcome.

use chancery_ledger::AsyncStore;
use jiff::{SignedDuration, Timestamp};
use rand_core::CryptoRng;

use super::Work;
use crate::clock;
use crate::office_error::OfficeError;

impl<A: AsyncStore + ?Sized> Work<'_, A> {
    pub(super) async fn recover(
        &self,
        patience: SignedDuration,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<usize, OfficeError> {
        let before = clock::later(now, SignedDuration::ZERO.saturating_sub(patience));
        let mut count = 0;
        loop {
            let found = self.look(|now| {
                let found = now.usage.under_way_since(before);
                found.map(|(key, open)| (key.clone(), open.tries, open.subject.user))
            });
            let Some((key, tries, user)) = found.await? else { return Ok(count) };
            self.give_up(&key, tries, Some(user), now, rng).await?;
            count += 1;
        }
    }
}
