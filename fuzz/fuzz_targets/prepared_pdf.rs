//! Any bytes as a stored prepared PDF or timestamp: read, joined with a document, written again.
#![no_main]

use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_pades::{StoredPdf, StoredTimestamp};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = StoredPdf::from_bytes(bytes);
    let _ = StoredTimestamp::from_bytes(bytes);
    // With the checksum that no fuzzer would guess.
    let sealed = [bytes, DigestAlgorithm::Sha256.digest(bytes).as_bytes()].concat();
    if let Ok(stored) = StoredTimestamp::from_bytes(&sealed) {
        for document in [Vec::new(), bytes.to_vec()] {
            if let Ok(prepared) = stored.with(&document) {
                assert!(StoredTimestamp::from_bytes(&prepared.to_bytes()).is_ok());
            }
        }
    }
    let Ok(stored) = StoredPdf::from_bytes(&sealed) else { return };
    // A document of the stored length comes past the first comparison.
    for document in [Vec::new(), bytes.to_vec()] {
        if let Ok(prepared) = stored.with(&document) {
            assert!(StoredPdf::from_bytes(&prepared.to_bytes()).is_ok());
        }
    }
});
