//! Whether a signature keeps what it is judged by, as level B-LT asks (ETSI EN 319 102-1, 5.5; EN 319 122-1, 6.1).

use chancery_chain::{PreparedEvidence, RevocationPolicy};
use jiff::Timestamp;

use crate::level::SignatureLevel;
use crate::report::{Aspect, Restriction};
use crate::{Finding, Policy, SignatureReport, SubIndication};

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
    carried: &PreparedEvidence<'_>,
    present: Timestamp,
) -> SignatureReport {
    let demanded = policy.demanded_level();
    let Some(proof) = report.verdict().proof() else { return report };
    let verifier = policy.signer_verifier(carried, present).with_revocation(RevocationPolicy::Require);
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
