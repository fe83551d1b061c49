//! What a signer can state about content, circumstances and itself: the attributes of CAdES (ETSI EN 319 122-1, 5.2)
//! and ESS (RFC 2634), as plain data that becomes an [`Attribute`].
//!
//! ```
//! use chancery_cms::statements::{Commitment, CommitmentType, MimeType};
//!
//! let commitment = Commitment { commitment: CommitmentType::ProofOfApproval, qualifiers: Vec::new() };
//! let attributes = [commitment.to_attribute()?, MimeType("application/pdf".to_owned()).to_attribute()?];
//! # Ok::<(), chancery_cms::CmsError>(())
//! ```
//!
//! All of them are signed, except [`SignaturePolicyStore`]. What they say is what the signer claims.

use chancery_certificate::asn1;
use chancery_certificate::asn1::tag::{self, SEQUENCE};
use const_oid::ObjectIdentifier as Oid;

use crate::attribute::Attribute;
use crate::attributes::{COMMITMENT_TYPE, CONTENT_TIMESTAMP, MIME_TYPE};
use crate::error::CmsError;
use crate::message::SignedMessage;
use crate::statement_parts::{element, ia5, utf8};

pub use crate::revocation_archive::{REVOCATION_INFO_ARCHIVAL, RevocationArchive};
pub use crate::statement_reading::{StatedPolicy, Statement};

pub use crate::policy_statement::{
    NoticeReference, PolicyDocument, PolicyHash, PolicyQualifier, PolicySpecification,
    SIGNATURE_POLICY_STORE, SignaturePolicy, SignaturePolicyStore, StoredDocument, UserNotice,
};

/// id-aa-contentHint (RFC 2634, 2.9).
pub const CONTENT_HINTS: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.4");
/// id-aa-contentIdentifier (RFC 2634, 2.7).
pub const CONTENT_IDENTIFIER: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.7");
/// id-aa-contentReference (RFC 2634, 2.11).
pub const CONTENT_REFERENCE: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.10");
/// id-aa-ets-signerLocation (ETSI EN 319 122-1, 5.2.5).
pub const SIGNER_LOCATION: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.17");
/// id-aa-ets-signerAttrV2 (ETSI EN 319 122-1, 5.2.6.1).
pub const SIGNER_ATTRIBUTES_V2: Oid = Oid::new_unwrap("0.4.0.19122.1.1");
/// id-at-role: the attribute by which a role is claimed or certified (RFC 5755, 4.4.5).
pub const ROLE: Oid = Oid::new_unwrap("2.5.4.72");

/// What the innermost content of a message is (RFC 2634, 2.9; ETSI EN 319 122-1, 5.2.4.1).
///
/// ```text
/// ContentHints ::= SEQUENCE {
///     contentDescription  UTF8String (SIZE (1..MAX)) OPTIONAL,
///     contentType         ContentType }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContentHints {
    /// In words, or as MIME headers.
    pub description: Option<String>,
    /// The type of the innermost content.
    pub content_type: Oid,
}

impl ContentHints {
    /// The signed attribute.
    ///
    /// # Errors
    /// The description is empty.
    pub fn to_attribute(&self) -> Result<Attribute, CmsError> {
        let description = self.description.as_deref();
        let description =
            description.map(|text| utf8("ContentHints.contentDescription", text)).transpose()?;
        let value = asn1::sequence(&[&description.unwrap_or_default(), &asn1::oid(&self.content_type)]);
        Ok(Attribute::new(CONTENT_HINTS, value))
    }
}

/// A name for the signed content, so that other messages can refer to it (RFC 2634, 2.7): ideally words about the
/// signer, a time and a random number together.
///
/// ```text
/// ContentIdentifier ::= OCTET STRING
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContentIdentifier(pub Vec<u8>);

impl ContentIdentifier {
    /// The signed attribute.
    #[must_use]
    pub fn to_attribute(&self) -> Attribute {
        Attribute::new(CONTENT_IDENTIFIER, asn1::octet_string(&self.0))
    }
}

