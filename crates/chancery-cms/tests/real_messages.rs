//! Adds to messages of many programs, and sees that nothing else of them changes.
//!
//! `CHANCERY_CORPUS=DIR cargo test -p chancery-cms --test real_messages -- --nocapture`
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails where it stands")]

use chancery_cms::attributes::SIGNATURE_TIMESTAMP;
use chancery_cms::{
    Attribute, CmsError, CountersignaturePreparation, Enclosures, SignedMessage, SignerCheck, SignerInfo,
    SignerPreparation,
};
use chancery_digest::AnyDigest;
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use chancery_testkit::{TestPki, conformance};

/// What every signer is judged to be, in words.
fn verdicts(message: &SignedMessage) -> Vec<String> {
    let content = message.content_digests();
    let word = |signer: &SignerInfo| match signer.check(message, &content, &[]) {
        SignerCheck::Sound(signer) => {
            format!("sound, {}, {:?}", signer.certificate().subject(), signer.reading())
        }
        SignerCheck::Faulty(faults) => format!("{faults:?}"),
    };
    message.signers().iter().map(word).collect()
}

fn raw(message: &SignedMessage) -> Vec<Vec<u8>> {
    message.signers().iter().map(|signer| signer.to_bytes().to_vec()).collect()
}

/// Everything of `before` is in `after`, byte for byte, but what was added to.
fn assert_kept(before: &SignedMessage, after: &SignedMessage) {
    assert_eq!(after.content(), before.content());
    assert_eq!(after.content_type(), before.content_type());
    assert!(before.certificates().iter().all(|certificate| after.certificates().contains(certificate)));
    assert!(before.unread_certificates().iter().all(|entry| after.unread_certificates().contains(entry)));
    assert!(before.crls().iter().all(|crl| after.crls().contains(crl)));
    assert!(before.other_revocations().iter().all(|other| after.other_revocations().contains(other)));
}

/// Adds a signer; None where that is refused for a reason that lies in the message.
fn joined(message: &SignedMessage, bob: &SoftwareSigner) -> Option<SignedMessage> {
    let algorithm = bob.algorithm();
    let digest = algorithm.digest().digest(message.content().unwrap_or(b"somewhere else"));
    let preparation =
        SignerPreparation::new(bob.chain(), algorithm, digest).content_type(message.content_type());
    let prepared = preparation.prepare().unwrap();
    let signer = prepared.finish(bob.sign(prepared.to_be_signed()).unwrap()).unwrap();
    match message.with_signer(&signer, &Enclosures::new()) {
        Ok(joined) => {
            assert!(joined.signers().iter().any(|other| other.to_bytes() == signer.to_signer_info()));
            Some(joined)
        }
        // The content of a detached message is not what we say it is; PKCS #7 had content of other types.
        Err(CmsError::OtherContent { .. }) if message.content().is_none() => None,
        Err(CmsError::UnwrappedContent { .. }) => None,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn nothing_of_others_changes_when_something_is_added() {
    let Some(corpus) = conformance::corpus() else { return };
    let bob = TestPki::at("2026-11-22T12:00:00Z".parse().unwrap()).signer("Bob", KeyKind::Ed25519);
    let (mut read, mut with_signer, mut with_counter_signature) = (0, 0, 0);
    for folder in ["real_signed/cms", "real_signed/tsp"] {
        let path = corpus.join(folder);
        for name in conformance::names(&path).unwrap_or_default() {
            let bytes = conformance::read(&path.join(&name));
            let Some(message) = bytes.and_then(|bytes| SignedMessage::from_file_bytes(&bytes).ok()) else {
                continue;
            };
            read += 1;
            let before = verdicts(&message);

            let evidence = Enclosures::new().certificates(bob.chain().iter().cloned());
            let extended = message.with_enclosures(&evidence).unwrap();
            assert_kept(&message, &extended);
            assert_eq!((raw(&extended), verdicts(&extended)), (raw(&message), before.clone()), "{name}");

            if let Some(joined) = joined(&message, &bob) {
                with_signer += 1;
                assert_kept(&message, &joined);
                assert!(raw(&message).iter().all(|signer| raw(&joined).contains(signer)), "{name}");
                assert!(before.iter().all(|verdict| verdicts(&joined).contains(verdict)), "{name}");
            }

            for (index, target) in message.signers().iter().enumerate().take(3) {
                let attribute = Attribute::new(SIGNATURE_TIMESTAMP, vec![5, 0]);
                let stamped = message.with_unsigned_attribute(index, &attribute).unwrap();
                assert_eq!(verdicts(&stamped), before, "{name}");
                let prepared = CountersignaturePreparation::new(bob.chain(), bob.algorithm(), target);
                let prepared = prepared.prepare().unwrap();
                let counter = prepared.finish(bob.sign(prepared.to_be_signed()).unwrap()).unwrap();
                match message.with_countersignature(&counter) {
                    Ok(countersigned) => {
                        with_counter_signature += 1;
                        assert_kept(&message, &countersigned);
                        assert_eq!(verdicts(&countersigned), before, "{name}");
                        let others = raw(&message).into_iter().zip(raw(&countersigned)).enumerate();
                        assert!(
                            others.into_iter().all(|(at, (old, new))| at == index || old == new),
                            "{name}"
                        );
                    }
                    // Signature values that occur twice in one message, as forged ones do.
                    Err(CmsError::SeveralToCountersign { .. }) => {}
                    Err(other) => panic!("{name}: {other}"),
                }
            }
        }
    }
    println!(
        "{read} messages of others: {with_signer} joined, {with_counter_signature} signatures counter-signed"
    );
    assert!(read > 0 && with_signer > 0 && with_counter_signature > 0);
}
