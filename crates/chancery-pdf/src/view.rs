//! The document as of one revision.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use crate::ambiguity::Ambiguity;
use crate::document::Document;
use crate::entry::Entry;
use crate::error::PdfError;
use crate::limits;
use crate::object::{Dictionary, Object, Stream};
use crate::oddity::Oddity;
use crate::reference::Reference;
use crate::section::Section;

/// The document as it was at one of its revisions: only sections up to that revision count.
#[derive(Clone, Copy, Debug)]
pub struct View<'d> {
    document: &'d Document<'d>,
    revision: usize,
}

/// An object whose cross-reference entry differs between two revisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// Object number.
    pub number: u32,
    /// Its entry in the older revision.
    pub before: Option<Entry>,
    /// Its entry in the newer revision.
    pub after: Option<Entry>,
}

impl Document<'_> {
    /// The document as it is now.
    #[must_use]
    pub fn latest(&self) -> View<'_> {
        View::new(self, self.revisions().len().saturating_sub(1))
    }

    /// The document as it was at a revision, counted from 0, the oldest; `None` beyond the latest.
    #[must_use]
    pub fn at(&self, revision: usize) -> Option<View<'_>> {
        (revision < self.revisions().len()).then(|| View::new(self, revision))
    }
}

impl<'d> View<'d> {
    pub(crate) fn new(document: &'d Document<'d>, revision: usize) -> Self {
        Self { document, revision }
    }

    pub(crate) fn document(&self) -> &'d Document<'d> {
        self.document
    }

    /// Which revision this is, counted from 0, the oldest.
    #[must_use]
    pub fn revision(&self) -> usize {
        self.revision
    }

