//! What CRLs say of one certificate at a moment (RFC 5280 §6.3.3).

use std::cmp::Reverse;
use std::sync::Arc;

use chancery_certificate::asn1::{Element, tag};
use chancery_certificate::{Certificate, GeneralName, KeyUsage, Name};
use chancery_key::ParameterReading;
use const_oid::ObjectIdentifier;
use jiff::Timestamp;

use crate::extensions;
use crate::past::proofs::{Existence, ProofsOfExistence};
use crate::path::budget::Exhausted;
use crate::path::build::{Question, Work};
use crate::path::signature::{self, SignatureOutcome};
use crate::revocation::crl::RevocationList;
use crate::revocation::crl_error::RevocationListError;
use crate::revocation::crl_source::CrlSource;
use crate::revocation::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::revocation::finder::Wanted;
use crate::revocation::foundation::{Foundation, Piece};
use crate::revocation::list_values::RevokedEntry;
use crate::revocation::readings::ListKey;
use crate::revocation::reason::RevocationReason;
use crate::revocation::scope::{Reasons, Scope};
use crate::revocation::standing::{Doubt, Signed, Standing};
use crate::revocation::statement::{Moment, Silence, Statement, View};
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
    list: Arc<Result<RevocationList<'a>, RevocationListError>>,
    existence: Existence<'a>,
}

/// A list as it was read, without what depends on who asks. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct ReadList<'a> {
    key: ListKey,
    bytes: Bytes<'a>,
    list: Arc<Result<RevocationList<'a>, RevocationListError>>,
}

/// Where the bytes of a list are.
#[derive(Copy, Clone, Debug)]
enum Bytes<'a> {
    Memory(&'a Arc<[u8]>),
    Source(&'a CrlSource),
}

/// Reads all lists; that one cannot be read is kept as the answer.
pub(crate) fn read<'a>(crls: &'a [Arc<[u8]>], sources: &'a [CrlSource]) -> Vec<ReadList<'a>> {
    let in_memory = crls.iter().enumerate().map(|(index, der)| {
        let (key, bytes) = (ListKey::Memory(index), Bytes::Memory(der));
        ReadList { key, bytes, list: Arc::new(RevocationList::from_der(der)) }
    });
    let elsewhere = sources.iter().enumerate().map(|(index, source)| {
        let (key, bytes) = (ListKey::Source(index), Bytes::Source(source));
        ReadList { key, bytes, list: Arc::new(source.frame()) }
    });
    in_memory.chain(elsewhere).collect()
}

/// Lists that were read, as these proofs see them.
pub(crate) fn known<'a>(lists: &[ReadList<'a>], proofs: Option<&'a ProofsOfExistence>) -> Lists<'a> {
    let known = |ReadList { key, bytes, list }: &ReadList<'a>| {
        let (key, bytes, list) = (*key, *bytes, Arc::clone(list));
        KnownList { key, bytes, list, existence: Existence::by(proofs) }
    };
    lists.iter().map(known).collect()
}

impl KnownList<'_> {
    /// What the list says of the certificate. One that is not in memory is read once for that and for its signature.
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

    /// Since when it is proven to have existed.
    fn proven(&self) -> Timestamp {
        self.existence.since(match self.bytes {
            Bytes::Memory(der) => Some(der),
            Bytes::Source(_) => None,
        })
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
    /// help of the certificate that it would speak of: what that rests on. Judged at the moment of the signature, or at
    /// the one in question, whichever is later; in retrospect, when what it signed is proven to have existed.
    fn check(
        &self,
        signer: &Certificate,
        asked: &Certificate,
        signed: Signed,
        work: &mut Work,
    ) -> Result<Standing, String>;
}

