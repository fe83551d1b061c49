//! Where parties sign: a store of revisions, and by what signatures are judged.

use std::io::Read;

use chancery_ades::{Policy, SignatureAttribute, SignatureKind, SignatureReport};
use chancery_digest::{AnyDigest, BlobStore, DigestAlgorithm, Source};
use chancery_key::{KeyKind, Password, PublicKey};
use chancery_workflow::{
    Artifact, Command, ContentDigest, DocumentId, Envelope, PartyId, Permissions, SignaturePlace,
    SignatureProof,
};
use jiff::Timestamp;

use crate::base::{Base, blob};
use crate::error::SessionError;
use crate::passed::PassedSignature;
use crate::permission::DocumentPermission;
use crate::reader::SourceReader;
use crate::seats::Seats;
use crate::shut_out;
use crate::signed::SignedTurn;
use crate::turn::{self, Turn};
use crate::verification::{Appended, Judge, passed};
use crate::{fingerprint, level, words};

/// Where parties sign: the store that keeps the revisions of documents, and the policy by which signatures are judged
/// before the workflow hears of them.
///
/// See the [crate](crate) for a turn from its beginning to its end.
#[derive(Clone, Copy)]
pub struct Desk<'d> {
    store: &'d dyn BlobStore,
    policy: &'d Policy,
    password: Option<&'d Password>,
}

impl<'d> Desk<'d> {
    /// With this store and this policy.
    #[must_use]
    pub const fn new(store: &'d dyn BlobStore, policy: &'d Policy) -> Self {
        Self { store, policy, password: None }
    }

    /// The password of an encrypted document.
    #[must_use]
    pub const fn password(mut self, password: &'d Password) -> Self {
        self.password = Some(password);
        self
    }

    /// Keeps a document durably, at most so many bytes of it: what a draft names by the digest that comes back.
    ///
    /// # Errors
    /// If it is longer, or the store fails.
    pub fn keep(&self, bytes: &mut dyn Read, most: u64) -> Result<ContentDigest, SessionError> {
        let kept = self.store.put(bytes, most)?;
        Ok(ContentDigest::from_bytes(*kept.id().as_bytes()))
    }

    /// Opens a revision.
    ///
    /// # Errors
    /// If the store has not got it, or other bytes in its place.
    pub fn open(&self, revision: ContentDigest) -> Result<Box<dyn Source>, SessionError> {
        Ok(self.store.open(&blob(revision))?)
    }

    /// What a document permits in this revision.
    ///
    /// # Errors
    /// If the store has not got it.
    pub fn permission(&self, revision: ContentDigest) -> Result<DocumentPermission, SessionError> {
        Ok(DocumentPermission::of(&*self.open(revision)?, revision, self.password)?)
    }

    /// What the documents permit that somebody signs, for [`Command::Send`](chancery_workflow::Command::Send) and
    /// [`Schedule`](chancery_workflow::Command::Schedule): a document that forbids signatures, or in which one of the
    /// places that the envelope has for them may not be signed, is refused there with the reason.
    ///
    /// # Errors
    /// If the store has not got them all.
    pub fn permissions(&self, envelope: &Envelope) -> Result<Permissions, SessionError> {
        let mut permissions: Permissions = Vec::new();
        for (number, revision) in envelope.contents().iter().enumerate() {
            let document = DocumentId::new(u32::try_from(number).unwrap_or(u32::MAX));
            let seats = Seats::of(envelope, document);
            if envelope.parties().any(|(party, ..)| seats.signs(envelope, party)) {
                let places = seats.fields().filter(|field| seats.signs(envelope, field.party));
                let permission = self.permission(*revision)?;
                permissions.push(Box::new(permission.with_places(places.map(|field| field.name.as_str()))));
            }
        }
        Ok(permissions)
    }

    /// Opens a party's turn to sign a document, on its current revision.
    ///
    /// # Errors
    /// [`SessionError::NotToSign`] if it does not sign it; or the store has not got the revision.
    pub fn turn(
        &self,
        envelope: &Envelope,
        party: PartyId,
        document: DocumentId,
    ) -> Result<Turn, SessionError> {
        if !envelope.signs(party).contains(&document) {
            return Err(SessionError::NotToSign { party, document });
        }
        let revision = envelope.content(document).ok_or(SessionError::NoDocument(document))?;
        let place = SignaturePlace { envelope: envelope.id(), party, document };
        let base = Base::open(self.store, revision)?;
        Ok(Turn::new(place, base, turn::field(envelope, place), self.password))
    }

    /// Opens a party's turn to sign all its documents, in their order.
    ///
    /// # Errors
    /// As [`turn`](Self::turn).
    pub fn turns(&self, envelope: &Envelope, party: PartyId) -> Result<Vec<Turn>, SessionError> {
        envelope.signs(party).into_iter().map(|document| self.turn(envelope, party, document)).collect()
    }

