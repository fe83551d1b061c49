//! A CRL that is not in memory: in a file, or wherever its bytes lie.

use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use chancery_certificate::Name;
use chancery_certificate::asn1::{self, tag};
use chancery_digest::{AnyDigest, Digest, Hasher, KnownDigest, Source};

use crate::revocation::crl::RevocationList;
use crate::revocation::crl_error::RevocationListError;
use crate::revocation::entries::Entries;
use crate::revocation::finder::{Finder, Wanted};
use crate::revocation::list_values::RevokedEntry;
use crate::revocation::scope::EntriesOf;

/// Octets that are read at once, and those of the longest entry.
const CHUNK: usize = 64 * 1024;
const ENDED: &str = "the bytes end before the list does";
/// Octets of what may stand before the entries, and of what may stand after them.
const LONGEST_FRAME: usize = 64 * 1024;

/// A CRL in a [`Source`], for example a [`FileSource`](chancery_digest::FileSource): lists of hundreds of megabytes
/// are judged in little memory.
///
/// What stands before and after the entries is read and kept when it is opened. The entries are read when a
/// certificate is looked for: from beginning to end, once for the signature and the first certificate together, and
/// once for each further certificate that the list may speak of. Each reading is hashed. Where it differs from the
/// one whose signature was checked, because somebody wrote into the file meanwhile, it is no evidence.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use chancery_chain::{CrlSource, Evidence};
/// use chancery_digest::FileSource;
///
/// let list = CrlSource::open(Arc::new(FileSource::open("authority.crl")?))?;
/// let evidence = Evidence::new().with_crl_source(list);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct CrlSource(Arc<Parts>);

struct Parts {
    source: Arc<dyn Source>,
    /// The same list without its entries, as DER. Its signature does not verify: it is there to be read.
    frame: Vec<u8>,
    /// What is signed before the entries, and after them: kept, so that what was read is what the digest is of.
    before: Vec<u8>,
    after: Vec<u8>,
    /// The content of `revokedCertificates`.
    entries: Range<u64>,
}

/// What one reading of the whole list tells.
pub(crate) struct Reading {
    /// The digest of what is signed, if it was asked for.
    pub(crate) digest: Option<Digest<KnownDigest>>,
    pub(crate) entry: Option<RevokedEntry>,
}

impl CrlSource {
    /// Reads what stands around the entries.
    ///
    /// # Errors
    /// When the source cannot be read, is no CRL in DER, has bytes after it, or more than 64 KiB before or after the
    /// entries.
    pub fn open(source: Arc<dyn Source>) -> Result<Self, RevocationListError> {
        let length = source.len();
        let head = read(&*source, 0..length.min(LONGEST_FRAME as u64))?;
        let mut walk = Walk { head: &head, at: 0 };
        let list = walk.enter(tag::SEQUENCE)?;
        if list.end != length {
            let what = if list.end < length { "the list has bytes after it" } else { ENDED };
            return Err(RevocationListError::Frame { offset: 0, what });
        }
        let begin = walk.at;
        let signed = walk.enter(tag::SEQUENCE)?;
        if signed.end > list.end {
            return Err(RevocationListError::Frame { offset: begin, what: ENDED });
        }
        let fields = walk.at;
        if walk.peek() == Some(tag::INTEGER) {
            walk.skip()?;
        }
        // The algorithm, the name of the issuer, and one time or two.
        walk.skip()?;
        walk.skip()?;
        walk.skip()?;
        if matches!(walk.peek(), Some(tag::UTC_TIME | tag::GENERALIZED_TIME)) {
            walk.skip()?;
        }
        let before = walk.at;
        let has_entries = (before as u64) < signed.end && walk.peek() == Some(tag::SEQUENCE);
        let entries = if has_entries { walk.enter(tag::SEQUENCE)? } else { before as u64..before as u64 };
        if entries.end > signed.end {
            return Err(RevocationListError::Frame { offset: before, what: ENDED });
        }
        if list.end - entries.end > LONGEST_FRAME as u64 {
            return Err(RevocationListError::TooLong {
                what: "what stands after the entries",
                allowed: LONGEST_FRAME,
            });
        }
        let after = read(&*source, entries.end..signed.end)?;
        let outside = read(&*source, signed.end..list.end)?;
        // Empty, but there: what stands in the place of the entries must not be what stands after them.
        let none = if has_entries { asn1::sequence(&[]) } else { Vec::new() };
        let frame = asn1::sequence(&[&asn1::sequence(&[&head[fields..before], &none, &after]), &outside]);
        RevocationList::from_der(&frame)?;
        let before = head[begin..walk.at].to_vec();
        Ok(Self(Arc::new(Parts { source, frame, before, after, entries })))
    }

    /// Where the bytes lie.
    pub fn source(&self) -> &Arc<dyn Source> {
        &self.0.source
    }

    /// Looks for the certificate with this serial number (content octets of the INTEGER) of this issuer, as
    /// [`RevocationList::find`] does. Every entry is read, in little memory.
    ///
    /// # Errors
    /// When the source or an entry cannot be read, or an entry has a critical extension that is not known here.
    pub fn find(&self, serial: &[u8], issuer: &Name) -> Result<Option<RevokedEntry>, RevocationListError> {
        let wanted = Wanted { serial, issuer, entries_of: EntriesOf::Others };
        Ok(self.read_through(&self.frame()?, wanted, None)?.entry)
    }