/// A list whose signature, signer and scope are good for the certificate. Where its signer is in doubt, only that it
/// names the certificate counts.
#[derive(Clone, Debug)]
struct Authentic<'l, 'a> {
    list: &'l RevocationList<'a>,
    reasons: Reasons,
    /// What it says of the certificate.
    entry: Option<RevokedEntry>,
    signer: Certificate,
    /// The list, and what shows that its signer may sign it.
    foundation: Foundation,
    /// What is not known of its signer.
    doubt: Option<EvidenceFault>,
}

impl Authentic<'_, '_> {
    /// Why its silence about the certificate would say nothing at the moment.
    fn silence(&self, certificate: &Certificate, moment: Moment) -> Option<EvidenceFault> {
        self.doubt.clone().or_else(|| silence(certificate, self.list, moment))
    }
}

/// Lists that speak of a certificate, before anybody asked who signed them.
#[derive(Debug, Default)]
pub(crate) struct Candidates<'l, 'a> {
    /// Those that name it.
    claims: Vec<Candidate<'l, 'a>>,
    /// The others: first those that name the key of the issuer of the certificate, of each the newest first.
    silent: Vec<Candidate<'l, 'a>>,
}

/// A list, and what it says of the certificate.
#[derive(Clone, Debug)]
struct Candidate<'l, 'a> {
    known: &'l KnownList<'a>,
    list: &'l RevocationList<'a>,
    reasons: Reasons,
    entry: Option<RevokedEntry>,
    /// Why it comes too late. That it names the certificate still counts.
    late: Option<EvidenceFault>,
}

/// Lists that are authentic.
#[derive(Debug, Default)]
pub(crate) struct Judged<'l, 'a> {
    complete: Vec<Authentic<'l, 'a>>,
    deltas: Vec<Authentic<'l, 'a>>,
}

impl<'l, 'a> Judged<'l, 'a> {
    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.complete.is_empty() && self.deltas.is_empty()
    }

    fn add(&mut self, list: Authentic<'l, 'a>) {
        if is_delta(list.list) { self.deltas.push(list) } else { self.complete.push(list) }
    }
}

/// Every list that speaks of the certificate; why others do not goes to `because`.
pub(crate) fn candidates<'l, 'a>(
    question: Question<'_>,
    lists: &'l Lists<'a>,
    moment: Moment,
    work: &mut Work,
    because: &mut Vec<EvidenceFault>,
) -> Candidates<'l, 'a> {
    let named = issuers_named(question.certificate);
    let mut candidates = Candidates::default();
    for known in lists {
        let list = match &*known.list {
            Ok(list) => list,
            Err(error) => {
                because.push(malformed(error));
                continue;
            }
        };
        if !named.iter().any(|name| name.matches(list.issuer())) {
            continue;
        }
        match candidate(question, known, list, moment, work) {
            Ok(one) if one.entry.is_some() => candidates.claims.push(one),
            Ok(one) => candidates.silent.push(one),
            Err(fault) => because.push(fault),
        }
    }
    let wanted = question.issuer.subject_key_identifier().ok().flatten();
    candidates.silent.sort_by_cached_key(|one| {
        let rank = moment.rank(one.list.this_update(), one.list.next_update());
        (fit(one.list, wanted.as_deref()), Reverse((rank, one.list.this_update())))
    });
    candidates
}

/// How well the key that a list names fits, better first.
fn fit(list: &RevocationList<'_>, key_identifier: Option<&[u8]>) -> u8 {
    match (list.key_identifier(), key_identifier) {
        (Some(named), Some(own)) if named == own => 0,
        (Some(_), Some(_)) => 2,
        _ => 1,
    }
}

fn candidate<'l, 'a>(
    question: Question<'_>,
    known: &'l KnownList<'a>,
    list: &'l RevocationList<'a>,
    moment: Moment,
    work: &mut Work,
) -> Result<Candidate<'l, 'a>, EvidenceFault> {
    let kind = EvidenceKind::Crl;
    let this_update = list.this_update();
    moment.refuse_future(kind, this_update)?;
    let late = moment.lateness(kind, this_update, || known.proven());
    if let Some(fault) = late.as_ref().filter(|late| !moment.hears(late)) {
        return Err(fault.clone());
    }
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
    let entry = known.read_through(list, Wanted { serial, issuer, entries_of: scope.entries }, work)?;
    match late {
        Some(late) if entry.is_none() => Err(late),
        late => Ok(Candidate { known, list, reasons, entry, late }),
    }
}

