//! What CRLs say of one certificate at a moment (RFC 5280 §6.3).

use chancery_certificate::{Certificate, KeyUsage, Name};
use const_oid::ObjectIdentifier;
use jiff::Timestamp;

use crate::build::Work;
use crate::crl::{RevocationList, RevokedEntry};
use crate::crl_error::RevocationListError;
use crate::extensions;
use crate::fault::{EvidenceFault, EvidenceKind};
use crate::reason::RevocationReason;
use crate::scope::{EntriesOf, Reasons, Scope};
use crate::signature::{self, SignatureOutcome};
use crate::verified::GoodEvidence;

/// Critical extensions of a list that are processed. The number and the key identifier may not be critical
/// (RFC 5280 §5.2.1, §5.2.3), so they are not among them.
const PROCESSED: [ObjectIdentifier; 2] =
    [extensions::ISSUING_DISTRIBUTION_POINT, extensions::DELTA_CRL_INDICATOR];

/// All lists at hand.
pub(crate) type Lists<'a> = Vec<Result<RevocationList<'a>, RevocationListError>>;

/// The moment in question, and what may be known of it.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Moment {
    pub(crate) at: Timestamp,
    /// Evidence of a later time is not believed.
    pub(crate) known_by: Option<Timestamp>,
}

/// What all evidence together says of one certificate.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Good(GoodEvidence),
    Revoked { evidence: GoodEvidence, since: Timestamp, reason: RevocationReason },
    Unknown(Vec<EvidenceFault>),
}

/// Certificates, other than the issuer's own, that may have signed a list.
pub(crate) trait ListSigners {
    /// Those of this name.
    fn candidates(&self, name: &Name) -> Vec<Certificate>;

    /// Whether the certificate leads to the same trust anchor as the judged one (RFC 5280 §6.3.3 (f)).
    fn check(&self, signer: &Certificate, work: &mut Work) -> Result<(), String>;
}

/// What one list, with a delta where there is one, says.
#[derive(Clone, Debug)]
struct Statement {
    evidence: GoodEvidence,
    reasons: Reasons,
    revoked: Option<RevokedEntry>,
    /// Why its silence about a certificate says nothing at this moment. That it names one as revoked still counts.
    silence: Option<EvidenceFault>,
}

/// A list whose signature, signer and scope are good for the certificate.
#[derive(Clone, Debug)]
struct Authentic<'l, 'a> {
    list: &'l RevocationList<'a>,
    reasons: Reasons,
}

/// Asks every list that may speak of the certificate.
///
/// A revocation that an authentic list names stays one even when the list is outdated, unless a newer usable list
/// no longer has a certificate that was only on hold. Silence counts only where the list holds at the moment.
pub(crate) fn ask(
    certificate: &Certificate,
    issuer: &Certificate,
    lists: &Lists<'_>,
    signers: &dyn ListSigners,
    moment: Moment,
    work: &mut Work,
) -> Answer {
    let mut because = Vec::new();
    let mut complete = Vec::new();
    let mut deltas = Vec::new();
    for (index, list) in lists.iter().enumerate() {
        let list = match list {
            Ok(list) => list,
            Err(error) => {
                because.push(malformed(error));
                continue;
            }
        };
        if !may_speak_of(certificate, list) {
            continue;
        }
        match authenticate(certificate, issuer, index, list, signers, moment, work) {
            Ok(authentic) if list.extension(extensions::DELTA_CRL_INDICATOR).is_some() => {
                deltas.push(authentic);
            }
            Ok(authentic) => complete.push(authentic),
            Err(fault) => because.push(fault),
        }
    }
    let mut statements = Vec::new();
    for base in &complete {
        match state(certificate, base, &deltas, moment.at) {
            Ok(statement) => statements.push(statement),
            Err(fault) => because.push(fault),
        }
    }
    if complete.is_empty() {
        because.extend(deltas.iter().map(|delta| EvidenceFault::OutOfScope {
            kind: EvidenceKind::Crl,
            this_update: delta.list.this_update(),
            what: "it is a delta CRL, and the complete one that it continues is missing",
        }));
    }
    conclude(statements, because)
}

/// Lists of the issuer of the certificate, or of one that the certificate names.
fn may_speak_of(certificate: &Certificate, list: &RevocationList<'_>) -> bool {
    let named = || {
        let points = certificate.crl_distribution_points().ok().flatten().unwrap_or_default();
        points.iter().flat_map(|point| &point.crl_issuer).any(|name| match name {
            chancery_certificate::GeneralName::Directory(name) => name.matches(list.issuer()),
            _ => false,
        })
    };
    list.issuer().matches(certificate.issuer()) || named()
}

