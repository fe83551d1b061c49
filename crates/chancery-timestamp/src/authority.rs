//! A timestamp authority as seen by its clients.

use chancery_digest::Digest;
use chancery_http::http::{HeaderName, HeaderValue};
use chancery_http::{Address, Limits, Request, Transport};
use const_oid::ObjectIdentifier as Oid;
use rand_core::CryptoRng;

use crate::error::TimestampError;
use crate::question::TimestampQuestion;
use crate::token::MatchingToken;

/// An authority that is asked over a [`Transport`] and answers at once.
///
/// ```
/// use chancery_digest::Digest;
/// use chancery_http::{Address, Transport};
/// use chancery_timestamp::{MatchingToken, TimestampAuthority};
/// use rand_core::CryptoRng;
///
/// fn stamp(
///     digest: &Digest,
///     http: impl Transport,
///     rng: &mut impl CryptoRng,
/// ) -> Result<MatchingToken, Box<dyn std::error::Error>> {
///     let authority = TimestampAuthority::new(Address::parse("https://timestamps.example/")?, http);
///     Ok(authority.stamp(digest, rng)?)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct TimestampAuthority<T> {
    address: Address,
    transport: T,
    policy: Option<Oid>,
    headers: Vec<(HeaderName, HeaderValue)>,
    limits: Limits,
}

impl<T: Transport> TimestampAuthority<T> {
    /// The authority at this address.
    #[must_use]
    pub fn new(address: Address, transport: T) -> Self {
        Self { address, transport, policy: None, headers: Vec::new(), limits: Limits::default() }
    }

    /// Asks for this policy, and accepts no other.
    #[must_use]
    pub fn with_policy(self, policy: Oid) -> Self {
        Self { policy: Some(policy), ..self }
    }

    /// Sends this header with every request: for an authority that asks for an account.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Waits longer or shorter, and accepts more or less. Never more than 1 MiB.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Where the authority is.
    #[must_use]
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// Has the digest stamped. `rng` gives the nonce.
    ///
    /// The token is sound and answers this question; whether the authority can be trusted is for
    /// [`MatchingToken::trust`].
    ///
    /// # Errors
    /// The authority cannot be reached, refuses, or answers with something else.
    pub fn stamp(
        &self,
        digest: &Digest,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<MatchingToken, TimestampError> {
        let mut nonce = [0; 16];
        rng.fill_bytes(&mut nonce);
        let question = TimestampQuestion::new(*digest, nonce);
        let question = match self.policy {
            Some(policy) => question.policy(policy),
            None => question,
        };
        let request = question.request(&self.address)?.with_limits(self.limits);
        let headers = self.headers.iter().cloned();
        let request =
            headers.fold(request, |request, (name, value)| Request::with_header(request, name, value));
        question.accept(&self.transport.send(&request)?)
    }
}
