//! Reading objects as of a revision.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Document;
use crate::ambiguity::Ambiguity;
use crate::entry::Entry;
use crate::error::PdfError;
use crate::file::{File, Indirect};
use crate::filter;
use crate::limits;
use crate::object::{Dictionary, Object, Stream, StreamData};
use crate::object_streams::{ObjectStream, Place};
use crate::reference::Reference;

const PAST_THE_END: &str = "it runs past the end of its revision";

impl Document<'_> {
    /// The object, or null if there is none of this number and generation.
    pub(crate) fn object(
        &self,
        revision: usize,
        reference: Reference,
        depth: u32,
    ) -> Result<Object, PdfError> {
        let Some(entry) = self.entry(revision, reference.number)? else { return Ok(Object::Null) };
        if entry.generation_in_use() != Some(reference.generation) {
            return Ok(Object::Null);
        }
        match entry {
            Entry::Free { .. } => Ok(Object::Null),
            Entry::InFile { offset, .. } => {
                self.object_in_file(&self.file, revision, reference, offset, depth)
            }
            Entry::InStream { stream, index } => {
                let container = self.object_stream(revision, stream, depth)?;
                self.object_in_stream(&container, stream, reference.number, index)
            }
        }
    }

    /// The object that an entry says is at `offset`, read from `file`, which is this one or reads ahead in it.
    pub(crate) fn object_in_file(
        &self,
        file: &File<'_>,
        revision: usize,
        reference: Reference,
        offset: u64,
        depth: u32,
    ) -> Result<Object, PdfError> {
        let mut object = self.read_in_file(file, revision, reference, offset, depth)?.object;
        if let Some(security) = &self.security {
            security.decrypt_strings(&mut object, reference)?;
        }
        Ok(object)
    }

    /// The indirect object that an entry says is at `offset`.
    pub(crate) fn in_file(
        &self,
        revision: usize,
        reference: Reference,
        offset: u64,
        depth: u32,
    ) -> Result<Indirect, PdfError> {
        self.read_in_file(&self.file, revision, reference, offset, depth)
    }

    fn read_in_file(
        &self,
        file: &File<'_>,
        revision: usize,
        reference: Reference,
        offset: u64,
        depth: u32,
    ) -> Result<Indirect, PdfError> {
        let depth = depth.checked_sub(1).ok_or(PdfError::ReferenceLoop { number: reference.number })?;
        let mut length = |value: &Object| self.length(revision, value, depth);
        let found = file.indirect(offset, &mut length)?;
        if found.reference != reference {
            let (number, generation) = (reference.number, reference.generation);
            let problem = "another object stands where the cross-reference says it is";
            return Err(PdfError::Object { number, generation, offset, problem });
        }
        if found.span.end > self.end_of(revision) {
            let Reference { number, generation } = reference;
            return Err(PdfError::Object { number, generation, offset, problem: PAST_THE_END });
        }
        Ok(found)
    }

    /// What a stream's `/Length` says. One that leads nowhere is as good as none: the data then go as far as
    /// `endstream`, and that is recorded.
    pub(crate) fn length(
        &self,
        revision: usize,
        value: &Object,
        depth: u32,
    ) -> Result<Option<u64>, PdfError> {
        let found = match value {
            Object::Reference(reference) => match self.object(revision, *reference, depth) {
                Err(PdfError::Read(error)) => return Err(PdfError::Read(error)),
                found => found.ok(),
            },
            direct => Some(direct.clone()),
        };
        Ok(found.and_then(|found| found.as_integer()).and_then(|length| u64::try_from(length).ok()))
    }

    /// The object stream `number`, decoded.
    pub(crate) fn object_stream(
        &self,
        revision: usize,
        number: u32,
        depth: u32,
    ) -> Result<Arc<ObjectStream>, PdfError> {
        let depth = depth.checked_sub(1).ok_or(PdfError::ReferenceLoop { number })?;
        let problem = |offset, problem| PdfError::Object { number, generation: 0, offset, problem };
        let Some(Entry::InFile { offset, generation: 0 }) = self.entry(revision, number)? else {
            return Err(problem(0, "an object stream must stand in the file itself, in generation 0"));
        };
        let stream = self.object_streams.get(offset, || {
            let found = self.in_file(revision, Reference::new(number, 0), offset, depth)?;
            let Object::Stream(stream) = found.object else {
                return Err(problem(offset, "it is no object stream"));
            };
            let dictionary = stream.dictionary();
            if dictionary.get("Type").and_then(Object::as_name).is_none_or(|name| name != "ObjStm") {
                return Err(problem(offset, "it is no object stream"));
            }
            if let Some(key) = dictionary.duplicates().first() {
                self.file.record(Ambiguity::KeyTwice { number, key: key.to_string() });
            }
            let data = self.decoded(revision, &stream, limits::OBJECT_STREAM_BYTES, depth)?;
            self.spend_decoded(data.len(), offset)?;
            let opened = ObjectStream::new(dictionary, data.into_owned(), number, offset..found.span.end)?;
            if let Some(twice) = opened.number_twice() {
                self.file.record(Ambiguity::ObjectStreamTwice { number: twice, stream: number });
            }
            Ok(opened)
        })?;
        // It may have been decoded for a later revision, which sees further.
        if stream.end() > self.end_of(revision) {
            return Err(problem(offset, PAST_THE_END));
        }
        Ok(stream)
    }

    /// The numbers of the objects in the stream `number`, which an entry says is at `offset`; `None` if it is no stream of
    /// objects, or cannot be read as of this revision. What stands at a place is read once, however often it is asked for.
    pub(crate) fn numbers_in_stream(
        &self,
        revision: usize,
        number: u32,
        offset: u64,
    ) -> Result<Option<Arc<[u32]>>, PdfError> {
        let place = match self.object_streams.place(offset) {
            Some(place) => place,
            None => {
                let place = self.place_of_stream(revision, offset)?;
                self.object_streams.keep_place(offset, place);
                place
            }
        };
        if place.is_none_or(|place| place.number != number || place.end > self.end_of(revision)) {
            return Ok(None);
        }
        let listed = match self.object_streams.listed(offset) {
            Some(listed) => listed,
            None => match self.object_stream(revision, number, limits::INDIRECTIONS) {
                Ok(stream) => stream.numbers().collect(),
                Err(error @ (PdfError::Read(_) | PdfError::Limit { .. })) => return Err(error),
                // What cannot be read holds nothing; nor can those objects be read whose entries lead here.
                Err(_) => return Ok(None),
            },
        };
        self.spend_replaced(listed.len(), offset)?;
        Ok(Some(listed))
    }

    /// The stream of objects at `offset`; `None` if there is none that can be read.
    fn place_of_stream(&self, revision: usize, offset: u64) -> Result<Option<Place>, PdfError> {
        let mut length = |value: &Object| self.length(revision, value, limits::INDIRECTIONS);
        let Indirect { reference, object, span, .. } = match self.file.indirect(offset, &mut length) {
            Err(PdfError::Read(error)) => return Err(PdfError::Read(error)),
            Err(_) => return Ok(None),
            Ok(found) => found,
        };
        let kind = object.as_stream().and_then(|stream| stream.dictionary().get("Type"));
        let holds_objects = kind.and_then(Object::as_name).is_some_and(|kind| kind == "ObjStm");
        let place = Place { number: reference.number, end: span.end };
        Ok((holds_objects && reference.generation == 0).then_some(place))
    }

    /// Takes from how much may be decoded, over and over.
    fn spend_decoded(&self, bytes: usize, offset: u64) -> Result<(), PdfError> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let before = self.decoded_bytes.fetch_add(bytes, Ordering::Relaxed);
        let limit =
            limits::DECODED_BYTES.saturating_add(self.source().len().saturating_mul(limits::DECODED_TIMES));
        if before.saturating_add(bytes) <= limit {
            return Ok(());
        }
        Err(PdfError::Limit { what: "decoded bytes of object streams, again and again", limit, offset })
    }

    /// Takes from how many objects may change with their streams, over and over.
    fn spend_replaced(&self, numbers: usize, offset: u64) -> Result<(), PdfError> {
        let spent = |left: usize| left.checked_sub(numbers);
        let ordering = Ordering::Relaxed;
        self.replaced_budget.fetch_update(ordering, ordering, spent).map(drop).map_err(|_| {
            let (what, limit) = ("objects in streams that are replaced", limits::REPLACED_NUMBERS as u64);
            PdfError::Limit { what, limit, offset }
        })
    }

    /// The value that a chain of references leads to.
    pub(crate) fn resolve(&self, revision: usize, value: &Object, depth: u32) -> Result<Object, PdfError> {
        let Object::Reference(first) = value else { return Ok(value.clone()) };
        let mut next = *first;
        for _ in 0..limits::INDIRECTIONS {
            match self.object(revision, next, depth)? {
                Object::Reference(further) => next = further,
                found => return Ok(found),
            }
        }
        Err(PdfError::ReferenceLoop { number: first.number })
    }

    /// A stream's bytes before its filters, decrypted.
    pub(crate) fn raw<'s>(&'s self, revision: usize, stream: &'s Stream) -> Result<Cow<'s, [u8]>, PdfError> {
        match stream.data() {
            StreamData::InMemory(data) => Ok(Cow::Borrowed(data)),
            StreamData::InFile { range, owner } => {
                let data = self.file.bytes().range(range.clone())?;
                match &self.security {
                    None => Ok(data),
                    Some(security) => {
                        let dictionary = self.crypt_entries(revision, stream.dictionary())?;
                        security.decrypt_stream(data, &dictionary, *owner)
                    }
                }
            }
        }
    }

    /// The dictionary of a stream with the entries written out that may name a crypt filter.
    pub(crate) fn crypt_entries<'s>(
        &self,
        revision: usize,
        dictionary: &'s Dictionary,
    ) -> Result<Cow<'s, Dictionary>, PdfError> {
        let mut dictionary = Cow::Borrowed(dictionary);
        for key in ["Filter", "DecodeParms"] {
            let Some(value) = dictionary.get(key) else { continue };
            let first = value.as_array().and_then(|values| values.first());
            if value.as_reference().is_none() && first.and_then(Object::as_reference).is_none() {
                continue;
            }
            let mut value = self.resolve(revision, value, limits::INDIRECTIONS)?;
            if let Object::Array(values) = &mut value {
                for value in values.iter_mut() {
                    *value = self.resolve(revision, value, limits::INDIRECTIONS)?;
                }
            }
            dictionary.to_mut().set(key, value);
        }
        Ok(dictionary)
    }

    pub(crate) fn decoded<'s>(
        &'s self,
        revision: usize,
        stream: &'s Stream,
        budget: usize,
        depth: u32,
    ) -> Result<Cow<'s, [u8]>, PdfError> {
        let mut resolve = |value: &Object| self.resolve(revision, value, depth);
        let mut steps = filter::steps(stream.dictionary(), &mut resolve)?;
        if self.security.is_some() && steps.first().is_some_and(filter::Step::is_decryption) {
            // It was undone with the rest of the encryption.
            steps.remove(0);
        }
        let mut notes = filter::Notes::default();
        let decoded = filter::decode(self.raw(revision, stream)?, &steps, budget, &mut notes)?;
        if let (true, Some(range)) = (notes.wrong_checksum, stream.file_range()) {
            self.file.record(Ambiguity::FlateChecksum { offset: range.start });
        }
        Ok(decoded)
    }

    /// Where an object stands in the file; `None` if it does not, or is part of an object stream.
    pub(crate) fn span(&self, revision: usize, reference: Reference) -> Result<Option<Range<u64>>, PdfError> {
        match self.entry(revision, reference.number)? {
            Some(Entry::InFile { offset, generation }) if generation == reference.generation => {
                Ok(Some(self.in_file(revision, reference, offset, limits::INDIRECTIONS)?.span))
            }
            _ => Ok(None),
        }
    }

    /// Whether an object ends with `endobj`, and a stream with `endstream` before it. One that is not in use, or part of an
    /// object stream, does.
    pub(crate) fn is_closed(&self, revision: usize, reference: Reference) -> Result<bool, PdfError> {
        match self.entry(revision, reference.number)? {
            Some(Entry::InFile { offset, generation }) if generation == reference.generation => {
                Ok(self.in_file(revision, reference, offset, limits::INDIRECTIONS)?.closed)
            }
            _ => Ok(true),
        }
    }

    /// The file range of a value in the dictionary of an object that stands in the file; the last one if its
    /// key stands twice.
    pub(crate) fn value_span(
        &self,
        revision: usize,
        reference: Reference,
        key: &str,
    ) -> Result<Option<Range<u64>>, PdfError> {
        let Some(span) = self.span(revision, reference)? else { return Ok(None) };
        self.file.bytes().parse(span.start, |parser| {
            parser.object_header()?;
            let mut found = None;
            parser.dictionary_places(|name, place| {
                if name == key {
                    found = Some(place);
                }
            })?;
            Ok(found)
        })
    }
}
