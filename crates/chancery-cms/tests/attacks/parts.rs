//! Who signs, and the attributes that are forged.

use chancery_certificate::Certificate;
use chancery_certificate::asn1::{self, tag};
use chancery_cms::SignerFault;
use chancery_cms::attributes::MESSAGE_DIGEST;
use chancery_digest::{AnyDigest, DigestAlgorithm, LegacyDigest};
use chancery_key::{KeyKind, SignatureAlgorithm, SoftwareSigner};
use chancery_testkit::TestPki;
use const_oid::ObjectIdentifier as Oid;

use super::forge::{Forgery, attribute, check};

pub(crate) const CONTRACT: &[u8] = b"I owe you ten";

impl Forgery {
    /// Replaces the signed attribute of this type by these (none: removes it).
    pub(crate) fn replace(mut self, oid: Oid, by: Vec<Vec<u8>>) -> Self {
        let is_other = |other: &Vec<u8>| {
            let element = asn1::Element::only(other, tag::SEQUENCE).unwrap();
            element.reader().element().unwrap().oid().unwrap() != oid
        };
        let attributes = self.signed.as_mut().unwrap();
        attributes.retain(is_other);
        attributes.extend(by);
        self
    }

    /// The faults of the one signer.
    pub(crate) fn faults(&self, signer: &SoftwareSigner) -> Vec<SignerFault> {
        check(&self.message(signer)).faults().to_vec()
    }
}

pub(crate) fn attribute_with(oid: Oid, values: Vec<Vec<u8>>) -> Vec<u8> {
    asn1::sequence(&[&asn1::oid(&oid), &asn1::set_of(values)])
}

pub(crate) fn algorithm_identifier(algorithm: SignatureAlgorithm) -> Vec<u8> {
    algorithm.to_algorithm_identifier().unwrap()
}

pub(crate) fn pki() -> TestPki {
    TestPki::at("2026-11-21T12:00:00Z".parse().unwrap())
}

pub(crate) fn alice() -> SoftwareSigner {
    pki().signer("Alice", KeyKind::P256)
}

pub(crate) fn message_digest(content: &[u8]) -> Vec<u8> {
    attribute(MESSAGE_DIGEST, &asn1::octet_string(DigestAlgorithm::Sha256.digest(content).as_bytes()))
}

/// The value of CMSAlgorithmProtection for SHA-256 and this algorithm.
pub(crate) fn protection(algorithm: SignatureAlgorithm) -> Vec<u8> {
    let sha256 = asn1::sequence(&[&asn1::oid(&DigestAlgorithm::Sha256.oid())]);
    let identifier = algorithm_identifier(algorithm);
    let content = asn1::Element::only(&identifier, tag::SEQUENCE).unwrap().content;
    asn1::sequence(&[&sha256, &asn1::encode(tag::constructed(1), content)])
}

/// The value of the first version of signing-certificate, with nothing but the digest.
pub(crate) fn reference_of_version_1(certificate: &Certificate) -> Vec<u8> {
    let digest = LegacyDigest::Sha1.digest(certificate.to_der());
    let id = asn1::sequence(&[&asn1::octet_string(digest.as_bytes())]);
    asn1::sequence(&[&asn1::sequence(&[&id])])
}
