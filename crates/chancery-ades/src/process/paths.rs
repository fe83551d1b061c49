//! Whether the path of a certificate is good for what was signed with it: now, when it was signed, or by what is
//! proven (ETSI EN 319 102-1, 5.2.6, 5.5.4 step 4 and 5.6.2.4).

use std::cell::RefCell;
use std::collections::HashMap;

use chancery_certificate::Certificate;
use chancery_chain::{
    ChainFailure, ChainFault, ChainVerifier, EvidenceFault, FaultGroup, Freshness, PathFailure,
    PreparedEvidence, ProofsOfExistence, RevocationPolicy, RevocationStatus, VerifiedChain, WeakAlgorithms,
};
use jiff::Timestamp;

use crate::faults;
use crate::process::help;
use crate::process::refusal::Refusal;
use crate::{Policy, SubIndication};

/// Whose certificate is judged.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    /// Of whoever signed.
    Signer,
    /// Of whoever says when.
    TimestampAuthority,
}

/// Judges paths, by one policy, with all that is at hand, at one present.
#[derive(Debug)]
pub(crate) struct Paths<'a> {
    policy: &'a Policy,
    evidence: &'a PreparedEvidence<'a>,
    present: Timestamp,
    /// Timestamp authorities that do not hold at the present, and why.
    failed: RefCell<HashMap<Certificate, ChainFailure>>,
}

