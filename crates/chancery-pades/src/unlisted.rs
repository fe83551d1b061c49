//! Objects that stand in a signed file besides those that the cross-reference lists: a repairing reader finds them, and a
//! later section may make them appear (the shadow attacks of pdf-insecurity.org).

mod search;
mod streams;

use std::collections::HashSet;

use chancery_ades::{Aspect, Finding, Place, Restriction, SubIndication};

pub(crate) use self::search::Search;
pub(crate) use self::streams::Streams;

/// The first ones tell enough, and of each revision the first of each kind: no crowd hides them.
const MAX_TOLD: usize = 8;
/// Bytes of objects that may be read, and of streams decoded, to find out what streams that are not in use hold: so many,
/// and some times the length of the file. Those of honest files stand beside each other and are few.
const MIN_WORK: u64 = 16 << 20;
const TIMES_THE_FILE: u64 = 4;

/// What may follow the last `%%EOF` without anybody having appended it.
const LINE_END: u64 = 2;

/// An object that is not listed, or a stream of which nobody can tell which objects it holds.
pub(crate) struct Unlisted {
    /// Its number; that of the stream if that cannot be read.
    number: u32,
    /// Where it stands, or the stream that holds it.
    offset: u64,
    /// The stream that holds it.
    stream: Option<u32>,
    /// The revision that it stands in.
    revision: usize,
    oddity: Oddity,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Oddity {
    /// No object of this number is in use.
    NotListed,
    /// Another object of this number is in force there, which a reader that repairs would not take.
    Twice,
    /// An object stream, or what may be one, cannot be read.
    Unreadable,
}

impl Unlisted {
    pub(crate) fn finding(&self) -> Finding {
        let Self { number, offset, stream, oddity, .. } = *self;
        let holder = stream.map(|stream| format!("the object stream {stream}"));
        let (kind, text) = match (oddity, holder) {
            (Oddity::Twice, None) => (
                "object-defined-twice",
                format!(
                    "a second object {number} stands there that the cross-reference does not list: a reader that repairs may take it"
                ),
            ),
            (Oddity::Twice, Some(holder)) => (
                "object-defined-twice",
                format!(
                    "{holder} holds a second object {number}, which the cross-reference does not look for there: a reader that repairs may take it"
                ),
            ),
            (Oddity::NotListed, None) => (
                "object-not-listed",
                format!("an object {number} stands there that the cross-reference does not list"),
            ),
            (Oddity::NotListed, Some(holder)) => (
                "object-not-listed",
                format!("{holder} holds an object {number} that the cross-reference does not list"),
            ),
            (Oddity::Unreadable, _) => (
                "object-stream-unreadable",
                format!(
                    "the stream {number} may hold objects for some readers, and which cannot be made out"
                ),
            ),
        };
        Finding::warning(kind, text).at(Place::Bytes(offset, offset)).rule("ISO 32000-2, 7.5.4")
    }

    /// What it means for the signature of this revision, where the last one that anybody signed is given, and how many bytes
    /// that nobody signed follow the last revision. Whoever wrote a second definition wrote two documents at once, in what was signed or after it. What was
    /// there before is only told: careless programs leave such objects behind, and who signs cannot take them away; but
    /// whoever fills up the end of the file makes readers repair it, and take it. In what nobody signed, none has a place.
    pub(crate) fn restriction(
        &self,
        revision: usize,
        (last_signed, trailing): (Option<usize>, u64),
    ) -> Option<Restriction> {
        let open = || Restriction::leaves_open(SubIndication::Generic, Aspect::Changes, self.finding());
        let unsigned = Some(self.revision) > last_signed;
        let may_be_shown = self.revision >= revision || trailing > LINE_END;
        (unsigned || (self.oddity != Oddity::NotListed && may_be_shown)).then(open)
    }
}

/// What was found, and how much may still be looked at.
pub(crate) struct Found {
    all: Vec<Unlisted>,
    /// What was found where.
    seen: HashSet<(usize, Oddity)>,
    budget: u64,
}

impl Found {
    /// Nothing yet, in a file of this length.
    pub(crate) fn nothing(length: u64) -> Self {
        let budget = length.saturating_mul(TIMES_THE_FILE).saturating_add(MIN_WORK);
        Self { all: Vec::new(), seen: HashSet::new(), budget }
    }

    fn push(&mut self, one: Unlisted) {
        let is_first = self.seen.insert((one.revision, one.oddity));
        if is_first || self.all.len() < MAX_TOLD {
            self.all.push(one);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Unlisted> {
        self.all.iter()
    }
}
