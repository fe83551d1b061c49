//! The timestamps of a signature, each with exactly what it covers.

use std::collections::{HashMap, HashSet};

use chancery_ades::{Coverage, TimestampKind};
use chancery_chain::Evidence;
use chancery_cms::attributes::{CONTENT_TIMESTAMP, COUNTERSIGNATURE, SIGNATURE_TIMESTAMP};
use chancery_cms::{CmsError, KnownCertificates, ReceivedValue, SignedMessage, SignerInfo};
use chancery_digest::{AnyDigest, Digest, Digests, KnownDigest, Source};
use chancery_timestamp::{MatchingToken, TimestampToken, TokenFault};
use const_oid::ObjectIdentifier as Oid;
use jiff::Timestamp;

use crate::attributes::{
    ARCHIVE_TIMESTAMP_V1, ARCHIVE_TIMESTAMP_V2, ARCHIVE_TIMESTAMP_V3, ARCHIVE_TIMESTAMPS, CERTIFICATE_VALUES,
    REFERENCES_AND_SIGNATURE_TIMESTAMP, REFERENCES_TIMESTAMP, REVOCATION_VALUES,
};
use crate::catalogue::{Catalogue, Thing};
use crate::enclosed;
use crate::hash_index::HashIndex;
use crate::hash_index_fault::HashIndexFault;
use crate::imprint;
use crate::settled::Settled;

/// Timestamps of the older forms that are judged. Each is over the whole message, so that many would make the work
/// grow with the square of the message; real messages have one or two.
const MOST_OLDER_FORMS: usize = 16;

/// A timestamp as the signature has it.
#[derive(Debug)]
pub(crate) struct Stamp {
    pub(crate) kind: TimestampKind,
    pub(crate) name: String,
    /// The token as it stands in its attribute, where it does not match. One that matches holds its own bytes.
    pub(crate) value: Vec<u8>,
    pub(crate) token: Result<MatchingToken, TokenFault>,
    /// The certificates, CRLs and OCSP answers in the token, whether it matches or not: read once, for all who ask.
    pub(crate) carried: Evidence,
    /// What its digest was computed over; what the index of an archive timestamp lists, but for what an earlier one lists
    /// that is itself listed. Nothing if it does not match.
    pub(crate) covers: Coverage,
    /// Whether an archive timestamp of this signature lists it, or was taken over it.
    pub(crate) archived: Archived,
    /// Of an archive timestamp: the places of what it lists.
    listed: Vec<usize>,
    /// Its own place; none of a timestamp that was signed.
    pub(crate) place: Option<usize>,
}

/// Whether a timestamp lies under an archive timestamp.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Archived {
    Yes,
    No,
}

/// The digests that a token may have, one of which must be its own.
type PossibleDigests = Result<Vec<Digest<KnownDigest>>, TokenFault>;

/// The timestamps of a signature, and what lies under its archive timestamps.
#[derive(Debug, Default)]
pub(crate) struct Stamps {
    pub(crate) all: Vec<Stamp>,
    pub(crate) under_archive: UnderArchive,
}

/// What archive timestamps of version 3 list, as far as they can be held against the signature.
#[derive(Debug, Default)]
pub(crate) enum UnderArchive {
    /// Nothing: there is no such timestamp.
    #[default]
    Nothing,
    /// These certificates, CRLs and OCSP answers.
    Evidence(Box<Evidence>),
    /// Everything that is there, themselves apart.
    Everything,
}

/// All timestamps of a signature. `content` are digests of what was signed.
pub(crate) fn of_signer(
    message: &SignedMessage,
    signer: &SignerInfo,
    content: &Digests,
) -> Result<Stamps, CmsError> {
    of_signer_over(message, signer, content, None)
}

/// The same with detached content itself, which archive timestamps of version 2 are over.
pub(crate) fn of_signer_over(
    message: &SignedMessage,
    signer: &SignerInfo,
    content: &Digests,
    detached: Option<&dyn Source>,
) -> Result<Stamps, CmsError> {
    let mut reader = Reader::new(message, signer, content, detached)?;
    let mut stamps = reader.stamps(&HashSet::new());
    reader.mark(&mut stamps);
    reader.cover(&mut stamps);
    let under_archive = reader.under_archive(&stamps);
    // What does not match proves nothing, whatever it was meant to cover.
    stamps.iter_mut().filter(|stamp| stamp.token.is_err()).for_each(|stamp| stamp.covers = Coverage::new());
    number(&mut stamps);
    Ok(Stamps { all: stamps, under_archive })
}

