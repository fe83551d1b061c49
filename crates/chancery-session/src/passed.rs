//! A signature that was verified, as the workflow takes it.

use chancery_ades::Proof;
use chancery_digest::Digest;
use chancery_workflow::{
    ContentDigest, Fingerprint, SignatureLevel, SignaturePlace, SignatureProof, SignerKind, Text,
};
use jiff::Timestamp;

/// A party's signature that was verified in the new revision, or beside the document, which is kept already: its verdict
/// passed, nothing else changed, earlier signatures stand as they did. Only [`Desk::pass`](crate::Desk::pass) makes it, and nothing else that we
/// ship is a [`SignatureProof`].
///
/// ```compile_fail,E0451
/// # fn forge(passed: chancery_session::PassedSignature) {
/// let mine = chancery_session::PassedSignature { level: chancery_workflow::SignatureLevel::Qualified, ..passed };
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PassedSignature {
    pub(crate) place: SignaturePlace,
    pub(crate) base: ContentDigest,
    pub(crate) to_be_signed: Digest,
    pub(crate) revision: ContentDigest,
    pub(crate) certificate: Fingerprint,
    pub(crate) signer: SignerKind,
    pub(crate) subject: Text,
    pub(crate) algorithm: Text,
    pub(crate) level: SignatureLevel,
    pub(crate) signed_at: Timestamp,
    pub(crate) meaning: Option<Text>,
    pub(crate) timestamp: Option<ContentDigest>,
    pub(crate) field: Option<String>,
    pub(crate) proof: Proof,
}

impl PassedSignature {
    /// The proof of the passed verdict: certificate, path, and the moment by which the signature existed.
    #[must_use]
    pub const fn proof(&self) -> &Proof {
        &self.proof
    }

    /// The full name of the field that holds it, as the PDF has it: escape it before you show it. None if it stands
    /// beside the document.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

impl SignatureProof for PassedSignature {
    fn place(&self) -> SignaturePlace {
        self.place
    }

    fn base(&self) -> ContentDigest {
        self.base
    }

    fn to_be_signed(&self) -> Digest {
        self.to_be_signed
    }

    fn revision(&self) -> ContentDigest {
        self.revision
    }

    fn certificate(&self) -> Fingerprint {
        self.certificate
    }

    fn signer(&self) -> SignerKind {
        self.signer
    }

    fn subject(&self) -> Text {
        self.subject.clone()
    }

    fn algorithm(&self) -> Text {
        self.algorithm.clone()
    }

    fn level(&self) -> SignatureLevel {
        self.level
    }

    fn signed_at(&self) -> Timestamp {
        self.signed_at
    }

    fn meaning(&self) -> Option<Text> {
        self.meaning.clone()
    }

    fn timestamp(&self) -> Option<ContentDigest> {
        self.timestamp
    }
}
