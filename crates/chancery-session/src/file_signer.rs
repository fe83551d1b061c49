//! Who signs a file, and what that says.

use chancery_certificate::Certificate;
use chancery_cms::statements::CommitmentType;
use chancery_key::{SignatureAlgorithm, Signer};
use chancery_workflow::{Meaning, Text};
use jiff::Timestamp;

/// Signs a document that is no PDF: with what certificate, when, and where. The signature stands beside the document
/// (CAdES baseline B-B, ETSI EN 319 122-1, detached); what it says is in its signed attributes, so nobody can change it:
///
/// | what | where |
/// |---|---|
/// | the time | signing-time (EN 319 122-1, 5.2.1) |
/// | the certificate | signing-certificate-v2 (5.2.2.3) |
/// | the meaning, word by word, and the printed name | commitment-type-indication (5.2.3), with two qualifiers whose types are those of X.520: `description` and `name` |
/// | what the signer commits to, for machines | the same: approval, unless told otherwise |
/// | the role | signer-attributes-v2 (5.2.6.1), a claimed `title` |
/// | the place | signer-location (5.2.5) |
/// | for which envelope and document | content-identifier (RFC 2634, 2.7), see [`content_identifier`](crate::content_identifier) |
/// | the media type of the document, where the sender named one | mime-type (5.2.4.2) |
///
/// It holds no key: the value comes later, to [`PreparedTurn::finish`](crate::PreparedTurn::finish).
#[derive(Clone, Debug)]
pub struct FileSigner {
    pub(crate) chain: Vec<Certificate>,
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) signed_at: Timestamp,
    pub(crate) location: Option<String>,
    pub(crate) commitment: Option<CommitmentType>,
}

impl FileSigner {
    /// With the certificate of this signer; `signed_at`, to the second, is what the signature will say.
    #[must_use]
    pub fn new(signer: &dyn Signer, signed_at: Timestamp) -> Self {
        Self::without_key(signer.chain(), signer.algorithm(), signed_at)
    }

    /// The same for a key that is elsewhere: its certificate chain, the signer's first, and what it signs with.
    #[must_use]
    pub fn without_key(chain: &[Certificate], algorithm: SignatureAlgorithm, signed_at: Timestamp) -> Self {
        // A signing-time has no fractions of a second (RFC 5652, 11.3).
        let signed_at = Timestamp::from_second(signed_at.as_second()).unwrap_or(signed_at);
        Self { chain: chain.to_vec(), algorithm, signed_at, location: None, commitment: None }
    }

    /// Where it is signed: a town.
    #[must_use]
    pub fn location(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// What the signer commits to, where the words of the meaning say something else than approval.
    #[must_use]
    pub const fn commitment(mut self, commitment: CommitmentType) -> Self {
        self.commitment = Some(commitment);
        self
    }

    /// What the signer commits to. Never more than the words say: who has only reviewed has approved nothing.
    pub(crate) fn committing(&self, meaning: &Text) -> CommitmentType {
        self.commitment.unwrap_or_else(|| match Meaning::of(meaning) {
            Some(Meaning::Review) => CommitmentType::ProofOfReceipt,
            Some(Meaning::Authorship) => CommitmentType::ProofOfCreation,
            Some(Meaning::Approval | Meaning::Responsibility) | None => CommitmentType::ProofOfApproval,
        })
    }
}