fn conclude(statements: Vec<Statement>, mut because: Vec<EvidenceFault>) -> Answer {
    let (usable, others): (Vec<_>, Vec<_>) =
        statements.into_iter().partition(|statement| statement.silence.is_none());
    let silent: Vec<_> = usable.iter().filter(|statement| statement.revoked.is_none()).collect();
    let newest =
        silent.iter().map(|statement| statement.evidence).max_by_key(|evidence| evidence.this_update);
    let revocation = usable
        .iter()
        .chain(&others)
        .filter_map(|statement| statement.revoked.as_ref().map(|entry| (statement.evidence, entry)))
        .filter(|(evidence, entry)| {
            // Only a hold can be lifted, and only by newer information.
            entry.reason != RevocationReason::CertificateHold
                || newest.is_none_or(|good| good.this_update <= evidence.this_update)
        })
        .min_by_key(|(_, entry)| entry.since());
    if let Some((evidence, entry)) = revocation {
        return Answer::Revoked { evidence, since: entry.since(), reason: entry.reason };
    }
    let covered = silent.iter().fold(Reasons::NONE, |covered, statement| covered.with(statement.reasons));
    match newest {
        Some(evidence) if covered.are_all() => return Answer::Good(evidence),
        Some(_) => because.push(EvidenceFault::ReasonsMissing),
        None => {}
    }
    because.extend(others.into_iter().filter_map(|statement| statement.silence));
    Answer::Unknown(because)
}

/// What a complete list says, continued by the newest delta that fits (RFC 5280 §6.3.3 (c), (i), (j)).
fn state(
    certificate: &Certificate,
    base: &Authentic<'_, '_>,
    deltas: &[Authentic<'_, '_>],
    at: Timestamp,
) -> Result<Statement, EvidenceFault> {
    let find = |list: &RevocationList<'_>| {
        list.find(certificate.serial(), certificate.issuer()).map_err(|error| malformed(&error))
    };
    let mut revoked = find(base.list)?;
    let fitting = deltas
        .iter()
        .filter(|delta| continues(delta.list, base.list) && silence(certificate, delta.list, at).is_none())
        .max_by_key(|delta| delta.list.this_update());
    let newest = fitting.map_or(base.list, |delta| delta.list);
    if let Some(delta) = fitting {
        match find(delta.list)? {
            Some(entry) if entry.reason == RevocationReason::RemoveFromCrl => revoked = None,
            Some(entry) => revoked = Some(entry),
            None => {}
        }
    }
    Ok(Statement {
        evidence: GoodEvidence {
            kind: EvidenceKind::Crl,
            this_update: newest.this_update(),
            next_update: newest.next_update(),
        },
        reasons: base.reasons,
        revoked,
        silence: silence(certificate, newest, at),
    })
}

/// Whether the delta continues this complete list: same issuer, scope and key, and a number in its range.
fn continues(delta: &RevocationList<'_>, complete: &RevocationList<'_>) -> bool {
    let same = |oid| delta.extension(oid) == complete.extension(oid);
    let at_most = |low: &[u8], high: &[u8]| (low.len(), low) <= (high.len(), high);
    let (Ok(Some(base)), Ok(Some(number)), Ok(Some(delta_number))) =
        (delta.base_number(), complete.number(), delta.number())
    else {
        return false;
    };
    delta.issuer().matches(complete.issuer())
        && same(extensions::ISSUING_DISTRIBUTION_POINT)
        && same(extensions::AUTHORITY_KEY_IDENTIFIER)
        && at_most(base, number)
        && at_most(number, delta_number)
}

fn authenticate<'l, 'a>(
    certificate: &Certificate,
    issuer: &Certificate,
    index: usize,
    list: &'l RevocationList<'a>,
    signers: &dyn ListSigners,
    moment: Moment,
    work: &mut Work,
) -> Result<Authentic<'l, 'a>, EvidenceFault> {
    let kind = EvidenceKind::Crl;
    let this_update = list.this_update();
    if let Some(known_by) = moment.known_by.filter(|known_by| this_update > *known_by) {
        return Err(EvidenceFault::FromTheFuture { kind, this_update, known_by });
    }
    if let Some(oid) = list.unknown_critical(&PROCESSED) {
        return Err(EvidenceFault::UnknownCriticalExtension { kind, oid });
    }
    let scope = match list.extension(extensions::ISSUING_DISTRIBUTION_POINT) {
        Some(value) => Scope::read(value, list.issuer()).map_err(|error| malformed(&error))?,
        None => Scope::everything(),
    };
    let reasons = scope.covers(certificate, list.issuer()).map_err(|what| EvidenceFault::OutOfScope {
        kind,
        this_update,
        what,
    })?;
    if scope.entries == EntriesOf::TheIssuer
        && list.names_other_issuers().map_err(|error| malformed(&error))?
    {
        // RFC 5280 §5.3.3: the extension belongs to indirect lists; elsewhere nobody knows whom an entry means.
        return Err(EvidenceFault::UnknownCriticalExtension { kind, oid: extensions::CERTIFICATE_ISSUER });
    }
    let signer = find_signer(issuer, index, list, signers, work)?;
    match signature::weakness(&signer, list.signature_algorithm(), moment.at) {
        Some(weak) => {
            let (algorithm, at) = (weak.algorithm, moment.at);
            Err(EvidenceFault::WeakAlgorithm { kind, this_update, algorithm, at })
        }
        None => Ok(Authentic { list, reasons }),
    }
}

