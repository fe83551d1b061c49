//! The services answer in process and over loopback, well and badly.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests, which may fail loudly"
)]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use chancery_certificate::asn1::{self, tag};
use chancery_certificate::{Certificate, GeneralName};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, Digests, LegacyDigest};
use chancery_http::{
    Address, AddressRule, BlockingClient, Limits, Request, Response, Transport, TransportError, transport_fn,
};
use chancery_key::KeyKind;
use chancery_testkit::{LoopbackServer, Misbehaviour, Profile, RevocationReason, TestPki, TestService, oid};
use chancery_timestamp::{MatchingToken, TimestampAuthority, TimestampError, TokenFault};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;

const BAD: [Misbehaviour; 8] = [
    Misbehaviour::Html,
    Misbehaviour::Slow(Duration::from_secs(5)),
    Misbehaviour::Garbage,
    Misbehaviour::ServerError,
    Misbehaviour::Down,
    Misbehaviour::Reject,
    Misbehaviour::WrongNonce,
    Misbehaviour::WrongSubject,
];

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn client() -> BlockingClient {
    BlockingClient::new().allow(AddressRule::Loopback)
}

/// Runs a test in process and over loopback.
fn both_ways(test: impl Fn(&TestPki, &dyn Transport)) {
    let pki = TestPki::at(now());
    test(&pki, &pki);
    let pki = TestPki::on_loopback(now());
    test(&pki, &client());
}

fn short() -> Limits {
    Limits::default().with_timeout(Duration::from_millis(500))
}

fn stamp(pki: &TestPki, transport: &dyn Transport, digest: &Digest) -> Result<MatchingToken, TimestampError> {
    let authority =
        TimestampAuthority::new(Address::parse(&pki.tsa_url()).unwrap(), transport).with_limits(short());
    authority.stamp(digest, &mut UnwrapErr(SysRng))
}

fn fetch(transport: &dyn Transport, url: &str) -> Result<Response, TransportError> {
    transport.send(&Request::get(url).unwrap().with_limits(short()))
}

/// An OCSPRequest about one certificate, with a nonce.
fn ocsp_request(certificate: &Certificate, issuer: &Certificate) -> Vec<u8> {
    let digest = |octets: &[u8]| asn1::octet_string(LegacyDigest::Sha1.digest(octets).as_bytes());
    let algorithm = asn1::sequence(&[&asn1::oid(&LegacyDigest::Sha1.oid()), &asn1::null()]);
    let id = asn1::sequence(&[
        &algorithm,
        &digest(issuer.subject().to_der()),
        &digest(issuer.public_key_bits()),
        &asn1::encode(tag::INTEGER, certificate.serial()),
    ]);
    let nonce = asn1::sequence(&[
        &asn1::oid(&oid::OCSP_NONCE),
        &asn1::octet_string(&asn1::octet_string(b"0123456789abcdef")),
    ]);
    let extensions = asn1::encode(tag::constructed(2), &asn1::sequence(&[&nonce]));
    let list = asn1::sequence(&[&asn1::sequence(&[&id])]);
    asn1::sequence(&[&asn1::sequence(&[&list, &extensions])])
}

fn ask_ocsp(
    pki: &TestPki,
    transport: &dyn Transport,
    certificate: &Certificate,
) -> Result<Response, TransportError> {
    let body = ocsp_request(certificate, pki.intermediate());
    transport
        .send(&Request::post(pki.ocsp_url(), "application/ocsp-request", body).unwrap().with_limits(short()))
}

fn contains(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window == part)
}

#[test]
fn timestamps_come_as_asked() {
    both_ways(|pki, transport| {
        let digest = DigestAlgorithm::Sha384.digest(b"contract");
        let token = stamp(pki, transport, &digest).unwrap();
        assert_eq!((token.time(), token.policy()), (now(), oid::TIMESTAMP_POLICY));
        assert_eq!(token.signer().certificate(), pki.timestamp_authority().certificate());
        let later = "2027-01-01T00:00:00Z".parse().unwrap();
        pki.set_now(later);
        assert_eq!(stamp(pki, transport, &digest).unwrap().time(), later);
    });
}

