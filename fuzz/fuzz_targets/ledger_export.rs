//! Any bytes as the export of a ledger: what is given on hashes to what it says, and what holds has the events that it
//! announces and agrees with its own checkpoint.
#![no_main]

use chancery_ledger::{Compared, ExportVerdict, read_export};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut events = 0;
    let verdict = read_export(input, None, |event| {
        assert!(event.hash_holds());
        events += 1;
    });
    if let ExportVerdict::Holds(exported) = verdict.unwrap() {
        assert_eq!(exported.events, events);
        let again = read_export(input, Some(&exported.checkpoint), |_| {}).unwrap();
        assert!(matches!(again, ExportVerdict::Holds(exported) if exported.kept == Compared::Agrees));
    }
});
