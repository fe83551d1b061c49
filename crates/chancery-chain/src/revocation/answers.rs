//! What OCSP answers say of one certificate at a moment (RFC 6960 §3.2).

use std::cmp::Reverse;

use chancery_certificate::Certificate;

use crate::path::budget::Exhausted;
use crate::path::build::{Question, Work};
use crate::path::signature;
use crate::revocation::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::revocation::foundation::{Foundation, Piece};
use crate::revocation::known_answers::{Answers, KnownAnswer};
use crate::revocation::list_values::RevokedEntry;
use crate::revocation::ocsp::{OcspAnswer, OcspStatement, OcspStatus};
use crate::revocation::ocsp_error::OcspError;
use crate::revocation::responders::{self, Context, DatedAnswer, READING};
use crate::revocation::scope::Reasons;
use crate::revocation::statement::{Dates, Moment, Silence, Statement, View};

const KIND: EvidenceKind = EvidenceKind::Ocsp;

/// Answers that speak of a certificate, before anybody asked who gave them.
#[derive(Debug, Default)]
pub(crate) struct Candidates<'k, 'a> {
    /// Those that name it as revoked.
    claims: Vec<Candidate<'k, 'a>>,
    /// The others.
    silent: Vec<Candidate<'k, 'a>>,
}

/// An answer, and what it says of the certificate.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Candidate<'k, 'a> {
    pub(crate) known: &'k KnownAnswer<'a>,
    pub(crate) answer: &'k OcspAnswer<'a>,
    pub(crate) found: &'k OcspStatement<'a>,
    /// It comes too late. That it names the certificate as revoked still counts.
    pub(crate) late: Late,
}

/// Whether an answer comes too late.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Late {
    Yes,
    No,
}

/// Every answer that speaks of the certificate, the newest first; why others do not goes to `because`. Of answers of one
/// time always the same one comes first, in whatever order they are brought.
pub(crate) fn candidates<'k, 'a>(
    question: Question<'_>,
    answers: &'k Answers<'a>,
    moment: Moment,
    because: &mut Vec<EvidenceFault>,
) -> Candidates<'k, 'a> {
    let mut candidates = Candidates::default();
    for known in answers {
        let answer = match &*known.answer {
            Ok(answer) => answer,
            Err(error) => {
                because.push(unreadable(error));
                continue;
            }
        };
        for found in worst(question, answer) {
            match check(question, known, answer, found, moment) {
                Ok(late) => {
                    let one = Candidate { known, answer, found, late };
                    let claims = matches!(found.status, OcspStatus::Revoked { .. });
                    if claims { &mut candidates.claims } else { &mut candidates.silent }.push(one);
                }
                Err(fault) => because.push(fault),
            }
        }
    }
    let preference = |one: &Candidate<'_, '_>| {
        let (this_update, next_update) = one.dates();
        Reverse((moment.rank(this_update, next_update), this_update, next_update))
    };
    for alike in [&mut candidates.claims, &mut candidates.silent] {
        alike.sort_by(|left, right| {
            let digests = || left.known.object().cmp(&right.known.object());
            preference(left).cmp(&preference(right)).then_with(digests)
        });
    }
    candidates
}

fn unreadable(error: &OcspError) -> EvidenceFault {
    match error {
        OcspError::Refused { status } => EvidenceFault::NoAnswer { answer: status },
        error => EvidenceFault::Malformed { kind: KIND, reason: error.to_string() },
    }
}

impl Candidates<'_, '_> {
    /// Of when the newest is that says that the certificate is good, if it is authentic.
    pub(crate) fn newest(&self, question: Question<'_>, moment: Moment) -> Option<Dates> {
        let usable = |one: &&Candidate<'_, '_>| {
            one.is_good() && silence(question.certificate, **one, moment).is_none()
        };
        self.silent.iter().filter(usable).map(Candidate::dates).max()
    }
}

impl Candidate<'_, '_> {
    pub(crate) fn dates(&self) -> Dates {
        (self.found.this_update, self.found.next_update)
    }

    fn is_good(&self) -> bool {
        self.found.status == OcspStatus::Good
    }
}

/// What is worst of what the answer says of the certificate: a responder that says two things of one certificate is
/// not believed in the better. Of several revocations each counts: one may be a hold, or of a later time.
pub(crate) fn worst<'k, 'a>(
    question: Question<'_>,
    answer: &'k OcspAnswer<'a>,
) -> impl Iterator<Item = &'k OcspStatement<'a>> + use<'k, 'a> {
    let gravity = |statement: &OcspStatement<'_>| match statement.status {
        OcspStatus::Good => 0,
        OcspStatus::Unknown => 1,
        OcspStatus::Revoked { .. } => 2,
    };
    let all: Vec<_> = answer.statements_on(question.certificate, question.issuer).collect();
    let worst = all.iter().map(|statement| gravity(statement)).max();
    all.into_iter().filter(move |statement| Some(gravity(statement)) == worst)
}

