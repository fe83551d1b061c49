//! Reading of what a signer states: the attributes of [`statements`](crate::statements), from the messages of others.

use chancery_certificate::asn1::tag::{
    self, IA5_STRING, NULL, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, UTF8_STRING,
};
use chancery_certificate::asn1::{self};
use chancery_digest::{Digest, DigestAlgorithm};
use const_oid::ObjectIdentifier as Oid;

use crate::attribute::{Attribute, Attributes};
use crate::attributes::{COMMITMENT_TYPE, CONTENT_TIMESTAMP, MIME_TYPE, SIGNATURE_POLICY};
use crate::ber::{Element, Reader};
use crate::error::{BerFault, CmsError};
use crate::policy_statement::{QUALIFIER_NOTICE, QUALIFIER_SPECIFICATION, QUALIFIER_URI};
use crate::revocation_archive::{REVOCATION_INFO_ARCHIVAL, RevocationArchive};
use crate::statements::{
    CONTENT_HINTS, CONTENT_IDENTIFIER, CONTENT_REFERENCE, Commitment, CommitmentQualifier, CommitmentType,
    ContentHints, ContentIdentifier, ContentReference, ContentTimestamp, MimeType, NoticeReference,
    PolicyDocument, PolicyHash, PolicyQualifier, PolicySpecification, SIGNATURE_POLICY_STORE,
    SIGNER_ATTRIBUTES_V2, SIGNER_LOCATION, SignaturePolicy, SignaturePolicyStore, SignerAttributes,
    SignerLocation, UserNotice,
};

/// What one value of an attribute states. A claim of the signer if the attribute is signed, and of nobody in particular
/// if it is not.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Statement {
    /// What the innermost content is.
    ContentHints(ContentHints),
    /// A name for the content.
    ContentIdentifier(ContentIdentifier),
    /// Another message that this one refers to.
    ContentReference(ContentReference),
    /// What the signer commits to.
    Commitment(Commitment),
    /// The MIME type of the content.
    MimeType(MimeType),
    /// Where the signer signed.
    SignerLocation(SignerLocation),
    /// Roles and other attributes of the signer.
    SignerAttributes(SignerAttributes),
    /// The policy under which the signature was made.
    SignaturePolicy(StatedPolicy),
    /// The document of that policy, or where it is.
    SignaturePolicyStore(SignaturePolicyStore),
    /// A timestamp of the content: the token, not verified.
    ContentTimestamp(ContentTimestamp),
    /// CRLs and OCSP answers, as Adobe keeps them.
    RevocationArchive(RevocationArchive),
    /// Anything else.
    Other {
        /// The type of the attribute.
        oid: Oid,
        /// The value, byte for byte as received.
        value: Vec<u8>,
    },
}

/// What a signature-policy-identifier attribute says (RFC 5126, 5.8.1; ETSI EN 319 122-1, 5.2.9.1).
///
/// ```text
/// SignaturePolicy ::= CHOICE {
///     signaturePolicyId       SignaturePolicyId,
///     signaturePolicyImplied  NULL  -- no longer written }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum StatedPolicy {
    /// This one.
    Identified(SignaturePolicy),
    /// The one that content and circumstances imply.
    Implied,
}

impl Attributes {
    /// What each value of each attribute states, with the type of the attribute.
    ///
    /// A statement that cannot be read is an error at its place and hides no other one. [`Statement::Other`] is what
    /// has no type here, among them everything that [`check`](crate::SignerInfo::check) judges itself.
    pub fn statements(&self) -> impl Iterator<Item = (Oid, Result<Statement, CmsError>)> {
        let of = |attribute: &Attribute, value: &[u8]| {
            (attribute.oid(), Statement::from_value(attribute.oid(), value))
        };
        self.iter()
            .flat_map(move |attribute| attribute.values().iter().map(move |value| of(attribute, value)))
    }
}

