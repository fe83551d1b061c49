//! Judges a path by what its trust anchor is trusted for.

use chancery_certificate::Certificate;
use jiff::Timestamp;

use crate::anchor::constraints::AnchorConstraints;
use crate::path::budget::Budget;
use crate::path::build::CandidatePath;
use crate::path::fault::ChainFault;
use crate::rules::constraints;
use crate::rules::policies::{self, PolicyDemands, PolicySet};
use crate::rules::purpose::Purpose;

/// Why a path is judged.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Its certificate is the one that was asked about.
    Judged,
    /// Its certificate signed a revocation list, which is wanted because another certificate is judged for this
    /// purpose. How new it is says nothing: authorities renew the signers of their lists as long as they live.
    ListSigner(Purpose),
}

/// Everything about the anchor that speaks against the path, but for policies.
pub(crate) fn judge(
    path: CandidatePath<'_, '_>,
    role: Role,
    purpose: Purpose,
    at: Timestamp,
    budget: &mut Budget,
) -> Vec<ChainFault> {
    let constraints = path.anchor.constraints();
    if constraints.are_none() {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let wanted = match role {
        Role::Judged => purpose,
        Role::ListSigner(purpose) => purpose,
    };
    faults.extend(judge_purpose(path, constraints, wanted));
    faults.extend(judge_moment(path, constraints, at));
    if role == Role::Judged {
        faults.extend(judge_issue(path, constraints));
    }
    if let Some(names) = constraints.names() {
        let target = [path.target()];
        let below = if path.links.is_empty() { &target } else { path.links };
        faults.extend(constraints::judge_initial(path.anchor.certificate(), names, below, purpose, budget));
    }
    faults
}

fn judge_purpose(
    path: CandidatePath<'_, '_>,
    constraints: &AnchorConstraints,
    purpose: Purpose,
) -> Option<ChainFault> {
    let trusted_for = constraints.purposes()?;
    if trusted_for.contains(&purpose) || trusted_for.contains(&Purpose::Any) {
        return None;
    }
    let anchor = path.anchor.certificate().clone();
    Some(ChainFault::AnchorPurpose { anchor, purpose, trusted_for: trusted_for.to_vec() })
}

fn judge_moment(
    path: CandidatePath<'_, '_>,
    constraints: &AnchorConstraints,
    at: Timestamp,
) -> Option<ChainFault> {
    let anchor = path.anchor.certificate().clone();
    match constraints.trusted() {
        (Some(from), _) if at < from => Some(ChainFault::AnchorNotYetTrusted { anchor, at, from }),
        (_, Some(until)) if at >= until => Some(ChainFault::AnchorNoLongerTrusted { anchor, at, until }),
        _ => None,
    }
}

fn judge_issue(path: CandidatePath<'_, '_>, constraints: &AnchorConstraints) -> Option<ChainFault> {
    let distrusted_after = constraints.distrust_after()?;
    let not_before = path.target().not_before();
    if not_before <= distrusted_after {
        return None;
    }
    let (certificate, anchor) = (path.target().clone(), path.anchor.certificate().clone());
    Some(ChainFault::IssuedAfterDistrust { certificate, anchor, not_before, distrusted_after })
}

/// The policies under which the path is valid for the verifier and for whoever trusts the anchor.
///
/// `binding_anchor` is the anchor's certificate where what it says binds.
pub(crate) fn judge_policies(
    path: CandidatePath<'_, '_>,
    role: Role,
    binding_anchor: Option<&Certificate>,
    demands: &PolicyDemands,
) -> Result<PolicySet, Vec<ChainFault>> {
    let own = match role {
        Role::Judged => path.anchor.constraints().policies(),
        // Nothing is asked of their policies, by the verifier neither.
        Role::ListSigner(_) => None,
    };
    let Some(own) = own else { return policies::judge(path.links, binding_anchor, demands) };
    policies::judge(path.links, binding_anchor, &demands.with_those_of(own)).map_err(|mut faults| {
        // The anchor's demands are named as such where the verifier's alone are met.
        if policies::judge(path.links, binding_anchor, demands).is_ok() {
            for fault in &mut faults {
                if let ChainFault::Policy { certificate } = fault {
                    let (certificate, anchor) = (certificate.clone(), path.anchor.certificate().clone());
                    *fault = ChainFault::AnchorPolicies { certificate, anchor };
                }
            }
        }
        faults
    })
}
