//! The search for paths from a certificate up to a trust anchor.
//!
//! Depth first, best candidates first. Names decide who may be an issuer; key identifiers, validity and the
//! authority flag only decide the order. A signature that does not verify ends a branch at once, so the work is
//! bounded by pairs of certificates and not by the number of paths that names alone would allow. A certificate that
//! certainly cannot stand where it would is followed once, for the explanation, and never again; what is judged
//! beyond that is paid for by its bytes.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use chancery_certificate::{BasicConstraints, Certificate, GeneralName, PreparedName};
use chancery_key::lifetime::AlgorithmConstraints;
use jiff::Timestamp;

use crate::anchor::TrustAnchor;
use crate::path::budget::{Budget, Exhausted, Limits};
use crate::path::failure::{Anchored, ChainFailure, PathFailure};
use crate::path::fault::ChainFault;
use crate::path::pool::{Pool, same_key};
use crate::path::signature::{SignatureChecker, SignatureOutcome};
use crate::revocation::evidence_fault::EvidenceFault;
use crate::revocation::foundation::{Foundation, Piece};
use crate::revocation::integer::minimal;
use crate::revocation::statement;
use crate::settings::WeakAlgorithms;

/// Failed candidate paths that are kept for the explanation.
const KEPT_FAILURES: usize = 32;

/// What all searches of one verification share.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) budget: Budget,
    pub(crate) signatures: SignatureChecker,
    pub(crate) weak_algorithms: WeakAlgorithms,
    pub(crate) algorithms: AlgorithmConstraints,
    /// Evidence that was used although its algorithm was weak.
    pub(crate) weak_evidence: Vec<EvidenceFault>,
}

impl Work {
    pub(crate) fn new(
        limits: Limits,
        weak_algorithms: WeakAlgorithms,
        algorithms: AlgorithmConstraints,
    ) -> Self {
        Self {
            budget: Budget::new(limits),
            signatures: SignatureChecker::default(),
            weak_algorithms,
            algorithms,
            weak_evidence: Vec::new(),
        }
    }

    /// Refuses evidence with a weak algorithm, or notes it.
    pub(crate) fn weak_evidence(&mut self, fault: EvidenceFault) -> Result<(), EvidenceFault> {
        match self.weak_algorithms {
            WeakAlgorithms::Refuse => Err(fault),
            WeakAlgorithms::Report => {
                if !self.weak_evidence.contains(&fault) {
                    self.weak_evidence.push(fault);
                }
                Ok(())
            }
        }
    }
}

/// One certificate whose revocation is asked about, with those above it.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Question<'q> {
    pub(crate) certificate: &'q Certificate,
    pub(crate) issuer: &'q Certificate,
    /// The certificate that certified the issuer; the issuer itself when that is the anchor.
    pub(crate) above: &'q Certificate,
    /// Those from the issuer upwards without the anchor's.
    pub(crate) higher: &'q [&'q Certificate],
    pub(crate) anchor: &'q Certificate,
}

/// A path whose names chain and whose signatures verify; nothing else is judged yet.
#[derive(Copy, Clone, Debug)]
pub(crate) struct CandidatePath<'s, 'a> {
    /// The judged certificate first; empty when that is the anchor itself.
    pub(crate) links: &'s [&'a Certificate],
    pub(crate) anchor: &'a TrustAnchor,
}

