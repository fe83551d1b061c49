//! Finishing: one attempt at a time, each with a lease and a number.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::event::{Completed, Failed, FinalizeFailed, FinalizeStarted};
use crate::guard::{Asked, Decided};
use crate::next_action::Capacity;
use crate::reason::ReasonOf;
use crate::refusal::Refusal;
use crate::status::{Artifact, Finalization, Status, StatusName};
use crate::text::Text;

/// More files than an envelope has documents, twice.
const MOST_ARTIFACTS: usize = 2001;

fn finalization(asked: Asked<'_>) -> Result<Finalization, Refusal> {
    match asked.status() {
        Status::Finalizing(finalization) => Ok(*finalization),
        other => Err(Refusal::WrongStatus { found: other.name(), needed: StatusName::Finalizing }),
    }
}

pub(crate) fn begin(asked: Asked<'_>, lease: SignedDuration) -> Decided {
    asked.is(Capacity::Sealer)?;
    let finalization = finalization(asked)?;
    if let Some(until) = finalization.lease.filter(|until| asked.now <= *until) {
        return Err(Refusal::LeaseHeld { until }.into());
    }
    let most = asked.envelope.draft.rules.finalize_lease;
    if lease <= SignedDuration::ZERO || lease > most {
        return Err(Refusal::Lease { asked: lease, most }.into());
    }
    let until = asked.now.checked_add(lease).unwrap_or(Timestamp::MAX);
    let attempt = finalization.attempt.saturating_add(1);
    Ok(vec![FinalizeStarted { attempt, until, at: asked.now }.into()])
}

/// The attempt is the current one. Its lease may have ended: as long as nobody else began, its result is as good as any,
/// because the seal's key makes every attempt the same.
fn current(asked: Asked<'_>, attempt: u32) -> Result<Finalization, Refusal> {
    let finalization = finalization(asked)?;
    if finalization.attempt != attempt || attempt == 0 {
        return Err(Refusal::WrongAttempt { current: finalization.attempt });
    }
    Ok(finalization)
}

pub(crate) fn succeed(asked: Asked<'_>, attempt: u32, artifacts: &[Artifact]) -> Decided {
    asked.is(Capacity::Sealer)?;
    current(asked, attempt)?;
    let digests: BTreeSet<_> = artifacts.iter().map(|artifact| artifact.digest).collect();
    if artifacts.is_empty() || artifacts.len() > MOST_ARTIFACTS || digests.len() != artifacts.len() {
        return Err(Refusal::Artifacts.into());
    }
    Ok(vec![Completed { attempt, artifacts: artifacts.to_vec(), at: asked.now }.into()])
}

pub(crate) fn fail(asked: Asked<'_>, attempt: u32, error: &Text) -> Decided {
    asked.is(Capacity::Sealer)?;
    if current(asked, attempt)?.lease.is_none() {
        return Ok(Vec::new()); // it has failed already
    }
    Ok(vec![FinalizeFailed { attempt, error: error.clone(), at: asked.now }.into()])
}

pub(crate) fn abandon(asked: Asked<'_>, reason: &Text) -> Decided {
    asked.is(Capacity::Operator)?;
    let finalization = finalization(asked)?;
    let (made, needed) = (finalization.attempt, asked.envelope.draft.rules.finalize_attempts);
    if made <= needed {
        return Err(Refusal::AttemptsLeft { made, needed: needed.saturating_add(1) }.into());
    }
    if let Some(until) = finalization.lease.filter(|until| asked.now <= *until) {
        return Err(Refusal::LeaseHeld { until }.into());
    }
    let given = asked.reason(ReasonOf::Abandon, reason);
    Ok(vec![Failed { by: asked.acting, at: asked.now }.into(), given])
}
