//! Reads and judges a signed message, and what a prepared one may be stored as.
#![no_main]

use chancery_cms::{Attributes, PreparedMessage, SignedMessage};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = PreparedMessage::from_bytes(bytes);
    let Ok(message) = SignedMessage::from_file_bytes(bytes) else { return };
    let _ = message.check(&message.content_digests(), &[]);
    for signer in message.signers() {
        let _ = signer.check_countersignatures(&message, &[]);
        signer.unsigned_attributes().statements().for_each(drop);
        signer.signed_attributes().into_iter().flat_map(Attributes::statements).for_each(drop);
    }
});