/// A reference to another signed message, to which this one is an answer, for example (RFC 2634, 2.11).
///
/// ```text
/// ContentReference ::= SEQUENCE {
///     contentType               ContentType,
///     signedContentIdentifier   ContentIdentifier,
///     originatorSignatureValue  OCTET STRING }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContentReference {
    /// The type of the content referred to.
    pub content_type: Oid,
    /// The name that its signer gave it.
    pub identifier: ContentIdentifier,
    /// The value of the signature referred to.
    pub signature: Vec<u8>,
}

impl ContentReference {
    /// The signed attribute.
    #[must_use]
    pub fn to_attribute(&self) -> Attribute {
        let value = asn1::sequence(&[
            &asn1::oid(&self.content_type),
            &asn1::octet_string(&self.identifier.0),
            &asn1::octet_string(&self.signature),
        ]);
        Attribute::new(CONTENT_REFERENCE, value)
    }
}

/// What the signer commits to by signing (RFC 5126, 5.11.1; ETSI TS 119 172-1, annex B).
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CommitmentType {
    /// To have created, approved and sent the content.
    ProofOfOrigin,
    /// To have received the content.
    ProofOfReceipt,
    /// To have delivered the content to its recipient, as a provider of delivery.
    ProofOfDelivery,
    /// To have sent the content, not necessarily to have created it.
    ProofOfSender,
    /// To have approved the content.
    ProofOfApproval,
    /// To have created the content, not necessarily approved or sent it.
    ProofOfCreation,
    /// Something that a signature policy or another registry defines.
    Other(Oid),
}

impl CommitmentType {
    /// Its object identifier.
    #[must_use]
    pub const fn oid(self) -> Oid {
        match self {
            Self::ProofOfOrigin => Oid::new_unwrap("1.2.840.113549.1.9.16.6.1"),
            Self::ProofOfReceipt => Oid::new_unwrap("1.2.840.113549.1.9.16.6.2"),
            Self::ProofOfDelivery => Oid::new_unwrap("1.2.840.113549.1.9.16.6.3"),
            Self::ProofOfSender => Oid::new_unwrap("1.2.840.113549.1.9.16.6.4"),
            Self::ProofOfApproval => Oid::new_unwrap("1.2.840.113549.1.9.16.6.5"),
            Self::ProofOfCreation => Oid::new_unwrap("1.2.840.113549.1.9.16.6.6"),
            Self::Other(oid) => oid,
        }
    }
}

/// A commitment, with what qualifies it (ETSI EN 319 122-1, 5.2.3).
///
/// ```text
/// CommitmentTypeIndication ::= SEQUENCE {
///     commitmentTypeId         CommitmentTypeIdentifier,
///     commitmentTypeQualifier  SEQUENCE SIZE (1..MAX) OF CommitmentTypeQualifier OPTIONAL }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Commitment {
    /// What is committed to.
    pub commitment: CommitmentType,
    /// What qualifies the commitment.
    pub qualifiers: Vec<CommitmentQualifier>,
}

/// What qualifies a commitment.
///
/// ```text
/// CommitmentTypeQualifier ::= SEQUENCE {
///     commitmentQualifierId  OBJECT IDENTIFIER,
///     qualifier              ANY DEFINED BY commitmentQualifierId OPTIONAL }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CommitmentQualifier {
    /// Which qualifier.
    pub oid: Oid,
    /// Its value, one element in DER.
    pub value: Option<Vec<u8>>,
}

impl Commitment {
    /// The signed attribute.
    ///
    /// # Errors
    /// The value of a qualifier is not one element.
    pub fn to_attribute(&self) -> Result<Attribute, CmsError> {
        let mut qualifiers = Vec::new();
        for qualifier in &self.qualifiers {
            let value = qualifier.value.as_deref();
            let value = value.map(|value| element("CommitmentTypeQualifier.qualifier", value)).transpose()?;
            qualifiers.extend(asn1::sequence(&[&asn1::oid(&qualifier.oid), value.unwrap_or_default()]));
        }
        let qualifiers = if qualifiers.is_empty() { qualifiers } else { asn1::sequence(&[&qualifiers]) };
        let value = asn1::sequence(&[&asn1::oid(&self.commitment.oid()), &qualifiers]);
        Ok(Attribute::new(COMMITMENT_TYPE, value))
    }
}

