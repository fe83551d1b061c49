//! What is refused for its size. Each of these is held by every store.

/// Names of all kinds, in bytes: what an index of any database takes.
pub const NAME: usize = 255;
/// The payload of one event, in bytes.
pub const PAYLOAD: usize = 16 << 20;
/// The evidence of one event, in bytes.
pub const EVIDENCE: usize = 1 << 20;
/// The body of one effect, in bytes: it holds ids, not documents.
pub const BODY: usize = 64 << 10;
/// The result that is kept with an idempotency key, in bytes.
pub const RESULT: usize = 64 << 10;
/// The token of an anchor, in bytes: timestamp tokens have some thousand.
pub const TOKEN: usize = 1 << 20;
/// Streams that one commit writes to.
pub const STREAMS: usize = 64;
/// Events of one commit.
pub const EVENTS: usize = 1000;
/// Legal holds that are in force on one stream at once.
pub const HOLDS: usize = 64;
/// Effects of one event.
pub const EFFECTS: usize = 1000;
/// Events of one page when reading; also deliveries and deadlines of one claim.
pub const PAGE: usize = 1000;
/// Bytes of payload and evidence after which a page ends, however few its events are.
pub const PAGE_BYTES: usize = 32 << 20;
