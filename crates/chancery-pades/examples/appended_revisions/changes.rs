//! What revisions change: words of the grammar.

mod annotations;
mod catalog;
mod content;
mod fields;
mod harmless;
mod hidden;
mod pages;

use crate::draft::Draft;
use crate::random::Random;

/// What a verdict must say of a change.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// A document that nobody forbade this passes.
    Harmless,
    /// Only the pictures tell.
    Seen,
    /// Nothing of it is seen, or not by every viewer; it may not pass without a word.
    Told,
}

/// Something that is changed. `None` if the document has nothing that could be.
pub(crate) type Apply = fn(&mut Draft<'_>, &mut Random) -> Option<()>;

#[derive(Copy, Clone)]
pub(crate) struct Change {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) apply: Apply,
}

const fn seen(name: &'static str, apply: Apply) -> Change {
    Change { name, kind: Kind::Seen, apply }
}

const fn told(name: &'static str, apply: Apply) -> Change {
    Change { name, kind: Kind::Told, apply }
}

const fn harmless(name: &'static str, apply: Apply) -> Change {
    Change { name, kind: Kind::Harmless, apply }
}

/// All that may do harm.
pub(crate) fn harmful() -> Vec<Change> {
    [content::ALL, pages::ALL, fields::ALL, annotations::ALL, catalog::ALL, hidden::ALL].concat()
}

pub(crate) use harmless::ALL as HARMLESS;
