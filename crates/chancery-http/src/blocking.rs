//! The blocking client: ureq behind the address guard.

use std::io::Read;
use std::time::{Duration, Instant};

use http::{Method, header};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use crate::error::{Phase, RedirectRefusal, TransportError};
use crate::text::escaped;
use crate::{AddressGuard, AddressRule, Request, Response, Transport};

/// The largest head of an answer, in bytes: status line and headers together.
const LARGEST_HEAD: usize = 64 * 1024;

/// An HTTP client that waits for the answer. By default it talks to public addresses only and follows no redirect.
///
/// - The address guard looks at the addresses that the host resolved to, and the connection goes to exactly those:
///   a name that changes its meaning between check and use gains nothing. A host with one forbidden address
///   among its addresses is refused as a whole.
/// - Size and time are those of [`Request::limits`], of the whole exchange, redirects included.
/// - No cookies, no proxy (also none from the environment), no compression, no connection kept for later.
/// - `https` needs the crate's feature `tls`; the roots are then those of Mozilla (`webpki-roots`).
///
/// ```no_run
/// use chancery_http::{BlockingClient, Limits, Request, Transport};
///
/// let client = BlockingClient::new();
/// let request = Request::get("http://crl.example/issuing.crl")?
///     .with_limits(Limits::default().with_max_response(20 << 20));
/// let answer = client.send(&request)?;
/// println!("{} {} bytes", answer.status(), answer.body().len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct BlockingClient {
    guard: AddressGuard,
    redirects: Redirects,
    agent: ureq::Agent,
}

/// What a client does with an answer that points elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Redirects {
    /// It is an error: [`TransportError::Redirect`].
    #[default]
    Refuse,
    /// A GET is sent on, at most so many times, never from https to http; each address is checked like the first.
    AtMost(u8),
}

impl BlockingClient {
    /// A client for public addresses that follows no redirect.
    #[must_use]
    pub fn new() -> Self {
        Self::with_guard(AddressGuard::public_only())
    }

    /// A client for the addresses that the guard permits.
    #[must_use]
    pub fn with_guard(guard: AddressGuard) -> Self {
        Self::with_resolver(guard, DefaultResolver::default())
    }

    /// The resolver is another one in tests only.
    fn with_resolver(guard: AddressGuard, resolver: impl Resolver) -> Self {
        let resolver = GuardedResolver { guard: guard.clone(), resolver };
        let agent = ureq::Agent::with_parts(configuration(), DefaultConnector::default(), resolver);
        Self { guard, redirects: Redirects::Refuse, agent }
    }

    /// The same client, which may also contact these addresses.
    #[must_use]
    pub fn allow(self, rule: AddressRule) -> Self {
        Self { redirects: self.redirects, ..Self::with_guard(self.guard.allow(rule)) }
    }

    /// The same client with another way to treat redirects.
    #[must_use]
    pub fn with_redirects(self, redirects: Redirects) -> Self {
        Self { redirects, ..self }
    }

    /// One exchange, without following anything, before `deadline`.
    fn exchange(&self, request: &Request, deadline: Instant) -> Result<Response, TransportError> {
        if request.address().is_https() && cfg!(not(feature = "tls")) {
            return Err(TransportError::HttpsUnavailable { url: escaped(&request.address().to_string()) });
        }
        // Zero would mean "at once" and is what is left after a slow redirect; ureq treats it as timed out.
        let remaining = deadline.saturating_duration_since(Instant::now());
        let explain = |error| explained(error, request);
        let response = if request.method() == Method::GET && request.body().is_empty() {
            self.run(http::Request::from(request).map(|_| ()), request, remaining)
        } else {
            self.run(http::Request::from(request), request, remaining)
        };
        let (parts, mut body) = response.map_err(explain)?.into_parts();
        let limit = request.limits().max_response;
        let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        let mut octets = Vec::new();
        body.as_reader().take(bound).read_to_end(&mut octets).map_err(ureq::Error::from).map_err(explain)?;
        if octets.len() > limit {
            return Err(TransportError::TooLarge { url: escaped(&request.address().to_string()), limit });
        }
        Ok(Response::new(parts.status.as_u16(), parts.headers, octets))
    }

