//! What streams of objects say that they hold, wherever they stand (ISO 32000-2, 7.5.7).

use std::sync::Arc;

use crate::document::Document;
use crate::error::PdfError;
use crate::file::File;
use crate::limits;
use crate::object::{Dictionary, Object};
use crate::object_streams::ObjectStream;
use crate::parser::Parser;
use crate::reference::Reference;
use crate::view::View;

impl View<'_> {
    /// The numbers of the objects that the object stream at this offset of the file says it holds, in its order; `None` if
    /// something else stands there.
    ///
    /// The cross-reference need not lead there, nor say of any object that it is in it: readers that rebuild a damaged
    /// file look at every stream that they meet. One that has both `/First` and `/N` counts, whatever its `/Type`.
    /// `budget` is how many bytes may be read and decoded; it becomes less by those that were. Nothing is taken
    /// from it for a stream of which an object was read before.
    ///
    /// # Errors
    /// If it is an object stream, or may be one, that cannot be read; [`PdfError::Limit`] when the budget is used up.
    pub fn numbers_listed_at(&self, offset: u64, budget: &mut u64) -> Result<Option<Arc<[u32]>>, PdfError> {
        self.document().numbers_listed_at(self.revision(), offset, budget)
    }
}

impl Document<'_> {
    fn numbers_listed_at(
        &self,
        revision: usize,
        offset: u64,
        budget: &mut u64,
    ) -> Result<Option<Arc<[u32]>>, PdfError> {
        if let Some(listed) = self.object_streams().listed(offset) {
            return Ok(Some(listed));
        }
        if *budget == 0 {
            return Err(too_much(0, offset));
        }
        // What is met at places that are not in use is not told of the document.
        let file = File::new(*self.file().bytes(), self.offsets_counted_from());
        let (holds_objects, end) = file.bytes().parse(offset, |parser| {
            let holds_objects = holds_objects(parser);
            Ok((holds_objects, parser.offset()))
        })?;
        spend(budget, end.saturating_sub(offset), offset)?;
        if !holds_objects? {
            return Ok(None);
        }
        let mut length = |value: &Object| self.length(revision, value, limits::INDIRECTIONS);
        let found = file.indirect(offset, &mut length).inspect_err(|_| {
            // Its end was looked for.
            let searched = file.bytes().length().saturating_sub(offset).min(limits::END_STREAM_SEARCH);
            *budget = budget.saturating_sub(searched);
        })?;
        spend(budget, found.span.end.saturating_sub(found.span.start), offset)?;
        let Object::Stream(stream) = found.object else { return Ok(None) };
        let Reference { number, generation } = found.reference;
        if !stream.dictionary().duplicates().is_empty() {
            let problem = "a key of an object stream stands twice";
            return Err(PdfError::Object { number, generation, offset, problem });
        }
        let most = usize::try_from(*budget).unwrap_or(usize::MAX).min(limits::OBJECT_STREAM_BYTES);
        let data = self.decoded(revision, &stream, most, limits::INDIRECTIONS)?;
        spend(budget, data.len() as u64, offset)?;
        let opened = ObjectStream::new(stream.dictionary(), data.into_owned(), number, found.span)?;
        Ok(Some(opened.numbers().collect()))
    }
}

/// A budget that was too small for something is used up: nothing more is read.
fn spend(budget: &mut u64, bytes: u64, offset: u64) -> Result<(), PdfError> {
    let limit = *budget;
    let left = budget.checked_sub(bytes);
    *budget = left.unwrap_or_default();
    left.map(drop).ok_or_else(|| too_much(limit, offset))
}

fn too_much(limit: u64, offset: u64) -> PdfError {
    PdfError::Limit { what: "bytes, all that was left for objects that are not listed", limit, offset }
}

/// Whether a stream of objects begins here, for any reader. A dictionary that cannot be read is an error: another reader
/// may be able to.
fn holds_objects(parser: &mut Parser<'_>) -> Result<bool, PdfError> {
    if parser.object_header().is_err() {
        return Ok(false);
    }
    parser.skip_space();
    if parser.peek() != Some(b'<') {
        return Ok(false);
    }
    let Object::Dictionary(dictionary) = parser.value()? else { return Ok(false) };
    Ok(parser.keyword(b"stream") && may_hold_objects(&dictionary))
}

fn may_hold_objects(dictionary: &Dictionary) -> bool {
    let is_named = dictionary.get("Type").and_then(Object::as_name).is_some_and(|name| name == "ObjStm");
    is_named || (dictionary.get("First").is_some() && dictionary.get("N").is_some())
}
