//! What was drawn: objects that wait to be put into a file.

use chancery_drawing::Drawn;
use chancery_pdf::{Increment, Object, Reference, Stream};

use crate::PadesError;

/// What was drawn: a form XObject and the objects that it needs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    /// The number of the form XObject.
    pub(crate) form: u32,
    pub(crate) objects: Vec<SeenObject>,
}

/// An indirect object as it will be written, before encryption.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct SeenObject {
    pub(crate) number: u32,
    pub(crate) value: Vec<u8>,
    /// The data, if it is a stream.
    pub(crate) data: Option<Vec<u8>>,
}

impl Seen {
    /// What was drawn, after what it needs that was not.
    pub(crate) fn new(mut objects: Vec<SeenObject>, drawn: Drawn) -> Self {
        objects.extend(drawn.objects.into_iter().map(|object| SeenObject {
            number: object.number,
            value: object.value,
            data: object.data,
        }));
        Self { form: drawn.form, objects }
    }

    /// The form, to be referred to.
    pub(crate) const fn form(&self) -> Reference {
        Reference { number: self.form, generation: 0 }
    }

    /// Takes the same numbers again that were taken when it was drawn.
    ///
    /// # Errors
    /// [`PadesError::OtherDocument`] if others are free.
    pub(crate) fn take_numbers(&self, numbers: &mut dyn FnMut() -> u32) -> Result<(), PadesError> {
        if self.objects.iter().all(|object| object.number == numbers()) {
            Ok(())
        } else {
            Err(PadesError::OtherDocument)
        }
    }

    /// Adds the objects to a revision; as values, so that they are encrypted where the document is.
    ///
    /// # Errors
    /// If one of them is no object; what was drawn here always is, what comes from storage may not be.
    pub(crate) fn put(&self, increment: &mut Increment<'_>) -> Result<(), PadesError> {
        for SeenObject { number, value, data } in &self.objects {
            let (value, _) = Object::parse(value)?;
            let value = match (value, data) {
                (Object::Dictionary(dictionary), Some(data)) => Stream::new(dictionary, data.clone()).into(),
                (_, Some(_)) => return Err(PadesError::Stored { reason: "a stream has no dictionary" }),
                (value, None) => value,
            };
            increment.put(Reference { number: *number, generation: 0 }, &value)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who could choose the numbers of what is drawn would write over objects of the document.
    #[test]
    fn numbers_out_of_storage_are_those_that_are_free() {
        let object = |number| SeenObject { number, value: b"<<>>".to_vec(), data: None };
        let seen = |numbers: &[u32]| Seen { form: 9, objects: numbers.iter().copied().map(object).collect() };
        let take = |numbers: &[u32]| {
            let mut free = 8..;
            seen(numbers).take_numbers(&mut || free.next().unwrap())
        };
        assert!(take(&[8, 9]).is_ok());
        for others in [[3, 9], [8, 3], [9, 8], [9, 10]] {
            assert!(matches!(take(&others), Err(PadesError::OtherDocument)), "{others:?}");
        }
    }
}
