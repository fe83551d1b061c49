//! OCSP answers at hand, each read once.

use std::sync::Arc;

use jiff::Timestamp;

use crate::past::proofs::{Existence, ProofsOfExistence};
use crate::revocation::ocsp::OcspAnswer;
use crate::revocation::ocsp_error::OcspError;
use crate::revocation::readings::AnswerKey;

/// All answers at hand.
pub(crate) type Answers<'a> = Vec<KnownAnswer<'a>>;

/// An answer, with the bytes that it was read from.
#[derive(Debug)]
pub(crate) struct KnownAnswer<'a> {
    pub(crate) key: AnswerKey,
    pub(crate) der: &'a Arc<[u8]>,
    pub(crate) answer: Arc<Result<OcspAnswer<'a>, OcspError>>,
    pub(crate) existence: Existence<'a>,
}

/// An answer as it was read, without what depends on who asks. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct ReadAnswer<'a> {
    key: AnswerKey,
    der: &'a Arc<[u8]>,
    answer: Arc<Result<OcspAnswer<'a>, OcspError>>,
}

/// Reads all answers; that one cannot be read is kept.
pub(crate) fn read(answers: &[Arc<[u8]>]) -> Vec<ReadAnswer<'_>> {
    let places = (0..).map(AnswerKey);
    let read = |(key, der)| ReadAnswer { key, der, answer: Arc::new(OcspAnswer::from_der(der)) };
    places.zip(answers).map(read).collect()
}

/// Answers that were read, as these proofs see them.
pub(crate) fn known<'a>(answers: &[ReadAnswer<'a>], proofs: Option<&'a ProofsOfExistence>) -> Answers<'a> {
    let known = |ReadAnswer { key, der, answer }: &ReadAnswer<'a>| {
        let (key, der, answer) = (*key, *der, Arc::clone(answer));
        KnownAnswer { key, der, answer, existence: Existence::by(proofs) }
    };
    answers.iter().map(known).collect()
}

impl KnownAnswer<'_> {
    /// Since when it is proven to have existed.
    pub(crate) fn proven(&self) -> Timestamp {
        self.existence.since(Some(self.der))
    }
}
