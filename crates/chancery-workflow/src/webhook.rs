//! Webhooks by the form of [Standard Webhooks 1.0](https://www.standardwebhooks.com): what is sent, and how the
//! receiver knows that it is genuine, fresh and new.
//!
//! ```
//! use chancery_workflow::webhook::{Received, ReplayCache, Webhook, WebhookSecret, WebhookSecrets, WebhookVerifier};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (mut rng, now) = (getrandom::rand_core::UnwrapErr(getrandom::SysRng), "2026-11-22T12:00:00Z".parse()?);
//! let secret = WebhookSecret::random(&mut rng);
//! let shared = secret.expose(); // `whsec_…`: shown to the receiver once
//! let secrets = WebhookSecrets::new(secret);
//!
//! // The sender, at each attempt. Id and body stay the same, the time does not.
//! let webhook = Webhook::new("msg_2026", br#"{"type":"envelope.completed"}"#)?;
//! let headers = webhook.headers(&secrets, now);
//!
//! // The receiver.
//! let verifier = WebhookVerifier::new(WebhookSecrets::new(WebhookSecret::parse(&shared)?));
//! let genuine = verifier.verify(headers.iter(), webhook.body(), now)?;
//! let mut cache = ReplayCache::new(10_000);
//! assert_eq!(cache.receive(&genuine, now)?, Received::First);
//! # Ok(())
//! # }
//! ```
//!
//! Nothing here opens a socket. The application sends, through a client that guards the address (`chancery-http` with
//! its address guard), since the address of a webhook comes from a customer.

mod error;
mod headers;
mod message;
mod replay;
mod secret;
mod verifier;

pub use error::{ReplayUnknown, WebhookFault, WebhookRefusal, WebhookSecretFault};
pub use headers::{WEBHOOK_ID, WEBHOOK_SIGNATURE, WEBHOOK_TIMESTAMP, WebhookHeaders};
pub use message::Webhook;
pub use replay::{Received, ReplayCache};
pub use secret::{WebhookSecret, WebhookSecrets};
pub use verifier::{GenuineWebhook, WebhookVerifier};
