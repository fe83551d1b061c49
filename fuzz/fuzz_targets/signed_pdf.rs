//! Any bytes as a signed PDF: judged without anchors, so nothing may pass; errors are fine, panics and hangs are not.
#![no_main]

use chancery_ades::{Indication, Policy};
use chancery_chain::{RevocationPolicy, TrustAnchors};
use chancery_pades::PdfVerifier;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let policy = Policy::new(TrustAnchors::default(), RevocationPolicy::NotChecked);
    if let Ok(report) = PdfVerifier::new(&policy).verify_at(&bytes, Timestamp::UNIX_EPOCH) {
        assert_ne!(report.indication(), Some(Indication::TotalPassed));
        let _ = (report.to_string(), report.to_json(), report.to_etsi_xml());
    }
});
