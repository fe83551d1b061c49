//! Grants to download.

use chancery_auth::ProvedFactor;
use jiff::{SignedDuration, Timestamp};

use crate::event::{DownloadGranted, Downloaded};
use crate::grant::{DownloadGrant, Uses};
use crate::guard::{Asked, Decided};
use crate::id::{ContentDigest, GrantId, PartyId, number};
use crate::next_action::Capacity;
use crate::party::Side;
use crate::refusal::Refusal;
use crate::role::Role;
use crate::slot::Standing;
use crate::status::{Retention, Status, StatusName};

pub(crate) fn grant(
    asked: Asked<'_>,
    party: PartyId,
    artifact: ContentDigest,
    lasts: Option<SignedDuration>,
    uses: Uses,
) -> Decided {
    asked.is(Capacity::SenderOrSealer)?;
    let Status::Completed { artifacts } = asked.status() else {
        return Err(
            Refusal::WrongStatus { found: asked.status().name(), needed: StatusName::Completed }.into()
        );
    };
    if asked.envelope.retention == Retention::Purged
        || !artifacts.iter().any(|known| known.digest == artifact)
    {
        return Err(Refusal::UnknownArtifact.into());
    }
    let turn = asked.any_party(party)?;
    let has_part = match (&turn.party.role, turn.slot.standing) {
        (Role::View | Role::Copy { .. }, standing) => standing == Standing::Defined,
        (_, standing) => standing == Standing::Done && turn.slot.again.is_none(),
    };
    if turn.party.side == Side::InHouse || !has_part {
        return Err(Refusal::NotCounterparty(party).into());
    }
    let (start, lasts) = match lasts {
        None => (asked.envelope.ended_at.unwrap_or(asked.now), DownloadGrant::DEFAULT_TTL),
        Some(lasts) => (asked.now, lasts),
    };
    if lasts <= SignedDuration::ZERO || lasts > DownloadGrant::LONGEST_TTL {
        return Err(Refusal::GrantTime { most: DownloadGrant::LONGEST_TTL }.into());
    }
    let not_after = start.checked_add(lasts).unwrap_or(Timestamp::MAX);
    if not_after <= asked.now {
        return Err(Refusal::GrantOver { not_after }.into());
    }
    let made = asked.envelope.grants.len();
    if made >= DownloadGrant::MOST {
        let most = u64::try_from(DownloadGrant::MOST).unwrap_or(u64::MAX);
        return Err(Refusal::TooMany { what: "grants".to_owned(), most }.into());
    }
    let grant = DownloadGrant { id: GrantId::new(number(made)), party, artifact, not_after, uses };
    Ok(vec![DownloadGranted { grant, at: asked.now }.into()])
}

pub(crate) fn redeem(asked: Asked<'_>, id: GrantId, factors: &[ProvedFactor]) -> Decided {
    let granted = asked.envelope.grant(id).ok_or(Refusal::UnknownGrant(id))?;
    let grant = &granted.grant;
    // Whether it exists is nobody else's business.
    let turn = asked.party(grant.party).map_err(|_| Refusal::UnknownGrant(id))?;
    turn.is_bounded(asked.envelope)?;
    if asked.now >= grant.not_after {
        return Err(Refusal::GrantOver { not_after: grant.not_after }.into());
    }
    if grant.uses == Uses::Once && granted.redeemed > 0 {
        return Err(Refusal::GrantUsed.into());
    }
    if asked.envelope.retention == Retention::Purged {
        return Err(Refusal::UnknownArtifact.into());
    }
    if let Some(user) = turn.party.user {
        let judged =
            turn.party.factors.judge_access(|| asked.envelope.download_of(user, id), factors, asked.now);
        judged.map_err(|why| Refusal::Factors { why: why.to_string() })?;
    }
    let (party, artifact) = (grant.party, grant.artifact);
    Ok(vec![Downloaded { grant: id, party, artifact, at: asked.now }.into()])
}
