//! The public operation of RSA.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, MontyForm, MontyMultiplier, Odd};

/// A modulus and an exponent, ready to be computed with. All of it is public, and time may depend on it.
///
/// `rsa` raises by windows of four bits in constant time, for which it makes a table of sixteen powers first: 37
/// multiplications for the exponent 65537, which takes 18. Verification spends all its time here, so that is twice as
/// fast.
pub(crate) struct Arithmetic {
    parameters: BoxedMontyParams,
    octets: usize,
    exponent: u64,
}

impl Arithmetic {
    /// `None` unless both are odd and the exponent is above 1. The modulus comes without zeros in front.
    pub(crate) fn new(modulus: &[u8], exponent: u64) -> Option<Self> {
        if exponent < 3 || exponent.is_multiple_of(2) {
            return None;
        }
        let bits = u32::try_from(modulus.len()).ok()?.checked_mul(8)?;
        let odd = Odd::new(BoxedUint::from_be_slice(modulus, bits).ok()?).into_option()?;
        Some(Self { parameters: BoxedMontyParams::new_vartime(odd), octets: modulus.len(), exponent })
    }

    /// RSAVP1 (RFC 8017 §5.2.2): the number raised by the exponent, as long as the modulus. `None` where it is not below
    /// the modulus.
    pub(crate) fn raise(&self, base: &[u8]) -> Option<Vec<u8>> {
        let parameters = &self.parameters;
        let base = BoxedUint::from_be_slice(base, parameters.bits_precision()).ok()?;
        if base >= *parameters.modulus().as_ref() {
            return None;
        }
        let form = BoxedMontyForm::new(base.clone(), parameters);
        let mut power = form.clone();
        let mut multiplier = <BoxedMontyForm as MontyForm>::Multiplier::from(parameters);
        // From the bit below the highest to the one above the lowest.
        for bit in (1..self.exponent.ilog2()).rev() {
            multiplier.square_assign(&mut power);
            if self.exponent >> bit & 1 == 1 {
                multiplier.mul_assign(&mut power, &form);
            }
        }
        // The lowest bit is set. A factor that is not in Montgomery form takes the product out of it.
        multiplier.square_assign(&mut power);
        multiplier.mul_assign(&mut power, &BoxedMontyForm::from_montgomery(base, parameters));
        let octets = power.as_montgomery().to_be_bytes();
        let surplus = octets.len().checked_sub(self.octets)?;
        octets.get(surplus..).map(<[u8]>::to_vec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_come_out_as_on_paper() {
        // 3233 = 61 · 53, 65 to the 17th is 2790 (the example of RSA's textbooks).
        let arithmetic = Arithmetic::new(&[0x0c, 0xa1], 17).unwrap();
        assert_eq!(arithmetic.raise(&[0, 65]), Some(vec![0x0a, 0xe6]));
        assert_eq!(arithmetic.raise(&[0, 0]), Some(vec![0, 0]));
        assert_eq!(arithmetic.raise(&[0, 1]), Some(vec![0, 1]));
        // -1 to an odd power is -1.
        assert_eq!(arithmetic.raise(&[0x0c, 0xa0]), Some(vec![0x0c, 0xa0]));
        let cube = Arithmetic::new(&[0x0c, 0xa1], 3).unwrap();
        assert_eq!(cube.raise(&[0, 14]), Some(vec![0x0a, 0xb8]));
    }

    #[test]
    fn what_is_not_below_the_modulus_has_no_power() {
        let arithmetic = Arithmetic::new(&[0x0c, 0xa1], 17).unwrap();
        assert_eq!(arithmetic.raise(&[0x0c, 0xa1]), None);
        assert_eq!(arithmetic.raise(&[0xff, 0xff]), None);
    }

    #[test]
    fn even_numbers_are_no_keys() {
        for (modulus, exponent) in [(0xa0, 17), (0xa1, 16), (0xa1, 1), (0xa1, 0)] {
            assert!(Arithmetic::new(&[0x0c, modulus], exponent).is_none());
        }
    }
}
