//! The blocking client against servers that misbehave, over real sockets. Each must give its typed error in bounded time.
#![cfg(feature = "blocking")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which may fail loudly")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use chancery_http::{
    AddressGuard, AddressKind, AddressRule, BlockingClient, Limits, Phase, RedirectRefusal, Redirects,
    Request, Response, Transport, TransportError,
};

/// A server for a few connections; each runs `answer` after its request has been read.
fn serve(answer: impl Fn(&str, TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let head = read_request(&mut stream);
            answer(&head, stream);
        }
    });
    address
}

/// Head and body of one request.
fn read_request(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let (mut octets, mut buffer) = (Vec::new(), [0; 1024]);
    loop {
        let text = String::from_utf8_lossy(&octets).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned)
            });
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text;
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return text,
            Ok(count) => octets.extend_from_slice(&buffer[..count]),
        }
    }
}

fn reply(mut stream: TcpStream, head: &str, body: &[u8]) {
    let _ = write!(stream, "{head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(body);
}

fn local() -> BlockingClient {
    BlockingClient::new().allow(AddressRule::Loopback)
}

fn get(address: SocketAddr, path: &str) -> Request {
    Request::get(format!("http://{address}{path}")).unwrap()
}

fn hasty(request: Request) -> Request {
    request.with_limits(Limits::default().with_timeout(Duration::from_millis(400)).with_max_response(1000))
}

/// Sends, and insists that it ended by itself: the servers here would keep a patient client for ever.
fn quickly(client: &BlockingClient, request: &Request) -> Result<Response, TransportError> {
    let start = Instant::now();
    let result = client.send(request);
    assert!(start.elapsed() < Duration::from_secs(5), "took {:?}", start.elapsed());
    result
}

#[test]
fn an_honest_exchange() {
    let address = serve(|request, stream| {
        assert!(request.starts_with("POST /tsa?x=1 HTTP/1.1\r\n"), "{request}");
        let lower = request.to_ascii_lowercase();
        assert!(lower.contains("content-type: application/timestamp-query\r\n"), "{request}");
        assert!(!lower.contains("cookie") && !lower.contains("gzip"), "{request}");
        assert!(request.ends_with("\r\n\r\nquestion"), "{request}");
        reply(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply; x=y", b"answer");
    });
    let request = Request::post(
        format!("http://{address}/tsa?x=1"),
        "application/timestamp-query",
        b"question".to_vec(),
    );
    let answer = quickly(&local(), &request.unwrap()).unwrap();
    assert_eq!((answer.status(), answer.body()), (200, &b"answer"[..]));
    assert_eq!(answer.content_type(), Some("application/timestamp-reply"));
}

#[test]
fn a_status_of_failure_is_an_answer() {
    let address = serve(|_, stream| reply(stream, "HTTP/1.1 500 Oops\r\nContent-Type: text/html", b"<html>"));
    let answer = quickly(&local(), &get(address, "/")).unwrap();
    assert_eq!(
        (answer.status(), answer.content_type(), answer.body()),
        (500, Some("text/html"), &b"<html>"[..])
    );
}

#[test]
fn a_silent_server_is_cut() {
    let address = serve(|_, stream| {
        thread::sleep(Duration::from_secs(5));
        drop(stream);
    });
    let error = quickly(&local(), &hasty(get(address, "/"))).unwrap_err();
    let TransportError::TimedOut { limit, phase: Phase::Exchanging, .. } = error else { panic!("{error:?}") };
    assert_eq!(limit, Duration::from_millis(400));
}

#[test]
fn a_dripping_body_is_cut() {
    let address = serve(|_, mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n");
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    let error = quickly(&local(), &hasty(get(address, "/"))).unwrap_err();
    assert!(matches!(error, TransportError::TimedOut { .. }), "{error:?}");
}

#[test]
fn a_dripping_head_is_cut() {
    let address = serve(|_, mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX-Slow: ");
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    let error = quickly(&local(), &hasty(get(address, "/"))).unwrap_err();
    assert!(matches!(error, TransportError::TimedOut { .. }), "{error:?}");
}

#[test]
fn endless_interim_answers_are_cut() {
    let address = serve(|_, mut stream| {
        while stream.write_all(b"HTTP/1.1 103 Early Hints\r\n\r\n").is_ok() {
            thread::sleep(Duration::from_millis(5));
        }
    });
    let error = quickly(&local(), &hasty(get(address, "/"))).unwrap_err();
    assert!(matches!(error, TransportError::TimedOut { .. } | TransportError::Protocol { .. }), "{error:?}");
}

#[test]
fn a_server_that_does_not_read_is_cut() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let accepted = listener.accept().unwrap();
        thread::sleep(Duration::from_secs(5));
        drop(accepted);
    });
    let request = Request::post(format!("http://{address}/"), "text/plain", vec![0; 32 << 20]).unwrap();
    let error = quickly(&local(), &hasty(request)).unwrap_err();
    assert!(matches!(error, TransportError::TimedOut { phase: Phase::Exchanging, .. }), "{error:?}");
}

#[test]
fn a_huge_body_is_cut_whatever_it_announces() {
    // Announced, not announced, and chunked.
    let endless = |head: &'static str, piece: &'static [u8]| {
        serve(move |_, mut stream| {
            let _ = stream.write_all(head.as_bytes());
            while stream.write_all(piece).is_ok() {}
        })
    };
    for address in [
        endless("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", &[b'x'; 4096]),
        endless("HTTP/1.1 200 OK\r\n\r\n", &[b'x'; 4096]),
        endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"8\r\nxxxxxxxx\r\n"),
    ] {
        let error = quickly(&local(), &hasty(get(address, "/"))).unwrap_err();
        assert!(matches!(error, TransportError::TooLarge { limit: 1000, .. }), "{error:?}");
    }
}

