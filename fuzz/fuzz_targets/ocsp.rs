#![no_main]
//! Any bytes as an OCSP answer: a typed error or an answer, which can be asked whom it speaks of.

use std::sync::LazyLock;

use chancery_certificate::Certificate;
use chancery_chain::OcspAnswer;
use chancery_fuzz::Forger;
use libfuzzer_sys::fuzz_target;

static FORGER: LazyLock<Forger> = LazyLock::new(Forger::new);

fuzz_target!(|bytes: &[u8]| {
    let Ok(answer) = OcspAnswer::from_der(bytes) else { return };
    let anchor: &Certificate = FORGER.anchor();
    for certificate in answer.certificates().iter().chain([anchor]) {
        let _ = answer.speaks_of(certificate, anchor);
    }
    assert!(answer.to_be_signed().len() < bytes.len());
    let _ = (answer.nonce(), answer.produced_at());
});
