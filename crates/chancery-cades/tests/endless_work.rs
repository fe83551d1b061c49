//! Archive timestamps that list little in few bytes and cost much, by somebody who wants to keep the verifier busy. No
//! authority is needed for them: what is listed is looked up before anything is trusted.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod common;

use std::time::{Duration, Instant};

use chancery_cades::attributes::{ARCHIVE_TIMESTAMP_V3, HASH_INDEX_V2, HASH_INDEX_V3};
use chancery_certificate::asn1::{self, tag};
use chancery_cms::{Attribute, SignedMessage};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use common::{Office, archives, presented, replace};
use const_oid::ObjectIdentifier as Oid;

const OWN: Oid = Oid::new_unwrap("1.2.3.4.5");
const NULL: [u8; 2] = [5, 0];

/// Linear work takes a small part of this even without optimisation, quadratic work many times as long.
const ENOUGH: Duration = Duration::from_secs(8);

/// An attribute with so many values, and archive timestamps whose indices list its hash so many times.
fn stuffed(values: usize, hashes: usize, version: Oid, timestamps: usize) -> SignedMessage {
    let office = Office::open();
    let marker = Attribute::new(OWN, asn1::octet_string(b"here"));
    let message = office.basic().message().with_unsigned_attribute(0, &marker).unwrap();
    let attribute = asn1::sequence(&[&asn1::oid(&OWN), &asn1::encode(tag::SET, &NULL.repeat(values))]);
    let message = common::read(&replace(message.to_bytes(), &marker.to_der(), &attribute));
    let hash = match version {
        HASH_INDEX_V3 => DigestAlgorithm::Sha256.digest(&[asn1::oid(&OWN), NULL.to_vec()].concat()),
        _ => DigestAlgorithm::Sha256.digest(&attribute),
    };
    let empty = asn1::sequence(&[]);
    let algorithm = asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha256.oid())]);
    let list = asn1::encode(tag::SEQUENCE, &asn1::octet_string(hash.as_bytes()).repeat(hashes));
    let index = Attribute::new(version, asn1::sequence(&[&algorithm, &empty, &empty, &list]));
    let token = office.token(&DigestAlgorithm::Sha256.digest(b"anything"));
    let token = token.message().with_unsigned_attribute(0, &index).unwrap();
    let token = Attribute::new(ARCHIVE_TIMESTAMP_V3, token.to_bytes());
    (0..timestamps).fold(message, |message, _| message.with_unsigned_attribute(0, &token).unwrap())
}

/// What is wrong with the archive timestamps.
fn faults(message: &SignedMessage) -> Vec<String> {
    let start = Instant::now();
    let subject = presented(message, 0);
    let took = start.elapsed();
    assert!(took < ENOUGH, "{took:?}");
    let faults = archives(&subject).into_iter().map(|stamp| stamp.token.as_ref().unwrap_err().to_string());
    faults.collect()
}

#[test]
fn a_hash_that_is_listed_often_counts_once() {
    let faults = faults(&stuffed(10_000, 10_000, HASH_INDEX_V3, 1));
    assert!(faults[0].contains("it stamps other bytes"), "{faults:?}");
}

#[test]
fn an_attribute_of_many_values_is_hashed_once_as_a_whole() {
    let faults = faults(&stuffed(20_000, 1, HASH_INDEX_V2, 1));
    assert!(faults[0].contains("it stamps other bytes"), "{faults:?}");
}

#[test]
fn timestamps_together_list_no_more_than_is_looked_at() {
    let faults = faults(&stuffed(400_000, 1, HASH_INDEX_V3, 30));
    assert!(faults[0].contains("it stamps other bytes"), "{faults:?}");
    assert!(faults[29].contains("list more than 10000000 things"), "{faults:?}");
}
