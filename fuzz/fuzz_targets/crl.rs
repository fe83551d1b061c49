#![no_main]
//! Any bytes as a CRL: a typed error or a list whose entries can all be walked; and in memory it says the same as
//! where it is read in pieces.

use std::sync::Arc;

use chancery_chain::{CrlSource, RevocationList};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let read = RevocationList::from_der(bytes);
    let opened = CrlSource::open(Arc::new(bytes.to_vec()));
    assert_eq!(read.is_ok(), opened.is_ok() || bytes.len() > 60_000, "{read:?} {opened:?}");
    let (Ok(list), Ok(source)) = (read, opened) else { return };
    for serial in [&[1][..], &[0, 0x80], bytes.get(bytes.len() / 2..bytes.len() / 2 + 2).unwrap_or(&[5])] {
        let found = list.find(serial, list.issuer());
        assert_eq!(found, source.find(serial, list.issuer()));
        if let Ok(Some(entry)) = found {
            assert!(entry.since() <= entry.revocation_date);
        }
    }
});
