//! Writing messages whose content need not fit into memory.

use std::io::{self, Read, Seek, Write};

use chancery_certificate::asn1::{self, tag};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, Hasher};
use chancery_key::SignatureAlgorithm;
use const_oid::ObjectIdentifier as Oid;

use super::definite::{self, EXPECTED_SIGNER};
use super::unwrapping::BLOCK;
use crate::assembly::Frame;
use crate::attributes::{DATA, SIGNED_DATA};
use crate::ber::CONSTRUCTED_OCTET_STRING;
use crate::enclosures::Enclosures;
use crate::error::CmsError;
use crate::signer_preparation::{FinishedSigner, Identification};

/// The end of an element of indefinite length (X.690, 8.1.5).
const END_OF_CONTENTS: [u8; 2] = [0, 0];

/// A message that will enclose content of any size, written in one pass and constant memory.
///
/// The content goes through [`ContentWriter`], which digests it and writes it on; then everybody signs, here or
/// elsewhere; then [`EnclosedContent::finish`] completes the message. Where the length of the content is known before,
/// [`begin_with_length`](Self::begin_with_length) writes DER, which every program reads. Where it is not, [`begin`](Self::begin)
/// writes BER with indefinite lengths, which CMS allows outside of what is signed, and which `openssl cms -stream` writes too.
///
/// Who signs with which algorithm, and what is enclosed, is told before: it stands, or decides what stands, before the
/// content.
///
/// ```no_run
/// use chancery_cms::{MessageWriter, SignerPreparation};
/// use chancery_key::Signer;
///
/// # fn sign(alice: &impl Signer) -> Result<(), Box<dyn std::error::Error>> {
/// let mut video = std::fs::File::open("video.mp4")?;
/// let file = std::fs::File::create_new("video.mp4.p7m.part")?; // renamed when it is complete
/// let mut content = MessageWriter::new().announce(alice.algorithm()).begin(file)?;
/// std::io::copy(&mut video, &mut content)?;
/// let enclosed = content.end()?;
/// let digest = enclosed.digest(alice.algorithm().digest())?;
/// let prepared = SignerPreparation::new(alice.chain(), alice.algorithm(), digest).prepare()?;
/// let signature = alice.sign(prepared.to_be_signed())?; // here, or tomorrow in another place
/// enclosed.finish(&[prepared.finish(signature)?])?;
/// std::fs::rename("video.mp4.p7m.part", "video.mp4.p7m")?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct MessageWriter {
    head: Head,
}

/// What stands before the content, or is decided by then.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) content_type: Oid,
    pub(super) digests: Vec<DigestAlgorithm>,
    pub(super) identification: Identification,
    pub(super) enclosures: Enclosures,
}

impl Head {
    /// All of the message but the content.
    fn frame(&self, signer_infos: Vec<Vec<u8>>) -> Frame<'_> {
        let signers_version = match self.identification {
            Identification::IssuerAndSerial => 1,
            Identification::SubjectKeyIdentifier => 3,
        };
        Frame {
            content_type: self.content_type,
            digest_algorithms: self
                .digests
                .iter()
                .map(|digest| asn1::sequence(&[&asn1::oid(&digest.oid())]))
                .collect(),
            signers_version: Some(signers_version),
            enclosures: &self.enclosures,
            signer_infos,
        }
    }

    /// What stands before content of this length in DER, `after` being the length of what follows it.
    fn before_content_of(&self, content_length: u64, after: u64) -> Vec<u8> {
        let before = self.frame(Vec::new()).before_content();
        definite::head(&before, &asn1::oid(&self.content_type), content_length, after)
    }
}

impl Default for MessageWriter {
    fn default() -> Self {
        Self::new()
    }
}

impl MessageWriter {
    /// A message that encloses plain data.
    #[must_use]
    pub fn new() -> Self {
        let identification = Identification::IssuerAndSerial;
        let (digests, enclosures) = (Vec::new(), Enclosures::new());
        Self { head: Head { content_type: DATA, digests, identification, enclosures } }
    }

    /// Somebody will sign with this algorithm: the content is digested for it. Call it once for each algorithm.
    #[must_use]
    pub fn announce(mut self, algorithm: SignatureAlgorithm) -> Self {
        if !self.head.digests.contains(&algorithm.digest()) {
            self.head.digests.push(algorithm.digest());
        }
        self
    }

    /// The type of the content, if it is not plain data.
    #[must_use]
    pub const fn content_type(mut self, content_type: Oid) -> Self {
        self.head.content_type = content_type;
        self
    }

    /// How the signers will name their certificates. If one of them uses the subject key identifier, say so: it decides
    /// the version of the message, which stands before the content (RFC 5652, 5.1).
    #[must_use]
    pub const fn identified_by(mut self, identification: Identification) -> Self {
        self.head.identification = identification;
        self
    }

