//! Goes down a path from its anchor, and lowers the control time at each certificate (ETSI EN 319 102-1, 5.6.2.2).

use chancery_certificate::Certificate;
use chancery_key::ParameterReading;
use chancery_key::lifetime::AlgorithmConstraints;
use jiff::Timestamp;

use crate::anchor::TrustAnchor;
use crate::past::control::{ControlLimit, ControlTime, Unproven};
use crate::past::proofs::ProofsOfExistence;
use crate::past::settle::Lowered;
use crate::path::build::Question;
use crate::path::fault::ChainFault;
use crate::path::signature;
use crate::revocation::evidence_fault::EvidenceFault;
use crate::revocation::foundation::WeakFrom;
use crate::revocation::statement::{View, last_moment_before};
use crate::settings::WeakAlgorithms;
use crate::verified::RevocationStatus;

/// The control time on the way down.
#[derive(Debug)]
pub(crate) struct Slide<'p> {
    proofs: &'p ProofsOfExistence,
    control: ControlTime,
    /// The last moment before somebody above was revoked, or an algorithm above was broken. What is of later may be
    /// anybody's. What is of before then but after the control time is by those that should have made it, as far as is
    /// known.
    undisputed: Timestamp,
}

impl<'p> Slide<'p> {
    /// At the anchor: the present, or the end of trust in it.
    pub(crate) fn from(anchor: &TrustAnchor, proofs: &'p ProofsOfExistence) -> Self {
        let present = ControlTime { time: proofs.present(), limit: ControlLimit::Present };
        let mut slide = Self { proofs, control: present, undisputed: Timestamp::MAX };
        let certificate = anchor.certificate();
        if let (_, Some(until)) = anchor.constraints().trusted() {
            let limit = ControlLimit::AnchorNoLongerTrusted { anchor: certificate.clone(), until };
            slide.lower(last_moment_before(until), limit);
        }
        if anchor.scope().binds_validity() {
            slide.expire(certificate);
        }
        slide
    }

    /// How the moment in question is looked at for the next certificate.
    pub(crate) fn view(&self) -> View {
        View::Past { heard_until: self.undisputed }
    }

    /// The control time so far.
    pub(crate) fn time(&self) -> Timestamp {
        self.control.time
    }

    /// The control time at the end.
    pub(crate) fn into_control(self) -> ControlTime {
        self.control
    }

    /// That the certificate exists no longer than it could be forged, if it does not: it is proven to be of a time at
    /// which everything above could be relied on.
    pub(crate) fn certificate(&self, certificate: &Certificate) -> Option<ChainFault> {
        self.require(certificate, &self.control)
    }

    fn require(&self, certificate: &Certificate, needed_by: &ControlTime) -> Option<ChainFault> {
        let proven = self.proofs.earliest_of_certificate(certificate);
        (proven > needed_by.time).then(|| ChainFault::NoProof {
            certificate: certificate.clone(),
            what: Unproven::Certificate,
            proven,
            needed_by: Box::new(needed_by.clone()),
        })
    }

    /// Lowers the control time by what is known of the certificate.
    pub(crate) fn lower_by(&mut self, certificate: &Certificate, limits: Vec<(Timestamp, Lowered)>) {
        for (last, lowered) in limits {
            let certificate = certificate.clone();
            let limit = match lowered {
                Lowered::Revoked { since, reason } => ControlLimit::Revoked { certificate, since, reason },
                Lowered::Outdated { kind, this_update } => {
                    ControlLimit::Outdated { certificate, kind, this_update }
                }
                Lowered::Weak { kind, this_update, weak: WeakFrom { from, .. } } => {
                    ControlLimit::WeakEvidence { certificate, kind, this_update, until: from }
                }
            };
            self.lower(last, limit);
        }
    }

    /// Lowers the control time by the algorithm of the signature on the certificate, and by the end of the certificate
    /// if it is an authority's. What is too weak already when the certificate is proven to exist is a fault.
    pub(crate) fn pass(
        &mut self,
        question: Question<'_>,
        status: Option<&RevocationStatus>,
        (weak_algorithms, algorithms): (WeakAlgorithms, AlgorithmConstraints),
        authority: Authority,
    ) -> Option<ChainFault> {
        let Question { certificate, issuer, .. } = question;
        let mut fault = None;
        let algorithm = certificate.signature_algorithm();
        let weak = signature::weak_from(algorithms, issuer, &algorithm, ParameterReading::Strict);
        if let Some(WeakFrom { from, algorithm }) = weak.filter(|_| weak_algorithms == WeakAlgorithms::Refuse)
        {
            let limit =
                ControlLimit::WeakAlgorithm { certificate: certificate.clone(), algorithm, until: from };
            let end = ControlTime { time: last_moment_before(from), limit };
            fault = self.require(certificate, &end);
            self.lower(end.time, end.limit);
        }
        // Only what was issued after the end and still speaks of the certificate says that nothing happened since.
        let vouched = match status {
            Some(RevocationStatus::Good(evidence)) => evidence.this_update > certificate.not_after(),
            _ => false,
        };
        if authority == Authority::Yes && !vouched {
            self.expire(certificate);
        }
        fault
    }

    fn expire(&mut self, certificate: &Certificate) {
        let not_after = certificate.not_after();
        self.lower(not_after, ControlLimit::Expired { certificate: certificate.clone(), not_after });
    }

    fn lower(&mut self, time: Timestamp, limit: ControlLimit) {
        if limit.is_dispute() {
            self.undisputed = self.undisputed.min(time);
        }
        if time < self.control.time {
            self.control = ControlTime { time, limit };
        }
    }

    /// Says that a proof is missing where nothing else is.
    pub(crate) fn explain(&self, fault: ChainFault) -> ChainFault {
        let ChainFault::RevocationUnknown { certificate, because, .. } = &fault else { return fault };
        let unproven = because.iter().filter_map(|why| match why {
            EvidenceFault::NotProven { kind, this_update, proven, .. } => {
                Some((proven, Unproven::Evidence { kind: *kind, this_update: *this_update }))
            }
            _ => None,
        });
        match unproven.min_by_key(|(proven, _)| **proven) {
            Some((proven, what)) => ChainFault::NoProof {
                certificate: certificate.clone(),
                what,
                proven: *proven,
                needed_by: Box::new(self.control.clone()),
            },
            None => fault,
        }
    }

    /// That the moment in question lies after the control time, where no other fault says so.
    pub(crate) fn judge(&self, certificate: &Certificate, at: Timestamp) -> Option<ChainFault> {
        (at > self.control.time).then(|| ChainFault::NoProof {
            certificate: certificate.clone(),
            what: Unproven::Signature,
            proven: at,
            needed_by: Box::new(self.control.clone()),
        })
    }
}

/// Whether a certificate issued the next one of its path.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Authority {
    Yes,
    No,
}
