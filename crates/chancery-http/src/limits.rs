//! How much an answer may cost.

use std::time::Duration;

/// What one request may cost: bytes and time. Every request has limits; there is no "unlimited".
///
/// They are part of the request because only the one who asks knows how large an honest answer is: a timestamp
/// has some thousand bytes, a certificate revocation list may have many megabytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The greatest body accepted, in bytes. It is enforced while reading, whatever `Content-Length` says.
    /// Default: 1 MiB.
    pub max_response: usize,
    /// The time for the whole exchange, from the look-up of the host to the last byte of the answer: a server
    /// that sends one byte now and then gains nothing. Default: 30 seconds.
    pub timeout: Duration,
    /// The time for opening the connection, within `timeout`. Default: 10 seconds.
    pub connect_timeout: Duration,
}

impl Limits {
    /// The same limits with another greatest body, in bytes.
    #[must_use]
    pub fn with_max_response(self, max_response: usize) -> Self {
        Self { max_response, ..self }
    }

    /// The same limits with another time for the whole exchange.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The same limits with another time for opening the connection.
    #[must_use]
    pub fn with_connect_timeout(self, connect_timeout: Duration) -> Self {
        Self { connect_timeout, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_response: 1 << 20,
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
        }
    }
}
