//! Linking an account at another service: not before the one-time code is confirmed.

use jiff::{SignedDuration, Timestamp};

use crate::error::NotMet;
use crate::kind::FactorKind;
use crate::occasion::Occasion;
use crate::proof::ProvedFactor;
use crate::requirement::Requirement;
use crate::requirements::Authorized;
use crate::user::UserId;

/// An account that waits for its one-time code. Nothing uses it yet: what signs takes a [`LinkedAccount`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linking {
    user: UserId,
    account: Vec<u8>,
}

impl Linking {
    /// `user` wants to link the account of this id.
    #[must_use]
    pub fn begin(user: UserId, account: &[u8]) -> Self {
        Self { user, account: account.to_vec() }
    }

    /// What the one-time code must be issued and proved for.
    #[must_use]
    pub fn occasion(&self) -> Occasion {
        Occasion::link(self.user, &self.account)
    }

    /// Links the account, with the proof of the code that was sent for it, at most five minutes old.
    ///
    /// # Errors
    /// [`NotMet`] if the proof is of another kind, for something else, or too old.
    pub fn confirm(&self, proof: ProvedFactor, now: Timestamp) -> Result<LinkedAccount, NotMet> {
        let needed = Requirement::kind(FactorKind::OneTimeCode);
        let fresh_for = SignedDuration::from_mins(5);
        let authorized = Authorized::judge(&needed, fresh_for, &self.occasion(), &[proof], now)?;
        Ok(LinkedAccount { user: self.user, account: self.account.clone(), at: authorized.at() })
    }
}

/// An account whose one-time code was confirmed. Only [`Linking::confirm`] makes it.
///
/// ```compile_fail
/// # fn f(user: chancery_auth::UserId, at: jiff::Timestamp) {
/// let linked = chancery_auth::LinkedAccount { user, account: vec![], at };
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedAccount {
    user: UserId,
    account: Vec<u8>,
    at: Timestamp,
}

impl LinkedAccount {
    /// Who linked it.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Its id.
    #[must_use]
    pub fn account(&self) -> &[u8] {
        &self.account
    }

    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }
}
