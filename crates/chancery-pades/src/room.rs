//! A revision with room for a signature or a timestamp over everything else in the file.

use chancery_pdf::{Dictionary, Document, Increment};

use crate::PadesError;
use crate::catalog::Catalog;
use crate::dictionary::{Kind, Placeholder, byte_range_text};
use crate::field;
use crate::prepared::Layout;

/// What is to be placed.
pub(crate) struct Wanted<'w> {
    pub(crate) kind: Kind,
    /// What the dictionary says in words.
    pub(crate) texts: Dictionary,
    /// The field; without it, a new one with the first free name.
    pub(crate) field: Option<&'w str>,
    /// The room for the message in bytes.
    pub(crate) room: usize,
    /// How much of it is for timestamps.
    pub(crate) timestamp_room: usize,
    /// Fresh random bytes, if the document is encrypted.
    pub(crate) seed: Option<[u8; 32]>,
}

/// The revision to be appended, `/ByteRange` filled in.
pub(crate) fn append(document: &Document<'_>, wanted: &Wanted<'_>) -> Result<(Vec<u8>, Layout), PadesError> {
    let mut increment = Increment::new(document);
    if let Some(seed) = wanted.seed {
        increment = increment.with_seed(seed);
    }
    let place = increment.allocate();
    let placeholder = Placeholder::new(wanted.kind, &wanted.texts, wanted.room, &mut increment, place)?;
    increment.put_raw(place, placeholder.body);
    let mut catalog = Catalog::of(document.latest())?;
    field::place(&mut catalog, &mut increment, place, (wanted.kind, wanted.field))?;
    catalog.write(&mut increment)?;
    let finished = increment.finish()?;
    let start = finished.object_offset(place).and_then(|offset| offset.checked_sub(finished.start));
    // The increment was given the object a moment ago.
    let start = start.and_then(|start| usize::try_from(start).ok()).ok_or(PadesError::OtherDocument)?;
    let mut appended = finished.bytes;
    let contents = start + placeholder.contents.start..start + placeholder.contents.end;
    let layout = Layout { source_len: finished.start, contents, timestamp_room: wanted.timestamp_room };
    let [_, before, after, length] = layout.byte_range(appended.len());
    let numbers = byte_range_text(before, after, length);
    let place = start + placeholder.byte_range.start..start + placeholder.byte_range.end;
    appended[place].copy_from_slice(numbers.as_bytes());
    Ok((appended, layout))
}
