//! What OCSP answers say of one certificate at a moment (RFC 6960 §3.2).

use std::sync::Arc;

use chancery_certificate::Certificate;
use chancery_key::ParameterReading;

use crate::anchor::{AnchorScope, TrustAnchor};
use crate::anchor_rules::Role;
use crate::build::{CandidatePath, Question, Work};
use crate::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::extensions;
use crate::fault::{ChainFault, FaultGroup};
use crate::foundation::{Foundation, Piece};
use crate::list_values::RevokedEntry;
use crate::lists::{self, ListSigners, Lists};
use crate::no_revocation::NoRevocation;
use crate::ocsp::{OcspAnswer, OcspStatement, OcspStatus};
use crate::ocsp_error::OcspError;
use crate::path::{self, Rules};
use crate::policies::PolicyDemands;
use crate::profile::CertificateProfile;
use crate::purpose::Purpose;
use crate::scope::Reasons;
use crate::settings::{RevocationPolicy, WeakAlgorithms};
use crate::signature::{self, SignatureOutcome};
use crate::statement::{self, Answer, Moment, Statement};
use crate::usages::UsageDemands;

const KIND: EvidenceKind = EvidenceKind::Ocsp;

/// Many responders leave out the NULL of RSA, which RFC 4055 §5 asks readers to accept. The algorithm of an answer
/// stands in it once and is not signed, so nothing can contradict it.
const READING: ParameterReading = ParameterReading::Tolerant;

/// All answers at hand.
pub(crate) type Answers<'a> = Vec<KnownAnswer<'a>>;

/// An answer, with the bytes that it was read from.
#[derive(Debug)]
pub(crate) struct KnownAnswer<'a> {
    pub(crate) der: &'a Arc<[u8]>,
    pub(crate) answer: Result<OcspAnswer<'a>, OcspError>,
}

impl<'a> KnownAnswer<'a> {
    /// Reads the answer; that it cannot be read is kept.
    pub(crate) fn read(der: &'a Arc<[u8]>) -> Self {
        Self { der, answer: OcspAnswer::from_der(der) }
    }
}

/// What an answer is judged with.
#[derive(Copy, Clone)]
pub(crate) struct Context<'c, 'a> {
    pub(crate) lists: &'c Lists<'a>,
    pub(crate) signers: &'c dyn ListSigners,
    pub(crate) policy: RevocationPolicy,
    pub(crate) moment: Moment,
}

/// What every answer says that speaks of the certificate; why the others do not goes to `because`.
pub(crate) fn statements(
    question: Question<'_>,
    answers: &Answers<'_>,
    context: Context<'_, '_>,
    work: &mut Work,
    because: &mut Vec<EvidenceFault>,
) -> Vec<Statement> {
    let mut statements = Vec::new();
    for known in answers {
        let answer = match &known.answer {
            Ok(answer) => answer,
            Err(OcspError::Refused { status }) => {
                because.push(EvidenceFault::NoAnswer { answer: status });
                continue;
            }
            Err(error) => {
                because.push(EvidenceFault::Malformed { kind: KIND, reason: error.to_string() });
                continue;
            }
        };
        match judge(question, known, answer, context, work) {
            Ok(found) => statements.extend(found),
            // Nothing more can be judged, and `revocation::ask` gives no answer.
            Err(EvidenceFault::BudgetExceeded { .. }) => break,
            Err(fault) => because.push(fault),
        }
    }
    statements
}

