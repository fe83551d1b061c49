//! What a drawing is in the end: objects with numbers.

use std::num::NonZeroU32;

use pdf_writer::{Chunk, Ref};

use crate::error::DrawingError;
use crate::geometry::{PageRotation, Size};

/// A finished drawing: a form XObject and the objects that it needs, ready to be put into a file.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Drawn {
    /// The number of the form XObject: what `/AP << /N … >>` of an annotation refers to, or what `Do` draws.
    pub form: u32,
    /// All objects, the form among them, in the order in which their numbers were asked for.
    pub objects: Vec<DrawnObject>,
    /// How large it is in the coordinates of its page: the sides are exchanged on a page that is turned by 90
    /// or 270 degrees.
    pub footprint: Size,
    /// The turn that was made up for.
    pub rotation: PageRotation,
    /// What a file that claims to be PDF/A may not hold.
    pub obstacles: Vec<ArchiveObstacle>,
}

/// An indirect object, of generation 0.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DrawnObject {
    /// Its number.
    pub number: u32,
    /// The object as it is written in a file: most often a dictionary. Its strings are plain; whoever puts them
    /// into an encrypted file has to encrypt them, and the data too.
    pub value: Vec<u8>,
    /// The data, if it is a stream: as they stand between `stream` and `endstream`, `/Length` bytes.
    pub data: Option<Vec<u8>>,
}

/// Something that keeps a drawing out of a PDF/A file (ISO 19005).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ArchiveObstacle {
    /// Helvetica is not embedded. No part of PDF/A allows that: give a font.
    FontNotEmbedded,
    /// An image is transparent. PDF/A-1 does not allow that.
    Transparency,
    /// A JPEG is grey: the file needs an output intent.
    GreyImage,
    /// A JPEG is in CMYK: the file needs an output intent of CMYK.
    CmykImage,
}

impl DrawnObject {
    /// What stands between `obj` and `endobj` in a file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.value.clone();
        if let Some(data) = &self.data {
            bytes.extend(b"\nstream\n");
            bytes.extend(data);
            bytes.extend(b"\nendstream");
        }
        bytes
    }
}

/// Asks for numbers and takes the objects in.
pub(crate) struct Objects<'n> {
    numbers: &'n mut dyn FnMut() -> u32,
    given: Vec<u32>,
    pub(crate) objects: Vec<DrawnObject>,
}

impl<'n> Objects<'n> {
    pub(crate) fn new(numbers: &'n mut dyn FnMut() -> u32) -> Self {
        Self { numbers, given: Vec::new(), objects: Vec::new() }
    }

    /// A new number.
    pub(crate) fn allocate(&mut self) -> Result<Ref, DrawingError> {
        let number = (self.numbers)();
        let wrong = DrawingError::ObjectNumber { number };
        if self.given.contains(&number) {
            return Err(wrong);
        }
        let signed = NonZeroU32::new(number).and_then(|number| i32::try_from(number.get()).ok());
        let reference = signed.map(Ref::new).ok_or(wrong)?;
        self.given.push(number);
        Ok(reference)
    }

    /// Takes in the one object that was written with `write`.
    pub(crate) fn put(&mut self, reference: Ref, write: impl FnOnce(&mut Chunk)) {
        self.push(reference, None, |chunk, _| write(chunk));
    }

    /// Takes in the one stream over `data` that was written with `write`.
    pub(crate) fn put_stream(
        &mut self,
        reference: Ref,
        data: Vec<u8>,
        write: impl FnOnce(&mut Chunk, &[u8]),
    ) {
        self.push(reference, Some(data), write);
    }

    /// The objects in the order of their numbers' asking.
    pub(crate) fn finish(mut self) -> Vec<DrawnObject> {
        let order = |number: u32| self.given.iter().position(|given| *given == number);
        self.objects.sort_by_key(|object| order(object.number));
        self.objects
    }

    fn push(&mut self, reference: Ref, data: Option<Vec<u8>>, write: impl FnOnce(&mut Chunk, &[u8])) {
        let mut chunk = Chunk::new();
        write(&mut chunk, data.as_deref().unwrap_or_default());
        let number = u32::try_from(reference.get()).unwrap_or_default();
        // pdf-writer writes `N 0 obj`, the object, for a stream its data, and `endobj`.
        let bytes = chunk.as_bytes();
        let bytes = bytes.strip_prefix(format!("{number} 0 obj").as_bytes()).unwrap_or(bytes).trim_ascii();
        let mut value = bytes.strip_suffix(b"endobj").unwrap_or(bytes).trim_ascii_end();
        if let Some(data) = &data {
            let tail = value.strip_suffix(b"endstream").unwrap_or(value);
            let before = tail.len().saturating_sub(data.len() + 1);
            value = tail.get(..before).unwrap_or(tail).trim_ascii_end();
            value = value.strip_suffix(b"stream").unwrap_or(value).trim_ascii_end();
        }
        self.objects.push(DrawnObject { number, value: value.to_vec(), data });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_comes_apart_into_its_dictionary_and_its_data() -> Result<(), DrawingError> {
        let mut next = 6;
        let mut numbers = || {
            next += 1;
            next
        };
        let mut objects = Objects::new(&mut numbers);
        let reference = objects.allocate()?;
        // Data that look like the words around them.
        let data = b"\n stream endstream\n endobj \n\n".to_vec();
        objects.put_stream(reference, data.clone(), |chunk, data| {
            chunk.stream(reference, data);
        });
        let [object] = &objects.finish()[..] else { panic!("one object") };
        assert_eq!(object.number, 7);
        assert_eq!(object.value, format!("<<\n  /Length {}\n>>", data.len()).into_bytes());
        assert_eq!(object.data.as_deref(), Some(&data[..]));
        Ok(())
    }

    #[test]
    fn numbers_are_new_and_positive() {
        for number in [0, 0x8000_0000] {
            assert!(Objects::new(&mut || number).allocate().is_err());
        }
        let mut same = || 5;
        let mut objects = Objects::new(&mut same);
        assert!(objects.allocate().is_ok());
        assert_eq!(objects.allocate(), Err(DrawingError::ObjectNumber { number: 5 }));
    }
}
