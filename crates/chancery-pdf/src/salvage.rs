//! Every object that stands in a file, found without its cross-reference: one pass over the bytes, in which objects
//! are read and passed over, so that nothing inside a string, a comment or the data of a stream counts.

use std::collections::BTreeMap;

use crate::error::PdfError;
use crate::limits;
use crate::object::{Dictionary, Object};
use crate::parser::{Parser, digits, is_regular, is_white_space};
use crate::reference::Reference;
use crate::repaired::Repaired;
use crate::window::Bytes;

/// What stands in a file.
#[derive(Debug, Default)]
pub(crate) struct Salvage {
    /// Offset and generation of each number's last definition.
    pub(crate) objects: BTreeMap<u32, (u64, u16)>,
    /// Where streams of objects stand, by number; only last definitions.
    pub(crate) object_streams: BTreeMap<u32, u64>,
    /// Trailers and dictionaries of cross-reference streams with their offsets, in the order of the file.
    pub(crate) trailers: Vec<(u64, Dictionary)>,
    /// Catalogs, in the order of the file.
    pub(crate) catalogs: Vec<Reference>,
    /// Whether an object looks like the dictionary of the standard security handler.
    pub(crate) encryption: Option<u64>,
    /// Where a dictionary has a `/ByteRange`, as signatures do.
    pub(crate) signature: Option<u64>,
    pub(crate) notes: Vec<Repaired>,
    /// Integers that are objects of their own: the `/Length` of streams may be among them.
    integers: BTreeMap<u32, (u16, u64)>,
}

impl Salvage {
    /// Passes over the file from `start` on; a second time if the lengths of streams stand elsewhere than in their
    /// dictionaries, since only then it is known where those end.
    ///
    /// # Errors
    /// [`PdfError::Limit`] if the file is made to hurt, or if it cannot be read.
    pub(crate) fn of(bytes: Bytes<'_>, start: u64) -> Result<Self, PdfError> {
        let first = Pass::new(bytes, BTreeMap::new()).run(start)?;
        if first.unknown_lengths == 0 {
            return Ok(first.found);
        }
        Ok(Pass::new(bytes, first.found.integers).run(start)?.found)
    }
}

/// One pass over the file.
struct Pass<'a> {
    bytes: Bytes<'a>,
    found: Salvage,
    /// What was found out about the lengths of streams before.
    lengths: BTreeMap<u32, (u16, u64)>,
    unknown_lengths: usize,
    /// How many bytes may still be read again after what could not be read as an object.
    again: u64,
    /// Up to here, from where the pass stands, there is no `endstream`.
    no_end_before: u64,
}

/// What begins at a place between objects.
enum Begin {
    /// An object, and where its header ends.
    Object(u64, u64),
    /// `trailer`, and where its dictionary should begin.
    Trailer(u64, u64),
}

/// An object, or where it could not be read on.
enum Attempt {
    Value { reference: Reference, value: Object, data: Option<u64>, end: u64 },
    Failed { number: u32, looked_at: u64 },
}

impl<'a> Pass<'a> {
    fn new(bytes: Bytes<'a>, lengths: BTreeMap<u32, (u16, u64)>) -> Self {
        // Honest damage makes a reader start over some objects; hostile files would have it start over all of them.
        let again = bytes.length().saturating_mul(4).saturating_add(1 << 20);
        Self { bytes, found: Salvage::default(), lengths, unknown_lengths: 0, again, no_end_before: 0 }
    }

    fn run(mut self, start: u64) -> Result<Self, PdfError> {
        let mut position = start;
        while let Some(begin) = self.next(position)? {
            position = match begin {
                Begin::Object(offset, after) => self.object(offset, after)?,
                Begin::Trailer(offset, after) => self.trailer(offset, after)?,
            };
        }
        Ok(self)
    }

    /// The next object or trailer from `position` on, which stands between objects.
    fn next(&self, position: u64) -> Result<Option<Begin>, PdfError> {
        let mut words = Words::default();
        let (mut start, mut length) = (position, 256);
        loop {
            let window = self.bytes.up_to(start, length)?;
            if window.is_empty() {
                return Ok(words.take(b' ', start));
            }
            for (offset, &byte) in (start..).zip(&*window) {
                if let Some(begin) = words.take(byte, offset) {
                    return Ok(Some(begin));
                }
            }
            start = start.saturating_add(window.len() as u64);
            length = (length * 4).min(64 << 10);
        }
    }

