//! The collector: asks for what is missing, until nothing is, or nobody is left to ask.

pub(crate) mod answer_error;
pub(crate) mod collected;
pub(crate) mod crl_question;
pub(crate) mod fetch;
pub(crate) mod fetch_fault;
pub(crate) mod inquiries;
pub(crate) mod issuer_question;
pub(crate) mod limits;
pub(crate) mod ocsp_question;
pub(crate) mod place;
pub(crate) mod question;
pub(crate) mod signers;
pub(crate) mod sources;

use std::collections::VecDeque;

use chancery_certificate::Certificate;
use chancery_http::{AddressRule, AsyncTransport, Request, Response, Transport, TransportError};
use jiff::Timestamp;

use crate::collector::answer_error::AnswerError;
use crate::collector::collected::Collected;
use crate::collector::inquiries::{Inquiries, State};
use crate::collector::limits::CollectorLimits;
use crate::collector::sources::{Gained, Source, SourceOrder};
use crate::evidence::Evidence;
use crate::evidence::missing::{self, Missing};
use crate::path::failure::ChainFailure;
use crate::path::issuers;
use crate::path::signature::SignatureChecker;
use crate::revocation::evidence_fault::EvidenceFault;
use crate::settings::RevocationPolicy;
use crate::verified::VerifiedChain;
use crate::verifier::ChainVerifier;

/// Signers of CRLs above signers of CRLs whose evidence is collected: as many as the verifier follows.
const DEEPEST_SIGNER: usize = 4;

/// Paths to trust anchors for which revocation is asked about, one after the other.
const MOST_PATHS: usize = 4;

/// Collects what is missing to judge one certificate at a moment: certificates of issuers, OCSP answers, CRLs.
///
/// It knows no network, clock or chance: [`step`](Self::step) gives the next request, or the end, and
/// [`PendingFetch::answer`] takes what came. [`collect`](Self::collect) and [`collect_async`](Self::collect_async) do
/// that over a transport; both ask the same in the same order.
///
/// ```
/// use chancery_certificate::Certificate;
/// use chancery_chain::{ChainVerifier, EvidenceCollector};
/// use chancery_http::Transport;
/// use jiff::Timestamp;
///
/// fn collect(verifier: &ChainVerifier<'_>, certificate: &Certificate, now: Timestamp, http: &impl Transport) {
///     let collected = EvidenceCollector::new(verifier, certificate, now).collect(http);
///     match collected.chain() {
///         Ok(chain) => println!("trusted through {}", chain.anchor().certificate().display_name()),
///         Err(failure) => println!("not trusted: {failure}"),
///     }
///     for missing in collected.missing() {
///         println!("still missing: {missing}");
///         collected.fetches_for(missing.certificate()).for_each(|fetch| println!("  {fetch}"));
///     }
/// }
/// ```
///
/// # What is asked, and what is not
///
/// - Nothing that the evidence of the verifier answers already.
/// - Issuers only while no path reaches a trust anchor, or only through authorities that were not valid at the moment;
///   the nearest first.
/// - Revocation only of certificates on a path whose signatures reach a trust anchor and that breaks no other rule;
///   nothing at all under [`RevocationPolicy::NotChecked`]. Under [`RevocationPolicy::WhenKnown`] as much as can be
///   had is collected.
/// - Every place that a certificate names, until one has an answer that helps: OCSP and CRLs (delta CRLs last), those
///   for delegated OCSP responders without `id-pkix-ocsp-nocheck` and for other signers of CRLs too.
/// - Every URL once (an OCSP responder once for each certificate, and by POST when it did not understand GET), within
///   the [`CollectorLimits`]; http and https only, and no private address that was not [allowed](Self::allow).
///
/// OCSP questions carry no nonce: evidence that is kept is judged by its times, and answers signed in advance have
/// none. Who wants one asks an [`OcspQuestion`](crate::OcspQuestion) and gives the answer as evidence.
#[derive(Debug)]
pub struct EvidenceCollector<'a> {
    verifier: ChainVerifier<'a>,
    certificate: Certificate,
    at: Timestamp,
    order: SourceOrder,
    evidence: Evidence,
    /// The verdict with the evidence as it is now, under the policy of the verifier.
    outcome: Option<Result<VerifiedChain, ChainFailure>>,
    /// What was found out about signatures in earlier rounds.
    signatures: SignatureChecker,
    /// Places for each missing piece.
    plan: VecDeque<VecDeque<Source>>,
    progress: Progress,
    inquiries: Inquiries,
}

/// What comes next.
#[derive(Debug)]
#[must_use]
pub enum CollectorStep<'a> {
    /// A request has to be sent.
    Ask(Box<PendingFetch<'a>>),
    /// It is over.
    Done(Box<Collected>),
}

/// A collector that waits for the answer to a request.
#[derive(Debug)]
#[must_use]
pub struct PendingFetch<'a> {
    collector: EvidenceCollector<'a>,
    source: Source,
    request: Request,
}