/// What can be judged before anybody asked who gave the answer.
pub(crate) fn check(
    question: Question<'_>,
    known: &KnownAnswer<'_>,
    answer: &OcspAnswer<'_>,
    found: &OcspStatement<'_>,
    moment: Moment,
) -> Result<Late, EvidenceFault> {
    let certificate = question.certificate;
    moment.refuse_future(KIND, found.this_update)?;
    moment.refuse_future(KIND, answer.produced_at())?;
    let this_update = found.this_update;
    let issued = this_update.max(answer.produced_at());
    let late = match moment.lateness(KIND, issued, || known.proven()) {
        None => Late::No,
        Some(late) if moment.hears(&late) && matches!(found.status, OcspStatus::Revoked { .. }) => Late::Yes,
        Some(late) => return Err(late),
    };
    if answer.produced_at() < certificate.not_before() {
        let what = "it was given before the certificate was valid";
        return Err(EvidenceFault::OutOfScope { kind: KIND, this_update, what });
    }
    if let Some(oid) = answer.unknown_critical().or_else(|| found.unknown_critical()) {
        return Err(EvidenceFault::UnknownCriticalExtension { kind: KIND, oid });
    }
    if found.names_another(certificate) {
        let what = "it names another certificate with the same serial number by its digest";
        return Err(EvidenceFault::OutOfScope { kind: KIND, this_update, what });
    }
    Ok(late)
}

/// What the authentic answers say that name the certificate as revoked.
pub(crate) fn claims(
    question: Question<'_>,
    candidates: &Candidates<'_, '_>,
    context: Context<'_, '_>,
    work: &mut Work,
    because: &mut Vec<EvidenceFault>,
) -> Result<Vec<Statement>, Exhausted> {
    let mut statements = Vec::new();
    for candidate in &candidates.claims {
        match judge(question, *candidate, context, work) {
            Ok(statement) => statements.push(statement),
            Err(EvidenceFault::BudgetExceeded { what, allowed }) => return Err(Exhausted { what, allowed }),
            Err(fault) => because.push(fault),
        }
    }
    Ok(statements)
}

/// What the other authentic answers say, as many as are wanted. Gives back of when that one is that says enough.
pub(crate) fn silent(
    question: Question<'_>,
    candidates: &Candidates<'_, '_>,
    wanted: Silence,
    context: Context<'_, '_>,
    work: &mut Work,
    because: &mut Vec<EvidenceFault>,
    statements: &mut Vec<Statement>,
) -> Option<Dates> {
    for candidate in &candidates.silent {
        if let Silence::OfOne { newer_than } = wanted {
            if newer_than.is_some_and(|known| candidate.dates() < known) {
                continue;
            }
            // Whoever signed it, it would be of no use.
            if let Some(why) = silence(question.certificate, *candidate, context.moment) {
                because.push(why);
                continue;
            }
        }
        match judge(question, *candidate, context, work) {
            Ok(statement) => {
                let usable = statement.silence.is_none();
                statements.push(statement);
                if usable && matches!(wanted, Silence::OfOne { .. }) {
                    return Some(candidate.dates());
                }
            }
            Err(fault @ EvidenceFault::BudgetExceeded { .. }) if because.contains(&fault) => {}
            Err(fault) => because.push(fault),
        }
    }
    None
}

/// Why the silence of an answer about a revocation would say nothing at the moment.
pub(crate) fn silence(
    certificate: &Certificate,
    candidate: Candidate<'_, '_>,
    moment: Moment,
) -> Option<EvidenceFault> {
    let Candidate { known, answer, found, late } = candidate;
    let (this_update, not_after) = (found.this_update, certificate.not_after());
    let keeps_expired = found.archive_cutoff.is_some_and(|cutoff| cutoff <= not_after);
    if late == Late::Yes {
        moment.lateness(KIND, this_update.max(answer.produced_at()), || known.proven())
    } else if this_update > answer.produced_at() {
        // Nobody knows what will be (RFC 6960 §2.4: thisUpdate is when the status is *known* to be correct).
        let reason = format!("it was signed at {} and speaks of {this_update}", answer.produced_at());
        Some(EvidenceFault::Malformed { kind: KIND, reason })
    } else if this_update > not_after && !keeps_expired {
        Some(EvidenceFault::AfterExpiry { kind: KIND, this_update, not_after })
    } else {
        moment.silence(KIND, this_update, found.next_update)
    }
}

/// What an answer says, if it is authentic.
pub(crate) fn judge(
    question: Question<'_>,
    candidate: Candidate<'_, '_>,
    context: Context<'_, '_>,
    work: &mut Work,
) -> Result<Statement, EvidenceFault> {
    let Candidate { known, answer, found, .. } = candidate;
    let this_update = found.this_update;
    let moment = context.moment;
    let (responder, standing) =
        responders::find(question, DatedAnswer { known, answer, this_update }, context, work)?;
    let doubt = standing.fault(KIND, this_update);
    let revoked = match found.status {
        OcspStatus::Good => None,
        OcspStatus::Unknown => return Err(EvidenceFault::NoAnswer { answer: "unknown" }),
        OcspStatus::Revoked { at: revocation_date, reason } => {
            Some(RevokedEntry { revocation_date, reason, invalidity_date: found.invalidity_date })
        }
    };
    let doubt = match (doubt, &revoked) {
        (Some(doubt), None) => return Err(doubt),
        (doubt, _) => doubt,
    };
    let foundation = Foundation::default().with(Piece::Ocsp(known.der.clone()));
    let foundation = moment.join(foundation, &standing.foundation);
    let foundation = match moment.view {
        View::AsKnown => foundation,
        View::Past { .. } => {
            let weak =
                signature::weak_from(work.algorithms, &responder, answer.signature_algorithm(), READING);
            weak.into_iter().fold(foundation, Foundation::weak_from)
        }
    };
    let evidence = moment.evidence(KIND, this_update, found.next_update, foundation);
    let silence = doubt.or_else(|| silence(question.certificate, candidate, moment));
    Ok(Statement { evidence, reasons: Reasons::ALL, revoked, silence })
}
