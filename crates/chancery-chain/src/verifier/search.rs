//! Looks for a path, with all that is at hand.

use std::collections::HashSet;
use std::mem;

use chancery_certificate::Certificate;
use jiff::Timestamp;

use crate::evidence::Evidence;
use crate::path::build::{self, Work};
use crate::path::failure::ChainFailure;
use crate::path::pool::Pool;
use crate::path::signature::SignatureChecker;
use crate::revocation::known::Known;
use crate::revocation::known_answers;
use crate::revocation::known_lists;
use crate::rules::anchor::Role;
use crate::rules::judge::Rules;
use crate::settings::RevocationPolicy;
use crate::verified::VerifiedChain;
use crate::verifier::ChainVerifier;
use crate::verifier::signers::SignersUnder;

impl<'a> ChainVerifier<'a> {
    /// The same, without checking again what an earlier verification with the same evidence, or less of it in the
    /// same order, found out about signatures.
    pub(crate) fn verify_remembering(
        &self,
        certificate: &Certificate,
        at: Timestamp,
        signatures: &mut SignatureChecker,
    ) -> Result<VerifiedChain, ChainFailure> {
        let pool = self.pool();
        let known = match self.revocation {
            RevocationPolicy::NotChecked => Known::default(),
            RevocationPolicy::Require | RevocationPolicy::WhenKnown => self.known(),
        };
        let mut work = Work::new(self.limits, self.weak_algorithms, self.algorithms);
        work.signatures = mem::take(signatures);
        let found = build::search(certificate, at, &pool, &mut work, &mut |path, work| {
            let rules = Rules {
                role: Role::Judged,
                purpose: self.purpose,
                usages: &self.usages,
                at,
                policies: &self.policies,
                profile: self.profile,
                algorithms: self.algorithms,
            };
            let (anchor, in_progress, asked) = (path.anchor, Vec::new(), Vec::new());
            let signers =
                SignersUnder { verifier: self, pool: &pool, known: &known, anchor, at, in_progress, asked };
            self.judge(path, rules, self.revocation, &known, &signers, work)
        });
        *signatures = work.signatures;
        found
    }

    fn pool(&self) -> Pool<'a> {
        // Evidence has each of its certificates once already.
        let is_kept = |one: &Certificate| self.evidence.is_some_and(|evidence| evidence.has_certificate(one));
        let mut known = HashSet::new();
        let others = self.intermediates.iter().filter(|one| !is_kept(one) && known.insert(*one));
        let mut others = others.peekable();
        if let (None, Some(prepared)) = (others.peek(), self.prepared) {
            return Pool::of(self.anchors, prepared.by_name());
        }
        let kept = self.evidence.map_or(&[][..], Evidence::certificates);
        Pool::new(self.anchors, others.chain(kept))
    }

    fn known(&self) -> Known<'a> {
        if let Some(prepared) = self.prepared {
            return prepared.known(self.proofs);
        }
        let Some(evidence) = self.evidence else { return Known::default() };
        let lists = known_lists::read(evidence.crls(), evidence.crl_sources());
        let answers = known_answers::read(evidence.ocsp(), evidence.certificates());
        Known::of(lists, answers, self.proofs)
    }
}