impl<'s, 'a> CandidatePath<'s, 'a> {
    /// The judged certificate.
    pub(crate) fn target(&self) -> &'a Certificate {
        self.links.first().copied().unwrap_or_else(|| self.anchor.certificate())
    }

    /// All certificates, the anchor's last.
    pub(crate) fn certificates(&self) -> Vec<Certificate> {
        self.links.iter().copied().chain([self.anchor.certificate()]).cloned().collect()
    }

    /// The path as what a proof rests on, and until when its certificates are valid.
    pub(crate) fn foundation(&self) -> Foundation {
        let anchor = self.anchor.certificate();
        let anchor_ends = self.links.is_empty() || self.anchor.scope().binds_validity();
        let foundation = self.links.iter().fold(Foundation::default(), |foundation, link| {
            foundation.with(Piece::Certificate((*link).clone())).until(link.not_after())
        });
        let foundation = foundation.with(Piece::Certificate(anchor.clone()));
        let foundation = if anchor_ends { foundation.until(anchor.not_after()) } else { foundation };
        match self.anchor.constraints().trusted() {
            (_, Some(until)) => foundation.until(statement::last_moment_before(until)),
            (_, None) => foundation,
        }
    }

    /// What is asked of each certificate below the anchor.
    pub(crate) fn questions(&self) -> impl Iterator<Item = Question<'s>> + use<'s, 'a> {
        let anchor = self.anchor.certificate();
        let links: &'s [&'s Certificate] = self.links;
        let above = self.links.iter().copied().skip(2).chain([anchor, anchor]);
        self.pairs().zip(above).enumerate().map(move |(at, ((certificate, issuer), above))| {
            let higher = links.get(at + 1..).unwrap_or_default();
            Question { certificate, issuer, above, higher, anchor }
        })
    }

    /// Each certificate below the anchor with the certificate that issued it.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&'a Certificate, &'a Certificate)> + use<'s, 'a> {
        let anchor = self.anchor.certificate();
        let issuers = self.links.iter().copied().skip(1).chain([anchor]);
        self.links.iter().copied().zip(issuers)
    }
}

/// Judges a candidate path: the result of the search, or everything that is wrong with it.
pub(crate) type Judge<'j, 'a, T> =
    dyn FnMut(CandidatePath<'_, 'a>, &mut Work) -> Result<T, Vec<ChainFault>> + 'j;

/// The first candidate path that `judge` accepts.
pub(crate) fn search<'a, T>(
    target: &'a Certificate,
    at: Timestamp,
    pool: &Pool<'a>,
    work: &mut Work,
    judge: &mut Judge<'_, 'a, T>,
) -> Result<T, ChainFailure> {
    let mut search = Search {
        at,
        pool,
        work,
        judge,
        path: vec![target],
        failures: Vec::new(),
        distances: None,
        explained: HashSet::new(),
    };
    let found = match search.extend() {
        Ok(found) => found,
        Err(exhausted) => {
            // That the search was ended must be said, however many failures are kept.
            search.failures.sort_by_key(PathFailure::rank);
            search.failures.truncate(KEPT_FAILURES - 1);
            search.fail(Anchored::No, vec![exhausted.into()]);
            None
        }
    };
    let mut failures = search.failures;
    found.ok_or_else(|| {
        let first = if failures.is_empty() {
            let fault =
                ChainFault::NoPath { certificate: target.clone(), issuer: target.issuer().to_string() };
            PathFailure::new(vec![target.clone()], Anchored::No, fault, Vec::new())
        } else {
            failures.remove(0)
        };
        ChainFailure::new(first, failures)
    })
}

struct Search<'s, 'j, 'a, T> {
    at: Timestamp,
    pool: &'s Pool<'a>,
    work: &'s mut Work,
    judge: &'s mut Judge<'j, 'a, T>,
    path: Vec<&'a Certificate>,
    failures: Vec<PathFailure>,
    /// How far each name is from an anchor, once there is a choice to make.
    distances: Option<HashMap<&'a PreparedName, usize>>,
    /// Certificates that could not stand where they did and were followed all the same, so that this is said.
    explained: HashSet<&'a Certificate>,
}

/// How well a certificate fits as the issuer of another, better first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fitness {
    key_identifier: KeyIdentifier,
    validity: Fit,
    authority: Fit,
    /// The certificate itself is named by issuer and serial number.
    named: Fit,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum KeyIdentifier {
    Same,
    NotSaid,
    Different,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Good,
    Bad,
}

