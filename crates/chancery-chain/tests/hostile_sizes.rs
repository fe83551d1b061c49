//! Evidence that nobody signed and that is large where honest evidence is small: what is read before the signature is
//! checked must cost no more than its size.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod case;

use std::time::{Duration, Instant};

use case::{CRITICAL, Case, entry, extension, hand_made, hours};
use chancery_certificate::Name;
use chancery_certificate::asn1::{self, tag};
use chancery_chain::{OcspAnswer, RevocationList};
use const_oid::ObjectIdentifier as Oid;

/// Squares of these sizes take many minutes.
const GUARD: Duration = Duration::from_secs(60);

fn extensions(count: u32) -> Vec<u8> {
    let empty = asn1::octet_string(&[]);
    let one = |number| Oid::new(&format!("1.3.6.1.4.1.{}", 200_000 + number)).unwrap();
    let all: Vec<u8> =
        (0..count).flat_map(|number| asn1::sequence(&[&asn1::oid(&one(number)), &empty])).collect();
    asn1::sequence(&[&all])
}

fn in_time<T>(work: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let done = work();
    assert!(begin.elapsed() < GUARD, "{:?}", begin.elapsed());
    done
}

#[test]
fn extensions_of_a_list_cost_what_they_are_long() {
    let case = Case::new();
    let extensions = asn1::encode(tag::constructed(0), &extensions(400_000));
    let fields = [asn1::time(hours(-1)), asn1::time(hours(24)), extensions].concat();
    let der = hand_made(case.pki.issuing(), Some(1), &[&fields]);
    assert!(in_time(|| RevocationList::from_der(&der).is_ok()));
}

#[test]
fn extensions_of_an_answer_cost_what_they_are_long() {
    let algorithm = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("1.2.840.10045.4.3.2"))]);
    let responder = asn1::encode(tag::constructed(2), &asn1::octet_string(&[7; 20]));
    let produced_at = asn1::generalized_time(hours(-1));
    let extensions = asn1::encode(tag::constructed(1), &extensions(400_000));
    let data = asn1::sequence(&[&responder, &produced_at, &asn1::sequence(&[]), &extensions]);
    let der = asn1::sequence(&[&data, &algorithm, &asn1::bit_string(&[7; 64])]);
    assert!(in_time(|| OcspAnswer::from_der(&der).is_ok()));
}

#[test]
fn a_long_issuer_of_entries_is_read_once() {
    let case = Case::new();
    let name = |number: u32| {
        let value = asn1::encode(tag::UTF8_STRING, format!("n{number}").as_bytes());
        let attribute = asn1::sequence(&[&asn1::oid(&Oid::new_unwrap("2.5.4.3")), &value]);
        asn1::sequence(&[&asn1::encode(tag::SET, &attribute)])
    };
    let names: Vec<u8> =
        (0..2_000).flat_map(|number| asn1::encode(tag::constructed(4), &name(number))).collect();
    let named = extension("2.5.29.29", &CRITICAL, &asn1::sequence(&[&names]));
    let first = entry(&[1], hours(-9), &[&named]);
    let entries = [first, entry(&[5], hours(-8), &[]).repeat(50_000)].concat();
    let fields = [asn1::time(hours(-1)), asn1::time(hours(24)), asn1::sequence(&[&entries])].concat();
    let der = hand_made(case.pki.issuing(), Some(1), &[&fields]);
    let list = RevocationList::from_der(&der).unwrap();
    let (last, other) = (Name::from_der(&name(1_999)).unwrap(), Name::from_der(&name(2_000)).unwrap());
    assert!(in_time(|| list.find(&[5], &last).unwrap().is_some()));
    assert!(in_time(|| list.find(&[5], &other).unwrap().is_none()));
}
