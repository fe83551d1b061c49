//! What is chosen when a document is made to last: what happens to signatures that do not hold, how its store is
//! written.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where it stands"
)]

#[path = "support/office.rs"]
mod office;
mod support;

use chancery_ades::Indication;
use chancery_cades::LongTermEvidence;
use chancery_chain::OcspAnswer;
use chancery_digest::{AnyDigest, LegacyDigest, Source};
use chancery_key::KeyKind;
use chancery_pades::{LastingPdf, PadesError, PdfSigner, UnsoundSignatures};
use chancery_pdf::{Document, Object};
use office::Office;
use support::{authority, contract, dictionary, revised, rng};

/// Signed and timestamped, then one digit of what was signed is replaced; another signature follows that holds.
fn half_broken(office: &Office) -> Vec<u8> {
    let pdf = contract();
    let mut broken = office.stamped(&pdf).to_vec().unwrap();
    let place = broken.windows(4).position(|window| window == b"1000").unwrap();
    broken[place] = b'9';
    let bob = office.pki.signer("Bob", KeyKind::P256);
    let mut second = PdfSigner::new(&bob, office.pki.now()).sign(&broken).unwrap();
    second.timestamp(&authority(&office.pki), &mut rng()).unwrap();
    second.to_vec().unwrap()
}

#[test]
fn one_signature_that_does_not_hold_is_refused_or_passed_over_and_always_told() {
    let office = Office::open();
    let pdf = half_broken(&office);
    let refusing = LastingPdf::new(&pdf);
    let told = refusing.unsound().unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].field, "Signature1");
    assert!(told[0].to_string().contains("does not hold"), "{}", told[0]);
    for error in [
        refusing.needed_chains().map(drop).unwrap_err(),
        refusing.preserve(&LongTermEvidence::default()).err().unwrap(),
        refusing.archive(&authority(&office.pki), &mut rng()).err().unwrap(),
    ] {
        assert!(matches!(&error, PadesError::NotSound { field, .. } if field == "Signature1"), "{error}");
    }

    let passing = refusing.unsound_signatures(UnsoundSignatures::PassOver);
    let archived = office.archived(&office.preserved(&passing));
    assert_eq!(archived.unsound().unwrap(), told, "still told");
    let report = office.judge(&archived);
    let of = |name: &str| {
        let found = report.signatures().iter().find(|one| one.name() == name);
        found.unwrap().verdict().indication()
    };
    assert_eq!(of("Signature1"), Indication::TotalFailed, "nothing heals it: {report}");
    assert_eq!(of("Signature2"), Indication::TotalPassed, "{report}");
}

#[test]
fn where_nothing_holds_nothing_is_made_to_last() {
    let office = Office::open();
    let pdf = contract();
    let mut broken = office.stamped(&pdf).to_vec().unwrap();
    let place = broken.windows(4).position(|window| window == b"1000").unwrap();
    broken[place] = b'9';
    let passing = LastingPdf::new(&broken).unsound_signatures(UnsoundSignatures::PassOver);
    assert!(matches!(passing.needed_chains(), Err(PadesError::NotSound { .. })));
    assert!(passing.archive(&authority(&office.pki), &mut rng()).is_err());
    assert_eq!(LastingPdf::new(&pdf).unsound().unwrap(), []);
}

/// Each stream of a list of the store: its bytes in the file, and what they hold.
fn streams(pdf: &dyn Source, key: &str) -> Vec<(Option<Object>, Vec<u8>)> {
    let document = Document::open(pdf).unwrap();
    let view = document.latest();
    let (_, catalog) = view.catalog().unwrap();
    let store = view.value(&catalog, "DSS").unwrap();
    let list = view.value(store.as_dictionary().unwrap(), key).unwrap();
    let read = |element: &Object| {
        let object = view.resolve(element).unwrap();
        let stream = object.as_stream().unwrap();
        let bytes = view.decoded(stream, 1 << 20).unwrap().into_owned();
        (stream.dictionary().get("Filter").cloned(), bytes)
    };
    list.as_array().unwrap().iter().map(read).collect()
}