/// The authentic lists that name the certificate.
pub(crate) fn claims<'l, 'a>(
    question: Question<'_>,
    candidates: &Candidates<'l, 'a>,
    signers: &dyn ListSigners,
    moment: Moment,
    work: &mut Work,
    because: &mut Vec<EvidenceFault>,
) -> Result<Judged<'l, 'a>, Exhausted> {
    let mut judged = Judged::default();
    for candidate in &candidates.claims {
        match authenticate(question, candidate, signers, moment, work) {
            Ok(authentic) => judged.add(authentic),
            Err(EvidenceFault::BudgetExceeded { what, allowed }) => return Err(Exhausted { what, allowed }),
            Err(fault) => because.push(fault),
        }
    }
    Ok(judged)
}

/// Adds the other authentic lists, as many as are wanted. A delta and the list that it continues are more than each
/// of them, so where there is a delta all are judged.
#[expect(clippy::too_many_arguments, reason = "what is asked, of what, with what, and where the answers go")]
pub(crate) fn silent<'l, 'a>(
    question: Question<'_>,
    candidates: &Candidates<'l, 'a>,
    wanted: Silence,
    signers: &dyn ListSigners,
    moment: Moment,
    work: &mut Work,
    because: &mut Vec<EvidenceFault>,
    judged: &mut Judged<'l, 'a>,
) {
    let deltas = candidates.silent.iter().any(|candidate| is_delta(candidate.list));
    let few = wanted == Silence::OfOne && !deltas;
    let mut covered = Reasons::NONE;
    for candidate in &candidates.silent {
        if few {
            // Whoever signed it, it would be of no use.
            if let Some(why) = silence(question.certificate, candidate.list, moment) {
                because.push(why);
                continue;
            }
            if covered.are_all() {
                return;
            }
        }
        match authenticate(question, candidate, signers, moment, work) {
            Ok(Authentic { doubt: Some(doubt), .. }) => because.push(doubt),
            Ok(authentic) => {
                covered = covered.with(authentic.reasons);
                judged.add(authentic);
            }
            Err(fault @ EvidenceFault::BudgetExceeded { .. }) if because.contains(&fault) => {}
            Err(fault) => because.push(fault),
        }
    }
}

/// What all lists say; no answer when one that names the certificate could not be judged.
pub(crate) fn ask(
    question: Question<'_>,
    lists: &Lists<'_>,
    signers: &dyn ListSigners,
    moment: Moment,
    work: &mut Work,
    because: &mut Vec<EvidenceFault>,
) -> Result<Vec<Statement>, Exhausted> {
    let candidates = candidates(question, lists, moment, work, because);
    let mut judged = claims(question, &candidates, signers, moment, work, because)?;
    let wanted = if judged.is_empty() { Silence::OfOne } else { Silence::OfAll };
    silent(question, &candidates, wanted, signers, moment, work, because, &mut judged);
    Ok(statements(question.certificate, &judged, moment, because))
}

