//! A small server on loopback.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use chancery_http::http::{HeaderName, HeaderValue, header};
use chancery_http::{Limits, Request, Response, Transport};

/// Connections that are answered at once; more are closed.
const MOST_CONNECTIONS: usize = 64;
/// Octets of a head, and of a body.
const LARGEST_HEAD: u64 = 16 << 10;
const LARGEST_BODY: u64 = 16 << 20;
/// How long a client may take to say or read something.
const PATIENCE: Duration = Duration::from_secs(10);

/// Puts a [`Transport`] on a port of this machine, so that it can be asked over a real socket.
///
/// Each connection is answered by its own thread and closed after one answer. The server stops when it is dropped.
///
/// ```
/// use chancery_http::{Request, Response, transport_fn};
/// use chancery_testkit::LoopbackServer;
///
/// let server = LoopbackServer::start(transport_fn(|_: &Request| Ok(Response::ok("text/plain", b"hello".to_vec()))));
/// println!("listening on {}", server.url());
/// ```
#[derive(Debug)]
pub struct LoopbackServer {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

impl LoopbackServer {
    /// Starts to answer on a free port with what the transport answers. If the transport fails, the connection is
    /// closed without an answer.
    ///
    /// # Panics
    ///
    /// If there is no free port on loopback.
    #[must_use]
    pub fn start(transport: impl Transport + Send + Sync + 'static) -> Self {
        Self::on(bound(), transport)
    }

    /// The same on a port that was taken before.
    pub(crate) fn on(listener: TcpListener, transport: impl Transport + Send + Sync + 'static) -> Self {
        let address = address_of(&listener);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let transport = Arc::new(transport);
        let listener = thread::spawn(move || accept(&listener, &stopped, &transport));
        Self { address, stop, listener: Some(listener) }
    }

    /// `http://127.0.0.1:port`, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for LoopbackServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // A last connection wakes the listener, which then sees that it is over.
        let woken = TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).is_ok();
        if let (true, Some(listener)) = (woken, self.listener.take()) {
            // The listener does not panic; if it did, dropping is no place to say so.
            let _ = listener.join();
        }
    }
}

pub(crate) fn bound() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on loopback")
}

pub(crate) fn address_of(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().expect("the address of a bound listener")
}

fn accept<T: Transport + Send + Sync + 'static>(
    listener: &TcpListener,
    stop: &AtomicBool,
    transport: &Arc<T>,
) {
    let open = Arc::new(AtomicUsize::new(0));
    for connection in listener.incoming() {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = connection else { continue };
        if open.fetch_add(1, Ordering::SeqCst) >= MOST_CONNECTIONS {
            open.fetch_sub(1, Ordering::SeqCst);
            continue;
        }
        let (transport, open) = (transport.clone(), open.clone());
        thread::spawn(move || {
            // A client that goes away is its own affair.
            let _ = converse(&stream, &*transport);
            open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// One request, one answer.
fn converse(stream: &TcpStream, transport: &dyn Transport) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let base = format!("http://{}", stream.local_addr()?);
    let answer = match received(&mut BufReader::new(stream), &base)? {
        Ok(request) => transport.send(&request).map_err(io::Error::other)?,
        Err(status) => Response::new(status, Default::default(), Vec::new()),
    };
    write_answer(stream, &answer)
}

/// The request, or the status that refuses it.
fn received(stream: &mut impl BufRead, base: &str) -> io::Result<Result<Request, u16>> {
    let mut head = stream.by_ref().take(LARGEST_HEAD);
    let first = line(&mut head)?;
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = Vec::new();
    loop {
        let text = line(&mut head)?;
        if text.is_empty() {
            break;
        }
        headers.extend(
            text.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())),
        );
    }
    let value = |name: &str| headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    let length = value("content-length").map_or(Ok(0), str::parse::<u64>);
    let Some(length) = length.ok().filter(|length| *length <= LARGEST_BODY) else { return Ok(Err(413)) };
    let mut body = Vec::new();
    stream.take(length).read_to_end(&mut body)?;
    let url = format!("{base}{path}");
    let request = match method {
        "GET" => Request::get(url),
        "POST" => Request::post(url, "application/octet-stream", body),
        _ => return Ok(Err(405)),
    };
    let Ok(request) = request else { return Ok(Err(400)) };
    let request = headers.iter().fold(request, |request, (name, value)| {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => request.with_header(name, value),
            _ => request,
        }
    });
    // The client's patience is what counts here, and it closes the connection when that ends.
    Ok(Ok(request.with_limits(Limits::default().with_timeout(Duration::from_secs(3600)))))
}

/// A line of the head without its end.
fn line(head: &mut impl BufRead) -> io::Result<String> {
    let mut text = String::new();
    if head.read_line(&mut text)? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn write_answer(mut stream: &TcpStream, answer: &Response) -> io::Result<()> {
    let mut octets = format!("HTTP/1.1 {} {}\r\n", answer.status(), reason(answer.status())).into_bytes();
    for (name, value) in answer.headers().iter().filter(|(name, _)| **name != header::CONTENT_LENGTH) {
        octets.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    octets
        .extend(format!("content-length: {}\r\nconnection: close\r\n\r\n", answer.body().len()).into_bytes());
    octets.extend_from_slice(answer.body());
    stream.write_all(&octets)?;
    stream.flush()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        404 => "Not Found",
        405 => "Method Not Allowed",
        503 => "Service Unavailable",
        _ => "Status",
    }
}
