//! Judging the signatures of a CMS message.

use std::io;

use chancery_ades::{
    Aspect, Finding, Policy, Report, RequiredBinding, Restriction, SubIndication, Validation,
};
use chancery_cms::{ATTRIBUTES_BEGINNING, SignedMessage, begins_as_signed_attributes};
use chancery_digest::{Digests, Source};
use jiff::Timestamp;

use crate::subject::subject_over;
use crate::{CadesError, content_algorithms, countersignatures};

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
        Ok(self.report(&message, (&message.content_digests(), None), at))
    }

    /// Judges a message that was read already and encloses its content, at a moment: one with content of any size,
    /// read by [`MessageReader`](chancery_cms::MessageReader), for example. The signatures of a detached message are
    /// indeterminate, since there is no content.
    #[must_use]
    pub fn verify_message_at(&self, message: &SignedMessage, at: Timestamp) -> Report {
        self.report(message, (&message.content_digests(), None), at)
    }

    /// Judges a message whose content is elsewhere, at a moment. The content is read once, and once more for each archive
    /// timestamp of version 2, which are over the content itself.
    ///
    /// # Errors
    /// If this is not a CMS message with signatures, it encloses content of its own, or the content cannot be read.
    pub fn verify_detached_at(
        &self,
        message: &[u8],
        content: &(impl Source + ?Sized),
        at: Timestamp,
    ) -> Result<Report, CadesError> {
        let message = SignedMessage::from_file_bytes(message)?;
        if !message.is_detached() {
            return Err(CadesError::ContentEnclosed);
        }
        let whole = 0..content.len();
        let digests =
            Digests::over_ranges(content_algorithms(&message), content, std::slice::from_ref(&whole))?;
        let report = self.report(&message, (&digests, Some(&Borrowed(content))), at);
        let bare = message.signers().iter().any(|signer| signer.signed_attributes().is_none());
        if bare && resembles_attributes(content)? {
            return Ok(refuse_attributes(report));
        }
        Ok(report)
    }

    fn report(
        &self,
        message: &SignedMessage,
        content: (&Digests, Option<&dyn Source>),
        at: Timestamp,
    ) -> Report {
        let evidence = self.policy.known_evidence();
        let mut validation = Validation::new(self.policy, at);
        for (index, signer) in message.signers().iter().enumerate() {
            let name = format!("signature {}", index + 1);
            let counters = countersignatures::subjects(&name, message, signer, self.binding, evidence);
            let own = subject_over(name, message, signer, content, self.binding, evidence);
            validation = [own].into_iter().chain(counters).fold(validation, Validation::signature);
        }
        Report::new(at, validation.judge().signatures, Vec::new())
    }
}

/// A source of whatever kind, behind a reference.
struct Borrowed<'a, S: ?Sized>(&'a S);

impl<S: Source + ?Sized> Source for Borrowed<'_, S> {
    fn len(&self) -> u64 {
        self.0.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(offset, buffer)
    }
}

/// Attributes can be long, with revocation lists among them, so only their beginning is read.
fn resembles_attributes(content: &(impl Source + ?Sized)) -> Result<bool, CadesError> {
    let beginning = content.len().min(ATTRIBUTES_BEGINNING as u64);
    Ok(begins_as_signed_attributes(&content.read_range(0..beginning)?, content.len()))
}

/// The signature of another message can be passed off as one over "content" that is that message's signed attributes
/// (RFC 5652, 5.3 and 14).
fn refuse_attributes(report: Report) -> Report {
    let text =
        "the content is a set of signed attributes: the signature may have been taken from another message";
    let finding = Finding::error("content-is-attributes", text).rule("RFC 5652, 5.3");
    let restriction = Restriction::fails(SubIndication::FormatFailure, Aspect::Integrity, finding);
    let signatures =
        report.signatures().iter().map(|signature| signature.clone().restrict(restriction.clone()));
    Report::new(report.at(), signatures.collect(), report.findings().to_vec())
}