/// A judgement by one verifier at one moment.
pub(crate) type Attempt<'f, T> = &'f mut dyn FnMut(&ChainVerifier<'_>, Timestamp) -> Result<T, ChainFailure>;

impl<'a> Paths<'a> {
    pub(crate) fn new(policy: &'a Policy, evidence: &'a PreparedEvidence<'a>, present: Timestamp) -> Self {
        Self { policy, evidence, present, failed: RefCell::default() }
    }

    pub(crate) const fn policy(&self) -> &'a Policy {
        self.policy
    }

    pub(crate) const fn present(&self) -> Timestamp {
        self.present
    }

    /// Whether what is signed with a weak algorithm does not pass.
    pub(crate) fn refuses_weak(&self) -> bool {
        self.policy.weak_algorithms() == WeakAlgorithms::Refuse
    }

    fn verifier(&self, role: Role) -> ChainVerifier<'a> {
        match role {
            Role::Signer => self.policy.signer_verifier(self.evidence, self.present),
            Role::TimestampAuthority => self.policy.timestamp_verifier(self.evidence, self.present),
        }
    }

    /// Judges the path of a signer.
    pub(crate) fn signer(
        &self,
        certificate: &Certificate,
        existed: Timestamp,
        proofs: &ProofsOfExistence,
    ) -> Result<VerifiedChain, Box<Refusal>> {
        let attempt: Attempt<'_, _> = &mut |verifier, moment| verifier.verify_at(certificate, moment);
        self.judge(Role::Signer, certificate, existed, proofs, attempt, |chain| chain)
    }

    /// Judges the path of a certificate, for something that is proven to have existed at a time: at the present; where
    /// it does not hold any more, at that time, if it could be relied on until now; else in retrospect, by what is
    /// proven of every certificate and every piece of evidence in it.
    ///
    /// What keeps it from being good is told as of the present, as the standard does.
    pub(crate) fn judge<T>(
        &self,
        role: Role,
        certificate: &Certificate,
        existed: Timestamp,
        proofs: &ProofsOfExistence,
        attempt: Attempt<'_, T>,
        chain: fn(&T) -> &VerifiedChain,
    ) -> Result<T, Box<Refusal>> {
        let verifier = self.verifier(role);
        // How recent information must be is asked of the time at which the signature existed: nobody has any that is
        // younger than the present.
        let now = match existed < self.present {
            true => verifier.clone().freshness(Freshness::default()),
            false => verifier.clone(),
        };
        let failure =
            match self.failed_before(role, certificate).map_or_else(|| attempt(&now, self.present), Err) {
                Ok(found) => return self.holds_now(role, certificate, existed, found, attempt, chain),
                Err(failure) => failure,
            };
        self.remember(role, certificate, &failure);
        if !can_be_helped(&failure) {
            return Err(self.refusal(role, certificate, existed, failure));
        }
        if existed < certificate.not_before() {
            return Err(not_yet_valid(certificate, existed));
        }
        if existed >= self.present {
            return Err(self.refusal(role, certificate, existed, failure));
        }
        let mut expired = None;
        let ended = ended_since(&failure, certificate, existed);
        let then = if ended.is_empty() { None } else { attempt(&verifier, existed).ok() };
        // Another path may have held then; what has become of it since is another matter.
        if let Some(found) = then.filter(|found| ended.contains(&chain(found).certificates())) {
            expired = self.expired_signer_of_evidence(chain(&found));
            if expired.is_none() {
                return Ok(found);
            }
        }
        let past = match attempt(&self.verifier(role).proofs(proofs), existed) {
            Ok(found) => return Ok(found),
            Err(past) => past,
        };
        let mut refusal = self.refusal(role, certificate, existed, failure);
        if let Some(text) = expired {
            let word = SubIndication::RevocationOutOfBoundsNoProof;
            refusal.meaning = faults::open(word, "revocation-not-proven");
            refusal.help = Some(help::of_expired_evidence(certificate));
            refusal.text = text;
        }
        refusal.help = help::of_past(&past, certificate).or(refusal.help);
        refusal.past = Some(past);
        Err(refusal)
    }

    /// Why this certificate does not hold at the present, if that was asked before. Many tokens are of one authority.
    fn failed_before(&self, role: Role, certificate: &Certificate) -> Option<ChainFailure> {
        match role {
            Role::TimestampAuthority => self.failed.borrow().get(certificate).cloned(),
            Role::Signer => None,
        }
    }

    fn remember(&self, role: Role, certificate: &Certificate, failure: &ChainFailure) {
        if role == Role::TimestampAuthority {
            self.failed.borrow_mut().entry(certificate.clone()).or_insert_with(|| failure.clone());
        }
    }

    /// A path that holds at the present holds for what existed before, unless the certificate was not issued yet, was
    /// on hold then, or its anchor was not to be trusted yet.
    fn holds_now<T>(
        &self,
        role: Role,
        certificate: &Certificate,
        existed: Timestamp,
        found: T,
        attempt: Attempt<'_, T>,
        chain: fn(&T) -> &VerifiedChain,
    ) -> Result<T, Box<Refusal>> {
        if existed < certificate.not_before() {
            return Err(not_yet_valid(certificate, existed));
        }
        if existed >= self.present || role == Role::TimestampAuthority {
            return Ok(found);
        }
        match attempt(&self.verifier(role), existed) {
            Ok(then) => Ok(then),
            Err(failure) if self.matters_still(&failure, chain(&found)) => {
                Err(self.refusal(role, certificate, existed, failure))
            }
            Err(_) => Ok(found),
        }
    }

    /// Whether what was wrong with the path at an earlier time still matters where it holds at the present: something was
    /// on hold then, is not known by information as recent as is asked for, or whoever trusts the anchor does not trust it
    /// for that time. It may stand behind other faults, which do not.
    fn matters_still(&self, failure: &ChainFailure, found: &VerifiedChain) -> bool {
        let asks = self.policy.asked_freshness() != Freshness::default();
        let matters = |fault: &ChainFault| match fault.group() {
            FaultGroup::Revoked => true,
            FaultGroup::RevocationUnknown => asks,
            _ => matches!(fault, ChainFault::AnchorNotYetTrusted { .. }),
        };
        let own = failure.paths().find(|path| path.certificates() == found.certificates());
        match own {
            Some(path) => path.faults().any(matters),
            None => failure.paths().any(|path| path.faults().any(matters)),
        }
    }

    fn refusal(
        &self,
        role: Role,
        certificate: &Certificate,
        existed: Timestamp,
        failure: ChainFailure,
    ) -> Box<Refusal> {
        let (fault, meaning) = faults::of_failure(&failure, certificate, self.policy.revocation());
        let own = |fault: &&ChainFault| fault.certificate() == Some(certificate);
        let expired = failure.faults().filter(own).find(|fault| matches!(fault, ChainFault::Expired { .. }));
        let (fault, meaning) = match (fault, expired) {
            // The revocation came later than the signature, and so did the end of the certificate (5.5.4, 4 a iii).
            (ChainFault::Revoked { since, .. }, _)
                if own(&fault) && *since > existed && existed > certificate.not_after() =>
            {
                (fault, faults::open(SubIndication::OutOfBoundsNotRevoked, "certificate-expired"))
            }
            // There is evidence, of before or after: it is the end of the certificate that keeps all of it from speaking.
            (ChainFault::RevocationUnknown { because, .. }, Some(expired))
                if own(&fault)
                    && because.iter().any(speaks_of_another_time)
                    && !self.is_known_not_revoked(role, certificate) =>
            {
                // Its algorithms are asked about before its end (5.2.6.4, steps 6 and 7).
                let mut weak = failure.faults().filter(own);
                let first = weak.find(|fault| fault.group() == FaultGroup::Cryptography).unwrap_or(expired);
                (first, faults::of_chain(first, certificate))
            }
            // That it was not revoked while it was valid is known, though nobody speaks of it since.
            (ChainFault::Expired { .. } | ChainFault::RevocationUnknown { .. }, Some(expired))
                if own(&fault) && self.is_known_not_revoked(role, certificate) =>
            {
                (expired, faults::open(SubIndication::OutOfBoundsNotRevoked, "certificate-expired"))
            }
            _ => (fault, meaning),
        };
        let (text, help) = (fault.to_string(), help::of_chain(fault, certificate));
        Box::new(Refusal { meaning, text, help, failure: Some(failure), past: None })
    }

    /// Whether an expired certificate is known not to have been revoked until its end, by those who can still be
    /// asked.
    fn is_known_not_revoked(&self, role: Role, certificate: &Certificate) -> bool {
        if self.policy.revocation() == RevocationPolicy::NotChecked {
            return true;
        }
        let at_its_end = certificate.not_after().min(self.present);
        let at_its_end = self.verifier(role).verify_at(certificate, at_its_end);
        at_its_end.is_ok_and(|chain| match chain.revocation().first() {
            Some(RevocationStatus::Good(_)) => self.expired_signer_of_evidence(&chain).is_none(),
            Some(RevocationStatus::NotAvailable(_) | RevocationStatus::Anchor) => true,
            _ => false,
        })
    }

    /// Why evidence proves nothing any more although it spoke of the right time: whoever signed it is not valid at
    /// the present, and who has that key now can date things back.
    fn expired_signer_of_evidence(&self, chain: &VerifiedChain) -> Option<String> {
        chain.certificates().iter().zip(chain.revocation()).find_map(|(certificate, status)| {
            let (RevocationStatus::Good(good) | RevocationStatus::RevokedLater { evidence: good, .. }) =
                status
            else {
                return None;
            };
            let until = good.signer_until().filter(|until| *until < self.present)?;
            Some(format!(
                "the {} of {} about \"{}\" was signed with a certificate that ended at {until}",
                good.kind,
                good.this_update,
                certificate.display_name()
            ))
        })
    }
}