/// What one answer says, if it speaks of the certificate.
fn judge(
    question: Question<'_>,
    known: &KnownAnswer<'_>,
    answer: &OcspAnswer<'_>,
    context: Context<'_, '_>,
    work: &mut Work,
) -> Result<Option<Statement>, EvidenceFault> {
    let Question { certificate, issuer, .. } = question;
    // What is worst counts: a responder that says two things of one certificate is not believed in the better.
    let gravity = |statement: &&OcspStatement<'_>| match statement.status {
        OcspStatus::Good => 0,
        OcspStatus::Unknown => 1,
        OcspStatus::Revoked { .. } => 2,
    };
    let Some(found) = answer.statements_on(certificate, issuer).max_by_key(gravity) else { return Ok(None) };
    context.moment.refuse_future(KIND, found.this_update)?;
    context.moment.refuse_future(KIND, answer.produced_at())?;
    let this_update = found.this_update;
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
    let allowed = check_responder(question, known, answer, found, context, work)?;
    let revoked = match found.status {
        OcspStatus::Good => None,
        OcspStatus::Unknown => return Err(EvidenceFault::NoAnswer { answer: "unknown" }),
        OcspStatus::Revoked { at: revocation_date, reason } => {
            Some(RevokedEntry { revocation_date, reason, invalidity_date: found.invalidity_date })
        }
    };
    let foundation = Foundation::default().with(Piece::Ocsp(Arc::clone(known.der))).and(&allowed);
    let evidence = context.moment.evidence(KIND, this_update, found.next_update, foundation);
    let not_after = certificate.not_after();
    let keeps_expired = found.archive_cutoff.is_some_and(|cutoff| cutoff <= not_after);
    let silence = if this_update > answer.produced_at() {
        // Nobody knows what will be (RFC 6960 §2.4: thisUpdate is when the status is *known* to be correct).
        let reason = format!("it was signed at {} and speaks of {this_update}", answer.produced_at());
        Some(EvidenceFault::Malformed { kind: KIND, reason })
    } else if this_update > not_after && !keeps_expired {
        Some(EvidenceFault::AfterExpiry { kind: KIND, this_update, not_after })
    } else {
        context.moment.silence(KIND, this_update, found.next_update)
    };
    Ok(Some(Statement { evidence, reasons: Reasons::ALL, revoked, silence }))
}

/// RFC 6960 §4.2.2.2: the answer is signed with the key of the issuer, or with one that the issuer itself delegated
/// by a certificate with id-kp-OCSPSigning. Responders that are trusted for other reasons are not supported. Returns
/// what shows that, beside the answer and the path of the issuer.
fn check_responder(
    question: Question<'_>,
    known: &KnownAnswer<'_>,
    answer: &OcspAnswer<'_>,
    statement: &OcspStatement<'_>,
    context: Context<'_, '_>,
    work: &mut Work,
) -> Result<Foundation, EvidenceFault> {
    let this_update = statement.this_update;
    let issuer = question.issuer;
    let named = answer.responder_name().map(|name| context.signers.candidates(name)).unwrap_or_default();
    let mut fault = EvidenceFault::BadSignature { kind: KIND, this_update };
    let mut tried: Vec<&Certificate> = Vec::new();
    for responder in [issuer].into_iter().chain(answer.certificates()).chain(&named) {
        if !answer.is_by(responder) || tried.contains(&responder) {
            continue;
        }
        tried.push(responder);
        let checked = signed_by(responder, known, answer, statement, context.moment, work).and_then(|()| {
            let is_issuer = responder.public_key_info() == issuer.public_key_info();
            if is_issuer {
                Ok(Foundation::default())
            } else {
                check_delegation(responder, question, answer, statement, context, work)
            }
        });
        match checked {
            Ok(allowed) if responder == issuer || answer.certificates().contains(responder) => {
                return Ok(allowed);
            }
            Ok(allowed) => return Ok(allowed.with(Piece::Certificate(responder.clone()))),
            Err(EvidenceFault::BadSignature { .. }) => {}
            Err(exceeded @ EvidenceFault::BudgetExceeded { .. }) => return Err(exceeded),
            Err(why) => fault = why,
        }
    }
    Err(fault)
}

