//! One row per command: its name, its party, its bytes.

use crate::command::Command;
use crate::id::PartyId;
use crate::rules::Permission;

impl Command {
    /// Everything that is asked for, as bytes, without what was proved: the same person asking again for the same thing
    /// has proved it again.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let people = match self {
            Self::CreateDraft { draft, .. } | Self::EditDraft { draft } => draft.people(),
            _ => Vec::new(), // only drafts hold people apart
        };
        // See `event::bytes` for why this cannot fail.
        serde_json::to_vec(&(self, people)).unwrap_or_default()
    }

    /// Its name, and whether a policy may ask for it. A policy acts for the sender's house, never for a party, and never
    /// for those who operate the machine.
    #[must_use]
    pub const fn for_policies(&self) -> (&'static str, Permission) {
        use Permission::{Forbidden, Permitted};
        match self {
            Self::CreateDraft { .. } => ("create-draft", Forbidden),
            Self::EditDraft { .. } => ("edit-draft", Forbidden),
            Self::DiscardDraft => ("discard-draft", Forbidden),
            Self::Schedule { .. } => ("schedule", Forbidden),
            Self::Send { .. } => ("send", Forbidden),
            Self::RecordDelivery { .. } => ("record-delivery", Forbidden),
            Self::Authenticate { .. } => ("authenticate", Forbidden),
            Self::ReportFailure { .. } => ("report-failure", Forbidden),
            Self::Unblock { .. } => ("unblock", Forbidden),
            Self::Open { .. } => ("open", Forbidden),
            Self::GiveConsent { .. } => ("give-consent", Forbidden),
            Self::WithdrawConsent { .. } => ("withdraw-consent", Forbidden),
            Self::FillField { .. } => ("fill-field", Forbidden),
            Self::ClearField { .. } => ("clear-field", Forbidden),
            Self::FinishLater { .. } => ("finish-later", Forbidden),
            Self::BeginSigning(_) => ("begin-signing", Forbidden),
            Self::AttachAuthorization { .. } => ("attach-authorization", Forbidden),
            Self::CompleteSigning { .. } => ("complete-signing", Forbidden),
            Self::AbortSigning { .. } => ("abort-signing", Forbidden),
            Self::Approve { .. } => ("approve", Forbidden),
            Self::Acknowledge { .. } => ("acknowledge", Forbidden),
            Self::Receive { .. } => ("receive", Forbidden),
            Self::FinishFilling { .. } => ("finish-filling", Forbidden),
            Self::Nominate { .. } => ("nominate", Forbidden),
            Self::Decline { .. } => ("decline", Forbidden),
            Self::SendBack { .. } => ("send-back", Forbidden),
            Self::ChangeSigner(_) => ("change-signer", Forbidden),
            Self::Reassign { .. } => ("reassign", Permitted),
            Self::Remind { .. } => ("remind", Permitted),
            Self::Resend { .. } => ("resend", Permitted),
            Self::ExtendDeadline { .. } => ("extend-deadline", Permitted),
            Self::Pause { .. } => ("pause", Permitted),
            Self::Resume => ("resume", Permitted),
            Self::Correct { .. } => ("correct", Permitted),
            Self::Void { .. } => ("void", Permitted),
            Self::Tick => ("tick", Forbidden),
            Self::FinalizeBegin { .. } => ("finalize-begin", Forbidden),
            Self::FinalizeOk { .. } => ("finalize-ok", Forbidden),
            Self::FinalizeErr { .. } => ("finalize-err", Forbidden),
            Self::Abandon { .. } => ("abandon", Forbidden),
            Self::GrantDownload { .. } => ("grant-download", Permitted),
            Self::RedeemDownload { .. } => ("redeem-download", Forbidden),
            Self::Supersede { .. } => ("supersede", Forbidden),
            Self::Revoke { .. } => ("revoke", Forbidden),
            Self::Hold { .. } => ("hold", Forbidden),
            Self::Release { .. } => ("release", Forbidden),
            Self::QueuePurge => ("queue-purge", Forbidden),
            Self::Purge => ("purge", Forbidden),
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.for_policies().0
    }

    /// The party that it is about, if it names one.
    #[must_use]
    pub fn party(&self) -> Option<PartyId> {
        match self {
            Self::RecordDelivery { party, .. }
            | Self::Authenticate { party, .. }
            | Self::ReportFailure { party, .. }
            | Self::Unblock { party }
            | Self::Open { party, .. }
            | Self::GiveConsent { party, .. }
            | Self::WithdrawConsent { party }
            | Self::FillField { party, .. }
            | Self::ClearField { party, .. }
            | Self::FinishLater { party }
            | Self::AttachAuthorization { party, .. }
            | Self::CompleteSigning { party, .. }
            | Self::AbortSigning { party, .. }
            | Self::Approve { party, .. }
            | Self::Acknowledge { party, .. }
            | Self::Receive { party, .. }
            | Self::FinishFilling { party, .. }
            | Self::Nominate { party, .. }
            | Self::Decline { party, .. }
            | Self::SendBack { party, .. }
            | Self::Reassign { party, .. }
            | Self::Remind { party }
            | Self::Resend { party }
            | Self::GrantDownload { party, .. } => Some(*party),
            Self::BeginSigning(begin) => Some(begin.party),
            Self::ChangeSigner(change) => Some(change.party),
            Self::CreateDraft { .. }
            | Self::EditDraft { .. }
            | Self::DiscardDraft
            | Self::Schedule { .. }
            | Self::Send { .. }
            | Self::ExtendDeadline { .. }
            | Self::Pause { .. }
            | Self::Resume
            | Self::Correct { .. }
            | Self::Void { .. }
            | Self::Tick
            | Self::FinalizeBegin { .. }
            | Self::FinalizeOk { .. }
            | Self::FinalizeErr { .. }
            | Self::Abandon { .. }
            | Self::RedeemDownload { .. }
            | Self::Supersede { .. }
            | Self::Revoke { .. }
            | Self::Hold { .. }
            | Self::Release { .. }
            | Self::QueuePurge
            | Self::Purge => None,
        }
    }
}