    /// The whole list, in memory.
    ///
    /// # Errors
    /// Whatever the medium reports.
    pub fn to_der(&self) -> io::Result<Vec<u8>> {
        let source = &self.0.source;
        Ok(source.read_range(0..source.len())?.into_owned())
    }

    /// The list without its entries.
    pub(crate) fn frame(&self) -> Result<RevocationList<'_>, RevocationListError> {
        RevocationList::from_der(&self.0.frame)
    }

    /// Whether both are the same list at the same place.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Reads the list from beginning to end, which must be of this frame: looks for a certificate, and makes the
    /// digest if one is asked for.
    pub(crate) fn read_through(
        &self,
        frame: &RevocationList<'_>,
        wanted: Wanted<'_>,
        digest: Option<KnownDigest>,
    ) -> Result<Reading, RevocationListError> {
        let mut hasher = digest.map(AnyDigest::hasher);
        let mut finder = frame.finder(wanted);
        if let Some(hasher) = &mut hasher {
            hasher.update(&self.0.before);
        }
        self.walk(&mut finder, hasher.as_mut())?;
        if let Some(hasher) = &mut hasher {
            hasher.update(&self.0.after);
        }
        Ok(Reading { digest: hasher.map(Hasher::finalize), entry: finder.found() })
    }

    fn walk(
        &self,
        finder: &mut Finder<'_>,
        mut hasher: Option<&mut Hasher<KnownDigest>>,
    ) -> Result<(), RevocationListError> {
        let Parts { source, entries, .. } = &*self.0;
        let mut buffer = vec![0; CHUNK];
        let mut next = entries.start;
        // Octets of an entry that goes on in the next chunk, at the beginning of the buffer.
        let mut kept = 0;
        while next < entries.end {
            let left = usize::try_from(entries.end - next).unwrap_or(usize::MAX);
            let count = left.min(buffer.len() - kept);
            let filled = kept + count;
            let new = &mut buffer[kept..filled];
            source.read_exact_at(next, new).map_err(|error| unreadable(&error))?;
            if let Some(hasher) = &mut hasher {
                hasher.update(new);
            }
            next += count as u64;
            let offset = usize::try_from(next).unwrap_or(usize::MAX).saturating_sub(filled);
            let mut walked = Entries::new(&buffer[..filled], offset);
            let mut done = offset;
            while let Some(entry) = walked.next() {
                match entry {
                    Ok(entry) => finder.visit(&entry)?,
                    // It is damaged, or its end is still to come.
                    Err(damaged) if next == entries.end || done == offset => return Err(damaged),
                    Err(_) => break,
                }
                done = walked.offset();
            }
            buffer.copy_within(done - offset..filled, 0);
            kept = filled - (done - offset);
        }
        Ok(())
    }
}

impl fmt::Debug for CrlSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CrlSource({} bytes)", self.0.source.len())
    }
}

/// Walks over the elements at the beginning of a list.
struct Walk<'h> {
    head: &'h [u8],
    at: usize,
}

impl Walk<'_> {
    fn peek(&self) -> Option<u8> {
        self.head.get(self.at).copied()
    }

    /// Steps into the next element, which must have this tag: where its content lies.
    fn enter(&mut self, expected: u8) -> Result<Range<u64>, RevocationListError> {
        let (found, content) = self.header()?;
        if found != expected {
            return Err(RevocationListError::Frame { offset: self.at, what: "another element belongs here" });
        }
        self.at = usize::try_from(content.start).unwrap_or(usize::MAX);
        Ok(content)
    }

    /// Steps over the next element, which must lie in the bytes at hand whole.
    fn skip(&mut self) -> Result<(), RevocationListError> {
        let (_, content) = self.header()?;
        let end = usize::try_from(content.end).ok().filter(|end| *end <= self.head.len());
        self.at = end.ok_or(RevocationListError::TooLong {
            what: "what stands before the entries",
            allowed: LONGEST_FRAME,
        })?;
        Ok(())
    }

    /// Tag and place of the content of the next element: definite and minimal length (X.690 §10.1).
    fn header(&self) -> Result<(u8, Range<u64>), RevocationListError> {
        let offset = self.at;
        let error = |what| RevocationListError::Frame { offset, what };
        let rest = self.head.get(offset..).unwrap_or_default();
        let [tag, first, rest @ ..] = rest else { return Err(error(ENDED)) };
        let malformed = || error("the length is not in the distinguished encoding (DER)");
        let (length, octets) = match first {
            0..=0x7f => (u64::from(*first), 0),
            0x81..=0x87 => {
                let octets = usize::from(first & 0x7f);
                let bytes = rest.get(..octets).ok_or_else(|| error(ENDED))?;
                let length = bytes.iter().fold(0, |length, byte| length << 8 | u64::from(*byte));
                if bytes.first() == Some(&0) || length < 0x80 {
                    return Err(malformed());
                }
                (length, octets)
            }
            _ => return Err(malformed()),
        };
        let start = (offset + 2 + octets) as u64;
        Ok((*tag, start..start + length))
    }
}

fn read(source: &dyn Source, range: Range<u64>) -> Result<Vec<u8>, RevocationListError> {
    Ok(source.read_range(range).map_err(|error| unreadable(&error))?.into_owned())
}

fn unreadable(error: &io::Error) -> RevocationListError {
    RevocationListError::Unreadable { reason: error.to_string() }
}