fn signed_by(
    responder: &Certificate,
    known: &KnownAnswer<'_>,
    answer: &OcspAnswer<'_>,
    statement: &OcspStatement<'_>,
    moment: Moment,
    work: &mut Work,
) -> Result<(), EvidenceFault> {
    let this_update = statement.this_update;
    let algorithm = answer.signature_algorithm();
    match work.signatures.answer(known.der, answer, responder, READING, &mut work.budget) {
        Ok(SignatureOutcome::Right) => {}
        Ok(SignatureOutcome::Wrong) => return Err(EvidenceFault::BadSignature { kind: KIND, this_update }),
        Ok(SignatureOutcome::Unsupported { algorithm }) => {
            return Err(EvidenceFault::Unsupported { kind: KIND, this_update, what: algorithm });
        }
        Ok(SignatureOutcome::Malformed { reason }) => {
            return Err(EvidenceFault::Malformed { kind: KIND, reason });
        }
        Err(exhausted) => {
            return Err(EvidenceFault::BudgetExceeded { what: exhausted.what, allowed: exhausted.allowed });
        }
    }
    // An answer of a later time was signed at that time, when its algorithm may have been weak already.
    let at = moment.at.max(answer.produced_at());
    match signature::weakness(responder, algorithm, READING, at) {
        Some(weak) => {
            let algorithm = weak.algorithm;
            work.weak_evidence(EvidenceFault::WeakAlgorithm { kind: KIND, this_update, algorithm, at })
        }
        None => Ok(()),
    }
}

/// Whether the issuer itself delegated the responder, which is valid when the answer was given and at the moment,
/// whichever is later, and is not revoked. A responder with id-pkix-ocsp-nocheck is not asked about (§4.2.2.2.1).
fn check_delegation(
    responder: &Certificate,
    question: Question<'_>,
    answer: &OcspAnswer<'_>,
    statement: &OcspStatement<'_>,
    context: Context<'_, '_>,
    work: &mut Work,
) -> Result<Foundation, EvidenceFault> {
    let this_update = statement.this_update;
    let issuer = question.issuer;
    let not_allowed = |reason: String| EvidenceFault::SignerNotAllowed { kind: KIND, this_update, reason };
    let directly = responder.issuer().matches(issuer.subject());
    match work.signatures.certificate(responder, issuer, &mut work.budget) {
        Ok(SignatureOutcome::Right) if directly => {}
        Ok(_) => return Err(not_allowed("the issuer of the certificate did not itself delegate it".into())),
        Err(exhausted) => {
            return Err(EvidenceFault::BudgetExceeded { what: exhausted.what, allowed: exhausted.allowed });
        }
    }
    // The path above the issuer is that of the certificate in question and judged with it.
    let anchor = TrustAnchor::new(issuer.clone()).with_scope(AnchorScope::NameAndKey);
    let at = context.moment.at.max(answer.produced_at());
    let (purpose, profile) = (Purpose::OcspSigning, CertificateProfile::Tolerant);
    let usages = UsageDemands::new();
    let (role, policies) = (Role::Judged, PolicyDemands::new());
    let rules = Rules { role, purpose, usages: &usages, at, policies: &policies, profile };
    let judgement =
        path::judge(CandidatePath { links: &[responder], anchor: &anchor }, rules, &mut work.budget);
    let tolerated = |fault: &&ChainFault| {
        work.weak_algorithms == WeakAlgorithms::Report && fault.group() == FaultGroup::Cryptography
    };
    if let Some(fault) = judgement.faults.iter().find(|fault| !tolerated(fault)) {
        return Err(not_allowed(fault.to_string()));
    }
    let valid = Foundation::default().until(responder.not_after());
    if responder.extension(extensions::OCSP_NO_CHECK).is_some() {
        return Ok(valid);
    }
    let not_published = NoRevocation::said_by(responder);
    let mut because = Vec::new();
    let asked = Question { certificate: responder, ..question };
    let (lists, signers) = (context.lists, context.signers);
    let found = lists::statements(asked, lists, signers, context.moment, work, &mut because);
    match (statement::conclude(found, because, at), context.policy) {
        (Answer::Revoked { since, .. }, _) if since <= at => {
            Err(not_allowed(format!("\"{}\" was revoked at {since}", responder.display_name())))
        }
        (Answer::Unknown(_), RevocationPolicy::Require) if !matches!(not_published, Ok(Some(_))) => {
            Err(not_allowed(format!(
                "whether \"{}\" was revoked is not known, and it has no id-pkix-ocsp-nocheck",
                responder.display_name()
            )))
        }
        (Answer::Good(evidence), _) => Ok(valid.and(&evidence.foundation)),
        (Answer::Revoked { evidence, since, .. }, _) => {
            Ok(valid.and(&evidence.foundation).until(statement::last_moment_before(since)))
        }
        (Answer::Unknown(_), _) => Ok(valid),
    }
}
