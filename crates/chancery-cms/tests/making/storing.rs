//! Steps towards a message that wait as bytes.

use chancery_certificate::asn1::{self, tag};
use chancery_cms::{
    Assembly, Attribute, CountersignaturePreparation, Enclosures, FinishedCountersignature, FinishedSigner,
    Identification, Preparation, PreparedCountersignature, PreparedMessage, PreparedSigner,
};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{KeyKind, SignatureValue, Signer};

use super::parts::{CONTRACT, UNKNOWN, assert_sound, pki, preparation};

/// Every step towards a message is stored and read back, in the middle of things.
#[test]
fn every_step_waits_as_bytes() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let notary = pki.signer("Notary", KeyKind::Rsa { bits: 2048 });
    let time = "2026-11-22T12:00:00Z".parse().unwrap();
    for by in [Identification::IssuerAndSerial, Identification::SubjectKeyIdentifier] {
        let prepared = preparation(&alice).identified_by(by).signing_time(time).prepare().unwrap();
        let restored = PreparedSigner::from_bytes(&prepared.to_bytes()).unwrap();
        assert_eq!(restored.to_bytes(), prepared.to_bytes());
        assert_eq!(restored.content_digest(), prepared.content_digest());
        let value = alice.sign(restored.to_be_signed()).unwrap().as_bytes().to_vec();
        let signer = restored.finish(SignatureValue::from_bytes(value.clone())).unwrap();
        let signer = signer.with_unsigned_attribute(Attribute::new(UNKNOWN, asn1::null())).unwrap();
        let restored = FinishedSigner::from_bytes(&signer.to_bytes()).unwrap();
        assert_eq!(restored.to_bytes(), signer.to_bytes());
        assert_eq!(restored.to_signer_info(), signer.to_signer_info());
        let message = Assembly::detached().signer(restored).assemble().unwrap();
        assert!(message.signers()[0].unsigned_attributes().contains(UNKNOWN));
        assert_sound(&message);
        let target = &message.signers()[0];
        let counter =
            CountersignaturePreparation::new(notary.chain(), notary.algorithm(), target).identified_by(by);
        let counter = counter.prepare().unwrap();
        let counter = PreparedCountersignature::from_bytes(&counter.to_bytes()).unwrap();
        let counter = counter.finish(notary.sign(counter.to_be_signed()).unwrap()).unwrap();
        let counter = FinishedCountersignature::from_bytes(&counter.to_bytes()).unwrap();
        message.with_countersignature(&counter).unwrap();
        // One step is not taken for another: a counter-signature never becomes a signature of content.
        let stored = [prepared.to_bytes(), signer.to_bytes(), counter.to_bytes()];
        for (index, bytes) in stored.iter().enumerate() {
            assert_eq!(PreparedSigner::from_bytes(bytes).is_ok(), index == 0);
            assert_eq!(FinishedSigner::from_bytes(bytes).is_ok(), index == 1);
            assert_eq!(FinishedCountersignature::from_bytes(bytes).is_ok(), index == 2);
            assert!(PreparedCountersignature::from_bytes(bytes).is_err());
            assert!(PreparedMessage::from_bytes(bytes).is_err());
        }
        for bytes in stored {
            for position in 0..bytes.len() {
                let mut changed = bytes.clone();
                changed[position] ^= 0x41;
                assert!(PreparedSigner::from_bytes(&changed).is_err(), "byte {position}");
                assert!(FinishedSigner::from_bytes(&changed).is_err(), "byte {position}");
                assert!(FinishedCountersignature::from_bytes(&changed).is_err(), "byte {position}");
            }
        }
    }
}

/// Whoever keeps a step can change it and compute the checksum anew; what comes out is what was agreed to sign, or
/// nothing.
#[test]
fn a_stored_step_that_was_changed_signs_nothing_else() {
    let alice = pki().signer("Alice", KeyKind::P256);
    let prepared = preparation(&alice).prepare().unwrap();
    let stored = prepared.to_bytes();
    let value = alice.sign(prepared.to_be_signed()).unwrap().as_bytes().to_vec();
    let with_right_checksum = |changed: &[u8]| {
        let content = asn1::Element::only(changed, tag::SEQUENCE).ok()?.content;
        let fields = content.get(..content.len().checked_sub(34)?)?;
        let checksum = asn1::octet_string(DigestAlgorithm::Sha256.digest(fields).as_bytes());
        Some(asn1::sequence(&[fields, &checksum]))
    };
    assert_eq!(with_right_checksum(&stored).as_ref(), Some(&stored));
    let mut taken = 0;
    for position in 0..stored.len() - 34 {
        let mut changed = stored.clone();
        changed[position] ^= 0x41;
        let Some(changed) = with_right_checksum(&changed) else { continue };
        let finished = PreparedSigner::from_bytes(&changed)
            .and_then(|restored| restored.finish(SignatureValue::from_bytes(value.clone())));
        if let Ok(signer) = finished {
            taken += 1;
            assert_sound(&Assembly::enclosing(CONTRACT.to_vec()).signer(signer).assemble().unwrap());
        }
    }
    assert_eq!(taken, 0, "every byte of a signer is compared with another, or signed");
}

#[test]
fn a_prepared_message_keeps_what_it_will_enclose() {
    let pki = pki();
    let alice = pki.signer("Alice", KeyKind::P256);
    let info = asn1::sequence(&[&asn1::integer(&[1]), &asn1::sequence(&[])]);
    let evidence = Enclosures::new().crl(&pki.crl()).unwrap();
    let evidence = evidence.attribute_certificate(&asn1::sequence(&[&info])).unwrap();
    let prepared = Preparation::enclosing(alice.chain(), alice.algorithm(), CONTRACT.to_vec())
        .enclosures(evidence)
        .identified_by(Identification::SubjectKeyIdentifier)
        .prepare()
        .unwrap();
    let restored = PreparedMessage::from_bytes(&prepared.to_bytes()).unwrap();
    assert_eq!(restored.to_bytes(), prepared.to_bytes());
    let message = restored.finish(alice.sign(restored.to_be_signed()).unwrap()).unwrap();
    assert_eq!((message.version(), message.crls().len(), message.unread_certificates().len()), (4, 1, 1));
    assert_sound(&message);
}
