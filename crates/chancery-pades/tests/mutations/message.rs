//! Which part of a message differs from that of another: what its signer signed may not.

use chancery_certificate::Octets;
use chancery_cms::{SignedMessage, SignerInfo};

/// The parts that differ, none of them signed by who signed the message; `None` if one of them is.
pub(crate) fn unsigned_difference(one: &[u8], other: &[u8]) -> Option<String> {
    let (one, _) = SignedMessage::from_ber_prefix(one).ok()?;
    let (other, _) = SignedMessage::from_ber_prefix(other).ok()?;
    let ([first], [second]) = (one.signers(), other.signers()) else { return None };
    if one.content() != other.content() || signed(first) != signed(second) {
        return None;
    }
    let mut parts = Vec::new();
    if one.certificates() != other.certificates() || one.unread_certificates() != other.unread_certificates()
    {
        parts.push("a certificate beside".to_owned());
    }
    if one.crls() != other.crls() || one.other_revocations() != other.other_revocations() {
        parts.push("evidence beside".to_owned());
    }
    if first.unsigned_attributes() != second.unsigned_attributes() {
        parts.push(attributes(first, second));
    }
    if parts.is_empty() {
        let versions = (one.version(), first.version()) != (other.version(), second.version());
        parts.push(if versions { "a version" } else { "the frame" }.to_owned());
    }
    Some(parts.join(", "))
}

/// What binds a signer to what was signed.
fn signed(signer: &SignerInfo) -> (Option<&[u8]>, &[u8]) {
    (signer.signed_attributes_der(), signer.signature())
}

/// What differs among unsigned attributes: of timestamps, whether their own signature does.
fn attributes(one: &SignerInfo, other: &SignerInfo) -> String {
    let values = |signer: &SignerInfo| -> Vec<Octets> {
        signer.unsigned_attributes().iter().flat_map(|attribute| attribute.values().to_vec()).collect()
    };
    let (ones, others) = (values(one), values(other));
    let differing = ones.iter().zip(&others).filter(|(one, other)| one != other);
    let told: Vec<String> = differing
        .map(|(one, other)| match unsigned_difference(one, other) {
            Some(part) => format!("{part} in the timestamp"),
            None => "what the timestamp signs".to_owned(),
        })
        .collect();
    if told.is_empty() { "which unsigned attributes there are".to_owned() } else { told.join(", ") }
}
