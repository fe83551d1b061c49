//! What happened to the seals of an organisation.

use chancery_auth::UserId;
use chancery_ledger::{JsonEvent, Kind, NameError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::words::UseWords;
use crate::class::DocumentClass;
use crate::condition::Amount;
use crate::id::{GrantId, SealId, TokenId};
use crate::kept_digest::KeptDigest;
use crate::request::{Asked, Subject};
use crate::text::{Label, UseKey};
use crate::violation::Violation;
use crate::window::Window;
use crate::wire;

/// Something happened, at a time. Written as JSON.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UsageEvent {
    /// When, by the clock of whoever decided; never before an earlier event.
    pub at: Timestamp,
    /// What.
    pub fact: UsageFact,
}

/// What was asked when it was refused.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asking {
    /// To use the seal.
    Use,
    /// To approve a use as second person.
    Approval,
}

/// What is recorded of every attempt, refused ones too.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UseDetails {
    /// What the caller repeats.
    pub key: UseKey,
    /// The digest of the file as it was given.
    pub file_digest: KeptDigest,
    /// The digest of the content that is signed, where the bytes to be signed say one.
    pub content_digest: Option<KeptDigest>,
    /// SHA-256 of the bytes to be signed.
    pub imprint: KeptDigest,
    /// What the document is.
    pub class: DocumentClass,
    /// The amount that it is about.
    pub amount: Option<Amount>,
    /// The seal.
    pub seal: SealId,
    /// Who; none if a token is unknown.
    #[serde(with = "wire::maybe_user")]
    pub user: Option<UserId>,
    /// By which token.
    pub token: Option<TokenId>,
    /// SHA-256 of the certificate.
    pub certificate: KeptDigest,
    /// File, counterparty and seal by name; none once that was erased. They stand beside the event, and not in it.
    #[serde(skip)]
    pub words: Option<UseWords>,
}

impl UseDetails {
    /// What is wanted and by whom; none if nobody knows who it was.
    pub(crate) fn subject(&self) -> Option<Subject> {
        let asked = self.asked().hash();
        let words = self.words.as_ref();
        let wish = words.map(|words| Asked::wish(asked, &words.file_name, words.counterparty.as_ref()));
        Some(Subject { user: self.user?, asked, wish })
    }

    const fn asked(&self) -> Asked {
        Asked {
            seal: self.seal,
            file_digest: self.file_digest,
            imprint: self.imprint,
            class: self.class,
            amount: self.amount,
        }
    }
}

/// What happened.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum UsageFact {
    /// API times were bought.
    Bought {
        /// How many.
        times: u64,
        /// The number of the receipt.
        receipt: Label,
    },
    /// A time was given back.
    Refunded {
        /// Of which use.
        key: UseKey,
        /// Why.
        reason: Label,
    },
    /// A second person approved a use.
    Approved {
        /// Of what, and by whom it is wanted.
        details: UseDetails,
        /// Who approved.
        #[serde(with = "wire::user")]
        by: UserId,
    },
    /// Something was refused.
    Refused {
        /// What was asked.
        asking: Asking,
        /// For what.
        details: UseDetails,
        /// Everything that stood against it.
        violations: Vec<Violation>,
    },
    /// The key is about to be used. One of the prepaid times is reserved with the first try.
    Attempted {
        /// For what.
        details: UseDetails,
        /// The how manieth try under its key.
        tries: u32,
        /// By which grant.
        grant: GrantId,
        /// When that grant counts.
        window: Window,
        /// Who approved, where the grant asks for it.
        #[serde(with = "wire::maybe_user")]
        approved_by: Option<UserId>,
    },
    /// The key has signed, and the value holds.
    Sealed {
        /// Under which key of a use.
        key: UseKey,
        /// The signature value in hexadecimal digits.
        value: String,
    },
    /// The key has not signed, or what it gave does not hold. The reserved time is free again.
    Failed {
        /// Under which key of a use.
        key: UseKey,
        /// Why.
        reason: String,
    },
    /// Nobody knows whether the key has signed. The time stays reserved, and the same bytes may be tried again.
    Unknown {
        /// Under which key of a use.
        key: UseKey,
        /// Which try.
        tries: u32,
    },
    /// The bytes of an event that decides nothing any more were erased.
    Erased {
        /// The kind of the event.
        kind: String,
    },
    /// A clock that stood in the future is undone: time counts from here.
    ClockSet {
        /// The time.
        to: Timestamp,
    },
    /// The finished file has this digest.
    Finished {
        /// Under which key of a use.
        key: UseKey,
        /// The digest.
        digest: KeptDigest,
    },
}

impl UsageFact {
    /// What was asked, if it tells of that.
    pub(crate) const fn details(&self) -> Option<&UseDetails> {
        match self {
            Self::Attempted { details, .. }
            | Self::Refused { details, .. }
            | Self::Approved { details, .. } => Some(details),
            Self::Bought { .. }
            | Self::Refunded { .. }
            | Self::Sealed { .. }
            | Self::Failed { .. }
            | Self::Unknown { .. }
            | Self::Erased { .. }
            | Self::ClockSet { .. }
            | Self::Finished { .. } => None,
        }
    }

    pub(crate) const fn details_mut(&mut self) -> Option<&mut UseDetails> {
        match self {
            Self::Attempted { details, .. }
            | Self::Refused { details, .. }
            | Self::Approved { details, .. } => Some(details),
            Self::Bought { .. }
            | Self::Refunded { .. }
            | Self::Sealed { .. }
            | Self::Failed { .. }
            | Self::Unknown { .. }
            | Self::Erased { .. }
            | Self::ClockSet { .. }
            | Self::Finished { .. } => None,
        }
    }

    /// The kind under which it is kept.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Bought { .. } => "seal.times-bought",
            Self::Refunded { .. } => "seal.time-refunded",
            Self::Approved { .. } => "seal.use-approved",
            Self::Refused { .. } => "seal.use-refused",
            Self::Attempted { .. } => "seal.use-attempted",
            Self::Sealed { .. } => "seal.sealed",
            Self::Failed { .. } => "seal.use-failed",
            Self::Unknown { .. } => "seal.use-unknown",
            Self::Finished { .. } => "seal.file-finished",
            Self::Erased { .. } => "seal.erased",
            Self::ClockSet { .. } => "seal.usage-clock-set",
        }
    }
}

impl JsonEvent for UsageEvent {
    const SUBJECT: &'static str = "seal";

    fn kind_in_ledger(&self) -> Result<Kind, NameError> {
        Ok(Kind::from_static(self.fact.word()))
    }

    /// Refusals, approvals and digests of finished files may be erased; an erased approval approves nothing. What an
    /// attempt and its outcome say decides about times and keys of uses, and cannot be done without; their words can.
    fn in_place_of_erased(kind: &Kind, _: u32) -> Option<Self> {
        match kind.as_str() {
            "seal.use-refused" | "seal.use-approved" | "seal.file-finished" => {
                Some(Self { at: Timestamp::MIN, fact: UsageFact::Erased { kind: kind.to_string() } })
            }
            _ => None,
        }
    }
}
