//! The two numbers of a public RSA key.

use std::ops::Range;
use std::sync::OnceLock;

use chancery_certificate::asn1::{Element, tag};

use crate::error::KeyError;
use crate::rsa_arithmetic::Arithmetic;

/// The shortest modulus that is verified with.
const MINIMUM_BITS: u32 = 1024;
/// The longest modulus that is computed with: beyond it a stranger's key costs us too much.
const MAXIMUM_BITS: u32 = 8192;
/// The largest exponent that RustCrypto and AWS-LC compute with, 2³³ - 1, for the same reason.
const MAXIMUM_EXPONENT: u64 = (1 << 33) - 1;

/// The numbers of a public RSA key, checked when they were read. What is computed with is made of them when it is first
/// needed: that takes a good part of a verification, and many keys are only asked how long they are.
pub(crate) struct RsaKey {
    /// The `RSAPublicKey` as it was read, which is what AWS-LC takes.
    der: Box<[u8]>,
    /// Without zeros in front.
    modulus: Range<usize>,
    exponent: Range<usize>,
    arithmetic: OnceLock<Option<Arithmetic>>,
}

impl RsaKey {
    /// ```asn1
    /// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }      -- RFC 8017 A.1.1
    /// ```
    pub(crate) fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let (modulus, exponent) = read(der)?;
        Ok(Self { der: der.into(), modulus, exponent, arithmetic: OnceLock::new() })
    }

    /// The `RSAPublicKey` as it was read.
    #[cfg(feature = "aws-lc")]
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// The magnitude of the modulus.
    pub(crate) fn modulus(&self) -> &[u8] {
        &self.der[self.modulus.clone()]
    }

    /// The magnitude of the exponent.
    fn exponent(&self) -> &[u8] {
        &self.der[self.exponent.clone()]
    }

    /// The length of the modulus in bits.
    pub(crate) fn bits(&self) -> u32 {
        bit_length(self.modulus())
    }

    /// The key as it is computed with.
    pub(crate) fn arithmetic(&self) -> Result<&Arithmetic, KeyError> {
        let load = || Arithmetic::new(self.modulus(), number(self.exponent())?);
        self.arithmetic.get_or_init(load).as_ref().ok_or(MALFORMED)
    }
}

/// The length of the modulus in bits: what [`RsaKey::bits`] would say, without keeping the key.
pub(crate) fn bits_of(der: &[u8]) -> Result<u32, KeyError> {
    let (modulus, _) = read(der)?;
    Ok(bit_length(&der[modulus]))
}

/// Where modulus and exponent stand, without zeros in front.
fn read(der: &[u8]) -> Result<(Range<usize>, Range<usize>), KeyError> {
    let broken = |_| KeyError::Malformed { reason: "not an RSAPublicKey in DER" };
    let mut fields = Element::only(der, tag::SEQUENCE).map_err(broken)?.reader();
    let modulus = fields.expect(tag::INTEGER).map_err(broken)?;
    let exponent = fields.expect(tag::INTEGER).map_err(broken)?;
    fields.finish().map_err(broken)?;
    let (modulus, exponent) = (positive(&modulus)?, positive(&exponent)?);
    check(&der[modulus.clone()], &der[exponent.clone()])?;
    Ok((modulus, exponent))
}

/// Where the magnitude of an INTEGER stands that must be above zero.
fn positive(integer: &Element<'_>) -> Result<Range<usize>, KeyError> {
    let end = integer.offset + integer.raw.len();
    let start = end - integer.content.len();
    match integer.content {
        [0, first, ..] if *first >= 0x80 => Ok(start + 1..end),
        [first, ..] if (0x01..0x80).contains(first) => Ok(start..end),
        _ => Err(KeyError::Malformed {
            reason: "modulus and exponent must be positive numbers in their shortest form",
        }),
    }
}

/// Takes the magnitudes of the two numbers, without zeros in front.
fn check(modulus: &[u8], exponent: &[u8]) -> Result<(), KeyError> {
    let bits = bit_length(modulus);
    if !(MINIMUM_BITS..=MAXIMUM_BITS).contains(&bits) {
        return Err(KeyError::ModulusLength { bits, minimum: MINIMUM_BITS });
    }
    if !is_odd(modulus) {
        return Err(MALFORMED);
    }
    match number(exponent) {
        Some(3..=MAXIMUM_EXPONENT) if is_odd(exponent) => Ok(()),
        _ => Err(KeyError::Exponent),
    }
}