/// What the authentic lists say.
pub(crate) fn statements(
    certificate: &Certificate,
    judged: &Judged<'_, '_>,
    moment: Moment,
    because: &mut Vec<EvidenceFault>,
) -> Vec<Statement> {
    let Judged { complete, deltas } = judged;
    let mut statements = Vec::new();
    for base in complete {
        statements.extend(state(certificate, base, deltas, moment));
    }
    for delta in deltas {
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

fn is_delta(list: &RevocationList<'_>) -> bool {
    list.extension(extensions::DELTA_CRL_INDICATOR).is_some()
}

/// Who may issue lists that speak of the certificate: its issuer, and those that it names.
fn issuers_named(certificate: &Certificate) -> Vec<Name> {
    let points = certificate.crl_distribution_points().ok().flatten().unwrap_or_default();
    let named = points.into_iter().flat_map(|point| point.crl_issuer).filter_map(|name| match name {
        GeneralName::Directory(name) => Some(name),
        _ => None,
    });
    std::iter::once(certificate.issuer().clone()).chain(named).collect()
}

/// Lists of the issuer of the certificate, or of one that the certificate names.
pub(crate) fn may_speak_of(certificate: &Certificate, list: &RevocationList<'_>) -> bool {
    issuers_named(certificate).iter().any(|name| name.matches(list.issuer()))
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
        .filter(|delta| continues(delta, base) && delta.silence(certificate, moment).is_none())
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
                silence: base.silence(certificate, moment),
            });
        }
    }
    // A delta tells what became different since the complete list, which may have left out the certificate already.
    let left_out = || after_expiry(certificate, base.list).or_else(|| newest.silence(certificate, moment));
    let silence = base.doubt.clone().or_else(left_out);
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
        silence: delta.silence(certificate, moment),
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
    candidate: &Candidate<'l, 'a>,
    signers: &dyn ListSigners,
    moment: Moment,
    work: &mut Work,
) -> Result<Authentic<'l, 'a>, EvidenceFault> {
    let Candidate { known, list, reasons, entry, late } = candidate;
    let (kind, this_update) = (EvidenceKind::Crl, list.this_update());
    let (signer, standing) = find_signer(question, known, list, signers, work)?;
    let at = moment.strong_at(this_update, || known.proven());
    let strength = signature::weakness(
        work.algorithms,
        &signer,
        list.signature_algorithm(),
        ParameterReading::Strict,
        at,
    );
    if let Some(weak) = strength {
        let algorithm = weak.algorithm;
        work.weak_evidence(EvidenceFault::WeakAlgorithm { kind, this_update, algorithm, at })?;
    }
    let foundation = Foundation::default().with(known.piece());
    let foundation = moment.join(foundation, &standing.foundation);
    let foundation = match moment.view {
        View::AsKnown => foundation,
        View::Past { .. } => {
            let weak = signature::weak_from(
                work.algorithms,
                &signer,
                list.signature_algorithm(),
                ParameterReading::Strict,
            );
            weak.into_iter().fold(foundation, Foundation::weak_from)
        }
    };
    let doubt = standing.fault(kind, this_update).or_else(|| late.clone());
    Ok(Authentic { list, reasons: *reasons, entry: entry.clone(), signer, foundation, doubt })
}