#[test]
fn a_token_can_be_had_without_asking() {
    let pki = TestPki::at(now());
    let digest = DigestAlgorithm::Sha256.digest(b"contract");
    let covered = Digests::of([digest.into()]);
    assert_eq!(MatchingToken::from_token(&pki.timestamp_token(&digest), &covered).unwrap().time(), now());
}

#[test]
fn timestamps_fail_in_the_way_chosen() {
    both_ways(|pki, transport| {
        for bad in BAD {
            pki.misbehave(TestService::Timestamp, bad);
            let begin = Instant::now();
            let error = stamp(pki, transport, &DigestAlgorithm::Sha256.digest(b"contract")).unwrap_err();
            assert!(begin.elapsed() < Duration::from_secs(2), "{bad:?} took {:?}", begin.elapsed());
            let expected = match bad {
                Misbehaviour::Html => matches!(error, TimestampError::ContentType { .. }),
                Misbehaviour::Slow(_) => {
                    matches!(error, TimestampError::Transport(TransportError::TimedOut { .. }))
                }
                Misbehaviour::Down => matches!(error, TimestampError::Transport(_)),
                Misbehaviour::Garbage => matches!(error, TimestampError::Malformed { .. }),
                Misbehaviour::ServerError => matches!(error, TimestampError::Status { status: 503, .. }),
                Misbehaviour::Reject => matches!(error, TimestampError::Rejected(_)),
                Misbehaviour::WrongNonce => matches!(error, TimestampError::NonceMismatch),
                _ => matches!(error, TimestampError::Token(TokenFault::ImprintMismatch { .. })),
            };
            assert!(expected, "{bad:?}: {error:?}");
        }
        pki.behave();
        stamp(pki, transport, &DigestAlgorithm::Sha256.digest(b"contract")).unwrap();
    });
}

#[test]
fn lists_and_certificates_are_where_certificates_say() {
    both_ways(|pki, transport| {
        let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
        pki.revoke(alice.certificate(), now(), RevocationReason::KeyCompromise);
        let points = alice.certificate().crl_distribution_points().unwrap().unwrap();
        let [GeneralName::Uri(url)] = &points[0].full_name[..] else { panic!("{points:?}") };
        let list = fetch(transport, url).unwrap();
        assert_eq!((list.status(), list.content_type()), (200, Some("application/pkix-crl")));
        assert!(contains(list.body(), alice.certificate().serial()));

        let issuer = fetch(transport, &alice.certificate().issuer_urls()[0]).unwrap();
        assert_eq!(&Certificate::from_der(issuer.body()).unwrap(), pki.intermediate());
        let issuer = fetch(transport, &pki.intermediate().issuer_urls()[0]).unwrap();
        assert_eq!(&Certificate::from_der(issuer.body()).unwrap(), pki.root());

        assert_eq!(fetch(transport, &format!("{}/nothing", pki.base_url())).unwrap().status(), 404);
        assert_eq!(fetch(transport, &pki.tsa_url()).unwrap().status(), 405);
    });
}

#[test]
fn lists_fail_in_the_way_chosen() {
    both_ways(|pki, transport| {
        let url = pki.issuing().locations().crl.clone();
        let issuer = pki.intermediate().subject().to_der();
        for bad in BAD {
            pki.misbehave(TestService::Crl, bad);
            match (bad, fetch(transport, &url)) {
                (Misbehaviour::Html, answer) => assert_eq!(answer.unwrap().content_type(), Some("text/html")),
                (Misbehaviour::Slow(_), answer) => {
                    assert!(matches!(answer, Err(TransportError::TimedOut { .. })));
                }
                (Misbehaviour::Down, answer) => assert!(answer.is_err()),
                (Misbehaviour::ServerError, answer) => assert_eq!(answer.unwrap().status(), 503),
                (Misbehaviour::Reject, answer) => assert_eq!(answer.unwrap().status(), 404),
                (Misbehaviour::Garbage | Misbehaviour::WrongSubject, answer) => {
                    assert!(!contains(answer.unwrap().body(), issuer), "{bad:?}");
                }
                // A list has no nonce.
                (_, answer) => assert!(contains(answer.unwrap().body(), issuer)),
            }
        }
    });
}

