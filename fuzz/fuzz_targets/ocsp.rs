#![no_main]
//! Any bytes as an OCSP answer: a typed error or an answer.

use chancery_chain::OcspAnswer;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = OcspAnswer::from_der(bytes);
});
