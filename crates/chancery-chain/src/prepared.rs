//! Evidence that is read once for many verifications.

use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use crate::evidence::Evidence;
use crate::past::proofs::ProofsOfExistence;
use crate::path::pool::{self, ByName};
use crate::path::signature::SignatureChecker;
use crate::revocation::ask::Known;
use crate::revocation::known_answers::{self, ReadAnswer};
use crate::revocation::known_lists::{self, ReadList};

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
    by_name: Arc<ByName<'a>>,
    lists: Vec<ReadList<'a>>,
    answers: Vec<ReadAnswer<'a>>,
    signatures: Mutex<SignatureChecker>,
}

impl<'a> PreparedEvidence<'a> {
    /// Reads everything in it.
    pub fn new(evidence: &'a Evidence) -> Self {
        Self {
            evidence,
            by_name: Arc::new(pool::by_name(evidence.certificates())),
            lists: known_lists::read(evidence.crls(), evidence.crl_sources()),
            answers: known_answers::read(evidence.ocsp()),
            signatures: Mutex::default(),
        }
    }

    /// The evidence itself.
    pub fn evidence(&self) -> &'a Evidence {
        self.evidence
    }

    pub(crate) fn by_name(&self) -> Arc<ByName<'a>> {
        Arc::clone(&self.by_name)
    }

    /// What is known, as the proofs see it.
    pub(crate) fn known(&self, proofs: Option<&'a ProofsOfExistence>) -> Known<'a> {
        Known {
            lists: known_lists::known(&self.lists, proofs),
            answers: known_answers::known(&self.answers, proofs),
        }
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

impl fmt::Debug for PreparedEvidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedEvidence").field("evidence", self.evidence).finish_non_exhaustive()
    }
}