/// The timestamps that are not settled, and what is settled now. What they cover is not told.
pub(crate) fn unsettled(
    message: &SignedMessage,
    signer: &SignerInfo,
    settled: &Settled,
) -> Result<(Vec<Stamp>, Settled), CmsError> {
    let content = message.content_digests();
    let mut reader = Reader::new(message, signer, &content, None)?;
    let places = reader.catalogue.with_hashes(settled.hashes());
    let mut stamps = reader.stamps(&places);
    reader.mark(&mut stamps);
    number(&mut stamps);
    stamps.retain(|stamp| stamp.place.is_none_or(|place| !places.contains(&place)));
    let mut settled = settled.clone();
    for stamp in stamps.iter().filter(|stamp| stamp.archived == Archived::Yes) {
        let hash = stamp.place.and_then(|place| reader.catalogue.hash(place));
        settled.add(hash, &stamp.carried, stamp.token.as_ref().ok().map(MatchingToken::time));
    }
    Ok((stamps, settled))
}

/// The digest algorithms with which the content must be digested to judge a message: those of its signatures, content
/// timestamps and archive timestamps. A message that holds its content digests it by itself.
#[must_use]
pub fn content_algorithms(message: &SignedMessage) -> Vec<KnownDigest> {
    let mut algorithms = message.digest_algorithms();
    for signer in message.signers() {
        let signed = signer.signed_attributes();
        let values = signed.into_iter().flat_map(|signed| signed.values(CONTENT_TIMESTAMP));
        for value in values.chain(signer.unsigned_attributes().values(ARCHIVE_TIMESTAMP_V3)) {
            let token = TimestampToken::from_ber(value).and_then(|token| token.imprint_algorithm());
            algorithms.extend(token.ok());
        }
    }
    algorithms.sort_unstable();
    algorithms.dedup();
    algorithms
}

/// Names for the report, by kind and number.
fn number(stamps: &mut [Stamp]) {
    let mut counts: Vec<(TimestampKind, usize)> = Vec::new();
    for stamp in stamps {
        let count = match counts.iter_mut().find(|(kind, _)| *kind == stamp.kind) {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                counts.push((stamp.kind, 1));
                1
            }
        };
        stamp.name = format!("{} {count}", stamp.kind);
    }
}

struct Reader<'a> {
    message: &'a SignedMessage,
    signer: &'a SignerInfo,
    content: &'a Digests,
    detached: Option<&'a dyn Source>,
    /// Digests of the content that were asked for: made once, however many timestamps need them.
    contents: Vec<(KnownDigest, Option<Digest<KnownDigest>>)>,
    catalogue: Catalogue<'a>,
    older_forms: usize,
    /// What is inside things, by their place: read once, however many timestamps list them.
    known: Vec<Option<Evidence>>,
    /// The certificates of the message: most timestamps hold the same.
    certificates: KnownCertificates<'a>,
}

impl<'a> Reader<'a> {
    fn new(
        message: &'a SignedMessage,
        signer: &'a SignerInfo,
        content: &'a Digests,
        detached: Option<&'a dyn Source>,
    ) -> Result<Self, CmsError> {
        let catalogue = Catalogue::new(message, signer)?;
        let (contents, known) = (Vec::new(), vec![None; catalogue.things().len()]);
        let certificates = KnownCertificates::new(message.certificates());
        let older_forms = 0;
        Ok(Self { message, signer, content, detached, contents, catalogue, older_forms, known, certificates })
    }

    /// All timestamps. Those at settled places are only named.
    fn stamps(&mut self, settled: &HashSet<usize>) -> Vec<Stamp> {
        let mut stamps = self.content_timestamps();
        let values: Vec<_> =
            self.catalogue.placed_values().map(|(place, value)| (place, value.clone())).collect();
        for (place, value) in values {
            let stamp = match settled.contains(&place) {
                true => Self::settled(&value),
                false => self.read(&value),
            };
            if let Some(stamp) = stamp {
                self.know(place, stamp.carried.clone());
                stamps.push(Stamp { place: Some(place), ..stamp });
            }
        }
        stamps
    }

