//! What is asked of a seal.

use chancery_auth::{DigestSet, Occasion, UserId};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm};
use chancery_key::ToBeSigned;
use chancery_ledger::Hash;

use crate::class::DocumentClass;
use crate::condition::Amount;
use crate::content::{Content, ContentFault};
use crate::id::SealId;
use crate::kept_digest::KeptDigest;
use crate::text::{FileName, Label, UseKey};

/// A document as the caller gives it: no more than its name, its digest and what it is.
#[derive(Clone, Debug)]
pub struct Document {
    /// The name of the file.
    pub file_name: FileName,
    /// The digest of the file as it was given.
    pub digest: Digest,
    /// What it is.
    pub class: DocumentClass,
}

/// A wish to set a seal on a document: the document by its digest, and the exact bytes that the key shall sign.
#[derive(Clone, Debug)]
pub struct SealRequest {
    pub(crate) key: UseKey,
    pub(crate) seal: SealId,
    pub(crate) document: Document,
    pub(crate) amount: Option<Amount>,
    pub(crate) counterparty: Option<Label>,
    pub(crate) to_be_signed: ToBeSigned,
    pub(crate) content: Result<Content, ContentFault>,
    /// SHA-256 of the bytes to be signed, whatever they are signed with.
    pub(crate) imprint: Digest,
}

impl SealRequest {
    /// Wants this seal on this document. `to_be_signed` are the signed attributes of a CMS signature, as they come out of
    /// `PdfSigner::prepare`; the digest of what is signed is read out of them. `key` is what the caller repeats when it
    /// asks again for the same.
    #[must_use]
    pub fn new(key: UseKey, seal: SealId, document: Document, to_be_signed: ToBeSigned) -> Self {
        let content = Content::read(&to_be_signed);
        let imprint = match to_be_signed.digest().algorithm() {
            DigestAlgorithm::Sha256 => *to_be_signed.digest(),
            _ => DigestAlgorithm::Sha256.digest(to_be_signed.bytes()),
        };
        Self { key, seal, document, amount: None, counterparty: None, to_be_signed, content, imprint }
    }

    /// The amount that the document is about.
    #[must_use]
    pub const fn amount(mut self, amount: Amount) -> Self {
        self.amount = Some(amount);
        self
    }

    /// With whom the document is.
    #[must_use]
    pub fn counterparty(mut self, name: Label) -> Self {
        self.counterparty = Some(name);
        self
    }

    /// What the caller repeats.
    #[must_use]
    pub const fn key(&self) -> &UseKey {
        &self.key
    }

    /// The bytes that the key shall sign.
    #[must_use]
    pub const fn to_be_signed(&self) -> &ToBeSigned {
        &self.to_be_signed
    }

    /// The digest of the content, as the bytes to be signed say it.
    ///
    /// # Errors
    /// If they say none, or more than one.
    pub fn content_digest(&self) -> Result<Digest, ContentFault> {
        self.content.as_ref().map(|content| content.digest).map_err(|fault| *fault)
    }

    /// The occasion for which a person proves factors: everything that is asked, under this key. For whoever uses the seal and for
    /// whoever approves, each with the own identity.
    ///
    /// # Errors
    /// Never, as a set of one SHA-256 is always one.
    pub fn occasion(&self, user: UserId) -> Result<Occasion, chancery_auth::DigestSetError> {
        let documents = DigestSet::new([self.imprint.as_bytes()])?;
        let wish = self.wish();
        let parts = [&b"chancery-seal use v1"[..], wish.as_bytes(), self.key.as_str().as_bytes()];
        let transaction = parts.concat();
        Ok(Occasion::act(user, &transaction, &documents))
    }

    /// Everything that is asked, as one hash.
    pub(crate) fn wish(&self) -> Hash {
        self.wish_of(self.wordless())
    }

    /// The same, when what it is without the words is known.
    pub(crate) fn wish_of(&self, wordless: Hash) -> Hash {
        Asked::wish(wordless, &self.document.file_name, self.counterparty.as_ref())
    }

    /// Everything that is asked but for the words, as one hash.
    pub(crate) fn wordless(&self) -> Hash {
        self.asked().hash()
    }

    fn asked(&self) -> Asked {
        Asked {
            seal: self.seal,
            file_digest: self.document.digest.into(),
            imprint: self.imprint.into(),
            class: self.document.class,
            amount: self.amount,
        }
    }
}

/// What is asked, but for the words and for who asks.
pub(crate) struct Asked {
    pub(crate) seal: SealId,
    pub(crate) file_digest: KeptDigest,
    pub(crate) imprint: KeptDigest,
    pub(crate) class: DocumentClass,
    pub(crate) amount: Option<Amount>,
}

impl Asked {
    /// SHA-256 over each field with its length before it. It stays for ever, under the key of the use: nothing is in it
    /// that can be erased.
    pub(crate) fn hash(&self) -> Hash {
        let amount = self.amount.map(|amount| format!("{} {}", amount.currency, amount.units));
        let (file, imprint) = (self.file_digest.digest(), self.imprint.digest());
        hash_of(&[
            b"chancery seal use v1",
            &self.seal.to_bytes(),
            file.algorithm().name().as_bytes(),
            file.as_bytes(),
            imprint.as_bytes(), // always SHA-256
            self.class.word().as_bytes(),
            amount.unwrap_or_default().as_bytes(),
        ])
    }

    /// With the words: whoever approves approves all of it. Never stored, or whoever guesses words that were erased would
    /// find them.
    pub(crate) fn wish(asked: Hash, file_name: &FileName, counterparty: Option<&Label>) -> Hash {
        let counterparty = counterparty.map(Label::as_str).unwrap_or_default();
        hash_of(&[
            b"chancery seal wish v1",
            asked.as_bytes(),
            file_name.as_str().as_bytes(),
            counterparty.as_bytes(),
        ])
    }
}

fn hash_of(fields: &[&[u8]]) -> Hash {
    let mut bytes = Vec::with_capacity(512);
    for field in fields {
        bytes.extend_from_slice(&u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        bytes.extend_from_slice(field);
    }
    Hash::of(&bytes)
}

/// What an approval is for, and what a use of a seal is: everything that is asked, and by whom.
#[derive(Copy, Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Subject {
    pub(crate) user: UserId,
    /// Without the words.
    pub(crate) asked: Hash,
    /// With them; none once they are erased.
    pub(crate) wish: Option<Hash>,
}

impl Subject {
    /// Whether that is the same, as far as it is still known.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let words = self.wish.zip(other.wish).is_none_or(|(one, other)| one == other);
        self.user == other.user && self.asked == other.asked && words
    }
}
