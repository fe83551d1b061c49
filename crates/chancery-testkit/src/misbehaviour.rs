//! How a service can be bad.

use std::time::Duration;

use chancery_http::http::{HeaderMap, HeaderValue, header};
use chancery_http::{Phase, Request, Response, TransportError};

/// What a service does instead of answering well. Set with [`TestPki::misbehave`](crate::TestPki::misbehave).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// It answers with a page for people, and status 200, as captive portals do.
    Html,
    /// It answers well, but only after this time. In process nobody waits longer than the request allows.
    Slow(Duration),
    /// It answers with octets that are nothing, under the right media type.
    Garbage,
    /// It answers with status 503.
    ServerError,
    /// It does not answer: in process as if nobody listened, on loopback by closing the connection.
    Down,
    /// It says no in its own words: a timestamp authority `rejection`, an OCSP responder `tryLater`, a list service 404.
    Reject,
    /// Its answer belongs to another question: the nonce differs.
    WrongNonce,
    /// Its answer is about something else: another imprint, another certificate, another authority's list.
    WrongSubject,
    /// It points to another place, and to itself at that (status 302).
    Redirect,
    /// It answers with 2 MiB of zeros under the right media type; a transport that keeps the limits of the request
    /// brings less.
    Huge,
    /// It answers with what was current a year ago: lists and OCSP answers that are over. The others do as always.
    Stale,
}

impl Misbehaviour {
    /// The answer, where it is the same for all services; `None` if the service has to make it.
    pub(crate) fn answer(
        self,
        request: &Request,
        content_type: &'static str,
    ) -> Option<Result<Response, TransportError>> {
        match self {
            Self::Html => Some(Ok(Response::ok(
                "text/html; charset=utf-8",
                b"<!DOCTYPE html><title>Welcome</title><p>Please log in to the network.".to_vec(),
            ))),
            Self::Slow(delay) => delayed(request, delay),
            Self::Garbage => Some(Ok(Response::ok(content_type, vec![0xde, 0xad, 0xbe, 0xef]))),
            Self::ServerError => Some(Ok(Response::new(503, HeaderMap::new(), b"out of order".to_vec()))),
            Self::Down => Some(Err(TransportError::Connect {
                host: format!("{}:{}", request.address().host(), request.address().port()),
                source: std::io::ErrorKind::ConnectionRefused.into(),
            })),
            Self::Redirect => {
                let location = HeaderValue::from_static("/elsewhere");
                let headers = HeaderMap::from_iter([(header::LOCATION, location)]);
                Some(Ok(Response::new(302, headers, Vec::new())))
            }
            Self::Huge => Some(Ok(Response::ok(content_type, vec![0; 2 << 20]))),
            Self::Reject | Self::WrongNonce | Self::WrongSubject | Self::Stale => None,
        }
    }
}

fn delayed(request: &Request, delay: Duration) -> Option<Result<Response, TransportError>> {
    let limit = request.limits().timeout;
    if delay < limit {
        std::thread::sleep(delay);
        return None;
    }
    Some(Err(TransportError::TimedOut {
        url: request.address().to_string(),
        limit,
        phase: Phase::Exchanging,
    }))
}
