//! What a signature beside a file says, in its signed attributes.

use chancery_certificate::asn1::{self, Element, tag};
use chancery_cms::statements::{
    Commitment, CommitmentQualifier, CommitmentType, ContentIdentifier, MimeType, SignerAttributes,
    SignerLocation, Statement,
};
use chancery_cms::{Attribute, CmsError, SignerInfo};
use chancery_workflow::Text;
use const_oid::ObjectIdentifier as Oid;
use const_oid::db::rfc4519;

/// id-at-description (X.520, 6.5.1): the words of the meaning.
const DESCRIPTION: Oid = rfc4519::DESCRIPTION;
/// id-at-name (X.520, 6.2.1): the printed name.
const NAME: Oid = rfc4519::NAME;
/// id-at-title (X.520, 6.4.3): the role.
const TITLE: Oid = rfc4519::TITLE;

/// What is said, as it goes into the attributes.
pub(crate) struct Said<'s> {
    pub(crate) statement: &'s chancery_pades::Statement,
    pub(crate) commitment: CommitmentType,
    pub(crate) media_type: Option<&'s Text>,
    pub(crate) identifier: ContentIdentifier,
}

/// The signed attributes, beside those that every signature has.
///
/// ```text
/// commitment-type-indication:  the commitment, { description, UTF8String }, { name, UTF8String }
/// content-identifier
/// signer-attributes-v2:        claimedAttributes { title, UTF8String }
/// signer-location:             localityName
/// mime-type
/// ```
pub(crate) fn attributes(said: &Said<'_>) -> Result<Vec<Attribute>, CmsError> {
    let statement = said.statement;
    let qualifier = |oid, text: &str| CommitmentQualifier { oid, value: Some(utf8(text)) };
    let reason = statement.reason().map(|reason| qualifier(DESCRIPTION, reason));
    let qualifiers = reason.into_iter().chain([qualifier(NAME, statement.name())]).collect();
    let commitment = Commitment { commitment: said.commitment, qualifiers };
    let mut attributes = vec![commitment.to_attribute()?, said.identifier.to_attribute()];
    if let Some(role) = statement.role() {
        let claimed = vec![Attribute::new(TITLE, utf8(role))];
        attributes.push(SignerAttributes { claimed, ..SignerAttributes::default() }.to_attribute()?);
    }
    if let Some(location) = statement.location() {
        let locality = Some(location.to_owned());
        attributes.push(SignerLocation { locality, ..SignerLocation::default() }.to_attribute()?);
    }
    // What has not the form of a media type is a remark of the sender, which nobody has to sign.
    let media_type = said.media_type.and_then(|said| MimeType(said.as_str().to_owned()).to_attribute().ok());
    attributes.extend(media_type);
    Ok(attributes)
}

/// The words of the meaning that a signer has signed; none if there are none, or several.
pub(crate) fn meaning(signer: &SignerInfo) -> Option<String> {
    let mut found = signer.signed_attributes()?.statements().filter_map(|(_, statement)| match statement {
        Ok(Statement::Commitment(commitment)) => Some(commitment),
        _ => None,
    });
    let (commitment, None) = (found.next()?, found.next()) else { return None };
    let mut words = commitment.qualifiers.into_iter().filter(|qualifier| qualifier.oid == DESCRIPTION);
    let (words, None) = (words.next()?, words.next()) else { return None };
    Element::only(&words.value?, tag::UTF8_STRING).ok()?.text().ok()
}

fn utf8(text: &str) -> Vec<u8> {
    asn1::encode(tag::UTF8_STRING, text.as_bytes())
}