    /// With these certificates and revocation information. The certificates of those who sign are added in any case.
    #[must_use]
    pub fn enclosures(mut self, enclosures: Enclosures) -> Self {
        self.head.enclosures = enclosures;
        self
    }

    /// Writes what stands before content of unknown length, from a pipe for example: the message will be BER.
    ///
    /// # Errors
    /// No algorithm was announced, or `out` fails.
    pub fn begin<W: Write>(self, out: W) -> Result<ContentWriter<W>, CmsError> {
        let open = |tag| [tag, 0x80];
        let before = [
            &open(tag::SEQUENCE)[..],
            &asn1::oid(&SIGNED_DATA),
            &open(tag::constructed(0)),
            &open(tag::SEQUENCE),
            &self.head.frame(Vec::new()).before_content(),
            &open(tag::SEQUENCE),
            &asn1::oid(&self.head.content_type),
            &open(tag::constructed(0)),
            &open(CONSTRUCTED_OCTET_STRING),
        ];
        self.begin_after(&before.concat(), out, None)
    }

    /// Writes what stands before content of this length, in bytes: the message will be DER.
    ///
    /// The outer lengths count the signers too, who sign later. They are written last, so `out` must be a file, or memory,
    /// opened for reading as well: should they need more or fewer octets than was thought, which is rare, the content is
    /// moved by that much.
    ///
    /// # Errors
    /// No algorithm was announced, or `out` fails.
    pub fn begin_with_length<W: Read + Write + Seek>(
        self,
        out: W,
        content_length: u64,
    ) -> Result<ContentWriter<W>, CmsError> {
        let signers = EXPECTED_SIGNER * self.head.digests.len() as u64;
        let after = signers + self.head.frame(Vec::new()).after_content().len() as u64;
        let before = self.head.before_content_of(content_length, after);
        self.begin_after(
            &before,
            out,
            Some(Definite { content_length, replace_head: definite::replace_head }),
        )
    }

    fn begin_after<W: Write>(
        self,
        before: &[u8],
        mut out: W,
        definite: Option<Definite<W>>,
    ) -> Result<ContentWriter<W>, CmsError> {
        if self.head.digests.is_empty() {
            return Err(CmsError::NoSigner);
        }
        out.write_all(before).map_err(CmsError::Output)?;
        let hashers = self.head.digests.iter().map(|digest| digest.hasher()).collect();
        Ok(ContentWriter {
            head: self.head,
            out,
            definite,
            written: before.len() as u64,
            taken: 0,
            hashers,
            pending: Vec::new(),
            state: State::Whole,
        })
    }
}

/// What a message in DER needs to be completed.
#[derive(Debug)]
pub(super) struct Definite<W> {
    pub(super) content_length: u64,
    /// [`definite::replace_head`], for outputs that can do it.
    pub(super) replace_head: fn(&mut W, u64, &[u8], u64) -> io::Result<()>,
}

/// Takes the content of a message: an [`io::Write`], into which [`io::copy`] copies a file or a pipe.
///
/// What is written has no signature yet. A program that gives up leaves an incomplete message behind, so write to a
/// temporary file.
pub struct ContentWriter<W> {
    head: Head,
    out: W,
    /// None: lengths are indefinite.
    definite: Option<Definite<W>>,
    /// The length of what is in the output.
    written: u64,
    /// The length of the content so far.
    taken: u64,
    hashers: Vec<Hasher>,
    /// What does not make a whole piece yet: many short writes make no longer message than one long one.
    pending: Vec<u8>,
    state: State,
}

/// Whether everything that was digested was also written.
#[derive(Copy, Clone, Eq, PartialEq)]
enum State {
    Whole,
    /// A write failed halfway: nobody knows how much of a piece is in the output.
    Torn,
}

impl<W: Write> ContentWriter<W> {
    /// The content is complete.
    ///
    /// # Errors
    /// `out` fails, or failed before: what it holds then is not the content. Or the content is shorter than was told.
    pub fn end(mut self) -> Result<EnclosedContent<W>, CmsError> {
        self.write_pending().map_err(CmsError::Output)?;
        let end = match &self.definite {
            Some(definite) if definite.content_length != self.taken => {
                return Err(CmsError::ContentLength { told: definite.content_length, written: self.taken });
            }
            Some(_) => Vec::new(),
            // The string, eContent, and encapContentInfo.
            None => END_OF_CONTENTS.repeat(3),
        };
        self.out.write_all(&end).map_err(CmsError::Output)?;
        let written = self.written + end.len() as u64;
        let digests = self.hashers.into_iter().map(Hasher::finalize).collect();
        Ok(EnclosedContent { head: self.head, out: self.out, definite: self.definite, written, digests })
    }

