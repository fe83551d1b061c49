//! What the timestamps of a signature are over, octet by octet.

use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::SIGNATURE_TIMESTAMP;
use chancery_cms::{ReceivedSet, ReceivedValue, SignedMessage};
use chancery_digest::{AnyDigest, Digest, Digests, Hasher, KnownDigest, Source};
use const_oid::ObjectIdentifier as Oid;

use crate::attributes::{ARCHIVE_TIMESTAMPS, CERTIFICATE_REFERENCES, REVOCATION_REFERENCES};
use crate::catalogue::Catalogue;

/// The digests that an archive timestamp of version 3 may have: what is stamped are the type of the content, the
/// content's digest, the fields of the SignerInfo up to the signature value, and the index (EN 319 122-1, 5.5.3).
///
/// As received, and in DER where that is something else.
pub(crate) fn archive_v3(
    catalogue: &Catalogue<'_>,
    content: &Digest<KnownDigest>,
    index: &[u8],
) -> Vec<Digest<KnownDigest>> {
    let algorithm = content.algorithm();
    let digest = |content_type: &[u8], fields: &[u8], index: &[u8]| {
        let mut hasher = algorithm.hasher();
        [content_type, content.as_bytes(), fields, index].into_iter().for_each(|part| hasher.update(part));
        hasher.finalize()
    };
    let content_type = catalogue.message.content_type().as_bytes();
    let fields = catalogue.signed_fields();
    let encodings = std::iter::once(&fields.received).chain(&fields.other_der);
    encodings.map(|fields| digest(content_type, fields, index)).collect()
}

/// The digests that an archive timestamp of version 2 may have (EN 319 122-1, A.2.4): the content with its type, the
/// sets of certificates and of revocation information, and the SignerInfo without archive timestamps that are not older.
/// TS 101 733 once left the tag and length of the unsigned attributes out, so both forms are tried.
///
/// Detached content is stamped itself, after its type: None where only its digest is at hand.
pub(crate) fn archive_v2(
    catalogue: &Catalogue<'_>,
    message: &SignedMessage,
    detached: Option<&dyn Source>,
    algorithm: KnownDigest,
    is_older: impl Fn(&ReceivedValue<'_>) -> bool,
) -> Option<[Digest<KnownDigest>; 2]> {
    let mut hasher = algorithm.hasher();
    hasher.update(catalogue.message.encapsulated().as_bytes());
    if message.content().is_none() {
        let content = detached.filter(|_| message.is_detached())?;
        hasher.update_from(content, 0..content.len()).ok()?;
    }
    let sets = [catalogue.message.certificates(), catalogue.message.revocations()];
    sets.into_iter().flatten().map(ReceivedSet::as_bytes).for_each(|set| hasher.update(set));
    hasher.update(&catalogue.signed_fields().received);
    let mut attributes: Vec<&[u8]> = Vec::new();
    for value in catalogue.values() {
        let attribute = value.whole.as_bytes();
        // Several values of one attribute follow each other.
        let same = attributes.last().is_some_and(|last| std::ptr::eq(*last, attribute));
        if !same && (!ARCHIVE_TIMESTAMPS.contains(&value.attribute) || is_older(value)) {
            attributes.push(attribute);
        }
    }
    let with = |hasher: &Hasher<KnownDigest>, header: &[u8]| {
        let mut hasher = hasher.clone();
        hasher.update(header);
        attributes.iter().for_each(|attribute| hasher.update(attribute));
        hasher.finalize()
    };
    let length = attributes.iter().map(|attribute| <[u8]>::len(attribute)).sum();
    Some([with(&hasher, &asn1::header(tag::constructed(1), length)), with(&hasher, &[])])
}

/// What the timestamp over signature and references covers (EN 319 122-1, A.1.5.2): the signature value, its timestamps
/// and the references, each attribute as its type and its values.
pub(crate) fn signature_and_references(catalogue: &Catalogue<'_>, signature: &[u8]) -> Vec<u8> {
    let attributes = [SIGNATURE_TIMESTAMP, CERTIFICATE_REFERENCES, REVOCATION_REFERENCES];
    [signature, &fields_of(catalogue, &attributes)].concat()
}

/// What the timestamp over the references covers (A.1.5.1).
pub(crate) fn references(catalogue: &Catalogue<'_>) -> Vec<u8> {
    fields_of(catalogue, &[CERTIFICATE_REFERENCES, REVOCATION_REFERENCES])
}

/// Type and values of these attributes, without the SEQUENCE around them.
fn fields_of(catalogue: &Catalogue<'_>, attributes: &[Oid]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for oid in attributes {
        let mut last: Option<&[u8]> = None;
        for value in catalogue.values().filter(|value| value.attribute == *oid) {
            let whole = value.whole.as_bytes();
            if !last.is_some_and(|last| std::ptr::eq(last, whole)) {
                bytes.extend_from_slice(value.whole.content());
                last = Some(whole);
            }
        }
    }
    bytes
}

/// The digest of the content by this algorithm: one of those that are at hand, or made of content that the message
/// holds.
pub(crate) fn content_digest(
    message: &SignedMessage,
    content: &Digests,
    algorithm: KnownDigest,
) -> Option<Digest<KnownDigest>> {
    let held = || message.content().or_else(|| message.unwrapped_content().map(|(_, octets)| octets));
    content.find(algorithm).copied().or_else(|| held().map(|octets| algorithm.digest(octets)))
}
