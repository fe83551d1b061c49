//! Keys and algorithms that were strong enough once, judged at a moment. The certificates are those of
//! `fixtures/strength/make.sh`.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used)]

use chancery_certificate::Certificate;
use chancery_chain::{
    ChainFailure, ChainFault, ChainVerifier, FaultGroup, Purpose, RevocationPolicy, TrustAnchors,
    VerifiedChain, WeakAlgorithms,
};

macro_rules! certificate {
    ($name:literal) => {
        Certificate::from_pem(include_bytes!(concat!("fixtures/strength/", $name, ".pem"))).unwrap()
    };
}

fn judge(
    root: &Certificate,
    certificate: &Certificate,
    at: &str,
    weak: WeakAlgorithms,
) -> Result<VerifiedChain, ChainFailure> {
    let anchors = TrustAnchors::new([root.clone()]);
    ChainVerifier::new(&anchors, Purpose::DocumentSigning, RevocationPolicy::NotChecked)
        .weak_algorithms(weak)
        .verify_at(certificate, at.parse().unwrap())
}

/// Acceptable until the one moment, and not at the next: refused, or reported with the same words.
fn ends(root: &Certificate, certificate: &Certificate, last: &str, next: &str) -> ChainFault {
    assert!(judge(root, certificate, last, WeakAlgorithms::Refuse).is_ok());
    let failure = judge(root, certificate, next, WeakAlgorithms::Refuse).unwrap_err();
    assert_eq!(failure.reason().group(), FaultGroup::Cryptography, "{failure}");
    assert_eq!(failure.faults().count(), 1, "{failure}");
    let reported = judge(root, certificate, next, WeakAlgorithms::Report).unwrap();
    assert_eq!(reported.weaknesses(), [failure.reason().clone()]);
    failure.reason().clone()
}

/// RSA of 1024 bits was acceptable before 2019-10-01 (`chancery_key::lifetime`).
#[test]
fn a_short_key_is_refused_from_its_day_on_wherever_it_stands() {
    let (last, next) = ("2019-09-30T23:59:59Z", "2019-10-01T00:00:00Z");
    let (root, alice) = (certificate!("long-root"), certificate!("short-user"));
    let own = ends(&root, &alice, last, next);
    assert!(matches!(&own, ChainFault::WeakKey { certificate, .. } if *certificate == alice), "{own}");
    let (root, bob) = (certificate!("short-root"), certificate!("of-short-root"));
    let above = ends(&root, &bob, last, next);
    assert!(
        matches!(&above, ChainFault::WeakAlgorithm { certificate, .. } if *certificate == bob),
        "{above}"
    );
    // A certificate that is itself the anchor is trusted as it is, but its key signs no more.
    let pinned = ends(&alice, &alice, last, next);
    assert!(matches!(pinned, ChainFault::WeakKey { .. }));
}

#[test]
fn a_key_that_is_too_short_to_compute_with_was_never_acceptable() {
    let (root, tiny) = (certificate!("long-root"), certificate!("tiny-user"));
    let failure = judge(&root, &tiny, "2006-01-01T00:00:00Z", WeakAlgorithms::Refuse).unwrap_err();
    let never = |fault: &ChainFault| matches!(fault, ChainFault::WeakKey { acceptable_until: None, .. });
    assert!(failure.faults().any(never), "{failure}");
}

/// SHA-1 was acceptable before 2012-08-01.
#[test]
fn sha1_is_refused_on_what_the_anchor_signs_and_not_on_the_anchor() {
    let (root, carol, dave) =
        (certificate!("sha1-root"), certificate!("of-sha1-root"), certificate!("sha1-user"));
    let found = ends(&root, &dave, "2012-07-31T23:59:59Z", "2012-08-01T00:00:00Z");
    assert!(matches!(found, ChainFault::WeakAlgorithm { certificate, .. } if certificate == dave));
    // Nobody asks who signed an anchor: it is trusted without.
    assert!(judge(&root, &carol, "2026-01-01T00:00:00Z", WeakAlgorithms::Refuse).is_ok());
}
