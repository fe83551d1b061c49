//! Elements around content that may be large: it is copied once, however deep it lies.

use chancery_certificate::asn1;

/// What stands before and after the content. The parts grow outwards.
#[derive(Default)]
pub(crate) struct Around<'c> {
    before: Vec<u8>,
    content: &'c [u8],
    after: Vec<u8>,
}

impl<'c> Around<'c> {
    pub(crate) fn new(content: &'c [u8]) -> Self {
        Self { content, ..Self::default() }
    }

    /// With these encoded elements in front of what there is.
    pub(crate) fn preceded_by(mut self, elements: &[&[u8]]) -> Self {
        self.before = [&elements.concat(), &*self.before].concat();
        self
    }

    /// With these encoded elements behind what there is.
    pub(crate) fn followed_by(mut self, elements: &[&[u8]]) -> Self {
        elements.iter().for_each(|element| self.after.extend_from_slice(element));
        self
    }

    /// All of it as the content of one element.
    pub(crate) fn wrapped_in(self, tag: u8) -> Self {
        let header = asn1::header(tag, self.before.len() + self.content.len() + self.after.len());
        self.preceded_by(&[&header])
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        [&*self.before, self.content, &self.after].concat()
    }
}

#[cfg(test)]
mod tests {
    use chancery_certificate::asn1::tag;

    use super::*;

    #[test]
    fn the_bytes_are_those_of_elements_encoded_one_in_another() {
        for length in [0, 5, 127, 128, 70_000] {
            let content = vec![7; length];
            let (first, last) = (asn1::integer(&[1]), asn1::null());
            let inner = asn1::octet_string(&content);
            let expected = asn1::encode(tag::constructed(0), &asn1::sequence(&[&first, &inner, &last]));
            let around = Around::new(&content).wrapped_in(tag::OCTET_STRING).followed_by(&[&last]);
            let around =
                around.preceded_by(&[&first]).wrapped_in(tag::SEQUENCE).wrapped_in(tag::constructed(0));
            assert_eq!(around.into_bytes(), expected, "{length}");
        }
    }
}