    /// Reads the object at `offset` and says where to go on.
    fn object(&mut self, offset: u64, after: u64) -> Result<u64, PdfError> {
        match self.attempt(offset)? {
            Attempt::Failed { number, looked_at } => {
                self.leave_out(number, offset);
                self.spend(looked_at, offset)?;
                Ok(after)
            }
            Attempt::Value { reference, value, data: None, end } => {
                self.note_value(&value, offset);
                if let Object::Integer(integer) = &value
                    && let Ok(integer) = u64::try_from(*integer)
                {
                    self.found.integers.insert(reference.number, (reference.generation, integer));
                }
                self.define(reference, offset, value.as_dictionary())?;
                Ok(end)
            }
            Attempt::Value { reference, value, data: Some(data), end: _ } => {
                self.note_value(&value, offset);
                let dictionary = value.as_dictionary().cloned().unwrap_or_default();
                let Some(end) = self.end_of_stream(&dictionary, data)? else {
                    self.leave_out(reference.number, offset);
                    return Ok(data);
                };
                self.define(reference, offset, None)?;
                match dictionary.get("Type").and_then(Object::as_name) {
                    Some(kind) if *kind == "ObjStm" => {
                        self.found.object_streams.insert(reference.number, offset);
                    }
                    Some(kind) if *kind == "XRef" => self.add_trailer(offset, dictionary)?,
                    _ => {}
                }
                Ok(end)
            }
        }
    }

    fn attempt(&self, offset: u64) -> Result<Attempt, PdfError> {
        let attempt = self.bytes.parse(offset, |parser| {
            let reference = parser.object_header()?;
            let Ok(value) = parser.value() else {
                let looked_at = parser.offset().saturating_sub(offset);
                return Ok(Attempt::Failed { number: reference.number, looked_at });
            };
            parser.skip_space();
            let data = value.as_dictionary().and_then(|_| begin_of_data(parser));
            Ok(Attempt::Value { reference, value, data, end: parser.offset() })
        });
        match attempt {
            Ok(attempt) => Ok(attempt),
            Err(PdfError::Read(error)) => Err(PdfError::Read(error)),
            // The header has a number that is too large, or the object is longer than any.
            Err(_) => Ok(Attempt::Failed { number: 0, looked_at: limits::OBJECT_BYTES as u64 }),
        }
    }

    /// Where the pass goes on after the data of a stream; `None` if they have no end.
    fn end_of_stream(&mut self, dictionary: &Dictionary, data: u64) -> Result<Option<u64>, PdfError> {
        let length = match dictionary.get("Length") {
            Some(Object::Reference(reference)) => {
                let length = self.lengths.get(&reference.number);
                let length = length.filter(|(generation, _)| *generation == reference.generation);
                let length = length.map(|&(_, length)| length);
                self.unknown_lengths += usize::from(length.is_none());
                length
            }
            Some(Object::Integer(length)) => u64::try_from(*length).ok(),
            _ => None,
        };
        if let Some(end) = length.and_then(|length| data.checked_add(length))
            && end <= self.bytes.length()
        {
            // No more than an end of line stands before it.
            let closing = self.bytes.up_to(end, 11)?;
            let spaces = closing.iter().take(2).take_while(|&&byte| is_white_space(byte)).count();
            if closing[spaces..].starts_with(b"endstream") {
                return Ok(Some(end + spaces as u64 + 9));
            }
        }
        let from = data.max(self.no_end_before);
        match self.bytes.find(b"endstream", from, limits::END_STREAM_SEARCH)? {
            Some(found) => Ok(Some(found + 9)),
            None => {
                self.no_end_before = from.saturating_add(limits::END_STREAM_SEARCH);
                Ok(None)
            }
        }
    }

    fn trailer(&mut self, offset: u64, after: u64) -> Result<u64, PdfError> {
        let read = self.bytes.parse(after, |parser| {
            let dictionary = parser.dictionary();
            Ok((dictionary, parser.offset()))
        });
        match read {
            Ok((Ok(dictionary), end)) => {
                self.add_trailer(offset, dictionary)?;
                Ok(end)
            }
            Ok((Err(PdfError::Read(error)), _)) | Err(PdfError::Read(error)) => Err(PdfError::Read(error)),
            Ok((Err(_), end)) => self.spend(end.saturating_sub(after), offset).map(|()| after),
            Err(_) => self.spend(limits::OBJECT_BYTES as u64, offset).map(|()| after),
        }
    }

    fn add_trailer(&mut self, offset: u64, dictionary: Dictionary) -> Result<(), PdfError> {
        if self.found.trailers.len() == limits::SECTIONS {
            let (what, limit) = ("trailers", limits::SECTIONS as u64);
            return Err(PdfError::Limit { what, limit, offset });
        }
        self.found.trailers.push((offset, dictionary));
        Ok(())
    }

