//! What tests of content of any size share.

use chancery_cms::{CmsError, MessageReader, Preparation, SignedMessage, SignerCheck};
use chancery_key::{Signer, SoftwareSigner};
use chancery_testkit::TestPki;

pub(crate) fn pki() -> TestPki {
    TestPki::at("2026-11-21T12:00:00Z".parse().unwrap())
}

pub(crate) fn signed(signer: &SoftwareSigner, content: Vec<u8>) -> SignedMessage {
    let prepared = Preparation::enclosing(signer.chain(), signer.algorithm(), content).prepare().unwrap();
    prepared.finish(signer.sign(prepared.to_be_signed()).unwrap()).unwrap()
}

/// Every signer's verdict in words.
pub(crate) fn verdicts(message: &SignedMessage) -> Vec<String> {
    let digests = message.content_digests();
    let verdict = |check| match check {
        SignerCheck::Sound(signer) => format!("sound {:?} {:?}", signer.binding(), signer.remarks()),
        SignerCheck::Faulty(faults) => format!("{faults:?}"),
    };
    message.signers().iter().map(|signer| verdict(signer.check(message, &digests, &[]))).collect()
}

pub(crate) fn read(bytes: &[u8]) -> Result<SignedMessage, CmsError> {
    MessageReader::new().read(bytes)
}
