//! What happens to an envelope, one struct each, and the bytes of each.

use chancery_auth::UserId;
use chancery_ledger::{Kind, NameError, StoredEvent, Unreadable};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::acting::Acting;
use crate::asker::Asker;
use crate::concern::Concern;
use crate::consent::Demonstration;
use crate::correction::Corrected as Change;
use crate::document::{Document, Permitted};
use crate::draft::{Draft, Named};
use crate::factor_rule::FactorName;
use crate::grant::DownloadGrant;
use crate::id::{
    ContentDigest, EnvelopeId, FieldId, Fingerprint, GrantId, HoldId, PartyId, PolicyHash, Revision, StepId,
};
use crate::names;
use crate::proof::SignerKind;
use crate::reason::ReasonOf;
use crate::role::{Act, SignatureLevel};
use crate::series::InSeries;
use crate::slot::{Delivery, Pinned};
use crate::status::{Artifact, Clock};
use crate::text::Text;
use crate::user;

/// One row per event: its kind in the ledger, its struct.
macro_rules! events {
    ($($(#[$doc:meta])* $kind:literal $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $type,)*
            }

            impl From<$name> for Event {
                fn from(event: $name) -> Self {
                    Self::$name(event)
                }
            }
        )*

        /// What happened to an envelope. In the ledger each is JSON of its struct, under a kind of its own; a field that
        /// is not known is refused.
        #[derive(Clone, Debug, PartialEq)]
        #[allow(missing_docs)] // each variant is the struct of the same name, which says what it is
        pub enum Event {
            $($name($name),)*
            /// Something that was erased: a person, a value. It changes nothing, so the rest of the stream still says
            /// what happened.
            Erased,
        }

        impl Event {
            /// The kinds of all events, as they stand in the ledger.
            pub const KINDS: &[&str] = &[$($kind),*];

            /// When it happened; none of what was erased.
            #[must_use]
            pub const fn at(&self) -> Option<Timestamp> {
                match self {
                    $(Self::$name(event) => Some(event.at),)*
                    Self::Erased => None,
                }
            }

            /// Its kind in the ledger.
            #[must_use]
            pub const fn kind_name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $kind,)*
                    Self::Erased => ERASED,
                }
            }
        }

        impl StoredEvent for Event {
            fn kind(&self) -> Result<Kind, NameError> {
                Ok(names::kind(self.kind_name()))
            }

            fn schema(&self) -> u32 {
                SCHEMA
            }

            fn to_bytes(&self) -> Vec<u8> {
                match self {
                    $(Self::$name(event) => bytes(event),)*
                    Self::Erased => b"{}".to_vec(),
                }
            }

            fn from_bytes(kind: &Kind, schema: u32, bytes: &[u8]) -> Result<Self, Unreadable> {
                if schema != SCHEMA {
                    return Err(Unreadable::new(format!("schema {schema} of {kind}; {SCHEMA} is known")));
                }
                match kind.as_str() {
                    $($kind => read(bytes).map(Self::$name),)*
                    ERASED => Ok(Self::Erased),
                    other => Err(Unreadable::new(format!("no event is of the kind {other}"))),
                }
            }

            fn erased(kind: &Kind, _: u32) -> Option<Self> {
                // Who people are and what they wrote; all else is needed to understand the stream.
                ERASABLE.contains(&kind.as_str()).then_some(Self::Erased)
            }
        }
    };
}

/// The form of all events, until one changes.
const SCHEMA: u32 = 1;
/// Never stored by us; a test may.
const ERASED: &str = "envelope.erased";
/// Events that may be erased without harm to what follows.
///
/// A value is erased once the envelope has ended: before that a condition or a required field would find it empty.
const ERASABLE: &[&str] = &[
    "envelope.people-recorded",
    "envelope.field-filled",
    "envelope.signer-named",
    "envelope.reason-given",
    "envelope.refusal-recorded",
];

/// JSON of our own types has no maps with other keys than text and no floating point: it cannot fail. Should it, the
/// empty bytes are refused when they are read.
fn bytes(event: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(event).unwrap_or_default()
}

fn read<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(bytes).map_err(|error| Unreadable::new(error.to_string()))
}

