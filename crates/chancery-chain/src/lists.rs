//! What CRLs say of one certificate at a moment (RFC 5280 §6.3.3).

use std::sync::Arc;

use chancery_certificate::asn1::{Element, tag};
use chancery_certificate::{Certificate, KeyUsage, Name};
use chancery_key::ParameterReading;
use const_oid::ObjectIdentifier;

use crate::budget::Exhausted;
use crate::build::{Question, Work};
use crate::crl::RevocationList;
use crate::crl_error::RevocationListError;
use crate::crl_source::CrlSource;
use crate::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::extensions;
use crate::finder::Wanted;
use crate::foundation::{Foundation, Piece};
use crate::list_values::RevokedEntry;
use crate::readings::ListKey;
use crate::reason::RevocationReason;
use crate::scope::{Reasons, Scope};
use crate::signature::{self, SignatureOutcome};
use crate::statement::{Moment, Statement};
use crate::verified::GoodEvidence;

/// Critical extensions of a list that are processed. The number and the key identifier may not be critical
/// (RFC 5280 §5.2.1, §5.2.3), so they are not among them.
const PROCESSED: [ObjectIdentifier; 2] =
    [extensions::ISSUING_DISTRIBUTION_POINT, extensions::DELTA_CRL_INDICATOR];

/// All lists at hand.
pub(crate) type Lists<'a> = Vec<KnownList<'a>>;

/// A list, with the bytes that it was read from.
#[derive(Debug)]
pub(crate) struct KnownList<'a> {
    key: ListKey,
    bytes: Bytes<'a>,
    list: Result<RevocationList<'a>, RevocationListError>,
}

/// Where the bytes of a list are.
#[derive(Copy, Clone, Debug)]
enum Bytes<'a> {
    Memory(&'a Arc<[u8]>),
    Source(&'a CrlSource),
}

/// Reads all lists; that one cannot be read is kept as the answer.
pub(crate) fn known<'a>(crls: &'a [Arc<[u8]>], sources: &'a [CrlSource]) -> Lists<'a> {
    let in_memory = crls.iter().enumerate().map(|(index, der)| {
        let (key, bytes) = (ListKey::Memory(index), Bytes::Memory(der));
        KnownList { key, bytes, list: RevocationList::from_der(der) }
    });
    let elsewhere = sources.iter().enumerate().map(|(index, source)| {
        let (key, bytes) = (ListKey::Source(index), Bytes::Source(source));
        KnownList { key, bytes, list: source.frame() }
    });
    in_memory.chain(elsewhere).collect()
}

impl KnownList<'_> {
    /// What the list says of the certificate, if it is read before its signature is checked: then both are done at
    /// once.
    fn read_through(
        &self,
        list: &RevocationList<'_>,
        wanted: Wanted<'_>,
        work: &mut Work,
    ) -> Result<Option<RevokedEntry>, EvidenceFault> {
        let readings = &mut work.signatures.readings;
        let found = match self.bytes {
            Bytes::Memory(_) => readings.look_up(self.key, list, wanted),
            Bytes::Source(source) => {
                readings.read_through(self.key, source, list, wanted, signature::digest_of(list))
            }
        };
        found.map_err(|error| malformed(&error))
    }

    fn piece(&self) -> Piece {
        match self.bytes {
            Bytes::Memory(der) => Piece::Crl(Arc::clone(der)),
            Bytes::Source(source) => Piece::CrlSource(source.clone()),
        }
    }
}

/// Certificates, other than the issuer's own, that may have signed a list.
pub(crate) trait ListSigners {
    /// Those of this name.
    fn candidates(&self, name: &Name) -> Vec<Certificate>;

    /// Whether the certificate leads to the same trust anchor as the judged one (RFC 5280 §6.3.3 (f)), without the
    /// help of the certificate that it would speak of: what that rests on.
    fn check(&self, signer: &Certificate, asked: &Certificate, work: &mut Work)
    -> Result<Foundation, String>;
}

/// A list whose signature, signer and scope are good for the certificate.
#[derive(Clone, Debug)]
struct Authentic<'l, 'a> {
    list: &'l RevocationList<'a>,
    reasons: Reasons,
    /// What it says of the certificate.
    entry: Option<RevokedEntry>,
    signer: Certificate,
    /// The list, and what shows that its signer may sign it.
    foundation: Foundation,
}

