//! What can be wrong with one signer of a message that could be read.

use chancery_key::VerifyError;
use const_oid::ObjectIdentifier as Oid;

/// Why a signer is not [sound](crate::SignerCheck::Sound). Each stands for itself; a signer may have several.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SignerFault {
    /// The signature was not made over these bytes with the key of this certificate.
    #[error("the signature does not match the signed bytes and the signer's key")]
    SignatureMismatch,
    /// The signature value, or the key, is not one of its algorithm.
    #[error("the signature cannot be valid: {0}")]
    SignatureInvalid(VerifyError),
    /// The content has another digest than the one that was signed.
    #[error("the content is not what was signed: its {algorithm} digest differs from the signed one")]
    DigestMismatch {
        /// The digest algorithm of the signer.
        algorithm: &'static str,
    },
    /// The message encloses other content than was asked about. Whoever shows what the message encloses would show what
    /// was not judged.
    #[error("the message encloses other content than was asked about: the {algorithm} digests differ")]
    OtherContentEnclosed {
        /// The digest algorithm of the signer.
        algorithm: &'static str,
    },
    /// A signed attribute that has to be there is not (RFC 5652, 5.3 and 11).
    #[error("the signed attribute {oid} is missing")]
    AttributeMissing {
        /// Its type.
        oid: Oid,
    },
    /// An attribute that may stand only once stands several times.
    #[error("the signed attribute {oid} stands more than once")]
    AttributeTwice {
        /// Its type.
        oid: Oid,
    },
    /// An attribute that has exactly one value has none, or several.
    #[error("the signed attribute {oid} has {values} values instead of one")]
    AttributeValues {
        /// Its type.
        oid: Oid,
        /// How many values there are.
        values: usize,
    },
    /// An attribute that must be signed stands among the unsigned ones, where anybody could have put it.
    #[error("the attribute {oid} stands among the unsigned attributes, but must be signed")]
    AttributeUnsigned {
        /// Its type.
        oid: Oid,
    },
    /// The value of an attribute cannot be read.
    #[error("the signed attribute {oid} cannot be read: {reason}")]
    AttributeMalformed {
        /// Its type.
        oid: Oid,
        /// What is wrong with it.
        reason: String,
    },
    /// Content of this type must have signed attributes (RFC 5652, 5.3).
    #[error("content of type {content_type} needs signed attributes, and the signer has none")]
    SignedAttributesMissing {
        /// The type of the content.
        content_type: Oid,
    },
    /// The content is itself a set of signed attributes: the signature may have been taken from another message.
    #[error("the content is a set of signed attributes: the signature may belong to another message")]
    ContentIsAttributes,
    /// The signed content type is not that of the message (RFC 5652, 11.1).
    #[error("the signed content type is {signed}, that of the message {found}")]
    ContentTypeMismatch {
        /// What was signed.
        signed: Oid,
        /// What the message says.
        found: Oid,
    },
    /// A counter-signature has no content, so it must not name a type of content (RFC 5652, 11.4): what names one is
    /// a signature over a file.
    #[error("the counter-signature signs a content type: it was made over a file, not to counter-sign")]
    ContentTypeOfCountersignature,
    /// Data are an OCTET STRING (RFC 5652, 4). What is signed does not cover the tag, so another one is a change that
    /// the signature does not show.
    #[error("the content is said to be data, but has tag {tag:#04x} instead of an OCTET STRING")]
    DataNotOctets {
        /// The identifier octet of the content.
        tag: u8,
    },
    /// What stands where a counter-signature belongs is none.
    #[error("the counter-signature cannot be read: {reason}")]
    CountersignatureUnreadable {
        /// What is wrong with it.
        reason: String,
    },
    /// There are more counter-signatures than any honest message has, or deeper ones. This one and those within it
    /// were not judged.
    #[error("not judged: more than {limit} {what}")]
    TooManyCountersignatures {
        /// What there is too much of.
        what: &'static str,
        /// How many are judged.
        limit: usize,
    },
    /// Content and signed attributes were digested with different algorithms (RFC 8933, 3), or the signature
    /// algorithm's own parameters contradict the digest algorithm.
    #[error("the digest algorithm {digest} contradicts the signature algorithm {signature}")]
    DigestAlgorithmMismatch {
        /// The digest algorithm of the signer.
        digest: String,
        /// The signature algorithm.
        signature: String,
    },
    /// The algorithms that were signed are others than those the message now names (RFC 6211, 3).
    #[error("the signed CMSAlgorithmProtection names other algorithms than the signer")]
    AlgorithmProtection,
    /// The signed reference names another certificate than the one whose key made the signature.
    #[error("the signed certificate reference names another certificate: {reason}")]
    WrongCertificateReference {
        /// What differs.
        reason: &'static str,
    },
    /// Several different certificates have the identifier that the signer gives, and nothing signed says which
    /// is meant.
    #[error("{count} different certificates fit the signer, and no signed reference says which is meant")]
    AmbiguousCertificate {
        /// How many fit.
        count: usize,
    },
    /// The certificate of the signer is neither in the message nor among the candidates.
    #[error("the certificate of the signer is not at hand: {identifier}")]
    CertificateMissing {
        /// How the message names it.
        identifier: String,
    },
    /// The content is not at hand, or was not digested with the signer's algorithm.
    #[error("the content is not at hand; {signature}")]
    ContentMissing {
        /// What could be said without it.
        signature: WithoutContent,
    },
    /// The content was read as it [streamed by](crate::MessageReader), and not digested with the signer's algorithm,
    /// which the message does not announce before the content (RFC 5652, 5.1), or announces behind too many others.
    #[error(
        "the content streamed by and was not digested with {algorithm}, which is not announced before it: \
         verify the message from a file"
    )]
    ContentDigestNotComputed {
        /// The digest algorithm of the signer.
        algorithm: &'static str,
    },
    /// RSA-PSS with one digest for the signed bytes and another for the mask, which is not computed
    /// ([`AlgorithmError::MaskDigest`](chancery_key::AlgorithmError::MaskDigest)).
    #[error("RSA-PSS with {digest} and a mask of {mask_digest} is not supported: one digest for both is")]
    MaskDigest {
        /// The digest of the signed bytes.
        digest: &'static str,
        /// The digest of the mask.
        mask_digest: &'static str,
    },
    /// An algorithm that this crate does not compute.
    #[error("the algorithm {oid} is not supported")]
    Unsupported {
        /// The algorithm.
        oid: Oid,
    },
    /// Parameters, keys or forms that this crate does not support.
    #[error("not supported: {reason}")]
    UnsupportedForm {
        /// What is not supported.
        reason: String,
    },
}