#[test]
fn a_body_of_exactly_the_limit_passes() {
    let address = serve(|request, stream| {
        let length = if request.contains("/fits") { 1000 } else { 1001 };
        reply(stream, "HTTP/1.1 200 OK", &vec![b'x'; length]);
    });
    assert_eq!(quickly(&local(), &hasty(get(address, "/fits"))).unwrap().body().len(), 1000);
    let error = quickly(&local(), &hasty(get(address, "/over"))).unwrap_err();
    assert!(matches!(error, TransportError::TooLarge { .. }), "{error:?}");
}

#[test]
fn a_huge_head_is_cut() {
    let address = serve(|_, mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream
            .write_all(b"X-Filler: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n")
            .is_ok()
        {}
    });
    let error = quickly(&local(), &get(address, "/")).unwrap_err();
    assert!(matches!(error, TransportError::TooLarge { .. } | TransportError::Protocol { .. }), "{error:?}");
}

#[test]
fn closing_early_is_noticed() {
    let closing = |text: &'static str| {
        serve(move |_, mut stream| {
            let _ = stream.write_all(text.as_bytes());
        })
    };
    for address in [
        closing(""),
        closing("HTTP/1.1 200 OK\r\nContent-Le"),
        closing("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
        closing("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
    ] {
        let error = quickly(&local(), &get(address, "/")).unwrap_err();
        assert!(
            matches!(error, TransportError::Interrupted { .. } | TransportError::Protocol { .. }),
            "{error:?}"
        );
    }
}

#[test]
fn what_is_not_http_is_named_so() {
    let address = serve(|_, mut stream| {
        let _ = stream.write_all(b"220 mail.example ESMTP\r\n\r\n");
    });
    let error = quickly(&local(), &get(address, "/")).unwrap_err();
    assert!(matches!(error, TransportError::Protocol { .. }), "{error:?}");
}

#[test]
fn a_closed_port_refuses() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = quickly(&local(), &get(address, "/")).unwrap_err();
    assert!(matches!(error, TransportError::Connect { .. }), "{error:?}");
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}

#[test]
fn redirects_are_refused_unless_told() {
    let address = serve(|request, stream| match request.split(' ').nth(1) {
        Some("/there") => reply(stream, "HTTP/1.1 200 OK", b"arrived"),
        Some("/loop") => reply(stream, "HTTP/1.1 302 Found\r\nLocation: /loop", b""),
        Some("/bare") => reply(stream, "HTTP/1.1 302 Found", b""),
        Some("/metadata") => {
            reply(stream, "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest", b"");
        }
        Some("/file") => reply(stream, "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd", b""),
        _ => reply(stream, "HTTP/1.1 301 Moved\r\nLocation: /there", b"<html>moved</html>"),
    });
    let refusal = |client: &BlockingClient, request: &Request| match quickly(client, request).unwrap_err() {
        TransportError::Redirect { reason, .. } => reason,
        other => panic!("{other:?}"),
    };
    let following = local().with_redirects(Redirects::AtMost(2));
    assert_eq!(refusal(&local(), &get(address, "/")), RedirectRefusal::NotFollowed);
    assert_eq!(quickly(&following, &get(address, "/")).unwrap().body(), b"arrived");
    assert_eq!(refusal(&following, &get(address, "/loop")), RedirectRefusal::TooMany);
    assert_eq!(refusal(&following, &get(address, "/bare")), RedirectRefusal::NoLocation);
    let post = Request::post(format!("http://{address}/"), "text/plain", b"x".to_vec()).unwrap();
    assert_eq!(refusal(&following, &post), RedirectRefusal::NotAGet);
    // What a redirect leads to is judged like any other address.
    let error = quickly(&following, &get(address, "/metadata")).unwrap_err();
    assert!(
        matches!(error, TransportError::AddressRefused { kind: AddressKind::LinkLocal, .. }),
        "{error:?}"
    );
    assert!(matches!(quickly(&following, &get(address, "/file")).unwrap_err(), TransportError::Address(_)));
}

