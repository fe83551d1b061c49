//! Sending, now or at a time.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::acting::Acting;
use crate::command::Permissions;
use crate::document::{Allowance, Permitted};
use crate::draft_check;
use crate::envelope::Envelope;
use crate::event::{Scheduled, Sent};
use crate::guard::{Asked, Decided};
use crate::id::{ContentDigest, DocumentId, PartyId, PolicyHash, index, number};
use crate::next_action::Capacity;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::status::{Status, StatusName};

pub(crate) fn schedule(asked: Asked<'_>, send_at: Timestamp, permissions: &Permissions) -> Decided {
    asked.is(Capacity::Sender)?;
    asked.stands(StatusName::Draft)?;
    if send_at <= asked.now {
        return Err(Refusal::NotInFuture(send_at).into());
    }
    let permitted = check(asked.envelope, permissions)?;
    Ok(vec![Scheduled { send_at, permitted, at: asked.now }.into()])
}

pub(crate) fn send(asked: Asked<'_>, permissions: &Permissions) -> Decided {
    asked.is(Capacity::Sender)?;
    let permitted = match asked.status() {
        Status::Draft => check(asked.envelope, permissions)?,
        Status::Scheduled { .. } => asked.envelope.permitted.to_vec(),
        other => {
            return Err(Refusal::WrongStatus { found: other.name(), needed: StatusName::Draft }.into());
        }
    };
    Ok(vec![sent(asked, asked.acting, permitted).into()])
}

/// The event of sending, of a draft that was checked.
pub(crate) fn sent(asked: Asked<'_>, by: Acting, permitted: Vec<Permitted>) -> Sent {
    let draft = &asked.envelope.draft;
    let deadline = asked.now.checked_add(draft.rules.open_for).unwrap_or(Timestamp::MAX);
    let policy = policy_hash(asked.envelope, asked.policies);
    Sent { by, documents: draft.documents.clone(), permitted, policy, deadline, at: asked.now }
}

/// Everything that must be right before an envelope is sent, and what its documents permit.
fn check(envelope: &Envelope, permissions: &Permissions) -> Result<Vec<Permitted>, Refusal> {
    let draft = envelope.whole_draft();
    let faults = draft_check::faults(&draft);
    if !faults.is_empty() {
        return Err(Refusal::Draft(faults));
    }
    let mut wanted = vec![0_u32; draft.documents.len()];
    for n in 0..draft.parties.len() {
        for document in envelope.signs(PartyId::new(number(n))) {
            if let Some(wanted) = wanted.get_mut(index(document.number())) {
                *wanted = wanted.saturating_add(1);
            }
        }
    }
    let mut permitted = Vec::new();
    for (n, (wanted, document)) in wanted.into_iter().zip(&draft.documents).enumerate() {
        if wanted > 0 {
            let id = DocumentId::new(number(n));
            let signatures = permits(permissions, id, document.digest, wanted)?;
            permitted.push(Permitted { document: id, signatures });
        }
    }
    Ok(permitted)
}

/// What a document permits, if that is enough.
pub(crate) fn permits(
    permissions: &Permissions,
    document: DocumentId,
    digest: ContentDigest,
    wanted: u32,
) -> Result<Allowance, Refusal> {
    let found = permissions.iter().find(|permission| permission.document() == digest);
    let allowance = found.ok_or(Refusal::PermissionMissing(document))?.signatures();
    if allowance.permits(wanted) {
        Ok(allowance)
    } else {
        Err(Refusal::SignaturesForbidden { document, allowance, wanted })
    }
}

/// SHA-256 over the rules and the names of the policies.
fn policy_hash(envelope: &Envelope, policies: &[Box<dyn Policy>]) -> PolicyHash {
    let names: Vec<_> = policies.iter().map(|policy| policy.name()).collect();
    // See `event::bytes` for why this cannot fail.
    let bytes = serde_json::to_vec(&(&envelope.draft.rules, names)).unwrap_or_default();
    PolicyHash::from_bytes(Sha256::digest(bytes).into())
}