    /// The trailer of this revision's newest section.
    #[must_use]
    pub fn trailer(&self) -> &'d Dictionary {
        // A document has at least one section.
        static EMPTY: LazyLock<Dictionary> = LazyLock::new(Dictionary::new);
        self.document.trailer(self.revision).unwrap_or(&EMPTY)
    }

    /// The catalog, the root of all objects (ISO 32000-2, 7.7.2).
    ///
    /// # Errors
    /// [`PdfError::Entry`] if the trailer's `/Root` is not a reference to a dictionary, else what is wrong
    /// with that object.
    pub fn catalog(&self) -> Result<(Reference, Dictionary), PdfError> {
        if let Some(catalog) = self.document.catalogs().get(self.revision) {
            return Ok(catalog);
        }
        let wrong =
            PdfError::Entry { key: "Root", of: "the trailer", expected: "a reference to a dictionary" };
        let reference = self.trailer().get("Root").and_then(Object::as_reference).ok_or(wrong.clone())?;
        let Object::Dictionary(catalog) = self.object(reference)? else { return Err(wrong) };
        let catalog = (reference, catalog);
        self.document.catalogs().keep(self.revision, &catalog);
        Ok(catalog)
    }

    /// The object of this number and generation; null if it is missing, freed, or of another generation.
    ///
    /// # Errors
    /// If the object is not where the cross-reference says, or cannot be read.
    pub fn object(&self, reference: Reference) -> Result<Object, PdfError> {
        self.document.object(self.revision, reference, limits::INDIRECTIONS)
    }

    /// What readers may take in two ways in one object: a key that stands twice in a dictionary of it. Many files hold
    /// some where it does not matter, so that nobody is told who does not ask.
    ///
    /// # Errors
    /// As [`View::object`].
    pub fn key_twice(&self, reference: Reference) -> Result<Option<Ambiguity>, PdfError> {
        let object = self.object(reference)?;
        let number = reference.number;
        Ok(object.key_twice().map(|key| Ambiguity::KeyTwice { number, key: key.to_string() }))
    }

    /// The value itself, or what it refers to.
    ///
    /// # Errors
    /// As [`View::object`], and [`PdfError::ReferenceLoop`].
    pub fn resolve(&self, value: &Object) -> Result<Object, PdfError> {
        self.document.resolve(self.revision, value, limits::INDIRECTIONS)
    }

    /// The value of a key, references followed; null if there is none.
    ///
    /// # Errors
    /// As [`View::resolve`].
    pub fn value(&self, dictionary: &Dictionary, key: &str) -> Result<Object, PdfError> {
        dictionary.get(key).map_or(Ok(Object::Null), |value| self.resolve(value))
    }

    /// What the cross-reference says of a number; `None` if nothing.
    ///
    /// # Errors
    /// If the entry, or the stream that holds it, is damaged.
    pub fn entry(&self, number: u32) -> Result<Option<Entry>, PdfError> {
        self.document.entry(self.revision, number)
    }

    /// A number that no object has or is said to have: for the next new object.
    #[must_use]
    pub fn next_number(&self) -> u32 {
        let sections = self.document.sections_at(self.revision).iter();
        let greatest = sections.map(|section| {
            section.size().unwrap_or_default().max(section.greatest().map_or(0, |number| number + 1))
        });
        greatest.max().unwrap_or_default().max(1)
    }

    /// All objects in use, by number. Linear in the cross-reference; meant for tests and full inspections.
    ///
    /// # Errors
    /// If an entry is damaged.
    pub fn references(&self) -> Result<Vec<Reference>, PdfError> {
        let mut references = Vec::new();
        self.each_entry(|number, entry| {
            let generation = entry.generation_in_use();
            references.extend(generation.map(|generation| Reference { number, generation }));
            Ok::<_, PdfError>(())
        })?;
        Ok(references)
    }

    /// Where an object stands in the file, from its number to `endobj`; `None` if it is not in use or part
    /// of an object stream.
    ///
    /// # Errors
    /// As [`View::object`].
    pub fn object_span(&self, reference: Reference) -> Result<Option<Range<u64>>, PdfError> {
        self.document.span(self.revision, reference)
    }

    /// Whether an object of the file ends with `endobj`, and a stream with `endstream` before it: if not, other readers may
    /// read on where this crate stops. Objects in object streams need no end, nor do those that are not in use.
    ///
    /// # Errors
    /// As [`View::object`].
    pub fn is_closed(&self, reference: Reference) -> Result<bool, PdfError> {
        self.document.is_closed(self.revision, reference)
    }

    /// What stands in the writing of an object that some readers take in another way than this crate: a comment, a number
    /// of a thousand digits, `3 0R`, filters whose parameters do not fit. Products do not write such things; whoever wants
    /// two readers to see two documents does. Objects that are not in use have none.
    ///
    /// # Errors
    /// As [`View::object`].
    pub fn oddity(&self, reference: Reference) -> Result<Option<Oddity>, PdfError> {
        self.document.oddity(self.revision, reference)
    }

    /// The same of the cross-reference sections and trailers that came with this revision.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn section_oddity(&self) -> Result<Option<Oddity>, PdfError> {
        self.document.section_oddity(self.revision)
    }

    /// Where the value of a key of the object's own dictionary stands in the file, without white space
    /// around it; `None` if there is no such key, or the object is part of an object stream. For what must be
    /// compared byte by byte, such as the placeholder of a signature.
    ///
    /// # Errors
    /// As [`View::object`], or if the object is no dictionary.
    pub fn value_span(&self, reference: Reference, key: &str) -> Result<Option<Range<u64>>, PdfError> {
        self.document.value_span(self.revision, reference, key)
    }

    /// A stream's bytes as its filters made them.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn raw<'s>(&self, stream: &'s Stream) -> Result<Cow<'s, [u8]>, PdfError>
    where
        'd: 's,
    {
        self.document.raw(self.revision, stream)
    }

    /// A stream's bytes with all its filters undone.
    ///
    /// # Errors
    /// [`PdfError::Limit`] if there are more than `budget` bytes, [`PdfError::UnsupportedFilter`],
    /// [`PdfError::Filter`] if the data are damaged.
    pub fn decoded<'s>(&self, stream: &'s Stream, budget: usize) -> Result<Cow<'s, [u8]>, PdfError>
    where
        'd: 's,
    {
        self.document.decoded(self.revision, stream, budget, limits::INDIRECTIONS)
    }

    /// The objects whose entry differs from that in an `older` view of the same document, freed ones
    /// included, by number; also the objects in an object stream that was itself replaced. Costs as much as
    /// the sections between the two, and the objects in streams that were replaced. If `older` is not older, nothing
    /// differs.
    ///
    /// # Errors
    /// If an entry, or an object stream that was replaced, is damaged; [`PdfError::Limit`] if streams are replaced again and
    /// again that hold very many objects.
    pub fn changed_since(&self, older: &View<'_>) -> Result<Vec<Change>, PdfError> {
        let sections = self.document.sections_at(self.revision);
        let later = sections.len().saturating_sub(self.document.sections_at(older.revision).len());
        let mut listed = self.numbers(sections.get(..later).unwrap_or_default())?;
        listed.extend(self.document.promised(older.revision, self.revision)?);
        listed.sort_unstable();
        listed.dedup();
        let mut changes = Vec::new();
        for &number in &listed {
            changes.extend(self.change(older, number)?);
        }
        let mut inside = Vec::new();
        for change in &changes {
            inside.extend(self.changed_inside(older, *change)?);
        }
        // Sorted so far, as the listed numbers are.
        inside.retain(|found: &Change| {
            changes.binary_search_by_key(&found.number, |change| change.number).is_err()
        });
        changes.extend(inside);
        changes.sort_unstable_by_key(|change| change.number);
        changes.dedup();
        Ok(changes)
    }

    /// The numbers that sections have entries for, sorted.
    pub(crate) fn numbers(&self, sections: &[Section]) -> Result<Vec<u32>, PdfError> {
        let mut numbers = Vec::new();
        sections.iter().try_for_each(|section| section.numbers(self.document.file(), &mut numbers))?;
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    fn change(&self, older: &View<'_>, number: u32) -> Result<Option<Change>, PdfError> {
        let in_use = |entry: &Option<Entry>| entry.is_some_and(|entry| entry.is_in_use());
        let (before, after) = (older.entry(number)?, self.entry(number)?);
        let differs = before != after && (in_use(&before) || in_use(&after));
        Ok(differs.then_some(Change { number, before, after }))
    }

    /// If the changed object was or is an object stream: the objects that keep their entry but not their content.
    /// The stream may also be one that the older sections promised and that was supplied only now.
    fn changed_inside(&self, older: &View<'_>, change: Change) -> Result<Vec<Change>, PdfError> {
        let mut numbers = Vec::new();
        for (view, entry) in [(older, change.before), (self, change.after)] {
            if let Some(Entry::InFile { offset, generation: 0 }) = entry {
                let held = view.document.numbers_in_stream(view.revision, change.number, offset)?;
                numbers.extend(held.iter().flat_map(|held| held.iter().copied()));
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        let mut changes = Vec::new();
        for number in numbers {
            let (before, after) = (older.entry(number)?, self.entry(number)?);
            if matches!(after, Some(Entry::InStream { stream, .. }) if stream == change.number) {
                changes.push(Change { number, before, after });
            }
        }
        Ok(changes)
    }
}
