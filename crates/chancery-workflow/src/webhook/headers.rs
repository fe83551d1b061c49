//! The three headers, and the forms of what is in them.

use jiff::Timestamp;

/// Which event it is: the same at every attempt. Who receives it twice has received one thing.
pub const WEBHOOK_ID: &str = "webhook-id";
/// When this attempt was made, in seconds since 1970.
pub const WEBHOOK_TIMESTAMP: &str = "webhook-timestamp";
/// The signatures, one for each secret in use, separated by spaces.
pub const WEBHOOK_SIGNATURE: &str = "webhook-signature";

/// HMAC-SHA-256.
pub(crate) const KIND: &str = "v1,";
/// The longest id.
pub(crate) const LONGEST_ID: usize = 128;

/// The headers of one attempt, to be sent with the body. They hold no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookHeaders {
    pub(crate) id: String,
    pub(crate) timestamp: String,
    pub(crate) signature: String,
}

impl WebhookHeaders {
    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        [
            (WEBHOOK_ID, self.id.as_str()),
            (WEBHOOK_TIMESTAMP, self.timestamp.as_str()),
            (WEBHOOK_SIGNATURE, self.signature.as_str()),
        ]
        .into_iter()
    }

    /// How many signatures it bears: one for each secret in use.
    #[must_use]
    pub fn signature_count(&self) -> usize {
        self.signature.split(' ').filter(|signature| !signature.is_empty()).count()
    }
}

/// Letters, digits, `_` and `-`: no full stop, which separates the signed parts, and nothing that ends a header.
pub(crate) fn is_id(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(allowed)
}

/// A time as it is signed. One time has one spelling, so that a signed text has one meaning.
pub(crate) fn read_timestamp(text: &str) -> Option<Timestamp> {
    let plain = !text.is_empty()
        && text.len() <= 12
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    if plain { Timestamp::from_second(text.parse().ok()?).ok() } else { None }
}