/// The certificate whose key signed the list: the issuer's of the judged certificate, or another one of the
/// list's issuer that leads to the same anchor; and what shows that it may.
fn find_signer(
    question: Question<'_>,
    known: &KnownList<'_>,
    list: &RevocationList<'_>,
    signers: &dyn ListSigners,
    work: &mut Work,
) -> Result<(Certificate, Standing), EvidenceFault> {
    let (kind, key) = (EvidenceKind::Crl, known.key);
    let this_update = list.this_update();
    let signed = Signed { at: this_update, proven: known.proven() };
    let issuer = question.issuer;
    let own = issuer.subject().matches(list.issuer());
    let mut fault = EvidenceFault::BadSignature { kind, this_update };
    if own {
        match signed_by(issuer, key, list, work) {
            Ok(()) => return Ok((issuer.clone(), Standing::certain(Foundation::default()))),
            Err(exceeded @ EvidenceFault::BudgetExceeded { .. }) => return Err(exceeded),
            Err(why) => fault = why,
        }
    }
    let mut others = signers.candidates(list.issuer());
    others.retain(|signer| signer != issuer);
    others.sort_by_cached_key(|signer| fit(list, signer.subject_key_identifier().ok().flatten().as_deref()));
    let mut doubtful = None;
    for signer in &others {
        let not_allowed = |reason| EvidenceFault::SignerNotAllowed { kind, this_update, reason };
        // Whether it is one of the same authority is known once and for all lists, so it is asked first.
        let same = if own { is_same_authority(signer, question, work) } else { Ok(true) };
        let checked = same.and_then(|same| {
            if !same {
                return Err(not_allowed("another authority gave it the name of the issuer".into()));
            }
            signed_by(signer, key, list, work)?;
            let before = work.budget.refusals();
            let allowed = signers.check(signer, question.certificate, signed, work);
            work.budget.refused_since(before).map_err(exceeded)?;
            let mut standing = allowed.map_err(not_allowed)?;
            if !own && !is_certified_above(signer, question, work)? {
                let doubt = "none of the authorities above the certificate certified it";
                standing.doubt.get_or_insert_with(|| Doubt::Told(doubt.into()));
            }
            Ok(standing)
        });
        match checked {
            Ok(standing) if standing.doubt.is_none() => return Ok((signer.clone(), standing)),
            // Another certificate of the signer may be beyond doubt.
            Ok(standing) => doubtful = doubtful.or_else(|| Some((signer.clone(), standing))),
            // A signer that is right but may not says more than a key that did not sign.
            Err(EvidenceFault::BadSignature { .. }) => {}
            Err(exceeded @ EvidenceFault::BudgetExceeded { .. }) => return Err(exceeded),
            Err(why) => fault = why,
        }
    }
    doubtful.ok_or(fault)
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

/// Whether a signer of indirect lists that the certificate names was certified by an authority above that certificate,
/// or is one. RFC 5280 §6.3.3 (f) asks only for the same trust anchor; but below it any authority could give the name
/// to a key of its own and sign lists that are silent. What such a list reveals counts, its silence does not.
fn is_certified_above(
    signer: &Certificate,
    question: Question<'_>,
    work: &mut Work,
) -> Result<bool, EvidenceFault> {
    for by in question.higher.iter().copied().chain([question.issuer, question.anchor]) {
        if signer == by {
            return Ok(true);
        }
        if !signer.issuer().matches(by.subject()) {
            continue;
        }
        match work.signatures.certificate(signer, by, &mut work.budget) {
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
    let at_moment = || moment.silence(EvidenceKind::Crl, list.this_update(), list.next_update());
    let too_early = || match moment.view {
        View::AsKnown => None,
        View::Past { .. } => before_issue(certificate, list),
    };
    after_expiry(certificate, list).or_else(too_early).or_else(at_moment)
}

/// That the list is of a time before the certificate was valid. As things are known the issuer would have told when it
/// revoked the certificate meanwhile; in retrospect nobody can wait for the next list.
fn before_issue(certificate: &Certificate, list: &RevocationList<'_>) -> Option<EvidenceFault> {
    let (kind, this_update) = (EvidenceKind::Crl, list.this_update());
    let what = "it was issued before the certificate was valid";
    (this_update < certificate.not_before()).then_some(EvidenceFault::OutOfScope { kind, this_update, what })
}

/// That the list is of a time after the certificate expired, and need not have it any more.
fn after_expiry(certificate: &Certificate, list: &RevocationList<'_>) -> Option<EvidenceFault> {
    let (kind, this_update, not_after) = (EvidenceKind::Crl, list.this_update(), certificate.not_after());
    // ExpiredCertsOnCRL ::= GeneralizedTime (X.509 §9.5.2.8): the list has the revoked certificates that expired at
    // that time or later. One that cannot be read promises nothing.
    let kept_since = list
        .extension(extensions::EXPIRED_CERTIFICATES_ON_CRL)
        .and_then(|value| Element::only(value, tag::GENERALIZED_TIME).and_then(|time| time.time()).ok());
    let keeps_expired = kept_since.is_some_and(|since| since <= not_after);
    let left_out = this_update > not_after && !keeps_expired;
    left_out.then_some(EvidenceFault::AfterExpiry { kind, this_update, not_after })
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