/// The MIME type of the signed content, such as `application/pdf` (ETSI EN 319 122-1, 5.2.4.2). Not for
/// counter-signatures.
///
/// ```text
/// MimeType ::= UTF8String
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MimeType(pub String);

impl MimeType {
    /// The signed attribute.
    ///
    /// # Errors
    /// It is not a type and a subtype, with or without parameters (RFC 2045, 5.1).
    pub fn to_attribute(&self) -> Result<Attribute, CmsError> {
        const WHAT: &str = "MimeType";
        let essence = self.0.split(';').next().unwrap_or_default().trim();
        let token = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_graphic() && !b"()<>@,;:\\\"/[]?=".contains(&byte))
        };
        let parts = essence.split_once('/');
        if !parts.is_some_and(|(kind, subtype)| token(kind) && token(subtype)) {
            return Err(CmsError::Statement { what: WHAT, reason: "a type, a slash and a subtype" });
        }
        if self.0.chars().any(char::is_control) {
            return Err(CmsError::Statement { what: WHAT, reason: "text without control characters" });
        }
        Ok(Attribute::new(MIME_TYPE, utf8(WHAT, &self.0)?))
    }
}

/// Where the signer says that it signed (ETSI EN 319 122-1, 5.2.5). At least one part must be given.
///
/// ```text
/// SignerLocation ::= SEQUENCE {
///     countryName    [0] DirectoryString OPTIONAL,
///     localityName   [1] DirectoryString OPTIONAL,
///     postalAddress  [2] PostalAddress OPTIONAL }
///
/// PostalAddress ::= SEQUENCE SIZE (1..6) OF DirectoryString
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SignerLocation {
    /// The country, best as the two letters of ISO 3166 (X.520, 6.3.1).
    pub country: Option<String>,
    /// The town.
    pub locality: Option<String>,
    /// At most six lines.
    pub postal_address: Vec<String>,
}

impl SignerLocation {
    /// The signed attribute.
    ///
    /// # Errors
    /// Nothing is given, a part is empty, or the address has more than six lines.
    pub fn to_attribute(&self) -> Result<Attribute, CmsError> {
        const WHAT: &str = "SignerLocation";
        let text = |number, text: &Option<String>| {
            let text = text.as_deref().map(|text| utf8(WHAT, text)).transpose()?;
            Ok::<_, CmsError>(
                text.map_or_else(Vec::new, |text| asn1::encode(tag::constructed(number), &text)),
            )
        };
        let lines = self.postal_address.iter().map(|line| utf8(WHAT, line)).collect::<Result<Vec<_>, _>>()?;
        let address = match lines.as_slice() {
            [] => Vec::new(),
            lines if lines.len() > 6 => {
                return Err(CmsError::Statement { what: "PostalAddress", reason: "at most six lines" });
            }
            lines => asn1::encode(tag::constructed(2), &asn1::encode(SEQUENCE, &lines.concat())),
        };
        let fields = [text(0, &self.country)?, text(1, &self.locality)?, address].concat();
        if fields.is_empty() {
            return Err(CmsError::Statement { what: WHAT, reason: "a country, a locality or an address" });
        }
        Ok(Attribute::new(SIGNER_LOCATION, asn1::sequence(&[&fields])))
    }
}

