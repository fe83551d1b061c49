//! Elements around content that may be large: it is copied once, however deep it lies, or moved.

use chancery_certificate::asn1;

/// What stands before and after content of a known length. The parts grow outwards.
#[derive(Default)]
pub(crate) struct Around {
    before: Vec<u8>,
    content_len: usize,
    after: Vec<u8>,
}

impl Around {
    pub(crate) fn new(content_len: usize) -> Self {
        Self { content_len, ..Self::default() }
    }

    /// With these encoded elements in front of what there is.
    pub(crate) fn preceded_by(mut self, elements: &[&[u8]]) -> Self {
        let before = elements.iter().map(|element| element.len()).sum();
        elements.iter().for_each(|element| self.before.extend_from_slice(element));
        self.before.rotate_right(before);
        self
    }

    /// With these encoded elements behind what there is.
    pub(crate) fn followed_by(mut self, elements: &[&[u8]]) -> Self {
        elements.iter().for_each(|element| self.after.extend_from_slice(element));
        self
    }

    /// All of it as the content of one element.
    pub(crate) fn wrapped_in(self, tag: u8) -> Self {
        let header = asn1::header(tag, self.len());
        self.preceded_by(&[&header])
    }

    /// How many bytes there are, those of the content among them.
    pub(crate) fn len(&self) -> usize {
        self.before.len() + self.content_len + self.after.len()
    }

    /// All of it, the content copied to its place.
    pub(crate) fn copied(&self, content: &[u8]) -> Vec<u8> {
        debug_assert_eq!(content.len(), self.content_len, "the lengths tell of this content");
        [&*self.before, content, &self.after].concat()
    }

    /// All of it, the content moved to its place within the memory that it has.
    pub(crate) fn moved(&self, mut content: Vec<u8>) -> Vec<u8> {
        debug_assert_eq!(content.len(), self.content_len, "the lengths tell of this content");
        let (before, length) = (self.before.len(), content.len());
        content.reserve_exact(before + self.after.len());
        content.resize(before + length, 0);
        content.copy_within(..length, before);
        if let Some(front) = content.get_mut(..before) {
            front.copy_from_slice(&self.before);
        }
        content.extend_from_slice(&self.after);
        content
    }
}

#[cfg(test)]
mod tests {
    use chancery_certificate::asn1::tag;

    use super::*;

    #[test]
    fn the_bytes_are_those_of_elements_encoded_one_in_another() {
        for length in [0, 5, 127, 128, 70_000] {
            let content: Vec<u8> = (0..=255).cycle().take(length).collect();
            let (first, last) = (asn1::integer(&[1]), asn1::null());
            let inner = asn1::octet_string(&content);
            let expected = asn1::encode(tag::constructed(0), &asn1::sequence(&[&first, &inner, &last]));
            let around = Around::new(length).wrapped_in(tag::OCTET_STRING).followed_by(&[&last]);
            let around =
                around.preceded_by(&[&first]).wrapped_in(tag::SEQUENCE).wrapped_in(tag::constructed(0));
            assert_eq!(around.len(), expected.len(), "{length}");
            assert_eq!(around.copied(&content), expected, "{length}");
            assert_eq!(around.moved(content), expected, "{length}");
        }
    }
}