impl Statement {
    /// Reads one value of an attribute of this type.
    ///
    /// # Errors
    /// The value has not the form that belongs to the type.
    pub fn from_value(oid: Oid, value: &[u8]) -> Result<Self, CmsError> {
        let mut reader = Reader::new(value);
        let element = reader.any("attrValues")?;
        reader.finish("attrValues")?;
        Ok(match oid {
            CONTENT_HINTS => Self::ContentHints(content_hints(&element)?),
            CONTENT_IDENTIFIER => Self::ContentIdentifier(content_identifier(&element)?),
            CONTENT_REFERENCE => Self::ContentReference(content_reference(&element)?),
            COMMITMENT_TYPE => Self::Commitment(commitment(&element)?),
            MIME_TYPE => Self::MimeType(MimeType(text(&element, "MimeType")?)),
            SIGNER_LOCATION => Self::SignerLocation(signer_location(&element)?),
            SIGNER_ATTRIBUTES_V2 => Self::SignerAttributes(signer_attributes(&element)?),
            SIGNATURE_POLICY => Self::SignaturePolicy(stated_policy(&element)?),
            SIGNATURE_POLICY_STORE => Self::SignaturePolicyStore(policy_store(&element)?),
            CONTENT_TIMESTAMP => Self::ContentTimestamp(ContentTimestamp { token: value.to_vec() }),
            REVOCATION_INFO_ARCHIVAL => Self::RevocationArchive(RevocationArchive::read(&element)?),
            oid => Self::Other { oid, value: value.to_vec() },
        })
    }
}

/// The elements of a SEQUENCE.
fn fields<'a>(element: &Element<'a>, what: &'static str) -> Result<Reader<'a>, CmsError> {
    if element.tag != SEQUENCE {
        return Err(element.fault(what, BerFault::Tag { expected: SEQUENCE, found: element.tag }));
    }
    Ok(element.reader())
}

/// The one element under an explicit tag.
fn explicit<'a>(element: &Element<'a>, what: &'static str) -> Result<Element<'a>, CmsError> {
    let mut reader = element.reader();
    let inside = reader.any(what)?;
    reader.finish(what)?;
    Ok(inside)
}

fn all<'a, T>(
    mut reader: Reader<'a>,
    what: &'static str,
    read: impl Fn(&Element<'a>) -> Result<T, CmsError>,
) -> Result<Vec<T>, CmsError> {
    let mut list = Vec::new();
    while !reader.is_empty() {
        list.push(read(&reader.any(what)?)?);
    }
    Ok(list)
}

/// Text of any string type. Some write PrintableString where the standard says UTF8String.
fn text(element: &Element<'_>, what: &'static str) -> Result<String, CmsError> {
    let read = asn1::Reader::new(element.raw).element().and_then(|element| element.text());
    read.map_err(|_| element.fault(what, BerFault::Content("text")))
}

fn content_hints(element: &Element<'_>) -> Result<ContentHints, CmsError> {
    const WHAT: &str = "ContentHints";
    let mut fields = fields(element, WHAT)?;
    let description = fields.optional(UTF8_STRING, WHAT)?.map(|element| text(&element, WHAT)).transpose()?;
    let content_type = fields.expect(OBJECT_IDENTIFIER, WHAT)?.oid(WHAT)?;
    fields.finish(WHAT)?;
    Ok(ContentHints { description, content_type })
}

fn content_identifier(element: &Element<'_>) -> Result<ContentIdentifier, CmsError> {
    Ok(ContentIdentifier(element.octets(OCTET_STRING, "ContentIdentifier")?.into_owned()))
}

fn content_reference(element: &Element<'_>) -> Result<ContentReference, CmsError> {
    const WHAT: &str = "ContentReference";
    let mut fields = fields(element, WHAT)?;
    let content_type = fields.expect(OBJECT_IDENTIFIER, WHAT)?.oid(WHAT)?;
    let identifier = content_identifier(&fields.any(WHAT)?)?;
    let signature = fields.any(WHAT)?.octets(OCTET_STRING, WHAT)?.into_owned();
    fields.finish(WHAT)?;
    Ok(ContentReference { content_type, identifier, signature })
}

fn commitment(element: &Element<'_>) -> Result<Commitment, CmsError> {
    const WHAT: &str = "CommitmentTypeIndication";
    let mut indication = fields(element, WHAT)?;
    let commitment = CommitmentType::from_oid(indication.expect(OBJECT_IDENTIFIER, WHAT)?.oid(WHAT)?);
    let qualifiers = indication.optional(SEQUENCE, WHAT)?;
    indication.finish(WHAT)?;
    let qualifier = |element: &Element<'_>| {
        let (oid, value) = qualified(element, "CommitmentTypeQualifier")?;
        Ok(CommitmentQualifier { oid, value: value.map(|value| value.raw.to_vec()) })
    };
    let qualifiers = qualifiers.map(|list| all(list.reader(), WHAT, qualifier)).transpose()?;
    Ok(Commitment { commitment, qualifiers: qualifiers.unwrap_or_default() })
}

