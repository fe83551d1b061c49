//! Messages put together by hand, sound unless told otherwise: what an attacker, or an old program, could write.

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, tag};
use chancery_cms::attributes::{CONTENT_TYPE, DATA, MESSAGE_DIGEST, SIGNED_DATA, SIGNING_CERTIFICATE_V2};
use chancery_cms::{SignedMessage, SignerCheck};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{Signer, SoftwareSigner, ToBeSigned};
use const_oid::ObjectIdentifier as Oid;

/// An attribute with one value.
pub(crate) fn attribute(oid: Oid, value: &[u8]) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(&oid), &asn1::set_of(vec![value.to_vec()])])
}

/// ESSCertIDv2 with SHA-256 and nothing else, as the only reference.
pub(crate) fn reference(certificate: &Certificate) -> Vec<u8> {
    let digest = DigestAlgorithm::Sha256.digest(certificate.to_der());
    let id = asn1::sequence(&[&asn1::octet_string(digest.as_bytes())]);
    asn1::sequence(&[&asn1::sequence(&[&id])])
}

/// Every part of a message with one signer. Change what you like, then [`message`](Self::message).
pub(crate) struct Forgery {
    pub(crate) content_type: Oid,
    pub(crate) content: Vec<u8>,
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) signer_version: u8,
    pub(crate) identifier: Vec<u8>,
    pub(crate) digest_algorithm: Vec<u8>,
    /// None: no signed attributes.
    pub(crate) signed: Option<Vec<Vec<u8>>>,
    pub(crate) unsigned: Vec<Vec<u8>>,
    pub(crate) signature_algorithm: Vec<u8>,
    /// What the key signs instead of what it should.
    pub(crate) signs: Option<Vec<u8>>,
    pub(crate) order: Order,
}

#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Order {
    Der,
    Reversed,
}

impl Forgery {
    pub(crate) fn sound(signer: &SoftwareSigner, content: &[u8]) -> Self {
        let certificate = &signer.chain()[0];
        let digest = signer.algorithm().digest();
        let serial = asn1::encode(tag::INTEGER, certificate.serial());
        Self {
            content_type: DATA,
            content: content.to_vec(),
            certificates: vec![certificate.to_der().to_vec()],
            signer_version: 1,
            identifier: asn1::sequence(&[certificate.issuer().to_der(), &serial]),
            digest_algorithm: asn1::sequence(&[&asn1::oid(&digest.oid())]),
            signed: Some(vec![
                attribute(CONTENT_TYPE, &asn1::oid(&DATA)),
                attribute(MESSAGE_DIGEST, &asn1::octet_string(digest.digest(content).as_bytes())),
                attribute(SIGNING_CERTIFICATE_V2, &reference(certificate)),
            ]),
            unsigned: Vec::new(),
            signature_algorithm: signer.algorithm().to_algorithm_identifier().unwrap(),
            signs: None,
            order: Order::Der,
        }
    }

    pub(crate) fn bytes(&self, signer: &SoftwareSigner) -> Vec<u8> {
        let mut attributes = self.signed.clone().unwrap_or_default();
        attributes.sort();
        if self.order == Order::Reversed {
            attributes.reverse();
        }
        let set = asn1::encode(tag::SET, &attributes.concat());
        let signed_bytes = match (&self.signs, &self.signed) {
            (Some(other), _) => other.clone(),
            (None, Some(_)) => set.clone(),
            (None, None) => self.content.clone(),
        };
        let signature = signer.sign(&ToBeSigned::new(signer.algorithm(), signed_bytes)).unwrap();
        let signed = match self.signed {
            Some(_) => [&[tag::constructed(0)], &set[1..]].concat(),
            None => Vec::new(),
        };
        let unsigned = match self.unsigned.as_slice() {
            [] => Vec::new(),
            some => asn1::encode(tag::constructed(1), &some.concat()),
        };
        let signer_info = asn1::sequence(&[
            &asn1::integer(&[self.signer_version]),
            &self.identifier,
            &self.digest_algorithm,
            &signed,
            &self.signature_algorithm,
            &asn1::octet_string(signature.as_bytes()),
            &unsigned,
        ]);
        let content = asn1::encode(tag::constructed(0), &asn1::octet_string(&self.content));
        message_bytes(&self.digest_algorithm, self.content_type, &content, &self.certificates, &[signer_info])
    }

    pub(crate) fn message(&self, signer: &SoftwareSigner) -> SignedMessage {
        SignedMessage::from_ber(&self.bytes(signer)).unwrap()
    }
}

/// ContentInfo and SignedData around given signers.
pub(crate) fn message_bytes(
    digest_algorithm: &[u8],
    content_type: Oid,
    content: &[u8],
    certificates: &[Vec<u8>],
    signers: &[Vec<u8>],
) -> Vec<u8> {
    let signed_data = asn1::sequence(&[
        &asn1::integer(&[1]),
        &asn1::encode(tag::SET, digest_algorithm),
        &asn1::sequence(&[&asn1::oid(&content_type), content]),
        &asn1::encode(tag::constructed(0), &certificates.concat()),
        &asn1::encode(tag::SET, &signers.concat()),
    ]);
    asn1::sequence(&[&asn1::oid(&SIGNED_DATA), &asn1::encode(tag::constructed(0), &signed_data)])
}

pub(crate) fn check(message: &SignedMessage) -> SignerCheck {
    message.signers()[0].check(message, &message.content_digests(), &[])
}
