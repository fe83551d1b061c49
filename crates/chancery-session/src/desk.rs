//! Where parties sign: a store of revisions, and by what signatures are judged.

use std::io::Read;

use chancery_ades::{Policy, Proof, SignatureAttribute, SignatureKind, SignatureReport};
use chancery_cades::CadesSignature;
use chancery_cms::{SignedMessage, SignerInfo};
use chancery_digest::{AnyDigest, BlobStore, DigestAlgorithm, Source};
use chancery_key::{KeyKind, Password, PublicKey};
use chancery_pades::SignedPdf;
use chancery_workflow::{
    Artifact, Command, ContentDigest, Correction, DocumentId, Envelope, PartyId, Permissions, SignaturePlace,
    SignatureProof, Text,
};
use jiff::Timestamp;

use crate::base::{self, Base, Content, SignedFile, blob};
use crate::concerned::Concerned;
use crate::error::SessionError;
use crate::file_verification::{JudgedSigner, Stays};
use crate::form::DocumentForm;
use crate::passed::PassedSignature;
use crate::permission::DocumentPermission;
use crate::reader::SourceReader;
use crate::seats::Seats;
use crate::shut_out;
use crate::signed::{Signed, SignedTurn};
use crate::turn::{self, Turn};
use crate::verification::{Appended, Judge, passed};
use crate::{file_statement, fingerprint, level, words};

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

    /// What a document permits that the sender hands in, or puts in the place of another
    /// ([`Correction::Document`](chancery_workflow::Correction::Document)); its bytes tell whether it is a PDF.
    ///
    /// # Errors
    /// If the store has not got it.
    pub fn permission(&self, document: ContentDigest) -> Result<DocumentPermission, SessionError> {
        let bytes = self.open(document)?;
        match DocumentForm::of_bytes(&*bytes)? {
            DocumentForm::Pdf => Ok(DocumentPermission::of_pdf(&*bytes, document, self.password)?),
            DocumentForm::File => Ok(DocumentPermission::of_file(document)),
        }
    }

    /// What the documents permit that somebody signs, for [`Command::Send`](chancery_workflow::Command::Send) and
    /// [`Schedule`](chancery_workflow::Command::Schedule): a document that forbids signatures, or in which one of the
    /// places that the envelope has for them may not be signed, is refused there with the reason. So is one of which
    /// somebody's signature must be qualified, which no [`pass`](Self::pass) finds. Whoever verifies trusted lists and
    /// wraps what passed in a proof of their own asks for each document by [`permission`](Self::permission).
    ///
    /// # Errors
    /// If the store has not got them all.
    pub fn permissions(&self, envelope: &Envelope) -> Result<Permissions, SessionError> {
        let mut permissions: Permissions = Vec::new();
        for (number, revision) in envelope.contents().iter().enumerate() {
            let document = DocumentId::new(u32::try_from(number).unwrap_or(u32::MAX));
            let seats = Seats::of(envelope, document);
            let mut signers =
                envelope.parties().filter(|(party, ..)| seats.signs(envelope, *party)).peekable();
            if signers.peek().is_none() {
                continue;
            }
            if signers.any(|(_, party, _)| level::is_qualified(party)) {
                permissions.push(Box::new(DocumentPermission::nothing(*revision, level::NOT_QUALIFIED)));
                continue;
            }
            permissions.push(Box::new(match Base::open(self.store, envelope, document)?.content {
                Content::Pdf(pdf) => {
                    let places = seats.fields().filter(|field| seats.signs(envelope, field.party));
                    let permission = DocumentPermission::of_pdf(&*pdf, *revision, self.password)?;
                    permission.with_places(places.map(|field| field.name.as_str()))
                }
                Content::File(_) => DocumentPermission::of_file(*revision),
            }));
        }
        Ok(permissions)
    }

    /// What the documents permit that these corrections are about, for
    /// [`Command::Correct`](chancery_workflow::Command::Correct): those that are put in the place of others, and those that
    /// an added party signs or fills in, with the places of all who have yet to sign and its own.
    ///
    /// # Errors
    /// If the store has not got them all.
    pub fn permissions_to_correct(
        &self,
        envelope: &Envelope,
        corrections: &[Correction],
    ) -> Result<Permissions, SessionError> {
        let mut permissions: Permissions = Vec::new();
        for (number, current) in envelope.contents().iter().enumerate() {
            let document = DocumentId::new(u32::try_from(number).unwrap_or(u32::MAX));
            let Some(concerned) = Concerned::of(corrections, document) else { continue };
            let (revision, content) = match concerned.replaced_by {
                Some(digest) => (digest, self.replacement(envelope, document, digest)?),
                None => (*current, Base::open(self.store, envelope, document)?.content),
            };
            permissions.push(Box::new(match content {
                _ if concerned.qualified => DocumentPermission::nothing(revision, level::NOT_QUALIFIED),
                Content::Pdf(pdf) => {
                    let permission = DocumentPermission::of_pdf(&*pdf, revision, self.password)?;
                    let seats = Seats::of(envelope, document);
                    let awaited = seats.fields().filter(|field| seats.is_awaited(envelope, field.party));
                    let awaited = awaited.map(|field| field.name.as_str());
                    permission.with_places(awaited.chain(concerned.places.iter().copied()))
                }
                Content::File(_) => DocumentPermission::of_file(revision),
            }));
        }
        Ok(permissions)
    }

    fn replacement(
        &self,
        envelope: &Envelope,
        document: DocumentId,
        digest: ContentDigest,
    ) -> Result<Content, SessionError> {
        let media_type = base::named(envelope, document)?.media_type.clone();
        Content::unsigned(self.open(digest)?, media_type)
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
        let place = SignaturePlace { envelope: envelope.id(), party, document };
        let base = Base::open(self.store, envelope, document)?;
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
    /// as it is kept, at this moment. Of a PDF: it is its base and one revision more; that holds one signature, over all of
    /// it, whose verdict is passed; meaning and time in it are those that were pinned; no earlier signature stands worse
    /// than before; and whoever has yet to sign still can. Of the signatures beside a file: there is one signer more, of
    /// whom all that holds, and the others are what they were, byte for byte. So what a commit names is there, and is what
    /// was verified. What is kept and never named is litter, no harm.
    ///
    /// # Errors
    /// [`SessionError::Stale`] if somebody else signed first: prepare again. Else what did not pass, and why.
    pub fn pass(
        &self,
        signed: &SignedTurn<'_>,
        envelope: &Envelope,
        now: Timestamp,
    ) -> Result<PassedSignature, SessionError> {
        in_session(signed, envelope, now)?;
        match (&signed.made, &signed.turn.base.content) {
            (Signed::Pdf(made), Content::Pdf(base)) => self.pass_pdf(signed, (made, &**base), envelope, now),
            (Signed::File { signature, base }, _) => self.pass_file(signed, (signature, base), now),
            (Signed::Pdf(_), Content::File(_)) => Err(signed.turn.other_form()),
        }
    }

    fn pass_pdf(
        &self,
        signed: &SignedTurn<'_>,
        (made, base): (&SignedPdf<'_>, &dyn Source),
        envelope: &Envelope,
        now: Timestamp,
    ) -> Result<PassedSignature, SessionError> {
        let revision = self.keep(&mut SourceReader::new(made), made.len())?;
        let kept = self.open(revision)?;
        let file = Appended { base, whole: &*kept };
        let judge = self.judge(now);
        let compared = judge.compare(&file)?;
        let [report] = compared.new.as_slice() else {
            return Err(SessionError::NotOneSignature { why: "it has not one signature more" });
        };
        let value = made.message().signers().first().map(SignerInfo::signature);
        if report.kind() != SignatureKind::Signature || report.facts().value() != value {
            return Err(SessionError::NotOneSignature { why: "it holds another signature" });
        }
        judge.is_one_revision(&file, report.name())?;
        let proof = passed(report)?;
        as_pinned(report, signed)?;
        let permission = DocumentPermission::of_pdf(&*kept, revision, self.password)?;
        let place = signed.turn.place;
        shut_out::refuse(envelope, place, permission).map_err(|why| SessionError::ShutsOut { why })?;
        let field = Some(report.name().to_owned());
        Ok(signature(signed, revision, (report, proof), field))
    }

    fn pass_file(
        &self,
        signed: &SignedTurn<'_>,
        (made, base): (&CadesSignature, &SignedFile),
        now: Timestamp,
    ) -> Result<PassedSignature, SessionError> {
        let bytes = made.message().to_bytes();
        let revision = self.keep(&mut &*bytes, u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
        let kept = self.open(revision)?;
        let whole = SignedMessage::from_ber(&kept.read_range(0..kept.len())?)?;
        let new = self.judge(now).beside(base, &whole, Stays::Whole)?;
        let [JudgedSigner { signer, report }] = new.as_slice() else {
            return Err(SessionError::NotOneSignature { why: "it has not one signer more" });
        };
        let to_be_signed =
            |bytes: &[u8]| signed.to_be_signed.algorithm().digest(bytes) == signed.to_be_signed;
        if !signer.signed_attributes_der().is_some_and(to_be_signed) {
            return Err(SessionError::NotOneSignature { why: "it holds another signature" });
        }
        let proof = passed(report)?;
        if signer.signing_time() != Some(signed.words.signed_at) {
            return Err(SessionError::NotAsPinned { what: "time" });
        }
        if file_statement::meaning(signer).as_deref() != Some(signed.words.meaning.as_str()) {
            return Err(SessionError::NotAsPinned { what: "meaning" });
        }
        Ok(signature(signed, revision, (report, proof), None))
    }

    const fn judge(&self, now: Timestamp) -> Judge<'_> {
        Judge { policy: self.policy, password: self.password, now }
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
    /// Of a document that is no PDF this is the message with the signatures beside it, named as the document with `.p7s`
    /// behind it; [`file`](Self::file) gives the document, which is an artifact too.
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
        last: &dyn Source,
        now: Timestamp,
    ) -> Result<Artifact, SessionError> {
        let base = Base::open(self.store, envelope, document)?;
        let name = &base::named(envelope, document)?.name;
        match &base.content {
            Content::Pdf(pdf) => {
                let digest = self.finished_pdf((document, base.digest), &**pdf, last, now)?;
                Ok(Artifact { name: name.clone(), digest })
            }
            Content::File(file) => self.finished_file((document, base.digest, name), file, last, now),
        }
    }

    /// The document itself, where signatures stand beside it; none if they are in it, or there are none, since then
    /// [`artifact`](Self::artifact) is all.
    ///
    /// # Errors
    /// If the store has not got it.
    pub fn file(&self, envelope: &Envelope, document: DocumentId) -> Result<Option<Artifact>, SessionError> {
        let name = base::named(envelope, document)?.name.clone();
        let digest = envelope.unsigned(document).ok_or(SessionError::NoDocument(document))?;
        Ok(match Base::open(self.store, envelope, document)?.content {
            Content::File(file) if file.signatures.is_some() => Some(Artifact { name, digest }),
            Content::File(_) | Content::Pdf(_) => None,
        })
    }

    fn finished_pdf(
        &self,
        (document, head): (DocumentId, ContentDigest),
        base: &dyn Source,
        pdf: &dyn Source,
        now: Timestamp,
    ) -> Result<ContentDigest, SessionError> {
        if !begins_with(pdf, base.len(), head)? {
            return Err(SessionError::NotItsSuccessor { document });
        }
        let digest = self.keep(&mut SourceReader::new(pdf), pdf.len())?;
        if digest != head {
            let kept = self.open(digest)?;
            if !begins_with(&*kept, base.len(), head)? {
                return Err(SessionError::NotItsSuccessor { document });
            }
            let compared = self.judge(now).compare(&Appended { base, whole: &*kept })?;
            compared.only_finishes(document)?;
            compared.new.iter().try_for_each(|report| passed(report).map(|_| ()))?;
        }
        Ok(digest)
    }

    fn finished_file(
        &self,
        (document, head, name): (DocumentId, ContentDigest, &Text),
        file: &SignedFile,
        last: &dyn Source,
        now: Timestamp,
    ) -> Result<Artifact, SessionError> {
        let digest = self.keep(&mut SourceReader::new(last), last.len())?;
        if file.signatures.is_none() {
            return if digest == head {
                Ok(Artifact { name: name.clone(), digest })
            } else {
                Err(SessionError::NobodySigned { document })
            };
        }
        if digest != head {
            let kept = self.open(digest)?;
            let whole = SignedMessage::from_ber(&kept.read_range(0..kept.len())?);
            let whole = whole.map_err(|_| SessionError::NotItsSuccessor { document })?;
            let new = self.judge(now).beside(file, &whole, Stays::Signed)?;
            new.iter().try_for_each(|new| passed(&new.report).map(|_| ()))?;
        }
        // By its usual name it is found by programs that look beside the file.
        Ok(Artifact { name: words::text(&format!("{name}.p7s")), digest })
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

/// What the workflow takes of a signature that passed.
fn signature(
    signed: &SignedTurn<'_>,
    revision: ContentDigest,
    (report, proof): (&SignatureReport, &Proof),
    field: Option<String>,
) -> PassedSignature {
    let certificate = proof.signer();
    PassedSignature {
        place: signed.turn.place,
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
        field,
        proof: proof.clone(),
    }
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
