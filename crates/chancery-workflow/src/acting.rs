//! Who acts: the ledger's actor, read.

use std::fmt;

use chancery_auth::UserId;
use chancery_ledger::Actor;
use serde::{Deserialize, Serialize};

use crate::names;
use crate::user;

/// Who acts, as [`Context::actor`](chancery_ledger::Context::actor) says. It never comes from a command: the application
/// knows who is logged in, and says so; the decision compares.
///
/// ```
/// # use chancery_auth::UserId;
/// use chancery_workflow::Acting;
///
/// let alice = Acting::User(UserId::from_bytes([7; 16]));
/// assert_eq!(alice.actor().as_str(), "user/07070707070707070707070707070707");
/// assert_eq!(Acting::of(&alice.actor()), Some(alice));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acting {
    /// A person: sender, owner or party.
    User(#[serde(with = "user")] UserId),
    /// What watches the deadlines.
    Timer,
    /// What finishes envelopes, and sets automatic seals.
    Sealer,
    /// What delivers notices.
    Notifier,
    /// Somebody who operates the service, for what nobody else can end.
    Operator(#[serde(with = "user")] UserId),
    /// The records officer, for retention and legal hold.
    Records(#[serde(with = "user")] UserId),
}

const USER: &str = "user/";
const OPERATOR: &str = "operator/";
const RECORDS: &str = "records/";
const TIMER: &str = "system/timer";
const SEALER: &str = "system/sealer";
const NOTIFIER: &str = "system/notifier";

impl Acting {
    /// Reads an actor; none if it is nobody who acts on envelopes.
    #[must_use]
    pub fn of(actor: &Actor) -> Option<Self> {
        let text = actor.as_str();
        let id = |prefix| text.strip_prefix(prefix).and_then(user::read);
        match text {
            TIMER => Some(Self::Timer),
            SEALER => Some(Self::Sealer),
            NOTIFIER => Some(Self::Notifier),
            _ => id(USER)
                .map(Self::User)
                .or_else(|| id(OPERATOR).map(Self::Operator))
                .or_else(|| id(RECORDS).map(Self::Records)),
        }
    }

    /// The actor to give to [`Context::new`](chancery_ledger::Context::new).
    #[must_use]
    pub fn actor(self) -> Actor {
        names::actor(&self.to_string())
    }

    /// The person, if it is one who acts in their own name.
    #[must_use]
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::Timer | Self::Sealer | Self::Notifier | Self::Operator(_) | Self::Records(_) => None,
        }
    }
}

impl fmt::Display for Acting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "{USER}{id}"),
            Self::Operator(id) => write!(f, "{OPERATOR}{id}"),
            Self::Records(id) => write!(f, "{RECORDS}{id}"),
            Self::Timer => f.write_str(TIMER),
            Self::Sealer => f.write_str(SEALER),
            Self::Notifier => f.write_str(NOTIFIER),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_actor_is_read_as_it_was_written_and_nothing_else_is() {
        let id = UserId::from_bytes([0xc4; 16]);
        let all = [Acting::User(id), Acting::Timer, Acting::Sealer, Acting::Notifier, Acting::Operator(id)];
        for acting in all.into_iter().chain([Acting::Records(id)]) {
            assert_eq!(Acting::of(&acting.actor()), Some(acting));
        }
        let hex = "c4".repeat(16);
        for forged in
            [format!("user/{}", hex.to_uppercase()), format!("user//{hex}"), "system/root".into(), hex]
        {
            assert_eq!(Acting::of(&Actor::new(&forged).unwrap()), None, "{forged}");
        }
    }
}
