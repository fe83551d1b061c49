//! What the key signs is what was reviewed: the digest is read out of the very bytes.

use chancery_certificate::asn1::{self, tag};
use chancery_cms::Attribute;
use chancery_cms::attributes::{CONTENT_TYPE, DATA, MESSAGE_DIGEST};
use chancery_digest::{AnyDigest, DigestAlgorithm};
use chancery_key::{SignatureAlgorithm, ToBeSigned};
use chancery_seal::{ContentFault, Document, DocumentClass, FileName, SealId, SealRequest};
use proptest::prelude::*;

use crate::desk::*;

fn read(bytes: Vec<u8>) -> Result<chancery_digest::Digest, ContentFault> {
    let algorithm = SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256);
    let digest = DigestAlgorithm::Sha256.digest(b"file");
    let document =
        Document { file_name: FileName::new("f").unwrap(), digest, class: DocumentClass::Contract };
    SealRequest::new(key("k"), SealId::from_bytes([0; 16]), document, ToBeSigned::new(algorithm, bytes))
        .content_digest()
}

/// The attributes of a right request, each as DER.
fn attributes() -> Vec<Vec<u8>> {
    let bytes = to_be_signed("text").bytes().to_vec();
    let mut reader = asn1::Element::only(&bytes, tag::SET).unwrap().reader();
    let mut all = Vec::new();
    while !reader.is_empty() {
        all.push(reader.element().unwrap().raw.to_vec());
    }
    all
}

fn set(attributes: &[Vec<u8>]) -> Vec<u8> {
    asn1::encode(tag::SET, &attributes.concat())
}

#[test]
fn the_digest_is_that_of_the_bytes() {
    assert_eq!(read(to_be_signed("text").bytes().to_vec()), Ok(DigestAlgorithm::Sha256.digest(b"text")));
}

#[test]
fn what_does_not_say_one_content_is_refused() {
    let right = attributes();
    let with = |more: Attribute| set(&[right.clone(), vec![more.to_der()]].concat());
    let without = |oid| {
        let is = |der: &Vec<u8>| der.windows(11).any(|w| w.starts_with(&asn1::oid(&oid)));
        set(&right.iter().filter(|der| !is(der)).cloned().collect::<Vec<_>>())
    };
    let other_digest = Attribute::new(MESSAGE_DIGEST, asn1::octet_string(&[7; 32]));
    assert_eq!(read(with(other_digest)), Err(ContentFault::MessageDigest), "two of them");
    assert_eq!(read(without(MESSAGE_DIGEST)), Err(ContentFault::MessageDigest));
    assert_eq!(read(without(CONTENT_TYPE)), Err(ContentFault::ContentType));
    assert_eq!(read(with(Attribute::new(CONTENT_TYPE, asn1::oid(&DATA)))), Err(ContentFault::ContentType));
    let short = Attribute::new(MESSAGE_DIGEST, asn1::octet_string(&[7; 20]));
    assert_eq!(read([set(&[right[0].clone(), short.to_der()])].concat()), Err(ContentFault::MessageDigest));
    for bytes in
        [vec![], b"a contract".to_vec(), set(&[]), [set(&right), vec![0]].concat(), vec![0x31, 0x80, 0, 0]]
    {
        assert_eq!(read(bytes), Err(ContentFault::NoAttributes));
    }
    assert_eq!(read(vec![0x31; (1 << 20) + 1]), Err(ContentFault::TooLong));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(bytes);
    }

    /// ∀: a changed byte never leaves another digest that passes for the old one's neighbour: either the digest is the one
    /// in the bytes, or nothing is read.
    #[test]
    fn a_changed_byte_is_seen(at in 0_usize..200, flip in 1_u8..=255) {
        let mut bytes = to_be_signed("text").bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        if let Ok(digest) = read(bytes.clone()) {
            let stands = bytes.windows(32).filter(|window| *window == digest.as_bytes()).count();
            prop_assert!(stands >= 1);
        }
    }
}
