//! Whether a signature keeps what it is judged by, as level B-LT asks (ETSI EN 319 102-1, 5.5; EN 319 122-1, 6.1).

use std::cell::OnceCell;

use chancery_chain::{Evidence, PreparedEvidence, RevocationPolicy};
use jiff::Timestamp;

use crate::level::SignatureLevel;
use crate::report::{Aspect, Restriction};
use crate::verdict::Proof;
use crate::{Finding, Policy, SignatureReport, SubIndication};

/// What came with the signatures, beside all that is known.
#[derive(Debug)]
pub(crate) struct Carried<'a> {
    evidence: &'a Evidence,
    all: &'a PreparedEvidence<'a>,
    /// Made when it is first needed.
    prepared: OnceCell<PreparedEvidence<'a>>,
}

impl<'a> Carried<'a> {
    /// `all` begins with `evidence`.
    pub(crate) const fn new(evidence: &'a Evidence, all: &'a PreparedEvidence<'a>) -> Self {
        Self { evidence, all, prepared: OnceCell::new() }
    }

    fn prepared(&self) -> &PreparedEvidence<'a> {
        self.prepared.get_or_init(|| self.all.beginning(self.evidence))
    }
}

/// Whether the policy asks for that.
pub(crate) fn is_asked_for(policy: &Policy) -> bool {
    policy.demanded_level() >= SignatureLevel::LongTerm
}

/// From B-LT on: the certificates, CRLs and OCSP answers that came with the signature must show by themselves that its
/// certificate was good when the signature is proven to have existed. The form only says that there are some; forged ones
/// beside better information of whoever asks would pass, and be of no use to whoever has only the signature.
pub(crate) fn judge(
    report: SignatureReport,
    policy: &Policy,
    carried: &Carried<'_>,
    present: Timestamp,
) -> SignatureReport {
    let demanded = policy.demanded_level();
    let Some(proof) = report.verdict().proof() else { return report };
    if is_judged_by_it_already(policy, proof) {
        return report;
    }
    let verifier =
        policy.signer_verifier(carried.prepared(), present).with_revocation(RevocationPolicy::Require);
    let Err(failure) = verifier.verify_at(proof.signer(), proof.time()) else { return report };
    let text = format!(
        "the policy demands level {demanded}, and what the signature holds does not show that its certificate was good: {failure}"
    );
    let help = "to keep the missing certificates and revocation information with the signature would help";
    let finding = Finding::error("level-too-low", text).helped_by(Some(help.to_owned()));
    report.restrict(Restriction::leaves_open(
        SubIndication::SignatureConstraintsFailure,
        Aspect::Time,
        finding,
    ))
}

/// Where nothing is known but what came with the signatures, and revocation must be known, the very same was asked for
/// the verdict: unless that is about another moment, or rests on what is proven of the past.
fn is_judged_by_it_already(policy: &Policy, proof: &Proof) -> bool {
    let chain = proof.chain();
    policy.known_evidence().is_empty()
        && policy.revocation() == RevocationPolicy::Require
        && chain.at() == proof.time()
        && chain.control_time().is_none()
}