/// The certificate whose key signed the list: the issuer's of the judged certificate, or another one of the
/// list's issuer that leads to the same anchor.
fn find_signer(
    issuer: &Certificate,
    index: usize,
    list: &RevocationList<'_>,
    signers: &dyn ListSigners,
    work: &mut Work,
) -> Result<Certificate, EvidenceFault> {
    let kind = EvidenceKind::Crl;
    let this_update = list.this_update();
    let mut fault = EvidenceFault::BadSignature { kind, this_update };
    if issuer.subject().matches(list.issuer()) {
        match signed_by(issuer, index, list, work) {
            Ok(()) => return Ok(issuer.clone()),
            Err(why) => fault = why,
        }
    }
    for signer in signers.candidates(list.issuer()).iter().filter(|signer| *signer != issuer) {
        let checked = signed_by(signer, index, list, work).and_then(|()| {
            signers.check(signer, work).map_err(|reason| EvidenceFault::SignerNotAllowed {
                kind,
                this_update,
                reason,
            })
        });
        match checked {
            Ok(()) => return Ok(signer.clone()),
            // A signer that is right but may not says more than a key that did not sign.
            Err(EvidenceFault::BadSignature { .. }) => {}
            Err(why) => fault = why,
        }
    }
    Err(fault)
}

fn signed_by(
    signer: &Certificate,
    index: usize,
    list: &RevocationList<'_>,
    work: &mut Work,
) -> Result<(), EvidenceFault> {
    let kind = EvidenceKind::Crl;
    let this_update = list.this_update();
    match work.signatures.list(index, list, signer, &mut work.budget) {
        Ok(SignatureOutcome::Right) => {}
        Ok(SignatureOutcome::Wrong) => return Err(EvidenceFault::BadSignature { kind, this_update }),
        Ok(SignatureOutcome::Unsupported { algorithm }) => {
            return Err(EvidenceFault::Unsupported { kind, this_update, what: algorithm });
        }
        Ok(SignatureOutcome::Malformed { reason }) => return Err(EvidenceFault::Malformed { kind, reason }),
        Err(exhausted) => {
            return Err(EvidenceFault::BudgetExceeded { what: exhausted.what, allowed: exhausted.allowed });
        }
    }
    // RFC 5280 §6.3.3 (f): where the signer's certificate has a key usage, it must allow cRLSign.
    let not_allowed = |reason: String| EvidenceFault::SignerNotAllowed { kind, this_update, reason };
    match signer.key_usage() {
        Ok(Some(usages)) if !usages.has(KeyUsage::CrlSign) => {
            Err(not_allowed("its key usage does not allow cRLSign".into()))
        }
        Ok(_) => Ok(()),
        Err(error) => Err(not_allowed(error.to_string())),
    }
}

/// Why the list's silence about the certificate would say nothing at the moment.
fn silence(certificate: &Certificate, list: &RevocationList<'_>, at: Timestamp) -> Option<EvidenceFault> {
    let kind = EvidenceKind::Crl;
    let this_update = list.this_update();
    let not_after = certificate.not_after();
    let keeps_expired = list.extension(extensions::EXPIRED_CERTIFICATES_ON_CRL).is_some();
    if this_update > not_after && !keeps_expired {
        return Some(EvidenceFault::AfterExpiry { kind, this_update, not_after });
    }
    match list.next_update() {
        Some(next_update) if next_update < at => Some(EvidenceFault::Outdated { kind, next_update, at }),
        None if this_update < at => Some(EvidenceFault::OpenEnded { kind, this_update, at }),
        _ => None,
    }
}

fn malformed(error: &RevocationListError) -> EvidenceFault {
    let kind = EvidenceKind::Crl;
    match error {
        RevocationListError::UnknownCriticalExtension(oid) => {
            EvidenceFault::UnknownCriticalExtension { kind, oid: *oid }
        }
        other => EvidenceFault::Malformed { kind, reason: other.to_string() },
    }
}