impl<'a, T> Search<'_, '_, 'a, T> {
    /// Tries every issuer of the last certificate of the path.
    fn extend(&mut self) -> Result<Option<T>, Exhausted> {
        let Some(current) = self.path.last().copied() else { return Ok(None) };
        let mut issuers_known = false;

        // The same certificate may be trusted more than once, for different things.
        let pool = self.pool;
        for anchor in pool.anchors_of(current) {
            issuers_known = true;
            if let Some(found) = self.judge_path(self.path.len() - 1, anchor)? {
                return Ok(Some(found));
            }
        }
        for anchor in self.issuing_anchors(current)? {
            issuers_known = true;
            let found = match self.signature(current, anchor.certificate())? {
                Ok(()) => self.judge_path(self.path.len(), anchor)?,
                Err(fault) => self.fail_with(anchor.certificate(), fault),
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        for issuer in self.issuing_certificates(current)? {
            issuers_known = true;
            if self.path.len() > self.work.budget.intermediates() {
                let allowed = self.work.budget.intermediates();
                self.fail(Anchored::No, vec![ChainFault::TooDeep { certificate: current.clone(), allowed }]);
                break;
            }
            let found = match self.signature(current, issuer)? {
                Ok(()) if self.is_hopeless(issuer) && !self.explained.insert(issuer) => None,
                Ok(()) => {
                    self.path.push(issuer);
                    let found = self.extend()?;
                    self.path.pop();
                    found
                }
                Err(fault) => self.fail_with(issuer, fault),
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        if !issuers_known {
            let fault =
                ChainFault::NoPath { certificate: current.clone(), issuer: current.issuer().to_string() };
            self.fail(Anchored::No, vec![fault]);
        }
        Ok(None)
    }

    fn issuing_anchors(&mut self, current: &Certificate) -> Result<Vec<&'a TrustAnchor>, Exhausted> {
        // The certificate is not its own issuer: that it is an anchor was tried already.
        let named = self.pool.anchors(current.issuer()).iter().copied();
        let mut issuers: Vec<_> = named.filter(|anchor| anchor.certificate() != current).collect();
        issuers.iter().try_for_each(|_| self.work.budget.step())?;
        issuers.sort_by_cached_key(|anchor| fitness(current, anchor.certificate(), self.at));
        Ok(issuers)
    }

    fn issuing_certificates(&mut self, current: &Certificate) -> Result<Vec<&'a Certificate>, Exhausted> {
        let pool = self.pool;
        let named: Vec<_> = pool.certificates(current.issuer()).collect();
        named.iter().try_for_each(|_| self.work.budget.step())?;
        let mut issuers: Vec<_> = named.into_iter().filter(|candidate| !self.would_loop(candidate)).collect();
        if issuers.len() > 1 {
            let distances = self.distances.get_or_insert_with(|| pool.distances());
            issuers.sort_by_cached_key(|candidate| {
                let to_an_anchor =
                    distances.get(candidate.issuer().prepared()).copied().unwrap_or(usize::MAX);
                (fitness(current, candidate, self.at), to_an_anchor, Reverse(candidate.not_after()))
            });
        }
        Ok(issuers)
    }

    /// A name with a key that the path has already, or an anchor's own certificate, leads nowhere new
    /// (RFC 4158 §2.4.2); unless what that anchor is trusted for is constrained and another anchor stands above it.
    fn would_loop(&self, candidate: &Certificate) -> bool {
        self.path.iter().any(|known| same_key(known, candidate))
            || self.pool.anchors_of(candidate).any(|anchor| anchor.constraints().are_none())
    }

    fn signature(
        &mut self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Result<Result<(), ChainFault>, Exhausted> {
        let outcome = self.work.signatures.certificate(certificate, issuer, &mut self.work.budget)?;
        let certificate = certificate.clone();
        Ok(match outcome {
            SignatureOutcome::Right => Ok(()),
            SignatureOutcome::Wrong => Err(ChainFault::BadSignature { certificate, issuer: issuer.clone() }),
            SignatureOutcome::Unsupported { algorithm } => {
                Err(ChainFault::UnsupportedAlgorithm { certificate, algorithm })
            }
            SignatureOutcome::Malformed { reason } => Err(ChainFault::Malformed { certificate, reason }),
        })
    }

    /// Whether every path through this issuer of the last certificate breaks a rule, whatever stands above it: it is
    /// no authority, or allows fewer authorities below it than there are (RFC 5280 §6.1.4 (k) and (m)). An anchor of
    /// the same certificate was tried before.
    fn is_hopeless(&self, issuer: &Certificate) -> bool {
        let Ok(Some(BasicConstraints { authority: true, path_length, .. })) = issuer.basic_constraints()
        else {
            return true;
        };
        let below = self.path.iter().skip(1).filter(|certificate| !certificate.is_self_issued()).count();
        let below = u64::try_from(below).unwrap_or(u64::MAX);
        path_length.is_some_and(|allowed| below > allowed)
    }

    fn judge_path(&mut self, links: usize, anchor: &'a TrustAnchor) -> Result<Option<T>, Exhausted> {
        let candidate = CandidatePath { links: &self.path[..links], anchor };
        let certificates = candidate.links.iter().copied().chain([anchor.certificate()]);
        let bytes = certificates.map(|certificate| certificate.to_der().len()).sum();
        self.work.budget.judged_path(bytes)?;
        Ok(match (self.judge)(candidate, self.work) {
            Ok(found) => Some(found),
            Err(faults) => {
                let certificates = candidate.certificates();
                self.keep(certificates, Anchored::Yes, faults);
                None
            }
        })
    }

    fn fail_with(&mut self, issuer: &Certificate, fault: ChainFault) -> Option<T> {
        let certificates = self.path.iter().copied().chain([issuer]).cloned().collect();
        self.keep(certificates, Anchored::No, vec![fault]);
        None
    }

    fn fail(&mut self, anchored: Anchored, faults: Vec<ChainFault>) {
        let certificates = self.path.iter().copied().cloned().collect();
        self.keep(certificates, anchored, faults);
    }

    fn keep(&mut self, certificates: Vec<Certificate>, anchored: Anchored, mut faults: Vec<ChainFault>) {
        if faults.is_empty() {
            return;
        }
        let first = faults.remove(0);
        let failure = PathFailure::new(certificates, anchored, first, faults);
        if self.failures.len() < KEPT_FAILURES {
            self.failures.push(failure);
            return;
        }
        // Among too many the most telling are kept.
        let worst = self.failures.iter_mut().max_by_key(|kept| kept.rank());
        if let Some(worst) = worst.filter(|worst| failure.rank() < worst.rank()) {
            *worst = failure;
        }
    }
}

impl From<Exhausted> for ChainFault {
    fn from(exhausted: Exhausted) -> Self {
        Self::BudgetExceeded { what: exhausted.what, allowed: exhausted.allowed }
    }
}

impl From<Exhausted> for EvidenceFault {
    fn from(exhausted: Exhausted) -> Self {
        Self::BudgetExceeded { what: exhausted.what, allowed: exhausted.allowed }
    }
}

pub(crate) fn fitness(certificate: &Certificate, issuer: &Certificate, at: Timestamp) -> Fitness {
    // Hints only: what cannot be read says nothing here.
    let hint = certificate.authority_key_identifier().ok().flatten().unwrap_or_default();
    let named = hint.serial.as_deref().is_some_and(|serial| minimal(serial) == minimal(issuer.serial()))
        && hint
            .issuer
            .iter()
            .any(|name| matches!(name, GeneralName::Directory(name) if name.matches(issuer.issuer())));
    let wanted = hint.key_identifier;
    let offered = issuer.subject_key_identifier().ok().flatten();
    let key_identifier = match (wanted, offered) {
        (Some(wanted), Some(offered)) if wanted == offered => KeyIdentifier::Same,
        (Some(_), Some(_)) => KeyIdentifier::Different,
        _ => KeyIdentifier::NotSaid,
    };
    let valid = issuer.not_before() <= at && at <= issuer.not_after();
    let authority =
        issuer.basic_constraints().ok().flatten().is_some_and(|constraints| constraints.authority);
    Fitness { key_identifier, validity: fit(valid), authority: fit(authority), named: fit(named) }
}

fn fit(good: bool) -> Fit {
    if good { Fit::Good } else { Fit::Bad }
}
