//! Why a command was refused, what would make it succeed, and what the record shows of it.

mod next;
mod recorded;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::document::Allowance;
use crate::draft_check::DraftFault;
use crate::id::{DocumentId, EnvelopeId, FieldId, GrantId, HoldId, PartyId, Revision, StepId};
use crate::next_action::Capacity;
use crate::role::{Act, SignatureLevel};
use crate::slot::Standing;
use crate::status::StatusName;
use crate::text::Text;

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Refusal {
    /// No such envelope.
    #[error("there is no such envelope")]
    UnknownEnvelope,
    /// There is one already.
    #[error("{0} exists already")]
    AlreadyExists(EnvelopeId),
    /// The actor is nobody who may.
    #[error("only {0} may do this")]
    NotPermitted(Capacity),
    /// No such party.
    #[error("there is no {0}")]
    UnknownParty(PartyId),
    /// Not while the envelope stands like this.
    #[error("the envelope is {found}")]
    WrongStatus {
        /// How it stands.
        found: StatusName,
        /// How it would have to stand.
        needed: StatusName,
    },
    /// Not while the party stands like this.
    #[error("{party} is {standing}")]
    WrongStanding {
        /// Who.
        party: PartyId,
        /// How it stands.
        standing: Standing,
    },
    /// The party is there for something else.
    #[error("{party} is not there to {wanted:?}")]
    WrongRole {
        /// Who.
        party: PartyId,
        /// What was wanted.
        wanted: Act,
    },
    /// The draft cannot be sent.
    #[error("the draft has {} faults; the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Draft(Vec<DraftFault>),
    /// The time lies in the past.
    #[error("{0} is not in the future")]
    NotInFuture(Timestamp),
    /// Nobody said what a document permits that is to be signed.
    #[error("nobody has looked what {0} permits in its present revision")]
    PermissionMissing(DocumentId),
    /// A document forbids the signatures that are wanted (pain 33).
    #[error("{document} permits {allowance:?}, and {wanted} signatures are wanted")]
    SignaturesForbidden {
        /// Which.
        document: DocumentId,
        /// What it permits.
        allowance: Allowance,
        /// How many are wanted.
        wanted: u32,
    },
    /// The envelope was not opened.
    #[error("{0} has not opened the envelope")]
    NotOpened(PartyId),
    /// No consent.
    #[error("{party} has not consented to the disclosure {version}")]
    ConsentMissing {
        /// Who.
        party: PartyId,
        /// To what.
        version: Text,
    },
    /// Consent to something else than what is asked for.
    #[error("this is not the disclosure {version}")]
    WrongDisclosure {
        /// What is asked for.
        version: Text,
    },
    /// A consent that shows not that the party can read what it consents to, or names a document that is none of the
    /// envelope's.
    #[error("{0} has not shown that it can read the documents in the form that is used")]
    DemonstrationMissing(PartyId),
    /// Factors are missing, or do not count.
    #[error("{why}")]
    Factors {
        /// What is missing, or why one does not count.
        why: String,
    },
    /// No such field, or another party's.
    #[error("{party} has no {field}")]
    NotYourField {
        /// Who.
        party: PartyId,
        /// Which.
        field: FieldId,
    },
    /// The sender fixed what stands in it.
    #[error("the sender fixed what stands in {0}")]
    FieldFixed(FieldId),
    /// The value does not fit.
    #[error("{field} takes {right}")]
    Value {
        /// Which.
        field: FieldId,
        /// What would be right.
        right: String,
    },
    /// The document bears a signature that does not permit it any more.
    #[error("{field} cannot be changed any more: {why}")]
    FieldSigned {
        /// Which.
        field: FieldId,
        /// Why.
        why: Text,
    },
    /// Required fields are empty; of very many the first thousand.
    #[error("{} required fields are empty", .0.len())]
    FieldsEmpty(Vec<FieldId>),
    /// The lease is too long, or none.
    #[error("a lease of {asked:?} is not given; at most {most:?}")]
    Lease {
        /// What was asked for.
        asked: SignedDuration,
        /// The most.
        most: SignedDuration,
    },
    /// Too many sessions.
    #[error("{party} has begun {most} signing sessions; there are no more")]
    Sessions {
        /// Who.
        party: PartyId,
        /// How many there may be.
        most: u32,
    },
    /// What is pinned is not what the party signs.
    #[error("what is to be signed is not what {0} signs, document by document")]
    WrongDocuments(PartyId),
    /// The bytes that are pinned are not those of the head.
    #[error("{document} has changed since; the head is {head}")]
    NotTheHead {
        /// Which.
        document: DocumentId,
        /// The head.
        head: Revision,
    },
    /// The time in the signature would be another than now.
    #[error("{signed_at} is not the time of this signing")]
    SignedAt {
        /// What it would be.
        signed_at: Timestamp,
    },
    /// No session.
    #[error("{0} has no signing session")]
    NoSession(PartyId),
    /// The lease is over.
    #[error("the signing session ended at {until}")]
    LeaseExpired {
        /// When.
        until: Timestamp,
    },
    /// Somebody else signed first.
    #[error("the document was prepared on {base}, and the head is {head}")]
    StaleBase {
        /// For which it was prepared.
        base: Revision,
        /// Which it is.
        head: Revision,
    },
    /// The proof is of something else than was pinned.
    #[error("the signature of {document} differs in its {what} from what was pinned")]
    ProofDiffers {
        /// Of which document.
        document: DocumentId,
        /// In what.
        what: String,
    },
    /// The signature is worth less than the role asks for.
    #[error("{found:?} was found, {needed:?} is needed")]
    LevelTooLow {
        /// What verification found.
        found: SignatureLevel,
        /// What the role asks for.
        needed: SignatureLevel,
    },
    /// The authorisation is for other digests.
    #[error("what was authorised is not what was pinned")]
    AuthorizationDiffers,
    /// The party's step has not come again since the envelope was sent back.
    #[error("the step of {0} has not come again")]
    WaitForStep(PartyId),
    /// Another person has signed with this certificate.
    #[error("{0} has signed with this certificate: each person signs with their own")]
    CertificateOfAnother(PartyId),
    /// Who is witnessed has not signed.
    #[error("{0} has not signed yet")]
    NotYetSigned(PartyId),
    /// Something that the sender does not permit.
    #[error("{party} may not {what}")]
    Forbidden {
        /// Who.
        party: PartyId,
        /// What: `decline`, `change the signer`.
        what: String,
    },
    /// Something that is not done with this envelope any more, or never.
    #[error("{0} is not a step before the present one")]
    NotEarlier(StepId),
    /// Signatures would be lost.
    #[error("a signature was applied since")]
    Signed,
    /// Somebody who was named by a party names a further one.
    #[error("{0} was named by another party and may not name a further one")]
    SecondHop(PartyId),
    /// The person has a part in it already.
    #[error("this person is {0} of the same envelope")]
    SamePerson(PartyId),
    /// The address is not in a domain that the sender permits.
    #[error("the sender permits only people of certain domains")]
    Domain,
    /// The nominees are not exactly those who are waited for.
    #[error("{0} does not wait for this nomination, or another does and got nobody")]
    Nominee(PartyId),
    /// Enough reminders.
    #[error("{party} was reminded {most} times")]
    Reminders {
        /// Who.
        party: PartyId,
        /// How often.
        most: u32,
    },
    /// Notices come back.
    #[error("notices to {0} come back")]
    Undeliverable(PartyId),
    /// The new deadline is not later, or too far away.
    #[error("the deadline is {current}; it can be moved to a later time, within 100 years")]
    Deadline {
        /// What it is.
        current: Timestamp,
    },
    /// A party is about to sign.
    #[error("{party} is about to sign, until {until} at the latest")]
    SessionInFlight {
        /// Who.
        party: PartyId,
        /// Until when.
        until: Timestamp,
    },
    /// Nobody would be left.
    #[error("{0} is the last party that acts")]
    LastParty(PartyId),
    /// Without it nobody would approve, or its step would have fewer than its quorum names.
    #[error(
        "without {0} nobody would approve, or fewer would act than the quorum names: that is the owner's to decide"
    )]
    LastApprover(PartyId),
    /// Content that was sent for advanced or qualified signatures stays.
    #[error("{0} was sent for digital signatures and stays as it is")]
    ContentLocked(DocumentId),
    /// No such document.
    #[error("there is no {0}")]
    UnknownDocument(DocumentId),
    /// Another attempt is the current one.
    #[error("the current attempt is {current}")]
    WrongAttempt {
        /// Which.
        current: u32,
    },
    /// Another has it.
    #[error("another attempt holds the lease until {until}")]
    LeaseHeld {
        /// Until when.
        until: Timestamp,
    },
    /// Nothing came of it.
    #[error("a completed envelope has artifacts, each once")]
    Artifacts,
    /// It may still succeed.
    #[error("{made} attempts were made; an operator may give up after {needed}")]
    AttemptsLeft {
        /// How many were made.
        made: u32,
        /// How many are needed.
        needed: u32,
    },
    /// Only counterparties download (G12).
    #[error("{0} is of the sender's own house, or has not acted")]
    NotCounterparty(PartyId),
    /// No such file.
    #[error("no artifact of this envelope has this digest")]
    UnknownArtifact,
    /// The grant's time is outside its bounds.
    #[error("a grant lasts from a second to {most:?}")]
    GrantTime {
        /// The longest.
        most: SignedDuration,
    },
    /// Too many.
    #[error("there are at most {most} {what}")]
    TooMany {
        /// Of what.
        what: String,
        /// How many.
        most: u64,
    },
    /// No such grant, or another party's.
    #[error("there is no {0} for this person")]
    UnknownGrant(GrantId),
    /// Its time is over (G13).
    #[error("the grant ended at {not_after}")]
    GrantOver {
        /// When.
        not_after: Timestamp,
    },
    /// It was used.
    #[error("the grant was for one use, and was used")]
    GrantUsed,
    /// It was superseded or revoked already.
    #[error("the envelope is not in force any more")]
    NotInForce,
    /// It is kept.
    #[error("the envelope is under {} legal holds; the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    OnHold(Vec<HoldId>),
    /// No such hold was ever set.
    #[error("there is no {0}")]
    UnknownHold(HoldId),
    /// The hold was released already.
    #[error("{0} was released already")]
    HoldOver(HoldId),
    /// The time for which it is kept is not over.
    #[error("the record is kept until {until}")]
    KeptUntil {
        /// Until when.
        until: Timestamp,
    },
    /// It was not queued, or is purged.
    #[error("the envelope is not waiting to be purged, or is purged already")]
    NotQueued,
    /// A policy of the application refuses.
    #[error("{why}")]
    Policy {
        /// Which.
        policy: Text,
        /// Why.
        why: Text,
        /// What would help, in its words.
        next: Text,
    },
}
