//! Filling fields.

use crate::event::{FieldCleared, FieldFilled};
use crate::field::Field;
use crate::guard::{Asked, Decided, Turn};
use crate::id::{ContentDigest, FieldId, PartyId};
use crate::proof::ModificationPermission;
use crate::refusal::Refusal;
use crate::rules::Permission;
use crate::text::Text;

pub(crate) fn fill(
    asked: Asked<'_>,
    party: PartyId,
    field: FieldId,
    value: &Text,
    permission: Option<&dyn ModificationPermission>,
) -> Decided {
    let turn = may_change(asked, party)?;
    let found = asked.field(&turn, field)?;
    is_theirs_to_change(field, found)?;
    found.check(value).map_err(|right| Refusal::Value { field, right: right.to_owned() })?;
    let draft = &asked.envelope.draft;
    let sent = draft.documents.get(crate::id::index(found.document.number())).map(|document| document.digest);
    let current = asked.envelope.content(found.document);
    if let (Some(_), Some(current)) = (asked.envelope.signed_in, current)
        && Some(current) != sent
    {
        still_permits(field, found.name.as_str(), current, permission)?;
    }
    let old = asked.envelope.value(field).cloned();
    if old.as_ref() == Some(value) {
        return Ok(Vec::new());
    }
    Ok(vec![FieldFilled { party, field, old, new: value.clone(), at: asked.now }.into()])
}

pub(crate) fn clear(asked: Asked<'_>, party: PartyId, field: FieldId) -> Decided {
    let turn = may_change(asked, party)?;
    is_theirs_to_change(field, asked.field(&turn, field)?)?;
    if asked.envelope.value(field).is_none() {
        return Ok(Vec::new());
    }
    Ok(vec![FieldCleared { party, field, at: asked.now }.into()])
}

/// What the sender fixed, stays.
fn is_theirs_to_change(field: FieldId, found: &Field) -> Result<(), Refusal> {
    match found.change {
        Permission::Permitted => Ok(()),
        Permission::Forbidden => Err(Refusal::FieldFixed(field)),
    }
}

/// While a session is under way, what is to be signed stays.
fn may_change<'a>(asked: Asked<'a>, party: PartyId) -> Result<Turn<'a>, Refusal> {
    let turn = asked.free_turn(party)?;
    turn.is_bounded(asked.envelope)?;
    if turn.slot.opened_at.is_none() {
        return Err(Refusal::NotOpened(party));
    }
    Ok(turn)
}

/// The document bears a signature: whether the field may still be filled.
fn still_permits(
    field: FieldId,
    name: &str,
    current: ContentDigest,
    permission: Option<&dyn ModificationPermission>,
) -> Result<(), Refusal> {
    let permission = permission.filter(|permission| permission.document() == current);
    let Some(permission) = permission else {
        let right = "a look at what its document permits, which bears a signature".to_owned();
        return Err(Refusal::Value { field, right });
    };
    permission.may_fill(name).map_err(|why| Refusal::FieldSigned { field, why })
}