    fn settled(value: &ReceivedValue<'_>) -> Option<Stamp> {
        let token = Err(TokenFault::NotComputed { reason: "it is settled".into() });
        let (name, value, carried) = (String::new(), kind_of(value.attribute)?, Evidence::new());
        let (covers, listed, place) = (Coverage::new(), Vec::new(), None);
        Some(Stamp {
            kind: value,
            name,
            value: Vec::new(),
            token,
            carried,
            covers,
            archived: Archived::Yes,
            listed,
            place,
        })
    }

    /// Those among what was signed: over the content (EN 319 122-1, 5.2.8).
    fn content_timestamps(&mut self) -> Vec<Stamp> {
        let signed = self.signer.signed_attributes().into_iter();
        let values = signed.flat_map(|signed| signed.values(CONTENT_TIMESTAMP));
        let stamp = |value: &[u8]| {
            let token = TimestampToken::from_ber(value).and_then(|token| {
                let algorithm = token.imprint_algorithm()?;
                let digest = self.content_digest(algorithm);
                self.matching(token, &Digests::of(digest))
            });
            Self::stamp(TimestampKind::Content, value, token)
        };
        values.map(stamp).collect()
    }

    fn read(&mut self, value: &ReceivedValue<'a>) -> Option<Stamp> {
        let (bytes, signature) = (value.value.as_bytes(), self.signer.signature());
        Some(match value.attribute {
            SIGNATURE_TIMESTAMP => {
                let token = self.token(bytes).and_then(|token| self.over(token, signature));
                let covers = Coverage::new().signature(self.signer.signature_octets());
                Stamp { covers, ..Self::stamp(TimestampKind::Signature, bytes, token) }
            }
            REFERENCES_AND_SIGNATURE_TIMESTAMP => {
                let token = self.older().and_then(|()| {
                    let covered = imprint::signature_and_references(&self.catalogue, signature);
                    self.over(self.token(bytes)?, &covered)
                });
                let covers = Coverage::new().signature(self.signer.signature_octets());
                let earlier = self.signer.unsigned_attributes().values(SIGNATURE_TIMESTAMP);
                let covers = earlier.fold(covers, Coverage::token);
                Stamp { covers, ..Self::stamp(TimestampKind::SignatureAndReferences, bytes, token) }
            }
            REFERENCES_TIMESTAMP => {
                let token = self
                    .older()
                    .and_then(|()| self.over(self.token(bytes)?, &imprint::references(&self.catalogue)));
                Self::stamp(TimestampKind::References, bytes, token)
            }
            ARCHIVE_TIMESTAMP_V3 => self.archive_v3(bytes),
            ARCHIVE_TIMESTAMP_V2 => self.archive_v2(value),
            ARCHIVE_TIMESTAMP_V1 => {
                let reason = "archive timestamps of version 1 are not judged";
                let token = Err(TokenFault::NotComputed { reason: reason.into() });
                Self::stamp(TimestampKind::Archive, bytes, token)
            }
            _ => return None,
        })
    }

    fn archive_v3(&mut self, bytes: &[u8]) -> Stamp {
        let (listed, token) = match self.token(bytes) {
            Err(fault) => (Vec::new(), Err(fault)),
            Ok(token) => match self.listed(&token) {
                Err(fault) => (Vec::new(), Err(fault)),
                Ok((listed, digests)) => {
                    (listed, digests.and_then(|digests| self.matching_one(token, digests)))
                }
            },
        };
        Stamp { listed, ..Self::stamp(TimestampKind::Archive, bytes, token) }
    }

    /// The places of what the index of a token lists, and the digests that the token may have with that index.
    fn listed(&mut self, token: &TimestampToken) -> Result<(Vec<usize>, PossibleDigests), TokenFault> {
        let not_covering = |fault: HashIndexFault| match fault {
            HashIndexFault::Unsupported { oid } => TokenFault::Unsupported { oid },
            fault @ HashIndexFault::TooMuch { .. } => TokenFault::NotComputed { reason: fault.to_string() },
            fault => TokenFault::NotCovering { reason: fault.to_string() },
        };
        let [signer] = token.message().signers() else {
            return Err(TokenFault::Signers { count: token.message().signers().len() });
        };
        let index = HashIndex::in_token(signer.unsigned_attributes()).map_err(not_covering)?;
        let imprint = token.imprint_algorithm()?;
        if index.algorithm() != imprint {
            let (index, imprint) = (index.algorithm().name(), imprint.name());
            return Err(not_covering(HashIndexFault::OtherAlgorithm { index, imprint }));
        }
        let listed = self.catalogue.listed(&index).map_err(not_covering)?;
        let digests = match self.content_digest(imprint) {
            Some(content) => Ok(imprint::archive_v3(&self.catalogue, &content, index.to_der())),
            None => Err(TokenFault::DigestMissing { algorithm: imprint.name() }),
        };
        Ok((listed, digests))
    }

