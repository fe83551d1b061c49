//! Any bytes as distinguished names and as the names of an extension, wherever they stand in it: read, printed, compared.
#![no_main]

use chancery_certificate::asn1::{Reader, tag};
use chancery_certificate::{GeneralName, Name};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (mut names, mut waiting, mut looked_at) = (Vec::new(), vec![bytes], 0);
    while let (Some(content), ..1_000) = (waiting.pop(), looked_at) {
        let mut reader = Reader::new(content);
        for general in GeneralName::read_all(Reader::new(content)).unwrap_or_default() {
            let _ = format!("{general:?}");
        }
        while let Ok(element) = reader.element() {
            looked_at += 1;
            names.extend(Name::from_der(element.raw));
            if element.tag & 0x20 != 0 || element.tag == tag::OCTET_STRING {
                waiting.push(element.content);
            }
        }
    }
    names.truncate(8);
    for name in &names {
        let text = name.to_string();
        assert!(!text.contains(['\0', '\n', '\r', '\u{1b}', '\u{202e}']), "names of strangers are printed harmlessly");
        assert!(name.matches(name) && name.is_within(name), "a name is itself");
        let _ = (name.common_name(), name.relative_names(), name.is_empty());
        for other in &names {
            assert_eq!(name.matches(other), other.matches(name), "comparison has no direction");
            let both = name.is_within(other) && other.is_within(name);
            assert_eq!(both, name.matches(other), "names that hold each other are the same");
        }
    }
});
