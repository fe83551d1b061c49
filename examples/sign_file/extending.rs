//! Adding to what others signed.

use std::io::{self, Write};
use std::path::Path;

use chancery_cms::{
    CmsError, FaultKind, MessageReader, SignedMessage, SignerCheck, SignerFault, WithoutContent, attributes,
};
use chancery_digest::{Digest, DigestAlgorithm, Digests, FileSource, KnownDigest, Source};
use chancery_examples::{Failure, PartialFile, content_beside};

use crate::signing::Signing;

/// A message to add to.
pub(crate) struct Standing<'a> {
    path: &'a Path,
    source: FileSource,
    message: SignedMessage,
    /// None: it is detached.
    content_len: Option<u64>,
    /// Of the content, where it is known.
    digests: Digests,
}

impl<'a> Standing<'a> {
    /// Reads a message, and its content, which may be elsewhere, for those who will sign it.
    pub(crate) fn read(path: &'a Path, content: Option<&Path>, signing: &Signing) -> Result<Self, Failure> {
        let source = open(path)?;
        let reader = signing.algorithms().fold(MessageReader::new(), MessageReader::digesting);
        let message =
            reader.read_source(&source).map_err(|error| Failure::unreadable(path.display(), error))?;
        let beside = content_beside(path);
        let content = match (message.is_detached(), content, &beside) {
            (true, None, Some(beside)) => {
                eprintln!("{}: with {}", path.display(), beside.display());
                Some(beside.as_path())
            }
            (_, content, _) => content,
        };
        let digests = match (message.is_detached(), content) {
            (false, None) => message.content_digests(),
            (false, Some(_)) => {
                return Err(Failure::usage(format!(
                    "{} holds its content: leave --content out",
                    path.display()
                )));
            }
            (true, None) => Digests::default(),
            (true, Some(content)) => {
                let source = open(content)?;
                let wanted = signing.algorithms().map(KnownDigest::from).chain(message.digest_algorithms());
                let whole = 0..source.len();
                let digests = Digests::over_ranges(wanted, &source, std::slice::from_ref(&whole));
                digests.map_err(|error| Failure::unreadable(content.display(), error))?
            }
        };
        let content_len = message.content_len();
        Ok(Self { path, source, message, content_len, digests })
    }

    /// Adds everybody's signature beside those that are there.
    pub(crate) fn add(mut self, signing: &Signing) -> Result<Self, Failure> {
        if self.message.content_type() == attributes::TIMESTAMP_INFO {
            return Err(self.refused("a timestamp has one signer, its authority".to_owned()));
        }
        if self.message.is_detached() && signing.algorithms().any(|algorithm| self.digest(algorithm).is_err())
        {
            let text = format!("{} is a detached signature: --content FILE is needed", self.path.display());
            return Err(Failure::usage(text));
        }
        let check = self.message.check(&self.digests, &[]);
        let mut faults = check.signers().iter().flat_map(SignerCheck::faults);
        if let Some(fault) = faults.find(|fault| matches!(fault, SignerFault::DigestMismatch { .. })) {
            return Err(self.refused(fault.to_string()));
        }
        let finished = signing.sign(self.message.content_type(), |algorithm| self.digest(algorithm))?;
        for signer in &finished {
            let added = self.message.with_signer(signer, &signing.chains());
            self.message = added.map_err(|error| signing.not_signed(error))?;
        }
        Ok(self)
    }

    fn digest(&self, algorithm: DigestAlgorithm) -> Result<Digest, CmsError> {
        let found = self.digests.find(algorithm.into());
        let found = found.and_then(|digest| Digest::from_parts(algorithm, digest.as_bytes()).ok());
        found.ok_or(CmsError::NotAnnounced { algorithm: algorithm.name() })
    }

    /// Counter-signs the signature with this number, counted from 1.
    pub(crate) fn countersign(mut self, number: usize, signing: &Signing) -> Result<Self, Failure> {
        let Some(target) = number.checked_sub(1).and_then(|index| self.message.signers().get(index)) else {
            let (name, count) = (self.path.display(), self.message.signers().len());
            return Err(Failure::usage(format!(
                "{name} has {count} signatures, so none with number {number}"
            )));
        };
        // Whoever counter-signs confirms: only what holds. Of content that is elsewhere it is enough that the rest does.
        let confirmed = |fault: &&SignerFault| {
            !matches!(fault, SignerFault::ContentMissing { signature: WithoutContent::AttributesHold })
        };
        let check = target.check(&self.message, &self.digests, &[]);
        if let Some(fault) = check.faults().iter().find(confirmed) {
            let words =
                if fault.kind() == FaultKind::CannotTell { "cannot be judged" } else { "does not hold" };
            return Err(self.refused(format!("signature {number} {words}: {fault}")));
        }
        for signature in signing.countersign(target)? {
            let added = self.message.with_countersignature(&signature);
            self.message = added.map_err(|error| signing.not_signed(error))?;
        }
        let enclosed = self.message.with_enclosures(&signing.chains());
        self.message = enclosed.map_err(|error| signing.not_signed(error))?;
        Ok(self)
    }

    /// Writes the message, its content streaming by once more.
    pub(crate) fn write(self, signing: &Signing, mut out: PartialFile) -> Result<PartialFile, Failure> {
        let Some(length) = self.content_len else {
            let written = out.write_all(self.message.to_bytes());
            return written.map(|()| out).map_err(|error| Failure::unreadable("the signature", error));
        };
        let not_signed = |error| signing.not_signed(error);
        let mut enclosing = self.message.enclosing(length, out).map_err(not_signed)?;
        let reader = MessageReader::new().copying_content_to(&mut enclosing);
        reader.read_source(&self.source).map_err(not_signed)?;
        enclosing.end().map_err(not_signed)
    }

    fn refused(&self, text: String) -> Failure {
        Failure::refused(self.path.display(), io::Error::other(text))
    }
}

fn open(path: &Path) -> Result<FileSource, Failure> {
    FileSource::open(path).map_err(|error| Failure::unreadable(path.display(), error))
}
