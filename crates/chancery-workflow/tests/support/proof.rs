//! A signature as a verifier would have found it.

use chancery_digest::Digest;
use chancery_workflow::*;
use jiff::Timestamp;

/// A signature that says whatever a test wants.
#[derive(Clone, Debug)]
pub(crate) struct Proof {
    pub(crate) place: SignaturePlace,
    pub(crate) base: ContentDigest,
    pub(crate) to_be_signed: Digest,
    pub(crate) revision: ContentDigest,
    pub(crate) certificate: Fingerprint,
    pub(crate) signer: SignerKind,
    pub(crate) level: SignatureLevel,
    pub(crate) signed_at: Timestamp,
    pub(crate) meaning: Option<Text>,
}

impl SignatureProof for Proof {
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
        Text::new("CN=Somebody").unwrap()
    }
    fn algorithm(&self) -> Text {
        Text::new("ECDSA P-256 with SHA-256").unwrap()
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
        None
    }
}