    /// Verifies a signed turn and gives what the workflow takes of it
    /// ([`Command::CompleteSigning`](chancery_workflow::Command::CompleteSigning)).
    ///
    /// First it is compared with the session that the envelope, as it stands now, holds for the party: a signature for a
    /// revision that is not current any more is not written anywhere. Then the new revision is kept, durably, and verified
    /// as it is kept, at this moment: it is its base and one revision more; that holds one signature, over all of it, whose
    /// verdict is passed; meaning and time in it are those that were pinned; no earlier signature stands worse than
    /// before; and whoever has yet to sign still can. So what a commit names is there, and is what was verified. What is kept and never named is litter, no harm.
    ///
    /// # Errors
    /// [`SessionError::Stale`] if somebody else signed first: prepare again. Else what did not pass, and why.
    pub fn pass(
        &self,
        signed: &SignedTurn<'_>,
        envelope: &Envelope,
        now: Timestamp,
    ) -> Result<PassedSignature, SessionError> {
        let place = signed.turn.place;
        in_session(signed, envelope, now)?;
        let revision = self.keep(&mut SourceReader::new(&signed.pdf), signed.pdf.len())?;
        let kept = self.open(revision)?;
        let file = Appended { base: &*signed.turn.base.bytes, whole: &*kept };
        let judge = Judge { policy: self.policy, password: self.password, now };
        let compared = judge.compare(&file)?;
        let [report] = compared.new.as_slice() else {
            return Err(SessionError::NotOneSignature { why: "it has not one signature more" });
        };
        if report.kind() != SignatureKind::Signature || report.facts().value() != value(signed) {
            return Err(SessionError::NotOneSignature { why: "it holds another signature" });
        }
        judge.is_one_revision(&file, report.name())?;
        let proof = passed(report)?;
        as_pinned(report, signed)?;
        let permission = DocumentPermission::of(&*kept, revision, self.password)?;
        shut_out::refuse(envelope, place, permission).map_err(|why| SessionError::ShutsOut { why })?;
        let certificate = proof.signer();
        Ok(PassedSignature {
            place,
            base: signed.turn.base.digest,
            to_be_signed: signed.to_be_signed,
            revision,
            certificate: fingerprint::of(certificate),
            signer: level::signer_kind(certificate),
            subject: words::text(&certificate.subject().to_string()),
            algorithm: words::text(&algorithm(report)),
            level: level::level(proof),
            signed_at: signed.words.signed_at,
            meaning: Some(signed.words.meaning.clone()),
            timestamp: signed.timestamp,
            field: report.name().to_owned(),
            proof: proof.clone(),
        })
    }

