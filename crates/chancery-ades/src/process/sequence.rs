//! In which order timestamps are judged.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use chancery_chain::ObjectDigest;
use chancery_timestamp::MatchingToken;
use jiff::Timestamp;

use crate::coverage::Coverage;
use crate::timestamp_kind::TimestampKind;

/// A timestamp whose token matches, and to which signature it belongs.
#[derive(Debug)]
pub(crate) struct Stamp {
    /// The place of the signature among those that are validated; nothing: it is over the document.
    pub(crate) owner: Option<usize>,
    pub(crate) kind: TimestampKind,
    pub(crate) name: String,
    pub(crate) token: MatchingToken,
    pub(crate) covers: Coverage,
    /// Of everything that is covered: hashed once, however often something is proven of it.
    pub(crate) objects: Objects,
}

/// The digests of what a timestamp covers.
#[derive(Debug)]
pub(crate) struct Objects {
    tokens: Vec<ObjectDigest>,
    others: Vec<ObjectDigest>,
}

impl Objects {
    pub(crate) fn of(covers: &Coverage) -> Self {
        let evidence = covers.covered_evidence();
        let certificates = evidence.certificates().iter().map(ObjectDigest::of_certificate);
        let pieces = evidence.crls().iter().chain(evidence.ocsp()).map(AsRef::as_ref);
        let others = pieces.chain(covers.signatures()).map(ObjectDigest::of);
        let tokens = covers.token_objects().collect();
        Self { tokens, others: certificates.chain(others).collect() }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = ObjectDigest> {
        self.tokens.iter().chain(&self.others).copied()
    }
}

/// Which timestamps cover which, and what follows for the order in which they are judged.
#[derive(Debug)]
pub(crate) struct Sequence {
    /// The timestamps that each covers, by their places.
    pub(crate) covered: Vec<Vec<usize>>,
    /// The places of the timestamps, those first that prove something for the others.
    pub(crate) newest_first: Vec<usize>,
}

impl Sequence {
    /// The newest first (ETSI EN 319 102-1, 5.6.3.4 step 5 a); but one that covers another before that one, whatever
    /// times they claim: what it proves counts for the other.
    ///
    /// This costs time by the number of timestamps and of what they cover, with a logarithm. Should they cover each
    /// other in a circle, which no digest allows, those of the circle come last, by their times.
    pub(crate) fn of(stamps: &[Stamp]) -> Self {
        // A token of another length than all that are covered is none of them, and need not be hashed.
        let covered = stamps.iter().flat_map(|stamp| stamp.covers.tokens());
        let lengths: HashSet<usize> = covered.map(<[u8]>::len).collect();
        let mut places: HashMap<ObjectDigest, usize> = HashMap::new();
        for (place, stamp) in stamps.iter().enumerate() {
            if lengths.contains(&stamp.token.to_der().len()) {
                places.entry(stamp.token.object()).or_insert(place);
            }
        }
        let of_tokens = |tokens: &[ObjectDigest]| {
            tokens.iter().filter_map(|token| places.get(token).copied()).collect::<Vec<_>>()
        };
        let covered: Vec<_> = stamps.iter().map(|stamp| of_tokens(&stamp.objects.tokens)).collect();
        let mut waits_for = vec![0_usize; stamps.len()];
        for place in covered.iter().flatten() {
            if let Some(count) = waits_for.get_mut(*place) {
                *count += 1;
            }
        }
        let key = |place: usize| -> Option<(Timestamp, u8, Reverse<usize>)> {
            stamps.get(place).map(|stamp| (stamp.token.time(), stamp.kind.rank(), Reverse(place)))
        };
        let free = waits_for.iter().enumerate().filter(|(_, count)| **count == 0);
        let mut ready: BinaryHeap<_> = free.filter_map(|(place, _)| key(place)).collect();
        let mut newest_first = Vec::with_capacity(stamps.len());
        while let Some((_, _, Reverse(place))) = ready.pop() {
            newest_first.push(place);
            for below in covered.get(place).into_iter().flatten() {
                let Some(count) = waits_for.get_mut(*below) else { continue };
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ready.extend(key(*below));
                }
            }
        }
        let left = waits_for.iter().enumerate().filter(|(_, count)| **count > 0);
        let mut circle: Vec<_> = left.filter_map(|(place, _)| key(place)).collect();
        circle.sort_unstable_by_key(|key| Reverse(*key));
        newest_first.extend(circle.into_iter().map(|(_, _, Reverse(place))| place));
        Self { covered, newest_first }
    }
}
