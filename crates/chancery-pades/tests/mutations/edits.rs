//! What is done to a document.

use std::fmt;
use std::ops::Range;

use crate::bases::Base;
use crate::random::Random;
use crate::revisions;

/// A piece of the file, replaced.
#[derive(Clone)]
pub(crate) struct Edit {
    pub(crate) kind: &'static str,
    pieces: Vec<(Range<usize>, Vec<u8>)>,
}

/// What parsers look for.
const WORDS: [&[u8]; 16] = [
    b"\n",
    b" ",
    b"0",
    b"%",
    b"<",
    b">",
    b"%%EOF\n",
    b"endobj\n",
    b"stream\n",
    b"<<>>",
    b" 0 R",
    b"startxref\n0\n",
    b"/Contents<00>",
    b"/ByteRange[0 0 0 0]",
    b"null",
    b"xref\n0 0\n",
];

impl Edit {
    fn one(kind: &'static str, range: Range<usize>, with: Vec<u8>) -> Self {
        Self { kind, pieces: vec![(range, with)] }
    }

    /// A bit of this byte, another one for each place.
    pub(crate) fn flip(base: &Base, place: usize) -> Self {
        Self::one("a bit flipped", place..place + 1, vec![base.file[place] ^ (1 << (place % 8))])
    }

    pub(crate) fn random(base: &Base, random: &mut Random) -> Self {
        let file = &base.file;
        let place = place(base, random);
        match random.below(12) {
            0 | 1 => Self::one("a byte replaced", place..place + 1, vec![random.byte()]),
            2 => Self::one("the case of a letter", place..place + 1, vec![file[place] ^ 0x20]),
            3 => {
                let count = 1 + random.below(8);
                Self::one("bytes inserted", place..place, (0..count).map(|_| random.byte()).collect())
            }
            4 => Self::one("a word inserted", place..place, random.of(&WORDS).to_vec()),
            5 => {
                let end = (place + 1 + random.below(32)).min(file.len());
                Self::one("bytes deleted", place..end, Vec::new())
            }
            6 => Self::one("the end cut off", place..file.len(), Vec::new()),
            7 => {
                let from = random.below(file.len());
                let length = (1 + random.below(64)).min(file.len() - from).min(file.len() - place);
                Self::one(
                    "bytes copied over others",
                    place..place + length,
                    file[from..from + length].to_vec(),
                )
            }
            8 => Self::number(file, random),
            9 => Self::swapped(file, random),
            _ => {
                let (kind, bytes) = revisions::appended(base, random);
                Self::one(kind, file.len()..file.len(), bytes)
            }
        }
    }

    /// Another number in place of one, as long or not.
    fn number(file: &[u8], random: &mut Random) -> Self {
        let from = random.below(file.len());
        let digit = |&index: &usize| file[index].is_ascii_digit();
        let start = (from..file.len()).find(digit).unwrap_or(0);
        let end = (start..file.len()).find(|index| !digit(index)).unwrap_or(file.len());
        let value = random.below(file.len() + 10);
        let text = if random.once_in(2) {
            format!("{value:0width$}", width = end - start)
        } else {
            value.to_string()
        };
        Self::one("another number", start..end, text.into_bytes())
    }

    /// Two objects, each where the other was.
    fn swapped(file: &[u8], random: &mut Random) -> Self {
        let objects = objects(file);
        let (one, other) = (random.of(&objects).clone(), random.of(&objects).clone());
        let (one, other) = if one.start <= other.start { (one, other) } else { (other, one) };
        if one == other || one.end > other.start {
            return Self::one("an object emptied", one, b"null".to_vec());
        }
        let (first, second) = (file[one.clone()].to_vec(), file[other.clone()].to_vec());
        Self { kind: "objects swapped", pieces: vec![(one, second), (other, first)] }
    }

    pub(crate) fn start(&self) -> usize {
        self.pieces.first().map_or(0, |(range, _)| range.start)
    }

    pub(crate) fn of(&self, file: &[u8]) -> Vec<u8> {
        let (mut edited, mut from) = (Vec::with_capacity(file.len() + 1024), 0);
        for (range, with) in &self.pieces {
            edited.extend_from_slice(&file[from..range.start]);
            edited.extend_from_slice(with);
            from = range.end;
        }
        edited.extend_from_slice(&file[from..]);
        edited
    }
}

/// Anywhere; most of a file is padding, so half of the time where there is none.
fn place(base: &Base, random: &mut Random) -> usize {
    let place = random.below(base.file.len());
    let inside = base.signatures.iter().any(|signed| signed.gap.contains(&place));
    if inside && random.once_in(2) { place_outside(base, random) } else { place }
}

fn place_outside(base: &Base, random: &mut Random) -> usize {
    let gaps: usize = base.signatures.iter().map(|signed| signed.gap.len()).sum();
    let mut place = random.below(base.file.len() - gaps);
    for signed in &base.signatures {
        if place >= signed.gap.start {
            place += signed.gap.len();
        }
    }
    place
}

/// The bodies of objects that stand alone.
fn objects(file: &[u8]) -> Vec<Range<usize>> {
    let (open, close) = (b" 0 obj", b"endobj");
    let mut found = Vec::new();
    let mut from = 0;
    let next = |from: usize, word: &[u8]| {
        file[from..].windows(word.len()).position(|window| window == word).map(|at| from + at)
    };
    while let Some(start) = next(from, open) {
        let Some(end) = next(start, close) else { break };
        found.push(start + open.len()..end);
        from = end;
    }
    found
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        for (range, with) in &self.pieces {
            let shown = with.get(..with.len().min(40)).unwrap_or_default().escape_ascii();
            write!(f, " [{} to {} by {shown}]", range.start, range.end)?;
        }
        Ok(())
    }
}
