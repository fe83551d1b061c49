//! Verifying what was signed, before the workflow hears of it.

use chancery_ades::{Proof, SignatureAttribute, SignatureKind, SignatureReport};
use chancery_cades::CadesSignature;
use chancery_cms::{SignedMessage, SignerInfo};
use chancery_digest::{AnyDigest, Source};
use chancery_key::{KeyKind, PublicKey};
use chancery_pades::SignedPdf;
use chancery_workflow::{Command, ContentDigest, Envelope, SignaturePlace, SignatureProof};
use jiff::Timestamp;

use crate::base::{Content, SignedFile};
use crate::desk::Desk;
use crate::error::SessionError;
use crate::file_verification::{JudgedSigner, Stays};
use crate::passed::PassedSignature;
use crate::permission::DocumentPermission;
use crate::reader::SourceReader;
use crate::signed::{Signed, SignedTurn};
use crate::verification::{Appended, passed};
use crate::{file_statement, fingerprint, identifier, level, shut_out, words};

impl Desk<'_> {
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
        let SignaturePlace { envelope, document, .. } = signed.turn.place;
        if !identifier::is_of(signer, (envelope, document)) {
            return Err(SessionError::NotAsPinned { what: "envelope" });
        }
        if signer.signing_time() != Some(signed.words.signed_at) {
            return Err(SessionError::NotAsPinned { what: "time" });
        }
        if file_statement::meaning(signer).as_deref() != Some(signed.words.meaning.as_str()) {
            return Err(SessionError::NotAsPinned { what: "meaning" });
        }
        Ok(signature(signed, revision, (report, proof), None))
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
