//! A signature that is renewed again and again. What is remembered while it grows is what is found by who reads it anew.
//! `CHANCERY_RENEWALS` says how many, and has printed what the last ones cost.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

mod common;

use std::time::{Duration, Instant};

use chancery_ades::{Indication, Policy};
use chancery_cades::{CadesSignature, CadesVerifier, NeededChain};
use chancery_chain::TrustAnchors;
use chancery_digest::{DigestAlgorithm, Digests};
use common::{CONTENT, Office, read};

fn anew(signed: &CadesSignature) -> CadesSignature {
    CadesSignature::first_of(read(signed.message().to_bytes())).unwrap()
}

fn told(needed: &[NeededChain]) -> Vec<String> {
    let told = |one: &NeededChain| {
        format!("{} {} {:?} {}", one.holder, one.certificate.display_name(), one.at, one.since)
    };
    needed.iter().map(told).collect()
}

/// What is asked for next, and the digest that would be stamped, is the same for one that grew and one that is read.
fn same_as_anew(signed: &CadesSignature) {
    let anew = anew(signed);
    assert_eq!(told(&signed.needed_chains().unwrap()), told(&anew.needed_chains().unwrap()));
    let content = Digests::over_bytes(signed.content_algorithms(), CONTENT);
    let digest = |signed: &CadesSignature| {
        let prepared = signed.prepare_archive(&content, DigestAlgorithm::Sha256);
        prepared.map(|prepared| *prepared.digest()).map_err(|error| error.to_string())
    };
    assert_eq!(digest(signed), digest(&anew));
}

fn count() -> usize {
    std::env::var("CHANCERY_RENEWALS").map_or(8, |text| text.parse().unwrap())
}

#[test]
fn what_grew_is_what_is_read_anew() {
    let office = Office::open();
    for first in [office.basic(), office.detached()] {
        let mut signed = office.archived(&office.preserved(&office.stamped(&first)));
        for number in 0..count() {
            same_as_anew(&signed);
            // Another timestamp over the signature itself is no obstacle.
            signed = if number % 3 == 1 { office.stamped(&signed) } else { signed };
            signed = office.preserved(&signed);
            same_as_anew(&signed);
            signed = office.archived(&signed);
        }
        let names: Vec<_> =
            signed.needed_chains().unwrap().iter().map(|one| one.holder.to_string()).collect();
        assert_eq!(names, [format!("archive timestamp {}", count() + 1)]);
    }
}

/// What was never under an archive timestamp stays open, however much is added.
#[test]
fn what_is_not_archived_is_asked_for_again() {
    let office = Office::open();
    let archived = office.archive();
    assert_eq!(archived.needed_chains().unwrap().len(), 1);
    let stamped = office.stamped(&archived);
    // The newest archive timestamp, and the timestamp that came after it.
    assert_eq!(stamped.needed_chains().unwrap().len(), 2);
    same_as_anew(&stamped);
    let renewed = office.archived(&office.preserved(&stamped));
    assert_eq!(renewed.needed_chains().unwrap().len(), 1);
    same_as_anew(&renewed);
}

#[test]
fn many_renewals_are_made_and_pass() {
    let office = Office::open();
    let mut signed = office.archive();
    let count = count();
    let mut last = Duration::ZERO;
    for number in 0..count {
        let start = Instant::now();
        signed = office.archived(&office.preserved(&signed));
        last = if number % 100 == 0 { Duration::ZERO } else { last } + start.elapsed();
        if number % 100 == 99 {
            println!("{} renewals: {:?} each of the last hundred", number + 1, last / 100);
        }
    }
    let policy = Policy::archival(TrustAnchors::new([office.pki.root().clone()]));
    let bytes = signed.into_bytes();
    let start = Instant::now();
    let report = CadesVerifier::new(&policy).verify_at(&bytes, office.pki.now()).unwrap();
    println!("{count} renewals, {} bytes: validated in {:?}", bytes.len(), start.elapsed());
    assert_eq!(report.indication(), Some(Indication::TotalPassed), "{report}");
    assert_eq!(report.signatures()[0].facts().timestamps().len(), count + 2);
}
