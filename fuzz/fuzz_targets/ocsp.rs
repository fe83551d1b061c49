#![no_main]
//! Any bytes as an OCSP answer: a typed error or an answer, and whether it speaks of a certificate.

use std::sync::LazyLock;

use chancery_chain::OcspAnswer;
use chancery_fuzz::Forger;
use libfuzzer_sys::fuzz_target;

static FORGER: LazyLock<Forger> = LazyLock::new(Forger::new);

fuzz_target!(|bytes: &[u8]| {
    if let Ok(answer) = OcspAnswer::from_der(bytes) {
        let _ = answer.speaks_of(FORGER.anchor(), FORGER.anchor());
        let _ = (answer.nonce(), answer.certificates().len(), answer.produced_at());
    }
});