    fn run<S: ureq::AsSendBody>(
        &self,
        message: http::Request<S>,
        request: &Request,
        remaining: Duration,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let configured = self
            .agent
            .configure_request(message)
            .timeout_global(Some(remaining))
            .timeout_connect(Some(request.limits().connect_timeout))
            .build();
        self.agent.run(configured)
    }

    /// The request that a redirecting answer asks for, if it may be followed.
    fn onward(&self, request: &Request, answer: &Response, followed: u8) -> Result<Request, TransportError> {
        let location = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let refused = |reason| TransportError::Redirect {
            url: escaped(&request.address().to_string()),
            status: answer.status(),
            location: escaped(location.unwrap_or_default()),
            reason,
        };
        match self.redirects {
            Redirects::Refuse => return Err(refused(RedirectRefusal::NotFollowed)),
            Redirects::AtMost(most) if followed >= most => return Err(refused(RedirectRefusal::TooMany)),
            Redirects::AtMost(_) => {}
        }
        if request.method() != Method::GET {
            return Err(refused(RedirectRefusal::NotAGet));
        }
        let target = request.address().join(location.ok_or_else(|| refused(RedirectRefusal::NoLocation))?)?;
        if request.address().is_https() && !target.is_https() {
            return Err(refused(RedirectRefusal::Downgrade));
        }
        Ok(request.redirected(target))
    }
}

impl Default for BlockingClient {
    fn default() -> Self {
        Self::new()
    }
}

impl Transport for BlockingClient {
    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        // The only clock in Chancery: a monotonic one, for patience, never for judging a signature.
        let deadline = Instant::now() + request.limits().timeout;
        let mut current = request.clone();
        let mut followed = 0;
        loop {
            let answer = self.exchange(&current, deadline)?;
            if !redirects(&answer) {
                return Ok(answer);
            }
            current = self.onward(&current, &answer, followed)?;
            followed += 1;
        }
    }
}

/// Whether the answer points elsewhere (RFC 9110 §15.4; 300 and 304 do not).
fn redirects(answer: &Response) -> bool {
    matches!(answer.status(), 301 | 302 | 303 | 307 | 308)
}

