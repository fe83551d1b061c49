//! CRLs that are not in memory.

// A helper of tests fails as a test does, although it is not marked as one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod case;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use case::{
    CRITICAL, Case, because, current, delta_of, entry, extension, hand_made, hours, now, revoked_since,
};
use chancery_certificate::asn1::{self, tag};
use chancery_chain::{
    CrlSource, Evidence, EvidenceFault, EvidenceKind, RevocationList, RevocationListError, RevocationReason,
    RevocationStatus,
};
use chancery_digest::Source;
use chancery_key::KeyKind;
use chancery_testkit::{CrlProfile, Locations, Profile, Revocation, RevocationReason as TestReason, TestPki};
use const_oid::ObjectIdentifier as Oid;
use proptest::prelude::*;

/// Bytes that are not handed out whole: counts what is read.
struct Elsewhere {
    bytes: Vec<u8>,
    read: AtomicU64,
    largest: AtomicU64,
}

impl Source for Elsewhere {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.as_slice().read_at(offset, buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        self.largest.fetch_max(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

fn elsewhere(bytes: Vec<u8>) -> Arc<Elsewhere> {
    Arc::new(Elsewhere { bytes, read: AtomicU64::new(0), largest: AtomicU64::new(0) })
}

fn open(bytes: Vec<u8>) -> Result<CrlSource, RevocationListError> {
    CrlSource::open(elsewhere(bytes))
}

/// Many entries of others, and perhaps one that is looked for.
fn entries(count: u32, last: Option<&[u8]>) -> Vec<u8> {
    let reason = extension("2.5.29.21", &[], &[10, 1, 4]);
    let mut entries = Vec::new();
    for number in 0..count {
        let serial = [&[0x40, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11][..], &number.to_be_bytes()].concat();
        let reason = [reason.as_slice()];
        entries.extend(entry(&serial, hours(-9), if number % 3 == 0 { &reason } else { &[] }));
    }
    entries.extend(last.iter().flat_map(|serial| entry(serial, hours(-2), &[&reason])));
    entries
}

fn fields(entries: &[u8]) -> Vec<u8> {
    let number = asn1::sequence(&[&extension("2.5.29.20", &[], &asn1::integer(&[7]))]);
    let extensions = asn1::encode(tag::constructed(0), &number);
    let entries = asn1::encode(tag::SEQUENCE, entries);
    [asn1::time(hours(-1)), asn1::time(hours(24)), entries, extensions].concat()
}

fn list(case: &Case, entries: &[u8]) -> Vec<u8> {
    hand_made(case.pki.issuing(), Some(1), &[&fields(entries)])
}

#[test]
fn a_list_of_8_megabytes_is_judged_in_small_pieces_and_read_once() {
    let case = Case::new();
    let source = elsewhere(list(&case, &entries(210_000, Some(&case.serial()))));
    let length = source.len();
    assert!(length > 8_000_000, "{length}");
    let evidence = case.above().with_crl_source(CrlSource::open(source.clone()).unwrap());
    let answer = case.require(&evidence);
    assert_eq!(revoked_since(&answer), Some((hours(-2), RevocationReason::Superseded)));
    assert!(source.largest.load(Ordering::Relaxed) <= 64 * 1024);
    // What stands around the entries was read when it was opened, the first chunk with it.
    let read = source.read.load(Ordering::Relaxed);
    assert!(read <= length + 128 * 1024, "{read} of {length}");
}

#[test]
fn a_list_says_the_same_wherever_it_lies() {
    let case = Case::new();
    let good = list(&case, &entries(5_000, None));
    let chain = case.require(&case.above().with_crl_source(open(good.clone()).unwrap())).unwrap();
    let RevocationStatus::Good(found) = &chain.revocation()[0] else { panic!("{chain:?}") };
    assert_eq!((found.kind, found.this_update), (EvidenceKind::Crl, hours(-1)));
    // It is what the proof rests on, and can be kept.
    let rest = chain.evidence();
    assert_eq!((rest.crls().len(), rest.crl_sources().len()), (1, 1));
    assert!(case.require(&rest).is_ok());
    let kept = Evidence::from_der(&rest.to_der().unwrap()).unwrap();
    assert_eq!((kept.crls().len(), kept.crl_sources().len()), (2, 0));
    assert!(case.require(&kept).is_ok());
    // Without entries, and as a delta of a list in memory.
    let none = open(case.sign(&current())).unwrap();
    assert!(case.require(&case.above().with_crl_source(none)).is_ok());
    let complete = CrlProfile::new(hours(-9)).next_update(hours(-3)).number(7);
    let delta = CrlProfile::new(hours(-1)).next_update(hours(3)).number(9).extension(delta_of(7));
    let both = case.list(&complete).with_crl_source(open(case.sign(&delta)).unwrap());
    assert!(case.require(&both).is_ok());
}

#[test]
fn what_is_wrong_in_a_list_is_wrong_elsewhere_too() {
    let case = Case::new();
    let because = |bytes: Vec<u8>| because(case.require(&case.above().with_crl_source(open(bytes).unwrap())));
    let mut forged = list(&case, &entries(5_000, None));
    *forged.last_mut().unwrap() ^= 1;
    assert!(matches!(because(forged)[..], [EvidenceFault::BadSignature { .. }]));
    // One octet of a serial number, far from both ends.
    let mut changed = list(&case, &entries(5_000, None));
    let middle = changed.len() / 2;
    let serial = changed[middle..].windows(4).position(|four| four == [8, 9, 10, 11]).unwrap();
    changed[middle + serial] ^= 1;
    assert!(matches!(because(changed)[..], [EvidenceFault::BadSignature { .. }]));
    // A critical extension that is not known, in the last entry; a damaged entry; one that is too long.
    let unknown = entry(&[9], hours(-2), &[&extension("1.2.3.4", &CRITICAL, &[5, 0])]);
    let unknown = because(list(&case, &[entries(5_000, None), unknown].concat()));
    assert!(matches!(unknown[..], [EvidenceFault::UnknownCriticalExtension { .. }]));
    let long = entry(&[9], hours(-2), &[&extension("1.2.3.4", &[], &[0; 70_000])]);
    for damaged in [&[0x30, 3, 1, 1, 1][..], &[0x30, 0x20, 2, 1, 9], &[0x30], &long] {
        let damaged = because(list(&case, &[&entries(5_000, None), damaged, &entries(10, None)].concat()));
        assert!(matches!(damaged[..], [EvidenceFault::Malformed { .. }]), "{damaged:?}");
    }
}

#[test]
fn what_is_no_list_is_not_opened() {
    let case = Case::new();
    let whole = list(&case, &entries(5_000, None));
    assert!(open(whole.clone()).is_ok());
    for length in [0, 1, 3, 10, 100, whole.len() / 2, whole.len() - 1] {
        assert!(open(whole[..length].to_vec()).is_err(), "{length}");
    }
    let trailing = open([whole.as_slice(), &[0]].concat());
    assert!(matches!(trailing, Err(RevocationListError::Frame { .. })));
    let lie = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] = 0x7f;
        open(bytes)
    };
    // The lengths of the list, of what is signed.
    assert!(lie(2).is_err() && lie(6).is_err());
    // Entries twice: nobody would look at the second ones.
    let times = [asn1::time(hours(-1)), asn1::time(hours(24))].concat();
    let twice = [asn1::sequence(&[&entries(9, None)]), asn1::sequence(&[&entries(3, None)])].concat();
    let twice = hand_made(case.pki.issuing(), Some(1), &[&times, &twice]);
    assert!(RevocationList::from_der(&twice).is_err() && open(twice).is_err());
    let long = extension("1.2.3.4", &[], &[0; 70_000]);
    let long = asn1::encode(tag::constructed(0), &asn1::sequence(&[&long]));
    let times = [asn1::time(hours(-1)), asn1::time(hours(24))].concat();
    let list =
        hand_made(case.pki.issuing(), Some(1), &[&times, &asn1::sequence(&[&entries(9, None)]), &long]);
    assert!(matches!(open(list), Err(RevocationListError::TooLong { .. })));
    assert!(open(vec![0x30, 0x87, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).is_err());
}

#[test]
fn a_signature_over_the_whole_message_needs_it_in_memory() {
    let pki = TestPki::at(now());
    let profile = Profile::authority("Edwards", KeyKind::Ed25519);
    let issuing = pki.root_authority().subordinate(profile, Locations::under("http://lists.example", "ed"));
    let alice = issuing.issue(Profile::signer("Alice", KeyKind::P256));
    let list = issuing.sign_crl(&current());
    let case = Case { pki, alice };
    let above = || case.above().with_certificate(issuing.certificate().clone());
    assert!(case.require(&above().with_crl(list.clone())).is_ok());
    let fault = because(case.require(&above().with_crl_source(open(list).unwrap())));
    assert!(matches!(fault[..], [EvidenceFault::Unsupported { .. }]), "{fault:?}");
}

#[test]
fn a_source_that_fails_is_no_evidence() {
    struct Broken(Arc<Elsewhere>);
    impl Source for Broken {
        fn len(&self) -> u64 {
            self.0.len()
        }
        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
            if offset > 100_000 && offset + 100_000 < self.len() {
                return Err(io::Error::other("the disk is gone"));
            }
            self.0.read_at(offset, buffer)
        }
    }
    let case = Case::new();
    let source = Arc::new(Broken(elsewhere(list(&case, &entries(50_000, None)))));
    let evidence = case.above().with_crl_source(CrlSource::open(source).unwrap());
    let fault = because(case.require(&evidence));
    assert!(
        matches!(&fault[..], [EvidenceFault::Malformed { reason, .. }] if reason.contains("the disk is gone"))
    );
}

#[test]
fn every_reading_is_of_the_bytes_that_were_signed() {
    /// Names a certificate as revoked until it has been read so often, then another one.
    struct Turncoat {
        first: Vec<u8>,
        then: Vec<u8>,
        reads: AtomicU64,
        turn: u64,
    }
    impl Source for Turncoat {
        fn len(&self) -> u64 {
            self.first.len() as u64
        }
        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
            let read = self.reads.fetch_add(1, Ordering::Relaxed);
            let bytes = if read < self.turn { &self.first } else { &self.then };
            bytes.as_slice().read_at(offset, buffer)
        }
    }
    let case = Case::new();
    let no_check = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.5");
    let profile = Profile::ocsp_responder("Responder", KeyKind::P256).without_extension(no_check);
    let responder = case.pki.issuing().issue(profile);
    let serial = responder.certificate().serial().to_vec();
    let revocation = Revocation::new(hours(-5), TestReason::KeyCompromise);
    let first = case.sign(&current().revoke(serial.clone(), revocation));
    let at = first.windows(serial.len()).position(|window| window == serial).unwrap();
    let mut then = first.clone();
    then[at + 3] ^= 0x55;
    // Newer than the list, so that it is asked first, and with it who gave it.
    let answer = case.about(hours(0)).delegated(&responder).sign();
    let kind_of = |source: Turncoat| {
        let list = CrlSource::open(Arc::new(source)).unwrap();
        let answer = case.require(&case.above().with_crl_source(list).with_ocsp(answer.clone()));
        answer.map(|chain| match &chain.revocation()[0] {
            RevocationStatus::Good(good) => good.kind,
            other => panic!("{other:?}"),
        })
    };
    let turncoat =
        |turn| Turncoat { first: first.clone(), then: then.clone(), reads: AtomicU64::new(0), turn };
    assert_eq!(kind_of(turncoat(u64::MAX)).unwrap(), EvidenceKind::Crl);
    for turn in 2..12 {
        // What the list itself says of the signer does not change; the responder stays revoked, or unknown.
        if let Ok(kind) = kind_of(turncoat(turn)) {
            assert_eq!(kind, EvidenceKind::Crl, "{turn}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is changed in a list: in memory and elsewhere it says the same.
    #[test]
    fn both_ways_of_reading_agree(at in any::<prop::sample::Index>(), octet in any::<u8>(), revoked in any::<bool>()) {
        thread_local! {
            static CASE: (Case, [Vec<u8>; 2]) = {
                let case = Case::new();
                let revocation = Revocation::new(hours(-9), TestReason::Superseded);
                let good = case.sign(&current().revoke(vec![1, 2, 3], revocation).revoke(vec![7], revocation));
                let bad = case.sign(&current().revoke(vec![1, 2, 3], revocation).revoke(case.serial(), revocation));
                (case, [good, bad])
            };
        }
        CASE.with(|(case, lists)| {
            let mut der = lists[usize::from(revoked)].clone();
            let at = at.index(der.len());
            der[at] = octet;
            let memory = case.require(&case.above().with_crl(der.clone()));
            let source = match open(der) {
                Ok(source) => case.require(&case.above().with_crl_source(source)),
                // What cannot be opened could not be read either.
                Err(_) => {
                    let malformed = matches!(because(memory)[..], [EvidenceFault::Malformed { .. }]);
                    prop_assert!(malformed);
                    return Ok(());
                }
            };
            prop_assert_eq!(memory.is_ok(), source.is_ok());
            prop_assert_eq!(revoked_since(&memory), revoked_since(&source));
            Ok(())
        })?;
    }
}