/// Roles and other attributes of the signer (ETSI EN 319 122-1, 5.2.6.1). At least one must be given.
///
/// ```text
/// SignerAttributeV2 ::= SEQUENCE {
///     claimedAttributes      [0] ClaimedAttributes OPTIONAL,
///     certifiedAttributesV2  [1] CertifiedAttributesV2 OPTIONAL,
///     signedAssertions       [2] SignedAssertions OPTIONAL }
///
/// ClaimedAttributes     ::= SEQUENCE OF Attribute
/// CertifiedAttributesV2 ::= SEQUENCE OF CHOICE {
///     attributeCertificate       [0] AttributeCertificate,
///     otherAttributeCertificate  [1] OtherAttributeCertificate }
/// SignedAssertions      ::= SEQUENCE OF SignedAssertion
/// SignedAssertion       ::= SEQUENCE {
///     signedAssertionID  OBJECT IDENTIFIER,
///     signedAssertion    ANY DEFINED BY signedAssertionID OPTIONAL }
/// ```
///
/// The module is written with explicit tags.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SignerAttributes {
    /// What the signer claims, and nobody certified.
    pub claimed: Vec<Attribute>,
    /// Attribute certificates of the signer, in DER (RFC 5755).
    pub certificates: Vec<Vec<u8>>,
    /// Certificates of attributes in another form, each one element in DER.
    pub other_certificates: Vec<Vec<u8>>,
    /// What others assert of the signer, under a signature of their own: each a type and one element in DER. An
    /// assertion that was read may lack the element, which is then empty.
    pub assertions: Vec<(Oid, Vec<u8>)>,
}

impl SignerAttributes {
    /// With a role that the signer claims, named by a URI:
    ///
    /// ```text
    /// RoleSyntax ::= SEQUENCE {
    ///     roleAuthority  [0] GeneralNames OPTIONAL,
    ///     roleName       [1] GeneralName }
    /// ```
    ///
    /// # Errors
    /// The URI is empty or not ASCII.
    pub fn claiming_role(mut self, uri: &str) -> Result<Self, CmsError> {
        let mut name = ia5("RoleSyntax.roleName", uri)?;
        if let Some(first) = name.first_mut() {
            *first = tag::primitive(6); // uniformResourceIdentifier [6] IMPLICIT IA5String
        }
        let role = asn1::sequence(&[&asn1::encode(tag::constructed(1), &name)]);
        self.claimed.push(Attribute::new(ROLE, role));
        Ok(self)
    }

    /// The signed attribute.
    ///
    /// # Errors
    /// Nothing is given, or a value is not one element.
    pub fn to_attribute(&self) -> Result<Attribute, CmsError> {
        const WHAT: &str = "SignerAttributeV2";
        let mut claimed = Vec::new();
        for attribute in &self.claimed {
            attribute.check_values()?;
            claimed.extend(attribute.to_der());
        }
        let mut certified = Vec::new();
        for certificate in &self.certificates {
            certified
                .extend(asn1::encode(tag::constructed(0), element("AttributeCertificate", certificate)?));
        }
        for certificate in &self.other_certificates {
            let certificate = element("OtherAttributeCertificate", certificate)?;
            certified.extend(asn1::encode(tag::constructed(1), certificate));
        }
        let mut assertions = Vec::new();
        for (oid, assertion) in &self.assertions {
            assertions.extend(asn1::sequence(&[&asn1::oid(oid), element("SignedAssertion", assertion)?]));
        }
        let mut fields = Vec::new();
        for (number, list) in (0_u8..).zip([claimed, certified, assertions]) {
            if !list.is_empty() {
                fields.extend(asn1::encode(tag::constructed(number), &asn1::sequence(&[&list])));
            }
        }
        if fields.is_empty() {
            return Err(CmsError::Statement { what: WHAT, reason: "at least one attribute" });
        }
        Ok(Attribute::new(SIGNER_ATTRIBUTES_V2, asn1::sequence(&[&fields])))
    }
}

/// A timestamp of the content, made before it was signed: proves that the signature is younger
/// (ETSI EN 319 122-1, 5.2.8). Not verified here.
///
/// ```text
/// ContentTimestamp ::= TimeStampToken
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ContentTimestamp {
    /// The token as the authority sent it (RFC 3161), over the octets of the content.
    pub token: Vec<u8>,
}

impl ContentTimestamp {
    /// The signed attribute.
    ///
    /// # Errors
    /// The bytes are not a signed message of the type of timestamps.
    pub fn to_attribute(&self) -> Result<Attribute, CmsError> {
        let token = SignedMessage::from_ber(&self.token)?;
        if token.content_type() != crate::attributes::TIMESTAMP_INFO {
            return Err(CmsError::Statement { what: "ContentTimestamp", reason: "a timestamp token" });
        }
        Ok(Attribute::new(CONTENT_TIMESTAMP, self.token.clone()))
    }
}
