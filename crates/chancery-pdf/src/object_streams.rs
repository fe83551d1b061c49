//! Object streams (ISO 32000-2, 7.5.7): several objects compressed together. The few last used are kept.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::error::PdfError;
use crate::limits;
use crate::object::{Dictionary, Object};
use crate::oddity::{self, Oddity};
use crate::parser::Parser;

/// A decoded object stream.
#[derive(Debug)]
pub(crate) struct ObjectStream {
    data: Vec<u8>,
    /// Object number and offset in `data`, in the order of the stream.
    objects: Vec<(u32, u32)>,
    /// Where objects are that do not stand at the index that their entries name; made when the first is asked for.
    by_number: OnceLock<HashMap<u32, u32>>,
    /// Where the stream ends in the file.
    end: u64,
    order: Order,
}

/// How the header of an object stream lists its objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// As the standard asks: each object begins after the one before it.
    Rising,
    /// Some readers stop where an object begins before another, or where a word stands that is no number.
    Mixed,
}

impl ObjectStream {
    /// `number` of the stream itself, for errors.
    pub(crate) fn new(
        dictionary: &Dictionary,
        data: Vec<u8>,
        number: u32,
        span: Range<u64>,
    ) -> Result<Self, PdfError> {
        let Range { start: offset, end } = span;
        let damaged = |problem| PdfError::Object { number, generation: 0, offset, problem };
        let integer = |key: &str| {
            let value = dictionary.get(key).and_then(Object::as_integer);
            value.and_then(|value| usize::try_from(value).ok())
        };
        let count =
            integer("N").ok_or_else(|| damaged("its /N, which must be direct, is missing or negative"))?;
        let first = integer("First")
            .ok_or_else(|| damaged("its /First, which must be direct, is missing or negative"))?;
        let header = data.get(..first).ok_or_else(|| damaged("its /First is beyond its data"))?;
        let mut parser = Parser::new(header, 0);
        let mut objects = Vec::new();
        for _ in 0..count {
            let pair = parser.object_number("").and_then(|number| Ok((number, parser.unsigned("")?)));
            let (number, at) = pair.map_err(|_| damaged("it lists fewer objects than its /N says"))?;
            let at = usize::try_from(at).ok().and_then(|at| u32::try_from(at.checked_add(first)?).ok());
            objects.push((number, at.ok_or_else(|| damaged("it lists an object beyond its data"))?));
        }
        let rises = objects.is_sorted_by(|(_, before), (_, after)| before < after);
        let order = if rises && oddity::is_numbers(header) { Order::Rising } else { Order::Mixed };
        Ok(Self { data, objects, by_number: OnceLock::new(), end, order })
    }

    /// The first oddity in how the object `number` is written; none if it is not there.
    pub(crate) fn oddity(&self, number: u32, index: u32, file_length: u64) -> Option<Oddity> {
        if self.order == Order::Mixed {
            return Some(Oddity::new("its object stream does not list its objects one after another"));
        }
        let at = self.objects.get(usize::try_from(index).ok()?).filter(|&&(found, _)| found == number)?.1;
        let next = self.objects.get(usize::try_from(index).ok()? + 1).map(|&(_, next)| next);
        let end = next.and_then(|next| usize::try_from(next).ok()).unwrap_or(self.data.len());
        let text = self.data.get(usize::try_from(at).ok()?..end).unwrap_or_default();
        let mut parser = Parser::new(text, u64::from(at));
        if parser.value().is_err() || !oddity::is_blank(text.get(parser.position()..).unwrap_or_default()) {
            return Some(Oddity::new(
                "it goes on, in its object stream, where the next object begins, or ends before",
            ));
        }
        oddity::of_text(text, file_length)
    }

    /// The object `number`, and whether it stands at `index`.
    pub(crate) fn object(&self, number: u32, index: u32) -> Option<(Result<Object, PdfError>, Position)> {
        let at_index = usize::try_from(index).ok().and_then(|index| self.objects.get(index));
        let (at, position) = match at_index.filter(|&&(found, _)| found == number) {
            Some(&(_, at)) => (at, Position::AsStated),
            None => {
                // The last of a number that stands twice.
                let by_number = self.by_number.get_or_init(|| self.objects.iter().copied().collect());
                (*by_number.get(&number)?, Position::Elsewhere)
            }
        };
        let start = usize::try_from(at).ok()?;
        let bytes = self.data.get(start..).unwrap_or_default();
        Some((Parser::new(bytes, u64::from(at)).value(), position))
    }

    /// A number that stands twice in it.
    pub(crate) fn number_twice(&self) -> Option<u32> {
        let mut numbers: Vec<u32> = self.numbers().collect();
        numbers.sort_unstable();
        numbers.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
    }

