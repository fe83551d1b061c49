//! PKCS#12 files and private keys of strangers: an answer, and no panic.
#![no_main]

use chancery_key::{Password, Pkcs12, PublicKey, SoftwareKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let password = Password::from("secret");
    let _ = Pkcs12::open(bytes, &password).map(Pkcs12::into_signer);
    let _ = SoftwareKey::from_encrypted_pkcs8_der(bytes, &password);
    let _ = SoftwareKey::from_pkcs8_der(bytes);
    let _ = SoftwareKey::from_pem(bytes, Some(&password));
    let _ = PublicKey::from_info(bytes);
});
