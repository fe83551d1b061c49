//! Signatures of every level, and a knife for messages.
#![allow(dead_code, reason = "each test takes what it needs")]

use chancery_ades::{CoveringTimestamp, RequiredBinding, SignatureSubject, TimestampKind};
use chancery_cades::{
    CadesError, CadesSignature, CadesSigner, LongTermCollector, LongTermEvidence, content_algorithms, subject,
};
use chancery_certificate::asn1::{self, Reader};
use chancery_chain::{ChainVerifier, Evidence, Purpose, RevocationPolicy, TrustAnchors};
use chancery_cms::{Enclosures, SignedMessage, SignerPreparation};
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm, Digests};
use chancery_http::Address;
use chancery_key::{KeyKind, Signer, SoftwareSigner};
use chancery_testkit::{Profile, TestPki};
use chancery_timestamp::{MatchingToken, TimestampAuthority};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::{SignedDuration, Timestamp};

pub(crate) const CONTENT: &[u8] = b"The tenant pays 1000 euro a month.";

pub(crate) fn begin() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// A PKI, its clock, and somebody who signs.
pub(crate) struct Office {
    pub(crate) pki: TestPki,
    pub(crate) alice: SoftwareSigner,
    anchors: TrustAnchors,
}

impl Office {
    pub(crate) fn open() -> Self {
        let pki = TestPki::at(begin());
        let alice = pki.signer("Alice", KeyKind::P256);
        Self::of(pki, alice)
    }

    /// Alice's certificate ends after this time, other certificates much later.
    pub(crate) fn with_signer_for(time: SignedDuration) -> Self {
        let pki = TestPki::at(begin());
        let alice = Profile::signer("Alice", KeyKind::P256).valid(begin(), begin() + time);
        let alice = pki.issue(alice).signer();
        Self::of(pki, alice)
    }

    fn of(pki: TestPki, alice: SoftwareSigner) -> Self {
        let anchors = TrustAnchors::new([pki.root().clone()]);
        Self { pki, alice, anchors }
    }

    /// Time goes by.
    pub(crate) fn wait(&self) {
        self.pki.set_now(self.pki.now() + SignedDuration::from_mins(10));
    }

    pub(crate) fn verifier(&self) -> ChainVerifier<'_> {
        ChainVerifier::new(&self.anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
    }

    pub(crate) fn tsa(&self) -> TimestampAuthority<&TestPki> {
        TimestampAuthority::new(Address::parse(&self.pki.tsa_url()).unwrap(), &self.pki)
    }

    pub(crate) fn basic(&self) -> CadesSignature {
        self.basic_at(self.pki.now())
    }

    pub(crate) fn basic_at(&self, time: Timestamp) -> CadesSignature {
        CadesSigner::new(&self.alice, time).sign(CONTENT.to_vec()).unwrap()
    }

    /// A message of Alice that somebody else signed too.
    pub(crate) fn joined_by(&self, name: &str) -> SignedMessage {
        let other = self.pki.signer(name, KeyKind::P256);
        let digest = other.algorithm().digest().digest(CONTENT);
        let prepared = SignerPreparation::new(other.chain(), other.algorithm(), digest)
            .signing_time(self.pki.now())
            .prepare()
            .unwrap();
        let finished = prepared.finish(other.sign(prepared.to_be_signed()).unwrap()).unwrap();
        let chain = Enclosures::new().certificates(other.chain().iter().cloned());
        self.basic().message().with_signer(&finished, &chain).unwrap()
    }

    pub(crate) fn detached(&self) -> CadesSignature {
        let digest = DigestAlgorithm::Sha256.digest(CONTENT);
        CadesSigner::new(&self.alice, self.pki.now()).sign_detached(digest).unwrap()
    }

    pub(crate) fn stamped(&self, signed: &CadesSignature) -> CadesSignature {
        self.wait();
        signed.timestamp(&self.tsa(), &mut UnwrapErr(SysRng)).unwrap()
    }

    pub(crate) fn collected(&self, signed: &CadesSignature) -> Result<LongTermEvidence, CadesError> {
        let verifier = self.verifier();
        LongTermCollector::new(signed, &verifier, &verifier, self.pki.now())?.collect(&self.pki)
    }

    pub(crate) fn preserved(&self, signed: &CadesSignature) -> CadesSignature {
        self.wait();
        signed.preserve(&self.collected(signed).unwrap()).unwrap()
    }

    pub(crate) fn archived(&self, signed: &CadesSignature) -> CadesSignature {
        self.wait();
        let content = Digests::over_bytes(signed.content_algorithms(), CONTENT);
        signed.archive_detached(&content, &self.tsa(), &mut UnwrapErr(SysRng)).unwrap()
    }

    pub(crate) fn token(&self, digest: &Digest) -> MatchingToken {
        self.tsa().stamp(digest, &mut UnwrapErr(SysRng)).unwrap()
    }

    /// Level B-LT.
    pub(crate) fn long_term(&self) -> CadesSignature {
        self.preserved(&self.stamped(&self.basic()))
    }

    /// Level B-LTA.
    pub(crate) fn archive(&self) -> CadesSignature {
        self.archived(&self.long_term())
    }
}

pub(crate) fn read(bytes: &[u8]) -> SignedMessage {
    SignedMessage::from_ber(bytes).unwrap()
}

/// One signature as the validation process gets it.
pub(crate) fn presented(message: &SignedMessage, signer: usize) -> SignatureSubject {
    presented_with(message, signer, CONTENT)
}

pub(crate) fn presented_with(message: &SignedMessage, signer: usize, content: &[u8]) -> SignatureSubject {
    let digests = if message.is_detached() {
        Digests::over_bytes(content_algorithms(message), content)
    } else {
        message.content_digests()
    };
    let signer = &message.signers()[signer];
    subject("it".into(), message, signer, &digests, RequiredBinding::Signed, &Evidence::new())
}

pub(crate) fn archives(subject: &SignatureSubject) -> Vec<&CoveringTimestamp> {
    subject.timestamps.iter().filter(|stamp| stamp.kind == TimestampKind::Archive).collect()
}

/// What is wrong with the only archive timestamp of a message; empty if nothing is.
pub(crate) fn archive_fault(bytes: &[u8]) -> String {
    let message = read(bytes);
    let subject = presented(&message, 0);
    let [stamp] = archives(&subject)[..] else { panic!("not one archive timestamp") };
    stamp.token.as_ref().err().map(ToString::to_string).unwrap_or_default()
}

/// Replaces elements of DER, wherever they stand; lengths around them are written anew.
pub(crate) fn edit(der: &[u8], change: &mut dyn FnMut(&[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut reader = Reader::new(der);
    let mut edited = Vec::new();
    while !reader.is_empty() {
        let element = reader.element().unwrap();
        edited.extend(match change(element.raw) {
            Some(changed) => changed,
            None if element.tag & 0x20 != 0 => asn1::encode(element.tag, &edit(element.content, change)),
            None => element.raw.to_vec(),
        });
    }
    edited
}

/// The same with one element replaced, wherever it stands. It must stand there.
pub(crate) fn replace(der: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut found = 0;
    let edited = edit(der, &mut |element| {
        (element == old).then(|| {
            found += 1;
            new.to_vec()
        })
    });
    assert!(found > 0, "nothing to replace");
    edited
}
