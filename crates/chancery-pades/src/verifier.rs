//! Judging the signatures of a PDF.

use chancery_ades::{Policy, Report};
use chancery_digest::Source;
use chancery_key::Password;
use jiff::Timestamp;

use crate::past::Past;
use crate::verification::{Bytes, Verification, judge_together};
use crate::{PadesError, opening};

/// Verifies the signatures of PDF files.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use chancery_ades::{Policy, Verdict};
/// use chancery_chain::{RevocationPolicy, TrustAnchors};
/// use chancery_pades::PdfVerifier;
///
/// let anchors = TrustAnchors::from_pem(&std::fs::read("roots.pem")?)?;
/// let policy = Policy::new(anchors, RevocationPolicy::Require);
/// let pdf = std::fs::read("contract-signed.pdf")?;
/// let report = PdfVerifier::new(&policy).verify_at(&pdf, "2026-11-21T12:00:00Z".parse()?)?;
/// for signature in report.signatures() {
///     match signature.verdict() {
///         Verdict::Passed(proof) => println!("{} signed before {}", proof.signer().display_name(), proof.time()),
///         Verdict::Indeterminate(why) => println!("{}: cannot tell: {why}", signature.name()),
///         Verdict::Failed(why) => println!("{}: not valid: {why}", signature.name()),
///     }
/// }
/// # Ok(()) }
/// ```
#[derive(Copy, Clone)]
pub struct PdfVerifier<'a> {
    policy: &'a Policy,
    password: Option<&'a Password>,
}

impl<'a> PdfVerifier<'a> {
    /// Judges by this policy.
    #[must_use]
    pub const fn new(policy: &'a Policy) -> Self {
        Self { policy, password: None }
    }

    /// The password of an encrypted document; the empty one is tried without being told.
    #[must_use]
    pub const fn password(mut self, password: &'a Password) -> Self {
        self.password = Some(password);
        self
    }

    /// Judges every signature of a document at a moment. The bytes are read once, whatever the number of
    /// signatures.
    ///
    /// # Errors
    /// If the document cannot be read. A bad signature is a verdict in the report.
    pub fn verify_at(&self, pdf: &dyn Source, at: Timestamp) -> Result<Report, PadesError> {
        let document = opening::document(pdf, self.password)?;
        let past = Past::of(&document)?;
        let bytes = Bytes::read(&document, &past.signatures)?;
        let judged = judge_together(&document, &past.signatures, &bytes, (self.policy, at))?;
        let verification = Verification::of(&document, past, bytes, &judged)?;
        let reports = verification.reports(judged)?;
        Ok(Report::new(at, reports, verification.findings()))
    }
}
