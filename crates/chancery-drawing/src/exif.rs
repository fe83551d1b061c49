//! What a camera writes into a picture about itself (Exif: CIPA DC-008): of it all, only how it was held.

use crate::picture::Orientation;

/// The tag of the orientation, and the type of a number of 16 bits.
const ORIENTATION: u16 = 0x0112;
const SHORT: u16 = 3;

/// The orientation in a block of Exif data (a TIFF file); `None` if it says none. Damage is as good as silence: no
/// viewer refuses a picture for that.
pub(crate) fn orientation(tiff: &[u8]) -> Option<Orientation> {
    let order = match tiff.get(..4)? {
        [b'I', b'I', 42, 0] => Order::Little,
        [b'M', b'M', 0, 42] => Order::Big,
        _ => return None,
    };
    let directory = usize::try_from(order.long(tiff, 4)?).ok()?;
    let count = usize::from(order.short(tiff, directory)?);
    // At most 65,535 entries of 12 bytes.
    (0..count).find_map(|index| {
        let entry = directory.checked_add(2)?.checked_add(index.checked_mul(12)?)?;
        let known =
            order.short(tiff, entry)? == ORIENTATION && order.short(tiff, entry.checked_add(2)?)? == SHORT;
        known.then(|| order.short(tiff, entry + 8)).flatten().and_then(Orientation::new)
    })
}

#[derive(Clone, Copy)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn short(self, bytes: &[u8], at: usize) -> Option<u16> {
        let two = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(two),
            Self::Big => u16::from_be_bytes(two),
        })
    }

    fn long(self, bytes: &[u8], at: usize) -> Option<u32> {
        let four = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(four),
            Self::Big => u32::from_be_bytes(four),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_orientation_is_found_in_both_orders_and_damage_says_nothing() {
        let little =
            b"II\x2a\0\x08\0\0\0\x02\0\x0f\x01\x02\0\x01\0\0\0\0\0\0\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
        let big = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0";
        assert_eq!(orientation(little), Orientation::new(6));
        assert_eq!(orientation(big), Orientation::new(8));
        for end in 0..little.len() - 3 {
            assert_eq!(orientation(&little[..end]), None, "{end}");
        }
        assert_eq!(orientation(b"MM\0\x2a\xff\xff\xff\xff"), None);
    }
}