/// A signature that was applied to one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppliedSignature {
    /// What was signed.
    pub pinned: Pinned,
    /// SHA-256 of the document with the signature in it.
    pub revision: ContentDigest,
    /// SHA-256 of the certificate.
    pub certificate: Fingerprint,
    /// Whom it names.
    pub signer: SignerKind,
    /// The algorithm.
    pub algorithm: Text,
    /// The level that verification found.
    pub level: SignatureLevel,
    /// SHA-256 of the timestamp token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<ContentDigest>,
}

/// Why parties were skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkippedWhy {
    /// Enough others were done.
    QuorumMet,
    /// The condition of its step was false.
    Condition,
    /// Whom it should witness will not sign.
    NothingToWitness,
    /// Nobody was nominated for it.
    NotNominated,
}

/// Why a signing session ended without a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionEndWhy {
    /// The party ended it.
    Aborted,
    /// Its lease ended.
    Lapsed,
    /// The party took its consent back.
    ConsentWithdrawn,
    /// A document was corrected.
    Corrected,
    /// The factor that opened it was set anew (G24).
    FactorReset,
}

/// How a party's place changed hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handover {
    /// Another person is to sign instead (G22).
    ChangeSigner,
    /// Another person acts for the party.
    Delegate,
}

/// What was proved, for which purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProvedFor {
    /// To see the envelope.
    Access,
    /// To act.
    Act,
}

/// A party's part that is done once more by a new party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Again {
    /// Who was done.
    pub of: PartyId,
    /// Who does it once more.
    pub party: PartyId,
}

/// A person named for a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// Which party.
    pub party: PartyId,
    /// Who.
    #[serde(with = "user")]
    pub user: UserId,
}

