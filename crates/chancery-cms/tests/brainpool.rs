//! The Brainpool curves of German and other European signers (RFC 5639), in messages of another program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use chancery_cms::{CertificateBinding, FaultKind, MessageReader, SignedMessage};
use chancery_digest::{AnyDigest, Digests, KnownDigest};
use chancery_key::{KeyKind, PublicKey};

/// Made with OpenSSL 3.0.19: `openssl cms -sign -binary -nodetach -cades -md sha256 -outform PEM`, with a certificate
/// from `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:brainpoolP256r1`; the other with sha384 and
/// brainpoolP384r1.
const MESSAGES: [(&[u8], KeyKind); 2] = [
    (include_bytes!("fixtures/brainpool-p256r1.pem"), KeyKind::BrainpoolP256r1),
    (include_bytes!("fixtures/brainpool-p384r1.pem"), KeyKind::BrainpoolP384r1),
];

#[test]
fn messages_of_openssl_are_sound_in_memory_and_as_a_stream() {
    for (file, kind) in MESSAGES {
        let held = SignedMessage::from_file_bytes(file).unwrap();
        assert_eq!(held.content(), Some(&b"I owe you ten"[..]));
        for message in [MessageReader::new().read(file).unwrap(), held] {
            let check = message.check(&message.content_digests(), &[]);
            let signer = check.signers()[0].sound().unwrap_or_else(|| panic!("{kind}: {check:?}"));
            assert_eq!(signer.binding(), CertificateBinding::EssV2);
            assert_eq!(PublicKey::of(signer.certificate()).unwrap().kind(), kind);
        }
    }
}

#[test]
fn another_signature_or_other_content_does_not_hold() {
    for (file, kind) in MESSAGES {
        let message = SignedMessage::from_file_bytes(file).unwrap();
        let algorithms = message.digest_algorithms();
        let other = Digests::of(algorithms.iter().map(|algorithm: &KnownDigest| algorithm.digest(b"twenty")));
        assert_eq!(message.check(&other, &[]).worst(), Some(FaultKind::Mathematics), "{kind}");
        let mut bytes = message.into_bytes();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        let changed = SignedMessage::from_ber(&bytes).unwrap();
        let check = changed.check(&changed.content_digests(), &[]);
        assert_eq!(check.worst(), Some(FaultKind::Mathematics), "{kind}");
    }
}
