//! Which guards a command passes: one row per command.

mod access;
mod acts;
mod authoring;
mod control;
mod corrections;
mod downloads;
mod fields;
mod finishing;
mod records;
mod routing;
mod sending;
mod signing;

pub(crate) use authoring::create;
pub(crate) use sending::sent;

use crate::command::Command;
use crate::due;
use crate::guard::{Asked, Decided};
use crate::next_action::Capacity;
use crate::refusal::Refusal;
use crate::role::Act;

/// What a command comes to, without what follows from it.
pub(crate) fn decide(asked: Asked<'_>, command: &Command) -> Decided {
    match command {
        Command::CreateDraft { .. } => Err(Refusal::AlreadyExists(asked.envelope.id).into()),
        Command::EditDraft { draft } => authoring::edit(asked, draft),
        Command::DiscardDraft => authoring::discard(asked),
        Command::Schedule { send_at, permissions } => sending::schedule(asked, *send_at, permissions),
        Command::Send { permissions } => sending::send(asked, permissions),
        Command::RecordDelivery { party, delivery } => access::record_delivery(asked, *party, *delivery),
        Command::Authenticate { party, factors } => access::authenticate(asked, *party, factors),
        Command::ReportFailure { party, factor } => access::report_failure(asked, *party, *factor),
        Command::Unblock { party } => access::unblock(asked, *party),
        Command::Open { party, factors } => access::open(asked, *party, factors),
        Command::GiveConsent { party, disclosure, demonstration } => {
            access::give_consent(asked, *party, *disclosure, *demonstration)
        }
        Command::WithdrawConsent { party } => access::withdraw_consent(asked, *party),
        Command::FillField { party, field, value, permission } => {
            fields::fill(asked, *party, *field, value, permission.as_deref())
        }
        Command::ClearField { party, field } => fields::clear(asked, *party, *field),
        Command::FinishLater { party } => access::finish_later(asked, *party),
        Command::BeginSigning(begin) => signing::begin(asked, begin),
        Command::AttachAuthorization { party, reference, authorized } => {
            signing::authorize(asked, *party, *reference, authorized)
        }
        Command::CompleteSigning { party, proofs } => signing::complete(asked, *party, proofs),
        Command::AbortSigning { party, why } => signing::abort(asked, *party, *why),
        Command::Approve { party, factors } => acts::act(asked, *party, Act::Approve, factors),
        Command::Acknowledge { party, factors } => acts::act(asked, *party, Act::Acknowledge, factors),
        Command::Receive { party, factors } => acts::act(asked, *party, Act::Receive, factors),
        Command::FinishFilling { party, factors } => acts::act(asked, *party, Act::Fill, factors),
        Command::Nominate { party, nominees, factors } => acts::nominate(asked, *party, nominees, factors),
        Command::Decline { party, reason } => acts::decline(asked, *party, reason),
        Command::SendBack { party, step, reason } => routing::send_back(asked, *party, *step, reason),
        Command::ChangeSigner(change) => routing::change_signer(asked, change),
        Command::Reassign { party, to } => routing::reassign(asked, *party, to),
        Command::Remind { party } => access::remind(asked, *party),
        Command::Resend { party } => access::resend(asked, *party),
        Command::ExtendDeadline { deadline } => control::extend(asked, *deadline),
        Command::Pause { reason, clock } => control::pause(asked, reason, *clock),
        Command::Resume => control::resume(asked),
        Command::Correct { corrections, permissions } => {
            corrections::correct(asked, corrections, permissions)
        }
        Command::Void { reason } => control::void(asked, reason),
        Command::Tick => {
            asked.is(Capacity::Timer)?;
            Ok(due::events(asked))
        }
        Command::FinalizeBegin { lease } => finishing::begin(asked, *lease),
        Command::FinalizeOk { attempt, artifacts } => finishing::succeed(asked, *attempt, artifacts),
        Command::FinalizeErr { attempt, error } => finishing::fail(asked, *attempt, error),
        Command::Abandon { reason } => finishing::abandon(asked, reason),
        Command::GrantDownload { party, artifact, lasts, uses } => {
            downloads::grant(asked, *party, *artifact, *lasts, *uses)
        }
        Command::RedeemDownload { grant, factors } => downloads::redeem(asked, *grant, factors),
        Command::Supersede { by } => records::supersede(asked, *by),
        Command::Revoke { reason } => records::revoke(asked, reason),
        Command::Hold { reason } => records::hold(asked, reason),
        Command::Release { hold, reason } => records::release(asked, *hold, reason),
        Command::QueuePurge => records::queue_purge(asked),
        Command::Purge => records::purge(asked),
    }
}
