//! What somebody wants of an envelope.

use chancery_auth::{ProvedFactor, UserId};
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};

use crate::consent::Demonstration;
use crate::correction::Correction;
use crate::draft::Draft;
use crate::event::Handover;
use crate::factor_rule::FactorName;
use crate::grant::Uses;
use crate::id::{ContentDigest, EnvelopeId, FieldId, Fingerprint, GrantId, HoldId, PartyId, StepId};
use crate::person::Person;
use crate::proof::{ModificationPermission, SignatureProof};
use crate::rules::Permission;
use crate::slot::{Delivery, Pinned};
use crate::status::{Artifact, Clock};
use crate::text::Text;
use crate::user;

/// What documents permit, as found in each of them.
pub type Permissions = Vec<Box<dyn ModificationPermission>>;

/// What somebody wants of an envelope. Who that is, and when, the [`Context`](chancery_ledger::Context) says; a command
/// names the party for which the actor acts, and the decision compares.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// The sender begins an envelope. The actor becomes its sender.
    CreateDraft {
        /// Its id, random.
        envelope: EnvelopeId,
        /// What is in it.
        draft: Box<Draft>,
    },
    /// The sender changes the draft.
    EditDraft {
        /// What is in it from now on.
        draft: Box<Draft>,
    },
    /// The sender throws the draft away.
    DiscardDraft,
    /// The sender has it sent at a time. Everything is checked now.
    Schedule {
        /// When.
        send_at: Timestamp,
        /// What the documents that will be signed permit.
        #[serde(skip)]
        permissions: Permissions,
    },
    /// The sender sends it.
    Send {
        /// What the documents that will be signed permit; after [`Schedule`](Self::Schedule) it may be empty.
        #[serde(skip)]
        permissions: Permissions,
    },
    /// The notifier says how a notice fared.
    RecordDelivery {
        /// To whom it was.
        party: PartyId,
        /// How it fared.
        delivery: Delivery,
    },
    /// A party proved access factors, without opening anything yet.
    Authenticate {
        /// Who.
        party: PartyId,
        /// For [`Envelope::access_occasion`](crate::Envelope::access_occasion).
        #[serde(skip)]
        factors: Vec<ProvedFactor>,
    },
    /// A party proved a factor wrongly.
    ReportFailure {
        /// Who.
        party: PartyId,
        /// Which.
        factor: FactorName,
    },
    /// The sender lets a blocked party try again.
    Unblock {
        /// Who.
        party: PartyId,
    },
    /// A party looks.
    Open {
        /// Who.
        party: PartyId,
        /// For [`Envelope::access_occasion`](crate::Envelope::access_occasion).
        #[serde(skip)]
        factors: Vec<ProvedFactor>,
    },
    /// A party consents to electronic records.
    GiveConsent {
        /// Who.
        party: PartyId,
        /// SHA-256 of the disclosure that it was shown.
        disclosure: ContentDigest,
        /// How it showed that it can read the form that is used, where that was asked: see
        /// [`Rules::demonstration`](crate::Rules::demonstration).
        demonstration: Option<Demonstration>,
    },
    /// A party takes its consent back.
    WithdrawConsent {
        /// Who.
        party: PartyId,
    },
    /// A party fills a field.
    FillField {
        /// Who.
        party: PartyId,
        /// Which.
        field: FieldId,
        /// With what.
        value: Text,
        /// Where the document bears a signature already: whether that still permits it.
        #[serde(skip)]
        permission: Option<Box<dyn ModificationPermission>>,
    },
    /// A party clears a field.
    ClearField {
        /// Who.
        party: PartyId,
        /// Which.
        field: FieldId,
    },
    /// A party goes on later.
    FinishLater {
        /// Who.
        party: PartyId,
    },
    /// A party begins to sign.
    BeginSigning(Box<BeginSigning>),
    /// A party authorised a remote service.
    AttachAuthorization {
        /// Who.
        party: PartyId,
        /// SHA-256 of the reference; the authorisation itself goes into no record.
        reference: ContentDigest,
        /// What was authorised: exactly what was pinned.
        #[serde(serialize_with = "digests_as_text")]
        authorized: Vec<chancery_digest::Digest>,
    },
    /// A party has signed.
    CompleteSigning {
        /// Who.
        party: PartyId,
        /// One proof for each document that was pinned, in that order.
        #[serde(serialize_with = "proofs_as_digests")]
        proofs: Vec<Box<dyn SignatureProof>>,
    },
    /// A party ends its session, or its factor was set anew.
    AbortSigning {
        /// Who.
        party: PartyId,
        /// Why.
        why: AbortWhy,
    },
    /// A party approves.
    Approve {
        /// Who.
        party: PartyId,
        /// For [`Envelope::act_occasion`](crate::Envelope::act_occasion).
        #[serde(skip)]
        factors: Vec<ProvedFactor>,
    },
    /// A party confirms to have read.
    Acknowledge {
        /// Who.
        party: PartyId,
        /// For [`Envelope::act_occasion`](crate::Envelope::act_occasion).
        #[serde(skip)]
        factors: Vec<ProvedFactor>,
    },
    /// A party has received.
    Receive {
        /// Who.
        party: PartyId,
        /// For [`Envelope::act_occasion`](crate::Envelope::act_occasion).
        #[serde(skip)]
        factors: Vec<ProvedFactor>,
    },
    /// A party has filled its fields.
    FinishFilling {
        /// Who.
        party: PartyId,
        /// For [`Envelope::act_occasion`](crate::Envelope::act_occasion).
        #[serde(skip)]
        factors: Vec<ProvedFactor>,
    },
    /// A nominator names the people of all parties that wait for it.
    Nominate {
        /// Who.
        party: PartyId,
        /// Whom for which party.
        nominees: Vec<Nominee>,
        /// For [`Envelope::act_occasion`](crate::Envelope::act_occasion).
        #[serde(skip)]
        factors: Vec<ProvedFactor>,
    },
    /// A party declines.
    Decline {
        /// Who.
        party: PartyId,
        /// Why.
        reason: Text,
    },
    /// A party sends the envelope back to an earlier step.
    SendBack {
        /// Who.
        party: PartyId,
        /// To which step.
        step: StepId,
        /// Why.
        reason: Text,
    },
    /// A party names another in its place.
    ChangeSigner(Box<ChangeSigner>),
    /// The sender names another in a party's place.
    Reassign {
        /// Whose.
        party: PartyId,
        /// Whom.
        to: Box<Successor>,
    },
    /// The sender reminds a party.
    Remind {
        /// Whom.
        party: PartyId,
    },
    /// The sender has a party sent a new link; the old ones are dead.
    Resend {
        /// Whom.
        party: PartyId,
    },
    /// The sender gives more time.
    ExtendDeadline {
        /// Until when.
        deadline: Timestamp,
    },
    /// Sender or owner hold it.
    Pause {
        /// Why.
        reason: Text,
        /// Whether deadlines run on.
        clock: Clock,
    },
    /// Sender or owner let it go on.
    Resume,
    /// The sender corrects a paused envelope.
    Correct {
        /// What.
        corrections: Vec<Correction>,
        /// What new documents permit.
        #[serde(skip)]
        permissions: Permissions,
    },
    /// Sender or owner end it.
    Void {
        /// Why.
        reason: Text,
    },
    /// The timer looks: everything that is due is done. A second look at the same time changes nothing.
    Tick,
    /// The sealer begins to finish it.
    FinalizeBegin {
        /// For how long nobody else may.
        lease: SignedDuration,
    },
    /// The sealer has finished it.
    FinalizeOk {
        /// Which attempt.
        attempt: u32,
        /// What came of it.
        artifacts: Vec<Artifact>,
    },
    /// The sealer could not finish it.
    FinalizeErr {
        /// Which attempt.
        attempt: u32,
        /// Why.
        error: Text,
    },
    /// An operator gives up, after enough attempts.
    Abandon {
        /// Why.
        reason: Text,
    },
    /// The sender or the sealer let a counterparty download an artifact.
    GrantDownload {
        /// Who.
        party: PartyId,
        /// SHA-256 of the file: one of the artifacts.
        artifact: ContentDigest,
        /// How long from now on; 14 days from completion if nothing is said.
        lasts: Option<SignedDuration>,
        /// How often.
        uses: Uses,
    },
    /// A party downloads.
    RedeemDownload {
        /// By which grant.
        grant: GrantId,
        /// For [`Envelope::download_occasion`](crate::Envelope::download_occasion).
        #[serde(skip)]
        factors: Vec<ProvedFactor>,
    },
    /// The owner says that another envelope took its place.
    Supersede {
        /// Which.
        by: EnvelopeId,
    },
    /// The owner revokes a completed envelope.
    Revoke {
        /// Why.
        reason: Text,
    },
    /// The records officer has it kept for a case. Each case has a [`LegalHold`](crate::LegalHold) of its own, whose
    /// number the answer tells; a purge that was queued is called off.
    Hold {
        /// Why: the case.
        reason: Text,
    },
    /// The records officer ends one hold; the others stay in force.
    Release {
        /// Which.
        hold: HoldId,
        /// Why.
        reason: Text,
    },
    /// The records officer has its documents removed.
    QueuePurge,
    /// Its documents were removed.
    Purge,
}

