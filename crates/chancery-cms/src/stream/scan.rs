//! One pass over a message: its content digested as it streams by, everything else kept.

use std::io::{Read, Write};

use chancery_certificate::asn1;
use chancery_certificate::asn1::tag::{self, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET};
use chancery_digest::{AnyDigest, DigestAlgorithm, Digests, Hasher, KnownDigest};
use const_oid::ObjectIdentifier as Oid;

use super::input::{Entered, Input};
use super::recogniser::Recogniser;
use crate::attributes::SIGNED_DATA;
use crate::ber::{self, CONSTRUCTED_OCTET_STRING, MAX_DEPTH};
use crate::error::{BerFault, CmsError};
use crate::message::{Content, SignedMessage};
use crate::signer::Algorithm;

/// With how many algorithms content is digested in one pass. Messages of many signers use two or three; each costs
/// as much as reading the content once more.
pub(crate) const MAX_DIGESTS: usize = 4;

/// How many digest algorithms may be announced.
const MAX_ANNOUNCED: usize = 1_000;

/// Where the bytes that were kept stood in the stream, so that faults are told where they are.
struct Kept {
    /// The fields before encapContentInfo.
    before: Vec<u8>,
    before_at: u64,
    /// The element eContentType.
    encapsulated: Vec<u8>,
    /// The fields after encapContentInfo.
    after: Vec<u8>,
    after_at: u64,
}

/// With which algorithms content is digested.
#[derive(Copy, Clone)]
pub(crate) enum Wanted<'a> {
    /// With these, and those that the message announces.
    AnnouncedAnd(&'a [KnownDigest]),
    Only(&'a [KnownDigest]),
}

impl Wanted<'_> {
    fn beside(self, announced: &[KnownDigest]) -> Vec<KnownDigest> {
        match self {
            Self::Only(algorithms) => algorithms.to_vec(),
            Self::AnnouncedAnd(further) => {
                // Some messages announce nothing; this is what nearly all signers use.
                let usual = [KnownDigest::from(DigestAlgorithm::Sha256)];
                let announced = if announced.is_empty() { &usual } else { announced };
                let others = announced.iter().filter(|algorithm| !further.contains(algorithm));
                further.iter().chain(others).copied().collect()
            }
        }
    }
}

/// Reads a message. The content is digested and given to `copy`.
pub(crate) fn scan(
    reader: impl Read,
    wanted: Wanted<'_>,
    limit: usize,
    copy: Option<&mut dyn Write>,
) -> Result<SignedMessage, CmsError> {
    let mut input = Input::new(reader);
    let info = input.expect(SEQUENCE, "ContentInfo")?;
    let mut kind = Vec::new();
    let oid = expect_kept(&mut input, &info, OBJECT_IDENTIFIER, &mut kind, limit, "ContentInfo.contentType")?;
    if oid != SIGNED_DATA {
        return Err(CmsError::NotSignedData { content_type: oid });
    }
    let explicit = input.expect(tag::constructed(0), "ContentInfo.content")?;
    let signed_data = input.expect(SEQUENCE, "SignedData")?;

    let before_at = input.position();
    let mut before = Vec::new();
    input.keep(&mut before, limit, "SignedData.version")?;
    let version_len = before.len();
    input.keep(&mut before, limit, "SignedData.digestAlgorithms")?;
    let announced = announced(before.get(version_len..).unwrap_or_default());
    let announced =
        announced.map_err(|error| moved(error, 0, before_at.saturating_add(version_len as u64)))?;

    let encapsulated = input.expect(SEQUENCE, "SignedData.encapContentInfo")?;
    let mut kept = Vec::new();
    expect_kept(&mut input, &encapsulated, OBJECT_IDENTIFIER, &mut kept, limit, "eContentType")?;
    let content = match input.next_tag(&encapsulated)? {
        Some(tag) if tag == tag::constructed(0) => {
            let explicit = input.expect(tag, "eContent")?;
            let algorithms = wanted.beside(&announced);
            let mut sink = Sink::new(&algorithms, copy);
            let other_type = read_content(&mut input, &explicit, &mut sink, limit)?;
            input.leave(explicit, "eContent")?;
            Some(sink.into_content(other_type))
        }
        _ => None,
    };
    input.leave(encapsulated, "encapContentInfo")?;

    let after_at = input.position();
    // One limit for all that is kept.
    let before_len = before.len();
    while input.next_tag(&signed_data)?.is_some() {
        input.keep(&mut before, limit, "SignedData")?;
    }
    let after = before.split_off(before_len);
    input.leave(signed_data, "SignedData")?;
    input.leave(explicit, "ContentInfo.content")?;
    input.leave(info, "ContentInfo")?;
    input.finish("ContentInfo")?;
    let message = Kept { before, before_at, encapsulated: kept, after, after_at }.into_message()?;
    Ok(match content {
        Some(content) => message.with_content(content),
        None => message,
    })
}

impl Kept {
    /// The message without its content.
    fn into_message(self) -> Result<SignedMessage, CmsError> {
        let encapsulated = asn1::sequence(&[&self.encapsulated]);
        let signed_data = asn1::sequence(&[&self.before, &encapsulated, &self.after]);
        let explicit = asn1::encode(tag::constructed(0), &signed_data);
        let bytes = asn1::sequence(&[&asn1::oid(&SIGNED_DATA), &explicit]);
        let after = bytes.len().saturating_sub(self.after.len());
        let before = after.saturating_sub(encapsulated.len() + self.before.len());
        SignedMessage::read(bytes, &[]).map_err(|error| match error {
            CmsError::Malformed { at, .. } if at >= after => moved(error, after, self.after_at),
            error => moved(error, before, self.before_at),
        })
    }
}

