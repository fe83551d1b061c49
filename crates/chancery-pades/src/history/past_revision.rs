//! One state of a file.

use std::fmt;
use std::ops::Range;

use chancery_pdf::{Change, Entry, SectionKind};

use super::numbers::ObjectNumbers;

/// One state of a file: the original, or what somebody appended to it (ISO 32000-2, 7.5.6).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PastRevision {
    /// Counted from 1, the original.
    pub number: usize,
    /// Its bytes in the file: what was appended for it. The last revision ends with the file; in the others the end of
    /// line after `%%EOF` belongs to it.
    pub bytes: Range<u64>,
    /// How its cross-reference is written.
    pub cross_reference: SectionKind,
    /// Where its cross-reference sections stand: more than one in linearized and hybrid files.
    pub sections: Vec<Range<u64>>,
    /// Objects that were not there before, by number; in the original all objects.
    pub added: ObjectNumbers,
    /// Objects that were there before and were written anew. They may well say the same as before.
    pub changed: ObjectNumbers,
    /// Objects that were there before and are not any more.
    pub freed: ObjectNumbers,
}

impl PastRevision {
    /// Notes what became of an object.
    pub(super) fn note(&mut self, change: Change) {
        let in_use = |entry: Option<Entry>| entry.is_some_and(|entry| entry.is_in_use());
        match (in_use(change.before), in_use(change.after)) {
            (false, true) => self.added.push(change.number),
            (true, true) => self.changed.push(change.number),
            (true, false) => self.freed.push(change.number),
            (false, false) => {}
        }
    }
}

/// `revision 2, bytes 1024 to 5120, cross-reference table: adds objects 7–9, changes objects 1, 3`.
impl fmt::Display for PastRevision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.cross_reference {
            SectionKind::Table => "cross-reference table",
            SectionKind::Stream => "cross-reference stream",
            SectionKind::Hybrid => "cross-reference table and stream",
        };
        write!(f, "revision {}, bytes {} to {}, {kind}: ", self.number, self.bytes.start, self.bytes.end)?;
        let parts = [("adds", &self.added), ("changes", &self.changed), ("frees", &self.freed)];
        let mut parts = parts.into_iter().filter(|(_, numbers)| !numbers.is_empty()).peekable();
        if parts.peek().is_none() {
            return f.write_str("no objects");
        }
        while let Some((verb, numbers)) = parts.next() {
            let objects = if numbers.count() == 1 { "object" } else { "objects" };
            let comma = if parts.peek().is_some() { ", " } else { "" };
            write!(f, "{verb} {objects} {numbers}{comma}")?;
        }
        Ok(())
    }
}
