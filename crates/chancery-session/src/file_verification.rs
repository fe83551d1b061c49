//! Verifying the signatures beside a file.

use std::collections::BTreeMap;

use chancery_ades::SignatureReport;
use chancery_cades::CadesVerifier;
use chancery_cms::{SignedMessage, SignerInfo};
use chancery_digest::Source;

use crate::base::SignedFile;
use crate::error::SessionError;
use crate::verification::{Judge, is_seal, is_worse, shown};

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
        let (mut now, counter_signed) = self.signers(whole, &*file.bytes)?;
        let before = match &file.signatures {
            Some(message) => self.signers(message, &*file.bytes)?.0,
            None => Vec::new(),
        };
        // Nobody counter-signs in a turn, so whoever does is new.
        counter_signed.iter().try_for_each(is_seal)?;
        if let Some(message) = &file.signatures {
            holds_all(message, whole)?;
        }
        for earlier in before {
            let place = now.iter().position(|later| is_same(earlier.signer, later.signer, stays));
            let Some(place) = place else {
                return Err(SessionError::EarlierHarmed {
                    which: shown(&earlier.report),
                    why: "it is gone".into(),
                });
            };
            let later = now.swap_remove(place);
            if !keeps(earlier.signer, later.signer) {
                let why = "a timestamp, or what else stood beside it, is gone".into();
                return Err(SessionError::EarlierHarmed { which: shown(&later.report), why });
            }
            if is_worse(&earlier.report, &later.report) {
                let why = later.report.verdict().to_string();
                return Err(SessionError::EarlierHarmed { which: shown(&later.report), why });
            }
        }
        Ok(now)
    }

    /// Each signer with its report; and the reports on counter-signatures.
    fn signers<'m>(
        self,
        message: &'m SignedMessage,
        file: &dyn Source,
    ) -> Result<(Vec<JudgedSigner<'m>>, Vec<SignatureReport>), SessionError> {
        let verifier = CadesVerifier::new(self.policy);
        let report = verifier.verify_detached_at(message.to_bytes(), file, self.now)?;
        let named = report.signatures().iter().map(|report| (report.name().to_owned(), report.clone()));
        let mut reports: BTreeMap<String, SignatureReport> = named.collect();
        let mut judged = Vec::new();
        for (n, signer) in message.signers().iter().enumerate() {
            let report = reports.remove(&format!("signature {}", n.saturating_add(1)));
            let report =
                report.ok_or(SessionError::NotOneSignature { why: "a signer of it was not judged" })?;
            judged.push(JudgedSigner { signer, report });
        }
        Ok((judged, reports.into_values().collect()))
    }
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

/// Whether nothing that stood beside a signature is gone.
fn keeps(earlier: &SignerInfo, later: &SignerInfo) -> bool {
    let now = later.unsigned_attributes();
    earlier.unsigned_attributes().iter().all(|attribute| {
        let found: Vec<&[u8]> = now.values(attribute.oid()).collect();
        attribute.values().iter().all(|value| found.contains(&value.as_ref()))
    })
}

/// The certificates and lists by which the signatures were judged are still there.
fn holds_all(base: &SignedMessage, whole: &SignedMessage) -> Result<(), SessionError> {
    let certificates = base.certificates().iter().all(|one| whole.certificates().contains(one));
    let lists = base.crls().iter().all(|one| whole.crls().contains(one));
    let others = base.other_revocations().iter().all(|one| whole.other_revocations().contains(one));
    if certificates && lists && others {
        return Ok(());
    }
    let why = "a certificate or an answer about revocation is gone".into();
    Err(SessionError::EarlierHarmed { which: "all".into(), why })
}
