//! Anything added in any order: nothing else changes.

use std::cell::RefCell;

use chancery_certificate::asn1::{self};
use chancery_cms::{
    Assembly, Attribute, CmsError, CountersignaturePreparation, Enclosures, Identification, SignedMessage,
    SignerInfo,
};
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use proptest::prelude::*;

use super::parts::{
    CONTRACT, UNKNOWN, assert_sound, countersigned, finished, finished_by, in_ber, pki, preparation,
};

thread_local! {
    /// Made once: keys cost more than messages.
    static SIGNERS: RefCell<Vec<SoftwareSigner>> = {
        let pki = pki();
        let kinds = [KeyKind::P256, KeyKind::P384, KeyKind::Ed25519, KeyKind::Rsa { bits: 2048 }, KeyKind::P256];
        let named = kinds.iter().zip(["Alice", "Bob", "Carol", "Dora", "Erich"]);
        RefCell::new(named.map(|(&kind, name)| pki.signer(name, kind)).collect())
    };
}

/// One thing that is added to a message.
#[derive(Clone, Debug)]
enum Step {
    Signer(usize, bool, bool),
    Countersignature(usize, prop::sample::Index),
    Attribute(prop::sample::Index, Vec<u8>),
    Certificates(usize),
    /// Somebody else's program writes the message anew, in BER.
    Rewritten,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..5_usize, any::<bool>(), any::<bool>()).prop_map(|(who, key, time)| Step::Signer(who, key, time)),
        2 => (0..5_usize, any::<prop::sample::Index>()).prop_map(|(who, of)| Step::Countersignature(who, of)),
        2 => (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 0..300))
            .prop_map(|(of, value)| Step::Attribute(of, value)),
        1 => (0..5_usize).prop_map(Step::Certificates),
        1 => Just(Step::Rewritten),
    ];
    prop::collection::vec(step, 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever is added, in whatever order: everybody who was there is there, byte for byte as far as it was signed
    /// and, unless something was added to the signer itself, as a whole; and everybody is sound.
    #[test]
    fn whatever_is_added_nothing_else_changes(attached in any::<bool>(), steps in steps()) {
        SIGNERS.with_borrow(|signers| {
            let empty = if attached { Assembly::enclosing(CONTRACT.to_vec()) } else { Assembly::detached() };
            let mut message = empty.signer(finished_by(&signers[0])).assemble().unwrap();
            let mut count = 1;
            for step in steps {
                let before = message.clone();
                let mut extended = None;
                match step {
                    Step::Signer(who, by_key, with_time) => {
                        let signer = &signers[who];
                        let mut preparation = preparation(signer);
                        if by_key {
                            preparation = preparation.identified_by(Identification::SubjectKeyIdentifier);
                        }
                        if with_time {
                            preparation = preparation.signing_time("2026-11-22T12:00:00Z".parse().unwrap());
                        }
                        match message.with_signer(&finished(preparation, signer), &Enclosures::new()) {
                            Ok(joined) => {
                                count += 1;
                                message = joined;
                            }
                            Err(CmsError::SignerTwice) => {}
                            Err(other) => panic!("{other}"),
                        }
                    }
                    Step::Countersignature(who, of) => {
                        let of = of.index(message.signers().len());
                        let target = &message.signers()[of];
                        let signer = &signers[who];
                        let prepared =
                            CountersignaturePreparation::new(signer.chain(), signer.algorithm(), target);
                        let prepared = prepared.prepare().unwrap();
                        let finished = prepared.finish(signer.sign(prepared.to_be_signed()).unwrap()).unwrap();
                        match message.with_countersignature(&finished) {
                            Ok(after) => {
                                extended = Some(of);
                                message = after;
                            }
                            Err(CmsError::SignerTwice) => {}
                            // The same key signed the same bytes twice, named in two ways.
                            Err(CmsError::SeveralToCountersign { .. }) => {}
                            Err(other) => panic!("{other}"),
                        }
                    }
                    Step::Attribute(of, value) => {
                        let of = of.index(message.signers().len());
                        let attribute = Attribute::new(UNKNOWN, asn1::octet_string(&value));
                        message = message.with_unsigned_attribute(of, &attribute).unwrap();
                        extended = Some(of);
                    }
                    Step::Certificates(who) => {
                        let chain = signers[who].chain().iter().cloned();
                        message = message.with_enclosures(&Enclosures::new().certificates(chain)).unwrap();
                    }
                    Step::Rewritten => {
                        if message.to_bytes().get(1) != Some(&0x80) {
                            message = in_ber(&message);
                        }
                    }
                }
                assert_sound(&message);
                assert_eq!(message.signers().len(), count);
                assert_eq!(message.content(), before.content());
                for certificate in before.certificates() {
                    assert!(message.certificates().contains(certificate));
                }
                for (index, old) in before.signers().iter().enumerate() {
                    let same = |new: &SignerInfo| if Some(index) == extended {
                        new.signature() == old.signature()
                            && new.signed_attributes_der() == old.signed_attributes_der()
                            && old.unsigned_attributes().iter().all(|attribute| {
                                new.unsigned_attributes().iter().any(|other| other == attribute)
                            })
                    } else {
                        new.to_bytes() == old.to_bytes()
                    };
                    assert!(message.signers().iter().any(same), "signer {index}");
                }
            }
            let read_again = SignedMessage::from_ber(message.to_bytes()).unwrap();
            assert_sound(&read_again);
        });
    }

    /// Adding to what an attacker changed is refused or works, and never panics.
    #[test]
    fn adding_to_anything_is_done_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        SIGNERS.with_borrow(|signers| {
            let message = Assembly::enclosing(CONTRACT.to_vec()).signer(finished_by(&signers[0])).assemble().unwrap();
            let joining = finished_by(&signers[1]);
            let counter = countersigned(&message, &message.signers()[0], &signers[2]);
            let message = in_ber(&message.with_countersignature(&counter).unwrap());
            let mut bytes = message.to_bytes().to_vec();
            for (index, value) in changes {
                *index.get_mut(&mut bytes) = value;
            }
            let end = bytes.len() - cut.index(bytes.len()) / 8;
            for bytes in [&bytes[..], &bytes[..end]] {
                if let Ok(message) = SignedMessage::from_ber(bytes) {
                    if let Ok(joined) = message.with_signer(&joining, &Enclosures::new()) {
                        assert_eq!(joined.content(), message.content());
                        assert!(joined.signers().iter().any(|signer| signer.to_bytes() == joining.to_signer_info()));
                    }
                    let _ = message.with_countersignature(&counter);
                    let attribute = Attribute::new(UNKNOWN, asn1::null());
                    let _ = message.with_unsigned_attribute(0, &attribute);
                }
            }
        });
    }
}
