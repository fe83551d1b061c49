//! The file as such: its bytes, what its offsets are counted from, and the objects that stand in it.

use std::mem;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::ambiguity::Ambiguity;
use crate::error::PdfError;
use crate::limits;
use crate::object::{Dictionary, Object, Stream};
use crate::parser::{is_regular, is_white_space};
use crate::reference::Reference;
use crate::window::Bytes;

const END_STREAM: &[u8] = b"endstream";
const END_OBJECT: &[u8] = b"endobj";

/// A file and what was noticed about it.
pub(crate) struct File<'a> {
    bytes: Bytes<'a>,
    /// What the file's own offsets are counted from.
    base: u64,
    ambiguities: Mutex<Vec<Ambiguity>>,
    /// How many bytes of cross-reference streams may still be decoded.
    cross_reference_budget: AtomicUsize,
}

/// An indirect object as it stands in the file.
pub(crate) struct Indirect {
    pub(crate) reference: Reference,
    pub(crate) object: Object,
    /// From its number to the end of `endobj`.
    pub(crate) span: Range<u64>,
    /// Whether `endobj` stands at its end.
    pub(crate) closed: bool,
}

/// Where a stream ends.
struct StreamEnd {
    /// After `endobj`, or after `endstream` where that is missing.
    offset: u64,
    closed: bool,
}

/// How an indirect object begins.
enum Head {
    Value { value: Object, end: u64, closed: bool },
    Stream { dictionary: Dictionary, data: u64, lone_return: bool },
}

/// What a stream's `/Length` says, references followed; `None` if it is unusable.
pub(crate) type LengthOf<'f> = dyn FnMut(&Object) -> Result<Option<u64>, PdfError> + 'f;

impl<'a> File<'a> {
    pub(crate) fn new(bytes: Bytes<'a>, base: u64) -> Self {
        let cross_reference_budget = AtomicUsize::new(limits::ALL_CROSS_REFERENCE_BYTES);
        Self { bytes, base, ambiguities: Mutex::default(), cross_reference_budget }
    }

    /// Takes from what all cross-reference streams of the file together may hold in memory.
    pub(crate) fn spend_cross_reference(&self, bytes: usize, offset: u64) -> Result<(), PdfError> {
        let spent = |left: usize| left.checked_sub(bytes);
        let ordering = Ordering::Relaxed;
        self.cross_reference_budget.fetch_update(ordering, ordering, spent).map(drop).map_err(|_| {
            PdfError::Limit {
                what: "bytes in cross-reference streams",
                limit: limits::ALL_CROSS_REFERENCE_BYTES as u64,
                offset,
            }
        })
    }