    /// Where the stream ends in the file.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// The numbers of its objects.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.objects.iter().map(|&(number, _)| number)
    }

    /// Its decoded bytes.
    pub(crate) fn data(&self) -> &[u8] {
        &self.data
    }

    /// What it takes in memory.
    pub(crate) fn size(&self) -> usize {
        // With the map that may be made.
        self.data.len() + 3 * self.objects.len() * size_of::<(u32, u32)>()
    }
}

/// Whether an object stands at the index that its entry names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    AsStated,
    Elsewhere,
}

/// The object streams used last, by the file offset of each, and what all of them list.
#[derive(Default)]
pub(crate) struct Cache {
    streams: Mutex<VecDeque<(u64, Arc<ObjectStream>)>>,
    listed: Mutex<Listed>,
    places: Mutex<HashMap<u64, Option<Place>>>,
}

/// Where a stream of objects stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// By its own header.
    pub(crate) number: u32,
    pub(crate) end: u64,
}

/// The numbers that each stream lists that was ever decoded, as long as these are not too many.
#[derive(Default)]
struct Listed {
    numbers: HashMap<u64, Arc<[u32]>>,
    count: usize,
}

impl Cache {
    /// The stream at `offset`, made by `decode` if it is not kept.
    pub(crate) fn get(
        &self,
        offset: u64,
        decode: impl FnOnce() -> Result<ObjectStream, PdfError>,
    ) -> Result<Arc<ObjectStream>, PdfError> {
        if let Some(found) = self.find(offset) {
            return Ok(found);
        }
        // Not under the lock: decoding may need another object stream.
        let stream = Arc::new(decode()?);
        self.keep_numbers(offset, &stream);
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.push_front((offset, Arc::clone(&stream)));
        let size = |streams: &VecDeque<(u64, Arc<ObjectStream>)>| {
            streams.iter().map(|(_, kept)| kept.size()).sum::<usize>()
        };
        while streams.len() > 1
            && (streams.len() > limits::CACHED_STREAMS || size(&streams) > limits::CACHED_BYTES)
        {
            streams.pop_back();
        }
        Ok(stream)
    }

    /// The numbers that the stream at `offset` lists, if it was decoded before.
    pub(crate) fn listed(&self, offset: u64) -> Option<Arc<[u32]>> {
        let listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        listed.numbers.get(&offset).map(Arc::clone)
    }

    fn keep_numbers(&self, offset: u64, stream: &ObjectStream) {
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        let count = listed.count.saturating_add(stream.objects.len());
        if count <= limits::LISTED_NUMBERS && !listed.numbers.contains_key(&offset) {
            listed.count = count;
            listed.numbers.insert(offset, stream.numbers().collect());
        }
    }

    /// What is known of a place: the stream of objects there, or that there is none.
    pub(crate) fn place(&self, offset: u64) -> Option<Option<Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner).get(&offset).copied()
    }

    pub(crate) fn keep_place(&self, offset: u64, place: Option<Place>) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() < limits::KNOWN_PLACES {
            places.insert(offset, place);
        }
    }

    fn find(&self, offset: u64) -> Option<Arc<ObjectStream>> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let index = streams.iter().position(|&(kept, _)| kept == offset)?;
        let found = streams.remove(index)?;
        let stream = Arc::clone(&found.1);
        streams.push_front(found);
        Some(stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is odd about the second object of a stream with this header.
    fn odd(header: &str, objects: &str) -> Option<String> {
        let mut dictionary = Dictionary::new();
        dictionary.set("N", 2);
        dictionary.set("First", i64::try_from(header.len()).unwrap());
        let data = format!("{header}{objects}").into_bytes();
        let stream = ObjectStream::new(&dictionary, data, 1, 0..100).unwrap();
        stream.oddity(8, 1, 100).map(|oddity| oddity.to_string())
    }

    #[test]
    fn objects_follow_one_another() {
        assert_eq!(odd("7 0 8 5 ", "<<>> [1]"), None);
        assert_eq!(odd("7 0 8 5\n", "<<>>\n[1]\n\n"), None);
        for (header, objects) in [
            ("7 5 8 0 ", "[1]  <<>>"),
            ("7 0 8 0 ", "<<>>"),
            ("7 0 8 5 %\n", "<<>> [1]"),
            ("7 0 8 5 ", "<<>> [1] 2"),
            ("7 0 8 5 ", "<<>> [1%\n]"),
            ("7 0 8 5 ", "<<>> 3 0R"),
        ] {
            assert!(odd(header, objects).is_some(), "{header}{objects}");
        }
    }
}
