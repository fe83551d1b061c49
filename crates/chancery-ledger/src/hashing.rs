//! What the hashes of the ledger cover. All rules are in this file, and stores hold none of them.
//!
//! Each hash is SHA-256 over fields, each with its length before it (8 bytes, most significant first), the first of
//! them a name that says what is hashed. Numbers are 8 bytes, most significant first; times are microseconds since
//! 1970; a field that may be missing is preceded by a field of one byte, 0 or 1.

use chancery_digest::{AnyDigest as _, DigestAlgorithm, Hasher};
use jiff::Timestamp;

use crate::delivery_id::{DeliveryEnd, DeliveryId};
use crate::effect::Effect;
use crate::hash::Hash;
use crate::name::Tenant;
use crate::part::Part;
use crate::record::Record;
use crate::request::Request;

/// The random bytes that hide an erased part: without them nobody can try what its hash was made of.
pub type Salt = [u8; 16];

/// The hash of a payload or of evidence.
#[must_use]
pub fn part_hash(part: Part, salt: &[u8], bytes: &[u8]) -> Hash {
    let mut hash = Fielded::new(match part {
        Part::Payload => "chancery payload v1",
        Part::Evidence => "chancery evidence v1",
    });
    hash.bytes(salt);
    hash.bytes(bytes);
    hash.finish()
}

/// The hash of an event: what its row says, what was committed with it, and the event before it in its stream.
#[must_use]
pub fn event_hash(event: &Record) -> Hash {
    let mut hash = Fielded::new("chancery event v1");
    hash.bytes(event.tenant.as_str().as_bytes());
    hash.bytes(event.stream.as_str().as_bytes());
    hash.number(event.version.0);
    hash.number(event.sequence.0);
    hash.time(event.at);
    hash.bytes(event.actor.as_str().as_bytes());
    hash.bytes(event.kind.as_str().as_bytes());
    hash.number(u64::from(event.schema));
    hash.maybe(event.due, Fielded::time);
    hash.number(u64::try_from(event.holds.len()).unwrap_or(u64::MAX));
    event.holds.iter().for_each(|hold| hash.number(hold.0));
    hash.bytes(event.payload_hash.as_bytes());
    hash.bytes(event.evidence_hash.as_bytes());
    hash.maybe(event.effects, |hash, effects| hash.bytes(effects.as_bytes()));
    hash.maybe(event.request, |hash, request| hash.bytes(request.as_bytes()));
    hash.bytes(event.previous.as_bytes());
    hash.finish()
}

/// The hash of what an event sends, in its order; none where it sends nothing.
pub fn effects_hash<'e>(effects: impl ExactSizeIterator<Item = &'e Effect>) -> Option<Hash> {
    if effects.len() == 0 {
        return None;
    }
    let mut hash = Fielded::new("chancery effects v1");
    hash.number(u64::try_from(effects.len()).unwrap_or(u64::MAX));
    for effect in effects {
        hash.bytes(effect.destination.as_str().as_bytes());
        hash.bytes(effect.kind.as_str().as_bytes());
        hash.bytes(&effect.body);
    }
    Some(hash.finish())
}

/// The hash of what is kept with an idempotency key. It enters the last event of the commit.
#[must_use]
pub fn request_hash(request: &Request) -> Hash {
    let mut hash = Fielded::new("chancery request v1");
    hash.bytes(request.key.as_str().as_bytes());
    hash.bytes(request.command.as_bytes());
    hash.number(request.first.0);
    hash.number(request.last.0);
    hash.bytes(&request.result);
    hash.finish()
}

/// The hash of how a delivery ended and when, by which attempt. It stands beside the delivery and enters no event: it
/// shows an edit, but whoever knows this rule can make it anew.
#[must_use]
pub fn settlement_hash(
    tenant: &Tenant,
    delivery: DeliveryId,
    attempt: u32,
    end: DeliveryEnd,
    at: Timestamp,
) -> Hash {
    let mut hash = Fielded::new("chancery settlement v1");
    hash.bytes(tenant.as_str().as_bytes());
    hash.number(delivery.sequence.0);
    hash.number(u64::from(delivery.n));
    hash.number(u64::from(attempt));
    hash.bytes(end.as_str().as_bytes());
    hash.time(at);
    hash.finish()
}

/// The salts of the n-th event of a commit: one of 32 secret bytes for each commit, so that each event's are as
/// good as random, and the same commit tried again is the same.
pub(crate) fn salts(secret: &[u8; 32], n: u64) -> (Salt, Salt) {
    let mut hash = Fielded::new("chancery salts v1");
    hash.bytes(secret);
    hash.number(n);
    let Hash(bytes) = hash.finish();
    let (mut payload, mut evidence) = (Salt::default(), Salt::default());
    payload.copy_from_slice(&bytes[..16]);
    evidence.copy_from_slice(&bytes[16..]);
    (payload, evidence)
}

/// The hash of a leaf: RFC 6962, 2.1.
#[must_use]
pub fn leaf_hash(event: &Hash) -> Hash {
    let mut bytes = [0; 33];
    bytes[1..].copy_from_slice(event.as_bytes());
    Hash::of(&bytes)
}

/// The hash of two subtrees together: RFC 6962, 2.1.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [0; 65];
    bytes[0] = 1;
    bytes[1..33].copy_from_slice(left.as_bytes());
    bytes[33..].copy_from_slice(right.as_bytes());
    Hash::of(&bytes)
}

/// A hash over fields, each with its length before it.
struct Fielded(Hasher);

impl Fielded {
    fn new(name: &'static str) -> Self {
        let mut hash = Self(DigestAlgorithm::Sha256.hasher());
        hash.bytes(name.as_bytes());
        hash
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(bytes);
    }

    fn number(&mut self, number: u64) {
        self.bytes(&number.to_be_bytes());
    }

    fn time(&mut self, time: Timestamp) {
        self.bytes(&time.as_microsecond().to_be_bytes());
    }

    fn maybe<T>(&mut self, field: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match field {
            Some(field) => {
                self.bytes(&[1]);
                write(self, field);
            }
            None => self.bytes(&[0]),
        }
    }

    fn finish(self) -> Hash {
        Hash::from_sha256(&self.0.finalize())
    }
}
