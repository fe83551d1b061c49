//! Evidence that is read once for many verifications.

use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use chancery_certificate::{Certificate, Octets};

use crate::evidence::Evidence;
use crate::past::proofs::ProofsOfExistence;
use crate::path::by_name::ByName;
use crate::path::pool;
use crate::path::signature::SignatureChecker;
use crate::revocation::crl_source::CrlSource;
use crate::revocation::known::Known;
use crate::revocation::known_answers::{self, ReadAnswer};
use crate::revocation::known_lists::{self, ReadList};
use crate::revocation::order::Orders;

/// Evidence that many verifications share: its pieces are read once, and what was found out about signatures is
/// remembered, so that none is checked twice with the same key.
///
/// A document with timestamps asks about the same certificates, CRLs and OCSP answers many times: for each timestamp,
/// for the signer, at the present and in retrospect. Nothing that depends on the moment, the purpose or the policy is
/// remembered: only whether a signature is the one of a key, and what a list says of a certificate.
///
/// ```
/// use chancery_chain::{ChainVerifier, Evidence, PreparedEvidence, Purpose, RevocationPolicy, TrustAnchors};
/// # fn judge(anchors: &TrustAnchors, evidence: &Evidence, one: &chancery_certificate::Certificate, other: &chancery_certificate::Certificate, at: jiff::Timestamp) {
/// let prepared = PreparedEvidence::new(evidence);
/// let verifier =
///     ChainVerifier::new(anchors, Purpose::DocumentSigning, RevocationPolicy::Require).prepared(&prepared);
/// let (first, second) = (verifier.verify_at(one, at), verifier.verify_at(other, at));
/// # drop((first, second));
/// # }
/// ```
pub struct PreparedEvidence<'a> {
    evidence: &'a Evidence,
    by_name: Arc<ByName<'a, &'a Certificate>>,
    lists: Vec<ReadList<'a>>,
    answers: Vec<ReadAnswer<'a>>,
    signatures: Arc<Mutex<SignatureChecker>>,
    orders: Orders,
}

impl<'a> PreparedEvidence<'a> {
    /// Reads everything in it.
    pub fn new(evidence: &'a Evidence) -> Self {
        Self {
            evidence,
            by_name: Arc::new(pool::by_name(evidence.certificates())),
            lists: known_lists::read(evidence.crls(), evidence.crl_sources()),
            answers: known_answers::read(evidence.ocsp(), evidence.certificates()),
            signatures: Arc::default(),
            orders: Orders::default(),
        }
    }

    /// Less evidence: the pieces with which this begins, and to which the others were added
    /// ([`Evidence::extend`]). They are not read again, and what was or will be found out about signatures is remembered
    /// for both. Where this does not begin with them, they are read anew and share nothing.
    #[must_use]
    pub fn beginning(&self, part: &'a Evidence) -> Self {
        let whole = self.evidence;
        let begins = is_beginning(part.crls(), whole.crls(), Octets::eq)
            && is_beginning(part.crl_sources(), whole.crl_sources(), CrlSource::is)
            && is_beginning(part.ocsp(), whole.ocsp(), Octets::eq);
        if !begins {
            return Self::new(part);
        }
        let in_memory = self.lists.iter().take(part.crls().len());
        let elsewhere = self.lists.iter().skip(whole.crls().len()).take(part.crl_sources().len());
        Self {
            evidence: part,
            by_name: Arc::new(pool::by_name(part.certificates())),
            lists: in_memory.chain(elsewhere).cloned().collect(),
            answers: self.answers.iter().take(part.ocsp().len()).cloned().collect(),
            signatures: Arc::clone(&self.signatures),
            orders: Orders::default(),
        }
    }

    /// The evidence itself.
    pub fn evidence(&self) -> &'a Evidence {
        self.evidence
    }

    pub(crate) fn by_name(&self) -> Arc<ByName<'a, &'a Certificate>> {
        Arc::clone(&self.by_name)
    }

    /// What is known, as the proofs see it.
    pub(crate) fn known(&'a self, proofs: Option<&'a ProofsOfExistence>) -> Known<'a> {
        Known::shared(&self.lists, &self.answers, proofs, &self.orders)
    }

    /// How many CRLs and OCSP answers verifications looked at so far, one that several looked at several times: what
    /// judging by much evidence costs, on whatever machine. A handful of pieces is not counted.
    pub fn looked_at(&self) -> u64 {
        self.orders.looked_at()
    }

    /// Lends what was found out about signatures.
    pub(crate) fn remembering<T>(&self, verify: impl FnOnce(&mut SignatureChecker) -> T) -> T {
        // Whoever comes meanwhile, in another thread, begins with an empty memory, which costs time and nothing else.
        let lock = || self.signatures.lock().unwrap_or_else(PoisonError::into_inner);
        let mut signatures = mem::take(&mut *lock());
        let found = verify(&mut signatures);
        *lock() = signatures;
        found
    }
}

/// Whether a list begins with all of these.
fn is_beginning<T>(part: &[T], whole: &[T], is_same: impl Fn(&T, &T) -> bool) -> bool {
    part.len() <= whole.len() && part.iter().zip(whole).all(|(one, other)| is_same(one, other))
}

impl fmt::Debug for PreparedEvidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedEvidence").field("evidence", self.evidence).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_it_begins_with_shares_its_memory() {
        let answers = |names: &[&[u8]]| {
            names.iter().fold(Evidence::new(), |evidence, name| evidence.with_ocsp(name.to_vec()))
        };
        let whole = answers(&[b"a", b"b", b"c"]);
        let prepared = PreparedEvidence::new(&whole);
        let shares = |part: &Evidence| {
            let part = prepared.beginning(part);
            assert_eq!(part.answers.len(), part.evidence.ocsp().len());
            Arc::ptr_eq(&part.signatures, &prepared.signatures)
        };
        assert!(shares(&answers(&[])) && shares(&answers(&[b"a", b"b"])) && shares(&whole));
        // What was found out is remembered by place: other pieces there would be taken for those.
        assert!(!shares(&answers(&[b"b"])) && !shares(&answers(&[b"a", b"c"])));
        assert!(
            !shares(&answers(&[b"a", b"b", b"c", b"d"])) && !shares(&answers(&[]).with_crl(b"a".to_vec()))
        );
    }
}