    fn define(
        &mut self,
        reference: Reference,
        offset: u64,
        dictionary: Option<&Dictionary>,
    ) -> Result<(), PdfError> {
        let Reference { number, generation } = reference;
        // Object 0 is the head of the free ones (7.5.4).
        if number == 0 {
            self.leave_out(reference.number, offset);
            return Ok(());
        }
        if self.found.objects.insert(number, (offset, generation)).is_some() {
            self.note(Repaired::DefinedAgain { number, offset });
        } else if self.found.objects.len() > limits::REPAIRED_OBJECTS {
            let (what, limit) = ("objects in a damaged file", limits::REPAIRED_OBJECTS as u64);
            return Err(PdfError::Limit { what, limit, offset });
        }
        self.found.object_streams.remove(&number);
        let is_catalog = |dictionary: &Dictionary| {
            dictionary.get("Type").and_then(Object::as_name).is_some_and(|kind| *kind == "Catalog")
        };
        if dictionary.is_some_and(is_catalog) {
            self.found.catalogs.push(reference);
            let beyond = self.found.catalogs.len().saturating_sub(limits::CATALOGS);
            self.found.catalogs.drain(..beyond);
        }
        Ok(())
    }

    fn note_value(&mut self, value: &Object, offset: u64) {
        if self.found.signature.is_none() && holds_byte_range(value) {
            self.found.signature = Some(offset);
        }
        let standard = value.as_dictionary().is_some_and(|dictionary| {
            let filter = dictionary.get("Filter").and_then(Object::as_name);
            filter.is_some_and(|filter| *filter == "Standard") && dictionary.get("O").is_some()
        });
        if standard {
            self.found.encryption = Some(offset);
        }
    }

    fn leave_out(&mut self, number: u32, offset: u64) {
        self.note(Repaired::LeftOut { number, offset });
    }

    fn note(&mut self, note: Repaired) {
        if self.found.notes.len() < limits::AMBIGUITIES {
            self.found.notes.push(note);
        }
    }

    fn spend(&mut self, bytes: u64, offset: u64) -> Result<(), PdfError> {
        let limit = self.again;
        self.again = self.again.checked_sub(bytes).ok_or(PdfError::Limit {
            what: "bytes that would have to be read again and again in a damaged file",
            limit,
            offset,
        })?;
        Ok(())
    }
}

/// Where the data of a stream begin, if `stream` is next.
fn begin_of_data(parser: &mut Parser<'_>) -> Option<u64> {
    if !parser.keyword(b"stream") {
        return None;
    }
    parser.end_of_line();
    Some(parser.offset())
}

/// Whether a dictionary somewhere in a value has a `/ByteRange`. Values nest at most [`limits::NESTING`] deep.
fn holds_byte_range(value: &Object) -> bool {
    match value {
        Object::Array(values) => values.iter().any(holds_byte_range),
        Object::Dictionary(dictionary) => {
            dictionary.get("ByteRange").is_some()
                || dictionary.iter().any(|(_, value)| holds_byte_range(value))
        }
        _ => false,
    }
}

/// The words between objects, byte by byte: `12 0 obj` and `trailer` matter.
#[derive(Default)]
struct Words {
    /// The word so far, as far as it can matter.
    word: Vec<u8>,
    begin: u64,
    comment: bool,
    /// The last two words, if they were numbers: where they began.
    numbers: [Option<u64>; 2],
}

/// Neither a number of an object nor `trailer` is longer.
const LONGEST_WORD: usize = 10;

impl Words {
    /// Takes the byte at `offset` and tells what has begun before it.
    fn take(&mut self, byte: u8, offset: u64) -> Option<Begin> {
        if self.comment {
            self.comment = !matches!(byte, b'\r' | b'\n');
            return None;
        }
        if is_regular(byte) {
            if self.word.is_empty() {
                self.begin = offset;
            }
            if self.word.len() <= LONGEST_WORD {
                self.word.push(byte);
            }
            return None;
        }
        let begin = self.end_of_word(offset);
        self.comment = byte == b'%';
        if !is_white_space(byte) && !self.comment {
            self.numbers = [None, None];
        }
        begin
    }

    fn end_of_word(&mut self, offset: u64) -> Option<Begin> {
        if self.word.is_empty() {
            return None;
        }
        let word = std::mem::take(&mut self.word);
        let numbers = std::mem::take(&mut self.numbers);
        match (&*word, numbers) {
            (b"obj", [Some(number), Some(_)]) => return Some(Begin::Object(number, offset)),
            (b"trailer", _) => return Some(Begin::Trailer(self.begin, offset)),
            (word, [_, last]) if word.len() <= LONGEST_WORD && digits(word).is_some() => {
                self.numbers = [last, Some(self.begin)];
            }
            _ => {}
        }
        None
    }
}
