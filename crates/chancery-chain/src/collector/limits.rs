//! Bounds on what collecting evidence may cost.

use std::time::Duration;

/// How much one collection may ask of the network. The defaults suit real chains with room to spare: a chain of four
/// with nothing at hand takes two issuers and three answers.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CollectorLimits {
    /// Requests in all. Default: 32.
    pub requests: u32,
    /// Requests for certificates of issuers among them. They are sent before it is known that a certificate leads to
    /// a trust anchor, so a stranger who made it chooses where they go. Default: 8.
    pub issuer_requests: u32,
    /// Bytes of all answers together. Default: 64 MiB.
    pub bytes: usize,
    /// The time for each request. Default: 15 seconds.
    pub timeout: Duration,
}

impl CollectorLimits {
    /// The same limits with so many requests in all.
    #[must_use]
    pub fn with_requests(self, requests: u32) -> Self {
        Self { requests, ..self }
    }

    /// The same limits with so many requests for issuers.
    #[must_use]
    pub fn with_issuer_requests(self, issuer_requests: u32) -> Self {
        Self { issuer_requests, ..self }
    }

    /// The same limits with so many bytes of all answers together.
    #[must_use]
    pub fn with_bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// The same limits with this time for each request.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }
}

impl Default for CollectorLimits {
    fn default() -> Self {
        Self { requests: 32, issuer_requests: 8, bytes: 64 << 20, timeout: Duration::from_secs(15) }
    }
}
