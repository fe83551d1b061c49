//! What a collection of evidence brought.

use std::fmt;

use chancery_certificate::Certificate;

use crate::collector::fetch::Fetch;
use crate::evidence::Evidence;
use crate::evidence::missing::Missing;
use crate::path::failure::ChainFailure;
use crate::verified::VerifiedChain;

/// The end of a collection: the verdict, the evidence, and what was asked for it.
#[derive(Debug)]
pub struct Collected {
    pub(crate) evidence: Evidence,
    pub(crate) outcome: Result<VerifiedChain, ChainFailure>,
    pub(crate) missing: Vec<Missing>,
    pub(crate) fetches: Vec<Fetch>,
}

impl Collected {
    /// Everything that was at hand at the beginning and that came. What of it the verdict rests on, and what is
    /// therefore worth keeping, says [`VerifiedChain::evidence`].
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// The evidence, to keep.
    pub fn into_evidence(self) -> Evidence {
        self.evidence
    }

    /// The verdict with this evidence, under the revocation policy of the verifier.
    ///
    /// # Errors
    /// No chain holds.
    pub fn chain(&self) -> Result<&VerifiedChain, &ChainFailure> {
        self.outcome.as_ref()
    }

    /// The verdict, to keep.
    ///
    /// # Errors
    /// No chain holds.
    pub fn into_chain(self) -> Result<VerifiedChain, ChainFailure> {
        self.outcome
    }

    /// What is still missing before the certificate can be judged without a network, revocation included. It may be
    /// missing although a chain holds, when the policy does not ask for it.
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }

    /// Everything that was asked, in order, and what became of it.
    pub fn fetches(&self) -> &[Fetch] {
        &self.fetches
    }

    /// What was asked for this certificate.
    pub fn fetches_for(&self, certificate: &Certificate) -> impl Iterator<Item = &Fetch> {
        self.fetches.iter().filter(move |fetch| fetch.about().contains(certificate))
    }
}

/// The verdict in one sentence, and a line for everything that is missing and why it did not come.
impl fmt::Display for Collected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.outcome {
            Ok(chain) => write!(f, "trusted through {}", chain.anchor().certificate().display_name())?,
            Err(failure) => write!(f, "not trusted: {failure}")?,
        }
        for missing in &self.missing {
            write!(f, "\nmissing: {missing}")?;
            for fetch in self.fetches_for(missing.certificate()) {
                write!(f, "\n  {fetch}")?;
            }
        }
        Ok(())
    }
}
