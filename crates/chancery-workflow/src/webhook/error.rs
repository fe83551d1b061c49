//! What can be wrong with a webhook, and what would help.

use jiff::Timestamp;
use thiserror::Error;

/// Text that is no secret of a webhook. Never repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WebhookSecretFault {
    /// It does not begin as such a secret does.
    #[error("a webhook secret begins with `whsec_`")]
    Prefix,
    /// What follows is not Base64.
    #[error("what follows `whsec_` must be Base64 with padding, on one line")]
    Base64,
    /// Too few bytes to be secret, or more than the standard allows.
    #[error(
        "a webhook secret has {least} to {most} bytes, not {found}; let `WebhookSecret::random` make one"
    )]
    Length {
        /// The fewest bytes.
        least: usize,
        /// The most bytes.
        most: usize,
        /// How many there were.
        found: usize,
    },
    /// So many are in use already.
    #[error("{most} secrets are in use already; let one of them end first")]
    TooMany {
        /// The most at one time.
        most: usize,
    },
}

/// What cannot be sent as a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WebhookFault {
    /// An id that could be read as something else: full stops separate the signed parts, line ends separate headers.
    #[error("a webhook's id has 1 to {most} letters, digits, `_` and `-` of ASCII")]
    Id {
        /// The most characters.
        most: usize,
    },
    /// Too much for a receiver to take.
    #[error(
        "a webhook's body has at most {most} bytes, not {found}; send ids and let the receiver ask for the rest"
    )]
    Body {
        /// The most bytes.
        most: usize,
        /// How many there were.
        found: usize,
    },
}

/// Why what came in is not accepted. Answer any of them with status 400 or 401, and do not say which to the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WebhookRefusal {
    /// A header is not there.
    #[error("the header `{0}` is missing; it must be passed on unchanged")]
    Missing(&'static str),
    /// A header is there twice, so two readers could read different ones.
    #[error("the header `{0}` is there twice")]
    Twice(&'static str),
    /// The id does not have the form of one.
    #[error("the header `webhook-id` is not 1 to {most} letters, digits, `_` and `-`")]
    Id {
        /// The most characters.
        most: usize,
    },
    /// The time is not whole seconds since 1970, written in digits without leading zeros.
    #[error("the header `webhook-timestamp` is not a number of seconds since 1970")]
    Timestamp,
    /// Sent too long ago, or repeated by somebody who recorded it.
    #[error("sent at {sent}, which is too long before {now}; the sender must sign each attempt anew")]
    TooOld {
        /// When it says it was sent.
        sent: Timestamp,
        /// The receiver's time.
        now: Timestamp,
    },
    /// Sent in the future: one of the two clocks is wrong.
    #[error("sent at {sent}, which is too long after {now}; one of the two clocks is wrong")]
    TooNew {
        /// When it says it was sent.
        sent: Timestamp,
        /// The receiver's time.
        now: Timestamp,
    },
    /// The header of signatures is longer than that of any honest sender.
    #[error("the header `webhook-signature` has more than {most} bytes")]
    TooManySignatures {
        /// The most bytes.
        most: usize,
    },
    /// None of the signatures is of the kind `v1` (HMAC-SHA-256).
    #[error("the header `webhook-signature` holds no signature of the kind `v1`")]
    NoSignature,
    /// All receiver's secrets have ended.
    #[error("no secret is in use at {now}; set a new one with the sender")]
    NoSecret {
        /// The receiver's time.
        now: Timestamp,
    },
    /// None of the signatures fits: another secret, or other bytes than were sent.
    #[error(
        "no signature fits; compare the secret, and verify the bytes of the body as they came, before parsing them"
    )]
    Signature,
    /// The body is longer than any that is taken.
    #[error("the body has more than {most} bytes")]
    Body {
        /// The most bytes.
        most: usize,
    },
}

/// Whether a genuine webhook is new cannot be told. Answer with status 503: the sender tries again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ReplayUnknown {
    /// The cache is full of ids that may still be repeated, and nothing was forgotten to make room.
    #[error(
        "{most} webhooks came within the tolerance; answer 503 so that the sender tries again, or take a larger cache"
    )]
    Full {
        /// How many the cache holds.
        most: usize,
    },
    /// The clock was set back behind a moment at which ids were forgotten.
    #[error(
        "the clock was set back: ids were forgotten at {forgotten}; answer 503 until that time has come again"
    )]
    ClockBehind {
        /// When they were.
        forgotten: Timestamp,
    },
}
