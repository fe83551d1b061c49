//! The signature policy that a signer states (ETSI EN 319 122-1, 5.2.9 and 5.2.10).

use chancery_certificate::asn1;
use chancery_digest::{AnyDigest, Digest, DigestAlgorithm};
use const_oid::ObjectIdentifier as Oid;

use crate::attribute::Attribute;
use crate::attributes::SIGNATURE_POLICY;
use crate::error::CmsError;
use crate::statement_parts::{element, ia5, utf8};

/// id-aa-ets-sigPolicyStore (ETSI EN 319 122-1, 5.2.10).
pub const SIGNATURE_POLICY_STORE: Oid = Oid::new_unwrap("0.4.0.19122.1.3");
/// id-spq-ets-uri.
pub(crate) const QUALIFIER_URI: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.5.1");
/// id-spq-ets-unotice.
pub(crate) const QUALIFIER_NOTICE: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.5.2");
/// id-spq-ets-docspec.
pub(crate) const QUALIFIER_SPECIFICATION: Oid = Oid::new_unwrap("0.4.0.19122.2.1");
/// How many characters a text for display may have (RFC 5280, 4.2.1.4).
const MAX_DISPLAY_TEXT: usize = 200;

/// The policy under which a signature is made (ETSI EN 319 122-1, 5.2.9.1). The choice `signaturePolicyImplied` may
/// no longer be written, and is not.
///
/// ```text
/// SignaturePolicyId ::= SEQUENCE {
///     sigPolicyId          SigPolicyId,
///     sigPolicyHash        SigPolicyHash,
///     sigPolicyQualifiers  SEQUENCE SIZE (1..MAX) OF SigPolicyQualifierInfo OPTIONAL }
/// SigPolicyId   ::= OBJECT IDENTIFIER
/// SigPolicyHash ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashValue OCTET STRING }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignaturePolicy {
    /// One version of one policy.
    pub identifier: Oid,
    /// The digest of its document.
    pub hash: PolicyHash,
    /// Where it is found, what it says.
    pub qualifiers: Vec<PolicyQualifier>,
}

/// The digest of the document of a policy. What exactly is digested, its technical specification says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PolicyHash {
    /// The digest.
    Known(Digest),
    /// Not known: as many zero octets as the algorithm's digests have.
    NotKnown(DigestAlgorithm),
    /// By an algorithm that nobody should use any more, SHA-1 for example, or that we do not know. Read, not written.
    Other {
        /// The algorithm.
        algorithm: Oid,
        /// What is said to be the digest.
        value: Vec<u8>,
    },
}

/// What qualifies the reference to a policy (ETSI EN 319 122-1, 5.2.9.2).
///
/// ```text
/// SigPolicyQualifierInfo ::= SEQUENCE {
///     sigPolicyQualifierId  OBJECT IDENTIFIER,
///     qualifier             ANY DEFINED BY sigPolicyQualifierId OPTIONAL }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PolicyQualifier {
    /// `SPuri ::= IA5String`: where the document is found.
    Uri(String),
    /// What a verifier should show.
    UserNotice(UserNotice),
    /// Which technical specification the document follows.
    Specification(PolicySpecification),
    /// Another one.
    Other {
        /// Which qualifier.
        oid: Oid,
        /// Its value, one element.
        value: Option<Vec<u8>>,
    },
}

/// What a verifier should show (ETSI EN 319 122-1, 5.2.9.2).
///
/// ```text
/// SPUserNotice ::= SEQUENCE {
///     noticeRef     NoticeReference OPTIONAL,
///     explicitText  DisplayText OPTIONAL }
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct UserNotice {
    /// Texts that an organisation keeps, by number.
    pub reference: Option<NoticeReference>,
    /// The text itself, at most 200 characters.
    pub text: Option<String>,
}

/// Texts that an organisation keeps.
///
/// ```text
/// NoticeReference ::= SEQUENCE {
///     organization   DisplayText,
///     noticeNumbers  SEQUENCE OF INTEGER }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NoticeReference {
    /// At most 200 characters.
    pub organization: String,
    /// The numbers of the texts.
    pub numbers: Vec<u32>,
}

/// The technical specification of a policy's document.
///
/// ```text
/// SPDocSpecification ::= CHOICE { oid OBJECT IDENTIFIER, uri IA5String }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PolicySpecification {
    /// By object identifier.
    Identifier(Oid),
    /// By URI.
    Uri(String),
}

/// The document of a policy, kept with the signature: an unsigned attribute, held against the signed
/// [`PolicyHash`] by whoever verifies (ETSI EN 319 122-1, 5.2.10).
///
/// ```text
/// SignaturePolicyStore ::= SEQUENCE {
///     spDocSpec   SPDocSpecification,
///     spDocument  SignaturePolicyDocument }
/// SignaturePolicyDocument ::= CHOICE {
///     sigPolicyEncoded   OCTET STRING,
///     sigPolicyLocalURI  IA5String }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignaturePolicyStore {
    /// Which technical specification the document follows.
    pub specification: PolicySpecification,
    /// The document.
    pub document: PolicyDocument,
}

/// Where the document of a policy is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PolicyDocument {
    /// Here.
    Encoded(Vec<u8>),
    /// In a store of the one who verifies.
    LocalUri(String),
}

