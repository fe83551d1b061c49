//! Everything that an archive timestamp can list, to be found by its hash.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use chancery_certificate::Certificate;
use chancery_cms::{
    CmsError, ReceivedElement, ReceivedMessage, ReceivedSigner, ReceivedValue, SignedMessage, SignerInfo,
};
use chancery_digest::{AnyDigest, DigestAlgorithm, KnownDigest};

use crate::attributes::ARCHIVE_TIMESTAMP_V3;
use crate::continued::FoundList;
use crate::hash_index::{AttributeHashing, HashIndex, hashes};
use crate::hash_index_fault::HashIndexFault;

/// One thing that an archive timestamp can list.
#[derive(Clone, Debug)]
pub(crate) enum Thing<'a> {
    /// A member of `SignedData.certificates`, and what was read from it, where that has the very same octets.
    Certificate(ReceivedElement<'a>, Option<&'a Certificate>),
    /// A member of `SignedData.crls`.
    Revocation(ReceivedElement<'a>),
    /// A value of an unsigned attribute of the signer.
    Value(ReceivedValue<'a>),
}

/// What a hash in an index is a hash of.
const WHAT: [&str; 3] =
    ["certificates", "CRLs or OCSP answers", "unsigned attributes such as earlier timestamps"];

/// Things that all archive timestamps of a signature list together, each time that one is listed. A thousand renewals
/// that add five things each list two and a half million; who lists more wants to keep somebody busy.
const MOST_LISTED: usize = 10_000_000;

/// The things of one signature, and their hashes by each algorithm that was asked for: each is hashed once, however
/// many timestamps list it.
#[derive(Debug)]
pub(crate) struct Catalogue<'a> {
    pub(crate) message: ReceivedMessage<'a>,
    pub(crate) signer: ReceivedSigner<'a>,
    signed_fields: OnceCell<SignedFields>,
    things: Vec<Thing<'a>>,
    hashed: Vec<Hashed>,
    /// For each thing, which index listed it last, counted from 1.
    listed_by: Vec<usize>,
    /// How many indices there were.
    indices: usize,
    /// The last index in which everything was found at once, in one place each.
    last: Option<(Hashing, [FoundList; 3])>,
    /// How many may still be listed.
    left: usize,
}

/// The fields of a SignerInfo up to the signature value.
#[derive(Debug)]
pub(crate) struct SignedFields {
    /// As received.
    pub(crate) received: Vec<u8>,
    /// In DER, where that is something else.
    pub(crate) other_der: Option<Vec<u8>>,
}

impl SignedFields {
    fn of(signer: &ReceivedSigner<'_>) -> Self {
        let received = signer.signed_fields();
        let other_der = signer.signed_fields_der().filter(|der| *der != received);
        Self { received, other_der }
    }
}

const SHA256: KnownDigest = KnownDigest::Current(DigestAlgorithm::Sha256);

/// How things are hashed.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
struct Hashing {
    algorithm: KnownDigest,
    attributes: AttributeHashing,
    encoding: Encoding,
}

impl Hashing {
    /// As we do it ourselves.
    const TODAY: Self =
        Self { algorithm: SHA256, attributes: AttributeHashing::Values, encoding: Encoding::Received };
}

/// The standard hashes what stands there "without any modification"; EU DSS and others write DER first, which is the
/// same unless it came in BER. Both are tried.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Encoding {
    Received,
    Der,
}

/// Things by their hashes.
#[derive(Debug)]
struct Hashed {
    hashing: Hashing,
    places: Places,
    /// The place of the one that is not hashed yet.
    left_out: Option<usize>,
}

/// For each of the three lists: the things with a hash. An attribute that is hashed as a whole stands for its values.
type Places = [HashMap<Vec<u8>, Vec<usize>>; 3];

