//! Any bytes as a file of certificates: PEM, DER, or PKCS #7 (`.p7b`, `.p7c`), by its looks and by its name.
#![no_main]

use chancery_chain::TrustAnchors;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(anchors) = TrustAnchors::from_file_bytes(bytes) {
        assert!(anchors.iter().next().is_some(), "a file without certificates is an error");
    }
    let _ = (TrustAnchors::from_pem(bytes), TrustAnchors::from_der(bytes), TrustAnchors::from_pkcs7(bytes));
});
