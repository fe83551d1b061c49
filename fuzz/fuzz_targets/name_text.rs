//! Any text as a name (RFC 4514): an error with its place, or a name that is the same when it is printed and read again.
#![no_main]

use chancery_certificate::Name;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Name::from_text(text) {
        Ok(name) => {
            assert_eq!(Name::from_der(name.to_der()).as_ref(), Ok(&name), "what we write can be read");
            let again = Name::from_text(&name.to_string()).expect("what we print can be read");
            assert!(again.matches(&name), "{text:?} is printed as {name}, which is {again}");
        }
        Err(error) => drop(error.to_string()),
    }
});
