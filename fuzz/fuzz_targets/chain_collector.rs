//! Any bytes as a network: the elements one behind another are what it answers, the first is the certificate to judge.
//!
//! Collecting ends within its limits, asks no place twice, and gains a stranger nothing; and the same with everything
//! signed by the key that is trusted, so that what stands behind signatures is met too.
#![no_main]

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::LazyLock;

use chancery_certificate::Certificate;
use chancery_certificate::asn1::Reader;
use chancery_chain::{
    ChainVerifier, Collected, CollectorLimits, Evidence, EvidenceCollector, Purpose, RevocationPolicy, TrustAnchors,
};
use chancery_fuzz::Forger;
use chancery_http::{Request, Response, transport_fn};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

static FORGER: LazyLock<Forger> = LazyLock::new(Forger::new);

/// 2012-01-01: many of the seeds are valid then.
const MOMENT: i64 = 1_325_376_000;

fuzz_target!(|bytes: &[u8]| {
    let mut reader = Reader::new(bytes);
    let elements: Vec<&[u8]> = std::iter::from_fn(|| reader.element().ok()).take(24).map(|one| one.raw).collect();
    let strange: Vec<Vec<u8>> = elements.iter().map(|one| one.to_vec()).collect();
    if let Some(collected) = collect(&strange) {
        assert!(collected.chain().is_err(), "a stranger's chain holds");
    }
    if let Some(collected) = collect(&FORGER.signed_again(&elements)) {
        if let Ok(chain) = collected.chain() {
            // What the verdict rests on is enough for it, out of a file too.
            let file = chain.evidence().to_der().unwrap();
            let kept = Evidence::from_der(&file).unwrap();
            assert!(verifier(&anchors()).evidence(&kept).verify_at(chain.certificate(), chain.at()).is_ok());
        }
    }
});

fn anchors() -> TrustAnchors {
    TrustAnchors::new([FORGER.anchor().clone()])
}

fn verifier(anchors: &TrustAnchors) -> ChainVerifier<'_> {
    ChainVerifier::new(anchors, Purpose::Any, RevocationPolicy::Require)
}

fn collect(elements: &[Vec<u8>]) -> Option<Collected> {
    let (first, answers) = elements.split_first()?;
    let certificate = Certificate::from_der(first).ok()?;
    let (asked, turn) = (RefCell::new(HashSet::new()), Cell::new(0_usize));
    let network = transport_fn(|request: &Request| {
        let place = (request.address().to_string(), request.body().to_vec());
        assert!(asked.borrow_mut().insert(place), "asked twice");
        let answer = answers.get(turn.get() % answers.len().max(1)).cloned().unwrap_or_default();
        turn.set(turn.get() + 1);
        Ok(Response::ok("application/octet-stream", answer))
    });
    let anchors = anchors();
    let collector = EvidenceCollector::new(&verifier(&anchors), &certificate, Timestamp::from_second(MOMENT).unwrap())
        .limits(CollectorLimits::default().with_requests(12));
    let collected = collector.collect(&network);
    assert!(turn.get() <= 12, "limits");
    let _ = collected.to_string();
    Some(collected)
}