/// The error with its place in the stream instead of that in the bytes that were kept.
fn moved(error: CmsError, from: usize, to: u64) -> CmsError {
    match error {
        CmsError::Malformed { at, what, fault } => {
            let to = usize::try_from(to).unwrap_or(usize::MAX);
            CmsError::Malformed { at: at.saturating_sub(from).saturating_add(to), what, fault }
        }
        error => error,
    }
}

/// Keeps the next element, an object identifier, and says what it is.
fn expect_kept(
    input: &mut Input<impl Read>,
    within: &Entered,
    expected: u8,
    kept: &mut Vec<u8>,
    limit: usize,
    what: &'static str,
) -> Result<Oid, CmsError> {
    let at = input.position();
    match input.next_tag(within)? {
        Some(found) if found != expected => {
            return Err(input.fault(what, BerFault::Tag { expected, found }));
        }
        _ => input.keep(kept, limit, what)?,
    }
    let read = ber::Reader::new(kept).any(what).and_then(|element| element.oid(what));
    read.map_err(|error| moved(error, 0, at))
}

/// The digest algorithms that we know among those announced, each once.
fn announced(set: &[u8]) -> Result<Vec<KnownDigest>, CmsError> {
    const WHAT: &str = "SignedData.digestAlgorithms";
    let mut reader = ber::Reader::new(set).expect(SET, WHAT)?.reader();
    let (mut known, mut count) = (Vec::new(), 0);
    while !reader.is_empty() {
        count += 1;
        if count > MAX_ANNOUNCED {
            return Err(CmsError::TooMany { what: "digest algorithms", limit: MAX_ANNOUNCED });
        }
        let algorithm = Algorithm::read(&reader.any(WHAT)?, WHAT)?;
        known.extend(KnownDigest::from_oid(&algorithm.oid()).filter(|digest| !known.contains(digest)));
    }
    Ok(known)
}

/// Reads the one element within eContent. Gives its identifier octet if that is not the one of an OCTET STRING (PKCS #7).
fn read_content(
    input: &mut Input<impl Read>,
    explicit: &Entered,
    sink: &mut Sink<'_>,
    limit: usize,
) -> Result<Option<u8>, CmsError> {
    const WHAT: &str = "eContent";
    if let Some(tag) = input.next_tag(explicit)?
        && tag != OCTET_STRING
        && tag != CONSTRUCTED_OCTET_STRING
    {
        read_other_content(input, sink, limit)?;
        return Ok(Some(tag));
    }
    // Constructed strings that are still open, the innermost last.
    let mut open: Vec<Entered> = Vec::new();
    loop {
        let next = match open.last() {
            None => Some(OCTET_STRING),
            Some(string) => input.next_tag(string)?,
        };
        if next.is_none() {
            if let Some(string) = open.pop() {
                input.leave(string, WHAT)?;
            }
        } else {
            let header = input.header(WHAT)?;
            match (header.tag, header.content) {
                (OCTET_STRING, Some(length)) => input.take(length, WHAT, |bytes| sink.take(bytes))?,
                // The same limit as in memory, where the outermost string counts as well.
                (CONSTRUCTED_OCTET_STRING, _) if open.len() >= MAX_DEPTH => {
                    return Err(input.fault(WHAT, BerFault::TooDeep { limit: MAX_DEPTH }));
                }
                (CONSTRUCTED_OCTET_STRING, _) => open.push(input.enter(&header, WHAT)?),
                (found, _) => {
                    return Err(input.fault(WHAT, BerFault::Tag { expected: OCTET_STRING, found }));
                }
            }
        }
        if open.is_empty() {
            return Ok(None);
        }
    }
}

/// Digests content of another type than an OCTET STRING: the content octets of its DER encoding. That encoding is known
/// only at the end if the length is indefinite, so then the content has to fit into what may be kept.
fn read_other_content(
    input: &mut Input<impl Read>,
    sink: &mut Sink<'_>,
    limit: usize,
) -> Result<(), CmsError> {
    const WHAT: &str = "eContent";
    // Nobody is given what nobody vouches for.
    sink.copy = None;
    let (at, mut kept) = (input.position(), Vec::new());
    let header = input.header(WHAT)?;
    match header.content {
        Some(length) => input.take(length, WHAT, |bytes| sink.take(bytes)),
        None => {
            input.keep_from(&header, &mut kept, limit, WHAT)?;
            let octets = ber::Reader::new(&kept).any(WHAT)?.to_der_content();
            let fault = BerFault::Content("element that DER can encode");
            let octets =
                octets.ok_or_else(|| moved(CmsError::Malformed { at: 0, what: WHAT, fault }, 0, at))?;
            sink.take(&octets)
        }
    }
}

/// Where content goes.
struct Sink<'a> {
    hashers: Vec<Hasher<KnownDigest>>,
    recogniser: Recogniser,
    copy: Option<&'a mut dyn Write>,
}

impl<'a> Sink<'a> {
    fn new(algorithms: &[KnownDigest], copy: Option<&'a mut dyn Write>) -> Self {
        let hashers = algorithms.iter().take(MAX_DIGESTS).map(|algorithm| algorithm.hasher()).collect();
        Self { hashers, recogniser: Recogniser::default(), copy }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), CmsError> {
        self.hashers.iter_mut().for_each(|hasher| hasher.update(bytes));
        self.recogniser.update(bytes);
        match &mut self.copy {
            Some(copy) => copy.write_all(bytes).map_err(CmsError::Output),
            None => Ok(()),
        }
    }

    fn into_content(self, other_type: Option<u8>) -> Content {
        Content::Streamed {
            digests: Digests::of(self.hashers.into_iter().map(Hasher::finalize)),
            length: self.recogniser.total(),
            shape: self.recogniser.finish(),
            other_type,
        }
    }
}
