//! Reading messages whose content need not fit into memory.

use std::io::{self, Read, Write};

use chancery_digest::{DigestAlgorithm, Digests, KnownDigest, Source};

use super::scan::{MAX_DIGESTS, Wanted, scan};
use crate::error::CmsError;
use crate::message::SignedMessage;

/// How much is kept of a message beside its content, unless another limit is set: certificates, CRLs and signers.
const HELD_AT_MOST: usize = 8 << 20;

/// Reads messages with content of any size, from a file or from a pipe, in one pass and constant memory.
///
/// The content is digested as it streams by and not kept. What comes out is a [`SignedMessage`] like any other, but for
/// [`content`](SignedMessage::content), which is not there, and [`to_bytes`](SignedMessage::to_bytes), which are the
/// bytes of the message without its content: a detached message. Everything else is kept as it was received.
///
/// BER and DER are read, in definite and indefinite lengths, with the content in one piece or many; also in PEM and
/// Base64, which are recognised.
///
/// ```no_run
/// use chancery_cms::{MessageReader, SignerCheck};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // What is written cannot be trusted before the verdict: it goes to a file that nobody else looks at.
/// let mut content = std::fs::File::create("video.mp4.unverified")?;
/// let signed = std::fs::File::open("video.mp4.p7m")?;
/// let message = MessageReader::new().copying_content_to(&mut content).read(signed)?;
/// let digests = message.content_digests();
/// let sound = |signer: &chancery_cms::SignerInfo| {
///     matches!(signer.check(&message, &digests, &[]), SignerCheck::Sound(_))
/// };
/// if !message.signers().is_empty() && message.signers().iter().all(sound) {
///     std::fs::rename("video.mp4.unverified", "video.mp4")?; // once the certificates are found to be good, too
/// }
/// # Ok(()) }
/// ```
#[derive(Default)]
pub struct MessageReader<'a> {
    limit: Option<usize>,
    /// Beside those that the message announces.
    algorithms: Vec<KnownDigest>,
    copy: Option<&'a mut dyn Write>,
}

impl<'a> MessageReader<'a> {
    /// Reads with the usual limit, and copies nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many bytes may be kept beside the content; 8 MiB unless set. A message that has more is not read.
    #[must_use]
    pub fn holding_at_most(mut self, bytes: usize) -> Self {
        self.limit = Some(bytes);
        self
    }

    /// Digests the content with this algorithm too, whatever the message announces: for a signer who will be
    /// [added](SignedMessage::with_signer).
    #[must_use]
    pub fn digesting(mut self, algorithm: DigestAlgorithm) -> Self {
        if !self.algorithms.contains(&algorithm.into()) {
            self.algorithms.push(algorithm.into());
        }
        self
    }

    /// Writes the content to `copy` as it streams by.
    ///
    /// It is written *before* anything is known of its signatures, and also if reading ends in an error: do not use it
    /// before the verdict. Write it to a temporary file, and rename that when all is well.
    #[must_use]
    pub fn copying_content_to(mut self, copy: &'a mut dyn Write) -> Self {
        self.copy = Some(copy);
        self
    }

    /// Reads a message from a reader, which is read to its end. No buffer is needed around it.
    ///
    /// The content is digested with the algorithms that the message announces before it, four at most, or with SHA-256 if
    /// it announces none. A signer who uses another one is reported as
    /// [`ContentDigestNotComputed`](crate::SignerFault::ContentDigestNotComputed).
    ///
    /// # Errors
    /// The reader or the copy fails, the bytes are not one message and nothing else, or there is too much beside the
    /// content.
    pub fn read(self, reader: impl Read) -> Result<SignedMessage, CmsError> {
        let wanted = Wanted::AnnouncedAnd(&self.algorithms);
        scan(reader, wanted, self.limit.unwrap_or(HELD_AT_MOST), self.copy)
    }

    /// Reads a message from a file or another source. As [`read`](Self::read), but where a signer uses an algorithm that
    /// was not announced, the source is read a second time to digest the content with it. Not if MD5 and SHA-1 are all that
    /// was announced: they cannot show that the content is still the same.
    ///
    /// # Errors
    /// As [`read`](Self::read), or the source changed between the two times.
    pub fn read_source(self, source: &(impl Source + ?Sized)) -> Result<SignedMessage, CmsError> {
        let limit = self.limit.unwrap_or(HELD_AT_MOST);
        let first =
            scan(SourceReader { source, at: 0 }, Wanted::AnnouncedAnd(&self.algorithms), limit, self.copy)?;
        let Some(seen) = first.streamed_digests() else { return Ok(first) };
        let mut needed = self.algorithms.clone();
        needed.extend(
            first.digest_algorithms().iter().filter(|&algorithm| !self.algorithms.contains(algorithm)),
        );
        if needed.iter().all(|&algorithm| seen.find(algorithm).is_some()) {
            return Ok(first);
        }
        // One that was computed the first time shows that it is the same content. MD5 and SHA-1 do not show that: whoever
        // owns the source can make two contents that share them.
        let current = DigestAlgorithm::ALL.iter().map(|&algorithm| KnownDigest::from(algorithm));
        let Some(witness) = current.into_iter().find(|&algorithm| seen.find(algorithm).is_some()) else {
            return Ok(first);
        };
        let others = needed.into_iter().filter(|&algorithm| algorithm != witness);
        let algorithms: Vec<KnownDigest> = [witness].into_iter().chain(others).take(MAX_DIGESTS).collect();
        let second = scan(SourceReader { source, at: 0 }, Wanted::Only(&algorithms), limit, None)?;
        let same = |digests: &Digests| digests.find(witness) == seen.find(witness);
        if !second.streamed_digests().is_some_and(same) || second.to_bytes() != first.to_bytes() {
            return Err(CmsError::SourceChanged);
        }
        Ok(second)
    }
}

impl std::fmt::Debug for MessageReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessageReader").field("limit", &self.limit).finish_non_exhaustive()
    }
}

/// The bytes of a source, one after another.
struct SourceReader<'a, S: ?Sized> {
    source: &'a S,
    at: u64,
}

impl<S: Source + ?Sized> Read for SourceReader<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read_at(self.at, buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}
