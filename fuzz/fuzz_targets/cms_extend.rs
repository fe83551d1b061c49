//! Adds to a signed message of anybody, and sees that nothing else of it changes.
#![no_main]

use chancery_cms::attributes::SIGNATURE_TIMESTAMP;
use chancery_cms::{
    Attribute, Enclosures, FinishedCountersignature, FinishedSigner, PreparedCountersignature, PreparedSigner,
    SignedMessage, SignerInfo,
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = PreparedSigner::from_bytes(bytes);
    let _ = FinishedSigner::from_bytes(bytes);
    let _ = PreparedCountersignature::from_bytes(bytes);
    let _ = FinishedCountersignature::from_bytes(bytes);

    let Ok(message) = SignedMessage::from_ber(bytes) else { return };
    let raw = |message: &SignedMessage| -> Vec<Vec<u8>> {
        message.signers().iter().map(|signer| SignerInfo::to_bytes(signer).to_vec()).collect()
    };
    let Ok(evidence) = Enclosures::new().crl(&[0x30, 0]) else { return };
    // A full set of evidence refuses more; nothing else can be in the way.
    if let Ok(extended) = message.with_enclosures(&evidence) {
        assert_eq!(raw(&extended), raw(&message));
        assert_eq!(extended.content(), message.content());
        assert_eq!(extended.certificates(), message.certificates());
        assert!(extended.crls().iter().any(|crl| crl == &[0x30, 0]));
    }
    for index in 0..message.signers().len().min(3) {
        let noted = message.with_unsigned_attribute(index, &Attribute::new(SIGNATURE_TIMESTAMP, [5, 0])).expect("it was read");
        let (before, after) = (raw(&message), raw(&noted));
        assert!(before.iter().zip(&after).enumerate().all(|(other, (old, new))| other == index || old == new));
        let (old, new) = (&message.signers()[index], &noted.signers()[index]);
        assert_eq!(new.signature(), old.signature());
        assert_eq!(new.signed_attributes_der(), old.signed_attributes_der());
        assert_eq!(new.unsigned_attributes().len(), old.unsigned_attributes().len() + 1);
        assert_eq!(noted.content(), message.content());
    }
});
