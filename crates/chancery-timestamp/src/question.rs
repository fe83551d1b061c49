//! One question to an authority, and what counts as its answer.

use chancery_digest::{Digest, Digests, KnownDigest};
use chancery_http::{Address, AddressError, Request, Response};
use const_oid::ObjectIdentifier as Oid;

use crate::error::TimestampError;
use crate::info::integer_content;
use crate::request::{CertificateRequest, TimestampRequest};
use crate::response::TimestampResponse;
use crate::token::{MatchingToken, TimestampToken};

const QUERY: &str = "application/timestamp-query";
const REPLY: &str = "application/timestamp-reply";
/// Tokens have some thousand bytes; those with a whole chain and CRLs some hundred thousand.
const MAX_RESPONSE: usize = 1 << 20;

/// "Stamp this digest": a question for one authority, to be asked once.
///
/// It knows no network. [`request`](Self::request) says what to send, [`accept`](Self::accept) judges what
/// came back; whatever carries the one and brings the other will do.
///
/// ```
/// use chancery_digest::{AnyDigest, DigestAlgorithm};
/// use chancery_http::Transport;
/// use chancery_timestamp::{MatchingToken, TimestampError, TimestampQuestion};
///
/// fn stamp(contract: &[u8], nonce: [u8; 16], http: &impl Transport) -> Result<MatchingToken, TimestampError> {
///     let question = TimestampQuestion::new(DigestAlgorithm::Sha256.digest(contract), nonce);
///     let response = http.send(&question.request("https://timestamps.example/")?)?;
///     question.accept(&response)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct TimestampQuestion {
    digest: Digest,
    request: TimestampRequest,
}

impl TimestampQuestion {
    /// A question for a timestamp of this digest. The nonce is random and used once: it ties the answer to
    /// this question.
    #[must_use]
    pub fn new(digest: Digest, nonce: [u8; 16]) -> Self {
        let request = TimestampRequest {
            version: 1,
            imprint: digest.into(),
            policy: None,
            nonce: Some(integer_content(&nonce)),
            certificates: CertificateRequest::Include,
            extensions: None,
        };
        Self { digest, request }
    }

    /// Asks for this policy, and accepts no other.
    #[must_use]
    pub const fn policy(mut self, policy: Oid) -> Self {
        self.request.policy = Some(policy);
        self
    }

    /// The request in DER, for carriers other than HTTP.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        self.request.to_der()
    }

    /// The HTTP request (RFC 3161, 3.4).
    ///
    /// # Errors
    /// The address is not an absolute http or https URL.
    pub fn request<A>(&self, address: A) -> Result<Request, AddressError>
    where
        A: TryInto<Address>,
        AddressError: From<A::Error>,
    {
        Request::post(address, QUERY, self.to_der())
    }

    /// Judges an HTTP response.
    ///
    /// # Errors
    /// It is not a timestamp response, or as for [`accept_der`](Self::accept_der).
    pub fn accept(&self, response: &Response) -> Result<MatchingToken, TimestampError> {
        if response.status() != 200 {
            return Err(TimestampError::Status {
                status: response.status(),
                advice: advice(response.status()),
            });
        }
        let content_type = response.content_type().unwrap_or_default();
        if !content_type.eq_ignore_ascii_case(REPLY) {
            return Err(TimestampError::ContentType { found: chancery_certificate::printable(content_type) });
        }
        self.accept_der(response.body())
    }

    /// Judges a response in DER: it must be granted, and carry a sound token with this digest, this nonce and
    /// the policy asked for.
    ///
    /// # Errors
    /// The authority refused, or the token is not sound or does not answer this question.
    pub fn accept_der(&self, response: &[u8]) -> Result<MatchingToken, TimestampError> {
        if response.len() > MAX_RESPONSE {
            return Err(TimestampError::TooLarge { length: response.len(), limit: MAX_RESPONSE });
        }
        let response = TimestampResponse::from_der(response)
            .map_err(|error| TimestampError::Malformed { reason: error.to_string() })?;
        let token = match response {
            TimestampResponse::Granted(token) => TimestampToken::from_ber(&token)?,
            TimestampResponse::Rejected(rejection) => return Err(TimestampError::Rejected(rejection)),
        };
        let matching = token.matching(&Digests::of([Digest::<KnownDigest>::from(self.digest)]), &[])?;
        if matching.info().nonce() != self.request.nonce() {
            return Err(TimestampError::NonceMismatch);
        }
        match self.request.policy {
            Some(asked) if asked != matching.policy() => {
                Err(TimestampError::PolicyMismatch { asked, found: matching.policy() })
            }
            _ => Ok(matching),
        }
    }
}

const fn advice(status: u16) -> &'static str {
    match status {
        401 | 403 | 407 => "it asks for an account; add the header that the authority prescribes",
        404 | 405 | 410 => "check the address: requests are posted to a path of their own",
        429 => "too many requests; wait, or ask another authority",
        300..=399 => "it has moved; use the new address",
        500..=599 => "its failure, not yours; try again later, or ask another authority",
        _ => "check the address and the account",
    }
}