/// What could be said of a signature whose content is not at hand.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum WithoutContent {
    /// The signature over the signed attributes holds: given content with the signed digest, all would hold.
    AttributesHold,
    /// Nothing could be said, or what could be said is a fault of its own.
    NotChecked,
}

impl std::fmt::Display for WithoutContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::AttributesHold => "the signature over the signed attributes holds",
            Self::NotChecked => "the signature could not be checked without it",
        })
    }
}

/// What a fault means for the verdict, from the worst.
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum FaultKind {
    /// The mathematics contradict: this content was not signed with this key.
    Mathematics,
    /// The message breaks a rule that protects it: what the mathematics say is not what the message means.
    Form,
    /// It is not certain that the certificate is the one the signer meant.
    Certificate,
    /// Something needed is missing or not supported: neither valid nor invalid.
    CannotTell,
}

impl SignerFault {
    /// What the fault means for the verdict.
    #[must_use]
    pub const fn kind(&self) -> FaultKind {
        match self {
            Self::SignatureMismatch | Self::SignatureInvalid(_) | Self::DigestMismatch { .. } => {
                FaultKind::Mathematics
            }
            Self::AttributeMissing { .. }
            | Self::AttributeTwice { .. }
            | Self::AttributeValues { .. }
            | Self::AttributeUnsigned { .. }
            | Self::AttributeMalformed { .. }
            | Self::SignedAttributesMissing { .. }
            | Self::OtherContentEnclosed { .. }
            | Self::ContentIsAttributes
            | Self::ContentTypeMismatch { .. }
            | Self::ContentTypeOfCountersignature
            | Self::DataNotOctets { .. }
            | Self::CountersignatureUnreadable { .. }
            | Self::DigestAlgorithmMismatch { .. }
            | Self::AlgorithmProtection => FaultKind::Form,
            Self::WrongCertificateReference { .. } | Self::AmbiguousCertificate { .. } => {
                FaultKind::Certificate
            }
            Self::CertificateMissing { .. }
            | Self::ContentMissing { .. }
            | Self::ContentDigestNotComputed { .. }
            | Self::TooManyCountersignatures { .. }
            | Self::MaskDigest { .. }
            | Self::Unsupported { .. }
            | Self::UnsupportedForm { .. } => FaultKind::CannotTell,
        }
    }
}