#[test]
fn private_addresses_are_refused_however_they_are_written() {
    let (seen, port) = counting_server();
    for host in [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",
        "[::]",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "[fe80::1]",
        "[fc00::1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "224.0.0.1",
        "255.255.255.255",
    ] {
        let request = hasty(Request::get(format!("http://{host}:{port}/")).unwrap());
        match quickly(&BlockingClient::new(), &request).unwrap_err() {
            TransportError::AddressRefused { kind, .. } => assert_ne!(kind, AddressKind::Public),
            // Old notations that this system's resolver does not know lead nowhere, which is as good.
            TransportError::HostNotFound { .. } if !host.starts_with('[') => {}
            other => panic!("{host}: {other:?}"),
        }
    }
    assert_eq!(seen.load(std::sync::atomic::Ordering::SeqCst), 0, "a refused address was contacted");
}

fn counting_server() -> (std::sync::Arc<std::sync::atomic::AtomicUsize>, u16) {
    let seen = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = seen.clone();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for _ in listener.incoming() {
            counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
    });
    (seen, port)
}

#[test]
fn one_address_can_be_allowed_alone() {
    let address = serve(|_, stream| reply(stream, "HTTP/1.1 200 OK", b"in"));
    let guard = AddressGuard::public_only().allow(AddressRule::Exactly(address.ip()));
    let client = BlockingClient::with_guard(guard);
    assert_eq!(quickly(&client, &get(address, "/")).unwrap().body(), b"in");
    let other = Request::get(format!("http://127.0.0.2:{}/", address.port())).unwrap();
    assert!(matches!(quickly(&client, &other).unwrap_err(), TransportError::AddressRefused { .. }));
}

#[test]
fn the_environment_names_no_proxy() {
    // A child process, because the environment of this one is shared with other tests.
    let me = std::env::current_exe().unwrap();
    let address = serve(|_, stream| reply(stream, "HTTP/1.1 200 OK", b"direct"));
    let status = std::process::Command::new(me)
        .args(["--exact", "asks_directly", "--ignored", "--nocapture"])
        .env("CHANCERY_TEST_SERVER", address.to_string())
        .envs(["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"].map(|name| (name, "http://127.0.0.1:1")))
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .status()
        .unwrap();
    assert!(status.success());
}

#[test]
#[ignore = "run by the_environment_names_no_proxy"]
fn asks_directly() {
    let address = std::env::var("CHANCERY_TEST_SERVER").unwrap().parse().unwrap();
    assert_eq!(quickly(&local(), &get(address, "/")).unwrap().body(), b"direct");
}

#[cfg(not(feature = "tls"))]
#[test]
fn https_without_tls_names_the_feature() {
    let error = quickly(&local(), &Request::get("https://a.example/").unwrap()).unwrap_err();
    assert!(matches!(error, TransportError::HttpsUnavailable { .. }), "{error:?}");
    assert!(error.to_string().contains("`tls`"), "{error}");
}

#[cfg(feature = "tls")]
#[test]
fn https_speaks_tls() {
    // A server that has only plain HTTP behind an https URL, and one that ends the handshake with an alert.
    for greeting in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], &[21, 3, 3, 0, 2, 2, 40]] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut hello = [0; 3];
            stream.read_exact(&mut hello).unwrap();
            let _ = stream.write_all(greeting);
            thread::sleep(Duration::from_millis(100));
            hello
        });
        let request = hasty(Request::get(format!("https://{address}/")).unwrap());
        let error = quickly(&local(), &request).unwrap_err();
        assert!(matches!(error, TransportError::Tls { .. }), "{error:?}");
        // A ClientHello: a handshake record of TLS 1.x (RFC 8446 §5.1).
        assert_eq!(server.join().unwrap()[..2], [22, 3]);
    }
}

#[test]
fn an_unknown_host_is_named() {
    // `.invalid` never resolves (RFC 6761 §6.4).
    let error = local().send(&Request::get("http://nowhere.invalid/").unwrap()).unwrap_err();
    assert!(
        matches!(error, TransportError::HostNotFound { .. } | TransportError::TimedOut { .. }),
        "{error:?}"
    );
}