/// What every list says that may speak of the certificate; why the others do not goes to `because`.
pub(crate) fn statements(
    question: Question<'_>,
    lists: &Lists<'_>,
    signers: &dyn ListSigners,
    moment: Moment,
    work: &mut Work,
    because: &mut Vec<EvidenceFault>,
) -> Vec<Statement> {
    let certificate = question.certificate;
    let mut complete = Vec::new();
    let mut deltas = Vec::new();
    for known in lists {
        let list = match &known.list {
            Ok(list) => list,
            Err(error) => {
                because.push(malformed(error));
                continue;
            }
        };
        if !may_speak_of(certificate, list) {
            continue;
        }
        match authenticate(question, known, list, signers, moment, work) {
            Ok(authentic) if list.extension(extensions::DELTA_CRL_INDICATOR).is_some() => {
                deltas.push(authentic);
            }
            Ok(authentic) => complete.push(authentic),
            // Nothing more can be judged, and `revocation::ask` gives no answer.
            Err(EvidenceFault::BudgetExceeded { .. }) => break,
            Err(fault) => because.push(fault),
        }
    }
    let mut statements = Vec::new();
    for base in &complete {
        statements.extend(state(certificate, base, &deltas, moment));
    }
    for delta in &deltas {
        statements.extend(named_by(certificate, delta, moment));
    }
    if complete.is_empty() {
        because.extend(deltas.iter().map(|delta| EvidenceFault::OutOfScope {
            kind: EvidenceKind::Crl,
            this_update: delta.list.this_update(),
            what: "it is a delta CRL, and the complete one that it continues is missing",
        }));
    }
    statements
}

/// Lists of the issuer of the certificate, or of one that the certificate names.
pub(crate) fn may_speak_of(certificate: &Certificate, list: &RevocationList<'_>) -> bool {
    let named = || {
        let points = certificate.crl_distribution_points().ok().flatten().unwrap_or_default();
        points.iter().flat_map(|point| &point.crl_issuer).any(|name| match name {
            chancery_certificate::GeneralName::Directory(name) => name.matches(list.issuer()),
            _ => false,
        })
    };
    list.issuer().matches(certificate.issuer()) || named()
}

/// What a complete list says, continued by the newest delta that fits (RFC 5280 §6.3.3 (c), (i), (j)).
fn state(
    certificate: &Certificate,
    base: &Authentic<'_, '_>,
    deltas: &[Authentic<'_, '_>],
    moment: Moment,
) -> Vec<Statement> {
    let mut revoked = base.entry.clone();
    let mut said = Vec::new();
    let fitting = deltas
        .iter()
        .filter(|delta| continues(delta, base) && silence(certificate, delta.list, moment).is_none())
        .max_by_key(|delta| delta.list.this_update());
    let newest = fitting.unwrap_or(base);
    if let Some(delta) = fitting {
        // What the delta revokes is a statement of its own. It can also lift a hold, but nothing else: other
        // certificates leave a list only because they expired (RFC 5280 §5.3.1).
        let removed = delta.entry.as_ref().is_some_and(|it| it.reason == RevocationReason::RemoveFromCrl);
        if let Some(hold) = revoked.take_if(|it| removed && it.reason == RevocationReason::CertificateHold) {
            // When the complete list was issued it was still on hold.
            said.push(Statement {
                evidence: evidence_of(base.list, base.foundation.clone(), moment),
                reasons: base.reasons,
                revoked: Some(hold),
                silence: silence(certificate, base.list, moment),
            });
        }
    }
    let silence = silence(certificate, newest.list, moment);
    let foundation = fitting.map_or_else(Foundation::default, |delta| delta.foundation.clone());
    let evidence = evidence_of(newest.list, foundation.and(&base.foundation), moment);
    said.push(Statement { evidence, reasons: base.reasons, revoked, silence });
    said
}