    fn write_pending(&mut self) -> io::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        self.write_piece(&pending)
    }

    fn write_piece(&mut self, piece: &[u8]) -> io::Result<()> {
        if self.state == State::Torn {
            return Err(io::Error::other("an earlier write failed: the message cannot be completed"));
        }
        if piece.is_empty() {
            return Ok(());
        }
        self.state = State::Torn;
        self.hashers.iter_mut().for_each(|hasher| hasher.update(piece));
        let header = match self.definite {
            Some(_) => Vec::new(),
            None => asn1::header(tag::OCTET_STRING, piece.len()),
        };
        self.out.write_all(&header)?;
        self.out.write_all(piece)?;
        self.state = State::Whole;
        self.written += (header.len() + piece.len()) as u64;
        Ok(())
    }
}

impl<W: Write> Write for ContentWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(definite) = &self.definite
            && bytes.len() as u64 > definite.content_length - self.taken
        {
            return Err(io::Error::other("there is more content than was told"));
        }
        if self.pending.is_empty() && bytes.len() >= BLOCK {
            let piece = bytes.get(..BLOCK).unwrap_or(bytes);
            self.write_piece(piece)?;
            self.taken += piece.len() as u64;
            return Ok(piece.len());
        }
        let room = BLOCK - self.pending.len();
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.pending.extend_from_slice(taken);
        if self.pending.len() == BLOCK {
            self.write_pending()?;
        }
        self.taken += taken.len() as u64;
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W> std::fmt::Debug for ContentWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContentWriter").field("head", &self.head).finish_non_exhaustive()
    }
}

/// A message that has its content and lacks those who sign it.
///
/// It can wait for them: [`suspend`](Self::suspend) and [`resume`](Self::resume).
#[derive(Debug)]
pub struct EnclosedContent<W> {
    pub(super) head: Head,
    pub(super) out: W,
    pub(super) definite: Option<Definite<W>>,
    /// The length of what was written.
    pub(super) written: u64,
    pub(super) digests: Vec<Digest>,
}

impl<W: Write> EnclosedContent<W> {
    /// The digest of the content: what a [`SignerPreparation`](crate::SignerPreparation) is made of.
    ///
    /// # Errors
    /// No algorithm with this digest was announced.
    pub fn digest(&self, algorithm: DigestAlgorithm) -> Result<Digest, CmsError> {
        let found = self.digests.iter().find(|digest| digest.algorithm() == algorithm);
        found.cloned().ok_or(CmsError::NotAnnounced { algorithm: algorithm.name() })
    }

    /// Completes the message with those who signed, and gives back what it was written to, flushed.
    ///
    /// # Errors
    /// There is no signer, one signed other content or content of another type, one stands there twice, one needs what
    /// was not announced, or the output fails. What was written then is no message.
    pub fn finish(self, signers: &[FinishedSigner]) -> Result<W, CmsError> {
        let Self { mut head, mut out, definite, written, digests } = self;
        check(&head, &digests, signers)?;
        let version = head.frame(Vec::new()).version();
        let certificates = signers.iter().map(|signer| signer.signer().clone());
        head.enclosures = head.enclosures.clone().certificates(certificates);
        let frame = head.frame(signers.iter().map(FinishedSigner::to_signer_info).collect());
        debug_assert_eq!(frame.version(), version, "certificates do not change it");
        let mut after = frame.after_content();
        match definite {
            // SignedData, the content of ContentInfo, and ContentInfo.
            None => after.extend(END_OF_CONTENTS.repeat(3)),
            Some(Definite { content_length, replace_head }) => {
                let before = head.before_content_of(content_length, after.len() as u64);
                let old = written - content_length;
                replace_head(&mut out, old, &before, content_length).map_err(CmsError::Output)?;
            }
        }
        out.write_all(&after).and_then(|()| out.flush()).map_err(CmsError::Output)?;
        Ok(out)
    }
}

fn check(head: &Head, digests: &[Digest], signers: &[FinishedSigner]) -> Result<(), CmsError> {
    if signers.is_empty() {
        return Err(CmsError::NoSigner);
    }
    for (index, signer) in signers.iter().enumerate() {
        let prepared = &signer.prepared;
        if prepared.content_type != Some(head.content_type) {
            let (signed, message) = (prepared.content_type, head.content_type);
            return Err(CmsError::OtherContentType { signed, message });
        }
        let algorithm = signer.content_digest().algorithm();
        match digests.iter().find(|digest| digest.algorithm() == algorithm) {
            None => return Err(CmsError::NotAnnounced { algorithm: algorithm.name() }),
            Some(digest) if digest != signer.content_digest() => {
                return Err(CmsError::OtherContent { algorithm: algorithm.name() });
            }
            Some(_) => {}
        }
        if prepared.identification == Identification::SubjectKeyIdentifier
            && head.identification == Identification::IssuerAndSerial
        {
            return Err(CmsError::NotAnnounced { algorithm: "a subject key identifier" });
        }
        let signer_info = signer.to_signer_info();
        if signers.iter().take(index).any(|other| other.to_signer_info() == signer_info) {
            return Err(CmsError::SignerTwice);
        }
    }
    Ok(())
}