    /// The command by which a party completes its session: with what [`pass`](Self::pass) gives for each of its documents,
    /// in their order. Where somebody else signed first it has no proofs, so that the workflow records that, and refuses it
    /// as [`Refusal::StaleBase`](chancery_workflow::Refusal::StaleBase).
    ///
    /// # Errors
    /// [`SessionError::Apart`] if there is none; else as [`pass`](Self::pass), except for [`SessionError::Stale`].
    pub fn complete_signing(
        &self,
        turns: &[SignedTurn<'_>],
        envelope: &Envelope,
        now: Timestamp,
    ) -> Result<Command, SessionError> {
        let first = turns.first().ok_or(SessionError::Apart { why: "there is none" })?;
        let party = first.turn.place.party;
        if turns.iter().any(|turn| turn.turn.place.party != party) {
            return Err(SessionError::Apart { why: "they are of two parties" });
        }
        let mut proofs: Vec<Box<dyn SignatureProof>> = Vec::new();
        for turn in turns {
            match self.pass(turn, envelope, now) {
                Ok(passed) => proofs.push(Box::new(passed)),
                Err(SessionError::Stale { .. }) => {
                    return Ok(Command::CompleteSigning { party, proofs: Vec::new() });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Command::CompleteSigning { party, proofs })
    }

    /// Takes in a document of an envelope in its final form, for
    /// [`Command::FinalizeOk`](chancery_workflow::Command::FinalizeOk): as it was signed last, or that with a seal,
    /// evidence, timestamps appended, which the caller's signer makes under the key
    /// [`Envelope::seal_key`](chancery_workflow::Envelope::seal_key). What was appended is judged by the signatures that are
    /// there, kept durably, and named.
    ///
    /// A document that nobody signed comes back as it is: nothing shows what was appended to it. If it is to be sealed, the
    /// seal is a party ([`Role::Seal`](chancery_workflow::Role::Seal)), whose [`turn`](Self::turn) is taken here.
    ///
    /// # Errors
    /// [`SessionError::NotItsSuccessor`] if it does not begin with the document; [`SessionError::NotPassed`] if a signature
    /// or timestamp that was appended does not pass; [`SessionError::EarlierHarmed`] if anything else was appended;
    /// [`SessionError::NobodySigned`].
    pub fn artifact(
        &self,
        envelope: &Envelope,
        document: DocumentId,
        pdf: &dyn Source,
        now: Timestamp,
    ) -> Result<Artifact, SessionError> {
        let head = envelope.content(document).ok_or(SessionError::NoDocument(document))?;
        let name = usize::try_from(document.number()).ok().and_then(|n| envelope.draft().documents.get(n));
        let name = name.ok_or(SessionError::NoDocument(document))?.name.clone();
        let base = self.open(head)?;
        if !begins_with(pdf, base.len(), head)? {
            return Err(SessionError::NotItsSuccessor { document });
        }
        let digest = self.keep(&mut SourceReader::new(pdf), pdf.len())?;
        if digest != head {
            let kept = self.open(digest)?;
            if !begins_with(&*kept, base.len(), head)? {
                return Err(SessionError::NotItsSuccessor { document });
            }
            let judge = Judge { policy: self.policy, password: self.password, now };
            let compared = judge.compare(&Appended { base: &*base, whole: &*kept })?;
            compared.only_finishes(document)?;
            compared.new.iter().try_for_each(|report| passed(report).map(|_| ()))?;
        }
        Ok(Artifact { name, digest })
    }
}

/// The envelope as it stands now waits for exactly this signature.
fn in_session(signed: &SignedTurn<'_>, envelope: &Envelope, now: Timestamp) -> Result<(), SessionError> {
    let SignaturePlace { envelope: id, party, document } = signed.turn.place;
    let not_begun = || SessionError::NotBegun { party, head: envelope.head() };
    if id != envelope.id() {
        return Err(not_begun());
    }
    let head = envelope.content(document).ok_or(SessionError::NoDocument(document))?;
    let base = signed.turn.base.digest;
    if base != head {
        return Err(SessionError::Stale { document, base, head });
    }
    let session = envelope.slot(party).and_then(|slot| slot.session()).ok_or_else(not_begun)?;
    if session.base != envelope.head() {
        return Err(SessionError::Stale { document, base, head });
    }
    if !session.documents.contains(&signed.pinned()) || session.certificate != signed.words.certificate {
        return Err(not_begun());
    }
    if now > session.until {
        return Err(SessionError::LeaseExpired { until: session.until });
    }
    if session.signed_at != signed.words.signed_at {
        return Err(SessionError::NotAsPinned { what: "time" });
    }
    if session.meaning.as_ref() != Some(&signed.words.meaning) {
        return Err(SessionError::NotAsPinned { what: "meaning" });
    }
    Ok(())
}

/// What stands in the file is what was pinned (G5).
fn as_pinned(report: &SignatureReport, signed: &SignedTurn<'_>) -> Result<(), SessionError> {
    let stated = &report.facts().particulars().attributes;
    let has = |wanted: &SignatureAttribute| stated.contains(wanted);
    if !has(&SignatureAttribute::SigningTime(signed.words.signed_at)) {
        return Err(SessionError::NotAsPinned { what: "time" });
    }
    if !has(&SignatureAttribute::Reason(signed.words.meaning.as_str().to_owned())) {
        return Err(SessionError::NotAsPinned { what: "meaning" });
    }
    Ok(())
}

/// The value of the signature that was made.
fn value<'s>(signed: &'s SignedTurn<'_>) -> Option<&'s [u8]> {
    signed.pdf.message().signers().first().map(chancery_cms::SignerInfo::signature)
}

/// The algorithm with the curve or the length of the key: `ECDSA P-256 with SHA-256`.
fn algorithm(report: &SignatureReport) -> String {
    let facts = report.facts();
    let (Some((algorithm, _)), Some(signer)) = (facts.algorithm(), facts.signer()) else {
        return String::new();
    };
    match PublicKey::of(signer).map(|key| key.kind()) {
        Ok(KeyKind::Rsa { bits }) => format!("{algorithm}, {bits} bits"),
        Ok(KeyKind::Ed25519) | Err(_) => algorithm.to_string(),
        Ok(kind) => format!("{kind} with {}", algorithm.digest()),
    }
}

/// Whether the first bytes of a file are those of this digest.
fn begins_with(file: &dyn Source, length: u64, digest: ContentDigest) -> Result<bool, SessionError> {
    if file.len() < length {
        return Ok(false);
    }
    let mut hasher = DigestAlgorithm::Sha256.hasher();
    hasher.update_from(file, 0..length)?;
    Ok(hasher.finalize() == blob(digest).digest())
}
