//! All revocation evidence at hand, as it is seen by one verification.

use crate::past::proofs::ProofsOfExistence;
use crate::path::budget::Exhausted;
use crate::revocation::known_answers::{Answers, ReadAnswer};
use crate::revocation::known_lists::{Lists, ReadList};
use crate::revocation::order::Orders;

/// CRLs and OCSP answers that were read, and by which proofs of existence they are seen.
#[derive(Debug, Default)]
pub(crate) struct Known<'a> {
    lists: Read<'a, ReadList<'a>>,
    answers: Read<'a, ReadAnswer<'a>>,
    proofs: Option<&'a ProofsOfExistence>,
    /// In which order pieces are preferred: only of evidence that is read once for many verifications.
    orders: Option<&'a Orders>,
}

/// For this verification, or for many.
#[derive(Debug)]
enum Read<'a, T> {
    Once(Vec<T>),
    Shared(&'a [T]),
}

impl<'a> Known<'a> {
    /// What was read for this verification alone.
    pub(crate) fn of(
        lists: Vec<ReadList<'a>>,
        answers: Vec<ReadAnswer<'a>>,
        proofs: Option<&'a ProofsOfExistence>,
    ) -> Self {
        Self { lists: Read::Once(lists), answers: Read::Once(answers), proofs, orders: None }
    }

    /// What was read for many verifications.
    pub(crate) fn shared(
        lists: &'a [ReadList<'a>],
        answers: &'a [ReadAnswer<'a>],
        proofs: Option<&'a ProofsOfExistence>,
        orders: &'a Orders,
    ) -> Self {
        Self { lists: Read::Shared(lists), answers: Read::Shared(answers), proofs, orders: Some(orders) }
    }

    /// All lists.
    pub(crate) fn lists(&self) -> Lists<'a> {
        self.read_lists().iter().map(|list| list.seen_by(self.proofs)).collect()
    }

    /// All answers.
    pub(crate) fn answers(&self) -> Answers<'a> {
        self.read_answers().iter().map(|answer| answer.seen_by(self.proofs)).collect()
    }

    pub(crate) fn read_lists(&self) -> &[ReadList<'a>] {
        self.lists.as_slice()
    }

    pub(crate) fn read_answers(&self) -> &[ReadAnswer<'a>] {
        self.answers.as_slice()
    }

    pub(crate) fn proofs(&self) -> Option<&'a ProofsOfExistence> {
        self.proofs
    }

    /// In which order pieces are preferred, where there are so many that it is worth to know it.
    pub(crate) fn orders(&self) -> Option<&'a Orders> {
        self.orders.filter(|_| self.count() > Orders::HANDFUL)
    }

    /// Before all pieces are looked at: of many, not for ever.
    pub(crate) fn look_at_all(&self) -> Result<(), Exhausted> {
        self.orders().map_or(Ok(()), |orders| orders.look_at(self.count()))
    }

    fn count(&self) -> usize {
        self.read_lists().len() + self.read_answers().len()
    }
}

impl<T> Read<'_, T> {
    fn as_slice(&self) -> &[T] {
        match self {
            Self::Once(all) => all,
            Self::Shared(all) => all,
        }
    }
}

impl<T> Default for Read<'_, T> {
    fn default() -> Self {
        Self::Once(Vec::new())
    }
}
