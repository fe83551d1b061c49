//! The network, the people, and what was asked.

use std::future::Future;
use std::pin::pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use chancery_certificate::Certificate;
use chancery_chain::{
    ChainVerifier, Collected, EvidenceCollector, FetchFault, Purpose, RevocationPolicy, TrustAnchors, Wanted,
};
use chancery_http::{Answer, AsyncTransport, Request, Response, Transport, TransportError, transport_fn};
use chancery_key::KeyKind;
use chancery_testkit::{Profile, TestIdentity, TestPki};
use jiff::{Timestamp, ToSpan};

pub(crate) fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

pub(crate) fn hours(count: i64) -> Timestamp {
    now() + count.hours()
}

/// A transport that remembers what was asked.
pub(crate) struct Recorder<T> {
    pub(crate) inner: T,
    pub(crate) whole: bool,
    pub(crate) asked: Mutex<Vec<String>>,
}

impl<T> Recorder<T> {
    pub(crate) fn new(inner: T) -> Self {
        Self { inner, whole: false, asked: Mutex::default() }
    }

    pub(crate) fn record(&self, request: &Request) {
        let path = request.address().uri().path();
        // What stands in the URL of an OCSP request differs from certificate to certificate.
        let path = if self.whole { path } else { path.split_inclusive("/ocsp/").next().unwrap() };
        let mut asked = format!("{} {path}", request.method());
        if self.whole {
            asked.push_str(&format!(" {:?}", request.body()));
        }
        self.asked.lock().unwrap().push(asked);
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl<T: Transport> Transport for Recorder<T> {
    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.record(request);
        self.inner.send(request)
    }
}

impl<T: AsyncTransport> AsyncTransport for Recorder<T> {
    fn send<'a>(&'a self, request: &'a Request) -> Answer<'a> {
        self.record(request);
        self.inner.send(request)
    }
}

/// Polls until it is over: nothing in these tests waits for anything.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

/// Runtimes with several threads move futures between them.
pub(crate) fn sendable<F: Future + Send>(future: F) -> F {
    future
}

pub(crate) struct Case {
    pub(crate) pki: TestPki,
    pub(crate) alice: TestIdentity,
    pub(crate) anchors: TrustAnchors,
}

impl Case {
    pub(crate) fn new() -> Self {
        let pki = TestPki::at(now());
        let alice = pki.issue(Profile::signer("Alice", KeyKind::P256));
        let anchors = TrustAnchors::new([pki.root().clone()]);
        Self { pki, alice, anchors }
    }

    pub(crate) fn verifier(&self) -> ChainVerifier<'_> {
        ChainVerifier::new(&self.anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
    }

    pub(crate) fn collector(&self) -> EvidenceCollector<'_> {
        EvidenceCollector::new(&self.verifier(), self.alice.certificate(), now())
    }

    /// Collects, and says what was asked.
    pub(crate) fn collect(&self, collector: EvidenceCollector<'_>) -> (Collected, Vec<String>) {
        let network = Recorder::new(transport_fn(|request: &Request| Transport::send(&self.pki, request)));
        let collected = collector.collect(&network);
        (collected, network.asked())
    }
}

pub(crate) fn faults<'c>(
    collected: &'c Collected,
    certificate: &Certificate,
) -> Vec<(Wanted, &'c FetchFault)> {
    let fetches = collected.fetches_for(certificate);
    fetches.filter_map(|fetch| Some((fetch.wanted(), fetch.outcome().err()?))).collect()
}