fn configuration() -> ureq::config::Config {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .max_redirects(0)
        .max_redirects_will_error(false)
        // A connection kept open would be one more thing that was checked at another time.
        .max_idle_connections(0)
        .max_response_header_size(LARGEST_HEAD)
        .accept_encoding("identity")
        .user_agent(concat!("chancery/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Looks names up, and lets no address out that the guard refuses.
#[derive(Debug)]
struct GuardedResolver<R> {
    guard: AddressGuard,
    resolver: R,
}

impl<R: Resolver> Resolver for GuardedResolver<R> {
    fn resolve(
        &self,
        uri: &http::Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let resolved = self.resolver.resolve(uri, config, timeout)?;
        let refused = |address: std::net::IpAddr| {
            self.guard.check(address).err().map(|kind| TransportError::AddressRefused {
                host: escaped(uri.host().unwrap_or_default()),
                address,
                kind,
            })
        };
        match resolved.iter().find_map(|socket| refused(socket.ip())) {
            Some(refusal) => Err(ureq::Error::Other(Box::new(refusal))),
            None => Ok(resolved),
        }
    }
}

/// Our error for one of ureq's.
fn explained(error: ureq::Error, request: &Request) -> TransportError {
    let address = request.address();
    let url = escaped(&address.to_string());
    let host = escaped(&format!("{}:{}", address.host(), address.port()));
    match error {
        ureq::Error::Other(inner) => match inner.downcast::<TransportError>() {
            Ok(ours) => *ours,
            Err(other) => TransportError::Other(other),
        },
        ureq::Error::HostNotFound => TransportError::HostNotFound { host: escaped(address.host()) },
        ureq::Error::Timeout(timeout) => timed_out(timeout, url, request),
        ureq::Error::LargeResponseHeader(_, limit) => TransportError::TooLarge { url, limit },
        ureq::Error::Io(source) => broken(source, url, host),
        ureq::Error::ConnectionFailed => {
            TransportError::Connect { host, source: std::io::Error::other("no way to connect") }
        }
        ureq::Error::Tls(reason) => TransportError::Tls { host, reason: reason.to_owned() },
        ureq::Error::TlsRequired => TransportError::HttpsUnavailable { url },
        #[cfg(feature = "tls")]
        ureq::Error::Rustls(reason) => TransportError::Tls { host, reason: reason.to_string() },
        other => TransportError::Protocol { url, reason: escaped(&other.to_string()) },
    }
}

fn timed_out(timeout: ureq::Timeout, url: String, request: &Request) -> TransportError {
    let limits = request.limits();
    let (limit, phase) = match timeout {
        ureq::Timeout::Connect => (limits.connect_timeout, Phase::Connecting),
        _ => (limits.timeout, Phase::Exchanging),
    };
    TransportError::TimedOut { url, limit, phase }
}

/// The operating system's error, by what was going on.
fn broken(source: std::io::Error, url: String, host: String) -> TransportError {
    use std::io::ErrorKind;

    match source.kind() {
        ErrorKind::ConnectionRefused
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::AddrNotAvailable
        | ErrorKind::PermissionDenied => TransportError::Connect { host, source },
        // What the look-up of a name says when there is none has no kind of its own in the standard library.
        _ if source.to_string().contains("failed to lookup address") => TransportError::HostNotFound { host },
        // What rustls finds wrong, the server's certificate first of all, comes as invalid data.
        ErrorKind::InvalidData if url.starts_with("https:") => {
            TransportError::Tls { host, reason: source.to_string() }
        }
        _ => TransportError::Interrupted { url, source },
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{SocketAddr, TcpListener};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::AddressKind;

    /// A name server of an attacker: each look-up of the same name gives other addresses.
    #[derive(Debug)]
    struct Rebinding {
        answers: Vec<Vec<SocketAddr>>,
        asked: AtomicUsize,
    }

    impl Resolver for Rebinding {
        fn resolve(
            &self,
            _: &http::Uri,
            _: &ureq::config::Config,
            _: NextTimeout,
        ) -> Result<ResolvedSocketAddrs, ureq::Error> {
            let turn = self.asked.fetch_add(1, Ordering::SeqCst);
            let mut addresses = self.empty();
            self.answers[turn].iter().for_each(|address| addresses.push(*address));
            Ok(addresses)
        }
    }

    fn client(answers: Vec<Vec<SocketAddr>>) -> BlockingClient {
        let guard = AddressGuard::public_only().allow(AddressRule::Exactly([127, 0, 0, 1].into()));
        BlockingClient::with_resolver(guard, Rebinding { answers, asked: AtomicUsize::new(0) })
    }

    #[test]
    fn a_name_is_looked_up_once_and_the_connection_goes_where_was_checked() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let allowed = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        });
        let forbidden = SocketAddr::from(([127, 0, 0, 2], allowed.port()));
        let client = client(vec![vec![allowed], vec![forbidden]]);
        let request = Request::get("http://rebinding.example/").unwrap();
        assert_eq!(client.send(&request).unwrap().body(), b"ok");
        let error = client.send(&request).unwrap_err();
        assert!(
            matches!(error, TransportError::AddressRefused { kind: AddressKind::Loopback, .. }),
            "{error:?}"
        );
    }

    #[test]
    fn one_forbidden_address_among_several_refuses_the_host() {
        let public = SocketAddr::from(([192, 0, 43, 8], 80));
        let client = client(vec![vec![public, SocketAddr::from(([10, 0, 0, 1], 80))]]);
        let error = client.send(&Request::get("http://mixed.example/").unwrap()).unwrap_err();
        let TransportError::AddressRefused { host, address, kind } = error else { panic!("{error:?}") };
        assert_eq!(
            (host.as_str(), address, kind),
            ("mixed.example", [10, 0, 0, 1].into(), AddressKind::Private)
        );
    }
}
