//! A signature beside a file that lacks only its value.

use chancery_cades::CadesSignature;
use chancery_certificate::asn1::{self, Element, tag};
use chancery_certificate::{AlgorithmIdentifier, Certificate};
use chancery_cms::statements::CommitmentType;
use chancery_cms::{
    Assembly, CmsError, Enclosures, FinishedSigner, PreparedSigner, SignedMessage, SignerPreparation,
};
use chancery_digest::AnyDigest;
use chancery_key::{ClaimedAlgorithm, SignatureValue, ToBeSigned};
use chancery_pades::{PadesError, SignatureMeaning, Statement};
use chancery_workflow::SignaturePlace;

use crate::base::SignedFile;
use crate::error::SessionError;
use crate::file_signer::FileSigner;
use crate::file_statement::{self, Said};
use crate::identifier::content_identifier;
use crate::words;

/// A signature beside a file that lacks only its value.
pub(crate) struct PreparedFile {
    signer: FileSigner,
    prepared: PreparedSigner,
    /// In DER.
    signature_algorithm: Vec<u8>,
    commitment: CommitmentType,
    pub(crate) statement: Statement,
}

impl PreparedFile {
    /// Digests the file and fixes what will be signed.
    pub(crate) fn new(
        file: &SignedFile,
        place: SignaturePlace,
        signer: &FileSigner,
        meaning: SignatureMeaning,
    ) -> Result<Self, SessionError> {
        let certificate = signer.chain.first().ok_or(PadesError::NoCertificate)?;
        let (from, until) = (certificate.not_before(), certificate.not_after());
        if signer.signed_at < from || signer.signed_at > until {
            return Err(SessionError::OutsideValidity { from, until });
        }
        let statement = Statement::beside(meaning, signer.location.clone(), signer.signed_at)?;
        let commitment = signer.committing(&words::meaning(&statement)?);
        let identifier = content_identifier(place.envelope, place.document);
        let media_type = file.media_type.as_ref();
        let said = Said { statement: &statement, commitment, media_type, identifier };
        let digest = signer.algorithm.digest().digest_source(&*file.bytes)?;
        let plain = SignerPreparation::new(&signer.chain, signer.algorithm, digest);
        let attributes = file_statement::attributes(&said)?;
        let stating = attributes.into_iter().fold(plain, SignerPreparation::attribute);
        let prepared = stating.signing_time(signer.signed_at).prepare()?;
        let signature_algorithm = signer.algorithm.to_algorithm_identifier().map_err(CmsError::from)?;
        Ok(Self { signer: signer.clone(), prepared, signature_algorithm, commitment, statement })
    }

    pub(crate) const fn to_be_signed(&self) -> &ToBeSigned {
        self.prepared.to_be_signed()
    }

    pub(crate) const fn certificate(&self) -> &Certificate {
        self.prepared.signer()
    }

    /// Puts the value in, and the signer beside those who signed before.
    pub(crate) fn finish(
        &self,
        file: &SignedFile,
        value: SignatureValue,
    ) -> Result<CadesSignature, SessionError> {
        let finished = self.prepared.finish(value)?;
        let chain = Enclosures::new().certificates(self.signer.chain.iter().cloned());
        let message = match &file.signatures {
            Some(message) => message.with_signer(&finished, &chain)?,
            None => Assembly::detached().signer(finished.clone()).enclosures(chain).assemble()?,
        };
        let place = place(&message, &finished).unwrap_or(usize::MAX);
        Ok(CadesSignature::of(message, place)?)
    }

