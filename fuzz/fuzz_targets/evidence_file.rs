#![no_main]
//! Any bytes as a file of evidence: a typed error, or evidence that stays the same when it is written and read again.

use chancery_chain::Evidence;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(evidence) = Evidence::from_der(bytes) else { return };
    // BER within pieces is read, and not written.
    if let Ok(file) = evidence.to_der() {
        let again = Evidence::from_der(&file).expect("what we wrote");
        assert_eq!(again.to_der().expect("what we read"), file);
    }
});
