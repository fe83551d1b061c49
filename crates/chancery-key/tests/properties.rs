//! For all keys, algorithms and messages.

// Helpers of tests may unwrap as tests do; clippy.toml knows only functions marked #[test].
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::sync::LazyLock;

use chancery_certificate::AlgorithmIdentifier;
use chancery_key::{
    ClaimedAlgorithm, Password, Pkcs12, PublicKey, SignatureAlgorithm, SoftwareKey, ToBeSigned,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

static KEYS: LazyLock<Vec<SoftwareKey>> =
    LazyLock::new(|| common::providers().into_iter().flat_map(common::keys).collect());

/// A key by its place in the list, with something that it signs with.
fn question() -> impl Strategy<Value = (usize, SignatureAlgorithm)> {
    let questions = KEYS.iter().enumerate().flat_map(|(place, key)| {
        common::algorithms(key.public_key().kind()).into_iter().map(move |algorithm| (place, algorithm))
    });
    select(questions.collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn what_is_signed_verifies_and_nothing_else((place, algorithm) in question(),
        bytes in prop::collection::vec(any::<u8>(), 0..300), bit: Index, other_bit: Index) {
        let key = &KEYS[place];
        let message = ToBeSigned::new(algorithm, bytes.clone());
        let value = key.sign(&message).unwrap().as_bytes().to_vec();
        let public = key.public_key();
        prop_assert_eq!(public.verify(&algorithm.claimed(), &bytes, &value), Ok(()));

        let mut changed = value.clone();
        let bit = bit.index(8 * value.len());
        changed[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(public.verify(&algorithm.claimed(), &bytes, &changed).is_err());

        let mut changed = bytes.clone();
        changed.push(0);
        prop_assert!(public.verify(&algorithm.claimed(), &changed, &value).is_err());
        if !bytes.is_empty() {
            let mut changed = bytes.clone();
            let bit = other_bit.index(8 * bytes.len());
            changed[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(public.verify(&algorithm.claimed(), &changed, &value).is_err());
        }
    }

    /// A signature by one algorithm is none by another.
    #[test]
    fn algorithms_are_not_mixed_up((place, algorithm) in question(), (_, other) in question()) {
        let key = &KEYS[place];
        let value = key.sign(&ToBeSigned::new(algorithm, b"message".to_vec())).unwrap();
        let verified = key.public_key().verify(&other.claimed(), b"message", value.as_bytes());
        prop_assert_eq!(verified.is_ok(), algorithm == other);
    }
}

proptest! {
    /// Whatever the octets: an answer, and no panic.
    #[test]
    fn parsers_answer(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = PublicKey::from_info(&bytes);
        let _ = SoftwareKey::from_pkcs8_der(&bytes);
        let _ = SoftwareKey::from_pem(&bytes, None);
        let _ = SoftwareKey::from_encrypted_pkcs8_der(&bytes, &Password::from("secret"));
        let _ = Pkcs12::open(&bytes, &Password::from("secret"));
        if let Ok(identifier) = AlgorithmIdentifier::from_der(&bytes) {
            let _ = ClaimedAlgorithm::from_algorithm_identifier(&identifier);
        }
    }

    /// The same for what is nearly right.
    #[test]
    fn parsers_answer_to_changed_keys(place in 0..5_usize, changes in prop::collection::vec(any::<(Index, u8)>(), 1..4)) {
        let info = KEYS[place].public_key().to_info();
        let mut changed = info.to_vec();
        for (position, octet) in changes {
            changed[position.index(info.len())] = octet;
        }
        if let Ok(key) = PublicKey::from_info(&changed) {
            let _ = key.verify(&KEYS[place].default_algorithm().claimed(), b"message", &[1; 64]);
        }
    }
}
