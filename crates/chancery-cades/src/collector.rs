//! Bringing the evidence for the long term together, over any network.

use std::collections::VecDeque;

use chancery_chain::{
    ChainVerifier, Collected, CollectorLimits, CollectorStep, Evidence, EvidenceCollector, Freshness,
    PendingFetch, Purpose, SourceOrder, VerifiedChain,
};
use chancery_http::{AddressRule, AsyncTransport, Request, Response, Transport, TransportError};
use jiff::Timestamp;

use crate::error::CadesError;
use crate::long_term::LongTermEvidence;
use crate::needed::{Holder, NeededChain};
use crate::signature::CadesSignature;

/// Collects what [`CadesSignature::preserve`] needs: for the signer and for every timestamp that no archive timestamp
/// covers yet the certificates, CRLs and OCSP answers of their chains.
///
/// As [`EvidenceCollector`], which does it for one certificate, it knows no network and no clock:
/// [`step`](Self::step) gives the next request, or the end. [`collect`](Self::collect) and
/// [`collect_async`](Self::collect_async) do all steps over a transport, and ask the same in the same order.
#[derive(Debug)]
pub struct LongTermCollector<'a> {
    signers: ChainVerifier<'a>,
    timestamps: ChainVerifier<'a>,
    now: Timestamp,
    order: SourceOrder,
    limits: Option<CollectorLimits>,
    allowed: Vec<AddressRule>,
    /// What is known: what the message carries, and what was found for others.
    known: Evidence,
    needed: VecDeque<NeededChain>,
    /// The chain that is being collected.
    current: Option<(NeededChain, EvidenceCollector<'a>)>,
    chains: Vec<VerifiedChain>,
}

/// What comes next.
#[derive(Debug)]
#[must_use]
pub enum LongTermStep<'a> {
    /// A request has to be sent.
    Ask(Box<PendingLongTermFetch<'a>>),
    /// It is over.
    Done(Result<LongTermEvidence, CadesError>),
}

/// A collector that waits for the answer to a request.
#[derive(Debug)]
#[must_use]
pub struct PendingLongTermFetch<'a> {
    collector: LongTermCollector<'a>,
    needed: NeededChain,
    fetch: Box<PendingFetch<'a>>,
}

impl<'a> LongTermCollector<'a> {
    /// Collects for this signature, by these verifiers of signers and of timestamps. Each has its trust anchors and what
    /// it asks of revocation; anything less than [`RevocationPolicy::Require`](chancery_chain::RevocationPolicy::Require)
    /// is raised to that.
    ///
    /// The signer's certificate must have been good at the time of the signature's timestamp; the timestamps' are judged
    /// at `now`. What was issued since these times is asked for first, because older CRLs and OCSP answers cannot know what
    /// happened until then; where there is nothing newer, older evidence counts as far as the
    /// [`Freshness`] of the verifiers says, and [`LongTermEvidence::older`] tells it.
    ///
    /// # Errors
    /// The signature has no timestamp that covers it, or does not hold.
    pub fn new(
        signature: &CadesSignature,
        signers: &ChainVerifier<'a>,
        timestamps: &ChainVerifier<'a>,
        now: Timestamp,
    ) -> Result<Self, CadesError> {
        let foundation = signature.foundation()?;
        let (needed, known) = (foundation.needed.clone(), foundation.carried.clone());
        Ok(Self::of_chains(needed, known, signers, timestamps, now))
    }

    /// Collects for these chains, knowing this much: for formats that keep evidence elsewhere than in the message, such
    /// as PDF. The rest is as for [`new`](Self::new).
    #[must_use]
    pub fn of_chains(
        needed: Vec<NeededChain>,
        known: Evidence,
        signers: &ChainVerifier<'a>,
        timestamps: &ChainVerifier<'a>,
        now: Timestamp,
    ) -> Self {
        use chancery_chain::RevocationPolicy::Require;
        Self {
            signers: signers.clone().with_revocation(Require),
            timestamps: timestamps.clone().for_purpose(Purpose::Timestamping).with_revocation(Require),
            now,
            order: SourceOrder::default(),
            limits: None,
            allowed: Vec::new(),
            known,
            needed: needed.into(),
            current: None,
            chains: Vec::new(),
        }
    }

    /// Asks CRLs before OCSP responders, or after them.
    #[must_use]
    pub fn order(self, order: SourceOrder) -> Self {
        Self { order, ..self }
    }

    /// Asks more or less of the network, for each certificate.
    #[must_use]
    pub fn limits(self, limits: CollectorLimits) -> Self {
        Self { limits: Some(limits), ..self }
    }

