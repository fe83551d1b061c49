//! Send this request: one question, one answer, over a transport of your choice, with limits on size, time and
//! address.
//!
//! ```
//! use chancery_http::{Request, Response, Transport, transport_fn};
//!
//! // What asks makes a `Request` and reads a `Response`. What carries is a `Transport`: here a closure.
//! let transport = transport_fn(|request: &Request| Ok(Response::ok("text/plain", b"pong".to_vec())));
//! let answer = transport.send(&Request::get("http://service.example/ping")?)?;
//! assert_eq!((answer.status(), answer.body()), (200, &b"pong"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Signing and verifying need the network for timestamps, revocation and remote keys. All of Chancery asks through
//! the two traits of this crate, [`Transport`] and [`AsyncTransport`], so that a program may use the HTTP client
//! that it already has, with its proxies, certificates and metrics. [`Request`] and [`Response`] convert to and from
//! the types of the [`http`] crate.
//!
//! The URLs that are asked often come out of certificates and documents that strangers made. [`Address`] and
//! [`AddressGuard`] say what may be asked; [`Limits`] say what an answer may cost.
//!
//! # Features
//!
//! - `blocking`: `BlockingClient`, a client on ureq that keeps all of that; plain http, which is what OCSP
//!   responders, revocation lists and many timestamp services speak (their answers are signed).
//! - `tls`: https for it.
//!
//! Without features the crate opens no socket at all.
//!
//! # What it does not do
//!
//! No cookies, no compression, no caching, no retries, no proxies, no client certificates. Who needs these brings
//! a transport that has them.

mod address;
#[cfg(feature = "blocking")]
mod blocking;
mod error;
mod guard;
mod limits;
mod request;
mod response;
mod text;
mod transport;

/// The vocabulary of headers and methods, so that users need not depend on it themselves.
pub use http;

pub use address::Address;
#[cfg(feature = "blocking")]
pub use blocking::{BlockingClient, Redirects};
pub use error::{AddressError, Phase, RedirectRefusal, TransportError};
pub use guard::{AddressGuard, AddressKind, AddressRule};
pub use limits::Limits;
pub use request::Request;
pub use response::Response;
pub use transport::{Answer, AsyncTransport, Transport, TransportFn, async_transport_fn, transport_fn};
