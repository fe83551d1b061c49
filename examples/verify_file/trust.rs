//! Whom to trust, what is known, and when to judge.

use std::path::Path;

use chancery_ades::Policy;
use chancery_certificate::Certificate;
use chancery_chain::{Evidence, TrustAnchors};
use chancery_examples::{Failure, now};
use jiff::Timestamp;

use crate::arguments::Arguments;

/// By what signatures and timestamps are judged.
pub(crate) struct Judge {
    pub(crate) policy: Policy,
    pub(crate) at: Timestamp,
}

impl Judge {
    pub(crate) fn from(arguments: &Arguments) -> Result<Self, Failure> {
        let trust = arguments.trust.as_ref();
        let trust = trust.ok_or_else(|| Failure::usage("--trust is needed: the certificates to trust"))?;
        let mut policy = Policy::new(anchors(trust)?, arguments.revocation);
        if let Some(trust) = &arguments.trust_timestamps {
            policy = policy.timestamp_anchors(anchors(trust)?);
        }
        let mut evidence = Evidence::new();
        for path in &arguments.other {
            let certificates = Certificate::all_from_pem(&read(path)?);
            let certificates = certificates.map_err(|error| Failure::unreadable(path.display(), error))?;
            certificates.into_iter().for_each(|certificate| evidence.add_certificate(certificate));
        }
        for path in &arguments.crls {
            evidence.add_crl(read(path)?);
        }
        for path in &arguments.ocsp {
            evidence.add_ocsp(read(path)?);
        }
        let at = arguments.at.unwrap_or_else(now);
        Ok(Self { policy: policy.evidence(evidence), at })
    }
}

fn anchors(path: &Path) -> Result<TrustAnchors, Failure> {
    TrustAnchors::from_pem(&read(path)?).map_err(|error| Failure::unreadable(path.display(), error))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::unreadable(path.display(), error))
}
