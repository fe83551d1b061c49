//! What is asked of the chain of a seal's certificate.

use chancery_certificate::Certificate;
use chancery_chain::{Purpose, RevocationStatus, VerifiedChain};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::policy::{RevocationDemand, SealPolicy};

/// Why a verified chain does not do for a seal now.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChainUnfit {
    /// It was verified too long ago, or for the future.
    #[error("the chain was verified at {at}, which is not within the time that counts before {now}")]
    Stale {
        /// When.
        at: Timestamp,
        /// The time of the use.
        now: Timestamp,
    },
    /// It does not hold any more, or the certificate has expired since.
    #[error("the chain held until {until}")]
    Ended {
        /// Until when.
        until: Timestamp,
    },
    /// It was not verified for signing documents.
    #[error("the chain was not verified for signing documents")]
    Purpose,
    /// Of a certificate in it, revocation is not known, or it was revoked since.
    #[error("the revocation of certificate {position} of the chain is not known to be absent")]
    Revocation {
        /// Which, from 0, the seal's own first.
        position: usize,
    },
}

/// Everything that is wrong with it.
pub(crate) fn unfit(chain: &VerifiedChain, policy: &SealPolicy, now: Timestamp) -> Vec<ChainUnfit> {
    let mut found = Vec::new();
    let at = chain.at();
    if !clock::is_fresh(at, policy.chain_age, now) {
        found.push(ChainUnfit::Stale { at, now });
    }
    if chain.purpose() != Purpose::DocumentSigning {
        found.push(ChainUnfit::Purpose);
    }
    let expired = chain.certificates().iter().map(Certificate::not_after).find(|end| *end <= now);
    if let Some(until) = expired {
        found.push(ChainUnfit::Ended { until });
    }
    match policy.revocation {
        RevocationDemand::NotAsked => {}
        RevocationDemand::Known => {
            for (position, status) in chain.revocation().iter().enumerate() {
                match status {
                    RevocationStatus::Good(_)
                    | RevocationStatus::NotAvailable(_)
                    | RevocationStatus::Anchor => {}
                    // Also what is unknown to this version: fail closed.
                    _ => found.push(ChainUnfit::Revocation { position }),
                }
            }
            if let Some(until) = chain.holds_until().filter(|until| *until <= now) {
                found.push(ChainUnfit::Ended { until });
            }
        }
    }
    found
}