    /// All that it is prepared of, without the file.
    ///
    /// ```text
    /// StoredFileTurn ::= SEQUENCE {
    ///     chain         SEQUENCE OF Certificate,
    ///     algorithm     AlgorithmIdentifier,
    ///     signedAt      Time,
    ///     commitment    OBJECT IDENTIFIER,
    ///     name          UTF8String,
    ///     meaning       UTF8String,
    ///     role          [0] IMPLICIT UTF8String OPTIONAL,
    ///     location      [1] IMPLICIT UTF8String OPTIONAL,
    ///     toBeSigned    OCTET STRING }  -- its digest
    /// ```
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let chain: Vec<&[u8]> = self.signer.chain.iter().map(Certificate::to_der).collect();
        let text = |tag, text: Option<&str>| text.map(|text| asn1::encode(tag, text.as_bytes()));
        let statement = &self.statement;
        asn1::sequence(&[
            &asn1::sequence(&chain),
            &self.signature_algorithm,
            &asn1::time(self.signer.signed_at),
            &asn1::oid(&self.commitment.oid()),
            &text(tag::UTF8_STRING, Some(statement.name())).unwrap_or_default(),
            &text(tag::UTF8_STRING, statement.reason()).unwrap_or_default(),
            &text(tag::primitive(0), statement.role()).unwrap_or_default(),
            &text(tag::primitive(1), statement.location()).unwrap_or_default(),
            &asn1::octet_string(self.to_be_signed().digest().as_bytes()),
        ])
    }

    /// Prepares it anew from that, and compares.
    pub(crate) fn from_bytes(
        bytes: &[u8],
        file: &SignedFile,
        place: SignaturePlace,
    ) -> Result<Self, SessionError> {
        const FORM: SessionError = SessionError::Stored { why: "it has not the form of a stored turn" };
        let stored = read(bytes).ok_or(FORM)?;
        let prepared = Self::new(file, place, &stored.signer, stored.meaning)?;
        if prepared.to_be_signed().digest().as_bytes() == stored.to_be_signed {
            Ok(prepared)
        } else {
            Err(SessionError::Stored { why: "what would be signed is something else" })
        }
    }
}

/// Where the signer stands among those of the message.
fn place(message: &SignedMessage, finished: &FinishedSigner) -> Option<usize> {
    let own = finished.to_signer_info();
    message.signers().iter().position(|signer| signer.to_bytes() == own)
}

struct Stored<'s> {
    signer: FileSigner,
    meaning: SignatureMeaning,
    to_be_signed: &'s [u8],
}

fn read(bytes: &[u8]) -> Option<Stored<'_>> {
    let mut fields = Element::only(bytes, tag::SEQUENCE).ok()?.reader();
    let mut certificates = fields.expect(tag::SEQUENCE).ok()?.reader();
    let mut chain = Vec::new();
    while !certificates.is_empty() {
        chain.push(Certificate::from_der(certificates.expect(tag::SEQUENCE).ok()?.raw).ok()?);
    }
    let identifier = AlgorithmIdentifier::read(&mut fields).ok()?;
    let algorithm = ClaimedAlgorithm::from_algorithm_identifier(&identifier).ok()?.current()?;
    let signed_at = fields.element().ok()?.time().ok()?;
    let commitment = CommitmentType::from_oid(fields.expect(tag::OBJECT_IDENTIFIER).ok()?.oid().ok()?);
    let name = fields.expect(tag::UTF8_STRING).ok()?.text().ok()?;
    let reason = fields.expect(tag::UTF8_STRING).ok()?.text().ok()?;
    let mut text = |number| {
        let found = fields.optional(tag::primitive(number)).ok()?;
        found.map(|found| String::from_utf8(found.content.to_vec())).transpose().ok()
    };
    let (role, location) = (text(0)?, text(1)?);
    let to_be_signed = fields.expect(tag::OCTET_STRING).ok()?.content;
    fields.finish().ok()?;
    let signer = FileSigner {
        location,
        commitment: Some(commitment),
        ..FileSigner::without_key(&chain, algorithm, signed_at)
    };
    let meaning = SignatureMeaning::new(name, reason);
    let meaning = match role {
        Some(role) => meaning.role(role),
        None => meaning,
    };
    Some(Stored { signer, meaning, to_be_signed })
}
