//! Another token of an authority that was judged need not be judged again; but of another authority, of a time outside
//! the certificate, or after a judgement in retrospect it must be.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use chancery_chain::{ChainVerifier, Evidence, ProofsOfExistence, Purpose, RevocationPolicy, TrustAnchors};
use chancery_digest::{AnyDigest, DigestAlgorithm, Digests};
use chancery_key::KeyKind;
use chancery_testkit::{Profile, TestIdentity, TestPki, oid};
use chancery_timestamp::respond::Responder;
use chancery_timestamp::{CertificateRequest, MatchingToken, TimestampInfo};
use jiff::{SignedDuration, Timestamp};

fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

fn token(tsa: &TestIdentity, content: &[u8], time: Timestamp) -> MatchingToken {
    let info = TimestampInfo::new(oid::TIMESTAMP_POLICY, DigestAlgorithm::Sha256.digest(content), &[7], time);
    let raw = Responder::new(tsa.signer(), oid::TIMESTAMP_POLICY).sign(&info, CertificateRequest::Include);
    let covered = Digests::over_bytes([DigestAlgorithm::Sha256.into()], content);
    MatchingToken::from_token(&raw.unwrap(), &covered).unwrap()
}

#[test]
fn only_a_token_of_the_same_authority_and_of_its_time_is_trusted_alike() {
    let pki = TestPki::at(now());
    let anchors = TrustAnchors::new([pki.root().clone()]);
    let evidence = Evidence::new();
    let verifier =
        ChainVerifier::new(&anchors, Purpose::Timestamping, RevocationPolicy::NotChecked).evidence(&evidence);
    let (one, other) =
        (pki.timestamp_authority(), pki.issue(Profile::timestamp_authority("Other", KeyKind::P256)));
    let judged = token(one, b"one", now()).trust(&verifier, now()).unwrap();
    let alike = token(one, b"two", now() - SignedDuration::from_hours(5)).trust_like(&judged).unwrap();
    assert_eq!(alike.time(), now() - SignedDuration::from_hours(5));
    assert_eq!(alike.chain(), judged.chain());
    // Somebody else, however trusted.
    assert!(token(&other, b"two", now()).trust_like(&judged).is_err());
    // A time at which the authority had no certificate.
    let years = SignedDuration::from_hours(24 * 365 * 5);
    assert!(token(one, b"two", now() - years).trust_like(&judged).is_err());
    assert!(token(one, b"two", now() + years).trust_like(&judged).is_err());
    // What was judged by proofs about itself says nothing of others.
    let proofs = ProofsOfExistence::new(now());
    let in_retrospect = token(one, b"one", now()).trust(&verifier.proofs(&proofs), now()).unwrap();
    assert!(token(one, b"two", now()).trust_like(&in_retrospect).is_err());
}