#[test]
fn evidence_is_compressed_where_that_is_shorter_and_always_in_the_same_way() {
    let office = Office::open();
    let pdf = contract();
    let stamped = office.stamped(&pdf).lasting();
    office.wait();
    let evidence = office.collected(&stamped).unwrap();
    let (once, again) = (stamped.preserve(&evidence).unwrap(), stamped.preserve(&evidence).unwrap());
    assert_eq!(once.to_vec().unwrap(), again.to_vec().unwrap());
    let certificates = streams(&once, "Certs");
    let flate = Object::Name("FlateDecode".into());
    assert!(certificates.iter().any(|(filter, _)| filter.as_ref() == Some(&flate)), "{certificates:?}");
    assert!(certificates.iter().any(|(_, bytes)| bytes == office.pki.intermediate().to_der()));
}

/// Years later EN 319 102-1 asks for proof that the certificate of a responder existed before it ended; EU DSS and
/// pyHanko find it among the certificates of the store.
#[test]
fn the_certificates_of_ocsp_responders_stand_among_the_others() {
    let office = Office::open();
    let pdf = contract();
    let preserved = office.preserved(&office.stamped(&pdf).lasting());
    let answers = streams(&preserved, "OCSPs");
    let brought = answers.iter().flat_map(|(_, answer)| {
        let read = OcspAnswer::from_der(answer).unwrap();
        read.certificates().iter().map(|one| one.to_der().to_vec()).collect::<Vec<_>>()
    });
    let certificates: Vec<Vec<u8>> = streams(&preserved, "Certs").into_iter().map(|(_, der)| der).collect();
    let mut count = 0;
    for responder in brought {
        count += 1;
        assert_eq!(certificates.iter().filter(|one| **one == responder).count(), 1);
    }
    assert!(count > 0, "or the test would prove nothing");
}

fn of_signature(pdf: &dyn Source, key: &str) -> Option<String> {
    let document = Document::open(pdf).unwrap();
    let view = document.latest();
    let (_, catalog) = view.catalog().unwrap();
    let store = view.value(&catalog, "DSS").unwrap();
    let by_signature = view.value(store.as_dictionary().unwrap(), "VRI").unwrap();
    let (_, one) = by_signature.as_dictionary().unwrap().iter().next().unwrap();
    let one = view.resolve(one).unwrap();
    let value = one.as_dictionary().unwrap().get(key)?.as_string().unwrap().as_bytes().to_vec();
    Some(String::from_utf8(value).unwrap())
}

#[test]
fn the_store_says_when_the_evidence_was_gathered() {
    let office = Office::open();
    let pdf = contract();
    let stamped = office.stamped(&pdf).lasting();
    let preserved = office.preserved(&stamped);
    assert_eq!(of_signature(&preserved, "TU").unwrap(), "D:20261121122000Z");
    // Evidence that does not say: nothing is made up.
    let evidence = LongTermEvidence::new(office.collected(&stamped).unwrap().chains().to_vec());
    assert_eq!(evidence.time(), None);
    assert_eq!(of_signature(&stamped.preserve(&evidence).unwrap(), "TU"), None);
}

/// One who proved the time with a token (`/TS`) needs no claim beside it.
#[test]
fn a_token_that_says_when_is_left_alone() {
    let office = Office::open();
    let pdf = contract();
    let stamped = office.stamped(&pdf).to_vec().unwrap();
    let contents = support::signatures(&stamped);
    let contents = contents[0].2.get("Contents").and_then(Object::as_string).unwrap().as_bytes().to_vec();
    let name = LegacyDigest::Sha1.digest(&contents).to_string().to_uppercase();
    let foreign = revised(&stamped, |document, increment| {
        let place = increment.allocate();
        increment.put(place, &support::stream("<<>>", b"a token")).unwrap();
        let (root, mut catalog) = document.latest().catalog().unwrap();
        catalog.set("DSS", dictionary(&format!("<</VRI<</{name}<</TS {} 0 R>>>>>>", place.number)));
        increment.put(root, &catalog.into()).unwrap();
    });
    let preserved = office.preserved(&LastingPdf::new(&foreign));
    assert_eq!(of_signature(&preserved, "TU"), None);
}
