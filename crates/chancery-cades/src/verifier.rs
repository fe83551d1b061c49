//! Judging the signatures of a CMS message.

use chancery_ades::{Policy, Report, RequiredBinding};
use chancery_cms::SignedMessage;
use chancery_digest::{Digests, Source};
use jiff::Timestamp;

use crate::{CadesError, subject};

/// Verifies CMS messages as CAdES signatures.
///
/// Every signer has a verdict of its own; that of the message is the worst.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use chancery_ades::Policy;
/// use chancery_cades::CadesVerifier;
/// use chancery_chain::{RevocationPolicy, TrustAnchors};
///
/// let anchors = TrustAnchors::from_pem(&std::fs::read("roots.pem")?)?;
/// let policy = Policy::new(anchors, RevocationPolicy::Require);
/// let report = CadesVerifier::new(&policy).verify_at(&std::fs::read("contract.p7m")?, "2026-11-21T12:00:00Z".parse()?)?;
/// println!("{report}");
/// # Ok(()) }
/// ```
#[derive(Copy, Clone, Debug)]
pub struct CadesVerifier<'a> {
    policy: &'a Policy,
    binding: RequiredBinding,
}

impl<'a> CadesVerifier<'a> {
    /// Judges by this policy.
    #[must_use]
    pub const fn new(policy: &'a Policy) -> Self {
        Self { policy, binding: RequiredBinding::Signed }
    }

    /// Accepts CMS signatures that do not name their certificate within what is signed, as signatures before
    /// CAdES do not; the report says so.
    #[must_use]
    pub const fn accept_plain_cms(mut self) -> Self {
        self.binding = RequiredBinding::Optional;
        self
    }

    /// Judges a message that encloses its content, at a moment.
    ///
    /// # Errors
    /// If this is not a CMS message with signatures. A bad signature is a verdict in the report.
    pub fn verify_at(&self, message: &[u8], at: Timestamp) -> Result<Report, CadesError> {
        let message = SignedMessage::from_file_bytes(message)?;
        Ok(self.report(&message, &message.content_digests(), at))
    }

    /// Judges a message whose content is elsewhere, at a moment. The content is read once.
    ///
    /// # Errors
    /// If this is not a CMS message with signatures, or the content cannot be read.
    pub fn verify_detached_at(
        &self,
        message: &[u8],
        content: &(impl Source + ?Sized),
        at: Timestamp,
    ) -> Result<Report, CadesError> {
        let message = SignedMessage::from_file_bytes(message)?;
        let whole = 0..content.len();
        let digests =
            Digests::over_ranges(message.digest_algorithms(), content, std::slice::from_ref(&whole))?;
        Ok(self.report(&message, &digests, at))
    }

    fn report(&self, message: &SignedMessage, content: &Digests, at: Timestamp) -> Report {
        let evidence = self.policy.known_evidence();
        let one = |(index, signer)| {
            let name = format!("signature {}", index + 1);
            subject(name, message, signer, content, self.binding, evidence).validate(self.policy, at)
        };
        Report::new(at, message.signers().iter().enumerate().map(one).collect(), Vec::new())
    }
}