    fn content_digest(&mut self, algorithm: KnownDigest) -> Option<Digest<KnownDigest>> {
        if let Some((_, known)) = self.contents.iter().find(|(known, _)| *known == algorithm) {
            return *known;
        }
        let digest = imprint::content_digest(self.message, self.content, algorithm);
        self.contents.push((algorithm, digest));
        digest
    }

    fn archive_v2(&mut self, value: &ReceivedValue<'a>) -> Stamp {
        let bytes = value.value.as_bytes();
        let mut listed = Vec::new();
        let token = self.older().and_then(|()| {
            let token = TimestampToken::from_ber(bytes)?;
            let (algorithm, time) = (token.imprint_algorithm()?, token.info().time());
            let older = self.archive_tokens_before(time);
            let is_older = |value: &ReceivedValue<'_>| older.contains(&value.value.as_bytes().as_ptr());
            // Everything is stamped as it stands, but for younger archive timestamps.
            let covered = |thing: &Thing<'_>| match thing {
                Thing::Value(value) => !ARCHIVE_TIMESTAMPS.contains(&value.attribute) || is_older(value),
                _ => true,
            };
            let things = self.catalogue.things().iter().enumerate();
            listed = things.filter(|(_, thing)| covered(thing)).map(|(place, _)| place).collect();
            let digests =
                imprint::archive_v2(&self.catalogue, self.message, self.detached, algorithm, is_older);
            let reason = "an archive timestamp of version 2 is over the content itself, which is detached";
            let digests = digests.ok_or_else(|| TokenFault::NotComputed { reason: reason.into() })?;
            self.matching_one(token, digests)
        });
        Stamp { listed, ..Self::stamp(TimestampKind::Archive, bytes, token) }
    }

    /// Where the archive timestamps stand that claim to be older.
    fn archive_tokens_before(&self, time: Timestamp) -> Vec<*const u8> {
        let archive = self.catalogue.values().filter(|value| ARCHIVE_TIMESTAMPS.contains(&value.attribute));
        let tokens = archive.map(|value| value.value.as_bytes());
        tokens
            .filter(|bytes| TimestampToken::from_ber(bytes).is_ok_and(|token| token.info().time() < time))
            .map(<[u8]>::as_ptr)
            .collect()
    }

    /// Says what lies under an archive timestamp.
    fn mark(&self, stamps: &mut [Stamp]) {
        let archived = self.listed_by(stamps.iter());
        let is_archived = |place: usize| archived.get(place).copied().unwrap_or_default();
        for stamp in stamps.iter_mut().filter(|stamp| stamp.place.is_some_and(is_archived)) {
            stamp.archived = Archived::Yes;
        }
    }

    /// For each thing, whether one of these archive timestamps lists it.
    fn listed_by<'s>(&self, stamps: impl Iterator<Item = &'s Stamp>) -> Vec<bool> {
        // Without the digest of detached content nobody knows whether it matches; what it lists is told by its index.
        let counts = |stamp: &&Stamp| {
            matches!(
                stamp.token,
                Ok(_) | Err(TokenFault::DigestMissing { .. } | TokenFault::NotComputed { .. })
            )
        };
        let mut listed = vec![false; self.catalogue.things().len()];
        for place in stamps.filter(counts).flat_map(|stamp| &stamp.listed) {
            if let Some(listed) = listed.get_mut(*place) {
                *listed = true;
            }
        }
        listed
    }

    /// What lies under archive timestamps of version 3.
    fn under_archive(&mut self, stamps: &[Stamp]) -> UnderArchive {
        let things = self.catalogue.things();
        let is_today = |place: usize| match things.get(place) {
            Some(Thing::Value(value)) => value.attribute == ARCHIVE_TIMESTAMP_V3,
            _ => false,
        };
        let listed = self.listed_by(stamps.iter().filter(|stamp| stamp.place.is_some_and(is_today)));
        if !listed.contains(&true) {
            return UnderArchive::Nothing;
        }
        // They themselves need not be, unless they hold what others need.
        let bare = |inside: &Evidence| inside.crls().is_empty() && inside.ocsp().is_empty();
        let may_be_outside = |place: usize| is_today(place) && self.inside_known(place).is_some_and(bare);
        if (0..things.len()).zip(&listed).all(|(place, listed)| *listed || may_be_outside(place)) {
            return UnderArchive::Everything;
        }
        let mut evidence = Evidence::new();
        for place in (0..listed.len()).filter(|place| listed.get(*place) == Some(&true)) {
            evidence.extend(self.inside_at(place));
        }
        UnderArchive::Evidence(Box::new(evidence))
    }

    /// What is inside the thing at this place: read once.
    fn inside_at(&mut self, place: usize) -> Evidence {
        if let Some(known) = self.inside_known(place) {
            return known.clone();
        }
        let inside = self.catalogue.things().get(place).map(|thing| self.inside(thing)).unwrap_or_default();
        self.know(place, inside.clone());
        inside
    }

    fn inside_known(&self, place: usize) -> Option<&Evidence> {
        self.known.get(place)?.as_ref()
    }

    fn know(&mut self, place: usize, inside: Evidence) {
        if let Some(known) = self.known.get_mut(place) {
            *known = Some(inside);
        }
    }

    /// Says what the archive timestamps cover.
    ///
    /// What a listed timestamp that matches covers is covered with it, and not told again: else a thousand renewals would
    /// be told a million things.
    fn cover(&mut self, stamps: &mut [Stamp]) {
        // By place: a thousand renewals ask a million times.
        let mut matched: Vec<Option<(Timestamp, usize)>> = vec![None; self.catalogue.things().len()];
        for (index, stamp) in stamps.iter().enumerate().filter(|(_, one)| one.kind == TimestampKind::Archive)
        {
            if let (Some(place), Ok(token)) = (stamp.place, &stamp.token)
                && let Some(known) = matched.get_mut(place)
            {
                *known = Some((token.time(), index));
            }
        }
        let mut told: Vec<(usize, Vec<usize>)> = Vec::new();
        for (index, stamp) in stamps.iter().enumerate() {
            let (TimestampKind::Archive, Ok(token)) = (stamp.kind, &stamp.token) else { continue };
            let earlier = stamp.listed.iter().filter_map(|place| matched.get(*place)?.as_ref());
            let latest = earlier.filter(|(time, _)| *time <= token.time()).max();
            let before =
                latest.and_then(|(_, index)| stamps.get(*index)).map(|earlier| earlier.listed.as_slice());
            let before = before.unwrap_or_default();
            told.push((index, without(&stamp.listed, before)));
        }
        let tokens: HashMap<usize, MatchingToken> = match told.is_empty() {
            true => HashMap::new(),
            false => stamps
                .iter()
                .filter_map(|stamp| Some((stamp.place?, stamp.token.as_ref().ok()?.clone())))
                .collect(),
        };
        for (index, places) in told {
            let covers = self.coverage(&places, &tokens);
            if let Some(stamp) = stamps.get_mut(index) {
                stamp.covers = covers;
            }
        }
    }

    /// What is proven by a digest over these things: the signature always, since its fields are stamped with them.
    /// `tokens` are those that match, by their places.
    fn coverage(&mut self, places: &[usize], tokens: &HashMap<usize, MatchingToken>) -> Coverage {
        let mut covers = Coverage::new().signature(self.signer.signature_octets());
        let signed = self.signer.signed_attributes().into_iter();
        for token in signed.flat_map(|signed| signed.values(CONTENT_TIMESTAMP)) {
            covers = covers.token(token);
        }
        for &place in places {
            let Some(thing) = self.catalogue.things().get(place) else { continue };
            covers = match (thing, tokens.get(&place)) {
                (Thing::Value(_), Some(token)) => covers.matching_token(token.clone()),
                (Thing::Value(value), None) => value_itself(covers, value),
                _ => covers,
            };
            covers = covers.evidence(self.inside_at(place));
        }
        covers
    }

    /// The certificates, CRLs and OCSP answers that a thing is or holds.
    fn inside(&self, thing: &Thing<'a>) -> Evidence {
        match thing {
            Thing::Certificate(element, read) => {
                let read = read.or_else(|| self.certificates.find(element.as_bytes()));
                Evidence::new().with_certificates(read.cloned())
            }
            Thing::Revocation(element) => enclosed::of_revocation(element.as_bytes(), self.message),
            Thing::Value(value) => {
                let bytes = value.value.as_bytes();
                match value.attribute {
                    CERTIFICATE_VALUES => enclosed::certificate_values(bytes).unwrap_or_default(),
                    REVOCATION_VALUES => enclosed::revocation_values(bytes).unwrap_or_default(),
                    // What is inside timestamps is known since they were read.
                    _ => Evidence::new(),
                }
            }
        }
    }

    /// A token of the message, whose memory it shares.
    fn token(&self, bytes: &[u8]) -> Result<TimestampToken, TokenFault> {
        TimestampToken::from_ber_knowing(self.signer.octets().part(bytes), &self.certificates)
    }

    /// One more timestamp of an older form, if that is not too much.
    fn older(&mut self) -> Result<(), TokenFault> {
        self.older_forms += 1;
        if self.older_forms <= MOST_OLDER_FORMS {
            return Ok(());
        }
        let reason =
            format!("only {MOST_OLDER_FORMS} timestamps of older forms are judged for each signature");
        Err(TokenFault::NotComputed { reason })
    }

    fn over(&self, token: TimestampToken, covered: &[u8]) -> Result<MatchingToken, TokenFault> {
        let algorithm = token.imprint_algorithm()?;
        self.matching(token, &Digests::of([algorithm.digest(covered)]))
    }

    /// The token must match one of these.
    fn matching_one(
        &self,
        token: TimestampToken,
        digests: impl IntoIterator<Item = Digest<KnownDigest>>,
    ) -> Result<MatchingToken, TokenFault> {
        let stamped = token.info().imprint().digest().to_vec();
        let digests: Vec<_> = digests.into_iter().collect();
        let one = digests.iter().find(|digest| digest.as_bytes() == stamped).or(digests.first());
        self.matching(token, &Digests::of(one.copied()))
    }

    fn matching(&self, token: TimestampToken, covered: &Digests) -> Result<MatchingToken, TokenFault> {
        token.matching(covered, self.message.certificates())
    }

    fn stamp(kind: TimestampKind, value: &[u8], token: Result<MatchingToken, TokenFault>) -> Stamp {
        let carried = match &token {
            Ok(token) => enclosed::of_token(token.message()),
            Err(_) => {
                SignedMessage::from_ber(value).map(|token| enclosed::of_token(&token)).unwrap_or_default()
            }
        };
        Stamp {
            kind,
            name: String::new(),
            value: if token.is_ok() { Vec::new() } else { value.to_vec() },
            token,
            carried,
            covers: Coverage::new(),
            archived: Archived::No,
            listed: Vec::new(),
            place: None,
        }
    }
}

