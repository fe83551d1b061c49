//! A PKI with somebody who signs, and the steps from B-B to B-LTA.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use chancery_ades::{Report, SignatureLevel};
use chancery_cades::LongTermEvidence;
use chancery_chain::{ChainVerifier, Purpose, RevocationPolicy, TrustAnchors};
use chancery_digest::Source;
use chancery_key::{KeyKind, SoftwareSigner};
use chancery_pades::{LastingPdf, PadesError, PdfSigner, PdfVerifier, SignedPdf};
use chancery_testkit::{Profile, TestPki};
use jiff::SignedDuration;

use crate::support::{authority, now, pki, policy, rng};

pub(crate) const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A PKI, its clock, and somebody who signs.
pub(crate) struct Office {
    pub(crate) pki: TestPki,
    pub(crate) alice: SoftwareSigner,
    pub(crate) anchors: TrustAnchors,
}

impl Office {
    pub(crate) fn open() -> Self {
        let pki = pki();
        let alice = pki.issue(Profile::signer("Alice", KeyKind::P256).valid(now() - DAY, now() + DAY * 365));
        let anchors = TrustAnchors::new([pki.root().clone()]);
        Self { alice: alice.signer(), pki, anchors }
    }

    /// Time goes by.
    pub(crate) fn wait(&self) {
        self.pki.set_now(self.pki.now() + SignedDuration::from_mins(10));
    }

    pub(crate) fn verifier(&self) -> ChainVerifier<'_> {
        ChainVerifier::new(&self.anchors, Purpose::DocumentSigning, RevocationPolicy::Require)
    }

    pub(crate) fn signed<'s>(&self, pdf: &'s dyn Source) -> SignedPdf<'s> {
        PdfSigner::new(&self.alice, self.pki.now()).sign(pdf).unwrap()
    }

    pub(crate) fn stamped<'s>(&self, pdf: &'s dyn Source) -> SignedPdf<'s> {
        let mut signed = self.signed(pdf);
        self.wait();
        signed.timestamp(&authority(&self.pki), &mut rng()).unwrap();
        signed
    }

    pub(crate) fn collected(&self, pdf: &LastingPdf<'_>) -> Result<LongTermEvidence, PadesError> {
        let verifier = self.verifier();
        Ok(pdf.collector(&verifier, &verifier, self.pki.now())?.collect(&self.pki)?)
    }

    pub(crate) fn preserved<'s>(&self, pdf: &LastingPdf<'s>) -> LastingPdf<'s> {
        self.wait();
        pdf.preserve(&self.collected(pdf).unwrap()).unwrap()
    }

    pub(crate) fn archived<'s>(&self, pdf: &LastingPdf<'s>) -> LastingPdf<'s> {
        self.wait();
        pdf.archive(&authority(&self.pki), &mut rng()).unwrap()
    }

    /// Judged with nothing but what the document holds.
    pub(crate) fn judge(&self, pdf: &dyn Source) -> Report {
        let policy = policy(&self.pki, RevocationPolicy::Require);
        PdfVerifier::new(&policy).verify_at(pdf, self.pki.now()).unwrap()
    }
}

pub(crate) fn levels(report: &Report) -> Vec<Option<SignatureLevel>> {
    report.signatures().iter().map(|signature| signature.facts().level()).collect()
}
