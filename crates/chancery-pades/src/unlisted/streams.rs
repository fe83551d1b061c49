//! What object streams hold besides what the cross-reference looks for in them: readers that rebuild a file take every object
//! of every such stream that they meet.

use chancery_pdf::{Document, Entries, Entry, Object, PdfError, Reference, View};

use super::{Found, Oddity, Unlisted};
use crate::PadesError;

/// The object streams of a document, as its objects pass by.
#[derive(Default)]
pub(crate) struct Streams {
    /// The revision whose objects pass by.
    revision: usize,
    seen: Vec<Stream>,
}

/// A stream that holds objects, or may hold them for some readers.
struct Stream {
    reference: Reference,
    /// Where its data begin.
    data: u64,
    /// The revision in which it is in force.
    revision: usize,
}

impl Streams {
    /// What passes by from now on is in force in this revision.
    pub(crate) fn come_to(&mut self, view: &View<'_>) {
        self.revision = view.revision();
    }

    pub(crate) fn look_at(&mut self, place: Reference, object: &Object) {
        let Some(stream) = object.as_stream() else { return };
        let dictionary = stream.dictionary();
        let is_named =
            || dictionary.get("Type").and_then(Object::as_name).is_some_and(|kind| kind == "ObjStm");
        // Not every reader looks at the type.
        let has_both = dictionary.get("First").is_some() && dictionary.get("N").is_some();
        if let (true, Some(data)) = (has_both || is_named(), stream.file_range()) {
            self.seen.push(Stream { reference: place, data: data.start, revision: self.revision });
        }
    }

    /// Compares what they hold with what the cross-reference says.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn judge(mut self, document: &Document<'_>, found: &mut Found) -> Result<(), PadesError> {
        self.seen.sort_by_key(|stream| stream.data);
        let mut entries = Entries::new();
        let mut ends = document.revisions().iter().map(|revision| revision.end).enumerate().peekable();
        for stream in self.seen {
            while ends.next_if(|(_, end)| *end <= stream.data).is_some() {}
            let written_in = ends.peek().map_or(stream.revision, |(revision, _)| *revision);
            stream.judge(document, written_in, &mut entries, found)?;
        }
        Ok(())
    }
}

impl Stream {
    fn judge(
        &self,
        document: &Document<'_>,
        written_in: usize,
        entries: &mut Entries,
        found: &mut Found,
    ) -> Result<(), PadesError> {
        let number = self.reference.number;
        let in_force = |view: &View<'_>| {
            Ok::<_, PadesError>(match view.entry(number)? {
                Some(Entry::InFile { offset, generation }) if generation == self.reference.generation => {
                    Some(offset)
                }
                _ => None,
            })
        };
        let Some(seen_in) = document.at(self.revision) else { return Ok(()) };
        let Some(offset) = in_force(&seen_in)? else { return Ok(()) };
        // What is appended later may well list its objects elsewhere.
        let written_in = document.at(written_in).map(|view| Ok::<_, PadesError>((in_force(&view)?, view)));
        let view = match written_in.transpose()? {
            Some((Some(other), view)) if other == offset => view,
            _ => seen_in,
        };
        let held = Held { view, stream: number, offset, latest: document.latest() };
        held.judge(
            |entry| matches!(entry, Entry::InStream { stream, .. } if stream == number),
            entries,
            found,
        )
    }
}

/// Judges an object that is not listed, and stands at this offset of the revision: it may be a stream of others.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn judge_unlisted(
    view: &View<'_>,
    latest: View<'_>,
    (stream, offset): (u32, u64),
    found: &mut Found,
) -> Result<(), PadesError> {
    // Nothing looks for an object in it.
    Held { view: *view, stream, offset, latest }.judge(|_| false, &mut Entries::new(), found)
}

/// An object stream in a revision.
struct Held<'d> {
    view: View<'d>,
    stream: u32,
    offset: u64,
    latest: View<'d>,
}

impl Held<'_> {
    /// Tells of its objects whose entries do not lead to it.
    fn judge(
        &self,
        leads_here: impl Fn(Entry) -> bool,
        entries: &mut Entries,
        found: &mut Found,
    ) -> Result<(), PadesError> {
        let Self { view, stream, offset, latest } = self;
        let numbers = match view.numbers_listed_at(*offset, &mut found.budget) {
            Ok(Some(numbers)) => numbers,
            Ok(None) => return Ok(()),
            Err(PdfError::Read(error)) => return Err(PdfError::Read(error).into()),
            Err(_) => {
                self.tell(*stream, None, Oddity::Unreadable, found);
                return Ok(());
            }
        };
        for number in numbers.iter().copied() {
            let in_use = |entry: &Entry| entry.is_in_use();
            match entries.entry(view, number)?.filter(in_use) {
                Some(entry) if leads_here(entry) => {}
                Some(_) => self.tell(number, Some(*stream), Oddity::Twice, found),
                // Some products list them in a section of their own.
                None if latest.entry(number)?.filter(in_use).is_some_and(&leads_here) => {}
                None => self.tell(number, Some(*stream), Oddity::NotListed, found),
            }
        }
        Ok(())
    }

    fn tell(&self, number: u32, stream: Option<u32>, oddity: Oddity, found: &mut Found) {
        let revision = self.view.revision();
        found.push(Unlisted { number, offset: self.offset, stream, revision, oddity });
    }
}