/// The paths with which nothing is wrong at the present but what came after the time at which the signature existed: the
/// certificate itself ended or was revoked, newer revocation information is missing.
fn ended_since<'f>(
    failure: &'f ChainFailure,
    certificate: &Certificate,
    existed: Timestamp,
) -> Vec<&'f [Certificate]> {
    let since = |fault: &ChainFault| match fault {
        ChainFault::Expired { certificate: expired, not_after, .. } => {
            expired == certificate && existed <= *not_after
        }
        // Of an authority it is not enough: whoever stole its key can have written the certificate, and what speaks for
        // it, since then, and keeps back what tells of the theft. That takes proofs of theirs (5.6.2.2).
        ChainFault::Revoked { certificate: revoked, since, .. } => revoked == certificate && existed < *since,
        ChainFault::RevocationUnknown { certificate: unknown, .. } => unknown == certificate,
        _ => false,
    };
    let paths = failure.paths().filter(|path| path.faults().all(since));
    paths.map(PathFailure::certificates).collect()
}

/// Whether a proof of an earlier time, or newer information, can make it good (EN 319 102-1, 5.6.3.4 step 3): a path
/// leads to a trust anchor, and nothing is wrong with it but times, revocations and algorithms.
fn can_be_helped(failure: &ChainFailure) -> bool {
    let passing = |fault: &ChainFault| {
        matches!(
            fault.group(),
            FaultGroup::Cryptography
                | FaultGroup::Revoked
                | FaultGroup::OutOfBounds
                | FaultGroup::NoProof
                | FaultGroup::RevocationUnknown
        )
    };
    failure.paths().any(|path| path.faults().all(passing))
}

/// Whether there is evidence about the certificate, of another time than the one in question.
fn speaks_of_another_time(fault: &EvidenceFault) -> bool {
    matches!(fault, EvidenceFault::AfterExpiry { .. }) || faults::is_outdated(fault)
}

fn not_yet_valid(certificate: &Certificate, existed: Timestamp) -> Box<Refusal> {
    let text = format!(
        "it is proven to have existed at {existed}, before the certificate of {} was valid, at {}",
        certificate.display_name(),
        certificate.not_before()
    );
    let meaning = faults::failed(SubIndication::NotYetValid, "certificate-not-yet-valid");
    Box::new(Refusal { meaning, text, help: None, failure: None, past: None })
}
