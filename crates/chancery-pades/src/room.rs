//! A revision with room for a signature or a timestamp over everything else in the file.

use chancery_pdf::{Dictionary, Increment, Reference};

use crate::PadesError;
use crate::appearance::Seen;
use crate::certification::{self, ChangesAllowed};
use crate::declarations::{self, Extension};
use crate::dictionary::{Placeholder, byte_range_text};
use crate::field::{self, WantedField};
use crate::prepared::Layout;
use crate::standing::Standing;

/// Tokens with the lists of revoked certificates in them have had some hundred kilobytes; this bounds what a mistake, or
/// storage that was tampered with, makes us write.
const MAX_ROOM: usize = 16 << 20;

/// What is to be placed.
pub(crate) struct Wanted<'w> {
    pub(crate) field: WantedField<'w>,
    /// What the dictionary says in words.
    pub(crate) texts: Dictionary,
    /// Whether the signature certifies the document.
    pub(crate) certification: Option<ChangesAllowed>,
    /// The extensions of PDF that it uses.
    pub(crate) extensions: &'w [Extension],
    /// The room for the message in bytes.
    pub(crate) room: usize,
    /// How much of it is for timestamps.
    pub(crate) timestamp_room: usize,
    /// Fresh random bytes, if the document is encrypted.
    pub(crate) seed: Option<[u8; 32]>,
}

/// A revision with room.
pub(crate) struct Room {
    /// What is to be appended, `/ByteRange` filled in.
    pub(crate) appended: Vec<u8>,
    pub(crate) layout: Layout,
    /// The objects of the document that get a new version.
    pub(crate) replaced: Vec<Reference>,
    /// What was drawn.
    pub(crate) seen: Option<Seen>,
}

/// The revision to be appended.
///
/// # Errors
/// If the field cannot be filled or made, the document cannot be read, or the room is without reason.
pub(crate) fn append(standing: Standing<'_>, wanted: &Wanted<'_>) -> Result<Room, PadesError> {
    let document = standing.document;
    if wanted.room > MAX_ROOM {
        return Err(PadesError::RoomTooLarge { asked: wanted.room, limit: MAX_ROOM });
    }
    let mut increment = Increment::new(document);
    if let Some(seed) = wanted.seed {
        increment = increment.with_seed(seed);
    }
    let place = increment.allocate();
    let placeholder = Placeholder::put(wanted.field.kind, &wanted.texts, wanted.room, &mut increment, place)?;
    let (mut catalog, seen) = field::place(standing, (&mut increment, place), &wanted.field)?;
    if wanted.certification.is_some() {
        certification::bind(&mut catalog, &mut increment, place)?;
    }
    declarations::declare(document, &mut catalog, wanted.extensions)?;
    catalog.write(&mut increment)?;
    let replaced = increment.replaced()?;
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
    Ok(Room { appended, layout, replaced, seen })
}
