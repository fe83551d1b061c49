#![no_main]
//! Any bytes as a CRL, in memory and from a source that is read piece by piece: a typed error or a list whose entries
//! can all be walked.

use std::sync::Arc;

use chancery_chain::{CrlSource, RevocationList};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let whole = RevocationList::from_der(bytes);
    if let Ok(list) = &whole {
        let _ = list.find(&[1], list.issuer());
    }
    if let Ok(source) = CrlSource::open(Arc::new(bytes.to_vec())) {
        assert_eq!(source.to_der().unwrap(), bytes, "a source is what it was");
    }
});
