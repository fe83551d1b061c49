//! The joint: send this request.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::{Request, Response, TransportError};

/// Sends a request and waits for the answer.
///
/// This is the one place where Chancery meets the network. Everything that needs a network (timestamps, OCSP,
/// revocation lists, remote signing) makes a [`Request`] and understands a [`Response`], and does not care how
/// one becomes the other. The crate's `BlockingClient` (feature `blocking`) does it with care; a closure does it in tests,
/// see [`transport_fn`].
///
/// # What an implementation owes
///
/// - It keeps to [`Request::limits`]: no larger body is returned, and it returns in time.
/// - It follows no redirect that its user did not ask for.
/// - It contacts no private address that its user did not allow: URLs come out of files that strangers made.
/// - A status of 400 or 500 is an `Ok`: the protocol above understands it.
///
/// The trait is object-safe: `&dyn Transport` is all that users of it need.
pub trait Transport {
    /// Sends the request and waits for the complete answer.
    ///
    /// # Errors
    ///
    /// [`TransportError`] if there is no complete answer within the limits.
    fn send(&self, request: &Request) -> Result<Response, TransportError>;
}

/// What [`AsyncTransport::send`] returns: the answer, some time later.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Response, TransportError>> + Send + 'a>>;

/// Sends a request without blocking the thread. It knows no runtime.
///
/// It is a trait of its own, not [`Transport`] changed by a feature, so that a program may use both. Owes the same
/// as [`Transport`], and is object-safe too (hence the boxed future: one allocation beside a network round trip).
///
/// ```
/// use chancery_http::{Answer, AsyncTransport, Request, Response};
///
/// struct Canned;
///
/// impl AsyncTransport for Canned {
///     fn send<'a>(&'a self, request: &'a Request) -> Answer<'a> {
///         Box::pin(async move { Ok(Response::ok("text/plain", request.address().to_string().into_bytes())) })
///     }
/// }
/// ```
pub trait AsyncTransport {
    /// Sends the request; the future resolves when the answer is complete.
    ///
    /// # Errors
    ///
    /// The future resolves to a [`TransportError`] if there is no complete answer within the limits.
    fn send<'a>(&'a self, request: &'a Request) -> Answer<'a>;
}

/// Implements both traits for a pointer to a transport.
macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<T: Transport + ?Sized> Transport for $pointer {
            fn send(&self, request: &Request) -> Result<Response, TransportError> {
                (**self).send(request)
            }
        }

        impl<T: AsyncTransport + ?Sized> AsyncTransport for $pointer {
            fn send<'a>(&'a self, request: &'a Request) -> Answer<'a> {
                (**self).send(request)
            }
        }
    )*};
}

forward!(&T, Box<T>, Arc<T>);

/// A closure as a [`Transport`].
///
/// (A function, because a trait cannot be implemented for all closures *and* for all references: a reference to a
/// closure would be both.)
///
/// ```
/// use chancery_http::{Request, Response, Transport, transport_fn};
///
/// let echo = transport_fn(|request: &Request| Ok(Response::ok("text/plain", request.body().to_vec())));
/// let answer = echo.send(&Request::post("http://a.example/", "text/plain", b"hello".to_vec())?)?;
/// assert_eq!(answer.body(), b"hello");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn transport_fn<F>(send: F) -> TransportFn<F>
where
    F: Fn(&Request) -> Result<Response, TransportError>,
{
    TransportFn(send)
}

/// An `async` closure as an [`AsyncTransport`]. It gets a request of its own, which the future may keep.
///
/// ```
/// use chancery_http::{Request, Response, async_transport_fn};
///
/// let echo = async_transport_fn(|request: Request| async move {
///     Ok(Response::ok("text/plain", request.body().to_vec()))
/// });
/// ```
pub fn async_transport_fn<F, T>(send: F) -> TransportFn<F>
where
    F: Fn(Request) -> T,
    T: Future<Output = Result<Response, TransportError>> + Send + 'static,
{
    TransportFn(send)
}

/// What [`transport_fn`] and [`async_transport_fn`] return.
#[derive(Clone, Copy)]
pub struct TransportFn<F>(F);

impl<F> Transport for TransportFn<F>
where
    F: Fn(&Request) -> Result<Response, TransportError>,
{
    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        (self.0)(request)
    }
}

impl<F, T> AsyncTransport for TransportFn<F>
where
    F: Fn(Request) -> T,
    T: Future<Output = Result<Response, TransportError>> + Send + 'static,
{
    fn send<'a>(&'a self, request: &'a Request) -> Answer<'a> {
        Box::pin((self.0)(request.clone()))
    }
}

impl<F> fmt::Debug for TransportFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TransportFn")
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn ask(transport: impl Transport) -> Vec<u8> {
        let request = Request::post("http://a.example/", "text/plain", b"ping".to_vec()).unwrap();
        transport.send(&request).unwrap().into_body()
    }

    #[test]
    fn pointers_and_closures_are_transports() {
        let echo = transport_fn(|request: &Request| Ok(Response::ok("text/plain", request.body().to_vec())));
        assert_eq!(ask(&echo as &dyn Transport), b"ping");
        assert_eq!(ask(Box::new(echo) as Box<dyn Transport>), b"ping");
        assert_eq!(ask(Arc::new(echo)), b"ping");
    }

    #[test]
    fn async_needs_no_runtime_here() {
        let echo = async_transport_fn(|request: Request| async move {
            Ok(Response::ok("text/plain", request.body().to_vec()))
        });
        let echo: Box<dyn AsyncTransport> = Box::new(echo);
        let request = Request::post("http://a.example/", "text/plain", b"ping".to_vec()).unwrap();
        let mut answer = echo.send(&request);
        let Poll::Ready(answer) = answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("nothing to wait for");
        };
        assert_eq!(answer.unwrap().body(), b"ping");
    }
}
