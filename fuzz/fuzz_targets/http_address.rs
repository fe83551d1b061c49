#![no_main]
//! A URL from a stranger's certificate: read without panic, and what is accepted keeps its promises.

use chancery_http::Address;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(address) = Address::parse(text) {
        assert!(!address.host().is_empty() && address.port() != 0);
        assert!(Address::parse(&address.to_string()).is_ok());
    }
});