events! {
    /// The sender began an envelope.
    "envelope.draft-created" DraftCreated {
        /// Its id.
        envelope: EnvelopeId,
        /// Whose it is.
        #[serde(with = "user")]
        sender: UserId,
        /// What is in it, without the people.
        draft: Box<Draft>,
        /// When.
        at: Timestamp,
    }
    /// The sender changed the draft; old and new values both (21 CFR 11.10(e)).
    "envelope.draft-edited" DraftEdited {
        /// As it was.
        old: Box<Draft>,
        /// As it is.
        new: Box<Draft>,
        /// When.
        at: Timestamp,
    }
    /// Who parties are. Can be erased.
    "envelope.people-recorded" PeopleRecorded {
        /// Each with their party.
        people: Vec<Named>,
        /// When.
        at: Timestamp,
    }
    /// A draft was thrown away.
    "envelope.discarded" Discarded {
        /// When.
        at: Timestamp,
    }
    /// It will be sent.
    "envelope.scheduled" Scheduled {
        /// When it will be.
        send_at: Timestamp,
        /// What its documents permit.
        permitted: Vec<Permitted>,
        /// When this was decided.
        at: Timestamp,
    }
    /// It is with its parties from now on; its content is frozen.
    "envelope.sent" Sent {
        /// By whom: the sender, or the timer.
        by: Acting,
        /// Its documents.
        documents: Vec<Document>,
        /// What they permit.
        permitted: Vec<Permitted>,
        /// The rules that hold.
        policy: PolicyHash,
        /// Until when it is open.
        deadline: Timestamp,
        /// When.
        at: Timestamp,
    }
    /// The turn of a step has come, and of these parties in it.
    "envelope.step-activated" StepActivated {
        /// Which step.
        step: StepId,
        /// Who acts now.
        parties: Vec<PartyId>,
        /// When.
        at: Timestamp,
    }
    /// The turn of one party has come, or come again.
    "envelope.party-activated" PartyActivated {
        /// Who.
        party: PartyId,
        /// When.
        at: Timestamp,
    }
    /// A step was not taken.
    "envelope.step-skipped" StepSkipped {
        /// Which step.
        step: StepId,
        /// When.
        at: Timestamp,
    }
    /// Parties are not needed any more.
    "envelope.parties-skipped" PartiesSkipped {
        /// Who.
        parties: Vec<PartyId>,
        /// Why.
        why: SkippedWhy,
        /// When.
        at: Timestamp,
    }
    /// Enough parties of a step are done.
    "envelope.step-satisfied" StepSatisfied {
        /// Which step.
        step: StepId,
        /// When.
        at: Timestamp,
    }
    /// All steps are satisfied: the envelope is to be finished.
    "envelope.all-satisfied" AllSatisfied {
        /// When.
        at: Timestamp,
    }
    /// How a notice fared.
    "envelope.delivery-recorded" DeliveryRecorded {
        /// To whom it was.
        party: PartyId,
        /// How it fared.
        delivery: Delivery,
        /// When.
        at: Timestamp,
    }
    /// Parties were reminded.
    "envelope.reminder-sent" ReminderSent {
        /// Who.
        parties: Vec<PartyId>,
        /// By whom: the sender, or the timer.
        by: Acting,
        /// When.
        at: Timestamp,
    }
    /// A party was sent a new link; its earlier ones are dead.
    "envelope.resent" Resent {
        /// Who.
        party: PartyId,
        /// The generation of the link.
        link: u32,
        /// Its own deadline from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline: Option<Timestamp>,
        /// When.
        at: Timestamp,
    }
    /// There is more time.
    "envelope.deadline-extended" DeadlineExtended {
        /// Until when it was.
        old: Timestamp,
        /// Until when it is.
        new: Timestamp,
        /// Whose time had passed and has not any more; they have until the envelope's deadline.
        parties: Vec<PartyId>,
        /// When.
        at: Timestamp,
    }
    /// Those who have not acted were told that time runs out.
    "envelope.expiry-warned" ExpiryWarned {
        /// When.
        at: Timestamp,
    }
    /// A party looked.
    "envelope.opened" Opened {
        /// Who.
        party: PartyId,
        /// At which revision.
        revision: Revision,
        /// Proving what.
        factors: Vec<FactorName>,
        /// When.
        at: Timestamp,
    }
    /// A party goes on later.
    "envelope.finished-later" FinishedLater {
        /// Who.
        party: PartyId,
        /// When.
        at: Timestamp,
    }
    /// A refusal stands in the stream of refusals.
    "envelope.refusal-recorded" RefusalRecorded {
        /// Of whom.
        of: Asker,
        /// As what.
        concern: Concern,
        /// When.
        at: Timestamp,
    }
    /// A party proved factors.
    "envelope.factor-proved" FactorProved {
        /// Who.
        party: PartyId,
        /// What.
        factors: Vec<FactorName>,
        /// For what.
        purpose: ProvedFor,
        /// When.
        at: Timestamp,
    }
    /// A party proved a factor wrongly.
    "envelope.factor-failed" FactorFailed {
        /// Who.
        party: PartyId,
        /// Which.
        factor: FactorName,
        /// How many since the last right one.
        failures: u32,
        /// When.
        at: Timestamp,
    }
    /// A party proved too many wrongly.
    "envelope.party-blocked" PartyBlocked {
        /// Who.
        party: PartyId,
        /// The last of them.
        factor: FactorName,
        /// When.
        at: Timestamp,
    }
    /// The sender let it try again.
    "envelope.party-unblocked" PartyUnblocked {
        /// Who.
        party: PartyId,
        /// When.
        at: Timestamp,
    }
    /// A party consents to electronic records.
    "envelope.consent-given" ConsentGiven {
        /// Who.
        party: PartyId,
        /// To the disclosure of this digest.
        disclosure: ContentDigest,
        /// In this version.
        version: Text,
        /// How it showed that it can read the form that is used (15 U.S.C. 7001(c)(1)(C)(ii)).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        demonstration: Option<Demonstration>,
        /// When.
        at: Timestamp,
    }
    /// A party took its consent back.
    "envelope.consent-withdrawn" ConsentWithdrawn {
        /// Who.
        party: PartyId,
        /// When.
        at: Timestamp,
    }
    /// A party filled a field. Can be erased.
    "envelope.field-filled" FieldFilled {
        /// Who.
        party: PartyId,
        /// Which.
        field: FieldId,
        /// What stood there; to erase a value, erase the event after it too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        old: Option<Text>,
        /// What stands there.
        new: Text,
        /// When.
        at: Timestamp,
    }
    /// A party cleared a field.
    "envelope.field-cleared" FieldCleared {
        /// Who.
        party: PartyId,
        /// Which.
        field: FieldId,
        /// When.
        at: Timestamp,
    }
    /// A party begins to sign: everything that the signature is about is pinned.
    "envelope.signing-began" SigningBegan {
        /// Who.
        party: PartyId,
        /// The head.
        base: Revision,
        /// What is signed.
        documents: Vec<Pinned>,
        /// With which certificate.
        certificate: Fingerprint,
        /// What it means.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        meaning: Option<Text>,
        /// The time that stands in the signature (G5).
        signed_at: Timestamp,
        /// Until when a result is taken.
        until: Timestamp,
        /// Proving what (G23).
        factors: Vec<FactorName>,
        /// In which series, if in one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        series: Option<Box<InSeries>>,
        /// When.
        at: Timestamp,
    }
    /// A remote service was authorised to sign.
    "envelope.signing-authorized" SigningAuthorized {
        /// Who.
        party: PartyId,
        /// The digest of the authorisation's reference; the authorisation itself is in no record.
        reference: ContentDigest,
        /// When.
        at: Timestamp,
    }
    /// A signature is part of the documents.
    "envelope.signature-applied" SignatureApplied {
        /// Whose.
        party: PartyId,
        /// The revision that it made.
        revision: Revision,
        /// In each document.
        signatures: Vec<AppliedSignature>,
        /// What it means.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        meaning: Option<Text>,
        /// The time that stands in it.
        signed_at: Timestamp,
        /// When.
        at: Timestamp,
    }
    /// Whom the certificates of a signature name. Can be erased.
    "envelope.signer-named" SignerNamed {
        /// Whose signature.
        party: PartyId,
        /// The subject of the certificate, for each document.
        subjects: Vec<Text>,
        /// When.
        at: Timestamp,
    }
    /// A signing session ended without a signature.
    "envelope.session-ended" SessionEnded {
        /// Whose.
        party: PartyId,
        /// Why.
        why: SessionEndWhy,
        /// When.
        at: Timestamp,
    }
    /// Somebody else signed first: what was prepared is for an older revision.
    "envelope.session-stale" SessionStale {
        /// Whose.
        party: PartyId,
        /// For which revision.
        base: Revision,
        /// The head.
        head: Revision,
        /// When.
        at: Timestamp,
    }
    /// A signature came when the envelope had ended.
    "envelope.signature-discarded" SignatureDiscarded {
        /// Whose.
        party: PartyId,
        /// The revisions that nobody will use.
        revisions: Vec<ContentDigest>,
        /// When.
        at: Timestamp,
    }
    /// A party did its part.
    "envelope.party-done" PartyDone {
        /// Who.
        party: PartyId,
        /// What.
        act: Act,
        /// Which revision it saw, or made.
        revision: Revision,
        /// Proving what; of a signature `SigningBegan` says it.
        factors: Vec<FactorName>,
        /// In which series, if in one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        series: Option<Box<InSeries>>,
        /// When.
        at: Timestamp,
    }
    /// A party declined.
    "envelope.party-declined" PartyDeclined {
        /// Who.
        party: PartyId,
        /// When.
        at: Timestamp,
    }
    /// Why somebody did what the event before this one says, in their words. Can be erased.
    "envelope.reason-given" ReasonGiven {
        /// What the reason is of.
        of: ReasonOf,
        /// Their words.
        words: Text,
        /// When.
        at: Timestamp,
    }
    /// With that the quorum was out of reach.
    "envelope.declined" Declined {
        /// Whose decline it was.
        party: PartyId,
        /// What the party should have done.
        act: Act,
        /// When.
        at: Timestamp,
    }
    /// A party sent the envelope back.
    "envelope.returned" ReturnedTo {
        /// Who.
        by: PartyId,
        /// To which step.
        step: StepId,
        /// Parts that are done once more.
        again: Vec<Again>,
        /// When.
        at: Timestamp,
    }
    /// A party named another in its place.
    "envelope.signer-changed" SignerChanged {
        /// Who.
        from: PartyId,
        /// The new party.
        to: PartyId,
        /// Who that is.
        #[serde(with = "user")]
        user: UserId,
        /// In which way.
        how: Handover,
        /// When.
        at: Timestamp,
    }
    /// The sender named another in a party's place.
    "envelope.party-reassigned" PartyReassigned {
        /// Whose place.
        from: PartyId,
        /// The new party.
        to: PartyId,
        /// Who that is.
        #[serde(with = "user")]
        user: UserId,
        /// When.
        at: Timestamp,
    }
    /// A nominator named people.
    "envelope.parties-nominated" PartiesNominated {
        /// Who named.
        by: PartyId,
        /// Whom for which party.
        bound: Vec<Bound>,
        /// When.
        at: Timestamp,
    }
    /// Nobody may act.
    "envelope.paused" Paused {
        /// Who paused.
        #[serde(with = "user")]
        by: UserId,
        /// Whether deadlines run on.
        clock: Clock,
        /// When.
        at: Timestamp,
    }
    /// It goes on.
    "envelope.resumed" Resumed {
        /// By how much deadlines are moved on.
        moved: SignedDuration,
        /// When.
        at: Timestamp,
    }
    /// The sender corrected a paused envelope; old and new values both.
    "envelope.corrected" Corrected {
        /// What.
        changes: Vec<Change>,
        /// When.
        at: Timestamp,
    }
    /// The sender or owner ended it.
    "envelope.voided" Voided {
        /// Who.
        by: Acting,
        /// When.
        at: Timestamp,
    }
    /// The time of parties passed.
    "envelope.parties-expired" PartiesExpired {
        /// Whose.
        parties: Vec<PartyId>,
        /// When.
        at: Timestamp,
    }
    /// The time of the envelope passed.
    "envelope.expired" Expired {
        /// When.
        at: Timestamp,
    }
    /// Somebody begins to finish it.
    "envelope.finalize-started" FinalizeStarted {
        /// The number of the attempt, from 1.
        attempt: u32,
        /// Until when nobody else begins.
        until: Timestamp,
        /// When.
        at: Timestamp,
    }
    /// That failed.
    "envelope.finalize-failed" FinalizeFailed {
        /// Which attempt.
        attempt: u32,
        /// Why.
        error: Text,
        /// When.
        at: Timestamp,
    }
    /// It is completed.
    "envelope.completed" Completed {
        /// By which attempt.
        attempt: u32,
        /// What came of it.
        artifacts: Vec<Artifact>,
        /// When.
        at: Timestamp,
    }
    /// An operator gave up.
    "envelope.failed" Failed {
        /// Who.
        by: Acting,
        /// When.
        at: Timestamp,
    }
    /// A party may download.
    "envelope.download-granted" DownloadGranted {
        /// What, until when.
        grant: DownloadGrant,
        /// When.
        at: Timestamp,
    }
    /// A party downloaded.
    "envelope.downloaded" Downloaded {
        /// By which grant.
        grant: GrantId,
        /// Who.
        party: PartyId,
        /// What.
        artifact: ContentDigest,
        /// When.
        at: Timestamp,
    }
    /// Another envelope took its place.
    "envelope.superseded" Superseded {
        /// Which.
        by: EnvelopeId,
        /// When.
        at: Timestamp,
    }
    /// It was revoked.
    "envelope.revoked" Revoked {
        /// When.
        at: Timestamp,
    }
    /// It must be kept for a case.
    "envelope.hold-set" LegalHoldSet {
        /// The number of the hold.
        hold: HoldId,
        /// Who said so.
        #[serde(with = "user")]
        by: UserId,
        /// When.
        at: Timestamp,
    }
    /// It need not be kept any more for one case.
    "envelope.hold-released" LegalHoldReleased {
        /// The number of the hold that is over.
        hold: HoldId,
        /// Who said so.
        #[serde(with = "user")]
        by: UserId,
        /// When.
        at: Timestamp,
    }
    /// Its documents are to be removed.
    "envelope.purge-queued" PurgeQueued {
        /// Who said so.
        #[serde(with = "user")]
        by: UserId,
        /// When.
        at: Timestamp,
    }
    /// Its documents were removed; this record and the digests stay.
    "envelope.purged" Purged {
        /// Of what only the digest stays.
        kept: Vec<ContentDigest>,
        /// When.
        at: Timestamp,
    }
    /// A policy of the application asked for something more.
    "envelope.policy-reacted" PolicyReacted {
        /// Which policy.
        policy: Text,
        /// The name of what it asked for.
        command: String,
        /// When.
        at: Timestamp,
    }
}