/// Whether anything came since the last time the certificate was judged.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Progress {
    Some,
    None,
}

impl<'a> EvidenceCollector<'a> {
    /// Collects what this verifier, with the evidence and intermediates that it has, needs to judge the certificate
    /// at the moment.
    ///
    /// Responders and lists speak of the present, so the moment is usually the present, or a little earlier.
    pub fn new(verifier: &ChainVerifier<'a>, certificate: &Certificate, at: Timestamp) -> Self {
        Self {
            certificate: certificate.clone(),
            at,
            order: SourceOrder::default(),
            evidence: verifier.at_hand(),
            verifier: verifier.clone(),
            outcome: None,
            signatures: SignatureChecker::default(),
            plan: VecDeque::new(),
            progress: Progress::Some,
            inquiries: Inquiries::new(),
        }
    }

    /// Knows this evidence too, beside that of the verifier: what a signature carries, for example.
    #[must_use]
    pub fn knowing(mut self, evidence: Evidence) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Asks CRLs before OCSP responders, or after them.
    #[must_use]
    pub fn order(self, order: SourceOrder) -> Self {
        Self { order, ..self }
    }

    /// Asks more or less of the network.
    #[must_use]
    pub fn limits(self, limits: CollectorLimits) -> Self {
        Self { inquiries: self.inquiries.within(limits), ..self }
    }

    /// Also asks at URLs that name such an address themselves. Where a host name leads is for the transport to judge,
    /// which has to be told too.
    #[must_use]
    pub fn allow(self, rule: AddressRule) -> Self {
        Self { inquiries: self.inquiries.allow(rule), ..self }
    }

    /// Does all steps over this transport.
    pub fn collect(self, transport: &(impl Transport + ?Sized)) -> Collected {
        let mut step = self.step();
        loop {
            step = match step {
                CollectorStep::Ask(pending) => {
                    let answer = transport.send(pending.request());
                    pending.answer(answer).step()
                }
                CollectorStep::Done(collected) => return *collected,
            }
        }
    }

    /// Does all steps over this transport, one after the other.
    pub async fn collect_async(self, transport: &(impl AsyncTransport + ?Sized)) -> Collected {
        let mut step = self.step();
        loop {
            step = match step {
                CollectorStep::Ask(pending) => {
                    let answer = transport.send(pending.request()).await;
                    pending.answer(answer).step()
                }
                CollectorStep::Done(collected) => return *collected,
            }
        }
    }

