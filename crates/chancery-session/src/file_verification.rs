//! Verifying the signatures beside a file.

use chancery_ades::{Report, SignatureReport};
use chancery_cades::CadesVerifier;
use chancery_cms::{SignedMessage, SignerInfo};
use chancery_digest::Source;

use crate::base::SignedFile;
use crate::error::SessionError;
use crate::verification::{Judge, is_worse, shown};

/// A signer with what was found about it.
pub(crate) struct JudgedSigner<'m> {
    pub(crate) signer: &'m SignerInfo,
    pub(crate) report: SignatureReport,
}

/// Which bytes of a signer must stay as they were.
#[derive(Clone, Copy)]
pub(crate) enum Stays {
    /// All of them: somebody else has signed beside it.
    Whole,
    /// What it signed, and its value. Timestamps and evidence may be added to it.
    Signed,
}

impl Judge<'_> {
    /// The signers that are new beside a file, after the others were found there as they were, standing no worse.
    pub(crate) fn beside<'m>(
        self,
        file: &SignedFile,
        whole: &'m SignedMessage,
        stays: Stays,
    ) -> Result<Vec<JudgedSigner<'m>>, SessionError> {
        let mut now = self.signers(whole, &*file.bytes)?;
        let before = match &file.signatures {
            Some(message) => self.signers(message, &*file.bytes)?,
            None => Vec::new(),
        };
        for earlier in before {
            let place = now.iter().position(|later| is_same(earlier.signer, later.signer, stays));
            let Some(place) = place else {
                return Err(SessionError::EarlierHarmed {
                    which: shown(&earlier.report),
                    why: "it is gone".into(),
                });
            };
            let later = now.swap_remove(place);
            if is_worse(&earlier.report, &later.report) {
                let why = later.report.verdict().to_string();
                return Err(SessionError::EarlierHarmed { which: shown(&later.report), why });
            }
        }
        Ok(now)
    }

    fn signers<'m>(
        self,
        message: &'m SignedMessage,
        file: &dyn Source,
    ) -> Result<Vec<JudgedSigner<'m>>, SessionError> {
        let report =
            CadesVerifier::new(self.policy).verify_detached_at(message.to_bytes(), file, self.now)?;
        let judged = message.signers().iter().enumerate();
        judged.map(|(n, signer)| Ok(JudgedSigner { signer, report: of(&report, n)? })).collect()
    }
}

/// The report on a signer; those on counter-signatures, which have names of their own, are passed over.
fn of(report: &Report, number: usize) -> Result<SignatureReport, SessionError> {
    let name = format!("signature {}", number.saturating_add(1));
    let found = report.signatures().iter().find(|report| report.name() == name);
    found.cloned().ok_or(SessionError::NotOneSignature { why: "a signer of it was not judged" })
}

fn is_same(earlier: &SignerInfo, later: &SignerInfo, stays: Stays) -> bool {
    match stays {
        Stays::Whole => earlier.to_bytes() == later.to_bytes(),
        Stays::Signed => {
            earlier.identifier() == later.identifier()
                && earlier.signature() == later.signature()
                && earlier.signed_attributes_der() == later.signed_attributes_der()
        }
    }
}