pub(crate) fn is_timestamp(attribute: Oid) -> bool {
    kind_of(attribute).is_some()
}

/// The kind of the timestamps in an unsigned attribute.
fn kind_of(attribute: Oid) -> Option<TimestampKind> {
    Some(match attribute {
        SIGNATURE_TIMESTAMP => TimestampKind::Signature,
        REFERENCES_AND_SIGNATURE_TIMESTAMP => TimestampKind::SignatureAndReferences,
        REFERENCES_TIMESTAMP => TimestampKind::References,
        archive if ARCHIVE_TIMESTAMPS.contains(&archive) => TimestampKind::Archive,
        _ => return None,
    })
}

/// What is in the first list and not in the second; both are in order.
fn without(all: &[usize], others: &[usize]) -> Vec<usize> {
    let mut others = others.iter().peekable();
    let mut is_other = |place: &usize| {
        while others.next_if(|other| *other < place).is_some() {}
        others.peek() == Some(&place)
    };
    all.iter().filter(|place| !is_other(place)).copied().collect()
}

/// What the value of an unsigned attribute is, if it is something whose existence matters.
fn value_itself(covers: Coverage, value: &ReceivedValue<'_>) -> Coverage {
    let bytes = value.value.as_bytes();
    match value.attribute {
        oid if is_timestamp(oid) => covers.token(bytes),
        COUNTERSIGNATURE => match SignerInfo::from_ber(bytes) {
            Ok(signer) => covers.signature(signer.signature_octets()),
            Err(_) => covers,
        },
        _ => covers,
    }
}
