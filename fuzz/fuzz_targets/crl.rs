#![no_main]
//! Any bytes as a CRL: a typed error or a list whose entries can all be walked.

use chancery_chain::RevocationList;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(list) = RevocationList::from_der(bytes) {
        let _ = list.find(&[1], list.issuer());
    }
});
