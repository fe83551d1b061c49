//! Keys for tests.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use chancery_key::{KeyKind, SoftwareKey};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;

/// The PKCS#8 form of the RSA keys made so far in this process, by length of the modulus.
static RSA_KEYS: OnceLock<Mutex<HashMap<u32, Vec<Vec<u8>>>>> = OnceLock::new();

/// A key for tests. `number` tells keys of one kind apart.
///
/// Elliptic-curve keys are new in each call. RSA keys take a second or more to make, so a process makes each number
/// once and hands it out again: `test_key(KeyKind::Rsa { bits: 2048 }, 0)` is the same key in all tests of a process.
///
/// # Panics
///
/// If the system has no randomness, or the kind of key cannot be made (RSA below 2048 bits, for instance).
#[must_use]
pub fn test_key(kind: KeyKind, number: usize) -> SoftwareKey {
    let KeyKind::Rsa { bits } = kind else { return generated(kind) };
    let mut pool = RSA_KEYS.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let keys = pool.entry(bits).or_default();
    while keys.len() <= number {
        keys.push(exported(&generated(kind)));
    }
    imported(&keys[number])
}

fn generated(kind: KeyKind) -> SoftwareKey {
    SoftwareKey::generate(kind, &mut UnwrapErr(SysRng))
        .unwrap_or_else(|error| panic!("could not make a key {kind}: {error}"))
}

/// The same key once more: signers own theirs.
pub(crate) fn copy(key: &SoftwareKey) -> SoftwareKey {
    imported(&exported(key))
}

pub(crate) fn exported(key: &SoftwareKey) -> Vec<u8> {
    key.to_pkcs8_der().expect("a key that can be exported").to_vec()
}

fn imported(pkcs8: &[u8]) -> SoftwareKey {
    SoftwareKey::from_pkcs8_der(pkcs8).expect("a key that we exported ourselves")
}

/// Random octets, for serial numbers and nonces.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut octets = [0; N];
    getrandom::fill(&mut octets).expect("the system's randomness");
    octets
}