/// What a delta says that names the certificate as revoked. That is true of the certificate whether or not the
/// complete list that the delta continues is at hand, and stays so when a newer delta was promised.
fn named_by(certificate: &Certificate, delta: &Authentic<'_, '_>, moment: Moment) -> Option<Statement> {
    let entry = delta.entry.clone().filter(|entry| entry.reason != RevocationReason::RemoveFromCrl);
    entry.map(|entry| Statement {
        evidence: evidence_of(delta.list, delta.foundation.clone(), moment),
        reasons: delta.reasons,
        revoked: Some(entry),
        silence: silence(certificate, delta.list, moment),
    })
}

fn evidence_of(list: &RevocationList<'_>, foundation: Foundation, moment: Moment) -> GoodEvidence {
    moment.evidence(EvidenceKind::Crl, list.this_update(), list.next_update(), foundation)
}

/// Whether the delta continues this complete list: same issuer, scope and key, and a number in its range.
fn continues(delta: &Authentic<'_, '_>, complete: &Authentic<'_, '_>) -> bool {
    let same_key = delta.signer.public_key_info() == complete.signer.public_key_info();
    let (delta, complete) = (delta.list, complete.list);
    let same = |oid| delta.extension(oid) == complete.extension(oid);
    let at_most = |low: &[u8], high: &[u8]| (low.len(), low) <= (high.len(), high);
    let (Ok(Some(base)), Ok(Some(number)), Ok(Some(delta_number))) =
        (delta.base_number(), complete.number(), delta.number())
    else {
        return false;
    };
    same_key
        && delta.issuer().matches(complete.issuer())
        && delta.this_update() >= complete.this_update()
        && same(extensions::ISSUING_DISTRIBUTION_POINT)
        && same(extensions::AUTHORITY_KEY_IDENTIFIER)
        && at_most(base, number)
        && at_most(number, delta_number)
}

fn authenticate<'l, 'a>(
    question: Question<'_>,
    known: &KnownList<'_>,
    list: &'l RevocationList<'a>,
    signers: &dyn ListSigners,
    moment: Moment,
    work: &mut Work,
) -> Result<Authentic<'l, 'a>, EvidenceFault> {
    let kind = EvidenceKind::Crl;
    let this_update = list.this_update();
    moment.refuse_future(kind, this_update)?;
    if let Some(oid) = list.unknown_critical(&PROCESSED) {
        return Err(EvidenceFault::UnknownCriticalExtension { kind, oid });
    }
    let scope = match list.extension(extensions::ISSUING_DISTRIBUTION_POINT) {
        Some(value) => Scope::read(value, list.issuer()).map_err(|error| malformed(&error))?,
        None => Scope::everything(),
    };
    let reasons = scope
        .covers(question.certificate, list.issuer())
        .map_err(|what| EvidenceFault::OutOfScope { kind, this_update, what })?;
    let (serial, issuer) = (question.certificate.serial(), question.certificate.issuer());
    let wanted = Wanted { serial, issuer, entries_of: scope.entries };
    // What is in memory is looked through only when it is authentic; the other is read once for both.
    if let Bytes::Source(_) = known.bytes {
        known.read_through(list, wanted, work)?;
    }
    let (signer, allowed) = find_signer(question, known.key, list, signers, work)?;
    // Evidence of a later time was signed at that time, when its algorithm may have been weak already.
    let at = moment.at.max(this_update);
    let strength = signature::weakness(&signer, list.signature_algorithm(), ParameterReading::Strict, at);
    if let Some(weak) = strength {
        let algorithm = weak.algorithm;
        work.weak_evidence(EvidenceFault::WeakAlgorithm { kind, this_update, algorithm, at })?;
    }
    let entry = known.read_through(list, wanted, work)?;
    let foundation = Foundation::default().with(known.piece()).and(&allowed);
    Ok(Authentic { list, reasons, entry, signer, foundation })
}

