//! What binds a signature beside a file to its envelope.

use chancery_cms::SignerInfo;
use chancery_cms::statements::{ContentIdentifier, Statement};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_workflow::{DocumentId, EnvelopeId};

/// The name that every signature beside a document bears in its signed attributes (content-identifier, RFC 2634, 2.7): of
/// this document in this envelope. With it a signature counts for no other envelope over the same file (21 CFR 11.70).
/// Whoever makes the seal of a final message by other means than a [`Turn`](crate::Turn) signs it as well.
///
/// It is SHA-256 over `chancery envelope document 1\n`, the envelope (16 bytes) and the number of the document (4,
/// big-endian), and tells nobody which they are.
#[must_use]
pub fn content_identifier(envelope: EnvelopeId, document: DocumentId) -> ContentIdentifier {
    let (envelope, document) = (envelope.to_bytes(), document.number().to_be_bytes());
    let named = [&b"chancery envelope document 1\n"[..], &envelope, &document].concat();
    ContentIdentifier(DigestAlgorithm::Sha256.digest(&named).as_bytes().to_vec())
}

/// Whether a signer has signed that name, and no other.
pub(crate) fn is_of(signer: &SignerInfo, (envelope, document): (EnvelopeId, DocumentId)) -> bool {
    let signed = signer.signed_attributes().into_iter().flat_map(chancery_cms::Attributes::statements);
    let mut found = signed.filter_map(|(_, statement)| match statement {
        Ok(Statement::ContentIdentifier(identifier)) => Some(identifier),
        _ => None,
    });
    found.next() == Some(content_identifier(envelope, document)) && found.next().is_none()
}
