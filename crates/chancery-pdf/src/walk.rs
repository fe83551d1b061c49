//! Looking at every object once.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use chancery_digest::Source;

use crate::document::Document;
use crate::entry::Entry;
use crate::error::PdfError;
use crate::file::File;
use crate::limits;
use crate::object::Object;
use crate::object_streams::ObjectStream;
use crate::reference::Reference;
use crate::table::Window;
use crate::view::View;
use crate::window::Bytes;

/// How much is read at once where objects stand one after another.
const BLOCK: usize = 32 << 10;
/// What stands no farther behind what was read last is taken for the next one.
const NEAR: u64 = 4 << 10;

/// An object in an object stream, in the order in which they are looked at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Member {
    stream: u32,
    index: u32,
    number: u32,
}

impl View<'_> {
    /// Shows every object in use to `look`, one after another, with why it cannot be read if it cannot. Each object is
    /// read once and not kept. First come those that stand in the file, by their numbers, then those in object streams,
    /// stream by stream, so that each stream is decoded once, wherever the numbers of its objects lie.
    ///
    /// Linear in the file; memory for some bytes an object and one object stream.
    ///
    /// # Errors
    /// If a cross-reference entry is damaged, and what `look` says.
    pub fn each_object<E: From<PdfError>>(
        &self,
        mut look: impl FnMut(Reference, Result<Object, PdfError>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (document, revision) = (self.document(), self.revision());
        let ahead = Ahead { source: document.source(), last: Mutex::default() };
        let near = File::new(Bytes::new(&ahead), document.offsets_counted_from());
        let file = if document.source().as_slice().is_some() { document.file() } else { &near };
        let mut members = Vec::new();
        self.each_entry(|number, entry| match entry {
            Entry::Free { .. } => Ok(()),
            Entry::InFile { offset, generation } => {
                let reference = Reference::new(number, generation);
                look(
                    reference,
                    document.object_in_file(file, revision, reference, offset, limits::INDIRECTIONS),
                )
            }
            Entry::InStream { stream, index } => {
                members.push(Member { stream, index, number });
                Ok(())
            }
        })?;
        near.ambiguities().into_iter().for_each(|noticed| document.file().record(noticed));
        members.sort_unstable();
        let mut left = limits::WALKED_BYTES;
        let mut container: Option<(u32, Result<Arc<ObjectStream>, PdfError>)> = None;
        for Member { stream, index, number } in members {
            if container.as_ref().is_none_or(|(open, _)| *open != stream) {
                let opened =
                    check(left).and_then(|()| document.object_stream(revision, stream, limits::INDIRECTIONS));
                left = left.saturating_sub(opened.as_ref().map_or(0, |opened| opened.data().len()));
                container = Some((stream, opened));
            }
            let Some((_, opened)) = &container else { continue };
            let object = match opened {
                Ok(opened) => document.object_in_stream(opened, stream, number, index),
                Err(error) => Err(error.clone()),
            };
            look(Reference::new(number, 0), object)?;
        }
        Ok(())
    }

    /// Shows what the cross-reference says of each number, in ascending order.
    pub(crate) fn each_entry<E: From<PdfError>>(
        &self,
        mut tell: impl FnMut(u32, Entry) -> Result<(), E>,
    ) -> Result<(), E> {
        let document = self.document();
        let numbers = self.numbers(document.sections_at(self.revision()))?;
        let mut windows = Vec::new();
        windows.resize_with(document.section_count(), Window::default);
        for number in numbers {
            if let Some(entry) = document.next_entry(self.revision(), number, &mut windows)? {
                tell(number, entry)?;
            }
        }
        Ok(())
    }
}

/// What is decoded in one walk has a bound: streams of zeros take a thousandth in the file.
fn check(left: usize) -> Result<(), PdfError> {
    if left == 0 {
        let (what, limit) = ("decoded bytes of all object streams", limits::WALKED_BYTES as u64);
        return Err(PdfError::Limit { what, limit, offset: 0 });
    }
    Ok(())
}

impl Document<'_> {
    /// An object of an object stream.
    pub(crate) fn object_in_stream(
        &self,
        container: &ObjectStream,
        stream: u32,
        number: u32,
        index: u32,
    ) -> Result<Object, PdfError> {
        use crate::ambiguity::Ambiguity;
        use crate::object_streams::Position;
        let Some((object, position)) = container.object(number, index) else {
            self.file().record(Ambiguity::ObjectStreamLacks { number, stream });
            return Ok(Object::Null);
        };
        if position == Position::Elsewhere {
            self.file().record(Ambiguity::ObjectStreamIndex { number });
        }
        object
    }
}

/// A source of which more is read than was asked for while it is read from front to back.
struct Ahead<'a> {
    source: &'a dyn Source,
    last: Mutex<Last>,
}

#[derive(Default)]
struct Last {
    start: u64,
    block: Vec<u8>,
    /// Where the last answer ended.
    end: u64,
}

impl Last {
    fn get(&self, offset: u64, length: usize) -> Option<&[u8]> {
        let start = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.block.get(start..start.checked_add(length)?)
    }
}

impl Source for Ahead<'_> {
    fn len(&self) -> u64 {
        self.source.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let follows = last.end.saturating_sub(NEAR) <= offset && offset <= last.end.saturating_add(NEAR);
        last.end = offset;
        if let Some(found) = last.get(offset, buffer.len()) {
            buffer.copy_from_slice(found);
            return Ok(buffer.len());
        }
        if !follows || buffer.len() >= BLOCK {
            return self.source.read_at(offset, buffer);
        }
        let Last { start, block, .. } = &mut *last;
        block.resize(BLOCK, 0);
        let count = self.source.read_at(offset, block)?;
        block.truncate(count);
        *start = offset;
        let count = count.min(buffer.len());
        if let (Some(wanted), Some(found)) = (buffer.get_mut(..count), block.get(..count)) {
            wanted.copy_from_slice(found);
        }
        Ok(count)
    }
}