impl CommitmentType {
    /// The type that has this object identifier.
    #[must_use]
    pub fn from_oid(oid: Oid) -> Self {
        let named = [
            Self::ProofOfOrigin,
            Self::ProofOfReceipt,
            Self::ProofOfDelivery,
            Self::ProofOfSender,
            Self::ProofOfApproval,
            Self::ProofOfCreation,
        ];
        named.into_iter().find(|commitment| commitment.oid() == oid).unwrap_or(Self::Other(oid))
    }
}

/// A type and an optional value of that type.
fn qualified<'a>(element: &Element<'a>, what: &'static str) -> Result<(Oid, Option<Element<'a>>), CmsError> {
    let mut fields = fields(element, what)?;
    let oid = fields.expect(OBJECT_IDENTIFIER, what)?.oid(what)?;
    let value = if fields.is_empty() { None } else { Some(fields.any(what)?) };
    fields.finish(what)?;
    Ok((oid, value))
}

fn signer_location(element: &Element<'_>) -> Result<SignerLocation, CmsError> {
    const WHAT: &str = "SignerLocation";
    let mut fields = fields(element, WHAT)?;
    let directory_string = |element: Element<'_>| text(&explicit(&element, WHAT)?, WHAT);
    let country = fields.optional(tag::constructed(0), WHAT)?.map(directory_string).transpose()?;
    let locality = fields.optional(tag::constructed(1), WHAT)?.map(directory_string).transpose()?;
    let address = fields.optional(tag::constructed(2), WHAT)?;
    fields.finish(WHAT)?;
    let lines = address.map(|address| {
        let lines = explicit(&address, "PostalAddress")?;
        all(self::fields(&lines, "PostalAddress")?, "PostalAddress", |line| text(line, "PostalAddress"))
    });
    let postal_address = lines.transpose()?.unwrap_or_default();
    Ok(SignerLocation { country, locality, postal_address })
}

fn signer_attributes(element: &Element<'_>) -> Result<SignerAttributes, CmsError> {
    const WHAT: &str = "SignerAttributeV2";
    let mut fields = fields(element, WHAT)?;
    let mut list = |number| {
        let list = fields.optional(tag::constructed(number), WHAT)?;
        list.map(|list| self::fields(&explicit(&list, WHAT)?, WHAT)).transpose()
    };
    let (claimed, certified, assertions) = (list(0)?, list(1)?, list(2)?);
    fields.finish(WHAT)?;
    let mut read = SignerAttributes::default();
    if let Some(claimed) = claimed {
        let claim = |element: &Element<'_>| Attribute::read(element, &element.raw.into());
        read.claimed = all(claimed, "ClaimedAttributes", claim)?;
    }
    let mut certified = certified.unwrap_or_else(|| Reader::new(&[]));
    while !certified.is_empty() {
        let choice = certified.any("CertifiedAttributesV2")?;
        let certificate = explicit(&choice, "CertifiedAttributesV2")?.raw.to_vec();
        match choice.tag {
            tag if tag == tag::constructed(0) => read.certificates.push(certificate),
            tag if tag == tag::constructed(1) => read.other_certificates.push(certificate),
            _ => return Err(choice.fault("CertifiedAttributesV2", BerFault::Content("known choice"))),
        }
    }
    if let Some(assertions) = assertions {
        read.assertions = all(assertions, "SignedAssertion", |assertion| {
            let (oid, value) = qualified(assertion, "SignedAssertion")?;
            Ok((oid, value.map_or_else(Vec::new, |value| value.raw.to_vec())))
        })?;
    }
    Ok(read)
}

fn stated_policy(element: &Element<'_>) -> Result<StatedPolicy, CmsError> {
    const WHAT: &str = "SignaturePolicyId";
    if element.tag == NULL {
        return Ok(StatedPolicy::Implied);
    }
    let mut policy = fields(element, WHAT)?;
    let identifier = policy.expect(OBJECT_IDENTIFIER, WHAT)?.oid(WHAT)?;
    let hash = policy_hash(&policy.any("SigPolicyHash")?)?;
    let qualifiers = policy.optional(SEQUENCE, WHAT)?;
    policy.finish(WHAT)?;
    let qualifiers = qualifiers.map(|list| all(list.reader(), WHAT, policy_qualifier)).transpose()?;
    let qualifiers = qualifiers.unwrap_or_default();
    Ok(StatedPolicy::Identified(SignaturePolicy { identifier, hash, qualifiers }))
}