    pub(crate) fn bytes(&self) -> &Bytes<'a> {
        &self.bytes
    }

    pub(crate) fn base(&self) -> u64 {
        self.base
    }

    /// An offset as stated in the file, counted from the first byte.
    pub(crate) fn absolute(&self, stated: u64) -> u64 {
        self.base.saturating_add(stated)
    }

    pub(crate) fn record(&self, ambiguity: Ambiguity) {
        let mut list = self.ambiguities.lock().unwrap_or_else(PoisonError::into_inner);
        // Of each kind so many, so that no crowd of harmless ones hides what matters.
        let same_kind = |other: &&Ambiguity| mem::discriminant(*other) == mem::discriminant(&ambiguity);
        if list.iter().filter(same_kind).count() < limits::AMBIGUITIES && !list.contains(&ambiguity) {
            list.push(ambiguity);
        }
    }

    pub(crate) fn ambiguities(&self) -> Vec<Ambiguity> {
        self.ambiguities.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the indirect object at `offset`.
    pub(crate) fn indirect(&self, offset: u64, length_of: &mut LengthOf<'_>) -> Result<Indirect, PdfError> {
        let (reference, start, head) = self.bytes.parse(offset, |parser| {
            parser.skip_space();
            let start = parser.offset();
            let reference = parser.object_header().map_err(|_| PdfError::CrossReference {
                offset: start,
                problem: "no object begins where one should",
            })?;
            let value = parser.value()?;
            let end = parser.offset();
            let dictionary = match value {
                Object::Dictionary(dictionary) if parser.keyword(b"stream") => dictionary,
                value => {
                    let closed = parser.keyword(END_OBJECT);
                    let end = if closed { parser.offset() } else { end };
                    return Ok((reference, start, Head::Value { value, end, closed }));
                }
            };
            let before = parser.offset();
            let lone_return = parser.peek() == Some(b'\r');
            parser.end_of_line();
            let lone_return = lone_return && parser.offset() == before + 1;
            Ok((reference, start, Head::Stream { dictionary, data: parser.offset(), lone_return }))
        })?;
        match head {
            Head::Value { value, end, closed } => {
                if !closed {
                    self.record(Ambiguity::ObjectEndMissing { offset: end });
                }
                Ok(Indirect { reference, object: value, span: start..end, closed })
            }
            Head::Stream { dictionary, data, lone_return } => {
                if lone_return {
                    self.record(Ambiguity::StreamLineEnd { offset: data });
                }
                let stated = dictionary.get("Length").map_or(Ok(None), length_of)?;
                let (range, end) = self.stream_range(data, stated)?;
                if !end.closed {
                    self.record(Ambiguity::ObjectEndMissing { offset: end.offset });
                }
                let object = Object::Stream(Box::new(Stream::in_file(dictionary, range, reference)));
                Ok(Indirect { reference, object, span: start..end.offset, closed: end.closed })
            }
        }
    }

    /// Where the data of a stream end, and where the object does.
    fn stream_range(&self, data: u64, stated: Option<u64>) -> Result<(Range<u64>, StreamEnd), PdfError> {
        let stated_end =
            stated.and_then(|length| data.checked_add(length)).filter(|&end| end <= self.bytes.length());
        if let Some(end) = stated_end
            && let Some(closing) = self.stream_end(end)?
        {
            return Ok((data..end, closing));
        }
        let found = self.bytes.find_before(END_STREAM, data, limits::END_STREAM_SEARCH, ends_stream)?;
        let keyword = found.ok_or(PdfError::Syntax {
            offset: data,
            expected: "stream data as long as their /Length, then `endstream`",
            found: String::from("none"),
        })?;
        // The end of line before `endstream` is no part of the data.
        let before = self.bytes.range(keyword.saturating_sub(2).max(data)..keyword)?;
        let line_end = match &*before {
            [b'\r', b'\n'] => 2,
            [.., b'\r' | b'\n'] => 1,
            _ => 0,
        };
        let end = keyword - line_end;
        self.record(Ambiguity::StreamLength { offset: data, stated, found: end - data });
        let unclosed = StreamEnd { offset: keyword, closed: false };
        let closing = self.stream_end(end)?.unwrap_or(unclosed);
        Ok((data..end, closing))
    }

    /// Where the object ends if `endstream` stands at `end`, or after white space.
    fn stream_end(&self, end: u64) -> Result<Option<StreamEnd>, PdfError> {
        self.bytes.parse(end, |parser| {
            parser.skip_white_space();
            if !parser.literally(END_STREAM) {
                return Ok(None);
            }
            let (offset, is_apart) = (parser.offset(), parser.peek().is_none_or(is_white_space));
            if parser.keyword(END_OBJECT) {
                return Ok(Some(StreamEnd { offset: parser.offset(), closed: true }));
            }
            Ok(is_apart.then_some(StreamEnd { offset, closed: false }))
        })
    }
}

/// Whether `endstream` is a word before these bytes: what goes on in another way than with white space or `endobj` is
/// data for other readers.
fn ends_stream(next: &[u8]) -> bool {
    let after_object =
        || next.strip_prefix(END_OBJECT).map(|rest| !rest.first().copied().is_some_and(is_regular));
    next.first().copied().is_none_or(is_white_space) || after_object().unwrap_or(false)
}
