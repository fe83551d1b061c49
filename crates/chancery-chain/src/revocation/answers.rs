//! What OCSP answers say of one certificate at a moment (RFC 6960 §3.2).

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use chancery_certificate::Certificate;
use chancery_key::ParameterReading;
use jiff::Timestamp;

use crate::anchor::{AnchorScope, TrustAnchor};
use crate::extensions;
use crate::past::proofs::{Existence, ProofsOfExistence};
use crate::past::settle::{self, Terms};
use crate::path::budget::Exhausted;
use crate::path::build::{CandidatePath, Question, Work};
use crate::path::fault::{ChainFault, FaultGroup};
use crate::path::signature::{self, SignatureOutcome};
use crate::revocation::doubt;
use crate::revocation::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::revocation::foundation::{Foundation, Piece};
use crate::revocation::known_lists::Lists;
use crate::revocation::list_signers::ListSigners;
use crate::revocation::list_values::RevokedEntry;
use crate::revocation::lists;
use crate::revocation::ocsp::{OcspAnswer, OcspStatement, OcspStatus};
use crate::revocation::ocsp_error::OcspError;
use crate::revocation::readings::AnswerKey;
use crate::revocation::scope::Reasons;
use crate::revocation::standing::Standing;
use crate::revocation::statement::{self, Answer, Moment, Said, Silence, Statement, View};
use crate::rules::anchor::Role;
use crate::rules::judge::{self, Rules};
use crate::rules::no_revocation::NoRevocation;
use crate::rules::policies::PolicyDemands;
use crate::rules::profile::CertificateProfile;
use crate::rules::purpose::Purpose;
use crate::rules::usages::UsageDemands;
use crate::settings::{RevocationPolicy, WeakAlgorithms};

const KIND: EvidenceKind = EvidenceKind::Ocsp;

/// Many responders leave out the NULL of RSA, which RFC 4055 §5 asks readers to accept. The algorithm of an answer
/// stands in it once and is not signed, so nothing can contradict it.
const READING: ParameterReading = ParameterReading::Tolerant;

/// All answers at hand.
pub(crate) type Answers<'a> = Vec<KnownAnswer<'a>>;

/// An answer, with the bytes that it was read from.
#[derive(Debug)]
pub(crate) struct KnownAnswer<'a> {
    key: AnswerKey,
    pub(crate) der: &'a Arc<[u8]>,
    pub(crate) answer: Arc<Result<OcspAnswer<'a>, OcspError>>,
    existence: Existence<'a>,
}

/// An answer as it was read, without what depends on who asks. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct ReadAnswer<'a> {
    key: AnswerKey,
    der: &'a Arc<[u8]>,
    answer: Arc<Result<OcspAnswer<'a>, OcspError>>,
}

/// Reads all answers; that one cannot be read is kept.
pub(crate) fn read(answers: &[Arc<[u8]>]) -> Vec<ReadAnswer<'_>> {
    let places = (0..).map(AnswerKey);
    let read = |(key, der)| ReadAnswer { key, der, answer: Arc::new(OcspAnswer::from_der(der)) };
    places.zip(answers).map(read).collect()
}

/// Answers that were read, as these proofs see them.
pub(crate) fn known<'a>(answers: &[ReadAnswer<'a>], proofs: Option<&'a ProofsOfExistence>) -> Answers<'a> {
    let known = |ReadAnswer { key, der, answer }: &ReadAnswer<'a>| {
        let (key, der, answer) = (*key, *der, Arc::clone(answer));
        KnownAnswer { key, der, answer, existence: Existence::by(proofs) }
    };
    answers.iter().map(known).collect()
}

impl KnownAnswer<'_> {
    /// Since when it is proven to have existed.
    fn proven(&self) -> Timestamp {
        self.existence.since(Some(self.der))
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

/// Certificates of a responder that are tried of those that an answer brings. Answers bring one or two. Nobody signs
/// what an answer brings, so who brings more spoils that answer and nothing else.
const MOST_RESPONDERS: usize = 8;

/// Answers that speak of a certificate, before anybody asked who gave them.
#[derive(Debug, Default)]
pub(crate) struct Candidates<'k, 'a> {
    /// Those that name it as revoked.
    claims: Vec<Candidate<'k, 'a>>,
    /// The others, the newest first.
    silent: Vec<Candidate<'k, 'a>>,
}

/// An answer, and what it says of the certificate.
#[derive(Copy, Clone, Debug)]
struct Candidate<'k, 'a> {
    known: &'k KnownAnswer<'a>,
    answer: &'k OcspAnswer<'a>,
    found: &'k OcspStatement<'a>,
    /// It comes too late. That it names the certificate as revoked still counts.
    late: Late,
}

/// Whether an answer comes too late.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Late {
    Yes,
    No,
}