impl<'a> Catalogue<'a> {
    pub(crate) fn new(message: &'a SignedMessage, signer: &'a SignerInfo) -> Result<Self, CmsError> {
        let mut read = message.certificates().iter().peekable();
        let (message, signer) = (message.received()?, signer.received()?);
        let members = |set: Option<&chancery_cms::ReceivedSet<'a>>| {
            set.map(|set| set.members().to_vec()).unwrap_or_default().into_iter()
        };
        // Those that were read are in the order in which they stand there.
        let certificate = |member: ReceivedElement<'a>| {
            let read = read.next_if(|read| read.to_der() == member.as_bytes());
            Thing::Certificate(member, read)
        };
        let mut things: Vec<_> = members(message.certificates()).map(certificate).collect();
        things.extend(members(message.revocations()).map(Thing::Revocation));
        things.extend(signer.unsigned_values()?.into_iter().map(Thing::Value));
        let listed_by = vec![0; things.len()];
        let hashed = Vec::new();
        let signed_fields = OnceCell::new();
        let (indices, last, left) = (0, None, MOST_LISTED);
        Ok(Self { message, signer, signed_fields, things, hashed, listed_by, indices, last, left })
    }

    /// The fields of the signer that every archive timestamp is over: put together once.
    pub(crate) fn signed_fields(&self) -> &SignedFields {
        self.signed_fields.get_or_init(|| SignedFields::of(&self.signer))
    }

    /// The values of the unsigned attributes, in order.
    pub(crate) fn values(&self) -> impl Iterator<Item = &ReceivedValue<'a>> {
        self.placed_values().map(|(_, value)| value)
    }

    /// The same, each with its place among all things.
    pub(crate) fn placed_values(&self) -> impl Iterator<Item = (usize, &ReceivedValue<'a>)> {
        self.things.iter().enumerate().filter_map(|(place, thing)| match thing {
            Thing::Value(value) => Some((place, value)),
            _ => None,
        })
    }

    /// Everything.
    pub(crate) fn things(&self) -> &[Thing<'a>] {
        &self.things
    }

    /// An index that lists everything that is there now, as it is written.
    pub(crate) fn index(&self, algorithm: DigestAlgorithm) -> Vec<u8> {
        let attributes = AttributeHashing::Values;
        let hashing = Hashing { algorithm: algorithm.into(), attributes, encoding: Encoding::Received };
        let mut lists = [const { Vec::new() }; 3];
        for thing in &self.things {
            if let Some(list) = lists.get_mut(thing.list()) {
                list.extend(thing.hash(hashing));
            }
        }
        let [certificates, revocations, attributes] = lists;
        HashIndex::write(algorithm, certificates, revocations, attributes)
    }

    /// The places of the things that an index lists, in order.
    ///
    /// An index that lists something that is not there is refused as a whole (EN 319 122-1, 5.5.2). A hash that is listed
    /// twice counts once.
    pub(crate) fn listed(&mut self, index: &HashIndex<'_>) -> Result<Vec<usize>, HashIndexFault> {
        let (algorithm, attributes) = (index.algorithm(), index.hashing());
        let hashing = Hashing { algorithm, attributes, encoding: Encoding::Received };
        let received = self.places(hashing);
        self.indices += 1;
        let index_number = self.indices;
        let last = self.last.take().filter(|(last, _)| *last == hashing);
        let last = last.map(|(_, lists)| lists).unwrap_or_default();
        let mut found: Vec<usize> = Vec::new();
        let mut missing: Vec<(usize, &[u8])> = Vec::new();
        // An attribute that is hashed as a whole stands for as many values as it has.
        let mut left = self.left;
        let mut find = |found: &mut Vec<usize>, places: &[usize]| {
            left = left.checked_sub(places.len()).ok_or(HashIndexFault::TooMuch { allowed: MOST_LISTED })?;
            found.extend(places);
            Ok::<_, HashIndexFault>(())
        };
        let mut this: [FoundList; 3] = Default::default();
        let mut alone = true;
        for (list, (octets, last)) in index.lists().into_iter().zip(&last).enumerate() {
            let places = self.hashed.get(received).and_then(|hashed| hashed.places.get(list));
            let (mut walk, mut absent) = (last.walk(), HashSet::new());
            for hash in hashes(octets) {
                let hash = hash?;
                let known = walk.place_of(hash).map(|place| [place]);
                let places = match &known {
                    Some(place) => Some(place.as_slice()),
                    None => places.and_then(|places| places.get(hash)).map(Vec::as_slice),
                };
                match places {
                    Some(places) if is_first(&mut self.listed_by, places, index_number) => {
                        find(&mut found, places)?;
                        match (places, this.get_mut(list)) {
                            (&[place], Some(this)) => this.push(hash, place),
                            _ => alone = false,
                        }
                    }
                    None if absent.insert(hash) => missing.push((list, hash)),
                    Some(_) | None => {}
                }
            }
        }
        if missing.is_empty() && alone {
            self.last = Some((hashing, this));
        }
        for encoding in [Encoding::Received, Encoding::Der] {
            if missing.is_empty() {
                break;
            }
            let all = self.all_places(Hashing { algorithm, attributes, encoding });
            let places = self.hashed.get(all).map(|hashed| &hashed.places);
            let mut still = Vec::new();
            for (list, hash) in missing {
                match places.and_then(|places| places.get(list)).and_then(|places| places.get(hash)) {
                    Some(places) => find(&mut found, places)?,
                    None => still.push((list, hash)),
                }
            }
            missing = still;
        }
        self.left = left;
        if let Some(&(list, _)) = missing.first() {
            let count = missing.iter().filter(|(other, _)| *other == list).count();
            let what = WHAT.get(list).copied().unwrap_or_default();
            return Err(HashIndexFault::Missing { what, count });
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The places of values of unsigned attributes that have one of these hashes, as [`hash`](Self::hash) makes them.
    pub(crate) fn with_hashes(&mut self, hashes: &HashSet<Vec<u8>>) -> HashSet<usize> {
        if hashes.is_empty() {
            return HashSet::new();
        }
        let places = self.all_places(Hashing::TODAY);
        let Some(Hashed { places: [.., values], .. }) = self.hashed.get(places) else {
            return HashSet::new();
        };
        values
            .iter()
            .filter(|(hash, _)| hashes.contains(*hash))
            .flat_map(|(_, places)| places)
            .copied()
            .collect()
    }

    /// The hash of the thing at this place, as our own indices list it.
    pub(crate) fn hash(&self, place: usize) -> Option<Vec<u8>> {
        self.things.get(place)?.hash(Hashing::TODAY)
    }

    /// Hashes everything, unless it was done, and says where the hashes are.
    fn all_places(&mut self, hashing: Hashing) -> usize {
        let at = self.places(hashing);
        let Some(Hashed { places: [.., values], left_out, .. }) = self.hashed.get_mut(at) else { return at };
        if let Some(place) = left_out.take() {
            let hash = self.things.get(place).and_then(|thing| thing.hash(hashing));
            hash.into_iter().for_each(|hash| values.entry(hash).or_default().push(place));
        }
        at
    }

    /// The same without the longest archive timestamp. It lists the others, and as a rule none lists it, so that it need
    /// not be hashed; it is when an index lists something that is not found otherwise.
    fn places(&mut self, hashing: Hashing) -> usize {
        if let Some(known) = self.hashed.iter().position(|known| known.hashing == hashing) {
            return known;
        }
        let left_out = self.longest_archive_timestamp().filter(|_| hashing == Hashing::TODAY);
        let mut places = Places::default();
        // The values of an attribute follow each other: hashed as a whole, it is hashed once for all of them.
        let mut whole: Option<(&[u8], Option<Vec<u8>>)> = None;
        for (index, thing) in self.things.iter().enumerate().filter(|(index, _)| Some(*index) != left_out) {
            let hash = match (thing.whole(hashing), &whole) {
                (Some(attribute), Some((last, hash))) if std::ptr::eq(*last, attribute) => hash.clone(),
                (Some(attribute), _) => {
                    let hash = thing.hash(hashing);
                    whole = Some((attribute, hash.clone()));
                    hash
                }
                (None, _) => thing.hash(hashing),
            };
            if let (Some(hash), Some(list)) = (hash, places.get_mut(thing.list())) {
                list.entry(hash).or_default().push(index);
            }
        }
        self.hashed.push(Hashed { hashing, places, left_out });
        self.hashed.len() - 1
    }

    /// Its place, if it is the longest of all values, and so none that is there twice.
    fn longest_archive_timestamp(&self) -> Option<usize> {
        let length = |value: &ReceivedValue<'_>| value.value.as_bytes().len();
        let (place, longest) = self.placed_values().max_by_key(|(_, value)| length(value))?;
        let alone = self.values().filter(|value| length(value) == length(longest)).count() == 1;
        (alone && longest.attribute == ARCHIVE_TIMESTAMP_V3).then_some(place)
    }
}

/// Whether the things with one hash are listed by this index for the first time. Indices of a thousand renewals list a
/// million hashes, so what was seen is not hashed once more.
fn is_first(listed_by: &mut [usize], places: &[usize], index: usize) -> bool {
    let last = places.first().and_then(|place| listed_by.get_mut(*place));
    last.is_some_and(|last| std::mem::replace(last, index) != index)
}

impl<'a> Thing<'a> {
    /// The attribute of a value that is hashed with all others of it.
    const fn whole(&self, hashing: Hashing) -> Option<&'a [u8]> {
        match (self, hashing.attributes) {
            (Self::Value(value), AttributeHashing::Whole) => Some(value.whole.as_bytes()),
            _ => None,
        }
    }

    /// In which of the three lists it stands.
    const fn list(&self) -> usize {
        match self {
            Self::Certificate(..) => 0,
            Self::Revocation(_) => 1,
            Self::Value(_) => 2,
        }
    }

    /// None where there is no such encoding.
    fn hash(&self, hashing: Hashing) -> Option<Vec<u8>> {
        // Lists can be large: they are not copied to be hashed.
        let encoded = |element: &ReceivedElement<'a>| match hashing.encoding {
            Encoding::Received => Some(Cow::Borrowed(element.as_bytes())),
            Encoding::Der => element.to_der().map(Cow::Owned),
        };
        if let (Self::Certificate(_, Some(read)), SHA256, Encoding::Received) =
            (self, hashing.algorithm, hashing.encoding)
        {
            // A certificate keeps this one, which is asked for again when something is proven of it.
            return Some(read.sha256().as_bytes().to_vec());
        }
        let mut hasher = hashing.algorithm.hasher();
        match (self, hashing.attributes) {
            (Self::Certificate(element, _) | Self::Revocation(element), _) => {
                hasher.update(&encoded(element)?);
            }
            (Self::Value(value), AttributeHashing::Values) => {
                hasher.update(&encoded(&value.attribute_type)?);
                hasher.update(&encoded(&value.value)?);
            }
            (Self::Value(value), AttributeHashing::Whole) => hasher.update(&encoded(&value.whole)?),
        }
        Some(hasher.finalize().as_bytes().to_vec())
    }
}
