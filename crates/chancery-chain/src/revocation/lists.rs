//! What CRLs say of one certificate at a moment (RFC 5280 §6.3.3).

use std::cmp::Reverse;

use chancery_certificate::{Certificate, GeneralName, Name};
use chancery_key::ParameterReading;
use const_oid::ObjectIdentifier;

use crate::extensions;
use crate::path::budget::Exhausted;
use crate::path::build::{Question, Work};
use crate::path::signature;
use crate::revocation::crl::RevocationList;
use crate::revocation::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::revocation::finder::Wanted;
use crate::revocation::foundation::Foundation;
use crate::revocation::judged_lists::{Authentic, Judged, is_delta, silence, statements};
use crate::revocation::known_lists::{KnownList, Lists, malformed};
use crate::revocation::list_signers::{self, ListSigners};
use crate::revocation::list_values::RevokedEntry;
use crate::revocation::named_keys::NamedKeys;
use crate::revocation::scope::{Reasons, Scope};
use crate::revocation::statement::{self, Dates, Moment, Silence, Statement, View};

/// Critical extensions of a list that are processed. The number and the key identifier may not be critical
/// (RFC 5280 §5.2.1, §5.2.3), so they are not among them.
const PROCESSED: [ObjectIdentifier; 2] =
    [extensions::ISSUING_DISTRIBUTION_POINT, extensions::DELTA_CRL_INDICATOR];

/// Lists that speak of a certificate, before anybody asked who signed them.
#[derive(Debug, Default)]
pub(crate) struct Candidates<'l, 'a> {
    /// Those that name it.
    claims: Vec<Candidate<'l, 'a>>,
    /// The others.
    pub(crate) silent: Vec<Candidate<'l, 'a>>,
    /// The others that name a key which nobody at hand has.
    strange: Vec<Candidate<'l, 'a>>,
}

/// A list, and what it says of the certificate.
#[derive(Clone, Debug)]
pub(crate) struct Candidate<'l, 'a> {
    known: &'l KnownList<'a>,
    list: &'l RevocationList<'a>,
    reasons: Reasons,
    entry: Option<RevokedEntry>,
    /// Why it comes too late. That it names the certificate still counts.
    late: Option<EvidenceFault>,
}

/// Every list that speaks of the certificate, the newest first; why others do not goes to `because`.
///
/// Whoever signed it: what is found first must be what is told in the end, or a piece that is of no use could change
/// which one counts. Of lists of one time always the same one comes first, in whatever order they are brought.
pub(crate) fn candidates<'l, 'a>(
    question: Question<'_>,
    lists: &'l Lists<'a>,
    signers: &dyn ListSigners,
    moment: Moment,
    work: &mut Work,
    because: &mut Vec<EvidenceFault>,
) -> Candidates<'l, 'a> {
    let named = issuers_named(question.certificate);
    let mut keys = NamedKeys::new(question, signers);
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
            Ok(one) if keys.has_that_of(list) => candidates.silent.push(one),
            Ok(one) => candidates.strange.push(one),
            Err(fault) => because.push(fault),
        }
    }
    let preference = |one: &Candidate<'_, '_>| {
        let (this_update, next_update) = one.dates();
        Reverse((moment.rank(this_update, next_update), this_update, next_update))
    };
    for alike in [&mut candidates.claims, &mut candidates.silent, &mut candidates.strange] {
        alike.sort_by(|left, right| {
            let digests = || left.known.object().cmp(&right.known.object());
            preference(left).cmp(&preference(right)).then_with(digests)
        });
    }
    candidates
}

