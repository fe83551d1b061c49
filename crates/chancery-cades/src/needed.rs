//! The certificates that a signature rests on, and whose evidence is to be kept.

use std::collections::HashSet;

use chancery_ades::TimestampKind;
use chancery_certificate::Certificate;
use chancery_chain::{Evidence, OcspAnswer, RevocationList, SpeaksOf};
use chancery_cms::{Attribute, SignedMessage, SignerCheck, SignerInfo};
use chancery_digest::Digests;
use jiff::Timestamp;

use crate::enclosed;
use crate::error::{CadesError, MissingEvidence};
use crate::settled::Settled;
use crate::stamps::{self, Archived, Stamp};

/// How many certificates are followed upwards: more than any real chain has.
const LONGEST_CHAIN: usize = 16;

/// Certificates that are compared with OCSP answers. Each comparison takes two digests; a thousand renewals need some
/// thousand.
const MOST_COMPARISONS: usize = 200_000;

/// A certificate whose chain must be proven, because the signature rests on it and no archive timestamp covers the
/// proof yet.
#[derive(Clone, Debug)]
pub struct NeededChain {
    /// The certificate.
    pub certificate: Certificate,
    /// Who has it.
    pub holder: Holder,
    /// The moment at which it must be good, where that is not the present: the earliest timestamp over the signature, at
    /// the last moment that the accuracy of its authority's clock leaves open.
    pub at: Option<Timestamp>,
    /// Since when it matters: the time of the timestamp, as late as its accuracy leaves open. CRLs and OCSP answers from before cannot know what happened by
    /// then, and are worth less in later years.
    pub since: Timestamp,
}

/// Who has a certificate that a signature rests on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Holder {
    /// The one who signed.
    Signer,
    /// The authority of a timestamp: which one, by kind and number.
    Timestamp(String),
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Signer => f.write_str("signer"),
            Self::Timestamp(name) => f.write_str(name),
        }
    }
}

/// What a signature rests on, with its timestamps.
#[derive(Debug)]
pub(crate) struct Foundation {
    pub(crate) needed: Vec<NeededChain>,
    /// Everything that it carries.
    pub(crate) carried: Evidence,
    /// The time of its youngest timestamp.
    pub(crate) youngest: Option<Timestamp>,
    /// What need not be asked again.
    pub(crate) settled: Settled,
}

/// Finds the chains that are to be proven now. Once an archive timestamp covers the signature, only what is not under an
/// archive timestamp needs new evidence: the newest of them.
pub(crate) fn of_signer(
    message: &SignedMessage,
    index: usize,
    signer: &SignerInfo,
    settled: &Settled,
) -> Result<Foundation, CadesError> {
    let (stamps, mut settled) = stamps::unsettled(message, signer, settled)?;
    let mut needed = Vec::new();
    let archive = |stamp: &Stamp| stamp.kind == TimestampKind::Archive && authority(message, stamp).is_some();
    settled.under_archive |= stamps.iter().any(archive);
    if !settled.under_archive {
        let signed: Vec<&Stamp> =
            stamps.iter().filter(|stamp| stamp.kind == TimestampKind::Signature).collect();
        let earliest = signed.iter().filter_map(|stamp| Some(stamp.token.as_ref().ok()?.latest_time())).min();
        let Some(at) = earliest else {
            let faults = signed.iter().filter_map(|stamp| Some(stamp.token.as_ref().err()?.to_string()));
            return Err(CadesError::NoSignatureTimestamp { faults: faults.collect() });
        };
        let certificate = certificate_of(message, index)?;
        needed.push(NeededChain { certificate, holder: Holder::Signer, at: Some(at), since: at });
    }
    for stamp in stamps.iter().filter(|stamp| stamp.archived == Archived::No) {
        needed.extend(authority(message, stamp).map(|(certificate, since)| NeededChain {
            certificate,
            holder: Holder::Timestamp(stamp.name.clone()),
            at: None,
            since,
        }));
    }
    let times = stamps.iter().filter_map(|stamp| Some(stamp.token.as_ref().ok()?.time()));
    let youngest = times.max().max(settled.youngest());
    let mut carried = carried(message, signer, &stamps);
    carried.extend(settled.carried().clone());
    Ok(Foundation { needed, carried, youngest, settled })
}

/// The certificates that the whole signature rests on, the newest archive timestamp apart, each once: what level B-LT has
/// evidence for.
pub(crate) fn but_for_newest_archive(
    message: &SignedMessage,
    signer: &SignerInfo,
    stamps: &[Stamp],
) -> Vec<(Holder, Certificate)> {
    let named = message.certificates().iter().find(|one| signer.identifier().names(one));
    let signer = named.map(|one| (Holder::Signer, one.clone()));
    let archived = |stamp: &&Stamp| stamp.kind != TimestampKind::Archive || stamp.archived == Archived::Yes;
    let stamps = stamps
        .iter()
        .filter(archived)
        .filter_map(|stamp| Some((Holder::Timestamp(stamp.name.clone()), authority(message, stamp)?.0)));
    let mut seen = HashSet::new();
    signer.into_iter().chain(stamps).filter(|(_, certificate)| seen.insert(certificate.clone())).collect()
}

/// The certificate of a timestamp's signer, and the last moment at which it may have been made: of one that matches, or
/// that could not be matched only because the content is elsewhere. Others prove nothing, and need no evidence.
fn authority(message: &SignedMessage, stamp: &Stamp) -> Option<(Certificate, Timestamp)> {
    use chancery_timestamp::{TimestampToken, TokenFault};
    match &stamp.token {
        Ok(token) => Some((token.signer().certificate().clone(), token.latest_time())),
        Err(TokenFault::DigestMissing { .. } | TokenFault::NotComputed { .. }) => {
            let token = TimestampToken::from_ber(&stamp.value).ok()?;
            let imprint = token.info().imprint();
            let digest =
                chancery_digest::Digest::from_parts(imprint.known_algorithm()?, imprint.digest()).ok()?;
            let token = token.matching(&Digests::of([digest]), message.certificates()).ok()?;
            Some((token.signer().certificate().clone(), token.latest_time()))
        }
        Err(_) => None,
    }
}

