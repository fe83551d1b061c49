//! Why something did not pass, with everything that a report says of it.

use chancery_chain::ChainFailure;

use crate::Verdict;
use crate::faults::Meaning;

/// Why a path, and what was signed with its certificate, is not good.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) meaning: Meaning,
    /// What is wrong, as a sentence.
    pub(crate) text: String,
    /// What would help, as a sentence.
    pub(crate) help: Option<String>,
    /// The path at the present, which tells the most.
    pub(crate) failure: Option<ChainFailure>,
    /// Why it is not good in retrospect either, if that was asked.
    pub(crate) past: Option<ChainFailure>,
}

impl Refusal {
    pub(crate) fn verdict(&self) -> Verdict {
        self.meaning.verdict(self.text.clone()).with_help(self.help.clone())
    }
}