/// A number, where it is below 2⁶⁴.
fn number(magnitude: &[u8]) -> Option<u64> {
    let shift = |number: u64, &octet: &u8| number.checked_mul(256).map(|number| number | u64::from(octet));
    magnitude.iter().try_fold(0, shift)
}

/// The length of a number without zeros in front.
fn bit_length(magnitude: &[u8]) -> u32 {
    let zeros = magnitude.first().map_or(0, |first| first.leading_zeros());
    let octets = u32::try_from(magnitude.len()).unwrap_or(u32::MAX);
    octets.saturating_mul(8).saturating_sub(zeros)
}

impl PartialEq for RsaKey {
    fn eq(&self, other: &Self) -> bool {
        self.modulus() == other.modulus() && self.exponent() == other.exponent()
    }
}

const MALFORMED: KeyError = KeyError::Malformed { reason: "the RSA modulus must be odd" };

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|last| last % 2 == 1)
}

#[cfg(test)]
mod tests {
    use chancery_certificate::asn1;
    use proptest::prelude::*;
    use rsa::traits::PublicKeyParts;
    use rsa::{BoxedUint, RsaPublicKey};

    use super::*;

    fn key(modulus: &[u8], exponent: &[u8]) -> Result<RsaKey, KeyError> {
        RsaKey::from_der(&asn1::sequence(&[&asn1::integer(modulus), &asn1::integer(exponent)]))
    }

    #[test]
    fn the_bounds_are_those_of_the_standard_and_of_the_providers() {
        let modulus = |bits: usize| [&[0x80][..], &vec![0; bits / 8 - 2], &[1]].concat();
        assert_eq!(key(&modulus(2048), &[1, 0, 1]).unwrap().bits(), 2048);
        assert_eq!(key(&modulus(8192), &[3]).unwrap().bits(), 8192);
        let length = |bits| Some(KeyError::ModulusLength { bits, minimum: 1024 });
        assert_eq!(key(&modulus(8200), &[3]).err(), length(8200));
        assert_eq!(key(&modulus(1016), &[3]).err(), length(1016));
        assert_eq!(key(&[3], &[3]).err(), length(2));
        for exponent in [&[1][..], &[2], &[4], &[2, 0, 0, 0, 1], &[1; 9]] {
            assert_eq!(key(&modulus(2048), exponent).err(), Some(KeyError::Exponent), "{exponent:?}");
        }
        assert!(key(&modulus(2048), &[1, 0xff, 0xff, 0xff, 0xff]).is_ok());
        let even = [modulus(2040), vec![0]].concat();
        assert_eq!(key(&even, &[3]).err(), Some(MALFORMED));
    }

    proptest! {
        /// Nothing that was taken is refused later, when it is to be computed with; and the result is that of `rsa`.
        #[test]
        fn what_is_taken_is_computed_with(
            modulus in proptest::collection::vec(any::<u8>(), 120..1030),
            exponent in proptest::collection::vec(any::<u8>(), 0..7),
            base in proptest::collection::vec(any::<u8>(), 1030),
        ) {
            let trimmed = |number: &[u8]| {
                number.iter().copied().skip_while(|octet| *octet == 0).collect::<Vec<u8>>()
            };
            // Half of all numbers are odd; a quarter of all pairs would be left.
            let odd = |number: &[u8]| {
                let mut number = trimmed(number);
                number.iter_mut().last().into_iter().for_each(|last| *last |= 1);
                number
            };
            if let Ok(key) = key(&odd(&modulus), &odd(&exponent)) {
                let base = &base[..key.modulus().len()];
                let result = key.arithmetic().unwrap().raise(base);
                let number = |octets: &[u8]| BoxedUint::from_be_slice_vartime(octets);
                prop_assert_eq!(result.is_some(), number(base) < number(key.modulus()));
                let n = BoxedUint::from_be_slice(key.modulus(), key.bits().next_multiple_of(8)).unwrap();
                let theirs = RsaPublicKey::new(n, number(key.exponent())).unwrap();
                if let Some(result) = result {
                    let base = BoxedUint::from_be_slice(base, theirs.n_bits_precision()).unwrap();
                    let expected = rsa::hazmat::rsa_encrypt(&theirs, &base).unwrap();
                    prop_assert_eq!(result.len(), key.modulus().len());
                    prop_assert_eq!(number(&result), expected);
                }
            }
        }
    }
}
