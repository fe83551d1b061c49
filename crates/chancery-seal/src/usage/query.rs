//! What is looked for in the usage log.

use chancery_auth::UserId;
use jiff::Timestamp;

use super::record::UsageRecord;
use crate::id::SealId;

/// What is looked for: all that is said must hold. The default is everything.
#[derive(Clone, Debug, Default)]
pub struct Query {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    seal: Option<SealId>,
    user: Option<UserId>,
}

impl Query {
    /// From this moment on.
    #[must_use]
    pub const fn from(mut self, from: Timestamp) -> Self {
        self.from = Some(from);
        self
    }

    /// Before this moment.
    #[must_use]
    pub const fn until(mut self, until: Timestamp) -> Self {
        self.until = Some(until);
        self
    }

    /// Of this seal.
    #[must_use]
    pub const fn seal(mut self, seal: SealId) -> Self {
        self.seal = Some(seal);
        self
    }

    /// Of this person, also one who has left.
    #[must_use]
    pub const fn user(mut self, user: UserId) -> Self {
        self.user = Some(user);
        self
    }

    pub(crate) fn finds(&self, record: &UsageRecord) -> bool {
        self.from.is_none_or(|from| from <= record.at)
            && self.until.is_none_or(|until| record.at < until)
            && self.seal.is_none_or(|seal| record.details.seal == seal)
            && self.user.is_none_or(|user| record.details.user == Some(user))
    }
}
