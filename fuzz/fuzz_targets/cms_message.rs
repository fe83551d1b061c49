//! Reads and judges a signed message, and what a prepared one may be stored as.
#![no_main]

use chancery_cms::{PreparedMessage, SignedMessage};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = PreparedMessage::from_bytes(bytes);
    let Ok(message) = SignedMessage::from_file_bytes(bytes) else { return };
    let content = message.content_digests();
    for signer in message.signers() {
        let _ = signer.check(&message, &content, &[]);
    }
});