#[test]
fn ocsp_answers_the_question_with_its_nonce() {
    both_ways(|pki, transport| {
        let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
        let ask = || ask_ocsp(pki, transport, alice.certificate()).unwrap();
        let answer = ask();
        assert_eq!((answer.status(), answer.content_type()), (200, Some("application/ocsp-response")));
        assert!(contains(answer.body(), alice.certificate().serial()));
        assert!(contains(answer.body(), b"0123456789abcdef"));
        assert!(contains(answer.body(), pki.ocsp_responder().certificate().to_der()));

        pki.misbehave(TestService::Ocsp, Misbehaviour::WrongNonce);
        assert!(!contains(ask().body(), b"0123456789abcdef"));
        pki.misbehave(TestService::Ocsp, Misbehaviour::WrongSubject);
        assert!(!contains(ask().body(), alice.certificate().serial()));
        pki.misbehave(TestService::Ocsp, Misbehaviour::Reject);
        assert_eq!(ask().body(), [0x30, 3, 0x0a, 1, 3], "tryLater");
        pki.behave();

        // Of another PKI it knows nothing; of nonsense neither.
        let stranger = TestPki::at(now());
        let foreign = ocsp_request(alice.certificate(), stranger.intermediate());
        let ask =
            |body| transport.send(&Request::post(pki.ocsp_url(), "application/ocsp-request", body).unwrap());
        assert_eq!(ask(foreign).unwrap().body(), [0x30, 3, 0x0a, 1, 6], "unauthorized");
        assert_eq!(ask(b"nonsense".to_vec()).unwrap().body(), [0x30, 3, 0x0a, 1, 1], "malformedRequest");
    });
}

#[test]
fn a_server_survives_bad_clients_and_stops_when_dropped() {
    let server = LoopbackServer::start(transport_fn(|request: &Request| {
        Ok(Response::ok("application/octet-stream", request.body().to_vec()))
    }));
    let address = server.address();
    for bad in [
        &b""[..],
        b"\r\n\r\n",
        b"GET",
        b"PUT / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"GET http://evil/ HTTP/1.1\r\n\r\n",
        &[0xff; 40_000],
    ] {
        let mut stream = TcpStream::connect(address).unwrap();
        let _ = stream.write_all(bad);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    }
    let echo = Request::post(server.url(), "text/plain", vec![7; 100_000]).unwrap();
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let echo = echo.clone();
            std::thread::spawn(move || client().send(&echo).unwrap().into_body().len())
        })
        .collect();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap() == 100_000));
    drop(server);
    assert!(matches!(client().send(&echo), Err(TransportError::Connect { .. })));
}

#[test]
fn certificates_come_in_every_form_that_authorities_use() {
    both_ways(|pki, transport| {
        let base = pki.base_url();
        let text = fetch(transport, &format!("{base}/issuing.pem")).unwrap();
        assert_eq!(&Certificate::from_pem(text.body()).unwrap(), pki.intermediate());
        let message = fetch(transport, &format!("{base}/issuing.p7c")).unwrap();
        let message = chancery_cms::SignedMessage::from_ber(message.body()).unwrap();
        assert!(message.certificates().contains(pki.root()));
        assert!(message.certificates().contains(pki.intermediate()));
    });
}

#[test]
fn what_is_stale_huge_or_elsewhere_says_so() {
    both_ways(|pki, transport| {
        let url = pki.issuing().locations().crl.clone();
        pki.misbehave(TestService::Crl, Misbehaviour::Stale);
        let stale = fetch(transport, &url).unwrap();
        assert!(contains(stale.body(), b"251121120000Z"), "a list of a year ago");
        pki.misbehave(TestService::Crl, Misbehaviour::Huge);
        match fetch(transport, &url) {
            Ok(huge) => assert_eq!(huge.body().len(), 2 << 20),
            Err(error) => assert!(matches!(error, TransportError::TooLarge { .. }), "{error}"),
        }
        pki.misbehave(TestService::Crl, Misbehaviour::Redirect);
        match fetch(transport, &url) {
            Ok(redirect) => assert_eq!(redirect.status(), 302),
            Err(error) => assert!(matches!(error, TransportError::Redirect { .. }), "{error}"),
        }
        let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
        pki.misbehave(TestService::Ocsp, Misbehaviour::Stale);
        let stale = ask_ocsp(pki, transport, alice.certificate()).unwrap();
        assert!(contains(stale.body(), b"20251121120000Z"));
    });
}