/// The certificate whose key signed the list: the issuer's of the judged certificate, or another one of the
/// list's issuer that leads to the same anchor; and what shows that it may.
fn find_signer(
    question: Question<'_>,
    key: ListKey,
    list: &RevocationList<'_>,
    signers: &dyn ListSigners,
    work: &mut Work,
) -> Result<(Certificate, Foundation), EvidenceFault> {
    let kind = EvidenceKind::Crl;
    let this_update = list.this_update();
    let issuer = question.issuer;
    let own = issuer.subject().matches(list.issuer());
    let mut fault = EvidenceFault::BadSignature { kind, this_update };
    if own {
        match signed_by(issuer, key, list, work) {
            Ok(()) => return Ok((issuer.clone(), Foundation::default())),
            Err(exceeded @ EvidenceFault::BudgetExceeded { .. }) => return Err(exceeded),
            Err(why) => fault = why,
        }
    }
    for signer in signers.candidates(list.issuer()).iter().filter(|signer| *signer != issuer) {
        let checked = signed_by(signer, key, list, work).and_then(|()| {
            let not_allowed = |reason| EvidenceFault::SignerNotAllowed { kind, this_update, reason };
            if own && !is_same_authority(signer, question, work)? {
                return Err(not_allowed("another authority gave it the name of the issuer".into()));
            }
            let before = work.budget.refusals();
            let allowed = signers.check(signer, question.certificate, work);
            work.budget.refused_since(before).map_err(exceeded)?;
            allowed.map_err(not_allowed)
        });
        match checked {
            Ok(allowed) => return Ok((signer.clone(), allowed)),
            // A signer that is right but may not says more than a key that did not sign.
            Err(EvidenceFault::BadSignature { .. }) => {}
            Err(exceeded @ EvidenceFault::BudgetExceeded { .. }) => return Err(exceeded),
            Err(why) => fault = why,
        }
    }
    Err(fault)
}

/// Whether a certificate with the issuer's name is another one of the same authority: certified by the issuer's own
/// key, or by whoever certified the issuer, or the one that certified the issuer (a change of keys, PKITS 4.4.19 and
/// 4.5). Any other authority could hand out that name, and with it lists that are silent of revocations.
fn is_same_authority(
    signer: &Certificate,
    question: Question<'_>,
    work: &mut Work,
) -> Result<bool, EvidenceFault> {
    let Question { issuer, above, .. } = question;
    for (certificate, by) in [(signer, issuer), (signer, above), (issuer, signer)] {
        if !certificate.issuer().matches(by.subject()) {
            continue;
        }
        match work.signatures.certificate(certificate, by, &mut work.budget) {
            Ok(SignatureOutcome::Right) => return Ok(true),
            Ok(_) => {}
            Err(exhausted) => return Err(exceeded(exhausted)),
        }
    }
    Ok(false)
}

fn signed_by(
    signer: &Certificate,
    key: ListKey,
    list: &RevocationList<'_>,
    work: &mut Work,
) -> Result<(), EvidenceFault> {
    let kind = EvidenceKind::Crl;
    let this_update = list.this_update();
    match work.signatures.list(key, list, signer, &mut work.budget) {
        Ok(SignatureOutcome::Right) => {}
        Ok(SignatureOutcome::Wrong) => return Err(EvidenceFault::BadSignature { kind, this_update }),
        Ok(SignatureOutcome::Unsupported { algorithm }) => {
            return Err(EvidenceFault::Unsupported { kind, this_update, what: algorithm });
        }
        Ok(SignatureOutcome::Malformed { reason }) => return Err(EvidenceFault::Malformed { kind, reason }),
        Err(exhausted) => return Err(exceeded(exhausted)),
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
fn silence(certificate: &Certificate, list: &RevocationList<'_>, moment: Moment) -> Option<EvidenceFault> {
    let (kind, this_update, not_after) = (EvidenceKind::Crl, list.this_update(), certificate.not_after());
    // ExpiredCertsOnCRL ::= GeneralizedTime (X.509 §9.5.2.8): the list has the revoked certificates that expired at
    // that time or later. One that cannot be read promises nothing.
    let kept_since = list
        .extension(extensions::EXPIRED_CERTIFICATES_ON_CRL)
        .and_then(|value| Element::only(value, tag::GENERALIZED_TIME).and_then(|time| time.time()).ok());
    let keeps_expired = kept_since.is_some_and(|since| since <= not_after);
    if this_update > not_after && !keeps_expired {
        return Some(EvidenceFault::AfterExpiry { kind, this_update, not_after });
    }
    moment.silence(kind, this_update, list.next_update())
}

fn exceeded(exhausted: Exhausted) -> EvidenceFault {
    EvidenceFault::BudgetExceeded { what: exhausted.what, allowed: exhausted.allowed }
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
