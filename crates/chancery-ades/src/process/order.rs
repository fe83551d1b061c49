//! Whether timestamps are in order (ETSI EN 319 102-1, 5.5.4 step 4 e; RFC 3161, 2.4.2).

use jiff::Timestamp;

use crate::process::sequence::{Sequence, Stamp};
use crate::process::timestamps::{Gathered, Outcome};

/// Two timestamps whose times contradict each other: one of the clocks was wrong, so neither time can be relied on.
#[derive(Clone, Debug)]
pub(crate) struct Disorder {
    /// The signatures that it concerns; nothing: all, since it is about the document.
    pub(crate) owners: [Option<usize>; 2],
    /// The places of the two timestamps.
    pub(crate) places: [usize; 2],
    pub(crate) text: String,
}

/// A trusted timestamp, with the bounds of its true time as far as its accuracy is stated.
struct Timed<'s> {
    place: usize,
    stamp: &'s Stamp,
    time: Timestamp,
    earliest: Timestamp,
    latest: Timestamp,
}

/// All contradictions among trusted timestamps: a timestamp is not older than what it covers, nor than another one of
/// the same signature that must have been made before (content before signature before archive). Only trusted ones
/// count, or anybody could spoil a signature by adding one.
pub(crate) fn disorders(stamps: &[Stamp], sequence: &Sequence, gathered: &Gathered) -> Vec<Disorder> {
    let timed: Vec<Option<Timed<'_>>> = stamps
        .iter()
        .zip(&gathered.outcomes)
        .enumerate()
        .map(|(place, (stamp, outcome))| match outcome {
            Some(Outcome::Trusted(_)) => Some(Timed::of(place, stamp)),
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    for (above, covered) in timed.iter().zip(&sequence.covered) {
        let Some(above) = above else { continue };
        let below = covered.iter().filter_map(|place| timed.get(*place)?.as_ref());
        found.extend(below.filter(|below| above.is_before(below)).map(|below| above.contradicts(below)));
    }
    found.extend(by_kind(timed.iter().flatten().collect()));
    found
}

/// Contradictions by kind, within each signature.
fn by_kind(mut timed: Vec<&Timed<'_>>) -> Vec<Disorder> {
    timed.retain(|one| one.stamp.owner.is_some());
    timed.sort_by_key(|one| (one.stamp.owner, one.stamp.kind.rank(), one.earliest));
    let mut found = Vec::new();
    for own in timed.chunk_by(|one, other| one.stamp.owner == other.stamp.owner) {
        // The youngest of all kinds that come before.
        let mut before: Option<&Timed<'_>> = None;
        for kind in own.chunk_by(|one, other| one.stamp.kind.rank() == other.stamp.kind.rank()) {
            let oldest = kind.iter().min_by_key(|one| one.latest);
            if let (Some(before), Some(oldest)) = (before, oldest) {
                found.extend(oldest.is_before(before).then(|| oldest.contradicts(before)));
            }
            before = before.into_iter().chain(kind.iter().copied()).max_by_key(|one| one.earliest);
        }
    }
    found
}

impl<'s> Timed<'s> {
    fn of(place: usize, stamp: &'s Stamp) -> Self {
        let token = &stamp.token;
        let (time, earliest, latest) = (token.time(), token.earliest_time(), token.latest_time());
        Self { place, stamp, time, earliest, latest }
    }

    /// Certainly made before the other.
    fn is_before(&self, other: &Self) -> bool {
        self.latest < other.earliest
    }

    fn contradicts(&self, other: &Self) -> Disorder {
        let text = format!(
            "{} is of {}, and {}, which was made before it, is of {}: one of the clocks was wrong",
            self.stamp.name, self.time, other.stamp.name, other.time
        );
        let (owners, places) = ([self.stamp.owner, other.stamp.owner], [self.place, other.place]);
        Disorder { owners, places, text }
    }
}

impl Disorder {
    pub(crate) fn concerns(&self, signature: usize) -> bool {
        self.owners.contains(&None) || self.owners.contains(&Some(signature))
    }
}
