//! Timestamps over documents in two halves, with storage between.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

#[path = "support/office.rs"]
mod office;
mod support;

use chancery_ades::SignatureLevel;
use chancery_digest::DigestAlgorithm;
use chancery_key::Password;
use chancery_pades::{LastingPdf, PadesError, PreparedTimestamp, StoredTimestamp, UnsoundSignatures};
use chancery_testkit::pdf::SamplePdf;
use chancery_timestamp::MatchingToken;
use office::{Office, levels};
use proptest::prelude::*;
use support::{authority, contains, contract, rng};

fn token(office: &Office, prepared: &PreparedTimestamp<'_>) -> MatchingToken {
    authority(&office.pki).stamp(prepared.digest(), &mut rng()).unwrap()
}

#[test]
fn a_timestamp_waits_for_its_token_in_another_process() {
    let office = Office::open();
    let pdf = contract();
    let preserved = office.preserved(&office.stamped(&pdf).lasting()).to_vec().unwrap();
    office.wait();
    let prepared = LastingPdf::new(&preserved).timestamp_room(9000).prepare_archive(DigestAlgorithm::Sha512);
    let prepared = prepared.unwrap();
    let (stored, token) = (prepared.to_bytes(), token(&office, &prepared));
    let at_once = prepared.finish(&token).unwrap().to_vec().unwrap();

    let again = StoredTimestamp::from_bytes(&stored).unwrap().with(&preserved).unwrap();
    assert_eq!(again.to_bytes(), stored, "nothing is lost on the way");
    let archived = again.finish(&token).unwrap();
    assert_eq!(archived.to_vec().unwrap(), at_once);
    assert_eq!(levels(&office.judge(&archived))[0], Some(SignatureLevel::Archive));
    let earlier = office.stamped(&pdf);
    let error = StoredTimestamp::from_bytes(&stored).unwrap().with(&earlier).err().unwrap();
    assert!(matches!(error, PadesError::OtherDocument), "{error}");
}

/// One that is for the evidence is not taken for one over any document.
#[test]
fn what_it_is_for_is_stored_and_judged_again() {
    let office = Office::open();
    let pdf = contract();
    let preserved = office.preserved(&office.stamped(&pdf).lasting()).to_vec().unwrap();
    for what in ["document", "evidence"] {
        let pdf = LastingPdf::new(&preserved);
        let prepared = match what {
            "document" => pdf.prepare_timestamp(DigestAlgorithm::Sha256).unwrap(),
            _ => pdf.prepare_archive(DigestAlgorithm::Sha256).unwrap(),
        };
        let stored = StoredTimestamp::from_bytes(&prepared.to_bytes()).unwrap();
        let again = stored.with(&preserved).unwrap();
        // Only the one that covers evidence knows what may not be older.
        office.pki.set_now(support::now());
        let early = token(&office, &again);
        assert_eq!(again.finish(&early).is_ok(), what == "document");
        office.wait();
    }
}

#[test]
fn nothing_of_the_document_is_stored_and_another_document_is_refused() {
    let pdf = SamplePdf::new().padding_megabytes(1).to_bytes();
    let prepared = LastingPdf::new(&pdf).prepare_timestamp(DigestAlgorithm::Sha256).unwrap();
    let stored = prepared.to_bytes();
    assert!(stored.len() < 300, "{}", stored.len());
    assert!(!pdf.windows(16).any(|window| contains(&stored, window)));
    let mut other = pdf.clone();
    other[pdf.len() / 2] ^= 1;
    for other in [other, Vec::new(), [pdf.as_slice(), b"\n"].concat()] {
        let error = StoredTimestamp::from_bytes(&stored).unwrap().with(&other).err().unwrap();
        assert!(matches!(error, PadesError::OtherDocument), "{error}");
    }
}

#[test]
fn every_choice_is_stored() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../chancery-pdf/tests/fixtures");
    let pdf = std::fs::read(folder.join("aes-256-r6.pdf")).unwrap();
    let lasting = LastingPdf::new(&pdf)
        .password(Password::from("user"), [7; 32])
        .unsound_signatures(UnsoundSignatures::PassOver)
        .ambiguous_file(chancery_pades::AmbiguousFile::Sign)
        .timestamp_room(4321);
    let stored = lasting.prepare_timestamp(DigestAlgorithm::Sha384).unwrap().to_bytes();
    assert!(!contains(&stored, b"user"), "no password is stored");
    let waiting = StoredTimestamp::from_bytes(&stored).unwrap();
    assert!(waiting.with(&pdf).is_err(), "it needs its password");
    assert_eq!(waiting.with_password(&pdf, Password::from("user")).unwrap().to_bytes(), stored);
}

#[test]
fn what_was_changed_in_storage_is_refused() {
    let pdf = contract();
    let stored = LastingPdf::new(&pdf).prepare_timestamp(DigestAlgorithm::Sha256).unwrap().to_bytes();
    for index in 0..stored.len() {
        let mut changed = stored.clone();
        changed[index] ^= 1 << (index % 8);
        assert!(StoredTimestamp::from_bytes(&changed).is_err(), "{index}");
        assert!(StoredTimestamp::from_bytes(&stored[..index]).is_err(), "cut at {index}");
    }
    // A prepared signature is something else.
    assert!(chancery_pades::StoredPdf::from_bytes(&stored).is_err());
}

proptest! {
    /// With a checksum that fits, as somebody would write who can write to the storage.
    #[test]
    fn whatever_stands_in_storage_is_bounded(place in 30_usize..200, bytes in prop::collection::vec(any::<u8>(), 1..9)) {
        use chancery_digest::AnyDigest;
        let pdf = contract();
        let stored = LastingPdf::new(&pdf).prepare_timestamp(DigestAlgorithm::Sha256).unwrap().to_bytes();
        let mut content = stored[..stored.len() - 32].to_vec();
        for (index, byte) in bytes.into_iter().enumerate() {
            let place = (place + index) % content.len();
            content[place] = byte;
        }
        content.extend_from_slice(DigestAlgorithm::Sha256.digest(&content).as_bytes());
        if let Ok(waiting) = StoredTimestamp::from_bytes(&content)
            && let Ok(prepared) = waiting.with(&pdf)
        {
            prop_assert_eq!(prepared.to_bytes(), content);
        }
    }
}

/// A room of half the memory is no room.
#[test]
fn room_without_reason_is_refused() {
    let pdf = contract();
    for asked in [usize::MAX, (16 << 20) + 1] {
        let lasting = LastingPdf::new(&pdf).timestamp_room(asked);
        let error = lasting.prepare_timestamp(DigestAlgorithm::Sha256).err().unwrap();
        assert!(matches!(error, PadesError::RoomTooLarge { asked: told, .. } if told == asked), "{error}");
    }
    let office = Office::open();
    let signer = chancery_pades::PdfSigner::new(&office.alice, support::now()).timestamp_room(usize::MAX);
    assert!(matches!(signer.sign(&pdf), Err(PadesError::RoomTooLarge { .. })));
}
