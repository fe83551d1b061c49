//! Whether content that streams by is a set of signed attributes.

use chancery_certificate::asn1::tag::{OBJECT_IDENTIFIER, SEQUENCE, SET};

use super::input::Input;
use crate::message::Shape;

/// How much is kept of content that begins as a set. Sets of signed attributes have some thousand bytes.
const MAX_KEPT: usize = 1 << 20;

/// Looks at content piece by piece. A set of attributes that is short is read as a whole; one that is longer than any
/// honest one is told by how it begins, and by its length being that of the content.
#[derive(Default)]
pub(crate) struct Recogniser {
    kept: Vec<u8>,
    total: u64,
}

impl Recogniser {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        let first = self.kept.first().or(if self.total == 0 { bytes.first() } else { None });
        if first == Some(&SET) {
            let room = MAX_KEPT - self.kept.len();
            self.kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        }
        self.total += bytes.len() as u64;
    }

    pub(crate) const fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn finish(&self) -> Shape {
        if self.kept.len() as u64 == self.total {
            return Shape::of(&self.kept);
        }
        match begins_as_attributes(&self.kept, self.total) {
            Some(()) => Shape::SignedAttributes,
            None => Shape::Ordinary,
        }
    }
}

fn begins_as_attributes(kept: &[u8], total: u64) -> Option<()> {
    const WHAT: &str = "content";
    let mut input = Input::bare(kept);
    let set = input.header(WHAT).ok().filter(|set| set.tag == SET)?;
    let all = set.content.is_none_or(|length| input.position().checked_add(length) == Some(total));
    let attribute = input.header(WHAT).ok()?;
    let oid = input.header(WHAT).ok()?;
    (all && attribute.tag == SEQUENCE && oid.tag == OBJECT_IDENTIFIER).then_some(())
}

#[cfg(test)]
mod tests {
    use chancery_certificate::asn1;
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
        for filling in [0, 5, 1000, MAX_KEPT - 30, MAX_KEPT, 2 * MAX_KEPT] {
            let content = attributes(filling);
            assert_eq!(Shape::of(&content), Shape::SignedAttributes);
            assert_eq!(recognised(content.chunks(1000)), Shape::SignedAttributes, "{filling}");
            let longer = [&content[..], b"x"].concat();
            assert_eq!(recognised(longer.chunks(1000)), Shape::Ordinary, "{filling}");
        }
        assert_eq!(recognised(vec![0x31; 3 * MAX_KEPT].chunks(999)), Shape::Ordinary);
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