fn policy_hash(element: &Element<'_>) -> Result<PolicyHash, CmsError> {
    const WHAT: &str = "SigPolicyHash";
    let mut hash = fields(element, WHAT)?;
    let algorithm = fields(&hash.any(WHAT)?, WHAT)?.expect(OBJECT_IDENTIFIER, WHAT)?.oid(WHAT)?;
    let value = hash.any(WHAT)?.octets(OCTET_STRING, WHAT)?.into_owned();
    hash.finish(WHAT)?;
    let Some(known) = DigestAlgorithm::from_oid(&algorithm) else {
        return Ok(PolicyHash::Other { algorithm, value });
    };
    if value.iter().all(|octet| *octet == 0) {
        return Ok(PolicyHash::NotKnown(known));
    }
    Ok(match Digest::from_parts(known, &value) {
        Ok(digest) => PolicyHash::Known(digest),
        Err(_) => PolicyHash::Other { algorithm, value },
    })
}

fn policy_qualifier(element: &Element<'_>) -> Result<PolicyQualifier, CmsError> {
    let (oid, value) = qualified(element, "SigPolicyQualifierInfo")?;
    Ok(match (oid, value) {
        (QUALIFIER_URI, Some(uri)) => PolicyQualifier::Uri(text(&uri, "SPuri")?),
        (QUALIFIER_NOTICE, Some(notice)) => PolicyQualifier::UserNotice(user_notice(&notice)?),
        (QUALIFIER_SPECIFICATION, Some(specification)) => {
            PolicyQualifier::Specification(policy_specification(&specification)?)
        }
        (oid, value) => PolicyQualifier::Other { oid, value: value.map(|value| value.raw.to_vec()) },
    })
}

fn user_notice(element: &Element<'_>) -> Result<UserNotice, CmsError> {
    const WHAT: &str = "SPUserNotice";
    let mut notice = fields(element, WHAT)?;
    let reference = notice.optional(SEQUENCE, WHAT)?.map(|reference| {
        let mut fields = reference.reader();
        let organization =
            text(&fields.any("NoticeReference.organization")?, "NoticeReference.organization")?;
        let numbers = fields.expect(SEQUENCE, "NoticeReference.noticeNumbers")?;
        fields.finish("NoticeReference")?;
        let number = |number: &Element<'_>| {
            let value = number.small_integer("NoticeReference.noticeNumbers")?;
            u32::try_from(value).map_err(|_| {
                number.fault("NoticeReference.noticeNumbers", BerFault::Content("INTEGER below 2^32"))
            })
        };
        let numbers = all(numbers.reader(), "NoticeReference.noticeNumbers", number)?;
        Ok::<_, CmsError>(NoticeReference { organization, numbers })
    });
    let text = if notice.is_empty() { None } else { Some(text(&notice.any(WHAT)?, WHAT)?) };
    notice.finish(WHAT)?;
    Ok(UserNotice { reference: reference.transpose()?, text })
}

fn policy_specification(element: &Element<'_>) -> Result<PolicySpecification, CmsError> {
    const WHAT: &str = "SPDocSpecification";
    Ok(match element.tag {
        OBJECT_IDENTIFIER => PolicySpecification::Identifier(element.oid(WHAT)?),
        _ => PolicySpecification::Uri(text(element, WHAT)?),
    })
}

fn policy_store(element: &Element<'_>) -> Result<SignaturePolicyStore, CmsError> {
    const WHAT: &str = "SignaturePolicyStore";
    let mut fields = fields(element, WHAT)?;
    let specification = policy_specification(&fields.any(WHAT)?)?;
    let document = fields.any(WHAT)?;
    fields.finish(WHAT)?;
    let document = match document.tag {
        IA5_STRING => PolicyDocument::LocalUri(text(&document, WHAT)?),
        _ => PolicyDocument::Encoded(document.octets(OCTET_STRING, WHAT)?.into_owned()),
    };
    Ok(SignaturePolicyStore { specification, document })
}
