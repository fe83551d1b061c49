//! Content of any size put into a message that stands already.

use std::io::{self, Write};

use chancery_certificate::asn1::tag::{OBJECT_IDENTIFIER, SEQUENCE};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, Hasher, KnownDigest};

use super::definite::head;
use crate::ber::Reader;
use crate::content_info::signed_data;
use crate::error::CmsError;
use crate::message::SignedMessage;

impl SignedMessage {
    /// Begins to write this message with its content, which follows through the [`io::Write`] that is given back: for a
    /// detached message, or one whose content [streamed by](crate::MessageReader).
    ///
    /// With it a signer or a counter-signature is added to a message that encloses gigabytes, in constant memory: read
    /// the message, add to it, and read it again, its content being copied into this. No byte of what was signed, of
    /// signers or certificates is changed; the frame around them has definite lengths, and the content is in one piece.
    ///
    /// ```no_run
    /// use chancery_cms::{MessageReader, SignedMessage};
    /// use chancery_digest::FileSource;
    ///
    /// # fn add(message: SignedMessage) -> SignedMessage { message }
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let file = FileSource::open("video.mp4.p7m")?;
    /// let message = MessageReader::new().read_source(&file)?;
    /// let length = message.content_len().ok_or("it holds no content")?;
    /// let message = add(message); // `with_signer`, `with_countersignature`, `with_unsigned_attribute`, ...
    /// let mut content = message.enclosing(length, std::fs::File::create("video.mp4.p7m.part")?)?;
    /// MessageReader::new().copying_content_to(&mut content).read_source(&file)?;
    /// content.end()?;
    /// std::fs::rename("video.mp4.p7m.part", "video.mp4.p7m")?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// `out` fails, or the message has content as PKCS #7 had it.
    pub fn enclosing<W: Write>(&self, content_length: u64, mut out: W) -> Result<Enclosing<W>, CmsError> {
        if let Some(tag) = self.content_of_other_type() {
            return Err(CmsError::UnwrappedContent { tag });
        }
        let bytes = self.to_bytes();
        let info = Reader::new(bytes).expect(SEQUENCE, "ContentInfo")?;
        let signed_data = signed_data(&info)?;
        let mut fields = signed_data.reader();
        fields.any("SignedData.version")?;
        fields.any("SignedData.digestAlgorithms")?;
        let encapsulated = fields.expect(SEQUENCE, "SignedData.encapContentInfo")?;
        let content_type = encapsulated.reader().expect(OBJECT_IDENTIFIER, "eContentType")?.raw;
        let from = signed_data.content_offset();
        let (before, after) = (from..encapsulated.offset, fields.offset()..from + signed_data.content.len());
        let before = bytes.get(before).unwrap_or_default();
        let after = bytes.get(after).unwrap_or_default().to_vec();
        let head = head(before, content_type, content_length, after.len() as u64);
        out.write_all(&head).map_err(CmsError::Output)?;
        let expected = self.known_digest();
        let hasher = expected.as_ref().map(|digest| digest.algorithm().hasher());
        Ok(Enclosing { out, after, content_length, written: 0, hasher, expected })
    }

    /// What is known of the content: its digest as it streamed by, or what the first signer says of it.
    fn known_digest(&self) -> Option<Digest<KnownDigest>> {
        let seen = self.content_digests();
        let mut current = DigestAlgorithm::ALL.iter().map(|&algorithm| KnownDigest::from(algorithm));
        current.find_map(|algorithm| seen.find(algorithm).cloned()).or_else(|| {
            self.signers().iter().find_map(|signer| {
                Digest::from_parts(signer.digest_algorithm()?, &signer.message_digest()?).ok()
            })
        })
    }
}

/// Takes the content of a message that stands already: see [`SignedMessage::enclosing`].
pub struct Enclosing<W> {
    out: W,
    after: Vec<u8>,
    content_length: u64,
    written: u64,
    hasher: Option<Hasher<KnownDigest>>,
    expected: Option<Digest<KnownDigest>>,
}

impl<W: Write> Enclosing<W> {
    /// Completes the message, and gives back what it was written to, flushed.
    ///
    /// # Errors
    /// The content has another length than was told, or is not that which was signed, or `out` fails. What was written then
    /// is no message.
    pub fn end(mut self) -> Result<W, CmsError> {
        if self.written != self.content_length {
            return Err(CmsError::ContentLength { told: self.content_length, written: self.written });
        }
        if let (Some(hasher), Some(expected)) = (self.hasher, self.expected)
            && hasher.finalize() != expected
        {
            return Err(CmsError::OtherContent { algorithm: expected.algorithm().name() });
        }
        self.out.write_all(&self.after).and_then(|()| self.out.flush()).map_err(CmsError::Output)?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Enclosing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() as u64 > self.content_length - self.written {
            return Err(io::Error::other("there is more content than was told"));
        }
        let count = self.out.write(bytes)?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes.get(..count).unwrap_or_default());
        }
        self.written += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W> std::fmt::Debug for Enclosing<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enclosing").field("content_length", &self.content_length).finish_non_exhaustive()
    }
}