    /// The next request, or the end. For programs with an event loop of their own:
    ///
    /// ```
    /// # use chancery_chain::{Collected, CollectorStep, EvidenceCollector};
    /// # use chancery_http::{Request, Response, TransportError};
    /// # fn run(collector: EvidenceCollector<'_>, mut send: impl FnMut(&Request) -> Result<Response, TransportError>) -> Collected {
    /// let mut step = collector.step();
    /// while let CollectorStep::Ask(pending) = step {
    ///     let answer = send(pending.request());
    ///     step = pending.answer(answer).step();
    /// }
    /// # let CollectorStep::Done(collected) = step else { unreachable!() };
    /// # *collected
    /// # }
    /// ```
    pub fn step(mut self) -> CollectorStep<'a> {
        loop {
            while let Some(source) = self.next_source() {
                if let Some(request) = self.inquiries.prepare(&source) {
                    return CollectorStep::Ask(Box::new(PendingFetch { collector: self, source, request }));
                }
                if self.inquiries.state() == State::Ended {
                    return CollectorStep::Done(Box::new(self.finish()));
                }
            }
            if self.progress == Progress::None {
                return CollectorStep::Done(Box::new(self.finish()));
            }
            self.progress = Progress::None;
            self.plan = self.make_plan();
        }
    }

    fn next_source(&mut self) -> Option<Source> {
        while let Some(places) = self.plan.front_mut() {
            match places.pop_front() {
                Some(source) => return Some(source),
                None => self.plan.pop_front(),
            };
        }
        None
    }

    /// Takes what came.
    fn take(&mut self, source: &Source, request: &Request, answer: Result<Response, TransportError>) {
        let response = self.inquiries.receive(request, answer);
        let outcome = response.and_then(|response| Ok(self.keep(source, source.accept(&response)?)?));
        if outcome.is_ok() {
            self.outcome = None;
            self.progress = Progress::Some;
            // The rest of the places for this piece are asked only when it turns out not to help.
            self.plan.pop_front();
        }
        self.inquiries.note(source, outcome);
    }

    fn keep(&mut self, source: &Source, gained: Gained) -> Result<(), AnswerError> {
        match gained {
            Gained::Ocsp(answer) => self.evidence.add_ocsp(answer),
            Gained::Crl(list) => self.evidence.add_crl(list),
            Gained::Certificates(found) => {
                let issuers = issuers::above(source.about(), &found, self.at, &mut self.signatures);
                if issuers.is_empty() {
                    return Err(AnswerError::NoIssuer { found: found.len() });
                }
                issuers.into_iter().for_each(|issuer| self.evidence.add_certificate(issuer));
            }
        }
        Ok(())
    }

    /// Judges with what is at hand, and says where to ask for what is missing.
    fn make_plan(&mut self) -> VecDeque<VecDeque<Source>> {
        let verifier = self.verifier.clone().with_revocation(self.most());
        let certificate = self.certificate.clone();
        let outcome = self.judge(verifier, &certificate, self.at);
        let plan = match &outcome {
            Ok(_) => VecDeque::new(),
            Err(failure) => self.plan_for(failure, &mut Signers::default()),
        };
        if self.most() == self.verifier.revocation_policy() {
            self.outcome = Some(outcome);
        }
        plan
    }

    /// The most that the policy allows to ask for.
    fn most(&self) -> RevocationPolicy {
        match self.verifier.revocation_policy() {
            RevocationPolicy::NotChecked => RevocationPolicy::NotChecked,
            RevocationPolicy::Require | RevocationPolicy::WhenKnown => RevocationPolicy::Require,
        }
    }

    fn plan_for(&mut self, failure: &ChainFailure, seen: &mut Signers) -> VecDeque<VecDeque<Source>> {
        for missing in failure.paths().filter_map(missing::lacks_only_revocation).take(MOST_PATHS) {
            let plan = self.plan_of(missing, seen);
            if !plan.is_empty() {
                return plan;
            }
        }
        self.plan_of(failure.missing_issuers(), seen)
    }

    /// Places that were not asked yet for each missing piece.
    fn plan_of(&mut self, missing: Vec<Missing>, seen: &mut Signers) -> VecDeque<VecDeque<Source>> {
        let mut plan = VecDeque::new();
        for missing in missing {
            let sources = match &missing {
                Missing::Issuer { certificate } => sources::of_issuer(certificate),
                Missing::Revocation { certificate, issuer, because } => {
                    let not_allowed =
                        |fault: &EvidenceFault| matches!(fault, EvidenceFault::SignerNotAllowed { .. });
                    let mut sources = match because.iter().any(not_allowed) {
                        true => self.about_signers(certificate, issuer, seen),
                        false => Vec::new(),
                    };
                    sources.extend(sources::of_revocation(certificate, issuer, self.order, &self.evidence));
                    sources
                }
            };
            let open: VecDeque<_> =
                sources.into_iter().filter(|source| self.inquiries.is_open(source)).collect();
            if !open.is_empty() {
                plan.push_back(open);
            }
        }
        plan
    }

    /// Places that say whether those were revoked who signed the evidence at hand about the certificate. Asked first,
    /// because that evidence may be good otherwise.
    fn about_signers(
        &mut self,
        certificate: &Certificate,
        issuer: &Certificate,
        seen: &mut Signers,
    ) -> Vec<Source> {
        let responders = signers::unchecked_responders(certificate, issuer, &self.evidence);
        let mut found: Vec<_> = responders.iter().flat_map(sources::of_lists).collect();
        if seen.depth == DEEPEST_SIGNER {
            return found;
        }
        for (signer, signed_at) in signers::of_lists(certificate, issuer, &self.evidence) {
            if seen.signers.len() < DEEPEST_SIGNER && !seen.signers.contains(&signer) {
                seen.signers.push(signer.clone());
                let verifier = self.verifier.clone().with_revocation(self.most()).for_signers_of_lists();
                if let Err(failure) = self.judge(verifier, &signer, self.at.max(signed_at)) {
                    seen.depth += 1;
                    found.extend(self.plan_for(&failure, seen).into_iter().flatten());
                    seen.depth -= 1;
                }
            }
        }
        found
    }

    fn judge(
        &mut self,
        verifier: ChainVerifier<'_>,
        certificate: &Certificate,
        at: Timestamp,
    ) -> Result<VerifiedChain, ChainFailure> {
        let verifier = verifier.intermediates(&[]).evidence(&self.evidence);
        verifier.verify_remembering(certificate, at, &mut self.signatures)
    }

    fn finish(mut self) -> Collected {
        let outcome = self.outcome.take().unwrap_or_else(|| {
            let (verifier, certificate) = (self.verifier.clone(), self.certificate.clone());
            self.judge(verifier, &certificate, self.at)
        });
        let missing = match &outcome {
            Ok(chain) => chain.missing(),
            Err(failure) => failure.missing(),
        };
        Collected { evidence: self.evidence, outcome, missing, fetches: self.inquiries.into_fetches() }
    }
}

impl<'a> PendingFetch<'a> {
    /// What to send.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Goes on with what came.
    pub fn answer(self, answer: Result<Response, TransportError>) -> EvidenceCollector<'a> {
        let Self { mut collector, source, request } = self;
        collector.take(&source, &request, answer);
        collector
    }
}

/// Signers of lists that were judged in this round.
#[derive(Debug, Default)]
struct Signers {
    signers: Vec<Certificate>,
    depth: usize,
}
