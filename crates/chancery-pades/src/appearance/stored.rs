//! An appearance in the form in which a prepared PDF waits: where it is shown, and what was drawn.

use chancery_drawing::{Rectangle, Size};

use super::place::{Corner, Page, Place};
use super::seen::{Seen, SeenObject};
use super::{Appearance, Content, Whereabouts};
use crate::PadesError;
use crate::stored::{Stored, StoredReader};

/// A drawing has an object for each image and four for each font; this bounds what storage can make us read.
const MAX_OBJECTS: u64 = 10_000;

const CORNERS: [Corner; 4] = [Corner::TopLeft, Corner::TopRight, Corner::BottomLeft, Corner::BottomRight];

impl Appearance {
    /// Writes what [`Appearance::read`] reads. Only what was drawn is written, not what it was drawn of.
    pub(crate) fn store(&self, stored: &mut Stored) {
        match &self.at {
            Whereabouts::Field => stored.number(0),
            Whereabouts::At(place) => {
                stored.number(1);
                store_place(place, stored);
            }
        }
        stored.optional(self.language.as_deref().map(str::as_bytes));
        stored.optional(self.alternate_name.as_deref().map(str::as_bytes));
        let (form, objects) = match &self.content {
            Content::Drawn(seen) => (seen.form, seen.objects.as_slice()),
            Content::ToDraw(_) => (0, &[][..]),
        };
        stored.number(form.into());
        stored.number(objects.len() as u64);
        for SeenObject { number, value, data } in objects {
            stored.number((*number).into());
            stored.bytes(value);
            stored.optional(data.as_deref());
        }
    }

    pub(crate) fn read(stored: &mut StoredReader<'_>) -> Result<Self, PadesError> {
        let at = if stored.choice()? { Whereabouts::At(read_place(stored)?) } else { Whereabouts::Field };
        let language = stored.optional_text()?;
        let alternate_name = stored.optional_text()?;
        let form = read_number(stored)?;
        let count = stored.number()?;
        if count > MAX_OBJECTS {
            return Err(PadesError::Stored { reason: "too many objects were drawn" });
        }
        let objects = (0..count).map(|_| {
            let number = read_number(stored)?;
            let value = stored.bytes()?.to_vec();
            Ok(SeenObject { number, value, data: stored.optional()?.map(<[u8]>::to_vec) })
        });
        let objects = objects.collect::<Result<Vec<_>, PadesError>>()?;
        if !objects.iter().any(|object| object.number == form) {
            return Err(PadesError::Stored { reason: "what was drawn is not among its objects" });
        }
        let content = Content::Drawn(Seen { form, objects });
        Ok(Self { at, content, language, alternate_name })
    }
}

fn store_place(place: &Place, stored: &mut Stored) {
    let (corner, numbers) = place.parts();
    // Pages are counted from 1 here, and 0 is the last.
    stored.number(match place.page {
        Page::Number(index) => (index as u64).saturating_add(1),
        Page::Last => 0,
    });
    let index = CORNERS.iter().position(|known| Some(*known) == corner);
    stored.number(index.map_or(0, |index| index as u64 + 1));
    numbers.iter().for_each(|number| stored.number(number.to_bits().into()));
}

fn read_place(stored: &mut StoredReader<'_>) -> Result<Place, PadesError> {
    let page = stored.index()?.checked_sub(1).map_or_else(Place::on_last_page, Place::on_page);
    let corner = stored.index()?.checked_sub(1).map(|index| CORNERS.get(index));
    let mut number = || Ok::<f32, PadesError>(f32::from_bits(read_number(stored)?));
    let (x, y, width, height) = (number()?, number()?, number()?, number()?);
    match corner {
        None => Ok(page.at(Rectangle { x, y, width, height })),
        Some(Some(corner)) => Ok(page.in_corner(*corner, Size { width, height })),
        Some(None) => Err(PadesError::Stored { reason: "a page has four corners" }),
    }
}

fn read_number(stored: &mut StoredReader<'_>) -> Result<u32, PadesError> {
    let wrong = PadesError::Stored { reason: "a number of an object is too large" };
    u32::try_from(stored.number()?).map_err(|_| wrong)
}