/// What is worth saying of a sound signer: the standard is not kept, but nothing that protects the message is
/// touched.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Remark {
    /// The version of the SignerInfo does not fit its identifier (RFC 5652, 5.3); the version protects nothing.
    #[error("the version of the signer is {found} instead of {expected}")]
    SignerVersion {
        /// The version found.
        found: u64,
        /// The version that belongs to this form of identifier.
        expected: u64,
    },
    /// The digest algorithm of the signer is not announced before the content (RFC 5652, 5.3).
    #[error("the digest algorithm {digest} of the signer is not announced by the message")]
    DigestNotAnnounced {
        /// The algorithm.
        digest: String,
    },
    /// The signed attributes were not received as DER; see [`Reading`](crate::Reading) for what was signed.
    #[error("the signed attributes are not encoded in DER; the signature holds over {0}")]
    AttributesNotDer(Reading),
    /// The RSA signature algorithm lacks its parameters, which should be NULL. RFC 4055, 5 asks verifiers to
    /// accept that.
    #[error("the RSA signature algorithm {oid} lacks its NULL parameters")]
    ParametersAbsent {
        /// The algorithm.
        oid: Oid,
    },
    /// The ECDSA signature algorithm has NULL parameters, where it should have none (RFC 5758, 3.2). They say nothing.
    #[error("the ECDSA signature algorithm {oid} has NULL parameters instead of none")]
    ParametersPresent {
        /// The algorithm.
        oid: Oid,
    },
    /// The claimed time of signing is not written as the standard says (RFC 5652, 11.3), so it is not given.
    #[error("the claimed time of signing cannot be read: {reason}")]
    SigningTimeUnreadable {
        /// What is wrong with it.
        reason: String,
    },
    /// Several certificates fit the identifier; the signed reference says which is meant.
    #[error("{count} certificates fit the signer's identifier; the signed reference names one of them")]
    SeveralCertificatesFit {
        /// How many fit.
        count: usize,
    },
    /// The signing-certificate-v2 attribute names the certificate by a digest for which collisions are known. What the
    /// reference is still worth, the [binding](crate::CertificateBinding) says.
    #[error("the signed reference names the certificate by {digest} only")]
    WeakReference {
        /// The digest.
        digest: &'static str,
    },
    /// A counter-signature stands among the signed attributes. It must be unsigned (RFC 5652, 11.4), since nobody can
    /// sign a value before it is made, so it counter-signs nothing.
    #[error("a counter-signature stands among the signed attributes, where it counter-signs nothing")]
    CountersignatureSigned,
    /// Nothing signed says which certificate the signer meant.
    #[error("the certificate is not bound to the signature: there is no signing-certificate attribute")]
    CertificateNotBound,
    /// There are no signed attributes, and the content was not at hand to see whether it is itself a set of
    /// them: ask [`resembles_signed_attributes`](crate::resembles_signed_attributes).
    #[error(
        "a detached signature without signed attributes: whether the content is a set of them was not seen"
    )]
    ContentNotSeen,
}

/// Over which encoding of the signed attributes a signature holds (RFC 5652, 5.4).
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Reading {
    /// Their DER encoding, as the standard says (and as they were received, unless a
    /// [remark](Remark::AttributesNotDer) says otherwise).
    Der,
    /// The bytes as they were received, which are not DER.
    AsReceived,
    /// There are no signed attributes: the signature is over the content itself.
    Content,
}

impl std::fmt::Display for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Der => "their DER encoding",
            Self::AsReceived => "the bytes as received",
            Self::Content => "the content itself",
        })
    }
}