/// What one list says of the certificate, if it speaks of it.
pub(crate) fn candidate<'l, 'a>(
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

impl Candidates<'_, '_> {
    /// Of when the newest is that says that the certificate is good, if it is authentic. Of deltas that is not known
    /// beforehand.
    pub(crate) fn newest(&self, question: Question<'_>, moment: Moment) -> Option<Dates> {
        if has_deltas(&self.silent) {
            return None;
        }
        let usable = |one: &&Candidate<'_, '_>| silence(question.certificate, one.list, moment).is_none();
        self.silent.iter().filter(usable).map(Candidate::dates).max()
    }
}

fn has_deltas(candidates: &[Candidate<'_, '_>]) -> bool {
    candidates.iter().any(|candidate| is_delta(candidate.list))
}

impl Candidate<'_, '_> {
    /// Whether it names the certificate.
    pub(crate) fn names_it(&self) -> bool {
        self.entry.is_some()
    }

    pub(crate) fn dates(&self) -> Dates {
        (self.list.this_update(), self.list.next_update())
    }
}

/// Adds the other authentic lists, as many as are wanted. A delta and the list that it continues are more than each
/// of them, so where there is a delta all are judged. Gives back of when the oldest is of those that together say enough.
#[expect(clippy::too_many_arguments, reason = "what is asked, of what, with what, and where the answers go")]
pub(crate) fn silent<'l, 'a>(
    question: Question<'_>,
    candidates: &[Candidate<'l, 'a>],
    wanted: Silence,
    signers: &dyn ListSigners,
    moment: Moment,
    work: &mut Work,
    because: &mut Vec<EvidenceFault>,
    judged: &mut Judged<'l, 'a>,
) -> Option<Dates> {
    let few = match wanted {
        Silence::OfOne { newer_than } if !has_deltas(candidates) => Some(newer_than),
        Silence::OfOne { .. } | Silence::OfAll => None,
    };
    let mut covered = Reasons::NONE;
    let mut oldest = None;
    for candidate in candidates {
        if let Some(newer_than) = few {
            if newer_than.is_some_and(|known| candidate.dates() <= known) {
                continue;
            }
            // Whoever signed it, it would be of no use.
            if let Some(why) = silence(question.certificate, candidate.list, moment) {
                because.push(why);
                continue;
            }
            if covered.are_all() {
                return oldest;
            }
        }
        match authenticate(question, candidate, signers, moment, work) {
            Ok(Authentic { doubt: Some(doubt), .. }) => because.push(doubt),
            Ok(authentic) => {
                covered = covered.with(authentic.reasons);
                oldest = Some(oldest.map_or(candidate.dates(), |known: Dates| known.min(candidate.dates())));
                judged.add(authentic);
            }
            Err(fault @ EvidenceFault::BudgetExceeded { .. }) if because.contains(&fault) => {}
            Err(fault) => because.push(fault),
        }
    }
    oldest.filter(|_| few.is_some() && covered.are_all())
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
    let candidates = candidates(question, lists, signers, moment, work, because);
    let mut judged = claims(question, &candidates, signers, moment, work, because)?;
    let wanted = if judged.is_empty() { Silence::OfOne { newer_than: None } } else { Silence::OfAll };
    silent(question, &candidates.silent, wanted, signers, moment, work, because, &mut judged);
    Ok(told(question, &candidates, wanted, &[], signers, moment, work, because, judged))
}

/// What the lists that were judged say. Where that and what stands beside them is not enough, those that name a key which
/// nobody at hand has are judged too.
#[expect(clippy::too_many_arguments, reason = "what is asked, of what, with what, and where the answers go")]
pub(crate) fn told<'l, 'a>(
    question: Question<'_>,
    candidates: &Candidates<'l, 'a>,
    wanted: Silence,
    beside: &[Statement],
    signers: &dyn ListSigners,
    moment: Moment,
    work: &mut Work,
    because: &mut Vec<EvidenceFault>,
    mut judged: Judged<'l, 'a>,
) -> Vec<Statement> {
    let listed = statements(question.certificate, &judged, moment, because);
    let enough = || wanted != Silence::OfAll && statement::say_enough(beside.iter().chain(&listed));
    if candidates.strange.is_empty() || enough() {
        return listed;
    }
    silent(question, &candidates.strange, wanted, signers, moment, work, because, &mut judged);
    statements(question.certificate, &judged, moment, because)
}

/// Who may issue lists that speak of the certificate: its issuer, and those that it names.
pub(crate) fn issuers_named(certificate: &Certificate) -> Vec<Name> {
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

/// The list, if its signature is right and its signer may sign it.
pub(crate) fn authenticate<'l, 'a>(
    question: Question<'_>,
    candidate: &Candidate<'l, 'a>,
    signers: &dyn ListSigners,
    moment: Moment,
    work: &mut Work,
) -> Result<Authentic<'l, 'a>, EvidenceFault> {
    let Candidate { known, list, reasons, entry, late } = candidate;
    let (kind, this_update) = (EvidenceKind::Crl, list.this_update());
    let (signer, standing) = list_signers::find(question, known, list, signers, work)?;
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
