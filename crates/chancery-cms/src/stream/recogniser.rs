//! Whether content that streams by is a set of signed attributes.

use crate::attribute::{ATTRIBUTES_BEGINNING, begins_as_signed_attributes};
use crate::message::Shape;

/// Looks at content piece by piece: how it begins, and how long it is, tell what it is.
#[derive(Default)]
pub(crate) struct Recogniser {
    beginning: Vec<u8>,
    total: u64,
}

impl Recogniser {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let room = ATTRIBUTES_BEGINNING - self.beginning.len();
        self.beginning.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        self.total += bytes.len() as u64;
    }

    pub(crate) const fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn finish(&self) -> Shape {
        if begins_as_signed_attributes(&self.beginning, self.total) {
            Shape::SignedAttributes
        } else {
            Shape::Ordinary
        }
    }
}

#[cfg(test)]
mod tests {
    use chancery_certificate::asn1;
    use chancery_certificate::asn1::tag::SET;
    use proptest::prelude::*;

    use super::*;
    use crate::attribute::Attribute;
    use crate::attributes::CONTENT_TYPE;

    fn recognised<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Shape {
        let mut recogniser = Recogniser::default();
        pieces.for_each(|piece| recogniser.update(piece));
        recogniser.finish()
    }

    fn attributes(filling: usize) -> Vec<u8> {
        asn1::set_of(vec![Attribute::new(CONTENT_TYPE, asn1::octet_string(&vec![7; filling])).to_der()])
    }

    #[test]
    fn attributes_of_any_size_are_recognised() {
        for filling in [0, 5, 1000, 1 << 20, 3 << 20] {
            let content = attributes(filling);
            assert_eq!(Shape::of(&content), Shape::SignedAttributes);
            assert_eq!(recognised(content.chunks(1000)), Shape::SignedAttributes, "{filling}");
            let longer = [&content[..], b"x"].concat();
            assert_eq!(recognised(longer.chunks(1000)), Shape::Ordinary, "{filling}");
        }
        assert_eq!(recognised(vec![0x31; 3 << 20].chunks(999)), Shape::Ordinary);
        assert_eq!(recognised(std::iter::empty()), Shape::Ordinary);
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(
            content in prop_oneof![
                (0_usize..300).prop_map(attributes),
                proptest::collection::vec(any::<u8>(), 0..300),
                proptest::collection::vec(any::<u8>(), 0..300).prop_map(|rest| [vec![SET], rest].concat()),
            ],
            step in 1_usize..100,
        ) {
            prop_assert_eq!(recognised(content.chunks(step)), Shape::of(&content));
        }
    }
}
