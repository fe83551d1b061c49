//! OCSP answers at hand, each read once.

use std::sync::{Arc, OnceLock};

use chancery_certificate::{Certificate, Octets};
use jiff::Timestamp;

use crate::past::proofs::{Existence, ObjectDigest, ProofsOfExistence};
use crate::revocation::brought::Brought;
use crate::revocation::ocsp::OcspAnswer;
use crate::revocation::ocsp_error::OcspError;
use crate::revocation::readings::AnswerKey;

/// All answers at hand.
pub(crate) type Answers<'a> = Vec<KnownAnswer<'a>>;

/// An answer, with the bytes that it was read from.
#[derive(Debug)]
pub(crate) struct KnownAnswer<'a> {
    pub(crate) key: AnswerKey,
    pub(crate) der: &'a Octets,
    pub(crate) answer: Arc<Result<OcspAnswer<'a>, OcspError>>,
    digest: Arc<OnceLock<ObjectDigest>>,
    pub(crate) existence: Existence<'a>,
}

/// An answer as it was read, without what depends on who asks. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct ReadAnswer<'a> {
    key: AnswerKey,
    der: &'a Octets,
    answer: Arc<Result<OcspAnswer<'a>, OcspError>>,
    /// Made when it is first needed, once for all who ask.
    digest: Arc<OnceLock<ObjectDigest>>,
}

/// Reads all answers; that one cannot be read is kept. What they bring that is among these certificates is not read again.
pub(crate) fn read<'a>(answers: &'a [Octets], certificates: &'a [Certificate]) -> Vec<ReadAnswer<'a>> {
    let places = (0..).map(AnswerKey);
    let brought = Arc::new(Brought::beside(certificates));
    let read = |(key, der): (_, &'a Octets)| {
        let answer = OcspAnswer::from_der(der).map(|answer| answer.knowing(&brought));
        ReadAnswer { key, der, answer: Arc::new(answer), digest: Arc::default() }
    };
    places.zip(answers).map(read).collect()
}

impl<'a> ReadAnswer<'a> {
    /// The answer, as these proofs see it.
    pub(crate) fn seen_by(&self, proofs: Option<&'a ProofsOfExistence>) -> KnownAnswer<'a> {
        let Self { key, der, answer, digest } = self;
        let (answer, digest) = (Arc::clone(answer), Arc::clone(digest));
        KnownAnswer { key: *key, der, answer, digest, existence: Existence::by(proofs) }
    }
}

impl KnownAnswer<'_> {
    /// By what it is recognised.
    pub(crate) fn object(&self) -> ObjectDigest {
        *self.digest.get_or_init(|| ObjectDigest::of(self.der))
    }

    /// Since when it is proven to have existed.
    pub(crate) fn proven(&self) -> Timestamp {
        self.existence.since(Some(|| self.object()))
    }
}