/// The certificate of a signer. What was signed is not asked: the content may be elsewhere.
fn certificate_of(message: &SignedMessage, index: usize) -> Result<Certificate, CadesError> {
    let Some(signer) = message.signers().get(index) else {
        return Err(chancery_cms::CmsError::NoSuchSigner { index, signers: message.signers().len() }.into());
    };
    let digests = stated_digests(message, signer);
    match signer.check(message, &digests, &[]) {
        SignerCheck::Sound(signer) => Ok(signer.certificate().clone()),
        SignerCheck::Faulty(faults) => Err(CadesError::NotSound(faults)),
    }
}

/// The digest of the content; of detached content that which the signer signed, so that everything else can be checked.
fn stated_digests(message: &SignedMessage, signer: &SignerInfo) -> Digests {
    let stated = signer.message_digest().zip(signer.digest_algorithm());
    let stated =
        stated.and_then(|(digest, algorithm)| chancery_digest::Digest::from_parts(algorithm, &digest).ok());
    match stated {
        Some(digest) if message.is_detached() => Digests::of([digest]),
        _ => message.content_digests(),
    }
}

/// Which of these chains the signature holds no revocation information for, where everything `beside` its timestamps was
/// read before. Nothing is verified here: it says what is certainly missing.
pub(crate) fn not_enclosed(
    beside: Evidence,
    signer: &SignerInfo,
    stamps: &[Stamp],
    needed: &[(Holder, Certificate)],
) -> Vec<MissingEvidence> {
    lacking(&with_stamps(beside, signer, stamps), needed)
}

/// Everything that a signature carries. What is in its timestamps was read with them.
fn carried(message: &SignedMessage, signer: &SignerInfo, stamps: &[Stamp]) -> Evidence {
    with_stamps(enclosed::beside_timestamps(message, signer), signer, stamps)
}

fn with_stamps(mut evidence: Evidence, signer: &SignerInfo, stamps: &[Stamp]) -> Evidence {
    // Without any that were read, what is in them is read here.
    let is_read = |one: &&Attribute| !stamps.is_empty() && stamps::is_timestamp(one.oid());
    let others = signer.unsigned_attributes().iter().filter(|one| !is_read(one));
    for token in others.flat_map(Attribute::values).filter_map(|value| SignedMessage::from_ber(value).ok()) {
        evidence.extend(enclosed::of_token(&token));
    }
    let placed = stamps.iter().filter(|stamp| stamp.place.is_some());
    placed.for_each(|stamp| evidence.extend(stamp.carried.clone()));
    evidence
}

/// Which of these chains the evidence holds no revocation information for. Nothing is verified here: it says what is
/// certainly missing.
#[must_use]
pub fn lacking(enclosed: &Evidence, needed: &[(Holder, Certificate)]) -> Vec<MissingEvidence> {
    let lists: Vec<_> = enclosed.crls().iter().filter_map(|crl| RevocationList::from_der(crl).ok()).collect();
    let answers: Vec<_> =
        enclosed.ocsp().iter().filter_map(|answer| OcspAnswer::from_der(answer).ok()).collect();
    let mut comparisons = MOST_COMPARISONS;
    let mut is_open = |certificate: &Certificate| {
        let mut certificate = certificate.clone();
        for _ in 0..LONGEST_CHAIN {
            if certificate.is_self_issued() {
                return false;
            }
            let issuers: Vec<&Certificate> = issuers(enclosed, &certificate).collect();
            let listed = lists.iter().any(|list| list.issuer().matches(certificate.issuer()));
            let mut answered = |issuer: &&Certificate| {
                let mut left = answers.iter().take_while(|_| {
                    comparisons = comparisons.saturating_sub(1);
                    comparisons > 0
                });
                left.any(|answer| answer.speaks_of(&certificate, issuer) == SpeaksOf::Yes)
            };
            if !listed && !issuers.iter().any(&mut answered) {
                return !says_that_nothing_is_published(&certificate);
            }
            match issuers.first().map(|&issuer| issuer.clone()) {
                Some(issuer) => certificate = issuer,
                None => return false,
            }
        }
        false
    };
    let mut open = Vec::new();
    for (holder, certificate) in needed {
        if is_open(certificate) {
            let (of, certificate) = (holder.to_string(), certificate.clone());
            open.push(MissingEvidence { of, certificate, lacks: Vec::new() });
        }
    }
    open
}

fn issuers<'a>(
    enclosed: &'a Evidence,
    certificate: &'a Certificate,
) -> impl Iterator<Item = &'a Certificate> {
    enclosed.certificates().iter().filter(|other| other.subject().matches(certificate.issuer()))
}

/// noRevAvail (RFC 9608) or validity-assured short-term certificates (EN 319 412-1, 5.2).
fn says_that_nothing_is_published(certificate: &Certificate) -> bool {
    use const_oid::ObjectIdentifier as Oid;
    const NO_REVOCATION_AVAILABLE: Oid = Oid::new_unwrap("2.5.29.56");
    const SHORT_TERM: Oid = Oid::new_unwrap("0.4.0.194121.2.1");
    [NO_REVOCATION_AVAILABLE, SHORT_TERM].iter().any(|oid| certificate.extension(*oid).is_some())
}
