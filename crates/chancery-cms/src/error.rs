//! What can prevent a message from being read or made. A signature that does not hold is not here: it is a
//! verdict ([`SignerFault`](crate::SignerFault)).

use chancery_certificate::CertificateError;
use chancery_key::{AlgorithmError, VerifyError};
use const_oid::ObjectIdentifier as Oid;

/// Why a message could not be read, made or completed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CmsError {
    /// The bytes are not the BER encoding of the structure that was expected at this place.
    #[error("at byte {at}, in {what}: {fault}")]
    Malformed {
        /// Offset of the element in the bytes that were read.
        at: usize,
        /// The field of RFC 5652 that was being read.
        what: &'static str,
        /// What is wrong with it.
        fault: BerFault,
    },
    /// The bytes are neither BER or DER, nor PEM, nor Base64.
    #[error("neither a CMS message in BER or DER, nor one wrapped in PEM or Base64")]
    NotRecognised,
    /// It is CMS, but content of another type: encrypted, digested, compressed or plain data.
    #[error("CMS content of type {content_type}, not signed data")]
    NotSignedData {
        /// The content type found.
        content_type: Oid,
    },
    /// The message holds more of something than any honest message does.
    #[error("more than {limit} {what}: refused, to keep the work bounded")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many are allowed.
        limit: usize,
    },
    /// The reader or the file that holds the message failed.
    #[error("the message cannot be read: {0}")]
    Input(std::io::Error),
    /// What the content, or the message, was written to failed.
    #[error("cannot write: {0}")]
    Output(std::io::Error),
    /// A file was read twice, and was not the same the second time.
    #[error("the file changed while it was read")]
    SourceChanged,
    /// The message has no signer with this index.
    #[error("no signer number {index}: the message has {signers} (counted from 0)")]
    NoSuchSigner {
        /// The index asked for.
        index: usize,
        /// How many signers there are.
        signers: usize,
    },
    /// A value that was to be replaced is not there.
    #[error("the signer has no unsigned attribute with the value that was to be replaced")]
    NoSuchValue,
    /// A message cannot be prepared without the certificate of its signer.
    #[error("the certificate chain is empty: its first certificate must be the signer's")]
    EmptyChain,
    /// The digest of the content was made with another algorithm than the signature will use (RFC 8933, 3).
    #[error(
        "the content was digested with {content}, but {signature} is to sign it: digest it with the same"
    )]
    DigestAlgorithm {
        /// The algorithm of the content's digest.
        content: &'static str,
        /// The digest algorithm of the signature.
        signature: &'static str,
    },
    /// An attribute that this crate writes itself, or one that was given twice.
    #[error("attribute {oid} was given twice, or is one that is always written and cannot be given")]
    AttributeTaken {
        /// The type of the attribute.
        oid: Oid,
    },
    /// What a signer was to state has no form in the standard.
    #[error("{what} must be {reason}")]
    Statement {
        /// The field of the standard.
        what: &'static str,
        /// What it has to be.
        reason: &'static str,
    },
    /// An attribute that says something only if it is signed was to be added to what is not.
    #[error("attribute {oid} says something only if it is signed: it cannot be added later")]
    MustBeSigned {
        /// The type of the attribute.
        oid: Oid,
    },
    /// An attribute about a signature that exists already was to be signed with it.
    #[error("attribute {oid} is about a signature that exists: it is added to it, not signed with it")]
    MustBeUnsigned {
        /// The type of the attribute.
        oid: Oid,
    },
    /// An attribute about content was to be signed by a counter-signature, which has none.
    #[error("attribute {oid} is about content, and a counter-signature has none")]
    NotInCountersignature {
        /// The type of the attribute.
        oid: Oid,
    },
    /// The bytes given as the value of an attribute are not one DER element.
    #[error("the value of attribute {oid} is not one DER element: {fault}")]
    AttributeValue {
        /// The type of the attribute.
        oid: Oid,
        /// What is wrong with it.
        fault: BerFault,
    },
    /// The signer was to be named by a subject key identifier, and the certificate has none (RFC 5652, 5.3).
    #[error(
        "the signer's certificate has no subject key identifier to name it by: use issuer and serial number"
    )]
    NoSubjectKeyIdentifier,
    /// A message was to be put together that nobody signed.
    #[error("the message has no signer: messages that only carry certificates are made another way")]
    NoSigner,
    /// The same signature was to be put into the message a second time.
    #[error("this signature is in the message already")]
    SignerTwice,
    /// A signer signed content of another type than the message's.
    #[error(
        "the signer signed content of type {}, the message is of type {message}",
        signed.map_or_else(|| "none (a counter-signature)".to_owned(), |oid| oid.to_string())
    )]
    OtherContentType {
        /// What was signed. None: a counter-signature, which has no content.
        signed: Option<Oid>,
        /// The type of the message's content.
        message: Oid,
    },
    /// A signer signed other content than that of the message, or than the other signers.
    #[error("the signer signed other content than this message has: the {algorithm} digests differ")]
    OtherContent {
        /// The digest algorithm of the signer.
        algorithm: &'static str,
    },
    /// The content is not wrapped as CMS wraps it, so nobody can say what a further signer would sign.
    #[error("the content has tag {tag:#04x} instead of an OCTET STRING (PKCS #7): no signer can be added")]
    UnwrappedContent {
        /// The identifier octet found.
        tag: u8,
    },
    /// The message holds no signature with the value that was counter-signed: it is another, or has changed.
    #[error("no signature of this message has the value that was counter-signed")]
    NothingToCountersign,
    /// Several signers have the signature value that was counter-signed.
    #[error(
        "{count} signers have the signature value that was counter-signed: which one is meant is not known"
    )]
    SeveralToCountersign {
        /// How many there are.
        count: usize,
    },
    /// A signer needs what should have been told before the content was written: a digest algorithm by
    /// [`announce`](crate::MessageWriter::announce), a subject key identifier by
    /// [`identified_by`](crate::MessageWriter::identified_by).
    #[error("{algorithm} was not announced before the content")]
    NotAnnounced {
        /// What is needed.
        algorithm: &'static str,
    },
    /// The content is not as long as was told before it was written.
    #[error("{told} bytes of content were told before, and {written} were written")]
    ContentLength {
        /// The length that was told.
        told: u64,
        /// The length of what was written.
        written: u64,
    },
    /// The signature does not belong to the signer's certificate and the bytes that were prepared.
    #[error("the signature value does not fit the prepared bytes and the signer's certificate: {0}")]
    Signature(#[from] VerifyError),
    /// The signature algorithm cannot be named in a message.
    #[error("the message cannot be signed so: {0}")]
    Algorithm(#[from] AlgorithmError),
    /// A certificate could not be understood where it had to be.
    #[error("a certificate of the message: {0}")]
    Certificate(#[from] CertificateError),
    /// Bytes that should hold a stored [`PreparedMessage`](crate::PreparedMessage), or another stored step towards
    /// a message, do not.
    #[error("not a stored step towards a message: {reason}")]
    Stored {
        /// What does not fit.
        reason: &'static str,
    },
}

/// What is wrong with an encoded element (X.690).
#[derive(Copy, Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BerFault {
    /// The element, or the structure it is in, ends before it is complete.
    #[error("it is cut off")]
    Truncated,
    /// The length is given in a form that no file of this size needs.
    #[error("its length cannot be represented")]
    Length,
    /// Another element stands here than the structure prescribes.
    #[error("found tag {found:#04x} where {expected:#04x} belongs")]
    Tag {
        /// The identifier octet that belongs here.
        expected: u8,
        /// The identifier octet that was found.
        found: u8,
    },
    /// Elements are nested deeper than any honest message nests them.
    #[error("nested deeper than {limit} levels")]
    TooDeep {
        /// How deep is allowed.
        limit: usize,
    },
    /// A primitive element of indefinite length (X.690, 8.1.3.2 forbids it).
    #[error("a primitive element cannot have an indefinite length")]
    PrimitiveIndefinite,
    /// Bytes follow where the structure has ended.
    #[error("bytes follow after its end")]
    Trailing,
    /// The content octets are not those of the type, for example an object identifier that ends midway.
    #[error("its content is not a valid {0}")]
    Content(&'static str),
}