    /// Also asks at URLs that name such an address themselves: see [`EvidenceCollector::allow`].
    #[must_use]
    pub fn allow(mut self, rule: AddressRule) -> Self {
        self.allowed.push(rule);
        self
    }

    /// Does all steps over this transport.
    ///
    /// # Errors
    /// A chain does not hold, or something about it cannot be had: the error says what.
    pub fn collect(self, transport: &(impl Transport + ?Sized)) -> Result<LongTermEvidence, CadesError> {
        let mut step = self.step();
        loop {
            step = match step {
                LongTermStep::Ask(pending) => {
                    let answer = transport.send(pending.request());
                    pending.answer(answer).step()
                }
                LongTermStep::Done(outcome) => return outcome,
            }
        }
    }

    /// Does all steps over this transport, one after the other.
    ///
    /// # Errors
    /// As for [`collect`](Self::collect).
    pub async fn collect_async(
        self,
        transport: &(impl AsyncTransport + ?Sized),
    ) -> Result<LongTermEvidence, CadesError> {
        let mut step = self.step();
        loop {
            step = match step {
                LongTermStep::Ask(pending) => {
                    let answer = transport.send(pending.request()).await;
                    pending.answer(answer).step()
                }
                LongTermStep::Done(outcome) => return outcome,
            }
        }
    }

    /// The next request, or the end.
    pub fn step(mut self) -> LongTermStep<'a> {
        loop {
            let (needed, collector) = match self.current.take() {
                Some(current) => current,
                None => match self.needed.pop_front() {
                    Some(needed) => {
                        let collector = self.collector_for(&needed);
                        (needed, collector)
                    }
                    None => {
                        let evidence = LongTermEvidence::new(self.chains);
                        return LongTermStep::Done(Ok(evidence.gathered_at(self.now)));
                    }
                },
            };
            match collector.step() {
                CollectorStep::Ask(fetch) => {
                    let pending = PendingLongTermFetch { collector: self, needed, fetch };
                    return LongTermStep::Ask(Box::new(pending));
                }
                CollectorStep::Done(collected) => {
                    if let Err(error) = self.take(&needed, *collected) {
                        return LongTermStep::Done(Err(error));
                    }
                }
            }
        }
    }

    fn verifier_for(&self, needed: &NeededChain) -> &ChainVerifier<'a> {
        match needed.holder {
            Holder::Signer => &self.signers,
            Holder::Timestamp(_) => &self.timestamps,
        }
    }

    /// When the certificate must be good. Of a rough clock's time something may be left today.
    fn moment_of(&self, needed: &NeededChain) -> Timestamp {
        needed.at.map_or(self.now, |at| at.min(self.now))
    }

    /// Asks for what was issued since the timestamp.
    fn collector_for(&self, needed: &NeededChain) -> EvidenceCollector<'a> {
        let at = self.moment_of(needed);
        let since = needed.since.min(at);
        let fresh = Freshness::until_next_update().maximum_age(at.duration_since(since));
        let verifier = self.verifier_for(needed).clone().freshness(fresh);
        let collector = EvidenceCollector::new(&verifier, &needed.certificate, at);
        let collector = collector.knowing(self.known.clone()).order(self.order);
        let collector = match self.limits {
            Some(limits) => collector.limits(limits),
            None => collector,
        };
        self.allowed.iter().fold(collector, |collector, &rule| collector.allow(rule))
    }

    fn take(&mut self, needed: &NeededChain, collected: Collected) -> Result<(), CadesError> {
        let missing = collected.missing().to_vec();
        self.known.extend(collected.evidence().clone());
        let refuse = |failure| CadesError::ChainNotValid {
            of: needed.holder.to_string(),
            failure: Box::new(failure),
            missing,
        };
        let chain = match collected.into_chain() {
            Ok(chain) => chain,
            // Nothing that recent is to be had: what is older counts as far as the verifier says.
            Err(_) => {
                let verifier = self.verifier_for(needed).clone().evidence(&self.known);
                let at = self.moment_of(needed);
                verifier.verify_at(&needed.certificate, at).map_err(refuse)?
            }
        };
        self.chains.push(chain);
        Ok(())
    }
}

impl<'a> PendingLongTermFetch<'a> {
    /// What to send.
    #[must_use]
    pub fn request(&self) -> &Request {
        self.fetch.request()
    }

    /// Goes on with what came.
    #[must_use]
    pub fn answer(self, answer: Result<Response, TransportError>) -> LongTermCollector<'a> {
        let Self { mut collector, needed, fetch } = self;
        collector.current = Some((needed, fetch.answer(answer)));
        collector
    }
}
