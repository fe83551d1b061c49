//! Who gave an OCSP answer, and whether it may (RFC 6960 §4.2.2.2).

use chancery_certificate::Certificate;
use chancery_key::ParameterReading;
use jiff::Timestamp;

use crate::anchor::{AnchorScope, TrustAnchor};
use crate::evidence::distinct::Distinct;
use crate::extensions;
use crate::past::settle::{self, Terms};
use crate::path::build::{CandidatePath, Question, Work};
use crate::path::fault::{ChainFault, FaultGroup};
use crate::path::signature::{self, SignatureOutcome};
use crate::revocation::doubt;
use crate::revocation::evidence_fault::{EvidenceFault, EvidenceKind};
use crate::revocation::few_lists;
use crate::revocation::foundation::{Foundation, Piece};
use crate::revocation::known::Known;
use crate::revocation::known_answers::KnownAnswer;
use crate::revocation::list_signers::ListSigners;
use crate::revocation::lists;
use crate::revocation::ocsp::OcspAnswer;
use crate::revocation::standing::Standing;
use crate::revocation::statement::{self, Answer, Moment, Said, View};
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
pub(crate) const READING: ParameterReading = ParameterReading::Tolerant;

/// Certificates of a responder that are tried of those that an answer brings. Answers bring one or two. Nobody signs
/// what an answer brings, so who brings more spoils that answer and nothing else.
const MOST_RESPONDERS: usize = 8;

/// What evidence about a certificate is judged with.
#[derive(Copy, Clone)]
pub(crate) struct Context<'c, 'a> {
    pub(crate) known: &'c Known<'a>,
    pub(crate) signers: &'c dyn ListSigners,
    pub(crate) policy: RevocationPolicy,
    pub(crate) moment: Moment,
}

/// An answer, and the time of what it says of a certificate.
#[derive(Copy, Clone)]
pub(crate) struct DatedAnswer<'k, 'a> {
    pub(crate) known: &'k KnownAnswer<'a>,
    pub(crate) answer: &'k OcspAnswer<'a>,
    pub(crate) this_update: Timestamp,
}

/// RFC 6960 §4.2.2.2: the answer is signed with the key of the issuer, or with one that the issuer itself delegated
/// by a certificate with id-kp-OCSPSigning. Responders that are trusted for other reasons are not supported. Returns
/// the responder, and what shows that, beside the answer and the path of the issuer.
pub(crate) fn find(
    question: Question<'_>,
    dated: DatedAnswer<'_, '_>,
    context: Context<'_, '_>,
    work: &mut Work,
) -> Result<(Certificate, Standing), EvidenceFault> {
    let DatedAnswer { answer, this_update, .. } = dated;
    let issuer = question.issuer;
    let named = answer.responder_name().map(|name| context.signers.candidates(name)).unwrap_or_default();
    let mut fault = EvidenceFault::BadSignature { kind: KIND, this_update };
    let mut doubtful = None;
    let mut tried = Distinct::default();
    let mut brought = 0;
    let at_hand = named.iter().map(|one| (one, Origin::AtHand));
    let responders = [issuer].into_iter().chain(answer.certificates()).map(|one| (one, Origin::Answer));
    for (responder, origin) in responders.chain(at_hand) {
        if !answer.is_by(responder) || tried.has(responder) {
            continue;
        }
        tried.add(responder.clone());
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
        let signed = delegated.and_then(|()| signed_by(responder, dated, context.moment, work));
        let checked = signed.and_then(|()| {
            if is_issuer {
                Ok(Standing::certain(Foundation::default()))
            } else {
                check_delegate(responder, question, dated, context, work)
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
    dated: DatedAnswer<'_, '_>,
    moment: Moment,
    work: &mut Work,
) -> Result<(), EvidenceFault> {
    let DatedAnswer { known, answer, this_update } = dated;
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
    dated: DatedAnswer<'_, '_>,
    context: Context<'_, '_>,
    work: &mut Work,
) -> Result<Standing, EvidenceFault> {
    let DatedAnswer { known, answer, this_update } = dated;
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
    let (known, signers) = (context.known, context.signers);
    let moment = match context.moment.view {
        View::AsKnown => Moment { at, ..context.moment },
        View::Past { .. } => context.moment,
    };
    let (policy, weak_algorithms) = (context.policy, work.weak_algorithms);
    let conclude = |statements, because| match moment.view {
        View::AsKnown => doubt::conclude(statements, because, at, policy),
        View::Past { .. } => {
            let terms = Terms { at, control: moment, policy, weak_algorithms };
            settle::at(Said { statements, because }, terms)
        }
    };
    let few = few_lists::ask(asked, known, signers, moment, work).map(|found| conclude(found, Vec::new()));
    let answer = match few {
        Some(answer @ (Answer::Good(_) | Answer::Revoked { .. })) => answer,
        Some(Answer::Unknown(_)) | None => {
            known.look_at_all()?;
            let found = lists::ask(asked, &known.lists(), signers, moment, work, &mut because)?;
            conclude(found, because)
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
