//! Level B-LT: the evidence goes into the message.

use chancery_certificate::Certificate;
use chancery_chain::{Evidence, OcspAnswer, Purpose, VerifiedChain};
use chancery_cms::{Enclosures, SignedMessage, SignerInfo};
use chancery_timestamp::TimestampToken;
use jiff::Timestamp;

use crate::attributes::{
    ARCHIVE_TIMESTAMP_V1, ARCHIVE_TIMESTAMP_V2, ARCHIVE_TIMESTAMPS, LONG_TERM_VALIDATION,
};
use crate::error::{CadesError, MissingEvidence};
use crate::needed::{Holder, NeededChain};

/// The proof that the certificates which a signature rests on are good: their verified chains, with the certificates,
/// CRLs and OCSP answers that these rest on. [`LongTermCollector`](crate::LongTermCollector) brings it together.
#[derive(Clone, Debug, Default)]
pub struct LongTermEvidence {
    chains: Vec<VerifiedChain>,
    gathered_at: Option<Timestamp>,
}

impl LongTermEvidence {
    /// These chains. Revocation must be known in each: see [`VerifiedChain::missing`].
    #[must_use]
    pub const fn new(chains: Vec<VerifiedChain>) -> Self {
        Self { chains, gathered_at: None }
    }

    /// Says when it was gathered, which a PDF keeps beside it; [`LongTermCollector`](crate::LongTermCollector) does.
    #[must_use]
    pub const fn gathered_at(mut self, time: Timestamp) -> Self {
        self.gathered_at = Some(time);
        self
    }

    /// When it was gathered, by the clock of whoever did; nothing rests on it.
    #[must_use]
    pub const fn time(&self) -> Option<Timestamp> {
        self.gathered_at
    }

    /// The chains.
    #[must_use]
    pub fn chains(&self) -> &[VerifiedChain] {
        &self.chains
    }

    /// The certificates whose CRL or OCSP answer is older than the moment for which it was wanted. It counts, but waiting
    /// for a newer one, and [preserving](crate::CadesSignature::preserve) again, makes the signature last better.
    pub fn older(&self) -> impl Iterator<Item = &Certificate> {
        self.chains.iter().flat_map(|chain| chain.older_evidence().map(|(certificate, _)| certificate))
    }

    /// What the chain of one certificate rests on, with the chain: certificates, CRLs and OCSP answers, and the
    /// certificates inside those answers once more by themselves. A responder's certificate lives for weeks; years later
    /// EN 319 102-1 (5.6.2.4) asks for proof that it existed before it ended, and verifiers look for that proof among
    /// the certificates that a timestamp covers, not inside of answers.
    ///
    /// # Errors
    /// There is no chain for it, or revocation is not known in it: what is missing.
    pub fn for_chain(&self, needed: &NeededChain) -> Result<Evidence, MissingEvidence> {
        let of = |chain: &&VerifiedChain| {
            chain.certificate() == &needed.certificate
                && (needed.holder == Holder::Signer || chain.purpose() == Purpose::Timestamping)
        };
        let chain = self.chains.iter().filter(of).min_by_key(|chain| chain.missing().len());
        match chain.map(|chain| (chain, chain.missing())) {
            Some((chain, lacks)) if lacks.is_empty() => Ok(with_responders(chain.evidence())),
            other => Err(MissingEvidence {
                of: needed.holder.to_string(),
                certificate: needed.certificate.clone(),
                lacks: other.map(|(_, lacks)| lacks).unwrap_or_default(),
            }),
        }
    }

    /// What the chains of these certificates rest on, if all are there.
    pub(crate) fn enclosures(&self, needed: &[NeededChain]) -> Result<Enclosures, CadesError> {
        let (mut evidence, mut missing) = (Evidence::new(), Vec::new());
        for needed in needed {
            match self.for_chain(needed) {
                Ok(found) => evidence.extend(found),
                Err(lacks) => missing.push(lacks),
            }
        }
        if !missing.is_empty() {
            return Err(CadesError::EvidenceIncomplete(missing));
        }
        Ok(evidence.to_enclosures()?)
    }
}

fn with_responders(mut evidence: Evidence) -> Evidence {
    let read = evidence.ocsp().iter().filter_map(|answer| OcspAnswer::from_der(answer).ok());
    let brought: Vec<Certificate> = read.flat_map(|answer| answer.certificates().to_vec()).collect();
    brought.into_iter().for_each(|certificate| evidence.add_certificate(certificate));
    evidence
}

/// Puts evidence into a message, where the signer has its place for it.
///
/// Usually that are the fields `certificates` and `crls` of the message (EN 319 122-1, 6.3). Archive timestamps from before
/// version 3 are over these fields as a whole, which then must stay as they are; evidence goes into the newest archive
/// timestamp instead, which nothing covers yet.
pub(crate) fn enclose(
    message: &SignedMessage,
    index: usize,
    signer: &SignerInfo,
    enclosures: &Enclosures,
) -> Result<SignedMessage, CadesError> {
    let closed = [ARCHIVE_TIMESTAMP_V2, ARCHIVE_TIMESTAMP_V1, LONG_TERM_VALIDATION];
    // Every signer's older timestamps are over these fields.
    let closes = |signer: &SignerInfo| closed.iter().any(|oid| signer.unsigned_attributes().contains(*oid));
    if !message.signers().iter().any(closes) {
        return Ok(message.with_enclosures(enclosures)?);
    }
    let archive = ARCHIVE_TIMESTAMPS.iter().flat_map(|&oid| signer.unsigned_attributes().values(oid));
    let tokens = archive.filter_map(|value| Some((TimestampToken::from_ber(value).ok()?, value)));
    let Some((token, value)) = tokens.max_by_key(|(token, _)| token.info().time()) else {
        return Err(CadesError::ClosedByOlderTimestamp);
    };
    let token = token.message().with_enclosures(enclosures)?;
    Ok(message.with_unsigned_value_replaced(index, value, token.to_bytes())?)
}
