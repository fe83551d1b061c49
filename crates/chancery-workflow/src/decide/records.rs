//! After the end: what holds, what is kept.

use jiff::Timestamp;

use crate::acting::Acting;
use crate::event::{LegalHoldReleased, LegalHoldSet, PurgeQueued, Purged, Revoked, Superseded};
use crate::guard::{Asked, Decided};
use crate::hold::LegalHold;
use crate::id::{EnvelopeId, HoldId};
use crate::next_action::Capacity;
use crate::reason::ReasonOf;
use crate::refusal::Refusal;
use crate::status::{Disposition, Ended, Retention, Status, StatusName};
use crate::text::Text;
use chancery_auth::UserId;

pub(crate) fn supersede(asked: Asked<'_>, by: EnvelopeId) -> Decided {
    in_force(asked)?;
    if by == asked.envelope.id {
        return Err(Refusal::AlreadyExists(by).into());
    }
    Ok(vec![Superseded { by, at: asked.now }.into()])
}

pub(crate) fn revoke(asked: Asked<'_>, reason: &Text) -> Decided {
    in_force(asked)?;
    Ok(vec![Revoked { at: asked.now }.into(), asked.reason(ReasonOf::Revoke, reason)])
}

fn in_force(asked: Asked<'_>) -> Result<(), Refusal> {
    asked.is(Capacity::Owner)?;
    asked.stands(StatusName::Completed)?;
    match asked.envelope.disposition {
        Disposition::InForce => Ok(()),
        Disposition::Superseded { .. } | Disposition::Revoked => Err(Refusal::NotInForce),
    }
}

fn officer(asked: Asked<'_>) -> Result<UserId, Refusal> {
    match asked.acting {
        Acting::Records(user) => Ok(user),
        Acting::User(_) | Acting::Timer | Acting::Sealer | Acting::Notifier | Acting::Operator(_) => {
            Err(Refusal::NotPermitted(Capacity::RecordsOfficer))
        }
    }
}

pub(crate) fn hold(asked: Asked<'_>, reason: &Text) -> Decided {
    let by = officer(asked)?;
    if asked.envelope.retention == Retention::Purged {
        return Err(Refusal::NotQueued.into());
    }
    let too_many = |what: &str, most| Refusal::TooMany { what: what.to_owned(), most };
    if asked.envelope.holds.len() >= LegalHold::MOST {
        let most = u64::try_from(LegalHold::MOST).unwrap_or(u64::MAX);
        return Err(too_many("legal holds in force", most).into());
    }
    let hold = asked.envelope.next_hold.ok_or_else(|| too_many("numbers of legal holds", 1 << 32))?;
    let given = asked.reason(ReasonOf::Hold(hold), reason);
    Ok(vec![LegalHoldSet { hold, by, at: asked.now }.into(), given])
}

pub(crate) fn release(asked: Asked<'_>, hold: HoldId, reason: &Text) -> Decided {
    let by = officer(asked)?;
    if asked.envelope.hold(hold).is_some() {
        let given = asked.reason(ReasonOf::Release(hold), reason);
        return Ok(vec![LegalHoldReleased { hold, by, at: asked.now }.into(), given]);
    }
    let was_given = asked.envelope.next_hold.is_none_or(|next| hold < next);
    Err(if was_given { Refusal::HoldOver(hold) } else { Refusal::UnknownHold(hold) }.into())
}

/// What forbids the purge.
fn on_hold(asked: Asked<'_>) -> Refusal {
    Refusal::OnHold(asked.envelope.holds.iter().map(|hold| hold.id).collect())
}

/// When the record need not be kept any more: its time after the envelope's end.
fn kept_until(asked: Asked<'_>) -> Result<Timestamp, Refusal> {
    let found = asked.status().name();
    match (found.ended(), asked.envelope.ended_at) {
        (Ended::ForEver, Some(ended)) => {
            Ok(ended.checked_add(asked.envelope.draft.rules.keep_for).unwrap_or(Timestamp::MAX))
        }
        _ => Err(Refusal::WrongStatus { found, needed: StatusName::Completed }),
    }
}

pub(crate) fn queue_purge(asked: Asked<'_>) -> Decided {
    let by = officer(asked)?;
    let until = kept_until(asked)?;
    match asked.envelope.retention() {
        Retention::Normal if asked.now < until => Err(Refusal::KeptUntil { until }.into()),
        Retention::Normal => Ok(vec![PurgeQueued { by, at: asked.now }.into()]),
        Retention::LegalHold => Err(on_hold(asked).into()),
        Retention::PurgeQueued | Retention::Purged => Err(Refusal::NotQueued.into()),
    }
}

pub(crate) fn purge(asked: Asked<'_>) -> Decided {
    officer(asked)?;
    match asked.envelope.retention() {
        Retention::PurgeQueued => {}
        Retention::LegalHold => return Err(on_hold(asked).into()),
        Retention::Normal | Retention::Purged => return Err(Refusal::NotQueued.into()),
    }
    let artifacts = match asked.status() {
        Status::Completed { artifacts } => artifacts.iter().map(|artifact| artifact.digest).collect(),
        Status::Draft
        | Status::Scheduled { .. }
        | Status::InProgress
        | Status::Paused(_)
        | Status::Finalizing(_)
        | Status::Declined { .. }
        | Status::Voided { .. }
        | Status::Expired
        | Status::Failed { .. } => Vec::new(),
    };
    let originals = asked.envelope.draft.documents.iter().map(|document| document.digest);
    let mut kept: Vec<_> =
        originals.chain(asked.envelope.contents.iter().copied()).chain(artifacts).collect();
    kept.sort_unstable();
    kept.dedup();
    Ok(vec![Purged { kept, at: asked.now }.into()])
}