/// What a party pins when it begins to sign.
#[derive(Debug, Serialize)]
pub struct BeginSigning {
    /// Who.
    pub party: PartyId,
    /// For how long a result is taken.
    pub lease: SignedDuration,
    /// What is signed: every document that [`Envelope::signs`](crate::Envelope::signs) names, in that order.
    pub documents: Vec<Pinned>,
    /// SHA-256 of the certificate.
    pub certificate: Fingerprint,
    /// The time that will stand in the signature; not in the future, and at most ten minutes ago.
    pub signed_at: Timestamp,
    /// What it means.
    pub meaning: Option<Text>,
    /// What the documents permit, each in its present revision.
    #[serde(skip)]
    pub permissions: Permissions,
    /// For [`Envelope::signing_occasion`](crate::Envelope::signing_occasion).
    #[serde(skip)]
    pub factors: Vec<ProvedFactor>,
}

/// Why a session is ended by its party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AbortWhy {
    /// The party thought better of it.
    Aborted,
    /// A factor of the party was set anew (G24).
    FactorReset,
}

/// Who takes a party's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Successor {
    /// Their identity.
    #[serde(with = "user")]
    pub user: UserId,
    /// Name and addresses.
    pub person: Person,
}

/// What a party says that names another in its place.
#[derive(Debug, Serialize)]
pub struct ChangeSigner {
    /// Who.
    pub party: PartyId,
    /// In which way.
    pub how: Handover,
    /// Whom.
    pub to: Successor,
    /// A word to sender and successor.
    pub note: Option<Text>,
    /// For [`Envelope::access_occasion`](crate::Envelope::access_occasion).
    #[serde(skip)]
    pub access: Vec<ProvedFactor>,
    /// For [`Envelope::act_occasion`](crate::Envelope::act_occasion).
    #[serde(skip)]
    pub act: Vec<ProvedFactor>,
}

/// A person named for a party that waited for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Nominee {
    /// For which party.
    pub party: PartyId,
    /// Their identity.
    #[serde(with = "user")]
    pub user: UserId,
    /// Name and addresses.
    pub person: Person,
}

fn digests_as_text<S: Serializer>(
    digests: &[chancery_digest::Digest],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(digests.iter().map(crate::digest::text))
}

/// What two proofs of the same signature share.
fn proofs_as_digests<S: Serializer>(
    proofs: &[Box<dyn SignatureProof>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(proofs.iter().map(|proof| (proof.base(), proof.revision())))
}

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
