//! What is sent.

use base64ct::{Base64, Encoding};
use chancery_ledger::Delivery;
use hmac::Mac;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::error::WebhookFault;
use super::headers::{KIND, LONGEST_ID, WebhookHeaders, is_id};
use super::secret::WebhookSecrets;

/// One event for one receiver: an id and a body, the same at every attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    id: String,
    body: Vec<u8>,
}

impl Webhook {
    /// The most bytes of a body: what an effect of the ledger may hold. The standard advises to stay below 20 kB.
    pub const MOST_BYTES: usize = 64 * 1024;

    /// The id must be the same whenever the same thing is sent, and differ otherwise.
    ///
    /// # Errors
    /// [`WebhookFault`] if the id does not have its form, or the body is too large.
    pub fn new(id: &str, body: impl Into<Vec<u8>>) -> Result<Self, WebhookFault> {
        let body = body.into();
        if !is_id(id) {
            return Err(WebhookFault::Id { most: LONGEST_ID });
        }
        if body.len() > Self::MOST_BYTES {
            return Err(WebhookFault::Body { most: Self::MOST_BYTES, found: body.len() });
        }
        Ok(Self { id: id.to_owned(), body })
    }

    /// What stands in the outbox. The body was frozen when it was put there, and the id follows from tenant and
    /// place, so whoever repeats the delivery, in whichever process, sends the same. It tells nothing of the tenant.
    ///
    /// # Errors
    /// [`WebhookFault::Body`].
    pub fn of_delivery(delivery: &Delivery) -> Result<Self, WebhookFault> {
        let mut hash = Sha256::new_with_prefix(b"chancery webhook v1");
        for text in [delivery.tenant.as_str(), delivery.stream.as_str(), delivery.effect.destination.as_str()]
        {
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text);
        }
        hash.update(delivery.id.sequence.0.to_be_bytes());
        hash.update(delivery.id.n.to_be_bytes());
        let mut id = String::from("msg_");
        for byte in hash.finalize().iter().take(16) {
            id.push_str(&format!("{byte:02x}"));
        }
        Self::new(&id, delivery.effect.body.clone())
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The bytes that are sent, exactly.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The headers for an attempt at `now`, signed with every secret in use.
    #[must_use]
    pub fn headers(&self, secrets: &WebhookSecrets, now: Timestamp) -> WebhookHeaders {
        let timestamp = now.as_second().to_string();
        let mut signature = String::new();
        for mac in secrets.at(now).filter_map(|secret| secret.mac(&self.id, &timestamp, &self.body)) {
            if !signature.is_empty() {
                signature.push(' ');
            }
            signature.push_str(KIND);
            signature.push_str(&Base64::encode_string(&mac.finalize().into_bytes()));
        }
        WebhookHeaders { id: self.id.clone(), timestamp, signature }
    }
}
