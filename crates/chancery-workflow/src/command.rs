//! What somebody wants of an envelope.

mod asked;
mod tables;

pub use asked::{AbortWhy, BeginSigning, ChangeSigner, Nominee, Permissions, Successor};

use chancery_auth::ProvedFactor;
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};

use crate::consent::Demonstration;
use crate::correction::Correction;
use crate::draft::Draft;
use crate::factor_rule::FactorName;
use crate::grant::Uses;
use crate::id::{ContentDigest, EnvelopeId, FieldId, GrantId, HoldId, PartyId, StepId};
use crate::proof::{ModificationPermission, SignatureProof};
use crate::slot::Delivery;
use crate::status::{Artifact, Clock};
use crate::text::Text;

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
