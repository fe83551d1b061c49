//! Reads the timestamps and the level of every signature of a message, and what is still missing to preserve it.
#![no_main]

use chancery_ades::RequiredBinding;
use chancery_cades::{CadesSignature, Level, content_algorithms, subject};
use chancery_chain::Evidence;
use chancery_cms::SignedMessage;
use chancery_digest::{DigestAlgorithm, Digests};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(message) = SignedMessage::from_file_bytes(bytes) else { return };
    let content = match message.is_detached() {
        true => Digests::over_bytes(content_algorithms(&message), b"content"),
        false => message.content_digests(),
    };
    for (index, signer) in message.signers().iter().enumerate().take(4) {
        let level = Level::of(&message, signer);
        let name = "signature".to_owned();
        let told = subject(name, &message, signer, &content, RequiredBinding::Signed, &Evidence::new());
        assert_eq!(told.level, level.baseline());
        for stamp in &told.timestamps {
            // What does not match proves nothing.
            assert!(stamp.token.is_ok() || stamp.covers.tokens().next().is_none());
        }
        let Ok(signed) = CadesSignature::of(message.clone(), index) else { continue };
        if let Ok(prepared) = signed.prepare_archive(&content, DigestAlgorithm::Sha256) {
            let again = signed.prepare_archive(&content, DigestAlgorithm::Sha256);
            assert_eq!(again.ok().as_ref().map(|again| again.digest()), Some(prepared.digest()));
        }
    }
});