/// Every answer that speaks of the certificate; why others do not goes to `because`.
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
    candidates.silent.sort_by_key(|one| {
        let OcspStatement { this_update, next_update, .. } = *one.found;
        Reverse((moment.rank(this_update, next_update), this_update, next_update))
    });
    candidates
}

fn unreadable(error: &OcspError) -> EvidenceFault {
    match error {
        OcspError::Refused { status } => EvidenceFault::NoAnswer { answer: status },
        error => EvidenceFault::Malformed { kind: KIND, reason: error.to_string() },
    }
}

/// What is worst of what the answer says of the certificate: a responder that says two things of one certificate is
/// not believed in the better. Of several revocations each counts: one may be a hold, or of a later time.
fn worst<'k, 'a>(
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
fn check(
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

/// What the other authentic answers say, as many as are wanted.
pub(crate) fn silent(
    question: Question<'_>,
    candidates: &Candidates<'_, '_>,
    wanted: Silence,
    context: Context<'_, '_>,
    work: &mut Work,
    because: &mut Vec<EvidenceFault>,
    statements: &mut Vec<Statement>,
) {
    for candidate in &candidates.silent {
        match judge(question, *candidate, context, work) {
            Ok(statement) => {
                let usable = statement.silence.is_none();
                statements.push(statement);
                if usable && wanted == Silence::OfOne {
                    return;
                }
            }
            Err(fault @ EvidenceFault::BudgetExceeded { .. }) if because.contains(&fault) => {}
            Err(fault) => because.push(fault),
        }
    }
}

/// What an answer says, if it is authentic.
fn judge(
    question: Question<'_>,
    candidate: Candidate<'_, '_>,
    context: Context<'_, '_>,
    work: &mut Work,
) -> Result<Statement, EvidenceFault> {
    let Candidate { known, answer, found, late } = candidate;
    let certificate = question.certificate;
    let this_update = found.this_update;
    let moment = context.moment;
    let (responder, standing) = check_responder(question, candidate, context, work)?;
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
    let foundation = Foundation::default().with(Piece::Ocsp(Arc::clone(known.der)));
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
    let not_after = certificate.not_after();
    let keeps_expired = found.archive_cutoff.is_some_and(|cutoff| cutoff <= not_after);
    let silence = if doubt.is_some() {
        doubt
    } else if late == Late::Yes {
        moment.lateness(KIND, this_update.max(answer.produced_at()), || known.proven())
    } else if this_update > answer.produced_at() {
        // Nobody knows what will be (RFC 6960 §2.4: thisUpdate is when the status is *known* to be correct).
        let reason = format!("it was signed at {} and speaks of {this_update}", answer.produced_at());
        Some(EvidenceFault::Malformed { kind: KIND, reason })
    } else if this_update > not_after && !keeps_expired {
        Some(EvidenceFault::AfterExpiry { kind: KIND, this_update, not_after })
    } else {
        moment.silence(KIND, this_update, found.next_update)
    };
    Ok(Statement { evidence, reasons: Reasons::ALL, revoked, silence })
}

/// RFC 6960 §4.2.2.2: the answer is signed with the key of the issuer, or with one that the issuer itself delegated
/// by a certificate with id-kp-OCSPSigning. Responders that are trusted for other reasons are not supported. Returns
/// the responder, and what shows that, beside the answer and the path of the issuer.
fn check_responder(
    question: Question<'_>,
    candidate: Candidate<'_, '_>,
    context: Context<'_, '_>,
    work: &mut Work,
) -> Result<(Certificate, Standing), EvidenceFault> {
    let Candidate { known, answer, found: statement, .. } = candidate;
    let this_update = statement.this_update;
    let issuer = question.issuer;
    let named = answer.responder_name().map(|name| context.signers.candidates(name)).unwrap_or_default();
    let mut fault = EvidenceFault::BadSignature { kind: KIND, this_update };
    let mut doubtful = None;
    let mut tried = HashSet::new();
    let mut brought = 0;
    let at_hand = named.iter().map(|one| (one, Origin::AtHand));
    let responders = [issuer].into_iter().chain(answer.certificates()).map(|one| (one, Origin::Answer));
    for (responder, origin) in responders.chain(at_hand) {
        if !answer.is_by(responder) || !tried.insert(responder) {
            continue;
        }
        let is_issuer = responder.public_key_info() == issuer.public_key_info();
        if !is_issuer && !responder.issuer().matches(issuer.subject()) {
            fault = not_delegated(this_update);
            continue;
        }
        // What is at hand hides nobody: all of it is tried, as far as the budget allows.
        if origin == Origin::Answer {
            if brought == MOST_RESPONDERS {
                let reason = format!("none of {MOST_RESPONDERS} certificates that it brings is one that may");
                fault = EvidenceFault::SignerNotAllowed { kind: KIND, this_update, reason };
                continue;
            }
            brought += 1;
        }
        // Who was not delegated need not have signed: then that is not checked.
        let delegated = if is_issuer { Ok(()) } else { is_delegated(responder, issuer, this_update, work) };
        let signed =
            delegated.and_then(|()| signed_by(responder, known, answer, statement, context.moment, work));
        let checked = signed.and_then(|()| {
            if is_issuer {
                Ok(Standing::certain(Foundation::default()))
            } else {
                check_delegate(responder, question, candidate, context, work)
            }
        });
        match checked {
            Ok(mut standing) => {
                if responder != issuer && !answer.certificates().contains(responder) {
                    standing.foundation = standing.foundation.with(Piece::Certificate(responder.clone()));
                }
                match standing.doubt {
                    None => return Ok((responder.clone(), standing)),
                    // Another certificate of the responder may be beyond doubt.
                    Some(_) => doubtful = doubtful.or_else(|| Some((responder.clone(), standing))),
                }
            }
            Err(EvidenceFault::BadSignature { .. }) => {}
            Err(exceeded @ EvidenceFault::BudgetExceeded { .. }) => return Err(exceeded),
            Err(why) => fault = why,
        }
    }
    doubtful.ok_or(fault)
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
    match work.signatures.answer(known.key, answer, responder, READING, &mut work.budget) {
        Ok(SignatureOutcome::Right) => {}
        Ok(SignatureOutcome::Wrong) => return Err(EvidenceFault::BadSignature { kind: KIND, this_update }),
        Ok(SignatureOutcome::Unsupported { algorithm }) => {
            return Err(EvidenceFault::Unsupported { kind: KIND, this_update, what: algorithm });
        }
        Ok(SignatureOutcome::Malformed { reason }) => {
            return Err(EvidenceFault::Malformed { kind: KIND, reason });
        }
        Err(exhausted) => return Err(exhausted.into()),
    }
    let at = moment.strong_at(answer.produced_at(), || known.proven());
    match signature::weakness(work.algorithms, responder, algorithm, READING, at) {
        Some(weak) => {
            let algorithm = weak.algorithm;
            work.weak_evidence(EvidenceFault::WeakAlgorithm { kind: KIND, this_update, algorithm, at })
        }
        None => Ok(()),
    }
}

/// Where the certificate of a responder was found.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Origin {
    /// It is the issuer's, or the answer brings it.
    Answer,
    AtHand,
}

fn not_delegated(this_update: Timestamp) -> EvidenceFault {
    let reason = "the issuer of the certificate did not itself delegate it".into();
    EvidenceFault::SignerNotAllowed { kind: KIND, this_update, reason }
}

/// Whether the issuer itself issued the certificate of the responder.
fn is_delegated(
    responder: &Certificate,
    issuer: &Certificate,
    this_update: Timestamp,
    work: &mut Work,
) -> Result<(), EvidenceFault> {
    match work.signatures.certificate(responder, issuer, &mut work.budget) {
        Ok(SignatureOutcome::Right) => Ok(()),
        Ok(_) => Err(not_delegated(this_update)),
        Err(exhausted) => Err(exhausted.into()),
    }
}

/// Whether the delegate of the issuer may answer: it is valid when the answer was given and at the moment, whichever
/// is later, and not revoked. In retrospect it is valid when the answer was given and when that is proven to have
/// existed: nobody vouches for the key of a responder after its certificate ended. A responder with id-pkix-ocsp-nocheck is not asked about (§4.2.2.2.1).
fn check_delegate(
    responder: &Certificate,
    question: Question<'_>,
    candidate: Candidate<'_, '_>,
    context: Context<'_, '_>,
    work: &mut Work,
) -> Result<Standing, EvidenceFault> {
    let Candidate { known, answer, found: statement, .. } = candidate;
    let this_update = statement.this_update;
    let issuer = question.issuer;
    let not_allowed = |reason: String| EvidenceFault::SignerNotAllowed { kind: KIND, this_update, reason };
    // The path above the issuer is that of the certificate in question and judged with it.
    let anchor = TrustAnchor::new(issuer.clone()).with_scope(AnchorScope::NameAndKey);
    let at = match context.moment.view {
        View::AsKnown => context.moment.at.max(answer.produced_at()),
        View::Past { .. } => known.proven().max(answer.produced_at()),
    };
    let (purpose, profile) = (Purpose::OcspSigning, CertificateProfile::Tolerant);
    let usages = UsageDemands::new();
    let (role, policies) = (Role::Judged, PolicyDemands::new());
    let algorithms = work.algorithms;
    let rules = Rules { role, purpose, usages: &usages, at, policies: &policies, profile, algorithms };
    let judgement =
        judge::judge(CandidatePath { links: &[responder], anchor: &anchor }, rules, &mut work.budget);
    let tolerated = |fault: &&ChainFault| {
        work.weak_algorithms == WeakAlgorithms::Report && fault.group() == FaultGroup::Cryptography
    };
    let faults: Vec<_> = judgement.faults.iter().filter(|fault| !tolerated(fault)).collect();
    let valid = Foundation::default().until(responder.not_after());
    // What it said while it held stays said: the revocation that it names is not dropped.
    let ended = |fault: &&ChainFault| matches!(fault, ChainFault::Expired { not_after, .. } if *not_after >= answer.produced_at());
    match (faults.as_slice(), context.moment.view) {
        ([], _) => {}
        ([fault], View::AsKnown) if ended(fault) => {
            return Ok(Standing::expired(valid, responder.not_after(), at));
        }
        ([fault], View::Past { .. }) if ended(fault) => {
            return Ok(Standing::expired(valid, responder.not_after(), known.proven()));
        }
        ([fault, ..], _) => return Err(not_allowed(fault.to_string())),
    }
    if let View::Past { .. } = context.moment.view {
        if answer.produced_at() < responder.not_before() {
            return Err(not_allowed("its certificate was not valid yet when it answered".into()));
        }
        // The issuer's key could have made the certificate later, once it was in other hands.
        let brought = answer.certificates().contains(responder);
        let proven = known.existence.of_certificate(responder);
        if !brought && proven > at.max(context.moment.at) {
            let name = responder.display_name();
            return Err(not_allowed(format!("\"{name}\" is proven to have existed only since {proven}")));
        }
    }
    if responder.extension(extensions::OCSP_NO_CHECK).is_some() {
        return Ok(Standing::certain(valid));
    }
    let before = work.budget.refusals();
    let not_published = NoRevocation::said_by(responder);
    let mut because = Vec::new();
    let asked = Question { certificate: responder, ..question };
    let (lists, signers) = (context.lists, context.signers);
    let moment = match context.moment.view {
        View::AsKnown => Moment { at, ..context.moment },
        View::Past { .. } => context.moment,
    };
    let found = lists::ask(asked, lists, signers, moment, work, &mut because)?;
    let answer = match moment.view {
        View::AsKnown => doubt::conclude(found, because, at, context.policy),
        View::Past { .. } => {
            let (policy, weak_algorithms) = (context.policy, work.weak_algorithms);
            let terms = Terms { at, control: moment, policy, weak_algorithms };
            settle::at(Said { statements: found, because }, terms)
        }
    };
    match (answer, context.policy) {
        (Answer::Revoked { since, .. }, _) if since <= at => {
            Err(not_allowed(format!("\"{}\" was revoked at {since}", responder.display_name())))
        }
        (Answer::Unknown(_), RevocationPolicy::Require) if !matches!(not_published, Ok(Some(_))) => {
            // With more work it might be known.
            work.budget.refused_since(before)?;
            let name = responder.display_name();
            let doubt =
                format!("whether \"{name}\" was revoked is not known, and it has no id-pkix-ocsp-nocheck");
            Ok(Standing::doubtful(valid, doubt))
        }
        (Answer::Good(evidence), _) => Ok(Standing::certain(valid.and(&evidence.foundation))),
        (Answer::Revoked { evidence, since, .. }, _) => {
            let until = statement::last_moment_before(since);
            Ok(Standing::certain(valid.and(&evidence.foundation).until(until)))
        }
        (Answer::Unknown(_), _) => Ok(Standing::certain(valid)),
    }
}
