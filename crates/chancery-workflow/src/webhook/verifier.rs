//! The receiver's side.

use base64ct::{Base64, Encoding};
use hmac::Mac;
use jiff::{SignedDuration, Timestamp};

use super::error::WebhookRefusal;
use super::headers::{
    KIND, LONGEST_ID, WEBHOOK_ID, WEBHOOK_SIGNATURE, WEBHOOK_TIMESTAMP, is_id, read_timestamp,
};
use super::secret::WebhookSecrets;

/// The longest header of signatures: eight of ours have 400 bytes.
const MOST_SIGNATURE_BYTES: usize = 2048;

/// Tells genuine webhooks from others.
pub struct WebhookVerifier {
    secrets: WebhookSecrets,
    tolerance: SignedDuration,
    most_bytes: usize,
}

impl WebhookVerifier {
    /// The secrets that are shared with one sender. A webhook counts for five minutes before and after it was sent,
    /// and has at most one megabyte.
    #[must_use]
    pub fn new(secrets: WebhookSecrets) -> Self {
        Self { secrets, tolerance: SignedDuration::from_mins(5), most_bytes: 1_000_000 }
    }

    /// For how long a webhook counts, before and after it was sent: one second to one hour; what lies outside is
    /// taken as the nearer of the two.
    #[must_use]
    pub fn tolerance(mut self, tolerance: SignedDuration) -> Self {
        self.tolerance = tolerance.clamp(SignedDuration::from_secs(1), SignedDuration::from_hours(1));
        self
    }

    /// How large a body may be.
    #[must_use]
    pub fn most_bytes(mut self, most: usize) -> Self {
        self.most_bytes = most;
        self
    }

    /// Judges what came in: the headers with names in any case, the body's bytes exactly as they came, the
    /// receiver's time. Ask [`ReplayCache::receive`](super::ReplayCache::receive) afterwards whether it is new.
    ///
    /// Comparing takes the same time whatever the signatures are.
    ///
    /// # Errors
    /// [`WebhookRefusal`] says why it is not accepted.
    pub fn verify<'h>(
        &self,
        headers: impl IntoIterator<Item = (&'h str, &'h str)>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<GenuineWebhook, WebhookRefusal> {
        let [mut id, mut timestamp, mut signatures] = [None; 3];
        for (name, value) in headers {
            let slot = match () {
                () if name.eq_ignore_ascii_case(WEBHOOK_ID) => (&mut id, WEBHOOK_ID),
                () if name.eq_ignore_ascii_case(WEBHOOK_TIMESTAMP) => (&mut timestamp, WEBHOOK_TIMESTAMP),
                () if name.eq_ignore_ascii_case(WEBHOOK_SIGNATURE) => (&mut signatures, WEBHOOK_SIGNATURE),
                () => continue,
            };
            if slot.0.replace(value).is_some() {
                return Err(WebhookRefusal::Twice(slot.1));
            }
        }
        let id = id.ok_or(WebhookRefusal::Missing(WEBHOOK_ID))?;
        let timestamp = timestamp.ok_or(WebhookRefusal::Missing(WEBHOOK_TIMESTAMP))?;
        let signatures = signatures.ok_or(WebhookRefusal::Missing(WEBHOOK_SIGNATURE))?;
        if !is_id(id) {
            return Err(WebhookRefusal::Id { most: LONGEST_ID });
        }
        let sent = read_timestamp(timestamp).ok_or(WebhookRefusal::Timestamp)?;
        let age = now.duration_since(sent);
        if age > self.tolerance {
            return Err(WebhookRefusal::TooOld { sent, now });
        }
        if age < -self.tolerance {
            return Err(WebhookRefusal::TooNew { sent, now });
        }
        if body.len() > self.most_bytes {
            return Err(WebhookRefusal::Body { most: self.most_bytes });
        }
        self.compare(id, timestamp, body, &signatures_of(signatures)?, now)?;
        let counts_until = sent.saturating_add(self.tolerance).unwrap_or(Timestamp::MAX);
        Ok(GenuineWebhook { id: id.to_owned(), sent, counts_until })
    }

    /// Every secret against every signature, to the end whatever was found.
    fn compare(
        &self,
        id: &str,
        timestamp: &str,
        body: &[u8],
        signatures: &[Vec<u8>],
        now: Timestamp,
    ) -> Result<(), WebhookRefusal> {
        let (mut secrets, mut fitting) = (0_u32, 0_u32);
        for mac in self.secrets.at(now).filter_map(|secret| secret.mac(id, timestamp, body)) {
            secrets += 1;
            for signature in signatures {
                fitting += u32::from(mac.clone().verify_slice(signature).is_ok());
            }
        }
        match (secrets, fitting) {
            (0, _) => Err(WebhookRefusal::NoSecret { now }),
            (_, 0) => Err(WebhookRefusal::Signature),
            _ => Ok(()),
        }
    }
}

/// The signatures of the kind that we know. Others are allowed to stand beside them (`v1a` is Ed25519).
fn signatures_of(header: &str) -> Result<Vec<Vec<u8>>, WebhookRefusal> {
    if header.len() > MOST_SIGNATURE_BYTES {
        return Err(WebhookRefusal::TooManySignatures { most: MOST_SIGNATURE_BYTES });
    }
    let signatures: Vec<_> = header
        .split(' ')
        .filter_map(|entry| entry.strip_prefix(KIND))
        .filter_map(|base64| Base64::decode_vec(base64).ok())
        .collect();
    if signatures.is_empty() { Err(WebhookRefusal::NoSignature) } else { Ok(signatures) }
}

/// Somebody who has the secret sent these bytes, not long ago. Only [`WebhookVerifier::verify`] makes one.
///
/// ```compile_fail
/// # fn f(sent: jiff::Timestamp) {
/// let forged = chancery_workflow::webhook::GenuineWebhook { id: String::new(), sent, counts_until: sent };
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenuineWebhook {
    id: String,
    sent: Timestamp,
    counts_until: Timestamp,
}

impl GenuineWebhook {
    /// Which event it is: keep it beside what you did because of it, if doing it twice would harm.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When this attempt was made, by the sender's clock.
    #[must_use]
    pub fn sent(&self) -> Timestamp {
        self.sent
    }

    /// The last moment at which the same headers and body would be accepted again.
    #[must_use]
    pub fn counts_until(&self) -> Timestamp {
        self.counts_until
    }
}
