//! The two numbers of a public RSA key.

use std::sync::OnceLock;

use rsa::{BoxedUint, RsaPublicKey};

use crate::error::KeyError;

/// The shortest modulus that is verified with.
const MINIMUM_BITS: u32 = 1024;
/// The longest modulus that is computed with: beyond it a stranger's key costs us too much.
const MAXIMUM_BITS: u32 = 8192;
/// The largest exponent that RustCrypto and AWS-LC compute with, 2³³ - 1, for the same reason.
const MAXIMUM_EXPONENT: u64 = (1 << 33) - 1;

/// The numbers of a public RSA key, checked when they were read. What the `rsa` crate computes with is made of them
/// when it is first needed: that takes as long as half a verification, and many keys are only asked how long they are.
#[derive(Clone)]
pub(crate) struct RsaKey {
    /// Without zeros in front.
    modulus: Box<[u8]>,
    exponent: Box<[u8]>,
    computing: OnceLock<Result<RsaPublicKey, KeyError>>,
}

impl RsaKey {
    /// Takes the magnitudes of the two numbers, without zeros in front.
    pub(crate) fn new(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let wrong_length = |bits| KeyError::ModulusLength { bits, minimum: MINIMUM_BITS };
        let precision = u32::try_from(modulus.len()).ok().and_then(|octets| octets.checked_mul(8));
        let precision = precision.ok_or_else(|| wrong_length(u32::MAX))?;
        if precision > MAXIMUM_BITS {
            return Err(wrong_length(precision));
        }
        let key = Self { modulus: modulus.into(), exponent: exponent.into(), computing: OnceLock::new() };
        if key.bits() < MINIMUM_BITS {
            return Err(wrong_length(key.bits()));
        }
        if !is_odd(modulus) {
            return Err(MALFORMED);
        }
        let number = exponent.iter().try_fold(0_u64, |number, &octet| {
            number.checked_mul(256).map(|number| number | u64::from(octet))
        });
        match number {
            Some(3..=MAXIMUM_EXPONENT) if is_odd(exponent) => Ok(key),
            _ => Err(KeyError::Exponent),
        }
    }

    /// The magnitude of the modulus.
    pub(crate) fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// The magnitude of the exponent.
    #[cfg(any(test, feature = "aws-lc"))]
    pub(crate) fn exponent(&self) -> &[u8] {
        &self.exponent
    }

    /// The length of the modulus in bits.
    pub(crate) fn bits(&self) -> u32 {
        let zeros = self.modulus.first().map_or(0, |first| first.leading_zeros());
        // `new` takes no modulus beyond `MAXIMUM_BITS`.
        u32::try_from(self.modulus.len()).map_or(u32::MAX, |octets| octets * 8 - zeros)
    }

    /// The key as the `rsa` crate computes with it.
    pub(crate) fn computing(&self) -> Result<&RsaPublicKey, KeyError> {
        self.computing.get_or_init(|| self.load()).as_ref().map_err(KeyError::clone)
    }

    fn load(&self) -> Result<RsaPublicKey, KeyError> {
        let n = BoxedUint::from_be_slice(&self.modulus, self.bits().next_multiple_of(8));
        let e = BoxedUint::from_be_slice(&self.exponent, 64).map_err(|_| KeyError::Exponent)?;
        RsaPublicKey::new(n.map_err(|_| MALFORMED)?, e).map_err(|error| match error {
            rsa::Error::InvalidExponent
            | rsa::Error::PublicExponentTooSmall
            | rsa::Error::PublicExponentTooLarge => KeyError::Exponent,
            _ => MALFORMED,
        })
    }
}

impl PartialEq for RsaKey {
    fn eq(&self, other: &Self) -> bool {
        self.modulus == other.modulus && self.exponent == other.exponent
    }
}

const MALFORMED: KeyError = KeyError::Malformed { reason: "the RSA modulus must be odd" };

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|last| last % 2 == 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bounds_are_those_of_the_standard_and_of_the_providers() {
        let modulus = |bits: usize| [&[0x80][..], &vec![0; bits / 8 - 2], &[1]].concat();
        assert_eq!(RsaKey::new(&modulus(2048), &[1, 0, 1]).unwrap().bits(), 2048);
        assert_eq!(RsaKey::new(&modulus(8192), &[3]).unwrap().bits(), 8192);
        let length = |bits| Some(KeyError::ModulusLength { bits, minimum: 1024 });
        assert_eq!(RsaKey::new(&modulus(8200), &[3]).err(), length(8200));
        assert_eq!(RsaKey::new(&modulus(1016), &[3]).err(), length(1016));
        assert_eq!(RsaKey::new(&[], &[3]).err(), length(0));
        for exponent in [&[][..], &[1], &[2], &[4], &[2, 0, 0, 0, 1], &[1; 9]] {
            assert_eq!(RsaKey::new(&modulus(2048), exponent).err(), Some(KeyError::Exponent), "{exponent:?}");
        }
        assert!(RsaKey::new(&modulus(2048), &[1, 0xff, 0xff, 0xff, 0xff]).is_ok());
        let even = [modulus(2040), vec![0]].concat();
        assert_eq!(RsaKey::new(&even, &[3]).err(), Some(MALFORMED));
    }

    proptest! {
        /// Nothing that was taken is refused later, when it is to be computed with.
        #[test]
        fn what_is_taken_can_be_computed_with(
            modulus in proptest::collection::vec(any::<u8>(), 120..1030),
            exponent in proptest::collection::vec(any::<u8>(), 0..7),
        ) {
            let trimmed = |number: &[u8]| {
                number.iter().copied().skip_while(|octet| *octet == 0).collect::<Vec<u8>>()
            };
            let (modulus, exponent) = (trimmed(&modulus), trimmed(&exponent));
            if let Ok(key) = RsaKey::new(&modulus, &exponent) {
                use rsa::traits::PublicKeyParts;
                let computing = key.computing().unwrap();
                prop_assert_eq!(computing.n().bits(), key.bits());
                prop_assert_eq!(&*computing.n_bytes(), key.modulus());
                prop_assert_eq!(&*computing.e_bytes(), key.exponent());
            }
        }
    }
}