impl SignaturePolicy {
    /// The signed attribute.
    ///
    /// # Errors
    /// A text is empty, too long or not ASCII where it has to be, or a notice says nothing.
    pub fn to_attribute(&self) -> Result<Attribute, CmsError> {
        let (algorithm, value) = match &self.hash {
            PolicyHash::Known(digest) => (digest.algorithm(), digest.as_bytes().to_vec()),
            PolicyHash::NotKnown(algorithm) => (*algorithm, vec![0; algorithm.output_len()]),
            PolicyHash::Other { .. } => {
                return Err(CmsError::Statement {
                    what: "SigPolicyHash",
                    reason: "a digest that is still used",
                });
            }
        };
        let hash =
            asn1::sequence(&[&asn1::sequence(&[&asn1::oid(&algorithm.oid())]), &asn1::octet_string(&value)]);
        let mut qualifiers = Vec::new();
        for qualifier in &self.qualifiers {
            qualifiers.extend(qualifier.to_der()?);
        }
        let qualifiers = if qualifiers.is_empty() { qualifiers } else { asn1::sequence(&[&qualifiers]) };
        let value = asn1::sequence(&[&asn1::oid(&self.identifier), &hash, &qualifiers]);
        Ok(Attribute::new(SIGNATURE_POLICY, value))
    }
}

impl SignaturePolicyStore {
    /// The unsigned attribute: for [`SignedMessage::with_unsigned_attribute`](crate::SignedMessage::with_unsigned_attribute).
    ///
    /// # Errors
    /// A URI is empty or not ASCII.
    pub fn to_attribute(&self) -> Result<Attribute, CmsError> {
        let document = match &self.document {
            PolicyDocument::Encoded(document) => asn1::octet_string(document),
            PolicyDocument::LocalUri(uri) => ia5("SignaturePolicyStore.sigPolicyLocalURI", uri)?,
        };
        let value = asn1::sequence(&[&self.specification.to_der()?, &document]);
        Ok(Attribute::new(SIGNATURE_POLICY_STORE, value))
    }
}

/// What a document that is kept with a signature is to the policy that was signed.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum StoredDocument {
    /// It has the digest that was signed.
    AsSigned,
    /// It has another. Anybody can have put it there.
    Other,
    /// It is elsewhere, or what was signed is no digest that shows anything: unknown, SHA-1, MD5.
    NotCompared,
}

impl SignaturePolicyStore {
    /// Holds the document against the digest that was signed (ETSI EN 319 122-1, 5.2.10).
    ///
    /// The octets of the document are digested as they are. Specifications that digest something else, such as a part of
    /// a policy written in ASN.1 (ETSI TR 102 272), are not known here: their documents come out as
    /// [`Other`](StoredDocument::Other).
    #[must_use]
    pub fn compare(&self, policy: &SignaturePolicy) -> StoredDocument {
        match (&self.document, &policy.hash) {
            (PolicyDocument::Encoded(document), PolicyHash::Known(signed)) => {
                if signed.algorithm().digest(document) == *signed {
                    StoredDocument::AsSigned
                } else {
                    StoredDocument::Other
                }
            }
            _ => StoredDocument::NotCompared,
        }
    }
}

impl PolicyQualifier {
    fn to_der(&self) -> Result<Vec<u8>, CmsError> {
        let (oid, value) = match self {
            Self::Uri(uri) => (QUALIFIER_URI, ia5("SPuri", uri)?),
            Self::UserNotice(notice) => (QUALIFIER_NOTICE, notice.to_der()?),
            Self::Specification(specification) => (QUALIFIER_SPECIFICATION, specification.to_der()?),
            Self::Other { oid, value } => {
                let value = value.as_deref().map(|value| element("SigPolicyQualifierInfo.qualifier", value));
                (*oid, value.transpose()?.unwrap_or_default().to_vec())
            }
        };
        Ok(asn1::sequence(&[&asn1::oid(&oid), &value]))
    }
}

impl UserNotice {
    fn to_der(&self) -> Result<Vec<u8>, CmsError> {
        let mut fields = Vec::new();
        if let Some(reference) = &self.reference {
            let numbers = reference.numbers.iter().map(|number| asn1::integer(&number.to_be_bytes()));
            let numbers = asn1::sequence(&[&numbers.flatten().collect::<Vec<u8>>()]);
            let organization = display_text("NoticeReference.organization", &reference.organization)?;
            fields.extend(asn1::sequence(&[&organization, &numbers]));
        }
        if let Some(text) = &self.text {
            fields.extend(display_text("SPUserNotice.explicitText", text)?);
        }
        if fields.is_empty() {
            return Err(CmsError::Statement { what: "SPUserNotice", reason: "a reference or a text" });
        }
        Ok(asn1::sequence(&[&fields]))
    }
}

impl PolicySpecification {
    fn to_der(&self) -> Result<Vec<u8>, CmsError> {
        match self {
            Self::Identifier(oid) => Ok(asn1::oid(oid)),
            Self::Uri(uri) => ia5("SPDocSpecification.uri", uri),
        }
    }
}

/// DisplayText, always as UTF8String.
fn display_text(what: &'static str, text: &str) -> Result<Vec<u8>, CmsError> {
    if text.chars().count() > MAX_DISPLAY_TEXT {
        return Err(CmsError::Statement { what, reason: "at most 200 characters" });
    }
    utf8(what, text)
}
